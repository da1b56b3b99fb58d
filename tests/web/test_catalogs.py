"""The catalogs of the site's own words: whole entries, the same placeholders, compiled as they are."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from trainer.content.own_words import CATALOGS

FILES = sorted(CATALOGS.glob("*/LC_MESSAGES/messages.po"))
_PLACEHOLDER = re.compile(r"%\(\w+\)s|%%|<[^<>]+>|&\w+;")


@pytest.fixture(params=FILES, ids=lambda path: path.parts[-3])
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def texts(message: Message) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what an entry translates and how, each with its plural if it has one."""
    ids = (message.id,) if isinstance(message.id, str) else tuple(message.id)
    told = (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))
    return ids, told


def faults_in(catalog: Catalog) -> list[str]:
    """Return the ids of entries that are fuzzy, translated in part, or have other placeholders than the original."""
    faults = []
    for message in catalog:
        ids, told = texts(message)
        needed, given = ([sorted(_PLACEHOLDER.findall(one)) for one in some] for some in (ids, told))
        is_half = any(told) and not all(told)
        if ids[0] and (message.fuzzy or is_half or (all(told) and any(one not in needed for one in given))):
            faults.append(ids[0])
    return faults


def test_there_is_spanish() -> None:
    assert "es" in [path.parts[-3] for path in FILES]


def test_each_entry_says_what_its_original_says_with_the_same_placeholders(path: Path) -> None:
    assert faults_in(read(path)) == []


@pytest.mark.parametrize(
    ("english", "other", "is_fault"),
    [
        ("%(num)s scenes", "%(num)s escenas", False),
        ("%(num)s scenes", "%(number)s escenas", True),
        ("%(num)s scenes", "", False),
        (("%(num)s scene", "%(num)s scenes"), ("%(num)s escena", ""), True),
        ("<b>Now</b>", "<b>Ahora", True),
    ],
)
def test_a_fault_is_seen(english: str | tuple[str, str], other: str | tuple[str, str], is_fault: bool) -> None:
    catalog = Catalog(locale="es")
    catalog.add(english, other)
    assert bool(faults_in(catalog)) == is_fault


def test_what_is_served_is_what_was_written(path: Path) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, read(path))
    assert path.with_suffix(".mo").read_bytes() == compiled.getvalue(), "run make messages"
