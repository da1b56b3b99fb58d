"""When a panel can be rated, in which order scenes are read, and how far raters agree with the keys. Pure."""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import comb
from typing import Final

from trainer.content.objects import Scenario
from trainer.content.subject import Verdict
from trainer.items.judge.payload import ScenePayload, outcome

SEATS: Final = 6
"""How many raters a panel has, unless its administrator chooses another number."""
MANY: Final = 6
"""From so many raters on, one of them may differ and the key stands; of fewer, all must agree."""
_LEAST_CVI: Final = 0.78


class PanelState(StrEnum):
    """Whether a panel can be rated."""

    COMING = "coming"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Rated:
    """What one rater said of one scene."""

    rater: int
    verdict: Verdict
    confidence: str
    action: str
    comment: str | None


@dataclass(frozen=True)
class SceneAgreement:
    """A scene with what all raters said of it, once the panel is closed."""

    position: int
    scene: ScenePayload
    digest: str
    ratings: Sequence[Rated]

    @property
    def raters(self) -> int:
        """How many rated it."""
        return len(self.ratings)

    @property
    def agree(self) -> int:
        """How many reported a scene to report, or didn't report another: what a final counts."""
        return sum(outcome(self.scene.truth, rated.verdict).is_right for rated in self.ratings)

    @property
    def exact(self) -> int:
        """How many gave the very verdict of the key."""
        return sum(rated.verdict is self.scene.fits for rated in self.ratings)

    @property
    def good_steps(self) -> int:
        """How many chose a first step that the key calls best or fine."""
        grades = {action.id: action.grade for action in self.scene.actions}
        return sum(grades.get(rated.action) in ("best", "fine") for rated in self.ratings)

    @property
    def cvi(self) -> float | None:
        """The item-level content validity index of the key, None without a rater: `agree` of `raters`."""
        return self.agree / self.raters if self.raters else None

    @property
    def kappa(self) -> float | None:
        """The same beyond chance, None without a rater."""
        return kappa_of(self.agree, self.raters) if self.raters else None

    @property
    def stands(self) -> bool:
        """True if the key may stand: an index of .78 or more from six raters on, of fewer raters all.

        D. F. Polit, C. T. Beck and S. V. Owen, "Is the CVI an acceptable indicator of content validity? Appraisal and
        recommendations", Research in Nursing & Health 30 (2007), 459–467, after Lynn (1986).
        """
        if self.raters < MANY:
            return self.raters > 1 and self.agree == self.raters
        return self.agree / self.raters >= _LEAST_CVI


def kappa_of(agree: int, raters: int) -> float:
    """Return the modified kappa of one item: agreement on the key beyond what chance would give.

    (I-CVI − p) / (1 − p), where p = C(N, A) / 2^N is the chance that A of N agree if each tosses a coin: Polit, Beck
    and Owen (2007), as above.
    """
    chance = comb(raters, agree) / 2**raters
    return 0.0 if chance == 1 else (agree / raters - chance) / (1 - chance)


def state_of(opens_on: dt.date, closes_on: dt.date, closed_at: dt.datetime | None, today: dt.date) -> PanelState:
    """Return whether a panel can be rated on a day."""
    if closed_at is not None or today > closes_on:
        return PanelState.CLOSED
    return PanelState.COMING if today < opens_on else PanelState.OPEN


def keep_apart(scenes: Iterable[Scenario], rng: random.Random) -> list[Scenario]:
    """Return scenes in an order by chance in which half of them lie between twins: one would tell the other's key."""
    pairs: dict[str, list[Scenario]] = defaultdict(list)
    for scene in scenes:
        pairs[scene.file.pair or scene.id].append(scene)
    groups = list(pairs.values())
    rng.shuffle(groups)
    for group in groups:
        rng.shuffle(group)
    groups.sort(key=len)  # those without a twin come first, so that as many lie between all twins
    return [group[0] for group in groups] + [group[1] for group in groups if len(group) > 1]
