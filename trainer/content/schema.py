"""The shape of everything in the content folder, as frozen pydantic models.

Field names are the keys an author writes. `content/README.md` explains each with an example.
Bodies are Markdown source here; `markdown/` renders them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Protocol, Self, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializeAsAny,
    StringConstraints,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from trainer.content.illustrations import Drawing, draw

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
IndicatorId = Annotated[str, StringConstraints(pattern=r"^[A-H][1-9]$")]
SourceId = Annotated[str, StringConstraints(pattern=r"^[SN][0-9]+[a-z]?$")]
HttpAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")]
# The last seven may be letters: 1-855-FLA-SAFE, 1-800-FLOWERS.
Phone = Annotated[str, StringConstraints(pattern=r"^([0-9]{3}|(1-)?[0-9]{3}-([0-9A-Z]{3}-[0-9A-Z]{4}|[A-Z]{7}))$")]
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")

Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
# Words with single spaces; "one|other" is either.
Banned = Annotated[str, StringConstraints(pattern=r"^[^\s|]+(\|[^\s|]+)*( [^\s|]+(\|[^\s|]+)*)*$")]

# A lesson is known by "<module>/<lesson>", both without their leading number.
LessonId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")]


_GIVEN: dict[frozenset[str], set[str]] = {}


class Part(BaseModel):
    """Base of all content objects: frozen, and a key nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def model_post_init(self, context: Any, /) -> None:
        """Share the set of keys that were given: there are many objects, few such sets, and nobody changes them."""
        self._share_given()

    def _share_given(self) -> None:
        given = frozenset(self.__pydantic_fields_set__)
        object.__setattr__(self, "__pydantic_fields_set__", _GIVEN.setdefault(given, set(given)))

    def but(self, changes: Mapping[str, Any]) -> Self:
        """Return it with other values, which aren't checked again."""
        other = self.model_copy(update=changes)
        other._share_given()
        return other


class Truth(StrEnum):
    """What the decision rule says of a scene."""

    CONCERN = "concern"
    NO_CONCERN = "no_concern"


class Verdict(StrEnum):
    """What may be said of a scene. Only REPORT_NOW is a yes."""

    REPORT_NOW = "report-now"
    NOTE_AND_WATCH = "note-and-watch"
    NOTHING_TO_REPORT = "nothing-to-report"


class ShownBy(StrEnum):
    """How the fact that decides a scene of concern reaches the reader."""

    SEEN = "seen"
    PATTERN = "pattern"  # over days or shifts, or in a log
    PERSON = "person"  # the person at risk tells it
    CONTROLLER = "controller"  # the person in control says it
    OVERHEARD = "overheard"
    WRITTEN = "written"


class Explained(StrEnum):
    """How much of what looks suspicious in a scene of no concern gets an explanation."""

    FULLY = "fully"
    PARTLY = "partly"
    NOT = "not"


class Difficulty(StrEnum):
    """How hard a scene is by design, never measured."""

    EASY = "easy"
    MEDIUM = "medium"
    HARD = "hard"


class Grade(StrEnum):
    """What choosing a first action comes to."""

    BEST = "best"
    FINE = "fine"  # defensible; its `why` says why
    WRONG_ROUTE = "wrong-route"
    HARMFUL = "harmful"


class Pool(StrEnum):
    """Who may draw a scene: OPEN for first try and practice, PRETEST for what someone judges before their first course,
    RESERVED for the final; SHIFT is a practice shift."""

    OPEN = "open"
    PRETEST = "pretest"
    RESERVED = "reserved"
    SHIFT = "shift"


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


Strength = Literal["weak", "weak-medium", "medium", "medium-strong", "strong"]
StrengthHere = Literal["weak", "medium", "strong"]
Cues = Literal["few", "some", "many"]
Excuse = Literal["none", "weak", "plausible"]


class Need(Part):
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


class Region(Part):
    """Where help lines are for, as the help pages call it."""

    id: Slug
    name: Text
    heading: Text


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
    no_concern: Text
    no_concern_twin: Text
    harm: Text  # goes on from a colon
    observation: Text
    rare: Text  # above what reports would be worth, which counts with 1 in 1,000


WordList = Literal["venues", "needs", "routes", "doors", "rules", "harms", "topics", "places", "regions"]
"""The lists of the vocabulary from which other files take their words."""


class Vocabulary(Part):
    """`vocabulary.yaml`: the words of the subject, and what follows from each."""

    emergency_number: Text
    always: Text  # the hours of a help line that never closes: the help page shows them among the details only
    venues: list[Slug] = Field(min_length=1)
    needs: list[Need] = Field(min_length=1)
    routes: list[Route] = Field(min_length=1)
    doors: list[Door] = Field(min_length=1)
    rules: list[Rule] = Field(min_length=1)
    harms: list[Slug] = Field(min_length=1)  # how a first step could do harm
    topics: list[Topic] = Field(min_length=1)
    places: list[Viewpoint] = Field(min_length=1)
    danger_signs: list[IndicatorId] = []
    verdicts: dict[Verdict, VerdictWords] = Field(min_length=len(Verdict))
    verdicts_before: dict[Verdict, VerdictWords] | None = None  # in finals from before they kept theirs
    regions: list[Region] = Field(min_length=1)
    disclaimers: Disclaimers
    sentences: Sentences
    banned: list[Banned] = []  # phrases that no text of ours has
    banned_in_scenes: list[Banned] = []

    def ids(self, words: WordList) -> list[str]:
        """List the words that other files may use."""
        return self._ids[words]

    def find_route(self, ident: str) -> Route | None:
        """Find a route."""
        return next((route for route in self.routes if route.id == ident), None)

    def get_region(self, ident: str) -> Region:
        """Get a region of help lines: the checks have shown that each has its name. Raises KeyError."""
        return self._regions[ident]

    def find_rule(self, ident: str) -> Rule | None:
        """Find a line of the decision rule."""
        return next((rule for rule in self.rules if rule.id == ident), None)

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
    def _regions(self) -> dict[str, Region]:
        return {region.id: region for region in self.regions}

    @cached_property
    def _ids(self) -> dict[WordList, list[str]]:
        return {
            words: [one if isinstance(one, str) else one.id for one in getattr(self, words)]
            for words in get_args(WordList)
        }


class Review(Part):
    """A review by a person that took place."""

    who: Text
    role: Text
    date: dt.date


class Source(Part):
    """A published source of facts. `seen_on` is the day a stored copy was read."""

    id: SourceId
    title: Text
    publisher: Text
    address: HttpAddress
    year: int | None = None
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


class Indicator(Part):
    """An observable sign, or a false cue that is taught as misleading."""

    id: IndicatorId
    kind: Literal["indicator", "false_cue"]
    name: Text
    category: Slug
    observed: Text
    strength: Strength
    strength_note: Text | None = None
    about: Slug
    venues: list[Slug] = Field(min_length=1)
    look_alikes: list[Text] = Field(min_length=1)
    sources: list[SourceId] = []
    basis: Text  # where the strength comes from, in words
    told: Text | None = None  # false cue: what you may have been told
    misleads: Text | None = None  # false cue: why it misleads


class HelpLine(Part):
    """A help line. `called_on` and `called_by` stay empty until a person has rung it."""

    id: Slug
    name: Text
    for_whom: Text
    needs: list[Slug]
    phone: Phone | None = None
    more_phones: list[Text] = []
    text: Text | None = None
    text_number: Text | None = None
    chat: HttpAddress | None = None
    web: HttpAddress | None = None
    hours: Text | None = None
    languages: Text | None = None
    note: Text | None = None
    source: SourceId
    seen_on: dt.date
    called_on: dt.date | None = None
    called_by: Text | None = None

    @property
    def dial(self) -> str | None:
        """The number in digits, as a telephone needs it; pages show it as written."""
        return self.phone and self.phone.translate(_KEYPAD)


class Bank(Part):
    """How large the bank of scenes must be at least. With it, no final may let an over-reporter through."""

    open_pairs: int = Field(ge=1)
    reserved_pairs: int = Field(ge=1)
    swapped_pairs: int = Field(ge=0)  # pairs that can be told with other people


class Site(Part):
    """What is true of the whole site."""

    name: Text
    tagline: Text
    languages: list[Language] = Field(min_length=1)  # the source first
    courses: list[Slug] = []  # in the order shown; those not named come after them
    help_region: Slug
    strip_lines: list[Slug] = Field(min_length=1)  # help lines shown on every page
    first_try: Slug  # the course whose first try the front page offers
    exit_target: HttpAddress
    contact: Text | None = None  # mail address, once there is one
    written_by: Text
    bank: Bank | None = None


class Bounds(Part):
    """What passes, in counts and never in percentages, of all scenes up to the end of a stage."""

    missed_at_most: int = Field(ge=0)
    over_reported_at_most: int = Field(ge=0)
    harmful_at_most: int = Field(ge=0)
    danger_without_911_at_most: int | None = Field(default=None, ge=0)  # None: it doesn't matter
    good_first_steps_at_least: int = Field(default=0, ge=0)


class FinalStage(Part):
    """How one stage of a final draws from the reserved pool, one twin of a pair, and what passes at its end."""

    scenes: int = Field(ge=2, le=200)
    fewest_to_report: int | None = Field(default=None, ge=0)  # None: half of the scenes, as with the next one
    most_to_report: int | None = Field(default=None, ge=0)
    danger_now: int | None = Field(default=None, ge=0)  # scenes shown as danger now; None: one in eight
    on_duty_at_least: int = Field(default=0, ge=0)  # scenes seen on duty, as far as the pool has them
    on_duty_at_most: int | None = Field(default=None, ge=0)
    first_try: Bounds
    later_tries: Bounds | None = None  # None: as the first

    @property
    def least_to_report(self) -> int:
        """How many scenes are to report, at least."""
        return self.scenes // 2 if self.fewest_to_report is None else self.fewest_to_report

    @property
    def largest_to_report(self) -> int:
        """How many scenes are to report, at most."""
        return self.scenes // 2 if self.most_to_report is None else self.most_to_report

    @property
    def shown_danger(self) -> int:
        """How many scenes show danger now."""
        return self.scenes // 8 if self.danger_now is None else self.danger_now


class RetryRule(Part):
    """`tries` a round; from try `wait_before_try` on, wait and read the named lessons again.

    After the last try of a round the next one opens `round_days` later, with the named lessons read again.
    """

    tries: int = Field(ge=1, le=10)
    wait_before_try: int = Field(ge=2)
    wait_days: int = Field(ge=0)
    round_days: int = Field(default=30, ge=1)


class Practice(Part):
    """How practice draws from the open pool."""

    scenes: int = Field(ge=2, le=200)


class CheckIns(Part):
    """How many scenes someone judges on each day of the ladder that follows a certificate of the course."""

    scenes: int = Field(ge=2, le=20)


class Known(Part):
    """What shows in a pretest that someone knows the core path already."""

    right: int = Field(ge=1)  # scenes judged as the rule does, at least
    harmful_at_most: int = Field(ge=0)


class Pretest(Part):
    """How many scenes someone judges before their first course, one twin of a pair of the pool kept for that."""

    scenes: int = Field(ge=2, le=200)
    knows: Known | None = None  # None: whoever does well learns as everyone does


class Final(Part):
    """What a final draws and asks for. Whoever is close at the end of a stage goes on to the next one."""

    note: Text
    stages: list[FinalStage] = Field(min_length=1, max_length=3)
    shows_all: bool = True  # after passing: each scene with its answer, or else only those that went wrong
    retry_rule: RetryRule

    @property
    def scenes(self) -> int:
        """How many scenes everyone gets."""
        return self.stages[0].scenes

    @property
    def most_scenes(self) -> int:
        """How many scenes there are in all stages."""
        return sum(stage.scenes for stage in self.stages)


class CourseFile(Part):
    """`courses/<course>/course.yaml`."""

    title: Text
    summary: Text
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+\.[0-9]+$")]
    edition: Text | None = None
    audience: Text
    least_minutes: int = Field(ge=0)  # active minutes that completion needs
    validity_months: int = Field(ge=1)
    achievement: Text
    attestation: Text | None = None  # typed by the learner before the final
    modules: list[Slug] = Field(min_length=1)
    rule_lesson: LessonId | None = None  # where someone is led who should start with the decision rule
    first_try: Practice
    pretest: Pretest | None = None
    practice: Practice
    check_ins: CheckIns | None = None
    final: Final


class ModuleFile(Part):
    """`courses/<course>/NN-<module>/module.yaml`."""

    title: Text
    objectives: list[Text] = Field(min_length=1)
    choose_one: bool = False  # the learner reads one of its lessons, such as that of their venue
    deeper: bool = False  # its lessons go deeper and are optional; all others are the core path


class ShiftFile(Part):
    """`courses/<course>/shift.yaml`: scenes of one night, in clock order, with the answer after each."""

    title: Text
    intro: Text
    scenes: list[Slug] = Field(min_length=2)


class Illustration(Part):
    """`illustrations/<name>.svg`: a picture for questions. Its words stand in the questions."""

    picture: str  # as it was drawn

    @cached_property
    def drawing(self) -> Drawing:
        """The picture as a page shows it."""
        return draw(self.picture)


class Access(StrEnum):
    """A way to answer an item. Every type of items offers all of them."""

    KEYBOARD = "keyboard"
    LIST = "list"  # a plain list for who doesn't see the picture or can't drag
    NO_SCRIPT = "no-script"


class Refuse(Protocol):
    """Complains of something in an item: where below it, what is wrong, and what the author can do."""

    def __call__(self, key: tuple[str | int, ...], what: str, remedy: str, /) -> None: ...


class Situation(Protocol):
    """What a further question is about: a scene, or the passage above a question of a lesson."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str:
        """What a complaint calls it."""

    @property
    def title(self) -> str: ...
    @property
    def setting(self) -> str: ...
    @property
    def note(self) -> str | None: ...
    @property
    def paragraphs(self) -> Sequence[str]:
        """The narrative as plain text."""

    @property
    def signs(self) -> Collection[str]:
        """The ids of signs that a question may speak of."""

    @property
    def signs_named(self) -> str:
        """What a complaint calls them."""

    @property
    def shows_concern(self) -> bool | None:
        """Whether there is a sign in it; None where that isn't said."""

    @property
    def indicators(self) -> Mapping[str, Indicator]: ...
    @property
    def drawings(self) -> Mapping[str, Drawing | None]:
        """The illustrations by their names; None for one with faults of its own."""


class Telling(Situation, Protocol):
    """A scene as it is told, for its items to draw on."""

    @property
    def file(self) -> ScenarioFile: ...
    @property
    def narrative(self) -> str:
        """The Markdown source."""

    @property
    def words(self) -> int:
        """How many words the narrative has."""

    @property
    def vocabulary(self) -> Vocabulary: ...


class Item(Part):
    """The smallest scored thing, as an author writes it. Each type of items is a subclass of its own, in `items`."""

    type: str
    access: ClassVar[frozenset[Access]] = frozenset()

    def check(self, scene: Telling, refuse: Refuse) -> None:
        """Complain of all that keeps it from being asked."""
        raise NotImplementedError

    def digest(self, scene: Telling) -> str:
        """Hash what scoring rests on and what is seen before answering; a corrected reason keeps the digest."""
        raise NotImplementedError


class FurtherItem(Item):
    """A further question about a scene, or a question of a lesson."""

    quotes: ClassVar[bool] = False
    """True if it can't be asked without words to quote."""

    def check(self, scene: Situation, refuse: Refuse) -> None:
        """Complain of all that keeps it from being asked."""
        raise NotImplementedError

    def digest(self, scene: Situation) -> str:
        """Hash what scoring rests on and what is seen before answering; a corrected reason keeps the digest."""
        raise NotImplementedError

    def payload(self, scene: Situation) -> dict[str, Any]:
        """Return, ready for JSON, all that is needed to show and to score it forever."""
        raise NotImplementedError

    def texts(self) -> Iterable[str]:
        """List what is read of it: what it asks and offers, and the reasons of what is right."""
        raise NotImplementedError


class SceneItem(Item):
    """The item that a scene begins with. It stands for the scene: its digest is the scene's."""

    def check_twin(self, twin: Item, refuse: Refuse) -> None:
        """Complain of what differs from the item of its twin and gives the truth away."""
        raise NotImplementedError

    def route_fault(self, route: Route, vocabulary: Vocabulary) -> str | None:
        """Say what doesn't go with where the scene is reported."""
        raise NotImplementedError

    def shortcomings(self, vocabulary: Vocabulary) -> Iterable[str]:
        """Name what a scene of the finished bank has and this one lacks."""
        raise NotImplementedError

    def seconds(self, scene: Telling) -> float:
        """Return how long reading the scene and deciding takes."""
        raise NotImplementedError

    def seconds_answered(self, scene: Telling) -> float:
        """Return how long reading what decided it takes."""
        raise NotImplementedError

    def seconds_verdict(self, scene: Telling) -> float:
        """Return how long it takes where the verdict alone is asked for, and its reason is read."""
        raise NotImplementedError


ItemModels = Mapping[str, type[Item]]
"""The types of items by their names. `app` hands them in, for they lie above this package."""
ITEM_MODELS = "item_models"
"""Under this name a validation's context holds them."""


def _as_its_type(given: object, info: ValidationInfo) -> Item:
    if isinstance(given, Item):
        return given
    return _of_its_type(given, (info.context or {})[ITEM_MODELS])


def _of_its_type(given: object, models: ItemModels) -> Item:
    if not isinstance(given, dict):
        raise PydanticCustomError("model_type", "an item is keys and values")
    known = {"known": ", ".join(models)}
    if "type" not in given:
        raise PydanticCustomError("item_type_missing", "an item has no type", known)
    model = models.get(str(given["type"]))
    if model is None:
        raise PydanticCustomError("item_type_unknown", "no such type", {**known, "type": str(given["type"])})
    return model.model_validate(given)  # its faults become faults of the scene


AnyItem = Annotated[SerializeAsAny[Item], BeforeValidator(_as_its_type)]


class LessonItem(Part):
    """A question that a lesson asks: its own two keys, and those of a further question beside them."""

    id: Slug  # permanent, for answers hang on it
    passage: Text | None = None  # what happened, told above the question, as Markdown paragraphs
    question: SerializeAsAny[FurtherItem]


def _as_lesson_item(given: object, info: ValidationInfo) -> LessonItem:
    if isinstance(given, LessonItem):
        return given
    if not isinstance(given, dict):
        raise PydanticCustomError("model_type", "a question is keys and values")
    own = {key: value for key, value in given.items() if key in ("id", "passage")}
    rest = {key: value for key, value in given.items() if key not in own}
    models: ItemModels = (info.context or {})[ITEM_MODELS]
    further = {name: model for name, model in models.items() if issubclass(model, FurtherItem)}
    return LessonItem.model_validate({**own, "question": _of_its_type(rest, further)})


AnyLessonItem = Annotated[LessonItem, BeforeValidator(_as_lesson_item)]


class LessonFile(Part):
    """Front matter of `courses/<course>/NN-<module>/NN-<lesson>.md`."""

    title: Text
    summary: Text
    minutes: int = Field(ge=1, le=12)
    objectives: list[Text] = Field(min_length=1)
    indicators: list[IndicatorId] = []
    sources: list[SourceId] = Field(min_length=1)
    note: Text | None = None
    was: list[LessonId] = []  # earlier lessons that one of the core path came from: whoever read one has read it
    reviews: list[Review] = []
    items: list[AnyLessonItem] = Field(default=[], max_length=12)  # in the order of the file, not of the text


class ShownSign(Part):
    """A sign as one scene shows it: its words, and how strong it is there."""

    words: Text
    strength: StrengthHere


class Person(Part):
    """Someone in a scene who matters for it, or a group. Counted for balance, never shown.

    In a scene of no concern, AT_RISK is who might be taken for it, and CONTROLLER who might be suspected.
    """

    role: Literal["at-risk", "controller", "other"]
    gender: Literal["female", "male", "mixed", "unsaid"]
    age: Literal["child", "teen", "adult", "old"]
    origin: Slug  # as it is read; "none" if nothing is said
    manner: Literal["kind", "gruff", "neutral"]


_CUES = ("few", "some", "many")
_EXCUSES = ("none", "weak", "plausible")


class ScenarioFile(Part):
    """Front matter of `scenarios/<id>.md`; the body is the narrative. Its first item is the one to judge."""

    title: Text
    setting: Text
    truth: Truth
    best: Verdict
    rule: Slug
    route: Slug
    venue: Slug
    about: Slug
    place: Slug  # from where it is seen
    people: list[Person] = Field(min_length=1)
    pair: Slug | None = None  # a scene of a practice shift has none
    pool: Pool
    clock: Clock | None = None  # in a practice shift
    differs: Text | None = None
    decides: list[Text] = Field(min_length=1)  # words of the narrative
    shown_by: ShownBy | None = None  # of a concern
    explained: Explained | None = None  # of no concern
    cues: Cues
    excuse: Excuse | None = None  # of a concern: what the person in control gives as a reason
    signs: dict[IndicatorId, ShownSign] = {}
    ordinary: list[Text] = []
    swap: dict[Text, Text] = {}
    note: Text | None = None
    sources: list[SourceId] = Field(min_length=1)
    retired: bool = False
    items: list[AnyItem] = Field(min_length=1, max_length=12)

    @property
    def first(self) -> SceneItem:
        """The item that stands for the scene. Raises ValueError where the checks would have refused the file."""
        item = self.items[0]
        if not isinstance(item, SceneItem):
            raise ValueError("a scene begins with an item that stands for it")
        return item

    @property
    def is_about_minor(self) -> bool:
        """True if someone at risk is under 18."""
        return any(one.role == "at-risk" and one.age in ("child", "teen") for one in self.people)

    @property
    def difficulty(self) -> Difficulty:
        """How hard it is by design: few real signs and a good excuse, or many false ones without an explanation.

        After NIST TN 2276 (Phish Scale), which counts cues and how well the premise fits.
        """
        cues = _CUES.index(self.cues)
        if self.truth is Truth.CONCERN:
            points = 2 - cues + _EXCUSES.index(self.excuse or "none")
        else:
            points = cues + list(Explained).index(self.explained or Explained.FULLY)
        return Difficulty.EASY if points < 2 else Difficulty.MEDIUM if points == 2 else Difficulty.HARD

    @property
    def drills(self) -> tuple[FurtherItem, ...]:
        """The further questions about the scene."""
        return tuple(item for item in self.items if isinstance(item, FurtherItem))


class Bar(Part):
    """One row of a series."""

    name: Text
    value: int = Field(ge=0)


class Statistics(Part):
    """`statistics/<id>.yaml`: a series, drawn as bars and always also as a table."""

    title: Text
    unit: Text
    as_of: Text
    source: SourceId
    rows: list[Bar] = Field(min_length=2, max_length=20)
    caveats: list[Text] = Field(min_length=1)


class Together(Part):
    """Signs that count at a venue, in words a guard can remember."""

    text: Text
    signs: list[IndicatorId] = Field(min_length=1)


class Card(Part):
    """`cards/<id>.yaml`: the field card of a venue, one page for a pocket."""

    title: Text
    venues: list[Slug] = Field(min_length=1)
    together: list[Together] = Field(min_length=1)
    alone: list[Together] = Field(min_length=1)
    never: list[Text] = Field(min_length=1)
    do: list[Text] = Field(min_length=1)
    dont: list[Text] = Field(min_length=1)


class PageFile(Part):
    """Front matter of `pages/<slug>.md`: privacy notice, terms and the like."""

    title: Text
    summary: Text
    seen_on: dt.date | None = None


class CourseApproval(Part):
    """Whether a state wants a course that it approved, and whether ours is on its list."""

    required: bool
    authority: Text | None = None  # who approves
    ours_listed: bool = False


class PackDefaults(Part):
    """What a requirement made from a pack begins with; a firm may change it."""

    course: Slug
    least_minutes: int = Field(ge=0, le=600)
    cadence_months: int = Field(ge=1, le=120)
    days_allowed: int = Field(ge=0, le=730)  # for new people, from being hired
    renewal_days: int = Field(ge=1, le=365)
    is_paced: bool = False
    attestation: Text | None = None


class Pack(Part):
    """`requirements/<id>.yaml`: what a law or a good habit asks, as far as we have read it."""

    title: Text
    state: Text | None = None
    applies_to: Text
    course_approval: CourseApproval
    defaults: PackDefaults
    help_region: Slug | None = None  # its help lines are shown with the pack
    records: Text | None = None  # what is to be kept, and how long
    unclear: list[Text] = []  # what we couldn't find or aren't sure of
    sources: list[SourceId] = []
    seen_on: dt.date
    notice: Text  # says that this is not legal advice

    @property
    def unapproved_state(self) -> str | None:
        """The state that wants an approved course where ours isn't listed, or None."""
        return self.state if self.course_approval.required and not self.course_approval.ours_listed else None
