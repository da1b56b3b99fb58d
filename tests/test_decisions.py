"""Each decision has a page of the same shape, and the list has them all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trainer.core.settings import ROOT

FOLDER = ROOT / "docs" / "decisions"
PAGES = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
PARTS = ("**Chosen.**", "**Instead of**", "**Why.**", "**What it costs.**", "**We would choose again**")


def test_the_list_names_every_page_by_its_title() -> None:
    listed = re.findall(r"^\| \[(\d{4})\]\(([^)]+)\) \| (.+) \|$", (FOLDER / "README.md").read_text(), re.MULTILINE)
    titles = [page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ") for page in PAGES]
    assert [(name, f"{number} {title}") for number, name, title in listed] == [
        (page.name, title) for page, title in zip(PAGES, titles, strict=True)
    ]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_tells_what_why_and_what_it_costs_and_names_files_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    places = [text.index(part) for part in PARTS]
    assert places == sorted(places)
    assert len(text.splitlines()) < 60
    for name in re.findall(r"`([a-z_]+/[a-z_]+\.(?:py|txt|md))`", text):
        assert (ROOT / name).exists() or (ROOT / "trainer" / name).exists(), name
