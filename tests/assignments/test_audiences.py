"""Whom a requirement is for: conditions, exceptions, words; and that a preview names whom saving reaches."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from tests.assignments.firm import EVERYONE, Firm, earn, make_firm
from tests.assignments.oracle import Person, is_meant
from tests.cast import make_site
from trainer.assignments.models import Assignment
from trainer.assignments.operations import change_requirement, waive
from trainer.assignments.preview import Preview, preview
from trainer.assignments.queries import count_by_status, get_requirement, list_titles, meant
from trainer.assignments.rules import Audience, Group, Match, Status
from trainer.assignments.words import who
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.errors import Invalid
from trainer.organizations.models import Membership, TeamMembership
from trainer.organizations.operations import remove_team
from trainer.organizations.rules import Role

pytestmark = pytest.mark.on_both

NOON = "2026-11-24T17:00:00Z"
DAY = dt.date(2026, 11, 1)
HARBOR, PIER = UUID(int=1), UUID(int=2)
TITLES = ["Guard", "guard ", "GUARD", "Security  guard", "security guard", "Clérk", "clerk", ""]
titles = st.sampled_from(TITLES)
groups = st.builds(
    Group,
    teams=st.frozensets(st.sampled_from([HARBOR, PIER, UUID(int=3)]), max_size=2),
    job_titles=st.frozensets(st.sampled_from([*TITLES[:7], "Nobody's"]), max_size=2),
    roles=st.frozensets(st.sampled_from(list(Role)), max_size=2),
)
audiences = st.builds(
    Audience,
    chosen=groups,
    hired_since=st.none() | st.sampled_from([DAY, DAY + dt.timedelta(days=1)]),
    match=st.sampled_from(list(Match)),
    exceptions=groups,
)
days = st.sampled_from([DAY + dt.timedelta(days=days) for days in (-400, -1, 0, 1, 2)])
people = st.builds(
    Person,
    teams=st.frozensets(st.sampled_from([HARBOR, PIER])),
    job_title=st.none() | titles,
    role=st.sampled_from(list(Role)),
    hired_on=st.none() | days,
    listed_on=days,
    has_left=st.sampled_from([False, False, False, True]),
)


def titled(firm: Firm, name: str, title: str | None, team: UUID | None = None, **facts: object) -> UUID:
    """Put someone with a job title on the roster, in a team."""
    membership_id = firm.add(name, joined=False, **facts)  # type: ignore[arg-type]
    with firm.app.app_context(), transaction() as session:
        session.get_one(Membership, membership_id).job_title = title
        if team:
            session.add(TeamMembership(membership_id=membership_id, team_id=team))
    return membership_id


def at_work(firm: Firm) -> set[str]:
    """Return the names of those who have a duty."""
    with firm.app.app_context():
        query = select(Membership.name).join(Assignment, Assignment.membership_id == Membership.id)
        return set(db.session.scalars(query.where(Assignment.ended_at.is_(None))))


def test_the_statement_means_whom_the_rule_means(app: Flask) -> None:
    firm = make_firm(app)
    sites = {HARBOR: make_site(app, firm.owner_id, firm.id), PIER: make_site(app, firm.owner_id, firm.id, "Pier 9")}
    ids = [firm.add(f"P{number}", joined=False) for number in range(6)]
    _agree(firm, sites, ids)


@given(audiences, st.lists(people, min_size=6, max_size=6))
@settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def _agree(firm: Firm, sites: dict[UUID, UUID], ids: list[UUID], audience: Audience, folk: list[Person]) -> None:
    def here(group: Group) -> Group:
        return replace(group, teams=frozenset(sites.get(team, team) for team in group.teams))

    told = replace(audience, chosen=here(audience.chosen), exceptions=here(audience.exceptions))
    assert Audience.read(told.written()) == told
    with firm.app.app_context(), transaction() as session:
        session.execute(delete(TeamMembership).where(TeamMembership.membership_id.in_(ids)))
        for membership_id, person in zip(ids, folk, strict=True):
            row = session.get_one(Membership, membership_id)
            row.job_title, row.role, row.hired_on = person.job_title, person.role, person.hired_on
            # The last minute of the firm's day, which is the next one in Greenwich.
            row.created_at = dt.datetime.combine(person.listed_on, dt.time(23, 59), dt.timezone(dt.timedelta(hours=-5)))
            row.ended_at = clock.now() if person.has_left else None
            row.ended_on = clock.today() if person.has_left else None
            session.add_all(TeamMembership(membership_id=row.id, team_id=sites[team]) for team in person.teams)
        session.flush()
        mine = (Membership.organization_id == firm.id, Membership.id.in_(ids))
        condition = meant(told, firm.actor().organization)
        found = set(session.scalars(select(Membership.id).where(*mine, condition)))
        others = set(session.scalars(select(Membership.id).where(*mine, ~condition)))
    assert found == {one for one, person in zip(ids, folk, strict=True) if is_meant(audience, person)}
    assert found | others == set(ids)


def test_spellings_of_a_title_are_one_and_the_most_common_is_shown(app: Flask) -> None:
    firm = make_firm(app)
    for number, title in enumerate(["guard", "Guard", " GUARD", "Guard", "Dispatcher", None, "  "]):
        titled(firm, f"P{number}", title)
    other = make_firm(app, email="eve@example.org")
    titled(other, "Q", "Spy")
    with app.app_context():
        assert [(one.key, one.name, one.people) for one in list_titles(firm.id)] == [
            ("dispatcher", "Dispatcher", 1),
            ("guard", "Guard", 4),
        ]


def test_a_title_changed_later_moves_people_in_and_out(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        ann, bob = titled(firm, "Ann", "Guard"), titled(firm, "Bob", "Clerk")
        firm.require(replace(EVERYONE, audience=Audience(Group(job_titles=frozenset({"GUARD"})))))
        firm.keep_up()
        assert at_work(firm) == {"Ann"}
        with app.app_context(), transaction() as session:
            session.get_one(Membership, ann).job_title = "Clerk"
            session.get_one(Membership, bob).job_title = " guard"
        firm.keep_up()
        assert at_work(firm) == {"Bob"}


def test_no_one_is_added_because_a_team_was_removed(app: Flask) -> None:
    firm = make_firm(app)
    harbor = make_site(app, firm.owner_id, firm.id)
    titled(firm, "Ann", "Guard", harbor)
    titled(firm, "Bob", "Guard")
    audience = Audience(Group(teams=frozenset({harbor}), job_titles=frozenset({"Guard"})))
    requirement_id = firm.require(replace(EVERYONE, audience=audience))
    assert at_work(firm) == {"Ann"}
    with app.app_context(), transaction():
        remove_team(firm.actor(), harbor, clock.now())
    firm.keep_up()
    assert at_work(firm) == set()
    with app.test_request_context():
        stored = get_requirement(firm.actor(), requirement_id).audience
        assert who(Audience.read(stored), {}) == "People in a removed team, with the job title Guard"
    with app.app_context(), transaction():  # what it has can stay
        change_requirement(
            firm.actor(), requirement_id, replace(EVERYONE, audience=audience), served().courses, clock.now()
        )
    strange = replace(EVERYONE, audience=Audience(exceptions=Group(teams=frozenset({uuid4()}))))
    with pytest.raises(Invalid):
        firm.require(strange)


def test_the_preview_names_whom_saving_reaches(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm = make_firm(app)
        harbor = make_site(app, firm.owner_id, firm.id)
        for number in range(14):
            titled(firm, f"Guard {number:02}", "Guard", harbor if number % 2 else None)
        titled(firm, "Cleo", "Clerk", harbor)
        gone = titled(firm, "Gus", "Guard")
        guards = replace(EVERYONE, audience=Audience(Group(job_titles=frozenset({"guard"}))))
        seen = _look(firm, guards)
        assert (seen.people, seen.added, seen.ended) == (15, 0, 0)
        assert seen.names == [f"Guard {number:02}" for number in range(10)]
        requirement_id = firm.require(guards)
        firm.keep_up()
        before = at_work(firm)
        assert len(before) == seen.people
        with app.app_context(), transaction() as session:
            left = session.get_one(Membership, gone)
            left.ended_at, left.ended_on = clock.now(), clock.today()
        for audience in (
            Audience(Group(teams=frozenset({harbor}))),
            Audience(exceptions=Group(roles=frozenset({Role.OWNER}))),
            Audience(Group(frozenset({harbor}), frozenset({"Guard"}))),
            Audience(
                Group(frozenset({harbor}), frozenset({"Guard"})),
                None,
                Match.ANY,
                Group(job_titles=frozenset({"clerk"})),
            ),
            Audience(),
        ):
            wanted = replace(EVERYONE, audience=audience)
            seen = _look(firm, wanted, requirement_id)
            with app.app_context(), transaction():
                change_requirement(firm.actor(), requirement_id, wanted, served().courses, clock.now())
            firm.keep_up()
            after = at_work(firm)
            assert (seen.people, seen.added, seen.ended) == (len(after), len(after - before), len(before - after))
            assert seen.names == sorted(after)[:10]
            assert seen.added_names == sorted(after - before)[:10]
            assert seen.ended_names == sorted(before - after)[:10]
            before = after


def test_the_preview_counts_what_the_page_says_once_it_is_saved(app: Flask) -> None:
    with time_machine.travel(NOON, tick=False):
        firm, today = make_firm(app), clock.today()
        wanted = replace(EVERYONE, starts_on=dt.date(2026, 10, 1))
        people = {}
        for name, hired_on, ends_in in (
            ("Olga", dt.date(2026, 1, 1), None),
            ("Ed", dt.date(2026, 1, 1), -20),
            ("Edna", today, -20),  # whose first day is still to come
            ("Sue", dt.date(2026, 1, 1), 20),
            ("Curt", dt.date(2026, 1, 1), 200),
            ("Newt", dt.date(2026, 12, 20), None),
            ("Wanda", dt.date(2026, 1, 1), None),
        ):
            people[name] = firm.add(name, hired_on=hired_on)
            if ends_in is not None:
                ends_on = today + dt.timedelta(days=ends_in)
                with app.app_context(), transaction():
                    earn(firm.user_of(people[name]), ends_on - dt.timedelta(days=300), ends_on)
        seen = _look(firm, wanted)
        requirement_id = firm.require(wanted)
        assert seen.by_status == _stand(firm, requirement_id)
        assert (seen.by_status[Status.OVERDUE], seen.by_status[Status.EXPIRED]) == (2, 2)
        assert sum(seen.due_days.values()) == seen.people - seen.by_status[Status.CURRENT]
        with app.app_context(), transaction():
            duties = select(Assignment.id).where(Assignment.membership_id == people["Wanda"])
            waive(firm.actor(), db.session.scalars(duties).one(), "On leave", today, clock.now())
        wanted = replace(wanted, days_allowed=60, renewal_days=10)
        seen = _look(firm, wanted, requirement_id)
        with app.app_context(), transaction():
            change_requirement(firm.actor(), requirement_id, wanted, served().courses, clock.now())
        assert seen.by_status == _stand(firm, requirement_id)
        assert seen.by_status[Status.WAIVED] == 1


def _stand(firm: Firm, requirement_id: UUID) -> dict[Status, int]:
    """Return how many people stand where; of them nobody has begun."""
    with firm.app.app_context():
        return count_by_status(firm.id, clock.today())[requirement_id]


def _look(firm: Firm, wanted: object, requirement_id: UUID | None = None) -> Preview:
    with firm.app.test_request_context():
        now = get_requirement(firm.actor(), requirement_id) if requirement_id else None
        return preview(firm.actor(), wanted, clock.today(), now)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("audience", "words"),
    [
        (Audience(), "Everyone on the roster"),
        (Audience(exceptions=Group(roles=frozenset({Role.OWNER}))), "Everyone on the roster; not owners"),
        (
            Audience(
                Group(frozenset({HARBOR}), frozenset({"Guard", "Dispatcher"})),
                dt.date(2026, 1, 1),
                exceptions=Group(roles=frozenset({Role.OWNER})),
            ),
            "People in Harbor Mall, with the job title Dispatcher or Guard, hired on or after January 1, 2026; "
            "not owners",
        ),
        (
            Audience(
                Group(frozenset({HARBOR, PIER}), roles=frozenset({Role.MEMBER, Role.INSTRUCTOR})),
                match=Match.ANY,
                exceptions=Group(frozenset({PIER}), frozenset({"Clerk"}), frozenset({Role.MANAGER, Role.OWNER})),
            ),
            "People in Harbor Mall or Pier 9, or with the role instructor or member; not owners, people in Pier 9, "
            "people with the job title Clerk, people with the role manager",
        ),
    ],
)
def test_an_audience_in_words(app: Flask, audience: Audience, words: str) -> None:
    with app.test_request_context():
        assert who(audience, {HARBOR: "Harbor Mall", PIER: "Pier 9"}) == words
