"""Nothing that someone typed becomes a header or a further recipient of a mail."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.cast import actor_of, make_account, make_firm, put_on_roster
from tests.jobs.conftest import Mailbox
from tests.jobs.mailing import mailing as mailing
from tests.jobs.mailing import send
from trainer.core import clock
from trainer.core.db import transaction
from trainer.core.outbox import post
from trainer.organizations.invitations import invite
from trainer.organizations.models import Organization
from trainer.organizations.queries import get_person

HEADERS = ["Auto-Submitted", "Content-Type", "Date", "From", "MIME-Version", "Message-ID", "Subject", "To"]
TRICKS = [
    "{}\r\nBcc: eve@example.org",
    "{}\nReply-To: eve@example.org",
    "{}\rX: y",
    "{}, eve@example.org",
    "{}; eve@example.org",
    "{} <eve@example.org>",
    '"{}" <eve@example.org>, <mallory@example.org>',
]


def look(mailbox: Mailbox, *recipients: str) -> None:
    """Check that each of the recipients got a mail of their own, with one of each header."""
    assert mailbox.recipients == list(recipients)
    for mail, recipient in zip(mailbox.mails, recipients, strict=True):
        assert sorted(mail.keys()) == HEADERS
        assert [one.addr_spec for one in mail["To"].addresses] == [recipient]
        assert [one.addr_spec for one in mail["From"].addresses] == ["training@example.org"]
        assert "eve" not in str(mail["Subject"])


@pytest.mark.asvs("1.3.11")
@pytest.mark.check("T071")
@pytest.mark.parametrize("trick", TRICKS)
def test_a_recipient_that_is_more_than_one_address_gets_nothing_and_holds_nobody_up(
    mailing: Flask, mailbox: Mailbox, trick: str
) -> None:
    with mailing.app_context(), transaction():
        for recipient in (trick.format("bob@example.org"), "dana@example.org"):
            post("password-changed", recipient, "en", {}, clock.now())
    send(mailing)
    look(mailbox, "dana@example.org")


@pytest.mark.asvs("1.3.11")
@pytest.mark.check("T071")
@pytest.mark.parametrize("trick", TRICKS)
def test_names_of_firms_and_people_stay_out_of_the_headers(mailing: Flask, mailbox: Mailbox, trick: str) -> None:
    owner = make_account(mailing, "owner@example.org")
    firm = make_firm(mailing, owner)
    with mailing.app_context(), transaction() as session:  # a name from before such were refused
        session.get_one(Organization, firm).name = trick.format("Acme")
    person = put_on_roster(mailing, firm, None, name=trick.format("Dana Dow"), email="dana@example.org")
    with mailing.app_context(), transaction():
        actor = actor_of(owner, firm)
        invite(actor, get_person(actor, person), clock.now())
    send(mailing)
    look(mailbox, "owner@example.org", "dana@example.org")
