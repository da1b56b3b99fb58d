"""`flask content`: for authors and for programs that call it, on a folder of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.content import small
from trainer.app import create_app
from trainer.core.db import db
from trainer.core.settings import read_settings

SCENE = "scenarios/open-1-a.md"
ENTRY = "## recognize 1.0\ndigest: none yet\n- First.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a tiny folder whose dates are never old."""
    folder = small.write(tmp_path)
    for name in ("sources.yaml", "help/us.yaml"):
        small.edit(folder, name, "seen_on: 2026-11-01", "seen_on: 2099-01-01")
    return folder


@pytest.fixture
def author(folder: Path, tmp_path: Path) -> Iterator[Flask]:
    """Return the app of someone who set TRAINER_CONTENT."""
    given = {
        "TRAINER_INSTANCE": str(tmp_path / "instance"),
        "TRAINER_SECRET_KEY": "t" * 40,
        "TRAINER_DATABASE_URL": f"sqlite:///{tmp_path / 'none.db'}",
        "TRAINER_CONTENT": str(folder),
    }
    app = create_app(read_settings(given))
    yield app
    with app.app_context():
        db.engine.dispose()


def run(author: Flask, *words: str) -> Result:
    ended = author.test_cli_runner().invoke(args=["content", *words])
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.output
    return ended


TELL = """\
      - id: tell
        text: Tell the supervisor
        why: It is late.
        door: site
        grade: wrong-route
"""


def make_perfect(folder: Path) -> None:
    """Take away the last warnings: reviews by people, a scene for each sign, first steps and second tellings."""
    for name in (small.LESSON_FILE, "courses/recognize/04-practice/01-second.md"):
        small.edit(folder, name, "minutes: 4", "minutes: 4\nreviews: [{who: Ada, role: reader, date: 2026-11-02}]")
    for name in ("scenarios/open-1-b.md", "scenarios/reserved-1-b.md"):
        signs = "C2: None\n  C5: Low"
        small.edit(folder, name, small.OTHER_SIGN, signs)
    for path in (folder / "scenarios").glob("*.md"):
        swap = "swap: {man: woman}\n" if path.name.startswith("reserved") else ""
        small.add_to_head(folder, f"scenarios/{path.name}", TELL + swap)


def test_check_prints_one_json_object_with_each_complaint(author: Flask, folder: Path) -> None:
    ended = run(author, "check", "--json")
    assert ended.exit_code == 0
    told = json.loads(ended.output)
    assert set(told) == {"is_loaded", "digest", "complaints"}
    assert told["is_loaded"] is True
    assert len(told["digest"]) == 64
    assert {one["level"] for one in told["complaints"]} == {"warning"}
    small.edit(folder, SCENE, "      report-now: About reporting.\n", "")
    ended = run(author, "check", "--json")
    assert ended.exit_code == 1
    told = json.loads(ended.output)
    assert (told["is_loaded"], told["digest"]) == (False, None)
    assert [one for one in told["complaints"] if one["level"] == "error"] == [
        {
            "level": "error",
            "path": f"content/{SCENE}",
            "line": 28,
            "what": 'option "report-now" has no rationale',
            "remedy": "Add one: learners see it after answering.",
        }
    ]


def test_check_says_the_same_in_words(author: Flask, folder: Path) -> None:
    small.edit(folder, SCENE, "      report-now: About reporting.\n", "")
    words, told = run(author, "check").output.splitlines(), json.loads(run(author, "check", "--json").output)
    lines = [
        f"{'warning: ' if one['level'] == 'warning' else ''}{one['path']}:{one['line']}: {one['what']}. {one['remedy']}"
        for one in told["complaints"]
    ]
    assert words == [*lines, "Nothing was loaded."]


def test_for_a_release_warnings_fail_as_well(author: Flask, folder: Path) -> None:
    assert run(author, "check").exit_code == 0
    assert run(author, "check", "--release").exit_code == 1
    assert run(author, "check", "--release", "--json").exit_code == 1
    make_perfect(folder)
    ended = run(author, "check", "--release")
    assert "0 warning(s)" in ended.output
    assert ended.exit_code == 0


def test_check_counts_what_is_there(author: Flask) -> None:
    assert "in order: 1 course(s), 2 lessons, 8 scenarios, 4 indicators. " in run(author, "check").output


def test_report_shows_signs_balance_dates_and_chances(author: Flask) -> None:
    ended = run(author, "report")
    assert ended.exit_code == 0
    for part in ("SIGNS", "BALANCE", "DUE", "WHO WOULD PASS", "C5   Low pay", "reports everything"):
        assert part in ended.output


@pytest.mark.parametrize("words", [["report"], ["publish"], ["new", "scenario", "late-bus"]])
def test_nothing_is_done_with_content_that_is_not_in_order(author: Flask, folder: Path, words: list[str]) -> None:
    small.edit(folder, "site.yaml", "name: Small site", "name:")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    ended = run(author, *words)
    assert ended.exit_code == 1
    assert 'content/site.yaml:1: "name" is empty' in ended.output
    assert "Nothing was loaded." in ended.output
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_publish_adds_ids_once_and_stamps_the_newest_entry(author: Flask, folder: Path) -> None:
    old = "\n## recognize 0.9\ndigest: none yet\n- Old.\n"
    small.put(folder, "CHANGELOG.md", f"# Changes\n\n{ENTRY}{old}")
    ended = run(author, "publish")
    assert ended.exit_code == 0
    ids = (folder / "ids.txt").read_text(encoding="utf-8").split()
    assert f"{len(ids)} ID(s) added to ids.txt; {len(ids)} in all." in ended.output
    assert {"course:recognize", "scenario:open-1-a", "term:signal"} <= set(ids)
    assert "Stamped the entry of recognize in CHANGELOG.md." in ended.output
    text = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    digest = small.read(folder).courses["recognize"].digest[:12]
    assert f"\n## recognize 1.0\ndigest: {digest} (published 20" in text
    assert text.endswith(old)
    ended = run(author, "publish")
    assert ended.output.splitlines() == [f"0 ID(s) added to ids.txt; {len(ids)} in all."]
    assert (folder / "CHANGELOG.md").read_text(encoding="utf-8") == text


def test_a_stamp_that_is_there_is_never_changed(author: Flask, folder: Path) -> None:
    small.put(folder, "CHANGELOG.md", ENTRY)
    run(author, "publish")
    text = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    small.edit(folder, small.LESSON_FILE, "A case is more.", "A case is much more.")
    assert "has changed since 1.0 was published" in run(author, "check").output
    run(author, "publish")
    assert (folder / "CHANGELOG.md").read_text(encoding="utf-8") == text


def test_publish_needs_no_list_of_changes(author: Flask, folder: Path) -> None:
    assert "Stamped" not in run(author, "publish").output
    assert not (folder / "CHANGELOG.md").exists()


@pytest.mark.parametrize(
    ("words", "written"),
    [
        (["lesson", "recognize/basics/one-more"], ["courses/recognize/01-basics/02-one-more.md"]),
        (["lesson", "recognize/basics/x", "--title", "Über: all"], ["courses/recognize/01-basics/02-x.md"]),
        (["scenario", "late-bus"], ["scenarios/late-bus-a.md", "scenarios/late-bus-b.md"]),
        (["scenario", "late-bus", "--pool", "reserved"], ["scenarios/late-bus-a.md", "scenarios/late-bus-b.md"]),
        (["indicator", "freedom", "Is watched"], ["indicators.yaml"]),
        (["pack", "ohio", "--state", "Ohio", "--title", "Ohio: all"], ["requirements/ohio.yaml"]),
        (["card", "farm"], ["cards/farm.yaml"]),
        (
            ["course", "night-watch", "--title", "Night watch"],
            [
                "courses/night-watch/course.yaml",
                "courses/night-watch/01-first-module/module.yaml",
                "courses/night-watch/01-first-module/01-first-lesson.md",
            ],
        ),
        (
            ["module", "recognize/one-more"],
            [
                "courses/recognize/05-one-more/module.yaml",
                "courses/recognize/05-one-more/01-first-lesson.md",
                "courses/recognize/course.yaml",
            ],
        ),
    ],
)
def test_a_skeleton_is_written_named_and_in_order(
    author: Flask, folder: Path, words: list[str], written: list[str]
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    ended = run(author, "new", *words)
    assert ended.exit_code == 0
    assert [line for line in ended.output.splitlines() if line.startswith("Wrote ")] == [
        f"Wrote content/{name}" for name in written
    ]
    changed = [
        path.relative_to(folder).as_posix()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and before.get(path) != path.read_bytes()
    ]
    assert changed == sorted(written)
    assert run(author, "check").exit_code == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["lesson", "recognize/basics/first"], "There is a lesson recognize/basics/first already."),
        (["lesson", "first"], "Write COURSE/MODULE/NAME"),
        (["scenario", "open-1"], "There is a pair open-1 already."),
        (["indicator", "pay", "N"], "There is no category pay."),
        (["pack", "O Hio"], "Write NAME in small letters"),
        (["course", "recognize"], "There is a course recognize already."),
        (["module", "recognize/basics"], "There is a module recognize/basics already."),
        (["card", "a/b"], "Write NAME in small letters"),
    ],
)
def test_what_is_taken_or_has_no_place_is_refused_and_nothing_written(
    author: Flask, folder: Path, words: list[str], why: str
) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    ended = run(author, "new", *words)
    assert ended.exit_code == 1
    assert ended.output.startswith(why)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_a_pool_that_is_none_is_refused(author: Flask) -> None:
    assert run(author, "new", "scenario", "late-bus", "--pool", "shift").exit_code == 2


def test_what_is_computed_of_finals_is_written_and_fits(author: Flask, folder: Path) -> None:
    ended = run(author, "instrument")
    assert ended.exit_code == 0
    assert ended.output == f"Wrote {folder / 'instrument.json'}.\n"
    assert "instrument.json" not in run(author, "check").output
    small.edit(folder, small.COURSE_FILE, "tries: 3", "tries: 2")
    assert "instrument.json:1: the final or the reserved scenes of recognize" in run(author, "check").output


def test_a_final_that_cannot_be_drawn_as_it_asks_leaves_the_file_as_it_is(author: Flask, folder: Path) -> None:
    small.edit(folder, small.COURSE_FILE, "    - scenes: 2\n", "    - scenes: 2\n      on_duty_at_most: 1\n")
    ended = run(author, "instrument")
    assert ended.exit_code == 1
    assert ended.output.startswith("Error: recognize: stage 1 can't have what it asks for")
    assert not (folder / "instrument.json").exists()


def test_draws_are_shown_for_as_many_people_as_one_asks_for(author: Flask) -> None:
    lines = run(author, "report", "--draws", "10").output.splitlines()
    assert lines[0].startswith("of 10 people each")
    assert len(lines) == 4
