"""The picture to share: one's own act, counts only, and a name only where it was ticked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from tests.cast import certify, make_account, sign_in_as, start_practice
from tests.support import Visitor, keys
from trainer.accounts.operations import name_for_certificate
from trainer.accounts.queries import get_user
from trainer.assessment import picture
from trainer.core.db import transaction
from trainer.web.paper import draw_picture

ADDRESS = "/progress/picture.png"


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """Collect the texts of the pictures that are drawn."""
    seen: list[dict[str, object]] = []

    def note(template: Path, texts: Mapping[str, str]) -> bytes:
        seen.append(json.loads(texts["picture"]))
        return draw_picture(template, texts)

    monkeypatch.setattr(picture, "draw_picture", note)
    return seen


@pytest.fixture
def bob(app: Flask) -> UUID:
    bob = make_account(app)
    certify(app, bob, "Bob Builder")
    return bob


def test_it_holds_the_counts_and_no_name(app: Flask, bob: UUID, drawn: list[dict[str, object]]) -> None:
    answer = sign_in_as(app, bob).get(ADDRESS)
    assert answer.status_code == 200
    assert answer.data[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(answer.data[16:20]), int.from_bytes(answer.data[20:24])) == (1200, 630)
    assert answer.headers["Content-Disposition"] == "attachment; filename=result.png"
    (texts,) = drawn
    assert texts["lines"] == ["Caught 4 of 4.", "Over-reported 0 of 4."]
    assert texts["name"] == ""
    assert "not approved" in str(texts["fine"])


def test_a_name_is_on_it_only_where_it_was_ticked(app: Flask, bob: UUID, drawn: list[dict[str, object]]) -> None:
    visitor = sign_in_as(app, bob)
    assert "With my name: Bob Builder" in visitor.get("/progress").text
    for query in ("?name=y", "?name=", "?name=Somebody"):
        assert visitor.get(ADDRESS + query).status_code == 200
    assert [texts["name"] for texts in drawn] == ["Bob Builder", "", ""]


def test_a_name_without_letters_in_our_fonts_is_refused_in_words(app: Flask, bob: UUID) -> None:
    with app.app_context(), transaction():
        get_user(bob).certificate_name = "\U00012000\U00012001"  # cuneiform, from before it was refused
    visitor = sign_in_as(app, bob)
    answer = visitor.get(f"{ADDRESS}?name=y")
    assert answer.status_code == 422
    assert "Create the picture without it." in answer.text
    assert visitor.get(ADDRESS).status_code == 200


@pytest.mark.parametrize("name", ["W" * 120, "Ana María " * 12, "علي " * 30])
def test_however_long_a_name_is_the_picture_stays_one(app: Flask, bob: UUID, name: str) -> None:
    with app.app_context(), transaction():
        name_for_certificate(bob, name.strip())
    answer = sign_in_as(app, bob).get(f"{ADDRESS}?name=y")
    assert answer.status_code in (200, 422)
    assert (answer.mimetype == "image/png") == (answer.status_code == 200)


def test_there_is_none_of_nothing(app: Flask) -> None:
    visitor = sign_in_as(app, make_account(app))
    assert visitor.get(ADDRESS).headers["Location"] == "/progress"
    assert "Create a picture" not in visitor.get("/progress").text


def test_practice_says_that_it_is_practice(app: Flask, drawn: list[dict[str, object]]) -> None:
    leo = make_account(app)
    visitor: Visitor = sign_in_as(app, leo)
    attempt = f"/attempts/{start_practice(app, leo)}"
    _truth, action, _harmful = keys(app, attempt)[0]
    visitor.answer(attempt, 1, "report-now", action)
    assert visitor.get(ADDRESS).status_code == 200
    assert drawn[0]["about"] == "Written scenes in practice: 1"
