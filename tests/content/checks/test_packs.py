"""Requirement packs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.small import edit, only

PACK_FILE = "requirements/ohio.yaml"


PACK = """title: Ohio, hotels
state: Ohio
applies_to: Hotels.
course_approval:
  required: true
  authority: the board
defaults:
  course: recognize
  least_minutes: 20
  cadence_months: 12
  days_allowed: 90
  renewal_days: 60
sources: [S1]
seen_on: 2026-11-24
notice: This is not legal advice.
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[S1]", "[S1, S99]", '13: no source is called "S99"'),
        ("course: recognize", "course: nowhere", '8: no course is called "nowhere". Correct its id.'),
        ("sources: [S1]\n", "", '2: what a state asks needs a source. Add "sources:" with their ids.'),
        ("  authority: the board\n", "", "4: no approving authority is named"),
        ("state: Ohio\n", "", "3: no approving authority is named"),
        ("not legal advice", "advice", '15: the notice doesn\'t warn the reader. Say "not legal advice" in it.'),
        ("months: 12", "months: 0", '10: "cadence_months" can\'t be "0". It must be at least 1.'),
        ("days_allowed: 90", "days: 90", '11: unknown key "days"'),
        ("required: true", "required: perhaps", '5: "required" must be true or false'),
    ],
)
def test_a_requirement_pack_names_who_says_so(folder: Path, old: str, new: str, complaint: str) -> None:
    small.put(folder, PACK_FILE, PACK)
    assert small.read(folder).packs["ohio"].unapproved_state == "Ohio"
    edit(folder, PACK_FILE, old, new)
    errors = [one for one in small.complaints(folder) if one.level == "error"]
    assert f"content/{PACK_FILE}:{complaint}" in "\n".join(str(one) for one in errors)


def test_a_pack_may_name_a_region_that_is_there(folder: Path) -> None:
    small.put(folder, PACK_FILE, f"{PACK}region: us-oh\n")
    assert only(folder) == f'content/{PACK_FILE}:16: there is no region "us-oh". Add regions/us-oh, or correct it.'
    small.put(folder, "regions/us-oh/region.yaml", "name: Ohio\n")
    small.put(folder, "regions/us-oh/help/us-oh.yaml", small.HELP.replace("id: hotline", "id: ohio"))
    assert small.read(folder).packs["ohio"].region == "us-oh"
