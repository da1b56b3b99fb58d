"""Panels in each state: one that a rater is in the middle of, one that is closed, and who is in them."""

from __future__ import annotations

from uuid import UUID

from flask import Flask
from sqlalchemy import select

from tests.cast import make_account
from tests.extras.panel.cast import open_panel, rate_scene
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.extras.panel.models import KeyPanel, PanelRater
from trainer.extras.panel.operations import appoint_rater, close_panel, finish

COMMENT = "The bag decides it. If she got her papers back that day, I would only write it down. " * 3


def set_panels(app: Flask, administrator: UUID, email: str) -> dict[str, str]:
    """Let an administrator have panels, and be a rater of each; return what leads to them."""
    others = [f"rater{number}@example.org" for number in range(1, 6)]
    users = [make_account(app, address) for address in others]
    with app.app_context(), transaction():
        panels = [open_panel(administrator, 6) for _panel in range(3)]
        for panel in panels:
            for address in (email, *others):
                appoint_rater(panel, address, administrator, clock.now())
        under_way, closed, whole = panels
        for position in range(2, 9):
            rate_scene(under_way, administrator, position)
        for number, user in enumerate([administrator, *users]):
            _rate_all(closed, user, number)
        _rate_all(whole, administrator, 0)
        db.session.flush()
        finish(whole, _seat(whole, administrator), clock.now())
        close_panel(closed, administrator, clock.now())
        page, own = "/administration/panels", "/panels"
        return {
            "panels": page,
            "panel": f"{page}/{under_way.id}",
            "panel_closed": f"{page}/{closed.id}",
            "own_panel": f"{own}/{under_way.id}",
            "own_panel_finished": f"{own}/{whole.id}",
            "own_panel_closed": f"{own}/{closed.id}",
        }


def _rate_all(panel: KeyPanel, user_id: UUID, number: int) -> None:
    for position in range(1, len(panel.digests) + 1):
        comment = COMMENT if position % 4 == number % 4 else ""
        rate_scene(panel, user_id, position, is_right=position % 7 > number, comment=comment)


def _seat(panel: KeyPanel, user_id: UUID) -> PanelRater:
    return db.session.scalars(
        select(PanelRater).where(PanelRater.panel_id == panel.id, PanelRater.user_id == user_id)
    ).one()
