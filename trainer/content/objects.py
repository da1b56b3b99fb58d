"""The content as the rest of the program sees it: whole, checked and frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property, reduce
from operator import add
from typing import Final

from markupsafe import Markup

from trainer.content.catalogue import Category, HelpLine, Indicator, Site, Source, Term
from trainer.content.curriculum import CourseFile, ModuleFile
from trainer.content.drills import Drill, Question
from trainer.content.history import Change
from trainer.content.instrument import CourseInstrument
from trainer.content.nights import RareFile, ShiftFile
from trainer.content.own_words import SOURCE
from trainer.content.papers import Card, Pack, PageFile, Statistics
from trainer.content.schema import LessonFile, Pool, ScenarioFile
from trainer.content.subject import Vocabulary


class TranslationState(StrEnum):
    """How a text stands in a reader's language, from good to bad."""

    AS_WRITTEN = "as written"  # in the source
    CHECKED = "checked"  # by a person, who signed it
    DRAFT = "draft"  # nobody has signed it
    OLDER = "older"  # the original has changed since
    UNTRANSLATED = "untranslated"  # all or some of the original is shown

    @property
    def rank(self) -> int:
        """The higher, the worse."""
        return list(TranslationState).index(self)


@dataclass(frozen=True, slots=True)
class TranslationMark:
    """What the file of a translation says of itself. `checked_by` and `checked_on`: the person who signed these words,
    and the day."""

    made_on: dt.date
    checked_by: str | None = None
    checked_on: dt.date | None = None
    is_older: bool = False  # than the original that it translates
    is_whole: bool = True  # nothing of the original is left out

    @property
    def state(self) -> TranslationState:
        if not self.is_whole:
            return TranslationState.UNTRANSLATED
        if self.is_older:
            return TranslationState.OLDER
        return TranslationState.DRAFT if self.checked_by is None else TranslationState.CHECKED


@dataclass(frozen=True, slots=True)
class TranslationStanding:
    """How the texts of a page stand in its reader's language: as the one that stands worst. `day`: when that was
    translated, or checked; `by`: who checked them."""

    state: TranslationState = TranslationState.AS_WRITTEN
    day: dt.date | None = None
    by: tuple[str, ...] = ()


UNTRANSLATED: Final = TranslationStanding(TranslationState.UNTRANSLATED)


@dataclass(frozen=True, slots=True)
class Region:
    """Where numbers, laws and services are those of its readers. `is_thin`: only a little is known of it yet."""

    id: str
    name: str
    is_thin: bool = False


@dataclass(frozen=True, slots=True)
class Lesson:
    """One page of a course. `id` is "<module>/<lesson>"; `number` counts from 1 within the module."""

    id: str
    slug: str
    module_slug: str
    module_title: str
    number: int
    file: LessonFile
    parts: tuple[Markup, ...]  # the text before, between and after its questions
    questions: tuple[Question, ...]  # in the order of the text
    words: tuple[Term, ...]  # glossary terms it links to, in reading order
    cited: tuple[Source, ...]  # in the order of the numbers shown
    digest: str
    seconds: float  # what reading it takes, by its words
    picture: Markup | None = None  # its own
    language: str = SOURCE
    mark: TranslationMark | None = None  # None: it isn't translated

    @property
    def html(self) -> Markup:
        """The text without its questions."""
        return reduce(add, self.parts)

    def question(self, name: str) -> Question | None:
        """Find a question by its id."""
        return next((question for question in self.questions if question.id == name), None)


@dataclass(frozen=True, slots=True)
class Module:
    """An ordered group of lessons. `number` is that of its folder, so numbers may have gaps."""

    slug: str
    number: int
    file: ModuleFile
    lessons: tuple[Lesson, ...]
    picture: Markup | None = None

    @property
    def minutes(self) -> int:
        return sum(lesson.file.minutes for lesson in self.lessons)


@dataclass(frozen=True)  # without slots: the lookups below are made once, when first needed
class Course:
    """A published whole that earns an achievement."""

    slug: str
    file: CourseFile
    modules: tuple[Module, ...]
    digest: str
    shifts: Mapping[str, ShiftFile] = field(default_factory=dict)
    """By name, in the order of the names."""
    rare: RareFile | None = None
    renewal: tuple[Module, ...] = ()
    """The modules of another course whose lessons are enough to renew this one; none: all of it is taken again."""
    is_for_renewal: bool = False
    """Its lessons renew other courses. It no longer has a final of its own: no try can be begun."""
    changes: tuple[Change, ...] = ()
    """What changed in it, the newest first."""
    instrument: CourseInstrument | None = None
    """What was computed of its final, if that fits its rule and the reserved scenes."""

    @cached_property
    def short(self) -> Course:
        """The course for someone who renews the short way: the lessons for that come first, its own are optional."""
        if not self.renewal:
            return self
        own = (replace(module, file=module.file.model_copy(update={"deeper": True})) for module in self.modules)
        return replace(self, modules=(*self.renewal, *own), renewal=())

    @cached_property
    def lessons(self) -> tuple[Lesson, ...]:
        """All lessons in the order of the course."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @property
    def own_files(self) -> tuple[str, ...]:
        """The names of the files that its own texts stand in, and those of its nights."""
        nights = [*(f"shifts/{name}" for name in self.shifts), *(["rare"] if self.rare else [])]
        return tuple(f"courses/{self.slug}/{name}.yaml" for name in ("course", *nights))

    @property
    def module_files(self) -> tuple[str, ...]:
        """The names of the files that the texts of its modules stand in."""
        return tuple(f"courses/{self.slug}/{module.number:02}-{module.slug}/module.yaml" for module in self.modules)

    @cached_property
    def core(self) -> tuple[Module, ...]:
        """The modules whose lessons must be read."""
        return tuple(module for module in self.modules if not module.file.deeper)

    @cached_property
    def deeper(self) -> tuple[Module, ...]:
        """The modules whose lessons are optional."""
        return tuple(module for module in self.modules if module.file.deeper)

    @property
    def first_lesson(self) -> Lesson:
        """Where the core path begins."""
        return self.core[0].lessons[0]

    def is_core(self, lesson: Lesson) -> bool:
        """Tell whether a lesson is on the core path."""
        return any(module.slug == lesson.module_slug for module in self.core)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {lesson.id: place for place, lesson in enumerate(self.lessons)}

    def lesson(self, lesson_id: str) -> Lesson | None:
        """Find a lesson by its id."""
        place = self._places.get(lesson_id)
        return None if place is None else self.lessons[place]

    @cached_property
    def choice(self) -> Module | None:
        """The module of which a learner reads the one lesson that fits their workplace."""
        return next((module for module in self.modules if module.file.choose_one), None)

    def lesson_at(self, place: str | None) -> Lesson | None:
        """Find the lesson for a workplace."""
        return next((lesson for lesson in (self.choice.lessons if self.choice else ()) if lesson.slug == place), None)

    def neighbors(self, lesson_id: str, at: str | None = None) -> tuple[Lesson | None, Lesson | None]:
        """Find the lessons before and after one, for someone who works at a place: along the core path, across its
        modules, or within a module that goes deeper."""
        place = self._places.get(lesson_id)
        if place is None:
            return None, None
        slug = self.lessons[place].module_slug
        others = self._choices.get(slug, frozenset())
        path = self._path(at, [module for module in self.deeper if module.slug == slug] or self.core)
        before = [lesson for lesson in path if self._places[lesson.id] < place and lesson.id not in others]
        after = [lesson for lesson in path if self._places[lesson.id] > place and lesson.id not in others]
        return before[-1] if before else None, after[0] if after else None

    @cached_property
    def _choices(self) -> dict[str, frozenset[str]]:
        return {
            module.slug: frozenset(lesson.id for lesson in module.lessons)
            for module in self.modules
            if module.file.choose_one
        }

    def _path(self, at: str | None, modules: Iterable[Module]) -> list[Lesson]:
        """List lessons in order, of a module to choose from only the one for a workplace, or else the first."""
        path: list[Lesson] = []
        for module in modules:
            if module.file.choose_one:
                path.append(next((lesson for lesson in module.lessons if lesson.slug == at), module.lessons[0]))
            else:
                path.extend(module.lessons)
        return path


@dataclass(frozen=True, slots=True)
class Sign:
    """An indicator as it shows in one scene."""

    id: str
    name: str
    strength: str
    category: str
    text: str


@dataclass(frozen=True, slots=True)
class Twin:
    """What a learner is told of a scene's twin after answering."""

    title: str
    truth: str
    differs: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scene to judge. `digest` covers what affects scoring and what is shown before answering."""

    id: str
    file: ScenarioFile
    html: Markup
    paragraphs: tuple[str, ...]  # the same as plain text
    digest: str
    seconds: float  # what reading and judging it takes, by its words
    seconds_verdict: float  # what it takes where the verdict alone is asked, its reason read
    seconds_answered: float  # what reading its answer takes
    signs: tuple[Sign, ...]
    reporting_doors: frozenset[str]  # turning to one of these reports these people as possible trafficking
    twin: Twin | None  # None for a scene of a practice shift, and for a retired one whose twin is gone
    drills: tuple[Drill, ...] = ()
    other: Scenario | None = None  # the same scene told with other people
    is_swapped: bool = False
    language: str = SOURCE
    mark: TranslationMark | None = None  # None: it isn't translated


@dataclass(frozen=True, slots=True)
class ContentPage:
    """A page such as the privacy notice."""

    slug: str
    file: PageFile
    html: Markup
    cited: tuple[Source, ...]
    language: str = SOURCE
    mark: TranslationMark | None = None  # None: it isn't translated


@dataclass(frozen=True, slots=True)
class Content:
    """Everything in the content folder, as readers of one region get it. Mappings keep the order of the files; don't
    change them."""

    site: Site
    vocabulary: Vocabulary
    sources: dict[str, Source]
    terms: dict[str, Term]
    categories: tuple[Category, ...]
    icons: Mapping[str, Markup]  # by the id of a group
    pictures: Mapping[str, Markup]  # of what is no lesson, as the site names it
    indicators: dict[str, Indicator]
    help_lines: dict[str, tuple[HelpLine, ...]]  # by region, its own first, then those of the whole nation
    courses: dict[str, Course]
    scenarios: dict[str, Scenario]
    pages: dict[str, ContentPage]
    statistics: dict[str, Statistics]
    cards: dict[str, Card]
    packs: dict[str, Pack]  # what requirements of firms may begin with
    digest: str
    pools: dict[Pool, tuple[Scenario, ...]]
    pairs: dict[str, tuple[Scenario, ...]]
    ids: tuple[str, ...]  # "kind:id" of everything that keeps its id forever, sorted
    region: Region
    regions: dict[str, Content] = field(repr=False, compare=False)  # the same for those of each, the site's own first
    language: str = SOURCE
    translated: dict[str, TranslationMark] = field(default_factory=dict)  # by the name of the file
    translations: dict[str, Content] = field(default_factory=dict)  # by language: the same, as far as it is translated

    def standing(self, *texts: Lesson | ContentPage | Scenario | str) -> TranslationStanding:
        """Say how a reader of this language has texts, or lists by the names of their files."""
        if self.language == SOURCE:
            return TranslationStanding()
        marks = [self.translated.get(text) if isinstance(text, str) else text.mark for text in texts]
        there = [mark for mark in marks if mark is not None]
        if len(there) < len(marks):
            return UNTRANSLATED
        state = max((mark.state for mark in there), key=lambda each: each.rank)
        worst = [mark for mark in there if mark.state is state]
        if state is TranslationState.CHECKED:
            signed = {mark.checked_by: mark.checked_on for mark in worst if mark.checked_by and mark.checked_on}
            return TranslationStanding(state, max(signed.values()), tuple(signed))
        return TranslationStanding(state, min(mark.made_on for mark in worst))

    def help_line(self, line_id: str) -> HelpLine:
        """Get a help line. Raises KeyError for an unknown id."""
        for lines in self.help_lines.values():
            for line in lines:
                if line.id == line_id:
                    return line
        raise KeyError(line_id)

    def strip_lines(self) -> tuple[HelpLine, ...]:
        """List the help lines that stand on every page."""
        return tuple(self.help_line(line_id) for line_id in self.site.strip_lines)

    def pool(self, pool: Pool) -> tuple[Scenario, ...]:
        """List the scenes of a pool that are in use, by id."""
        return self.pools[pool]

    def twin(self, scenario: Scenario) -> Scenario:
        """Get the other scene of a pair. Raises KeyError for a retired scene without one."""
        twin = next((s for s in self.pairs.get(scenario.file.pair or "", ()) if s.id != scenario.id), None)
        if twin is None:
            raise KeyError(scenario.file.pair)
        return twin

    def drills(self) -> tuple[Drill, ...]:
        """List the further questions about open scenes in use."""
        return tuple(drill for scenario in self.pools[Pool.OPEN] for drill in scenario.drills)

    def venues_at(self, place: str | None) -> frozenset[str]:
        """Return the venues of a workplace, by its field card; none where there is no card of that name."""
        return frozenset(self.cards[place].venues) if place in self.cards else frozenset()

    def lessons_teaching(self, indicator_id: str) -> tuple[tuple[Course, Lesson], ...]:
        """List the lessons that teach an indicator, each with its course."""
        return tuple(
            (course, lesson)
            for course in self.courses.values()
            for lesson in course.lessons
            if indicator_id in lesson.file.indicators
        )

    def scenarios_with(self, indicator_id: str) -> tuple[Scenario, ...]:
        """List the scenes in use that show an indicator."""
        shown = (scene for scenes in self.pools.values() for scene in scenes)
        return tuple(sorted((s for s in shown if indicator_id in s.file.sign_ids), key=lambda scene: scene.id))
