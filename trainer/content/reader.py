"""Read the content folder by the table of kinds, and collect every complaint on the way."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from trainer.content import instrument
from trainer.content.blocks import Filling, check_blocks, find_blocks, read_filling
from trainer.content.catalogue import Indicator, NamedSign
from trainer.content.complaints import Complaints, Unreadable, printable, short
from trainer.content.files import BODY_LIMIT, read_bytes, split_front_matter
from trainer.content.folder import Entry, Folder
from trainer.content.history import read_changes
from trainer.content.instrument import Instrument
from trainer.content.kind import FileFormat, FileKind, Layer, Parts
from trainer.content.kinds import KINDS, find_kinds
from trainer.content.layers import FOLDER, OWN_WORDS, WORDS, name_in, region_of
from trainer.content.markdown import parse
from trainer.content.memory import Memory
from trainer.content.numbers import write_numbers
from trainer.content.parsing import NO_HEAD, WITH_BLOCKS, Parser
from trainer.content.parts import Part
from trainer.content.pictures import NAME as PICTURE
from trainer.content.prose import prose_of
from trainer.content.quotes import curly
from trainer.content.schema import ItemModels
from trainer.content.texts import Files
from trainer.content.translations import split_name, translate
from trainer.content.yaml_lines import YamlValue

T = TypeVar("T", bound=Part)
_SIGNS: Final = "indicators.yaml"
_HELP: Final = "help/"
_FIRST: Final = (_HELP, "region.", _SIGNS.partition(".")[0])
_REQUIRED: Final = tuple(dict.fromkeys(kind.file for kind in KINDS if kind.is_required))


def read_folder(root: Path, items: ItemModels, complaints: Complaints, memory: Memory | None = None) -> Folder:
    """Read all files below `root`. Whatever the bytes are, faults end up in `complaints` and nothing is raised.

    Returns the nation's, whose `regions` have those of each region as well. `items`: the types of items that scenes
    may have.
    """
    files = Files(root, complaints)
    parser, folders = Parser(files, items, memory or Memory()), dict[str | None, Folder]()
    readers = [_Reader(parser, folders, region) for region in (None, *files.layers.regions)]
    for is_first in (True, False):  # help lines and the list of signs come first: texts of any region may name them
        for reader in readers:
            reader.read(is_first=is_first)
        for reader in readers if is_first else ():
            reader.folder.find_lines()
    digests = _digests(files, readers)
    for reader in readers:
        reader.folder.digests = digests
        reader.read_translations()
        reader.require_files()
        reader.finish()
    return readers[0].folder


def _digests(files: Files, readers: list[_Reader]) -> dict[str, str]:
    """Return the digest of each file and of what regions have in its place: a record of one region holds in another.

    With a number in it, a file that no region replaces has the digest that it has for readers of the site's region.
    """
    paths: dict[str, list[str]] = {}
    for path in files.layers.all:
        paths.setdefault(name_in(path), []).append(path)
    told = {reader.folder.region: reader.told for reader in readers}
    digests = dict[str, str]()
    for name, there in paths.items():
        digest = told[region_of(there[0]) or readers[0].folder.home.region].get(there[0])
        if len(there) > 1:
            digest = hashlib.sha256("".join(files.read(path)[1] for path in there).encode()).hexdigest()
        digests |= {name: digest} if digest else {}
    return digests


class _Reader:
    """Reads what readers of one region get."""

    def __init__(self, parser: Parser, folders: dict[str | None, Folder], region: str | None) -> None:
        self.parser, self.files, self.items = parser, parser.files, parser.items
        self.folder = folders[region] = Folder(self.files.root.name, self.files.complaints, region, folders)
        self.told: dict[str, str] = {}  # by path, the digest of its text with the region's numbers
        self.translated: list[tuple[str, str, str]] = []  # path, that of the original, language
        self.paths = self.files.layers.seen_from(region)
        self.listed: set[tuple[str | None, str, str]] = set()  # region, kind and id
        self.apart: Mapping[str, Callable[[str], None]] = {
            "README.md": self._ignore,
            "CHANGELOG.md": self._read_changes,
            "ids.txt": self._read_ids,
            instrument.NAME: self._read_instrument,
        }
        if region is not None:
            self.folder.name_as("region", region)

    def read(self, *, is_first: bool) -> None:
        """Read those files that come first, or the others."""
        for path in self.paths:
            if name_in(path).startswith(_FIRST) == is_first:
                self._read_file(path)

    def _read_file(self, path: str) -> None:
        name, region = name_in(path), region_of(path)
        kinds, parts = find_kinds(name)
        if picture := PICTURE.fullmatch(name):
            self._read_picture(path, picture[1])
        elif path in self.apart:
            self.apart[path](path) if self.folder.region is None else None
        elif translated := split_name(path):
            self.translated.append((path, *translated))
        elif not kinds:
            self._complain(
                path, 1, "no file of this name belongs here", f"Take it out or correct its name{_near(name)}"
            )
        elif kinds[0].layer is (Layer.REGION if region is None else Layer.NATION):
            where = "below the folder of a region" if region is None else "at the top of the content folder"
            self._complain(path, 1, f"{name} has its place {where}", "Move it there, or take it out.")
        elif kinds[0].is_welcome(self.folder, parts):
            if kinds[0].form == FileFormat.LIST:
                self._read_lists(path, kinds, parts)
                if name == _SIGNS:
                    self.parser.signs = _named(sign.value for sign in self.folder.indicators.values())
            else:
                self._read_object(path, kinds[0], parts)

    def read_translations(self) -> None:
        """Read them last: each needs its original."""
        originals: dict[str, list[Entry[Any]]] = {}
        for entry in self.folder.entries:
            originals.setdefault(entry.path.partition("/")[2], []).append(entry)
        for name, base, language in self.translated:
            kinds, _parts = find_kinds(name_in(base))
            if base not in self.paths and base in self.files.layers.base:
                continue  # the region has other words for it, which this doesn't translate
            if base not in self.paths:
                self._complain(
                    name, 1, f"there is no {printable(base)} to translate", "Take it out or correct its name."
                )
            elif not kinds or any(prose_of(kind.model, self.items) is None for kind in kinds):
                self._complain(name, 1, "no file of this kind can be translated", "Take it out.")
            elif base in originals:  # else the original has faults, which come first
                self._read_translation(name, base, language, kinds[0], originals[base])

    def _read_translation(
        self, name: str, base: str, language: str, kind: FileKind[Any], originals: list[Entry[Any]]
    ) -> None:
        text, _digest = self._read_text(name)
        if text is None:
            return
        parts = split_front_matter(text) if kind.form == FileFormat.TEXT else (text, "", 1)
        if parts is None:
            self._complain(name, 1, *NO_HEAD)
            return
        head, body, body_line = parts
        written = self.parser.parse_yaml(name, head, first_line=2 if kind.form == FileFormat.TEXT else 1)
        if written is None:
            return
        if len(body) > BODY_LIMIT or (kind.form == FileFormat.TEXT and not body.strip()):
            self._complain(name, body_line, "there is no text below the head, or too much", "Translate the original.")
            return
        path = self.files.shown(name)
        listed = self.folder.translations.get(language, {}).get(_SIGNS)
        told = [sign.value for _original, sign in listed.entries] if listed else []
        parsed = (
            parse(curly(body), body_line, {**self.parser.signs, **_named(told)})
            if kind.form == FileFormat.TEXT
            else None
        )
        translation = translate(originals, path, written, parsed, self.items)
        self.folder.translations.setdefault(language, {})[base] = translation

    def require_files(self) -> None:
        region = self.folder.region
        if region is not None and "region.yaml" not in self._names:
            self._complain(f"{FOLDER}{region}/region.yaml", 1, "the file is missing", 'Add it, with "name:".')
        for name in _REQUIRED if region is None else ():
            if name not in self._names:
                self._complain(name, 1, "the file is missing", "Add it; content/README.md has an example.")
                self.folder.unread |= {kind.name for kind in KINDS if kind.file == name}
        for course in self.folder.courses.values():
            self._require(course.path, "course.yaml")
            for module in course.modules.values():
                self._require(module.path, "module.yaml")

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(map(name_in, self.paths))

    def finish(self) -> None:
        self.folder.digest = self.files.digest.hexdigest()
        if self.folder.region is not None:
            nation = self.folder.regions[None]
            self.folder.published, self.folder.changes = nation.published, nation.changes
            self.folder.instrument = nation.instrument
        for course in self.folder.courses.values():
            course.modules = dict(sorted(course.modules.items(), key=lambda item: item[1].path))

    def _require(self, path: str, name: str) -> None:
        full = f"{path}/{name}".partition("/")[2]
        if full not in self._names:
            self._complain(full, 1, "the file is missing", "Add it; content/README.md has an example.")

    def _complain(self, name: str, line: int, what: str, remedy: str) -> None:
        self.files.complain(name, line, what, remedy)

    def _ignore(self, name: str) -> None:
        """`README.md` is for authors only."""

    def _read_picture(self, name: str, slug: str) -> None:
        self.folder.name_as("picture", slug)
        drawn = self.files.draw(name)
        if drawn is not None:
            self.folder.pictures[slug] = drawn

    def _read_changes(self, name: str) -> None:
        text, _ = self._read_text(name)
        self.folder.changes, faults = read_changes(text or "")
        for line, what in faults:
            self._complain(name, line, what, "content/README.md shows an entry.")

    def _read_instrument(self, name: str) -> None:
        """A command writes it, and nothing needs it to be served."""
        try:
            raw = read_bytes(self.files.root / name)
            self.files.note(name, raw)
            self.folder.instrument = Instrument.model_validate_json(raw)
        except (Unreadable, ValidationError):
            self.folder.warn(name, 1, "the file can't be read", instrument.REMEDY)

    def _read_ids(self, name: str) -> None:
        text, _ = self._read_text(name)
        for line, ident in enumerate((text or "").split("\n"), 1):
            if not ident.strip():
                continue
            if not re.fullmatch(r"[a-z]+:[^\s:]+", ident.strip()):
                self._complain(
                    name, line, f'"{short(ident)}" isn\'t an id', "Restore the line: a command writes this file."
                )
            elif ident.strip() in self.folder.published:
                self._complain(name, line, f'"{ident.strip()}" is there twice', "Take one of the two lines out.")
            self.folder.published.setdefault(ident.strip(), line)

    def _read_object(self, name: str, kind: FileKind[Any], parts: Parts) -> None:
        """Read a file that is one object, called as the file is."""
        if kind.find_id:
            self.folder.name_as(kind.name, kind.find_id(parts))
        read = {FileFormat.TEXT: self._read_markdown, FileFormat.PICTURE: self._read_illustration}.get(
            kind.form, self._read_one
        )
        self._put(kind, parts, read(name, kind.model))

    def _read_one(self, name: str, model: type[T]) -> Entry[T] | None:
        written, digest = self._read_yaml(name)
        if written is not None and region_of(name) and name_in(name) == WORDS:
            written = self._over_the_nations(name, written)
        return None if written is None else self.parser.object(name, model, written, digest)

    def _over_the_nations(self, name: str, words: YamlValue) -> YamlValue | None:
        """Put the words of a region over those of the nation."""
        nation = self.folder.vocabulary
        if nation is None or not self._has_only(name, words, OWN_WORDS):
            return None
        own = {key: value for key, value in words.value.items() if key in OWN_WORDS}
        return YamlValue({**nation.written.value, **own}, words.lines, is_marked=words.is_marked)

    def _read_illustration(self, name: str, model: type[T]) -> Entry[T] | None:
        text, digest = self._read_text(name)
        return None if text is None else self.parser.picture(name, model, text, digest)

    def _read_lists(self, name: str, kinds: tuple[FileKind[Any], ...], parts: Parts) -> None:
        written, digest = self._read_yaml(name)
        keys = [kind.under for kind in kinds if kind.under]
        if written is None or (keys and not self._has_only(name, written, keys)):
            self.folder.unread |= {kind.name for kind in kinds}
            return
        for kind in kinds:
            if kind.under is None:
                self._read_items(name, kind, parts, written, digest)
            elif kind.under in written.value:
                self._read_items(name, kind, parts, written.at(kind.under), digest)
            else:
                self._complain(name, 1, f'"{kind.under}" is missing', f'Write "{kind.under}:" and a list below it.')
                self.folder.unread.add(kind.name)

    def _has_only(self, name: str, written: YamlValue, keys: Collection[str]) -> bool:
        """Tell whether a file has keys at its top, and complain of those that don't belong there."""
        if not isinstance(written.value, dict):
            needed = " and ".join(f'"{key}:"' for key in keys)
            self._complain(name, 1, "the file has no keys at its top", f"Write {needed}.")
            return False
        for key in written.value:
            if key not in keys:
                self._complain(name, written.line(key), f'unknown key "{short(key)}"', "Take it out.")
        return True

    def _read_items(self, name: str, kind: FileKind[Any], parts: Parts, written: YamlValue, digest: str) -> None:
        if not isinstance(written.value, list):
            self._complain(name, written.line(), "a list is needed here", 'Begin each item with "- id: ...".')
            self.folder.unread.add(kind.name)
            return
        entries = self.parser.listed(name, kind.model, written, digest)
        for index, (item, entry) in enumerate(zip(written.value, entries, strict=True)):
            part = written.at(index)
            ident = item.get("id") if isinstance(item, dict) else None
            listed = region_of(name), kind.name, str(ident)
            if isinstance(ident, str) and listed in self.listed:
                self._complain(
                    name, part.line("id"), f'the id "{short(ident)}" is there twice', "Give each its own id."
                )
            elif isinstance(ident, str):
                self.listed.add(listed)
                self.folder.name_as(kind.name, ident)
            if isinstance(ident, str):
                self._put(kind, (*parts, ident), entry)

    def _put(self, kind: FileKind[T], parts: Parts, entry: Entry[T] | None) -> None:
        if entry is None:
            kind.lose(self.folder, parts)
        elif kind.put(self.folder, parts, entry):
            self.folder.entries.append(entry)

    def _read_markdown(self, path: str, model: type[T]) -> Entry[T] | None:
        text, digest = self._read_text(path)
        if text is None:
            return None
        named = self.folder.region_file
        whose = named.value.name if named else self.folder.region or ""
        filling = read_filling(path, text, whose) if region_of(path) and model in WITH_BLOCKS else None
        if filling is None:
            return self.parser.markdown(path, model, text, digest)
        name = name_in(path)
        base, digest = self._read_text(name) if name in self.files.layers.base else (None, "")
        if base is None:
            self._complain(path, 1, f"there is no {name} to fill", "Correct the name, or write a head and a text.")
            return None
        self._check_filling(filling, base)
        return self.parser.markdown(name, model, base, digest, filling)

    def _check_filling(self, filling: Filling, text: str) -> None:
        """Complain of blocks that the text to be filled doesn't have."""
        check_blocks(filling.blocks, lambda *fault: self._complain(filling.path, *fault))
        names = [block.name for block in find_blocks(text, 1)]
        for block in filling.blocks:
            if block.name not in names:
                remedy = f"Use one of: {', '.join(names)}." if names else "Mark one there, or take this out."
                what = f'{name_in(filling.path)} has no block "{short(block.name)}"'
                self._complain(filling.path, block.line, what, remedy)

    def _read_yaml(self, name: str) -> tuple[YamlValue | None, str]:
        text, digest = self._read_text(name)
        return (None if text is None else self.parser.yaml(name, text, digest)), digest

    def _read_text(self, name: str) -> tuple[str | None, str]:
        text, digest = self.files.read(name)
        if text is None or name_in(name).startswith((_HELP, *self.apart)):
            return text, digest
        told = write_numbers(self.folder, name, text) if self.files.has_numbers(name) else text
        self.told[name] = digest if told == text else hashlib.sha256(told.encode()).hexdigest()
        return told, self.told[name]


def _named(signs: Iterable[Part]) -> dict[str, NamedSign]:
    return {ref: named for sign in signs if isinstance(sign, Indicator) for ref, named in sign.named.items()}


def _near(name: str) -> str:
    near = difflib.get_close_matches(name, [*_REQUIRED, "ids.txt", "README.md"], 1)
    return f". Did you mean {near[0]}?" if near else "."
