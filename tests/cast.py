"""The cast of the tests, made by operations where only the outcome matters and not the pages that lead there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from functools import lru_cache
from uuid import UUID

import pyotp
import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.support import COURSE, PASSWORD, Visitor, first_step, wrong_ones
from trainer.accounts import administrators
from trainer.accounts.codes import make_nonce, secret_of
from trainer.accounts.models import User
from trainer.accounts.operations import create_account, create_guest, name_for_certificate, open_session
from trainer.accounts.passwords import hash_password
from trainer.accounts.queries import get_user
from trainer.accounts.second_factor import find_secret, turn_on
from trainer.assessment import finals, rounds
from trainer.assessment import operations as assessment
from trainer.assessment.models import Attempt, Response, RoundRequest
from trainer.assessment.queries import list_responses
from trainer.assessment.tasks import count_answers, measure_site
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.instructing.models import Cohort
from trainer.instructing.operations import CohortFacts, approve_instructor, join, make_cohort
from trainer.instructing.queries import TeachingContext, find_context
from trainer.learning.operations import answer, attest, complete_lesson, enroll
from trainer.learning.queries import taken
from trainer.organizations.actor import Actor
from trainer.organizations.history import keep_stays
from trainer.organizations.models import Membership, TeamMembership
from trainer.organizations.operations import create_organization, make_team
from trainer.organizations.queries import find_actor
from trainer.organizations.rules import Role, fold

LOCAL = "http://127.0.0.1:8000"
FIRMS_ASK = 20
"""Active minutes that most firms of the tests require."""


@lru_cache(maxsize=1)
def _hashed() -> str:
    return hash_password(PASSWORD)


def make_account(app: Flask, email: str = "bob@example.org") -> UUID:
    """Make an account with the usual password."""
    with app.app_context(), transaction():
        return create_account(email, _hashed(), clock.now()).id


def make_guest(app: Flask) -> UUID:
    """Make a learner without an account."""
    with app.app_context(), transaction():
        return create_guest(clock.now()).id


def sign_in_as(app: Flask, user_id: UUID, base_url: str = LOCAL) -> Visitor:
    """Return a browser that is signed in, without the sign-in page."""
    visitor = Visitor(app, base_url)
    with app.app_context():
        token = _open_session(user_id)
    with visitor.client.session_transaction(base_url=base_url) as session:
        session["_user_id"] = token
        session.permanent = True
    return visitor


def _open_session(user_id: UUID) -> str:
    with transaction():
        return open_session(user_id, "A browser", clock.now()).hex


def add_second_factor(app: Flask, user_id: UUID) -> list[str]:
    """Let someone's sign-in ask for a code; return the recovery codes. The code that the app shows now is unused."""
    with app.app_context(), transaction():
        nonce, now = make_nonce(), clock.now()
        before = pyotp.TOTP(secret_of(user_id, nonce)).at(now - dt.timedelta(seconds=30))
        codes = turn_on(get_user(user_id), nonce, before, now, but=None)
        assert codes is not None
        return codes


def code_now(app: Flask, user_id: UUID) -> str:
    """Return what the person's app shows."""
    with app.app_context():
        secret = find_secret(db.session.get_one(User, user_id))
        assert secret is not None
        return pyotp.TOTP(secret).at(clock.now())


def start_practice(app: Flask, user_id: UUID) -> UUID:
    """Start a practice of the course; return the attempt's id."""
    with app.app_context(), transaction():
        here = served()
        enrollment = enroll(user_id, here.courses[COURSE], clock.now())
        return assessment.start_practice(enrollment, here, here.courses[COURSE].file.practice.scenes, clock.now()).id


def start_drill(app: Flask, user_id: UUID) -> UUID:
    """Start further questions; return the attempt's id."""
    with app.app_context(), transaction():
        here = served()
        enrollment = enroll(user_id, here.courses[COURSE], clock.now())
        return assessment.start_drill(enrollment, here, here.courses[COURSE].file.practice.scenes, clock.now()).id


def make_ready(app: Flask, user_id: UUID, name: str = "Bob Builder", course: str = COURSE) -> None:
    """Give someone all that the final asks for first."""
    with app.app_context(), transaction():
        whole = served().courses[course]
        enrollment = enroll(user_id, whole, clock.now() - dt.timedelta(hours=2))
        for lesson in taken(whole, enrollment).lessons:
            complete_lesson(enrollment, whole, lesson, clock.now())
        enrollment.active_seconds = 60 * max(FIRMS_ASK, enrollment.asks.least_minutes)
        name_for_certificate(user_id, name)
        if whole.file.attestation:
            attest(enrollment, name, clock.now())


def start_final(app: Flask, user_id: UUID, course: str = COURSE) -> UUID:
    """Start a final of someone who is ready; return the attempt's id."""
    with app.app_context(), transaction():
        here = served()
        whole = here.courses[course]
        return finals.start_final(enroll(user_id, whole, clock.now()), whole, here, clock.now()).id


def answer_all(app: Flask, attempt_id: UUID, *, wrong: int = 0) -> None:
    """Answer every scene rightly, but `wrong` of them the wrong way round."""
    with app.app_context(), transaction():
        attempt = db.session.get_one(Attempt, attempt_id)
        responses = list_responses(attempt)
        wrongly = wrong_ones([one.snapshot.payload for one in responses], wrong)
        for one in responses:
            is_concern = one.snapshot.payload["truth"] == "concern"
            is_reported = is_concern != (one.position in wrongly)
            verdict = "report-now" if is_reported else "nothing-to-report"
            action = first_step(one.snapshot.payload, verdict)
            given = {"verdict": verdict, "confidence": "certain", "action": action}
            assessment.save_response(attempt, one, given, one.version, clock.now(), record=True)
        read_slowly(attempt_id)


def read_slowly(attempt_id: UUID) -> None:
    """Let each scene of an attempt have been read for a minute before its verdict was recorded."""
    db.session.execute(update(Response).where(Response.attempt_id == attempt_id).values(seconds=60.0))


def hand_in(app: Flask, user_id: UUID, attempt_id: UUID) -> None:
    """Hand an attempt in."""
    with app.app_context(), transaction():
        is_local = app.config["SETTINGS"].is_local
        assessment.submit_attempt(user_id, attempt_id, served(), is_local, clock.now())


def use_up_tries(app: Flask, user_id: UUID, course: str = COURSE) -> UUID:
    """Let someone fail all tries of the first round, the last one now; return the last attempt's id."""
    with app.app_context():
        tries = served().courses[course].file.final.retry_rule.tries
    last = clock.now()
    for number in range(tries):
        with time_machine.travel(last - dt.timedelta(days=8 * (tries - 1 - number)), tick=False):
            make_ready(app, user_id, course=course)
            attempt_id = start_final(app, user_id, course)
            answer_all(app, attempt_id, wrong=99)
            hand_in(app, user_id, attempt_id)
    return attempt_id


def ask_for_round(app: Flask, user_id: UUID, course: str = COURSE) -> UUID:
    """Let someone ask for the second round of a final; return the request's id."""
    with app.app_context(), transaction() as session:
        enrollment = enroll(user_id, served().courses[course], clock.now())
        rounds.ask(enrollment, 2, clock.now())
        return session.scalars(select(RoundRequest.id).where(RoundRequest.user_id == user_id)).one()


def certify(app: Flask, user_id: UUID, name: str = "Bob Builder", *, wrong: int = 0) -> UUID:
    """Let someone pass the final; return the attempt's id."""
    make_ready(app, user_id, name)
    attempt_id = start_final(app, user_id)
    answer_all(app, attempt_id, wrong=wrong)
    hand_in(app, user_id, attempt_id)
    return attempt_id


def make_firm(app: Flask, owner_id: UUID, name: str = "Acme Security", time_zone: str = "America/New_York") -> UUID:
    """Create a firm whose owner has a confirmed address; return its id."""
    with app.app_context(), transaction():
        owner = get_user(owner_id)
        owner.email_confirmed_at = owner.email_confirmed_at or clock.now()
        return create_organization(owner, name, time_zone, "Alice Able", clock.now()).id


def make_site(app: Flask, owner_id: UUID, firm_id: UUID, name: str = "Harbor Mall") -> UUID:
    """Create a team of a firm; return its id."""
    with app.app_context(), transaction():
        return make_team(actor_of(owner_id, firm_id), name, clock.now()).id


def put_on_roster(
    app: Flask,
    firm_id: UUID,
    user_id: UUID | None,
    role: Role = Role.MEMBER,
    *,
    name: str = "Bob Builder",
    email: str | None = "bob@example.org",
    employee_number: str | None = None,
    teams: Collection[UUID] = (),
    manages_all: bool = False,
    hired_on: dt.date | None = None,
) -> UUID:
    """Put someone on a firm's roster, who has come in if there is a user; return the membership's id."""
    with app.app_context(), transaction():
        person = Membership(
            organization_id=firm_id,
            user_id=user_id,
            name=name,
            name_key=fold(name),
            email=email,
            email_key=email,
            employee_number=employee_number,
            role=role,
            manages_all=manages_all,
            hired_on=hired_on,
            created_at=clock.now(),
            joined_at=clock.now() if user_id else None,
        )
        db.session.add(person)
        db.session.flush()
        db.session.add_all(TeamMembership(membership_id=person.id, team_id=team_id) for team_id in teams)
        db.session.flush()
        keep_stays([person.id], clock.now())
        return person.id


def actor_of(user_id: UUID, firm_id: UUID) -> Actor:
    """Return someone as who acts in a firm."""
    actor = find_actor(user_id, firm_id)
    assert actor is not None
    return actor


def make_class(app: Flask, user_id: UUID, firm_id: UUID | None, **changes: object) -> UUID:
    """Create a class that someone teaches, in a firm or in public; return its id."""
    today = clock.today()
    facts: dict[str, object] = {
        "title": "Night crew",
        "taught_by": "Ines Ito",
        "starts_on": today - dt.timedelta(days=1),
        "ends_on": today + dt.timedelta(days=30),
        "capacity": None,
        "shows_answers": False,
    }
    course = str(changes.pop("course", COURSE))
    with app.app_context(), transaction():
        actor = actor_of(user_id, firm_id) if firm_id else None
        wanted = CohortFacts(**(facts | changes))  # type: ignore[arg-type]
        return make_cohort(user_id, actor, course, wanted, served().courses, clock.now()).id


def code_of(app: Flask, cohort_id: UUID) -> str:
    """Return the code by which people come into a class."""
    with app.app_context():
        return db.session.get_one(Cohort, cohort_id).code


def join_class(app: Flask, user_id: UUID, cohort_id: UUID, name: str = "Dora Day") -> UUID:
    """Let someone come into a class; return the member's id."""
    code = code_of(app, cohort_id)
    with app.app_context(), transaction():
        return join(user_id, code, name, served().courses, clock.now()).id


def context_of(user_id: UUID, cohort_id: UUID) -> TeachingContext:
    """Return a class as one of its teachers sees it."""
    context = find_context(user_id, cohort_id)
    assert context is not None
    return context


def appoint(app: Flask, user_id: UUID) -> None:
    """Make someone an administrator."""
    with app.app_context(), transaction():
        administrators.appoint(str(get_user(user_id).email), clock.now())


def count(app: Flask) -> None:
    """Count all answers, as the worker does each hour."""
    with app.app_context():
        for _portion in count_answers():
            pass


def measure(app: Flask) -> None:
    """Count what all people of the site show together, as the worker does each day."""
    with app.app_context():
        for _portion in measure_site():
            pass


def approve(app: Flask, user_id: UUID) -> None:
    """Let someone teach in public."""
    with app.app_context(), transaction():
        approve_instructor(str(get_user(user_id).email), clock.now())


NOTE = "Mon 6:10 pm, by the van. He asked the boss for his papers.\nThe boss said no."


def write_note(app: Flask, user_id: UUID, text: str = NOTE) -> None:
    """Let someone write the note of the lesson about the farm, and compare it."""
    with app.app_context(), transaction():
        course = served().courses["security-officer"]
        lesson = course.lesson("your-venue/farm")
        assert lesson is not None
        question = lesson.question("at-the-van")
        assert question is not None
        given = {"note": text, "step": "compared", "ticked": ["time"]}
        answer(enroll(user_id, course, clock.now()), lesson, question, given, None, clock.now())
