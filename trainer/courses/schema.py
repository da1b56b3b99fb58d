"""The shape of everything in the content folder, as frozen pydantic models.

Field names are the keys an author writes. `content/README.md` explains each with an example.
Bodies are Markdown source here; `markdown.py` renders them.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
IndicatorId = Annotated[str, StringConstraints(pattern=r"^[A-H][1-9]$")]
SourceId = Annotated[str, StringConstraints(pattern=r"^[SN][0-9]+[a-z]?$")]
HttpAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s]+$")]
Phone = Annotated[str, StringConstraints(pattern=r"^(911|988|211|(1-)?[0-9]{3}-[0-9]{3}-[0-9]{4})$")]

Clock = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]

# A lesson is known by "<module>/<lesson>", both without their leading number.
LessonId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")]


class Part(BaseModel):
    """Base of all content objects: frozen, and a key nobody knows is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Truth(StrEnum):
    """What the decision rule says of a scene."""

    CONCERN = "concern"
    NO_CONCERN = "no_concern"


class Verdict(StrEnum):
    """What a learner may say of a scene. Only REPORT_NOW is a yes."""

    REPORT_NOW = "report-now"
    NOTE_AND_WATCH = "note-and-watch"
    NOTHING_TO_REPORT = "nothing-to-report"


class Confidence(StrEnum):
    """How sure a learner says they are."""

    GUESSING = "guessing"
    FAIRLY_SURE = "fairly-sure"
    CERTAIN = "certain"


class Pool(StrEnum):
    """Who may draw a scene: OPEN for first try and practice, RESERVED for the final; SHIFT is a practice shift."""

    OPEN = "open"
    RESERVED = "reserved"
    SHIFT = "shift"


class Route(StrEnum):
    """Where a scene goes, if anywhere."""

    NONE = "none"
    EMERGENCY = "911"
    HOTLINE = "hotline"
    OUTSIDE_CHAIN = "outside-chain"
    SITE_POLICY = "site-policy"
    CHILD_PROTECTION = "child-protection"
    LABOR_DEPARTMENT = "labor-department"
    DOMESTIC_VIOLENCE = "domestic-violence"
    WELFARE = "welfare"


class Rule(StrEnum):
    """The line of the decision rule that decides a scene (facts.md 2.5)."""

    DANGER_NOW = "danger-now"  # danger, violence, or a minor in commercial sex: 911
    ONE_STRONG = "one-strong"  # one strong sign: report today
    TWO_MEDIUM = "two-medium"  # two medium signs from different categories, or one on different days
    WEAK_ONLY = "weak-only"  # weak signs, however many: keep serving
    NO_SIGN = "no-sign"  # nothing of the catalogue


Strength = Literal["weak", "weak-medium", "medium", "medium-strong", "strong"]
Venue = Literal[
    "hotel",
    "hospital",
    "retail",
    "transport",
    "events",
    "industrial",
    "farm",
    "residential",
    "restaurant",
    "massage",
    "domestic",
    "construction",
    "online",
    "any",
]
Need = Literal[
    "danger", "trafficking", "sexual-violence", "domestic-violence", "work", "child", "crisis", "basics", "law"
]
ForbiddenKind = Literal["confront", "follow", "detain", "search", "photograph"]


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
    about: Literal["sex", "labor", "both", "minors"]
    venues: list[Venue] = Field(min_length=1)
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
    needs: list[Need]
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


class Bank(Part):
    """How large the bank of scenes must be at least. With it, no final may let an over-reporter through."""

    open_pairs: int = Field(ge=1)
    reserved_pairs: int = Field(ge=1)
    swapped_pairs: int = Field(ge=0)  # pairs that can be told with other people


class Site(Part):
    """What is true of the whole site."""

    name: Text
    tagline: Text
    languages: list[Literal["en"]]
    help_region: Slug
    strip_lines: list[Slug] = Field(min_length=1)  # help lines shown on every page
    exit_target: HttpAddress
    contact: Text | None = None  # mail address, once there is one
    written_by: Text
    bank: Bank | None = None


class PassRule(Part):
    """A pass rule in counts, never in percentages."""

    hits_at_least: int = Field(ge=1)
    false_alarms_at_most: int = Field(ge=0)
    forbidden_at_most: int = Field(ge=0)
    danger_now_needs_911: bool = False  # every danger-now scene must be answered with the 911 call


class RetryRule(Part):
    """`tries` in all; from try `wait_before_try` on, wait and read the named lessons again."""

    tries: int = Field(ge=1, le=10)
    wait_before_try: int = Field(ge=2)
    wait_days: int = Field(ge=0)


class Practice(Part):
    """How practice draws from the open pool."""

    scenes: int = Field(ge=2, le=200)


class Final(Part):
    """How the final draws from the reserved pool, half of each truth, one twin of a pair."""

    scenes: int = Field(ge=2, le=200)
    note: Text
    pass_rule: PassRule
    retry_rule: RetryRule


class CourseFile(Part):
    """`courses/<course>/course.yaml`."""

    title: Text
    summary: Text
    version: Annotated[str, StringConstraints(pattern=r"^[0-9]+\.[0-9]+$")]
    edition: Text | None = None
    audience: Text
    minutes: Text  # "60-75", as the page shows it
    least_minutes: int = Field(ge=0)  # active minutes that completion needs
    validity_months: int = Field(ge=1)
    achievement: Text
    attestation: Text | None = None  # typed by the learner before the final
    modules: list[Slug] = Field(min_length=1)
    first_try: Practice
    practice: Practice
    final: Final


class ModuleFile(Part):
    """`courses/<course>/NN-<module>/module.yaml`."""

    title: Text
    objectives: list[Text] = Field(min_length=1)
    choose_one: bool = False  # the learner reads one of its lessons, such as that of their venue


class ShiftFile(Part):
    """`courses/<course>/shift.yaml`: scenes of one night, in clock order, with the answer after each."""

    title: Text
    intro: Text
    scenes: list[Slug] = Field(min_length=2)


class LessonFile(Part):
    """Front matter of `courses/<course>/NN-<module>/NN-<lesson>.md`."""

    title: Text
    summary: Text
    minutes: int = Field(ge=1, le=12)
    objectives: list[Text] = Field(min_length=1)
    indicators: list[IndicatorId] = []
    sources: list[SourceId] = Field(min_length=1)
    note: Text | None = None
    reviews: list[Review] = []


class Action(Part):
    """One option for the first action."""

    id: Slug
    text: Text
    why: Text
    key: bool = False
    forbidden: ForbiddenKind | None = None


class JudgeItem(Part):
    """*Judge the scene*: verdict, how sure, first action."""

    type: Literal["judge"]
    verdicts: dict[Verdict, Text]  # a rationale for each
    actions: list[Action]


class Option(Part):
    """One option of a question about a scene."""

    id: Slug
    text: Text
    why: Text
    key: bool = False


class SingleItem(Part):
    """*Single choice*: exactly one key."""

    type: Literal["single"]
    ask: Text
    options: list[Option] = Field(min_length=2, max_length=6)


class MultipleItem(Part):
    """*Multiple choice* with partial credit: two keys or more, and one option that is none."""

    type: Literal["multiple"]
    ask: Text
    options: list[Option] = Field(min_length=3, max_length=8)


class Phrase(Part):
    """Words of the narrative that can be marked. With a `sign` the mark is right, without one it is wrong."""

    text: Text
    why: Text
    sign: IndicatorId | None = None


class MarksItem(Part):
    """*Mark the signs*: choose the phrases that matter, in the order of the narrative."""

    type: Literal["marks"]
    phrases: list[Phrase] = Field(min_length=3, max_length=12)


DrillItem = SingleItem | MultipleItem | MarksItem
AnyItem = Annotated[JudgeItem | SingleItem | MultipleItem | MarksItem, Field(discriminator="type")]


class ScenarioFile(Part):
    """Front matter of `scenarios/<id>.md`; the body is the narrative. Its first item is the one to judge."""

    title: Text
    setting: Text
    truth: Truth
    rule: Rule
    route: Route
    venue: Venue
    about: Literal["sex", "labor", "minors"]
    people: Literal["adult", "minor"]
    pair: Slug | None = None  # a scene of a practice shift has none
    pool: Pool
    clock: Clock | None = None  # in a practice shift
    difficulty: Literal["easy", "medium", "hard"]
    differs: Text | None = None
    signs: dict[IndicatorId, Text] = {}
    ordinary: list[Text] = []
    swap: dict[Text, Text] = {}
    note: Text | None = None
    sources: list[SourceId] = Field(min_length=1)
    retired: bool = False
    items: list[AnyItem] = Field(min_length=1, max_length=4)

    @property
    def judge(self) -> JudgeItem:
        """The item to judge. Raises ValueError where the checker would have refused the file."""
        item = self.items[0]
        if not isinstance(item, JudgeItem):
            raise ValueError("the first item must be of type judge")
        return item

    @property
    def drills(self) -> tuple[DrillItem, ...]:
        """The further questions about the scene."""
        return tuple(item for item in self.items if not isinstance(item, JudgeItem))


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
    venues: list[Venue] = Field(min_length=1)
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
    records: Text | None = None  # what is to be kept, and how long
    unclear: list[Text] = []  # what we couldn't find or aren't sure of
    sources: list[SourceId] = []
    seen_on: dt.date
    notice: Text  # says that this is not legal advice

    @property
    def unapproved_state(self) -> str | None:
        """The state that wants an approved course where ours isn't listed, or None."""
        return self.state if self.course_approval.required and not self.course_approval.ours_listed else None
