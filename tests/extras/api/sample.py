"""A token of a firm, and what was written with it."""

from __future__ import annotations

from sqlalchemy import select

from trainer.core import clock
from trainer.core.db import db
from trainer.extras.api.models import ApiToken, PersonWrite
from trainer.extras.api.operations import make_token
from trainer.extras.api.rules import Scope
from trainer.organizations.actor import Actor

OF_FIRMS = {"api_tokens", "person_writes"}
TOLD = ("Payroll",)
LEFT = {"api_tokens.created_by_id"}
OF_PEOPLE = ()


def fill(actor: Actor, employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Create a token, and note that another system wrote about someone."""
    make_token(actor, "Payroll", list(Scope), clock.now())
    token = db.session.scalars(select(ApiToken.id).where(ApiToken.organization_id == actor.organization_id)).one()
    written = {"organization_id": actor.organization_id, "employee_number": employee_number}
    db.session.add(PersonWrite(**written, changed_at=clock.now(), written_at=clock.now()))
    return {"token_id": str(token), "employee_number": employee_number}, {}
