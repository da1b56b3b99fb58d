"""Make typed objects of the text of one file. What is wrong becomes a complaint, and no object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from trainer.content.blocks import Filling, Span, check_blocks, find_blocks, lay_in
from trainer.content.catalogue import NamedSign
from trainer.content.complaints import Unreadable
from trainer.content.files import BODY_LIMIT, split_front_matter
from trainer.content.folder import Entry
from trainer.content.illustrations import draw
from trainer.content.markdown import SIGN, Body, parse
from trainer.content.memory import Memory
from trainer.content.papers import PageFile
from trainer.content.parts import Part
from trainer.content.plain_words import plain_words
from trainer.content.quotes import curly, curly_in
from trainer.content.schema import ITEM_MODELS, ItemModels, LessonFile
from trainer.content.texts import Files
from trainer.content.translations import without_marks
from trainer.content.yaml_lines import YamlValue, compose

T = TypeVar("T", bound=Part)
Entries = list[Entry[Any] | None]
NO_HEAD: Final = "the head of the file is missing", 'Begin with a line "---", the keys, and a line "---".'
WITH_BLOCKS: Final = (LessonFile, PageFile)
"""What has a text of which regions may fill blocks."""
_NO_BODY: Final = Body("", 1, ())


@dataclass
class Parser:
    """Parses each file once, however many regions have it in the same words."""

    files: Files
    items: ItemModels
    memory: Memory
    signs: Mapping[str, NamedSign] = field(default_factory=dict)
    _composed: dict[tuple[str, str], YamlValue | None] = field(default_factory=dict)

    def yaml(self, path: str, text: str, digest: str) -> YamlValue | None:
        """Read a file of YAML."""
        if (path, digest) not in self._composed:
            self._composed[path, digest] = self.parse_yaml(path, text, first_line=1)
        return self._composed[path, digest]

    def parse_yaml(self, path: str, text: str, first_line: int) -> YamlValue | None:
        """Read YAML that begins on a line of its file."""
        try:
            return compose(text, first_line, lambda line, what, remedy: self.files.complain(path, line, what, remedy))
        except Unreadable as fault:
            self.files.complain(path, fault.line, fault.what, fault.remedy)
        return None

    def object(self, path: str, model: type[T], written: YamlValue, digest: str) -> Entry[T] | None:
        """Make the object that a file holds."""
        return self._once((path, digest), lambda: [self._entry(path, model, written, digest)])[0]

    def listed(self, path: str, model: type[T], written: YamlValue, digest: str) -> list[Entry[T] | None]:
        """Make the objects of a list."""
        key = path, model.__name__, digest
        places = range(len(written.value))
        return self._once(key, lambda: [self._entry(path, model, written.at(place), digest) for place in places])

    def picture(self, path: str, model: type[T], text: str, digest: str) -> Entry[T] | None:
        """Make an object of an illustration."""
        try:
            value = model.model_validate({"picture": draw(text)})
        except Unreadable as fault:
            self.files.complain(path, fault.line, fault.what, fault.remedy)
            return None
        return Entry(self.files.shown(path), value, YamlValue({}, {}), _NO_BODY, digest, self.files.complaints)

    def markdown(
        self, path: str, model: type[T], text: str, digest: str, filling: Filling | None = None
    ) -> Entry[T] | None:
        """Make the object of a head and a text, whose blocks may be filled from another file."""
        filled = (filling.text, filling.whose) if filling else ("", "")
        key = path, model.__name__, digest, *filled, str(self.signs) if SIGN.search(text + filled[0]) else ""
        return self._once(key, lambda: [self._markdown(path, model, text, digest, filling)])[0]

    def _once(self, key: tuple[str, ...], make: Callable[[], Entries]) -> Entries:
        before = len(self.files.complaints.all)
        if key not in self.memory.files:
            self.memory.files[key] = make(), self.files.complaints.all[before:]
            return self.memory.files[key][0]
        entries, complaints = self.memory.files[key]
        self.files.complaints.all += complaints
        if any(entry and entry.complaints is not self.files.complaints for entry in entries):  # made by an earlier load
            entries = [entry and replace(entry, complaints=self.files.complaints) for entry in entries]
            self.memory.files[key] = entries, complaints
        return entries

    def _markdown(self, path: str, model: type[T], text: str, digest: str, filling: Filling | None) -> Entry[T] | None:
        parts = split_front_matter(text)
        if parts is None:
            self.files.complain(path, 1, *NO_HEAD)
            return None
        head, body, body_line = parts
        written = self.parse_yaml(path, head, first_line=2)
        if written is None:
            return None
        if len(body) > BODY_LIMIT:
            self.files.complain(path, body_line, f"the text is longer than {BODY_LIMIT // 1024} KB", "Split it.")
            return None
        if not body.strip():
            self.files.complain(path, body_line, "there is no text below the head", "Write it.")
        spans: tuple[Span, ...] = ()
        if model in WITH_BLOCKS and ":::" in body:
            check_blocks(find_blocks(body, body_line), lambda *fault: self.files.complain(path, *fault))
            body, spans = lay_in(body, body_line, path, filling)
            spans = tuple((first, self.files.shown(where), line) for first, where, line in spans)
        if filling is not None:
            written = self._with_sources(written, filling)
        return self._entry(path, model, written, digest, parse(curly(body), body_line, self.signs), spans)

    def _with_sources(self, written: YamlValue, filling: Filling) -> YamlValue:
        """Add to a head the sources of what fills its text, which may say nothing else there."""
        added = self.parse_yaml(filling.path, filling.head, first_line=2)
        keys = added.value if added and isinstance(added.value, dict) else {}
        for key in keys.keys() - {"sources"}:
            remedy = "Take it out: beside blocks there are only sources, and the rest is as in the text to be filled."
            self.files.complain(filling.path, added.line(key) if added else 1, f'"{key}" has no place here', remedy)
        sources = keys.get("sources") or []
        own = written.value.get("sources") or [] if isinstance(written.value, dict) else []
        if not sources or not isinstance(sources, list) or not isinstance(own, list):
            return written
        both = [*own, *(source for source in sources if source not in own)]
        return replace(written, value={**written.value, "sources": both})

    def _entry(
        self,
        path: str,
        model: type[T],
        written: YamlValue,
        digest: str,
        body: Body = _NO_BODY,
        spans: tuple[Span, ...] = (),
    ) -> Entry[T] | None:
        if not isinstance(written.value, dict):
            self.files.complain(
                path, written.line(), "keys and values are needed here", 'Write them as "key: value" lines.'
            )
            return None
        try:
            plain = without_marks(written.value) if written.is_marked else written.value
            value = model.model_validate(curly_in(plain), context={ITEM_MODELS: self.items})
        except ValidationError as refused:
            for line, what, remedy in plain_words(refused, written, model):
                self.files.complain(path, line, what, remedy)
            return None
        return Entry(self.files.shown(path), value, written, body, digest, self.files.complaints, spans)
