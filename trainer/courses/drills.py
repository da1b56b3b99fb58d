"""The further questions about a scene: single choice, multiple choice, mark the signs, ready to show and to score."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from trainer.courses import markdown
from trainer.courses.markdown import Body
from trainer.courses.schema import DrillItem, Indicator, MarksItem, ScenarioFile


@dataclass(frozen=True, slots=True)
class Drill:
    """A question about a scene. `id` is "<scene>/<type>"; `payload` is all that is needed to show and score it."""

    id: str
    digest: str
    payload: dict[str, Any]

    @property
    def options(self) -> list[str]:
        """Ids of its options in the order written."""
        return [option["id"] for option in self.payload["options"]]


def build_drills(name: str, file: ScenarioFile, body: Body, indicators: Mapping[str, Indicator]) -> tuple[Drill, ...]:
    """Make the further questions of a scene."""
    return tuple(_build(name, file, body, item, indicators) for item in file.drills)


def cut(paragraphs: Sequence[str], phrases: Sequence[str]) -> list[list[tuple[str, int | None]]] | None:
    """Cut paragraphs into (text, number of the phrase or None), or None if the phrases aren't all there in order."""
    cuts: list[list[tuple[str, int | None]]] = []
    number = 0
    for paragraph in paragraphs:
        parts: list[tuple[str, int | None]] = []
        start = 0
        while number < len(phrases) and (at := paragraph.find(phrases[number], start)) >= 0:
            if at > start:
                parts.append((paragraph[start:at], None))
            parts.append((phrases[number], number))
            start = at + len(phrases[number])
            number += 1
        if start < len(paragraph):
            parts.append((paragraph[start:], None))
        cuts.append(parts)
    return cuts if number == len(phrases) else None


def _build(name: str, file: ScenarioFile, body: Body, item: DrillItem, indicators: Mapping[str, Indicator]) -> Drill:
    payload: dict[str, Any] = {
        "scenario": name,
        "type": item.type,
        "title": file.title,
        "setting": file.setting,
        "note": file.note,
        "paragraphs": [[[text, None]] for text in markdown.paragraphs(body)],
    }
    if isinstance(item, MarksItem):
        payload["ask"] = None
        payload["paragraphs"] = [
            [[text, None if number is None else f"p{number + 1}"] for text, number in parts]
            for parts in cut(markdown.paragraphs(body), [" ".join(one.text.split()) for one in item.phrases]) or ()
        ]
        payload["options"] = [
            {
                "id": f"p{number}",
                "text": phrase.text,
                "why": phrase.why,
                "key": phrase.sign is not None,
                "sign": phrase.sign,
                "name": indicators[phrase.sign].name if phrase.sign else None,
            }
            for number, phrase in enumerate(item.phrases, start=1)
        ]
    else:
        payload["ask"] = item.ask
        payload["options"] = [{"id": one.id, "text": one.text, "why": one.why, "key": one.key} for one in item.options]
    return Drill(f"{name}/{item.type}", _digest(payload), payload)


def _digest(payload: Mapping[str, Any]) -> str:
    """Hash what scoring rests on and what is seen before answering; a corrected reason keeps the digest."""
    told = {**payload, "options": [[one["id"], one["text"], one["key"]] for one in payload["options"]]}
    text = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
