"""A name that can't be printed is refused where it is entered, in words, long before a certificate is made of it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tests.cast import make_account, sign_in_as
from tests.support import COURSE
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core.settings import Settings
from trainer.web import paper

PLACES = ("/account/name", f"/courses/{COURSE}/name")


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("name", ["သီရိ", "สมชาย", "ចាន់", "山田太郎", "Maya 山"])
def test_a_name_without_a_font_is_refused_before_the_final(app: Flask, path: str, name: str) -> None:
    visitor = sign_in_as(app, make_account(app))
    answer = visitor.post(path, {"certificate_name": name})
    assert answer.status_code == 422
    assert "We have no font for these letters: " in answer.text
    assert f'value="{name}"' in answer.text  # nothing typed is lost
    assert visitor.post(path, {"certificate_name": "Thiri"}).status_code == 303


@pytest.mark.parametrize("name", ["Zoë Łukasz", "محمد عبد الرحمن", "ኃይለ ሥላሴ", "அருள்", "רות", "Анна"])
def test_a_name_in_the_letters_of_our_fonts_is_taken(app: Flask, name: str) -> None:
    answer = sign_in_as(app, make_account(app)).post(PLACES[0], {"certificate_name": name})
    assert answer.status_code == 303


def test_a_folder_of_the_operator_adds_fonts(
    settings: Settings, shelf: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few, more = tmp_path / "few", tmp_path / "more"
    for folder, names in ((few, ("NotoSans.ttf", "NotoSerif.ttf")), (more, ("NotoSansTamil.ttf",))):
        folder.mkdir()
        for name in names:
            shutil.copy(paper.FONTS / name, folder)
    monkeypatch.setattr(paper, "FONTS", few)
    paper._compiler_with.cache_clear()
    try:
        found = {}
        for fonts in (None, more):
            app = create_app(replace(settings, fonts=fonts), shelf)
            with app.test_request_context("/"):
                found[fonts] = paper.letters_without_font("அருள்")
        assert found[None]
        assert found[more] == ""
    finally:
        paper._compiler_with.cache_clear()
