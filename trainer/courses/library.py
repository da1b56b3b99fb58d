"""The content as the rest of the program sees it: whole, checked, frozen, and swapped in one step when it changes."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from markupsafe import Markup

from trainer.courses import cache, checker, markdown
from trainer.courses.digests import course_digest, scenario_digest
from trainer.courses.drills import Drill, build_drills
from trainer.courses.loader import (
    Complaint,
    Complaints,
    ContentRefused,
    CourseFolder,
    Entry,
    Folder,
    Memory,
    ModuleFolder,
    fingerprint,
    read_folder,
)
from trainer.courses.markdown import Body, Scope
from trainer.courses.schema import (
    Card,
    Category,
    CourseFile,
    HelpLine,
    Indicator,
    LessonFile,
    ModuleFile,
    Pack,
    PageFile,
    Part,
    Pool,
    ScenarioFile,
    ShiftFile,
    Site,
    Source,
    Statistics,
    Term,
)
from trainer.courses.swap import swapped

__all__ = [
    "Complaint",
    "Content",
    "ContentRefused",
    "Course",
    "Drill",
    "Lesson",
    "Library",
    "Module",
    "Page",
    "Scenario",
    "Sign",
    "Twin",
    "load",
    "published_ids",
    "write_ids",
]

T = TypeVar("T", bound=Part)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One page of a course. `id` is "<module>/<lesson>"; `number` counts from 1 within the module."""

    id: str
    slug: str
    module_slug: str
    module_title: str
    number: int
    file: LessonFile
    html: Markup
    words: tuple[Term, ...]  # glossary terms it links to, in reading order
    cited: tuple[Source, ...]  # in the order of the numbers shown
    digest: str


@dataclass(frozen=True, slots=True)
class Module:
    """An ordered group of lessons. `number` is that of its folder, so numbers may have gaps."""

    slug: str
    number: int
    file: ModuleFile
    lessons: tuple[Lesson, ...]

    @property
    def minutes(self) -> int:
        return sum(lesson.file.minutes for lesson in self.lessons)


@dataclass(frozen=True)  # without slots: the two lookups below are made once, when first needed
class Course:
    """A published whole that earns an achievement."""

    slug: str
    file: CourseFile
    modules: tuple[Module, ...]
    digest: str
    shift: ShiftFile | None = None

    @cached_property
    def lessons(self) -> tuple[Lesson, ...]:
        """All lessons in the order of the course."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @cached_property
    def _places(self) -> dict[str, int]:
        return {lesson.id: place for place, lesson in enumerate(self.lessons)}

    def lesson(self, lesson_id: str) -> Lesson | None:
        """Find a lesson by its id."""
        place = self._places.get(lesson_id)
        return None if place is None else self.lessons[place]

    def neighbors(self, lesson_id: str) -> tuple[Lesson | None, Lesson | None]:
        """Find the lessons before and after one, across modules."""
        place = self._places.get(lesson_id)
        if place is None:
            return None, None
        here = self.lessons[place].module_slug
        others = self._choices.get(here, frozenset())
        before = [one for one in self._path if self._places[one.id] < place and one.id not in others]
        after = [one for one in self._path if self._places[one.id] > place and one.id not in others]
        return before[-1] if before else None, after[0] if after else None

    @cached_property
    def _choices(self) -> dict[str, frozenset[str]]:
        return {
            module.slug: frozenset(lesson.id for lesson in module.lessons)
            for module in self.modules
            if module.file.choose_one
        }

    @cached_property
    def _path(self) -> tuple[Lesson, ...]:
        """The lessons in order, of a module to choose from only the first."""
        return tuple(
            lesson for module in self.modules for lesson in module.lessons[: 1 if module.file.choose_one else None]
        )


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
    digest: str
    signs: tuple[Sign, ...]
    twin: Twin | None  # None for a scene of a practice shift, and for a retired one whose twin is gone
    drills: tuple[Drill, ...] = ()
    other: Scenario | None = None  # the same scene told with other people
    is_swapped: bool = False

    def snapshot(self) -> dict[str, object]:
        """Give, ready for JSON, all that is needed to show and score the scene for ever."""
        scene, item = self.file, self.file.judge
        return {
            "scenario": self.id,
            "is_swapped": self.is_swapped,
            "pair": scene.pair,
            "title": scene.title,
            "setting": f"{scene.clock}, {scene.setting}" if scene.clock else scene.setting,
            "note": scene.note,
            "narrative": str(self.html),
            "truth": scene.truth.value,
            "rule": scene.rule.value,
            "route": scene.route.value,
            "venue": scene.venue,
            "about": scene.about,
            "differs": scene.differs,
            "signs": [
                {"id": s.id, "name": s.name, "strength": s.strength, "category": s.category, "text": s.text}
                for s in self.signs
            ],
            "ordinary": list(scene.ordinary),
            "verdicts": {verdict.value: why for verdict, why in item.verdicts.items()},
            "actions": [
                {"id": a.id, "text": a.text, "why": a.why, "key": a.key, "forbidden": a.forbidden} for a in item.actions
            ],
            "twin": self.twin and {"title": self.twin.title, "truth": self.twin.truth, "differs": self.twin.differs},
            "sources": list(scene.sources),
        }


@dataclass(frozen=True, slots=True)
class Page:
    """A page such as the privacy notice."""

    slug: str
    file: PageFile
    html: Markup
    cited: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class Content:
    """Everything in the content folder. Mappings keep the order of the files; don't change them."""

    site: Site
    sources: dict[str, Source]
    terms: dict[str, Term]
    categories: tuple[Category, ...]
    indicators: dict[str, Indicator]
    help_lines: dict[str, tuple[HelpLine, ...]]  # by region, such as "us-me"
    courses: dict[str, Course]
    scenarios: dict[str, Scenario]
    pages: dict[str, Page]
    statistics: dict[str, Statistics]
    cards: dict[str, Card]
    packs: dict[str, Pack]  # what requirements of firms may begin with
    digest: str
    pools: dict[Pool, tuple[Scenario, ...]]
    pairs: dict[str, tuple[Scenario, ...]]

    def help_line(self, line_id: str) -> HelpLine:
        """Get a help line of any region. Raises KeyError for an unknown id."""
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
        return tuple(s for s in self.scenarios.values() if indicator_id in s.file.signs and not s.file.retired)


def load(
    folder: Path, today: date, *, kept_in: cache.Cache | None = None, memory: Memory | None = None
) -> tuple[Content, tuple[Complaint, ...]]:
    """Read, check and render a content folder. Returns it with the warnings; raises ContentRefused with all faults.

    `kept_in`: where content that is in order is kept for the next start. `memory`: what was parsed before,
    so that only changed files are parsed again.
    """
    root = folder.resolve()
    key = cache.key_of(root, today) if kept_in else ""
    kept = cache.find(kept_in, key) if kept_in else None
    if kept is not None:
        return kept
    complaints = Complaints()
    with cache.no_collection():
        read = read_folder(root, complaints, memory)
        checker.check(read, today, complaints)
        found = complaints.sorted()
        if any(complaint.level == "error" for complaint in found) or read.site is None:
            raise ContentRefused(found)
        content = _build(read, read.site)
        if kept_in:
            cache.keep(kept_in, key, content, found)
    return content, found


def published_ids(content: Content) -> list[str]:
    """List "kind:id" of everything that keeps its id for ever, sorted."""
    ids = {f"source:{name}" for name in content.sources}
    ids |= {f"term:{name}" for name in content.terms}
    ids |= {f"indicator:{name}" for name in content.indicators}
    ids |= {f"help:{line.id}" for lines in content.help_lines.values() for line in lines}
    ids |= {f"page:{slug}" for slug in content.pages}
    ids |= {f"scenario:{name}" for name in content.scenarios}
    ids |= {f"statistics:{name}" for name in content.statistics}
    ids |= {f"card:{name}" for name in content.cards}
    ids |= {f"pack:{name}" for name in content.packs}
    for course in content.courses.values():
        ids.add(f"course:{course.slug}")
        ids |= {f"module:{course.slug}/{module.slug}" for module in course.modules}
        ids |= {f"lesson:{course.slug}/{lesson.id}" for lesson in course.lessons}
    return sorted(ids)


def write_ids(folder: Path, content: Content) -> list[str]:
    """Append the ids that `ids.txt` does not have yet, and return them. Nothing is ever taken out."""
    path = folder / "ids.txt"
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    known = set(before.split())
    fresh = [ident for ident in published_ids(content) if ident not in known]
    if fresh:
        gap = "\n" if before and not before.endswith("\n") else ""
        with path.open("a", encoding="utf-8") as file:
            file.write(gap + "".join(f"{ident}\n" for ident in fresh))
    return fresh


class Library:
    """The content that is being served. One for the process; readers take `content` once and keep it for a request.

    Threads need no lock to read: a reload builds new content aside and swaps one attribute.
    """

    def __init__(
        self, folder: Path, clock: Callable[[], date], *, kept_in: cache.Cache | None = None, is_watched: bool = False
    ) -> None:
        """Load the folder. Raises ContentRefused if it has errors, for there is nothing yet to go on with.

        `is_watched`: it will be loaded often, after small changes; what was parsed stays in memory.
        """
        self._folder = folder
        self._clock = clock
        self._kept_in = kept_in
        self._memory = Memory() if is_watched else None
        self._reloading = threading.Lock()
        self._fingerprint = fingerprint(folder)
        self._content, self._complaints = self._load()
        gc.freeze()  # content is for good: the collector need not look through it again and again

    def _load(self) -> tuple[Content, tuple[Complaint, ...]]:
        return load(self._folder, self._clock(), kept_in=self._kept_in, memory=self._memory)

    @property
    def content(self) -> Content:
        return self._content

    @property
    def complaints(self) -> tuple[Complaint, ...]:
        """What the last try to load complained of: warnings, or all faults if it was refused."""
        return self._complaints

    def reload(self) -> bool:
        """Load the folder again. Returns False, and goes on serving the old content, if it has errors."""
        with self._reloading:
            self._fingerprint = fingerprint(self._folder)
            try:
                content, self._complaints = self._load()
            except ContentRefused as refused:
                self._complaints = refused.complaints
                return False
            self._content = content
            return True

    def reload_if_changed(self) -> bool:
        """Load again if a file's name, time or size changed since the last try. For development."""
        return fingerprint(self._folder) != self._fingerprint and self.reload()


# --- building ---


def _build(folder: Folder, site: Entry[Site]) -> Content:
    sources, statistics = _values(folder.sources), _values(folder.statistics)
    anywhere = Scope(checker.find_targets(folder), sources, statistics=statistics)
    scenarios = _build_scenarios(folder, anywhere)
    pools = {pool: tuple(s for s in scenarios.values() if s.file.pool == pool and not s.file.retired) for pool in Pool}
    return Content(
        site=site.value,
        sources=sources,
        terms=_values(folder.terms),
        categories=tuple(sorted(_values(folder.categories).values(), key=lambda category: category.letter)),
        indicators=_values(folder.indicators),
        help_lines={region: tuple(_values(lines).values()) for region, lines in folder.help_lines.items()},
        courses={
            slug: _build_course(folder, course, anywhere, pools[Pool.RESERVED])
            for slug, course in folder.courses.items()
        },
        scenarios=scenarios,
        pages=_build_pages(folder, anywhere),
        statistics=statistics,
        cards=_values(folder.cards),
        packs=_values(folder.packs),
        digest=folder.digest,
        pools=pools,
        pairs=_pair(scenarios.values()),
    )


def _values(entries: Mapping[str, Entry[T]]) -> dict[str, T]:
    return {name: entry.value for name, entry in entries.items()}


def _pair(scenarios: Iterable[Scenario]) -> dict[str, tuple[Scenario, ...]]:
    pairs: dict[str, tuple[Scenario, ...]] = {}
    for scenario in scenarios:
        if scenario.file.pair:
            pairs[scenario.file.pair] = (*pairs.get(scenario.file.pair, ()), scenario)
    return pairs


def _build_course(folder: Folder, course: CourseFolder, anywhere: Scope, reserved: Iterable[Scenario]) -> Course:
    file = _there(course.file)
    scope = replace(anywhere, targets=checker.find_targets(folder, course), course=course.slug)
    modules = tuple(_build_module(course.modules[slug], scope) for slug in file.value.modules)
    digest = course_digest(course, (scene.digest for scene in reserved))
    return Course(course.slug, file.value, modules, digest, course.shift.value if course.shift else None)


def _build_module(module: ModuleFolder, scope: Scope) -> Module:
    file = _there(module.file).value
    lessons = tuple(
        _build_lesson(module, file, number, slug, scope) for number, slug in enumerate(module.lessons, start=1)
    )
    return Module(module.slug, module.number, file, lessons)


def _build_lesson(module: ModuleFolder, module_file: ModuleFile, number: int, slug: str, scope: Scope) -> Lesson:
    entry = module.lessons[slug]
    page = markdown.render(entry.body, scope)
    return Lesson(
        id=f"{module.slug}/{slug}",
        slug=slug,
        module_slug=module.slug,
        module_title=module_file.title,
        number=number,
        file=entry.value,
        html=page.html,
        words=page.words,
        cited=page.cited,
        digest=entry.digest,
    )


def _build_pages(folder: Folder, scope: Scope) -> dict[str, Page]:
    pages = {}
    for slug, entry in folder.pages.items():
        page = markdown.render(entry.body, scope)
        pages[slug] = Page(slug, entry.value, page.html, page.cited)
    return pages


def _build_scenarios(folder: Folder, scope: Scope) -> dict[str, Scenario]:
    return {name: _build_scenario(name, entry, folder, scope) for name, entry in folder.scenarios.items()}


def _build_scenario(name: str, entry: Entry[ScenarioFile], folder: Folder, scope: Scope) -> Scenario:
    first = _tell(name, entry.value, entry.body, folder, scope)
    if not entry.value.swap:
        return first
    file, source = swapped(entry.value, entry.body.source)
    other = _tell(name, file, markdown.parse(source, entry.body.first_line), folder, scope)
    return replace(first, other=replace(other, is_swapped=True, drills=()))


def _tell(name: str, file: ScenarioFile, body: Body, folder: Folder, scope: Scope) -> Scenario:
    twins = folder.twins_of(file.pair) if file.pair else {}
    twin = next((entry.value for other, entry in twins.items() if other != name), None)
    return Scenario(
        id=name,
        file=file,
        html=markdown.render(body, scope).html,
        digest=scenario_digest(name, file, body.source),
        signs=tuple(_build_sign(folder, sign, text) for sign, text in file.signs.items()),
        twin=Twin(twin.title, twin.truth.value, twin.differs or "") if twin else None,
        drills=build_drills(name, file, body, {sign: entry.value for sign, entry in folder.indicators.items()}),
    )


def _build_sign(folder: Folder, sign: str, text: str) -> Sign:
    indicator = folder.indicators[sign].value
    category = folder.categories[indicator.category].value
    return Sign(indicator.id, indicator.name, indicator.strength, category.name, text)


def _there(entry: Entry[T] | None) -> Entry[T]:
    """Give a file that the checks have shown to be there."""
    assert entry is not None
    return entry
