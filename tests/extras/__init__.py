"""Tests of the extras, and what each of them adds to a firm in which there is one of everything."""

from __future__ import annotations

import datetime as dt
from importlib import import_module
from pathlib import Path
from types import ModuleType

from sqlalchemy import select

from trainer.app import FEATURES
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.db import db
from trainer.instructing.models import CohortMember
from trainer.instructing.operations import CohortFacts, make_cohort
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership

FOLDER = Path(__file__).parent
NAMES = [feature.name for feature in FEATURES if (FOLDER / feature.name / "sample.py").is_file()]
"""Of the extras, each after those that it needs."""


def list_samples() -> list[ModuleType]:
    """Return the module `sample` of each extra that is there.

    It has `fill(actor, employee_number)`, which gives a firm a row in each table of the extra and returns values for
    the addresses of its pages: of all, and of single endpoints; `OF_FIRMS`, the tables of which nothing is left once
    the firm is deleted; `TOLD`, words that a copy of the data of the person who filled it has; `LEFT`, the columns in
    which a person's id stays once the person was erased; and `OF_PEOPLE`, records that are somebody's, by `user_id`.
    """
    return [import_module(f"tests.extras.{name}.sample") for name in NAMES]


def fill_extras(
    actor: Actor, employee_number: str = "417"
) -> tuple[dict[str, str | int], dict[str, dict[str, str | int]]]:
    """Give a firm a row in each table of each extra; return values for addresses: (of all pages, of single ones)."""
    values: dict[str, str | int] = {}
    others: dict[str, dict[str, str | int]] = {}
    for sample in list_samples():
        of_all, of_single = sample.fill(actor, employee_number)
        values |= of_all
        others |= of_single
    return values, others


def be_in_class(actor: Actor, course: str) -> tuple[CohortMember, CohortMember]:
    """Let an actor teach a class of the firm that they are in with a colleague; return both as people in it."""
    now = clock.now()
    first = actor.today(now)  # the firm's day, which needn't be the machine's
    facts = CohortFacts(
        "Night crew", actor.membership.name, first, first + dt.timedelta(days=9), None, shows_answers=False
    )
    cohort = make_cohort(actor.user_id, actor, course, facts, served().courses, now)
    colleague = select(Membership.user_id).where(
        Membership.organization_id == actor.organization_id,
        Membership.user_id.is_not(None),
        Membership.user_id != actor.user_id,
    )
    other_id = db.session.scalars(colleague.order_by(Membership.name_key).limit(1)).one()
    own, other = (
        CohortMember(cohort_id=cohort.id, user_id=user_id, name="Alias", joined_at=now)
        for user_id in (actor.user_id, other_id)
    )
    db.session.add_all([own, other])
    db.session.flush()
    return own, other
