"""A plan: rows left out by a tick, refused rows left out at once or downloaded, filters, and people who left."""

from __future__ import annotations

import datetime as dt
import io
import re

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from tests.cast import put_on_roster
from tests.compliance.conftest import require
from tests.organizations.conftest import Acme
from tests.roster.uploads import (
    WRITTEN,
    confirm,
    count,
    look,
    shown_rows,
)
from tests.support import Visitor, closed_up
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db
from trainer.core.events import Event, EventKind
from trainer.core.outbox import OutboxMessage
from trainer.jobs.emails import write
from trainer.organizations.models import Membership, Team

COLUMNS = ("name", "email", "job_title", "hired_on", "teams")
HEAD = "name,e-mail,employee number,teams\n"
LIST = f"{HEAD}Pat Poe,pat@example.org,5,North\nQuin Quo,quin@example.org,6,South\nR. Dow,,,\n"


def here(app: Flask) -> set[str]:
    """Return the names of the people on all rosters."""
    with app.app_context():
        return set(db.session.scalars(select(Membership.name).where(Membership.ended_at.is_(None))))


def page_of(visitor: Visitor) -> str:
    assert visitor.page is not None
    return closed_up(visitor.page.text)


def test_refused_rows_stay_out_only_if_someone_says_so(acme: Acme) -> None:
    visitor, before = acme.enter("alice"), count(acme.app, *WRITTEN)
    path = look(visitor, acme, LIST)
    assert "Leave out the 1 refused row" in page_of(visitor)
    refusal = confirm(visitor, path)
    assert refusal.status_code == 422
    assert "check this box: then they stay out" in refusal.text
    assert count(acme.app, *WRITTEN) == before
    assert confirm(visitor, path, leaves_out="y").headers["Location"] == path
    assert {"Pat Poe", "Quin Quo"} <= here(acme.app)
    assert "R. Dow" not in here(acme.app)
    done = closed_up(visitor.get(path).text).replace("\n", "")
    assert "Rows left out</dt><dd>1<" in done
    assert "Returned" not in done


def test_totals_are_counted_neither_as_refused_nor_as_to_be_decided(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, f"{LIST}Grand Total,,3,\nPage 1 of 1,,,\n")
    tabs = dict(re.findall(r"(Refused|New|To decide|Totals|All rows)\s*<b>(\d+)</b>", page_of(visitor)))
    assert tabs == {"To decide": "3", "Refused": "1", "New": "2", "Totals": "2", "All rows": "5"}
    for show, rows in (("", 3), ("problem", 1), ("new", 2), ("totals", 2), ("all", 5)):
        assert len(shown_rows(visitor.get(f"{path}?show={show}").text)) == rows, show


SLIPS = f"""{HEAD}BOB BUILDER,bob@example.org,,
DANA DOW,dana@example.org,7,
Pat Poe,pat@gmial.com,5,
Quin Quo,quin@mail.com,6,
"""


def test_likely_slips_stay_out_until_someone_takes_them(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, SLIPS)
    page = page_of(visitor)
    assert "Look: only capitals differ" in page
    assert "Did you mean gmail.com?" in page
    boxes = re.findall(r'name="taken" value="(\d)"( checked)?', page)
    assert boxes == [("4", ""), ("5", " checked"), ("2", ""), ("3", " checked")]
    assert confirm(visitor, path).status_code == 303
    assert {"Bob Builder", "DANA DOW", "Quin Quo"} <= here(acme.app)
    assert not {"BOB BUILDER", "Pat Poe"} & here(acme.app)


def test_a_likely_slip_can_be_taken(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, SLIPS)
    rows = [str(row) for row in (2, 3, 4, 5)]
    visitor.post(f"{path}/ticks", {"shown": rows, "doubtful": ["2", "4"], "taken": rows})
    assert 'value="4" checked' in visitor.get(path).text
    assert confirm(visitor, path).status_code == 303
    assert {"BOB BUILDER", "DANA DOW", "Pat Poe", "Quin Quo"} <= here(acme.app)


def test_refused_rows_can_be_downloaded_with_their_reasons_and_nothing_a_spreadsheet_would_compute(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, f"{LIST}=1+1,sum@example.org,8,\n")
    answer = visitor.get(f"{path}/refused")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="refused-rows.csv"'
    rows = answer.text.removeprefix("\ufeff").splitlines()
    assert rows[0] == "Row,name,e-mail,employee number,teams,What is wrong"
    assert rows[1].startswith('4,R. Dow,,,,"Row 4: no email address and no employee number for R. Dow.')
    assert rows[2].startswith("5,'=1+1,")
    assert len(rows) == 3


def test_the_plan_shows_what_is_read_of_each_row_and_from_which_column(acme: Acme) -> None:
    visitor = acme.enter("alice")
    rows = 'Pat Poe,pat@example.org,Officer,04.03.2026,"North; Dock, Gate"\n'
    sent = io.BytesIO(f"Employee Name,E-mail,Position,DOH,Post\n{rows}".encode())
    answer = visitor.post(acme.path("/roster"), {"file": (sent, "guards\u202e 11-24.csv")})
    path = answer.headers["Location"]
    visitor.post(f"{path}/columns", {f"column_{n}": m for n, m in enumerate(COLUMNS)} | {"order": "day"})
    page = closed_up(visitor.get(path).text)
    details = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "pat@example.org · North ; Dock, Gate · Officer · hired Mar 4, 2026" in details
    assert "Name ← Employee Name" in details
    assert "Hire date ← DOH" in details
    assert "guards 11-24.csv Unicode" in details


def test_people_who_share_an_address_come_in_with_pin_slips_if_they_have_a_number(acme: Acme) -> None:
    visitor = acme.enter("alice")
    rows = "Pat Poe,gate@example.org,5,\nQuin Quo,gate@example.org,6,\nRay Roe,gate@example.org,,\n"
    path = look(visitor, acme, HEAD + rows)
    assert "Add the 1 other person without an address (PIN slip)" in page_of(visitor)
    assert visitor.post(f"{path}/ticks", {"has_slips": "y"}).status_code == 303
    page = closed_up(visitor.get(path).text)
    assert "row 2 has the same email address: added without it" in page
    assert "other person without an address" not in page
    assert confirm(visitor, path, leaves_out="y").status_code == 303
    with acme.app.app_context():
        people = db.session.scalars(select(Membership).where(Membership.employee_number.in_(["5", "6"])))
        assert {person.name: person.email for person in people} == {"Pat Poe": "gate@example.org", "Quin Quo": None}
    assert "Ray Roe" not in here(acme.app)


def test_who_has_an_unknown_status_stays_out_until_someone_checks_the_row(acme: Acme) -> None:
    visitor = acme.enter("alice")
    rows = "Pat Poe,pat@example.org,Suspended\nQuin Quo,quin@example.org,Active\n"
    path = look(visitor, acme, f"name,e-mail,status\n{rows}")
    page = page_of(visitor)
    assert 'name="taken" value="2">' in page
    assert 'name="taken" value="3" checked>' in page
    assert "does this person work here?" in page
    ticks = {"shown": ["2", "3"], "doubtful": ["2"], "taken": ["2", "3"]}
    visitor.post(f"{path}/ticks", ticks)
    assert 'name="taken" value="2" checked>' in closed_up(visitor.get(path).text)
    assert confirm(visitor, path).status_code == 303
    assert {"Pat Poe", "Quin Quo"} <= here(acme.app)


def test_a_row_is_left_out_by_a_tick_that_stays_and_all_others_come_in(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, f"{HEAD}Pat Poe,pat@example.org,5,North\nQuin Quo,quin@example.org,6,South\n")
    ticks = {"shown": ["2", "3"], "taken": ["2"]}
    assert visitor.post(f"{path}/ticks?show=new&to=elsewhere", ticks).headers["Location"] == f"{path}?show=new"
    page = closed_up(visitor.get(path).text)
    assert "Left out" in page
    assert "1 person is added, 0 are changed" in page
    assert "1 team will be created" in page
    assert confirm(visitor, path).status_code == 303
    assert "Pat Poe" in here(acme.app)
    assert "Quin Quo" not in here(acme.app)
    with acme.app.app_context():
        assert db.session.scalar(select(func.count()).where(Team.name == "South")) == 0


def test_ticks_on_the_page_count_when_it_is_confirmed_from_there(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, f"{HEAD}Pat Poe,pat@example.org,5,\nQuin Quo,quin@example.org,6,\n")
    fields = {"digest": visitor.field("digest"), "shown": ["2", "3"], "taken": ["3"]}
    assert visitor.post(f"{path}/confirmation", fields).status_code == 303
    assert "Pat Poe" not in here(acme.app)
    assert "Quin Quo" in here(acme.app)


def test_ticks_are_kept_when_a_confirmation_is_refused(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, LIST)
    fields = {"digest": visitor.field("digest"), "shown": ["2", "3"], "taken": ["3"]}
    assert visitor.post(f"{path}/confirmation", fields).status_code == 422
    assert "1 person is added" in closed_up(visitor.get(path).text)
    stale = {"digest": "0" * 32, "shown": ["2", "3"], "taken": ["2", "3"], "leaves_out": "y"}
    assert visitor.post(f"{path}/confirmation", stale).status_code == 409
    assert "2 people are added" in closed_up(visitor.get(path).text)


def test_of_two_rows_for_one_person_the_other_is_taken_once_the_first_is_left_out(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, f"{HEAD}Pat Poe,pat@example.org,5,\nPat Poer,pat@example.org,6,\n")
    assert "is in row 2 too" in page_of(visitor)
    visitor.post(f"{path}/ticks", {"shown": "2"})
    visitor.get(path)
    assert confirm(visitor, path, leaves_out="y").status_code == 303
    assert "Pat Poer" in here(acme.app)


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", ["4", "2", "3"]),
        ("show=new", ["2", "3"]),
        ("show=problem", ["4"]),
        ("show=unchanged", ["5"]),
        ("show=all", ["4", "2", "3", "5"]),
        ("q=quin", ["3"]),
        ("show=all&q=poe", ["2"]),
        ("show=new&q=nobody", []),
        ("start=-5", ["4", "2", "3"]),
        ("start=x&show=%3Cscript%3E", ["4", "2", "3"]),
    ],
)
def test_filters_are_in_the_address(acme: Acme, query: str, rows: list[str]) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, f"{LIST}Bob Builder,bob@example.org,,\n")
    page = visitor.get(f"{path}?{query}").text
    assert shown_rows(page) == rows
    assert "<script>" not in page
    assert ("1 stays as is." in page, "Filter rows" in page) == (True, "q=" in query)  # few rows need no search


LEFT = "name,e-mail,status,last day\nBob Builder,bob@example.org,Terminated,2026-11-20\n"
LEFT += "Gil Gone,gil@example.org,Inactive,\n"


@time_machine.travel("2026-11-24T16:00:00Z", tick=False)
def test_who_has_left_by_the_list_is_ended_with_its_day_and_an_unknown_one_isnt_brought_in(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, LEFT)
    page = page_of(visitor)
    assert "1 person has left" in page
    assert "November 20, 2026</bdi></ins>" in page
    assert confirm(visitor, path).status_code == 303
    with acme.app.app_context():
        bob = db.session.get_one(Membership, acme.people["bob"])
        assert (bob.ended_on, bob.ended_at) == (dt.date(2026, 11, 20), clock.now())
        noted = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "membership.removed")).one()
        assert (noted.subject_id, noted.details["ended_on"]) == (acme.people["bob"], "2026-11-20")
        told = db.session.scalars(select(Event)).one()
        assert (told.kind, told.subject_id) == (EventKind.LEFT, acme.people["bob"])
    assert "Gil Gone" not in here(acme.app)


def test_who_isnt_on_the_list_stays_unless_ticked_and_comes_back_for_a_day(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, f"{HEAD}Pat Poe,pat@example.org,5,\n")
    page = visitor.get(path).text
    assert "These 2 people aren’t on your list. Have they left?" in page
    assert re.findall(r'name="asked" value="([^"]+)"', page) == [str(acme.people[one]) for one in ("bob", "dana")]
    assert "checked" not in page.partition('id="missing"')[2].partition("</table>")[0]
    fields = {"digest": visitor.field("digest"), "asked": [str(acme.people[one]) for one in ("bob", "dana")]}
    fields["left"] = str(acme.people["dana"])
    assert visitor.post(f"{path}/confirmation", fields).status_code == 303
    assert "Dana Dow" not in here(acme.app)
    assert {"Bob Builder", "Pat Poe"} <= here(acme.app)
    assert "1 person was marked as having left" in closed_up(visitor.get(path).text)
    with time_machine.travel(clock.now() + dt.timedelta(hours=23)):
        visitor = acme.enter("alice")
        assert visitor.post(f"{path}/undoing").status_code == 303
        assert "1 person is back on the roster" in closed_up(visitor.get(path).text)
        assert "Dana Dow" in here(acme.app)
        assert visitor.post(f"{path}/undoing").status_code == 303
    with acme.app.app_context():
        acts = select(AuditEvent.act).where(AuditEvent.subject_id == acme.people["dana"]).order_by(AuditEvent.at)
        assert list(db.session.scalars(acts))[-2:] == ["membership.removed", "membership.removal_undone"]


def test_the_first_few_who_arent_on_the_list_are_below_the_rows_to_decide_about(acme: Acme) -> None:
    for number in range(5):
        put_on_roster(acme.app, acme.id, None, name=f"Abe {number}", email=f"abe{number}@example.org")
    visitor = acme.enter("alice")
    path = look(visitor, acme, f"{HEAD}Pat Poe,pat@example.org,5,\n")
    page = closed_up(visitor.get(path).text)
    assert page.index('name="taken"') < page.index("These 7 people aren’t on your list") < page.index('id="confirm"')
    assert page.count('name="left"') == 5
    assert "Show all 7" in page
    everyone = closed_up(visitor.get(f"{path}?show=missing").text)
    assert (everyone.count('name="left"'), "Show all 7" in everyone) == (7, False)
    assert 'name="left"' not in visitor.get(f"{path}?show=new").text


def test_all_who_arent_on_the_list_leave_at_once_if_someone_types_how_many_they_are(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, f"{HEAD}Pat Poe,pat@example.org,5,\n")
    assert "If all 2 have left, type 2" in closed_up(visitor.get(f"{path}?show=missing").text)
    assert visitor.post(f"{path}/ticks?show=missing", {"all_left": "3"}).status_code == 303
    assert "Nobody was marked: type 2" in closed_up(visitor.get(f"{path}?show=missing").text)
    refusal = confirm(visitor, f"{path}", all_left="two")
    assert refusal.status_code == 422
    assert "Nobody was marked: type 2" in closed_up(refusal.text)
    visitor.post(f"{path}/ticks?show=missing", {"all_left": " 2 "})
    page = closed_up(visitor.get(f"{path}?show=missing").text)
    assert "2 people have left" in page
    assert page.count('name="left"') == page.count("checked>") == 2
    assert confirm(visitor, path).status_code == 303
    assert not {"Bob Builder", "Dana Dow"} & here(acme.app)


def test_after_a_day_nothing_is_undone(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, LEFT)
    assert confirm(visitor, path).status_code == 303
    with time_machine.travel(clock.now() + dt.timedelta(days=1, minutes=1)):
        assert acme.enter("alice").post(f"{path}/undoing").status_code == 404
    assert "Bob Builder" not in here(acme.app)


def test_who_was_hired_again_or_replaced_isnt_put_back(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, LEFT)
    assert confirm(visitor, path).status_code == 303
    put_on_roster(acme.app, acme.id, None, name="Bob Again", email="bob@example.org")
    visitor.post(f"{path}/undoing")
    page = closed_up(visitor.get(path).text)
    assert "0 people are back on the roster" in page
    assert "1 person stays off it" in page
    assert "Bob Builder" not in here(acme.app)


def test_before_it_is_imported_there_is_nothing_to_undo(acme: Acme) -> None:
    visitor = acme.enter("alice")
    assert visitor.post(f"{look(visitor, acme, LEFT)}/undoing").status_code == 409


def test_people_with_a_role_are_never_asked_about_nor_ended(acme: Acme) -> None:
    visitor = acme.enter("alice")
    text = "name,e-mail,status\nMona May,mona@example.org,Terminated\nAlice Able,alice@example.org,Terminated\n"
    path = look(visitor, acme, text)
    page = closed_up(visitor.get(f"{path}?show=all").text)
    assert page.count("a roster ends nobody’s role") == 2
    staff = [str(acme.people[one]) for one in ("mona", "mark", "ines")]
    asked = visitor.get(f"{path}?show=missing").text
    assert not any(one in asked for one in staff)
    visitor.post(f"{path}/ticks", {"asked": staff, "left": staff})
    visitor.get(path)
    confirm(visitor, path)
    assert {"Mona May", "Ines Ito"} <= here(acme.app)


def test_a_refused_row_of_a_known_person_is_no_sign_that_they_left(acme: Acme) -> None:
    visitor = acme.enter("alice")
    rows = ["Bob Builder,,,", "BUILDER Bob,bob(at)example.org,,", "Bobby,BOB@example.org,4.7E+11,"]
    for row in rows:
        path = look(visitor, acme, HEAD + row)
        asked = visitor.get(f"{path}?show=missing").text
        assert str(acme.people["bob"]) not in asked, row
        assert str(acme.people["dana"]) in asked


def test_another_firms_people_cannot_be_ended(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, f"{HEAD}Pat Poe,pat@example.org,5,\n")
    theirs = str(acme.others_person)
    visitor.post(f"{path}/ticks", {"asked": theirs, "left": theirs})
    visitor.get(path)
    assert confirm(visitor, path).status_code == 303
    with acme.app.app_context():
        assert db.session.get_one(Membership, acme.others_person).ended_at is None


@pytest.mark.parametrize(
    "fields",
    [
        {"shown": ["x", "99999999999999999999", "-1"], "taken": ["2"]},
        {"asked": ["nobody", "0"], "left": ["1"]},
        {"shown": "2", "taken": "2"},
        {},
    ],
)
def test_odd_ticks_change_nothing(acme: Acme, fields: dict[str, object]) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, f"{HEAD}Pat Poe,pat@example.org,5,\n")
    answer = visitor.post(f"{path}/ticks?show=%0D%0AX:y&q=%0D%0AX:y", fields)
    assert answer.status_code == 303
    assert "X" not in answer.headers
    assert "1 person is added" in closed_up(visitor.get(path).text)


@pytest.mark.parametrize("what", ["ticks", "sheet", "reading", "undoing", "confirmation", "columns", "refused"])
def test_what_is_done_to_a_roster_is_its_senders_alone(acme: Acme, what: str) -> None:
    path = look(acme.enter("alice"), acme, LIST)
    for name in ("mona", "mark", "bob", "mallory"):
        visitor = acme.enter(name)
        answer = visitor.get(f"{path}/{what}") if what == "refused" else visitor.post(f"{path}/{what}", {})
        assert answer.status_code == 404, name


def test_after_it_is_confirmed_nothing_about_it_can_be_said(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, f"{HEAD}Pat Poe,pat@example.org,5,\n")
    assert confirm(visitor, path).status_code == 303
    before = count(acme.app, *WRITTEN)
    for what, status in (("ticks", 409), ("sheet", 409), ("reading", 409), ("columns", 303), ("confirmation", 303)):
        assert visitor.post(f"{path}/{what}", {"shown": "2"}).status_code == status, what
    assert visitor.get(f"{path}/refused").status_code == 303
    assert count(acme.app, *WRITTEN) == before


def test_people_without_an_address_come_in_with_a_number_and_need_a_slip(acme: Acme) -> None:
    visitor, before = acme.enter("alice"), count(acme.app, OutboxMessage)
    path = look(visitor, acme, f"{HEAD}Gus Gold,,417,North\nGia Gray,N/A,418,\n")
    assert "2 people have no address. You can print their PIN slips afterward." in page_of(visitor)
    assert confirm(visitor, path, has_mail="y").status_code == 303
    page = visitor.get(path).text
    assert f'href="/organizations/{acme.id}/pin-slips"' in page
    assert "2 people have no address: print their PIN slips." in closed_up(page)
    with acme.app.app_context():
        gus = db.session.scalars(select(Membership).where(Membership.employee_number == "417")).one()
        assert (gus.name, gus.email, gus.email_key, gus.role) == ("Gus Gold", None, None, "member")
    assert count(acme.app, OutboxMessage) == before
    look(visitor, acme, f'{HEAD}Gus Gold,,417,North\n"Gray, Gia",,418,\n')
    assert "Nothing would change" in page_of(visitor)


def test_a_list_without_addresses_is_asked_about_and_taken(acme: Acme) -> None:
    visitor = acme.enter("alice")
    answer = visitor.post(
        acme.path("/roster"), {"text": "Name,Emp #\nGus Gold,417\n"}, content_type="multipart/form-data"
    )
    path = answer.headers["Location"]
    assert visitor.get(path).headers["Location"] == f"{path}/columns"
    visitor.post(f"{path}/columns", {"column_0": "name", "column_1": "employee_number", "order": "month"})
    assert "1 new person" in closed_up(visitor.get(path).text)


@pytest.mark.parametrize("typed", ["13/45/2026", "0/5/2026", "3/4/0000", "99/99/99"])
def test_a_day_that_was_mistyped_is_refused_by_its_row_and_the_others_are_imported(acme: Acme, typed: str) -> None:
    visitor = acme.enter("alice")
    rows = f"name,e-mail,hired on\nPat Poe,pat@example.org,{typed}\nQuin Quo,quin@example.org,2026-03-04\n"
    path = look(visitor, acme, rows)
    assert typed in page_of(visitor)
    assert confirm(visitor, path, leaves_out="y").headers["Location"] == path
    assert "Quin Quo" in here(acme.app)
    assert "Pat Poe" not in here(acme.app)


def test_new_people_are_invited_at_once_only_where_an_invitation_can_say_what_is_required(acme: Acme) -> None:
    visitor = acme.enter("alice")
    look(visitor, acme, LIST)
    assert re.search(r'name="has_mail" type="checkbox" value="y"', page_of(visitor))
    assert "Nothing is required yet, so an invitation can’t say which course" in page_of(visitor)
    require(acme.app, acme.users["alice"], acme.id)
    path = look(visitor, acme, LIST)
    assert re.search(r'checked[^>]*name="has_mail"|name="has_mail"[^>]*checked', page_of(visitor))
    assert "Nothing is required yet" not in page_of(visitor)
    assert confirm(visitor, path, leaves_out="y", has_mail="y").status_code == 303
    with acme.app.app_context():
        mails = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "invitation"))
        letters = [write(mail) for mail in mails]
    assert len(letters) == 2
    assert all(letter is not None and "with the final, due " in letter.text for letter in letters)


def test_whom_a_list_changed_and_how_stands_in_the_audit_log(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, "name,e-mail,job title,hired on\nBob Stonewall,bob@example.org,Officer,2026-03-04\n")
    assert confirm(visitor, path, shown="2", doubtful="2", taken="2").status_code == 303
    page = closed_up(visitor.get(acme.path("/audit?q=stonewall")).text)
    assert "Bob Builder" in page
    assert "Bob Stonewall" in page
    assert re.search("job title: .*→ Officer", page)
    assert re.search("hire date: .*→ ", page)
