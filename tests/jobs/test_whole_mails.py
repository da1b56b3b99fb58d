"""Every mail says all as plain text, too, names its language, and its subject tells nothing to whoever glances."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from flask import Flask

from tests.jobs.conftest import Mailbox
from tests.jobs.mailing import mailing as mailing
from tests.jobs.mailing import send
from tests.jobs.mails import MAILS, URL, VALUES
from tests.support import Visitor
from trainer.web.emails import RenderedEmail, render_email

pytestmark = pytest.mark.on_both

NAMES = ("name", "firm", "course", "title", "who", "reason", "place", "taught_by", "asked_by")
TELLING = re.compile(
    r"traffick|forced|victim|exploit|labor|hotline|recognize|failed|passed|score|wrong|overdue",
    re.IGNORECASE,
)


def letters(app: Flask) -> Iterator[tuple[str, dict[str, object], RenderedEmail]]:
    """Yield each mail in each of its states: its name, the values that it was written from, and the mail."""
    with app.test_request_context():
        for path in MAILS:
            for values in VALUES.get(path.stem, [{"url": URL}]):
                yield path.stem, values, render_email(f"{path.parts[-3]}/mail/{path.stem}", **values)


def said(html: str) -> list[str]:
    """Return the paragraphs of the HTML part as text."""
    paragraphs = re.findall(r"<p>(.*?)</p>", html, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", "", text)).split()) for text in paragraphs]


@pytest.mark.check("T145")
def test_the_plain_part_says_all_that_the_other_says(app: Flask) -> None:
    for name, values, letter in letters(app):
        assert letter.text.strip().split("\n\n") == said(letter.html), (name, values)
        assert [url for url in re.findall(r'href="([^"]+)"', letter.html) if url not in letter.text] == [], name
        assert not re.search(r"<[a-z/]|&[a-z]+;|\{[{%]", letter.text), (name, letter.text)
        assert all(str(values[key]) in letter.text for key in ("url", "stop") if values.get(key)), (name, values)


@pytest.mark.check("T145")
@pytest.mark.check("T155")
def test_a_mail_names_its_language_and_has_a_subject_that_tells_nothing(app: Flask) -> None:
    for name, values, letter in letters(app):
        assert letter.html.startswith('<!doctype html>\n<html lang="en" dir="ltr">'), name
        assert f"<title>{letter.subject}</title>" in letter.html, name
        assert 4 < len(letter.subject) < 80, (name, letter.subject)
        assert not TELLING.search(letter.subject), (name, letter.subject)
        put_in = {str(value) for key, value in values.items() if value and key in NAMES}
        assert [value for value in put_in if value in letter.subject and value != values.get("subject")] == [], name
        assert not re.search("<img|<script", letter.html), name


@pytest.mark.check("T145")
def test_a_mail_comes_in_two_parts_from_the_site(mailing: Flask, mailbox: Mailbox) -> None:
    fields = {"email": "leo@example.org", "is_old_enough": "y"}
    assert Visitor(mailing).post("/sign-up", fields).status_code in {200, 303}
    send(mailing)
    (mail,) = mailbox.mails
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    plain, html = (part.get_content() for part in mail.iter_parts())
    assert plain.replace("\r\n", "\n").strip().split("\n\n") == said(html)
    assert mail["From"].addresses[0].addr_spec == "training@example.org"
    assert not TELLING.search(str(mail["Subject"]))
