"""Skeletons of content, written and checked."""

from __future__ import annotations

from pathlib import Path

from trainer.tools.skeletons import SkeletonRefusal


def write(made: dict[Path, str] | SkeletonRefusal) -> list[Path]:
    assert not isinstance(made, SkeletonRefusal), made
    for path, text in made.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return list(made)


def refusal(made: dict[Path, str] | SkeletonRefusal) -> str:
    assert isinstance(made, SkeletonRefusal)
    return made.why
