"""Links for inspectors: making, withdrawing, taking over."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid
from collections.abc import Collection

from flask_babel import lazy_gettext as _l

from trainer.compliance.order_queries import get_order
from trainer.core.audit import note
from trainer.core.db import db, delete_some
from trainer.core.errors import Conflict, Invalid
from trainer.core.signing import seal
from trainer.extras.inspectors.models import InspectorLink
from trainer.extras.inspectors.queries import find_maker, find_shared_pack, get_inspector_link, is_live
from trainer.extras.inspectors.rules import INSPECTION_LASTS
from trainer.extras.packs.limits import choose_limits, limits_of_pack, tell_limits
from trainer.extras.packs.queries import PACK
from trainer.organizations.actor import Actor


def make_inspector_link(
    actor: Actor,
    label: str,
    now: dt.datetime,
    pack_id: uuid.UUID | None = None,
    team_ids: Collection[uuid.UUID] = (),
    requirement_id: uuid.UUID | None = None,
) -> InspectorLink:
    """Create a link with which anyone who has it can read the firm's training status for two weeks, of these teams and
    this requirement or of all, and download an evidence pack if one of the actor's is chosen.

    Raises NotFound for any other pack, Invalid for one that shows more than the link, and as `choose_limits`.
    """
    limits = choose_limits(actor, team_ids, requirement_id)
    if pack_id is not None and not limits.hold(limits_of_pack(get_order(actor, pack_id, PACK))):
        raise Invalid(
            _l("This pack shows more than the link would. Choose one with the same limits, or create it first.")
        )
    link = InspectorLink(
        organization_id=actor.organization_id,
        label=label,
        nonce=secrets.token_urlsafe(16),
        created_at=now,
        created_by_id=actor.user_id,
        expires_at=now + INSPECTION_LASTS,
        pack_id=pack_id,
        team_ids=sorted(team_id.hex for team_id in limits.team_ids or ()),
        requirement_id=limits.requirement_id,
    )
    db.session.add(link)
    db.session.flush()
    shared = {"pack": pack_id.hex} if pack_id is not None else {}
    told = tell_limits(actor.organization_id, limits)
    _note(actor, "inspector_link.made", now, link, **shared, **({"limits": told} if told else {}))
    return link


def revoke_inspector_link(actor: Actor, link_id: uuid.UUID, now: dt.datetime) -> None:
    """Withdraw an inspector's link, at once. Raises NotFound, Conflict if it was withdrawn before."""
    link = get_inspector_link(actor, link_id)
    if link.revoked_at is not None:
        raise Conflict(_l("This link was already withdrawn."))
    link.revoked_at = now
    _note(actor, "inspector_link.revoked", now, link)


def take_over_inspector_link(actor: Actor, link_id: uuid.UUID, now: dt.datetime) -> InspectorLink:
    """Let a link that rests work in the actor's name, beside it only a pack that the actor may have.

    Raises NotFound, Conflict if it was withdrawn, has expired or works already.
    """
    link = get_inspector_link(actor, link_id)
    if not is_live(link, now) or find_maker(link) is not None:
        raise Conflict(_l("This link works already, was withdrawn or has expired. Look at the list again."))
    link.created_by_id = actor.user_id
    if find_shared_pack(link) is None:
        link.pack_id = None
    _note(actor, "inspector_link.taken_over", now, link)
    return link


def token_of(link: InspectorLink) -> str:
    """Return the token in an inspector's link; it isn't stored anywhere."""
    return f"{link.id.hex}.{seal('inspection', link.id.hex, link.nonce)}"


def forget_firm(organization_id: uuid.UUID, most: int) -> int:
    """Delete at most so many of a firm's inspector links; return how many."""
    return delete_some(most, (InspectorLink, InspectorLink.organization_id == organization_id))


def _note(actor: Actor, act: str, now: dt.datetime, link: InspectorLink, **details: str) -> None:
    firm = actor.organization_id
    note(act, now, actor_id=actor.user_id, organization_id=firm, subject_id=link.id, label=link.label, **details)
