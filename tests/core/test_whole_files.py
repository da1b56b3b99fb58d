"""Files are there as a whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from trainer.core.whole_files import drop_parts, has_content, is_part, write_whole


def cut_off() -> Iterator[bytes]:
    yield b"half"
    raise OSError("No space left on device")


def test_a_write_that_is_cut_off_leaves_the_file_as_it_was_and_what_it_began_is_cleared(tmp_path: Path) -> None:
    path = tmp_path / "new" / "plan.json"
    write_whole(path, [b"wh", b"ole"])
    with pytest.raises(OSError, match="No space left"):
        write_whole(path, cut_off())
    assert path.read_bytes() == b"whole"
    assert [is_part(file) for file in sorted(path.parent.iterdir())] == [False, True]
    drop_parts(path.parent)
    assert [file.name for file in path.parent.iterdir()] == ["plan.json"]


def test_the_disk_has_a_file_before_it_is_renamed_and_its_folder_afterward(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was renamed without it is there and empty after a power loss."""
    flushed: list[tuple[bool, bool]] = []
    path, flush = tmp_path / "pack.zip", os.fsync

    def note(handle: int) -> None:
        flushed.append((os.path.samestat(os.fstat(handle), tmp_path.stat()), path.exists()))
        flush(handle)

    monkeypatch.setattr(os, "fsync", note)
    write_whole(path, [b"whole"])
    assert flushed == [(False, False), (True, True)]


def test_an_empty_file_has_no_content_and_neither_has_one_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "full").write_bytes(b"x")
    assert [has_content(tmp_path / name) for name in ("empty", "none", "full")] == [False, False, True]
