"""Fixtures of the tests of what runs on servers."""

from tests.cli.conftest import open_folder

__all__ = ["open_folder"]
