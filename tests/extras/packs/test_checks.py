"""Anyone can ask whether a pack is as we made it, and learns of no other."""

from __future__ import annotations

import datetime as dt
import hashlib
from urllib.parse import quote

import pytest
from flask import Flask

from tests.compliance.conftest import Training
from tests.extras.packs.made import finish, order
from tests.learning.public import all_rows
from tests.support import Visitor
from trainer.compliance.orders import forget_files
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.extras.packs.operations import forget_firm

UNKNOWN = "0" * 64


@pytest.fixture
def digest(training: Training) -> str:
    """The hash of the manifest of a pack of Acme."""
    return hashlib.sha256(finish(training.acme.app, order(training))["manifest.json"]).hexdigest()


def spell(digest: str) -> str:
    return ":".join(digest[at : at + 4] for at in range(0, 64, 4)).upper() + " "


def test_a_pack_of_ours_is_confirmed_in_any_spelling_without_an_account(training: Training, digest: str) -> None:
    stranger = Visitor(training.acme.app)
    assert "Check an evidence pack" in stranger.get("/pack").text
    for given in (digest, spell(digest)):
        answer = stranger.get("/pack", query_string={"sha256": given})
        assert (answer.status_code, answer.location) == (303, f"/pack/{digest}")
    answer = stranger.get(f"/pack/{digest}")
    assert answer.status_code == 200
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer.headers
    assert "We made this pack" in answer.text
    assert "Acme Security" in answer.text
    for name in ("Alice", "Bob", "Dana", "@"):
        assert name not in answer.text.partition("<main")[2].partition("</main>")[0]


def test_one_changed_letter_is_unknown(training: Training, digest: str) -> None:
    stranger = Visitor(training.acme.app)
    changed = ("1" if digest[0] == "0" else "0") + digest[1:]
    for given in (changed, UNKNOWN, digest[:-1], "x", "%"):
        answer = stranger.get(f"/pack/{quote(given)}")
        assert answer.status_code == 404
        assert "Not made by us, or altered" in answer.text
        assert "Acme" not in answer.text


@pytest.mark.parametrize("given", ["", "abc", "g" * 64, "0" * 65, "0" * 500, "<b>"])
def test_what_is_no_hash_is_refused_with_what_to_do(app: Flask, visitor: Visitor, given: str) -> None:
    answer = visitor.get("/pack", query_string={"sha256": given})
    assert answer.status_code == 422
    assert "Please fix the following" in answer.text
    assert "<b>" not in answer.text.partition("<form")[2].partition("</form>")[0]
    assert all_rows(app) == 0


def test_nobody_finds_one_by_guessing(app: Flask, visitor: Visitor) -> None:
    for number in range(60):
        assert visitor.get(f"/pack/{number:064}").status_code == 404
    assert visitor.get(f"/pack/{UNKNOWN}").status_code == 429


@pytest.mark.on_both
def test_it_stays_when_the_file_is_gone_and_keeps_quiet_about_a_deleted_firm(training: Training, digest: str) -> None:
    app = training.acme.app
    with app.app_context():
        forget_files(now() + dt.timedelta(days=400))
    assert "Acme Security" in Visitor(app).get(f"/pack/{digest}").text
    with app.app_context(), transaction():
        while forget_firm(training.acme.id, 100):
            db.session.flush()
    answer = Visitor(app).get(f"/pack/{digest}")
    assert answer.status_code == 200
    assert "Acme Security" not in answer.text
    assert "its records were deleted here" in answer.text
