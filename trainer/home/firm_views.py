"""A firm's own page: what is missing until it works, then who is current and what needs attention."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from trainer.assignments.queries import list_requirements
from trainer.compliance.queries import count_rows, list_rows, sight_of
from trainer.compliance.rules import Group, Narrowing, Order
from trainer.compliance.words import chip
from trainer.core.clock import now
from trainer.instructing.queries import list_cohorts
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.queries import count_people
from trainer.organizations.rules import May
from trainer.organizations.waiting import count_unanswered
from trainer.web.access import Who, access

blueprint = Blueprint("firm", __name__, template_folder="templates")

MOST_NAMES = 5


@blueprint.get("/organizations/<uuid:organization_id>")
@access(Who.ACCOUNT, own=True)
@acting(May.BELONG)
def home(actor: Actor) -> str:
    """Show a firm to one of its own: what there is to do here, and what the firm sees of a person."""
    counts = count_people(actor) if actor.may(May.SEE_PEOPLE) else None
    return render_template(
        "home/firm.html",
        actor=actor,
        counts=counts,
        unanswered=count_unanswered(actor, now()) if actor.may(May.BRING_IN) else 0,
        classes=[(cohort, number) for cohort, number in list_cohorts(actor) if cohort.archived_at is None]
        if actor.may(May.TEACH)
        else [],
        **(_training(actor) if counts else {"requirements": []}),
    )


def _training(actor: Actor) -> dict[str, Any]:
    sight = sight_of(actor, now())
    attention = Narrowing(group=Group.ATTENTION, order=Order.DUE)
    return {
        "requirements": list_requirements(actor.organization_id),
        "status": count_rows(sight, Narrowing()),
        "rows": list_rows(sight, attention, None, most=MOST_NAMES).rows,
        "today": sight.today,
        "chip": chip,
    }
