"""What an author begins with stands beside what is there."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.content import small
from tests.content.small import read
from tests.shipped.conftest import SHIPPED
from tests.tools.skeletons import refusal, write
from trainer.content.library import Library
from trainer.tools import skeletons
from trainer.tools.skeletons import SkeletonRefusal


def test_skeletons_beside_what_is_there_bring_no_complaint(tmp_path: Path, shelf: Library) -> None:
    folder, here = shutil.copytree(SHIPPED, tmp_path / "content"), shelf.content
    write(skeletons.pack(here, folder, "zugvogel", "T", "Ohio", small.TODAY))
    write(skeletons.card(here, folder, "zugvogel", "T"))
    write(skeletons.course(here, folder, "zugvogel", "T"))
    write(skeletons.module(here, folder, "recognize/zugvogel", "T"))
    content = read(folder)
    final, like = content.courses["zugvogel"].file.final, next(iter(here.courses.values())).file.final
    assert (final.stages, final.retry_rule) == (like.stages, like.retry_rule)
    assert content.courses["recognize"].modules[-1].slug == "zugvogel"


def test_skeletons_fit_what_is_there(shelf: Library) -> None:
    here, nowhere = shelf.content, Path("nowhere")
    assert not isinstance(skeletons.scenario(here, nowhere, "zugvogel", "open"), SkeletonRefusal)
    course = next(iter(here.courses.values()))
    taken = f"{course.slug}/{course.lessons[0].id}"
    assert refusal(skeletons.lesson(here, nowhere, taken, "T")) == f"There is a lesson {taken} already."
