"""The description of /api/v1 (OpenAPI 3.1), which other systems' makers read first."""

from __future__ import annotations

from typing import Any, Final

from trainer.assignments.rules import Status
from trainer.credentials import rules as credentials
from trainer.interop.rules import Scope
from trainer.organizations.rules import Role

Schema = dict[str, Any]

LARGEST: Final = 500
USUAL: Final = 100
STATES: Final = ("here", "waiting", "left", "all")
UUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"

_TEXT: Schema = {"type": "string"}
_TEXT_OR_NONE: Schema = {"type": ["string", "null"]}
_DAY: Schema = {"type": "string", "format": "date"}
_DAY_OR_NONE: Schema = {"type": ["string", "null"], "format": "date"}
_UUID: Schema = {"type": "string", "format": "uuid"}
_SERIAL: Schema = {"type": "string", "description": "A certificate's number."}
_YES_OR_NO: Schema = {"type": "boolean"}
_COUNT: Schema = {"type": "integer", "minimum": 0}
_TEAMS: Schema = {"type": "array", "items": _TEXT}


def _one_of(*values: str) -> Schema:
    return {"type": "string", "enum": list(values)}


def _record(**fields: Schema) -> Schema:
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _parameter(name: str, description: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


def _answer(description: str, schema: str, **more: Any) -> Schema:
    return {
        "description": description,
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
        **more,
    }


def _list_of(scope: Scope, record: str, summary: str, place: str, *parameters: Schema) -> Schema:
    limit = {"type": "integer", "minimum": 1, "maximum": LARGEST, "default": USUAL}
    return {
        "get": {
            "operationId": f"list_{scope}",
            "summary": summary,
            "description": f"The token needs the scope `{scope}`.",
            "security": [{"token": []}],
            "parameters": [
                _parameter("limit", "The most rows of an answer.", limit),
                _parameter("after", "Where the answer before ended: take `next` as it is.", _place(place)),
                *parameters,
            ],
            "responses": {
                "200": _answer("A page of rows. Read on at `next` until it is null.", f"{record}Page"),
                "401": _answer(
                    "No token, or none that is good now.",
                    "Error",
                    headers={"WWW-Authenticate": {"schema": {"type": "string", "const": "Bearer"}}},
                ),
                "403": _answer("The token has no such scope.", "Error"),
                "404": _answer("The firm has no such requirement, or no such place to go on from.", "Error"),
                "422": _answer("A parameter can’t be read; the error names it.", "Error"),
                "429": _answer("Too many requests. Wait a minute.", "Error"),
                "503": _answer("The records can’t be reached right now. Try again.", "Error"),
            },
        }
    }


def _place(pattern: str) -> Schema:
    return {"type": "string", "pattern": f"^{pattern}$"}


def _page_of(record: str) -> Schema:
    return _record(
        data={"type": "array", "items": {"$ref": f"#/components/schemas/{record}"}},
        next={"type": ["string", "null"], "format": "uri", "description": "The address of the next page."},
    )


_RECORDS: Final[dict[str, Schema]] = {
    "Person": _record(
        id={**_UUID, "description": "Of the person in this firm, from being hired to leaving."},
        name=_TEXT,
        email={**_TEXT_OR_NONE, "description": "As the firm wrote it."},
        employee_number=_TEXT_OR_NONE,
        job_title=_TEXT_OR_NONE,
        teams=_TEAMS,
        role=_one_of(*Role),
        hired_on=_DAY_OR_NONE,
        ended_on={**_DAY_OR_NONE, "description": "The last day of someone who has left."},
        has_joined={**_YES_OR_NO, "description": "False until the person has come in by an invitation or a code."},
    ),
    "Assignment": _record(
        id=_UUID,
        person_id=_UUID,
        name=_TEXT,
        employee_number=_TEXT_OR_NONE,
        job_title=_TEXT_OR_NONE,
        teams=_TEAMS,
        hired_on=_DAY_OR_NONE,
        requirement_id=_UUID,
        requirement={**_TEXT, "description": "Its title."},
        course=_TEXT,
        status={**_one_of(*Status), "description": "Where the person stands today, by the firm’s day."},
        is_only_trained={
            **_YES_OR_NO,
            "description": "Trained, where the state wants an approved course, which this one isn’t.",
        },
        due_on={**_DAY, "description": "Of someone who has completed it: the day on which that runs out."},
        completed_on=_DAY_OR_NONE,
        serial={**_SERIAL, "type": ["string", "null"]},
        active_minutes={"type": ["integer", "null"], "minimum": 0},
        waived_until={**_DAY_OR_NONE, "description": "The last day of the waiver, of someone who is waived."},
        note={**_TEXT_OR_NONE, "description": "What must be shown with it."},
    ),
    "Completion": _record(
        person_id=_UUID,
        name=_TEXT,
        employee_number=_TEXT_OR_NONE,
        course=_TEXT,
        course_title=_TEXT,
        course_version=_TEXT,
        started_on=_DAY,
        completed_on=_DAY,
        active_minutes=_COUNT,
        is_attested={**_YES_OR_NO, "description": "The person signed that all of it was their own work."},
        is_paced={**_YES_OR_NO, "description": "No lesson could be skipped ahead to."},
        serial=_SERIAL,
    ),
    "Credential": _record(
        serial=_SERIAL,
        holder_name={**_TEXT, "description": "As on the certificate; it may differ from the roster."},
        course=_TEXT,
        course_title=_TEXT,
        issued_on=_DAY,
        valid_until=_DAY,
        status=_one_of(*credentials.Status),
        revoked_on=_DAY_OR_NONE,
        verify_url={"type": "string", "format": "uri", "description": "The public page on which anyone can check it."},
        note={**_TEXT_OR_NONE, "description": "What stands on it where a state wants an approved course."},
    ),
}

DOCUMENT: Final[Schema] = {
    "openapi": "3.1.0",
    "info": {
        "title": "Would you recognize it?",
        "version": "1",
        "description": (
            "Read one firm’s training records. Nothing can be changed here. The numbers are those of the "
            "training-status page and its exports. An owner of the firm makes a token under “API tokens”. "
            "Days are written YYYY-MM-DD. A page may hold fewer rows than `limit`; "
            "only `next` says whether more follow."
        ),
    },
    "paths": {
        "/people": _list_of(
            Scope.PEOPLE,
            "Person",
            "Who is on the roster",
            "[0-9a-f]{32}",
            _parameter(
                "state",
                "Those who are here (the usual), of them those who haven’t come in yet, those who have left, or all.",
                {**_one_of(*STATES), "default": STATES[0]},
            ),
        ),
        "/assignments": _list_of(
            Scope.ASSIGNMENTS,
            "Assignment",
            "Who has to complete what, and where they stand",
            "[0-9a-f]{32}",
            _parameter("status", "Only those who stand here.", _one_of(*Status)),
            _parameter("requirement_id", "Only of this requirement.", {**_UUID, "pattern": f"^{UUID}$"}),
        ),
        "/completions": _list_of(
            Scope.COMPLETIONS,
            "Completion",
            "Who completed which required course, former staff included",
            r"[0-9a-f]{32}\.[0-9a-f]{32}",
        ),
        "/credentials": _list_of(
            Scope.CREDENTIALS, "Credential", "The certificates behind all completions", "[0-9a-f]{32}"
        ),
    },
    "components": {
        "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "`wyr_` and 43 characters."}},
        "schemas": {
            **_RECORDS,
            **{f"{name}Page": _page_of(name) for name in _RECORDS},
            "Error": _record(error=_TEXT, status={"type": "integer"}, request_id=_TEXT),
        },
    },
}


def described(base_url: str) -> Schema:
    """Return the description of the API at an address."""
    return {**DOCUMENT, "servers": [{"url": f"{base_url}/api/v1"}]}
