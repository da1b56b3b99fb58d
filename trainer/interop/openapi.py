"""The description of /api/v1 (OpenAPI 3.1), which other systems' makers read first."""

from __future__ import annotations

from typing import Any, Final

from trainer.assignments.rules import Status
from trainer.interop.records import RECORDS, Schema, one_of
from trainer.interop.rules import Scope

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
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
        **more,
    }


_NO_TOKEN: Final = _answer(
    "No token, or none that is valid now.",
    "Error",
    headers={"WWW-Authenticate": {"schema": {"type": "string", "const": "Bearer"}}},
)
_ID: Final = {"type": "string", "format": "uuid", "pattern": f"^{UUID}$"}
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
                **_refusals("The firm has no such requirement, or no such place to continue from."),
            },
        }
    }


def _one_of_them(scope: Scope, record: str, summary: str, name: str, schema: Schema) -> Schema:
    return {
        "get": {
            "operationId": f"get_{record.lower()}",
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
        data={"type": "array", "items": {"$ref": f"#/components/schemas/{record}"}},
        next={"type": ["string", "null"], "format": "uri", "description": "The address of the next page."},
    )


DOCUMENT: Final[Schema] = {
    "openapi": "3.1.0",
    "info": {
        "version": "1",
        "description": (
            "Read one firm’s training records. Nothing can be changed here. The numbers are those of the "
            "training-status page and its exports. An owner of the firm creates a token under “API tokens.” "
            "Days are written YYYY-MM-DD. A page may hold fewer rows than `limit`; "
            "only `next` says whether more follow."
        ),
    },
    "paths": {
        "/people": _list_of(
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
        "/people/{person_id}": _one_of_them(Scope.PEOPLE, "Person", "One person on the roster", "person_id", _ID),
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
            "Error": _record(error={"type": "string"}, status={"type": "integer"}, request_id={"type": "string"}),
        },
    },
}


def described(base_url: str, title: str) -> Schema:
    """Return the description of the API at an address, under the name of the site."""
    return {**DOCUMENT, "info": {**DOCUMENT["info"], "title": title}, "servers": [{"url": f"{base_url}/api/v1"}]}
