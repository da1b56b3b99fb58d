"""The tiny content folder with all that a course may have."""

from __future__ import annotations

from tests.assessment.conftest import rich_app as rich_app
from tests.assessment.conftest import rich_shelf as rich_shelf
