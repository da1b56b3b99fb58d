"""Who is let in to act in a firm; everybody else gets 404."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Sequence
from functools import wraps
from typing import Any

from flask import flash, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.administrators import is_administrator
from trainer.accounts.models import User
from trainer.accounts.queries import has_other_step
from trainer.accounts.signing_in import is_proof_old, leave
from trainer.core.audit import note
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotFound
from trainer.core.feature import ask
from trainer.organizations.actor import Actor
from trainer.organizations.queries import find_actor
from trainer.organizations.rules import STAFF, FirmState, May, can_reopen, local_day
from trainer.web.forms import Form
from trainer.web.language import show_times_of
from trainer.web.limits import count, key_of
from trainer.web.redirects import go
from trainer.web.sessions import OWN_FIRM
from trainer.web.ways import way_to

View = Callable[..., Any]
_HOUR = 3600


def acting(permission: May, states: Collection[FirmState] = (FirmState.OPEN,)) -> Callable[[View], View]:
    """Let in who may do this in the firm that the address names; the view gets the actor in place of its id.

    Strangers, former staff and those who may not get the same 404; the last leave a row in the audit log. While the
    firm is in another state, everybody in it reads that it is, whatever they may do there.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def enter(organization_id: uuid.UUID, **values: Any) -> Any:
            actor = find_actor(current_user.id, organization_id, set(FirmState))
            has_role = actor is not None and actor.role in STAFF
            if has_role or session.get(OWN_FIRM) == str(organization_id):
                keep_own_firm([organization_id] if has_role else [])
            if actor is None:
                raise NotFound
            show_times_of(actor.organization.time_zone)
            if actor.state not in states:
                return shut_page(actor)
            if not actor.may(permission):
                _note_denial(actor, permission)
                raise NotFound
            if actor.role in STAFF and lacks_proof(current_user):
                return ask_proof()
            return view(actor, **values)

        enter.permission = permission  # type: ignore[attr-defined]
        return enter

    return declare


def keep_own_firm(firms: Sequence[uuid.UUID]) -> None:
    """Let the bar at the top lead to one of the firms in which someone has a role: if it can, the one it leads to now.

    The session holds it, since a page that many share is answered without a query. A role that was taken away is
    noticed by the next page of the firm, and by “My course.”
    """
    own: list[str | None] = [str(firm) for firm in firms] or [None]
    if session.get(OWN_FIRM) not in own:
        session[OWN_FIRM] = own[0]


def shut_page(actor: Actor) -> tuple[str, int]:
    """Say that the firm is suspended or closed; to an owner of a closed one, until when it can be opened again."""
    firm = actor.organization
    page = render_template(
        "organizations/shut.html",
        actor=actor,
        closed_on=local_day(firm.time_zone, firm.closed_at) if firm.closed_at else None,
        deleted_on=local_day(firm.time_zone, firm.deletes_at) if firm.deletes_at else None,
        can_reopen=actor.may(May.SET_FIRM) and can_reopen(actor.state, firm.deletes_at, now()),
        form=Form(),
    )
    return page, 403


def administering(view: View) -> View:
    """Let in administrators who sign in with a second step."""

    @wraps(view)
    def enter(**values: Any) -> Any:
        if not is_administrator(current_user.id):
            raise NotFound
        return ask_proof() if lacks_proof(current_user) else view(**values)

    return enter


def lacks_proof(user: User) -> bool:
    """Return True for someone who came in with a password alone, or too long ago."""
    return is_proof_old() or not (user.has_second_factor or user.came_in_two_steps)


def ask_proof() -> Response:
    """Lead to signing in again or to where a second step is set up, and from there back here."""
    target = request.full_path.rstrip("?") if request.method in {"GET", "HEAD"} else None
    if is_proof_old():
        leave()
        flash(_("You see other people’s records here, and you signed in a while ago. Sign in again."))
        return go(way_to("sign_in", next=target))
    if has_other_step(current_user.id):
        return ask("confirm_for_records", target)  # type: ignore[no-any-return]
    flash(_("You see other people’s records here. Set up a second step for signing in first."))
    return go(url_for("second_factor.show", next=target))


def _note_denial(actor: Actor, permission: May) -> None:
    """Write it down the first, tenth, hundredth time within an hour: rows stay, and nobody is to fill the log."""
    user_id, organization_id, endpoint = actor.user_id, actor.organization_id, request.endpoint
    with transaction():
        times = count(key_of("denied", user_id.hex, organization_id.hex, str(endpoint)), _HOUR)
        if str(times).rstrip("0") != "1":
            return
        note(
            "access.denied",
            now(),
            actor_id=user_id,
            organization_id=organization_id,
            permission=permission.value,
            page=endpoint,
            times=times if times > 1 else None,
        )
