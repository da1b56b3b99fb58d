"""What questions draw on: a scene as it is told, or the passage above a question of a lesson."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from trainer.content import markdown
from trainer.content.catalogue import Indicator
from trainer.content.illustrations import Drawing
from trainer.content.schema import ScenarioFile
from trainer.content.subject import Truth, Vocabulary


@dataclass(frozen=True)  # without slots: paragraphs and words are found when an item asks for them
class SceneText:
    """A scene with its narrative, the indicators by id, the words of the subject, and the illustrations by name."""

    id: str
    file: ScenarioFile
    body: markdown.Body
    indicators: Mapping[str, Indicator]
    vocabulary: Vocabulary
    drawings: Mapping[str, Drawing | None]

    @property
    def kind(self) -> str:
        """What a complaint calls it."""
        return "scene"

    @property
    def title(self) -> str:
        """What it is called."""
        return self.file.title

    @property
    def setting(self) -> str:
        """Where and when it is."""
        return self.file.setting

    @property
    def note(self) -> str | None:
        """What is said before a hard scene."""
        return self.file.note

    @property
    def signs(self) -> Collection[str]:
        """The signs that it shows."""
        return self.file.sign_ids

    @property
    def signs_named(self) -> str:
        """What a complaint calls them."""
        return '"signs" of this scene'

    @property
    def shows_concern(self) -> bool:
        """Whether it is one to report."""
        return self.file.truth == Truth.CONCERN

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


@dataclass(frozen=True)
class Passage:
    """What happened, as a question of a lesson tells it. `id` is "<course>/<module>/<lesson>#<question>"."""

    id: str
    source: str
    """Markdown, empty where the question needs nothing told."""
    indicators: Mapping[str, Indicator]
    signs: Collection[str]
    """Any that there are: a lesson may come back to a sign that another one teaches."""
    drawings: Mapping[str, Drawing | None]
    kind: str = "passage"
    signs_named: str = "signs in indicators.yaml"
    title: str = ""
    setting: str = ""
    note: str | None = None
    shows_concern: bool | None = None

    @cached_property
    def paragraphs(self) -> Sequence[str]:
        """The passage as plain text."""
        return markdown.paragraphs(markdown.parse(self.source))
