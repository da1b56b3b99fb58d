"""Answers of many people to scenes, what some write about them, and an administrator who reads it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask
from sqlalchemy import delete, select

from tests.cast import add_second_factor, appoint, count, measure, sign_in_as
from tests.crowd import Said, let_answer, rightly, wrongly
from tests.extras.remarks.cast import write_remark
from trainer.accounts.models import Administrator
from trainer.assessment.models import ItemCount
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.core.db import db, transaction
from trainer.extras.remarks.operations import RemarkKind

if TYPE_CHECKING:
    from tests.browser.stage import Stage

PEOPLE = 60
TEXT = "The hour on the clock and the light outside don’t fit. " * 6


def set_items(app: Flask, administrator: UUID) -> dict[str, str]:
    """Let people answer most scenes, count, and write; return what leads to it."""
    appoint(app, administrator)
    add_second_factor(app, administrator)
    rng = random.Random(3)
    with app.app_context():
        scenes = [*served().pool(Pool.OPEN)[:-3], *served().pool(Pool.RESERVED)]
    people: list[dict[str, Said]] = []
    for _person in range(PEOPLE):
        skill = rng.uniform(0.4, 1)
        people.append({one.id: (rightly if rng.random() < skill else wrongly)(one) for one in scenes[:40]})
    let_answer(app, people)
    count(app)
    measure(app)
    first = scenes[0].id
    write_remark(app, first, TEXT)
    write_remark(app, first, "The number may have changed.", RemarkKind.FACT, days_ago=3)
    return {"items": "/item-analysis", "item": f"/item-analysis/scenes/{first}"}


def uncounted_page(stage: Stage) -> str:
    """Show the page before the worker has counted anything."""
    app = stage.live.app
    with app.app_context(), transaction():
        administrator = db.session.scalars(select(Administrator.user_id)).first()
        db.session.execute(delete(ItemCount))
    assert administrator is not None
    page = sign_in_as(app, administrator, stage.live.url).get("/item-analysis").text
    count(app)
    return page
