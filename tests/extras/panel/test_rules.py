"""How far raters agree, and in which order they read."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from trainer.content.library import Library
from trainer.content.schema import Pool
from trainer.content.subject import Truth, Verdict
from trainer.core import clock
from trainer.extras.panel.rules import PanelState, Rated, SceneAgreement, kappa_of, keep_apart, state_of
from trainer.items.judge.payload import payload_of


def agreement(shelf: Library, agree: int, raters: int) -> SceneAgreement:
    scene = next(one for one in shelf.content.pool(Pool.OPEN) if one.file.truth is Truth.CONCERN)
    said = [Verdict.REPORT_NOW] * agree + [Verdict.NOTE_AND_WATCH] * (raters - agree)
    best = payload_of(scene).best_action.id
    ratings = [Rated(number, verdict, "certain", best, None) for number, verdict in enumerate(said, start=1)]
    return SceneAgreement(1, payload_of(scene), scene.digest, ratings)


@pytest.mark.parametrize(
    ("agree", "raters", "kappa"),
    [(3, 3, 1.0), (2, 3, 0.4666667), (4, 5, 0.762963), (5, 6, 0.8160920), (4, 6, 0.5646259), (8, 9, 0.8869008)],
)
def test_kappa_takes_out_what_coins_would_give(agree: int, raters: int, kappa: float) -> None:
    """2 of 3: (2/3 − 3/8) / (5/8); 4 of 5: (4/5 − 5/32) / (27/32), and so on."""
    assert kappa_of(agree, raters) == pytest.approx(kappa, abs=1e-6)


@pytest.mark.parametrize(
    ("agree", "raters", "stands"),
    [
        (6, 6, True),
        (5, 6, True),
        (4, 6, False),
        (7, 9, False),
        (8, 10, True),
        (5, 5, True),
        (4, 5, False),
        (2, 2, True),
    ],
)
def test_a_key_stands_on_five_of_six_or_on_all_of_fewer(shelf: Library, agree: int, raters: int, stands: bool) -> None:
    key = agreement(shelf, agree, raters)
    assert (key.agree, key.raters, key.exact, key.good_steps) == (agree, raters, agree, raters)
    assert key.stands is stands
    assert key.cvi == pytest.approx(agree / raters)


def test_nobody_or_one_rater_lets_no_key_stand(shelf: Library) -> None:
    nobody, single = agreement(shelf, 0, 0), agreement(shelf, 1, 1)
    assert (nobody.stands, nobody.cvi, nobody.kappa, single.stands) == (False, None, None, False)


def test_the_other_two_verdicts_agree_on_an_innocent_scene(shelf: Library) -> None:
    scene = next(one for one in shelf.content.pool(Pool.OPEN) if payload_of(one).fits is Verdict.NOTHING_TO_REPORT)
    ratings = [Rated(1, Verdict.NOTE_AND_WATCH, "guessing", "gone", None)]
    key = SceneAgreement(1, payload_of(scene), scene.digest, ratings)
    assert (key.agree, key.exact, key.good_steps) == (1, 0, 0)


def test_half_of_the_scenes_lie_between_twins(shelf: Library) -> None:
    scenes = shelf.content.pool(Pool.RESERVED)
    ordered = keep_apart(scenes, random.Random(3))
    assert sorted(one.id for one in ordered) == sorted(one.id for one in scenes)
    places: dict[str, list[int]] = {}
    for place, scene in enumerate(ordered):
        places.setdefault(str(scene.file.pair), []).append(place)
    assert {second - first for first, second in places.values()} == {len(scenes) // 2}
    assert ordered != keep_apart(scenes, random.Random(4))


@pytest.mark.parametrize(
    ("day", "state"), [(1, PanelState.COMING), (2, PanelState.OPEN), (4, PanelState.OPEN), (5, PanelState.CLOSED)]
)
def test_a_panel_is_open_from_its_first_day_to_its_last(day: int, state: PanelState) -> None:
    first, last = dt.date(2026, 12, 2), dt.date(2026, 12, 4)
    assert state_of(first, last, None, dt.date(2026, 12, day)) is state
    assert state_of(first, last, clock.now(), dt.date(2026, 12, day)) is PanelState.CLOSED
