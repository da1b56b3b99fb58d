"""Files are there as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from trainer.core.whole_files import drop_parts, is_part, write_whole


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
