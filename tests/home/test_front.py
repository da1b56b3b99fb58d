"""What a newcomer meets: courses in an order somebody chose, times that are counted, a door for firms."""

from __future__ import annotations

import re
from pathlib import Path

import pypdf
import pytest
from flask import Flask

from tests.content import small
from tests.support import Visitor
from trainer.app import create_app
from trainer.content.library import Library
from trainer.content.times import Times
from trainer.core import clock
from trainer.core.settings import Settings
from trainer.items.registry import MODELS
from trainer.organizations.codes import read_code

COURSES = re.compile(r'<h[23] class="h3">\s*<a href="/courses/([^"]+)">')


def shown(page: str) -> list[str]:
    return COURSES.findall(page)


def test_courses_stand_in_the_order_of_the_site(visitor: Visitor, shelf: Library) -> None:
    assert list(shelf.content.courses) == shelf.content.site.courses
    for path in ("/", "/courses"):
        assert shown(visitor.get(path).text) == ["recognize", "security-officer", "refresher"], path


@pytest.mark.parametrize("path", ["/", "/courses"])
def test_the_times_promised_are_those_counted(visitor: Visitor, shelf: Library, path: str) -> None:
    times, page = Times(shelf.content), visitor.get(path).text
    articles = re.findall(r'<article class="course">.*?</article>', page, re.DOTALL)
    for course, article in zip(shelf.content.courses.values(), articles, strict=True):
        final = "" if course.is_for_renewal else f" + {times.final(course)}"
        assert f"<dd>{times.core(course)}{final} min</dd>" in article
        assert (course.modules[0].picture or "") in article
        least, most = times.road(course)
        road = f"{least} to {most} min" if most > least else f"{least} min"
        assert (f"<dd>after {road}</dd>" in article) == (not course.is_for_renewal)


def test_the_first_try_promises_its_scenes_and_their_time(
    visitor: Visitor, shelf: Library, settings: Settings, tmp_path: Path
) -> None:
    other = Library(small.write(tmp_path), clock.today, MODELS)
    for front, here in ((visitor, shelf), (Visitor(create_app(settings, other)), other)):
        course = here.content.courses[here.content.site.first_try]
        page = front.get("/").text
        assert f"Try {course.file.first_try.scenes} scenes" in page
        assert f"About {Times(here.content).first_try(course)} minutes" in page


def test_every_page_leads_firms_and_instructors_to_their_page(visitor: Visitor) -> None:
    for path in ("/", "/courses", "/help", "/sign-in"):
        assert visitor.get(path).text.count('href="/for-firms"') >= 2, path
    page = visitor.get("/for-firms").text
    for path in (
        "/sign-up?next=/organizations/new",
        "/sample-poster.pdf",
        "/sample-evidence-pack.zip",
        "/contact",
        "/about",
    ):
        assert f'href="{path}"' in page
    assert "Not approved by any state" in page
    assert page.count('<svg viewBox="0 0 96 72"') == 5


def test_the_front_page_has_a_place_for_a_code(visitor: Visitor) -> None:
    assert 'href="/join"' in visitor.get("/").text


def test_the_sample_poster_is_one_page_and_opens_nothing(app: Flask, visitor: Visitor, tmp_path: Path) -> None:
    answer = visitor.get("/sample-poster.pdf")
    assert answer.mimetype == "application/pdf"
    path = tmp_path / "poster.pdf"
    path.write_bytes(answer.data)
    pages = pypdf.PdfReader(path).pages
    assert len(pages) == 1
    text = pages[0].extract_text()
    assert "Sample Firm" in text
    assert "SAMPLE" in text
    assert read_code("SAMPLE") is None
    assert visitor.get("/join/SAMPLE").status_code == 404
