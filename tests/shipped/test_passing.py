"""The finals tell learners apart."""

from __future__ import annotations

from dataclasses import replace

from tests.assessment.final_rules import THREE_STAGES
from trainer.assessment.deciding import FinalRule
from trainer.assessment.measures.operating import KAPPA_AT_LEAST, LEARNERS, Characteristic
from trainer.content.library import Library
from trainer.tools.instrument.characteristic import as_text
from trainer.tools.instrument.passing import LARGEST_CHANCE, survives, within


def test_the_finals_tell_learners_apart(shelf: Library) -> None:
    for course in shelf.content.courses.values():
        assert survives(course) <= LARGEST_CHANCE, course.slug
        assert within(course, 0.9, 0.1) > 0.85, course.slug
        assert within(course, 0.5, 0.5) < 0.05, course.slug
        assert within(course, 1.0, 1.0) == within(course, 0.0, 0.0) == 0, course.slug
        assert FinalRule.read(FinalRule.of(course.file).kept(), 0) == FinalRule.of(course.file)


def test_the_courses_decide_by_the_rule_that_was_chosen(shelf: Library) -> None:
    on_duty = ((24, 6, 6), (None, None, None))
    of_each = {
        "recognize": ((20, 10, 10), (20, 10, 10)),
        "must-report": ((0, 0, 0), (12, 6, 6)),
        "security-officer": on_duty,
        "lodging": on_duty,
    }
    for slug, (least, most) in of_each.items():
        rule = FinalRule.of(shelf.content.courses[slug].file)
        assert (rule.first_try, rule.later_tries) == (THREE_STAGES.first_try, THREE_STAGES.later_tries)
        assert [replace(one, on_duty_at_least=0, on_duty_at_most=None) for one in rule.stages] == [*THREE_STAGES.stages]
        assert tuple(one.on_duty_at_least for one in rule.stages) == least
        assert tuple(one.on_duty_at_most for one in rule.stages) == most
        assert not rule.shows_all


def test_what_is_printed_of_the_rule_meets_its_targets(shelf: Library) -> None:
    with_final = [course for course in shelf.content.courses.values() if not course.is_for_renewal]
    assert with_final
    for course in with_final:
        assert course.instrument is not None, course.slug
        chances = course.instrument.chances
        assert chances is not None, course.slug
        assert chances.people >= 20_000
        for learner in LEARNERS:
            row = chances.of(learner.hit, learner.false_alarm)
            place = [(each.good, each.harmful) for each in chances.steps].index(
                (learner.good_steps, learner.harmful_steps)
            )
            assert row is not None
            found = Characteristic(chances.people, row.in_one[place], row.in_round[place], 0, 0, 0)
            assert not found.misses(learner.target), (course.slug, learner.name)
        usual = chances.populations[0]
        assert usual.kappa + 2 * usual.error >= KAPPA_AT_LEAST
        assert usual.scenes <= 47


def test_courses_that_say_the_same_of_their_holders_count_tries_together(shelf: Library) -> None:
    files = [course.file for course in shelf.content.courses.values()]
    assert len({file.achievement for file in files}) == len({file.achievement_id for file in files}) == 1


def test_both_rules_are_printed_side_by_side(shelf: Library) -> None:
    told = as_text(shelf.content, people=4)
    version = shelf.content.courses["recognize"].file.version
    assert f"recognize {version} (4 simulated people each)" in told
    assert "one stage, counts alone (4 simulated people each)" in told
    assert "0.8830" in told  # exact, by counts alone
