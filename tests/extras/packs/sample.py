"""An evidence pack of a firm that was ordered, and the record of one."""

from __future__ import annotations

from trainer.core import clock
from trainer.extras.packs.making import Made
from trainer.extras.packs.operations import order_pack, record_manifest
from trainer.organizations.actor import Actor

OF_FIRMS: set[str] = set()
TOLD = ("evidence-pack",)
LEFT: set[str] = set()
OF_PEOPLE = ()


def fill(actor: Actor, _employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Order a pack, and record a manifest as if it were made."""
    day = actor.today(clock.now())
    job = order_pack(actor, day, clock.now())
    sha256 = job.id.hex * 2
    record_manifest(job, Made(sha256, actor.organization.name, day, clock.now(), 9))
    return {"job_id": str(job.id), "sha256": sha256}, {}
