"""A slip never hands over an account: until its person shows who they are, what was before stays theirs alone
(`accounts.after_slip`, `assessment.access`)."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator
from typing import NamedTuple
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import select

from tests.cast import answer_all, certify, start_drill, start_practice
from tests.extras.pins.devices import TOLD, slip_ids
from tests.extras.pins.slips import PIN, WRONG, add_gus, come_in, sign_in, slip_for, user_of
from tests.organizations.conftest import Acme
from tests.support import COURSE, PASSWORD, Visitor, answer_questions, mailed
from trainer.accounts.models import User
from trainer.content.library import Library
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.jobs.emails import write
from trainer.jobs.work import advance_all

NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
THIEFS = "739164"
SENSITIVE = ("/account/address", "/account/data/copy", "/account/erasure", "/account/password")


class Case(NamedTuple):
    """Gus with his phone and an answered practice, and the browser of Mark, who used a slip that he printed."""

    acme: Acme
    gus: UUID
    phone: Visitor
    practice: UUID
    mark: Visitor


@pytest.fixture
def clock_at_noon() -> Iterator[time_machine.Traveller]:
    """Stop the clock at noon."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def case(acme: Acme, clock_at_noon: time_machine.Traveller) -> Case:
    """Let Mark take Gus's account with a slip."""
    gus, phone = add_gus(acme), Visitor(acme.app)
    come_in(phone, acme, slip_for(acme, gus))
    practice = start_practice(acme.app, user_of(acme.app, gus))
    answer_all(acme.app, practice)
    clock_at_noon.shift(DAY)
    mark = Visitor(acme.app)
    assert come_in(mark, acme, slip_for(acme, gus, "mark"), THIEFS).location == "/me"
    clock_at_noon.shift(dt.timedelta(hours=1))
    return Case(acme, gus, phone, practice, mark)


def add_address(case: Case, visitor: Visitor, pin: str) -> None:
    """Add an address, and choose a password."""
    visitor.post("/account/address", {"email": "mine@example.org", "password": pin})
    assert visitor.post(mailed(case.acme.app, "new-address")).status_code == 303
    assert visitor.post("/account/password", {"password": pin, "new_password": PASSWORD}).status_code == 303


@pytest.mark.on_both
def test_what_was_answered_before_a_slip_stays_shut_and_what_comes_after_is_open(case: Case) -> None:
    scene = f"/attempts/{case.practice}/scenes/1"
    assert case.mark.get(scene).location == "/account/pin-slips"
    case.mark.post(f"/attempts/{case.practice}/submission")
    assert case.mark.get(f"/attempts/{case.practice}/result").location == "/account/pin-slips"
    assert str(case.practice) not in case.mark.get(f"/courses/{COURSE}/practice").text
    drill = start_drill(case.acme.app, user_of(case.acme.app, case.gus))
    assert case.mark.get(f"/attempts/{drill}/questions/1").status_code == 200


def test_for_seven_days_nothing_makes_the_account_another_persons(
    case: Case, clock_at_noon: time_machine.Traveller
) -> None:
    for path in SENSITIVE:
        if path != "/account/password":
            assert case.mark.get(path).location == "/account/pin-slips", path
        fields = {"password": THIEFS, "email": "mark@example.net", "new_password": PASSWORD}
        assert case.mark.post(path, fields).location == "/account/pin-slips", path
    page = case.mark.get("/account/pin-slips").text
    assert "December 3" in page
    assert TOLD in case.mark.get("/me").text
    case.mark.post("/account/pin-slips")  # "It was me each time" from where a slip was used proves nothing
    assert TOLD in case.mark.get("/me").text
    assert case.mark.get("/account/erasure").location == "/account/pin-slips"
    clock_at_noon.shift(7 * DAY)
    assert case.mark.get("/account/erasure").status_code == 200
    assert case.mark.get(f"/attempts/{case.practice}/scenes/1").location == "/account/pin-slips"


def test_the_pin_of_before_is_good_where_it_was_known_and_undoes_the_slip(case: Case) -> None:
    assert WRONG in sign_in(Visitor(case.acme.app), case.acme, PIN).text
    assert sign_in(case.phone, case.acme, PIN).location == "/me"
    page = case.phone.get("/me").text
    assert (TOLD in page, "printed by Mark Moe" in page) == (True, True)
    assert case.phone.get(f"/attempts/{case.practice}/scenes/1").status_code == 200
    answer = case.phone.post(f"/account/pin-slips/{slip_ids(case.acme)[1]}/dispute")
    assert answer.location == "/account/pin"
    assert case.mark.get("/me").location.startswith("/sign-in")
    assert WRONG in sign_in(Visitor(case.acme.app), case.acme, THIEFS).text
    assert sign_in(Visitor(case.acme.app), case.acme, PIN).location == "/me"
    assert case.phone.get("/account/erasure").status_code == 200
    with case.acme.app.app_context():
        user = db.session.get_one(User, user_of(case.acme.app, case.gus))
        assert (user.pin_before, user.pin_before_until, user.pin_replaced_at) == (None, None, None)


def test_a_disputed_address_and_password_are_undone(case: Case, clock_at_noon: time_machine.Traveller) -> None:
    clock_at_noon.shift(8 * DAY)
    sign_in(case.mark, case.acme, THIEFS)
    add_address(case, case.mark, THIEFS)
    case.mark.post("/password-reset", {"email": "mine@example.org"})
    case.mark.post(mailed(case.acme.app, "new-password"), {"new_password": "other plain words"})
    assert case.mark.sign_in("mine@example.org", "other plain words").location == "/me"
    assert case.mark.get(f"/attempts/{case.practice}/scenes/1").location == "/account/pin-slips"
    assert sign_in(case.phone, case.acme, PIN).location == "/me"
    assert TOLD in case.phone.get("/me").text
    case.phone.post(f"/account/pin-slips/{slip_ids(case.acme)[1]}/dispute")
    assert "No address" in case.phone.get("/account").text
    assert case.mark.get("/me").location.startswith("/sign-in")
    assert case.mark.sign_in("mine@example.org", "other plain words").status_code == 422
    assert sign_in(Visitor(case.acme.app), case.acme, PIN).location == "/me"


def test_someone_who_forgot_the_pin_confirms_in_their_own_browser(case: Case) -> None:
    assert sign_in(case.phone, case.acme, THIEFS).location == "/me"  # the slip was Gus's own, used on another phone
    assert TOLD in case.phone.get("/me").text
    case.phone.post("/account/pin-slips")
    assert TOLD not in case.phone.get("/me").text
    case.phone.post("/sign-out")
    assert case.mark.get(f"/attempts/{case.practice}/scenes/1").status_code == 200
    assert case.mark.get("/account/erasure").status_code == 200
    assert WRONG in sign_in(case.phone, case.acme, PIN).text


def test_the_pin_of_before_confirms_anywhere(case: Case) -> None:
    path = "/account/pin-slips/earlier-pin"
    refused = case.mark.post(path, {"password": "902846"})
    assert (refused.status_code, "isn’t the PIN you had before" in refused.text) == (422, True)
    assert case.mark.post(path, {"password": PIN}).location == "/me"
    assert case.mark.get(f"/attempts/{case.practice}/scenes/1").status_code == 200


def test_guesses_at_the_pin_of_before_count_on_whatever_slips_are_printed(
    case: Case, clock_at_noon: time_machine.Traveller
) -> None:
    path = "/account/pin-slips/earlier-pin"
    for number in range(9):
        assert case.mark.post(path, {"password": f"11122{number}"}).status_code == 422
    clock_at_noon.shift(dt.timedelta(hours=2))
    come_in(other := Visitor(case.acme.app), case.acme, slip_for(case.acme, case.gus, "mark"), "902846")
    assert other.post(path, {"password": "111229"}).status_code == 422
    assert other.post(path, {"password": PIN}).status_code == 422
    clock_at_noon.shift(DAY)
    assert other.post(path, {"password": THIEFS}).status_code == 422
    assert other.post(path, {"password": PIN}).location == "/me"


def test_an_address_from_before_confirms_and_one_from_after_does_not(acme: Acme) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        gus, phone = add_gus(acme), Visitor(acme.app)
        come_in(phone, acme, slip_for(acme, gus))
        phone.post("/account/address", {"email": "gus@example.org", "password": PIN})
        phone.post(mailed(acme.app, "new-address"))
        practice = start_practice(acme.app, user_of(acme.app, gus))
        answer_all(acme.app, practice)
        traveller.shift(DAY)
        tablet = Visitor(acme.app)
        come_in(tablet, acme, slip_for(acme, gus), THIEFS)
        assert "/password-reset" in tablet.get("/account/pin-slips").text
        tablet.post("/password-reset", {"email": "gus@example.org"})
        tablet.post(mailed(acme.app, "new-password"), {"new_password": PASSWORD})
        other = Visitor(acme.app)
        assert other.sign_in("gus@example.org").location == "/me"
        assert other.get(f"/attempts/{practice}/scenes/1").status_code == 200


def test_a_slip_in_the_own_browser_shuts_nothing(acme: Acme) -> None:
    gus, phone = add_gus(acme), Visitor(acme.app)
    come_in(phone, acme, slip_for(acme, gus))
    practice = start_practice(acme.app, user_of(acme.app, gus))
    answer_all(acme.app, practice)
    phone.post("/sign-out")
    come_in(phone, acme, slip_for(acme, gus, "mark"), THIEFS)
    assert phone.get(f"/attempts/{practice}/scenes/1").status_code == 200
    assert phone.get("/account/erasure").status_code == 200


def test_answers_to_a_lesson_from_before_are_shut_too(
    acme: Acme, shelf: Library, clock_at_noon: time_machine.Traveller
) -> None:
    gus, phone, tablet = add_gus(acme), Visitor(acme.app), Visitor(acme.app)
    come_in(phone, acme, slip_for(acme, gus))
    phone.enroll()
    lesson = next(lesson for lesson in shelf.content.courses[COURSE].lessons if lesson.questions)
    path = f"/courses/{COURSE}/{lesson.id}"
    unanswered = phone.get(path).text.count("<fieldset")
    answer_questions(phone, path, lesson)
    answered = phone.get(path).text.count("<fieldset")
    clock_at_noon.shift(DAY)
    come_in(tablet, acme, slip_for(acme, gus), THIEFS)
    assert answered != unanswered
    assert tablet.get(path).text.count("<fieldset") == unanswered
    assert sign_in(phone, acme, PIN).location == "/me"
    assert phone.get(path).text.count("<fieldset") == answered


def test_owners_and_the_persons_own_address_get_a_mail_each_time(case: Case) -> None:
    with case.acme.app.app_context():
        mail = db.session.scalars(select(OutboxMessage).where(OutboxMessage.template == "slip-used")).one()
        letter = write(mail)
        assert mail.recipient == "alice@example.org"
    assert letter is not None
    assert ("act=pin_slip" in letter.text, "Gus" in letter.text) == (True, False)


def test_a_copy_leaves_out_what_is_shut_and_one_from_before_cannot_be_had(
    case: Case, clock_at_noon: time_machine.Traveller
) -> None:
    clock_at_noon.shift(8 * DAY)
    sign_in(case.mark, case.acme, THIEFS)
    case.mark.post("/account/data/copy")
    with case.acme.app.app_context():
        list(advance_all())
    copy = case.mark.post("/account/data/copy/file", {"password": THIEFS})
    with zipfile.ZipFile(io.BytesIO(copy.data)) as archive:
        names = archive.namelist()
        assert not [name for name in names if name.startswith("answers/")]
        assert "account/account.json" in names
        assert "leaves out" in archive.read("about.txt").decode()


def test_a_copy_that_was_made_before_a_slip_is_not_given_after_it(
    acme: Acme, clock_at_noon: time_machine.Traveller
) -> None:
    gus, phone, tablet = add_gus(acme), Visitor(acme.app), Visitor(acme.app)
    come_in(phone, acme, slip_for(acme, gus))
    phone.post("/account/data/copy")
    with acme.app.app_context():
        list(advance_all())
    clock_at_noon.shift(dt.timedelta(hours=1))
    come_in(tablet, acme, slip_for(acme, gus), THIEFS)
    assert tablet.post("/account/data/copy/file", {"password": THIEFS}).location == "/account/pin-slips"
    clock_at_noon.shift(7 * DAY)
    assert tablet.post("/account/data/copy/file", {"password": THIEFS}).status_code in {303, 409}


def test_a_result_from_before_is_shut_on_all_pages_that_show_results(acme: Acme) -> None:
    with time_machine.travel(NOON, tick=False) as traveller:
        gus, phone, tablet = add_gus(acme), Visitor(acme.app), Visitor(acme.app)
        come_in(phone, acme, slip_for(acme, gus))
        final = certify(acme.app, user_of(acme.app, gus))
        traveller.shift(DAY)
        come_in(tablet, acme, slip_for(acme, gus), THIEFS)
        for path in ("/progress", "/check-ins", f"/courses/{COURSE}/final", f"/courses/{COURSE}/practice", "/me"):
            assert f"/attempts/{final}" not in tablet.get(path).text, path
        assert tablet.get("/progress/picture.png").location == "/progress"
        assert f"/attempts/{final}" in sign_in_page(acme, phone)


def sign_in_page(acme: Acme, phone: Visitor) -> str:
    """Return the page of the final in the phone that knew the account."""
    assert sign_in(phone, acme, PIN).location == "/me"
    return phone.get(f"/courses/{COURSE}/final").text
