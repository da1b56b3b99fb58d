"""Numbers of help lines are written by id and read as numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content.small import CONCERN_FILE, LESSON_FILE, complaints, edit, line_of, only, read

BY_ID = "Call 911 or {help:hotline}."


def test_a_lesson_and_a_field_show_the_number_as_help_has_it(folder: Path) -> None:
    edit(folder, LESSON_FILE, "summary: What a signal is.", "summary: '{help:hotline} answers.'")
    edit(folder, "help/us.yaml", "1-888-373-7888", "1-888-555-0100")
    lesson = read(folder).courses["recognize"].lessons[0]
    assert lesson.file.summary == "1-888-555-0100 answers."
    assert "1-888-555-0100" in lesson.html


def test_a_digest_is_of_the_number_and_not_of_how_it_is_written(folder: Path) -> None:
    edit(folder, CONCERN_FILE, "You stand at the desk.", "You call {help:hotline}.")
    by_id = read(folder).scenarios["open-1-a"].digest
    edit(folder, CONCERN_FILE, "{help:hotline}", "1-888-373-7888")
    assert read(folder).scenarios["open-1-a"].digest == by_id
    edit(folder, CONCERN_FILE, "1-888-373-7888", "{help:hotline}")
    edit(folder, "help/us.yaml", "1-888-373-7888", "1-888-555-0100")
    assert read(folder).scenarios["open-1-a"].digest != by_id


@pytest.mark.parametrize(
    ("ident", "what"),
    [("nobody", "isn't there"), ("x y", "isn't there"), ("", "isn't there"), ("chat", "has no number")],
)
def test_an_id_without_a_number_is_refused(folder: Path, ident: str, what: str) -> None:
    line = (folder / "help/us.yaml").read_text(encoding="utf-8")
    chat = line.replace("hotline", "chat").replace("  phone: 1-888-373-7888\n", "")
    edit(folder, "help/us.yaml", line, line + chat)
    edit(folder, LESSON_FILE, BY_ID, f"Call {{help:{ident}}}.")
    at = line_of(folder, LESSON_FILE, "Call {help:")
    assert only(folder).startswith(f"content/{LESSON_FILE}:{at}: the help line ")
    assert what in only(folder)


@pytest.mark.parametrize("fault", ["phone: 12", "phone: [", "phoned: never"])
def test_faults_of_a_help_line_come_first(folder: Path, fault: str) -> None:
    edit(folder, "help/us.yaml", "phone: 1-888-373-7888", fault)
    assert {told.path for told in complaints(folder) if told.level == "error"} == {"content/help/us.yaml"}


def test_a_number_that_is_typed_gets_a_warning(folder: Path) -> None:
    edit(folder, LESSON_FILE, BY_ID, "Call 1-888-373-7888, never 1-888-373-78881 or 207-555-0100.")
    told = [str(complaint) for complaint in complaints(folder) if "typed" in complaint.what]
    at = line_of(folder, LESSON_FILE, "Call 1-888")
    fault = "1-888-373-7888 is typed here. Write {help:hotline}: help/ keeps the number."
    assert told == [f"content/{LESSON_FILE}:{at}: {fault}"]
