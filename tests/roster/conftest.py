"""A firm whose roster is imported."""

from __future__ import annotations

from tests.organizations.conftest import acme

__all__ = ["acme"]
