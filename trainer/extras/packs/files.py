"""Write the files of an evidence pack, real or sample, from records that were found or made up, and the ZIP of them.

Memory stays flat: rows and files pass through. The same records in the same language give the same bytes.
"""

from __future__ import annotations

import json
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import IO, TypeVar

from flask_babel import gettext as _

from trainer.compliance.orders import add_to_zip
from trainer.compliance.rules import Row
from trainer.compliance.words import as_table
from trainer.content.library import Course
from trainer.extras.packs import tables as pack_tables
from trainer.extras.packs import words
from trainer.extras.packs.cover import draw_cover
from trainer.extras.packs.pages import PackTable, Put, draw_index, draw_rule, rule_file
from trainer.extras.packs.records import AuditedChange, Excuse, FormerPerson, Meeting, PackPerson, Records, Reminding
from trainer.extras.packs.sealing import MANIFEST, SEAL
from trainer.extras.packs.words import PackTally
from trainer.web.language import show_times_of
from trainer.web.tables import Table as Rows
from trainer.web.tables import csv_lines

R = TypeVar("R")


def write_files(records: Records, put: Put) -> None:
    """Write all files but certificates and manifest, each with `put`; some while another one is being written."""
    show_times_of(records.zone)
    tally, outcomes = PackTally(), Counter[str]()
    tables = {name: PackTable(name, records, put) for name in ("people", "former", "excused", "meetings", "required")}
    for table in _tables(records, tables, tally, outcomes):
        put(f"{table.name}.csv", _csv(table, records.mark))
    for page in tables.values():
        page.close()
    for course in records.courses:
        put(f"course-{course.slug}-{course.file.version}.txt", [_text(_outline(course), records.mark)])
        if not course.is_for_renewal:
            put(rule_file(course), [draw_rule(records, course)])
    put("README.txt", [_text(_readme(records), records.mark)])
    put("cover.pdf", [draw_cover(records, tally)])
    put("index.html", [draw_index(records, tables, outcomes, tally)])


def zip_files(
    target: Path | IO[bytes],
    records_of: Mapping[str, object],
    files: Iterable[tuple[str, Iterable[bytes]]],
    seal: Callable[[bytes], bytes | None] | None = None,
) -> str:
    """Write the ZIP of files, as (name, portions), and a manifest of their SHA-256; return the manifest's own.

    `records_of`: what else the manifest says. `seal` signs it; without a signature, there is no file of one.
    """
    hashes: dict[str, str] = {}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as pack:
        for name, portions in files:
            hashes[name] = add_to_zip(pack, name, portions)
        manifest = json.dumps({**records_of, "sha256": hashes}, indent=1, ensure_ascii=False).encode()
        signature = seal(manifest) if seal else None
        if signature is not None:
            add_to_zip(pack, SEAL, [signature])
        return add_to_zip(pack, MANIFEST, [manifest])


def about(records: Records) -> dict[str, str]:
    """Return the manifest's metadata, besides its hashes."""
    return {
        **({"note": records.mark} if records.mark else {}),
        "organization": records.firm,
        **({"limited_to": records.limits} if records.limits else {}),
        "as_of": records.as_of.isoformat(),
        "made_at": records.made_at.isoformat(timespec="seconds"),
    }


def _tables(
    records: Records, tables: Mapping[str, PackTable], tally: PackTally, outcomes: Counter[str]
) -> Iterator[Rows]:
    """Yield the tables. Their rows go to the pages, and are counted, while they are written."""
    zone = records.zone

    def person(_row: PackPerson) -> None:
        tally.people += 1

    def standing(row: Row) -> None:
        tables["people"].add(row.name, row)

    def former(row: FormerPerson) -> None:
        tally.former.add(row.membership.id)
        tables["former"].add(row.membership.name, row)

    def excuse(row: Excuse) -> None:
        tally.excuses += 1
        if row.is_in_effect:
            tally.excused += 1
            tables["excused"].add(row.name, row)

    def meeting(row: Meeting) -> None:
        tally.meetings += 1
        tables["meetings"].add(row.held_on.isoformat(), row, 1 + len(row.people))

    def reminder(row: Reminding) -> None:
        if row.is_sent:
            tally.sent += 1
        else:
            tally.unsent += 1
            tally.unserved += row.has_no_server
            outcomes[row.outcome] += 1

    def change(row: AuditedChange) -> None:
        tally.changes += 1
        tables["required"].add(row.requirement, row)

    yield pack_tables.roster_table(_passed(records.people, person), zone)
    yield as_table(_passed(records.standings, standing))
    yield pack_tables.completions_table(records.completions, zone)
    yield pack_tables.attestations_table(records.attestations)
    yield pack_tables.trainings_table(records.trainings, zone)
    yield pack_tables.former_table(_passed(records.former, former))
    yield pack_tables.waivers_table(_passed(records.excuses, excuse), zone)
    yield pack_tables.meetings_table(_passed(records.meetings, meeting), zone)
    yield pack_tables.reminders_table(_passed(records.reminders, reminder), zone)
    yield pack_tables.requirements_table(records.requirements, records.team_names)
    yield pack_tables.changes_table(_passed(records.changes, change), zone)


def _passed(rows: Iterable[R], see: Callable[[R], None]) -> Iterator[R]:
    for row in rows:
        see(row)
        yield row


def _text(text: str, mark: str | None) -> bytes:
    return (f"{mark}\n\n{text}" if mark else text).encode()


def _csv(table: Rows, mark: str | None) -> Iterator[bytes]:
    if mark:
        sample = _("Sample")  # in a column of its own, so that no row is without it
        table = replace(table, heads=(mark, *table.heads), rows=((sample, *row) for row in table.rows))
    return (portion.encode() for portion in csv_lines(table))


def _outline(course: Course) -> str:
    lines = [_("%(course)s, version %(version)s", course=course.file.title, version=course.file.version), ""]
    for module in course.modules:
        is_optional = module.file.deeper
        lines.append(_("%(module)s (optional)", module=module.file.title) if is_optional else module.file.title)
        lines += [
            "  " + _("%(lesson)s (%(minutes)s min)", lesson=lesson.file.title, minutes=lesson.file.minutes)
            for lesson in module.lessons
        ]
    return "\n".join([*lines, ""])


def _readme(records: Records) -> str:
    is_sample = records.check_url is None  # which nobody signs
    files = {name: held for name, held in words.files().items() if name != SEAL or not is_sample}
    lines = [
        _("Training records of %(firm)s", firm=records.firm),
        *([records.limits] if records.limits else []),
        words.moment(records),
        "",
        words.headline(records),
        *words.sentences(records),
        "",
        *(f"{name:23} {held}" for name, held in files.items()),
        "",
        *words.checking(records),
        "",
        *words.disclaimers(records),
        "",
    ]
    return "\n".join(lines)
