"""Pages on which staff join two entries of one person, and its owner answers for the account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.queries import find_user
from trainer.assignments.queries import list_titles_of
from trainer.compliance.queries import list_completions
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict, NotFound
from trainer.extras.mergers import operations
from trainer.extras.mergers.forms import MergerAnswerForm, MergerForm
from trainer.extras.mergers.models import Merger
from trainer.extras.mergers.queries import (
    find_open,
    get_going,
    get_merger,
    get_own_merger,
    get_pair,
    list_likely,
    list_open_of_user,
)
from trainer.extras.mergers.rules import MERGER_ASKED_LASTS, MERGER_UNDO_LASTS, Obstacle, can_undo_merger, obstacle_to
from trainer.extras.pins import just_given
from trainer.extras.pins.pins import cross_out, is_owners_pin
from trainer.extras.pins.signing_in import way_of
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Organization
from trainer.organizations.queries import PeopleFilter, get_changeable, list_people
from trainer.organizations.rules import May
from trainer.organizations.team_queries import team_names
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.language import show_day, show_times_of
from trainer.web.limits import limit_acts, limit_own_failures
from trainer.web.redirects import go

blueprint = Blueprint("mergers", __name__, template_folder="templates")


@blueprint.app_context_processor
def _for_pages_of_others() -> dict[str, Any]:
    return {"find_open_merger": find_open, "list_mergers_of_user": list_open_of_user}


@blueprint.get("/organizations/<uuid:organization_id>/people/<uuid:membership_id>/merger")
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def choose(actor: Actor, membership_id: UUID) -> str:
    """Find the other entry of a person: likely ones first, then what is searched for."""
    person, text = get_changeable(actor, membership_id), request.args.get("q", "")[:100]
    likely = list_likely(actor, person)
    page = list_people(actor, PeopleFilter(text=text), request.args.get("after")) if text else None
    return render_template(
        "mergers/choose.html",
        actor=actor,
        person=person,
        likely=likely,
        page=page,
        text=text,
        people=[entry for entry in page.rows if entry.id != person.id and actor.may_change(entry)] if page else [],
    )


@blueprint.route(
    "/organizations/<uuid:organization_id>/people/<uuid:membership_id>/merger/<uuid:other_id>", methods=["GET", "POST"]
)
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
@limit_acts("30 per hour", methods={"POST"})
def join(actor: Actor, membership_id: UUID, other_id: UUID) -> Response | str | tuple[str, int]:
    """Show what joining two entries does, and do it; the one that the address names first stays."""
    try:
        kept, gone = get_pair(actor, membership_id, other_id)
        of_kept, of_gone = operations.sides(kept, gone)
        if obstacle_to(of_kept, of_gone) is Obstacle.OTHER_WAY:
            return go(_join_path(actor, gone, kept))
        operations.refuse_obstacle(of_kept, of_gone)
    except Conflict as error:
        flash(error.message)
        return go(url_for(".choose", organization_id=actor.organization_id, membership_id=membership_id))
    is_asked = operations.asks_first(of_kept, of_gone)
    form = MergerForm(kept, gone, _shown(kept, gone))
    if form.validate_on_submit():
        try:
            with transaction():
                operations.propose(actor, membership_id, other_id, form.chosen, now())
        except Conflict as error:
            flash(error.message)
        else:
            flash(
                _("We’ve asked them. Nothing moves until they agree.")
                if is_asked
                else _("The two entries are one now.")
            )
        return _to_person(actor, membership_id)
    page = render_template(
        "mergers/join.html",
        actor=actor,
        form=form,
        staying=kept,
        leaving=gone,
        of_staying=of_kept,
        of_leaving=of_gone,
        is_asked=is_asked,
        can_swap=obstacle_to(of_gone, of_kept) is None,
        swapped=_join_path(actor, gone, kept),
        teams=team_names(actor, [kept.id, gone.id]),
        duties={person.id: list_titles_of(actor, person.id) for person in (kept, gone)},
        completions={person.id: list_completions(actor, person) for person in (kept, gone)},
        days=MERGER_ASKED_LASTS.days,
    )
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/organizations/<uuid:organization_id>/mergers/<uuid:merger_id>", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.CHANGE_PEOPLE)
def undo(actor: Actor, merger_id: UUID) -> Response | str:
    """Explain what undoing restores, or that a question is withdrawn, and do it."""
    merger, form = get_merger(actor, merger_id), Form()
    kept = get_changeable(actor, merger.kept_id)
    if form.validate_on_submit():
        was_joined = merger.joined_at is not None
        try:
            with transaction():
                operations.withdraw(actor, merger_id, now())
        except Conflict as error:
            flash(error.message)
        else:
            flash(_("There are two entries again.") if was_joined else _("Withdrawn. Nothing was joined."))
        return _to_person(actor, kept.id)
    until = merger.joined_at + MERGER_UNDO_LASTS if merger.joined_at else None
    return render_template("mergers/undo.html", actor=actor, form=form, merger=merger, staying=kept, until=until)


@blueprint.route("/account/mergers/<uuid:merger_id>", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@limit_own_failures("10 per hour")
def answer(merger_id: UUID) -> Response | str | tuple[str, int]:
    """Ask the owner of an account whether another entry is theirs, too; or tell that it was joined."""
    user_id, form = current_user.id, MergerAnswerForm()
    merger = get_own_merger(user_id, merger_id)
    if merger.gone_user_id is None or operations.is_proved(merger):
        del form.pin
    if form.validate_on_submit():
        was_joined, is_right = merger.joined_at is not None, request.form.get("answer") == "yes"
        given = str(form.pin.data) if is_right and form.pin and form.pin.data else None
        try_id = _prove(user_id, merger, given) if given is not None else None
        if given is not None and try_id is None:
            form.pin.errors = [
                _(
                    "This isn’t the PIN that was chosen for that entry, or there were too many wrong tries. If a slip "
                    "has replaced the PIN, enter the one before it. Or leave this empty."
                )
            ]
            return _answer_page(form, merger), 422
        is_proved = try_id is not None
        try:
            with transaction():
                if not is_right:
                    operations.decline(user_id, merger_id, now())
                elif was_joined:
                    operations.confirm(user_id, merger_id, now(), is_proved=is_proved)
                else:
                    operations.accept(user_id, merger_id, now(), is_proved=is_proved)
        except Conflict as error:
            flash(error.message)
        else:
            flash(_answered(was_joined, is_right))
        return go(url_for("home.me"))
    return _answer_page(form, merger), 422 if form.is_submitted() else 200


@blueprint.route("/in/joined", methods=["GET", "POST"])
@access(Who.PUBLIC)
def dispute() -> Response | str:
    """Tell whoever has just given the PIN of an account that goes, and no one else, that it was joined to another one;
    undo it at their word."""
    merger_id = just_given.find(just_given.NOTICE)
    if not just_given.was_given(just_given.NOTICE):
        return go(url_for("pins.sign_in"))  # without a word, which would take a cookie
    form = Form()
    try:
        if merger_id is None:
            raise NotFound
        merger = get_going(merger_id)
        if form.validate_on_submit():
            with transaction():
                has_number = operations.dispute(merger_id, now()).employee_number == merger.gone_number
            flash(
                _("The two entries are separate again. Sign in with your number and PIN.")
                if has_number
                else _(
                    "The two entries are separate again, but someone else has your number by now. Ask the firm for "
                    "another one. Your PIN stays the same."
                )
            )
            return go(url_for("pins.sign_in"))
    except NotFound:  # also after some minutes
        flash(_("Enter your number and PIN again."))
        return go(url_for("pins.sign_in"))
    except Conflict as error:
        flash(error.message)
        return go(url_for("pins.sign_in"))
    firm = db.session.get_one(Organization, merger.organization_id)
    show_times_of(firm.time_zone)
    at = merger.joined_at or merger.asked_at
    can_undo = can_undo_merger(at, now())
    told = {"merger": merger, "firm": firm, "at": at, "until": at + MERGER_UNDO_LASTS, "can_undo": can_undo}
    return render_template("mergers/dispute.html", form=form, **told)


def _prove(user_id: UUID, merger: Merger, given: str) -> UUID | None:
    """Return a number if this is the PIN of the account that goes, as its owner chose it, and it may be looked at."""
    merger_id, gone_id = merger.id, merger.gone_user_id
    gone = find_user(gone_id) if gone_id is not None else None
    with transaction():
        try_id = operations.begin_proof(user_id, merger_id, way_of(gone), now())
    gone = find_user(gone_id) if gone_id is not None and try_id is not None else None
    if not is_owners_pin(gone, given) or try_id is None:
        return None
    with transaction():
        cross_out(try_id)
    return try_id


def _answer_page(form: MergerAnswerForm, merger: Merger) -> str:
    firm = db.session.get_one(Organization, merger.organization_id)
    show_times_of(firm.time_zone)
    until = (merger.joined_at + MERGER_UNDO_LASTS) if merger.joined_at else merger.asked_at + MERGER_ASKED_LASTS
    return render_template("mergers/answer.html", form=form, merger=merger, firm=firm, until=until)


def _answered(was_joined: bool, is_right: bool) -> str:
    if is_right:
        return str(_("Thank you.") if was_joined else _("The two entries are one now."))
    if was_joined:
        return str(_("Undone: the two entries are separate again. The firm can read that in its log."))
    return str(_("Nothing was joined. The firm can read in its log that you declined."))


def _shown(kept: Membership, gone: Membership) -> dict[str, tuple[str, str]]:
    shown = {
        name: (str(getattr(kept, name) or ""), str(getattr(gone, name) or ""))
        for name in ("name", "employee_number", "job_title")
    }
    if kept.hired_on and gone.hired_on:
        shown["hired_on"] = (show_day(kept.hired_on, "long"), show_day(gone.hired_on, "long"))
    return shown


def _join_path(actor: Actor, kept: Membership, gone: Membership) -> str:
    return url_for(".join", organization_id=actor.organization_id, membership_id=kept.id, other_id=gone.id)


def _to_person(actor: Actor, membership_id: UUID) -> Response:
    return go(url_for("people.person", organization_id=actor.organization_id, membership_id=membership_id))
