"""Panels, their raters, and what these say."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from tests.cast import add_second_factor, appoint, make_account, sign_in_as
from tests.support import Visitor
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.content.subject import Verdict
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.panel.models import KeyPanel, PanelRater
from trainer.extras.panel.operations import PanelFacts, appoint_rater, choose_step, create_panel, rate
from trainer.extras.panel.queries import get_scene

OTHER = {True: Verdict.NOTHING_TO_REPORT, False: Verdict.REPORT_NOW}
"""The verdict that is wrong, by whether the scene is to report."""


def make_administrator(app: Flask) -> Visitor:
    """Return a browser of an administrator."""
    ada = make_account(app, "ada@example.org")
    add_second_factor(app, ada)
    appoint(app, ada)
    return sign_in_as(app, ada)


def open_panel(actor_id: UUID, seats: int = 2, pool: Pool = Pool.SHORT_FORM) -> KeyPanel:
    """Create a panel that can be rated from today on for a week; needs a transaction."""
    today = clock.today()
    facts = PanelFacts("Keys of winter", pool, (), seats, today, today + dt.timedelta(days=7))
    return create_panel(served(), facts, actor_id, clock.now())


def make_panel(app: Flask, *addresses: str, seats: int = 2, pool: Pool = Pool.SHORT_FORM) -> tuple[UUID, list[UUID]]:
    """Create a panel with these raters; return its id and theirs, as users."""
    users = [make_account(app, address) for address in addresses]
    with app.app_context(), transaction():
        panel = open_panel(UUID(int=0), seats, pool)
        for address in addresses:
            appoint_rater(panel, address, UUID(int=0), clock.now())
        return panel.id, users


def rate_scene(
    panel: KeyPanel, user_id: UUID | None, position: int, *, is_right: bool = True, comment: str = ""
) -> None:
    """Let a rater say of a scene what its key says, or the opposite; needs a transaction."""
    rater = db.session.scalars(
        select(PanelRater).where(PanelRater.panel_id == panel.id, PanelRater.user_id == user_id)
    ).one()
    scene = get_scene(panel, position)
    verdict = scene.fits if is_right else OTHER[scene.fits is Verdict.REPORT_NOW]
    rate(panel, rater, position, {"verdict": verdict, "confidence": "certain"}, clock.now())
    choose_step(panel, rater, position, scene.best_action.id, comment, clock.now())


def rate_all(app: Flask, panel_id: UUID, user_id: UUID, *, wrong: int = 0, comment: str = "") -> Visitor:
    """Let a rater rate all scenes, the first ones wrongly, and finish; return their browser."""
    with app.app_context(), transaction():
        panel = db.session.get_one(KeyPanel, panel_id)
        for position in range(1, len(panel.digests) + 1):
            rate_scene(panel, user_id, position, is_right=position > wrong, comment=comment)
    visitor = sign_in_as(app, user_id)
    assert visitor.post(f"/panels/{panel_id}/completion").status_code == 303
    return visitor
