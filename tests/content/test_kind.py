"""A kind of file: its name is a pattern, as the guide for authors writes it."""

from __future__ import annotations

import pytest

from trainer.content.curriculum import ModuleFile
from trainer.content.kind import FileFormat, FileKind
from trainer.content.places import put_module


def kind(file: str) -> FileKind[ModuleFile]:
    return FileKind("module", file, FileFormat.OBJECT, ModuleFile, put_module)


@pytest.mark.parametrize(
    ("file", "name", "parts"),
    [
        ("a/<x>.yaml", "a/one-2.yaml", ("one-2",)),
        ("a/<x>.yaml", "a/One.yaml", None),
        ("a/<x>.yaml", "a/one--2.yaml", None),
        ("a/<x>.yaml", "a/b/c.yaml", None),
        ("a/<x>.yaml", "a/oneXyaml", None),
        ("NN-<x>/y.md", "07-one/y.md", ("07", "one")),
        ("NN-<x>/y.md", "7-one/y.md", None),
        ("a.yaml", "a.yaml", ()),
    ],
)
def test_what_stands_for_an_id_or_a_number_is_found(file: str, name: str, parts: tuple[str, ...] | None) -> None:
    match = kind(file).pattern.fullmatch(name)
    assert (match.groups() if match else None) == parts


def test_a_file_of_which_there_is_only_one_must_be_there() -> None:
    assert kind("a.yaml").is_required
    assert not kind("a/<x>.yaml").is_required
