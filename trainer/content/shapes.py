"""In what shape a translation writes the words of a value, and how they are put in."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from trainer.content.yaml_lines import Plain


class Shape(ABC):
    """How a translation writes the words of a value."""

    @abstractmethod
    def read(self, value: Plain) -> Plain:
        """Return the words of a value, as a translation writes them."""

    @abstractmethod
    def put(self, value: Plain, words: Plain) -> Plain:
        """Return the value with other words."""


class Words(Shape):
    """A text, or a list of texts."""

    def read(self, value: Plain) -> Plain:
        return value

    def put(self, value: Plain, words: Plain) -> Plain:
        return words


@dataclass(frozen=True)
class Only(Shape):
    """One text of an object, which stands for the object."""

    key: str

    def read(self, value: Plain) -> Plain:
        return value[self.key]

    def put(self, value: Plain, words: Plain) -> Plain:
        return {**value, self.key: words}


class Keys(Shape):
    """Some keys of an object, where it has them."""

    def __init__(self, keys: Mapping[str, Shape]) -> None:
        self.keys = keys

    def read(self, value: Plain) -> dict[str, Plain]:
        return {key: shape.read(value[key]) for key, shape in self.keys.items() if value.get(key) is not None}

    def put(self, value: Plain, words: Plain) -> Plain:
        return {**value, **{key: self.keys[key].put(value.get(key), told) for key, told in words.items()}}


@dataclass(frozen=True)
class Each(Shape):
    """The words of each of a list, in its order, or of each of a mapping."""

    shape: Shape

    def read(self, value: Plain) -> Plain:
        if isinstance(value, dict):
            return {key: self.shape.read(inner) for key, inner in value.items()}
        return [self.shape.read(inner) for inner in value]

    def put(self, value: Plain, words: Plain) -> Plain:
        if isinstance(value, dict):
            return {key: self.shape.put(inner, words[key]) for key, inner in value.items()}
        return [self.shape.put(inner, told) for inner, told in zip(value, words, strict=True)]


@dataclass(frozen=True)
class ById(Shape):
    """The words of each of a list, under its id."""

    shape: Shape

    def read(self, value: Plain) -> Plain:
        return {str(part["id"]): self.shape.read(part) for part in value}

    def put(self, value: Plain, words: Plain) -> Plain:
        return [self.shape.put(part, words[str(part["id"])]) for part in value]


def words(*keys: str) -> dict[str, Shape]:
    """Return the shape of texts, or of lists of texts, by their keys."""
    return dict.fromkeys(keys, Words())


WITH_REASON: Final = Keys(words("text", "why"))
