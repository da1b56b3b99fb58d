"""Asking for another round of a final: who may open it, and telling them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from trainer.accounts.models import User
from trainer.assessment import rounds
from trainer.assignments.queries import has_open_duty
from trainer.core import outbox
from trainer.core.db import db
from trainer.core.errors import Conflict, NotFound
from trainer.instructing.models import Cohort
from trainer.instructing.queries import list_own_classes
from trainer.learning.models import Enrollment
from trainer.organizations.models import Membership, Organization
from trainer.organizations.queries import find_actor, get_person, list_firms
from trainer.organizations.rules import May, Role
from trainer.web.language import mail_language

MOST = 20
"""Mails of one request."""


@dataclass(frozen=True)
class Openers:
    """Who may open another round for someone: instructors of their classes, and those who manage them in a firm."""

    classes: Sequence[Cohort]
    firms: Sequence[tuple[Organization, Membership]]

    def __bool__(self) -> bool:
        return bool(self.classes or self.firms)


def find_openers(user_id: uuid.UUID, course: str, now: dt.datetime) -> Openers:
    """Return who may open another round of a course's final for a user."""
    return Openers(
        [
            cohort
            for cohort, _member in list_own_classes(user_id)
            if cohort.course == course and cohort.instructor_id != user_id
        ],
        [
            (firm, membership)
            for membership, firm in list_firms(user_id)
            if has_open_duty(firm, membership.id, course, now)
        ],
    )


def ask(enrollment: Enrollment, number: int, now: dt.datetime) -> None:
    """Ask for a round, and write to those who may open it. Raises Conflict if there is nobody."""
    openers = find_openers(enrollment.user_id, enrollment.course, now)
    if not openers:
        raise Conflict(_l("No one can open another round sooner. It opens on the date shown on the page."))
    if rounds.find_request(enrollment.id, number) is not None:
        return
    rounds.ask(enrollment, number, now)
    mails = [
        (instructor.email, mail_language(instructor.language), {"cohort": cohort.id.hex})
        for cohort in openers.classes
        if (instructor := db.session.get(User, cohort.instructor_id)) and instructor.email
    ]
    for firm, membership in openers.firms:
        ids = {"organization": firm.id.hex, "membership": membership.id.hex}
        mails += [(address, language, ids) for address, language in _managers(membership)]
    outbox.post_all("round-asked", mails[:MOST], now)


def _managers(person: Membership) -> list[tuple[str, str]]:
    """Return the addresses of those who see someone's training in a firm, each with the language to write in."""
    staff = db.session.execute(
        select(User.id, User.email, User.language)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.organization_id == person.organization_id,
            Membership.ended_at.is_(None),
            Membership.role.in_((Role.OWNER, Role.MANAGER)),
            Membership.id != person.id,
            User.email.is_not(None),
        )
        .order_by(Membership.joined_at)
    ).all()
    managers = []
    for user_id, email, language in staff:
        actor = find_actor(user_id, person.organization_id)
        if actor is None or not actor.may(May.CHANGE_PEOPLE):
            continue
        try:
            get_person(actor, person.id)
        except NotFound:
            continue  # not in one of this manager's teams
        managers.append((str(email), mail_language(language)))
    return managers
