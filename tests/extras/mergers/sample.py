"""Two entries that are one for a day, one that is the actor's for good, and another about which the actor is asked."""

from __future__ import annotations

from trainer.core import clock
from trainer.core.db import db
from trainer.extras.mergers.models import Merger
from trainer.extras.mergers.operations import propose
from trainer.extras.mergers.rules import MergerOutcome
from trainer.organizations.actor import Actor
from trainer.organizations.operations import PersonFacts, add_person

OF_FIRMS = {"mergers"}
TOLD = ("settled",)
LEFT = {"mergers.asked_by_id"}
OF_PEOPLE = ()


def fill(actor: Actor, employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Join entries, and ask about one."""
    now, own = clock.now(), actor.membership
    kept, gone, asked, other = (
        add_person(actor, PersonFacts("Terry Twice", None, employee_number=f"{employee_number}-{part}"), [], now)
        for part in range(4)
    )
    same = add_person(actor, PersonFacts(own.name, None, employee_number=f"{employee_number}-4"), [], now)
    joined = propose(actor, kept.id, gone.id, [], now)
    settled = propose(actor, own.id, same.id, [], now)
    settled.closed_at, settled.outcome, settled.before = now, MergerOutcome.SETTLED, None
    question = Merger(
        organization_id=actor.organization_id,
        kept_id=own.id,
        gone_id=asked.id,
        kept_user_id=actor.user_id,
        gone_name=asked.name,
        gone_number=asked.employee_number,
        chosen=[],
        asked_by_id=actor.user_id,
        asked_at=now,
    )
    db.session.add(question)
    db.session.flush()
    values = {"other_id": str(other.id), "merger_id": str(question.id)}
    return values, {"mergers.undo": {"merger_id": str(joined.id)}}
