"""A firm's own page: what is missing until it works, then who is current and what needs attention."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.assignments.queries import list_requirements
from trainer.compliance.queries import look_ahead, sight_of
from trainer.compliance.rules import End, Group
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Invalid
from trainer.credentials.words import disclaimer
from trainer.home.queries import Kind, Need, find_beginning, list_class_lines, list_needs, list_tasks
from trainer.home.rules import NEAR, OPTIONAL, State, Step, steps, weeks
from trainer.home.words import say
from trainer.organizations import operations as organizations
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.codes import show_code
from trainer.organizations.queries import count_people, is_catching_up
from trainer.organizations.rules import May
from trainer.organizations.slips import Slipless
from trainer.organizations.waiting import Need as Joining
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
    outlook = look_ahead(sight_of(actor, moment), is_single=is_single) if requirements else None
    # Whoever set it up is on the roster, too.
    joined = people["here"] - people["waiting"] - 1
    runs = not actor.may(May.REQUIRE) or (bool(requirements) and joined > 0)
    beginning = None
    if actor.may(May.REQUIRE) and not (runs and Step.POSTERS in (actor.organization.skipped_steps or ())):
        beginning = find_beginning(
            actor, moment, people=people["here"], waiting=people["waiting"], has_requirement=bool(requirements)
        )
    needs = list_needs(actor, outlook, moment, waiting=people["waiting"]) if runs else []
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
            if not runs or (step is Step.POSTERS and state is State.OPEN)
        ],
        "needs": [(say(need), _address(actor, need, today), need.kind) for need in needs],
        "weeks": [(first, last, {end: outlook.ending(end, first, last) for end in End}) for first, last in weeks(today)]
        if outlook
        else [],
        "today": today,
        "disclaimers": [
            disclaimer(state)
            for state in sorted({requirement.unapproved_state or "" for requirement in requirements} - {""})
        ],
    }


def _address(actor: Actor, need: Need, today: dt.date) -> str:
    """Return the page that shows just those rows."""
    soon = {"from": today, "to": today + NEAR}
    ways: dict[Kind, tuple[str, dict[str, Any]]] = {
        Kind.LATE: ("training.status", {"group": Group.LATE}),
        Kind.WITHDRAWN: ("training.person", {"membership_id": need.subject_id}),
        Kind.ROUNDS: ("training.status", {"_anchor": "asking"}),
        Kind.FAILED_INVITATIONS: ("invitations.invitations", {"state": Joining.REFUSED}),
        Kind.FAILED_REMINDERS: ("requirements.requirement", {"requirement_id": need.subject_id, "show": "failed"}),
        Kind.TRAININGS: ("earlier.waiting", {"show": "mine"}),
        Kind.REPORTS: ("reports.reports", {}),
        Kind.WEBHOOK: ("webhooks.webhook", {"webhook_id": need.subject_id}),
        Kind.ROSTER: ("roster.draft", {"draft_id": need.subject_id}),
        Kind.SLIPS_ENDING: ("slips.slips", {"state": Slipless.ENDING}),
        Kind.SLIPLESS: ("slips.slips", {"state": Slipless.NONE}),
        Kind.UNANSWERED: ("invitations.invitations", {"state": Joining.UNANSWERED}),
        Kind.UNINVITED: ("invitations.invitations", {"state": Joining.NEW}),
        Kind.CERTIFICATES: ("training.status", {"end": End.CERTIFICATE, **soon}),
        Kind.WAIVERS: ("training.status", {"end": End.WAIVER, **soon}),
    }
    endpoint, values = ways[need.kind]
    return url_for(endpoint, organization_id=actor.organization_id, **values)
