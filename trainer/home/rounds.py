"""Asking for another round of a final: who may open it, and telling them."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from trainer.assessment import rounds
from trainer.assignments.queries import has_open_duty
from trainer.core import outbox
from trainer.core.errors import Conflict
from trainer.instructing.models import Cohort
from trainer.instructing.queries import list_instructor_addresses, list_own_classes
from trainer.learning.models import Enrollment
from trainer.organizations.models import Membership, Organization
from trainer.organizations.queries import list_firms, list_manager_addresses
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
        (address, mail_language(language), {"cohort": cohort.id.hex})
        for cohort, address, language in list_instructor_addresses(openers.classes)
    ]
    for firm, membership in openers.firms:
        ids = {"organization": firm.id.hex, "membership": membership.id.hex}
        mails += [(address, mail_language(language), ids) for address, language in list_manager_addresses(membership)]
    outbox.post_all("round-asked", mails[:MOST], now)
