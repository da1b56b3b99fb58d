"""Sign in without an address: firm code, employee number, and a PIN, or the slip with which one is chosen.

All refusals are one: the same words, after the same work, for an unknown firm, an unknown number, a wrong PIN, and one
that isn't looked at any more.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum, auto
from uuid import UUID

from flask import Blueprint, flash, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.after_slip import has_address_from_before, shut_before, waits_until
from trainer.accounts.guessing import is_known, pin_name
from trainer.accounts.models import User
from trainer.accounts.operations import end_sessions_at
from trainer.accounts.queries import find_session_owner, find_user, get_user, read_session_id
from trainer.accounts.signing_in import check_enabled, is_own_secret, renew_session, sign_in_session
from trainer.accounts.words import wrong_pin
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict, NotFound
from trainer.core.feature import ask
from trainer.extras.pins import just_given, signing_in, used_slips
from trainer.extras.pins.devices import DeviceSite, see, this_site, was_site
from trainer.extras.pins.forms import ChangePinForm, EarlierPinForm, FirstPinForm, NewPinForm, PinSignInForm
from trainer.extras.pins.pins import (
    begin_try,
    check_pin,
    check_pin_before,
    cross_out,
    hash_pin,
    is_mixed_with_older_key,
    is_pin_from_before,
    remix,
    set_pin,
)
from trainer.extras.pins.rules import Way, Weak, weakness_of
from trainer.extras.pins.signing_in import way_of
from trainer.extras.pins.slips import USED
from trainer.extras.pins.words import pin_refusal
from trainer.joining import operations
from trainer.organizations.codes import show_code
from trainer.organizations.models import Membership, Organization
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.limits import WRONG, count, key_of, limit_failures, limit_own_failures, seconds_left, wait
from trainer.web.redirects import go, safe_path

blueprint = Blueprint("pins", __name__, template_folder="../templates")

_BADGE = "badge"  # in the session of a site device: the number on the badge that was read
_LEFT = "left"  # in the session of a site device: whose session it was that went quiet, and on which page
_WRONG_AT_SITE = 60  # wrong PINs within an hour at one device, of whatever people


class _Fit(Enum):
    NOW = auto()
    BEFORE = auto()  # a slip replaced it


@blueprint.route("/in", methods=["GET", "POST"])
@access(Who.PUBLIC)
@limit_failures("60 per 10 minutes", methods=["POST"], statuses=WRONG)
def sign_in() -> Response | str | tuple[str, int]:
    """Sign in with firm code, employee number and PIN; the code of a slip leads on to choosing one."""
    site = this_site()
    if _has_account():
        return go(_next()) if site is not None or "next" in request.args else _take_slip()
    if request.method != "POST":
        just_given.forget(just_given.SLIP)
        just_given.forget(just_given.NOTICE)
        if site is not None and request.args.keys() & {"number", "next"}:
            _keep_for_site()
            return go(url_for(".sign_in"))
        number = request.args.get("number", "")[:40] if site is None else session.pop(_BADGE, "")
        return _page(PinSignInForm(formdata=None, firm=request.args.get("firm", "")[:40], number=number), site)
    form = PinSignInForm()
    if site is not None:
        del form.firm  # the device says it
        del form.has_left  # it is for people who work there
    if not form.validate_on_submit():
        return _page(form, site), 422
    device_key = key_of("site-device", site.device.id.hex) if site is not None else None
    if device_key is not None and (seconds := seconds_left(device_key, _WRONG_AT_SITE)):
        raise wait(seconds)
    firm = str(form.firm.data if site is None else site.organization.code)
    number, secret = str(form.number.data), str(form.pin.data)
    with transaction():
        if site is not None:
            see(site.device, now())
        way = way_of if site is None else lambda _user: Way.SITE
        has_left = site is None and bool(form.has_left.data)
        tried = signing_in.begin(firm, number, secret, way, now(), has_left=has_left)
    fit = _fit_of(tried, secret, site)
    if tried.slip is not None:
        just_given.keep(just_given.SLIP, tried.slip.id)
        return go(url_for(".choose"))
    tries = [tried.try_id]
    if fit is None:
        with transaction():
            tried = signing_in.begin_going(firm, number, secret, way, now())
        fit = _fit_of(tried, secret, site)
        tries.append(tried.try_id)
    if fit is None or tried.user is None:
        return _refuse(form, site, device_key), 422
    fresh = hash_pin(secret) if fit is _Fit.NOW and is_mixed_with_older_key(tried.user) else None
    with transaction():
        for try_id in filter(None, tries):
            cross_out(try_id)
        if fresh is not None:
            remix(get_user(tried.user.id), fresh)
    if tried.notice_id is not None:
        just_given.keep(just_given.NOTICE, tried.notice_id)
        return go(ask("pin_notice_address"))
    return _let_in(tried.user)


@blueprint.route("/in/pin", methods=["GET", "POST"])
@access(Who.PUBLIC)
def choose() -> Response | str | tuple[str, int]:
    """Let the holder of a slip choose a PIN, after showing whose it is and what the firm will see."""
    slip_id = just_given.find(just_given.SLIP)
    if slip_id is None or (_has_account() and this_site() is not None):
        just_given.forget(just_given.SLIP)
        return go(url_for(".sign_in"))
    guest_id = current_user.id if current_user.is_guest else None
    try:
        _slip, person, firm = signing_in.get_slip(slip_id, now())
    except NotFound:
        just_given.forget(just_given.SLIP)
        flash(USED)
        return go(url_for(".sign_in"))
    if _has_account():
        return _join(slip_id, person, firm)
    form = FirstPinForm() if person.user_id is None else NewPinForm()
    if form.validate_on_submit():
        weak = _weakness(str(form.new_pin.data), [str(person.employee_number)])
        if weak is None:
            hashed = hash_pin(str(form.new_pin.data))  # before the transaction: it takes its time
            is_new = person.user_id is None
            is_certain = person.user_id is not None and this_site() is None and is_known(pin_name(person.user_id))
            with transaction():
                user = signing_in.choose_pin(
                    slip_id, hashed, guest_id if is_new else None, now(), is_certain=is_certain
                )
            answer = _let_in(user)  # with a session of its own: the slip is forgotten
            flash(_("Your PIN is set. Keep it to yourself: nobody can look it up."))
            return answer
        form.new_pin.errors = [pin_refusal(weak)]
    told = {"person": person, "firm": firm, "show_code": show_code, "joins": False}
    page = render_template("pins/choose_pin.html", form=form, **told)
    return page, 422 if form.is_submitted() else 200


@blueprint.route("/account/pin", methods=["GET", "POST"])
@access(Who.ACCOUNT)
@limit_own_failures("10 per hour")
def change() -> Response | str | tuple[str, int]:
    """Set a new PIN for someone who knows the old one; other devices are signed out."""
    if not current_user.has_pin:
        return go(url_for("accounts.account"))
    form, user_id, session_id = ChangePinForm(), current_user.id, current_user.session_id
    if form.validate_on_submit():
        weak = _weakness(str(form.new_pin.data), signing_in.list_numbers(user_id))
        if weak is not None:
            form.new_pin.errors = [pin_refusal(weak)]
        elif is_own_secret(str(form.password.data)):
            hashed = hash_pin(str(form.new_pin.data))  # before the transaction: it takes its time
            with transaction():
                set_pin(get_user(user_id), hashed, now(), but=session_id)
            renew_session()
            flash(_("Your PIN has been changed. Other devices have been signed out."))
            return go(url_for("accounts.account"))
        else:
            form.password.errors = [wrong_pin()]
    return render_template("pins/change_pin.html", form=form), 422 if form.is_submitted() else 200


@blueprint.route("/account/pin-slips", methods=["GET", "POST"])
@access(Who.ACCOUNT)
def used() -> Response | str:
    """Tell which slips were used for one's account; note that it was oneself each time."""
    user_id, is_certain = current_user.id, shut_before() is None
    if request.method == "POST":
        with transaction():
            used_slips.confirm(user_id, now(), is_certain=is_certain)
        flash(_("Thank you."))
        return go(url_for("home.me"))
    return _slips_page(EarlierPinForm(formdata=None))


@blueprint.post("/account/pin-slips/earlier-pin")
@access(Who.ACCOUNT)
@limit_own_failures("10 per hour")
def give_earlier_pin() -> Response | tuple[str, int]:
    """Open everything again for someone who knows the PIN that a slip replaced."""
    form, user_id = EarlierPinForm(), current_user.id
    if form.validate_on_submit():
        with transaction():
            try_id = begin_try(user_id, Way.EARLIER, now())
        if try_id is not None and check_pin_before(find_user(user_id), str(form.password.data)):
            with transaction():
                cross_out(try_id)
                used_slips.confirm(user_id, now(), is_certain=True)
            flash(_("Thank you. Everything is open again."))
            return go(url_for("home.me"))
        form.password.errors = [_("That isn’t the PIN you had before, or there were too many wrong tries.")]
    return _slips_page(form), 422


@blueprint.post("/account/pin-slips/<uuid:slip_id>/dispute")
@access(Who.ACCOUNT, own=True)
def dispute_slip(slip_id: UUID) -> Response:
    """Note that someone else used a slip, and lead to where a new PIN is chosen."""
    user_id, session_id, is_certain = current_user.id, current_user.session_id, shut_before() is None
    with transaction():
        used_slips.dispute(user_id, slip_id, session_id, now(), is_certain=is_certain)
    flash(_("Your other devices were signed out, and the firm’s owners get an email. Choose a new PIN now."))
    return go(url_for(".change"))


def _slips_page(form: EarlierPinForm) -> str:
    return render_template(
        "pins/used_slips.html",
        used=used_slips.list_used(current_user.id, now()),
        form=form,
        shut_before=shut_before(),
        waits_until=waits_until(),
        has_address=has_address_from_before(current_user),
    )


def _weakness(pin: str, numbers: Sequence[str]) -> Weak | None:
    return next((weak for number in ("", *numbers) if (weak := weakness_of(pin, number))), None)


def _page(form: PinSignInForm, site: DeviceSite | None) -> str:
    return render_template(
        "pins/pin_sign_in.html",
        form=form,
        next=request.args.get("next"),
        device=site.device if site else None,
        was_device=site is None and was_site(),
        joins=_has_account(),
    )


def _refuse(form: PinSignInForm, site: DeviceSite | None, device_key: str | None) -> str:
    form.pin.errors = [
        _(
            "These don’t go together, or there were too many wrong tries. Check all three. If it still doesn’t work, "
            "use a phone or tablet you’ve used before, or ask your site manager for a new slip."
        )
    ]
    if device_key is not None:
        with transaction():
            count(device_key, 3600)
    return _page(form, site)


def _take_slip() -> Response | str | tuple[str, int]:
    """Let someone who is signed in use the slip of one more firm."""
    if request.method != "POST":
        just_given.forget(just_given.SLIP)
        firm, number = request.args.get("firm", "")[:40], request.args.get("number", "")[:40]
        form = PinSignInForm(formdata=None, firm=firm, number=number)
        del form.has_left
        return _page(form, None)
    form = PinSignInForm()
    del form.has_left
    if form.validate_on_submit():
        with transaction():
            slip = signing_in.try_slip(str(form.firm.data), str(form.number.data), str(form.pin.data), now())
        if slip is not None:
            just_given.keep(just_given.SLIP, slip.id)
            return go(url_for(".choose"))
        form.pin.errors = [_("This isn’t a slip that works. Check all three, or ask your site manager for a new slip.")]
    return _page(form, None), 422


def _join(slip_id: UUID, person: Membership, firm: Organization) -> Response | str:
    """Ask someone who is signed in whether to join with this account, and do it."""
    form, user_id = Form(), current_user.id
    if not form.validate_on_submit():
        return render_template("pins/choose_pin.html", form=form, person=person, firm=firm, joins=True)
    just_given.forget(just_given.SLIP)
    try:
        with transaction():
            signing_in.join_with_slip(slip_id, user_id, now())
    except NotFound:
        flash(USED)
    except Conflict as error:
        flash(error.message)
    else:
        flash(_("You’ve joined %(firm)s with this account.", firm=firm.name))
    return go(url_for("home.me"))


def _fit_of(tried: signing_in.PinTried, secret: str, site: DeviceSite | None) -> _Fit | None:
    """Return which PIN of the account this is, if one may be looked at."""
    if check_pin(tried.user, secret):  # also in vain, so that all take as long
        return _Fit.NOW
    return _Fit.BEFORE if site is None and is_pin_from_before(tried.user, secret) else None


def _keep_for_site() -> None:
    """Move what the address says to the session: no history of this browser shows whose badge was read, or which page
    someone was on when they were signed out."""
    session_id = read_session_id(session.get("_user_id"))
    if "next" in request.args and session_id is not None:
        session.clear()
        session[_LEFT] = [session_id.hex, request.args["next"][:500]]
    if "number" in request.args:
        session[_BADGE] = request.args["number"][:40]


def _let_in(user: User) -> Response:
    """Sign in; what a guest did in this browser comes along, unless many share it."""
    check_enabled(user)
    site, user_id = this_site(), user.id
    guest_id = current_user.id if current_user.is_guest and site is None else None
    if guest_id is not None and guest_id != user_id:
        with transaction():
            operations.merge_guest(guest_id, user_id, served(), now())
    left_by, page = session.get(_LEFT) or ("", None)
    is_back = site is not None and bool(left_by) and find_session_owner(UUID(hex=left_by)) == user_id
    sign_in_session(user, site.device.id if site is not None else None)
    if site is not None and this_site() is None:  # it was revoked in the meantime
        with transaction():
            end_sessions_at(site.device.id, now())
        session.clear()
        return go(url_for(".sign_in"))
    return go(safe_path(page, _next()) if is_back else _next())


def _next() -> str:
    return safe_path(request.args.get("next"), url_for("home.me"))


def _has_account() -> bool:
    return bool(current_user.is_authenticated and not current_user.is_guest)
