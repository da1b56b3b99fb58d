"""Whether anyone learns the answers of finals by counting: what the pages of many failed tries tell, taken together."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import numpy as np
import pytest
from flask import Flask

from tests.cast import make_account, make_ready, sign_in_as, start_final
from trainer.assessment.models import Attempt
from trainer.assessment.operations import save_response, submit_attempt
from trainer.assessment.queries import list_responses
from trainer.assessment.rules import Tally
from trainer.content.library import Library
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.content.subject import Truth
from trainer.core import chance, clock
from trainer.core.db import db, transaction

ACCOUNTS, TRIES = 30, 2
BAR = re.compile(r"<b>([^<]+)\.(?: (Met|Not met)\.)?</b>")
WORK_ON = re.compile(r'<h2 id="work-on">([^<]+)</h2>|href="(/courses/recognize/[^"]+)"')


@dataclass(frozen=True)
class Tried:
    """A failed final of someone who guesses: what was reported, what its page told, and what it used to tell."""

    reported: Mapping[str, bool]
    told: Mapping[str, float]
    tally: Tally


def fail(app: Flask, user_id: UUID, rng: random.Random) -> Tried:
    """Take a final by chance and fail it; read its page."""
    attempt_id, reported = start_final(app, user_id), dict[str, bool]()
    with app.app_context(), transaction():
        attempt = db.session.get_one(Attempt, attempt_id)
        for response in list_responses(attempt):
            reported[response.item] = rng.random() < 0.5
            verdict = "report-now" if reported[response.item] else "nothing-to-report"
            silent = next(step["id"] for step in response.snapshot.payload["actions"] if not step["is_report"])
            given = {"verdict": verdict, "confidence": "certain", "action": silent}
            at = clock.now() + dt.timedelta(minutes=response.position)
            save_response(attempt, response, given, 0, at, record=True)
    with app.app_context(), transaction():
        attempt = submit_attempt(user_id, attempt_id, served(), True, clock.now())
        assert attempt.is_passed is False
        tally = Tally.read(attempt.tally or {})
    page = sign_in_as(app, user_id).get(f"/attempts/{attempt_id}/result").text
    bars = {name: float(state != "Met") for name, state in BAR.findall(page.partition('id="takes"')[2])}
    assert len(bars) == 5
    work_on = page.partition("work-on stack")[2].partition("</section>")[0]
    named = [title or lesson for title, lesson in WORK_ON.findall(work_on)]
    assert len(named) > 1
    return Tried(reported, {**bars, **dict.fromkeys(named, 1.0)}, tally)


def infer(
    tries: Sequence[Tried], columns: Mapping[str, tuple[int, int]], told: Sequence[tuple[float, float]]
) -> object:
    """Return by least squares which twin of each pair seems to be the one to report.

    `told`: of each try, what grows with the scenes to report among those that were reported, and among the others.
    """
    rows, sums = [], []
    for tried, two in zip(tries, told, strict=True):
        for is_reported, total in zip((True, False), two, strict=True):
            row = np.zeros(1 + max(column for column, _side in columns.values()))
            for scene, said in tried.reported.items():
                if said is is_reported:
                    column, side = columns[scene]
                    row[column] = side
            rows.append(row)
            sums.append(total)
    design, seen = np.array(rows), np.array(sums)
    seen = seen - np.array([seen[0::2].mean(), seen[1::2].mean()] * len(tries))
    return np.linalg.solve(design.T @ design + np.eye(design.shape[1]), design.T @ seen)


@pytest.mark.nightly
@pytest.mark.slow
def test_sixty_failed_finals_do_not_tell_which_twin_is_the_one_to_report(
    app: Flask, shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng = random.Random(5)
    monkeypatch.setattr(chance, "rng", rng)
    tries = []
    for number in range(ACCOUNTS):
        user_id = make_account(app, f"{number}@example.org")
        make_ready(app, user_id)
        tries += [fail(app, user_id, rng) for _try in range(TRIES)]
    columns: dict[str, tuple[int, int]] = {}
    truth = []
    for column, pair in enumerate(sorted({scene.file.pair or "" for scene in shelf.content.pool(Pool.RESERVED)})):
        for side, scene in zip((1, -1), shelf.content.pairs[pair], strict=True):
            columns[scene.id] = (column, side)
            if scene.file.truth is Truth.CONCERN:
                truth.append(side)

    def share_right(told: Sequence[Sequence[tuple[float, float]]]) -> float:
        guessed = np.sum([np.asarray(infer(tries, columns, each)) for each in told], axis=0)
        return float(
            np.mean([np.sign(one) == right if one else 0.5 for one, right in zip(guessed, truth, strict=True)])
        )

    counts = share_right([[(tried.tally.hits, tried.tally.misses) for tried in tries]])
    names = sorted({name for tried in tries for name in tried.told})
    sealed = share_right([[(-tried.told.get(name, 0), tried.told.get(name, 0)) for tried in tries] for name in names])
    print(f"{len(truth)} pairs: {counts:.2f} by the counts, {sealed:.2f} by the pages ({len(names)} things told)")
    assert counts > 0.65  # what pages told before
    assert sealed <= 0.6
