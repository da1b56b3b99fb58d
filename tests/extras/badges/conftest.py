"""Bob's badge, and whoever verifies it."""

from __future__ import annotations

import pytest

from tests.cast import sign_in_as
from tests.credentials.conftest import SITE, Issued
from tests.credentials.conftest import issued as certified
from trainer.core import clock
from trainer.extras.badges.checking import verify_badge
from trainer.extras.badges.rules import FileVerdict

__all__ = ["certified"]


class Badged(Issued):
    """The site, with one badge."""

    def badge(self, asked: str = "") -> str:
        """Return the badge as anybody gets it."""
        return self.get(f"/verify/{self.serial}/badge.jwt{asked}").decode()

    def own_badge(self, asked: str = "") -> str:
        """Return the badge as its holder gets it."""
        return sign_in_as(self.app, self.bob, SITE).get(f"/verify/{self.serial}/badge.jwt{asked}").text

    def verdict(self, token: str) -> FileVerdict:
        """Return what our own check says."""
        with self.app.app_context():
            return verify_badge(token, clock.today()).verdict


@pytest.fixture
def issued(certified: Issued) -> Badged:
    """Return the site once Bob has passed."""
    return Badged(certified.app, certified.bob, certified.serial)
