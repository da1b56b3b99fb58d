"""What a site has acknowledged, held against its database."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import func, select, text

from trainer.assessment.models import Attempt, Response
from trainer.assessment.rules import Kind
from trainer.core.db import db
from trainer.credentials.models import Credential
from trainer.learning.models import Enrollment


@dataclass
class Ledger:
    """What learners were told is kept."""

    saved: dict[tuple[UUID, int], tuple[int, dict[str, Any]]] = field(default_factory=dict)
    """By attempt and position: how often an answer was saved, and the last one."""
    handed_in: dict[UUID, UUID] = field(default_factory=dict)
    """Finals that were passed, with whose they are."""

    @property
    def acknowledged(self) -> int:
        """How many changes that is."""
        return sum(version for version, _given in self.saved.values()) + len(self.handed_in)


def complaints(app: Flask, ledger: Ledger) -> list[str]:
    """Return what the database lacks of a ledger, has twice or has by halves, a line each; none if all is well."""
    with app.app_context():
        return [*_lost_answers(ledger), *_results(ledger), *_halves(), *_integrity()]


def _lost_answers(ledger: Ledger) -> list[str]:
    columns = (Response.attempt_id, Response.position, Response.version, Response.given)
    kept = {(attempt, position): (version, given) for attempt, position, version, given in db.session.execute(
        select(*columns).where(Response.version > 0)
    )}  # fmt: skip
    return [
        f"answer {position} of attempt {attempt}: acknowledged {saved}, in the database {kept.get((attempt, position))}"
        for (attempt, position), saved in ledger.saved.items()
        if kept.get((attempt, position)) != saved
    ]


def _results(ledger: Ledger) -> list[str]:
    lines = []
    passed = set(
        db.session.scalars(select(Attempt.id).where(Attempt.submitted_at.is_not(None), Attempt.is_passed.is_(True)))
    )
    counted = select(Credential.user_id, func.count()).group_by(Credential.user_id)
    earned = {row[0]: row[1] for row in db.session.execute(counted)}
    for attempt, user_id in ledger.handed_in.items():
        if attempt not in passed:
            lines.append(f"final {attempt}: acknowledged as handed in, and isn't")
        if earned.get(user_id, 0) != 1:
            lines.append(f"final {attempt}: {earned.get(user_id, 0)} credentials")
    return lines


def _halves() -> list[str]:
    """Return what is there only in part, or more often than once, whoever was told of it."""
    lines = []
    completed = select(func.count()).select_from(Enrollment).where(Enrollment.completed_at.is_not(None))
    unlinked = (
        select(func.count())
        .select_from(Credential)
        .outerjoin(Enrollment, Enrollment.credential_id == Credential.id)
        .where(Enrollment.id.is_(None))
    )
    is_passed_final = (Attempt.kind == Kind.FINAL, Attempt.is_passed.is_(True), Attempt.submitted_at.is_not(None))
    finals = select(func.count()).select_from(Attempt).where(*is_passed_final)
    numbers = [db.session.scalar(query) for query in (completed, finals, select(func.count()).select_from(Credential))]
    if len(set(numbers)) != 1:
        lines.append(f"{numbers[0]} completed, {numbers[1]} finals passed, {numbers[2]} credentials")
    if db.session.scalar(unlinked):
        lines.append("there are credentials that no enrollment names")
    drawn = select(func.count()).where(Response.attempt_id == Attempt.id).scalar_subquery()
    if db.session.scalar(select(func.count()).select_from(Attempt).where(drawn != Attempt.scenes)):
        lines.append("there are attempts without all of their scenes")
    open_twice = (
        select(Attempt.enrollment_id)
        .where(Attempt.submitted_at.is_(None))
        .group_by(Attempt.enrollment_id, Attempt.kind)
        .having(func.count() > 1)
    )
    lines += [f"enrollment {one}: two open attempts of a kind" for one in db.session.scalars(open_twice)]
    return lines


def _integrity() -> list[str]:
    if db.engine.dialect.name != "sqlite":
        return []
    db.session.rollback()
    problems = db.session.scalars(text("PRAGMA integrity_check")).all()
    return [str(one) for one in problems if one != "ok"] + [
        f"a foreign key leads nowhere: {row}" for row in db.session.execute(text("PRAGMA foreign_key_check"))
    ]
