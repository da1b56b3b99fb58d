"""What all people of the site show together: first answers, by kind of attempt, told of enough people only."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from dataclasses import replace
from itertools import islice

import pytest
from flask import Flask

from tests.cast import measure
from tests.crowd import let_answer, rightly, wrongly
from tests.support import COURSE
from trainer.assessment import site_counting
from trainer.assessment.measures.strength import Right
from trainer.assessment.rules import Kind
from trainer.assessment.site_counting import MOST_WEIGHT, SiteAnswer, SiteScene, SiteSums
from trainer.assessment.site_figures import Everyone, KindFigures, find_everyone
from trainer.content.library import Library, Scenario
from trainer.content.schema import Pool
from trainer.content.subject import Truth

FINAL, OTHER_FINAL, PRACTICE = uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=3)
PRETEST, DAY_163 = uuid.UUID(int=4), uuid.UUID(int=5)
KINDS = {
    FINAL: Kind.FINAL,
    OTHER_FINAL: Kind.FINAL,
    PRACTICE: Kind.PRACTICE,
    PRETEST: Kind.PRETEST,
    DAY_163: Kind.FOLLOW_UP,
}


def scene(name: str, truth: Truth = Truth.CONCERN) -> SiteScene:
    return SiteScene(name, truth, name, frozenset({"papers"}), (truth, ""))


def answer(
    asked: SiteScene, *, is_right: bool = True, attempt: uuid.UUID = PRACTICE, is_in_first_try: bool = False
) -> SiteAnswer:
    is_report = is_right == (asked.truth is Truth.CONCERN)
    return SiteAnswer(asked, KINDS[attempt], attempt, is_in_first_try, is_right, 6 if is_report else 1, is_report)


def of(everyone: Everyone, kind: Kind) -> KindFigures:
    return next(one for one in everyone.kinds if one.kind is kind)


def test_only_the_first_answer_to_a_scene_counts_whatever_it_was_asked_in() -> None:
    sums, asked = SiteSums(), scene("a")
    sums.add([answer(asked, is_right=False), answer(asked, attempt=FINAL, is_in_first_try=True)])
    assert sums.kinds[Kind.PRACTICE].count(is_concern=True) == (0, 1)
    assert sums.kinds[Kind.FINAL].people == 0
    assert sums.categories == {("papers", Truth.CONCERN): Counter({Right(0, 1): 1})}


def test_of_finals_only_the_first_stage_of_someones_first_one_counts() -> None:
    sums = SiteSums()
    sums.add(
        [
            answer(scene("a"), attempt=FINAL, is_in_first_try=True),
            answer(scene("b"), attempt=FINAL),  # of a later stage
            answer(scene("c"), attempt=OTHER_FINAL, is_in_first_try=True),  # of another course
        ]
    )
    assert sums.kinds[Kind.FINAL].count(is_concern=True) == (1, 1)
    assert [len(final) for final in sums.finals] == [1]


def group(people: int, wrong: int) -> SiteSums:
    """Return sums of people of whom some judge a scene of each truth wrongly, and all another of each rightly."""
    sums = SiteSums()
    for number in range(people):
        sums.add(
            [
                answer(scene(name, truth), is_right=name in "cd" or number >= wrong)
                for name, truth in zip("abcd", [Truth.CONCERN, Truth.NO_CONCERN] * 2, strict=True)
            ]
        )
    return sums


@pytest.mark.parametrize(("people", "wrong", "is_told"), [(4, 2, False), (5, 2, True), (5, 0, False)])
def test_figures_are_told_of_five_people_who_do_not_all_say_the_same(people: int, wrong: int, is_told: bool) -> None:
    found = of(group(people, wrong).estimate(random.Random(1)), Kind.PRACTICE)
    told = (found.hits, found.false_alarms, found.sensitivity, found.bias, found.area)
    assert [figure is not None for figure in told] == [is_told] * 5
    assert found.people == people


@pytest.mark.parametrize(("people", "wrong", "is_fitted"), [(29, 12, False), (30, 12, True), (30, 0, False)])
def test_how_people_differ_is_fitted_from_thirty_of_them(people: int, wrong: int, is_fitted: bool) -> None:
    priors = group(people, wrong).estimate(random.Random(1)).priors
    assert list(priors) == (["papers"] if is_fitted else [])
    for prior in priors.get("papers", {}).values():
        assert prior.weight <= MOST_WEIGHT * 1.001
        assert prior.mean == pytest.approx(1 - wrong / people / 2, abs=0.01)


def test_people_who_happen_to_be_alike_never_outweigh_ones_own_answers() -> None:
    sums = SiteSums()
    for _person in range(40):
        sums.add([answer(scene("a")), answer(scene("b"), is_right=False)])
    prior = sums.estimate(random.Random(1)).priors["papers"][Truth.CONCERN]
    assert (prior.weight, prior.mean) == pytest.approx((MOST_WEIGHT, 0.5))


def two_days(form: str, caught: tuple[bool, bool], pair: str) -> list[SiteAnswer]:
    """Return what someone said of a pair before a first course, in one form, and of the twin on day 163."""
    first, second = (replace(scene(f"{pair}-{day}"), pair=pair) for day in (1, 163))
    before, after = (
        answer(first, attempt=PRETEST, is_right=caught[0]),
        answer(second, attempt=DAY_163, is_right=caught[1]),
    )
    return [replace(before, form=form), after]


@pytest.mark.parametrize(("people", "is_told"), [(14, False), (15, True)])
def test_a_gain_is_told_from_thirty_people_who_answered_both_forms(people: int, is_told: bool) -> None:
    sums = SiteSums()
    for number in range(people):
        for form in "ab":
            sums.add(
                [*two_days(form, (number % 3 == 0, number % 3 < 2), "p"), *two_days(form, (False, number % 3 > 0), "q")]
            )
    sums.add([replace(answer(scene("p"), attempt=PRETEST), form="a")])  # who never had the other form
    gain = sums.estimate(random.Random(1)).gain
    assert gain.people == 2 * people
    assert (gain.hits is not None) is is_told
    if gain.hits is not None:
        assert gain.hits.value == pytest.approx((2 / 3 - 1 / 3 + 2 / 3) / 2)
        assert gain.hits.low < gain.hits.value < gain.hits.high
    assert gain.false_alarms is None


def pairs(shelf: Library, pool: Pool) -> list[Scenario]:
    """Return two scenes of each truth, of two pairs."""
    concerns = islice((one for one in shelf.content.pool(pool) if one.file.truth is Truth.CONCERN), 2)
    return [scene for concern in concerns for scene in (concern, shelf.content.twin(concern))]


def measured(app: Flask) -> Everyone:
    measure(app)
    with app.app_context():
        everyone = find_everyone()
    assert everyone is not None
    return everyone


@pytest.mark.on_both
def test_the_worker_counts_what_was_answered_and_handed_in(
    app: Flask, shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site_counting, "PORTION", 2)
    scenes = pairs(shelf, Pool.RESERVED)
    right = {one.id: rightly(one) for one in scenes}
    let_answer(app, [right] * 4 + [{one.id: wrongly(one) for one in scenes}] * 2, kind=Kind.FINAL)
    let_answer(app, [right] * 3, kind=Kind.FINAL, is_handed_in=False)
    let_answer(app, [{one.id: ("report-now", "") for one in scenes}] * 5, kind=Kind.FIRST_TRY, course=COURSE)
    found = of(measured(app), Kind.FINAL)
    assert (found.people, found.pairs) == (6, 2)
    assert found.hits is not None
    assert found.false_alarms is not None
    assert (found.hits.reports, found.hits.answers) == (8, 12)
    assert (found.false_alarms.reports, found.false_alarms.answers) == (4, 12)
    assert found.hits.share.low < 2 / 3 < found.hits.share.high
    assert found.sensitivity is not None
    assert found.sensitivity.value > 0
    assert found.area is not None
    assert 0 <= found.area.low < found.area.value < found.area.high <= 1


def test_a_report_by_the_first_action_alone_is_a_report(app: Flask, shelf: Library) -> None:
    scenes = pairs(shelf, Pool.RESERVED)
    reporting = {one.id: ("nothing-to-report", rightly(one)[1]) for one in scenes if one.file.truth is Truth.CONCERN}
    let_answer(app, [reporting] * 5 + [dict.fromkeys(reporting, ("nothing-to-report", ""))], kind=Kind.FINAL)
    with app.app_context():
        sums = SiteSums()
        assert site_counting.count_portion(sums, shelf.content, None) is None
    assert sums.kinds[Kind.FINAL].count(is_concern=True) == (10, 10)  # who wasn't sure isn't rated
    assert len(sums.finals) == 6


def test_what_is_counted_anew_takes_the_place_of_what_was_before(app: Flask, shelf: Library) -> None:
    first, *_rest = pairs(shelf, Pool.OPEN)
    assert of(measured(app), Kind.PRACTICE).people == 0
    let_answer(app, [{first.id: rightly(first)}])
    assert of(measured(app), Kind.PRACTICE).people == 1
