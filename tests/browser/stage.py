"""People and records in every state that a page can show, put into the database by the app's own operations."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from flask import Flask
from sqlalchemy.orm import joinedload

from tests.browser.classroom import set_classroom, set_invitations, set_past
from tests.browser.firm import set_firm
from tests.browser.handed_in import set_notes
from tests.browser.items import set_items
from tests.browser.live import Live
from tests.browser.panels import set_panels
from tests.browser.studies import set_studies
from tests.browser.tokens import set_tokens
from tests.browser.training import set_training
from tests.cast import add_second_factor, ask_for_round, join_class, put_on_roster
from tests.support import COURSE, first_step, right_verdict, wrong_ones
from trainer.accounts.emails import token_of
from trainer.accounts.models import Link, User
from trainer.accounts.operations import (
    create_account,
    create_guest,
    name_for_certificate,
    request_address,
    request_reset,
    request_sign_up,
)
from trainer.accounts.queries import get_user
from trainer.accounts.rules import Purpose
from trainer.assessment import check_ins, pretest
from trainer.assessment.attempt_policies import policy_of
from trainer.assessment.canceling import cancel_final
from trainer.assessment.finals import start_final
from trainer.assessment.models import Attempt, ItemSnapshot, Response
from trainer.assessment.operations import start_drill, start_practice, submit_attempt
from trainer.assessment.renewals import renew
from trainer.content.library import Content, Course, Drill
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.settings import ROOT
from trainer.credentials.models import Credential
from trainer.credentials.operations import revoke, share
from trainer.credentials.rules import show_serial
from trainer.extras.nights.handovers import save_handover, tick_points
from trainer.extras.nights.operations import start_rare, start_shift
from trainer.items.registry import FURTHER, further_type_of
from trainer.jobs.work import advance_all
from trainer.learning.models import Enrollment
from trainer.learning.operations import attest, choose_place, complete_lesson, enroll
from trainer.privacy.copies import order_copy
from trainer.privacy.erasing import ask_erasure
from trainer.privacy.erasing import token_of as erasure_token

NAME = "Zoë Ångström"
OFFICER = "security-officer"
REFRESHER = "refresher"
ALL = 32  # scenes of a final
_SCENES = "".join(path.read_text("utf-8") for path in sorted((ROOT / "content" / "scenarios").glob("*.md")))
ABOUT_SCENES = tuple(name for name in FURTHER if re.search(rf"^  - type: {name}$", _SCENES, re.MULTILINE))
"""The types of questions that scenes ask, and not only lessons."""
WRONG = {"report-now": "nothing-to-report", "nothing-to-report": "report-now"}


@dataclass
class Stage:
    """Who there is: `cookies` by person, `paths` by what they lead to."""

    live: Live
    cookies: dict[str, Any] = field(default_factory=dict)
    paths: dict[str, str] = field(default_factory=dict)


HANDOVER = "23:25 missing boy at the bus stop, called 911.\n00:05 room 126, money handed over, called the hotline."


class Person:
    """One learner being brought into a state."""

    _count = 0

    def __init__(self, app: Flask, *, guest: bool = False, course: str = COURSE) -> None:
        self.app = app
        self.course = course
        Person._count += 1
        self.email = f"person{Person._count}.{now():%H%M%S%f}@example.org"
        with app.app_context(), transaction():
            # No hash that any password has: people here come in by cookie.
            user = create_guest(now()) if guest else create_account(self.email, "-", now())
            self.id = user.id

    def user(self) -> User:
        """Return the record."""
        with self.app.app_context():
            return db.session.get_one(User, self.id)

    def enroll(self, *, read: int = 0, minutes: int = 0, least_minutes: int = 0) -> Person:
        """Start the course, read some lessons (-1: all), and be active for some minutes."""
        with self.app.app_context(), transaction():
            course = served().courses[self.course]
            enrollment = enroll(self.id, course, now() - dt.timedelta(days=2))
            enrollment.active_seconds = minutes * 60
            enrollment.conditions = {**enrollment.conditions, "least_minutes": least_minutes}
            for lesson in course.lessons if read < 0 else course.lessons[:read]:
                complete_lesson(enrollment, course, lesson, now() - dt.timedelta(days=1))
        return self

    def name(self, name: str = NAME) -> Person:
        """Say the name for the certificate."""
        with self.app.app_context(), transaction():
            name_for_certificate(self.id, name)
        return self

    def sign(self) -> Person:
        """Sign that they did the course themselves."""
        with self.app.app_context(), transaction():
            attest(enroll(self.id, served().courses[self.course], now()), NAME, now())
        return self

    def works_at(self, place: str) -> Person:
        """Say where they work."""
        with self.app.app_context(), transaction():
            whole = served().courses[self.course]
            lesson = whole.lesson_at(place)
            assert lesson is not None
            choose_place(enroll(self.id, whole, now()), lesson)
        return self

    def practice(self, **answered: Any) -> str:
        """Start a practice; see `_take`."""
        return self._take(lambda enrollment, _course: start_practice(enrollment, served(), 6, now()), **answered)

    def pretest(self, **answered: Any) -> str:
        """Start the course and its pretest; see `_take`."""
        self.enroll()
        return self._take(lambda enrollment, course: pretest.start(enrollment, course, served(), now()), **answered)

    def drill(self, *, chosen: int, hand_in: bool = False) -> str:
        """Take one question of each type; answer the first `chosen` of them with what comes first."""
        with self.app.app_context(), transaction():
            enrollment = db.session.query(Enrollment).filter_by(user_id=self.id, course=self.course).one()
            attempt = start_drill(enrollment, _one_of_each_type(served()), 6, now())
            rows = db.session.query(Response).filter_by(attempt_id=attempt.id).order_by(Response.position).all()
            for row in rows[:chosen]:
                sample = further_type_of(row.item).samples()[0]
                row.given = dict(sample.as_they_come(row.action_order))
                row.version, row.recorded_at = row.version + 1, now()
            attempt_id: UUID = attempt.id
            if hand_in:
                submit_attempt(self.id, attempt_id, served(), True, now())
        return f"/attempts/{attempt_id}"

    def shift(self, **answered: Any) -> str:
        """Start the practice shift; see `_take`."""
        return self._take(lambda enrollment, course: start_shift(enrollment, course, served(), now()), **answered)

    def hand_over(self, attempt: str, text: str, *points: str) -> str:
        """Write the handover of a shift, and see the other; return the attempt's address."""
        with self.app.app_context(), transaction():
            attempt_id = UUID(attempt.rpartition("/")[2])
            version = save_handover(self.id, attempt_id, text, 0, close=True)
            tick_points(self.id, attempt_id, points, version)
        return attempt

    def rare(self, *, answer: int, hand_in: bool = False) -> str:
        """Start the rare shift; answer the first events as the rule does, but report each ninth."""
        with self.app.app_context(), transaction():
            course = served().courses[self.course]
            attempt_id = start_rare(enroll(self.id, course, now()), course, served(), now()).id
            rows = db.session.query(Response).filter_by(attempt_id=attempt_id).order_by(Response.position)
            for row in rows.limit(answer):
                best = db.session.get_one(ItemSnapshot, row.item_digest).payload["best"]
                row.given = {"verdict": "report-now" if row.position % 9 == 0 else best}
                row.version, row.saved_at = row.version + 1, now()
            if hand_in:
                submit_attempt(self.id, attempt_id, served(), True, now())
        return f"/attempts/{attempt_id}"

    def final(self, **answered: Any) -> str:
        """Start a final; see `_take`."""
        return self._take(lambda enrollment, course: start_final(enrollment, course, served(), now()), **answered)

    def earned(self, *, days_ago: int) -> Person:
        """Let the certificate be that old."""
        with self.app.app_context(), transaction():
            credential = db.session.query(Credential).filter_by(user_id=self.id).one()
            earlier = dt.timedelta(days=days_ago)
            credential.issued_at -= earlier
            credential.issued_on, credential.valid_until = (
                credential.issued_on - earlier,
                credential.valid_until - earlier,
            )
        return self

    def check_in(self, **answered: Any) -> str:
        """Start the check-in that is due; see `_take`."""
        return self._take(lambda _enrollment, _course: check_ins.start(self.id, served(), now()), **answered)

    def _take(
        self,
        start: Callable[[Enrollment, Course], Attempt],
        *,
        answer: int = 0,
        wrong: int = 0,
        missed: int = 0,
        harmful: int = 0,
        seconds: float | None = None,
        hand_in: bool = False,
        days_ago: int = 0,
    ) -> str:
        """Answer the first scenes, `wrong` or `missed` of them wrongly, and hand in if asked; return the path.

        `seconds`: how long each was read.
        """
        with self.app.app_context():
            with transaction():
                enrollment = db.session.query(Enrollment).filter_by(user_id=self.id, course=self.course).one()
                attempt = start(enrollment, served().courses[self.course])
                rows = (
                    db.session.query(Response)
                    .filter_by(attempt_id=attempt.id)
                    .options(joinedload(Response.snapshot))
                    .order_by(Response.position)
                    .all()
                )
                wrongly = wrong_ones([row.snapshot.payload for row in rows[:answer]], wrong)
                concerns = [row.position for row in rows if row.snapshot.payload["truth"] == "concern"]
                wrongly |= set(concerns[:missed])
                for row in rows[:answer]:
                    row.given = _given(row.snapshot.payload, row.position in wrongly, row.position <= harmful)
                    row.version, row.saved_at, row.seconds = row.version + 1, now(), seconds
                    row.recorded_at = now() if policy_of(attempt).answers_at_once else None
                attempt_id: UUID = attempt.id
            if hand_in:
                with transaction():
                    attempt = submit_attempt(self.id, attempt_id, served(), True, now())
                    if attempt.submitted_at:
                        attempt.submitted_at = now() - dt.timedelta(days=days_ago)
        return f"/attempts/{attempt_id}"

    def serial(self, **changes: Any) -> str:
        """Return the number of the earned certificate, with some facts changed."""
        with self.app.app_context(), transaction():
            credential = db.session.query(Credential).filter_by(user_id=self.id).one()
            for name, value in changes.items():
                setattr(credential, name, value)
            return show_serial(credential.serial)


class _FewDrills:
    """Content with few further questions, so that each type is among those drawn."""

    def __init__(self, drills: list[Drill]) -> None:
        self._drills = drills

    def drills(self) -> list[Drill]:
        return self._drills


def _one_of_each_type(here: Content) -> Content:
    few: dict[str, Drill] = {}
    for drill in here.drills():
        if all(drill.payload["scenario"] != one.payload["scenario"] for one in few.values()):
            few.setdefault(drill.type, drill)
    return cast(Content, _FewDrills(list(few.values())))


def _given(payload: dict[str, Any], is_wrong: bool, is_harmful: bool) -> dict[str, str]:
    right = right_verdict(payload["truth"])
    verdict = WRONG[right] if is_wrong else right
    harmful = next(one["id"] for one in payload["actions"] if one["grade"] == "harmful")
    return {
        "verdict": verdict,
        "confidence": "certain",
        "action": harmful if is_harmful else first_step(payload, verdict),
    }


def ready(app: Flask) -> Person:
    """Return someone who may start the final."""
    return Person(app).enroll(read=-1, minutes=40).name()


def certified(app: Flask) -> Person:
    """Return someone who passed."""
    person = ready(app)
    person.final(answer=ALL, wrong=1, hand_in=True)
    return person


def all_used(app: Flask) -> tuple[Person, str]:
    """Return someone who used all tries of a round, and where the last of them is."""
    person = ready(app)
    for days_ago in (30, 20, 0):
        last = person.final(answer=ALL, wrong=12, harmful=1, hand_in=True, days_ago=days_ago)
    return person, last


def set_stage(live: Live) -> Stage:
    """Make everybody."""
    app, stage = live.app, Stage(live)

    def add(name: str, person: Person, **paths: str) -> Person:
        stage.cookies[name] = live.cookie(person.user())
        stage.paths.update(paths)
        return person

    add("guest", Person(app, guest=True).enroll(read=2, minutes=7))
    add("new", Person(app))
    middle = add("middle", Person(app).enroll(read=5, minutes=12, least_minutes=20))
    done = middle.practice(answer=6, wrong=2, harmful=1, hand_in=True)
    skipped = middle.practice(hand_in=True)
    under_way = middle.practice(answer=2, wrong=1, harmful=1)
    add("middle", middle, practice_done=done, practice_skipped=skipped, practice=under_way)
    asked = Person(app).enroll(read=2)
    answered = asked.drill(chosen=len(ABOUT_SCENES) - 1, hand_in=True)
    add("asked", asked, drill_done=answered, drill=asked.drill(chosen=0), drill_answered=answered)
    officer = Person(app, course=OFFICER).enroll(read=9, minutes=20)
    add("officer", officer, shift=officer.shift(answer=2, wrong=1), rare=officer.rare(answer=12))
    done_shift = Person(app, course=OFFICER).enroll(read=-1, minutes=40).name()
    done_shift.works_at("hospital")
    handing = Person(app, course=OFFICER).enroll(read=-1, minutes=40)
    add("handing", handing, compared=handing.hand_over(handing.shift(answer=12), HANDOVER, "reported", "seen"))
    add(
        "unsigned",
        done_shift,
        shift_done=done_shift.shift(answer=12, wrong=3, hand_in=True),
        rare_done=done_shift.rare(answer=40, hand_in=True),
    )
    add("read", Person(app).enroll(read=-1, minutes=40))
    add("ready", ready(app))
    sitting = ready(app)
    add("sitting", sitting, final=sitting.final(answer=7))
    full = ready(app)
    add("full", full, final_full=full.final(answer=ALL))
    failed = ready(app)
    add("failed", failed, failed=failed.final(answer=ALL, missed=7, harmful=2, hand_in=True))
    canceled = ready(app)
    add("canceled", canceled, canceled=canceled.final(answer=ALL, missed=7, hand_in=True))
    with app.app_context(), transaction():
        cancel_final(db.session.query(Attempt).filter_by(user_id=canceled.id).one(), now())
    waiting = ready(app)
    for _try in range(2):
        waiting.final(answer=ALL, wrong=12, hand_in=True)
    add("waiting", waiting)
    used, last = all_used(app)
    add("used", used, used=last)
    asker, asked_already = all_used(app)[0], all_used(app)[0]
    add("asker", asker)
    add("asked already", asked_already)
    between = Person(app, course=OFFICER).enroll(read=-1, minutes=40).name().sign()
    between.works_at("hospital")
    sent_on = between.final(answer=ALL, missed=3, hand_in=True)
    add("between", between, more=f"{sent_on}/more")
    rushed = ready(app)
    add("rushed", rushed, again=f"{rushed.final(answer=ALL, seconds=1.0, hand_in=True)}/again")
    perfect = ready(app)
    add("perfect", perfect, perfect=perfect.final(answer=ALL, hand_in=True))
    passed = ready(app)
    result = passed.final(answer=ALL, wrong=1, hand_in=True)
    add("passed", passed, passed=result, valid=f"/verify/{passed.serial()}")
    with app.app_context(), transaction() as session:
        shown = session.query(Credential).filter_by(user_id=passed.id).one()
        share(shown, is_on=True)
        stage.paths["shared"] = f"/shared/{shown.sharing_key}"
    renamed = certified(app)
    renamed.name("Robin Builder")
    with app.app_context():
        number = db.session.query(Credential.id).filter_by(user_id=renamed.id).scalar()
    stage.paths["reissue"] = f"/my-certificates/{number}/reissue"
    add("renamed", renamed, renamed=f"/verify/{renamed.serial()}")
    earlier = certified(app)
    stage.paths["earlier"] = f"/verify/{earlier.serial(course_version='1.0')}"
    with app.app_context():
        number = db.session.query(Credential.id).filter_by(user_id=earlier.id).scalar()
    add("earlier", earlier, changes=f"/my-certificates/{number}/changes")
    learned = ready(app)
    for wrong in (4, 3, 2):
        learned.practice(answer=6, wrong=wrong, hand_in=True)
    learned.final(answer=ALL, wrong=12, hand_in=True, days_ago=9)
    learned.final(answer=ALL, wrong=1, hand_in=True)
    add("learned", learned)
    checking = ready(app)
    checking.final(answer=ALL, wrong=1, hand_in=True)
    done_check_in = checking.earned(days_ago=3).check_in(answer=6, wrong=1, hand_in=True)
    under_way = checking.earned(days_ago=9).check_in(answer=2, wrong=1)
    add("checking", checking, check_in_done=done_check_in, check_in=under_way)
    renewable, renewing = certified(app).earned(days_ago=320), certified(app).earned(days_ago=320)
    add("renewable", renewable, renewable=f"/verify/{renewable.serial()}")
    with app.app_context(), transaction():
        renew(renewing.id, served().courses[renewing.course], now())
    add("renewing", renewing, renewing=f"/verify/{renewing.serial()}")
    before = Person(app, course=REFRESHER)
    taken = before.pretest(answer=2, wrong=1, hand_in=True)
    add("before", before, pretest_done=taken)
    known = Person(app, course=REFRESHER)
    add("known", known, pretest_known=known.pretest(answer=2, hand_in=True))
    beginner = Person(app, course=REFRESHER).enroll()
    add("beginner", beginner)
    invited = add("invited", Person(app))
    alice = Person(app)
    stage.paths.update(set_firm(app, alice.id, invited.email, Person._count))
    add("alice", alice)  # after the second step, which signs everybody else out
    with app.app_context():
        stage.cookies["tablet"] = {"name": "site-device", "value": stage.paths["tablet"], "url": live.url}
        for name in ("gus", "sam"):
            stage.cookies[name] = live.cookie(db.session.get_one(User, UUID(stage.paths[name])))
    firm = UUID(stage.paths["firm"].rpartition("/")[2])
    put_on_roster(app, firm, asker.id, name="Ada Asker", email=asker.email)
    member = put_on_roster(app, firm, asked_already.id, name="Abe Asked", email=asked_already.email)
    stage.paths.update(set_training(app, alice.id, firm, certified(app).id))
    stage.paths.update(set_classroom(app, alice.id, firm, Person))
    called = add("called", Person(app))
    stage.paths.update(set_invitations(app, alice.id, firm, called.id, Person))
    researcher = Person(app)
    add_second_factor(app, researcher.id)
    stage.paths.update(set_studies(app, researcher.id))
    add("researcher", researcher)
    with app.app_context():
        states = ("invited", "member", "later", "now", "second", "done", "left")
        for name in (f"study_{state}" for state in states):
            stage.cookies[name] = live.cookie(db.session.get_one(User, UUID(stage.paths[name])))
    former = Person(app)
    add_second_factor(app, former.id)
    add("former", former, **set_past(app, alice.id, firm, former.id, called.id))
    writer = Person(app)
    add("writer", writer, **set_notes(app, alice.id, writer.id, Person(app).id))
    cohort = UUID(stage.paths["class"].rpartition("/")[2])
    join_class(app, asked_already.id, cohort, "Abe Asked")
    request = ask_for_round(app, asked_already.id)
    stage.paths["class_round"] = f"{stage.paths['class']}/rounds/{request}"
    stage.paths["training_round"] = f"{stage.paths['firm']}/training/{member}/rounds/{request}"
    _certificates(app, stage)
    administrator = Person(app)
    stage.paths.update(set_items(app, administrator.id))
    stage.paths.update(set_panels(app, administrator.id, administrator.email))
    for name in ("correction", "revocation"):
        stage.paths[name] = f"/administration/certificates/{passed.serial()}/{name}"
    add("administrator", administrator)  # after the second step, which signs everybody else out
    careful = Person(app)
    add_second_factor(app, careful.id)
    add("careful", careful)
    add("moving", _links(app, stage))
    for name, person in _own_data(app, stage).items():
        add(name, person)
    for name, is_making in (("tokens", True), ("no tokens", False)):
        owner = Person(app)
        stage.paths.update(set_tokens(app, owner.id, name, is_making=is_making))
        add(name, owner)  # after the second step, which signs everybody else out
    return stage


def _links(app: Flask, stage: Stage) -> Person:
    person = Person(app)
    with app.app_context(), transaction():
        request_reset(person.email, now())
        request_address(get_user(person.id), f"new.{person.email}", now())
        request_sign_up(f"none.{person.email}", None, now())
        links = db.session.query(Link).filter(Link.user_id.in_([person.id]) | Link.user_id.is_(None))
        tokens = {link.purpose: token_of(link) for link in links}
    stage.paths["reset"] = f"/password-reset/{tokens[Purpose.RESET]}"
    stage.paths["confirm"] = f"/confirmations/{tokens[Purpose.CONFIRM]}"
    stage.paths["sign-up"] = f"/sign-up/{tokens[Purpose.SIGN_UP]}"
    stage.paths["address"] = f"/account/address/{tokens[Purpose.ADDRESS]}"
    return person


def _own_data(app: Flask, stage: Stage) -> dict[str, Person]:
    """Make someone whose copy is under way, someone whose copy is ready, and someone whose account is to be erased."""
    copying, copied, leaving = certified(app), certified(app), certified(app)
    with app.app_context():
        with transaction():
            order_copy(copied.id, now())
        list(advance_all())
        with transaction():
            job = order_copy(copying.id, now())
            job.done, job.total, job.due_at = 4, 11, now() + dt.timedelta(days=1)
            ask_erasure(leaving.id, now())
            stage.paths["undo"] = f"/erasures/{erasure_token(get_user(leaving.id))}"
    return {"copying": copying, "copied": copied, "leaving": leaving}


def _certificates(app: Flask, stage: Stage) -> None:
    expired, replaced, revoked = (certified(app) for _one in range(3))
    stage.paths["expired"] = f"/verify/{expired.serial(valid_until=dt.date(2026, 1, 1))}"
    newer = certified(app)
    with app.app_context():
        newer_id = db.session.query(Credential.id).filter_by(user_id=newer.id).scalar()
    stage.paths["replaced"] = f"/verify/{replaced.serial(superseded_by_id=newer_id)}"
    stage.cookies["replaced"] = stage.live.cookie(replaced.user())
    serial = revoked.serial()
    with app.app_context(), transaction():
        revoke(serial.replace("-", ""), "Issued twice by mistake.", now())
    stage.paths["revoked"] = f"/verify/{serial}"
