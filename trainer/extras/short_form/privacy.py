"""Why kept answers to the short form say nothing of a person."""

from __future__ import annotations

from typing import Final

NOBODY: Final = {
    "kept_short_forms": "Answers to a public form and the day; whose they are is kept nowhere.",
}
"""Tables that say nothing of a person by themselves, and why."""
