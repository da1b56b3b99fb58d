"""Trainings that people took elsewhere: recorded by one person at a firm, approved by another. Never a certificate."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from sqlalchemy import delete, exists, func, select, update

from trainer.assignments.earlier_queries import get_training, has_newer_proof, list_keys, list_waiting_of, may_approve
from trainer.assignments.models import LONGEST_REASON, EarlierTraining, TrainingProof
from trainer.assignments.rules import title_key
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict, Invalid
from trainer.core.feature import ask_extra
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership
from trainer.organizations.queries import get_person, lock_organization

MOST_MINUTES: Final = 200 * 60
FIRST_DAY: Final = dt.date(1970, 1, 1)
MOST_PROOF: Final = 3 * 2**20
"""Bytes of a proof file."""
MOST_PROOFS: Final = 500 * 2**20
"""Bytes of all proof files of a firm."""
_ENDINGS: Final = {
    b"%PDF-": ("application/pdf", "pdf"),
    b"\x89PNG\r\n\x1a\n": ("image/png", "png"),
    b"\xff\xd8\xff": ("image/jpeg", "jpg"),
}
"""How a file begins -> its media type and ending."""


@dataclass(frozen=True, slots=True)
class TrainingFacts:
    """What is recorded of a training."""

    title: str
    issuer: str
    completed_on: dt.date
    minutes: int
    note: str | None = None

    @property
    def key(self) -> tuple[str, dt.date]:
        """What makes two trainings of one person the same."""
        return title_key(self.title), self.completed_on


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof file as it was sent."""

    name: str
    content: bytes


class ProofRefused(Invalid):
    """A proof file that can't be kept."""

    def __init__(self, text: str | LazyString) -> None:
        super().__init__(text, field="file")


def day_problem(day: dt.date, today: dt.date) -> LazyString | None:
    """Return what is wrong with the day of a training, or None."""
    if day > today:
        return _l("That day is still to come. Enter the day the training was completed.")
    if day < FIRST_DAY:
        return _l("That day is too long ago. Check the year.")
    return None


def length_problem(minutes: int) -> LazyString | None:
    """Return what is wrong with the length of a training, or None."""
    if not 1 <= minutes <= MOST_MINUTES:
        return _l("Enter how many hours it lasted, more than 0 and at most %(most)s.", most=MOST_MINUTES // 60)
    return None


def record_training(
    actor: Actor, membership_id: uuid.UUID, facts: TrainingFacts, proof: Proof | None, now: dt.datetime
) -> EarlierTraining:
    """Record a training of someone on the roster; it counts for nothing before a second person has approved it.

    Raises NotFound for someone whom the actor doesn't see, Invalid, and Conflict for what is recorded already.
    """
    lock_organization(actor)
    person = get_person(actor, membership_id)
    if problem := day_problem(facts.completed_on, actor.today(now)):
        raise Invalid(problem, field="completed_on")
    if problem := length_problem(facts.minutes):
        raise Invalid(problem, field="hours")
    if list_keys([person.id]).get(person.id, {}).keys() & {facts.key}:
        raise Conflict(_l("This training is already recorded for this person. Check the title and the day."))
    kept = _keep_proof(actor, proof, now) if proof is not None else None
    training = _add(actor, person.id, facts, kept, None, now)
    db.session.flush()
    _note(actor, "training.recorded", training, now, name=person.name)
    return training


def lock_firm(actor: Actor) -> None:
    """Let nobody else record trainings in the firm until this transaction ends."""
    lock_organization(actor)


def record_all(
    actor: Actor, rows: Sequence[tuple[uuid.UUID, TrainingFacts]], proof: Proof | None, now: dt.datetime
) -> uuid.UUID:
    """Record the trainings of a list, all of people whom the actor sees; return what they have in common.

    The rows are decided before, within this transaction.
    """
    kept = _keep_proof(actor, proof, now) if proof is not None else None
    batch_id = uuid.uuid4()
    for membership_id, facts in rows:
        _add(actor, membership_id, facts, kept, batch_id, now)
    db.session.flush()
    note(
        "training.imported",
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=batch_id,
        new=len(rows),
    )
    return batch_id


def approve_trainings(
    actor: Actor, training_ids: Collection[uuid.UUID], now: dt.datetime, seen_at: dt.datetime | None = None
) -> int:
    """Approve trainings that wait; return how many. Raises Conflict if this person may not approve one of them:
    it takes a second person, other than the one who was trained. So it does if one got another proof file since
    `seen_at`, when the person was shown them: whoever approves a training has seen its proof."""
    lock_organization(actor)
    trainings = list_waiting_of(actor, training_ids)
    if not trainings or len(trainings) < len(set(training_ids)):
        raise Conflict(_l("Some of these are no longer waiting for approval. Look at the list again."))
    if seen_at is not None and has_newer_proof([training.id for training, _person in trainings], seen_at):
        raise Conflict(_l("A proof file was added or replaced since you opened this. Look at it before you approve."))
    for training, person in trainings:
        _check_second(actor, training, person)
        training.approved_at, training.approved_by_id = now, actor.user_id
        _note(actor, "training.approved", training, now, name=person.name)
    db.session.flush()
    return len(trainings)


def decline_training(actor: Actor, training_id: uuid.UUID, reason: str, now: dt.datetime) -> None:
    """Decline a training that waits, with a reason. Raises Conflict as `approve_trainings` does."""
    trainings = list_waiting_of(actor, [training_id])
    if not trainings:
        raise Conflict(_l("This training is no longer waiting for approval."))
    training, person = trainings[0]
    _check_second(actor, training, person)
    _end(actor, training, reason, now)
    _note(actor, "training.declined", training, now, name=person.name, reason=training.end_reason)


def withdraw_training(actor: Actor, training_id: uuid.UUID, reason: str, now: dt.datetime) -> None:
    """Withdraw a training that was approved, with a reason: from now on it counts for nothing."""
    training, person = get_training(actor, training_id)
    if training.approved_at is None or training.ended_at is not None:
        raise Conflict(_l("This training no longer counts, or was never approved."))
    _end(actor, training, reason, now)
    _note(actor, "training.withdrawn", training, now, name=person.name, reason=training.end_reason)


def undo_training(actor: Actor, training_id: uuid.UUID, now: dt.datetime) -> int:
    """Delete a training that waits; if it came in a list, all of that list that wait. Only the one who recorded it may.

    Return how many. Raises Conflict once it no longer waits.
    """
    lock_organization(actor)
    training, person = get_training(actor, training_id)
    if training.approved_at is not None or training.ended_at is not None or training.created_by_id != actor.user_id:
        raise Conflict(_l("This can’t be undone anymore: someone else approved, declined or recorded it."))
    batch_id = training.batch_id
    alone = EarlierTraining.id == training.id
    whole = (EarlierTraining.organization_id == actor.organization_id, EarlierTraining.batch_id == batch_id)
    waits = (EarlierTraining.approved_at.is_(None), EarlierTraining.ended_at.is_(None))
    chosen = (*(whole if batch_id is not None else (alone,)), *waits)
    proofs = db.session.scalars(select(EarlierTraining.proof_id).where(*chosen).distinct())
    proof_ids = [proof_id for proof_id in proofs if proof_id is not None]
    _note(actor, "training.undone", training, now, name=person.name if batch_id is None else None)
    gone = db.session.execute(delete(EarlierTraining).where(*chosen).execution_options(synchronize_session=False))
    drop_unused_proofs(actor.organization_id, proof_ids)
    return int(gone.rowcount)  # type: ignore[attr-defined]


def attach_proof(actor: Actor, training_id: uuid.UUID, proof: Proof, now: dt.datetime) -> None:
    """Add a proof file to a training that waits and has none.

    Raises Conflict where there is one or nothing waits, and ProofRefused.
    """
    lock_organization(actor)
    training, person = get_training(actor, training_id)
    if training.proof_id is not None or training.approved_at is not None or training.ended_at is not None:
        raise Conflict(_l("This training already has a proof file, or someone approved or declined it."))
    training.proof_id = _keep_proof(actor, proof, now).id
    db.session.flush()
    _note(actor, "training.proof_added", training, now, name=person.name)


def replace_proof(
    actor: Actor, training_id: uuid.UUID, proof: Proof, replaced_id: uuid.UUID | None, now: dt.datetime
) -> int:
    """Put another proof file in place of the one of a training that waits, also for the others of its list that wait
    and have the same file; return for how many. Only the one who recorded them may.

    Raises Conflict where that file, `replaced_id`, isn't the one anymore or nothing waits, and ProofRefused.
    """
    lock_organization(actor)
    training, person = get_training(actor, training_id)
    waits = training.approved_at is None and training.ended_at is None
    if not waits or training.proof_id is None or training.proof_id != replaced_id:
        raise Conflict(_l("This record no longer waits, or its proof file was already replaced. Look at it again."))
    if training.created_by_id != actor.user_id:
        raise Conflict(_l("Only the person who recorded this training can replace its proof file."))
    kept = _keep_proof(actor, proof, now)
    same_file = (
        EarlierTraining.organization_id == actor.organization_id,
        EarlierTraining.proof_id == replaced_id,
        EarlierTraining.created_by_id == actor.user_id,
        EarlierTraining.approved_at.is_(None),
        EarlierTraining.ended_at.is_(None),
    )
    changed = update(EarlierTraining).where(*same_file).values(proof_id=kept.id)
    count = db.session.execute(changed.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    drop_unused_proofs(actor.organization_id, [replaced_id])
    db.session.expire_all()
    _note(actor, "training.proof_replaced", training, now, name=person.name if count == 1 else None)
    return int(count)


def drop_unused_proofs(organization_id: uuid.UUID, proof_ids: Collection[uuid.UUID]) -> None:
    """Delete those of these proof files that no training needs. The caller has locked the firm."""
    if not proof_ids:
        return
    kept = ask_extra("list_kept_proofs", organization_id) or set()
    is_used = exists().where(EarlierTraining.proof_id == TrainingProof.id)
    unused = delete(TrainingProof).where(TrainingProof.id.in_(set(proof_ids) - kept), ~is_used)
    db.session.execute(unused.execution_options(synchronize_session=False))


def check_proof(proof: Proof) -> tuple[str, str]:
    """Return the media type and the ending of a proof file, told by its content. Raises ProofRefused."""
    if len(proof.content) > MOST_PROOF:
        raise ProofRefused(
            _l("This file is too large. A proof file can be at most %(most)s MB.", most=MOST_PROOF >> 20)
        )
    for beginning, told in _ENDINGS.items():
        if proof.content.startswith(beginning):
            return told
    raise ProofRefused(_l("This isn’t a PDF, PNG or JPEG file. Save it as one of these and try again."))


def _check_second(actor: Actor, training: EarlierTraining, person: Membership) -> None:
    if not may_approve(actor, training, person):
        raise Conflict(_l("A second person has to decide: someone who didn’t record this training and didn’t take it."))


def _end(actor: Actor, training: EarlierTraining, reason: str, now: dt.datetime) -> None:
    reason = " ".join(reason.split())
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid(_l("Enter a reason of at most %(most)s characters.", most=LONGEST_REASON))
    training.ended_at, training.ended_by_id, training.end_reason = now, actor.user_id, reason
    db.session.flush()


def _keep_proof(actor: Actor, proof: Proof, now: dt.datetime) -> TrainingProof:
    """Keep a file, in a firm that is locked. Raises ProofRefused for a wrong one, or where there is no room."""
    kind, ending = check_proof(proof)
    sizes = select(func.sum(func.length(TrainingProof.content)))
    kept_bytes = db.session.scalar(sizes.where(TrainingProof.organization_id == actor.organization_id)) or 0
    if kept_bytes + len(proof.content) > MOST_PROOFS:
        raise ProofRefused(
            _l(
                "There’s no room for this file: all of a firm’s proof files can have %(most)s MB together. Scan it "
                "with a lower resolution, or record the training without a file and keep the file yourself.",
                most=MOST_PROOFS >> 20,
            )
        )
    stem = proof.name.replace("\\", "/").rpartition("/")[2].rpartition(".")[0] or proof.name
    plain = "".join(char if char.isalnum() or char in " -_()." else "_" for char in stem).strip(" .")[:100]
    kept = TrainingProof(
        organization_id=actor.organization_id,
        name=f"{plain or 'proof'}.{ending}",
        kind=kind,
        content=proof.content,
        created_at=now,
        created_by_id=actor.user_id,
    )
    db.session.add(kept)
    db.session.flush()
    return kept


def _add(
    actor: Actor,
    membership_id: uuid.UUID,
    facts: TrainingFacts,
    proof: TrainingProof | None,
    batch_id: uuid.UUID | None,
    now: dt.datetime,
) -> EarlierTraining:
    training = EarlierTraining(
        organization_id=actor.organization_id,
        membership_id=membership_id,
        batch_id=batch_id,
        proof_id=proof.id if proof is not None else None,
        title=facts.title,
        title_key=title_key(facts.title),
        issuer=facts.issuer,
        completed_on=facts.completed_on,
        minutes=facts.minutes,
        note=facts.note,
        created_at=now,
        created_by_id=actor.user_id,
    )
    db.session.add(training)
    return training


def _note(actor: Actor, act: str, training: EarlierTraining, now: dt.datetime, **details: str | None) -> None:
    note(
        act,
        now,
        actor_id=actor.user_id,
        organization_id=actor.organization_id,
        subject_id=training.id,
        title=training.title,
        completed_on=training.completed_on.isoformat(),
        **details,
    )
