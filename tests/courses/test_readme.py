"""What `content/README.md` shows to authors works, and nothing that they may write is missing from it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from tests.courses import small
from trainer.core.settings import ROOT
from trainer.courses import markdown, schema

README = (ROOT / "content" / "README.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^```\w+\n# content/(\S+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL))
LISTS = {"sources.yaml", "glossary.yaml", "help/us-me.yaml"}
SCENES = 16  # as many as the course of the example draws


@pytest.fixture
def examples(folder: Path) -> Path:
    """The tiny folder with every example in it, and with pairs enough for the course."""
    for pool in ("open", "reserved"):
        for number in range(3, SCENES + 1):
            for letter, truth in (("a", "concern"), ("b", "no_concern")):
                scene = small.scene(truth, f"{pool}-{number}", pool)
                (folder / "scenarios" / f"{pool}-{number}-{letter}.md").write_text(scene, encoding="utf-8")
    for name, text in EXAMPLES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name in LISTS:
            text = path.read_text(encoding="utf-8") + text
        elif name == "indicators.yaml":
            text = _splice(path.read_text(encoding="utf-8"), text)
        else:
            assert name == "site.yaml" or not path.exists()
        path.write_text(text, encoding="utf-8")
    return folder


def test_every_kind_of_file_has_an_example() -> None:
    kinds = {re.sub(r"neighbors|at-a-farm|who-decides|berry-shed|about|us-me", "*", name) for name in EXAMPLES}
    assert kinds == {
        "site.yaml",
        "sources.yaml",
        "glossary.yaml",
        "indicators.yaml",
        "help/*.yaml",
        "pages/*.md",
        "courses/*/course.yaml",
        "courses/*/01-*/module.yaml",
        "courses/*/01-*/01-*.md",
        "scenarios/*-a.md",
        "scenarios/*-b.md",
    }
    assert {"kind: indicator", "kind: false_cue"} <= set(re.findall("kind: .*", EXAMPLES["indicators.yaml"]))
    assert README.count("```") == 2 * len(EXAMPLES)  # no block is left out


def test_the_examples_load(examples: Path) -> None:
    errors = [str(complaint) for complaint in small.complaints(examples) if complaint.level == "error"]
    assert errors == []
    content = small.read(examples)
    assert content.courses["neighbors"].lesson("at-a-farm/who-decides")
    assert {"berry-shed-a", "berry-shed-b"} <= set(content.scenarios)


def test_the_lesson_shows_every_box_and_every_form(examples: Path) -> None:
    lesson = EXAMPLES["courses/neighbors/01-at-a-farm/01-who-decides.md"]
    for box in markdown.BOXES:
        assert f"\n::: {box}" in lesson
    for form in ("[^", "](glossary:", "](indicator:", "](page:", "[["):
        assert form in lesson


def test_the_complaint_shown_is_what_the_check_says(examples: Path) -> None:
    path = examples / "scenarios" / "berry-shed-a.md"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"      report-now: .*\n", "", text), encoding="utf-8")
    assert f"`{small.only(examples)}`" in README


def test_every_key_and_every_choice_is_named() -> None:
    models = [one for one in vars(schema).values() if isinstance(one, type) and issubclass(one, BaseModel)]
    keys = {name for model in models for name in model.model_fields}
    missing = {key for key in keys if not re.search(rf"\b{key}(:|`)", README)}
    assert missing == set()
    enums = (schema.Truth, schema.Verdict, schema.Pool, schema.Route, schema.Rule)
    literals = (schema.Venue, schema.Need, schema.Strength, schema.ForbiddenKind)
    words = {one.value for enum in enums for one in enum} | {word for one in literals for word in get_args(one)}
    assert {word for word in words if not re.search(rf"\b{word}\b", README)} == set()


def test_every_page_that_a_link_may_lead_to_is_named() -> None:
    for page in markdown.PAGE_PATHS:
        assert re.search(rf"\b{page}\b", README)


def _splice(one: str, other: str) -> str:
    """Join two files of categories and indicators, each line as it was written."""
    categories, indicators = one.split("indicators:\n")
    more_categories, more_indicators = other.removeprefix("categories:\n").split("indicators:\n")
    return f"{categories}{more_categories}indicators:\n{indicators}{more_indicators}"
