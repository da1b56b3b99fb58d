"""Installations with folders and databases of their own."""

from __future__ import annotations

from tests.cli.sites import site as site
from tests.cli.sites import sites as sites
