"""A passkey of whoever fills the firm."""

from __future__ import annotations

from tests.extras.passkeys.cast import put_passkey
from trainer.organizations.actor import Actor

OF_FIRMS: set[str] = set()
TOLD = ("My phone",)
LEFT: set[str] = set()
OF_PEOPLE = ()


def fill(actor: Actor, _employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Put a passkey into the actor's account."""
    return {"passkey_id": str(put_passkey(actor.user_id))}, {}
