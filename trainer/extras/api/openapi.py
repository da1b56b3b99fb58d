"""The description of /api/v1 (OpenAPI 3.1), which other systems' makers read first."""

from __future__ import annotations

from typing import Any, Final

from trainer.assignments.rules import Status
from trainer.extras.api.given import GIVEN, MOST_PEOPLE
from trainer.extras.api.records import RECORDS, SCHEMAS, Schema, one_of
from trainer.extras.api.rules import Scope
from trainer.organizations.models import LONGEST_NUMBER

LARGEST: Final = 500
USUAL: Final = 100
STATES: Final = ("here", "waiting", "left", "all")
ONE: Final = "[0-9a-f]{32}"
TWO: Final = rf"{ONE}\.{ONE}"
"""Places where pages end: an id, or two."""
INSTANT: Final = "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z"
UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"


def _record(**fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _parameter(name: str, description: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _answer(description: str, schema: str, **more: Any) -> Schema:
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": f"{SCHEMAS}{schema}"}}},
        **more,
    }


_NO_TOKEN: Final = _answer(
    "No token, or none that is valid now.",
    "Error",
    headers={"WWW-Authenticate": {"schema": {"type": "string", "const": "Bearer"}}},
)
_ID: Final = {"type": "string", "format": "uuid", "pattern": f"^{UUID}$"}
_NUMBER: Final = {"type": "string", "minLength": 1, "maxLength": LONGEST_NUMBER, "pattern": "^[^/]+$"}
_ERROR: Final = {"error": {"type": "string"}, "status": {"type": "integer"}, "request_id": {"type": "string"}}
_SINCE: Final = {"type": "string", "format": "date-time", "pattern": f"^{INSTANT}$"}


def _list_of(scope: Scope, record: str, summary: str, place: str, *parameters: Schema) -> Schema:
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST, "default": USUAL}
    return {
        "get": {
            "operationId": f"list_{scope}",
            "summary": summary,
            "description": f"The token needs the scope `{scope}`.",
            "security": [{"token": []}],
            "parameters": [
                _parameter("limit", "The most rows in one response.", limit),
                _parameter("after", "Where the previous response ended: use `next` unchanged.", _place(place)),
                *parameters,
            ],
            "responses": {
                "200": _answer("A page of rows. Continue at `next` until it is null.", f"{record}Page"),
                **_refusals(
                    "The firm has no such requirement, no records of that day, or no such place to continue from."
                ),
            },
        }
    }


def _one_of_them(scope: Scope, record: str, summary: str, name: str, schema: Schema, by: str = "") -> Schema:
    return {
        "get": {
            "operationId": f"get_{record.lower()}{by}",
            "summary": summary,
            "description": f"The token needs the scope `{scope}`.",
            "security": [{"token": []}],
            "parameters": [{"name": name, "in": "path", "required": True, "schema": schema}],
            "responses": {
                "200": _answer("The record.", record),
                **_refusals("This firm has no such record."),
            },
        }
    }


def _write(name: str, summary: str, description: str, given: str, *parameters: Schema, **responses: Schema) -> Schema:
    """Return what changes people; `responses`: those that others don't have, `s200` and so on."""
    body = {"application/json": {"schema": {"$ref": f"{SCHEMAS}{given}"}}}
    return {
        "operationId": name,
        "summary": summary,
        "description": f"{description} The token needs the scope `{Scope.PEOPLE_WRITE}`.",
        "security": [{"token": []}],
        "parameters": [*parameters],
        "requestBody": {"required": True, "content": body},
        "responses": {
            **_refusals("There is no such address."),
            "413": _answer("The body is too large. Send fewer people in each request.", "Error"),
            "415": _answer("The body isn’t `application/json`.", "Error"),
            **{status.removeprefix("s"): answer for status, answer in responses.items()},
        },
    }


def _refusals(missing: str) -> Schema:
    return {
        "400": _answer("The address can’t be read; some characters are never part of one.", "Error"),
        "401": _NO_TOKEN,
        "403": _answer("The token has no such scope.", "Error"),
        "404": _answer(missing, "Error"),
        "422": _answer("A parameter can’t be read; the error names it.", "Error"),
        "429": _answer("Too many requests. Wait a minute.", "Error"),
        "503": _answer("The records can’t be reached right now. Try again.", "Error"),
    }


def _place(pattern: str) -> Schema:
    return {"type": "string", "pattern": f"^{pattern}$"}


def _page_of(record: str) -> Schema:
    return _record(
        data={"type": "array", "items": {"$ref": f"{SCHEMAS}{record}"}},
        next={"type": ["string", "null"], "format": "uri", "description": "The address of the next page."},
    )


DOCUMENT: Final[Schema] = {
    "openapi": "3.1.0",
    "info": {
        "version": "1",
        "description": (
            "Read one firm’s training records, and keep its roster up to date. The numbers are those of the "
            "training-status page and its exports. An owner of the firm creates a token under “API tokens.” "
            "Days are written YYYY-MM-DD. A page may hold fewer rows than `limit`; "
            "only `next` says whether more follow."
        ),
    },
    "paths": {
        "/people": {
            **_list_of(
                Scope.PEOPLE,
                "Person",
                "Who is on the roster",
                ONE,
                _parameter(
                    "state",
                    "People who are here (the default), those of them who haven’t joined yet, people who left, or all.",
                    {**one_of(STATES), "default": STATES[0]},
                ),
            ),
            "patch": _write(
                "patch_people",
                f"Add or change up to {MOST_PEOPLE} people, or mark them as having left",
                "All of it is written, or nothing. People who aren’t named stay as they are. "
                "At most 30 of these requests a minute. "
                "The rules for each person are the same as for a single one.",
                "People",
                s200=_answer("What came of each, in the same order.", "WrittenPeople"),
                s409=_answer("Nothing was written: people on the roster are in the way.", "RefusedPeople"),
                s422={
                    "description": "Nothing was written: the body can’t be used, or some of these people can’t be.",
                    "content": {
                        "application/json": {
                            "schema": {"anyOf": [{"$ref": f"{SCHEMAS}{name}"} for name in ("Error", "RefusedPeople")]}
                        }
                    },
                },
            ),
        },
        "/people/{person_id}": _one_of_them(Scope.PEOPLE, "Person", "One person on the roster", "person_id", _ID),
        "/people/by-number/{employee_number}": {
            **_one_of_them(
                Scope.PEOPLE,
                "Person",
                "Who has an employee number, or had it last",
                "employee_number",
                _NUMBER,
                by="_by_number",
            ),
            "put": _write(
                "put_person_by_number",
                "Add or change one person, or mark them as having left",
                "Sending the same again changes nothing, and neither does an older write that arrives late. "
                "Owners, managers and instructors stay as they are. "
                "Someone who has left and comes back is a new entry.",
                "PersonData",
                {"name": "employee_number", "in": "path", "required": True, "schema": _NUMBER},
                s200=_answer("What came of it.", "WrittenPerson"),
                s201=_answer("The person was added.", "WrittenPerson"),
                s409=_answer("Someone on the roster is in the way; the error says who, and what to do.", "Error"),
                s422=_answer("A field can’t be used; the error names it.", "Error"),
            ),
        },
        "/assignments": _list_of(
            Scope.ASSIGNMENTS,
            "Assignment",
            "Who has to complete what, and where they stand",
            ONE,
            _parameter("status", "Only those with this status.", one_of(Status)),
            _parameter(
                "requirement_id",
                "Only for this requirement.",
                _ID,
            ),
            _parameter(
                "on",
                "As things stood when this day ended, by the firm’s clock; without it, as they stand now.",
                {"type": "string", "format": "date"},
            ),
        ),
        "/assignments/{assignment_id}": _one_of_them(
            Scope.ASSIGNMENTS, "Assignment", "One duty and where the person stands", "assignment_id", _ID
        ),
        "/completions": _list_of(
            Scope.COMPLETIONS,
            "Completion",
            "Who completed which required course, former staff included",
            TWO,
            _parameter("updated_since", "Only those completed then or later (UTC).", _SINCE),
        ),
        "/emails": _list_of(
            Scope.EMAILS,
            "Email",
            "Invitations, follow-ups and reminders, the newest first, and what became of each",
            ONE,
        ),
        "/credentials": _list_of(
            Scope.CREDENTIALS,
            "Credential",
            "The certificates behind all completions",
            TWO,
            _parameter("updated_since", "Only those issued, replaced or withdrawn then or later (UTC).", _SINCE),
        ),
        "/trainings": _list_of(
            Scope.TRAININGS,
            "Training",
            "Training elsewhere that the firm recorded and a second person approved, former staff included",
            TWO,
            _parameter("updated_since", "Only those approved or withdrawn then or later (UTC).", _SINCE),
        ),
        "/trainings/{training_id}": _one_of_them(
            Scope.TRAININGS, "Training", "One training elsewhere", "training_id", _ID
        ),
        "/credentials/{serial}": _one_of_them(
            Scope.CREDENTIALS,
            "Credential",
            "One certificate",
            "serial",
            {"type": "string", "pattern": "^[0-9A-Z-]{27,35}$"},
        ),
    },
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "`wyr_` and 43 characters."}},
        "schemas": {
            **{record.__name__: record.schema_of_values() for record in RECORDS},
            **{f"{record.__name__}Page": _page_of(record.__name__) for record in RECORDS},
            **{given.__name__: given.schema_of_values() for given in GIVEN},
            "WrittenPeople": _record(
                data={"type": "array", "items": {"$ref": f"{SCHEMAS}WrittenPerson"}},
                new_teams={"type": "array", "items": {"type": "string"}, "description": "Teams that were created."},
            ),
            "RefusedPeople": _record(
                **_ERROR,
                refused={
                    "type": "array",
                    "items": _record(
                        row={"type": "integer", "minimum": 1},
                        employee_number={"type": "string"},
                        error={"type": "string"},
                    ),
                },
            ),
            "Error": _record(**_ERROR),
        },
    },
}


def described(base_url: str, title: str) -> Schema:
    """Return the description of the API at an address, under the name of the site."""
    return {**DOCUMENT, "info": {**DOCUMENT["info"], "title": title}, "servers": [{"url": f"{base_url}/api/v1"}]}
