"""A scene whose key was wrong: `flask finals cancel-scene` gives tries back, and takes nothing from anybody."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select

from tests.assessment.staged import FIRST, SECOND, answer, copy_staged, hand_in, stage_of
from tests.assessment.swapped import open_library
from tests.cast import make_account, make_ready, sign_in_as
from tests.support import COURSE, Visitor, closed_up, mailed
from trainer.assessment.drawn import pairs_of
from trainer.assessment.models import Response
from trainer.content.library import ContentRefused
from trainer.content.schema import Pool
from trainer.content.subject import Truth
from trainer.core.audit import AuditEvent
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.credentials.models import Credential

pytestmark = pytest.mark.on_both

FINAL = f"/courses/{COURSE}/final"


@pytest.fixture
def bob(app: Flask, tmp_path: Path) -> Visitor:
    """Return someone who is ready for a final of two stages."""
    app.extensions["library"] = open_library(copy_staged(tmp_path / "staged"))
    user_id = make_account(app)
    make_ready(app, user_id)
    return sign_in_as(app, user_id)


def cancel(app: Flask, scene: str, *options: str, **given: str) -> Result:
    return app.test_cli_runner().invoke(args=["finals", "cancel-scene", scene, *options], **given)


def drawn_in(app: Flask, attempt: str) -> list[Response]:
    with app.app_context():
        mine = select(Response).where(Response.attempt_id == UUID(attempt[-36:])).order_by(Response.position)
        return list(db.session.scalars(mine))


def missed_in(app: Flask, attempt: str) -> str:
    """Return a scene to report of a final that wasn't reported."""
    scenes = app.extensions["library"].content.scenarios
    return next(
        response.item
        for response in drawn_in(app, attempt)
        if scenes[response.item].file.truth is Truth.CONCERN and (response.given or {})["verdict"] != "report-now"
    )


def mails(app: Flask) -> int:
    with app.app_context():
        ordered = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.template == "final-canceled")
        return db.session.scalar(ordered) or 0


def fail(visitor: Visitor, *, missed: int) -> str:
    """Take a final with so many missed scenes in its first stage; return its path."""
    attempt = visitor.start("finals")
    answer(visitor, attempt, missed=missed)
    hand_in(visitor, attempt)
    return attempt


def test_who_failed_because_of_it_has_the_try_again_and_is_told(bob: Visitor) -> None:
    """Three missed fail at once; with one of them answered rightly, further scenes would have decided."""
    attempt = fail(bob, missed=3)
    scene = missed_in(bob.app, attempt)
    before = stage_of(bob.app, attempt)
    dry = cancel(bob.app, scene, "--dry-run").output
    assert "no longer counted as a try: 1 final(s)" in dry
    refused = cancel(bob.app, scene, input="n\n")
    assert (refused.exit_code, mails(bob.app)) == (1, 0)
    assert stage_of(bob.app, attempt).canceled_at is before.canceled_at is None
    assert "Canceled. 1 final(s) no longer count." in cancel(bob.app, scene, input="y\n").output
    page = closed_up(bob.get(f"{attempt}/result").text)
    assert "This try doesn’t count." in page
    assert "Not passed" not in page
    assert mailed(bob.app, "final-canceled") == f"{attempt}/result"
    with bob.app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "scene.canceled")).one()
        assert event.details == {"scene": scene, "versions": event.details["versions"], "finals": 1}
    final = closed_up(bob.get(FINAL).text)
    assert "Try 1 of" in final
    assert "Canceled" in final
    again = stage_of(bob.app, bob.start("finals"))
    assert (again.round, again.number) == (1, 1)
    assert "final(s) no longer count" in cancel(bob.app, scene, "--yes").output
    assert mails(bob.app) == 1


def test_who_would_have_failed_anyway_has_failed(bob: Visitor) -> None:
    attempt = fail(bob, missed=3)
    scenes = bob.app.extensions["library"].content.scenarios
    rightly = [one.item for one in drawn_in(bob.app, attempt) if scenes[one.item].file.truth is Truth.NO_CONCERN]
    assert "as a try: 0 final(s)" in cancel(bob.app, rightly[0], "--yes").output
    assert stage_of(bob.app, attempt).is_passed is False
    assert mails(bob.app) == 0


def test_passed_finals_and_certificates_stay(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=2)
    hand_in(bob, attempt)
    answer(bob, attempt)
    hand_in(bob, attempt, FIRST + SECOND)
    scene = missed_in(bob.app, attempt)
    told = cancel(bob.app, scene, "--yes").output
    assert "Passed with it, left as they are, and told: 1 final(s)." in told
    assert mailed(bob.app, "final-canceled", "You passed, and that stays") == f"{attempt}/result"
    assert "and told: 0 final(s)." in cancel(bob.app, scene, "--yes").output
    assert mails(bob.app) == 1
    assert stage_of(bob.app, attempt).is_passed is True
    shown = bob.get(f"{attempt}/result").text
    assert scene in {response.item for response in drawn_in(bob.app, attempt)}
    assert shown.count("Our answer to this scene was wrong") == 1
    with bob.app.app_context():
        assert db.session.scalars(select(Credential)).one().revoked_at is None


def test_a_later_try_that_is_canceled_leaves_the_others_where_they_are(bob: Visitor) -> None:
    first, second = fail(bob, missed=3), fail(bob, missed=2)
    scene = missed_in(bob.app, second)
    cancel(bob.app, scene, "--yes")
    assert [stage_of(bob.app, each).canceled_at is None for each in (first, second)] == [True, False]
    assert stage_of(bob.app, bob.start("finals")).number == 2


def test_a_first_try_that_is_canceled_after_the_second_leaves_its_number_free(bob: Visitor) -> None:
    first, second = fail(bob, missed=3), fail(bob, missed=3)
    cancel(bob.app, missed_in(bob.app, first), "--yes")
    assert stage_of(bob.app, second).is_passed is False
    assert stage_of(bob.app, bob.start("finals")).number == 1


def test_a_final_under_way_that_fails_because_of_it_does_not_count_either(bob: Visitor) -> None:
    attempt = bob.start("finals")
    answer(bob, attempt, missed=3)
    cancel(bob.app, missed_in(bob.app, attempt), "--yes")
    hand_in(bob, attempt)
    assert stage_of(bob.app, attempt).canceled_at is not None
    assert mails(bob.app) == 1


def test_one_version_is_found_by_its_digest_and_what_was_never_drawn_is_refused(bob: Visitor) -> None:
    attempt = fail(bob, missed=3)
    digest = drawn_in(bob.app, attempt)[0].item_digest
    assert cancel(bob.app, digest[:12], "--dry-run").output.startswith("1 version(s)")
    for unknown in ("nowhere", digest[:7], "f" * 12, "%" * 12):
        assert "ever drawn" in cancel(bob.app, unknown, "--dry-run").output


def test_a_pair_that_was_taken_out_of_finals_is_not_drawn_and_those_under_way_keep_it(
    bob: Visitor, tmp_path: Path
) -> None:
    attempt = bob.start("finals")
    kept = drawn_in(bob.app, attempt)[0].item
    folder = copy_staged(tmp_path / "without")
    path = folder / "scenarios" / f"{kept}.md"
    path.write_text(path.read_text("utf-8").replace("pool: reserved", "pool: reserved\nfinals: false"), "utf-8")
    with pytest.raises(ContentRefused, match="10 scenes are drawn, one from each pair, but the reserved pool has 9"):
        open_library(folder)
    course = folder / "courses" / COURSE / "course.yaml"
    course.write_text(course.read_text("utf-8").replace(f"- scenes: {SECOND}", f"- scenes: {SECOND - 1}"), "utf-8")
    bob.app.extensions["library"] = library = open_library(folder)
    scenes = {telling.scene for pair in pairs_of(library.content, Pool.RESERVED) for telling in pair.tellings}
    pair = library.content.scenarios[kept].file.pair or ""
    assert scenes.isdisjoint(scene.id for scene in library.content.pairs[pair])
    assert len(scenes) == len(library.content.pool(Pool.RESERVED)) - 2
    answer(bob, attempt)
    assert "Passed." in bob.get(hand_in(bob, attempt).headers["Location"]).text
