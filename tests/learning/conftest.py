"""The app with the tiny content that has a sentence to sign and a module to choose from."""

from tests.assessment.conftest import rich_app, rich_shelf

__all__ = ["rich_app", "rich_shelf"]
