"""The small content with some scenes changed, for tests of what versions of a scene come to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

from tests.assessment.swapped import copy_content, edit_front
from trainer.content.library import Content, Library
from trainer.core import clock
from trainer.items.registry import MODELS


class Copy:
    """A copy of the content folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = copy_content(folder)

    def changed(self, scenes: Mapping[str, Mapping[str, Any]]) -> Content:
        """Return the content with the front matter of scenes changed."""
        for name, values in scenes.items():
            edit_front(self._folder / "scenarios" / f"{name}.md", partial(_put, values))
        return Library(self._folder, clock.today, MODELS).content


def _put(values: Mapping[str, Any], front: dict[str, Any]) -> None:
    front.update(values)
