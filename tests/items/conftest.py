"""The tiny content folder as a fixture."""

from tests.content.conftest import folder as folder
