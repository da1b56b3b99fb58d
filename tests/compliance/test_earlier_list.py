"""Alice records earlier training, by hand or from a list; Mona approves it; a site's manager sees that site's."""

from __future__ import annotations

import datetime as dt
import html
import io
import json
import re
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.compliance.conftest import Training, require
from tests.compliance.reading import make_pack, read_csv
from tests.organizations.conftest import Acme
from tests.support import Visitor, closed_up
from trainer.assignments import earlier
from trainer.assignments.models import EarlierTraining, TrainingProof
from trainer.compliance.earlier_list import read_hours
from trainer.compliance.views import earlier as views
from trainer.compliance.views.earlier import most_bytes
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db
from trainer.credentials.rules import valid_until as add_months
from trainer.organizations.uploads import MOST_BYTES

pytestmark = pytest.mark.on_both

PDF = b"%PDF-1.7 a scan"
HEADS = "email,training,provider,completed on,hours,name\n"
DONE = clock.today() - dt.timedelta(days=271)
UNTIL = add_months(DONE, 12)
FIELDS = {"title": "Spotting it", "issuer": "Another school", "completed_on": DONE.isoformat(), "hours": "8"}


def trainings(acme: Acme) -> list[tuple[str, str, bool]]:
    """Return (title, person, whether it is approved) of all that is recorded."""
    names = {number: name for name, number in acme.people.items()}
    with acme.app.app_context():
        rows = db.session.scalars(select(EarlierTraining))
        return sorted((row.title, names[row.membership_id], row.approved_at is not None) for row in rows)


def file_of(content: bytes, name: str = "scan.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content), name


def record(acme: Acme, person: str = "bob", who: str = "alice", **changes: Any) -> str:
    """Record a training; return its address."""
    path = acme.path(f"/earlier-training/people/{acme.people[person]}")
    assert acme.enter(who).post(path, FIELDS | changes).status_code == 303
    with acme.app.app_context():
        newest = select(EarlierTraining.id).order_by(EarlierTraining.created_at.desc(), EarlierTraining.id).limit(1)
        return acme.path(f"/earlier-training/{db.session.scalars(newest).one()}")


def send(visitor: Visitor, acme: Acme, rows: str) -> str:
    """Send a list; return the plan."""
    answer = visitor.post(acme.path("/earlier-training/list"), {"text": HEADS + rows})
    assert answer.status_code == 200, answer.text
    visitor.page = answer
    return answer.text


def confirm(visitor: Visitor, acme: Acme, **more: Any) -> Any:
    """Confirm the plan that was shown."""
    fields = {name: html.unescape(visitor.field(name)) for name in ("text", "seen")}
    return visitor.post(acme.path("/earlier-training/list/confirmation"), fields | more)


def test_a_training_is_recorded_approved_and_shown_as_recorded_by_the_firm(training: Training) -> None:
    acme = training.acme
    require(acme.app, acme.users["alice"], acme.id, title="Elsewhere too", earlier_titles=())
    page = record(acme, "dana", file=file_of(PDF, "Dana’s scan.pdf"))
    alice, mona = acme.enter("alice"), acme.enter("mona")
    assert "1 record of earlier training is waiting for your approval" not in alice.get(acme.path()).text
    home = mona.get(acme.path()).text
    assert "1 record of earlier training is waiting for your approval" in home
    assert "Approve this record" not in alice.get(page).text
    waiting = mona.get(acme.path("/earlier-training?show=mine")).text
    chosen = re.findall(r'name="training" value="([^"]+)"', waiting)
    assert len(chosen) == 1
    assert mona.post(acme.path("/earlier-training/approvals"), {"training": chosen}).status_code == 303
    assert trainings(acme) == [("Spotting it", "dana", True)]
    history = closed_up(alice.get(acme.path(f"/training/{acme.people['dana']}")).text)
    assert f"Until {UNTIL:%b} {UNTIL.day}, {UNTIL.year} (recorded by the firm)" in history
    assert "We didn’t issue a certificate for it." in history
    sent = alice.post(acme.path("/training/exports?q=dow"), {"form": "csv"}).text
    assert f"Current (recorded by the firm),{UNTIL},{DONE},,Recorded by the firm,," in sent
    proof = alice.get(f"{page}/proof")
    assert proof.data == PDF
    assert proof.headers["Content-Disposition"].startswith("attachment")
    assert (proof.headers["X-Content-Type-Options"], proof.headers["Cache-Control"]) == ("nosniff", "no-store")
    assert mona.post(f"{page}/end", {"reason": "The wrong Dana"}).status_code == 303
    assert "The wrong Dana" in mona.get(page).text
    assert "recorded by the firm)" not in alice.get(acme.path(f"/training/{acme.people['dana']}")).text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"title": ""}, "Enter what the training was called."),
        ({"completed_on": "2999-01-01"}, "That day is still to come."),
        ({"hours": "a day"}, "This isn’t a number of hours."),
        ({"hours": "0"}, "more than 0 and at most 200"),
        ({"hours": "999"}, "more than 0 and at most 200"),
        ({"file": b"<svg>"}, "This isn’t a PDF, PNG or JPEG file."),
        ({"file": PDF + bytes(3 * 2**20)}, "This file is too large."),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(acme: Acme, changes: dict[str, Any], said: str) -> None:
    sent = {name: file_of(value) if isinstance(value, bytes) else value for name, value in changes.items()}
    path = acme.path(f"/earlier-training/people/{acme.people['bob']}")
    answer = acme.enter("alice").post(path, FIELDS | sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert 'value="Another school"' in answer.text
    assert trainings(acme) == []


def test_the_same_training_is_refused_with_a_clear_word(acme: Acme) -> None:
    record(acme)
    path = acme.path(f"/earlier-training/people/{acme.people['bob']}")
    again = acme.enter("mona").post(path, FIELDS | {"title": "SPOTTING  it"})
    assert again.status_code == 422
    assert "already recorded for this person" in again.text


def test_whoever_recorded_it_cannot_approve_it_but_undo_it(acme: Acme) -> None:
    page = record(acme)
    alice = acme.enter("alice")
    number = page.rpartition("/")[2]
    answer = alice.post(acme.path("/earlier-training/approvals"), {"training": number})
    assert answer.status_code == 409
    assert "A second person has to decide" in answer.text
    assert alice.post(acme.path("/earlier-training/approvals")).status_code == 422
    assert alice.post(f"{page}/undo").status_code == 303
    assert trainings(acme) == []
    assert alice.get(page).status_code == 404
    page = record(acme)
    assert acme.enter("mona").post(f"{page}/undo").status_code == 303
    assert trainings(acme) == [("Spotting it", "bob", False)]


def test_declining_asks_for_a_reason_and_a_proof_can_come_later(acme: Acme) -> None:
    page, mona = record(acme), acme.enter("mona")
    assert mona.post(f"{page}/end", {"reason": " "}).status_code == 422
    assert mona.post(f"{page}/proof").status_code == 422
    assert mona.post(f"{page}/proof", {"file": file_of(b"GIF89a")}).status_code == 422
    assert mona.post(f"{page}/proof", {"file": file_of(b"\xff\xd8\xff photo", "a.gif")}).status_code == 303
    assert mona.get(f"{page}/proof").headers["Content-Type"] == "image/jpeg"
    assert mona.post(f"{page}/proof", {"file": file_of(PDF)}).status_code == 303
    assert mona.get(f"{page}/proof").data == b"\xff\xd8\xff photo"
    assert mona.post(f"{page}/end", {"reason": "Can’t read it"}).status_code == 303
    assert "Declined" in mona.get(page).text
    with acme.app.app_context():
        query = select(AuditEvent.act).where(AuditEvent.act.like("training.%")).order_by(AuditEvent.at)
        assert list(db.session.scalars(query)) == ["training.recorded", "training.proof_added", "training.declined"]


def test_a_wrong_proof_is_replaced_on_its_page_and_nobody_approves_it_unseen(acme: Acme) -> None:
    page, mona, alice = record(acme, file=file_of(PDF)), acme.enter("mona"), acme.enter("alice")
    assert "Replace the proof file" not in mona.get(page).text
    shown = re.search(r'name="seen_at" value="([^"]+)"', mona.get(page).text)
    replaces = re.search(r'name="replaces" value="([^"]+)"', alice.get(page).text)
    assert shown
    assert replaces
    fields = {"replaces": replaces[1]}
    assert alice.post(f"{page}/proof", fields).status_code == 422
    assert alice.post(f"{page}/proof", fields | {"file": file_of(b"GIF89a")}).status_code == 422
    assert alice.get(f"{page}/proof").data == PDF
    assert alice.post(f"{page}/proof", fields | {"file": file_of(PDF + b"!")}).status_code == 303
    assert "The proof file was replaced." in alice.get(page).text
    assert alice.get(f"{page}/proof").data == PDF + b"!"
    chosen = {"training": page.rpartition("/")[2], "seen_at": shown[1].replace("&#43;", "+")}
    refused = mona.post(acme.path("/earlier-training/approvals"), chosen)
    assert refused.status_code == 409
    assert "was added or replaced since" in refused.text
    shown = re.search(r'name="seen_at" value="([^"]+)"', refused.text)
    assert shown
    chosen["seen_at"] = shown[1].replace("&#43;", "+")
    assert mona.post(acme.path("/earlier-training/approvals"), chosen).status_code == 303


@pytest.mark.parametrize("who", ["mark", "mallory", "bob", "ines"])
def test_nobody_else_gets_to_a_training(acme: Acme, who: str) -> None:
    page, visitor = record(acme, "dana", file=file_of(PDF)), acme.enter(who)
    assert [visitor.get(page + rest).status_code for rest in ("", "/proof")] == [404, 404]
    for rest in ("/end", "/undo", "/proof"):
        assert visitor.post(page + rest, {"reason": "x"}).status_code == 404
    path = acme.path(f"/earlier-training/people/{acme.people['dana']}")
    assert visitor.post(path, FIELDS | {"title": "Other"}).status_code == 404
    number = page.rpartition("/")[2]
    assert visitor.post(acme.path("/earlier-training/approvals"), {"training": number}).status_code in {404, 409}
    assert trainings(acme) == [("Spotting it", "dana", False)]


def test_a_list_shows_what_each_row_would_do_and_is_recorded_with_one_proof(acme: Acme) -> None:
    alice = acme.enter("alice")
    rows = "bob@example.org,Spotting it,School,3/4/2026,8,Bob\nDANA@example.org,Spotting it,School,2026-03-05,1.5,\n"
    plan = closed_up(send(alice, acme, rows))
    assert "2 records would be added." in plan
    assert "March 4, 2026, 8 h" in plan
    assert "1 h 30 min" in plan
    assert trainings(acme) == []
    assert confirm(alice, acme, file=file_of(PDF)).status_code == 303
    assert trainings(acme) == [("Spotting it", "bob", False), ("Spotting it", "dana", False)]
    # Sending it again, and confirming what was confirmed, changes nothing.
    assert confirm(alice, acme).status_code in {409, 422}
    again = closed_up(send(alice, acme, rows))
    assert "0 records would be added. 2 rows change nothing." in again
    assert again.count("Already waiting for approval.") == 2
    with acme.app.app_context():
        assert db.session.scalars(select(func.count()).select_from(TrainingProof)).one() == 1
    mona = acme.enter("mona")
    chosen = re.findall(r'name="training" value="([^"]+)"', mona.get(acme.path("/earlier-training")).text)
    assert mona.post(acme.path("/earlier-training/approvals"), {"training": chosen}).status_code == 303
    assert "Already recorded." in send(alice, acme, rows)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("canary@example.org,T,S,2026-03-04,8,", "Nobody you can see on the firm’s roster has “canary@example.org.”"),
        ("bob@example.org,T,S,2999-03-04,8,", "That day is still to come."),
        ("bob@example.org,T,S,1926-03-04,8,", "That day is too long ago."),
        ("bob@example.org,T,S,yesterday,8,", "“yesterday” isn’t a date."),
        ("bob@example.org,T,S,2026-02-30,8,", "“2026-02-30” isn’t a date."),
        ("bob@example.org,T,S,2026-03-04,many,", "“many” isn’t a number of hours."),
        ("bob@example.org,T,S,2026-03-04,0,", "more than 0 and at most 200"),
        ("bob@example.org,T,S,2026-03-04,201,", "more than 0 and at most 200"),
        ("bob@example.org,T,S,2026-03-04,-8,", "“-8” isn’t a number of hours."),
        ("bob@example.org,,S,2026-03-04,8,", "The cell under “training” is empty."),
        ("bob@example.org,T,,2026-03-04,8,", "The cell under “provider” is empty."),
        (f"bob@example.org,{'x' * 121},S,2026-03-04,8,", "A text is too long."),
        ("bob@example.org,T,123-45-6789,2026-03-04,8,", "Social Security number"),
        ("bob,T,S,2026-03-04,8,", "“bob” isn’t an email address."),
        (f",T,S,{DONE},8,Bob", "There’s no employee number and no email address."),
    ],
)
def test_one_bad_row_keeps_the_whole_list_out_and_says_why(acme: Acme, row: str, said: str) -> None:
    alice = acme.enter("alice")
    plan = send(alice, acme, f"bob@example.org,Fine,School,{DONE},8,\n{row}\n")
    assert said in html.unescape(plan)
    assert "Nothing can be saved while a row has a problem." in plan
    assert 'name="seen"' not in plan
    text = f"{HEADS}bob@example.org,Fine,School,{DONE},8,\n{row}\n"
    forced = alice.post(acme.path("/earlier-training/list/confirmation"), {"text": text, "seen": "x"})
    assert forced.status_code == 422
    assert trainings(acme) == []


def test_the_same_row_twice_is_recorded_once_and_another_name_is_pointed_out(acme: Acme) -> None:
    alice, row = acme.enter("alice"), f"bob@example.org,Spotting it,School,{DONE},8,Robert\n"
    plan = html.unescape(send(alice, acme, row + row.replace("it", "IT").replace(",8,", ",9,")))
    assert "The same as row 2." in plan
    assert "The list says “Robert.” Is that the same person?" in plan
    assert confirm(alice, acme).status_code == 303
    assert len(trainings(acme)) == 1


def test_a_list_that_no_longer_does_what_was_shown_is_shown_again(acme: Acme) -> None:
    alice = acme.enter("alice")
    send(alice, acme, f"bob@example.org,Spotting it,School,{DONE},8,\nbob@example.org,Two,School,{DONE},8,\n")
    record(acme, "bob", "mona")
    answer = confirm(alice, acme)
    assert answer.status_code == 409
    assert "Something changed in the meantime" in answer.text
    assert trainings(acme) == [("Spotting it", "bob", False)]
    alice.page = answer
    assert confirm(alice, acme).status_code == 303
    assert [title for title, _person, _approved in trainings(acme)] == ["Spotting it", "Two"]


@pytest.mark.parametrize(
    ("heading", "day"),
    [("Completed (dd/mm/yyyy)", "03/04/2025"), ("Completed (dd.mm.yyyy)", "03.04.2025"), ("Completed", "13/04/25")],
)
def test_what_is_recorded_is_the_day_that_was_shown(acme: Acme, heading: str, day: str) -> None:
    alice = acme.enter("alice")
    rows = f"email,training,provider,{heading},hours\nbob@example.org,Spotting,School,{day},8\n"
    alice.page = alice.post(acme.path("/earlier-training/list"), {"text": rows})
    assert alice.page.status_code == 200, alice.page.text
    assert confirm(alice, acme).status_code == 303
    with acme.app.app_context():
        completed_on = db.session.scalars(select(EarlierTraining.completed_on)).one()
    assert completed_on == dt.date(2025, 4, 13 if day.startswith("13") else 3)


def test_a_wrong_proof_keeps_the_list_from_being_recorded(acme: Acme) -> None:
    alice = acme.enter("alice")
    send(alice, acme, f"bob@example.org,Spotting it,School,{DONE},8,\n")
    answer = confirm(alice, acme, file=file_of(b"PK a workbook", "a.pdf"))
    assert answer.status_code == 422
    assert "This isn’t a PDF, PNG or JPEG file." in answer.text
    assert trainings(acme) == []


def test_a_firms_proof_files_have_limited_room_and_an_account_sends_so_many_an_hour(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, alice = record(acme, file=file_of(PDF)), acme.enter("alice")
    path = acme.path(f"/earlier-training/people/{acme.people['bob']}")
    send(alice, acme, f"bob@example.org,Listed,School,{DONE},8,\n")
    monkeypatch.setattr(earlier, "MOST_PROOFS", 2 * len(PDF) - 1)
    for answer in (
        confirm(alice, acme, file=file_of(PDF)),
        alice.post(path, FIELDS | {"title": "B", "file": file_of(PDF)}),
    ):
        assert answer.status_code == 422
        assert "There’s no room for this file" in answer.text
    assert trainings(acme) == [("Spotting it", "bob", False)]
    assert alice.post(path, FIELDS | {"title": "Without"}).status_code == 303
    later = record(acme, title="Later")
    answer = alice.post(f"{later}/proof", {"file": file_of(PDF)})
    assert (answer.status_code, "There’s no room for this file" in answer.text) == (422, True)
    monkeypatch.setattr(earlier, "MOST_PROOFS", 2 * len(PDF))
    monkeypatch.setattr(views, "MOST_FILES", 1)
    assert alice.post(f"{later}/proof", {"file": file_of(PDF)}).status_code == 429
    assert acme.enter("mona").post(f"{later}/proof", {"file": file_of(PDF)}).status_code == 303
    assert alice.get(f"{page}/proof").data == PDF


def test_a_sites_manager_imports_for_the_site_alone(acme: Acme) -> None:
    mark = acme.enter("mark")
    assert "Nobody you can see" in send(mark, acme, f"dana@example.org,T,S,{DONE},8,\n")
    send(mark, acme, f"bob@example.org,T,S,{DONE},8,\n")
    assert confirm(mark, acme).status_code == 303
    assert trainings(acme) == [("T", "bob", False)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Paste your list, or choose a file."),
        ("name,hours\nBob,8\n", "employee number or email, training, provider, completed on"),
        (HEADS, "There are headings but no rows below them."),
        (HEADS + "bob@example.org,T,S,03.04.2026,8,\n", "A date such as 03.04.2026 could mean two days."),
        (HEADS + f"bob@example.org,T,S,{DONE},8,\n" * 1001, "more than 1,000 rows"),
    ],
)
def test_what_is_no_such_list_is_refused(acme: Acme, text: str, said: str) -> None:
    answer = acme.enter("alice").post(acme.path("/earlier-training/list"), {"text": text})
    assert answer.status_code == 422
    assert said in html.unescape(answer.text)


def test_a_file_is_read_as_a_roster_is_and_one_that_is_too_large_is_named(acme: Acme) -> None:
    alice, path = acme.enter("alice"), acme.path("/earlier-training/list")
    data = (HEADS + f"bob@example.org,Señales,S,{DONE},8,\n").encode("cp1252")
    assert "Señales" in alice.post(path, {"list_file": file_of(data, "a.csv")}).text
    assert alice.post(path, {"list_file": file_of(b"%PDF-1.7", "a.csv")}).status_code == 422
    assert alice.post(path, {"list_file": file_of(bytes(MOST_BYTES + 1), "a.csv")}).status_code == 413
    large = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "HTTP_COOKIE": alice.cookie()}
    with acme.app.app_context():
        assert most_bytes(acme.app, large) == MOST_BYTES
        assert most_bytes(acme.app, large | {"HTTP_COOKIE": ""}) < MOST_BYTES
        assert most_bytes(acme.app, large | {"PATH_INFO": acme.path("/training")}) < MOST_BYTES


def test_whoever_is_alone_reads_that_a_second_person_is_needed(acme: Acme) -> None:
    told = "You’re the only owner or manager here."
    mallory, other = acme.enter("mallory"), f"/organizations/{acme.other}/earlier-training"
    assert told in mallory.get(other).text
    assert "Nothing is waiting" in mallory.get(other).text
    assert told in mallory.get(f"{other}/list").text
    assert told in mallory.get(f"{other}/people/{acme.others_person}").text
    assert told not in acme.enter("alice").get(acme.path("/earlier-training")).text


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("8", 480),
        ("1.5", 90),
        ("1,25 h", 75),
        ("2 hours", 120),
        ("1:30", 90),
        ("0.01", 1),
        ("-1", None),
        ("8 days", None),
        ("", None),
    ],
)
def test_hours_are_read_as_people_write_them(text: str, minutes: int | None) -> None:
    assert read_hours(text) == minutes


def test_the_form_of_a_requirement_chooses_what_counts_and_keeps_it(training: Training) -> None:
    acme = training.acme
    alice, path = acme.enter("alice"), acme.path(f"/requirements/{training.requirement}/terms")
    page = alice.get(path).text
    assert re.search(r'name="earlier" value="none"\s+checked', page)
    fields = {
        "title": "For everyone, yearly", "course": "recognize", "audience": "everyone", "match": "all", "owners": "y",
        "starts_on": "2026-01-05", "days_allowed": "90", "cadence_months": "12", "renewal_days": "60",
        "least_minutes": "0", "allows_test_out": "y", "earlier": "some", "earlier_titles": "",
    }  # fmt: skip
    refused = alice.post(path, fields)
    assert refused.status_code == 422
    assert "Enter at least one title" in refused.text
    assert "at most 120 characters" in alice.post(path, fields | {"earlier_titles": "x" * 121}).text
    fields["earlier_titles"] = " Spotting  it \r\n\r\nPatrol"
    alice.page = alice.post(path, fields)
    assert alice.post(path, fields | {"step": "save", "seen": alice.field("seen")}).status_code == 303
    shown = closed_up(alice.get(acme.path(f"/requirements/{training.requirement}")).text)
    assert "Spotting it; Patrol" in shown
    again = alice.get(path).text
    assert re.search(r'name="earlier" value="some"\s+checked', again)
    assert "Spotting it\nPatrol</textarea>" in again.replace("\r", "")


def test_a_pack_has_a_table_of_them_with_the_proof_beside(training: Training) -> None:
    acme = training.acme
    require(acme.app, acme.users["alice"], acme.id, title="Elsewhere too", earlier_titles=("spotting it",))
    pages = [record(acme, "dana", file=file_of(PDF, "訓" * 100 + ".pdf")), record(acme, "bob", title="Waits")]
    pages.append(record(acme, "bob", title="Withdrawn"))
    mona = acme.enter("mona")
    numbers = [page.rpartition("/")[2] for page in pages]
    chosen = {"training": [numbers[0], numbers[2]]}
    assert mona.post(acme.path("/earlier-training/approvals"), chosen).status_code == 303
    assert mona.post(f"{pages[2]}/end", {"reason": "No"}).status_code == 303
    pack = make_pack(training)
    table = read_csv(pack.read("earlier-training.csv").decode())
    proof = next(name for name in pack.namelist() if name.startswith("proof-files/"))
    facts = ["Dana Dow", "", "Spotting it", "Another school", DONE.isoformat(), "8", "Recorded by the firm"]
    assert [row[:7] for row in table[1:]] == [facts]
    assert table[1][8:12:2] == ["Alice Able, owner", "Mona May, manager"]
    assert table[1][11] == proof
    assert pack.read(proof) == PDF
    assert proof in json.loads(pack.read("manifest.json"))["sha256"]
    status = read_csv(pack.read("training-status.csv").decode())
    assert [row[6] for row in status if row[0] == "Dana Dow" and row[5] == "Elsewhere too"] == [
        "Current (recorded by the firm)"
    ]
    assert "recorded by the firm)" in pack.read("index.html").decode()
    # A site's manager doesn't get what isn't of the site.
    mark = acme.enter("mark")
    assert mark.get(f"{pages[0]}/proof").status_code == 404


def test_a_training_that_no_requirement_counts_says_so_where_it_is_seen_and_approved(acme: Acme) -> None:
    require(acme.app, acme.users["alice"], acme.id, title="Ours alone")
    page = record(acme, "dana")
    said = "No requirement counts this."
    assert said in acme.enter("alice").get(page).text
    assert said in acme.enter("mona").get(acme.path("/earlier-training")).text
    require(acme.app, acme.users["alice"], acme.id, title="Elsewhere too", earlier_titles=())
    assert said not in acme.enter("alice").get(page).text
