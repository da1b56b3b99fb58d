"""Help lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import told
from tests.content.small import edit, only, read


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("source: S1", "source: S9", '8: no source is called "S9"'),
        ("  source: S1", "  called_on: 2026-11-02\n  source: S1", '8: "called_on" and "called_by"'),
    ],
)
def test_a_help_line_has_its_source_and_who_called_it(folder: Path, old: str, new: str, complaint: str) -> None:
    edit(folder, "help/us.yaml", old, new)
    assert f"us.yaml:{complaint}" in told(folder)


def test_lines_of_a_region_stand_below_its_folder(folder: Path) -> None:
    (folder / "help/us-nh.yaml").write_text(small.HELP.replace("id: hotline", "id: north"), encoding="utf-8")
    assert only(folder) == (
        "content/help/us-nh.yaml:1: these lines are those of a region. Move them to regions/us-nh/help/us-nh.yaml."
    )
    small.put(folder, "regions/us-nh/region.yaml", "name: New Hampshire\n")
    small.put(folder, "regions/us-nh/help/us-nh.yaml", (folder / "help/us-nh.yaml").read_text("utf-8"))
    (folder / "help/us-nh.yaml").unlink()
    assert list(read(folder).regions["us-nh"].help_lines) == ["us-nh", "us"]
