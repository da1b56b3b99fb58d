"""Another system keeps the roster up to date: by number, whatever is sent twice, late or wrongly."""

from __future__ import annotations

import datetime as dt
import http.client
import json
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.compliance.conftest import Training
from tests.extras.api.conftest import V1, acmes_token, read, send, token_of
from tests.live import serving
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.events import Event, EventKind
from trainer.core.outbox import OutboxMessage
from trainer.core.settings import Settings
from trainer.extras.api.models import PersonWrite
from trainer.extras.api.rules import REMEMBERED, Scope
from trainer.extras.api.views.writing import batches_limited
from trainer.extras.api.writing import forget_writes
from trainer.organizations.models import Membership, Team
from trainer.organizations.rules import Role

MONDAY, TUESDAY, WEDNESDAY = (f"2026-02-0{day}T09:00:00Z" for day in (2, 3, 4))
WALT = {"name": "Walt West", "email": "walt@example.org", "teams": ["Harbor Mall"], "hired_on": "2026-01-12"}


@pytest.fixture
def token(training: Training) -> str:
    return acmes_token(training, [Scope.PEOPLE_WRITE])


def put(training: Training, token: str, number: str = "700", changed_at: str = MONDAY, **fields: Any) -> Any:
    """Write about the person with a number; return (status, answer)."""
    body = {**WALT, "changed_at": changed_at, **fields}
    answer = send(training.acme.app, "PUT", f"/people/by-number/{number}", token, body)
    return answer.status_code, answer.get_json()


def patch(training: Training, token: str, people: Sequence[Mapping[str, object]]) -> Any:
    """Write about people; return (status, answer)."""
    rows = [{"changed_at": MONDAY, **person} for person in people]
    answer = send(training.acme.app, "PATCH", "/people", token, {"people": rows})
    return answer.status_code, answer.get_json()


def person(training: Training, number: str = "700") -> dict[str, Any]:
    answer = read(training.acme.app, f"/people/by-number/{number}", acmes_token(training, [Scope.PEOPLE]))
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def entries(app: Flask, number: str = "700") -> list[Membership]:
    with app.app_context():
        query = select(Membership).where(Membership.employee_number == number).order_by(Membership.created_at)
        return list(db.session.scalars(query))


def rows_of(app: Flask) -> list[tuple[object, ...]]:
    with app.app_context():
        return sorted(
            (entry.id.hex, entry.name, entry.email or "", entry.role, str(entry.employee_number), str(entry.ended_on))
            for entry in db.session.scalars(select(Membership))
        )


def acts(app: Flask) -> list[tuple[str, dict[str, Any]]]:
    with app.app_context():
        query = select(AuditEvent).where(AuditEvent.act.like("membership.%"), AuditEvent.details["token"].is_not(None))
        return [
            (event.act, event.details)
            for event in db.session.scalars(query.order_by(AuditEvent.at))
            if "token" in event.details
        ]


def test_a_person_is_added_changed_and_marked_as_having_left(training: Training, token: str) -> None:
    app = training.acme.app
    status, answer = put(training, token)
    assert (status, answer["result"], answer["notes"], answer["is_invited"]) == (201, "new", [], False)
    shown = person(training)
    assert shown == {
        "id": answer["person_id"],
        "name": "Walt West",
        "email": "walt@example.org",
        "employee_number": "700",
        "job_title": None,
        "teams": ["Harbor Mall"],
        "role": "member",
        "hired_on": "2026-01-12",
        "ended_on": None,
        "has_joined": False,
    }
    changes: dict[str, Any] = {"job_title": "Guard", "teams": ["Motel 95", "Night Crew"]}
    assert put(training, token, changed_at=TUESDAY, **changes)[1]["result"] == "changed"
    assert (person(training)["job_title"], person(training)["teams"]) == ("Guard", ["Motel 95", "Night Crew"])
    status, answer = put(training, token, changed_at=WEDNESDAY, ended_on="2026-02-03")
    assert (status, answer["result"], answer["person_id"]) == (200, "left", shown["id"])
    assert person(training)["ended_on"] == "2026-02-03"
    assert [(act, details.get("changed")) for act, details in acts(app)] == [
        ("membership.made", None),
        ("membership.changed", "job_title, teams"),
        ("membership.removed", None),
    ]
    assert {details["token"] for _act, details in acts(app)} == {"Payroll"}
    with app.app_context():
        assert db.session.scalars(select(Event.subject_id).where(Event.kind == EventKind.LEFT)).all() == [
            UUID(shown["id"])
        ]


def test_what_a_write_does_not_say_stays(training: Training, token: str) -> None:
    put(training, token, job_title="Guard")
    given: dict[str, Any] = {"name": "Walt West", "email": None, "teams": [], "job_title": None, "changed_at": TUESDAY}
    answer = send(training.acme.app, "PUT", "/people/by-number/700", token, given)
    assert answer.get_json()["result"] == "unchanged"
    assert (person(training)["email"], person(training)["teams"]) == ("walt@example.org", ["Harbor Mall"])


def test_a_number_that_is_too_long_is_refused_and_not_logged(
    training: Training, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    before, number = rows_of(training.acme.app), "7" * 41
    status, answer = put(training, token, number)
    assert (status, "employee_number: this is too long" in answer["error"]) == (422, True)
    assert number not in str(answer) + caplog.text
    assert rows_of(training.acme.app) == before


def test_a_number_that_stands_twice_in_a_request_is_refused(training: Training, token: str) -> None:
    before = rows_of(training.acme.app)
    walt = {"employee_number": "700", "name": "Walt West"}
    status, answer = patch(training, token, [walt, {**walt, "changed_at": TUESDAY}, walt])
    assert status == 409
    assert [(refusal["row"], refusal["employee_number"]) for refusal in answer["refused"]] == [(2, "700"), (3, "700")]
    assert "more than once" in answer["refused"][0]["error"]
    assert rows_of(training.acme.app) == before
    assert patch(training, token, [walt])[0] == 200


def test_the_same_write_twice_is_one_and_an_older_one_changes_nothing(training: Training, token: str) -> None:
    first = put(training, token, changed_at=TUESDAY)
    again = put(training, token, changed_at=TUESDAY)
    assert [first[1]["result"], again[1]["result"]] == ["new", "superseded"]
    assert again[0] == 200
    assert again[1]["person_id"] == first[1]["person_id"]
    late = put(training, token, changed_at=MONDAY, name="Walter West", email="old@example.org")
    assert (late[0], late[1]["result"]) == (200, "superseded")
    assert late[1]["notes"]
    assert person(training)["name"] == "Walt West"
    assert len(entries(training.acme.app)) == 1


def test_that_someone_left_is_not_undone_by_a_write_from_before(training: Training, token: str) -> None:
    put(training, token)
    put(training, token, changed_at=WEDNESDAY, ended_on="2026-02-03")
    assert put(training, token, changed_at=TUESDAY)[1]["result"] == "superseded"
    assert put(training, token, number="701", changed_at=WEDNESDAY, ended_on="2026-02-03")[1] == {
        "employee_number": "701",
        "result": "unchanged",
        "person_id": None,
        "is_invited": False,
        "notes": ["has left, says the list, and isn’t on the roster"],
    }
    assert put(training, token, number="701", changed_at=TUESDAY)[1]["result"] == "superseded"
    assert [entry.ended_on for entry in entries(training.acme.app)] == [dt.date(2026, 2, 3)]


@pytest.mark.parametrize("email", ["walt@example.org", None])
def test_someone_who_comes_back_is_a_new_entry(training: Training, token: str, email: str | None) -> None:
    put(training, token, email=email)
    put(training, token, email=email, changed_at=TUESDAY, ended_on="2026-02-03")
    status, answer = put(training, token, email=email, changed_at=WEDNESDAY)
    assert (status, answer["result"]) == (201, "returned")
    assert [entry.ended_on for entry in entries(training.acme.app)] == [dt.date(2026, 2, 3), None]
    assert person(training)["id"] == answer["person_id"]


def test_someone_who_joined_without_a_number_gets_it(training: Training, token: str) -> None:
    answer = put(training, token, number="42", name="Bob Builder", email="bob@example.org")
    assert (answer[0], answer[1]["result"]) == (200, "changed")
    assert answer[1]["person_id"] == str(training.acme.people["bob"])
    assert person(training, "42")["has_joined"]


def test_invitations_go_out_only_if_asked_for(training: Training, token: str) -> None:
    put(training, token)
    status, answer = put(training, token, number="701", name="Ann Other", email="ann@example.org", invite=True)
    assert (status, answer["is_invited"]) == (201, True)
    again = put(
        training, token, number="701", name="Ann Other", changed_at=TUESDAY, invite=True, email="a2@example.org"
    )
    assert (again[1]["result"], again[1]["is_invited"]) == ("changed", True)
    with training.acme.app.app_context():
        mails = db.session.scalars(select(OutboxMessage.recipient).where(OutboxMessage.template == "invitation"))
        assert sorted(mails) == ["a2@example.org", "ann@example.org"]


@pytest.mark.parametrize(
    ("number", "fields", "words"),
    [
        ("701", {"email": "walt@example.org"}, "who has the employee number 700"),
        ("700", {"name": "Pat Poe"}, "“is_same_person”: true"),
        ("700", {"name": "Pat Poe", "email": "pat@example.org"}, "belongs to Walt West"),
        ("700", {"email": "bob@example.org"}, "belongs to Walt West"),
        ("701", {"name": "Bobby Tables", "email": "bob@example.org"}, "“is_same_person”: true"),
    ],
)
def test_someone_else_in_the_way_is_a_conflict_with_a_remedy(
    training: Training, token: str, number: str, fields: dict[str, Any], words: str
) -> None:
    put(training, token)
    before = rows_of(training.acme.app)
    status, answer = put(training, token, number, TUESDAY, **fields)
    assert status == 409
    assert words in answer["error"]
    assert rows_of(training.acme.app) == before


def test_another_name_is_taken_once_it_is_said_to_be_the_same_person(training: Training, token: str) -> None:
    put(training, token)
    moved: dict[str, Any] = {"name": "Walt Weston", "email": "weston@example.org", "is_same_person": True}
    status, answer = put(training, token, "700", TUESDAY, **moved)
    assert (status, answer["result"]) == (200, "changed")
    assert (person(training)["name"], person(training)["email"]) == ("Walt Weston", "weston@example.org")


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER, Role.INSTRUCTOR])
@pytest.mark.parametrize("fields", [{"job_title": "Boss"}, {"ended_on": "2026-02-03"}, {"name": "Eve", "teams": ["X"]}])
def test_people_with_a_role_stay_as_they_are(
    training: Training, token: str, role: Role, fields: dict[str, Any]
) -> None:
    app, name = training.acme.app, {"owner": "alice", "manager": "mona", "instructor": "ines"}[role.value]
    before = rows_of(app)
    with app.app_context():
        query = select(Membership).where(Membership.user_id == training.acme.users[name], Membership.role == role)
        shown = db.session.scalars(query).one().name
    given: dict[str, Any] = {"name": shown, "email": f"{name}@example.org", **fields}
    status, answer = put(training, token, "1", **given)
    assert (status, answer["result"], len(answer["notes"])) == (200, "unchanged", 1)
    assert rows_of(app) == before


@pytest.mark.asvs("2.2.1", "15.3.3", "15.3.5")
@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "name: this is missing"),
        ({"name": " "}, "no name"),
        ({"name": "007"}, "no letter"),
        ({"name": "=cmd()"}, "formula"),
        ({"name": "A\u202eB"}, "can’t be shown"),
        ({"name": "A\u0000B"}, "can’t be shown"),
        ({"name": 7}, "name: use a string"),
        ({"name": "x" * 121}, "name: this is too long"),
        ({"email": "walt@"}, "isn’t one we can write to"),
        ({"role": "owner"}, "role: there is no such field"),
        ({"user_id": "1"}, "user_id: there is no such field"),
        ({"hired_on": "12.01.2026"}, "hired_on: write it like 2026-03-04"),
        ({"hired_on": "1900-01-01"}, "Correct the year"),
        ({"ended_on": 20260203}, "ended_on: write it like"),
        ({"changed_at": "2026-02-02"}, "changed_at: write it like"),
        ({"changed_at": "2026-02-02T09:00:00"}, "changed_at: write it like"),
        ({"changed_at": "2099-02-02T09:00:00Z"}, "in the future"),
        ({"changed_at": "0001-01-01T00:00:00+02:00"}, "long ago"),
        ({"teams": ["A; B"]}, "teams.0: a team’s name"),
        ({"teams": "Harbor Mall"}, "teams: use a list"),
        ({"invite": "yes"}, "invite: use true or false"),
    ],
)
def test_what_can_not_be_used_is_named_and_nothing_is_written(
    training: Training, token: str, fields: dict[str, Any], words: str
) -> None:
    before = rows_of(training.acme.app)
    status, answer = put(training, token, **fields)
    assert (status, answer["status"]) == (422, 422)
    assert words in answer["error"]
    assert rows_of(training.acme.app) == before
    with training.acme.app.app_context():
        assert db.session.scalars(select(PersonWrite)).all() == []


@pytest.mark.parametrize(
    ("number", "words"), [("12.0", "“12”"), ("%20", "missing"), ("n%2Fa", None), ("%2700", "“00”")]
)
def test_a_number_that_we_would_keep_otherwise_is_refused(
    training: Training, token: str, number: str, words: str | None
) -> None:
    answer = send(training.acme.app, "PUT", f"/people/by-number/{number}", token, {**WALT, "changed_at": MONDAY})
    assert answer.status_code == (422 if words else 404)
    assert words is None or words in answer.get_json()["error"]


def test_what_is_no_json_is_refused_in_words(training: Training, token: str) -> None:
    client, headers = training.acme.app.test_client(), {"Authorization": f"Bearer {token}"}
    path = f"{V1}/people/by-number/7"
    for data, kind, status in (
        (b"name=Walt", "application/x-www-form-urlencoded", 415),
        (b"{", "application/json", 422),
        (b"\xff", "application/json", 422),
        (b"[]", "application/json", 422),
        (b"[" * 100_000, "application/json", 422),
        (b" " * 300_000, "application/json", 413),
    ):
        answer = client.put(path, data=data, content_type=kind, headers=headers)
        assert (answer.status_code, answer.get_json()["status"]) == (status, status)
        assert "JSON" in answer.get_json()["error"] or "The body" in answer.get_json()["error"] or status == 413
    assert send(training.acme.app, "PUT", "/people/by-number/7?x=1", token, WALT).status_code == 422


@pytest.mark.on_both
def test_many_people_are_written_at_once_each_with_its_fate(training: Training, token: str) -> None:
    put(training, token)
    status, answer = patch(
        training,
        token,
        [
            {**WALT, "employee_number": "700", "changed_at": TUESDAY, "job_title": "Guard"},
            {"employee_number": "701", "name": "Ann Other", "teams": ["Pier"], "invite": True},
            {**WALT, "employee_number": "700", "changed_at": MONDAY},
            {"employee_number": "a/b", "name": "Sam Slash", "email": "sam@example.org", "invite": True},
        ],
    )
    assert status == 200
    assert [row["result"] for row in answer["data"]] == ["changed", "new", "superseded", "new"]
    assert [row["is_invited"] for row in answer["data"]] == [False, False, False, True]
    assert answer["new_teams"] == ["Pier"]
    assert len({row["person_id"] for row in answer["data"]}) == 3


def test_one_that_can_not_be_written_keeps_all_out_and_each_is_named(training: Training, token: str) -> None:
    before = rows_of(training.acme.app)
    good, twin = {"employee_number": "701", "name": "Ann Other"}, {"employee_number": "702", "name": "Tom Twin"}
    status, answer = patch(training, token, [good, twin, {**twin, "name": "Tim Twin"}, {**good, "name": "="}])
    assert status == 422
    assert [(row["row"], row["employee_number"]) for row in answer["refused"]] == [(3, "702"), (4, "701")]
    assert "is in row 2 too" in answer["refused"][0]["error"]
    status, answer = patch(training, token, [good, twin, {**twin, "name": "Tim Twin"}])
    assert (status, len(answer["refused"])) == (409, 1)
    assert patch(training, token, [])[0] == patch(training, token, [good] * 501)[0] == 422
    assert rows_of(training.acme.app) == before
    assert acts(training.acme.app) == []


@pytest.mark.check("T002")
@pytest.mark.check("T004")
def test_numbers_and_addresses_of_another_firm_are_nothing_to_this_one(training: Training, token: str) -> None:
    acme = training.acme
    theirs = token_of(acme.app, acme.users["mallory"], acme.other, [Scope.PEOPLE_WRITE])
    with acme.app.app_context(), transaction() as session:
        session.get_one(Membership, acme.others_person).employee_number = "700"
    status, answer = put(training, token, email="canary@example.org", name="Walt West")
    assert (status, answer["result"]) == (201, "new")
    own = put(training, theirs, email="canary@example.org", name="Canary Quux")[1]
    assert (own["result"], own["person_id"]) == ("changed", str(acme.others_person))
    with acme.app.app_context():
        assert db.session.get_one(Membership, acme.others_person).name == "Canary Quux"
        teams = db.session.scalars(select(Team.name).where(Team.organization_id == acme.other)).all()
        assert "Harbor Mall" in teams  # named by their own write, created there


@pytest.mark.on_both
def test_batches_are_limited_each_minute(training: Training, token: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches_limited, "most", 2)
    rows = [{"employee_number": "701", "name": "Ann Other"}]
    statuses = [patch(training, token, rows)[0] for _turn in range(3)]
    assert statuses == [200, 200, 429]
    assert put(training, token)[0] == 201


def test_when_a_number_was_written_about_is_forgotten_after_a_year(training: Training, token: str) -> None:
    put(training, token)
    app = training.acme.app
    for later, left in ((REMEMBERED - dt.timedelta(days=1), 1), (REMEMBERED + dt.timedelta(days=1), 0)):
        with app.app_context(), transaction() as session:
            forget_writes(clock.now() + later)
            assert session.scalar(select(func.count()).select_from(PersonWrite)) == left


@pytest.fixture
def server(app: Flask, settings: Settings) -> Iterator[str]:
    with serving(settings, is_web_alone=True) as address:
        yield address


@pytest.mark.on_both
def test_twenty_writes_of_one_number_at_once_make_one_person(training: Training, token: str, server: str) -> None:
    place = urlsplit(server)

    def write(turn: int) -> tuple[int, str]:
        line = http.client.HTTPConnection(str(place.hostname), place.port, timeout=60)
        body = json.dumps({**WALT, "changed_at": f"2026-02-02T09:00:{turn:02}Z", "job_title": f"Guard {turn}"})
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        line.request("PUT", f"{V1}/people/by-number/700", body, headers)
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())["result"]

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(write, range(20)))
    assert [status for status, _result in outcomes].count(201) == 1
    assert {status for status, _result in outcomes} == {200, 201}
    assert {result for _status, result in outcomes} <= {"new", "changed", "superseded"}
    assert [entry.job_title for entry in entries(training.acme.app)] == ["Guard 19"]
