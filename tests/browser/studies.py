"""Two firms with a study: one is open, with people in each state, the other isn't open yet. In a class one is open."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from unittest.mock import patch
from uuid import UUID

from flask import Flask

from tests.cast import actor_of, join_class, make_account, make_class, make_firm, put_on_roster, sign_in_as
from tests.support import right_verdict
from trainer.assessment.attempt_policies import policy_of
from trainer.assessment.measures.groups import Estimate
from trainer.assessment.models import Attempt
from trainer.assessment.operations import save_response, submit_attempt
from trainer.assessment.queries import list_responses
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.extras.study.figures import Attrition, Counts, StudyFigures
from trainer.extras.study.models import Trial, TrialPerson
from trainer.extras.study.operations import (
    TrialFacts,
    agree,
    allow,
    allow_in_class,
    open_trial,
    set_up,
    start_second,
    withdraw,
)
from trainer.extras.study.rules import Arm

if TYPE_CHECKING:
    from tests.browser.stage import Stage

CONTACT = "Dr. Roe, State University, 207-555-0100"


def set_studies(app: Flask, owner_id: UUID) -> dict[str, str]:
    """Make both; return paths by name, and the ids of people."""
    earlier = now() - dt.timedelta(days=30)
    firm, planned = (make_firm(app, owner_id, name) for name in ("Lakeside Security", "Hillside Security"))
    people = [make_account(app, f"lake{number}@example.org") for number in range(10)]
    for number, user in enumerate(people):
        put_on_roster(app, firm, user, name=f"Lake {number}", email=f"lake{number}@example.org")
    with app.app_context(), transaction():
        for each in (planned, firm):
            begun = allow(each, earlier)
            facts = TrialFacts("refresher", CONTACT, actor_of(owner_id, each).today(now()) + dt.timedelta(days=20))
            set_up(owner_id, begun, facts, served(), earlier)
        open_trial(owner_id, begun, served(), earlier)
        trial = begun.id
    in_class = _set_class(app, owner_id, planned, facts)
    left = iter(people)
    named = {"study_invited": next(left)}
    with app.app_context(), transaction():
        while not {"study_later", "study_now"} <= named.keys():  # four agree at most: a block has three of a group
            user = next(left)
            _judge(agree(user, trial, served(), now()), now())
            named[f"study_{db.session.get_one(TrialPerson, (trial, user)).arm}"] = user
        for name in ("study_second", "study_done", "study_left"):
            named[name] = next(left)
            _judge(agree(named[name], trial, served(), earlier), earlier)
        done = start_second(named["study_done"], trial, served(), now())
        counts = f"/attempts/{done.id}/second-counts"
        _judge(done, now())
        withdraw(named["study_left"], trial, served(), now())
    return {
        **{name: str(user) for name, user in named.items()},
        "study_owner": str(owner_id),
        "study": f"/studies/{trial}",
        "study_counts": counts,
        "study_firm": f"/organizations/{firm}/study",
        **in_class,
        "study_planned": f"/organizations/{planned}/study",
        "study_result": f"/administration/studies/{trial}",
    }


def closed_page(stage: Stage) -> str:
    """Return an owner's page of a closed study of many; the study is open again after it."""
    app, path = stage.live.app, stage.paths["study_firm"]
    trial_id, counts = UUID(stage.paths["study"].rpartition("/")[2]), {}
    for key, rates in {("now", 1): (6, 3), ("now", 2): (9, 2), ("later", 1): (6, 3), ("later", 2): (7, 3)}.items():
        counts[Arm(key[0]), key[1]] = counted = Counts()
        for person in range(34):
            for pair in range(10):
                for is_concern, rate in zip((True, False), rates, strict=True):
                    counted.add(person, pair, is_concern=is_concern, is_report=(person + pair) % 10 < rate)
    lost = {Arm.NOW: Attrition(40, 1, 38, 34), Arm.LATER: Attrition(39, 0, 39, 34)}
    effects = [Estimate(value, variance, 34, 10) for value, variance in ((0.94, 0.09), (-0.1, 0.0009), (0.2, 0.004))]
    figures = StudyFigures(counts, lost, *effects)
    with app.app_context(), transaction():
        db.session.get_one(Trial, trial_id).closed_at = now()
    owner = sign_in_as(app, UUID(stage.paths["study_owner"]), stage.live.url)
    with patch("trainer.extras.study.views.running.count_figures", lambda _trial: figures):
        page = owner.get(path).text
    with app.app_context(), transaction():
        db.session.get_one(Trial, trial_id).closed_at = None
    return page


def _set_class(app: Flask, owner_id: UUID, firm_id: UUID, facts: TrialFacts) -> dict[str, str]:
    """Open a study in a class of a firm; return what leads to it, and who is invited."""
    user = make_account(app, "hill@example.org")
    put_on_roster(app, firm_id, user, name="Hill", email="hill@example.org")
    cohort = make_class(app, owner_id, firm_id, course="refresher")
    join_class(app, user, cohort, "Hill")
    with app.app_context(), transaction():
        trial = allow_in_class(cohort, served(), now())
        set_up(owner_id, trial, facts, served(), now())
        open_trial(owner_id, trial, served(), now())
        number = trial.id
    return {
        "study_member": str(user),
        "study_class": f"/cohorts/{cohort}/study",
        "study_in_class": f"/studies/{number}",
    }


def _judge(attempt: Attempt, at: dt.datetime) -> None:
    for response in list_responses(attempt):
        truth = response.snapshot.payload["truth"] if response.position > 2 else "no_concern"
        given = {"verdict": right_verdict(truth), "confidence": "certain", "action": response.action_order[0]}
        said = {part: given[part] for part in policy_of(attempt).asks}
        save_response(attempt, response, said, response.version, at, record=True)
        db.session.expire(response)
    submit_attempt(attempt.user_id, attempt.id, served(), True, at)
