"""Random slips in content: each spoiled copy loads whole, or is refused with a file and a line for all faults.

TRAINER_MUTATIONS raises the number of slips: 10,000 of them take about half an hour on one core.
"""

from __future__ import annotations

import os
import random
import re
import shutil
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import CONTENT
from tests.content import small
from tests.content.mutations import check_content
from trainer.content.ids import write_ids
from trainer.content.library import Complaint, ContentRefused, load
from trainer.content.memory import Memory
from trainer.items.registry import MODELS

MUTATIONS = int(os.environ.get("TRAINER_MUTATIONS", "150"))
SHARES = 3  # so that they can run side by side
FRESH_EVERY = 10  # of the slips, one is read without what was parsed before

SIGNS = [
    "\t",
    ": ",
    "- ",
    "---\n",
    "'",
    '"',
    "{",
    "[",
    "]",
    "&a ",
    "*a ",
    "!x ",
    "#",
    "|",
    "%",
    "\u202e",
    "\x00",
    "\ufeff",
]
MARKDOWN = ["::: chart x\n:::\n", ":::\n", "[^S1]", "](x:", "<b", "1,000 ", "[[", "## 2\n", "- [x] a => b\n", "ſ", "İ"]
NUMBERS = ["0", "-1", "1", "3", "99", "3200", "1" * 400, "1e9", "007", "yes", "null", "2026-13-41", "9999-12-31", "[]"]
LINES = ["swap: {a: b, the: a}", "retired: true", "pool: shift", "clock: 23:59", "choose_one: true", "rows: []", "x: 1"]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    folder = shutil.copytree(CONTENT, tmp_path / "content")
    content = small.read(folder)
    write_ids(folder, content)
    heads = (f"## {slug} {course.file.version}" for slug, course in content.courses.items())
    small.put(folder, "CHANGELOG.md", "\n".join(f"{head}\n\ndigest: none yet\n\n- First.\n" for head in heads))
    return folder


@pytest.mark.check("T130")
@pytest.mark.parametrize("share", range(SHARES))
def test_a_spoiled_copy_is_loaded_whole_or_refused(copy: Path, share: int) -> None:
    kinds: dict[str, list[Path]] = defaultdict(list)
    for path in sorted(path for path in copy.rglob("*") if path.is_file() and path.name != "README.md"):
        kinds[path.parent.name if path.suffix == ".md" and path.parent != copy else path.name].append(path)
    memory, outcomes = Memory(), set[bool]()
    for number in range(share, MUTATIONS, SHARES):
        chance = random.Random(number)
        path = chance.choice(kinds[chance.choice(sorted(kinds))])
        before = path.read_bytes()
        path.write_bytes(spoil(before.decode(), chance).encode())
        try:
            outcomes.add(is_loaded_whole(copy, None if number % FRESH_EVERY == 0 else memory))
        except Exception as fault:
            raise AssertionError(f"slip {number} in {path.relative_to(copy)}: {path.read_text()[:20_000]}") from fault
        path.write_bytes(before)
    assert outcomes == {True, False}  # or else the slips are too wild, or too tame
    assert is_loaded_whole(copy, memory)


def is_loaded_whole(folder: Path, memory: Memory | None) -> bool:
    """Load, and hold the outcome against what is in the folder."""
    try:
        content, found = load(folder, small.TODAY, MODELS, memory=memory)
    except ContentRefused as refused:
        faults = [one for one in refused.complaints if one.level == "error"]
        assert faults
        for fault in refused.complaints:
            check_complaint(folder, fault)
        return False
    for warning in found:
        check_complaint(folder, warning)
    check_content(folder, content)
    return True


def check_complaint(folder: Path, fault: Complaint) -> None:
    """A complaint names a place that an author finds, and what to do."""
    path = folder.parent / fault.path
    lines = path.read_bytes().count(b"\n") + path.read_bytes().count(b"\r") + 1 if path.is_file() else 1
    assert path.exists() or fault.what == "the file is missing", fault
    assert 1 <= fault.line <= lines + 1, fault
    assert fault.what
    assert fault.remedy
    assert str(fault).isprintable(), fault


def spoil(text: str, chance: random.Random) -> str:
    """Change one or two things as slips of editors and hands do."""
    for _time in range(chance.randint(1, 2)):
        text = chance.choice(SLIPS)(text, chance)
    return text


def _delete(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    del lines[at : at + chance.choice([1, 1, 1, 2, 5])]
    return "\n".join(lines)


def _duplicate(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    return "\n".join([*lines[: at + chance.randint(1, 4)], *lines[at:]])


def _swap(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def _replace(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    lines[chance.randrange(len(lines))] = chance.choice([*LINES, *MARKDOWN, chance.choice(lines)])
    return "\n".join(lines)


def _insert(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice([*SIGNS, *MARKDOWN]) + text[at:]


def _drop(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + text[at + chance.choice([1, 2, 10, len(text)]) :]


def _indent(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    lines[at] = chance.choice([f"  {lines[at]}", f" {lines[at]}", f"\t{lines[at]}", lines[at].lstrip(), lines[at][1:]])
    return "\n".join(lines)


def _renumber(text: str, chance: random.Random) -> str:
    numbers = list(re.finditer(r"\d+", text))
    if not numbers:
        return text
    found = chance.choice(numbers)
    return text[: found.start()] + chance.choice([*NUMBERS, found[0] * 2]) + text[found.end() :]


def _rekey(text: str, chance: random.Random) -> str:
    keys = list(re.finditer(r"\b[a-z_]+(?=:)", text))
    if not keys:
        return text
    found, other = chance.choice(keys), chance.choice(keys)
    return text[: found.start()] + chance.choice([other[0], "", f"{found[0]}x"]) + text[found.end() :]


def _revalue(text: str, chance: random.Random) -> str:
    values = list(re.finditer(r"(?<=: )[^\n]+", text))
    if not values:
        return text
    found, other = chance.choice(values), chance.choice(values)
    return text[: found.start()] + chance.choice([other[0], "", *NUMBERS, "true", '"x"', "{}"]) + text[found.end() :]


def _misspell(text: str, chance: random.Random) -> str:
    words = list(re.finditer(r"\w+", text))
    if not words:
        return text
    found, other = chance.choice(words), chance.choice(words)
    return text[: found.start()] + other[0] + text[found.end() :]


SLIPS: list[Callable[[str, random.Random], str]] = [
    *(_delete, _duplicate, _swap, _replace, _insert, _drop, _indent, _renumber, _rekey, _revalue, _misspell)
]
