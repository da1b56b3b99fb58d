"""A scene as it is told: what its items draw on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from trainer.content import markdown
from trainer.content.schema import Indicator, ScenarioFile, Vocabulary


@dataclass(frozen=True)  # without slots: paragraphs and words are found when an item asks for them
class Told:
    """A scene with its narrative, the indicators by id, and the words of the subject."""

    id: str
    file: ScenarioFile
    body: markdown.Body
    indicators: Mapping[str, Indicator]
    vocabulary: Vocabulary

    @property
    def narrative(self) -> str:
        """The Markdown source."""
        return self.body.source

    @cached_property
    def paragraphs(self) -> Sequence[str]:
        """The narrative as plain text."""
        return markdown.paragraphs(self.body)

    @cached_property
    def words(self) -> int:
        """How many words the narrative has."""
        return markdown.count_words(self.body)
