"""A scene as it was drawn, and what an answer to it comes to."""

from __future__ import annotations

import random
import re
from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Literal

from markupsafe import Markup
from pydantic import model_validator

from trainer.content.objects import Scenario
from trainer.content.schema import Grade
from trainer.content.subject import Truth, Verdict
from trainer.items.judge.model import Confidence, JudgeItem
from trainer.items.payload import Given, Kept, Payload

_AGREES: Final = re.compile(r"^Yes[.,] ")


class Outcome(StrEnum):
    """Signal-detection outcome of one scene."""

    HIT = "hit"
    MISS = "miss"
    FALSE_ALARM = "false_alarm"
    CORRECT_REJECTION = "correct_rejection"

    @property
    def is_right(self) -> bool:
        """True for a hit or a correct rejection."""
        return self in {Outcome.HIT, Outcome.CORRECT_REJECTION}


@dataclass(frozen=True)
class Judged:
    """One scene with what was said of it."""

    outcome: Outcome | None  # None: not answered
    is_certain: bool
    """Sure of what counts. A report by the first action alone counts as one made guessing."""
    grade: Grade | None
    """What the first action came to; None without one."""
    is_danger_missed: bool = False
    """Danger now, and the first action isn't the emergency call."""
    is_reported_by_step: bool = False
    """The verdict wasn't to report, but the first action does: that counts as a report."""
    is_exact: bool | None = None
    """The verdict is the best of the three; None where no verdict is, or where none was set as the best."""

    @property
    def is_harmful(self) -> bool:
        """True if the first action could harm."""
        return self.grade is Grade.HARMFUL

    @property
    def is_first_action_right(self) -> bool:
        """True if the first action is the best one, or defensible."""
        return self.grade in {Grade.BEST, Grade.FINE}

    @property
    def went_wrong(self) -> bool:
        """True unless both what was said and the first action are right."""
        is_right = self.outcome is not None and self.outcome.is_right
        return not is_right or not self.is_first_action_right or self.is_danger_missed


class ShownSign(Kept):
    """A sign that the scene shows: of the catalogue, and in the scene's words."""

    id: str
    name: str
    strength: str
    category: str
    text: str


class ShownAction(Kept):
    """A first action to choose."""

    id: str
    text: str
    why: str
    grade: Grade
    harm: str | None
    door: str | None
    """Whom it turns to; None of one kept before actions had doors."""
    is_report: bool
    """Choosing it reports these people as possible trafficking, whatever the verdict."""

    @model_validator(mode="before")
    @classmethod
    def _with_grade(cls, kept: Any) -> Any:
        """Read an action kept in the older shape, `key` and `forbidden` without a grade, from when only verdicts
        counted."""
        if not isinstance(kept, dict) or "grade" in kept:
            return kept
        grade = Grade.BEST if kept["key"] else Grade.HARMFUL if kept["forbidden"] else Grade.WRONG_ROUTE
        return {**kept, "grade": grade, "harm": kept["forbidden"], "door": None, "is_report": False}


class ShownTwin(Kept):
    """The other scene of the pair."""

    title: str
    truth: Truth
    differs: str


class ScenePayload(Payload):
    """A scene as it was drawn."""

    type: Literal["judge"] = "judge"
    is_swapped: bool = False
    pair: str | None
    narrative: str
    """HTML, sanitized when the content was read."""
    truth: Truth
    best: Verdict | None = None
    rule: str
    route: str
    venue: str
    about: str
    differs: str | None
    signs: list[ShownSign]
    ordinary: list[str]
    verdicts: dict[str, str]
    actions: list[ShownAction]
    twin: ShownTwin | None
    sources: list[str]

    @property
    def story(self) -> Markup:
        """The narrative."""
        return Markup(self.narrative)  # noqa: S704 sanitized when the content was loaded

    @property
    def fits(self) -> Verdict:
        """The verdict that fits. Scenes from before there were three have none as the best."""
        other = Verdict.REPORT_NOW if self.truth is Truth.CONCERN else Verdict.NOTHING_TO_REPORT
        return self.best or other

    @property
    def best_action(self) -> ShownAction:
        """The best first action."""
        return next(action for action in self.actions if action.grade is Grade.BEST)

    def action(self, given: Given | None) -> ShownAction | None:
        """Return the first action that was chosen, or None."""
        chosen = (given or {}).get("action")
        return next((action for action in self.actions if action.id == chosen), None)

    def draw(self, rng: random.Random) -> list[str]:
        """Return the actions in the order in which one learner sees them."""
        order = [action.id for action in self.actions]
        rng.shuffle(order)
        return order

    def judge(self, given: Given | None, danger_rules: Container[str]) -> Judged:
        """Return how the scene was judged. `danger_rules`: the lines of the rule that mean danger now."""
        said, action = given or {}, self.action(given)
        verdict = Verdict(said["verdict"]) if said.get("verdict") else None
        reports = action is not None and action.is_report and verdict is not Verdict.REPORT_NOW
        return Judged(
            outcome=outcome(self.truth, Verdict.REPORT_NOW if reports else verdict) if verdict else None,
            is_certain=said.get("confidence") == Confidence.CERTAIN and not reports,
            grade=action.grade if action else None,
            is_danger_missed=self.rule in danger_rules and not (action and self._goes_its_way(action)),
            is_reported_by_step=bool(verdict) and reports,
            is_exact=None if verdict is None or self.best is None else verdict is self.best,
        )

    def _goes_its_way(self, action: ShownAction) -> bool:
        return action.grade is Grade.BEST or action.door == self.route


def without_yes(reason: str) -> str:
    """Return the reason of a right verdict without the "Yes" that authors begin it with: pages say that in a line."""
    told = _AGREES.sub("", reason)
    return told[:1].upper() + told[1:]


def payload_of(scenario: Scenario) -> ScenePayload:
    """Return a scene as it is now, to be drawn."""
    file, item = scenario.file, scenario.file.first
    assert isinstance(item, JudgeItem)  # the checks have shown it
    return ScenePayload(
        scenario=scenario.id,
        is_swapped=scenario.is_swapped,
        pair=file.pair,
        title=file.title,
        setting=f"{file.clock}, {file.setting}" if file.clock else file.setting,
        note=file.note,
        narrative=str(scenario.html),
        truth=file.truth,
        best=file.best,
        rule=file.rule,
        route=file.route,
        venue=file.venue,
        about=file.about,
        differs=file.differs,
        signs=[
            ShownSign(id=sign.id, name=sign.name, strength=sign.strength, category=sign.category, text=sign.text)
            for sign in scenario.signs
        ],
        ordinary=list(file.ordinary),
        verdicts={verdict.value: why for verdict, why in item.verdicts.items()},
        actions=[
            ShownAction(
                id=action.id,
                text=action.text,
                why=action.why,
                grade=action.grade,
                harm=action.harm,
                door=action.door,
                is_report=action.door in scenario.reporting_doors,
            )
            for action in item.actions
        ],
        twin=ShownTwin(title=scenario.twin.title, truth=Truth(scenario.twin.truth), differs=scenario.twin.differs)
        if scenario.twin
        else None,
        sources=list(file.sources),
    )


def outcome(truth: Truth, verdict: Verdict) -> Outcome:
    """Return the outcome: only "report now" is a yes."""
    if truth is Truth.CONCERN:
        return Outcome.HIT if verdict is Verdict.REPORT_NOW else Outcome.MISS
    return Outcome.FALSE_ALARM if verdict is Verdict.REPORT_NOW else Outcome.CORRECT_REJECTION
