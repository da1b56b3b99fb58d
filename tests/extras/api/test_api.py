"""What a firm's other systems get: their own firm's records, by a token, and nothing else."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.cast import LOCAL, actor_of, put_on_roster
from tests.compliance.conftest import Training, require
from tests.extras.api.conftest import V1, acmes_token, read, send, token_of
from tests.support import Visitor
from trainer.assignments import earlier
from trainer.assignments.earlier import Proof, TrainingFacts
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.errors import NotFound
from trainer.credentials.models import Credential
from trainer.credentials.operations import revoke
from trainer.credentials.rules import show_serial
from trainer.extras.api import openapi
from trainer.extras.api.models import ApiToken
from trainer.extras.api.rules import LASTS, Scope
from trainer.organizations.models import Membership
from trainer.web.access import Who, declared

PATHS = ["/people", "/assignments", "/completions", "/credentials", "/trainings"]
NOWHERE = "00000000000040008000000000000000"


def names(rows: list[dict[str, Any]]) -> list[str]:
    return [str(row.get("name", row.get("holder_name"))) for row in rows]


def read_all(app: Flask, path: str, token: str) -> list[dict[str, Any]]:
    """Read page after page to the end."""
    rows: list[dict[str, Any]] = []
    following: str | None = f"{LOCAL}{V1}{path}"
    while following is not None:
        assert following.startswith(f"{LOCAL}{V1}")
        answer = read(app, following.removeprefix(f"{LOCAL}{V1}"), token).get_json()
        rows += answer["data"]
        following = answer["next"]
    return rows


@pytest.mark.asvs("14.2.1")
@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("shown", [None, "", "wyr_", "wyr_" + "A" * 43, "é"])
def test_without_a_token_of_ours_nothing_opens(training: Training, path: str, shown: str | None) -> None:
    answer = read(training.acme.app, path, shown)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.get_json().keys() == {"error", "status", "request_id"}


@pytest.mark.parametrize("path", PATHS)
def test_a_session_opens_nothing_and_is_neither_read_nor_renewed(training: Training, path: str) -> None:
    alice = training.acme.enter("alice")
    answer = alice.get(V1 + path)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (401, False)
    with_token = alice.get(V1 + path, headers={"Authorization": f"Bearer {acmes_token(training)}"})
    assert (with_token.status_code, "Set-Cookie" in with_token.headers) == (200, False)


@pytest.mark.parametrize("scope", Scope)
def test_a_token_opens_what_its_scopes_say(training: Training, scope: Scope) -> None:
    token = acmes_token(training, [scope])
    statuses = {path: read(training.acme.app, path, token).status_code for path in PATHS}
    assert statuses == {path: 200 if path == f"/{scope}" else 403 for path in PATHS}
    body = {"name": "Walt West", "changed_at": "2026-01-05T00:00:00Z"}
    written = send(training.acme.app, "PUT", "/people/by-number/9", token, body)
    assert written.status_code == (201 if scope is Scope.PEOPLE_WRITE else 403)


def test_every_route_of_the_api_wants_its_scope_and_changes_people_alone(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.rule.startswith("/api/")]
    described = {f"{V1}{path}" for path in openapi.DOCUMENT["paths"]}
    written = [(re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule), rule) for rule in rules]
    assert {path for path, _rule in written} == described | {f"{V1}/openapi.json"}
    for path, rule in written:
        access = declared(app, rule.endpoint)
        methods = (rule.methods or set()) - {"HEAD", "OPTIONS"}
        assert methods <= {"GET"} or (methods <= {"PUT", "PATCH"} and path.startswith(f"{V1}/people"))
        if methods - {"GET"}:
            assert getattr(app.view_functions[rule.endpoint], "scope", None) is Scope.PEOPLE_WRITE
        described_methods = {name.upper() for name in openapi.DOCUMENT["paths"].get(path.removeprefix(V1), {"get": {}})}
        assert methods <= described_methods
        assert access is not None
        assert access.who is (Who.TOKEN if path in described else Who.PUBLIC)
        assert getattr(app.view_functions[rule.endpoint], "scope", None) in {*Scope} if path in described else True


def test_a_token_rests_while_whoever_made_it_is_no_owner(training: Training) -> None:
    acme, token = training.acme, acmes_token(training)
    with acme.app.app_context(), transaction() as session:
        alice = session.scalars(select(Membership).where(Membership.user_id == acme.users["alice"])).one()
        alice.role = "manager"
    assert read(acme.app, "/people", token).status_code == 401
    with acme.app.app_context(), transaction() as session:
        session.merge(alice).role = "owner"
    assert read(acme.app, "/people", token).status_code == 200


def test_a_token_expires_after_a_year(training: Training) -> None:
    token, end = acmes_token(training), clock.now() + LASTS
    with time_machine.travel(end - dt.timedelta(minutes=1), tick=False):
        assert read(training.acme.app, "/people", token).status_code == 200
    with time_machine.travel(end + dt.timedelta(minutes=1), tick=False):
        assert read(training.acme.app, "/people", token).status_code == 401


def test_use_is_written_down_hourly_and_logged_daily(training: Training) -> None:
    app, used = training.acme.app, []
    start = dt.datetime(2026, 11, 24, 14, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as traveller:
        token = acmes_token(training)
        for minutes in (0, 30, 30, 24 * 60):
            traveller.shift(minutes * 60)
            assert read(app, "/people", token).status_code == 200
            with app.app_context():
                used_at = db.session.scalars(select(ApiToken.last_used_at)).one()
                assert used_at is not None
                used.append(used_at - start)
    assert used == [dt.timedelta(hours=hours) for hours in (0, 0, 1, 25)]
    with app.app_context():
        assert len(db.session.scalars(select(AuditEvent).where(AuditEvent.act == "api_token.used")).all()) == 2


@pytest.mark.asvs("8.2.2")
@pytest.mark.check("T002")
@pytest.mark.check("T003")
@pytest.mark.parametrize("path", ["/people?state=all", "/assignments", "/completions", "/credentials"])
def test_a_firm_reads_its_own_people_only(training: Training, path: str) -> None:
    acme = training.acme
    require(acme.app, acme.users["mallory"], acme.other)
    theirs = token_of(acme.app, acme.users["mallory"], acme.other)
    own = read(acme.app, path, acmes_token(training))
    other = read(acme.app, path, theirs)
    assert own.get_json()["data"] != []
    for secret in ("Canary", "Other Security", str(acme.other), str(acme.others_person)):
        assert secret not in own.text
    for secret in ("Bob", "Dana", "Acme", str(acme.people["bob"])):
        assert secret not in other.text


@pytest.mark.check("T002")
def test_ids_of_another_firm_are_no_such_thing(training: Training) -> None:
    acme, token = training.acme, acmes_token(training)
    requirement = require(acme.app, acme.users["mallory"], acme.other)
    theirs = read(acme.app, "/assignments", token_of(acme.app, acme.users["mallory"], acme.other)).get_json()["data"]
    for path in (
        f"/assignments?requirement_id={requirement}",
        f"/assignments?after={theirs[0]['id'].replace('-', '')}",
        f"/people?after={acme.others_person.hex}",
        f"/people/{acme.others_person}",
        f"/assignments/{theirs[0]['id']}",
    ):
        foreign, unknown = (read(acme.app, one, token) for one in (path, path[:-32] + NOWHERE))
        assert foreign.status_code == 404, path
        assert "Canary" not in foreign.text
        if "after" in path:
            assert foreign.get_json()["error"] == unknown.get_json()["error"]


@pytest.mark.check("T008")
def test_nothing_is_kept_between_two_firms(training: Training) -> None:
    acme = training.acme
    tokens = (acmes_token(training), token_of(acme.app, acme.users["mallory"], acme.other))
    first, second, again = (read(acme.app, "/people", token) for token in (*tokens, tokens[0]))
    assert names(first.get_json()["data"]) == names(again.get_json()["data"])
    assert not set(names(first.get_json()["data"])) & {"Canary Quux"}
    assert "Canary Quux" in names(second.get_json()["data"])
    for answer in (first, second, again, read(acme.app, "/people", None)):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Authorization" in answer.headers["Vary"]


@pytest.mark.asvs("15.3.1")
@pytest.mark.check("T011")
@pytest.mark.check("T154")
@pytest.mark.parametrize("path", PATHS)
def test_rows_hold_the_fields_of_the_list_and_no_others(training: Training, path: str) -> None:
    acme = training.acme
    answer = read(acme.app, path, acmes_token(training))
    page = openapi.DOCUMENT["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    record = openapi.DOCUMENT["components"]["schemas"][page.rpartition("/")[2].removesuffix("Page")]
    for row in answer.get_json()["data"]:
        assert list(row) == sorted(record["properties"])
    for private in ("verdict", "attempt", "password", "hash", "user_id", "sensitivity", str(acme.users["bob"])):
        assert private not in answer.text.lower()


def test_people_are_as_the_firm_wrote_them(training: Training) -> None:
    acme, token = training.acme, acmes_token(training)
    people = read_all(acme.app, "/people?limit=2", token)
    assert names(people) == ["Alice Able", "Bob Builder", "Dana Dow", "Ines Ito", "Mark Moe", "Mona May"]
    assert people[2] == {
        "id": str(acme.people["dana"]),
        "name": "Dana Dow",
        "email": "dana@example.org",
        "employee_number": None,
        "job_title": None,
        "teams": ["Motel 95"],
        "role": "member",
        "hired_on": None,
        "ended_on": None,
        "has_joined": False,
    }
    assert names(read_all(acme.app, "/people?state=waiting", token)) == ["Dana Dow"]
    assert read_all(acme.app, "/people?state=left", token) == []


def test_assignments_say_where_people_stand(training: Training) -> None:
    acme, token = training.acme, acmes_token(training)
    rows = read_all(acme.app, "/assignments?limit=1", token)
    assert names(rows) == ["Alice Able", "Bob Builder", "Dana Dow", "Ines Ito", "Mark Moe", "Mona May"]
    current = read_all(acme.app, f"/assignments?status=current&requirement_id={training.requirement}", token)
    assert current == [rows[1]]
    assert current[0]["completed_on"] == clock.today().isoformat()
    assert read_all(acme.app, "/assignments?status=waived", token) == []


def test_a_completion_leads_to_its_credential_and_public_page(training: Training) -> None:
    acme, token = training.acme, acmes_token(training)
    completions, credentials = (read_all(acme.app, path, token) for path in ("/completions", "/credentials"))
    assert [(row["name"], row["person_id"]) for row in completions] == [("Bob Builder", str(acme.people["bob"]))]
    assert [row["serial"] for row in credentials] == [row["serial"] for row in completions]
    assert credentials[0]["status"] == "valid"
    page = acme.app.test_client().get(credentials[0]["verify_url"], base_url=LOCAL)
    assert (page.status_code, "Bob Builder" in page.text) == (200, True)


def test_what_someone_earned_after_leaving_is_not_given_and_a_rehire_shows_once(training: Training) -> None:
    acme, token, bob = training.acme, acmes_token(training), training.acme.users["bob"]
    with acme.app.app_context(), transaction() as session:
        person = session.get_one(Membership, acme.people["bob"])
        earned = session.scalars(select(Credential.issued_on).where(Credential.user_id == bob)).one()
        person.ended_at, person.ended_on = clock.now(), earned - dt.timedelta(days=3)
    assert read_all(acme.app, "/completions", token) == read_all(acme.app, "/credentials", token) == []
    put_on_roster(acme.app, acme.id, bob)
    require(acme.app, acme.users["alice"], acme.id, title="Again")
    assert len(read_all(acme.app, "/completions?limit=1", token)) == 1
    assert len(read_all(acme.app, "/credentials?limit=1", token)) == 1


@pytest.mark.asvs("15.3.5", "15.3.7")
@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=", "limit"),
        ("limit=1e2", "limit"),
        ("limit=%D9%A1", "limit"),
        ("limit=1&limit=2", "limit"),
        ("after=..", "after"),
        ("status=late", "status"),
        ("requirement_id=x", "requirement_id"),
        ("requirment_id=x", "requirment_id"),
        ("updated_since=2026-11-23T15:00:00Z", "updated_since"),
    ],
)
def test_a_parameter_that_can_not_be_read_is_named(training: Training, query: str, name: str) -> None:
    answer = read(training.acme.app, f"/assignments?{query}", acmes_token(training))
    assert answer.status_code == 422
    assert answer.get_json()["error"].startswith(f"{name}: ")


@pytest.mark.parametrize("given", ["yesterday", "2026-11-23", "2026-11-23T15:00:00", "2026-13-23T15:00:00Z", ""])
def test_an_instant_that_can_not_be_read_is_named(training: Training, given: str) -> None:
    answer = read(training.acme.app, f"/completions?updated_since={given}", acmes_token(training))
    assert answer.status_code == 422
    assert answer.get_json()["error"].startswith("updated_since: ")


def test_what_changed_since_then_is_what_was_earned_replaced_or_withdrawn(training: Training) -> None:
    app, token, bob = training.acme.app, acmes_token(training), training.acme.users["bob"]
    with app.app_context():
        credential = db.session.scalars(select(Credential).where(Credential.user_id == bob)).one()
        earned_at, serial = credential.issued_at, credential.serial

    def since(path: str, instant: dt.datetime) -> int:
        return len(read_all(app, f"/{path}?limit=1&updated_since={instant:%Y-%m-%dT%H:%M:%SZ}", token))

    before, after = earned_at - dt.timedelta(minutes=1), earned_at + dt.timedelta(minutes=1)
    assert [since(path, at) for path in ("completions", "credentials") for at in (before, after)] == [1, 0, 1, 0]
    with app.app_context(), transaction():
        revoke(serial, "It was someone else.", after + dt.timedelta(hours=1))
    assert [since(path, after) for path in ("completions", "credentials")] == [0, 1]
    with app.app_context(), transaction() as session:
        person = session.get_one(Membership, training.acme.people["bob"])
        person.ended_at, person.ended_on = clock.now(), earned_at.date() - dt.timedelta(days=3)
    assert read(app, f"/credentials/{show_serial(serial)}", token).status_code == 404


def test_trainings_are_those_that_were_approved_and_say_when_they_were_withdrawn(training: Training) -> None:
    acme, app, token = training.acme, training.acme.app, acmes_token(training)
    facts = TrainingFacts("Spotting it", "Another school", dt.date(2026, 3, 4), 480, "A canary note")
    start = dt.datetime(2026, 11, 24, 14, tzinfo=dt.UTC)

    def since(hours: int) -> int:
        at = start + dt.timedelta(hours=hours)
        return len(read_all(app, f"/trainings?limit=1&updated_since={at:%Y-%m-%dT%H:%M:%SZ}", token))

    with app.app_context(), transaction():
        alice, mona = (actor_of(acme.users[name], acme.id) for name in ("alice", "mona"))
        waits = earlier.record_training(alice, acme.people["bob"], facts, None, start).id
        proof = Proof("scan.pdf", b"%PDF-1.7 a scan")
        approved = earlier.record_training(alice, acme.people["dana"], facts, proof, start).id
        declined = earlier.record_training(alice, acme.people["mark"], facts, None, start).id
        earlier.approve_trainings(mona, [approved], start + dt.timedelta(hours=1))
        earlier.decline_training(mona, declined, "No", start + dt.timedelta(hours=1))
    (row,) = read_all(app, "/trainings?limit=1", token)
    assert row == {
        "id": str(approved),
        "person_id": str(acme.people["dana"]),
        "name": "Dana Dow",
        "employee_number": row["employee_number"],
        "title": "Spotting it",
        "issuer": "Another school",
        "completed_on": "2026-03-04",
        "minutes": 480,
        "basis": "recorded_by_firm",
        "has_proof": True,
        "recorded_at": "2026-11-24T14:00:00Z",
        "approved_at": "2026-11-24T15:00:00Z",
        "withdrawn_at": None,
    }
    assert read(app, f"/trainings/{approved}", token).get_json() == row
    assert [read(app, f"/trainings/{number}", token).status_code for number in (waits, declined, NOWHERE)] == [404] * 3
    assert [since(hours) for hours in (0, 1, 2)] == [1, 1, 0]
    with app.app_context(), transaction():
        mona = actor_of(acme.users["mona"], acme.id)
        earlier.withdraw_training(mona, approved, "Wrong", start + dt.timedelta(hours=3))
        earlier.approve_trainings(mona, [waits], start + dt.timedelta(hours=3))
    assert [since(hours) for hours in (2, 3, 4)] == [2, 2, 0]
    rows = {row["id"]: row["withdrawn_at"] for row in read_all(app, "/trainings?limit=1", token)}
    assert rows == {str(approved): "2026-11-24T17:00:00Z", str(waits): None}
    assert "canary" not in read(app, "/trainings", token).text
    theirs = token_of(app, acme.users["mallory"], acme.other)
    assert read_all(app, "/trainings", theirs) == []
    assert read(app, f"/trainings/{approved}", theirs).status_code == 404


def test_errors_are_json_whatever_went_wrong(training: Training, monkeypatch: pytest.MonkeyPatch) -> None:
    app, token = training.acme.app, acmes_token(training)
    client, headers = app.test_client(), {"Authorization": f"Bearer {token}", "Accept": "text/html"}
    answers = [
        client.open(V1 + path, method=method, base_url=LOCAL, headers=headers)
        for method, path in (
            ("GET", "/nothing"),
            ("POST", "/people"),
            ("GET", "/people?limit=x"),
            ("GET", f"/people/{training.acme.people['bob']}?state=all"),
            ("GET", "/people/x"),
            ("GET", "/assignments/"),
        )
    ]

    def broken(**_values: object) -> None:
        raise RuntimeError("the roof")

    broken.access = declared(app, "api.people")  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "api.people", broken)
    answers.append(client.get(f"{V1}/people", base_url=LOCAL, headers=headers))
    assert [answer.status_code for answer in answers] == [404, 405, 422, 422, 404, 404, 500]
    answers.append(client.get("/api", base_url=LOCAL, headers=headers))
    for answer in answers:
        if answer.status_code in {404, 405}:
            assert "/api/v1/openapi.json" in answer.get_json()["error"]
    for answer in answers:
        assert answer.get_json().keys() == {"error", "status", "request_id"}
        assert "roof" not in answer.text


def test_a_use_of_a_token_that_went_in_between_is_no_error_of_ours(training: Training) -> None:
    from tests.cast import actor_of
    from trainer.extras.api.operations import note_use

    with training.acme.app.app_context(), pytest.raises(NotFound), transaction():
        note_use(actor_of(training.acme.users["alice"], training.acme.id), training.requirement, clock.now())


@pytest.mark.asvs("13.4.1", "13.4.4", "13.4.5")
@pytest.mark.check("T094")
@pytest.mark.parametrize(
    "path",
    [
        *("/.git/config", "/.git/", "/.env", "/debug", "/console", "/metrics", "/openapi", "/openapi.json", "/swagger"),
        *("/api", "/api/", "/api/v1", "/api/v1/", "/backup", "/backup.zip", "/trainer.db", "/instance/trainer.db"),
        *("/static/", "/server-status", "/dev/mail", "/styleguide", "/instance/secret_key", "/docs"),
    ],
)
def test_nothing_lies_open_that_no_page_links_to(app: Flask, path: str) -> None:
    client = app.test_client()
    assert client.get(path, base_url=LOCAL).status_code == 404
    assert client.open("/", method="TRACE", base_url=LOCAL).status_code == 405


@pytest.mark.asvs("2.4.1")
def test_the_api_is_limited_by_token_not_by_address(training: Training) -> None:
    first, second = acmes_token(training), acmes_token(training)
    visitor = Visitor(training.acme.app)

    def call(token: str, number: int = 0) -> TestResponse:
        headers = {"Authorization": f"Bearer {token}"}
        return visitor.get(f"{V1}/people", headers=headers, environ_base={"REMOTE_ADDR": f"198.51.100.{number % 200}"})

    start = clock.now().replace(second=10, microsecond=0)
    with time_machine.travel(start, tick=False):
        answers = [call(first, number) for number in range(601)]
        assert [one.status_code for one in answers] == [200] * 600 + [429]
        assert answers[-1].headers["Retry-After"] == "50"
        assert call(second).status_code == 200
    with time_machine.travel(start + dt.timedelta(seconds=50), tick=False):
        assert call(first).status_code == 200
