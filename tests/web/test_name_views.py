"""Names that read from the other side than a page are kept apart from the words around them."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from flask import Flask
from markupsafe import Markup
from sqlalchemy import select, update

from tests.languages import PSEUDO, speak_pseudo
from tests.web.marked import of_firm
from tests.web.world import World
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
def test_a_name_from_the_right_is_kept_apart_from_the_words_around_it(world: World) -> None:
    with world.app.app_context(), transaction() as session:
        for record, name in ((Organization, SHIELD), (Team, GUARDS), (Membership, HADDAD)):
            session.execute(update(record).values(name=name))
        session.execute(update(Membership).values(name_key=fold(HADDAD)))
        session.execute(update(Credential).values(holder_name=HADDAD))
        serial = session.scalars(select(Credential.serial)).first()
    owner, bob = world.enter("owner"), world.enter("bob")
    pages = {path: owner.get(path) for path in of_firm(world)}
    pages |= {path: bob.get(path) for path in ("/me", f"/verify/{serial}", "/account")}
    shown = [
        (path, name, page.text)
        for path, page in pages.items()
        for name in (HADDAD, GUARDS, SHIELD)
        if page.mimetype == "text/html" and name in page.text
    ]
    assert len(shown) > 80
    assert [(path, faults) for path, name, text in shown if (faults := not_apart(text, name))] == []


def test_a_name_is_kept_apart_only_where_it_reads_from_the_other_side(app: Flask) -> None:
    speak_pseudo(app)
    for language, turned in (("en", HADDAD), (PSEUDO, "Bob")):
        with app.test_request_context("/help", headers={"Accept-Language": language}):
            shown = [isolated(name) for name in (HADDAD, "Bob", "417", Markup("<b>Bob</b>"))]
            assert [name for name in shown if "\u2068" in name] == [f"\u2068{turned}\u2069"]
            assert show_names([HADDAD, "<Bob>"]).count("\u2069") == 1
            assert "&lt;Bob&gt;" in show_names([HADDAD, "<Bob>"])
