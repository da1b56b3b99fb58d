"""Kinds of files: each in its place, and the table says the same as the guide for authors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.content.small import only
from trainer.content.kinds import KINDS, find_kinds
from trainer.core.settings import ROOT


@pytest.mark.parametrize(
    "name", ["notes.txt", "pages/Privacy.md", "courses/recognize/basics/01-a.md", "site.yml", "es/a.md"]
)
def test_a_file_nobody_knows_is_named(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("x", encoding="utf-8")
    assert only(folder).startswith(f"content/{name}:1: no file of this name belongs here. ")


@pytest.mark.parametrize("name", ["site.yaml", "vocabulary.yaml", "sources.yaml", "glossary.yaml", "indicators.yaml"])
def test_a_missing_file_is_the_only_complaint(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert only(folder).startswith(f"content/{name}:1: the file is missing. ")


def test_the_table_of_the_guide_for_authors_names_each_kind_of_file() -> None:
    rows = re.findall(r"^\| `([^`]+)` \|", (ROOT / "content" / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    files = rows[: rows.index("ids.txt") + 1]
    assert sorted(files) == sorted({*(kind.file for kind in KINDS), "pictures/<name>.svg", "CHANGELOG.md", "ids.txt"})


@pytest.mark.parametrize(
    ("name", "kinds", "parts"),
    [
        ("site.yaml", ["site"], ()),
        ("indicators.yaml", ["category", "indicator"], ()),
        ("help/us.yaml", ["help"], ("us",)),
        ("courses/a/01-b/02-c-d.md", ["lesson"], ("a", "01", "b", "02", "c-d")),
        ("courses/a/01-12/module.yaml", ["module"], ("a", "01", "12")),
        ("siteXyaml", [], ()),
        ("pages/a/b.md", [], ()),
    ],
)
def test_a_name_tells_the_kind_of_a_file(name: str, kinds: list[str], parts: tuple[str, ...]) -> None:
    found, told = find_kinds(name)
    assert ([kind.name for kind in found], told) == (kinds, parts)
