"""Two links of a firm for inspectors, with an evidence pack beside them if there is one."""

from __future__ import annotations

from trainer.compliance.order_queries import list_orders
from trainer.core import clock
from trainer.extras.inspectors.operations import make_inspector_link, token_of
from trainer.extras.packs.queries import PACK
from trainer.organizations.actor import Actor

OF_FIRMS = {"inspector_links"}
TOLD = ("expires_at",)
LEFT = {"inspector_links.created_by_id"}
OF_PEOPLE = ()
WAYS = ("inspect", "inspect_all", "inspect_pdf", "inspect_pack")


def fill(actor: Actor, _employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Create a link to read by, and another to withdraw."""
    pack = next((job.id for job in list_orders(actor, PACK)), None)
    link, gone = (make_inspector_link(actor, name, clock.now(), pack) for name in ("An inspector", "Another"))
    return {"link_id": str(gone.id)}, {f"inspections.{way}": {"token": token_of(link)} for way in WAYS}
