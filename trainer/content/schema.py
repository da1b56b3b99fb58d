"""The shape of lessons and scenes, and of the questions about them, as frozen pydantic models.

That of everything else in the content folder is in `curriculum`, `subject`, `catalogue` and `papers`; all are made of
`parts`.

Field names are the keys an author writes. `content/README.md` explains each with an example.
Bodies are Markdown source here; `markdown/` renders them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Final, Literal, Protocol

from pydantic import BeforeValidator, Field, SerializeAsAny, ValidationInfo
from pydantic_core import PydanticCustomError

from trainer.content.catalogue import Indicator
from trainer.content.curriculum import Review
from trainer.content.illustrations import Drawing
from trainer.content.parts import Clock, IndicatorId, LessonId, Part, SignRef, Slug, SourceId, Text, sign_of
from trainer.content.shapes import Shape
from trainer.content.subject import Route, Truth, Verdict, Vocabulary


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
    """Who may draw a scene: OPEN for first try, practice and check-ins, PRETEST for what someone judges before their
    first course, CHECK_IN for check-ins alone, RESERVED for the final; SHIFT is a practice shift, SHORT_FORM what is
    told nowhere else."""

    OPEN = "open"
    PRETEST = "pretest"
    CHECK_IN = "check-in"
    RESERVED = "reserved"
    SHIFT = "shift"
    SHORT_FORM = "short-form"


SECONDS_A_QUESTION = 20.0
"""How long someone is meant to think about a question, beside reading it."""
WORDS_A_MINUTE: Final = 200


def reading_seconds(words: float) -> float:
    """Return how long words take to read."""
    return words * 60 / WORDS_A_MINUTE


def text_seconds(texts: Iterable[str]) -> float:
    """Return how long texts take to read."""
    return reading_seconds(sum(len(text.split()) for text in texts))


Cues = Literal["few", "some", "many"]
Excuse = Literal["none", "weak", "plausible"]


class Illustration(Part):
    """`illustrations/<name>.svg`: a picture for questions, as a page shows it. Its words stand in the questions."""

    picture: Drawing


class InputMode(StrEnum):
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
    access: ClassVar[frozenset[InputMode]] = frozenset()

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
    seconds: ClassVar[float] = SECONDS_A_QUESTION
    """How long answering takes, beside reading."""
    prose: ClassVar[Mapping[str, Shape]] = {}
    """The keys that a translation may have of it: all of its words, and nothing that is scored."""

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
        """List what is read of it: what it asks and offers, and the reasons that stand open after a right answer."""
        raise NotImplementedError


class SceneItem(Item):
    """The item that a scene begins with. It stands for the scene: its digest is the scene's."""

    def check_twin(self, twin: Item, refuse: Refuse) -> None:
        """Complain of what differs from the item of its twin and gives the truth away."""
        raise NotImplementedError

    def route_fault(self, route: Route, vocabulary: Vocabulary) -> str | None:
        """Report what contradicts the scene's reporting route."""
        raise NotImplementedError

    def shortcomings(self, vocabulary: Vocabulary) -> Iterable[str]:
        """Name what a scene of the finished bank has and this one lacks."""
        raise NotImplementedError

    def first_steps(self) -> Iterable[tuple[str, Grade]]:
        """List the doors of the first steps that it offers, and what choosing each comes to."""
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
    picture: Slug | None = None  # else it has that of its module
    was: list[LessonId] = []  # earlier lessons that one of the core path came from: whoever read one has read it
    reviews: list[Review] = []
    items: list[AnyLessonItem] = Field(default=[], max_length=12)  # in the order of the file, not of the text


class ScenePerson(Part):
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
    people: list[ScenePerson] = Field(min_length=1)
    pair: Slug | None = None  # a scene of a practice shift has none
    pool: Pool
    clock: Clock | None = None  # in a practice shift
    differs: Text | None = None
    decides: list[Text] = Field(min_length=1)  # words of the narrative
    shown_by: ShownBy | None = None  # of a concern
    explained: Explained | None = None  # of no concern
    cues: Cues
    excuse: Excuse | None = None  # of a concern: what the person in control gives as a reason
    signs: dict[SignRef, Text] = {}  # in the words of the scene
    ordinary: list[Text] = []
    swap: dict[Text, Text] = {}
    note: Text | None = None
    region: Slug | None = None  # only readers of it are shown the scene: its key rests on what is so there
    sources: list[SourceId] = Field(min_length=1)
    retired: bool = False
    finals: bool = True  # false takes a pair that is kept for finals out of them; one of the two says it
    items: list[AnyItem] = Field(min_length=1, max_length=12)

    @property
    def first(self) -> SceneItem:
        """The item that stands for the scene. Raises ValueError where the checks would have refused the file."""
        item = self.items[0]
        if not isinstance(item, SceneItem):
            raise ValueError("a scene begins with an item that stands for it")
        return item

    @property
    def sign_ids(self) -> list[str]:
        """The signs that it shows, whatever the details."""
        return [sign_of(ref) for ref in self.signs]

    @property
    def is_about_minor(self) -> bool:
        """True if someone at risk is under 18."""
        return any(person.role == "at-risk" and person.age in ("child", "teen") for person in self.people)

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
