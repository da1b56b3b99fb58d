"""Reading panels: as an administrator, as a rater of one, and what all say once one is closed."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from trainer.accounts.models import User
from trainer.assessment.models import ItemSnapshot
from trainer.content.subject import Verdict
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.extras.panel.models import KeyPanel, PanelRater, PanelRating
from trainer.extras.panel.rules import SEATS, PanelState, Rated, SceneAgreement, state_of
from trainer.items.judge.payload import ScenePayload
from trainer.items.registry import read_scene

_WAITING = (  # asked on each first page of someone signed in
    select(KeyPanel)
    .join(PanelRater, PanelRater.panel_id == KeyPanel.id)
    .where(
        PanelRater.user_id == bindparam("user_id"),
        PanelRater.revoked_at.is_(None),
        PanelRater.finished_at.is_(None),
        KeyPanel.closed_at.is_(None),
        KeyPanel.opens_on <= bindparam("today"),
        KeyPanel.closes_on >= bindparam("today"),
    )
    .order_by(KeyPanel.closes_on, KeyPanel.id)
)


@dataclass(frozen=True, slots=True)
class PanelLine:
    """A panel with how far it is. Until it is closed, this is all that anyone learns of it."""

    panel: KeyPanel
    state: PanelState
    raters: int
    finished: int


@dataclass(frozen=True, slots=True)
class Seat:
    """A rater of a panel, as administrators see them."""

    rater: PanelRater
    email: str | None
    """None once the account was erased."""


def list_panels(today: dt.date) -> list[PanelLine]:
    """Return all panels, the newest first."""
    panels = db.session.scalars(select(KeyPanel).order_by(KeyPanel.created_at.desc(), KeyPanel.id)).all()
    return [line_of(panel, today) for panel in panels]


def line_of(panel: KeyPanel, today: dt.date) -> PanelLine:
    """Return how far a panel is."""
    raters = [seat.rater for seat in list_seats(panel) if seat.rater.revoked_at is None]
    finished = sum(rater.finished_at is not None for rater in raters)
    state = state_of(panel.opens_on, panel.closes_on, panel.closed_at, today)
    return PanelLine(panel, state, len(raters), finished)


def get_panel(panel_id: uuid.UUID) -> KeyPanel:
    """Return a panel. Raises NotFound."""
    panel = db.session.get(KeyPanel, panel_id)
    if panel is None:
        raise NotFound
    return panel


def list_seats(panel: KeyPanel) -> list[Seat]:
    """Return the raters of a panel by number, those who were withdrawn, too."""
    rows = db.session.execute(
        select(PanelRater, User.email)
        .outerjoin(User, User.id == PanelRater.user_id)
        .where(PanelRater.panel_id == panel.id)
        .order_by(PanelRater.number)
    )
    return [Seat(rater, email) for rater, email in rows]


def get_own(panel_id: uuid.UUID, user_id: uuid.UUID) -> tuple[KeyPanel, PanelRater]:
    """Return a panel with the person's place in it. Raises NotFound for everyone who isn't a rater of it now."""
    row = db.session.execute(
        select(KeyPanel, PanelRater)
        .join(PanelRater, PanelRater.panel_id == KeyPanel.id)
        .where(KeyPanel.id == panel_id, PanelRater.user_id == user_id, PanelRater.revoked_at.is_(None))
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def list_waiting(user_id: uuid.UUID, today: dt.date) -> Sequence[KeyPanel]:
    """Return the panels that someone can rate now and hasn't finished."""
    return db.session.scalars(_WAITING, {"user_id": user_id, "today": today}).all()


def list_scenes(panel: KeyPanel) -> list[ScenePayload]:
    """Return the scenes of a panel in their order, as they were when it was created."""
    rows = db.session.execute(
        select(ItemSnapshot.digest, ItemSnapshot.payload).where(ItemSnapshot.digest.in_(panel.digests))
    )
    kept = {digest: payload for digest, payload in rows}  # noqa: C416 rows aren't pairs to mypy
    return [read_scene(kept[digest]) for digest in panel.digests]


def get_scene(panel: KeyPanel, position: int) -> ScenePayload:
    """Return a scene of a panel. Raises NotFound."""
    if not 1 <= position <= len(panel.digests):
        raise NotFound
    return read_scene(db.session.get_one(ItemSnapshot, panel.digests[position - 1]).payload)


def list_own(rater: PanelRater) -> dict[int, PanelRating]:
    """Return a rater's own ratings by position."""
    ratings = db.session.scalars(select(PanelRating).where(PanelRating.rater_id == rater.id))
    return {rating.position: rating for rating in ratings}


def list_agreement(panel: KeyPanel, today: dt.date) -> list[SceneAgreement]:
    """Return how far raters agree with each key. Raises NotFound until the panel is closed.

    Raters who were withdrawn don't count, and of the others only whole ratings.
    """
    if state_of(panel.opens_on, panel.closes_on, panel.closed_at, today) is not PanelState.CLOSED:
        raise NotFound
    said: dict[int, list[Rated]] = defaultdict(list)
    rows = db.session.execute(
        select(PanelRating, PanelRater.number)
        .join(PanelRater, PanelRater.id == PanelRating.rater_id)
        .where(PanelRater.panel_id == panel.id, PanelRater.revoked_at.is_(None), PanelRating.action.is_not(None))
        .order_by(PanelRater.number)
    )
    for row, number in rows:
        rated = Rated(number, Verdict(row.verdict), row.confidence, row.action or "", row.comment)
        said[row.position].append(rated)
    return [
        SceneAgreement(position, scene, panel.digests[position - 1], said[position])
        for position, scene in enumerate(list_scenes(panel), start=1)
    ]


def count_readers() -> tuple[int, int]:
    """Return how many people have read the keys of a panel to its end, and of how many: of the panel with the most."""
    row = db.session.execute(
        select(func.count(), KeyPanel.seats)
        .join(PanelRater, PanelRater.panel_id == KeyPanel.id)
        .where(PanelRater.finished_at.is_not(None), PanelRater.revoked_at.is_(None))
        .group_by(KeyPanel.id, KeyPanel.seats)
        .order_by(func.count().desc())
    ).first()
    return (row[0], row[1]) if row else (0, SEATS)
