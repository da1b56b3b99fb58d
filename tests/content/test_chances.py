"""The page of a rule prints what was computed of it, and leaves it out where that no longer fits."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.assessment.swapped import copy_content, open_library
from tests.content import small
from tests.content.computed import CHANCES, put_chances
from tests.support import COURSE, Visitor
from trainer.content.chances import Chances


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the content for which chances were computed."""
    copied = copy_content(tmp_path)
    put_chances(copied)
    return copied


def page(app: Flask, folder: Path, path: str) -> str:
    app.extensions["library"] = open_library(folder)
    return " ".join(Visitor(app).get(path).text.split())


def test_the_page_prints_what_the_file_says(app: Flask, folder: Path) -> None:
    told = page(app, folder, f"/courses/{COURSE}/rule")
    assert "All first steps help: 88 pass the first try, and &gt;99 pass within 3 tries." in told
    assert "Of 100 first steps, 95 help, 1 could harm: 87 pass the first try, and 99 pass within 3 tries." in told
    assert "Of 100 first steps, 85 help, 4 or 5 could harm: 61 pass the first try, and 91 pass" in told
    assert "over-report 25 of 100 others, 19 pass the first try and 35 pass within 3 tries" in told
    assert "&lt;1, then &lt;1" in told
    assert "Reports everything" in told
    assert "Each number comes from 40,000 made-up people" in told
    assert "error is at most 0.2 of 100" in told
    assert "69 to 78 get the same verdict twice" in told
    assert "an agreement (κ) of 0.38 to 0.55" in told
    assert "0.551 ± 0.004" in told
    told = page(app, folder, f"/courses/{COURSE}")
    assert "about 87 pass the first try and 99 pass within 3 if 95 of 100 first steps help" in told
    assert "and 61 and 91 if 85 help." in told


def test_what_no_longer_fits_is_left_out(app: Flask, folder: Path) -> None:
    small.edit(folder, f"courses/{COURSE}/course.yaml", "wait_days: 7", "wait_days: 8")
    told = page(app, folder, f"/courses/{COURSE}/rule")
    assert "How the final decides" in told
    assert "Whom it lets through" not in told
    assert "pass the first try" not in page(app, folder, f"/courses/{COURSE}")


def test_a_course_without_a_final_has_no_such_page_and_no_link_to_it(app: Flask, folder: Path) -> None:
    app.extensions["library"] = open_library(folder)
    assert Visitor(app).get("/courses/refresher/rule").status_code == 404
    for path in ("/courses/refresher", "/courses"):
        assert "/courses/refresher/rule" not in page(app, folder, path)


def test_a_chance_of_one_half_has_the_largest_error() -> None:
    assert Chances(**CHANCES).largest_error == pytest.approx(0.0025)
    assert Chances(**CHANCES).of(0.5, 0.5) is None
