"""What answers cost to count, and pages of figures to read."""

from __future__ import annotations

import random
import time
from uuid import UUID

from flask import Flask

from tests.bench.firm import median, statements
from tests.cast import add_second_factor, appoint, make_account, sign_in_as
from tests.crowd import Said, let_answer, rightly, wrongly
from tests.support import Visitor
from trainer.assessment.rules import Kind
from trainer.assessment.tasks import count_answers
from trainer.content.schema import Pool
from trainer.content.serving import served

SCENES = 32


def make_answers(app: Flask, number: int) -> Visitor:
    """Let people answer so many scenes, half of them open ones; return an administrator's browser."""
    rng = random.Random(7)
    with app.app_context():
        here = served()
        pools = {Kind.PRACTICE: here.pool(Pool.OPEN), Kind.FINAL: here.pool(Pool.RESERVED)}
    for kind, scenes in pools.items():
        people: list[dict[str, Said]] = []
        for _person in range(number // 2 // SCENES):
            skill = rng.uniform(0.5, 0.98)
            drawn = rng.sample(scenes, min(SCENES, len(scenes)))
            people.append({one.id: (rightly if rng.random() < skill else wrongly)(one) for one in drawn})
        let_answer(app, people, kind=kind)
    administrator = make_account(app, "administrator@example.org")
    appoint(app, administrator)
    add_second_factor(app, administrator)
    return sign_in_as(app, UUID(str(administrator)))


def measure(app: Flask, reader: Visitor) -> dict[str, float]:
    """Return seconds, by what was done, and how many statements the page takes."""
    begun = time.perf_counter()
    with app.app_context():
        for _portion in count_answers():
            pass
    results = {"counting": time.perf_counter() - begun}
    with app.app_context():
        scene = served().pool(Pool.RESERVED)[0].id
    ways = {
        "page": lambda: reader.get("/item-analysis"),
        "page, one course, by flags": lambda: reader.get("/item-analysis?course=recognize&order=flags"),
        "page of a scene": lambda: reader.get(f"/item-analysis/scenes/{scene}"),
        "CSV": lambda: reader.post("/item-analysis/exports", {}).data,
    }
    answer = reader.get("/item-analysis")
    assert "%" in answer.text, (answer.status_code, answer.headers.get("Location"), answer.text[:500])
    results |= {name: median(way, 21) for name, way in ways.items()}
    results["statements of the page"] = float(statements(app, ways["page"]))
    return results
