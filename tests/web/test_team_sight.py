"""A manager of one team sees nobody else, on any page of the firm."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import update

from tests.cast import add_second_factor, make_account, put_on_roster, sign_in_as
from tests.web.marked import of_firm
from tests.web.world import World
from trainer.core import clock
from trainer.core.db import transaction
from trainer.organizations.models import Membership, Team
from trainer.organizations.rules import Role

ELSEWHERE = "Quentin Elsewhere"


@pytest.mark.asvs("8.2.2")
def test_a_manager_of_one_team_sees_nobody_else_on_any_page(world: World) -> None:
    app, firm = world.app, UUID(str(world.values["organization_id"]))
    with app.app_context(), transaction() as session:
        session.execute(update(Membership).values(name=ELSEWHERE, name_key=ELSEWHERE.lower()))
        crew = Team(organization_id=firm, name="Night crew", name_key="night crew", created_at=clock.now())
        session.add(crew)
        session.flush()
        crew_id = crew.id
    mark = make_account(app, "mark@example.org")
    put_on_roster(app, firm, mark, Role.MANAGER, name="Mark Moss", email="mark@example.org", teams=[crew_id])
    add_second_factor(app, mark)
    visitor = sign_in_as(app, mark)
    pages = {path: visitor.get(path) for path in of_firm(world)}
    assert {page.status_code for page in pages.values()} <= {200, 303, 404, 409}
    assert sum(page.status_code == 200 for page in pages.values()) > 9
    assert [path for path, page in pages.items() if ELSEWHERE.encode() in page.data] == []
    assert "Mark Moss" in pages[f"/organizations/{firm}/people"].text
