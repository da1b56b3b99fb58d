"""Why what people write about scenes and lessons says nothing of a person."""

from __future__ import annotations

from typing import Final

NOBODY: Final = {
    "remarks": "Free text whose writer is kept nowhere; deleted after two years.",
}
"""Tables that say nothing of a person by themselves, and why."""
