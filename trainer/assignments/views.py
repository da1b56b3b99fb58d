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
from trainer.content.serving import served, served_in
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
from trainer.web.language import language_tag
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
    """List what the firm requires, with how many people have each status."""
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
    content, name = served_in(language_tag()), request.args.get("pack")
    if name is None:
        translation = content.standing(*(f"requirements/{slug}.yaml" for slug in content.packs))
        return render_template(
            "assignments/packs.html", actor=actor, packs=content.packs, translation=translation, **_shared()
        )
    pack = content.packs.get(name)
    if pack is None:
        raise NotFound
    form = _form(actor, **pack.defaults.model_dump(), title=pack.title, starts_on=actor.today(now()))
    seen = None
    if form.validate_on_submit():
        rule = _wanted(form, pack=name, unapproved_state=pack.unapproved_state)
        if not _is_seen(actor, form, rule):
            seen = _look(actor, form, rule)
        else:
            try:
                with transaction():
                    made = operations.require_course(actor, rule, served().courses, now())
            except Invalid as error:
                form.teams.errors = [error.message]
            else:
                flash(_("Required. People are assigned now and reminded when it’s time."))
                return _to(actor, made.id)
    page = render_template(
        "assignments/require.html",
        actor=actor,
        form=form,
        pack=pack,
        translation=content.standing(f"requirements/{name}.yaml"),
        seen=seen,
        sources=content.sources,
        **_shared(),
    )
    return page, _status(form, seen)


@blueprint.get("/<uuid:requirement_id>")
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
def requirement(actor: Actor, requirement_id: UUID) -> str:
    """Show a requirement, how many people have each status, and what was sent or not, and why."""
    record = get_requirement(actor, requirement_id)
    shown = request.args.get("show", "all")
    shown = shown if shown in SHOWN else "all"
    return render_template(
        "assignments/requirement.html",
        actor=actor,
        requirement=record,
        wanted=wanted_by(record),
        counts=count_by_status(actor.organization_id, actor.today(now())).get(record.id, {}),
        teams={team.id: team.name for team in list_teams(actor)},
        taking=_taking([record.course]),
        page=list_reminders(record, shown, request.args.get("after")),
        shown=shown,
        **_shared(),
    )


@blueprint.route("/<uuid:requirement_id>/terms", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
def change(actor: Actor, requirement_id: UUID) -> Response | str | tuple[str, int]:
    """Change a requirement, after saying what that does to duties that are open."""
    record = get_requirement(actor, requirement_id)
    if record.ended_at is not None:
        return _to(actor, requirement_id)
    before = wanted_by(record)
    form = _form(actor, record.course, **{**asdict(before), "teams": [str(team_id) for team_id in before.team_ids]})
    seen = None
    if form.validate_on_submit():
        rule = _wanted(form, pack=record.pack, unapproved_state=record.unapproved_state)
        if not _is_seen(actor, form, rule):
            seen = _look(actor, form, rule, record)
        else:
            try:
                with transaction():
                    operations.change_requirement(actor, requirement_id, rule, served().courses, now())
            except Invalid as error:
                form.teams.errors = [error.message]
            else:
                flash(_("Saved."))
                return _to(actor, requirement_id)
    page = render_template(
        "assignments/change.html", actor=actor, form=form, requirement=record, seen=seen, **_shared()
    )
    return page, _status(form, seen)


@blueprint.route("/<uuid:requirement_id>/end", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.REQUIRE)
def end(actor: Actor, requirement_id: UUID) -> Response | str:
    """End a requirement, after saying what stays."""
    record = get_requirement(actor, requirement_id)
    form = Form()
    if record.ended_at is None and not form.validate_on_submit():
        counts = count_by_status(actor.organization_id, actor.today(now())).get(record.id, {})
        return render_template(
            "assignments/end.html", actor=actor, form=form, requirement=record, people=sum(counts.values())
        )
    if record.ended_at is None:
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
    known, times = served().courses, Times(served())
    return " ".join(
        _(
            "%(course)s: about %(core)s minutes for the core lessons, %(whole)s for all of them.",
            course=course.file.title,
            core=times.core(course),
            whole=times.whole(course),
        )
        if course.deeper
        else _("%(course)s: about %(core)s minutes for the lessons.", course=course.file.title, core=times.core(course))
        for course in (known[slug] for slug in courses if slug in known)
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
        team_ids=frozenset(UUID(team_id) for team_id in form.teams.data or [])
        if audience is Audience.TEAMS
        else frozenset(),
    )


def _is_seen(actor: Actor, form: RequirementForm, rule: Wanted) -> bool:
    """Return True if exactly this was previewed, and is now to be saved."""
    is_saved = request.form.get("step") == "save"
    return is_saved and is_sealed(form.seen.data or "", _PURPOSE, actor.organization_id.hex, _written(rule))


def _look(actor: Actor, form: RequirementForm, rule: Wanted, record: Requirement | None = None) -> Preview:
    form.seen.data = seal(_PURPOSE, actor.organization_id.hex, _written(rule))
    return preview(actor, rule, actor.today(now()), record)


def _written(rule: Wanted) -> str:
    return json.dumps({**asdict(rule), "team_ids": sorted(map(str, rule.team_ids))}, default=str, sort_keys=True)


def _status(form: RequirementForm, seen: Preview | None) -> int:
    return 422 if form.is_submitted() and seen is None else 200


def _shared() -> dict[str, Any]:
    return {
        "courses": served().courses,
        "help_lines": served_in(language_tag()).help_lines,
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
