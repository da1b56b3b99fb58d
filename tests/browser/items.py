"""Answers of many people to scenes, what some write about them, and an administrator who reads it."""

from __future__ import annotations

import datetime as dt
import random
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Flask
from sqlalchemy import delete, select

from tests.cast import add_second_factor, appoint, count, measure, sign_in_as
from tests.crowd import Said, let_answer, rightly, wrongly
from tests.extras.remarks.cast import write_remark
from trainer.accounts.models import Administrator
from trainer.assessment import leaks
from trainer.assessment.measures.leaks import Comparison
from trainer.assessment.models import ItemCount
from trainer.assessment.rules import Kind
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.core import clock
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
    scenes_of, people = {scene.id: scene.file.pool for scene in scenes}, list[dict[str, Said]]()
    for _person in range(PEOPLE):
        skill = rng.uniform(0.4, 1)
        people.append({one.id: (rightly if rng.random() < skill else wrongly)(one) for one in scenes[:40]})
    for month, part in enumerate((people[:20], people[20:40], people[40:])):
        let_answer(app, part, seconds=14 + 9 * month, at=clock.now() - dt.timedelta(days=31 * month))
        finals = [{name: said for name, said in one.items() if scenes_of[name] is Pool.RESERVED} for one in part]
        let_answer(app, finals, kind=Kind.FINAL, seconds=30)
    count(app)
    measure(app)
    _leak(app, [scene.file.pair or "" for scene in scenes if scene.file.pool is Pool.RESERVED][:6:2])
    first = scenes[0].id
    write_remark(app, first, TEXT)
    write_remark(app, first, "The number may have changed.", RemarkKind.FACT, days_ago=3)
    write_remark(app, "recognize/essentials/the-rule", "The third line says two things.")
    return {"items": "/item-analysis", "item": f"/item-analysis/scenes/{first}"}


def _leak(app: Flask, pairs: list[str]) -> None:
    """Let the worker have found one pair that leaks, one that doesn't, and one of which it can't tell."""
    totals = leaks.LeakTotals()
    for number in range(120):
        gain, loss = (0.5, 0.4) if number % 2 else (0.4, 0.5)
        parts = {pairs[0]: Comparison(2, 0.9, 0.3 * (number % 2)), pairs[1]: Comparison(2, gain, loss)}
        if number < 40:
            parts[pairs[2]] = Comparison(1, *((0.9, 0.0), (0.0, 0.6))[number % 2])
        totals.add({f"2026-{10 + number % 2}": parts})
    with app.app_context(), transaction():
        leaks.write(totals, clock.now())


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
