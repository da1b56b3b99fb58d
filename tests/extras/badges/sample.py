"""The status list in which the next badge gets its place; nothing else is kept."""

from __future__ import annotations

from trainer.core.installation import get_installation
from trainer.organizations.actor import Actor

OF_FIRMS: set[str] = set()
TOLD: tuple[str, ...] = ()
LEFT: set[str] = set()
OF_PEOPLE = ()


def fill(_actor: Actor, _employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Keep nothing."""
    return {"list_number": str(get_installation().status_list)}, {}
