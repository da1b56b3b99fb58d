"""Join codes: what they give, for how long and how often; read tolerantly; unknown ones tell nothing."""

from __future__ import annotations

import datetime as dt
import io
import re
from uuid import UUID

import pypdf
import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.cast import actor_of, make_account, sign_in_as
from tests.organizations.conftest import Acme
from tests.support import Visitor
from trainer.accounts.operations import confirm_address
from trainer.accounts.queries import get_user
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.organizations.codes import make_join_code, read_code, show_code
from trainer.organizations.models import JoinCode, Membership, Team, TeamMembership
from trainer.organizations.posters import draw, firm_poster
from trainer.organizations.rules import Role

UNKNOWN = "We don’t know this code"
RUN_OUT = "That code has expired or been used up. Ask the person who gave it to you."


def make(
    acme: Acme, role: Role = Role.MEMBER, team: UUID | None = None, most_uses: int | None = None, days: int = 30
) -> JoinCode:
    """Create a code as Alice."""
    with acme.app.app_context(), transaction():
        now = clock.now()
        return make_join_code(
            actor_of(acme.users["alice"], acme.id), role, team, now + dt.timedelta(days=days), most_uses, now
        )


def newcomer(app: Flask, email: str = "nora@example.org", *, is_confirmed: bool = True) -> Visitor:
    """Return a browser of someone with an account."""
    user_id = make_account(app, email)
    if is_confirmed:
        with app.app_context(), transaction():
            confirm_address(get_user(user_id), clock.now())
    return sign_in_as(app, user_id)


def join(visitor: Visitor, code: str, name: str = "Nora New", number: str = "") -> TestResponse:
    return visitor.post(f"/join/{code}/acceptances", {"name": name, "employee_number": number})


def here(acme: Acme, name: str = "Nora New") -> Membership:
    with acme.app.app_context():
        query = select(Membership).where(Membership.organization_id == acme.id, Membership.name == name)
        return db.session.scalars(query).one()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("ABCD-EFGH", "ABCDEFGH"),
        (" abcd efgh ", "ABCDEFGH"),
        ("ab-cd-ef–gh", "ABCDEFGH"),
        ("OILl-0000", "01110000"),
        ("ABCD-EFG", None),
        ("ABCD-EFGHJ", None),
        ("ABCD-EFGU", None),
        ("", None),
        ("ÀBCD-EFGH", None),
    ],
)
def test_a_code_is_read_as_people_type_it(given: str, code: str | None) -> None:
    assert read_code(given) == code
    assert code is None or read_code(show_code(code)) == code


def test_before_joining_a_person_sees_what_the_firm_will_see(acme: Acme) -> None:
    code = make(acme)
    answer = Visitor(acme.app).get(f"/join/{code.code.lower()}")
    assert "Set-Cookie" not in answer.headers
    page = answer.text
    for words in (
        "Join Acme Security",
        "will see about you",
        "your email address",
        "/sign-up?next=/join/",
        "Slip or no email?",
    ):
        assert words in page


def test_joining_gives_role_team_and_entry_and_counts(acme: Acme) -> None:
    code, visitor = make(acme, Role.INSTRUCTOR, acme.harbor, 2), newcomer(acme.app)
    assert "Instructor" in visitor.get(f"/join/{code.code}").text
    assert join(visitor, show_code(code.code), number=" 99 ").headers["Location"] == "/me"
    nora = here(acme)
    assert (nora.role, nora.employee_number, nora.email_key) == ("instructor", "99", "nora@example.org")
    with acme.app.app_context():
        query = select(TeamMembership.team_id).where(TeamMembership.membership_id == nora.id)
        assert db.session.scalars(query).one() == acme.harbor
        assert db.session.get_one(JoinCode, code.id).uses == 1
        noted = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "join_code.used")).one()
        assert (noted.organization_id, noted.details) == (acme.id, {"name": "Nora New"})
    assert "already in this firm" in visitor.get(f"/join/{code.code}").text
    assert join(visitor, code.code).status_code == 409
    with acme.app.app_context():
        assert db.session.get_one(JoinCode, code.id).uses == 1


def test_whom_the_roster_waits_for_gets_that_entry(acme: Acme) -> None:
    code, visitor = make(acme, team=acme.harbor), newcomer(acme.app, "dana@example.org")
    assert join(visitor, code.code, name="Somebody Else").status_code == 303
    dana = here(acme, "Dana Dow")
    assert (dana.id, dana.user_id is not None) == (acme.people["dana"], True)
    with acme.app.app_context():
        teams = set(db.session.scalars(select(TeamMembership.team_id).where(TeamMembership.membership_id == dana.id)))
        assert teams == {acme.harbor, acme.motel}


def test_an_address_that_is_not_confirmed_takes_nobodys_entry(acme: Acme) -> None:
    code, visitor = make(acme), newcomer(acme.app, "dana@example.org", is_confirmed=False)
    assert join(visitor, code.code, name="Not Dana").status_code == 303
    assert here(acme, "Not Dana").email is None
    assert here(acme, "Dana Dow").user_id is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "Enter your name"),
        ({"name": "..."}, "at least one letter"),
        ({"name": "x" * 121}, "at most 120"),
        ({"name": "Nora\x07"}, "contains a character"),
        ({"name": "Nora", "employee_number": "9" * 41}, "at most 40"),
        ({"name": "Nora", "employee_number": "7"}, "We can’t use this number"),
        ({"name": "Nora", "employee_number": "81"}, "We can’t use this number"),
    ],
)
def test_a_wrong_form_says_what_to_mend_and_the_code_is_not_used(
    acme: Acme, fields: dict[str, str], words: str
) -> None:
    with acme.app.app_context(), transaction():
        db.session.get_one(Membership, acme.people["bob"]).employee_number = "7"
        db.session.get_one(Membership, acme.people["dana"]).employee_number = "0081"
    code, visitor = make(acme), newcomer(acme.app)
    answer = visitor.post(f"/join/{code.code}/acceptances", fields)
    assert answer.status_code == 422
    assert words in answer.text
    with acme.app.app_context():
        assert db.session.get_one(JoinCode, code.id).uses == 0


def test_unknown_old_and_revoked_codes_answer_alike_and_a_used_one_says_so(acme: Acme) -> None:
    old, revoked, used = make(acme, days=1), make(acme), make(acme, most_uses=1)
    acme.enter("alice").post(acme.path(f"/codes/{revoked.id}/revocation"))
    assert join(newcomer(acme.app), used.code).status_code == 303
    visitor = newcomer(acme.app, "olga@example.org")
    with time_machine.travel(clock.now() + dt.timedelta(days=2)):
        pages = set()
        for code in ("ZZZZZZZZ", "nonsense", old.code, revoked.code):
            answer = Visitor(acme.app).get(f"/join/{code}")
            assert (answer.status_code, UNKNOWN in answer.text) == (404, True)
            assert join(visitor, code).status_code == 404
            assert f'value="{code}"' in answer.text
            pages.add(answer.text.replace(code, ""))
        assert len(pages) == 1
        answer = Visitor(acme.app).get(f"/join/{used.code}")
        assert (answer.status_code, RUN_OUT in answer.text) == (409, True)
        assert join(visitor, used.code).status_code == 409


def test_a_code_can_be_typed(acme: Acme) -> None:
    code, visitor = make(acme), Visitor(acme.app)
    assert "Join with a code" in visitor.get("/join").text
    asked = visitor.get(f"/join?code=%20{show_code(code.code).lower()}")
    assert asked.headers["Location"] == f"/join/{show_code(code.code)}"
    for wrong in ("../../me", "//evil.example", "ABC"):
        answer = visitor.get("/join", query_string={"code": wrong})
        assert (answer.status_code, "eight letters and digits. Check it and try again" in answer.text) == (422, True)
        assert f'value="{wrong}"' in answer.text
    unknown = visitor.get("/join?code=zzzz+zzzz")
    assert (unknown.status_code, UNKNOWN in unknown.text, 'value="zzzz zzzz"' in unknown.text) == (404, True, True)
    assert "Enter the code" in visitor.get("/join?code=").text


@pytest.mark.asvs("11.5.1")
def test_guessing_is_slowed_and_a_whole_shift_is_not(acme: Acme) -> None:
    code = make(acme)
    assert {Visitor(acme.app).get(f"/join/{code.code}").status_code for _one in range(70)} == {200}
    answers = [Visitor(acme.app).get("/join/ZZZZZZZZ").status_code for _guess in range(61)]
    assert answers == [404] * 60 + [429]


@pytest.mark.parametrize(
    ("name", "change", "status"),
    [
        ("alice", {}, 303),
        ("alice", {"role": "instructor"}, 303),
        ("alice", {"role": "manager"}, 422),
        ("alice", {"role": "owner"}, 422),
        ("mona", {"role": "instructor"}, 422),
        ("mona", {}, 303),
        ("mark", {}, 422),  # one of the teams is needed
        ("mark", {"team": "harbor"}, 303),
        ("mark", {"team": "motel"}, 422),
        ("alice", {"team": "other"}, 422),
        ("alice", {"last_day": ""}, 422),
        ("alice", {"last_day": "2020-01-01"}, 422),
        ("alice", {"last_day": "2999-01-01"}, 422),
        ("alice", {"last_day": "9999-12-31"}, 422),
        ("alice", {"most_uses": "0"}, 422),
        ("alice", {"most_uses": "1"}, 303),
        ("alice", {"most_uses": "100000"}, 422),
        ("alice", {"most_uses": "many"}, 422),
    ],
)
def test_a_code_gives_what_its_maker_may_give(acme: Acme, name: str, change: dict[str, str], status: int) -> None:
    teams = {"harbor": acme.harbor, "motel": acme.motel, "other": acme.others_team}
    last_day = (clock.today() + dt.timedelta(days=30)).isoformat()
    fields = {"role": "member", "team": "", "last_day": last_day, "most_uses": "", **change}
    fields["team"] = str(teams[fields["team"]]) if fields["team"] else ""
    assert acme.enter(name).post(acme.path("/codes"), fields).status_code == status
    with acme.app.app_context():
        made = db.session.scalar(select(func.count(JoinCode.id)))
        noted = db.session.scalar(select(func.count()).where(AuditEvent.act == "join_code.made"))
        assert made == noted == (1 if status == 303 else 0)


def test_a_code_is_revoked_once_by_who_may(acme: Acme) -> None:
    code = make(acme)
    path = acme.path(f"/codes/{code.id}/revocation")
    for name in ("mark", "bob", "charlie", "mallory"):
        assert acme.enter(name).post(path).status_code == 404
        assert acme.enter(name).get(acme.path(f"/codes/{code.id}/poster.pdf")).status_code == 404
    alice = acme.enter("alice")
    assert alice.post(path).status_code == alice.post(path).status_code == 303
    with acme.app.app_context():
        assert db.session.scalar(select(func.count()).where(AuditEvent.act == "join_code.revoked")) == 1
    assert "Withdrawn" in alice.get(acme.path("/codes")).text


def test_the_poster_is_one_page_with_firm_code_and_what_is_seen(acme: Acme) -> None:
    code = make(acme)
    answer = acme.enter("alice").get(acme.path(f"/codes/{code.id}/poster.pdf"))
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == "inline; filename=poster.pdf"
    pdf = pypdf.PdfReader(io.BytesIO(answer.data))
    text = " ".join(pdf.pages[0].extract_text().split())
    assert len(pdf.pages) == 1
    for words in (
        "Acme Security",
        show_code(code.code),
        "127.0.0.1:8000/join",
        "What the firm will see",
        "Your answers",
    ):
        assert words in text


@pytest.mark.parametrize("name", ["Acme 🦺 Security", "W" * 120, "株式会社"])
def test_the_poster_of_a_firm_with_any_name_is_one_page(app: Flask, name: str) -> None:
    address = "https://training.example.org/join/ABCD-EFGH"
    with app.test_request_context():
        pdf = draw([firm_poster(name, "ABCD-EFGH", address, clock.today(), site=name)], clock.today())
    assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1


def test_a_code_is_taken_back_only_after_asking_and_then_stands_among_the_old(acme: Acme) -> None:
    code, alice = make(acme), acme.enter("alice")
    path, number = acme.path(f"/codes/{code.id}/revocation"), show_code(code.code)
    page = alice.get(acme.path("/codes")).text
    assert f'href="{path}"' in page
    assert f'action="{path}"' not in page
    assert "Valid until" in page
    assert "posters with it lead nowhere" in alice.get(path).text
    assert number in alice.get(acme.path("/codes")).text
    assert alice.post(path).status_code == 303
    assert f'"mono">{number}<' not in alice.get(acme.path("/codes")).text
    assert f'"mono">{number}<' in alice.get(acme.path("/codes?show=old")).text


def test_the_posters_of_all_teams_are_printed_and_a_team_without_a_code_gets_one(acme: Acme) -> None:
    alice = acme.enter("alice")
    page = alice.get(acme.path("/codes")).text
    assert "2 teams have no code for members." in page
    a_year = acme.today() + dt.timedelta(days=365)
    assert re.search(f'name="teams-last_day"[^>]*value="{a_year}"', page)
    last_day = (clock.today() + dt.timedelta(days=90)).isoformat()
    for _ in range(2):  # again, and each team still has one
        answer = alice.post(acme.path("/codes/posters.pdf"), data={"teams-last_day": last_day})
        assert answer.status_code == 200
    with acme.app.app_context():
        codes = list(db.session.scalars(select(JoinCode)))
    teams = {acme.harbor: "Harbor Mall", acme.motel: "Motel 95"}
    assert sorted(str(code.team_id) for code in codes) == sorted(map(str, teams))
    page = alice.get(acme.path("/codes")).text
    assert "Every team has a code." in page
    assert re.search(f'type="hidden" name="teams-last_day" value="{a_year}"', page)
    texts = [" ".join(page.extract_text().split()) for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages]
    assert len(texts) == len(teams)
    for code in codes:
        (text,) = [text for text in texts if show_code(code.code) in text]
        assert code.team_id is not None
        assert teams[code.team_id] in text
        assert "The same in another language:" in text


def test_a_firm_without_teams_has_no_posters_to_print(acme: Acme) -> None:
    alice = acme.enter("alice")
    with acme.app.app_context(), transaction() as session:
        for team in (acme.harbor, acme.motel):
            session.delete(session.get_one(Team, team))
    assert "All teams at once" not in alice.get(acme.path("/codes")).text
    last_day = clock.today().isoformat()
    assert alice.post(acme.path("/codes/posters.pdf"), data={"teams-last_day": last_day}).status_code == 303
    assert "There are no teams yet." in alice.get(acme.path("/codes")).text


def test_a_site_manager_makes_and_prints_codes_of_own_teams_only(acme: Acme) -> None:
    last_day = {"teams-last_day": (clock.today() + dt.timedelta(days=9)).isoformat()}
    pdf = pypdf.PdfReader(io.BytesIO(acme.enter("mark").post(acme.path("/codes/posters.pdf"), data=last_day).data))
    assert len(pdf.pages) == 1
    with acme.app.app_context():
        assert {code.team_id for code in db.session.scalars(select(JoinCode))} == {acme.harbor}
    for name in ("bob", "charlie", "mallory"):
        assert acme.enter(name).post(acme.path("/codes/posters.pdf"), data=last_day).status_code == 404


@pytest.mark.parametrize("last_day", ["", "9999-12-31", "2020-01-01", "soon"])
def test_codes_for_all_teams_need_a_last_day_within_a_year(acme: Acme, last_day: str) -> None:
    answer = acme.enter("alice").post(acme.path("/codes/posters.pdf"), data={"teams-last_day": last_day})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    with acme.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(JoinCode)) == 0
