"""The description fits what is served: proven by requests made up from it, fitting ones and others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.generation.modes import GenerationMode
from schemathesis.schemas import APIOperation

from tests.cast import LOCAL
from tests.compliance.conftest import Training
from tests.interop.conftest import V1, acmes_token, read
from trainer.web.limits import limiter

MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@pytest.fixture(autouse=True)
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limiter, "enabled", False)


def operations(app: Flask) -> Iterator[APIOperation]:
    """Yield what the served description says can be asked."""
    schema = schemathesis.openapi.from_wsgi(f"{V1}/openapi.json", app)
    for found in schema.get_all_operations():
        yield found.ok()


def try_out(operation: APIOperation, mode: GenerationMode, token: str | None) -> set[int]:
    """Send made-up requests, each checked against the description; return the statuses that came back."""
    statuses = set()

    @given(operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def ask(case: schemathesis.Case) -> None:
        headers = {"Accept-Encoding": "identity", **({"Authorization": f"Bearer {token}"} if token else {})}
        statuses.add(case.call_and_validate(headers=headers).status_code)

    ask()
    return statuses


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_every_answer_is_as_described(training: Training, mode: GenerationMode) -> None:
    token = acmes_token(training)
    for operation in operations(training.acme.app):
        found = try_out(operation, mode, token)
        if mode is GenerationMode.POSITIVE:
            assert 200 in found
            assert found <= {200, 404}
        else:  # among them are requests that turn out to fit, and some with another token
            assert 422 in found
            assert found <= {200, 401, 404, 422}


def test_requests_without_a_token_are_refused_as_described(training: Training) -> None:
    for operation in operations(training.acme.app):
        assert try_out(operation, GenerationMode.POSITIVE, None) == {401}


def test_the_description_names_the_site_and_is_for_everybody(app: Flask) -> None:
    described = read(app, "/openapi.json", None)
    assert described.status_code == 200
    assert described.get_json()["openapi"] == "3.1.0"
    assert described.get_json()["servers"] == [{"url": f"{LOCAL}{V1}"}]
