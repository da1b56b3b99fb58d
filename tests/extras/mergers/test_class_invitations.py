"""Two entries of one person become one: whoever declined a class isn't invited again, and undoing brings all back."""

from __future__ import annotations

import datetime as dt

import pytest

from tests.cast import make_class
from tests.extras.mergers.pair import Pair, dump, maria
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.instructing.models import ClassInvitation, ClassInvitationMail

pytestmark = pytest.mark.on_both

__all__ = ["maria"]


@pytest.mark.parametrize("both", [False, True], ids=["one entry", "both entries"])
def test_a_declined_invitation_stays_declined_and_comes_back(maria: Pair, both: bool) -> None:
    acme, now = maria.acme, clock.now()
    cohort = make_class(acme.app, acme.users["alice"], acme.id)
    with acme.app.app_context(), transaction() as session:
        for entry in [maria.numbered, maria.addressed][: 1 + both]:
            invitation = ClassInvitation(
                cohort_id=cohort,
                membership_id=entry,
                invited_at=now,
                invited_by_id=acme.users["alice"],
                declined_at=now + dt.timedelta(minutes=1) if entry == maria.numbered else None,
            )
            session.add(invitation)
            session.flush()
            mail = ClassInvitationMail(organization_id=acme.id, invitation_id=invitation.id, bucket=1, created_at=now)
            session.add(mail)
    before = dump(acme.app, ClassInvitation, ClassInvitationMail)
    maria.join(employee_number="gone")
    with acme.app.app_context():
        kept = db.session.query(ClassInvitation).one()
        assert (kept.membership_id, kept.declined_at is not None) == (maria.addressed, True)
        assert db.session.query(ClassInvitationMail).count() == 1
    assert acme.enter("alice").post(acme.path(f"/mergers/{maria.merger().id}")).status_code == 303
    assert dump(acme.app, ClassInvitation, ClassInvitationMail) == before
