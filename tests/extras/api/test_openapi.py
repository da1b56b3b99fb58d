"""The description fits what is served: proven by requests made up from it, fitting ones and others."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, get_args

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.core.result import Ok
from schemathesis.generation.modes import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.cast import LOCAL
from tests.compliance.conftest import Training
from tests.extras.api.conftest import V1, acmes_token, read
from trainer.extras.api.records import RECORDS, Record
from trainer.extras.api.views.api import limited

Operation = APIOperation[Any, Any, Any, Any]
MOST = 25 if os.environ.get("TRAINER_TEST_EVERYTHING") else 10
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limited, "most", 1_000_000)


def operations(app: Flask) -> Iterator[Operation]:
    """Yield what the served description says can be asked."""
    schema = schemathesis.openapi.from_wsgi(f"{V1}/openapi.json", app)
    refused = schema.config.checks.negative_data_rejection
    refused.expected_statuses = [*refused.expected_statuses, "413"]  # a body made up of so much that it is too large
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        yield found.ok()


def try_out(operation: Operation, mode: GenerationMode, token: str | None, most: int = MOST) -> set[int]:
    """Send so many made-up requests, each checked against the description; return the statuses that came back."""
    statuses = set()
    # A name, an address or a number has rules that no schema says.
    excluded = [positive_data_acceptance] if operation.method != "get" else []

    @given(operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=most,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: Any) -> None:
        headers = {"Accept-Encoding": "identity", **({"Authorization": f"Bearer {token}"} if token else {})}
        statuses.add(case.call_and_validate(headers=headers, excluded_checks=excluded).status_code)

    ask()
    return statuses


def test_the_served_description_is_a_valid_openapi_document(app: Flask) -> None:
    schemathesis.openapi.from_wsgi(f"{V1}/openapi.json", app).validate()


@pytest.mark.parametrize("record", RECORDS)
def test_a_record_is_described_in_full_and_holds_nothing_else(app: Flask, record: type[Record]) -> None:
    described = read(app, "/openapi.json", None).get_json()["components"]["schemas"][record.__name__]
    assert sorted(described["required"]) == sorted(described["properties"])
    assert described["additionalProperties"] is False
    for name, field in record.model_fields.items():
        types = described["properties"][name]["type"]
        assert ("null" in types) == (type(None) in get_args(field.annotation)), name


@pytest.mark.check("T097")
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_every_answer_is_as_described(training: Training, mode: GenerationMode) -> None:
    token = acmes_token(training)
    for operation in operations(training.acme.app):
        found = try_out(operation, mode, token)
        if operation.method != "get":  # what is made up of people is mostly refused, and sometimes taken
            assert found & ({200, 201, 409, 422} if mode is GenerationMode.POSITIVE else {415, 422})
            assert found <= {200, 201, 400, 401, 404, 405, 409, 413, 415, 422}
        elif "{" in operation.path:  # a made-up id is nobody's
            assert 404 in found
            assert found <= {400, 401, 404, 422}
        elif mode is GenerationMode.POSITIVE:
            assert 200 in found
            assert found <= {200, 404}
        else:  # among them are requests that turn out to fit, and some with another token
            assert 422 in found
            assert found <= {200, 400, 401, 404, 422}


def test_a_single_record_is_as_described_and_as_in_its_list(training: Training) -> None:
    app, token = training.acme.app, acmes_token(training)
    headers = {"Accept-Encoding": "identity", "Authorization": f"Bearer {token}"}
    looked_at = set()
    for operation in operations(app):
        if "{" not in operation.path or "by-number" in operation.path:
            continue
        rows = read(app, operation.path.partition("/{")[0], token).get_json()["data"]
        name = operation.path.partition("{")[2].rstrip("}")
        for row in rows:
            case = operation.Case(path_parameters={name: row["serial" if name == "serial" else "id"]})
            answer = case.call_and_validate(headers=headers)
            assert answer.status_code == 200
            assert answer.json() == row
            looked_at.add(name)
    assert looked_at == {"person_id", "assignment_id", "serial"}


def test_requests_without_a_token_are_refused_as_described(training: Training) -> None:
    for operation in operations(training.acme.app):
        assert try_out(operation, GenerationMode.POSITIVE, None, most=3) == {401}  # nothing else in them is looked at


def test_the_description_names_the_site_and_is_for_everybody(app: Flask) -> None:
    described = read(app, "/openapi.json", None)
    assert described.status_code == 200
    assert described.get_json()["openapi"] == "3.1.0"
    assert described.get_json()["servers"] == [{"url": f"{LOCAL}{V1}"}]
