"""The lessons of the base hold in every state: one state's law, services and numbers stand in its region."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
import yaml

from tests.shipped.conftest import SHIPPED

OF_ONE_STATE: Final = re.compile(
    r"Pine Tree|DHHS|\bIntake\b|\bILAP\b|Preble Street|Safe Voices|NextStep"  # Maine's services
    r"|help:(?:maine|pine)"  # its lines by their own ids, where the role is meant
    r"|\b\d{3}-\d{4}\b"  # a number that was typed
    r"|district attorney|statute|\bTitle \d|Maine(?:'s)? (?:law|[Dd]ep|orders|requires|licenses)"
    r"|[Ii]n Maine,? (?:no|some|an? (?:adult|private)|must)|no crime (?:for|in)|commits? no"
)
LAWS_AND_OFFICES: Final = re.compile(r"^(?:Title|Public Law|LD) \d|Maine (?:Coalition|Department|Legislature|Senate)")
LESSONS: Final = sorted(path for path in (SHIPPED / "courses").rglob("*.md") if not path.name.endswith(".es.md"))


def faults_in(told: str) -> list[str]:
    """Return the lines that are of one state."""
    return [line.strip() for line in told.splitlines() if OF_ONE_STATE.search(line)]


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ("In Maine, nobody under 18 may be charged with it.", 1),
        ("Maine's law on forced labor names drugs.", 1),
        ("| Already happened | Child Protective Intake, {help:child-protection} |", 1),
        ("Call {help:maine-labor-wage}.", 1),
        ("An adult who sells sex commits no crime.", 1),
        ("Around Portland, Maine, a couple rented houses.", 0),
        ("In Maine, for one, they come for berries.", 0),
        ("  - {id: intake, text: Child protection}", 0),
    ],
)
def test_what_is_of_one_state_is_seen(said: str, faults: int) -> None:
    assert len(faults_in(said)) == faults


def test_no_lesson_for_everyone_rests_on_one_state() -> None:
    assert len(LESSONS) > 100
    faults = {str(path): faults_in(path.read_text(encoding="utf-8")) for path in LESSONS}
    assert {name: lines for name, lines in faults.items() if lines} == {}


def test_no_lesson_for_everyone_cites_a_law_or_an_office_of_maine() -> None:
    listed = yaml.safe_load((SHIPPED / "sources.yaml").read_text(encoding="utf-8"))
    local = {
        source["id"] for source in listed if any(map(LAWS_AND_OFFICES.search, (source["title"], source["publisher"])))
    }
    assert local
    cited = {str(path): set(re.findall(r"\b[SN]\d+b?\b", _sources(path))) & local for path in LESSONS}
    assert {name: sources for name, sources in cited.items() if sources} == {}


def _sources(lesson: Path) -> str:
    return lesson.read_text(encoding="utf-8").split("\nsources: ")[1].split("\n")[0]
