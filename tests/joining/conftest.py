"""The firm of the tests of organizations, here to be joined."""

from __future__ import annotations

from tests.organizations.conftest import acme

__all__ = ["acme"]
