"""Read the content folder by the table of kinds, and collect every complaint on the way."""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from trainer.content import instrument
from trainer.content.catalogue import Indicator, NamedSign
from trainer.content.complaints import Complaints, Unreadable, printable, short
from trainer.content.files import BODY_LIMIT, decode, read_bytes, split_front_matter, walk
from trainer.content.folder import Entry, Folder
from trainer.content.history import read_changes
from trainer.content.illustrations import draw
from trainer.content.instrument import Instrument
from trainer.content.kind import FileFormat, FileKind, Parts
from trainer.content.kinds import KINDS, find_kinds
from trainer.content.markdown import SIGN, Body, parse
from trainer.content.memory import Memory
from trainer.content.numbers import write_numbers
from trainer.content.parts import Part
from trainer.content.pictures import NAME as PICTURE
from trainer.content.pictures import read_picture
from trainer.content.plain_words import plain_words
from trainer.content.prose import prose_of
from trainer.content.quotes import curly, curly_in
from trainer.content.schema import ITEM_MODELS, ItemModels
from trainer.content.translations import split_name, translate, without_marks
from trainer.content.yaml_lines import YamlValue, compose

T = TypeVar("T", bound=Part)
_SIGNS: Final = "indicators.yaml"
_HELP: Final = "help/"
_FIRST: Final = (_HELP, _SIGNS.partition(".")[0])
_NO_BODY: Final = Body("", 1, ())
_NO_HEAD: Final = "the head of the file is missing", 'Begin with a line "---", the keys, and a line "---".'
_REQUIRED: Final = tuple(dict.fromkeys(kind.file for kind in KINDS if kind.is_required))


def read_folder(root: Path, items: ItemModels, complaints: Complaints, memory: Memory | None = None) -> Folder:
    """Read all files below `root`. Whatever the bytes are, faults end up in `complaints` and nothing is raised.

    `items`: the types of items that scenes may have.
    """
    reader = _Reader(root, items, complaints, memory)
    for name in reader.names:
        reader.read(name)
    reader.read_translations()
    reader.require_files()
    return reader.finish()


class _Reader:
    def __init__(self, root: Path, items: ItemModels, complaints: Complaints, memory: Memory | None) -> None:
        self.items = items
        self.memory = memory
        self.root = root
        self.complaints = complaints
        self.folder = Folder(root.name, complaints)
        self.digest = hashlib.sha256()
        self.translated: list[tuple[str, str, str]] = []  # name, that of the original, language
        self.signs: dict[str, NamedSign] = {}
        # First the help lines and the list of signs, for texts may name them.
        names = walk(root, "", self._complain)
        self.names = sorted(names, key=lambda name: (not name.startswith(_FIRST), name))
        self.apart: Mapping[str, Callable[[str], None]] = {
            "README.md": self._ignore,
            "CHANGELOG.md": self._read_changes,
            "ids.txt": self._read_ids,
            instrument.NAME: self._read_instrument,
        }

    def read(self, name: str) -> None:
        kinds, parts = find_kinds(name)
        if picture := PICTURE.fullmatch(name):
            self._read_picture(name, picture[1])
        elif name in self.apart:
            self.apart[name](name)
        elif translated := split_name(name):
            self.translated.append((name, *translated))
        elif not kinds:
            self._complain(
                name, 1, "no file of this name belongs here", f"Take it out or correct its name{_near(name)}"
            )
        elif kinds[0].is_welcome(self.folder, parts):
            if kinds[0].form == FileFormat.LIST:
                self._read_lists(name, kinds, parts)
                if name == _SIGNS:
                    self.signs = _named(sign.value for sign in self.folder.indicators.values())
            else:
                self._read_object(name, kinds[0], parts)

    def read_translations(self) -> None:
        """Read them last: each needs its original."""
        originals: dict[str, list[Entry[Any]]] = {}
        for entry in self.folder.entries:
            originals.setdefault(entry.path.partition("/")[2], []).append(entry)
        for name, base, language in self.translated:
            kinds, _parts = find_kinds(base)
            if base not in self.names:
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
            self._complain(name, 1, *_NO_HEAD)
            return
        head, body, body_line = parts
        written = self._parse_yaml(name, head, first_line=2 if kind.form == FileFormat.TEXT else 1)
        if written is None:
            return
        if len(body) > BODY_LIMIT or (kind.form == FileFormat.TEXT and not body.strip()):
            self._complain(name, body_line, "there is no text below the head, or too much", "Translate the original.")
            return
        path = f"{self.folder.name}/{printable(name)}"
        listed = self.folder.translations.get(language, {}).get(_SIGNS)
        told = [sign.value for _original, sign in listed.entries] if listed else []
        parsed = parse(curly(body), body_line, self.signs | _named(told)) if kind.form == FileFormat.TEXT else None
        translation = translate(originals, path, written, parsed, self.items)
        self.folder.translations.setdefault(language, {})[base] = translation

    def require_files(self) -> None:
        for name in _REQUIRED:
            if name not in self.names:
                self._complain(name, 1, "the file is missing", "Add it; content/README.md has an example.")
                self.folder.unread |= {kind.name for kind in KINDS if kind.file == name}
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
        self.folder.refuse(printable(name), line, what, remedy)

    def _ignore(self, name: str) -> None:
        """`README.md` is for authors only."""

    def _read_picture(self, name: str, slug: str) -> None:
        self.folder.name_as("picture", slug)
        text, _ = self._read_text(name)
        if text is None:
            return
        drawn = read_picture(text, lambda line, what, remedy: self._complain(name, line, what, remedy))
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
            raw = read_bytes(self.root / name)
            self.digest.update(f"{name}\0{hashlib.sha256(raw).hexdigest()}\n".encode())
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
        return None if written is None else self._entry(name, model, written, digest)

    def _read_illustration(self, name: str, model: type[T]) -> Entry[T] | None:
        text, digest = self._read_text(name)
        try:
            picture = draw(text or "")
        except Unreadable as fault:
            if text is not None:
                self._complain(name, fault.line, fault.what, fault.remedy)
            return None
        value = model.model_validate({"picture": picture})
        return Entry(
            f"{self.folder.name}/{printable(name)}", value, YamlValue({}, {}), _NO_BODY, digest, self.complaints
        )

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

    def _has_only(self, name: str, written: YamlValue, keys: list[str]) -> bool:
        """Tell whether a file has keys at its top, and complain of those that don't belong there."""
        if not isinstance(written.value, dict):
            needed = " and ".join(f'"{key}:"' for key in keys)
            self._complain(name, 1, "the file has no keys at its top", f"Write {needed}, each with a list.")
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
        named = self.folder.named.setdefault(kind.name, set())
        for index, item in enumerate(written.value):
            part = written.at(index)
            ident = item.get("id") if isinstance(item, dict) else None
            if isinstance(ident, str) and ident in named:
                self._complain(
                    name, part.line("id"), f'the id "{short(ident)}" is there twice', "Give each its own id."
                )
            elif isinstance(ident, str):
                named.add(ident)
            entry = self._entry(name, kind.model, part, digest)
            if isinstance(ident, str):
                self._put(kind, (*parts, ident), entry)

    def _put(self, kind: FileKind[T], parts: Parts, entry: Entry[T] | None) -> None:
        if entry is None:
            kind.lose(self.folder, parts)
        elif kind.put(self.folder, parts, entry):
            self.folder.entries.append(entry)

    def _read_markdown(self, name: str, model: type[T]) -> Entry[T] | None:
        text, digest = self._read_text(name)
        if text is None:
            return None
        if self.memory is None:
            return self._parse_markdown(name, model, text, digest)
        key = name, model.__name__, f"{digest} {self.signs}" if SIGN.search(text) else digest
        before = len(self.complaints.all)
        if key not in self.memory.files:
            entry = self._parse_markdown(name, model, text, digest)
            self.memory.files[key] = entry, self.complaints.all[before:]
            return entry
        entry, complaints = self.memory.files[key]
        self.complaints.all += complaints
        return entry and replace(entry, complaints=self.complaints)

    def _parse_markdown(self, name: str, model: type[T], text: str, digest: str) -> Entry[T] | None:
        parts = split_front_matter(text)
        if parts is None:
            self._complain(name, 1, *_NO_HEAD)
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
        return self._entry(name, model, written, digest, parse(curly(body), body_line, self.signs))

    def _entry(
        self, name: str, model: type[T], written: YamlValue, digest: str, body: Body = _NO_BODY
    ) -> Entry[T] | None:
        if not isinstance(written.value, dict):
            self._complain(name, written.line(), "keys and values are needed here", 'Write them as "key: value" lines.')
            return None
        try:
            plain = without_marks(written.value) if written.is_marked else written.value
            value = model.model_validate(curly_in(plain), context={ITEM_MODELS: self.items})
        except ValidationError as refused:
            for line, what, remedy in plain_words(refused, written, model):
                self._complain(name, line, what, remedy)
            return None
        return Entry(f"{self.folder.name}/{printable(name)}", value, written, body, digest, self.complaints)

    def _read_yaml(self, name: str) -> tuple[YamlValue | None, str]:
        text, digest = self._read_text(name)
        return (None if text is None else self._parse_yaml(name, text, first_line=1)), digest

    def _parse_yaml(self, name: str, text: str, first_line: int) -> YamlValue | None:
        try:
            return compose(text, first_line, lambda line, what, remedy: self._complain(name, line, what, remedy))
        except Unreadable as fault:
            self._complain(name, fault.line, fault.what, fault.remedy)
        return None

    def _read_text(self, name: str) -> tuple[str | None, str]:
        try:
            raw = read_bytes(self.root / name)
            text = decode(raw)
        except Unreadable as fault:
            self._complain(name, fault.line, fault.what, fault.remedy)
            return None, ""
        digest = hashlib.sha256(raw).hexdigest()
        self.digest.update(f"{name}\0{digest}\n".encode())
        if name.startswith((_HELP, *self.apart)):
            return text, digest
        told = write_numbers(self.folder, name, text)
        return told, digest if told == text else hashlib.sha256(told.encode()).hexdigest()


def _named(signs: Iterable[Part]) -> dict[str, NamedSign]:
    return {ref: named for sign in signs if isinstance(sign, Indicator) for ref, named in sign.named.items()}


def _near(name: str) -> str:
    near = difflib.get_close_matches(name, [*_REQUIRED, "ids.txt", "README.md"], 1)
    return f". Did you mean {near[0]}?" if near else "."
