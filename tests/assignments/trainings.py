"""Trainings elsewhere that the firms of the tests record."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from trainer.assignments.earlier import Proof, TrainingFacts, approve_trainings, record_training
from trainer.core import clock
from trainer.organizations.actor import Actor

PDF = b"%PDF-1.7 a scan"
DAY = dt.date(2026, 3, 4)


def record(
    actor: Actor, membership_id: UUID, title: str = "Spotting it", *, day: dt.date = DAY, proof: bool = False
) -> UUID:
    """Record a training of someone of eight hours; needs a transaction."""
    facts = TrainingFacts(title, "Another school", day, 480)
    kept = Proof("scan.PDF", PDF) if proof else None
    return record_training(actor, membership_id, facts, kept, clock.now()).id


def have_recorded(first: Actor, second: Actor, membership_id: UUID, title: str = "Spotting it") -> UUID:
    """Let one person record a training with proof, and another approve it; needs a transaction."""
    training_id = record(first, membership_id, title, proof=True)
    approve_trainings(second, [training_id], clock.now())
    return training_id
