"""Second steps of signing in, for tests."""

from __future__ import annotations

import re

import pyotp

from tests.support import PASSWORD, Visitor
from trainer.core import clock


def give(visitor: Visitor, code: str, query: str = "") -> tuple[int, str]:
    """Give a code; return what comes of it."""
    answer = visitor.post(f"/sign-in/code{query}", {"code": code})
    return answer.status_code, answer.headers.get("Location", answer.text)


def key_on(visitor: Visitor) -> str:
    """Return the key that the page shows to be typed by hand."""
    found = re.search(r'class="mono key">([A-Z2-7 ]+)<', visitor.get("/account/second-factor/set-up").text)
    assert found is not None
    return found[1].replace(" ", "")


def set_up(visitor: Visitor, query: str = "") -> str:
    """Turn the second step on; return the page with the recovery codes."""
    assert visitor.post(f"/account/second-factor{query}", {"password": PASSWORD}).status_code == 303
    code = pyotp.TOTP(key_on(visitor)).at(clock.now())
    answer = visitor.post(f"/account/second-factor/set-up{query}", {"code": code})
    assert answer.status_code == 200, answer.text
    return answer.text
