"""What a firm requires: list, choose a pack, preview, save, change, end, and the log of what was sent."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.assignments import operations
from trainer.assignments.forms import RequirementForm
from trainer.assignments.models import Requirement
from trainer.assignments.preview import Preview, preview
from trainer.assignments.queries import (
    count_by_status,
    get_requirement,
    list_reminders,
    list_requirements,
    wanted_by,
)
from trainer.assignments.rules import Audience, Status, Wanted
from trainer.assignments.words import AUDIENCES, STATUS_CHIPS, outcome, reminder_name, status_name
from trainer.content.serving import served
from trainer.content.times import Times
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Invalid, NotFound
from trainer.core.signing import is_sealed, seal
from trainer.credentials.words import disclaimer
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.forms import ROLE_NAMES
from trainer.organizations.queries import list_teams
from trainer.organizations.rules import May
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.redirects import go

blueprint = Blueprint(
    "requirements",
    __name__,
    url_prefix="/organizations/<uuid:organization_id>/requirements",
    template_folder="templates",
)

_PURPOSE = "requirement-preview"
SHOWN = ("all", "sent", "not-sent")


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
def requirements(actor: Actor) -> str:
    """List what the firm requires, with how many stand where."""
    return render_template(
        "assignments/requirements.html",
        actor=actor,
        requirements=list_requirements(actor.organization_id, with_ended=True),
        counts=count_by_status(actor.organization_id, actor.today(now())),
        **_shared(),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
def require(actor: Actor) -> Response | str | tuple[str, int]:
    """Choose a pack, fill the form, see what would happen, save."""
    name = request.args.get("pack")
    if name is None:
        return render_template("assignments/packs.html", actor=actor, packs=served().packs, **_shared())
    pack = served().packs.get(name)
    if pack is None:
        raise NotFound
    form = _form(actor, **pack.defaults.model_dump(), title=pack.title, starts_on=actor.today(now()))
    seen = None
    if form.validate_on_submit():
        wanted = _wanted(form, pack=name, unapproved_state=pack.unapproved_state)
        if not _is_seen(actor, form, wanted):
            seen = _look(actor, form, wanted)
        else:
            try:
                with transaction():
                    made = operations.require_course(actor, wanted, served().courses, now())
            except Invalid as error:
                form.teams.errors = [error.message]
            else:
                flash(_("Required. People are assigned now and reminded when it’s time."))
                return _to(actor, made.id)
    page = render_template(
        "assignments/require.html", actor=actor, form=form, pack=pack, seen=seen, sources=served().sources, **_shared()
    )
    return page, _status(form, seen)


@blueprint.get("/<uuid:requirement_id>")
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
def requirement(actor: Actor, requirement_id: UUID) -> str:
    """Show a requirement, how many stand where, and what was sent or not, and why."""
    found = get_requirement(actor, requirement_id)
    shown = request.args.get("show", "all")
    shown = shown if shown in SHOWN else "all"
    return render_template(
        "assignments/requirement.html",
        actor=actor,
        requirement=found,
        wanted=wanted_by(found),
        counts=count_by_status(actor.organization_id, actor.today(now())).get(found.id, {}),
        teams={team.id: team.name for team in list_teams(actor)},
        taking=_taking([found.course]),
        page=list_reminders(found, shown, request.args.get("after")),
        shown=shown,
        **_shared(),
    )


@blueprint.route("/<uuid:requirement_id>/terms", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
def change(actor: Actor, requirement_id: UUID) -> Response | str | tuple[str, int]:
    """Change a requirement, after saying what that does to duties that are open."""
    found = get_requirement(actor, requirement_id)
    if found.ended_at is not None:
        return _to(actor, requirement_id)
    before = wanted_by(found)
    form = _form(actor, found.course, **{**asdict(before), "teams": [str(one) for one in before.team_ids]})
    seen = None
    if form.validate_on_submit():
        wanted = _wanted(form, pack=found.pack, unapproved_state=found.unapproved_state)
        if not _is_seen(actor, form, wanted):
            seen = _look(actor, form, wanted, found)
        else:
            try:
                with transaction():
                    operations.change_requirement(actor, requirement_id, wanted, served().courses, now())
            except Invalid as error:
                form.teams.errors = [error.message]
            else:
                flash(_("Saved."))
                return _to(actor, requirement_id)
    page = render_template("assignments/change.html", actor=actor, form=form, requirement=found, seen=seen, **_shared())
    return page, _status(form, seen)


@blueprint.route("/<uuid:requirement_id>/end", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
def end(actor: Actor, requirement_id: UUID) -> Response | str:
    """End a requirement, after saying what stays."""
    found = get_requirement(actor, requirement_id)
    form = Form()
    if found.ended_at is None and not form.validate_on_submit():
        counts = count_by_status(actor.organization_id, actor.today(now())).get(found.id, {})
        return render_template(
            "assignments/end.html", actor=actor, form=form, requirement=found, people=sum(counts.values())
        )
    if found.ended_at is None:
        with transaction():
            operations.end_requirement(actor, requirement_id, now())
        flash(_("Ended. People keep what they’ve earned."))
    return _to(actor, requirement_id)


def _form(actor: Actor, only: str | None = None, **values: Any) -> RequirementForm:
    titles = {slug: course.file.title for slug, course in served().courses.items()}
    return RequirementForm(
        titles={only: titles.get(only, only)} if only else titles,
        names={str(team.id): team.name for team in list_teams(actor)},
        taking=_taking([only] if only else titles),
        **values,
    )


def _taking(courses: Iterable[str]) -> str:
    """Say how many minutes the lessons of courses take, for whoever asks for active minutes."""
    here, times = served().courses, Times(served())
    return " ".join(
        _(
            "%(course)s: about %(core)s minutes for the core lessons, %(whole)s for all of them.",
            course=course.file.title,
            core=times.core(course),
            whole=times.whole(course),
        )
        if course.deeper
        else _("%(course)s: about %(core)s minutes for the lessons.", course=course.file.title, core=times.core(course))
        for course in (here[slug] for slug in courses if slug in here)
    )


def _wanted(form: RequirementForm, pack: str | None, unapproved_state: str | None) -> Wanted:
    audience = Audience(str(form.audience.data))
    assert form.starts_on.data is not None  # the form asks for it
    return Wanted(
        title=str(form.title.data),
        course=str(form.course.data),
        audience=audience,
        starts_on=form.starts_on.data,
        least_minutes=form.least_minutes.data or 0,
        cadence_months=form.cadence_months.data or 1,
        days_allowed=form.days_allowed.data or 0,
        renewal_days=form.renewal_days.data or 1,
        is_paced=bool(form.is_paced.data),
        allows_test_out=bool(form.allows_test_out.data),
        attestation=form.attestation.data or None,
        pack=pack,
        unapproved_state=unapproved_state,
        role=str(form.role.data) if audience is Audience.ROLE else None,
        hired_since=form.hired_since.data if audience is Audience.HIRED_SINCE else None,
        team_ids=frozenset(UUID(one) for one in form.teams.data or []) if audience is Audience.TEAMS else frozenset(),
    )


def _is_seen(actor: Actor, form: RequirementForm, wanted: Wanted) -> bool:
    """Return True if exactly this was previewed, and is now to be saved."""
    is_saved = request.form.get("step") == "save"
    return is_saved and is_sealed(form.seen.data or "", _PURPOSE, actor.organization_id.hex, _written(wanted))


def _look(actor: Actor, form: RequirementForm, wanted: Wanted, found: Requirement | None = None) -> Preview:
    form.seen.data = seal(_PURPOSE, actor.organization_id.hex, _written(wanted))
    return preview(actor, wanted, actor.today(now()), found)


def _written(wanted: Wanted) -> str:
    return json.dumps({**asdict(wanted), "team_ids": sorted(map(str, wanted.team_ids))}, default=str, sort_keys=True)


def _status(form: RequirementForm, seen: Preview | None) -> int:
    return 422 if form.is_submitted() and seen is None else 200


def _shared() -> dict[str, Any]:
    return {
        "courses": served().courses,
        "help_lines": served().help_lines,
        "audiences": AUDIENCES,
        "role_names": ROLE_NAMES,
        "statuses": list(Status),
        "status_name": status_name,
        "status_chips": STATUS_CHIPS,
        "outcome": outcome,
        "reminder_name": reminder_name,
        "disclaimer": disclaimer,
    }


def _to(actor: Actor, requirement_id: UUID) -> Response:
    return go(url_for(".requirement", organization_id=actor.organization_id, requirement_id=requirement_id))
