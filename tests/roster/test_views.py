"""Import a roster: nothing before it is confirmed, then all of it or nothing, and the same list again adds nobody."""

from __future__ import annotations

import datetime as dt
import io
import re
import time
from contextlib import suppress
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import func, select
from werkzeug.test import create_environ

from tests.cast import actor_of
from tests.organizations.conftest import Acme
from tests.roster.books import book
from tests.roster.uploads import GOOD, SAME, WRITTEN, as_csv, confirm, count, look, many, send, shown_rows
from tests.support import Visitor, closed_up
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.organizations.invitations import USUAL_A_DAY
from trainer.organizations.models import Invitation, Membership
from trainer.roster.drafts import MOST_WAITING, forget_drafts, get_draft
from trainer.roster.models import RosterDraft
from trainer.roster.planning import decide
from trainer.roster.views import most_bytes
from trainer.roster.writing import Confirmation, take_over


def count_seen() -> int:
    """Return how many memberships this very transaction sees."""
    return db.session.scalar(select(func.count(Membership.id))) or 0


def name_of(acme: Acme, who: str) -> str:
    with acme.app.app_context():
        return db.session.get_one(Membership, acme.people[who]).name


IS_BOOK = pytest.mark.parametrize("is_book", [pytest.param(False, marks=pytest.mark.nightly), True])


def test_a_dry_run_writes_nothing_to_people(acme: Acme) -> None:
    before = count(acme.app, *WRITTEN)
    visitor = acme.enter("alice")
    look(visitor, acme)
    assert visitor.page is not None
    for words in ("1 new person", "Pat Poe", "Bob B. Builder", "name", "1 team will be created", "North"):
        assert words in visitor.page.text
    assert count(acme.app, *WRITTEN) == before


def test_confirming_writes_all_of_it_and_the_same_list_again_nothing(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme)
    before = count(acme.app, *WRITTEN)
    assert confirm(visitor, path, has_mail="y", **SAME).headers["Location"] == path
    after = count(acme.app, *WRITTEN)
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 1, 2, 1, 1]
    assert "The roster is imported" in visitor.get(path).text
    with acme.app.app_context():
        pat = db.session.scalars(select(Membership).where(Membership.email_key == "pat@example.org")).one()
        assert (pat.name, pat.job_title, pat.employee_number, pat.role) == ("Pat Poe", "Guard", "012", "member")
        assert (pat.hired_on, pat.user_id) == (dt.date(2026, 3, 4), None)
        assert db.session.get_one(Membership, acme.people["bob"]).name == "Bob B. Builder"
        noted = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "roster.imported")).one()
        counts = {
            "new": 1,
            "returned": 0,
            "changed": 1,
            "unchanged": 0,
            "ended": 0,
            "left_out": 0,
            "without_address": 0,
        }
        assert noted.details == {**counts, "teams": 1}
    look(visitor, acme)
    assert visitor.page is not None
    assert "Nothing would change" in visitor.page.text
    assert "Import these people" not in visitor.page.text
    assert count(acme.app, *WRITTEN) == after


def test_confirming_twice_does_it_once_and_the_rows_are_not_kept(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme)
    fields = {"digest": visitor.field("digest"), **SAME}
    for _time in range(2):
        assert visitor.post(f"{path}/confirmation", fields).status_code == 303
    with acme.app.app_context():
        query = select(func.count()).where(Membership.email_key == "pat@example.org")
        assert db.session.scalar(query) == 1
        assert db.session.scalars(select(RosterDraft.rows)).one() == {"ended": [], "mailed": []}
        assert db.session.scalar(select(func.count(Invitation.id))) == 0  # the box was not ticked


def test_if_the_firm_changed_meanwhile_the_rows_are_shown_again(acme: Acme) -> None:
    visitor, mona = acme.enter("alice"), acme.enter("mona")
    path = look(visitor, acme)
    other = look(mona, acme, "name,e-mail\nPat Poe,pat@example.org")
    assert confirm(mona, other).status_code == 303
    answer = confirm(visitor, path, **SAME)
    assert answer.status_code == 409
    assert "has changed in the meantime" in answer.text
    assert "2 changes<" in closed_up(answer.text)
    visitor.get(path)
    assert confirm(visitor, path).status_code == 303


def test_a_page_sent_again_after_its_ticks_were_kept_still_confirms_what_it_showed(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, f"{GOOD}Wes Wye,no address,,,,\n")
    fields = {"digest": visitor.field("digest"), **SAME}
    assert visitor.post(f"{path}/confirmation", fields).status_code == 422  # the ticks are kept, a row is in the way
    assert visitor.post(f"{path}/confirmation", {**fields, "leaves_out": "y"}).status_code == 303


@pytest.mark.asvs("2.3.3")
@pytest.mark.check("T084")
@IS_BOOK
def test_one_bad_row_of_ten_thousand_keeps_all_of_them_out(acme: Acme, is_book: bool) -> None:
    rows = many(10_000, bad=9_999)
    visitor, before = acme.enter("alice"), count(acme.app, *WRITTEN)
    path = look(visitor, acme, file=book(rows) if is_book else as_csv(rows))
    assert visitor.page is not None
    assert "1 row refused" in visitor.page.text
    assert "Row 10000: the email address for Person 9999" in visitor.page.text
    assert visitor.post(f"{path}/confirmation", {"digest": "x"}).status_code == 409
    assert confirm(visitor, path).status_code == 422
    assert count(acme.app, *WRITTEN) == before


def test_the_right_digest_stores_nothing_of_a_roster_with_one_bad_row(acme: Acme) -> None:
    visitor, before = acme.enter("alice"), count(acme.app, *WRITTEN)
    path = look(visitor, acme, f"{GOOD}Wes Wye,no address,,,,\n")
    with acme.app.app_context():
        actor = actor_of(acme.users["alice"], acme.id)
        draft = get_draft(actor, UUID(path.rpartition("/")[2]), clock.now())
        digest = decide(actor, draft, clock.now()).plan.digest
    answer = visitor.post(f"{path}/confirmation", {"digest": digest, "has_mail": "y"})
    assert answer.status_code == 422
    assert "Row 4: the email address for Wes Wye" in answer.text
    assert "check this box: then they stay out" in answer.text
    assert re.findall(r"</svg>([A-Z][a-z ]+)</span>", answer.text) == ["Refused", "New", "Please look"]
    assert count(acme.app, *WRITTEN) == before


@pytest.mark.check("T084")
@IS_BOOK
def test_ten_thousand_rows_are_looked_at_and_taken_over_in_seconds(acme: Acme, is_book: bool) -> None:
    data = book(many(10_000)) if is_book else as_csv(many(10_000))
    visitor, (before,) = acme.enter("alice"), count(acme.app, Membership)
    began = time.process_time()  # of this process alone: others may keep the machine busy
    path = look(visitor, acme, file=data)
    looked = time.process_time()
    assert confirm(visitor, path, has_mail="y").status_code == 303
    done = time.process_time()
    print(f"\ndry run {looked - began:.2f} s, taking over {done - looked:.2f} s")
    assert looked - began < 5
    assert done - looked < 15
    assert count(acme.app, Membership, Invitation) == [before + 10_000, USUAL_A_DAY]
    done_page = visitor.get(path).text
    assert "0 of 1000" in done_page
    assert "9,000 people can be invited tomorrow" in done_page
    look(visitor, acme, file=data)
    assert visitor.page is not None
    assert "Nothing would change" in visitor.page.text


@pytest.mark.check("T084")
def test_what_is_cut_off_before_its_end_leaves_nothing(acme: Acme) -> None:
    before = count(acme.app, *WRITTEN)
    path = look(acme.enter("alice"), acme)
    with acme.app.app_context(), suppress(KeyboardInterrupt), transaction():
        actor = actor_of(acme.users["alice"], acme.id)
        draft = get_draft(actor, UUID(path.rpartition("/")[2]), clock.now())
        digest = decide(actor, draft, clock.now()).plan.digest
        take_over(actor, draft, Confirmation(digest, has_mail=True), clock.now())
        assert count_seen() > before[0]
        raise KeyboardInterrupt
    assert count(acme.app, *WRITTEN) == before


def test_the_page_shows_problems_first_and_some_rows_at_a_time(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, file=as_csv(many(450, bad=449)))
    assert visitor.page is not None
    assert shown_rows(visitor.page.text)[:2] == ["450", "2"]
    assert "1–25 of 450" in closed_up(visitor.page.text)
    assert "426–450 of 450" in closed_up(visitor.get(f"{path}?start=425").text)
    assert shown_rows(visitor.get(f"{path}?start=430").text)[-1] == "451"
    assert shown_rows(visitor.get(f"{path}?start=99999").text)[-1] == "451"
    assert shown_rows(visitor.get(f"{path}?show=problem").text) == ["450"]
    assert shown_rows(visitor.get(f"{path}?q=PERSON+447").text) == ["448"]
    assert shown_rows(visitor.get(f"{path}?show=new&q=E447").text) == ["448"]
    assert shown_rows(visitor.get(f"{path}?show=nonsense&q=p447@").text) == ["448"]


def test_what_was_sent_can_be_mended_on_the_page(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, 'name,e-mail\n"Dow; R",no address\n')
    text = visitor.get(f"{acme.path('/roster')}?draft={path.rpartition('/')[2]}").text
    assert "name\te-mail\nDow; R\tno address</textarea>" in text


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": ""}, "Paste your roster, or choose a file"),
        ({"text": "Bob,bob@example.org"}, "None of the first 20 rows names the columns"),
        ({"text": "", "file": b"PK\x03\x04"}, "damaged or isn’t an Excel file"),
        ({"text": "name,e-mail\n<script>,x", "file": b"name,e-mail"}, "Send only one of them"),
    ],
)
def test_a_list_that_cannot_be_read_is_said_on_the_form(acme: Acme, fields: dict[str, object], words: str) -> None:
    visitor = acme.enter("alice")
    file = (io.BytesIO(fields["file"]), "people.xlsx") if "file" in fields else (io.BytesIO(), "")  # type: ignore[arg-type]
    answer = visitor.post(acme.path("/roster"), {**fields, "file": file}, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert words in answer.text
    assert count(acme.app, RosterDraft) == [0]


@pytest.mark.asvs("5.2.1")
def test_a_roster_may_be_larger_than_other_requests_and_not_much_larger(acme: Acme) -> None:
    visitor = acme.enter("alice")
    long = "name,e-mail,notes\n" + "Pat,pat@example.org,\n" * 20 + "\n" * 3 * 2**20
    assert send(visitor, acme, long).status_code == 303
    assert send(visitor, acme, file=b"name,e-mail\n" + b" " * 5 * 2**20).status_code == 413
    assert visitor.post(acme.path("/teams"), {"name": "x" * 300_000}).status_code == 413


def test_a_draft_is_its_senders_and_forgotten_after_a_day(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme)
    for name in ("mona", "mark", "bob", "mallory"):
        assert acme.enter(name).get(path).status_code == 404
        assert acme.enter(name).post(f"{path}/confirmation", {"digest": "x"}).status_code == 404
    later = clock.now() + dt.timedelta(days=1, minutes=1)
    with time_machine.travel(later):
        assert acme.enter("alice").get(path).status_code == 404
        with acme.app.app_context(), transaction():
            forget_drafts(clock.now())
    assert count(acme.app, RosterDraft) == [0]


def test_a_firm_keeps_so_many_waiting_rosters_and_the_oldest_goes(acme: Acme) -> None:
    alice, mona = acme.enter("alice"), acme.enter("mona")
    done = look(alice, acme)
    assert confirm(alice, done).status_code == 303
    oldest, next_one, *_others = [look(who, acme) for who in [alice, mona] * (MOST_WAITING // 2)]
    with acme.app.app_context(), transaction():
        stranger = RosterDraft(
            organization_id=acme.other, created_by_id=acme.users["mallory"],
            created_at=clock.now() - dt.timedelta(hours=1), rows={}, counts={},
        )  # fmt: skip
        db.session.add(stranger)
    assert alice.get(oldest).status_code == 200
    last = look(mona, acme)
    assert alice.get(oldest).status_code == 404
    assert mona.get(next_one).status_code == mona.get(last).status_code == alice.get(done).status_code == 200
    assert count(acme.app, RosterDraft) == [MOST_WAITING + 2]


def test_a_manager_of_chosen_teams_sends_no_roster(acme: Acme) -> None:
    assert acme.enter("mark").get(acme.path("/roster")).status_code == 404
    assert acme.enter("mona").get(acme.path("/roster")).status_code == 200


def test_who_left_returns_as_a_new_entry(acme: Acme) -> None:
    with acme.app.app_context(), transaction():
        dana = db.session.get_one(Membership, acme.people["dana"])
        dana.ended_on, dana.ended_at = clock.today(), clock.now()
    visitor = acme.enter("alice")
    path = look(visitor, acme, "name,e-mail\nDana Dow,dana@example.org")
    assert confirm(visitor, path).status_code == 303
    with acme.app.app_context():
        query = select(Membership.id).where(Membership.email_key == "dana@example.org", Membership.ended_at.is_(None))
        assert isinstance(db.session.scalars(query).one(), UUID)


def test_another_firms_people_with_the_same_address_are_left_alone(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, "name,e-mail\nCarl Canary,canary@example.org")
    assert confirm(visitor, path).status_code == 303
    with acme.app.app_context():
        assert db.session.get_one(Membership, acme.others_person).name == "Canary Quux"


@pytest.mark.asvs("5.2.1")
@pytest.mark.check("T091")
def test_only_staff_of_the_firm_may_send_a_large_request_and_never_one_of_many_fields(acme: Acme) -> None:
    kind, large = "application/x-www-form-urlencoded", b"text=" + b"x" * 400_000
    path = acme.path("/roster")
    for who, body, status in (
        (None, large, 413),
        ("bob", large, 413),
        ("charlie", large, 413),
        ("alice", large, 400),  # read, and without its token
        ("alice", b"a=&" * 1_300_000, 413),
    ):
        visitor = acme.enter(who) if who else Visitor(acme.app)
        started = time.process_time()
        answer = visitor.client.post(path, data=body, content_type=kind, base_url=visitor.base_url)
        assert answer.status_code == status, who
        assert time.process_time() - started < 1


def test_a_large_body_is_taken_in_for_a_roster_by_someone_signed_in_alone(acme: Acme) -> None:
    cookie = acme.enter("alice").cookie()
    signature = cookie.rindex(".") + 1  # its last letter holds bits that count for nothing
    forged = cookie[:signature] + ("B" if cookie[signature] == "A" else "A") + cookie[signature + 1 :]
    for method, path, sent, most in (
        ("POST", acme.path("/roster"), cookie, 4 * 2**20),
        ("POST", acme.path("/roster"), "", 256 * 1024),
        ("POST", acme.path("/roster"), forged, 256 * 1024),
        ("POST", acme.path("/roster/x"), cookie, 256 * 1024),
        ("POST", "/sign-in", cookie, 256 * 1024),
        ("GET", acme.path("/roster"), cookie, 256 * 1024),
    ):
        environ = {**create_environ(path, method=method), "HTTP_COOKIE": sent}
        assert most_bytes(acme.app, environ) == most


def test_another_name_at_a_known_address_stays_out_until_someone_says_that_it_is_the_same_person(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme)
    assert visitor.page is not None
    page = visitor.page.text
    assert "Bob Builder</bdi></del>" in page
    assert "Bob B. Builder</bdi></ins>" in page
    assert "1 known address has a different name" in page
    assert 'name="taken" value="3">' in page
    assert confirm(visitor, path).status_code == 303
    path = look(visitor, acme)
    assert visitor.page is not None
    assert "unchanged" not in visitor.page.text
    visitor.post(f"{path}/ticks", {"same": "y", "shown": "3", "doubtful": "3"})
    assert 'name="taken" value="3" checked' in visitor.get(path).text
    before = name_of(acme, "bob")
    assert confirm(visitor, path).status_code == 303
    assert (before, name_of(acme, "bob")) == ("Bob Builder", "Bob B. Builder")


def test_a_list_without_another_name_asks_nothing_of_the_kind(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, "name,e-mail,job title\nBOB BUILDER,bob@example.org,Guard\nPat,pat@example.org,")
    assert visitor.page is not None
    assert 'name="same"' not in visitor.page.text
    assert confirm(visitor, path).status_code == 303


@pytest.mark.parametrize(
    ("rows", "button", "asks_for_mail"),
    [
        ("Pat Poe,pat@example.org,Guard", "Import these people", True),
        ("Bob Builder,bob@example.org,Guard", "Save these changes", False),
        ("Bob Builder,bob@example.org,", None, False),
    ],
)
def test_the_buttons_say_what_happens(acme: Acme, rows: str, button: str | None, asks_for_mail: bool) -> None:
    visitor = acme.enter("alice")
    look(visitor, acme, f"name,e-mail,job title\n{rows}")
    assert visitor.page is not None
    text = visitor.page.text
    for words in ("Import these people", "Save these changes"):
        assert (words in text) == (words == button)
    assert ("Send invitations by email" in text) == asks_for_mail


def test_a_file_that_is_not_unicode_says_how_it_was_read_and_is_read_again_in_another_way(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, file="name,e-mail\nŁukasz Żak,l@example.org\n".encode("windows-1250"))
    assert visitor.page is not None
    assert "£ukasz ¯ak" in visitor.page.text
    assert "isn’t saved as UTF-8" in visitor.page.text
    assert "may be a letter that was read wrongly" in visitor.page.text
    assert visitor.post(f"{path}/reading", {"coding": "windows-1250"}).headers["Location"] == path
    page = visitor.get(path).text
    assert "Łukasz Żak" in page
    assert "read wrongly" not in page
    assert visitor.post(f"{path}/reading", {"coding": "utf-7"}).status_code == 422
    assert confirm(visitor, path).status_code == 303
    with acme.app.app_context():
        assert db.session.scalars(select(Membership.name).where(Membership.email_key == "l@example.org")).one() == (
            "Łukasz Żak"
        )


def test_a_unicode_file_offers_no_other_reading(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = look(visitor, acme, file="name,e-mail\nŁukasz Żak,l@example.org\n".encode())
    assert visitor.page is not None
    assert "isn’t saved as UTF-8" not in visitor.page.text
    assert visitor.post(f"{path}/reading", {"coding": "windows-1250"}).status_code == 422


def test_columns_that_are_not_read_are_named_and_stored_nowhere(acme: Acme) -> None:
    visitor = acme.enter("alice")
    look(visitor, acme, "name,SSN,e-mail\nPat Poe,078-05-1120,pat@example.org\n")
    assert visitor.page is not None
    assert "SSN" in visitor.page.text
    with acme.app.app_context():
        assert "078-05-1120" not in str(db.session.scalars(select(RosterDraft.rows)).one())


def test_a_list_that_is_too_large_says_what_to_do(acme: Acme) -> None:
    visitor = acme.enter("alice")
    answer = send(visitor, acme, file=b"name,e-mail\n" + b" " * 5 * 2**20)
    assert answer.status_code == 413
    assert "A roster can be 4 MB at most" in answer.text
