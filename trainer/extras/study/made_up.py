"""A trial of people who don't exist, from invitation to closing, through the operations that the pages use.

How they judge is drawn: some better than others, and those whose group had the course better than before.
"""

from __future__ import annotations

import datetime as dt
import random
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.accounts.operations import create_account
from trainer.accounts.passwords import hash_password
from trainer.assessment.attempt_policies import policy_of
from trainer.assessment.models import Attempt
from trainer.assessment.operations import save_response, submit_attempt
from trainer.assessment.queries import list_responses
from trainer.content.library import Content
from trainer.content.subject import Truth, Verdict
from trainer.core.db import db
from trainer.core.errors import NotFound
from trainer.extras.study.models import Trial, TrialPerson
from trainer.extras.study.operations import TrialFacts, agree, allow, open_trial, set_up, start_second, withdraw
from trainer.extras.study.queries import list_courses
from trainer.extras.study.rules import WAIT, WINDOW, Arm
from trainer.items.judge.model import Confidence
from trainer.items.registry import read_scene
from trainer.joining.entering import join_by_code
from trainer.organizations.codes import make_join_code
from trainer.organizations.operations import create_organization, make_team
from trainer.organizations.queries import find_actor
from trainer.organizations.rules import Role

DOMAIN: Final = "study.example"
DAYS: Final = 90
"""Days ago on which it was opened."""
ENROLLS: Final = dt.timedelta(days=28)
_AT_A_SITE: Final = 20
_BEFORE: Final = (0.65, 0.30)
"""The shares of scenes to report, and of innocent ones, that are reported without the course."""
_AFTER: Final = (0.85, 0.20)
_MISSING: Final = 0.12
"""The share who don't answer the second form."""


@dataclass(frozen=True, slots=True)
class MadeUpPerson:
    """Someone of a made-up trial."""

    user_id: uuid.UUID
    leaning: float
    """How much better or worse than others they judge."""
    is_missing: bool
    is_withdrawing: bool


def found(people: int, content: Content, rng: random.Random, start: dt.datetime) -> tuple[Trial, list[MadeUpPerson]]:
    """Create a firm with so many people at sites of twenty, and open a trial there."""
    course = next(iter(list_courses(content)), None)
    if course is None:
        raise NotFound(_l("No course has a pretest, which a trial needs."))
    password, tag = hash_password(secrets.token_urlsafe(32)), secrets.token_hex(3)
    owner = create_account(f"owner-{tag}@{DOMAIN}", password, start, is_confirmed=True)
    firm = create_organization(owner, f"Made-up study {tag}", "America/New_York", "Made-up owner", start)
    db.session.flush()
    actor = find_actor(owner.id, firm.id)
    assert actor is not None
    codes = []
    for site in range(-(-people // _AT_A_SITE)):
        team = make_team(actor, f"Site {site + 1}", start)
        codes.append(make_join_code(actor, Role.MEMBER, team.id, start + dt.timedelta(days=30), None, start).code)
    made_up = []
    for number in range(people):
        user = create_account(f"person-{number}-{tag}@{DOMAIN}", password, start, is_confirmed=True)
        join_by_code(codes[number // _AT_A_SITE], user.id, f"Made-up person {number + 1}", "", start)
        is_missing, is_withdrawing = rng.random() < _MISSING, rng.random() < _MISSING / 4
        made_up.append(MadeUpPerson(user.id, rng.gauss(0, 0.08), is_missing, is_withdrawing))
    trial = allow(firm.id, start, is_made_up=True)
    facts = TrialFacts(course.slug, "Nobody: this study is made up.", (start + ENROLLS).date())
    set_up(owner.id, trial, facts, content, start)
    open_trial(owner.id, trial, content, start)
    return trial, made_up


def judge_first(
    person: MadeUpPerson, trial_id: uuid.UUID, content: Content, rng: random.Random, start: dt.datetime
) -> None:
    """Let someone agree on a day of the first weeks and judge the first form."""
    at = start + dt.timedelta(days=rng.uniform(0, ENROLLS.days - 2))
    _judge(agree(person.user_id, trial_id, content, at), person, _BEFORE, content, rng, at)


def judge_second(person: MadeUpPerson, trial_id: uuid.UUID, content: Content, rng: random.Random) -> None:
    """Let someone judge the second form once it is open, or withdraw, or do nothing."""
    taking = db.session.get_one(TrialPerson, (trial_id, person.user_id))
    at = taking.agreed_at + WAIT + dt.timedelta(days=rng.uniform(1, WINDOW.days - 1))
    if person.is_withdrawing:
        withdraw(person.user_id, trial_id, content, at)
    elif not person.is_missing:
        rates = _AFTER if taking.arm == Arm.NOW else _BEFORE
        _judge(start_second(person.user_id, trial_id, content, at), person, rates, content, rng, at)


def _judge(
    attempt: Attempt,
    person: MadeUpPerson,
    rates: Sequence[float],
    content: Content,
    rng: random.Random,
    at: dt.datetime,
) -> None:
    asks = policy_of(attempt).asks
    hits, false_alarms = rates[0] + person.leaning, rates[1] - person.leaning
    for response in list_responses(attempt):
        scene = read_scene(response.snapshot.payload)
        is_reported = rng.random() < (hits if scene.truth is Truth.CONCERN else false_alarms)
        verdict = Verdict.REPORT_NOW if is_reported else rng.choice((Verdict.NOTE_AND_WATCH, Verdict.NOTHING_TO_REPORT))
        given = {
            "verdict": verdict.value,
            "confidence": rng.choice(list(Confidence)).value,
            "action": rng.choice(scene.actions).id,
        }
        seconds = rng.uniform(15, 90)
        at += dt.timedelta(seconds=seconds)
        said = {part: given[part] for part in asks}
        save_response(attempt, response, said, response.version, at, record=True)
        response.seconds = round(seconds, 1)
        db.session.flush()
        db.session.expire(response)  # handing in is a request of its own, which reads what was saved
    submit_attempt(attempt.user_id, attempt.id, content, True, at)
