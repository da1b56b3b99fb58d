"""A copy of the content folder whose course has a final of two stages, and ways to answer one of them."""

from __future__ import annotations

import re
from pathlib import Path
from uuid import UUID

from flask import Flask
from werkzeug.test import TestResponse

from tests.assessment.swapped import copy_content
from tests.support import COURSE, Visitor, drawn, first_step, keys, right_verdict
from trainer.assessment.models import Attempt
from trainer.core.db import db

FIRST, SECOND = 6, 4
STAGES = f"""\
  stages:
    - scenes: {FIRST}
      danger_now: 0
      first_try:
        missed_at_most: 0
        over_reported_at_most: 0
        harmful_at_most: 1
      later_tries:
        missed_at_most: 0
        over_reported_at_most: 0
        harmful_at_most: 0
    - scenes: {SECOND}
      fewest_to_report: 1
      most_to_report: 3
      danger_now: 0
      first_try:
        missed_at_most: 2
        over_reported_at_most: 1
        harmful_at_most: 1
      later_tries:
        missed_at_most: 1
        over_reported_at_most: 0
        harmful_at_most: 0
"""


def copy_staged(parent: Path) -> Path:
    """Copy the content folder and give its course a final of two stages."""
    folder = copy_content(parent)
    path = folder / "courses" / COURSE / "course.yaml"
    text = re.sub(r"  stages:\n.*?(?=  retry_rule:)", STAGES, path.read_text("utf-8"), flags=re.DOTALL)
    path.write_text(text, "utf-8")
    return folder


def answer(visitor: Visitor, attempt: str, missed: int = 0, over_reported: int = 0, harmful: int = 0) -> None:
    """Answer the stage under way, so many scenes of it wrongly."""
    whole, begins = drawn(visitor.app, attempt), stage_of(visitor.app, attempt).handed_in
    steps = keys(visitor.app, attempt)
    for position, scene in enumerate(whole[begins:], start=begins + 1):
        verdict, step = right_verdict(scene["truth"]), None
        if scene["truth"] == "concern" and missed:
            missed, verdict = missed - 1, "nothing-to-report"
        elif scene["truth"] != "concern" and over_reported:
            over_reported, verdict = over_reported - 1, "report-now"
        elif harmful:
            harmful, step = harmful - 1, steps[position - 1][2]
        saved = visitor.answer(attempt, position, verdict, step or first_step(scene, verdict))
        assert saved.status_code == 303
    assert missed == over_reported == harmful == 0


def hand_in(visitor: Visitor, attempt: str, scenes: int = FIRST) -> TestResponse:
    """Hand in so many scenes."""
    return visitor.post(f"{attempt}/submission", {"scenes": str(scenes)})


def stage_of(app: Flask, attempt: str) -> Attempt:
    """Return an attempt as it is now."""
    with app.app_context():
        found = db.session.get_one(Attempt, UUID(attempt.rsplit("/", 1)[1]))
        db.session.expunge(found)
        return found
