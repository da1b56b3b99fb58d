"""The shipped requirement packs: what a firm sees of them before it requires a course."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask

from tests.assignments.firm import Firm, make_firm
from tests.cast import sign_in_as
from tests.shipped.conftest import SHIPPED
from tests.support import Visitor
from trainer.content.library import Library

PACKS = sorted(path.stem for path in (SHIPPED / "requirements").glob("*.yaml"))


def page_of(firm: Firm, rest: str = "") -> str:
    return f"/organizations/{firm.id}/requirements/new{rest}"


@pytest.mark.parametrize("slug", PACKS)
def test_a_pack_says_for_whom_it_is_what_is_unsure_and_where_from_and_fills_the_form(
    app: Flask, shelf: Library, slug: str
) -> None:
    firm, pack = make_firm(app), shelf.content.packs[slug]
    page = unescape(sign_in_as(app, firm.owner_id).get(page_of(firm, f"?pack={slug}")).text)
    told = (pack.applies_to, pack.guard_firms, pack.records, pack.notice, pack.course_approval.authority)
    for said in (*told, *pack.unclear):
        assert said is None or said in page
    assert (pack.guard_firms is not None) == (pack.state is not None)
    assert ("<b>Guard firms:</b>" in page) == (pack.state is not None)
    for source in pack.sources:
        assert f'href="{shelf.content.sources[source].address}"' in page
    for name in ("least_minutes", "cadence_months", "days_allowed", "renewal_days"):
        value = getattr(pack.defaults, name)
        assert re.search(rf'name="{name}"[^>]*value="{value}"', page), name
    assert ("This course is not approved" in page) == (pack.unapproved_state is not None)


def test_the_number_on_florida_s_signs_stands_with_its_pack_alone_and_on_the_help_page(
    app: Flask, visitor: Visitor
) -> None:
    firm = make_firm(app)
    alice, number = sign_in_as(app, firm.owner_id), '<a href="tel:1-855-352-7233">1-855-FLA-SAFE</a>'
    assert number in alice.get(page_of(firm, "?pack=florida")).text
    assert alice.get(page_of(firm)).text.count(number) == 1
    assert "FLA-SAFE" not in alice.get(page_of(firm, "?pack=texas")).text
    page = visitor.get("/help/all").text
    assert page.index('id="us-me"') < page.index('id="us-fl"')
    assert 'href="tel:1-855-352-7233">1-855-FLA-SAFE</a>' in page
