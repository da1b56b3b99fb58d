"""A firm with a row at least in each table of firms, and what all tables hold."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from tests.assignments.firm import EVERYONE, Firm
from tests.assignments.trainings import record
from tests.cast import (
    actor_of,
    add_second_factor,
    context_of,
    join_class,
    make_account,
    make_class,
    make_firm,
    make_site,
    put_on_roster,
)
from tests.extras import fill_extras, list_samples
from trainer.accounts.queries import find_user_by_email_key
from trainer.assignments.models import Assignment
from trainer.assignments.operations import waive
from trainer.assignments.rules import Audience, Group
from trainer.compliance.operations import order_certificates
from trainer.compliance.orders import folder_of
from trainer.compliance.rules import StatusFilter
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import Base, db, transaction
from trainer.instructing.invitations import choose_teams
from trainer.instructing.invitations import invite as invite_to_class
from trainer.instructing.models import ClassFigures, ClassView
from trainer.instructing.nudges import nudge
from trainer.jobs.due_firms import bring_forward
from trainer.organizations.actor import Actor
from trainer.organizations.closing import close
from trainer.organizations.codes import make_join_code
from trainer.organizations.invitations import invite
from trainer.organizations.queries import get_person
from trainer.organizations.rules import Role
from trainer.roster.drafts import keep_draft, match_columns
from trainer.roster.reading import read_list

MONDAY = "2026-11-23T15:00:00Z"
"""An hour at which reminders and Monday's lists are ordered."""
LATER = "2026-12-23T16:00:00Z"
"""When a firm can't be opened again any more that was closed on that Monday."""

FIRMS = {
    "organizations",
    "upkeeps",
    "teams",
    "memberships",
    "team_memberships",
    "team_stays",
    "invitations",
    "invitation_mails",
    "join_codes",
    "roster_drafts",
    "roster_headings",
    "requirements",
    "requirement_versions",
    "assignments",
    "duty_periods",
    "waivers",
    "earlier_trainings",
    "training_proofs",
    "reminders",
    "digests",
    "jobs",
    "cohorts",
    "cohort_members",
    "class_teams",
    "class_views",
    "class_invitations",
    "class_invitation_mails",
    "nudges",
    "class_figures",
    *(table for sample in list_samples() for table in sample.OF_FIRMS),
}
"""Tables of which nothing of a deleted firm is left."""
KEPT = {
    "users",
    "administrators",
    "sessions",
    "links",
    "recovery_codes",
    "passkeys",
    "pin_tries",
    "instructor_approvals",
    "saved_comments",
    "enrollments",
    "lesson_completions",
    "lesson_responses",
    "attempts",
    "round_requests",
    "check_in_mails",
    "renewal_mails",
    "responses",
    "item_snapshots",
    "item_counts",
    "leak_counts",
    "site_figures",
    "remarks",
    "kept_short_forms",
    "key_panels",
    "panel_raters",
    "panel_ratings",
    "credentials",
    "sign_offs",
    "signatures",
    "outbox_messages",
    "content_releases",
    "heartbeats",
    "running_processes",
    "pack_manifests",
    "schema_revisions",
    "installations",
    "audit_events",
    "events",
    "limit_counts",
}
"""Tables that belong to people, to all firms, or to whoever runs the installation."""


@dataclass(frozen=True)
class Full:
    """The firm, its owner, and Mona, who is late and learns in its class."""

    app: Flask
    name: str
    id: UUID
    owner: UUID
    mona: UUID
    job: UUID
    cohort: UUID

    def actor(self) -> Actor:
        """Return the owner, acting; needs an app context."""
        return actor_of(self.owner, self.id)

    def close(self) -> None:
        """Let the owner close it."""
        with self.app.app_context(), transaction():
            close(self.actor(), self.name, clock.now())

    def acts(self) -> list[str]:
        """Return what happened to the firm itself, in order."""
        with self.app.app_context():
            query = select(AuditEvent.act).where(
                AuditEvent.organization_id == self.id, AuditEvent.act.startswith("organization.")
            )
            return list(db.session.scalars(query.order_by(AuditEvent.at, AuditEvent.id)))


def make_full(app: Flask, name: str, *, bob: UUID) -> Full:
    """Create a firm with Bob in it; all that is made by hand, by the job and by time is there."""
    at = name.partition(" ")[0].lower()
    owner, mona, ines = (make_account(app, f"{who}@{at}.example.org") for who in ("alice", "mona", "ines"))
    add_second_factor(app, owner)
    firm = make_firm(app, owner, name)
    site = make_site(app, owner, firm)
    put_on_roster(app, firm, bob, email=f"bob@{at}.example.org")
    long_ago = dt.date(2020, 1, 1)
    put_on_roster(app, firm, mona, name="Mona May", email=f"mona@{at}.example.org", teams=[site], hired_on=long_ago)
    put_on_roster(app, firm, ines, Role.INSTRUCTOR, name="Ines Ito", email=f"ines@{at}.example.org")
    dana = put_on_roster(app, firm, None, name="Dana Dow", email=f"dana@{at}.example.org")
    here = Firm(app, firm, owner)
    here.require(replace(EVERYONE, starts_on=dt.date(2026, 1, 1), days_allowed=0))
    late = here.require(
        replace(EVERYONE, title="Site", audience=Audience(Group(teams=frozenset({site}))), days_allowed=0)
    )
    here.keep_up()
    with app.app_context(), transaction():
        bring_forward(clock.now())
        actor, month = actor_of(owner, firm), clock.now() + dt.timedelta(days=30)
        invite(actor, get_person(actor, dana), clock.now())
        make_join_code(actor, Role.MEMBER, site, month, None, clock.now())
        draft = keep_draft(actor, read_list("name,e-mail\nPat Poe,pat@example.org"), clock.now())
        match_columns(actor, draft, ["name", "email"], "month", remembers=True, needs_address=True)
        fill_extras(actor)
        duty = db.session.scalars(select(Assignment.id).where(Assignment.requirement_id == late)).one()
        waive(actor, duty, "Away", dt.date(2027, 1, 1), clock.now())
        record(actor, dana, proof=True)
        job = order_certificates(actor, StatusFilter(), clock.now()).id
        folder_of(job).mkdir(parents=True)
    walter = make_account(app, f"walter@{at}.example.org")
    put_on_roster(app, firm, walter, name="Walter Wu", email=f"walter@{at}.example.org", teams=[site])
    cohort = make_class(app, ines, firm)
    member = join_class(app, mona, cohort, "Mona May")
    with app.app_context(), transaction():
        context = context_of(ines, cohort)
        nudge(context, [member], clock.now())
        choose_teams(context, [site])
        invite_to_class(context, clock.now())
        db.session.add(ClassView(cohort_id=cohort, user_id=owner, name="Alice", began_at=clock.now()))
        db.session.add(ClassFigures(cohort_id=cohort, counted_at=clock.now(), weight=1, figures={}))
    return Full(app, name, firm, owner, mona, job, cohort)


def make_bob(app: Flask) -> UUID:
    """Return Bob, who is in every firm."""
    with app.app_context():
        found = find_user_by_email_key("bob@example.org")
    return found.id if found else make_account(app, "bob@example.org")


def rows(app: Flask) -> dict[str, set[str]]:
    """Return every row of every table."""
    with app.app_context():
        found = {
            name: {repr(tuple(row)) for row in db.session.execute(select(table))}
            for name, table in Base.metadata.tables.items()
        }
        db.session.rollback()
        return found
