"""Whoever finds a vulnerability reads whom to write to, and nobody is invented."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from tests.content import small
from tests.support import Visitor
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.settings import Settings
from trainer.items.registry import MODELS

PATH = "/.well-known/security.txt"
SITE = "https://training.example.org"


def reader(settings: Settings, folder: Path) -> Visitor:
    return Visitor(create_app(replace(settings, base_url=SITE), Library(folder, clock.today, MODELS)), SITE)


def test_it_names_the_address_of_the_contact_page_for_less_than_a_year(settings: Settings, tmp_path: Path) -> None:
    folder = small.write(tmp_path)
    small.edit(folder, "site.yaml", "name: Small site", "name: Small site\ncontact: security@example.org")
    (folder / "pages").mkdir(exist_ok=True)
    (folder / "pages" / "contact.md").write_text("---\ntitle: Contact\nsummary: Who to write to.\n---\nWrite to us.\n")
    visitor = reader(settings, folder)
    answer = visitor.get(PATH)
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert list(fields) == ["Contact", "Expires", "Preferred-Languages", "Canonical"]
    assert fields["Contact"] == "mailto:security@example.org"
    assert f'href="{fields["Contact"]}"' in visitor.get("/contact").text
    assert fields["Canonical"] == SITE + PATH
    assert fields["Preferred-Languages"] == "en"
    ahead = dt.datetime.fromisoformat(fields["Expires"]) - clock.now()
    assert dt.timedelta(days=90) < ahead < dt.timedelta(days=365)


def test_without_an_address_there_is_none(settings: Settings, tmp_path: Path) -> None:
    assert reader(settings, small.write(tmp_path)).get(PATH).status_code == 404
