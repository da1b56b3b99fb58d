"""Acme Security, which requires the course of everyone."""

from __future__ import annotations

from tests.compliance.conftest import acme as acme
from tests.compliance.conftest import training as training
from tests.credentials.conftest import issued as issued
