"""A firm of the content whose course has a pretest."""

from __future__ import annotations

from tests.assessment.conftest import rich_app as rich_app
from tests.assessment.pretests import rich_shelf as rich_shelf
