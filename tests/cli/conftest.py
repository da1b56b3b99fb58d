"""Fixtures of the commands' tests."""

from tests.cli.sites import site, sites

__all__ = ["site", "sites"]
