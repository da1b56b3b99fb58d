"""Every page of it opens, and a page says what the app promises on others."""

from __future__ import annotations

import re
from html import unescape

import pytest

from tests.content.test_mutations import check_content
from tests.learning.test_views import public_pages, public_papers
from tests.shipped.conftest import SHIPPED
from tests.support import Visitor
from trainer.content.library import Library


def test_all_of_it_is_loaded_and_each_page_opens(visitor: Visitor, shelf: Library) -> None:
    check_content(SHIPPED, shelf.content)
    for path in {*public_pages(shelf), *public_papers(shelf)} - {"/verify/AAAAA", "/nothing-here"}:
        assert visitor.get(path, follow_redirects=True).status_code == 200, path


@pytest.mark.check("T150")
def test_the_page_on_leaving_says_what_stays_what_is_lost_and_what_is_safer(visitor: Visitor) -> None:
    page = re.sub(r"<[^>]+>", "", unescape(visitor.get("/leaving").text).split("<main")[1]).replace("’", "'")
    for what in (
        r"can't clear your browser's history",
        r"forget this device",
        r"sign in again later",
        r"you can't get back to it",
        r"file you saved",
        r"private window",
        r"device that the other person can't open",
        r"You can read everything without",
        r"call 911",
    ):
        assert re.search(what, page), what
