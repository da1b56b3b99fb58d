"""People who find something wrong with a scene."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import transaction
from trainer.extras.remarks import operations
from trainer.extras.remarks.models import Remark
from trainer.extras.remarks.operations import RemarkKind


def write_remark(
    app: Flask, about: str, text: str = "Which door?", kind: RemarkKind = RemarkKind.WORDING, days_ago: int = 0
) -> UUID:
    """Let someone find something wrong with a scene as it is now, or a lesson; return the remark's id."""
    with app.app_context(), transaction() as session:
        day = clock.today() - dt.timedelta(days=days_ago)
        written = about if "/" in about else served().scenarios[about].digest
        operations.write_remark(served(), written, kind, text, day)
        return session.scalars(select(Remark.id).where(Remark.text == text)).one()
