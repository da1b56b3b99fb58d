"""The pages that anybody may read: help is one click away, hard things are announced, authors' aids stay hidden."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from copy import copy
from dataclasses import replace
from html import escape, unescape
from pathlib import Path
from urllib.parse import quote, urlsplit

import pypdf
import pytest
from flask import Flask

from tests.content import small
from tests.learning.public import all_rows, public_pages, public_papers
from tests.support import COURSE, Visitor
from trainer.app import create_app
from trainer.content.library import Content, Library
from trainer.core import clock
from trainer.core.settings import Settings
from trainer.items.registry import MODELS

_LINK = re.compile(r"<a\b([^>]*)>")
_HREF = re.compile(r'href="([^"]*)"')


def links(page: str) -> Iterator[tuple[str, str]]:
    """Yield (address, all attributes) of each link."""
    for found in _LINK.finditer(page):
        href = _HREF.search(found[1])
        assert href, found[0]
        yield unescape(href[1]), found[1]


def phones(content: Content) -> set[str]:
    return {"911"} | {line.phone for lines in content.help_lines.values() for line in lines if line.phone}


@pytest.mark.check("T153")
def test_help_is_one_click_away_and_no_link_tells_where_it_was_followed(visitor: Visitor, shelf: Library) -> None:
    known = phones(shelf.content)
    shown_on_every_page = {line.phone for line in shelf.content.strip_lines() if line.phone}
    for path in public_pages(shelf):
        found = list(links(visitor.get(path, follow_redirects=True).text))
        numbers = {address.removeprefix("tel:") for address, _rest in found if address.startswith("tel:")}
        assert numbers & shown_on_every_page, path
        assert numbers <= known, path
        assert "/help" in {urlsplit(address).path for address, _rest in found}, path
        for address, rest in found:
            if urlsplit(address).netloc:
                assert re.search(r'rel="[^"]*\bnoreferrer\b', rest), (path, address)
                assert "127.0.0.1" not in address, (path, address)


def lines_shown(page: str) -> dict[str, str]:
    """Return the text of each help line on a page, by its id."""
    return dict(re.findall(r'<li class="line" id="([\w-]+)">(.*?)</li>', page, re.DOTALL))


@pytest.mark.check("T153")
def test_each_help_line_stands_once_with_all_its_facts_and_a_number_to_tap(visitor: Visitor, shelf: Library) -> None:
    page = visitor.get("/help/all").text
    lines = [line for those in shelf.content.help_lines.values() for line in those]
    shown = lines_shown(page)
    assert page.count('<li class="line"') == len(shown) == len(lines)
    for line in lines:
        text = unescape(shown[line.id])
        facts = [line.name, line.for_whom, line.hours, line.languages, line.note, line.phone, *line.more_phones]
        assert all(fact in text for fact in facts if fact), line.id
        addresses = [f"tel:{line.phone}", f"sms:{line.text_number}", line.chat, line.web]
        wanted = [one for one in addresses if one and not one.endswith(":None")]
        assert [f'href="{one}"' in text for one in wanted] == [True] * len(wanted), line.id
        assert f"{line.seen_on:%B} {line.seen_on.day}, {line.seen_on.year}" in text
        assert "<details>" in text
        before = text.split("<details")[0]
        assert line.name in before
        assert (line.phone or str(line.web).split("/")[2].removeprefix("www.")) in before
    assert list(shown)[:2] == ["emergency", shelf.content.site.strip_lines[0]]
    regions = re.findall(r'<h2 class="h3" id="(us[\w-]*)"', page)
    assert regions == ["us-me", "us"]
    assert regions[0] == shelf.content.site.region


def test_a_number_in_letters_is_shown_as_written_and_dialed_in_digits(
    settings: Settings, shelf: Library, visitor: Visitor
) -> None:
    first = shelf.content.site.strip_lines[0]
    lines = {
        region: tuple(one.model_copy(update={"phone": "1-855-FLA-SAFE"}) if one.id == first else one for one in those)
        for region, those in shelf.content.help_lines.items()
    }
    other = copy(shelf)
    other._content = replace(shelf.content, help_lines=lines)
    visitor = Visitor(create_app(settings, other))
    for path in ("/help", "/", "/try"):
        found = re.findall(r'href="tel:([^"]*)">([^<]*)<', visitor.get(path).text)
        shown = [(number, text) for number, text in found if "FLA" in text]
        assert shown, path
        assert all(number == "1-855-352-7233" and "1-855-FLA-SAFE" in text for number, text in shown), path


@pytest.mark.check("T153")
def test_a_need_shows_its_lines_alone_and_opened(visitor: Visitor, shelf: Library) -> None:
    page = visitor.get("/help").text
    lines = [line for those in shelf.content.help_lines.values() for line in those]
    needs = [need for need in re.findall(r'href="/help/([\w-]+)"', page) if need != "all"]
    urgent = {need.id for need in shelf.content.vocabulary.needs if need.first}
    assert set(needs) == {need for line in lines for need in line.needs} - urgent
    assert len(needs) == len(set(needs))
    for need in needs:
        shown = lines_shown(visitor.get(f"/help/{need}").text)
        assert set(shown) == {line.id for line in lines if need in line.needs}, need
        assert all("<details open>" in text for text in shown.values())
    assert 'href="/help"' in visitor.get("/help/work").text
    assert visitor.get("/help/money").status_code == 404


def test_a_line_that_is_no_first_address_stands_below_the_lines_of_its_need(settings: Settings, shelf: Library) -> None:
    first = shelf.content.strip_lines()[0]
    need = next(
        need for lines in shelf.content.help_lines.values() for line in lines for need in line.needs
        if need not in first.needs and not any(kind.first for kind in shelf.content.vocabulary.needs if kind.id == need)
    )  # fmt: skip
    lines = {
        region: tuple(line.model_copy(update={"also": [need]}) if line is first else line for line in those)
        for region, those in shelf.content.help_lines.items()
    }
    other = copy(shelf)
    other._content = replace(shelf.content, help_lines=lines)
    reader = Visitor(create_app(settings, other))
    name = next(kind.name for kind in shelf.content.vocabulary.needs if kind.id == need)
    shown = unescape(reader.get("/help").text).split(f"<summary>{name}</summary>")[1].split("</details>")[0]
    assert re.findall(r"<b>(.*?)</b>", shown)[1:][-1] == first.name
    assert first.id in lines_shown(reader.get(f"/help/{need}").text)


def test_help_names_languages_with_interpreters_each_in_its_own_script(visitor: Visitor) -> None:
    page = visitor.get("/help").text.split('class="x tongues"')[1].split("</ul>")[0]
    assert re.findall(r'href="tel:([^"]*)">\s*<bdi lang="(\w+)">(.*?)</bdi>', page) == [
        ("1-888-373-7888", "es", "Español"),
        ("1-888-373-7888", "ar", "العربية"),
    ]


def test_help_begins_with_whom_to_reach_and_has_the_lines_of_each_need(visitor: Visitor, shelf: Library) -> None:
    page = unescape(visitor.get("/help").text)
    ways, needs = (
        page.split('class="x call"')[1].split("</ul>")[0],
        page.split('<div class="panes by-need">')[1].split("</section>")[0],
    )
    assert re.findall(r'href="((?:tel|sms):[^"]*)"', ways) == ["tel:911", "tel:1-888-373-7888", "sms:233733"]
    lines = [line for region in ("us-me", "us") for line in shelf.content.help_lines[region]]
    parts = needs.split("<details")[1:]
    kinds = [need for need in shelf.content.vocabulary.needs if not need.first]
    kinds = [need for need in kinds if any(need.id in line.needs for line in lines)]
    assert len(parts) == len(kinds)
    for need, part in zip(kinds, parts, strict=True):
        assert f"<summary>{need.name}</summary>" in part
        names = {line.name for line in lines if need.id in line.needs}
        assert set(re.findall(r"<b>(.*?)</b>", part)) == names, need.id
        dialed = [f"tel:{line.phone}" if line.phone else line.web for line in lines if line.name in names]
        assert all(f'href="{one}"' in part for one in dialed), need.id
    assert [part.startswith(" open") for part in parts] == [True] + [False] * (len(parts) - 1)


def test_what_was_not_called_is_said_once_and_only_while_it_is_so(
    settings: Settings, shelf: Library, visitor: Visitor
) -> None:
    def page(*called: str) -> str:
        lines = {
            region: tuple(
                one.model_copy(update={"called_on": clock.today(), "called_by": "Ada"}) if one.id in called else one
                for one in those
            )
            for region, those in shelf.content.help_lines.items()
        }
        other = copy(shelf)
        other._content = replace(shelf.content, help_lines=lines)
        return Visitor(create_app(settings, other)).get("/help/all").text

    everyone = [one.id for those in shelf.content.help_lines.values() for one in those]
    assert page().count("We haven’t called these numbers yet.") == 1
    assert "We called it on" not in page()
    some = page(everyone[0])
    assert some.count("We haven’t called all of these numbers yet.") == 1
    assert some.count("We called it on") == 1
    whole = page(*everyone)
    assert "haven’t called" not in whole
    assert whole.count("We called it on") == len(everyone)


@pytest.mark.parametrize("query", ["work", "WORK", "wor", "control signs", "hotline"])
def test_what_is_searched_for_is_found_and_marked(visitor: Visitor, query: str) -> None:
    page = visitor.get(f"/search?q={quote(query)}").text
    found = page.split('role="status"')[1]
    results = [address for address, _rest in links(found.split("</main>")[0])]
    assert results
    assert "<mark>" in found
    assert f'value="{query}"' in page
    for address in results[:10]:
        assert visitor.get(address.partition("#")[0]).status_code == 200, address


def test_a_misspelled_search_shows_what_was_meant(visitor: Visitor) -> None:
    page = visitor.get("/search?q=hotlnie").text
    assert "Nothing found for “hotlnie”. These are the results for “hotline.”" in page
    assert "<mark>" in page


def test_ten_results_come_first_and_a_link_shows_the_others(visitor: Visitor) -> None:
    page = visitor.get("/search?q=the").text
    assert page.count('<h2 class="h3">') == 10
    (more,) = [address for address, _rest in links(page) if "all=1" in address]
    assert visitor.get(more).text.count('<h2 class="h3">') > 10


@pytest.mark.parametrize(
    "query",
    [
        '"',
        '""" OR *',
        "a AND",
        "NEAR(a b)",
        "title:x",
        "^*-()",
        "'; DROP TABLE documents --",
        "<script>alert(1)</script>",
        "%",
        "🙂",
        "x" * 5_000,
        "a " * 2_000,
    ],
)
def test_no_query_breaks_the_search_or_comes_back_as_more_than_text(visitor: Visitor, query: str) -> None:
    answer = visitor.get("/search", query_string={"q": query})
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "Set-Cookie" not in answer.headers


@pytest.mark.asvs("1.3.12")
@pytest.mark.parametrize("query", ["a " * 50, "the they tha thi this that then th t a " * 3, "s t a p c w o i"])
def test_a_query_of_many_short_words_keeps_nobody_waiting(visitor: Visitor, query: str) -> None:
    visitor.get("/search?q=work")  # the index is made at its first use
    begun = time.process_time()
    assert visitor.get("/search", query_string={"q": query}).status_code == 200
    assert time.process_time() - begun < 2  # took 25 seconds when each repeated letter was looked for


@pytest.mark.check("T152")
def test_a_search_is_read_only_and_kept_nowhere(app: Flask, visitor: Visitor, caplog: pytest.LogCaptureFixture) -> None:
    token = visitor.token()
    for method in ("post", "put", "delete", "patch"):
        answer = getattr(visitor.client, method)("/search?q=xyzzy", data={"q": "x"}, base_url=visitor.base_url)
        assert answer.status_code == 405
    assert visitor.post("/search", {"q": "x"}, token=token).status_code == 405
    stranger = Visitor(app)
    page = stranger.get("/search?q=xyzzy")
    assert "Nothing found for" in page.text
    assert page.headers["Cache-Control"] == "no-store" or "public" not in page.headers["Cache-Control"]
    assert "Set-Cookie" not in page.headers
    assert all_rows(app) == 0
    assert "xyzzy" not in caplog.text
    # What one asked for is not on the page of the next.
    assert "xyzzy" not in Visitor(app).get("/search").text


def test_no_scene_is_found_by_search(visitor: Visitor, shelf: Library) -> None:
    for scene in list(shelf.content.scenarios.values())[::7]:
        words = re.findall(r"\w+", scene.file.title)
        page = visitor.get("/search", query_string={"q": " ".join(words)}).text.split("</form>")[-1]
        assert scene.id not in page
        assert not any(scene.file.setting in part for part in re.findall(r"<h2.*?</h2>", page))


def test_each_card_is_to_be_read_and_printed(visitor: Visitor, shelf: Library) -> None:
    here = shelf.content
    line = here.strip_lines()[0]
    listed = {address for address, _rest in links(visitor.get("/cards").text)}
    for venue, card in here.cards.items():
        assert {f"/cards/{venue}", f"/cards/{venue}.pdf", "/observation"} <= listed
        page = re.sub(r'<span class="nb">(.*?)</span>', r"\1", visitor.get(f"/cards/{venue}").text)
        told = [*(part.text for part in (*card.together, *card.alone)), *card.never, *card.do, *card.dont]
        for text in told:
            assert escape(text, quote=False) in page.replace("&#39;", "'").replace("&#34;", '"'), text
        assert str(line.phone) in page
        for part in (*card.together, *card.alone):
            assert all(f'href="/indicators/{sign}"' in page for sign in part.signs)
    assert visitor.get("/cards/moon").status_code == visitor.get("/cards/moon.pdf").status_code == 404


def test_what_is_printed_is_one_sheet_that_names_the_site(app: Flask, settings: Settings, shelf: Library) -> None:
    visitor = Visitor(app)
    number = shelf.content.strip_lines()[0].phone or ""
    for path in public_papers(shelf):
        answer = visitor.get(path)
        assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
        name = path.strip("/").replace("cards/", "card-")
        assert answer.headers["Content-Disposition"] == f"inline; filename={name}"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == visitor.get("/help").headers["Cache-Control"]
        reader = pypdf.PdfReader(io.BytesIO(answer.data))
        assert len(reader.pages) == (2 if path.startswith("/cards/") else 1)  # a card has the rule on its back
        text = "".join(reader.pages[0].extract_text().replace("\u200b", "").split())
        assert number in text
        assert answer.data == Visitor(app).get(path).data


@pytest.mark.check("T042")
def test_a_printed_card_names_the_configured_address(settings: Settings, shelf: Library) -> None:
    site = "https://training.example.org"
    visitor = Visitor(create_app(replace(settings, base_url=site), shelf), site)
    venue = next(iter(shelf.content.cards))
    for path in (f"/cards/{venue}.pdf", "/observation.pdf"):
        answer = visitor.get(path, headers={"X-Forwarded-Host": "evil.example"})
        reader = pypdf.PdfReader(io.BytesIO(answer.data))
        text = "".join(reader.pages[0].extract_text().replace("\u200b", "").split())
        assert "training.example.org" in text
        assert "evil" not in text


def test_what_to_write_down_asks_for_facts_and_sends_nothing(visitor: Visitor) -> None:
    page = visitor.get("/observation").text
    main = page.split("<main")[1].split("</main>")[0]
    assert "<form" not in main
    assert 'href="/observation.pdf"' in main
    for word in ("When", "Where", "Who", "saw and heard", "No guess at origin", "reaches us"):
        assert word in main


def test_every_false_cue_is_told_with_why_it_misleads(visitor: Visitor, shelf: Library) -> None:
    page = unescape(visitor.get("/indicators/misleading").text)
    for one in shelf.content.indicators.values():
        assert (f'id="{one.id}"' in page) == (one.kind == "false_cue")
        if one.kind == "false_cue":
            assert one.told is None or one.told in page
            assert one.misleads is None or one.misleads in page
    assert 'href="/indicators/misleading"' in visitor.get("/indicators").text


@pytest.mark.check("T150")
def test_the_page_on_leaving_is_one_click_away(visitor: Visitor, shelf: Library) -> None:
    for course in shelf.content.courses.values():
        for lesson in course.lessons:
            assert 'href="/leaving"' in visitor.get(f"/courses/{course.slug}/{lesson.id}").text
    for path in ("/try?keep=no", f"/courses/{COURSE}/practice", f"/courses/{COURSE}/final"):
        assert 'href="/leaving"' in visitor.get(path, follow_redirects=True).text


@pytest.mark.check("T156")
def test_a_hard_lesson_says_so_early_and_can_be_skipped_to_its_recap(visitor: Visitor, shelf: Library) -> None:
    lessons = [(course, lesson) for course in shelf.content.courses.values() for lesson in course.lessons]
    announced = [(course, lesson) for course, lesson in lessons if lesson.file.note]
    assert announced
    for course, lesson in lessons:
        page = visitor.get(f"/courses/{course.slug}/{lesson.id}").text
        assert not re.search(r"<(video|audio|iframe)\b|autoplay|http-equiv=.refresh", page)
        article = page.split('<div class="reading"')[1]
        note = article.find('<p class="line-note">')
        assert (note >= 0) == bool(lesson.file.note)
        if lesson.file.note:
            assert escape(lesson.file.note, quote=False) in article.replace("&#39;", "'").replace("&#34;", '"')
            link = 'href="?open=all#recap"' if lesson.questions else 'href="#recap"'
            assert article.index(link) > note
            assert len(re.findall(r'\bid="recap"', page)) == 1
            assert article.index(link) < article.index('id="recap"')
            assert not re.search(r"<(h2|h3|ul|blockquote)\b", article[:note].split("</nav>")[-1])


@pytest.mark.check("T156")
def test_scenes_are_announced_before_they_begin_and_each_can_be_skipped(visitor: Visitor, shelf: Library) -> None:
    for course in shelf.content.courses.values():
        if not course.is_for_renewal:
            assert escape(course.file.final.note) in visitor.get(f"/courses/{course.slug}/final").text
        assert "Nothing graphic" in visitor.get(f"/courses/{course.slug}/practice").text
    notes = {escape(one.file.note) for one in shelf.content.scenarios.values() if one.file.note}
    visitor.keep()
    for kind in ("practices", "drills"):
        attempt = visitor.start(kind)
        page = visitor.get(attempt, follow_redirects=True).text
        assert "Skip this" in page
        assert "countdown" not in page
    seen = set()
    attempt = visitor.start("practices")
    for position in range(1, shelf.content.courses[COURSE].file.practice.scenes + 1):
        page = visitor.get(f"{attempt}/scenes/{position}").text.replace("&#39;", "&#x27;").replace("&#34;", "&quot;")
        before = page.split('<div class="story">')[0]
        seen |= {note for note in notes if note in before}
        assert f'href="{attempt}/scenes/{position + 1}"' in page or f'href="{attempt}/submission"' in page
    assert seen


# --- for authors only ---


@pytest.fixture(params=[True, False], ids=["development", "service"])
def edited(request: pytest.FixtureRequest, settings: Settings, tmp_path: Path) -> tuple[Visitor, Path, bool]:
    """A reader, the folder that is served, and whether the app runs in development."""
    folder = small.write(tmp_path)
    app = create_app(replace(settings, development=request.param), Library(folder, clock.today, MODELS))
    return Visitor(app), folder, request.param


def test_a_change_that_fails_is_told_to_authors_and_the_old_page_goes_on(edited: tuple[Visitor, Path, bool]) -> None:
    visitor, folder, development = edited
    for path in ("/glossary", "/search?q=signal"):
        assert "isn’t shown yet" not in visitor.get(path).text
    small.edit(folder, small.LESSON_FILE, "minutes: 4", "minutes: many")
    visitor.app.extensions["library"].reload()  # as whoever runs the site may ask for
    for path in ("/search?q=signal", "/glossary", "/nothing-here"):
        page = visitor.get(path).text
        assert ("isn’t shown yet" in page) == development, path
        assert ("content/courses/recognize/01-basics/01-first.md:4" in page) == development, path
    assert "One contact with the hotline." in visitor.get("/glossary").text


def test_a_change_is_shown_to_authors_at_once(edited: tuple[Visitor, Path, bool]) -> None:
    visitor, folder, development = edited
    assert "One contact with the hotline." in visitor.get("/glossary").text
    small.edit(folder, "glossary.yaml", "One contact with the hotline.", "A call or a text.")
    assert ("A call or a text." in visitor.get("/glossary").text) == development


def test_signs_open_by_group_and_show_their_strength(visitor: Visitor, shelf: Library) -> None:
    page = visitor.get("/indicators").text
    for category in shelf.content.categories:
        number = sum(one.category == category.id for one in shelf.content.indicators.values())
        assert f"<span>{escape(category.name)} ({number})</span>\n" in page
        assert page.count(f'id="{category.id}"') == 1
    strengths = [one.strength for one in shelf.content.indicators.values() if one.kind == "indicator"]
    shown = re.findall(r'<span class="strength">(.*?)</span>', page, re.DOTALL)
    assert len(shown) == len(strengths) + 3
    marks = sum(len(one.split("-")) for one in strengths)
    assert sum(one.count("<svg") for one in shown) == marks + 3


def test_a_sign_shows_its_details_with_strength_and_evidence(visitor: Visitor, shelf: Library) -> None:
    [detail] = shelf.content.indicators["C1"].details
    page = " ".join(visitor.get("/indicators/C1").text.split())
    assert f'{detail.words}: <b>{detail.strength}</b> <span class="quiet">({detail.evidence})</span>' in page
    assert "What makes it stronger or weaker" not in visitor.get("/indicators/A1").text


@pytest.mark.parametrize("path", ["/courses", "/indicators", "/glossary", "/search"])
def test_reading_pages_can_be_searched_from(visitor: Visitor, path: str) -> None:
    assert 'role="search"' in visitor.get(path).text
