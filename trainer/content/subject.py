"""The words of the subject, as `vocabulary.yaml` has them, and what follows from each."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Literal, get_args

from pydantic import Field

from trainer.content.parts import Banned, IndicatorId, Part, Slug, Text


class Truth(StrEnum):
    """What the decision rule says of a scene."""

    CONCERN = "concern"
    NO_CONCERN = "no_concern"


class Verdict(StrEnum):
    """What may be said of a scene. Only REPORT_NOW is a yes."""

    REPORT_NOW = "report-now"
    NOTE_AND_WATCH = "note-and-watch"
    NOTHING_TO_REPORT = "nothing-to-report"


class Evidence(StrEnum):
    """What signs a line of the decision rule asks for."""

    DANGER = "danger"  # a danger sign, or another strong one; the first step is the emergency call
    STRONG = "strong"  # one strong sign
    TWO_MEDIUM = "two-medium"  # two medium signs from different categories, or one on different days
    ONE_MEDIUM = "one-medium"  # medium signs of one category only, once
    WEAK = "weak"  # weak signs, however many
    NONE = "none"  # nothing of the catalogue

    @property
    def truth(self) -> Truth:
        """What a scene is that such signs decide."""
        return Truth.CONCERN if self.best is Verdict.REPORT_NOW else Truth.NO_CONCERN

    @property
    def best(self) -> Verdict:
        """What is best said of such a scene."""
        if self in (Evidence.WEAK, Evidence.NONE):
            return Verdict.NOTHING_TO_REPORT
        return Verdict.NOTE_AND_WATCH if self is Evidence.ONE_MEDIUM else Verdict.REPORT_NOW


class HelpNeed(Part):
    """What a help line is for. The lines of one that is `first` stand above all others."""

    id: Slug
    name: Text
    first: bool = False


class Route(Part):
    """Where a scene goes, if anywhere."""

    id: Slug
    name: Text
    truth: Truth | None = None  # only scenes of this truth go there
    emergency: bool = False  # the best first step calls the emergency number
    inside: bool = False  # nobody outside is told, so the best first step never calls it


class Door(Part):
    """Whom a first step turns to. A `report` is one of these people as possible trafficking, and so a call."""

    id: Slug
    name: Text
    report: bool = False
    call: bool = False  # someone is told or called
    emergency: bool = False  # the emergency number


class Rule(Part):
    """A line of the decision rule. Results hold its id."""

    id: Slug
    signs: Evidence
    sentence: Text


class Rung(Part):
    """What the ladder of the rule says in a few words for some of its lines; for none, before any report."""

    rules: list[Slug] = []
    seen: Text
    do: Text


class Topic(Part):
    """What a sign or a scene is about."""

    id: Slug
    signs_only: bool = False  # for signs that may be of any topic
    least_share: float = Field(default=0, ge=0, le=1)  # of the scenes; fewer bring a warning


class Viewpoint(Part):
    """From where a scene is seen."""

    id: Slug
    on_duty: bool = False  # by someone who guards or serves there


class VerdictWords(Part):
    """What a learner reads of a verdict to choose."""

    name: Text
    hint: Text


class Disclaimers(Part):
    """What the training is not, said once for pages and papers."""

    advice: Text  # the notice of a requirement pack must hold it
    card: Text
    kind: Text  # stands in a row with others, as approval does
    approval: Text
    records: Text  # with a firm's training records
    firms: Text  # on the page for firms, as the next one
    reviewers: Text
    reviewed: Text  # under what nobody has reviewed


class Sentences(Part):
    """What pages and papers of no lesson say about the subject."""

    front: Text
    firms: Text
    certificate: Text  # goes on from the name of a course
    no_concern_twin: Text
    harm: Text  # goes on from a colon
    observation: Text
    rare: Text  # above what reports would be worth, which counts with 1 in 1,000


class NoteHint(Part):
    """What may be said of a note that a learner wrote for practice: a machine says it, so only where it is sure.

    It is said where a phrase that it `finds` is in the note, or where nothing is that it `lacks`.
    """

    finds: list[Banned] | None = None
    lacks: list[Banned] | None = None  # a time in digits counts as one of them
    says: Text


WordList = Literal["venues", "needs", "routes", "doors", "rules", "harms", "topics", "places"]
"""The lists of the vocabulary from which other files take their words."""


class Vocabulary(Part):
    """`vocabulary.yaml`: the words of the subject, and what follows from each."""

    emergency_number: Text
    always: Text  # the hours of a help line that never closes: the help page shows them among the details only
    venues: list[Slug] = Field(min_length=1)
    needs: list[HelpNeed] = Field(min_length=1)
    routes: list[Route] = Field(min_length=1)
    doors: list[Door] = Field(min_length=1)
    rules: list[Rule] = Field(min_length=1)
    ladder: list[Rung] = Field(min_length=1)  # the rule as it is drawn, from the top
    harms: list[Slug] = Field(min_length=1)  # how a first step could do harm
    topics: list[Topic] = Field(min_length=1)
    places: list[Viewpoint] = Field(min_length=1)
    danger_signs: list[IndicatorId] = []
    verdicts: dict[Verdict, VerdictWords] = Field(min_length=len(Verdict))
    verdicts_before: dict[Verdict, VerdictWords] | None = None  # in finals from before they kept theirs
    disclaimers: Disclaimers
    sentences: Sentences
    note_hints: list[NoteHint] = []  # on notes that learners write for practice
    banned: list[Banned] = []  # phrases that no text of ours has
    banned_in_scenes: list[Banned] = []
    glosses: list[Text] = []  # phrases that mark a first step as a wrong one

    def ids(self, words: WordList) -> list[str]:
        """List the words that other files may use."""
        return self._ids[words]

    def find_route(self, ident: str) -> Route | None:
        """Find a route."""
        return next((route for route in self.routes if route.id == ident), None)

    def find_rule(self, ident: str) -> Rule | None:
        """Find a line of the decision rule."""
        return next((rule for rule in self.rules if rule.id == ident), None)

    def find_rung(self, rule: str) -> int | None:
        """Find the place on the ladder of a line of the rule, from 1."""
        return next((place for place, rung in enumerate(self.ladder, start=1) if rule in rung.rules), None)

    @cached_property
    def reporting_doors(self) -> frozenset[str]:
        """Turning to one of these reports people as possible trafficking."""
        return frozenset(door.id for door in self.doors if door.report)

    @cached_property
    def calling_doors(self) -> frozenset[str]:
        """Turning to one of these calls or tells someone."""
        return frozenset(door.id for door in self.doors if door.report or door.call)

    @cached_property
    def emergency_doors(self) -> frozenset[str]:
        """Turning to one of these calls the emergency number."""
        return frozenset(door.id for door in self.doors if door.emergency)

    @cached_property
    def scene_topics(self) -> list[str]:
        """What a scene may be about."""
        return [topic.id for topic in self.topics if not topic.signs_only]

    @cached_property
    def danger_rules(self) -> frozenset[str]:
        """The lines of the rule that mean danger now."""
        return frozenset(rule.id for rule in self.rules if rule.signs is Evidence.DANGER)

    @cached_property
    def _ids(self) -> dict[WordList, list[str]]:
        return {
            words: [word if isinstance(word, str) else word.id for word in getattr(self, words)]
            for words in get_args(WordList)
        }
