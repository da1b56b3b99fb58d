"""A scene with its twin; nothing of it is kept."""

from __future__ import annotations

from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.organizations.actor import Actor

OF_FIRMS: set[str] = set()
TOLD: tuple[str, ...] = ()
LEFT: set[str] = set()
OF_PEOPLE = ()


def fill(_actor: Actor, _employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Keep nothing."""
    return {}, {"twins": {"name": served().pool(Pool.OPEN)[0].id}}
