"""What the briefing sheet says, on a screen and on paper."""

from __future__ import annotations

from flask_babel import ngettext

from trainer.assessment.measures.disclosure import FEWEST_PEOPLE
from trainer.content.serving import served
from trainer.instructing.rules import Rate
from trainer.instructing.words import _, percent


def mistake_name(is_missed: bool) -> str:
    """Return what a wrong verdict is called: a scene to report that wasn't, or an innocent one that was."""
    return _("Missed") if is_missed else _("Over-reported")


def with_range(rate: Rate) -> str:
    """Return a share with the range in which it plausibly lies, in percent."""
    low, high = rate.interval
    return _("%(share)s%% (%(low)s–%(high)s)", share=percent(rate.share), low=percent(low), high=percent(high))


def first_answers(people: int) -> str:
    """Say whose answers are counted, and that none is a person's."""
    if not people:
        return _("Nobody has judged a scene since joining. No names: this is about scenes, not people.")
    return str(
        ngettext(
            "First answers of %(num)s person. No names: this is about scenes, not people.",
            "First answers of %(num)s people. No names: this is about scenes, not people.",
            people,
        )
    )


def too_few() -> str:
    """Say why nothing is said of a group yet, and what to do until then."""
    return str(
        ngettext(
            "Too few to say: at least %(num)s person must have answered. Until then, start with these two scenes.",
            "Too few to say: at least %(num)s people must have answered. Until then, start with these two scenes.",
            FEWEST_PEOPLE,
        )
    )


def ask(is_concern: bool) -> str:
    """Return what to ask a class once a scene was read."""
    if is_concern:
        return _("How many signs are there? Of how many kinds? What would you do first?")
    return _("What did you see? What did you add? What would you need to see before you reported?")


def judged(rate: Rate, is_concern: bool) -> str:
    """Say how a class judged a scene, from how many answers were wrong."""
    if is_concern:
        return _("%(part)s of %(whole)s missed it.", part=rate.part, whole=rate.whole)
    return _("%(part)s of %(whole)s would have reported them.", part=rate.part, whole=rate.whole)


def before_you_close() -> str:
    """Return what ends a briefing."""
    return _(
        "Swap the people: would I think this if they looked and spoke like me? Then, each on their own: a practice "
        "of a few new scenes before the next class."
    )


def help_for_all() -> str:
    """Return whom to call, on one line."""
    line, emergency = served().strip_lines()[0], served().vocabulary.emergency_number
    return _("Danger now: call %(number)s. %(name)s: %(line)s.", number=emergency, name=line.name, line=line.phone)


def ranges() -> str:
    """Say how to read the ranges."""
    return _("Ranges are 95%. The fewer the people, the wider they are: take the order as a hint.")
