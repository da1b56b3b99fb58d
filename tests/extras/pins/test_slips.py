"""PIN slips are printed by whoever may invite their people, once, and stand nowhere else."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from uuid import UUID

import pypdf
import pytest
import segno
from sqlalchemy import select, text
from werkzeug.test import TestResponse

from tests.cast import actor_of, context_of, make_class, put_on_roster
from tests.extras.pins.slips import add_gus, come_in, firm_code, sign_in, slip_for, user_of
from tests.organizations.conftest import Acme
from tests.support import Visitor, closed_up
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import Base, db, transaction
from trainer.core.errors import Conflict, Invalid
from trainer.extras.pins.models import PinSlip
from trainer.extras.pins.slip_papers import MASK, draw_badges, draw_slips
from trainer.extras.pins.slips import Slip, has_slip_shape, print_slip, print_slips
from trainer.instructing.invitations import choose_teams
from trainer.organizations.models import Membership, Organization
from trainer.organizations.operations import NO_NUMBER, PersonFacts, add_person, change_person
from trainer.organizations.queries import get_person

pytestmark = pytest.mark.on_both

DAY = dt.date(2026, 11, 25)


def words_of(answer: TestResponse) -> str:
    assert answer.mimetype == "application/pdf", answer.status_code
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)


def test_a_person_needs_an_address_or_a_number(acme: Acme) -> None:
    alice = acme.enter("alice")
    answer = alice.post(acme.path("/people/new"), {"name": "Gus Gold", "email": "", "employee_number": ""})
    assert answer.status_code == 422
    assert answer.text.count("add an employee number") == 2  # in the summary and beside the field
    assert 'value="Gus Gold"' in answer.text
    answer = alice.post(acme.path("/people/new"), {"name": "Gus Gold", "employee_number": "00417"})
    assert answer.status_code == 303
    page = alice.get(answer.location).text
    assert "No address" in page
    assert "Print a PIN slip" in page
    assert "Send an invitation" not in page
    twin = alice.post(acme.path("/people/new"), {"name": "Guy Gold", "employee_number": "00417"})
    assert "has this address or number" in twin.text


def test_the_page_that_invites_to_a_class_leads_to_slips_for_those_who_have_not_joined(acme: Acme) -> None:
    cohort = make_class(acme.app, acme.users["ines"], acme.id)
    with acme.app.app_context(), transaction():
        choose_teams(context_of(acme.users["ines"], cohort), [acme.motel])
    page = acme.enter("alice").get(f"/cohorts/{cohort}/invitations").text
    assert f'<a href="{acme.path("/pin-slips")}">PIN slips</a>' in page


def test_an_address_is_taken_away_only_from_whoever_has_a_number(acme: Acme) -> None:
    with acme.app.app_context():
        alice = actor_of(acme.users["alice"], acme.id)
        for number, refusal in ((None, str(NO_NUMBER)), ("42", None)):
            facts = PersonFacts("Dana Dow", "", employee_number=number)
            if refusal:
                with pytest.raises(Invalid, match="add an employee number"), transaction():
                    change_person(alice, get_person(alice, acme.people["dana"]), facts, [acme.motel], clock.now())
            else:
                with transaction():
                    change_person(alice, get_person(alice, acme.people["dana"]), facts, [acme.motel], clock.now())
        assert db.session.get_one(Membership, acme.people["dana"]).email is None
        bob = get_person(alice, acme.people["bob"])
        with transaction():  # who has an account with a password is known by it
            change_person(alice, bob, PersonFacts("Bob Builder", ""), [acme.harbor], clock.now())


def test_invitations_go_to_those_with_an_address_and_say_so_of_the_others(acme: Acme) -> None:
    add_gus(acme)
    alice = acme.enter("alice")
    page = alice.get(acme.path("/invitations")).text
    assert "2 people haven’t joined yet" in page
    assert "Invite 1 person" in page
    assert "No address" in page
    assert "1 can’t now" in page
    page = alice.post(acme.path("/invitations"), follow_redirects=True).text
    assert "1 invitation is on its way" in page
    assert "All were invited in the last 24 hours or get a PIN slip" in page
    assert "can’t now" not in page


def test_slips_of_all_who_need_one_are_a_pdf_with_codes_that_work(acme: Acme) -> None:
    for number in range(9):
        add_gus(acme, f"00{number}", f"Guard Number{number}")
    alice = acme.enter("alice")
    assert "Print 9 slips" in alice.get(acme.path("/pin-slips")).text
    answer = alice.post(acme.path("/pin-slips"), {"team": ""})
    assert answer.headers["Content-Disposition"] == "attachment; filename=pin-slips.pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    words = words_of(answer)
    assert len(pypdf.PdfReader(io.BytesIO(answer.data)).pages) == 2
    codes = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", words)
    assert len(codes) == 9
    assert "127.0.0.1:8000/in" in words
    assert "Guard Number3" in words
    assert sign_in(Visitor(acme.app), acme, codes[3], number="003").location == "/in/pin"
    assert sign_in(Visitor(acme.app), acme, codes[3], number="004").status_code == 422
    assert len(words_of(alice.post(acme.path("/pin-slips"), {"team": str(acme.harbor)}))) > 0
    assert sign_in(Visitor(acme.app), acme, codes[3], number="003").status_code == 422  # printed again
    with acme.app.app_context():
        kept = [str(row) for table in Base.metadata.tables.values() for row in db.session.execute(select(table))]
        plain = [code.replace("-", "") for code in codes]
        assert not any(code in row for row in kept for code in plain)
        printed = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "pin_slip.printed")).all()
        assert {one.details.get("people") for one in printed} == {9}


def test_slips_of_chosen_people_are_offered_to_whom_they_fit_and_noted_for_each(acme: Acme) -> None:
    people = [add_gus(acme, f"00{number}", f"Guard Number{number}") for number in range(3)]
    alice, ids = acme.enter("alice"), [str(person) for person in people[:2]]
    query = "&".join(f"person={one}" for one in [*ids, str(acme.people["bob"])])
    page = closed_up(alice.get(acme.path(f"/people/chosen?{query}")).text)
    assert "Print 2 slips" in page
    assert re.search(r"Only for: .{0,9}Guard Number0.{2,9}Guard Number1", page)
    words = words_of(alice.post(acme.path("/pin-slips"), {"person": ids}))
    assert ("Guard Number1" in words, "Guard Number2" in words) == (True, False)
    refused = alice.post(acme.path("/pin-slips"), {"person": [*ids, str(acme.people["bob"])]})
    assert refused.status_code == 303  # nobody's: an employee number is missing
    assert (
        acme.enter("mark").post(acme.path("/pin-slips"), {"person": [*ids, str(acme.people["dana"])]}).status_code
        == 404
    )
    with acme.app.app_context():
        printed = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "pin_slip.printed")).all()
        assert {(one.subject_id, one.details["name"]) for one in printed} == {
            (person, f"Guard Number{number}") for number, person in enumerate(people[:2])
        }


def test_slips_are_sorted_by_site_and_name_it(acme: Acme) -> None:
    for name, number, team in (("Ann", "1", acme.motel), ("Ben", "2", acme.harbor), ("Cal", "3", acme.motel)):
        put_on_roster(acme.app, acme.id, None, name=name, email=None, employee_number=number, teams=[team])
    with acme.app.app_context(), transaction():
        made = print_slips(actor_of(acme.users["alice"], acme.id), None, clock.now())
        assert [(slip.name, slip.site) for slip in made] == [
            ("Ben", "Harbor Mall"),
            ("Ann", "Motel 95"),
            ("Cal", "Motel 95"),
        ]
    words = words_of(acme.enter("alice").post(acme.path("/pin-slips")))
    assert words.index("Ben") < words.index("Ann")
    assert "Acme Security · Motel 95" in words
    assert 'href="/in"' in Visitor(acme.app).get("/join").text


@pytest.mark.parametrize("draw", [draw_slips, draw_badges])
def test_the_qr_code_fills_in_firm_and_number(acme: Acme, draw: Callable[..., bytes]) -> None:
    days = [DAY, DAY] if draw is draw_slips else [DAY]
    with acme.app.test_request_context():
        firm = db.session.get_one(Organization, acme.id)
        address = f"/in?firm={firm.code}&number=00417"
        pdf = draw(firm, [Slip("Gus Gold", "00417", "ABCD-EFGH")], "http://127.0.0.1:8000/in", *days)
    expected = segno.make_qr(f"http://127.0.0.1:8000{address}", error="m", mask=MASK)
    assert picture_in(pdf, len(expected.matrix)) == [list(row) for row in expected.matrix]
    page = Visitor(acme.app).get(address).text
    assert 'value="00417"' in page
    assert f'value="{firm_code(acme.app, acme.id)}"' in page


def picture_in(pdf: bytes, modules: int) -> list[list[int]]:
    """Return the QR code at the right of the first slip: 1 for what is black."""
    if shutil.which("pdftoppm") is None:
        pytest.skip("needs pdftoppm (poppler-utils)")
    cut = ["-gray", "-r", "300", "-x", "840", "-y", "90", "-W", "360", "-H", "500"]
    image = subprocess.run(["pdftoppm", *cut, "-singlefile", "-"], input=pdf, capture_output=True, check=True).stdout
    _kind, size, _most, pixels = image.split(b"\n", 3)
    width = int(size.split()[0])
    rows = [pixels[at : at + width] for at in range(0, len(pixels), width)]
    dark = [(x, y) for y, row in enumerate(rows) for x, value in enumerate(row) if value < 128]
    left, top = (min(point[axis] for point in dark) for axis in (0, 1))
    step = (max(x for x, _y in dark) + 1 - left) / modules
    centers = [int((at + 0.5) * step) for at in range(modules)]
    return [[int(rows[top + y][left + x] < 128) for x in centers] for y in centers]


def test_badges_hold_firm_and_number_and_no_secret(acme: Acme) -> None:
    alice = acme.enter("alice")
    assert alice.get(acme.path("/badges.pdf")).location.startswith(acme.path("/pin-slips"))
    gus = add_gus(acme)
    code = slip_for(acme, gus)
    words = words_of(alice.get(acme.path("/badges.pdf")))
    assert "Gus Gold" in words
    assert "00417" in words
    assert code not in words
    assert "First PIN" not in words
    assert acme.enter("bob").get(acme.path("/badges.pdf")).status_code == 404
    assert acme.enter("mark").get(acme.path(f"/badges.pdf?team={acme.motel}")).status_code == 404


def test_a_manager_of_a_team_prints_for_that_team_only(acme: Acme) -> None:
    gus = add_gus(acme)
    with acme.app.app_context(), transaction():
        alice = actor_of(acme.users["alice"], acme.id)
        ned = add_person(alice, PersonFacts("Ned Night", None, employee_number="9"), [acme.motel], clock.now()).id
    mark = acme.enter("mark")
    page = mark.get(acme.path("/pin-slips")).text
    assert "Gus Gold" in page
    assert "Ned Night" not in page
    assert mark.post(acme.path(f"/people/{ned}/pin-slip")).status_code == 404
    assert mark.post(acme.path("/pin-slips"), {"team": str(acme.motel)}).status_code == 404
    words = words_of(mark.post(acme.path("/pin-slips")))
    assert "Gus Gold" in words
    assert "Ned Night" not in words
    assert "Gus Gold" in words_of(mark.post(acme.path(f"/people/{gus}/pin-slip")))
    for name in ("ines", "bob", "charlie", "mallory"):
        for path in ("/pin-slips", f"/people/{gus}/pin-slip"):
            assert acme.enter(name).post(acme.path(path)).status_code == 404


def test_nobody_gets_a_slip_who_has_a_role_or_no_number(acme: Acme) -> None:
    for name, why in (("mona", "employee number"), ("dana", "employee number"), ("bob", "employee number")):
        with pytest.raises(Invalid, match=why):
            slip_for(acme, acme.people[name])
    with acme.app.app_context(), transaction():
        for row, name in enumerate(("mona", "bob")):
            db.session.get_one(Membership, acme.people[name]).employee_number = f"{row}"
    for name in ("mona", "bob"):
        with pytest.raises(Conflict, match="has a role, an account"):
            slip_for(acme, acme.people[name])
    with acme.app.app_context(), pytest.raises(Conflict, match="Nobody here needs a slip"), transaction():
        print_slips(actor_of(acme.users["alice"], acme.id), None, clock.now())


def test_someone_with_a_pin_is_left_out_of_the_next_set_but_can_have_one(acme: Acme) -> None:
    gus = add_gus(acme)
    come_in(Visitor(acme.app), acme, slip_for(acme, gus))
    add_gus(acme, "00500", "Wanda Wait")
    alice = acme.enter("alice")
    page = alice.get(acme.path("/pin-slips")).text
    assert "2 people without email" in page
    assert "Print 1 slip" in page
    assert "Has a PIN" in page
    words = words_of(alice.post(acme.path("/pin-slips")))
    assert "Wanda Wait" in words
    assert "Gus Gold" not in words
    assert "Gus Gold" in words_of(alice.post(acme.path(f"/people/{gus}/pin-slip")))
    assert user_of(acme.app, gus)


def test_the_firm_keeps_its_code(acme: Acme) -> None:
    gus = add_gus(acme)
    slip_for(acme, gus)
    first = firm_code(acme.app, acme.id)
    slip_for(acme, gus)
    assert re.fullmatch(r"[0-9A-Z]{6}", first)
    assert firm_code(acme.app, acme.id) == first


def test_a_code_of_a_slip_is_no_pin() -> None:
    assert has_slip_shape("r7km-2vqx")
    assert not has_slip_shape("58320417")
    assert not has_slip_shape("583204")


def test_a_name_that_no_font_shows_is_boxes_and_a_long_one_is_cut(acme: Acme) -> None:
    firm = Organization(name="Northgate " * 12, code="7K3MQ2")
    slips = [
        Slip("สมชาย ใจดี", "1", "R7KM-2VQX"),
        Slip("Wolfe" * 20, "N" * 40, "H3TP-9WNC"),
        Slip("Ann Lee", "3", "T9RJ-5DQV"),
    ]
    with acme.app.test_request_context("/"):
        pdf = draw_slips(firm, slips, "https://training.example.org/in", DAY, DAY)
    words = pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert "Ann Lee" in words
    assert "□□□□ □□□□" in words.replace("\u200b", "")
    for code in ("R7KM-2VQX", "H3TP-9WNC", "T9RJ-5DQV"):
        assert code in words
    assert "Wolfe" * 20 not in words.replace("\u200b", "")


def test_a_slip_of_a_shut_firm_opens_nothing(acme: Acme) -> None:
    gus: UUID = add_gus(acme)
    code = slip_for(acme, gus)
    with acme.app.app_context(), transaction():
        db.session.execute(text("UPDATE organizations SET suspended_at = created_at"))
    assert sign_in(Visitor(acme.app), acme, code).status_code == 422
    with acme.app.app_context():
        assert db.session.scalars(select(PinSlip)).one().used_at is None


def test_only_the_first_firm_prints_another_slip_for_someone_with_a_pin(acme: Acme) -> None:
    gus = add_gus(acme)
    come_in(Visitor(acme.app), acme, slip_for(acme, gus))
    user_id = user_of(acme.app, gus)
    elsewhere = put_on_roster(acme.app, acme.other, user_id, name="Gus Gold", email="gus@example.org")
    with acme.app.app_context(), transaction():
        entry = db.session.get_one(Membership, elsewhere)
        entry.employee_number, entry.joined_at = "9", clock.now() + dt.timedelta(minutes=1)
    with acme.app.app_context():
        mallory = actor_of(acme.users["mallory"], acme.other)
        with pytest.raises(Conflict, match="PIN from another firm"):
            print_slip(mallory, get_person(mallory, elsewhere), clock.now())
        db.session.rollback()
    assert slip_for(acme, gus)
