"""Names that read from the other side than a page are kept apart from the words around them."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from flask import Flask
from markupsafe import Markup
from sqlalchemy import select, update

from tests.compliance.conftest import Training
from tests.compliance.conftest import training as training
from tests.languages import PSEUDO, speak_pseudo
from tests.organizations.conftest import acme as acme
from trainer.core.db import transaction
from trainer.credentials.models import Credential
from trainer.organizations.models import Membership, Organization, Team
from trainer.organizations.rules import fold
from trainer.web.language import isolated, show_names

HADDAD, GUARDS, SHIELD = "مريم حداد", "حراس الميناء", "شركة الدرع"
BLOCKS = ("li", "td", "th", "dd", "p", "h1", "h2", "h3", "label", "legend", "caption", "div", "button")
VOID = {"meta", "link", "input", "img", "br", "hr"}


class Loose(HTMLParser):
    """Notes where on a page a name isn't kept apart from the words around it."""

    def __init__(self, page: str, name: str) -> None:
        super().__init__()
        self.name, self.isolated = name, f"\u2068{name}\u2069"
        self.open: list[str] = []
        self.blocks: list[tuple[list[str], list[str]]] = [([], [])]
        """Of each block that is open: its text, and what is loose in it."""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for attribute, value in attrs:
            if attribute not in {"href", "action"} and value != self.name and self._is_loose(value or ""):
                self.blocks[-1][1].append(f"{tag} {attribute}={value!r}")
        if tag in BLOCKS:
            self.blocks.append(([], []))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop() != tag:
            pass
        if tag in BLOCKS and len(self.blocks) > 1:
            texts, loose = self.blocks.pop()
            text = "".join(texts)
            self.blocks[-1][0].append(text)
            self.blocks[-1][1].extend([] if " ".join(text.split()) == self.name else loose)

    def handle_data(self, data: str) -> None:
        self.blocks[-1][0].append(data)
        if self._is_loose(data) and not {"bdi", "option", "textarea"}.intersection(self.open):
            self.blocks[-1][1].append(f"{self.open[-1]}: {' '.join(data.split())}")

    def _is_loose(self, text: str) -> bool:
        return self.name in text.replace(self.isolated, "")


def not_apart(page: str, name: str) -> list[str]:
    """Return where on a page a name isn't kept apart from the words around it."""
    return [fault for _text, loose in Loose(page, name).blocks for fault in loose]


@pytest.mark.check("T077")
def test_a_name_from_the_right_is_kept_apart_from_the_words_around_it(training: Training) -> None:
    acme, app = training.acme, training.acme.app
    with app.app_context(), transaction() as session:
        for record, name in ((Organization, SHIELD), (Team, GUARDS), (Membership, HADDAD)):
            session.execute(update(record).values(name=name))
        session.execute(update(Membership).values(name_key=fold(HADDAD)))
        session.execute(update(Credential).values(holder_name=HADDAD))
        serial = session.scalars(select(Credential.serial)).one()
    bob, dana = acme.people["bob"], acme.people["dana"]
    staff = [
        *("", "/people", f"/people/{bob}", f"/people/{bob}/removal", f"/people/{bob}/role", "/teams"),
        *(f"/teams/{acme.harbor}", f"/teams/{acme.harbor}/removal", "/invitations", "/audit", "/closure"),
        *("/training", f"/training/{bob}", "/training/reminders", "/sent-mail", f"/people/{dana}/merger"),
        *("/certificates", "/evidence-packs", "/reports", "/requirements", "/settings", "/pin-slips"),
    ]
    pages = {path: acme.enter("alice").get(acme.path(path)) for path in staff}
    pages |= {path: acme.enter("bob").get(path) for path in ("/me", f"/verify/{serial}", "/account")}
    assert {answer.status_code for answer in pages.values()} == {200}, pages
    shown = [(path, name) for path in pages for name in (HADDAD, GUARDS, SHIELD) if name in pages[path].text]
    assert len(shown) > len(pages)
    assert [(path, faults) for path, name in shown if (faults := not_apart(pages[path].text, name))] == []


def test_a_name_is_kept_apart_only_where_it_reads_from_the_other_side(app: Flask) -> None:
    speak_pseudo(app)
    for language, turned in (("en", HADDAD), (PSEUDO, "Bob")):
        with app.test_request_context("/help", headers={"Accept-Language": language}):
            shown = [isolated(name) for name in (HADDAD, "Bob", "417", Markup("<b>Bob</b>"))]
            assert [name for name in shown if "\u2068" in name] == [f"\u2068{turned}\u2069"]
            assert show_names([HADDAD, "<Bob>"]).count("\u2069") == 1
            assert "&lt;Bob&gt;" in show_names([HADDAD, "<Bob>"])
