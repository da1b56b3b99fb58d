"""Pages have authors' words in the reader's language, and say where they haven't, or where those are older."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.content import small
from tests.content.spanish import CARD, CARD_ES, VOCABULARY_ES, put, sign
from tests.content.spanish import spanish as spanish
from tests.support import Visitor, closed_up
from trainer.app import create_app
from trainer.content.library import Library
from trainer.content.serving import get_course, get_lesson, served
from trainer.core.settings import Settings
from trainer.items.registry import MODELS

NOT_TRANSLATED = "Esto todavía no está traducido"
OLDER = "El texto en inglés cambió después de esta traducción, que es del 30 de noviembre de 2026."
DRAFT = "Traducción hecha por una máquina el 30 de noviembre de 2026."
CHECKED = "Revisado por Ana Paz el 1 de diciembre de 2026."
PARTLY = {
    "/indicators/C1",  # of whose file a part is translated
    "/help",  # without the words of the subject
    "/courses/recognize",  # without its second lesson
}
LESSON = "/courses/recognize/basics/first"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small.write(tmp_path)


def open_app(settings: Settings, folder: Path) -> Flask:
    return create_app(settings, Library(folder, lambda: small.TODAY, MODELS))


def read(app: Flask, path: str, language: str) -> str:
    answer = Visitor(app).get(path, headers={"Accept-Language": language})
    assert answer.status_code == 200
    assert answer.headers["Content-Language"] == language
    assert "Accept-Language" in answer.headers["Vary"]
    return closed_up(answer.text)


@pytest.mark.parametrize(
    ("path", "english", "other"),
    [
        ("/privacy", "We keep little", "Guardamos poco"),
        (LESSON, "How many people is a signal?", "¿Cuántas personas son una señal?"),
        ("/courses/recognize", "For everyone", "Para todos"),
        ("/courses", "A short course.", "Un curso corto."),
        ("/help", "National hotline", "Línea nacional"),
        ("/indicators/C1", "ID kept", "Documentos retenidos"),
        ("/glossary", "One contact with the hotline", "Un contacto con la línea"),
    ],
)
def test_each_reader_gets_the_words_in_their_language(
    settings: Settings, spanish: Path, path: str, english: str, other: str
) -> None:
    app = open_app(settings, spanish)
    for _again in range(2):  # made, and kept
        assert english in read(app, path, "en")
        page = read(app, path, "es")
        assert other in page
        assert english not in page
        assert (NOT_TRANSLATED in page) == (path in PARTLY)


def test_what_is_not_translated_is_shown_in_english_and_says_so(settings: Settings, spanish: Path) -> None:
    app, path = open_app(settings, spanish), "/courses/recognize/practice/second"
    page = read(app, path, "es")
    assert NOT_TRANSLATED in page
    assert '<div class="original" lang="en" dir="ltr">' in page
    assert NOT_TRANSLATED not in read(app, path, "en")


@pytest.mark.parametrize(
    ("path", "name", "old", "new"),
    [
        (LESSON, small.LESSON_FILE, "What a signal is.", "What signals are."),
        ("/privacy", "pages/privacy.md", "We keep little.", "We keep nothing."),
        ("/glossary", "glossary.yaml", "One contact", "Any contact"),
    ],
)
def test_a_page_says_that_its_translation_is_older(
    settings: Settings, spanish: Path, path: str, name: str, old: str, new: str
) -> None:
    assert OLDER not in read(open_app(settings, spanish), path, "es")
    small.edit(spanish, name, old, new)
    app = open_app(settings, spanish)
    assert OLDER in read(app, path, "es")
    assert OLDER not in read(app, path, "en")


def test_help_is_told_with_the_words_of_the_subject(settings: Settings, spanish: Path) -> None:
    small.edit(spanish, "help/us.yaml", "  source: S1", "  hours: 24 hours, every day\n  source: S1")
    put(spanish, "help/us.es.yaml", "of: {of}\nhotline:\n  name: Línea\n  for_whom: Todas\n  hours: Siempre\n")
    put(spanish, "vocabulary.es.yaml", VOCABULARY_ES.replace("24 horas, todos los días", "Siempre"))
    app = open_app(settings, spanish)
    page = read(app, "/help", "es")
    assert NOT_TRANSLATED not in page
    assert "Trata" in page
    page = read(app, "/help/all", "es")
    assert "Siempre." in page.partition("<details")[2].partition("</details>")[0]
    assert "Parece un día normal." in read(app, "/", "es")
    assert "Su gente aprende." in read(app, "/for-firms", "es")
    (spanish / "vocabulary.es.yaml").unlink()
    app = open_app(settings, spanish)
    for path in ("/", "/for-firms", "/help", "/courses/recognize"):
        assert NOT_TRANSLATED in read(app, path, "es")


def test_cards_are_told_on_their_pages(settings: Settings, spanish: Path) -> None:
    small.put(spanish, "cards/hotel.yaml", CARD)
    app = open_app(settings, spanish)
    assert NOT_TRANSLATED in read(app, "/cards", "es")
    put(spanish, "cards/hotel.es.yaml", CARD_ES)
    app = open_app(settings, spanish)
    page = read(app, "/cards", "es")
    assert "Un hotel" in page
    assert NOT_TRANSLATED not in page
    assert "Nunca solo y mal pagado." in read(app, "/cards/hotel", "es")
    assert "Never alone and paid too little." in read(app, "/cards/hotel", "en")
    papers = [Visitor(app).get("/cards/hotel.pdf", headers={"Accept-Language": one}).data for one in ("en", "es")]
    assert papers[0] != papers[1]


def test_search_finds_the_words_of_the_readers_language(settings: Settings, spanish: Path) -> None:
    app = open_app(settings, spanish)
    for query, language in (("guardamos", "es"), ("keep", "en")):
        for asked in ("es", "en"):
            assert ('href="/privacy">' in read(app, f"/search?q={query}", asked).partition("<footer")[0]) == (
                asked == language
            )


def test_what_is_recorded_rests_on_the_original(settings: Settings, spanish: Path) -> None:
    app = open_app(settings, spanish)
    with app.test_request_context(headers={"Accept-Language": "es"}):
        assert get_course("recognize").file.title == served().courses["recognize"].file.title == "For everyone"
        assert get_course("recognize", "es").file.title == "Para todos"
        assert get_lesson("recognize", "basics", "first", "es")[1].file.title == "Primera lección"


def test_a_page_says_who_has_checked_its_words_or_that_nobody_has(settings: Settings, spanish: Path) -> None:
    page = read(open_app(settings, spanish), "/privacy", "es")
    assert page.count('class="tbar ') == page.count('class="tbar draft"') == 1
    assert DRAFT in page
    assert '<a href="/privacy?language=en" hreflang="en" lang="en" data-stays>' in page
    sign(spanish, "pages/privacy.es.md", "{{by: Ana Paz, on: 2026-12-01, digest: {digest}}}")
    app = open_app(settings, spanish)
    page = read(app, "/privacy", "es")
    assert page.count('class="tbar ') == page.count('class="tbar read"') == 1
    assert CHECKED in page
    assert "tbar" not in read(app, "/privacy", "en")


def test_an_address_asks_for_a_language_and_what_it_leads_to_keeps_that(settings: Settings, spanish: Path) -> None:
    visitor = Visitor(open_app(settings, spanish))
    for _again in range(2):  # made, and kept
        page = visitor.get("/privacy?language=es").text
        assert "Guardamos poco" in page
        assert 'href="/courses?language=es"' in page
        assert "Guardamos poco" not in visitor.get("/privacy").text
    assert 'name="language" value="es"' in visitor.get("/search?language=es").text.partition('name="q"')[0]
    answer = visitor.get("/me?language=es")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith("language=es")
    assert "We keep little" in visitor.get("/privacy?language=fr").text


def test_a_page_leads_to_itself_in_the_other_languages(settings: Settings, spanish: Path) -> None:
    visitor = Visitor(open_app(settings, spanish))
    page = closed_up(visitor.get("/search?q=keep&region=us-me").text)
    assert (
        '<a href="/search?q=keep&amp;region=us-me&amp;language=es" lang="es" hreflang="es" data-stays>Español</a>'
        in page
    )
    base = settings.base_url
    assert (
        f'<link rel="canonical" href="{base}/search"><link rel="alternate" hreflang="en" href="{base}/search">' in page
    )
    assert f'<link rel="alternate" hreflang="es" href="{base}/search?language=es">' in page
    page = closed_up(visitor.get("/search?q=keep&language=es").text)
    assert f'<link rel="canonical" href="{base}/search?language=es">' in page
    assert '<a href="/search?q=keep&amp;language=en" lang="en" hreflang="en" data-stays>English</a>' in page


def test_with_one_language_no_page_speaks_of_others(settings: Settings, folder: Path) -> None:
    page = Visitor(open_app(settings, folder)).get("/privacy?language=es").text
    assert '<html lang="en"' in page
    assert "hreflang" not in page
    assert "language=" not in page
