"""A page of the API asks the database for no more in a large firm than in a small one."""

from __future__ import annotations

import pytest

from tests.cast import actor_of
from tests.compliance.conftest import Training
from tests.organizations.plans import plans
from trainer.core.db import db
from trainer.extras.api import queries


@pytest.mark.on_both
def test_credentials_come_by_person_and_not_all_of_the_firm_put_in_order(training: Training) -> None:
    acme = training.acme
    with acme.app.app_context():
        alice = actor_of(acme.users["alice"], acme.id)
        with plans() as steps:
            page = queries.page_of_credentials(alice, None, "", 500)
        assert len(page.rows) == 1
        db.session.rollback()
    (of_firm,) = [step for step in steps if "memberships USING" in step]
    assert "ix_memberships_standing (organization_id=?)" in of_firm, steps
    assert not any("TEMP B-TREE FOR ORDER BY" in step or "FOR GROUP BY" in step for step in steps), steps
