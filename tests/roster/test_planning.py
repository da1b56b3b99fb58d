"""A roster that waits is decided once, and again as soon as anything that decides it has changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import time_machine

from tests.cast import actor_of, make_site
from tests.organizations.conftest import Acme
from trainer.accounts.queries import get_user
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.organizations.models import Membership
from trainer.organizations.rules import Role
from trainer.roster import deciding, planning
from trainer.roster.drafts import RosterTicks, get_draft, keep_draft, say
from trainer.roster.models import RosterDraft
from trainer.roster.plan import RosterPlan
from trainer.roster.planning import Decided, decide
from trainer.roster.reading import read_list

pytestmark = pytest.mark.on_both

ROWS = "name,email,title,hired\nBob Builder,bob@example.org,Guard,2026-03-04\nPat Poe,pat@example.org,Guard,2026-03-04"
TODAY = dt.datetime(2026, 11, 24, 15, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    planning._kept.clear()
    with time_machine.travel(TODAY, tick=False):
        yield
    planning._kept.clear()


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[RosterPlan]:
    """Note each plan that is decided."""
    plans: list[RosterPlan] = []
    real = deciding.plan

    def note(*given: object, **named: object) -> RosterPlan:
        plans.append(real(*given, **named))  # type: ignore[arg-type]
        return plans[-1]

    monkeypatch.setattr(planning, "plan", note)
    return plans


def sent(acme: Acme, text: str = ROWS) -> UUID:
    with acme.app.app_context(), transaction():
        return keep_draft(actor_of(acme.users["alice"], acme.id), read_list(text), clock.now()).id


def look(acme: Acme, draft_id: UUID) -> str:
    """Decide a roster as a page does; return the plan's digest."""
    with acme.app.app_context():
        actor = actor_of(acme.users["alice"], acme.id)
        return decide(actor, get_draft(actor, draft_id, clock.now()), clock.now()).plan.digest


def test_pages_of_a_roster_that_waits_decide_it_once(acme: Acme, made: list[RosterPlan]) -> None:
    draft = sent(acme)
    alice, path = acme.enter("alice"), acme.path(f"/roster/{draft}")
    texts = [alice.get(path + query).text for query in ("", "?show=new", "?q=pat", "?start=25")]
    assert all("Pat Poe" in text for text in texts)
    assert len(made) == 1
    other = sent(acme, ROWS.replace("Pat", "Pam"))
    assert "Pam Poe" in alice.get(acme.path(f"/roster/{other}")).text
    assert "Pat Poe" in alice.get(path).text
    assert len(made) == 2


def change_a_name(acme: Acme, _draft: RosterDraft) -> None:
    db.session.get_one(Membership, acme.people["bob"]).name = "Rob Builder"


def give_an_address(acme: Acme, _draft: RosterDraft) -> None:
    user = get_user(acme.users["mona"])
    user.email = user.email_key = "pat@example.org"
    user.email_confirmed_at = clock.now()


def leave_a_row_out(_acme: Acme, draft: RosterDraft) -> None:
    say(draft, RosterTicks(shown=frozenset({3}), taken=frozenset()))


def take_another_order(_acme: Acme, draft: RosterDraft) -> None:
    sheet = draft.rows["sheets"][0]
    draft.rows = {**draft.rows, "sheets": [{**sheet, "order": "day", "columns": [*sheet["columns"]]}]}


def mean_another_column(_acme: Acme, draft: RosterDraft) -> None:
    sheet = draft.rows["sheets"][0]
    columns = [
        [heading, "" if meaning == "job_title" else meaning, how, is_hidden]
        for heading, meaning, how, is_hidden in sheet["columns"]
    ]
    draft.rows = {**draft.rows, "sheets": [{**sheet, "columns": columns}]}


def demote(acme: Acme, _draft: RosterDraft) -> None:
    me = db.session.get_one(Membership, actor_of(acme.users["alice"], acme.id).membership.id)
    me.role, me.manages_all = Role.MANAGER, True


@pytest.mark.parametrize(
    "change", [change_a_name, give_an_address, leave_a_row_out, take_another_order, mean_another_column, demote]
)
def test_a_change_has_it_decided_again(
    acme: Acme, made: list[RosterPlan], change: Callable[[Acme, RosterDraft], None]
) -> None:
    draft = sent(acme)
    look(acme, draft)
    with acme.app.app_context(), transaction():
        change(acme, get_draft(actor_of(acme.users["alice"], acme.id), draft, clock.now()))
    shown = look(acme, draft)
    assert len(made) == 2
    planning._kept.clear()
    assert look(acme, draft) == shown


def test_another_team_or_another_day_has_it_decided_again(acme: Acme, made: list[RosterPlan]) -> None:
    draft = sent(acme)
    look(acme, draft)
    make_site(acme.app, acme.users["alice"], acme.id, "Pier")
    look(acme, draft)
    with time_machine.travel(TODAY + dt.timedelta(hours=20), tick=False):
        look(acme, draft)
    assert len(made) == 3


def test_a_plan_that_was_written_is_dropped_and_no_more_are_kept_than_fit(
    acme: Acme, made: list[RosterPlan], monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = sent(acme)
    digest = look(acme, draft)
    assert len(planning._kept) == 1
    fields = {"digest": digest, "shown": ["2", "3"], "taken": ["2", "3"]}
    assert acme.enter("alice").post(acme.path(f"/roster/{draft}/confirmation"), fields).status_code == 303
    assert (len(planning._kept), len(made)) == (0, 1)
    monkeypatch.setattr(planning, "MOST_ROWS", 5)
    plan = Decided(made[0], [], frozenset())
    for key in "abc":
        planning.remember(key, plan)
    assert [*planning._kept] == ["b", "c"]
