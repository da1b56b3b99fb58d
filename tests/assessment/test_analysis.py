"""How scenes work: figures from counts, by version, and what is told to whom."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from tests.cast import count
from tests.content_copies import Copy
from tests.crowd import Said, let_answer, rightly, wrongly
from trainer.assessment.analysis import Analysis, AnswersFilter, Edition, Version, analyze
from trainer.assessment.measures.items import FEWEST_ANSWERS, Flag
from trainer.assessment.measures.shares import wilson
from trainer.assessment.rules import Kind, Sitting
from trainer.content.library import Content, Library, Scenario
from trainer.content.schema import Difficulty, Pool
from trainer.content.subject import Truth
from trainer.core.db import db

ALL = set(Pool)


def open_ones(content: Content, truth: Truth = Truth.CONCERN) -> list[Scenario]:
    return [one for one in content.pool(Pool.OPEN) if one.file.truth is truth]


def looked(app: Flask, content: Content, pools: set[Pool] = ALL, scene: str | None = None, **wanted: Any) -> Analysis:
    with_earlier = wanted.pop("with_earlier", False)
    with app.app_context():
        return analyze(content, pools, AnswersFilter(**wanted), scene=scene, with_earlier=with_earlier)


def of(found: Analysis, scene: Scenario) -> Version:
    return next(one for one in found.versions if one.digest == scene.digest)


def test_below_thirty_answers_there_are_counts_and_no_figures(app: Flask, shelf: Library) -> None:
    scene = open_ones(shelf.content)[0]
    let_answer(app, [{scene.id: rightly(scene)}] * (FEWEST_ANSWERS - 1) + [{scene.id: ("", "")}])
    count(app)
    found = of(looked(app, shelf.content), scene)
    assert (found.drawn, found.answers) == (30, 29)
    assert (found.figures, found.flags) == (None, ())


def test_from_thirty_answers_on_the_facility_stands_beside_the_design(app: Flask, shelf: Library) -> None:
    scene = open_ones(shelf.content)[0]
    let_answer(app, [{scene.id: rightly(scene)}] * 27 + [{scene.id: wrongly(scene)}] * 3, seconds=4)
    count(app)
    found = of(looked(app, shelf.content), scene)
    assert found.figures is not None
    assert (found.figures.facility, found.figures.facility_interval) == (0.9, wilson(27, 30))
    assert found.designed is scene.file.difficulty
    assert found.figures.chosen[rightly(scene)[1]] == 27
    assert found.time is not None
    assert (found.time.median, found.is_told) == (4, True)


def test_the_link_is_with_other_scenes_of_the_same_truth_only(app: Flask, shelf: Library) -> None:
    """The able judge both concern scenes right; innocent ones go the other way and don't disturb it."""
    first, second, *_rest = open_ones(shelf.content)
    other = open_ones(shelf.content, Truth.NO_CONCERN)[0]

    def said(is_able: bool, slips: bool = False) -> dict[str, Said]:
        return {
            first.id: rightly(first) if is_able != slips else wrongly(first),
            second.id: rightly(second) if is_able else wrongly(second),
            other.id: wrongly(other) if is_able else rightly(other),
        }

    people = [said(True)] * 20 + [said(False)] * 15 + [said(True, True)] * 2 + [said(False, True)] * 2
    random.Random(1).shuffle(people)
    let_answer(app, people)
    count(app)
    figures = of(looked(app, shelf.content), first).figures
    assert figures is not None
    assert figures.link is not None
    # Phi of a fourfold table: able and right 20, able and wrong 2, not able and right 2, not able and wrong 15.
    assert figures.link.value == pytest.approx((20 * 15 - 2 * 2) / (22 * 17 * 22 * 17) ** 0.5)


def test_a_scene_that_hardly_goes_with_the_others_is_flagged(app: Flask, shelf: Library) -> None:
    first, second, *_rest = open_ones(shelf.content)
    people = [
        {first.id: way(first), second.id: other(second)} for way in (rightly, wrongly) for other in (rightly, wrongly)
    ]
    let_answer(app, people * 10)
    count(app)
    assert of(looked(app, shelf.content), first).flags == ()  # of 40 answers, it may well go with the others
    let_answer(app, people * 20)
    count(app)
    assert Flag.TELLS_LITTLE in of(looked(app, shelf.content), first).flags


def test_easier_than_designed_is_what_lies_above_easier_scenes_of_its_truth_and_pool(
    app: Flask, shelf: Library, copy: Copy
) -> None:
    """Two easy pairs that half judge right, and a medium one that all do."""
    scenes = [one.id for one in open_ones(shelf.content)]
    content = copy.changed(
        {name: {"cues": "few" if name == scenes[2] else "many", "excuse": "none"} for name in scenes[:3]}
    )
    easy, also, medium = (content.scenarios[name] for name in scenes[:3])
    assert [one.file.difficulty for one in (easy, also, medium)] == [*[Difficulty.EASY] * 2, Difficulty.MEDIUM]
    half = {True: rightly, False: wrongly}
    people = [
        {easy.id: half[n % 2 == 0](easy), also.id: half[n % 2 == 1](also), medium.id: rightly(medium)}
        for n in range(40)
    ]
    let_answer(app, people, scenes=content.scenarios)
    count(app)
    found = looked(app, content)
    assert Flag.EASIER_THAN_DESIGNED in of(found, medium).flags
    assert Flag.EASIER_THAN_DESIGNED not in of(found, easy).flags
    averages = {(one.truth, one.designed): (one.right.value, one.right.pairs) for one in found.strata}
    assert averages == {(Truth.CONCERN, Difficulty.EASY): (0.5, 2)}  # the average of one pair would tell of it
    assert (of(found, medium).is_told, of(found, easy).is_told) == (False, True)  # all forty said the same


def test_versions_of_a_scene_stand_side_by_side_the_current_ones_first(app: Flask, shelf: Library, copy: Copy) -> None:
    old = open_ones(shelf.content)[0]
    content = copy.changed({old.id: {"title": "Locked away"}})
    new = content.scenarios[old.id]
    assert new.digest != old.digest
    let_answer(app, [{old.id: rightly(old)}] * 30)
    let_answer(app, [{new.id: wrongly(new)}] * 31, scenes=content.scenarios)
    count(app)
    there = looked(app, content, scene=old.id).versions
    assert [(one.title, one.edition, one.answers) for one in there] == [
        ("Locked away", Edition.CURRENT, 31),
        (old.file.title, Edition.EARLIER, 30),
    ]
    assert there[1].designed is None
    assert old.digest not in {one.digest for one in looked(app, content).versions}
    assert old.digest in {one.digest for one in looked(app, content, with_earlier=True).versions}


def retold(app: Flask, content: Content, first: tuple[int, int], second: tuple[int, int]) -> Scenario:
    """Let people answer both tellings of a scene: (rightly, wrongly)."""
    scene = next(one for one in open_ones(content) if one.other)
    assert scene.other is not None
    for telling, (right, wrong) in ((scene, first), (scene.other, second)):
        people = [{scene.id: rightly(scene)}] * right + [{scene.id: wrongly(scene)}] * wrong
        let_answer(app, people, scenes={scene.id: telling})
    count(app)
    return scene


def test_both_tellings_of_a_scene_are_counted_together_unless_asked_apart(app: Flask, shelf: Library) -> None:
    scene = retold(app, shelf.content, (20, 10), (33, 6))
    assert scene.other is not None
    (both,) = looked(app, shelf.content, scene=scene.id).versions
    assert (both.edition, both.answers, both.is_told) == (Edition.CURRENT, 69, True)
    each = looked(app, shelf.content, scene=scene.id, each_telling=True).versions
    assert {one.digest: (one.edition, one.answers, one.is_told) for one in each} == {
        scene.digest: (Edition.CURRENT, 30, True),
        scene.other.digest: (Edition.RETOLD, 39, True),
    }


def test_a_telling_is_not_told_where_the_rest_would_tell_of_a_few(app: Flask, shelf: Library) -> None:
    """All together there are 33 answers, one telling has 30 of them: three people are left."""
    scene = retold(app, shelf.content, (20, 10), (2, 1))
    assert looked(app, shelf.content, scene=scene.id).versions[0].is_told
    first, second = looked(app, shelf.content, scene=scene.id, each_telling=True).versions
    assert first.figures is not None
    assert (first.is_told, second.is_told) == (False, False)


def test_a_course_is_not_told_where_the_rest_would_tell_of_a_few(app: Flask, shelf: Library) -> None:
    scene, (first, second) = open_ones(shelf.content)[0], list(shelf.content.courses)[:2]
    let_answer(app, [{scene.id: rightly(scene)}] * 25 + [{scene.id: wrongly(scene)}] * 6, course=first)
    for number, is_told in ((1, False), (4, True)):
        let_answer(app, [{scene.id: rightly(scene)}] * number + [{scene.id: wrongly(scene)}], course=second)
        count(app)
        assert of(looked(app, shelf.content), scene).is_told
        assert of(looked(app, shelf.content, course=first), scene).is_told is is_told


def test_kinds_of_sittings_are_never_mixed(app: Flask, shelf: Library) -> None:
    scene = open_ones(shelf.content)[0]
    let_answer(app, [{scene.id: rightly(scene)}] * 30)
    let_answer(app, [{scene.id: wrongly(scene)}] * 31, kind=Kind.CHECK_IN)
    count(app)
    assert of(looked(app, shelf.content), scene).answers == 30  # an open scene is for practice
    assert of(looked(app, shelf.content, sitting=Sitting.CHECK_IN), scene).answers == 31


def test_the_months_are_told_beside_each_other_and_a_scene_that_moves_is_flagged(app: Flask, shelf: Library) -> None:
    scene = open_ones(shelf.content)[0]
    for month, right, wrong in ((6, 12, 12), (7, 1, 1), (8, 23, 1)):
        at = dt.datetime(2026, month, 3, tzinfo=dt.UTC)
        let_answer(app, [{scene.id: rightly(scene)}] * right + [{scene.id: wrongly(scene)}] * wrong, at=at)
    count(app)
    found = of(looked(app, shelf.content), scene)
    assert Flag.MOVED in found.flags
    assert found.months == {"2026-08": (23, 24)}  # July would tell of two people, so June goes with it


def test_how_often_a_pair_is_in_first_finals_is_flagged_where_it_is_surely_too_often(
    app: Flask, shelf: Library
) -> None:
    first, second = shelf.content.pool(Pool.RESERVED)[:2]
    assert first.file.pair == second.file.pair
    people = [{first.id: rightly(first)}] * 40 + [{second.id: wrongly(second)}] * 20
    let_answer(app, people, kind=Kind.FINAL)
    count(app)
    found = of(looked(app, shelf.content), first)
    assert found.exposure is not None
    assert (found.exposure.drawn, found.exposure.finals) == (60, 60)
    assert Flag.MET_OFTEN in found.flags


@pytest.mark.on_both
def test_only_scenes_of_the_given_pools_are_told_and_none_of_unknown_pool(app: Flask, shelf: Library) -> None:
    content = shelf.content
    gone = replace(open_ones(content)[0], id="gone", digest="f" * 64)
    reserved = content.pool(Pool.RESERVED)[0]
    let_answer(
        app, [{"gone": rightly(gone), reserved.id: rightly(reserved)}], scenes={**content.scenarios, "gone": gone}
    )
    count(app)
    ours = looked(app, content, {Pool.OPEN})
    assert {one.pool for one in ours.versions} == {Pool.OPEN}
    assert looked(app, content, {Pool.OPEN}, scene="gone", with_earlier=True).versions == []
    assert looked(app, content, {Pool.OPEN}, scene=reserved.id).versions == []
    everything = {one.scene: one for one in looked(app, content).versions}
    assert everything.keys() == {*content.scenarios, "gone"}
    assert (everything["gone"].pool, everything["gone"].edition) == (None, Edition.EARLIER)


def test_a_course_has_its_own_answers(app: Flask, shelf: Library) -> None:
    scene, (first, second) = open_ones(shelf.content)[0], list(shelf.content.courses)[:2]
    let_answer(app, [{scene.id: rightly(scene)}] * 30, course=first)
    let_answer(app, [{scene.id: wrongly(scene)}] * 2, course=second)
    count(app)
    assert of(looked(app, shelf.content, course=first), scene).answers == 30
    there = of(looked(app, shelf.content, course=second), scene)
    assert (there.answers, there.figures) == (2, None)


def test_the_same_few_statements_whatever_there_is(app: Flask, shelf: Library) -> None:
    asked = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *_a: asked.append(_a[2]))
        analyze(shelf.content, {Pool.OPEN})
        assert len(asked) <= 5
        assert not [one for one in asked if "responses" in one]
