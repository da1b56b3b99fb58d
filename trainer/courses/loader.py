"""Read the content folder into typed files, each value with its line, and collect every complaint on the way.

YAML is read as nodes and every plain value stays text: what is a number or a date is said by the schema alone,
so `title: No` is the word and `phone: 911` needs no quotes.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Generic, Literal, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from trainer.courses import markdown, schema
from trainer.courses.history import Change, read_changes
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
    ScenarioFile,
    ShiftFile,
    Site,
    Source,
    Statistics,
    Term,
)

SIZE_LIMIT: Final = 256 * 1024  # bytes; the longest lesson is a tenth of it
BODY_LIMIT: Final = 32 * 1024  # characters of Markdown; parsing hostile text takes its time
DEPTH_LIMIT: Final = 12  # levels of YAML; the schema needs five

T = TypeVar("T", bound=Part)
Plain = Any  # None, text, list or dict of these
Key = tuple[str | int, ...]
Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """What is wrong, where, and what the author can do. `path` starts with the name of the content folder."""

    path: str
    line: int
    what: str
    remedy: str
    level: Level = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.what}. {self.remedy}"


class ContentRefused(Exception):
    """The folder has errors. `complaints` holds all of them, and the warnings."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        super().__init__("\n".join(str(complaint) for complaint in complaints if complaint.level == "error"))
        self.complaints = complaints


@dataclass(frozen=True, slots=True)
class Written:
    """A YAML value with the line of each key and item."""

    value: Plain
    lines: Mapping[Key, int]
    root: Key = ()

    def line(self, *key: str | int) -> int:
        """Find the line of a key, or of the nearest thing around it that is written."""
        full = self.root + key
        while full and full not in self.lines:
            full = full[:-1]
        return self.lines.get(full, 1)

    def at(self, *key: str | int) -> Written:
        value = self.value
        for part in key:
            value = value[part]
        return Written(value, self.lines, self.root + key)

    def texts(self) -> Iterator[tuple[Key, str]]:
        """Yield every text in it, with its key."""
        yield from _texts(self.value, ())


@dataclass(frozen=True, slots=True)
class Entry(Generic[T]):
    """One valid object of the content folder, with where and how it was written."""

    path: str
    value: T
    written: Written
    body: markdown.Body
    digest: str  # of the whole file

    def line(self, *key: str | int) -> int:
        return self.written.line(*key)


@dataclass(slots=True)
class ModuleFolder:
    path: str
    slug: str
    number: int
    file: Entry[ModuleFile] | None = None
    lessons: dict[str, Entry[LessonFile]] = field(default_factory=dict)  # by slug, in the order of their numbers
    broken_lessons: int = 0


@dataclass(slots=True)
class CourseFolder:
    path: str
    slug: str
    file: Entry[CourseFile] | None = None
    shift: Entry[ShiftFile] | None = None
    modules: dict[str, ModuleFolder] = field(default_factory=dict)  # by slug, in the order of their numbers


@dataclass(slots=True)
class Folder:
    """All that could be read. `named` also has the ids of objects with faults, so that a link to one is not a
    second complaint; a kind in `unread` had a file that could not be read at all."""

    name: str
    site: Entry[Site] | None = None
    sources: dict[str, Entry[Source]] = field(default_factory=dict)
    terms: dict[str, Entry[Term]] = field(default_factory=dict)
    categories: dict[str, Entry[Category]] = field(default_factory=dict)
    indicators: dict[str, Entry[Indicator]] = field(default_factory=dict)
    help_lines: dict[str, dict[str, Entry[HelpLine]]] = field(default_factory=dict)
    courses: dict[str, CourseFolder] = field(default_factory=dict)
    pages: dict[str, Entry[PageFile]] = field(default_factory=dict)
    statistics: dict[str, Entry[Statistics]] = field(default_factory=dict)
    cards: dict[str, Entry[Card]] = field(default_factory=dict)
    packs: dict[str, Entry[Pack]] = field(default_factory=dict)
    scenarios: dict[str, Entry[ScenarioFile]] = field(default_factory=dict)
    published: dict[str, int] = field(default_factory=dict)  # line of ids.txt by "kind:id"
    named: dict[str, set[str]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    changes: list[Change] | None = None  # None without a CHANGELOG.md
    digest: str = ""
    _twins: dict[str, dict[str, Entry[ScenarioFile]]] = field(default_factory=dict, repr=False)

    def twins_of(self, pair: str) -> dict[str, Entry[ScenarioFile]]:
        """List the scenes of a pair by their ids."""
        if not self._twins:
            for name, entry in self.scenarios.items():
                self._twins.setdefault(entry.value.pair or "", {})[name] = entry
        return self._twins.get(pair, {})

    def knows(self, kind: str, name: str) -> bool:
        """Tell whether a thing is there, or may be there in a file that could not be read."""
        return kind in self.unread or name in self.named.get(kind, ())


class Complaints:
    """Collects complaints."""

    def __init__(self) -> None:
        self.all: list[Complaint] = []

    def error(self, path: str, line: int, what: str, remedy: str) -> None:
        self.all.append(Complaint(path, line, what, remedy))

    def warning(self, path: str, line: int, what: str, remedy: str) -> None:
        self.all.append(Complaint(path, line, what, remedy, "warning"))

    def sorted(self) -> tuple[Complaint, ...]:
        return tuple(sorted(set(self.all)))


@dataclass(slots=True)
class Memory:
    """Markdown files that were read before: by name, kind and digest, each with what was complained of."""

    files: dict[tuple[str, str, str], tuple[Entry[Any] | None, list[Complaint]]] = field(default_factory=dict)


def read_folder(root: Path, complaints: Complaints, memory: Memory | None = None) -> Folder:
    """Read all files below `root`. Whatever the bytes are, faults end up in `complaints` and nothing is raised."""
    reader = _Reader(root, complaints, memory)
    for name in reader.names:
        reader.read(name)
    reader.require_files()
    return reader.finish()


def fingerprint(root: Path) -> tuple[tuple[str, int, int], ...]:
    """Tell names, times and sizes of the files: cheap to compare, and changed by every edit."""
    found = []
    for folder, _, names in os.walk(root):
        for name in names:
            try:
                status = os.lstat(os.path.join(folder, name))
            except OSError:  # gone between the two calls
                continue
            found.append((os.path.join(folder, name), status.st_mtime_ns, status.st_size))
    return tuple(sorted(found))


# --- files ---

_NAME = r"[a-z0-9]+(?:-[a-z0-9]+)*"
_NUMBERED = rf"([0-9]{{2}})-({_NAME})"
_SINGLE_FILES: Final = ("site.yaml", "sources.yaml", "glossary.yaml", "indicators.yaml")
_NO_BODY: Final = markdown.Body("", 1, ())
_UNREAD_WITH: Final = {
    "site.yaml": {"site"},
    "sources.yaml": {"source"},
    "glossary.yaml": {"term"},
    "indicators.yaml": {"indicator", "category"},
}


class _Reader:
    def __init__(self, root: Path, complaints: Complaints, memory: Memory | None) -> None:
        self.memory = memory
        self.root = root
        self.complaints = complaints
        self.folder = Folder(root.name)
        self.digest = hashlib.sha256()
        self.names = sorted(_walk(root, "", self._complain))
        self.readers: tuple[tuple[re.Pattern[str], Callable[..., None]], ...] = (
            (re.compile(r"README\.md"), self._ignore),
            (re.compile(r"CHANGELOG\.md"), self._read_changes),
            (re.compile(r"ids\.txt"), self._read_ids),
            (re.compile(r"site\.yaml"), self._read_site),
            (re.compile(r"sources\.yaml"), self._read_sources),
            (re.compile(r"glossary\.yaml"), self._read_glossary),
            (re.compile(r"indicators\.yaml"), self._read_indicators),
            (re.compile(rf"help/({_NAME})\.yaml"), self._read_help),
            (re.compile(rf"pages/({_NAME})\.md"), self._read_page),
            (re.compile(rf"scenarios/({_NAME})\.md"), self._read_scenario),
            (re.compile(rf"statistics/({_NAME})\.yaml"), self._read_statistics),
            (re.compile(rf"cards/({_NAME})\.yaml"), self._read_card),
            (re.compile(rf"requirements/({_NAME})\.yaml"), self._read_pack),
            (re.compile(rf"courses/({_NAME})/course\.yaml"), self._read_course),
            (re.compile(rf"courses/({_NAME})/shift\.yaml"), self._read_shift),
            (re.compile(rf"courses/({_NAME})/{_NUMBERED}/module\.yaml"), self._read_module),
            (re.compile(rf"courses/({_NAME})/{_NUMBERED}/{_NUMBERED}\.md"), self._read_lesson),
        )

    def read(self, name: str) -> None:
        for pattern, read in self.readers:
            match = pattern.fullmatch(name)
            if match:
                read(name, *match.groups())
                return
        self._complain(name, 1, "no file of this name belongs here", f"Take it out or correct its name{_near(name)}")

    def require_files(self) -> None:
        for name in _SINGLE_FILES:
            if name not in self.names:
                self._complain(name, 1, "the file is missing", "Add it; content/README.md has an example.")
                self.folder.unread |= _UNREAD_WITH[name]
        for course in self.folder.courses.values():
            self._require(course.path, "course.yaml")
            for module in course.modules.values():
                self._require(module.path, "module.yaml")

    def finish(self) -> Folder:
        self.folder.digest = self.digest.hexdigest()
        for course in self.folder.courses.values():
            course.modules = dict(sorted(course.modules.items(), key=lambda item: item[1].path))
        return self.folder

    def _require(self, path: str, name: str) -> None:
        full = f"{path}/{name}".partition("/")[2]
        if full not in self.names:
            self._complain(full, 1, "the file is missing", "Add it; content/README.md has an example.")

    def _complain(self, name: str, line: int, what: str, remedy: str) -> None:
        self.complaints.error(self._path(name), line, what, remedy)

    def _path(self, name: str) -> str:
        return f"{self.folder.name}/{_printable(name)}"

    def _ignore(self, name: str) -> None:
        """`README.md` is for authors only."""

    def _read_changes(self, name: str) -> None:
        text, _ = self._read_text(name)
        self.folder.changes, faults = read_changes(text or "")
        for line, what in faults:
            self._complain(name, line, what, "content/README.md shows an entry.")

    def _read_site(self, name: str) -> None:
        written, digest = self._read_yaml(name)
        if written is None:
            self.folder.unread.add("site")
            return
        self.folder.site = self._entry(name, Site, written, digest)

    def _read_sources(self, name: str) -> None:
        self._read_list(name, Source, "source", self.folder.sources)

    def _read_glossary(self, name: str) -> None:
        self._read_list(name, Term, "term", self.folder.terms)

    def _read_indicators(self, name: str) -> None:
        written, digest = self._read_yaml(name)
        if written is None or not isinstance(written.value, dict):
            self.folder.unread |= _UNREAD_WITH[name]
            if written is not None:
                self._complain(
                    name, 1, "the file is no mapping", 'Write "categories:" and "indicators:", each with a list.'
                )
            return
        for key in written.value:
            if key not in ("categories", "indicators"):
                self._complain(name, written.line(key), f'unknown key "{_short(key)}"', "Take it out.")
        self._read_part(name, written, digest, "categories", Category, "category", self.folder.categories)
        self._read_part(name, written, digest, "indicators", Indicator, "indicator", self.folder.indicators)

    def _read_part(
        self, name: str, written: Written, digest: str, key: str, model: type[T], kind: str, into: dict[str, Entry[T]]
    ) -> None:
        if key not in written.value:
            self._complain(name, 1, f'"{key}" is missing', f'Write "{key}:" and a list below it.')
            self.folder.unread.add(kind)
            return
        self._read_items(name, written.at(key), digest, model, kind, into)

    def _read_help(self, name: str, region: str) -> None:
        lines = self.folder.help_lines.setdefault(region, {})
        self._read_list(name, HelpLine, "help", lines)

    def _read_list(self, name: str, model: type[T], kind: str, into: dict[str, Entry[T]]) -> None:
        written, digest = self._read_yaml(name)
        if written is None:
            self.folder.unread.add(kind)
            return
        self._read_items(name, written, digest, model, kind, into)

    def _read_items(
        self, name: str, written: Written, digest: str, model: type[T], kind: str, into: dict[str, Entry[T]]
    ) -> None:
        if not isinstance(written.value, list):
            self._complain(name, written.line(), "a list is needed here", 'Begin each item with "- id: ...".')
            self.folder.unread.add(kind)
            return
        named = self.folder.named.setdefault(kind, set())
        for index, item in enumerate(written.value):
            part = written.at(index)
            ident = item.get("id") if isinstance(item, dict) else None
            if isinstance(ident, str) and ident in named:
                self._complain(
                    name, part.line("id"), f'the id "{_short(ident)}" is there twice', "Give each its own id."
                )
            elif isinstance(ident, str):
                named.add(ident)
            entry = self._entry(name, model, part, digest)
            if entry is not None and isinstance(ident, str):
                into.setdefault(ident, entry)

    def _read_page(self, name: str, slug: str) -> None:
        self.folder.named.setdefault("page", set()).add(slug)
        entry = self._read_markdown(name, PageFile)
        if entry:
            self.folder.pages[slug] = entry

    def _read_scenario(self, name: str, slug: str) -> None:
        self.folder.named.setdefault("scenario", set()).add(slug)
        entry = self._read_markdown(name, ScenarioFile)
        if entry:
            self.folder.scenarios[slug] = entry

    def _read_statistics(self, name: str, slug: str) -> None:
        self._read_named(name, slug, Statistics, "statistics", self.folder.statistics)

    def _read_card(self, name: str, slug: str) -> None:
        self._read_named(name, slug, Card, "card", self.folder.cards)

    def _read_pack(self, name: str, slug: str) -> None:
        self._read_named(name, slug, Pack, "pack", self.folder.packs)

    def _read_named(self, name: str, slug: str, model: type[T], kind: str, into: dict[str, Entry[T]]) -> None:
        """Read a YAML file that is one object, called as the file is."""
        self.folder.named.setdefault(kind, set()).add(slug)
        written, digest = self._read_yaml(name)
        entry = self._entry(name, model, written, digest) if written is not None else None
        if entry:
            into[slug] = entry

    def _read_shift(self, name: str, slug: str) -> None:
        course = self._course(slug)
        written, digest = self._read_yaml(name)
        if written is not None:
            course.shift = self._entry(name, ShiftFile, written, digest)

    def _read_course(self, name: str, slug: str) -> None:
        course = self._course(slug)
        written, digest = self._read_yaml(name)
        if written is not None:
            course.file = self._entry(name, CourseFile, written, digest)

    def _read_module(self, name: str, course: str, number: str, slug: str) -> None:
        module = self._module(course, number, slug)
        written, digest = self._read_yaml(name)
        if module and written is not None:
            module.file = self._entry(name, ModuleFile, written, digest)

    def _read_lesson(self, name: str, course: str, number: str, slug: str, place: str, lesson: str) -> None:
        module = self._module(course, number, slug)
        if module is None:
            return
        self.folder.named.setdefault("lesson", set()).add(f"{slug}/{lesson}")
        entry = self._read_markdown(name, LessonFile)
        if entry is None:
            module.broken_lessons += 1
        elif lesson in module.lessons:
            first = module.lessons[lesson].path
            self._complain(name, 1, f'"{lesson}" is there twice', f"Rename this file or {first}: ids are the names.")
        else:
            self._check_place(name, place, module)
            module.lessons[lesson] = entry

    def _check_place(self, name: str, place: str, module: ModuleFolder) -> None:
        for other in module.lessons.values():
            if other.path.rpartition("/")[2].startswith(f"{place}-"):
                self._complain(name, 1, f"two lessons have the number {place}", f"Renumber this one or {other.path}.")

    def _course(self, slug: str) -> CourseFolder:
        self.folder.named.setdefault("course", set()).add(slug)
        return self.folder.courses.setdefault(slug, CourseFolder(self._path(f"courses/{slug}"), slug))

    def _module(self, course_slug: str, number: str, slug: str) -> ModuleFolder | None:
        """Find or add a module; None if another folder already has its name."""
        course = self._course(course_slug)
        path = f"{course.path}/{number}-{slug}"
        for other in course.modules.values():
            if other.path != path and (other.slug == slug or other.number == int(number)):
                self.complaints.error(
                    path, 1, f"{other.path} has the same name or number", "Give each module its own name and number."
                )
                if other.slug == slug:
                    return None
        return course.modules.setdefault(slug, ModuleFolder(path, slug, int(number)))

    def _read_ids(self, name: str) -> None:
        text, _ = self._read_text(name)
        for line, ident in enumerate((text or "").split("\n"), 1):
            if not ident.strip():
                continue
            if not re.fullmatch(r"[a-z]+:[^\s:]+", ident.strip()):
                self._complain(
                    name, line, f'"{_short(ident)}" is no id', "Restore the line: a command writes this file."
                )
            elif ident.strip() in self.folder.published:
                self._complain(name, line, f'"{ident.strip()}" is there twice', "Take one of the two lines out.")
            self.folder.published.setdefault(ident.strip(), line)

    def _read_markdown(self, name: str, model: type[T]) -> Entry[T] | None:
        text, digest = self._read_text(name)
        if text is None:
            return None
        if self.memory is None:
            return self._parse_markdown(name, model, text, digest)
        key, before = (name, model.__name__, digest), len(self.complaints.all)
        if key not in self.memory.files:
            entry = self._parse_markdown(name, model, text, digest)
            self.memory.files[key] = entry, self.complaints.all[before:]
            return entry
        entry, complaints = self.memory.files[key]
        self.complaints.all += complaints
        return entry

    def _parse_markdown(self, name: str, model: type[T], text: str, digest: str) -> Entry[T] | None:
        parts = _split_front_matter(text)
        if parts is None:
            self._complain(
                name, 1, "the head of the file is missing", 'Begin with a line "---", the keys, and a line "---".'
            )
            return None
        head, body, body_line = parts
        written = self._parse_yaml(name, head, first_line=2)
        if written is None:
            return None
        if len(body) > BODY_LIMIT:
            self._complain(name, body_line, f"the text is longer than {BODY_LIMIT // 1024} KB", "Split it.")
            return None
        if not body.strip():
            self._complain(name, body_line, "there is no text below the head", "Write it.")
        return self._entry(name, model, written, digest, markdown.parse(body, body_line))

    def _entry(
        self, name: str, model: type[T], written: Written, digest: str, body: markdown.Body = _NO_BODY
    ) -> Entry[T] | None:
        if not isinstance(written.value, dict):
            self._complain(name, written.line(), "keys and values are needed here", 'Write them as "key: value" lines.')
            return None
        try:
            value = model.model_validate(_without_marks(written.value))
        except ValidationError as refused:
            for line, what, remedy in _plain_words(refused, written, model):
                self._complain(name, line, what, remedy)
            return None
        return Entry(self._path(name), value, written, body, digest)

    def _read_yaml(self, name: str) -> tuple[Written | None, str]:
        text, digest = self._read_text(name)
        return (None if text is None else self._parse_yaml(name, text, first_line=1)), digest

    def _parse_yaml(self, name: str, text: str, first_line: int) -> Written | None:
        try:
            return _compose(text, first_line, lambda line, what, remedy: self._complain(name, line, what, remedy))
        except _Unreadable as fault:
            self._complain(name, fault.line, fault.what, fault.remedy)
        return None

    def _read_text(self, name: str) -> tuple[str | None, str]:
        try:
            raw = _read_bytes(self.root / name)
            text = _decode(raw)
        except _Unreadable as fault:
            self._complain(name, fault.line, fault.what, fault.remedy)
            return None, ""
        digest = hashlib.sha256(raw).hexdigest()
        self.digest.update(f"{name}\0{digest}\n".encode())
        return text, digest


class _Unreadable(Exception):
    def __init__(self, line: int, what: str, remedy: str) -> None:
        super().__init__(what)
        self.line, self.what, self.remedy = line, what, remedy


def _walk(folder: Path, prefix: str, complain: Callable[[str, int, str, str], None]) -> Iterator[str]:
    """Yield the ordinary files. Links are refused, not followed: they may lead out of the folder."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        complain(prefix.rstrip("/"), 1, "the folder can't be read", "Check that it is there and may be read.")
        return
    for entry in entries:
        name = prefix + entry.name
        if entry.name.startswith("."):  # what editors and operating systems leave behind
            continue
        if entry.is_symlink():
            complain(name, 1, "links to other places are not allowed here", "Put the file itself here.")
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), f"{name}/", complain)
        elif entry.is_file(follow_symlinks=False):
            yield name
        else:
            complain(name, 1, "this is no ordinary file", "Take it out.")


def _read_bytes(path: Path) -> bytes:
    try:
        # O_NOFOLLOW and O_NONBLOCK: the file may have become a link or a pipe since the folder was listed.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise _Unreadable(1, "this is no ordinary file", "Take it out.")
            raw = file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError):
        raise _Unreadable(1, "the file can't be read", "Check that it is there and may be read.") from None
    if len(raw) > SIZE_LIMIT:
        raise _Unreadable(1, f"the file is larger than {SIZE_LIMIT // 1024} KB", "Split it.")
    return raw


# What neither YAML nor a browser shows as a character, and marks that turn text around unseen.
_UNSEEN = re.compile(
    "[^\\t\\n\\x20-\\x7e\\xa0-\\u2027\\u202f-\\u2065\\u206a-\\ud7ff"
    "\\ue000-\\ufefe\\uff00-\\ufffd\\U00010000-\\U0010ffff]"
)


def _decode(raw: bytes) -> str:
    raw = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise _Unreadable(line, "the text is not in UTF-8", "Save the file again as UTF-8.") from None
    unseen = _UNSEEN.search(text)
    if unseen:
        line = text.count("\n", 0, unseen.start()) + 1
        raise _Unreadable(
            line, f"there is an invisible character (U+{ord(unseen[0]):04X})", "Delete it and type the text again."
        )
    return text


def _split_front_matter(text: str) -> tuple[str, str, int] | None:
    lines = text.split("\n")
    if lines[0].rstrip() != "---":
        return None
    for index, line in enumerate(lines[1:], 1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:index]), "\n".join(lines[index + 1 :]), index + 2
    return None


def _near(name: str) -> str:
    known = [*_SINGLE_FILES, "ids.txt", "README.md"]
    near = difflib.get_close_matches(name, known, 1)
    return f". Did you mean {near[0]}?" if near else "."


def _printable(text: str) -> str:
    """A file name may hold anything: undecodable bytes, line breaks."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _short(text: object) -> str:
    clean = _printable(str(text))
    return clean if len(clean) <= 60 else clean[:57] + "..."


# --- YAML ---

_YamlLoader: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times as fast


def _compose(text: str, first_line: int, complain: Callable[[int, str, str], None]) -> Written:
    try:
        return _Composer(yaml.parse(text, Loader=_YamlLoader), first_line, complain).document()
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        line = first_line + (mark.line if mark else 0)
        raise _Unreadable(line, "this can't be read as YAML", _yaml_remedy(fault.problem or "")) from None
    except (yaml.YAMLError, ValueError):
        raise _Unreadable(first_line, "this can't be read as YAML", _yaml_remedy("")) from None


def _yaml_remedy(problem: str) -> str:
    if "mapping values are not allowed" in problem:
        return 'Put a text that holds ": " in double quotes.'
    if "tab" in problem or r"'\t'" in problem:
        return "Indent with spaces, not with tabs."
    if "cannot start any token" in problem:
        return "Put a text that begins with a special sign in double quotes."
    return "Check the indentation (two spaces) and the quotes of this line and the one before."


class _Composer:
    """Builds plain values from YAML events, so that keys can't be given twice and nothing is built by reference."""

    def __init__(self, events: Iterator[Any], first_line: int, complain: Callable[[int, str, str], None]) -> None:
        self.events = events
        self.first_line = first_line
        self.complain = complain
        self.lines: dict[Key, int] = {}

    def document(self) -> Written:
        event = self._next()
        while isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
            event = self._next()
        value = None if isinstance(event, yaml.StreamEndEvent) else self._value(event, ())
        for extra in self.events:
            if isinstance(extra, yaml.DocumentStartEvent):
                raise _Unreadable(self._line(extra), 'there is a second "---"', "Keep one document in a file.")
        return Written(value, self.lines)

    def _next(self) -> Any:
        return next(self.events)

    def _line(self, event: Any) -> int:
        return int(self.first_line + event.start_mark.line)

    def _value(self, event: Any, key: Key) -> Plain:
        self.lines.setdefault(key, self._line(event))
        self._refuse_tricks(event, key)
        if isinstance(event, yaml.ScalarEvent):
            return _scalar(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._list(key)
        return self._mapping(key)

    def _refuse_tricks(self, event: Any, key: Key) -> None:
        if event.anchor is None and event.tag is None and len(key) <= DEPTH_LIMIT:
            return
        line = self._line(event)
        if event.anchor is not None:
            raise _Unreadable(line, "& and * make references here", "Write the text out, or put it in double quotes.")
        if event.tag is not None:
            raise _Unreadable(line, "! makes a type here", "Take it out, or put the text in double quotes.")
        raise _Unreadable(line, "lists are nested too deeply here", "Check the indentation and brackets.")

    def _list(self, key: Key) -> list[Plain]:
        items: list[Plain] = []
        while not isinstance(event := self._next(), yaml.SequenceEndEvent):
            items.append(self._value(event, (*key, len(items))))
        return items

    def _mapping(self, key: Key) -> dict[str, Plain]:
        found: dict[str, Plain] = {}
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            self._refuse_tricks(event, key)
            if not isinstance(event, yaml.ScalarEvent):
                raise _Unreadable(
                    self._line(event), "a key must be a word", "Put a text with brackets in double quotes."
                )
            name, line = event.value, self._line(event)
            if name in found:
                self.complain(line, f'the key "{_short(name)}" is there twice', "Keep one of the two.")
            self.lines.setdefault((*key, name), line)
            found[name] = self._value(self._next(), (*key, name))
        return found


def _scalar(event: Any) -> str | None:
    is_plain = event.style in (None, "")
    return None if is_plain and event.value in ("", "~", "null") else str(event.value)


def _texts(value: Plain, key: Key) -> Iterator[tuple[Key, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*key, index))
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _texts(item, (*key, name))


def _without_marks(value: Plain) -> Plain:
    """Take off the `[[...]]` marks: they are for the checker, which reads the text as written."""
    if isinstance(value, str):
        return markdown.plain(value)
    if isinstance(value, list):
        return [_without_marks(item) for item in value]
    if isinstance(value, dict):
        return {name: _without_marks(item) for name, item in value.items()}
    return value


# --- what pydantic says, in words for authors ---

_KNOWN_KEYS: Final = sorted(
    {
        name
        for model in vars(schema).values()
        if isinstance(model, type) and issubclass(model, BaseModel)
        for name in model.model_fields
    }
)
_EXAMPLES: Final = {
    "phone": "Write 911, 988, 211, 1-888-373-7888 or 207-555-0100.",
    "address": "Begin with https:// and leave no spaces.",
    "web": "Begin with https:// and leave no spaces.",
    "chat": "Begin with https:// and leave no spaces.",
    "exit_target": "Begin with https:// and leave no spaces.",
    "version": 'Write two numbers with a dot, such as "1.0".',
    "clock": 'Write it as "22:10".',
    "sign": "Write the id of an indicator, such as G1.",
    "letter": "Write one letter from A to H.",
    "signs": "Write the id of an indicator, such as G1.",
    "indicators": "Write ids of indicators, such as [G1, C3].",
    "sources": "Write ids of sources, such as [S28, N34].",
    "source": "Write the id of a source, such as S28.",
}
_ITEM_TYPES: Final = "judge, single, multiple or marks"
_SLUG_HINT: Final = "Use small letters, digits and single hyphens, such as room-214."


def _plain_words(refused: ValidationError, written: Written, model: type[Part]) -> Iterator[tuple[int, str, str]]:
    for error in refused.errors(include_url=False):
        location = tuple(part for part in error["loc"] if part != "[key]")
        if len(location) > 2 and location[0] == "items":  # pydantic names the type of the item after its number
            location = (*location[:2], *location[3:])
        what, remedy = _words(error["type"], location, error.get("input"), error.get("ctx") or {}, model)
        yield written.line(*location), what, remedy


def _words(kind: str, location: Key, given: object, context: Mapping[str, Any], model: type[Part]) -> tuple[str, str]:
    name, shown = _label(location), _short(given)
    if kind == "union_tag_not_found":
        return f'{name} has no "type"', f"Use {_choices(_ITEM_TYPES)}."
    if kind == "union_tag_invalid":
        return f'"type" can\'t be "{_short(context.get("tag", ""))}"', f"Use {_choices(_ITEM_TYPES)}."
    if kind == "missing":
        return f"{name} is missing", "Add it."
    if kind == "extra_forbidden":
        return f"unknown key {name}", _spelling(str(location[-1]))
    if given is None or kind == "string_too_short":
        return f"{name} is empty", "Write it, or take the line out if it is not needed."
    if kind in ("literal_error", "enum"):
        return f'{name} can\'t be "{shown}"', f"Use {_choices(str(context.get('expected', '')))}."
    if kind == "string_pattern_mismatch":
        return f'{name} can\'t be "{shown}"', _example(location, model)
    if kind in ("too_short", "too_long"):
        return f"{name} has too few or too many items", f"Give {_amount(kind, context)}."
    if kind == "string_too_long":
        return f"{name} is too long", f"Use at most {context.get('max_length')} characters."
    if kind in ("greater_than_equal", "less_than_equal"):
        limit = f"at least {context['ge']}" if "ge" in context else f"at most {context.get('le')}"
        return f'{name} can\'t be "{shown}"', f"It must be {limit}."
    return f"{name} {_needed(kind)}", _shape(kind)


def _label(location: Key) -> str:
    if not location:
        return "this"
    if isinstance(location[-1], int):
        return f"item {location[-1] + 1} of {_label(location[:-1])}"
    return f'"{_short(location[-1])}"'


def _spelling(key: str) -> str:
    near = difflib.get_close_matches(key, _KNOWN_KEYS, 1)
    return f'Did you mean "{near[0]}"?' if near else "Take it out."


def _choices(expected: str) -> str:
    return "one of: " + expected.replace("'", "").replace(" or ", ", ") if expected else "one of the known words"


def _example(location: Key, model: type[Part]) -> str:
    named = [part for part in location if isinstance(part, str)]
    for name in reversed(named):
        if name in _EXAMPLES:
            return _EXAMPLES[name]
    if named[-1:] == ["id"] and model in (Source, Indicator):
        return "Write the code, such as S28." if model is Source else "Write the code, such as G1."
    return _SLUG_HINT


def _amount(kind: str, context: Mapping[str, Any]) -> str:
    return f"at least {context.get('min_length')}" if kind == "too_short" else f"at most {context.get('max_length')}"


_SHAPES: Final = (
    ("int", "must be a whole number", "Write digits only."),
    ("date", "must be a date", "Write it as 2026-11-24."),
    ("bool", "must be true or false", "Write true or false."),
    ("list", "must be a list", 'Put "- " before each item, or write [one, two].'),
    ("dict", "must be keys and values", 'Write "key: value" lines below it, indented by two spaces.'),
    ("model", "must be keys and values", 'Write "key: value" lines below it, indented by two spaces.'),
    ("string", "must be a text", "Write it on one line, in double quotes if it holds special signs."),
)


def _needed(kind: str) -> str:
    return next((needed for start, needed, _ in _SHAPES if kind.startswith(start)), "can't be read")


def _shape(kind: str) -> str:
    return next((shape for start, _, shape in _SHAPES if kind.startswith(start)), "content/README.md has an example.")
