"""Plain words for a result: a table of sentences by hits and false alarms. No praise, no blame."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import flask_babel
from flask_babel import lazy_gettext as _l

from trainer.assessment.attempt_policies import policy_of
from trainer.assessment.deciding import Bounds, FinalQuestion, Need, first_to_work_on
from trainer.assessment.localized import reader_words
from trainer.assessment.models import Attempt
from trainer.assessment.rules import Kind, RightOf, Tally
from trainer.content.serving import served
from trainer.content.subject import Evidence
from trainer.items.judge.payload import Judged, Outcome
from trainer.web.language import show_day

KINDS = {
    Kind.PRETEST: _l("Before a first course"),
    Kind.PRACTICE: _l("Practice"),
    Kind.FINAL: _l("First final, first part"),
    Kind.CHECK_IN: _l("Check-ins"),
    Kind.FOLLOW_UP: _l("Check-in on day 163"),
}
"""What people were asked in, where all of them are measured together."""
_FEW = 5
"""One in so many is few, where nothing was asked for."""


def _(text: str, **values: object) -> str:
    return str(flask_babel.gettext(text, **values))


def caught(tally: Tally) -> str:
    """Return "You caught 5 of 6." """
    return _("You caught %(hits)s of %(concerns)s.", hits=tally.hits, concerns=tally.concerns)


def over_reported(tally: Tally) -> str:
    """Return "You would have reported 3 innocent people." """
    if tally.false_alarms == 0:
        return _("You wouldn’t have reported anyone who was innocent.")
    return str(
        flask_babel.ngettext(
            "You would have reported %(num)s innocent person.",
            "You would have reported %(num)s innocent people.",
            tally.false_alarms,
        )
    )


def tendency(tally: Tally, asked: Bounds | None = None) -> str:
    """Return the sentence that the two counts add up to. `asked`: what a final asked for."""
    best = {
        (True, True): _("You caught everything that adds up, and you left the rest alone."),
        (True, False): _("You caught everything that adds up, and you left most of the rest alone."),
        (False, True): _("You caught most of what adds up, and you left the rest alone."),
        (False, False): _("You catch most of what adds up, and you leave most of the rest alone."),
    }
    table = {
        ("high", "low"): best[not tally.misses, not tally.false_alarms],
        ("high", "some"): _("You rarely miss, and you over-report some."),
        ("high", "high"): _("You rarely miss, and you over-report. Telling the two apart is what to work on."),
        ("some", "low"): _("You’re careful, and you miss some. Look at what signs do together."),
        ("some", "some"): _("Some of each. Name the sign before you report, and the ordinary reason before you don’t."),
        ("some", "high"): _("You report often, and often it’s the wrong scene. Look for control, not for looks."),
        ("low", "low"): _("You leave almost everything alone, even what adds up."),
        ("low", "some"): _("You miss most of what adds up."),
        ("low", "high"): _("What you report and what adds up are different scenes."),
    }
    return table[_caught(tally, asked), _over_reported(tally, asked)]


def last(results: Iterable[Attempt], kind: str, shifts: Collection[str | None] = ()) -> str:
    """Return how the last practice of a kind went: "Last: 5 of 6", or when it was; nothing without one.

    `results`: attempts that were handed in, the newest first; `shifts`: the names of the night that it was.
    """
    newest = (each for each in results if each.kind == kind and (not shifts or each.rule.get("shift") in shifts))
    attempt = next(newest, None)
    if attempt is None or attempt.submitted_at is None:
        return ""
    counts = policy_of(attempt).read(attempt.tally or {})
    if isinstance(counts, Tally):
        right = RightOf.of(counts)
        return _("Last: %(right)s of %(all)s", right=right.right, all=right.answered) if right.answered else ""
    return _("Last: %(day)s", day=show_day(attempt.submitted_at))


def starts_at_rule(tally: Tally) -> bool:
    """Return True if the decision rule is the place to start."""
    return _caught(tally) == "low" and _over_reported(tally) != "low"


def there(need: Need, scenes: int) -> str:
    """Return how many there were of what a final limits or asks for. `scenes`: of how many."""
    number = served().vocabulary.emergency_number
    return {
        FinalQuestion.MISSED: _("Missed: %(n)s.", n=need.there),
        FinalQuestion.OVER_REPORTED: _("Over-reported: %(n)s.", n=need.there),
        FinalQuestion.DANGER: _("Danger now without a %(number)s call: %(n)s.", number=number, n=need.there),
        FinalQuestion.HARMFUL: _("First steps that could harm: %(n)s.", n=need.there),
        FinalQuestion.GOOD_STEPS: _("First steps that help: %(n)s of %(all)s.", n=need.there, all=scenes),
    }[need.what]


def bar(need: Need) -> str:
    """Return what a final limits or asks for, without saying how many there were."""
    return {
        FinalQuestion.MISSED: _("Missed scenes."),
        FinalQuestion.OVER_REPORTED: _("Over-reported scenes."),
        FinalQuestion.DANGER: _("Danger now without a %(number)s call.", number=served().vocabulary.emergency_number),
        FinalQuestion.HARMFUL: _("First steps that could harm."),
        FinalQuestion.GOOD_STEPS: _("First steps that help."),
    }[need.what]


def work_on(needs: Sequence[Need], *, is_far_off: bool) -> tuple[str, str, str | None]:
    """Return the one thing to work on after a final that wasn't passed: a title, what to do, and a line of the rule.

    It follows from which bars were met and from nothing else, so that it tells no more of the scenes than they do.
    """
    words, first = reader_words(), first_to_work_on(needs, is_far_off=is_far_off)
    title, text, signs = {
        None: (
            _("Telling the two apart"),
            _(
                "Name the sign before you report, and the ordinary reason before you don’t. From this line of the rule "
                "up, it’s a report:"
            ),
            Evidence.TWO_MEDIUM,
        ),
        FinalQuestion.MISSED: (
            _("Catching what adds up"),
            _("Look at what signs do together. From this line of the rule up, it’s a report:"),
            Evidence.TWO_MEDIUM,
        ),
        FinalQuestion.OVER_REPORTED: (
            _("Leaving ordinary people in peace"),
            _("Look for control, not for looks, and for the ordinary reason. From this line down, it isn’t a report:"),
            Evidence.ONE_MEDIUM,
        ),
        FinalQuestion.DANGER: (
            _("The emergency call"),
            _("Where there is danger now, %(number)s comes first.", number=words.emergency_number),
            Evidence.DANGER,
        ),
        FinalQuestion.HARMFUL: (
            _("First steps that can’t harm"),
            _("Some first steps could harm: %(steps)s.", steps=words.sentences.harm),
            None,
        ),
        FinalQuestion.GOOD_STEPS: (_("Whom to call first"), _("First steps are what to work on."), None),
    }[first]
    if first and first.is_of_steps and all(need.is_met or need.what.is_of_steps for need in needs):
        text = f"{_('Your verdicts are within what passing takes.')} {text}"
    return title, text, next((rule.id for rule in words.rules if rule.signs is signs), None)


def went_wrong(judged: Judged) -> str:
    """Return the word for what went wrong in a scene that isn't shown."""
    if judged.outcome is None or not judged.outcome.is_right:
        return outcome(judged.outcome)
    if judged.is_danger_missed:
        return _("Danger now without a %(number)s call", number=served().vocabulary.emergency_number)
    return _("First step could harm") if judged.is_harmful else _("First step didn’t help")


def bound(need: Need, of: int | None) -> str:
    """Return how much of it is needed. `of`: all the scenes that this is about, if there were to be more."""
    if need.what is FinalQuestion.GOOD_STEPS:
        return _("At least: %(n)s of all %(all)s", n=need.bound, all=of) if of else _("At least: %(n)s", n=need.bound)
    if need.bound == 0:
        return _("Needed: none")
    return _("At most: %(n)s of all %(all)s", n=need.bound, all=of) if of else _("At most: %(n)s", n=need.bound)


def outcome(value: Outcome | None) -> str:
    """Return the word for an outcome."""
    return {
        Outcome.HIT: _("Caught"),
        Outcome.MISS: _("Missed"),
        Outcome.FALSE_ALARM: _("Over-reported"),
        Outcome.CORRECT_REJECTION: _("Rightly left alone"),
        None: _("Not answered"),
    }[value]


def _caught(tally: Tally, asked: Bounds | None = None) -> str:
    most = asked.missed_at_most if asked else tally.concerns / _FEW
    if tally.misses <= most:
        return "high"
    return "low" if tally.hits <= tally.concerns / _FEW else "some"


def _over_reported(tally: Tally, asked: Bounds | None = None) -> str:
    most = asked.over_reported_at_most if asked else tally.innocents / _FEW
    if tally.false_alarms <= most:
        return "low"
    return "high" if tally.false_alarms >= tally.innocents / 2 else "some"
