"""People at a meeting who aren't in the class: add them, and match them with someone who joined; their own link."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.instructing import walk_ins
from trainer.instructing.access import teaching
from trainer.instructing.forms import MatchForm, StrangerForm
from trainer.instructing.models import CohortMember, WalkIn
from trainer.instructing.presence import list_signed_for, list_walk_ins
from trainer.instructing.queries import Desk, find_membership, get_class_session, list_members, list_views
from trainer.instructing.sessions import count_waiting
from trainer.instructing.views.meetings import get_course, meeting_page
from trainer.instructing.walk_ins import Stranger
from trainer.organizations.rules import fold
from trainer.web.access import Who, access
from trainer.web.limits import limit_failures
from trainer.web.redirects import go
from trainer.web.ways import way_to

blueprint = Blueprint("walk_ins", __name__)
_LIST = "/cohorts/<uuid:cohort_id>/list"


@blueprint.get(_LIST)
@access(Who.ACCOUNT, own=True)
@teaching
def index(desk: Desk) -> str:
    """List the people at a class's meetings who aren't in the class."""
    return _page(desk)


@blueprint.post("/cohorts/<uuid:cohort_id>/sessions/<uuid:class_session_id>/people")
@access(Who.ACCOUNT, own=True)
@teaching
def add(desk: Desk, class_session_id: UUID) -> Response | tuple[str, int]:
    """Add someone who isn't in the class to a meeting: from the firm's roster, or by name."""
    get_class_session(desk, class_session_id)
    to = url_for("meetings.meeting", cohort_id=desk.cohort.id, class_session_id=class_session_id)
    if desk.actor is not None:
        membership_id = request.form.get("membership", type=UUID)
        if membership_id is None:
            flash(_("Search the roster for someone first."))
            return go(to)
        try:
            with transaction():
                name = walk_ins.add_from_roster(desk, class_session_id, membership_id, now())
        except Conflict as error:
            flash(error.message)
        else:
            flash(_("Added: %(name)s.", name=name))
        return go(to)
    form = StrangerForm()
    if form.validate_on_submit():
        stranger = Stranger(str(form.name.data), str(form.employee_number.data or ""), str(form.email.data or ""))
        try:
            with transaction():
                added = walk_ins.add_stranger(
                    desk, class_session_id, stranger, now(), is_another=bool(form.is_another.data)
                )
        except (Conflict, Invalid) as error:
            form.name.errors = [error.message]
        else:
            flash(_("Added: %(name)s.", name=added.name))
            return go(to)
    return meeting_page(desk, class_session_id, stranger=form), 422


@blueprint.post(f"{_LIST}/<uuid:walk_in_id>/match")
@access(Who.ACCOUNT, own=True)
@teaching
def match(desk: Desk, walk_in_id: UUID) -> Response | tuple[str, int]:
    """Say who in the class someone is."""
    form, is_local = _match_form(desk), current_app.config["SETTINGS"].is_local
    if form.validate_on_submit() and form.member.data:
        try:
            with transaction():
                member_id = UUID(form.member.data)
                member = walk_ins.join_walk_in(desk, walk_in_id, member_id, get_course(desk), is_local, now())
        except Conflict as error:
            flash(error.message)
        else:
            flash(_("Done. What was signed off now counts for %(name)s.", name=member.name))
            _tell_waiting(member)
        return go(url_for(".index", cohort_id=desk.cohort.id))
    flash(_("Choose who it is in the class."))
    return _page(desk), 422


@blueprint.post(f"{_LIST}/<uuid:walk_in_id>/removal")
@access(Who.ACCOUNT, own=True)
@teaching
def remove(desk: Desk, walk_in_id: UUID) -> Response:
    """Take someone off the list; on the instructor's word, also where something was signed off."""
    try:
        with transaction():
            name = walk_ins.remove_walk_in(desk, walk_in_id, now(), is_sure="sure" in request.form)
    except Conflict as error:
        flash(error.message)
    else:
        flash(_("Removed: %(name)s.", name=name))
    return go(url_for(".index", cohort_id=desk.cohort.id))


@blueprint.get("/attended/<uuid:walk_in_id>/<code>")
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def show_claim(walk_in_id: UUID, code: str) -> str:
    """Show the class that a name on the list was taught in, and offer to let it count for one's account."""
    named = walk_ins.find_claim(walk_in_id, code)
    if named is None:
        raise NotFound(_("This link doesn’t work. Ask the person who gave it to you for a new one."))
    walk_in, cohort = named
    is_known = current_user.is_authenticated and not current_user.is_guest
    member = find_membership(current_user.id, cohort) if is_known else None
    return render_template(
        "instructing/claim.html",
        walk_in=walk_in,
        cohort=cohort,
        organization=None,
        views=list_views(cohort),
        invitation=None,
        course=served().courses.get(cohort.course),
        code=code,
        is_known=is_known,
        is_mine=member is not None and walk_in.member_id == member.id,
    )


@blueprint.post("/attended/<uuid:walk_in_id>/<code>")
@access(Who.ACCOUNT)
@limit_failures("60 per hour")
def claim(walk_in_id: UUID, code: str) -> Response:
    """Join the class as the person on its list."""
    user_id, is_local = current_user.id, current_app.config["SETTINGS"].is_local
    try:
        with transaction():
            member = walk_ins.claim(user_id, walk_in_id, code, served().courses, is_local, now())
    except Conflict as error:
        flash(error.message)
        return go(url_for(".show_claim", walk_in_id=walk_in_id, code=code))
    flash(_("Done. What was signed off for you now counts in your course."))
    _tell_waiting(member)
    return go(way_to("me"))


def _tell_waiting(member: CohortMember) -> None:
    waiting = count_waiting(member)
    if waiting:
        flash(
            ngettext(
                "%(num)s lesson still has to wait: the lessons go in order, and one comes first.",
                "%(num)s lessons still have to wait: the lessons go in order, and others come first.",
                waiting,
            )
        )


def _page(desk: Desk) -> str:
    listed, members = list_walk_ins(desk.cohort), list_members(desk.cohort)
    alike = {fold(member.name): str(member.id) for member in members}
    return render_template(
        "instructing/walk_ins.html",
        desk=desk,
        listed=listed,
        signed_for=list_signed_for(desk.cohort),
        form=_match_form(desk),
        alike={person.id: alike.get(fold(person.name)) for person in listed},
        address_of=_address_of,
    )


def _match_form(desk: Desk) -> MatchForm:
    return MatchForm(people=[(str(member.id), member.name) for member in list_members(desk.cohort)])


def _address_of(person: WalkIn) -> str:
    """Return the link with which someone takes over what was signed off for the name."""
    path = url_for("walk_ins.show_claim", walk_in_id=person.id, code=walk_ins.claim_code(person.id))
    return f"{current_app.config['SETTINGS'].base_url}{path}"
