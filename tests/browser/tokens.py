"""A firm whose other systems read by tokens, and one that has none."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import Flask

from tests.cast import actor_of, add_second_factor, make_firm
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.interop.models import ApiToken
from trainer.interop.operations import make_token, revoke_token
from trainer.interop.rules import Scope


def set_tokens(app: Flask, owner_id: UUID, name: str, *, is_making: bool) -> dict[str, str]:
    """Create a firm, with tokens in each state or with none; return the paths by name."""
    firm = make_firm(app, owner_id, "Beacon Guards")
    add_second_factor(app, owner_id)
    here = f"/organizations/{firm}/tokens"
    if not is_making:
        return {name: here}
    with app.app_context(), transaction() as session:
        actor = actor_of(owner_id, firm)
        for label in ("Payroll, nightly import", "Intranet", "Old payroll", "Last year"):
            make_token(actor, label, list(Scope) if label == "Intranet" else [Scope.PEOPLE], now())
        tokens = {one.label: one for one in session.query(ApiToken).filter_by(organization_id=firm)}
        tokens["Payroll, nightly import"].last_used_at = now()
        tokens["Last year"].expires_at = now() - dt.timedelta(days=1)
        revoke_token(actor, tokens["Old payroll"].id, now())
        db.session.flush()
        return {name: here, "token": f"{here}/{tokens['Intranet'].id}/revocation"}
