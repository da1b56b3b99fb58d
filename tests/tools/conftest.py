"""The tiny content folder, as in the tests of content."""

from tests.content.conftest import folder

__all__ = ["folder"]
