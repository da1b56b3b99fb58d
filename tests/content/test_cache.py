"""Content that is kept for the next start: found again only if nothing changed and nobody else wrote it."""

from __future__ import annotations

import pickle
import shutil
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.content import small
from trainer.content import cache
from trainer.content.cache import Cache
from trainer.content.library import load
from trainer.items.registry import MODELS


class Bomb:
    """Says so when it is unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (pytest.fail, ("it was unpickled",))


@pytest.fixture
def kept(tmp_path: Path) -> Cache:
    """Return an empty place."""
    return Cache(tmp_path / "kept", "a secret of this installation")


def test_what_was_kept_is_found_and_is_the_same(folder: Path, kept: Cache) -> None:
    first, complaints = load(folder, small.TODAY, MODELS, kept_in=kept)
    found = cache.find(kept, cache.key_of(folder.resolve(), small.TODAY))
    assert found is not None
    assert found == (first, complaints)
    assert load(folder, small.TODAY, MODELS, kept_in=kept)[0] == first


def test_any_change_is_read_anew(folder: Path, kept: Cache) -> None:
    load(folder, small.TODAY, MODELS, kept_in=kept)
    site = folder / "site.yaml"
    site.write_text(site.read_text("utf-8").replace("Small site", "Other site"), "utf-8")
    assert load(folder, small.TODAY, MODELS, kept_in=kept)[0].site.name == "Other site"


def test_another_day_is_another_key(folder: Path) -> None:
    today = small.TODAY
    assert cache.key_of(folder, today) != cache.key_of(folder, today.replace(day=today.day + 1))


@pytest.mark.parametrize("name", ["content/schema.py", "content/checks/packs.py", "items/judge/model.py"])
def test_the_key_changes_with_our_own_code(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    code = [
        shutil.copytree(one, tmp_path / "code" / one.name, ignore=shutil.ignore_patterns("__pycache__"))
        for one in cache.OURS
    ]
    before = cache.key_of(folder, small.TODAY)
    monkeypatch.setattr(cache, "OURS", code)
    assert cache.key_of(folder, small.TODAY) == before
    with (tmp_path / "code" / name).open("a", encoding="utf-8") as file:
        file.write("# another sentence\n")
    assert cache.key_of(folder, small.TODAY) != before


def test_the_key_covers_every_file_of_our_own_code() -> None:
    package = Path(cache.__file__).parent
    ours = {path for folder in cache.OURS for path in cache._files(folder, ".py")}
    assert {*package.rglob("*.py"), *(package.parent / "items").rglob("*.py")} == ours
    assert {package / "checks/packs.py", package / "markdown/syntax.py", package / "kinds.py"} <= ours


@pytest.mark.parametrize("package", ["markdown-it-py", "nh3", "pydantic", "pyyaml"])
def test_the_key_changes_with_each_package_that_reads_content(
    folder: Path, monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    before = cache.key_of(folder, small.TODAY)
    monkeypatch.setattr(cache, "version", lambda name: "999.0" if name == package else version(name))
    assert cache.key_of(folder, small.TODAY) != before


@pytest.mark.asvs("1.5.2")
@pytest.mark.parametrize("secret", ["another secret", ""])
def test_what_another_wrote_is_never_unpickled(folder: Path, kept: Cache, secret: str) -> None:
    key = cache.key_of(folder.resolve(), small.TODAY)
    forged = Cache(kept.folder, secret)
    kept.folder.mkdir()
    data = pickle.dumps(Bomb())
    (kept.folder / cache.NAME).write_bytes(cache._mark(forged.secret, key, data) + data)
    assert cache.find(kept, key) is None


@pytest.mark.parametrize(
    "damage", [lambda raw: raw[:100], lambda raw: raw + b"x", lambda raw: b"", lambda raw: raw[1:]]
)
def test_a_damaged_file_is_read_anew(folder: Path, kept: Cache, damage: object) -> None:
    content, _ = load(folder, small.TODAY, MODELS, kept_in=kept)
    path = kept.folder / cache.NAME
    path.write_bytes(damage(path.read_bytes()))  # type: ignore[operator]
    assert load(folder, small.TODAY, MODELS, kept_in=kept)[0] == content


def test_a_place_that_cannot_be_written_is_no_reason_to_fail(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").write_text("a file where the folder would be")
    assert load(folder, small.TODAY, MODELS, kept_in=Cache(tmp_path / "kept", "secret"))[0].site.name == "Small site"
