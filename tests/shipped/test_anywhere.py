"""A scene may be set in Maine, but what is right in it rests on no number, law, service or duty of one state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import yaml

from tests.shipped.conftest import SHIPPED

OF_ONE_STATE: Final = re.compile(
    r"\bMaine\b"
    r"|Pine Tree|DHHS|\bIntake\b|Marine Patrol|\bILAP\b|Preble Street|Safe Voices|NextStep"  # its services
    r"|\{help:(?:maine|pine)"  # its lines by their own ids, where the role is meant
    r"|\b\d{3}-\d{4}\b"  # a number that was typed
    r"|district attorney|statute|\bTitle \d|minimum wage|n't a crime|crime in\b"
    r"|mandated|duty to report|\bby law\b|\b(?:must|has to|have to) report\b"
)
LAWS_AND_OFFICES: Final = re.compile(r"^(?:Title|Public Law|LD) \d|Maine (?:Coalition|Department|Legislature|Senate)")
SCENES: Final = sorted(path for path in (SHIPPED / "scenarios").glob("*.md") if not path.name.endswith(".es.md"))
NIGHTS: Final = sorted([*SHIPPED.glob("courses/*/rare.yaml"), *SHIPPED.glob("courses/*/shifts/*.yaml")])


def heads() -> Iterator[tuple[str, str]]:
    """Yield the name of each scene for readers of all states, and its head: all but the story, which has a place."""
    for scene in SCENES:
        head = scene.read_text(encoding="utf-8").split("---\n", 2)[1]
        if not re.search(r"^region:", head, re.MULTILINE):
            yield scene.stem, head


def faults_in(told: str) -> list[str]:
    """Return the lines that are of one state; ids aren't read."""
    read = re.sub(r"\bid: [\w-]+", "", told)
    return [line.strip() for line in read.splitlines() if OF_ONE_STATE.search(line)]


@pytest.mark.parametrize(
    ("said", "faults"),
    [
        ("Selling sex isn't a crime in Maine, and nobody is in danger.", 1),
        ("Call Pine Tree Legal's farmworker line tonight", 1),
        ("Call Child Protective Intake from the break room", 1),
        ("Call child protection, 800-452-1999", 1),
        ("Give him {help:maine-labor-wage}", 1),
        ("Teachers report by law, and the call is free.", 1),
        ("Give him {help:labor-standards}", 0),
        ("Call the farmworker lawyers tonight", 0),
        ("At your intake window", 0),
        ("- id: mandated\n  text: Call child protection, 911 or 211", 0),
    ],
)
def test_what_is_of_one_state_is_seen(said: str, faults: int) -> None:
    assert len(faults_in(said)) == faults


def test_no_answer_of_a_scene_rests_on_one_state() -> None:
    told = dict(heads())
    assert len(told) > 400
    assert {name: faults for name, head in told.items() if (faults := faults_in(head))} == {}


def test_no_scene_cites_a_law_or_an_office_of_maine() -> None:
    listed = yaml.safe_load((SHIPPED / "sources.yaml").read_text(encoding="utf-8"))
    named = {source["id"]: (source["title"], source["publisher"]) for source in listed}
    local = {id_ for id_, names in named.items() if any(map(LAWS_AND_OFFICES.search, names))}
    cited = {name: set(re.findall(r"[SN]\d+b?", head.split("\nsources: ")[1].split("]")[0])) for name, head in heads()}
    assert {name: sources & local for name, sources in cited.items() if sources & local} == {}


@pytest.mark.parametrize("night", NIGHTS, ids=lambda night: night.name)
def test_no_answer_of_a_night_rests_on_one_state(night: Path) -> None:
    _, _, answers = night.read_text(encoding="utf-8").partition("events:" if night.stem == "rare" else "handover:")
    assert answers  # before them stand the title and the place
    assert faults_in(answers) == []
