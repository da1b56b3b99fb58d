"""Training status of the firm in each state, for the pages of people, status, packs and inspectors."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import Flask
from sqlalchemy import select, update

from tests.assignments.trainings import record
from tests.cast import actor_of, put_on_roster
from trainer.assignments.models import Assignment, DutyPeriod, RequirementVersion
from trainer.assignments.operations import waive
from trainer.assignments.upkeep import assign_missing, remind
from trainer.compliance.operations import order_certificates
from trainer.compliance.rules import StatusFilter, StatusGroup
from trainer.content.serving import served
from trainer.core import work
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.extras.inspectors.operations import make_inspector_link, revoke_inspector_link, token_of
from trainer.extras.packs.models import PackManifest
from trainer.extras.packs.operations import order_pack
from trainer.extras.reports.operations import add_recipients, make_report, order_reports, pause
from trainer.extras.reports.queries import CONFIRMING, STOPPING, list_recipients
from trainer.extras.reports.queries import token_of as report_token
from trainer.extras.reports.rules import Rhythm, Stop
from trainer.jobs.work import advance
from trainer.organizations.actor import Actor
from trainer.organizations.models import Organization, TeamStay
from trainer.organizations.operations import remove_person
from trainer.organizations.queries import get_person

LONG = "Maximiliane Alexandrina Montgomery-Featherstonehaugh de la Fuente y Villanueva"


def set_reports(actor: Actor) -> dict[str, str]:
    """Set up reports, with addresses in each state and mails that went out; return the ends of paths by name."""
    earlier = now() - dt.timedelta(days=9)
    report, paused = (make_report(actor, rhythm, [], earlier) for rhythm in Rhythm)
    pause(actor, paused, now())
    addresses = [f"{name}@client.example.com" for name in ("asked", "gets-it", "stopped", "unreachable")]
    add_recipients(actor, report, [actor.user_id], addresses, earlier)
    rows = {row.email: row for row in list_recipients(report)}
    asked, gets, stopped, unreachable = (rows[address] for address in addresses)
    for row in (gets, stopped, unreachable):
        row.confirmed_at = earlier
    db.session.flush()
    order_reports(actor.organization, {}, now().replace(hour=18), None)
    stopped.stopped_at, stopped.stop = now(), Stop.ASKED.value
    unreachable.stopped_at, unreachable.stop = now(), Stop.UNDELIVERABLE.value
    return {
        "report": str(report.id),
        "report_confirmation": f"/reports/{report_token(asked, CONFIRMING)}/confirmation",
        "report_stop": f"/reports/{report_token(gets, STOPPING)}/stop",
    }


def set_training(app: Flask, owner_id: UUID, firm: UUID, certified_id: UUID) -> dict[str, str]:
    """Put people in each state on the roster, make links and packs; return the paths by name."""
    earlier = now().date() - dt.timedelta(days=200)
    passed = put_on_roster(app, firm, certified_id, name="Bea Best", email="bea@example.org", hired_on=earlier)
    late = put_on_roster(app, firm, None, name=LONG, email="long@example.org", hired_on=earlier)
    gone = put_on_roster(app, firm, None, name="Gil Gone", email="gil@example.org", hired_on=earlier)
    with app.app_context(), transaction():
        actor = actor_of(owner_id, firm)
        assign_missing(actor.organization, served().courses, now(), None)
        remind(actor.organization, served().courses, now().replace(hour=18), None)
        duty = db.session.scalars(select(Assignment.id).where(Assignment.membership_id == passed)).first()
        assert duty is not None
        waive(actor, duty, "On leave", now().date() + dt.timedelta(days=40), now())
        recorded = record(actor, passed, "Spotting the signs of trafficking", proof=True)
        record(actor, late, "Patrol and reporting")
        remove_person(actor, get_person(actor, gone), actor.today(now()), now())
        link, void = (make_inspector_link(actor, label, now()) for label in ("State inspector", "A client"))
        revoke_inspector_link(actor, void.id, now())
        token = token_of(link)
        order_pack(actor, actor.today(now()), now())
        order_certificates(actor, StatusFilter(group=StatusGroup.CURRENT), now())
        reports = set_reports(actor)
    with app.app_context():
        while advance():
            db.session.remove()
    with app.app_context(), transaction():
        actor = actor_of(owner_id, firm)
        pack = order_pack(actor, actor.today(now()), now())
        for under_way in (pack, order_certificates(actor, StatusFilter(text="Bea"), now())):
            under_way.due_at = now() + work.LEASE * 1000  # nobody takes it up while the pages are looked at
            under_way.done, under_way.total = 3, 9
    with app.app_context():
        manifest = db.session.scalars(select(PackManifest.sha256)).first()
    _age(app, firm)
    here, past = f"/organizations/{firm}", now().date() - dt.timedelta(days=5)
    return {
        **{name: path if path.startswith("/reports/") else f"{here}/reports/{path}" for name, path in reports.items()},
        "inspection": f"/inspections/{token}",
        "pack": f"/pack/{manifest}",
        "inspection_past": f"/inspections/{token}?on={past}",
        "inspection_former": f"/inspections/{token}?who=former",
        "inspection_all": f"/inspections/{token}/all",
        "training_past": f"{here}/training?on={past}",
        "training_to_come": f"{here}/training?on=2099-01-01",
        "trained_past": f"{here}/training/{passed}?on={past}",
        "withdrawal": f"{here}/inspections/{link.id}/revocation",
        "person": f"{here}/people/{late}",
        "person_gone": f"{here}/people/{gone}",
        "earlier_record": f"{here}/earlier-training/people/{passed}",
        "earlier_training": f"{here}/earlier-training/{recorded}",
        "trained": f"{here}/training/{passed}",
        "untrained": f"{here}/training/{late}",
    }


def _age(app: Flask, firm: UUID) -> None:
    """Let what is kept of a firm begin ten days ago, and moves and changes three days ago, as after a migration."""
    with app.app_context(), transaction() as session:
        row, since = session.get_one(Organization, firm), now() - dt.timedelta(days=10)
        row.created_at, row.history_since = since, now() - dt.timedelta(days=3)
        for record in (DutyPeriod, RequirementVersion, TeamStay):
            session.execute(update(record).where(record.organization_id == firm).values(began_at=since))
