"""Figures of scenes in words, filtered and sorted as a page asks, and as a table for export."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import exp
from typing import Any, Final, NamedTuple

import flask_babel
from flask_babel import lazy_gettext as _l

from trainer.assessment.analysis import Edition, Version
from trainer.assessment.measures.items import FEWEST_ANSWERS, Flag
from trainer.assessment.rules import Sitting
from trainer.content.schema import Difficulty, Grade, Pool
from trainer.content.subject import Truth, Verdict, Vocabulary
from trainer.web.tables import Cell, Table

FLAG_NAMES: Final = {
    Flag.EASIER_THAN_DESIGNED: _l("easier than designed"),
    Flag.HARDER_THAN_DESIGNED: _l("harder than designed"),
    Flag.MOSTLY_WRONG: _l("most judge it wrong: check whether the key is right"),
    Flag.AGAINST_THE_REST: _l("people who judge the other scenes well judge this one worse: check the key"),
    Flag.TELLS_LITTLE: _l("item-total surely below .2: check whether the key is right"),
    Flag.UNUSED_ACTION: _l("an option hardly anyone chooses"),
    Flag.OTHER_ACTION: _l("most choose another first action than the best"),
    Flag.MOVED: _l("judged better or worse from month to month: look at who may have told whom"),
    Flag.MET_OFTEN: _l("in too many first finals"),
    Flag.MET_RARELY: _l("in too few first finals"),
}
SITTING_NAMES: Final = {
    Sitting.UNTRAINED: _l("before any lesson"),
    Sitting.PRACTICE: _l("practice"),
    Sitting.FINAL: _l("finals"),
    Sitting.CHECK_IN: _l("check-ins"),
}
TRUTH_NAMES: Final = {Truth.CONCERN: _l("to report"), Truth.NO_CONCERN: _l("innocent")}
POOL_NAMES: Final = {
    Pool.OPEN: _l("open"),
    Pool.PRETEST: _l("kept for the pretest"),
    Pool.CHECK_IN: _l("kept for check-ins"),
    Pool.RESERVED: _l("kept for finals"),
    Pool.SHIFT: _l("practice shift"),
    Pool.SHORT_FORM: _l("kept for the short form"),
}
DESIGN_NAMES: Final = {
    Difficulty.EASY: _l("easy"),
    Difficulty.MEDIUM: _l("medium"),
    Difficulty.HARD: _l("hard"),
}
EDITION_NAMES: Final = {
    Edition.CURRENT: _l("current"),
    Edition.RETOLD: _l("current, with other people"),
    Edition.EARLIER: _l("earlier"),
}
GRADE_NAMES: Final = {
    Grade.BEST: _l("best"),
    Grade.FINE: _l("also fine"),
    Grade.WRONG_ROUTE: _l("another one fits better"),
    Grade.HARMFUL: _l("could harm"),
}
HEADS: Final = (
    _l("Scene"),
    _l("Title"),
    _l("Version"),
    _l("Digest"),
    _l("First drawn on"),
    _l("Pool"),
    _l("Truth"),
    _l("Designed"),
    _l("Kind of sitting"),
    _l("Times drawn"),
    _l("In first finals, %"),
    _l("First answers"),
    _l("Judged right, %"),
    _l("from %"),
    _l("to %"),
    _l("Item-total correlation"),
    _l("from"),
    _l("to"),
    _l("Seconds, median"),
    _l("Faster than reading, %"),
    _l("Right by month"),
    _l("Verdicts"),
    _l("First actions"),
    _l("Look at"),
    _l("Open remarks"),
)


class FiguresOrder(StrEnum):
    """How scenes are sorted."""

    SCENE = "scene"
    RIGHT = "right"
    LINK = "link"
    ANSWERS = "answers"
    DRAWN = "drawn"
    FLAGS = "flags"
    REMARKS = "remarks"


ORDER_NAMES: Final = {
    FiguresOrder.FLAGS: _l("Most to look at"),
    FiguresOrder.SCENE: _l("Scene"),
    FiguresOrder.RIGHT: _l("Fewest right"),
    FiguresOrder.LINK: _l("Lowest item-total"),
    FiguresOrder.ANSWERS: _l("Most answers"),
    FiguresOrder.DRAWN: _l("Most often drawn"),
    FiguresOrder.REMARKS: _l("Most remarks"),
}
_NO_FIGURE: Final = 2.0  # behind every share and every correlation
_KEYS: Final[dict[FiguresOrder, Callable[[Version], Any]]] = {
    FiguresOrder.SCENE: lambda version: 0,
    FiguresOrder.RIGHT: lambda version: version.figures.facility if version.figures else _NO_FIGURE,
    FiguresOrder.LINK: lambda version: (
        version.figures.link.value if version.figures and version.figures.link else _NO_FIGURE
    ),
    FiguresOrder.ANSWERS: lambda version: -version.answers,
    FiguresOrder.DRAWN: lambda version: -version.drawn,
    FiguresOrder.FLAGS: lambda version: -len(version.flags),
    FiguresOrder.REMARKS: lambda version: -version.remarks,
}


@dataclass(frozen=True, slots=True)
class FiguresFilter:
    """Which scenes a page asks for, and how sorted; None: any."""

    pool: Pool | None = None
    truth: Truth | None = None
    flag: Flag | None = None
    order: FiguresOrder = FiguresOrder.FLAGS


def narrow(versions: Iterable[Version], filters: FiguresFilter) -> list[Version]:
    """Return the versions that the filters let through, sorted; ties stay in order of name."""
    shown = [
        version
        for version in versions
        if filters.pool in (None, version.pool)
        and filters.truth in (None, version.truth)
        and (filters.flag is None or filters.flag in version.flags)
    ]
    return sorted(shown, key=_KEYS[filters.order])


def percent(share: float) -> str:
    """Return a share as a whole number of percent."""
    return f"{100 * share:.0f}"


def points(share: float) -> str:
    """Return a difference of shares in percentage points, with its sign."""
    rounded = round(100 * share)
    return f"+{rounded}" if rounded > 0 else f"{rounded}".replace("-", "−")


def odds(value: float) -> str:
    """Return log odds as how many times as high the odds are."""
    return f"{exp(value):.1f}"


def correlation(value: float) -> str:
    """Return a correlation with two places."""
    return ("−" if value < 0 else "+") + f"{abs(value):.2f}".removeprefix("0")


def decimal(value: float) -> str:
    """Return a number with two places."""
    return ("−" if round(value, 2) < 0 else "") + f"{abs(value):.2f}"


def verdict_shares(version: Version, vocabulary: Vocabulary) -> list[tuple[str, int, float]]:
    """Return (verdict, how many gave it, share), in the order in which they are offered; none where none is told."""
    if version.figures is None or not version.is_told:
        return []
    said, whole = version.figures.said, version.answers
    return [
        (vocabulary.verdicts[verdict].name, said.get(verdict, 0), said.get(verdict, 0) / whole) for verdict in Verdict
    ]


class ActionShare(NamedTuple):
    """A first action: how many chose it, what share of those asked, and what they judge right of the other scenes."""

    text: str
    grade: Grade
    number: int
    share: float
    choosers: float | None


def action_shares(version: Version) -> list[ActionShare]:
    """Return first actions, most chosen first.

    None where figures aren't told, or if fewer than 30 were asked: the first try asks for the verdict alone.
    """
    figures = version.figures
    if figures is None or not version.is_told or figures.asked < FEWEST_ANSWERS:
        return []
    shares = [
        ActionShare(
            action.text,
            action.grade,
            figures.chosen[action.id],
            figures.chosen[action.id] / figures.asked,
            figures.choosers.get(action.id),
        )
        for action in version.actions
    ]
    return sorted(shares, key=lambda share: -share.share)


def item_table(versions: Iterable[Version], vocabulary: Vocabulary) -> Table:
    """Return figures of scenes as a table for export. What says too little is left out here, too."""
    return Table("item-analysis", HEADS, (_cells(version, vocabulary) for version in versions))


def _(text: str, **values: object) -> str:
    return str(flask_babel.gettext(text, **values))


def _cells(version: Version, vocabulary: Vocabulary) -> tuple[Cell, ...]:
    return (
        version.scene,
        version.title,
        str(EDITION_NAMES[version.edition]),
        version.digest[:12],
        version.first_used_at.date() if version.first_used_at else None,
        str(POOL_NAMES[version.pool]) if version.pool else _("no longer in the content"),
        str(TRUTH_NAMES[version.truth]),
        str(DESIGN_NAMES[version.designed]) if version.designed else None,
        str(SITTING_NAMES[version.sitting]),
        version.drawn,
        round(100 * version.exposure.share, 1) if version.exposure else None,
        version.answers,
        *_figure_cells(version),
        round(version.time.median) if version.time else None,
        round(100 * version.time.fast / version.time.number, 1) if version.time else None,
        "; ".join(f"{month} {right}/{number}" for month, (right, number) in version.months.items()),
        "; ".join(f"{name} {percent(share)}%" for name, _number, share in verdict_shares(version, vocabulary)),
        "; ".join(_action(share) for share in action_shares(version)),
        "; ".join(str(FLAG_NAMES[flag]) for flag in version.flags) if version.figures else _("too few to tell"),
        version.remarks,
    )


def _action(share: ActionShare) -> str:
    told = f"{share.text} ({GRADE_NAMES[share.grade]}) {percent(share.share)}%"
    if share.choosers is None:
        return told
    return _("%(told)s (their other scenes: %(share)s%% right)", told=told, share=percent(share.choosers))


def _figure_cells(version: Version) -> tuple[Cell, ...]:
    figures = version.figures if version.is_told else None
    if figures is None:
        return (None,) * 6
    low, high = figures.facility_interval
    link = figures.link
    links = (round(link.value, 2), round(link.low, 2), round(link.high, 2)) if link else (None, None, None)
    return (round(100 * figures.facility, 1), round(100 * low, 1), round(100 * high, 1), *links)
