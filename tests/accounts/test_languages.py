"""Emails are in the language that an account remembers, and else in that of the page that causes them."""

from __future__ import annotations

import re
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.cast import actor_of, make_account, make_firm, put_on_roster, sign_in_as
from tests.languages import ON_PAPER, PSEUDO, pseudo, speak_pseudo
from tests.support import Visitor
from trainer.accounts.models import User
from trainer.accounts.operations import choose_language, request_reset
from trainer.accounts.privacy import export_person, forget_person
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.outbox import OutboxMessage
from trainer.jobs.emails import write
from trainer.organizations.closing import close
from trainer.organizations.invitation_links import token_of
from trainer.organizations.invitations import invite_all
from trainer.organizations.models import Invitation
from trainer.organizations.rules import Role
from trainer.web.language import known_languages, mail_language, name_language, used_language

READS = {"Accept-Language": PSEUDO}
ALICE, BOB = "alice@example.org", "bob@example.org"


def remembered(app: Flask, user_id: UUID) -> str | None:
    with app.app_context():
        return db.session.get_one(User, user_id).language


def mails(app: Flask, *templates: str) -> list[tuple[str, str, str]]:
    """Return template, recipient and language of mails, in the order of their templates."""
    with app.app_context():
        query = select(OutboxMessage.template, OutboxMessage.recipient, OutboxMessage.language)
        query = query.where(OutboxMessage.template.in_(templates)).order_by(OutboxMessage.template)
        return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def sign_up(app: Flask, email: str, language: str) -> User:
    headers = {"Accept-Language": language}
    visitor = Visitor(app)
    fields = {"email": email, "password": "a very long password", "is_old_enough": "y"}
    assert visitor.post("/sign-up", fields, headers=headers).status_code == 303
    with app.app_context():
        return db.session.scalars(select(User).where(User.email_key == email)).one()


def test_an_account_remembers_the_language_of_the_page_where_it_was_created(app: Flask) -> None:
    speak_pseudo(app)
    assert sign_up(app, BOB, PSEUDO).language == PSEUDO
    assert sign_up(app, "eve@example.org", "en").language == "en"
    assert mails(app, "confirm-address") == [
        ("confirm-address", BOB, PSEUDO),
        ("confirm-address", "eve@example.org", "en"),
    ]


def test_where_there_is_one_language_nothing_is_remembered(app: Flask) -> None:
    assert sign_up(app, BOB, PSEUDO).language is None
    assert mails(app, "confirm-address") == [("confirm-address", BOB, "en")]


@pytest.mark.on_both
def test_signing_in_remembers_the_language_of_an_account_from_before_and_changes_none(app: Flask) -> None:
    bob = sign_up(app, BOB, "en").id
    assert remembered(app, bob) is None
    speak_pseudo(app)
    for language in (PSEUDO, "en"):
        fields = {"email": BOB, "password": "a very long password"}
        answer = Visitor(app).post("/sign-in", fields, headers={"Accept-Language": language})
        assert answer.status_code == 303
        assert remembered(app, bob) == PSEUDO


def test_what_one_asks_for_is_written_in_the_language_that_is_remembered(app: Flask) -> None:
    speak_pseudo(app)
    bob = make_account(app, BOB)
    with app.app_context(), transaction():
        choose_language(bob, ON_PAPER)
    with app.test_request_context(headers=READS), transaction():
        for address in (BOB, "nobody@example.org"):
            request_reset(address, now())
    assert mails(app, "new-password", "no-account") == [
        ("new-password", BOB, ON_PAPER),
        ("no-account", "nobody@example.org", PSEUDO),
    ]


def test_an_invitation_is_in_the_language_of_the_account_or_else_of_the_page(app: Flask) -> None:
    speak_pseudo(app)
    alice, bob = make_account(app, ALICE), make_account(app, BOB)
    firm = make_firm(app, alice)
    with app.app_context(), transaction():
        choose_language(bob, ON_PAPER)
    for address in (BOB, "carol@example.org"):
        put_on_roster(app, firm, None, name=address.partition("@")[0], email=address)
    with app.test_request_context(headers=READS), transaction():
        assert invite_all(actor_of(alice, firm), None, now()).invited == 2
    assert sorted(mails(app, "invitation")) == [
        ("invitation", BOB, ON_PAPER),
        ("invitation", "carol@example.org", PSEUDO),
    ]


def test_accepting_an_invitation_with_a_new_account_remembers_the_language_of_the_page(app: Flask) -> None:
    speak_pseudo(app)
    alice = make_account(app, ALICE)
    firm = make_firm(app, alice)
    put_on_roster(app, firm, None, name="Carol", email="carol@example.org")
    with app.app_context():
        with transaction():
            invite_all(actor_of(alice, firm), None, now())
        token = token_of(db.session.scalars(select(Invitation)).one())
    visitor = Visitor(app)
    answer = visitor.post(
        f"/i/{token}/acceptance", {"password": "a very long password", "is_old_enough": "y"}, headers=READS
    )
    assert answer.status_code == 303
    with app.app_context():
        assert db.session.scalars(select(User.language).where(User.email_key == "carol@example.org")).one() == PSEUDO


def test_each_owner_is_told_in_their_own_language(app: Flask) -> None:
    speak_pseudo(app)
    alice, bob = make_account(app, ALICE), make_account(app, BOB)
    firm = make_firm(app, alice)
    put_on_roster(app, firm, bob, Role.OWNER)
    with app.app_context(), transaction():
        choose_language(alice, PSEUDO)
        choose_language(bob, "en")
        close(actor_of(alice, firm), "Acme Security", now())
    with app.app_context():
        for message in db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "firm-closed")):
            letter = write(message)
            assert letter is not None
            assert letter.text.startswith("Hello," if message.recipient == BOB else pseudo("Hello,"))


def test_a_mail_in_a_language_that_is_no_longer_served_is_in_the_source(app: Flask) -> None:
    bob = make_account(app, BOB)
    with app.app_context():
        message = db.session.scalars(select(OutboxMessage).where(OutboxMessage.ids["link"].as_string() != "")).one()
        assert message.recipient == BOB
        db.session.expunge(message)  # the record itself stays as it is
        message.language = PSEUDO
        letter = write(message)
        assert letter is not None
        assert '<html lang="en"' in letter.html
        assert bob is not None


def test_one_chooses_the_language_of_pages_and_emails_on_the_account_page(app: Flask) -> None:
    alice = make_account(app, ALICE)
    visitor = sign_in_as(app, alice)
    assert 'name="language"' not in visitor.get("/account").text
    speak_pseudo(app)
    page = visitor.get("/account", headers=READS).text
    chosen = page.split('name="language"')[1].split("</select>")[0]
    assert re.findall(r'<option (selected )?value="(\w+)">', chosen) == [
        ("", "en"),
        ("selected ", PSEUDO),
        ("", ON_PAPER),
    ]
    assert "العربية" in page
    assert visitor.post("/account/language", {"language": ON_PAPER}).status_code == 303
    assert remembered(app, alice) == ON_PAPER
    assert f'<option selected value="{ON_PAPER}">' in visitor.get("/account").text
    assert f'<html lang="{ON_PAPER}"' in visitor.get("/courses", headers=READS).text
    assert f'<html lang="{PSEUDO}"' in visitor.get(f"/courses?language={PSEUDO}").text


@pytest.mark.parametrize("language", ["fr", "", "x" * 40, "en "])
def test_a_language_that_is_not_offered_is_refused(app: Flask, language: str) -> None:
    speak_pseudo(app)
    alice = make_account(app, ALICE)
    assert sign_in_as(app, alice).post("/account/language", {"language": language}).status_code == 422
    assert remembered(app, alice) is None


def test_the_language_is_told_to_its_person_and_forgotten_with_them(app: Flask) -> None:
    alice = make_account(app, ALICE)
    with app.app_context(), transaction():
        choose_language(alice, PSEUDO)
    with app.app_context(), transaction():
        (account,) = export_person(alice)["account"]
        assert account["language"] == PSEUDO
        forget_person(alice, now())
    assert remembered(app, alice) is None


def test_without_a_page_there_is_only_what_is_remembered(app: Flask) -> None:
    speak_pseudo(app)
    with app.app_context():
        assert known_languages() == ["en", PSEUDO, ON_PAPER]
        assert used_language() is None
        assert [mail_language(one) for one in (None, PSEUDO, "fr")] == ["en", PSEUDO, "en"]
        assert [name_language(one) for one in ("en", "es")] == ["English", "Español"]
