"""It keeps nothing, of nobody."""

from __future__ import annotations

from trainer.organizations.actor import Actor

OF_FIRMS: set[str] = set()
TOLD: tuple[str, ...] = ()
LEFT: set[str] = set()
OF_PEOPLE = ()


def fill(_actor: Actor, _employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Keep nothing."""
    return {}, {}
