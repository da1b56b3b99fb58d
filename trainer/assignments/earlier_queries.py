"""Reading the trainings that firms recorded, always through an actor."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import aliased

from trainer.assignments.models import EarlierTraining, TrainingProof
from trainer.assignments.queries import list_requirements, terms_of
from trainer.assignments.rules import Recorded, accepts
from trainer.core.db import db, in_portions
from trainer.core.errors import NotFound
from trainer.core.paging import Page, read_page
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership
from trainer.organizations.queries import seen_by
from trainer.organizations.rules import Role

_WAITS: Final = (EarlierTraining.approved_at.is_(None), EarlierTraining.ended_at.is_(None))


@dataclass(frozen=True, slots=True)
class EarlierTrainingLine:
    """A recorded training, whose it is, and who recorded, approved and ended it."""

    training: EarlierTraining
    person: Membership
    recorded_by: str | None
    approved_by: str | None
    ended_by: str | None
    proof: str | None
    """The name of its proof file."""


def is_counted(actor: Actor, training: EarlierTraining) -> bool:
    """Return whether any requirement of the firm counts a training, once it is approved."""
    recorded = Recorded(training.title_key, training.completed_on, training.minutes)
    return any(accepts(recorded, terms_of(rule)) for rule in list_requirements(actor.organization_id))


def get_training(actor: Actor, training_id: uuid.UUID) -> tuple[EarlierTraining, Membership]:
    """Return a training of someone whom the actor sees, locked, and that person. Raises NotFound."""
    row = db.session.execute(_seen(actor).where(EarlierTraining.id == training_id).with_for_update(of=EarlierTraining))
    pair = row.first()
    if pair is None:
        raise NotFound
    return pair[0], pair[1]


def get_proof(actor: Actor, training_id: uuid.UUID) -> tuple[str, str, bytes]:
    """Return (name, media type, content) of the proof of a training that the actor sees. Raises NotFound.

    One file may prove trainings of several people: only someone who sees all of them gets it.
    """
    query = (
        select(TrainingProof.name, TrainingProof.kind, TrainingProof.content)
        .join(EarlierTraining, EarlierTraining.proof_id == TrainingProof.id)
        .join(Membership, Membership.id == EarlierTraining.membership_id)
        .where(EarlierTraining.id == training_id, seen_by(actor))
    )
    row = db.session.execute(query.where(*_seen_whole(actor))).first()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]


def find_line(actor: Actor, training_id: uuid.UUID) -> EarlierTrainingLine:
    """Return a training of someone whom the actor sees. Raises NotFound."""
    row = db.session.execute(_lines(actor).where(EarlierTraining.id == training_id)).first()
    if row is None:
        raise NotFound
    return EarlierTrainingLine(*row)


def list_waiting(
    actor: Actor, after: str | None = None, most: int = 50, *, is_for_me: bool = False
) -> Page[EarlierTrainingLine]:
    """Return a page of the trainings of people whom the actor sees that wait for approval, the oldest first.

    `is_for_me`: only those that the actor may approve, as `count_to_approve` counts them.
    """
    query = _lines(actor).where(*_WAITS)
    if is_for_me:
        query = query.where(*_second(actor))
    page = read_page(query, EarlierTraining.created_at, EarlierTraining.id, after=after, most=most)
    return Page([EarlierTrainingLine(*row) for row in page.rows], page.next_after)


def list_trainings(actor: Actor, membership_id: uuid.UUID) -> Sequence[EarlierTrainingLine]:
    """Return all that was recorded of someone whom the actor sees, the newest training first."""
    query = _lines(actor).where(EarlierTraining.membership_id == membership_id)
    rows = db.session.execute(query.order_by(EarlierTraining.completed_on.desc(), EarlierTraining.id))
    return [EarlierTrainingLine(*row) for row in rows]


def iterate_counting(actor: Actor, until: dt.datetime, only: ColumnElement[bool]) -> Iterator[EarlierTrainingLine]:
    """Yield the trainings that counted at an instant, by name, a portion at a time. `only`: of memberships that the
    actor sees."""
    query = _lines(actor, only).where(*_counting(until))
    query = query.order_by(Membership.name_key, Membership.id, EarlierTraining.completed_on, EarlierTraining.id)
    for row in db.session.execute(in_portions(query, 500)):
        yield EarlierTrainingLine(*row)


def list_proofs(
    actor: Actor, until: dt.datetime, only: ColumnElement[bool], *, is_of_these_alone: bool
) -> Sequence[tuple[uuid.UUID, str]]:
    """Return (id, name) of the proof files of these trainings; with `is_of_these_alone`, of those files that prove no
    training of anyone else."""
    alone = [_proves_only(select(Membership.id).where(only))] if is_of_these_alone else []
    proved = (
        select(EarlierTraining.proof_id)
        .join(Membership, Membership.id == EarlierTraining.membership_id)
        .where(EarlierTraining.organization_id == actor.organization_id, only, *_counting(until))
    )
    query = select(TrainingProof.id, TrainingProof.name).where(
        TrainingProof.organization_id == actor.organization_id, TrainingProof.id.in_(proved), *alone
    )
    return [(row[0], row[1]) for row in db.session.execute(query.order_by(TrainingProof.id))]


def read_proof(actor: Actor, proof_id: uuid.UUID) -> bytes:
    """Return the content of one of the files of `list_proofs`."""
    query = select(TrainingProof.content).where(
        TrainingProof.id == proof_id, TrainingProof.organization_id == actor.organization_id
    )
    return db.session.scalars(query).one()


def count_to_approve(actor: Actor) -> int:
    """Return how many trainings wait for this person's approval."""
    query = (
        select(func.count())
        .select_from(EarlierTraining)
        .join(Membership, Membership.id == EarlierTraining.membership_id)
    )
    return db.session.scalars(query.where(seen_by(actor), *_WAITS, *_second(actor))).one()


def has_second(actor: Actor) -> bool:
    """Return True if there is anyone else in the firm who could approve what the actor records."""
    others = select(Membership.id).where(
        Membership.organization_id == actor.organization_id,
        Membership.ended_at.is_(None),
        Membership.user_id.is_not(None),
        Membership.user_id != actor.user_id,
        Membership.role.in_((Role.OWNER, Role.MANAGER)),
    )
    return db.session.scalar(others.limit(1)) is not None


def list_keys(membership_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[tuple[str, dt.date], bool]]:
    """Return whose trainings are recorded, by title and day, and whether they are approved."""
    rows = db.session.execute(
        select(
            EarlierTraining.membership_id,
            EarlierTraining.title_key,
            EarlierTraining.completed_on,
            EarlierTraining.approved_at,
        ).where(EarlierTraining.membership_id.in_(membership_ids), EarlierTraining.ended_at.is_(None))
    )
    keys: dict[uuid.UUID, dict[tuple[str, dt.date], bool]] = {}
    for row in rows:
        keys.setdefault(row[0], {})[row[1], row[2]] = row[3] is not None
    return keys


def has_newer_proof(training_ids: Collection[uuid.UUID], seen_at: dt.datetime) -> bool:
    """Return True if one of these trainings has a proof file that was kept after an instant."""
    query = (
        select(EarlierTraining.id)
        .join(TrainingProof, TrainingProof.id == EarlierTraining.proof_id)
        .where(EarlierTraining.id.in_(training_ids), TrainingProof.created_at > seen_at)
    )
    return db.session.scalar(query.limit(1)) is not None


def may_approve(actor: Actor, training: EarlierTraining, person: Membership) -> bool:
    """Return True for a second person: neither the one who recorded it nor the one who was trained."""
    return actor.user_id not in (training.created_by_id, person.user_id)


def _counting(until: dt.datetime) -> tuple[ColumnElement[bool], ...]:
    return EarlierTraining.approved_at < until, func.coalesce(EarlierTraining.ended_at, until) >= until


def _seen_whole(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Return the condition of proofs of which the actor sees everyone whose training they prove."""
    return () if actor.team_ids is None else (_proves_only(select(Membership.id).where(seen_by(actor))),)


def _proves_only(people: Select[uuid.UUID]) -> ColumnElement[bool]:
    other = aliased(EarlierTraining)
    is_of_others = other.membership_id.not_in(people.correlate(None))
    return ~exists().where(other.proof_id == TrainingProof.id, is_of_others)


def _second(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    is_own = func.coalesce(Membership.user_id == actor.user_id, False)
    return EarlierTraining.created_by_id != actor.user_id, ~is_own


def _seen(actor: Actor, only: ColumnElement[bool] | None = None) -> Select[EarlierTraining, Membership]:
    query = select(EarlierTraining, Membership).join(Membership, Membership.id == EarlierTraining.membership_id)
    return query.where(
        EarlierTraining.organization_id == actor.organization_id, seen_by(actor) if only is None else only
    )


def _lines(
    actor: Actor, only: ColumnElement[bool] | None = None
) -> Select[EarlierTraining, Membership, str, str, str, str]:
    names = []
    for column in (EarlierTraining.created_by_id, EarlierTraining.approved_by_id, EarlierTraining.ended_by_id):
        entry = aliased(Membership)
        whose = select(entry.name).where(entry.user_id == column, entry.organization_id == actor.organization_id)
        names.append(whose.order_by(entry.created_at.desc()).limit(1).scalar_subquery())
    proof = select(TrainingProof.name).where(TrainingProof.id == EarlierTraining.proof_id).scalar_subquery()
    return _seen(actor, only).add_columns(*names, proof)


def list_waiting_of(actor: Actor, training_ids: Collection[uuid.UUID]) -> Sequence[tuple[EarlierTraining, Membership]]:
    """Return those of these trainings that wait for approval, locked, each with its person whom the actor sees."""
    query = _seen(actor).where(EarlierTraining.id.in_(training_ids), *_WAITS)
    rows = db.session.execute(query.order_by(EarlierTraining.id).with_for_update(of=EarlierTraining))
    return [(row[0], row[1]) for row in rows]
