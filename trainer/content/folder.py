"""The content folder as it was read: typed files, each value with its line, ready to be checked and built from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from markupsafe import Markup

from trainer.content.blocks import Span
from trainer.content.catalogue import Category, HelpLine, Indicator, RegionFile, Site, Source, Term
from trainer.content.complaints import Complaints
from trainer.content.curriculum import CourseFile, ModuleFile
from trainer.content.history import Change
from trainer.content.illustrations import Drawing
from trainer.content.instrument import Instrument
from trainer.content.layers import FOLDER, name_in
from trainer.content.markdown import Body, Targets
from trainer.content.nights import RareFile, ShiftFile
from trainer.content.objects import TranslationMark
from trainer.content.papers import Card, Pack, PageFile, Statistics
from trainer.content.parts import Part
from trainer.content.schema import Illustration, LessonFile, ScenarioFile
from trainer.content.subject import Vocabulary
from trainer.content.yaml_lines import Key, YamlValue

T_co = TypeVar("T_co", bound=Part, covariant=True)
At = str | Key | int
"""Where something is wrong in a file: a key, the way to one from the top, or a line."""


@dataclass(frozen=True, slots=True)
class Entry(Generic[T_co]):
    """One valid object of the content folder, with where and how it was written. It lives only while a folder is
    loaded: what is served and kept holds its value."""

    path: str
    value: T_co
    written: YamlValue
    body: Body
    digest: str  # of the whole file
    complaints: Complaints = field(repr=False, compare=False)
    spans: tuple[Span, ...] = ()  # where lines of the body are those of another file

    def line(self, *key: str | int) -> int:
        """Find the line of a key, or of the nearest thing around it that is written."""
        return self.written.line(*key)

    def refuse(self, at: At, what: str, remedy: str) -> None:
        """Report an error, which keeps the folder from being served, with its remedy."""
        self.complaints.error(*self._find(at), what, remedy)

    def warn(self, at: At, what: str, remedy: str) -> None:
        """Report a warning, which never keeps the folder from being served."""
        self.complaints.warning(*self._find(at), what, remedy)

    @property
    def name(self) -> str:
        """What its file is called, in whatever region."""
        return name_in(self.path.partition("/")[2])

    @property
    def is_regional(self) -> bool:
        """Whether it stands below the folder of a region."""
        return self.path.partition("/")[2].startswith(FOLDER)

    def _find(self, at: At) -> tuple[str, int]:
        if isinstance(at, int):
            first, path, line = next((span for span in reversed(self.spans) if span[0] <= at), (at, self.path, at))
            return path, line + at - first
        return self.path, self.line(at) if isinstance(at, str) else self.line(*at)


@dataclass(slots=True)
class Translation:
    """A file in another language: each object as the original has it and as it is told there."""

    path: str
    mark: TranslationMark
    entries: list[tuple[Entry[Any], Entry[Any]]] = field(default_factory=list)


@dataclass(slots=True)
class ModuleFolder:
    """A module as it was read. `path` starts with the name of the content folder."""

    path: str
    slug: str
    number: int
    file: Entry[ModuleFile] | None = None
    lessons: dict[str, Entry[LessonFile]] = field(default_factory=dict)  # by slug, in the order of their numbers
    broken_lessons: int = 0


@dataclass(slots=True)
class CourseFolder:
    """A course as it was read. `path` starts with the name of the content folder."""

    path: str
    slug: str
    file: Entry[CourseFile] | None = None
    shifts: dict[str, Entry[ShiftFile]] = field(default_factory=dict)  # by name
    rare: Entry[RareFile] | None = None
    modules: dict[str, ModuleFolder] = field(default_factory=dict)  # by slug, in the order of their numbers


@dataclass(slots=True)
class Folder:
    """All that could be read for readers of one region. `named` also has the ids of objects with faults, so that a
    link to one is not a second complaint; a kind in `unread` had a file that could not be read at all."""

    name: str
    complaints: Complaints
    region: str | None = None  # None: the nation, whatever its id
    regions: dict[str | None, Folder] = field(default_factory=dict, repr=False)  # that of each, and this one
    region_file: Entry[RegionFile] | None = None
    site: Entry[Site] | None = None
    vocabulary: Entry[Vocabulary] | None = None
    sources: dict[str, Entry[Source]] = field(default_factory=dict)
    terms: dict[str, Entry[Term]] = field(default_factory=dict)
    categories: dict[str, Entry[Category]] = field(default_factory=dict)
    indicators: dict[str, Entry[Indicator]] = field(default_factory=dict)
    help_lines: dict[str, dict[str, Entry[HelpLine]]] = field(default_factory=dict)
    lines: dict[str, Entry[HelpLine]] = field(default_factory=dict)
    """What a text may name in this region: a line's id, or the role that one has."""
    courses: dict[str, CourseFolder] = field(default_factory=dict)
    pages: dict[str, Entry[PageFile]] = field(default_factory=dict)
    statistics: dict[str, Entry[Statistics]] = field(default_factory=dict)
    illustrations: dict[str, Entry[Illustration]] = field(default_factory=dict)
    cards: dict[str, Entry[Card]] = field(default_factory=dict)
    packs: dict[str, Entry[Pack]] = field(default_factory=dict)
    scenarios: dict[str, Entry[ScenarioFile]] = field(default_factory=dict)
    entries: list[Entry[Part]] = field(default_factory=list)  # all of the above
    pictures: dict[str, Markup] = field(default_factory=dict)  # by name, as they stand in a page
    translations: dict[str, dict[str, Translation]] = field(default_factory=dict)  # by language and original's name
    published: dict[str, int] = field(default_factory=dict)  # line of ids.txt by "kind:id"
    named: dict[str, set[str]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    changes: list[Change] | None = None  # None without a CHANGELOG.md
    instrument: Instrument | None = None  # None without a file that can be read
    digest: str = ""
    digests: dict[str, str] = field(default_factory=dict, repr=False)  # of each file, by its name in any region
    settled: frozenset[int] = frozenset()  # the identities of entries that were checked for readers of the nation
    _twins: dict[str, dict[str, Entry[ScenarioFile]]] = field(default_factory=dict, repr=False)

    def refuse(self, name: str, line: int, what: str, remedy: str) -> None:
        """Report an error in a file, or where one is missing, with its remedy."""
        self.complaints.error(f"{self.name}/{name}", line, what, remedy)

    def warn(self, name: str, line: int, what: str, remedy: str) -> None:
        """Report a warning, which never keeps the folder from being served."""
        self.complaints.warning(f"{self.name}/{name}", line, what, remedy)

    def course(self, slug: str) -> CourseFolder:
        """Find or add a course."""
        self.name_as("course", slug)
        return self.courses.setdefault(slug, CourseFolder(f"{self.name}/courses/{slug}", slug))

    def module(self, course_slug: str, number: str, slug: str) -> ModuleFolder | None:
        """Find or add a module; None if another folder already has its name."""
        course = self.course(course_slug)
        path = f"{course.path}/{number}-{slug}"
        for other in course.modules.values():
            if other.path != path and (other.slug == slug or other.number == int(number)):
                self.complaints.error(
                    path, 1, f"{other.path} has the same name or number", "Give each module its own name and number."
                )
                if other.slug == slug:
                    return None
        self.name_as("module", f"{course_slug}/{slug}")
        return course.modules.setdefault(slug, ModuleFolder(path, slug, int(number)))

    @property
    def nation(self) -> Folder:
        """What readers get who are in none of the regions."""
        return self.regions[None]

    @property
    def home(self) -> Folder:
        """What readers of the site's own region get."""
        site = self.nation.site
        return self.regions.get(site.value.region if site else None, self.nation)

    @property
    def home_first(self) -> list[Folder]:
        """What readers of each region get, beginning with the site's own."""
        return sorted(self.regions.values(), key=lambda folder: folder is not self.home)

    def find_lines(self) -> None:
        """Find the line for each id and role, once all help lines are read: a region's own come first, then those of
        the nation, then what stands in there."""
        own = self.help_lines.get(self.region or "", {})
        nation = {name: line for lines in self.nation.help_lines.values() for name, line in lines.items()}
        for lines in (own, nation) if self.region else (nation,):
            for line in lines.values():
                self.lines.setdefault(line.value.id, line)
            for line in lines.values():
                for role in line.value.stands_in_for:
                    self.lines.setdefault(role, line)

    def digest_of(self, entry: Entry[Any]) -> str:
        """Return the digest of a file and of all that regions have in its place: it is the same for all readers."""
        return self.digests.get(entry.name, entry.digest)

    def is_settled(self, entry: Entry[Any]) -> bool:
        """Tell whether an object was checked before: regions only add, so what holds for the nation holds in each."""
        return id(entry) in self.settled

    def name_as(self, kind: str, name: str) -> None:
        """Note that a thing is there, faulty or not."""
        self.named.setdefault(kind, set()).add(name)

    def knows(self, kind: str, name: str) -> bool:
        """Tell whether a thing is there, or may be there in a file that could not be read. The name of a lesson is
        that of a link: without its course."""
        named = self.named.get(kind, set())
        if kind == "lesson":
            return any(lesson.partition("/")[2] == name for lesson in named)
        return kind in self.unread or name in named

    @property
    def drawings(self) -> dict[str, Drawing | None]:
        """The illustrations by their names; None for one with faults, which come first."""
        drawings: dict[str, Drawing | None] = dict.fromkeys(self.named.get("illustration", ()))
        return drawings | {name: entry.value.picture for name, entry in self.illustrations.items()}

    def localized_in(self, language: str, entry: Entry[T_co] | None) -> Entry[T_co] | None:
        """Find an object as it is told in a language that it is translated into."""
        file = self.translations[language].get(entry.path.partition("/")[2]) if entry else None
        return next((localized for original, localized in (file.entries if file else ()) if original is entry), None)

    def in_other_languages(self, entry: Entry[T_co]) -> Iterator[Entry[T_co]]:
        """List an object as it is told in each language that it is translated into."""
        for language in self.translations:
            localized = self.localized_in(language, entry)
            if localized is not None:
                yield localized

    def twins_of(self, pair: str) -> dict[str, Entry[ScenarioFile]]:
        """List the scenes of a pair by their ids."""
        if not self._twins:
            for name, entry in self.scenarios.items():
                self._twins.setdefault(entry.value.pair or "", {})[name] = entry
        return self._twins.get(pair, {})

    def targets(self, course: CourseFolder | None = None) -> Targets:
        """Tell what links may lead to. Where two courses have the same lesson id, `course` comes first."""
        courses = [*self.courses.values(), *([course] if course else [])]
        return Targets(
            terms={name: entry.value for name, entry in self.terms.items()},
            help={name: line.value.id for name, line in self.lines.items()},
            indicators=frozenset(self.indicators),
            lessons={
                f"{module.slug}/{slug}": course.slug
                for course in courses
                for module in course.modules.values()
                for slug in module.lessons
            },
            pages=frozenset(self.pages),
        )
