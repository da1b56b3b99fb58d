"""Invitations to classes of two entries on a roster that become one, and back. Never commits."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select, update

from trainer.core.db import db
from trainer.core.rows import keep_row, put_back
from trainer.instructing.models import ClassInvitation, ClassInvitationMail


def join_invitations(gone_id: uuid.UUID, kept_id: uuid.UUID) -> dict[str, Any]:
    """Give an entry the invitations to classes of another one, which is about to go; return what `part_invitations`
    needs. Where both are invited, the kept entry's stays, and whoever declined has declined."""
    before: dict[str, Any] = {"moved": [], "met": [], "mails": [], "declined": []}
    own = {invitation.cohort_id: invitation for invitation in _list(kept_id)}
    for invitation in _list(gone_id):
        met = own.get(invitation.cohort_id)
        if met is None:
            invitation.membership_id = kept_id
            before["moved"].append(invitation.id.hex)
            continue
        mails = select(ClassInvitationMail).where(ClassInvitationMail.invitation_id == invitation.id)
        before["met"].append(keep_row(invitation))
        before["mails"] += [keep_row(mail) for mail in db.session.scalars(mails)]
        if met.declined_at is None and invitation.declined_at is not None:
            met.declined_at = invitation.declined_at
            before["declined"].append(met.id.hex)
    db.session.flush()
    return before


def part_invitations(before: dict[str, Any], gone_id: uuid.UUID) -> None:
    """Undo `join_invitations`, once the entry that had gone is back."""
    moved, declined = ([uuid.UUID(hex=number) for number in before.get(name, [])] for name in ("moved", "declined"))
    for statement in (
        update(ClassInvitation).where(ClassInvitation.id.in_(moved)).values(membership_id=gone_id),
        update(ClassInvitation).where(ClassInvitation.id.in_(declined)).values(declined_at=None),
    ):
        db.session.execute(statement.execution_options(synchronize_session=False))
    for record, name in ((ClassInvitation, "met"), (ClassInvitationMail, "mails")):
        for row in before.get(name, []):
            put_back(record, row)


def _list(membership_id: uuid.UUID) -> list[ClassInvitation]:
    query = select(ClassInvitation).where(ClassInvitation.membership_id == membership_id)
    return list(db.session.scalars(query.order_by(ClassInvitation.id)))
