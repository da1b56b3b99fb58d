"""A guard sees what is required, by when, for whom."""

from __future__ import annotations

from tests.compliance.conftest import Training
from tests.compliance.conftest import training as training
from tests.organizations.conftest import acme as acme
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.joining.entering import came_in
from trainer.organizations.models import Membership


def test_what_a_firm_requires_stands_first_with_its_day(training: Training) -> None:
    page = training.acme.enter("ines").get("/me").text
    assert "Acme Security" in page
    assert "Due " in page
    assert "Not your answers" in page or "instructor" in page


def test_whoever_comes_in_has_the_course_to_do_at_once(training: Training) -> None:
    acme = training.acme
    with acme.app.app_context(), transaction():
        dana = db.session.get_one(Membership, acme.people["dana"])
        dana.user_id, dana.joined_at = acme.users["charlie"], clock.now()
        came_in(dana, clock.now())
    page = acme.enter("charlie").get("/me").text
    assert "now-card" in page
    assert "Due " in page


def test_what_is_done_asks_for_nothing(training: Training) -> None:
    assert "Due " not in training.acme.enter("bob").get("/me").text
