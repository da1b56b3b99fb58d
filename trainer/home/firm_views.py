"""A firm's own page: what is missing until it works, then who is current and what needs attention."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.assignments.queries import list_requirements
from trainer.compliance.queries import look_ahead, viewer_of
from trainer.compliance.rules import End
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Invalid
from trainer.credentials.words import disclaimer
from trainer.home.attention import list_all_attention
from trainer.home.queries import find_beginning, list_tasks
from trainer.home.rules import OPTIONAL, SetupStep, StepState, steps, weeks
from trainer.instructing.board import list_class_lines
from trainer.organizations import operations as organizations
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.codes import show_code
from trainer.organizations.queries import count_people, is_catching_up
from trainer.organizations.rules import May
from trainer.web.access import Who, access
from trainer.web.redirects import go

blueprint = Blueprint("firm", __name__, template_folder="templates")


@blueprint.get("/organizations/<uuid:organization_id>")
@access(Who.ACCOUNT, own=True)
@acting(May.BELONG)
def home(actor: Actor) -> str:
    """Show a firm to one of its own: what needs them, what they teach, what they have to do, what it sees of them."""
    moment = now()
    sees, teaches = actor.may(May.SEE_TRAINING), actor.may(May.TEACH)
    lines, others = list_class_lines(actor, moment) if teaches else ([], 0)
    return render_template(
        "home/firm.html",
        actor=actor,
        classes=lines,
        other_classes=others,
        tasks=list_tasks(actor, moment),
        show_code=show_code,
        sees=sees,
        **(_of_firm(actor, moment) if sees else {}),
    )


@blueprint.post("/organizations/<uuid:organization_id>/skipped-steps")
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
def skip(actor: Actor) -> Response:
    """Leave out a step of setting the firm up."""
    step = request.form.get("step", "")
    if step not in OPTIONAL:
        raise Invalid(_("This step can’t be skipped."))
    with transaction():
        organizations.skip_step(actor, step, now())
    return go(url_for(".home", organization_id=actor.organization_id))


def _of_firm(actor: Actor, moment: dt.datetime) -> dict[str, Any]:
    """Return what the page shows to whoever sees training status, of the people that they see."""
    people, requirements = count_people(actor), list_requirements(actor.organization_id)
    today, is_single = actor.today(moment), len(requirements) == 1
    outlook = look_ahead(viewer_of(actor, moment), is_single=is_single) if requirements else None
    # Whoever set it up is on the roster, too.
    joined = people["here"] - people["waiting"] - 1
    runs = not actor.may(May.REQUIRE) or (bool(requirements) and joined > 0)
    beginning = None
    if actor.may(May.REQUIRE) and not (runs and SetupStep.POSTERS in (actor.organization.skipped_steps or ())):
        beginning = find_beginning(
            actor, moment, people=people["here"], waiting=people["waiting"], has_requirement=bool(requirements)
        )
    return {
        "people": people,
        "requirements": requirements,
        "is_catching_up": bool(requirements) and is_catching_up(actor.organization_id),
        "is_single": is_single,
        "counts": outlook.counts if outlook else None,
        "runs": runs,
        "beginning": beginning,
        "steps": [
            (step, state)
            for step, state in (steps(beginning) if beginning else [])
            # What else there is to do in a firm that runs is among what needs attention.
            if not runs or (step is SetupStep.POSTERS and state is StepState.OPEN)
        ],
        "own_rule": next((name for name, pack in served().packs.items() if not pack.sources), None),
        "attention": list_all_attention(actor, outlook, moment) if runs else [],
        "weeks": [(first, last, {end: outlook.ending(end, first, last) for end in End}) for first, last in weeks(today)]
        if outlook
        else [],
        "today": today,
        "disclaimers": [
            disclaimer(state)
            for state in sorted({requirement.unapproved_state or "" for requirement in requirements} - {""})
        ],
    }
