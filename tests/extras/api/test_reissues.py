"""A certificate that was reissued in another name counts once, as the one that stands, wherever a firm looks."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from tests.cast import actor_of
from tests.compliance.conftest import Training
from tests.extras.api.conftest import acmes_token, read
from trainer.accounts.operations import name_for_certificate
from trainer.assignments.queries import list_own_duties
from trainer.compliance.queries import list_completions
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential
from trainer.credentials.rules import Reason, show_serial
from trainer.extras.packs.operations import order_pack
from trainer.extras.webhooks.queries import firms_told_of
from trainer.jobs.upkeep import keep_up
from trainer.jobs.work import advance
from trainer.learning.certificates import reissue_own, withdraw
from trainer.organizations.operations import remove_person
from trainer.organizations.queries import get_person
from trainer.organizations.rules import local_day


def reissued(training: Training) -> tuple[Credential, Credential]:
    """Return Bob's certificate as it was, and as it is."""
    bob = training.acme.users["bob"]
    with training.acme.app.app_context(), transaction():
        name_for_certificate(bob, "Robin Builder")
        old = db.session.scalars(select(Credential).where(Credential.user_id == bob)).one()
        new = reissue_own(bob, old.id, clock.now())
    return old, new


def duties(training: Training) -> list[tuple[str, object]]:
    bob: UUID = training.acme.users["bob"]
    with training.acme.app.app_context():
        return [(duty.course, duty.status) for duty in list_own_duties(bob, clock.now())]


def test_a_firm_sees_the_one_that_stands_once(training: Training) -> None:
    acme, token, before = training.acme, acmes_token(training), duties(training)
    old, new = reissued(training)
    assert duties(training) == before
    with acme.app.app_context():
        alice = actor_of(acme.users["alice"], acme.id)
        listed = list_completions(alice, get_person(alice, acme.people["bob"]))
        assert [credential.id for credential in listed] == [new.id]
    page = acme.enter("alice").get(f"/organizations/{acme.id}/training/{acme.people['bob']}").text
    assert show_serial(new.serial) in page
    assert show_serial(old.serial) not in page
    told = [row["serial"] for row in read(acme.app, "/completions", token).get_json()["data"]]
    assert (told.count(show_serial(new.serial)), told.count(show_serial(old.serial))) == (1, 0)


@pytest.mark.on_both
def test_other_systems_learn_that_the_number_changed(training: Training) -> None:
    app, token = training.acme.app, acmes_token(training)
    since = f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"
    old, new = reissued(training)
    rows = read(app, f"/credentials?updated_since={since}", token).get_json()["data"]
    statuses = {row["serial"]: (row["status"], row["holder_name"]) for row in rows}
    assert statuses == {
        show_serial(old.serial): ("superseded", old.holder_name),
        show_serial(new.serial): ("valid", "Robin Builder"),
    }


@pytest.mark.on_both
def test_a_firm_that_someone_left_is_not_told_of_the_new_name(training: Training) -> None:
    acme = training.acme

    def told(credential: Credential) -> list[UUID]:
        with acme.app.app_context():
            return [firm.id for firm, _person in firms_told_of(credential)]

    with acme.app.app_context():
        old = db.session.scalars(select(Credential).where(Credential.user_id == acme.users["bob"])).one()
    assert told(old) == [acme.id]
    with acme.app.app_context(), transaction():
        alice = actor_of(acme.users["alice"], acme.id)
        last_day = local_day(alice.organization.time_zone, clock.now())
        remove_person(alice, get_person(alice, acme.people["bob"]), last_day, clock.now())
    with acme.app.app_context():
        for _portion in keep_up(acme.id, clock.now):
            pass
    with time_machine.travel(clock.now() + dt.timedelta(days=3), tick=False):
        old, new = reissued(training)
    assert (told(old), told(new)) == ([acme.id], [])
    token = acmes_token(training)
    for path in ("/completions", "/credentials"):
        serials = [row["serial"] for row in read(acme.app, path, token).get_json()["data"]]
        assert (serials.count(show_serial(old.serial)), serials.count(show_serial(new.serial))) == (1, 0), path
    assert read(acme.app, f"/credentials/{old.serial}", token).status_code == 200
    assert read(acme.app, f"/credentials/{new.serial}", token).status_code == 404
    for path in (f"/training/{acme.people['bob']}", "/training?who=former"):
        page = acme.enter("alice").get(f"/organizations/{acme.id}{path}")
        assert page.status_code == 200
        assert show_serial(new.serial) not in page.text
        assert "Robin" not in page.text


def test_a_past_day_and_its_pack_keep_the_name_of_someone_who_left_then(training: Training) -> None:
    acme = training.acme
    with acme.app.app_context(), transaction():
        alice = actor_of(acme.users["alice"], acme.id)
        last_day = alice.today(clock.now())
        remove_person(alice, get_person(alice, acme.people["bob"]), last_day, clock.now())
    with time_machine.travel(clock.now() + dt.timedelta(days=3)):
        old, new = reissued(training)
        with acme.app.app_context(), transaction():
            pack = order_pack(actor_of(acme.users["alice"], acme.id), last_day, clock.now()).id
        with acme.app.app_context():
            while advance():
                db.session.remove()
        visitor = acme.enter("alice")
        page = visitor.get(acme.path(f"/training?on={last_day}&export=csv")).text
        files = visitor.get(acme.path(f"/evidence-packs/{pack}.zip")).data
    with zipfile.ZipFile(io.BytesIO(files)) as archive:
        names = " ".join(archive.namelist())
        texts = [archive.read(name).decode() for name in archive.namelist() if name.endswith((".csv", ".html", ".txt"))]
    assert show_serial(old.serial) in names
    for text in (page, names, *texts):
        assert show_serial(new.serial) not in text
        assert "Robin" not in text
    assert any(show_serial(old.serial) in text for text in texts)


def test_once_it_is_withdrawn_neither_counts(training: Training) -> None:
    before = duties(training)
    _old, new = reissued(training)
    with training.acme.app.app_context(), transaction():
        withdraw(new.serial, Reason.MISTAKE, clock.now())
    assert duties(training) != before
