"""Files that are sent have plain names, whatever people, sites, classes and numbers are called."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from werkzeug.test import TestResponse

from tests.cast import actor_of
from tests.extras.pins.slips import add_gus
from tests.instructing.conftest import Room
from tests.instructing.conftest import room as room
from tests.organizations.conftest import Acme
from trainer.core import clock
from trainer.core.db import transaction
from trainer.instructing.models import Cohort
from trainer.organizations.codes import make_join_code
from trainer.organizations.models import Membership, Organization, Team
from trainer.organizations.rules import Role

pytestmark = pytest.mark.on_both

EVIL = '../"x"; filename=evil.exe\r\nSet-Cookie: a=b; é\u202e\x00/C:\\..'
PLAIN = re.compile(r"(?:attachment|inline); filename=(?:\"[a-z0-9-]+\.[a-z]+\"|[A-Za-z0-9-]+\.[a-z]+)")


def check(answer: TestResponse) -> None:
    """Check that a file came, under a plain name, and with no header of someone's making."""
    assert answer.status_code == 200
    shown = answer.headers.getlist("Content-Disposition")
    assert len(shown) == 1
    assert PLAIN.fullmatch(shown[0]), shown
    assert not any(cookie.startswith("a=") for cookie in answer.headers.getlist("Set-Cookie"))


@pytest.mark.asvs("5.4.1", "5.4.2")
@pytest.mark.check("T072")
def test_no_name_that_was_typed_gets_into_the_name_of_a_file(room: Room) -> None:
    acme: Acme = room.acme
    evil = EVIL.replace("\x00", "")  # PostgreSQL keeps none
    with acme.app.app_context(), transaction() as session:
        session.get_one(Organization, acme.id).name = evil
        session.get_one(Team, acme.harbor).name = evil[:80]
        session.get_one(Cohort, room.id).title = evil[:80]
        session.get_one(Membership, acme.people["bob"]).name = evil
    gus = add_gus(acme, "417")
    with acme.app.app_context(), transaction() as session:
        session.get_one(Membership, gus).employee_number = evil[:40]
        until = clock.now() + dt.timedelta(days=3)
        code = make_join_code(
            actor_of(acme.users["alice"], acme.id), Role.MEMBER, acme.harbor, until, None, clock.now()
        )
        code_id = code.id
    alice, ines = acme.enter("alice"), room.enter()
    check(alice.post(acme.path(f"/people/{gus}/pin-slip")))
    check(alice.post(acme.path("/pin-slips"), {"team": str(acme.harbor)}))
    check(alice.get(acme.path("/badges.pdf")))
    check(alice.get(acme.path(f"/codes/{code_id}/poster.pdf")))
    check(alice.post(acme.path("/codes/posters.pdf"), {"teams-last_day": f"{acme.today()}"}))
    check(alice.post(acme.path("/audit/export")))
    for form in ("csv", "xlsx"):
        check(alice.post(acme.path("/training/exports"), {"form": form}))
        check(ines.post(room.path("/exports"), {"form": form}))
    check(ines.get(room.path("/poster.pdf")))
