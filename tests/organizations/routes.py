"""All routes of a firm, with values for their addresses."""

from __future__ import annotations

from flask import Flask
from werkzeug.test import TestResponse

from tests.organizations.conftest import Acme
from tests.support import Visitor
from trainer.organizations.rules import May

NOWHERE = "00000000-0000-4000-8000-000000000000"


def routes(app: Flask) -> list[tuple[str, str, str, May]]:
    """Return (method, rule, endpoint, permission) of every route of a firm."""
    found = []
    for rule in app.url_map.iter_rules():
        if "organization_id" in rule.arguments:
            permission = getattr(app.view_functions[rule.endpoint], "permission", None)
            assert permission is not None, f"{rule.endpoint} says not who may"
            methods = sorted((rule.methods or set()) & {"GET", "POST"})
            found += [(method, rule.rule, rule.endpoint, permission) for method in methods]
    assert len(found) > 15
    return found


def address(acme: Acme, endpoint: str, names: set[str], **changes: object) -> str:
    values = {"organization_id": acme.id, "team_id": acme.harbor, "membership_id": acme.people["bob"], "version": 1}
    values |= changes
    adapter = acme.app.url_map.bind("127.0.0.1:8000")
    return adapter.build(endpoint, {name: values.get(name, NOWHERE) for name in names})


def send(visitor: Visitor, method: str, path: str) -> TestResponse:
    return visitor.post(path) if method == "POST" else visitor.get(path)


def arguments(acme: Acme, endpoint: str) -> set[str]:
    return next(iter(acme.app.url_map.iter_rules(endpoint))).arguments
