"""Pages that are the same for all readers have a tag, with which a browser is spared what it has already."""

from __future__ import annotations

import pytest

from tests.support import Visitor
from trainer.content.library import Library

PAGES = ("/", "/courses", "/help", "/indicators")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("encoding", ["", "gzip", "br"])
def test_a_reader_who_has_a_page_is_told_so_in_a_few_bytes(visitor: Visitor, path: str, encoding: str) -> None:
    accepts = {"Accept-Encoding": encoding}
    first = visitor.get(path, headers=accepts)
    tag = first.headers["ETag"]
    assert not tag.startswith("W/")
    again = visitor.get(path, headers={**accepts, "If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    for name in ("Cache-Control", "Vary", "Content-Security-Policy"):
        assert again.headers[name] == first.headers[name]
    assert "Set-Cookie" not in again.headers


def test_another_encoding_or_another_page_has_another_tag(visitor: Visitor) -> None:
    answers = [visitor.get(path, headers={"Accept-Encoding": code}) for path in PAGES for code in ("", "gzip", "br")]
    assert len({answer.headers["ETag"] for answer in answers}) == len(answers)
    stale = visitor.get("/", headers={"If-None-Match": answers[-1].headers["ETag"]})
    assert stale.status_code == 200
    assert stale.data


def test_a_page_of_ones_own_has_no_tag_and_is_sent_whatever_tag_is_shown(visitor: Visitor, shelf: Library) -> None:
    tag = visitor.get("/courses").headers["ETag"]
    visitor.sign_up()
    own = visitor.get("/courses", headers={"If-None-Match": tag})
    assert own.status_code == 200
    assert "ETag" not in own.headers
    assert own.headers["Cache-Control"] == "no-store"


def test_what_is_not_there_and_what_was_searched_for_have_no_tag(visitor: Visitor) -> None:
    assert "ETag" not in visitor.get("/nothing-here").headers
    assert "ETag" not in visitor.get("/search?q=debt").headers
