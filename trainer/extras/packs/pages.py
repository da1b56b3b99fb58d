"""The pages of an evidence pack, as files that need nothing beside them: no server, no script, no other file.

Long tables are cut into pages, so that a browser opens those of ten thousand people as readily as those of ten. Each
page is written as soon as it is full: no more rows than one page of each table has are in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from flask import render_template

from trainer.compliance.file_names import address_of
from trainer.compliance.words import chip
from trainer.content.library import Course
from trainer.credentials.paper import verification_url
from trainer.credentials.rules import show_serial
from trainer.extras.packs import words
from trainer.extras.packs.records import Records
from trainer.extras.packs.words import PackTally
from trainer.web.static import style_text

ROWS: Final = 250
"""Rows of a table on one page."""

Put = Callable[[str, Iterable[bytes]], None]
"""Writes a file of the pack: its name, and what it holds."""


class Leaf(NamedTuple):
    """A further page of a table: its file, and the names that it begins and ends with."""

    file: str
    first: str
    last: str


class PackTable:
    """A table of the pack's page: its first rows, and the files that hold the others."""

    def __init__(self, name: str, records: Records, put: Put) -> None:
        self.name, self._records, self._put = name, records, put
        self.rows: list[Any] = []
        """Of the first page."""
        self.leaves: list[Leaf] = []
        self._waiting: list[tuple[str, Any]] = []
        self._weight = 0
        self._is_first = True

    def add(self, label: str, row: Any, weight: int = 1) -> None:
        """Take a row; `label` is what it is found by, `weight` how many rows it takes."""
        if self._waiting and self._weight + weight > ROWS:
            self._turn(has_next=True)
        self._waiting.append((label, row))
        self._weight += weight

    def close(self) -> None:
        """Write what waits."""
        self._turn(has_next=False)

    def _turn(self, *, has_next: bool) -> None:
        rows = [row for _label, row in self._waiting]
        if self._is_first:
            self.rows, self._is_first = rows, False
        elif rows:
            number = len(self.leaves) + 2
            leaf = Leaf(f"pages/{self.name}-{number}.html", self._waiting[0][0], self._waiting[-1][0])
            before = self.leaves[-1].file.removeprefix("pages/") if self.leaves else f"../index.html#{self.name}"
            after = f"{self.name}-{number + 1}.html" if has_next else None
            html = render_template(
                "packs/pack/leaf.html",
                **_shared(self._records, "../"),
                table=self.name,
                rows=rows,
                leaf=leaf,
                before=before,
                after=after,
            )
            self._put(leaf.file, [html.encode()])
            self.leaves.append(leaf)
        self._waiting, self._weight = [], 0


def draw_index(records: Records, tables: dict[str, PackTable], outcomes: dict[str, int], tally: PackTally) -> bytes:
    """Return the page to begin with."""
    html = render_template(
        "packs/pack/index.html",
        **_shared(records, ""),
        tables=tables,
        outcomes=outcomes,
        tally=tally,
        parts_of_pack=words.parts(records, tally),
        headline=words.headline(records),
        sentences=words.sentences(records),
        moment=words.moment(records),
        made=words.made(records),
        required=[words.describe(requirement, records) for requirement in records.requirements],
        disclaimers=words.disclaimers(records),
        keeping=words.keeping(records),
        checking=words.checking(records),
        rule_file=rule_file,
    )
    return html.encode()


def rule_file(course: Course) -> str:
    """Return the name of the file that says how a course's final decides."""
    return f"rule-{course.slug}-{course.file.version}.html"


def draw_rule(records: Records, course: Course) -> bytes:
    """Return the page that says how a course's final decides, in the words of the page that learners read."""
    return render_template("packs/pack/rule.html", **_shared(records, ""), course=course).encode()


def _shared(records: Records, root: str) -> dict[str, Any]:
    """Return the template values that all pages of a pack need; `root` leads to the pack's own folder."""

    def certificate_address(serial: str) -> str | None:
        name = records.certificates.get(serial)
        return f"{root}certificates/{address_of(name)}" if name else None

    return {
        "records": records,
        "root": root,
        "style": style_text(),
        "chip": chip,
        "show_serial": show_serial,
        "certificate_address": certificate_address,
        "verification_url": verification_url if records.check_url else None,
    }
