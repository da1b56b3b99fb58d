"""Join a firm: open an invitation or enter a code, see what the firm will see, then decide."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.passwords import hash_password
from trainer.accounts.queries import find_user_by_email_key
from trainer.accounts.signing_in import sign_in_session
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.core.feature import ask_extra
from trainer.joining import entering
from trainer.joining.invitation_forms import InvitedForm, JoinForm
from trainer.organizations.codes import find_code, show_code
from trainer.organizations.forms import ROLE_NAMES
from trainer.organizations.invitations import Invited, find_invitation, is_in
from trainer.organizations.models import JoinCode, Organization
from trainer.organizations.refused_codes import no_code
from trainer.web.access import Who, access
from trainer.web.limits import limit_failures
from trainer.web.redirects import go
from trainer.web.ways import way_to

blueprint = Blueprint("entry", __name__, template_folder="templates")


@blueprint.get("/i/<token>")
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def invitation(token: str) -> str | tuple[str, int]:
    """Say which firm invites, to what, and what it will see; offer the ways to join that fit the visitor."""
    invited = find_invitation(token, now())
    if invited is None:
        return render_template("joining/invitation_void.html"), 404
    return _invitation_page(token, invited, InvitedForm(formdata=None))


@blueprint.post("/i/<token>/acceptance")
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def accept(token: str) -> Response | str | tuple[str, int]:
    """Join: with the account that is signed in, or with a new one."""
    invited = find_invitation(token, now())
    if invited is None:
        return render_template("joining/invitation_void.html"), 404
    firm, form = invited.organization.name, InvitedForm()
    if _has_account():
        user_id = current_user.id
        if current_user.email_key != invited.invitation.email_key:
            return _invitation_page(token, invited, form), 409
        with transaction():
            entering.accept(token, user_id, now())
    elif address := ask_extra("site_sign_in"):
        return go(address)  # many share this browser: an account would stay signed in
    else:
        form.own_words = [invited.invitation.email_key, invited.person.name, firm]
        if not form.validate_on_submit():
            return _invitation_page(token, invited, form), 422
        hashed = hash_password(str(form.password.data))  # before the transaction: it takes its time
        guest_id = current_user.id if current_user.is_guest else None
        with transaction():
            user, _person = entering.accept_with_new_account(token, hashed, guest_id, now())
        sign_in_session(user)
    flash(_("You’ve joined %(firm)s.", firm=firm))
    return go(way_to("me"))


@blueprint.get("/invitations/<token>")
@access(Who.PUBLIC)
def old_link(token: str) -> Response:
    """Lead from a link of an earlier version to the invitation."""
    return redirect(url_for(".invitation", token=token))


@blueprint.get("/join/<code>")
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def join(code: str) -> str | tuple[str, int]:
    """Say which firm a code leads to and what it will see; ask for the name there."""
    try:
        join_code, organization = find_code(code, now())
    except (NotFound, Conflict) as error:
        return no_code(error, code)
    if not _has_account():
        return _join_page(join_code, organization, None)  # a form would leave a cookie with people who only read
    return _join_page(join_code, organization, JoinForm(formdata=None, name=current_user.certificate_name))


@blueprint.post("/join/<code>/acceptances")
@access(Who.ACCOUNT)
@limit_failures("60 per hour")
def join_firm(code: str) -> Response | str | tuple[str, int]:
    """Join with a code."""
    try:
        join_code, organization = find_code(code, now())
    except (NotFound, Conflict) as error:
        return no_code(error, code)
    form, firm, user_id = JoinForm(), organization.name, current_user.id
    if not form.validate_on_submit():
        return _join_page(join_code, organization, form), 422
    try:
        with transaction():
            entering.join_by_code(code, user_id, str(form.name.data), form.employee_number.data or "", now())
    except Invalid as error:
        (form.employee_number if form.employee_number.data else form.name).errors = [error.message]
        return _join_page(*find_code(code, now()), form), 422
    except NotFound as error:
        return no_code(error, code)
    flash(_("You’ve joined %(firm)s.", firm=firm))
    return go(way_to("me"))


def _has_account() -> bool:
    return bool(current_user.is_authenticated and not current_user.is_guest)


def _invitation_page(token: str, invited: Invited, form: InvitedForm) -> str:
    key = invited.invitation.email_key
    is_here, is_theirs = _has_account(), False
    if is_here:
        is_theirs = current_user.email_key == key
    return render_template(
        "joining/invitation.html",
        token=token,
        invited=invited,
        form=form,
        role_name=ROLE_NAMES[invited.person.role],  # type: ignore[index]
        is_signed_in=is_here,
        is_theirs=is_theirs,
        is_in=is_here and is_in(current_user.id, invited.organization.id),
        has_account=find_user_by_email_key(key) is not None,
    )


def _join_page(code: JoinCode, organization: Organization, form: JoinForm | None) -> str:
    return render_template(
        "joining/join.html",
        code=show_code(code.code),
        organization=organization,
        form=form,
        role_name=ROLE_NAMES[code.role],  # type: ignore[index]
        is_signed_in=_has_account(),
        is_in=_has_account() and is_in(current_user.id, organization.id),
    )
