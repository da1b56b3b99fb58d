"""Two years of the made-up firm: each event puts what follows from it on the timeline."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Callable
from functools import partial

from sqlalchemy import select

from trainer.accounts.models import User
from trainer.accounts.operations import create_account
from trainer.accounts.queries import get_user
from trainer.assessment.queries import failed_finals
from trainer.assignments.models import Assignment
from trainer.assignments.operations import require_course, waive
from trainer.assignments.rules import Audience, Group, RequiredTerms
from trainer.content.library import Content
from trainer.core.db import db
from trainer.core.feature import ask_extra, list_features
from trainer.credentials.models import Credential
from trainer.credentials.queries import list_credentials
from trainer.jobs.upkeep import keep_up
from trainer.joining.entering import accept_with_new_account, join_by_code
from trainer.learning.certificates import withdraw
from trainer.organizations.actor import Actor
from trainer.organizations.codes import make_join_code, revoke_join_code
from trainer.organizations.invitation_links import token_of
from trainer.organizations.invitations import invite
from trainer.organizations.models import Invitation, Membership
from trainer.organizations.operations import (
    PersonFacts,
    add_person,
    change_person,
    change_role,
    create_organization,
    make_team,
    remove_person,
)
from trainer.organizations.queries import get_person
from trainer.organizations.rules import Role
from trainer.tools.demo import classes, people, study
from trainer.tools.demo.names import FIRM, ZONE
from trainer.tools.demo.people import DAYS, DemoPerson
from trainer.tools.demo.timeline import Timeline, TimelineEntry, hour_of

OFFICER, EVERYONE = "security-officer", "recognize"
TRIES = 3
_BEGINS = 45
"""The day on which the firm begins to require training; who was here before has as long as who comes then."""
_WINDOW = 58  # days before a certificate runs out from which on people renew
_INVITED = 12


class Story(Timeline):
    """The firm, from its first day until now."""

    def __init__(
        self, guards: int, password_hash: Callable[[DemoPerson], str], content: Content, now: dt.datetime
    ) -> None:
        super().__init__(guards, content, now)
        self.now, self.password_hash = now, password_hash
        self.team_ids: list[uuid.UUID] = []
        self.codes: list[str] = []

    @property
    def alice(self) -> Actor:
        """The owner."""
        return self.actor(self.staff[0])

    @property
    def mona(self) -> Actor:
        """The manager of all, who keeps the roster."""
        return self.actor(self.staff[1])

    def tell(self) -> None:
        """Plan the two years."""
        self.plan(0, self._found)
        for entry in self.staff[1:]:
            self.plan(entry.person.joins_on + 0.05, partial(self._join, entry))
        self.plan(_BEGINS, self._require_of_everyone)
        for day in (0.01, 350, 700):
            self.plan(day, self._make_codes)
        for entry in self.guards:
            if entry.person.is_put_on_roster:
                day = max(entry.person.joins_on - 2, 0.1)  # Mona, who does it, comes in on the first day
                self.plan(day + hour_of(entry), partial(self._put_on_roster, entry))
            self.plan(entry.person.joins_on + hour_of(entry), partial(self._join, entry))
        self.plan(DAYS - 100, self._require_of_managers)
        self.plan(DAYS - 40, self._revoke_one)
        self.plan(DAYS - 20, self._waive)
        for person in people.expected(_INVITED, len(self.sites)):
            entry = TimelineEntry(person)
            self.plan(DAYS - 9 + person.rng.randint(0, 6) + hour_of(entry), partial(self._put_on_roster, entry))
        classes.plan(self, self.sit)
        self.plan(DAYS - 3, self._show_features)
        monday = DAYS - 1 - (self.first_day + dt.timedelta(days=DAYS - 1)).weekday()
        weeks = [monday - 7 * week for week in range(9)]
        for day in [*weeks, *range(weeks[-1] - 28, 2, -28)]:
            self.plan(day + 0.1, self.keep_up, is_upkeep=True)

    def keep_up(self, now: dt.datetime) -> None:
        """Do what happens automatically."""
        for _portion in keep_up(self.firm_id, lambda: now):
            pass

    def _found(self, now: dt.datetime) -> None:
        entry = self.staff[0]
        user = create_account(entry.person.email, self.password_hash(entry.person), now, is_confirmed=True)
        firm = create_organization(user, FIRM, ZONE, entry.person.name, now)
        entry.user_id, self.firm_id = user.id, firm.id
        db.session.flush()
        entry.membership_id = self.alice.membership.id
        self.team_ids = [make_team(self.alice, name, now).id for name in self.sites]
        self._plan_course(entry, OFFICER, _BEGINS + 1, _BEGINS + 90)

    def _make_codes(self, now: dt.datetime) -> None:
        until = now + dt.timedelta(days=360)
        old = make_join_code(self.alice, Role.MEMBER, None, until, 40, now)
        self.codes = [
            make_join_code(self.alice, Role.MEMBER, team_id, until, None, now).code for team_id in self.team_ids
        ]
        revoke_join_code(self.alice, old.id, now)

    def _require_of_everyone(self, now: dt.datetime) -> None:
        rule = RequiredTerms("Security officers, yearly", OFFICER, Audience(), now.date(), 20, 12, 90, 60)
        require_course(self.alice, rule, self.content.courses, now)

    def _require_of_managers(self, now: dt.datetime) -> None:
        managers = Audience(Group(roles=frozenset({Role.MANAGER})))
        rule = RequiredTerms("Managers, the course for everyone", EVERYONE, managers, now.date(), 20, 12, 60, 60)
        require_course(self.alice, rule, self.content.courses, now)
        for entry in self.staff:
            if entry.person.role is Role.MANAGER:
                self._plan_course(entry, EVERYONE, DAYS - 100, DAYS - 40)

    def _join(self, entry: TimelineEntry, now: dt.datetime) -> None:
        person = entry.person
        if entry.user_id is not None:  # hired again, with the account of before
            user = get_user(entry.user_id)
            joined = join_by_code(self.codes[person.sites[0]], user.id, person.name, "", now)
        elif entry.membership_id is not None and not person.has_address:
            joined = get_person(self.mona, entry.membership_id)
            newcomer: User | None = ask_extra("join_in_demo", self.mona, joined, now)
            if newcomer is None:
                return
            user, entry.user_id = newcomer, newcomer.id
        elif entry.membership_id is not None:
            query = select(Invitation).where(Invitation.membership_id == entry.membership_id)
            token = token_of(db.session.scalars(query).one())
            user, joined = accept_with_new_account(token, self.password_hash(person), None, now)
            entry.user_id = user.id
        else:
            user = create_account(person.email, self.password_hash(person), now, is_confirmed=True)
            code = self.codes[person.sites[0] if person.sites else 0]
            joined = join_by_code(code, user.id, person.name, "", now)
            entry.user_id = user.id
        entry.membership_id, entry.stay = joined.id, entry.stay + 1
        self._write_down(entry, joined, now)
        if person.leaves_on is not None and entry.stay == 1:
            self.plan(person.leaves_on + hour_of(entry), partial(self._leave, entry))
        day, earned = (now - self.first_day).days, list_credentials(user.id)
        if earned:
            self._plan_renewal(entry, earned[0], day)
        else:
            self._plan_course(entry, OFFICER, max(day, _BEGINS + 1), max(day - person.hired_before, _BEGINS) + 90)

    def _write_down(self, entry: TimelineEntry, joined: Membership, now: dt.datetime) -> None:
        person, actor = entry.person, self.alice if entry.person.is_staff else self.mona
        change_person(actor, joined, self._facts(entry, now), [self.team_ids[site] for site in person.sites], now)
        if person.is_staff:
            change_role(actor, joined, person.role, person.manages_all, now)

    def _facts(self, entry: TimelineEntry, now: dt.datetime) -> PersonFacts:
        person = entry.person
        hired_on = now.date() - dt.timedelta(days=person.hired_before if entry.stay < 2 else 0)
        number = f"{1000 + person.number}" + ("" if entry.stay < 2 else "-2")
        address = person.email if person.has_address else None
        return PersonFacts(person.name, address, person.job_title, number, hired_on)

    def _put_on_roster(self, entry: TimelineEntry, now: dt.datetime) -> None:
        actor = self.mona
        teams = [self.team_ids[site] for site in entry.person.sites]
        listed = add_person(actor, self._facts(entry, now), teams, now)
        if entry.person.has_address:
            invite(actor, listed, now)
        else:
            ask_extra("print_slip", actor, listed, now)
        entry.membership_id = listed.id

    def _leave(self, entry: TimelineEntry, now: dt.datetime) -> None:
        assert entry.membership_id is not None
        actor, entry.stay = self.mona, entry.stay + 1
        remove_person(actor, get_person(actor, entry.membership_id), now.date(), now)
        if entry.person.returns_on is not None:
            self.plan(entry.person.returns_on + hour_of(entry), partial(self._join, entry))

    def _plan_course(self, entry: TimelineEntry, slug: str, opens: int, due: int) -> None:
        """Plan when someone takes a course that opens and is due on these days: most in time, some late, some later."""
        rng, person = entry.person.rng, entry.person
        roll, early = rng.random(), rng.randint(2, max(2, due - opens - 1))
        late, later = rng.randint(3, 35), rng.randint(70, 160)
        done = due + later if roll < 0.15 else due + late if roll < 0.28 else due - early
        if person.is_staff and slug == OFFICER:
            done = due - early
        if person.due_late is not None:
            done = due + person.due_late
        begin = max(opens, min(done, due) - rng.randint(1, 25))
        if (begin < done and rng.random() < 0.75) or person.due_late is not None:
            self.plan_for(entry, begin + 0.02, partial(self._begin, entry, slug))
        self.plan_for(entry, max(done, opens), partial(self.sit, entry, slug))

    def _begin(self, entry: TimelineEntry, slug: str, now: dt.datetime) -> None:
        course, rng = self.content.courses[slug], entry.person.rng
        study.read_some(self.open_course(entry, slug, now), course, rng.uniform(0.1, 0.8), rng, now)

    def sit(self, entry: TimelineEntry, slug: str, now: dt.datetime) -> None:
        """Read what is missing and take the final; renew in a year, or try again."""
        assert entry.user_id is not None
        course, person = self.content.courses[slug], entry.person
        enrollment = self.open_course(entry, slug, now)
        failed = failed_finals(enrollment)
        if len(failed) == TRIES:
            return
        at = study.prepare(person, enrollment, course, now)
        if len(failed) == TRIES - 1:
            # Apart: how many lessons those are depends on what was drawn.
            rng = random.Random(person.rng.random())  # noqa: S311 a story, no secret
            study.read(enrollment, course, failed[-1].lessons, rng, at)
            at += dt.timedelta(hours=1)
        attempt = study.take_final(person, enrollment, self.content, at)
        day = (now - self.first_day).days
        if attempt.is_passed:
            self._plan_renewal(entry, list_credentials(entry.user_id)[0], day)
            return
        person.misses, person.over_reports = person.misses / 2, person.over_reports / 2  # what went wrong is learned
        self.plan_for(entry, day + (9 if len(failed) == TRIES - 2 else 2), partial(self.sit, entry, slug))

    def _plan_renewal(self, entry: TimelineEntry, earned: Credential, today: int) -> None:
        due = (earned.valid_until - self.first_day.date()).days
        self._plan_course(entry, earned.course, max(today, due - _WINDOW), due)

    def _revoke_one(self, now: dt.datetime) -> None:
        for entry in self.guards[1:]:
            earned = list_credentials(entry.user_id) if entry.user_id and entry.stay == 1 else []
            if earned and earned[0].valid_until > now.date() + dt.timedelta(days=120):
                withdraw(earned[0].serial, "Someone else took the final.", now)
                return

    def _waive(self, now: dt.datetime) -> None:
        for entry in self.guards:
            duty = db.session.scalar(
                select(Assignment.id).where(
                    Assignment.membership_id == entry.membership_id, Assignment.ended_at.is_(None)
                )
            )
            if entry.person.away_from is not None and duty is not None:
                until = now.date() + dt.timedelta(days=entry.person.rng.randint(30, 90))
                waive(self.mona, duty, "On leave.", until, now)

    def _show_features(self, now: dt.datetime) -> None:
        for feature in list_features():
            if feature.demo is not None:
                feature.demo(self.alice, now)
