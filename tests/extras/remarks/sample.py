"""What someone found wrong with a scene."""

from __future__ import annotations

from trainer.content.serving import served
from trainer.core import clock
from trainer.extras.remarks.operations import RemarkKind, list_remarks, write_remark
from trainer.organizations.actor import Actor

OF_FIRMS: set[str] = set()
TOLD: tuple[str, ...] = ()
LEFT: set[str] = set()
OF_PEOPLE = ()


def fill(_actor: Actor, _employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Write that a scene is unclear."""
    scene = next(iter(served().scenarios.values()))
    write_remark(served(), scene.digest, RemarkKind.WORDING, "Which door?", clock.today())
    return {"remark_id": str(list_remarks()[0].id)}, {}
