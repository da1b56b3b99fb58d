"""Reading links for inspectors, and what beside training status they show."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import Select, or_, select

from trainer.assignments.models import Waiver
from trainer.compliance.order_queries import may_have
from trainer.compliance.rules import Limits, Viewer
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.core.signing import is_sealed
from trainer.core.work import Job
from trainer.extras.inspectors.models import InspectorLink
from trainer.extras.packs.queries import PACK
from trainer.organizations.actor import Actor
from trainer.organizations.models import Organization
from trainer.organizations.queries import find_actor, firm_is_open
from trainer.organizations.rules import May


def list_inspector_links(actor: Actor) -> Sequence[InspectorLink]:
    """Return the firm's inspector links, the newest first."""
    return db.session.scalars(
        select(InspectorLink)
        .where(InspectorLink.organization_id == actor.organization_id)
        .order_by(InspectorLink.created_at.desc())
        .limit(50)
    ).all()


def get_inspector_link(actor: Actor, link_id: uuid.UUID) -> InspectorLink:
    """Return one of the firm's inspector links. Raises NotFound."""
    link = db.session.scalar(
        select(InspectorLink).where(InspectorLink.id == link_id, InspectorLink.organization_id == actor.organization_id)
    )
    if link is None:
        raise NotFound
    return link


def find_maker(link: InspectorLink) -> Actor | None:
    """Return the person in whose name a link is, or None if they may no longer create such links: then it rests."""
    actor = find_actor(link.created_by_id, link.organization_id)
    return actor if actor is not None and actor.may(May.REQUIRE) else None


def find_inspection(token: str, now: dt.datetime) -> tuple[InspectorLink, Organization] | None:
    """Return a link with its firm, or None if it is forged, revoked, has expired or rests, or the firm is shut."""
    number, _, code = token.partition(".")
    try:
        link_id = uuid.UUID(hex=number)
    except ValueError:
        return None
    row = db.session.execute(
        select(InspectorLink, Organization)
        .join(Organization, Organization.id == InspectorLink.organization_id)
        .where(InspectorLink.id == link_id, firm_is_open())
    ).first()
    if row is None or not is_sealed(code, "inspection", row[0].id.hex, row[0].nonce):
        return None
    link = row[0]
    return (link, row[1]) if is_live(link, now) and find_maker(link) is not None else None


def is_live(link: InspectorLink, now: dt.datetime) -> bool:
    """Return True for a link that wasn't withdrawn and hasn't expired."""
    return link.revoked_at is None and now < link.expires_at


def list_shared_packs(now: dt.datetime) -> Select[uuid.UUID | None]:
    """Return the select of the packs that stand beside a link that works or rests."""
    return select(InspectorLink.pack_id).where(
        InspectorLink.pack_id.is_not(None), InspectorLink.revoked_at.is_(None), InspectorLink.expires_at > now
    )


def find_shared_pack(link: InspectorLink) -> Job | None:
    """Return the evidence pack that the firm put beside a link, while its maker may have that; or None."""
    maker = find_maker(link) if link.pack_id is not None else None
    if maker is None or link.pack_id is None:
        return None
    pack = db.session.scalar(
        select(Job).where(Job.id == link.pack_id, Job.organization_id == link.organization_id, Job.kind == PACK)
    )
    return pack if pack is not None and may_have(maker, pack) else None


def list_reasons(viewer: Viewer) -> dict[uuid.UUID, str]:
    """Return why duties are waived on a day, by duty."""
    query = select(Waiver.assignment_id, Waiver.reason).where(
        Waiver.organization_id == viewer.organization_id, Waiver.until >= viewer.today
    )
    if viewer.until is None:
        query = query.where(Waiver.ended_at.is_(None))
    else:
        held_then = or_(Waiver.ended_at.is_(None), Waiver.ended_at >= viewer.until)
        query = query.where(Waiver.created_at < viewer.until, held_then)
    return {row.assignment_id: row.reason for row in db.session.execute(query.order_by(Waiver.created_at))}


def limits_of_link(link: InspectorLink) -> Limits:
    """Return the limits of an inspector's link."""
    return Limits(frozenset(map(uuid.UUID, link.team_ids)) or None, link.requirement_id)
