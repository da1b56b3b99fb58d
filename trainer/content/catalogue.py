"""What all courses share: sources, terms, signs, help lines, and what is true of the whole site."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from trainer.content.parts import HttpAddress, IndicatorId, Language, Part, Phone, Slug, SourceId, Text

_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")

Strength = Literal["weak", "weak-medium", "medium", "medium-strong", "strong"]
StrengthHere = Literal["weak", "medium", "strong"]


class Source(Part):
    """A published source of facts. `seen_on` is the day a stored copy was read."""

    id: SourceId
    title: Text
    publisher: Text
    address: HttpAddress
    year: int | None = None
    copy_of: int | None = Field(
        default=None, ge=1900
    )  # the year of the copy that was read, of what changes, such as a law
    seen_on: dt.date
    exempt: bool = False  # a title may hold a word that our own sentences may not


class Term(Part):
    """A glossary entry. Lessons link its first use by themselves, under `term` or one of the `also` forms."""

    id: Slug
    term: Text
    meaning: Text
    also: list[Text] = []
    link: bool = True  # false for a word that often means something else, such as "case"


class Category(Part):
    """A group of indicators."""

    id: Slug
    letter: Annotated[str, StringConstraints(pattern=r"^[A-H]$")]
    name: Text
    picture: Slug | None = None


@dataclass(frozen=True, slots=True)
class NamedSign:
    """What `{sign:...}` is shown as: a sign by its name, or a detail by its words."""

    words: str
    strength: str

    @property
    def begun(self) -> str:
        """The words as a sentence begins with them."""
        return self.words[0].upper() + self.words[1:]


class Detail(Part):
    """What makes a sign stronger or weaker than it is by itself. A scene that shows it names it: "C1.refused"."""

    id: Slug
    words: Text
    strength: StrengthHere
    evidence: Literal["tested", "expert", "practice list", "our judgment"]
    source: SourceId | None = None


class Indicator(Part):
    """An observable sign, or a false cue that is taught as misleading."""

    id: IndicatorId
    kind: Literal["indicator", "false_cue"]
    name: Text
    category: Slug
    observed: Text
    strength: Strength
    strength_note: Text | None = None
    details: list[Detail] = []
    counts_in: Slug | None = None  # the category that it counts in, where that isn't its own
    counts_again: bool = True  # on another day: a state doesn't
    about: Slug
    venues: list[Slug] = Field(min_length=1)
    look_alikes: list[Text] = Field(min_length=1)
    sources: list[SourceId] = []
    basis: Text  # where the strength comes from, in words
    told: Text | None = None  # false cue: what you may have been told
    misleads: Text | None = None  # false cue: why it misleads

    @property
    def group(self) -> str:
        """The category that it counts in."""
        return self.counts_in or self.category

    @property
    def named(self) -> dict[str, NamedSign]:
        """How a text shows the sign and each of its details, where it names one with its strength."""
        name = self.name if self.name[1:2].isupper() else self.name[0].lower() + self.name[1:]
        own = NamedSign(name, self.strength.replace("-", " to "))
        details = {f"{self.id}.{detail.id}": NamedSign(detail.words, detail.strength) for detail in self.details}
        return {self.id: own, **details}

    @property
    def strengths(self) -> dict[str, Strength]:
        """How strong it is by itself, which is medium where a detail makes it strong, and with each detail."""
        own: Strength = "medium" if self.strength == "medium-strong" else self.strength
        return {self.id: own, **{f"{self.id}.{detail.id}": detail.strength for detail in self.details}}


class HelpLine(Part):
    """A help line. `called_on` and `called_by` stay empty until a person has rung it."""

    id: Slug
    name: Text
    for_whom: Text
    needs: list[Slug]
    also: list[Slug] = []  # needs that it is no first address for: lines of these needs stand above it
    phone: Phone | None = None
    more_phones: list[Text] = []
    text: Text | None = None
    text_number: Text | None = None
    chat: HttpAddress | None = None
    web: HttpAddress | None = None
    hours: Text | None = None
    languages: Text | None = None
    interpreters: dict[Language, Text] = {}  # languages to ask for, by tag, each by its own name
    note: Text | None = None
    stands_in_for: list[Slug] = []  # the ids of lines that a region may have, and that others need as well
    source: SourceId
    seen_on: dt.date
    copy_of: int | None = Field(default=None, ge=1900)  # the year of the copy that was read
    called_on: dt.date | None = None
    called_by: Text | None = None

    @property
    def dial(self) -> str | None:
        """The number in digits, as a telephone needs it; pages show it as written."""
        return self.phone and self.phone.translate(_KEYPAD)

    @property
    def site(self) -> str | None:
        """The host of its web page, as it is said aloud: preblestreet.org."""
        return self.web and self.web.split("/")[2].removeprefix("www.")


class Bank(Part):
    """How large the bank of scenes must be at least. With it, no final may let an over-reporter through."""

    open_pairs: int = Field(ge=1)
    reserved_pairs: int = Field(ge=1)
    swapped_pairs: int = Field(ge=0)  # pairs that can be told with other people


class Nation(Part):
    """What the base of the content is true of: a reader who picks no region within it gets that."""

    id: Slug
    name: Text


class RegionFile(Part):
    """`regions/<region>/region.yaml`."""

    name: Text
    thin: bool = False  # only a little is known of it yet, and pages say so


class Site(Part):
    """What is true of the whole site."""

    name: Text
    tagline: Text
    languages: list[Language] = Field(min_length=1)  # the source first
    courses: list[Slug] = []  # in the order shown; those not named come after them
    nation: Nation
    region: Slug  # where readers are, unless they or their firm say otherwise
    strip_lines: list[Slug] = Field(min_length=1)  # help lines shown on every page
    first_try: Slug  # the course whose first try the front page offers
    renewal: Slug | None = None  # the course whose core lessons renew any other; None: no short way
    exit_target: HttpAddress
    contact: Text | None = None  # mail address, once there is one
    written_by: Text
    pictures: dict[Slug, Slug] = {}  # of what is no lesson, such as practice: which one stands beside it
    bank: Bank | None = None
