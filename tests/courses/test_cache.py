"""Content that is kept for the next start: found again only if nothing changed and nobody else wrote it."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from tests.courses import small
from trainer.courses import cache
from trainer.courses.cache import Cache
from trainer.courses.library import load


class Bomb:
    """Says so when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (pytest.fail, ("it was unpickled",))


@pytest.fixture
def kept(tmp_path: Path) -> Cache:
    """Return an empty place."""
    return Cache(tmp_path / "kept", "a secret of this installation")


def test_what_was_kept_is_found_and_is_the_same(folder: Path, kept: Cache) -> None:
    first, complaints = load(folder, small.TODAY, kept_in=kept)
    found = cache.find(kept, cache.key_of(folder.resolve(), small.TODAY))
    assert found is not None
    assert found == (first, complaints)
    assert load(folder, small.TODAY, kept_in=kept)[0] == first


def test_any_change_is_read_anew(folder: Path, kept: Cache) -> None:
    load(folder, small.TODAY, kept_in=kept)
    site = folder / "site.yaml"
    site.write_text(site.read_text("utf-8").replace("Small site", "Other site"), "utf-8")
    assert load(folder, small.TODAY, kept_in=kept)[0].site.name == "Other site"


def test_another_day_is_another_key(folder: Path) -> None:
    today = small.TODAY
    assert cache.key_of(folder, today) != cache.key_of(folder, today.replace(day=today.day + 1))


@pytest.mark.parametrize("secret", ["another secret", ""])
def test_what_another_wrote_is_never_unpickled(folder: Path, kept: Cache, secret: str) -> None:
    key = cache.key_of(folder.resolve(), small.TODAY)
    forged = Cache(kept.folder, secret)
    kept.folder.mkdir()
    data = pickle.dumps(Bomb())
    (kept.folder / cache.NAME).write_bytes(cache._mark(forged, key, data) + data)
    assert cache.find(kept, key) is None


@pytest.mark.parametrize(
    "damage", [lambda raw: raw[:100], lambda raw: raw + b"x", lambda raw: b"", lambda raw: raw[1:]]
)
def test_a_damaged_file_is_read_anew(folder: Path, kept: Cache, damage: object) -> None:
    content, _ = load(folder, small.TODAY, kept_in=kept)
    path = kept.folder / cache.NAME
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert load(folder, small.TODAY, kept_in=kept)[0] == content


def test_a_place_that_cannot_be_written_is_no_reason_to_fail(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder would be")
    assert load(folder, small.TODAY, kept_in=Cache(tmp_path / "kept", "secret"))[0].site.name == "Small site"
