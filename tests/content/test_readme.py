"""What `content/README.md` shows to authors works, and nothing that they may write is missing from it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from tests.content import small
from tests.content.spanish import faults
from trainer.content import history, markdown, schema
from trainer.content.catalogue import Strength
from trainer.content.parts import Part
from trainer.content.schema import Pool
from trainer.content.subject import Evidence, Truth, Verdict
from trainer.core.settings import ROOT
from trainer.items.registry import MODELS
from trainer.tools.content import content_cli, new_cli

README = (ROOT / "content" / "README.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^```\w+\n# content/(\S+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL))
LISTS = {"sources.yaml", "glossary.yaml", "help/us.yaml", "CHANGELOG.md"}
LESSON = "courses/neighbors/01-at-a-farm/01-who-decides.md"
EXAMPLE_SCENES = ("berry-shed-a", "berry-shed-b", "gate-late-van")
SCENES = 16  # as many as the course of the example draws


@pytest.fixture
def examples(folder: Path) -> Path:
    """The tiny folder with every example in it, with pairs enough for the course, and the second scene of its shift."""
    small.put(folder, "CHANGELOG.md", "## recognize 1.0\ndigest: none yet\n- First.\n")
    small.edit(folder, small.COURSE_FILE, "    - scenes: 2", f"    - scenes: {SCENES}")
    small.add_shift(folder, "c", ("23:30",))
    (folder / small.SHIFT_FILE).unlink()
    (folder / "scenarios/shift-0.md").rename(folder / "scenarios/gate-one-call.md")
    for pool in ("open", "pretest", "reserved"):
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
            assert name in ("site.yaml", "vocabulary.yaml") or not path.exists()
        path.write_text(text, encoding="utf-8")
    return folder


def test_every_kind_of_file_has_an_example() -> None:
    kinds = {
        re.sub(
            r"neighbors|at-a-farm|farm-gate|who-decides|berry-shed|gate-late-van|about|us-me|us(?=\.)|seasons|farm|neighbor-state"
            r"|packing-yard",
            "*",
            name,
        )
        for name in EXAMPLES
    }
    assert kinds == {
        "site.yaml",
        "vocabulary.yaml",
        "sources.yaml",
        "glossary.yaml",
        "indicators.yaml",
        "help/*.yaml",
        "pages/*.md",
        "pages/*.es.md",
        "glossary.es.yaml",
        "courses/*/course.yaml",
        "courses/*/01-*/module.yaml",
        "pictures/*.svg",
        "courses/*/01-*/01-*.md",
        "courses/*/shifts/gate.yaml",
        "courses/*/rare.yaml",
        "scenarios/*-a.md",
        "scenarios/*-b.md",
        "scenarios/*-a.es.md",
        "cards/*.es.yaml",
        "scenarios/*.md",
        "statistics/*.yaml",
        "cards/*.yaml",
        "illustrations/*.svg",
        "requirements/*.yaml",
        "CHANGELOG.md",
        "regions/*/region.yaml",
        "regions/*/help/*.yaml",
        "regions/*/courses/*/01-*/01-*.md",
    }
    assert {"kind: indicator", "kind: false_cue"} <= set(re.findall("kind: .*", EXAMPLES["indicators.yaml"]))
    assert README.count("```") == 2 * len(EXAMPLES)  # no block is left out


def test_the_examples_load(examples: Path) -> None:
    errors = [str(complaint) for complaint in small.complaints(examples) if complaint.level == "error"]
    assert errors == []
    content = small.read(examples)
    assert content.courses["neighbors"].lesson("at-a-farm/who-decides")
    assert {"berry-shed-a", "berry-shed-b"} <= set(content.scenarios)
    assert {"seasons"} == set(content.statistics)
    assert "<circle" in str(content.courses["neighbors"].modules[0].picture)
    assert "207-555-0110" in content.courses["neighbors"].lessons[0].html
    assert "valley help line" in content.regions["us"].courses["neighbors"].lessons[0].html
    assert content.translations["es"].pages["about"].file.title == "Acerca de"
    assert content.translations["es"].terms["crew-boss"].term == "Contratista"
    assert content.translations["es"].scenarios["berry-shed-a"].file.title == "El galpón de las bayas"
    assert faults(examples) == []
    told = content.translations["es"].scenarios["berry-shed-a"]
    assert told.drills[0].payload["ask"] == "¿Qué línea de la regla lo decide?"
    assert told.other is not None
    assert "Un muchacho va hacia el jefe. “Mi primo" in told.other.html
    assert content.translations["es"].cards["farm"].title == "Granja"
    assert {"farm"} == set(content.cards)
    assert content.packs["neighbor-state"].unapproved_state == "Neighbor State"
    assert [complaint.what for complaint in small.complaints(examples) if "CHANGELOG" in complaint.path] == [
        "recognize 1.0 isn't published",
        "neighbors 1.0 isn't published",
    ]


def test_the_words_of_the_guide_on_scenes_hold_for_its_scenes(examples: Path) -> None:
    content = small.read(examples)
    scene = content.scenarios["berry-shed-a"]
    assert [drill.type for drill in scene.drills] == ["single", "multiple", "marks", "order"]
    other = scene.other
    assert other is not None
    assert "a young man" in other.html
    assert "My sister has work for me" in other.html
    assert "brother" not in other.html
    shift = content.courses["neighbors"].shifts["gate"]
    assert [content.scenarios[name].file.pool for name in shift.scenes] == [Pool.SHIFT, Pool.SHIFT]
    words = [len(content.scenarios[name].html.striptags().split()) for name in EXAMPLE_SCENES]
    assert all(60 <= number <= 110 for number in words), words


def test_the_term_is_linked_as_the_guide_says(examples: Path) -> None:
    lesson = small.read(examples).courses["neighbors"].lessons[0]
    assert [term.id for term in lesson.words] == ["crew-boss"]
    small.edit(examples, LESSON, "[boss of their crew](glossary:crew-boss)", "labor contractor for a season")
    lesson = small.read(examples).courses["neighbors"].lessons[0]
    assert '<a class="term" href="#word-crew-boss">labor contractor</a> for a season' in lesson.html


def test_the_entry_is_stamped_as_the_guide_says() -> None:
    stamped = history.stamp(EXAMPLES["CHANGELOG.md"], "neighbors", "a" * 64, "2026-11-24")
    assert "digest: aaaaaaaaaaaa (published 2026-11-24)" in stamped
    assert history.UNSTAMPED in EXAMPLES["CHANGELOG.md"]


def test_the_lesson_shows_every_box_and_every_form(examples: Path) -> None:
    lesson = EXAMPLES[LESSON]
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
    models: list[type[Part]] = [Part]
    for model in models:
        models += model.__subclasses__()
    keys = {name for model in models for name in model.model_fields}
    missing = {key for key in keys if not re.search(rf"\b{key}(:|`)", README)}
    assert missing == set()
    enums = (
        Truth,
        Verdict,
        schema.Pool,
        Evidence,
        schema.ShownBy,
        schema.Explained,
        schema.Grade,
    )
    literals = (
        Strength,
        schema.Cues,
        schema.Excuse,
        *(schema.ScenePerson.model_fields[key].annotation for key in ("role", "gender", "age", "manner")),
    )
    words = {one.value for enum in enums for one in enum} | {word for one in literals for word in get_args(one)}
    assert {word for word in words if not re.search(rf"\b{word}\b", README)} == set()
    assert {name for name in MODELS if f"`{name}`" not in README} == set()


def test_every_command_for_authors_and_each_of_its_options_is_named() -> None:
    for name, command in [
        *content_cli.commands.items(),
        *((f"new {one}", sub) for one, sub in new_cli.commands.items()),
    ]:
        assert f"`content {name}" in README
        options = [one for parameter in command.params for one in parameter.opts if one.startswith("--")]
        assert {one for one in options if one not in README} == set()


def test_every_page_that_a_link_may_lead_to_is_named() -> None:
    for page in markdown.PAGE_PATHS:
        assert re.search(rf"\b{page}\b", README)


def _splice(one: str, other: str) -> str:
    """Join two files of categories and indicators, each line as it was written."""
    categories, indicators = one.split("indicators:\n")
    more_categories, more_indicators = other.removeprefix("categories:\n").split("indicators:\n")
    return f"{categories}{more_categories}indicators:\n{indicators}{more_indicators}"
