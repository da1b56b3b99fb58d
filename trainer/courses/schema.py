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
    """Who may draw a scene: OPEN for first try and practice, RESERVED for the final."""

    OPEN = "open"
    RESERVED = "reserved"


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
    """A glossary entry."""

    id: Slug
    term: Text
    meaning: Text


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


class PassRule(Part):
    """A pass rule in counts, never in percentages."""

    hits_at_least: int = Field(ge=1)
    false_alarms_at_most: int = Field(ge=0)
    forbidden_at_most: int = Field(ge=0)


class RetryRule(Part):
    """`tries` in all; from try `wait_before_try` on, wait and read the named lessons again."""

    tries: int = Field(ge=1, le=10)
    wait_before_try: int = Field(ge=2)
    wait_days: int = Field(ge=0)


class Practice(Part):
    """How practice draws from the open pool."""

    scenes: int = Field(ge=2)


class Final(Part):
    """How the final draws from the reserved pool, half of each truth, one twin of a pair."""

    scenes: int = Field(ge=2)
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
    modules: list[Slug] = Field(min_length=1)
    first_try: Practice
    practice: Practice
    final: Final


class ModuleFile(Part):
    """`courses/<course>/NN-<module>/module.yaml`."""

    title: Text
    objectives: list[Text] = Field(min_length=1)


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


class ScenarioFile(Part):
    """Front matter of `scenarios/<id>.md`; the body is the narrative."""

    title: Text
    setting: Text
    truth: Truth
    rule: Rule
    route: Route
    venue: Venue
    about: Literal["sex", "labor", "minors"]
    people: Literal["adult", "minor"]
    pair: Slug
    pool: Pool
    difficulty: Literal["easy", "medium", "hard"]
    differs: Text
    signs: dict[IndicatorId, Text] = {}
    ordinary: list[Text] = []
    note: Text | None = None
    sources: list[SourceId] = Field(min_length=1)
    retired: bool = False
    items: list[JudgeItem] = Field(min_length=1, max_length=1)


class PageFile(Part):
    """Front matter of `pages/<slug>.md`: privacy notice, terms and the like."""

    title: Text
    summary: Text
    seen_on: dt.date | None = None
