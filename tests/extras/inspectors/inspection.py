"""An inspector's link, and the firm behind it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from flask import Flask

from tests.cast import actor_of, certify, make_account, put_on_roster
from tests.compliance.conftest import Training
from tests.support import Visitor
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.inspectors.operations import make_inspector_link, token_of
from trainer.extras.packs.operations import order_pack
from trainer.jobs.upkeep import keep_up
from trainer.jobs.work import advance
from trainer.organizations.models import Membership
from trainer.organizations.operations import remove_person


@dataclass
class Inspection:
    """A link for an inspector of Acme Security, from which Lea left with a certificate and Max without one."""

    training: Training
    path: str
    left_on: dt.date

    @property
    def app(self) -> Flask:
        """The app."""
        return self.training.acme.app

    def stranger(self) -> Visitor:
        """Return a browser without an account."""
        return Visitor(self.app)


def inspect(training: Training) -> Inspection:
    """Let two people leave today, one with a certificate of today; make a pack and a link."""
    acme, app = training.acme, training.acme.app
    lea = make_account(app, "lea@example.org")
    certify(app, lea, "Lea Left")
    people = [
        put_on_roster(app, acme.id, user, name=name, email=email, teams=[acme.harbor])
        for user, name, email in ((lea, "Lea Left", "lea@example.org"), (None, "Max Moved", "max@example.org"))
    ]
    with app.app_context():
        for _portion in keep_up(acme.id):
            pass
        with transaction():
            actor = actor_of(acme.users["alice"], acme.id)
            left_on = actor.today(clock.now())
            for person_id in people:
                remove_person(actor, db.session.get_one(Membership, person_id), left_on, clock.now())
        for _portion in keep_up(acme.id):
            pass
        with transaction():
            pack_id = order_pack(actor_of(acme.users["alice"], acme.id), left_on, clock.now()).id
        while advance():
            db.session.remove()
        with transaction():
            link = make_inspector_link(actor_of(acme.users["alice"], acme.id), "State", clock.now(), pack_id)
            path = f"/inspections/{token_of(link)}"
    return Inspection(training, path, left_on)
