"""What every type of items offers beside the model that authors write."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel.speaklater import LazyString

from trainer.content.schema import FurtherItem, InputMode, Item
from trainer.items.forms import AnswerForm
from trainer.items.payload import Given, Payload

EVERY_WAY = frozenset(InputMode)
"""With a keyboard, as a list, without script."""

Fields = Mapping[str, str | list[str]]
"""What a browser sends."""


@dataclass(frozen=True)
class Mark:
    """What an answer to a further question is worth. `points` is between 0 and 1."""

    right: int
    missed: int
    wrong: int
    points: float

    @property
    def is_right(self) -> bool:
        """True if nothing was missed and nothing is wrong."""
        return not self.missed and not self.wrong


class FurtherPayload(Payload, ABC):
    """A further question about a scene as it was drawn."""

    ask: str | None
    paragraphs: list[list[tuple[str, str | None]]]
    """Of each paragraph the parts: text, and the name of the phrase that it is."""

    @abstractmethod
    def order_for_all(self) -> list[str]:
        """Return its choices in the order in which all readers of a lesson see them."""

    @abstractmethod
    def mark(self, given: Given) -> Mark | None:
        """Mark an answer; None where right and wrong don't apply."""

    @abstractmethod
    def told(self, mark: Mark) -> str:
        """Say how it was answered, in a sentence."""


@dataclass(frozen=True)
class Sample:
    """An item of the type, for the tests that every type must pass.

    It is about a scene with the narrative `NARRATIVE` whose signs are A1 and C1. Each reason begins with "Of ".
    """

    authored: Mapping[str, Any]
    otherwise: Mapping[str, Any]
    """The same to look at, with another key."""
    right: Fields
    wrong: Fields
    """Where right and wrong don't apply, another answer."""
    partly: Fields
    """Enough to be saved on the way."""
    altered: Sequence[Fields]
    """What the page doesn't offer."""
    as_they_come: Callable[[Sequence[str]], Given]
    """What is kept of someone who takes the first choices that they are shown."""
    incomplete: Fields | None = None
    """What the page asks to complete, where there is such a thing."""
    first: Fields | None = None
    """What is sent before `right` and `wrong`, where an answer takes two steps: the key may show in between."""
    files: Mapping[str, str] = field(default_factory=dict)
    """What the content folder needs beside it, by name."""


NARRATIVE = "You stand at the desk. A man asks for his papers, and the boss says no."


@dataclass(frozen=True)
class ItemType:
    """A type of items. `name` is the `type:` that authors write; its pages are `items/<name>/…`."""

    name: str
    model: type[Item]
    payload: type[Payload]
    form: type[AnswerForm]

    @property
    def ask(self) -> str:
        """The template of its question."""
        return f"items/{self.name}/ask.html"

    @property
    def answered(self) -> str:
        """The template of its answer."""
        return f"items/{self.name}/answered.html"


@dataclass(frozen=True)
class FurtherType(ItemType):
    """A type of further questions."""

    model: type[FurtherItem]
    payload: type[FurtherPayload]
    heading: LazyString
    lead: LazyString
    button: LazyString
    samples: Callable[[], Sequence[Sample]]
    tells_scene: bool = True
    """False where the question itself holds the scene."""
    hint: LazyString | None = None
    """What to do, where nothing is scored; None: as in the heading."""
    is_written: bool = False
    """True where learners write in their own words: what they wrote never goes into an address."""
    done: LazyString | None = None
    """What is said of an answer where right and wrong don't apply; None: they do."""
