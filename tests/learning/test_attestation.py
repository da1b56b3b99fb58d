"""The sentence that some courses ask to sign before the final: typed name, the sentence and the instant are kept."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.assessment import rich
from tests.cast import make_account, make_guest, make_ready, sign_in_as
from tests.support import COURSE, Visitor
from trainer.assessment.models import Attempt
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.learning.models import Enrollment

PAGE = f"/courses/{COURSE}/attestation"
FINAL = f"/courses/{COURSE}/final"


@pytest.fixture
def unsigned(rich_app: Flask) -> tuple[Visitor, UUID]:
    """Someone who has all that the final asks for but the signature."""
    bob = make_account(rich_app)
    make_ready(rich_app, bob)
    with rich_app.app_context(), transaction() as session:
        session.execute(db.update(Enrollment).values(attested_at=None, attested_as=None))
    return sign_in_as(rich_app, bob), bob


def signed(app: Flask) -> tuple[str | None, dt.datetime | None, str]:
    """Return the name, the instant, and the sentence that was signed."""
    with app.app_context():
        found = db.session.scalars(select(Enrollment)).one()
        return found.attested_as, found.attested_at, found.conditions["attestation"]


def test_the_final_stays_shut_until_the_sentence_is_signed(unsigned: tuple[Visitor, UUID]) -> None:
    visitor, _bob = unsigned
    assert f'href="{PAGE}"' in visitor.get(FINAL).text
    assert f'href="{PAGE}"' in visitor.get(f"/courses/{COURSE}").text
    refused = visitor.post(f"/courses/{COURSE}/finals")
    assert refused.status_code == 409
    assert "First, sign" in refused.text
    with visitor.app.app_context():
        assert db.session.scalars(select(Attempt)).all() == []
    done = visitor.post(PAGE, {"attested_as": "Bob Builder"})
    assert (done.status_code, done.headers["Location"]) == (303, FINAL)
    assert visitor.start("finals").startswith("/attempts/")
    assert f'href="{PAGE}"' not in visitor.get(f"/courses/{COURSE}").text


def test_name_sentence_and_instant_are_kept_and_the_first_signature_stays(unsigned: tuple[Visitor, UUID]) -> None:
    visitor, _bob = unsigned
    assert "&lt;b&gt;myself&lt;/b&gt;" in visitor.get(PAGE).text
    at = clock.now().replace(microsecond=0) + dt.timedelta(hours=1)
    with time_machine.travel(at, tick=False) as traveller:
        visitor.post(PAGE, {"attested_as": "  Bob O’Builder "})
        assert signed(visitor.app) == ("Bob O’Builder", at, rich.SENTENCE)
        assert f"Signed as Bob O’Builder on {at:%B} {at.day}, {at.year}." in visitor.get(PAGE).text
        traveller.shift(86_400)
        assert visitor.post(PAGE, {"attested_as": "Mallory"}).status_code == 303
    assert signed(visitor.app) == ("Bob O’Builder", at, rich.SENTENCE)


def test_what_was_agreed_to_at_the_start_is_what_is_signed(
    unsigned: tuple[Visitor, UUID], shelf: Library, rich_shelf: Library
) -> None:
    visitor, _bob = unsigned
    visitor.app.extensions["library"] = shelf  # a course of the same name that asks for no sentence
    assert shelf.content.courses[COURSE].file.attestation is None
    assert "&lt;b&gt;myself&lt;/b&gt;" in visitor.get(PAGE).text


@pytest.mark.parametrize(
    "name", ["", "   ", "x" * 121, "a\u202eb", "a\r\nSet-Cookie: x=1", "<script>zqx</script>" + "x" * 120]
)
def test_a_signature_that_is_none_is_asked_for_again(unsigned: tuple[Visitor, UUID], name: str) -> None:
    visitor, _bob = unsigned
    answer = visitor.post(PAGE, {"attested_as": name})
    assert answer.status_code == 422
    assert 'class="summary' in answer.text
    assert rich.SENTENCE.split(" <")[0] in answer.text  # the sentence is still there to read
    assert "<script>zqx" not in answer.text
    if len(name) == 121:
        assert f'value="{name}"' in answer.text
    assert signed(visitor.app)[:2] == (None, None)


def test_a_guest_is_asked_to_make_an_account_first(rich_app: Flask) -> None:
    visitor = sign_in_as(rich_app, make_guest(rich_app))
    visitor.enroll()
    for answer in (visitor.get(PAGE), visitor.post(PAGE, {"attested_as": "Guest"})):
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, "/sign-up")
    assert signed(rich_app)[:2] == (None, None)
    assert PAGE not in visitor.get(f"/courses/{COURSE}").text


def test_who_has_nothing_to_sign_is_led_to_the_final(app: Flask, rich_app: Flask) -> None:
    bob = make_account(app)
    visitor = sign_in_as(app, bob)
    assert visitor.get(PAGE).headers["Location"] == FINAL  # not enrolled
    visitor.enroll()
    for answer in (visitor.get(PAGE), visitor.post(PAGE, {"attested_as": "Bob"})):
        assert (answer.status_code, answer.headers["Location"]) == (303, FINAL)
    with app.app_context():
        assert db.session.scalars(select(Enrollment.attested_at)).all() == [None]
