"""Random weeks of a small firm, lived through by the operations, and what they come to on each day, told otherwise.

The oracle doesn't look at the tables: it goes through what happened, in order, until the day ends.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import time_machine
from flask import Flask
from sqlalchemy import select

from tests.assignments import oracle
from tests.assignments.firm import COURSE, EVERYONE, earn
from trainer.accounts.models import User
from trainer.assignments import operations as assignments
from trainer.assignments import upkeep
from trainer.assignments.earlier import TrainingFacts, approve_trainings, record_training, withdraw_training
from trainer.assignments.models import Assignment, Waiver
from trainer.assignments.rules import Audience, CoveringCredential, Duty, Group, Match, Recorded, RequiredTerms
from trainer.content.serving import served
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict
from trainer.credentials.models import Credential
from trainer.learning.activity import credit_activity
from trainer.learning.models import Enrollment
from trainer.organizations import operations as organizations
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Organization, Team
from trainer.organizations.operations import PersonFacts
from trainer.organizations.rules import Role

ZONES = ("America/New_York", "Pacific/Auckland", "Asia/Kolkata", "Pacific/Honolulu", "Europe/London")
STARTS = (dt.date(2026, 10, 28), dt.date(2027, 3, 10), dt.date(2028, 2, 25), dt.date(2026, 12, 27))
"""Weeks in which clocks change, a leap day, the turn of a year."""
DAYS = 9
TITLES = (None, "Guard", "GUARD ", "Clerk")
HOURS = (dt.time(0), dt.time(1, 30), dt.time(9), dt.time(23, 59, 59, 999_999))


@dataclass
class Guard:
    """What the firm has written about someone, as the story goes."""

    id: UUID
    user_id: UUID
    listed_at: dt.datetime
    job_title: str | None
    hired_on: dt.date | None
    teams: frozenset[UUID]
    joined_at: dt.datetime | None = None


@dataclass
class World:
    """All that is so at an instant."""

    guards: dict[UUID, Guard] = field(default_factory=dict)
    rules: dict[UUID, RequiredTerms] = field(default_factory=dict)
    waived: dict[tuple[UUID, UUID], dt.date] = field(default_factory=dict)
    """(person, requirement) -> until when."""
    earned: dict[UUID, tuple[UUID, CoveringCredential]] = field(default_factory=dict)
    """Credential -> (user, what it counts for)."""
    under_way: set[UUID] = field(default_factory=set)
    trained: dict[UUID, tuple[UUID, Recorded]] = field(default_factory=dict)
    """Training that the firm recorded and approved -> (person, what it counts for)."""


Change = Callable[[World], None]


@dataclass
class Story:
    """A firm, and what happened in it."""

    app: Flask
    firm_id: UUID
    zone: str
    first: dt.date
    rng: random.Random
    owner_id: UUID
    second_id: UUID
    """Who records trainings."""
    names: dict[UUID, str] = field(default_factory=dict)
    """Of teams, removed ones too."""
    removed_teams: set[UUID] = field(default_factory=set)
    log: list[tuple[dt.datetime, Change]] = field(default_factory=list)
    absences: dict[UUID, list[tuple[dt.datetime, dt.date, dt.datetime | None]]] = field(default_factory=dict)
    """Person -> (when leaving was entered, last day, when that was undone)."""
    world: World = field(default_factory=World)

    def end_of(self, day: dt.date) -> dt.datetime:
        """Return the instant at which a day of the firm ends."""
        following = day + dt.timedelta(days=1)
        return dt.datetime.combine(following, dt.time(), ZoneInfo(self.zone)).astimezone(dt.UTC)

    def actor(self) -> Actor:
        """Return the owner, acting."""
        firm = db.session.get_one(Organization, self.firm_id)
        own = db.session.scalars(
            select(Membership).where(Membership.organization_id == self.firm_id, Membership.role == "owner")
        ).one()
        return Actor(self.owner_id, firm, own, Role.OWNER, None, False)

    def happen(self, at: dt.datetime, change: Change) -> None:
        """Note a change, and make it."""
        self.log.append((at, change))
        change(self.world)

    def is_away(self, person_id: UUID) -> bool:
        """Return whether someone has left."""
        return any(back is None for _at, _day, back in self.absences.get(person_id, ()))


def live(app: Flask, seed: int) -> Story:
    """Let a firm live for some days; needs an app context."""
    rng = random.Random(seed)
    zone, first = rng.choice(ZONES), rng.choice(STARTS)
    instants = sorted(set(_instants(rng, zone, first)))
    story = _begin(app, rng, zone, first)
    for number, at in enumerate(instants):
        act = _ACTS[number] if number < 3 else rng.choice(_ACTS)
        with time_machine.travel(at, tick=False):
            try:
                with transaction():
                    act(story, at)
            except Conflict:
                continue
            _keep_up(story, at)
    return story


def _instants(rng: random.Random, zone: str, first: dt.date) -> Iterator[dt.datetime]:
    """Yield when something happens: often at the ends of days, several times on some."""
    busy = [first + dt.timedelta(days=rng.randrange(1, DAYS)) for _time in range(3)]
    for number in range(16):
        day = first if number < 2 else rng.choice([*busy, first + dt.timedelta(days=rng.randrange(DAYS))])
        local = dt.datetime.combine(day, dt.time(12) if number < 2 else rng.choice(HOURS), ZoneInfo(zone))
        yield local.astimezone(dt.UTC) + dt.timedelta(seconds=number if local.hour == 12 else 0)


def _begin(app: Flask, rng: random.Random, zone: str, first: dt.date) -> Story:
    at = dt.datetime.combine(first, dt.time(8), ZoneInfo(zone)).astimezone(dt.UTC)
    with transaction() as session:
        owner, second = _account(at), _account(at)
        session.flush()
        firm = Organization(name="Acme", time_zone=zone, created_at=at, created_by_id=owner.id)
        session.add(firm)
        session.flush()
        session.add(
            Membership(
                organization_id=firm.id,
                user_id=owner.id,
                name="Alice",
                name_key="alice",
                email_key=owner.email_key,
                role=Role.OWNER,
                created_at=at,
                joined_at=at,
            )
        )
        teams = {}
        for name in ("North", "South"):
            team = Team(organization_id=firm.id, name=name, name_key=name.lower(), created_at=at)
            session.add(team)
            session.flush()
            teams[team.id] = name
        return Story(app, firm.id, zone, first, rng, owner.id, second.id, teams)


def _account(at: dt.datetime) -> User:
    key = f"{uuid4().hex}@example.org"
    user = User(id=uuid4(), created_at=at, email=key, email_key=key, password_hash="-")
    db.session.add(user)
    return user


def _keep_up(story: Story, at: dt.datetime) -> None:
    for step in (upkeep.assign_missing, upkeep.keep_duties):
        with transaction():
            step(story.actor().organization, served().courses, at, None)


def _require(story: Story, at: dt.datetime) -> None:
    rule = _rule(story)
    requirement = assignments.require_course(story.actor(), rule, served().courses, at)
    number = requirement.id
    story.happen(at, lambda world: world.rules.update({number: rule}))


def _change_rule(story: Story, at: dt.datetime) -> None:
    if story.world.rules:
        number, rule = story.rng.choice(list(story.world.rules)), _rule(story)
        assignments.change_requirement(story.actor(), number, rule, served().courses, at)
        story.happen(at, lambda world: world.rules.update({number: rule}))


def _end_rule(story: Story, at: dt.datetime) -> None:
    if len(story.world.rules) > 1:
        number = story.rng.choice(list(story.world.rules))
        assignments.end_requirement(story.actor(), number, at)

        def end(world: World) -> None:
            del world.rules[number]

        story.happen(at, end)


def _rule(story: Story) -> RequiredTerms:
    rng = story.rng
    chosen = Group(
        teams=frozenset(rng.sample(_open_teams(story), k=1))
        if rng.random() < 0.3 and _open_teams(story)
        else frozenset(),
        job_titles=frozenset({"guard"}) if rng.random() < 0.3 else frozenset(),
    )
    audience = Audience(
        chosen,
        hired_since=story.first - dt.timedelta(days=20) if rng.random() < 0.2 else None,
        match=rng.choice(list(Match)),
        exceptions=Group(roles=frozenset({Role.OWNER})),
    )
    return replace(
        EVERYONE,
        title=rng.choice(["Yearly", "Every year", "New"]),
        audience=audience,
        starts_on=story.first - dt.timedelta(days=rng.choice([0, 60])),
        least_minutes=rng.choice([0, 20, 40]),
        cadence_months=rng.choice([6, 12]),
        days_allowed=rng.choice([0, 5, 28, 33, 90]),
        renewal_days=rng.choice([10, 30]),
        is_paced=rng.random() < 0.1,
        earlier_titles=rng.choice([None, (), ("First Aid",), ("first  aid", "Patrol")]),
    )


def _open_teams(story: Story) -> list[UUID]:
    return [team for team in story.names if team not in story.removed_teams]


def _add(story: Story, at: dt.datetime, user_id: UUID | None = None) -> None:
    rng = story.rng
    title, hired_on = rng.choice(TITLES), rng.choice([None, story.first - dt.timedelta(days=rng.randrange(90))])
    teams = frozenset(team for team in _open_teams(story) if rng.random() < 0.5)
    number = f"{len(story.world.guards):03}{uuid4().hex[:4]}"
    facts = PersonFacts(f"Guard {number}", None, title, number, hired_on)
    person = organizations.add_person(story.actor(), facts, teams, at)
    guard = Guard(person.id, user_id or _account(at).id, at, title, hired_on, teams)
    story.happen(at, lambda world: world.guards.update({guard.id: replace(guard)}))
    if user_id is not None or rng.random() < 0.5:
        _join(story, at, guard.id)


def _join(story: Story, at: dt.datetime, person_id: UUID | None = None) -> None:
    waiting = [one.id for one in story.world.guards.values() if not one.joined_at and not story.is_away(one.id)]
    if person_id is None and waiting:
        person_id = story.rng.choice(waiting)
    if person_id is None:
        return
    person = db.session.get_one(Membership, person_id)
    person.user_id, person.joined_at = story.world.guards[person_id].user_id, at
    db.session.flush()
    upkeep.assign_person(story.actor().organization, person_id, served().courses, at)
    story.happen(at, lambda world: setattr(world.guards[person_id], "joined_at", at))


def _here(story: Story) -> Guard | None:
    people = [one for one in story.world.guards.values() if not story.is_away(one.id)]
    return story.rng.choice(people) if people else None


def _change(story: Story, at: dt.datetime) -> None:
    guard, rng = _here(story), story.rng
    if guard is None:
        return
    person, person_id = db.session.get_one(Membership, guard.id), guard.id
    title = rng.choice(TITLES)
    hired_on = rng.choice([guard.hired_on, story.first - dt.timedelta(days=rng.randrange(90))])
    teams = frozenset(team for team in _open_teams(story) if rng.random() < 0.5)
    facts = PersonFacts(person.name, None, title, person.employee_number, hired_on)
    organizations.change_person(story.actor(), person, facts, teams, at)

    def change(world: World) -> None:
        world.guards[person_id] = replace(world.guards[person_id], job_title=title, hired_on=hired_on, teams=teams)

    story.happen(at, change)


def _remove_team(story: Story, at: dt.datetime) -> None:
    teams = _open_teams(story)
    if len(teams) < 2 or story.rng.random() < 0.5:
        return
    gone = story.rng.choice(teams)
    organizations.remove_team(story.actor(), gone, at)
    story.removed_teams.add(gone)

    def change(world: World) -> None:
        for guard in world.guards.values():
            guard.teams = guard.teams - {gone}

    story.happen(at, change)


def _leave(story: Story, at: dt.datetime) -> None:
    guard = _here(story)
    if guard is None:
        return
    today = at.astimezone(ZoneInfo(story.zone)).date()
    last_day = max(today - dt.timedelta(days=story.rng.choice([0, 0, 1, 3])), guard.hired_on or dt.date.min)
    organizations.remove_person(story.actor(), db.session.get_one(Membership, guard.id), last_day, at)
    story.absences.setdefault(guard.id, []).append((at, last_day, None))


def _come_back(story: Story, at: dt.datetime) -> None:
    gone = [person_id for person_id in story.absences if story.is_away(person_id)]
    if not gone:
        return
    person_id = story.rng.choice(gone)
    guard = story.world.guards[person_id]
    again = any(one.user_id == guard.user_id and not story.is_away(one.id) for one in story.world.guards.values())
    if guard.joined_at and (again or story.rng.random() < 0.5):
        if not again:
            _add(story, at, guard.user_id)
        return
    if not again:
        organizations.undo_removal(story.actor(), db.session.get_one(Membership, person_id), at)
        left_at, last_day, _back = story.absences[person_id].pop()
        story.absences[person_id].append((left_at, last_day, at))


def _waive(story: Story, at: dt.datetime) -> None:
    duty = _duty(story)
    if duty is None:
        return
    until = at.astimezone(ZoneInfo(story.zone)).date() + dt.timedelta(days=story.rng.choice([0, 1, 4, 40]))
    assignments.waive(story.actor(), duty.id, "On leave", until, at)
    key = (duty.membership_id, duty.requirement_id)
    story.happen(at, lambda world: world.waived.update({key: until}))


def _take_back(story: Story, at: dt.datetime) -> None:
    waiver = db.session.scalars(
        select(Waiver).where(Waiver.organization_id == story.firm_id, Waiver.ended_at.is_(None)).limit(1)
    ).first()
    if waiver is None:
        return
    duty = db.session.get_one(Assignment, waiver.assignment_id)
    assignments.end_waiver(story.actor(), duty.id, at)
    key = (duty.membership_id, duty.requirement_id)

    def withdraw(world: World) -> None:
        world.waived.pop(key, None)

    story.happen(at, withdraw)


def _duty(story: Story) -> Assignment | None:
    duties = db.session.scalars(
        select(Assignment)
        .where(Assignment.organization_id == story.firm_id, Assignment.ended_at.is_(None))
        .order_by(Assignment.due_on, Assignment.created_at)
    ).all()
    return story.rng.choice(duties) if duties else None


def _pass(story: Story, at: dt.datetime) -> None:
    guard, rng = _here(story), story.rng
    if guard is None:
        return
    user_id = guard.user_id
    issued_at = at - dt.timedelta(days=rng.choice([0, 0, 0, 150, 178, 340, 362]))
    issued_on = issued_at.date()
    fact = CoveringCredential(
        issued_on, issued_on + dt.timedelta(days=365), rng.choice([10, 30, 50]), True, rng.random() < 0.5
    )
    number = uuid4()
    facts = {"minutes": fact.minutes, "is_attested": True, "is_paced": fact.is_paced, "id": number}
    earn(user_id, issued_on, fact.valid_until, len(story.world.earned) + 1, issued_at=issued_at, **facts)
    under_way = select(Enrollment).where(Enrollment.user_id == user_id, Enrollment.completed_at.is_(None))
    for enrollment in db.session.scalars(under_way):
        enrollment.completed_at = at
    # Something earned before was so then, too, whenever we hear of it.
    story.log.append((issued_at, lambda world: world.earned.update({number: (user_id, fact)})))
    story.world.earned[number] = (user_id, fact)
    story.happen(at, lambda world: world.under_way.discard(user_id))


def _train(story: Story, at: dt.datetime) -> None:
    """Record a training, which another one approves most of the time."""
    guard, rng = _here(story), story.rng
    if guard is None:
        return
    day = at.astimezone(ZoneInfo(story.zone)).date() - dt.timedelta(days=rng.choice([0, 0, 1, 160, 180, 340, 362]))
    facts = TrainingFacts(rng.choice(["First aid", "Patrol"]), "Another school", day, rng.choice([10, 30, 50]))
    first, second = story.actor(), replace(story.actor(), user_id=story.second_id)
    number, person_id = record_training(second, guard.id, facts, None, at).id, guard.id
    if rng.random() < 0.8:
        approve_trainings(first, [number], at)
        fact = Recorded(facts.title.lower(), day, facts.minutes)
        story.happen(at, lambda world: world.trained.update({number: (person_id, fact)}))


def _untrain(story: Story, at: dt.datetime) -> None:
    if story.world.trained:
        number = story.rng.choice(list(story.world.trained))
        withdraw_training(story.actor(), number, "The wrong person", at)

        def change(world: World) -> None:
            world.trained.pop(number)

        story.happen(at, change)


def _revoke(story: Story, at: dt.datetime) -> None:
    counting = [number for number, (_user, fact) in story.world.earned.items() if not fact.is_revoked]
    if not counting:
        return
    number = story.rng.choice(sorted(counting, key=list(story.world.earned).index))
    db.session.get_one(Credential, number).revoked_at = at

    def change(world: World) -> None:
        user_id, fact = world.earned[number]
        world.earned[number] = (user_id, replace(fact, is_revoked=True))

    story.happen(at, change)


def _study(story: Story, at: dt.datetime) -> None:
    guard = _here(story)
    if guard is None:
        return
    user_id = guard.user_id
    enrollment = db.session.scalars(
        select(Enrollment).where(
            Enrollment.user_id == user_id, Enrollment.course == COURSE, Enrollment.completed_at.is_(None)
        )
    ).first()
    if enrollment is not None:
        enrollment.active_until = None
        credit_activity(enrollment, at - dt.timedelta(minutes=1), dt.timedelta(minutes=5), at)
        story.happen(at, lambda world: world.under_way.add(user_id))


_ACTS = (
    *(_require, _add, _add, _add, _join, _change, _change, _remove_team, _leave, _come_back, _waive, _take_back),
    *(_pass, _pass, _revoke, _study, _study, _change_rule, _change_rule, _end_rule, _add),
    *(_train, _train, _train, _untrain),
)


Stand = tuple[str, dt.date, dt.date | None, tuple[str, ...], str]


def tell(story: Story, day: dt.date) -> dict[tuple[UUID, UUID], Stand]:
    """Return (person, requirement) -> (status, due day, until when waived, teams, title) of a day."""
    until = story.end_of(day)
    then, stands = _replay(story, until), {}
    for guard in then.guards.values():
        absence = [each for each in story.absences.get(guard.id, ()) if each[0] < until]
        if any(back is None and last_day < day for _at, last_day, back in story.absences.get(guard.id, ())):
            continue
        # What applied when someone left applies until the last day, or until that was undone.
        away = [left_at for left_at, _day, back in absence if back is None or back >= until]
        at_hand = _replay(story, away[0]) if away else then
        for number in then.rules:
            rule = at_hand.rules.get(number)
            if rule is None or guard.id not in at_hand.guards or not _is_meant(story, rule, at_hand.guards[guard.id]):
                continue
            stands[guard.id, number] = _stand(story, then, guard, number, at_hand, day, until)
    return stands


def count_rules(story: Story, day: dt.date) -> int:
    """Return how many requirements there were when a day ended."""
    return len(_replay(story, story.end_of(day)).rules)


def _stand(
    story: Story, then: World, guard: Guard, number: UUID, at_hand: World, day: dt.date, until: dt.datetime
) -> Stand:
    rule, was = at_hand.rules[number], at_hand.guards[guard.id]
    due_on = max(was.hired_on or _listed_on(story, was), rule.starts_on) + dt.timedelta(days=rule.days_allowed)
    has_joined = guard.joined_at is not None and guard.joined_at < until
    # What someone earned before joining counts from its day on, once the person has joined.
    is_known = story.world.guards[guard.id].joined_at is not None
    earned = tuple(fact for user_id, fact in then.earned.values() if user_id == guard.user_id and is_known)
    terms = then.rules[number].terms
    duty = Duty(
        terms,
        due_on,
        earned,
        then.waived.get((guard.id, number)),
        has_joined and guard.user_id in then.under_way,
        tuple(fact for person_id, fact in then.trained.values() if person_id == guard.id),
    )
    status = oracle.stands(duty, day)
    lasts = [last for fact in earned for last in [*oracle.covered_days(fact, terms)][-1:]]
    lasts += [last for fact in duty.recorded for last in [*oracle.recorded_days(fact, terms)][-1:]]
    waived_until = duty.waived_until if status == "waived" else None
    names = tuple(sorted(story.names[team] for team in guard.teams))
    return status, max(lasts, default=due_on), waived_until, names, then.rules[number].title


def _replay(story: Story, until: dt.datetime) -> World:
    world = World()
    for at, change in sorted(story.log, key=lambda each: each[0]):
        if at < until:
            change(world)
    return world


def _is_meant(story: Story, rule: RequiredTerms, guard: Guard) -> bool:
    person = oracle.Person(guard.teams, guard.job_title, "member", guard.hired_on, _listed_on(story, guard))
    return oracle.is_meant(rule.audience, person)


def _listed_on(story: Story, guard: Guard) -> dt.date:
    return guard.listed_at.astimezone(ZoneInfo(story.zone)).date()
