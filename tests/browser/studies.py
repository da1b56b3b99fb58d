"""Two firms with a study: one is open, with people in each state, the other isn't open yet."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import Flask

from tests.cast import actor_of, make_account, make_firm, put_on_roster
from tests.support import right_verdict
from trainer.assessment.attempt_policies import policy_of
from trainer.assessment.models import Attempt
from trainer.assessment.operations import save_response, submit_attempt
from trainer.assessment.queries import list_responses
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.extras.study.models import TrialPerson
from trainer.extras.study.operations import TrialFacts, agree, allow, open_trial, set_up, start_second, withdraw
from trainer.extras.study.queries import get_trial

CONTACT = "Dr. Roe, State University, 207-555-0100"


def set_studies(app: Flask, owner_id: UUID) -> dict[str, str]:
    """Make both; return paths by name, and the ids of people."""
    earlier = now() - dt.timedelta(days=30)
    firm, planned = (make_firm(app, owner_id, name) for name in ("Lakeside Security", "Hillside Security"))
    people = [make_account(app, f"lake{number}@example.org") for number in range(10)]
    for number, user in enumerate(people):
        put_on_roster(app, firm, user, name=f"Lake {number}", email=f"lake{number}@example.org")
    with app.app_context(), transaction():
        for each in (firm, planned):
            allow(each, earlier)
            actor = actor_of(owner_id, each)
            facts = TrialFacts("refresher", CONTACT, actor.today(now()) + dt.timedelta(days=20))
            set_up(actor, get_trial(actor), facts, served(), earlier)
        trial = get_trial(actor_of(owner_id, firm)).id
        open_trial(actor_of(owner_id, firm), get_trial(actor_of(owner_id, firm)), served(), earlier)
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
        "study": f"/studies/{trial}",
        "study_counts": counts,
        "study_firm": f"/organizations/{firm}/study",
        "study_planned": f"/organizations/{planned}/study",
        "study_result": f"/administration/studies/{trial}",
    }


def _judge(attempt: Attempt, at: dt.datetime) -> None:
    for response in list_responses(attempt):
        truth = response.snapshot.payload["truth"] if response.position > 2 else "no_concern"
        given = {"verdict": right_verdict(truth), "confidence": "certain", "action": response.action_order[0]}
        said = {part: given[part] for part in policy_of(attempt).asks}
        save_response(attempt, response, said, response.version, at, record=True)
        db.session.expire(response)
    submit_attempt(attempt.user_id, attempt.id, served(), True, at)
