"""What a firm requires: list, choose a pack, preview, save, change, end, and the log of what was sent."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.assignments import operations
from trainer.assignments.forms import MOST_MONTHS, RequirementForm, filled_in
from trainer.assignments.models import Requirement
from trainer.assignments.preview import Preview, preview
from trainer.assignments.queries import (
    count_by_status,
    get_requirement,
    list_reminders,
    list_requirements,
    list_team_names,
    list_titles,
    wanted_by,
)
from trainer.assignments.rules import Audience, RequiredTerms, Status
from trainer.assignments.words import STATUS_CHIPS, earlier_told, outcome, reminder_name, status_name, title_for, who
from trainer.content.catalogue import HelpLine
from trainer.content.library import Content
from trainer.content.quotes import straight
from trainer.content.serving import served, served_in
from trainer.content.times import Times
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotFound
from trainer.core.outbox import FAILED_FOR
from trainer.core.signing import is_sealed, seal
from trainer.credentials.words import disclaimer
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May, fold
from trainer.organizations.team_queries import list_teams
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.language import language_tag
from trainer.web.redirects import go
from trainer.web.ways import way_to

blueprint = Blueprint(
    "requirements",
    __name__,
    url_prefix="/organizations/<uuid:organization_id>/requirements",
    template_folder="templates",
)

_PURPOSE = "requirement-preview"
SHOWN = ("all", "sent", "not-sent", "failed")


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
        who=_who(actor),
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
    title, titles = pack.title, {}
    if not pack.sources:  # it follows no law, whose name could be the title
        titles = _own_titles(content)
        title = titles[pack.defaults.course, pack.defaults.cadence_months]
    form, spellings = _form(actor, **pack.defaults.model_dump(), title=title, starts_on=actor.today(now()))
    seen = None
    if not form.is_submitted():  # what the pack asks for can be saved as it is
        seen = _look(actor, form, _wanted(form, spellings, pack=name, unapproved_state=pack.unapproved_state))
    elif form.validate():
        if straight(form.title.data or "") in map(straight, titles.values()):  # ours, not one that was typed
            form.title.data = titles[str(form.course.data), form.cadence_months.data or 1]
        rule = _wanted(form, spellings, pack=name, unapproved_state=pack.unapproved_state)
        if not _is_seen(actor, form, rule):
            seen = _look(actor, form, rule)
        else:
            with form.refusing("teams"), transaction():
                made = operations.require_course(actor, rule, served().courses, now())
            if not form.errors:
                flash(_("Required. People are assigned now and reminded when it’s time."))
                if not count_by_status(actor.organization_id, actor.today(now())).get(made.id):
                    return go(way_to("firm", organization_id=actor.organization_id))  # next: a roster
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


def _own_titles(content: Content) -> dict[tuple[str, int], str]:
    """Return what we call a rule of the firm's own, by course and months."""
    return {
        (slug, months): title_for(course.file.title, months)
        for slug, course in content.courses.items()
        for months in range(1, MOST_MONTHS + 1)
    }


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
        counts=count_by_status(actor.organization_id, actor.today(now())).get(record.id, {}),
        taking=_taking([record.course]),
        page=list_reminders(record, shown, now() - FAILED_FOR, request.args.get("after")),
        shown=shown,
        who=_who(actor),
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
    form, spellings = _form(actor, before, **{**asdict(before), **filled_in(before)})
    seen = None
    if form.validate_on_submit():
        rule = _wanted(form, spellings, pack=record.pack, unapproved_state=record.unapproved_state)
        if not _is_seen(actor, form, rule):
            seen = _look(actor, form, rule, record)
        else:
            with form.refusing("teams"), transaction():
                operations.change_requirement(actor, requirement_id, rule, served().courses, now())
            if not form.errors:
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


def _form(actor: Actor, before: RequiredTerms | None = None, **values: Any) -> tuple[RequirementForm, dict[str, str]]:
    """Return the form, and how the firm writes the job titles that can be chosen there.

    On a change, what is no longer on the roster can still be chosen.
    """
    titles_of = {slug: course.file.title for slug, course in served().courses.items()}
    courses = {slug: title for slug, title in titles_of.items() if not served().courses[slug].is_for_renewal}
    teams = {str(team.id): team.name for team in list_teams(actor)}
    titles = list_titles(actor.organization_id)
    spellings = {title.key: title.name for title in titles}
    people = {title.key: title.people for title in titles}
    if before is not None:
        courses = {before.course: titles_of.get(before.course, before.course)}
        teams = {**{str(team_id): _("A removed team") for team_id in before.audience.teams}, **teams}
        spellings = {**{fold(title): title for title in before.audience.job_titles}, **spellings}
    form = RequirementForm(
        known_courses=courses,
        known_teams=teams,
        known_titles={
            key: _("%(title)s (%(people)s)", title=title, people=people.get(key, 0))
            for key, title in sorted(spellings.items())
        },
        taking=_taking(courses),
        **values,
    )
    return form, spellings


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


def _wanted(
    form: RequirementForm, spellings: dict[str, str], pack: str | None, unapproved_state: str | None
) -> RequiredTerms:
    assert form.starts_on.data is not None  # the form asks for it
    return RequiredTerms(
        title=str(form.title.data),
        course=str(form.course.data),
        audience=form.chosen_audience(spellings),
        starts_on=form.starts_on.data,
        least_minutes=form.least_minutes.data or 0,
        cadence_months=form.cadence_months.data or 1,
        days_allowed=form.days_allowed.data or 0,
        renewal_days=form.renewal_days.data or 1,
        is_paced=bool(form.is_paced.data),
        allows_test_out=bool(form.allows_test_out.data),
        attestation=form.attestation.data or None,
        earlier_titles=form.chosen_titles,
        pack=pack,
        unapproved_state=unapproved_state,
        region=form.chosen_region,
    )


def _is_seen(actor: Actor, form: RequirementForm, rule: RequiredTerms) -> bool:
    """Return True if exactly this was previewed, and is now to be saved."""
    is_saved = request.form.get("step") == "save"
    return is_saved and is_sealed(form.seen.data or "", _PURPOSE, actor.organization_id.hex, _written(rule))


def _look(actor: Actor, form: RequirementForm, rule: RequiredTerms, record: Requirement | None = None) -> Preview:
    form.seen.data = seal(_PURPOSE, actor.organization_id.hex, _written(rule))
    return preview(actor, rule, actor.today(now()), record)


def _written(rule: RequiredTerms) -> str:
    return json.dumps({**asdict(rule), "audience": rule.audience.written()}, default=str, sort_keys=True)


def _status(form: RequirementForm, seen: Preview | None) -> int:
    return 422 if form.is_submitted() and seen is None else 200


def _who(actor: Actor) -> Callable[[Requirement], str]:
    teams = list_team_names(actor.organization_id)
    return lambda requirement: who(Audience.read(requirement.audience), teams)


def _shared() -> dict[str, Any]:
    return {
        "courses": served().courses,
        "help_lines": _help_lines,
        "statuses": list(Status),
        "status_name": status_name,
        "status_chips": STATUS_CHIPS,
        "outcome": outcome,
        "reminder_name": reminder_name,
        "disclaimer": disclaimer,
        "earlier_told": earlier_told,
    }


def _help_lines(region: str | None) -> tuple[HelpLine, ...]:
    """Return the help lines of the region that a pack names."""
    there = served().regions.get(region or "")
    return there.translations.get(language_tag(), there).help_lines[there.region.id] if there and region else ()


def _to(actor: Actor, requirement_id: UUID) -> Response:
    return go(url_for(".requirement", organization_id=actor.organization_id, requirement_id=requirement_id))
