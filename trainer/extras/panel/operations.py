"""Creating a panel, appointing raters, rating, and closing. Never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from trainer.accounts.models import User
from trainer.accounts.queries import find_user_by_email_key
from trainer.accounts.rules import email_key
from trainer.assessment.drawn import item_of
from trainer.assessment.models import ItemSnapshot
from trainer.content.objects import Content, Scenario
from trainer.content.schema import Pool
from trainer.core import chance
from trainer.core.audit import note
from trainer.core.db import db, insert_missing
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.extras.panel.models import KeyPanel, PanelRater, PanelRating
from trainer.extras.panel.queries import line_of, list_own, list_seats
from trainer.extras.panel.rules import PanelState, keep_apart, state_of


@dataclass(frozen=True)
class PanelFacts:
    """What an administrator decides of a panel."""

    name: str
    pool: Pool
    only: Collection[str]
    """Ids of scenes or pairs of that pool; none: all of it."""
    seats: int
    opens_on: dt.date
    closes_on: dt.date


def create_panel(content: Content, facts: PanelFacts, actor_id: uuid.UUID, now: dt.datetime) -> KeyPanel:
    """Create a panel of scenes as they are now, of each one telling by chance.

    Raises Invalid if the pool lacks one of the ids or is empty, or if it would close before it opens.
    """
    if facts.closes_on < facts.opens_on:
        raise Invalid(_l("Choose a last day that isn’t before the first."), field="closes_on")
    scenes = keep_apart(_choose(content, facts), chance.rng)
    items = [item_of(chance.rng.choice([scene, scene.other]) if scene.other else scene) for scene in scenes]
    insert_missing(
        ItemSnapshot,
        [{"digest": item.digest, "item": item.id, "payload": item.payload.kept(), "created_at": now} for item in items],
    )
    panel = KeyPanel(
        name=facts.name,
        digests=[item.digest for item in items],
        seats=facts.seats,
        opens_on=facts.opens_on,
        closes_on=facts.closes_on,
        created_at=now,
    )
    db.session.add(panel)
    db.session.flush()
    note("panel.created", now, actor_id=actor_id, subject_id=panel.id, panel=panel.name, scenes=len(items))
    return panel


def appoint_rater(panel: KeyPanel, address: str, actor_id: uuid.UUID, now: dt.datetime) -> User:
    """Make an account a rater of a panel. Raises NotFound for an unknown address, Conflict if it can't be one."""
    line = line_of(panel, now.date())
    if line.state is PanelState.CLOSED:
        raise Conflict(_l("This panel is closed."))
    user = find_user_by_email_key(email_key(address) or "-")
    if user is None:
        raise NotFound(_l("No account has this address."))
    raters = [seat.rater for seat in list_seats(panel)]
    rater = next((rater for rater in raters if rater.user_id == user.id), None)
    if rater is not None and rater.revoked_at is None:
        raise Conflict(_l("This person is a rater already."))
    if line.raters >= panel.seats:
        raise Conflict(_l("All seats of this panel are taken."))
    if rater is None:
        number = max((other.number for other in raters), default=0) + 1
        rater = PanelRater(panel_id=panel.id, user_id=user.id, number=number, appointed_at=now)
        db.session.add(rater)
    rater.revoked_at = None
    db.session.flush()
    note("panel.appointed", now, actor_id=actor_id, subject_id=user.id, panel=panel.name, rater=rater.number)
    return user


def revoke_rater(panel: KeyPanel, rater_id: uuid.UUID, actor_id: uuid.UUID, now: dt.datetime) -> PanelRater:
    """Withdraw a rater, whose ratings no longer count. Raises NotFound, Conflict once the panel is closed."""
    if line_of(panel, now.date()).state is PanelState.CLOSED:
        raise Conflict(_l("This panel is closed."))
    rater = db.session.scalar(
        select(PanelRater).where(
            PanelRater.id == rater_id, PanelRater.panel_id == panel.id, PanelRater.revoked_at.is_(None)
        )
    )
    if rater is None:
        raise NotFound
    rater.revoked_at = now
    note("panel.revoked", now, actor_id=actor_id, subject_id=rater.user_id, panel=panel.name, rater=rater.number)
    return rater


def close_panel(panel: KeyPanel, actor_id: uuid.UUID, now: dt.datetime) -> None:
    """Close a panel before its last day. Raises Conflict if it is closed."""
    if line_of(panel, now.date()).state is PanelState.CLOSED:
        raise Conflict(_l("This panel is closed."))
    panel.closed_at = now
    note("panel.closed", now, actor_id=actor_id, subject_id=panel.id, panel=panel.name)


def rate(panel: KeyPanel, rater: PanelRater, position: int, verdict: Mapping[str, str], now: dt.datetime) -> None:
    """Keep the verdict on a scene, which stays. Raises Conflict if it can't be rated now or has a verdict."""
    _check_open(panel, rater, now)
    if db.session.get(PanelRating, (rater.id, position)) is not None:
        raise Conflict(_l("Your verdict is recorded and stays."))
    db.session.add(PanelRating(rater_id=rater.id, position=position, **verdict))
    db.session.flush()


def choose_step(panel: KeyPanel, rater: PanelRater, position: int, action: str, comment: str, now: dt.datetime) -> None:
    """Keep the first step and the comment on a scene with a verdict. Raises Conflict if it can't be rated now."""
    _check_open(panel, rater, now)
    rating = db.session.get(PanelRating, (rater.id, position))
    if rating is None:
        raise Conflict(_l("Give your verdict first."))
    rating.action, rating.comment = action, comment or None


def finish(panel: KeyPanel, rater: PanelRater, now: dt.datetime) -> None:
    """Hand in a rater's ratings; once all seats have, the panel is closed. Raises Conflict while some are missing."""
    _check_open(panel, rater, now)
    if sum(rating.action is not None for rating in list_own(rater).values()) < len(panel.digests):
        raise Conflict(_l("Rate all scenes first, with a first step for each."))
    rater.finished_at = now
    note("panel.finished", now, actor_id=rater.user_id, subject_id=panel.id, panel=panel.name)
    db.session.flush()
    if line_of(panel, now.date()).finished >= panel.seats:
        panel.closed_at = now


def _check_open(panel: KeyPanel, rater: PanelRater, now: dt.datetime) -> None:
    if rater.finished_at is not None:
        raise Conflict(_l("You have finished, so your ratings stay as they are."))
    if state_of(panel.opens_on, panel.closes_on, panel.closed_at, now.date()) is not PanelState.OPEN:
        raise Conflict(_l("This panel can’t be rated now."))


def _choose(content: Content, facts: PanelFacts) -> list[Scenario]:
    scenes = list(content.pool(facts.pool))
    unknown = set(facts.only).difference(*({scene.id, scene.file.pair} for scene in scenes))
    if unknown:
        names = ", ".join(sorted(unknown))
        raise Invalid(_l("This pool has no scene or pair called: %(names)s", names=names), field="only")
    if facts.only:
        scenes = [scene for scene in scenes if not {scene.id, scene.file.pair}.isdisjoint(facts.only)]
    if not scenes:
        raise Invalid(_l("This pool has no scenes."), field="pool")
    return scenes
