"""Links that earlier versions gave out say what has changed."""

from __future__ import annotations

import pytest

from tests.support import Visitor

pytestmark = pytest.mark.on_both


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/here/0123456789abcdefghjkmnpqrs", "Sign the sheet instead."),
        (
            "/attended/4ef8b487-a958-430e-847f-7697f2a01daa/abc",
            "can’t be claimed anymore. Join the class with its code",
        ),
    ],
)
def test_a_link_of_an_earlier_version_says_what_has_changed(visitor: Visitor, path: str, says: str) -> None:
    answer = visitor.get(path)
    assert (answer.status_code, says in answer.text) == (410, True)
    assert "<h1>This link no longer works</h1>" in answer.text
