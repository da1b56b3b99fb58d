"""Panels in which whoever fills it is a rater."""

from __future__ import annotations

from sqlalchemy import select

from tests.extras.panel.cast import open_panel, rate_scene
from trainer.accounts.queries import get_user
from trainer.core import clock
from trainer.core.db import db
from trainer.extras.panel.models import PanelRater
from trainer.extras.panel.operations import appoint_rater
from trainer.organizations.actor import Actor

OF_FIRMS: set[str] = set()
TOLD = ("It turns on the keys",)
LEFT: set[str] = set()
OF_PEOPLE = (PanelRater,)


def fill(actor: Actor, _employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Let the actor rate a scene, and be a rater of another panel from which they can be withdrawn."""
    panel, other = (open_panel(actor.user_id) for _panel in range(2))
    for each in (panel, other):
        appoint_rater(each, str(get_user(actor.user_id).email), actor.user_id, clock.now())
    rate_scene(panel, actor.user_id, 1, comment="It turns on the keys")
    rater_id = db.session.scalars(select(PanelRater.id).where(PanelRater.panel_id == other.id)).one()
    withdrawing = {"panel_id": str(other.id), "rater_id": str(rater_id)}
    return {"panel_id": str(panel.id)}, {"key_panels.revoke": withdrawing}
