"""A firm whose people sign in with PINs."""

from __future__ import annotations

from tests.organizations.conftest import acme

__all__ = ["acme"]
