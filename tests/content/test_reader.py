"""Reading whole folders: faults are complaints, and nothing is raised."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.content import small
from tests.content.small import COURSE_FILE, complaints, edit, only
from trainer.content.files import BODY_LIMIT
from trainer.content.library import Complaint, Content, ContentRefused, load
from trainer.items.registry import MODELS


def test_the_small_folder_has_no_fault(folder: Path) -> None:
    assert {complaint.level for complaint in complaints(folder)} == {"warning"}


def test_a_list_item_without_keys_is_refused(folder: Path) -> None:
    path = folder / "sources.yaml"
    path.write_text(f"- only text\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    assert only(folder).startswith("content/sources.yaml:1: keys and values are needed here. ")


def test_a_text_that_would_take_long_to_parse_is_refused(folder: Path) -> None:
    small.edit(folder, "pages/privacy.md", "We keep little.", "[" * (BODY_LIMIT + 1))
    assert only(folder) == "content/pages/privacy.md:5: the text is longer than 32 KB. Split it."


def test_a_file_without_a_body_is_refused(folder: Path) -> None:
    (folder / "pages/privacy.md").write_text("---\ntitle: a\nsummary: b\n---\n\n", encoding="utf-8")
    assert only(folder) == "content/pages/privacy.md:5: there is no text below the head. Write it."


@pytest.mark.parametrize("name", [COURSE_FILE, "courses/recognize/01-basics/module.yaml"])
def test_a_course_or_module_without_its_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert only(folder).startswith(f"content/{name}:1: the file is missing. ")


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("sources.yaml", "id: N2", "id: S1"),
        ("glossary.yaml", "id: case", "id: signal"),
        ("indicators.yaml", "id: papers", "id: freedom"),
        ("indicators.yaml", "id: C5", "id: C1"),
    ],
)
def test_an_id_given_twice_is_refused(folder: Path, name: str, old: str, new: str) -> None:
    edit(folder, name, old, new)
    told = [str(complaint) for complaint in complaints(folder)]
    assert any(f'the id "{new[4:]}" is there twice' in line for line in told)


def test_a_help_line_of_a_region_may_replace_one_of_the_nation(folder: Path) -> None:
    small.put(folder, "regions/us-me/region.yaml", "name: Maine\n")
    small.put(folder, "regions/us-me/help/us-me.yaml", small.HELP.replace("National", "Own"))
    there = small.read(folder).regions["us-me"]
    assert {name: [line.name for line in lines] for name, lines in there.help_lines.items()} == {
        "us-me": ["Own hotline"],
        "us": [],
    }


def spoil(raw: bytes, chance: random.Random) -> bytes:
    """Change a few bytes as slips of editors, disks and hands do."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0:
                data[at:at] = chance.choice(
                    [b"\n", b"\t", b": ", b"- ", b"---\n", b"\xff", b"\x00", b"'", b'"', b"{", b"[", b"&a "]
                )
            case 1:
                del data[at : at + chance.randint(1, 30)]
            case 2:
                data[at:at] = data[max(0, at - 40) : at]
            case 3 if data:
                data[at % len(data)] = chance.randrange(256)
            case 4:
                del data[at:]
            case _:
                data[at:at] = chance.choice(
                    [b":::", b"::: choose x\n- [x]\n", b"[^S1]", b"](x:", b"<b", b"*x", b"1,000 ", "‮".encode()]
                )
    return bytes(data)


@pytest.mark.check("T130")
@settings(
    max_examples=int(os.environ.get("TRAINER_FUZZ", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_a_spoiled_folder_is_loaded_whole_or_refused(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    folder = small.write(tmp_path / str(seed))
    names = sorted(small.files())
    for name in chance.sample(names, chance.randint(1, 3)):
        path = folder / name
        path.write_bytes(spoil(path.read_bytes(), chance))
    try:
        content: Content | None = load(folder, small.TODAY, MODELS)[0]
        faults: list[Complaint] = []
    except ContentRefused as refused:
        content, faults = None, [complaint for complaint in refused.complaints if complaint.level == "error"]
    assert (content is None) == bool(faults)
    assert all(fault.line >= 1 and fault.remedy and "\n" not in str(fault) for fault in faults)
