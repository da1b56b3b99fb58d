"""What pages show of scenes: before answering without any key, after answering with what decided it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from trainer.assessment import rules, words
from trainer.assessment.rules import Judged
from trainer.courses.schema import Rule, Truth


@dataclass(frozen=True)
class Question:
    """A scene as it is shown before answering: nothing in it tells the key."""

    position: int
    of: int
    setting: str
    note: str | None
    narrative: Markup


@dataclass(frozen=True)
class Answer:
    """A scene as it is shown after answering."""

    title: str
    judged: Judged
    word: str
    said: Mapping[str, Any]
    truth: Truth
    rule: Rule
    rationale: str | None
    signs: Sequence[Mapping[str, Any]]
    ordinary: Sequence[str]
    chosen_action: Mapping[str, Any] | None
    right_action: Mapping[str, Any]
    other_rationales: Mapping[str, str]
    differs: str
    twin: Mapping[str, Any]
    narrative: Markup


def question(snapshot: Mapping[str, Any], position: int, of: int) -> Question:
    """Return the side of a scene that may be shown at any time."""
    return Question(position, of, snapshot["setting"], snapshot["note"], Markup(snapshot["narrative"]))  # noqa: S704 sanitized when the content was loaded


def answer(snapshot: Mapping[str, Any], given: Mapping[str, Any] | None) -> Answer:
    """Return the side of a scene that only may be shown after answering, by the review policy."""
    judged = rules.judge(snapshot, given)
    said = given or {}
    verdicts = snapshot["verdicts"]
    return Answer(
        title=snapshot["title"],
        judged=judged,
        word=words.outcome(judged.outcome),
        said=said,
        truth=Truth(snapshot["truth"]),
        rule=Rule(snapshot["rule"]),
        rationale=verdicts.get(said.get("verdict", "")),
        signs=snapshot["signs"],
        ordinary=snapshot["ordinary"],
        chosen_action=next((one for one in snapshot["actions"] if one["id"] == said.get("action")), None),
        right_action=next(one for one in snapshot["actions"] if one["key"]),
        other_rationales={verdict: text for verdict, text in verdicts.items() if verdict != said.get("verdict")},
        differs=snapshot["differs"],
        twin=snapshot["twin"],
        narrative=Markup(snapshot["narrative"]),  # noqa: S704 sanitized when the content was loaded
    )
