"""Acme Security, with people on its roster."""

from __future__ import annotations

from tests.organizations.conftest import acme as acme
