"""All types of items, by the names that authors write."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from trainer.content.schema import Item
from trainer.items.branching.type import BRANCHING
from trainer.items.contract import FurtherPayload, FurtherType, ItemType
from trainer.items.judge.payload import ScenePayload
from trainer.items.judge.type import JUDGE
from trainer.items.marks.type import MARKS
from trainer.items.match.type import MATCH
from trainer.items.multiple.type import MULTIPLE
from trainer.items.note.type import NOTE
from trainer.items.order.type import ORDER
from trainer.items.single.type import SINGLE
from trainer.items.spot.type import SPOT

FURTHER: Final = {
    item_type.name: item_type for item_type in (SINGLE, MULTIPLE, MARKS, ORDER, MATCH, SPOT, BRANCHING, NOTE)
}
MODELS: Final[Mapping[str, type[Item]]] = {JUDGE.name: JUDGE.model} | {
    name: item_type.model for name, item_type in FURTHER.items()
}
"""What reading the content folder needs."""
FOLDERS: Final = tuple(Path(__file__).parent / name for name in MODELS)
"""Where a type has its templates, and a style or script if it needs one."""


def type_of(item: str) -> ItemType:
    """Return the type of an item by its id: "<scene>" is to judge, "<scene>/<type>" is a further question."""
    return further_type_of(item) if "/" in item else JUDGE


def further_type_of(item: str) -> FurtherType:
    """Return the type of a further question by its id, "<scene>/<type>" or "<scene>/<type>-<number>"."""
    return FURTHER[item.partition("/")[2].partition("-")[0]]


def read_scene(kept: Mapping[str, Any]) -> ScenePayload:
    """Return a scene as it was drawn. Scenes drawn before there were types have none."""
    return ScenePayload.model_validate(kept)


def read_further(kept: Mapping[str, Any]) -> FurtherPayload:
    """Return a further question as it was drawn."""
    return FURTHER[kept["type"]].payload.model_validate(kept)
