"""A study that a firm set up and closed, in which whoever fills it took part; one in its class, if there is one."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from trainer.core import clock
from trainer.core.db import db
from trainer.extras.study.models import Trial, TrialPerson, TrialProtocol
from trainer.extras.study.operations import allow
from trainer.extras.study.queries import find_site
from trainer.instructing.models import Cohort
from trainer.organizations.actor import Actor

OF_FIRMS = {"trials", "trial_protocols", "trial_people"}
TOLD = ("later",)
LEFT: set[str] = set()
OF_PEOPLE = ()
PROTOCOL = "# Delayed-start trial\n\n## Question\nDoes it help?\n"


def fill(actor: Actor, _employee_number: str) -> tuple[dict[str, str | int], dict[str, dict[str, str]]]:
    """Keep the rows as opening, agreeing and closing leave them; nobody's due day moves."""
    now = clock.now()
    trial: Trial = allow(actor.organization_id, now)
    trial.course, trial.contact, trial.enroll_until = "security-officer", "Dana Dow", actor.today(now)
    trial.closed_at = now
    cohort_id = db.session.scalar(select(Cohort.id).where(Cohort.organization_id == actor.organization_id))
    trials = [trial]
    if cohort_id is not None:
        facts = {"course": trial.course, "contact": trial.contact, "enroll_until": trial.enroll_until}
        trials.append(Trial(cohort_id=cohort_id, seed=trial.seed, allowed_at=now, closed_at=now, **facts))
    db.session.add_all(trials)
    db.session.flush()
    digest = hashlib.sha256(PROTOCOL.encode()).hexdigest()
    person = TrialPerson(
        trial_id=trial.id,
        user_id=actor.user_id,
        site=find_site(actor.user_id, trial),
        place=0,
        arm="later",
        form="a",
        agreed_at=now,
        protocol=1,
    )
    db.session.add_all(
        TrialProtocol(trial_id=one.id, version=1, frozen_at=now, text=PROTOCOL, digest=digest) for one in trials
    )
    db.session.add(person)
    db.session.flush()
    return {"trial_id": str(trial.id), "version": 1}, {}
