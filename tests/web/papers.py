"""Every PDF, made and read."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from tests.compliance.paper_rows import row
from tests.credentials.files import FACTS, URL
from trainer.assignments.rules import Status
from trainer.compliance.rules import DayShare
from trainer.compliance.status_paper import StatusPaper, draw_status
from trainer.content.library import Library
from trainer.core import clock
from trainer.courses.papers import draw_card, draw_observation
from trainer.credentials.certificate import render_certificate
from trainer.instructing import posters as classes
from trainer.organizations import posters as firms


def read_pdf(data: bytes) -> str:
    """Return the text of a PDF in the order in which it was set."""
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext (poppler-utils)")
    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()


def papers(shelf: Library) -> dict[str, bytes]:
    """Return all that is printed."""
    here, site, day = shelf.content, "https://training.example.org", dt.date(2026, 11, 1)
    cohort: Any = SimpleNamespace(
        title="Night crew", code="ABCDEFGH", ends_on=day, created_at=clock.now(), takes_notes=True
    )
    found = {venue: draw_card(here, card, f"{site}/cards/{venue}") for venue, card in here.cards.items()}
    for shows_answers in (True, False):
        cohort.shows_answers = shows_answers
        found[f"class {shows_answers}"] = classes.draw_poster(cohort, f"{site}/classes/ABCD-EFGH")
    status = [row(name="Олена", teams=("Київ",)), row(name="Тарас", status=Status.WAIVED, waived_until=day)]
    stated = replace(FACTS, is_local_trial=True, unapproved_states=("Texas",))
    return found | {
        "observation": draw_observation(here, f"{site}/observation"),
        "firm": firms.draw(
            [firms.firm_poster("Acme Security", "ABCD-EFGH", f"{site}/join/ABCD-EFGH", day, site="North Gate")], day
        ),
        "status": draw_status(StatusPaper("Acme Security", day, [], status, trend=[DayShare(day, 2, 1)])),
        "sites": draw_status(StatusPaper("Acme Security", day, [], status, has_sections=True)),
        "certificate": render_certificate(stated, URL, here.site.name, here.vocabulary),
        "sample": render_certificate(stated, None, here.site.name, here.vocabulary),
    }
