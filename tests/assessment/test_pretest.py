"""The pretest: asked once, by lot one of two forms, and never an answer."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.assessment import before, rich
from tests.assessment.counts import count, parallel
from tests.assessment.keys import (
    before_answering,
    told_by,
    two_of,
    whole,
)
from tests.assessment.pretests import OFFER, begin_in_class, items, start
from tests.assessment.pretests import rich_shelf as rich_shelf
from tests.assessment.swapped import CANARY, edit_scenes, mark_answers, swap_key
from tests.cast import (
    answer_all,
    approve,
    hand_in,
    join_class,
    make_account,
    make_class,
    make_guest,
    make_ready,
    sign_in_as,
    start_final,
    start_practice,
)
from tests.support import COURSE, Visitor, closed_up, keys
from trainer.app import create_app
from trainer.assessment import pretest, privacy
from trainer.assessment.drawing import two_forms
from trainer.assessment.drawn import pairs_of
from trainer.assessment.models import Attempt, Response
from trainer.assessment.queries import find_pretest
from trainer.assessment.rules import Tally
from trainer.content.library import Library
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.core import chance, clock
from trainer.core.db import db, transaction
from trainer.core.errors import Conflict
from trainer.core.settings import Settings
from trainer.learning.operations import enroll

FIRST = f"/courses/{COURSE}/basics/first"
ELSEWHERE = f"/courses/{COURSE}/practice/second"


def skip(app: Flask, user_id: UUID) -> None:
    with app.app_context(), transaction():
        course = served().courses[COURSE]
        pretest.skip(enroll(user_id, course, clock.now()), course, clock.now())


def tally_of(app: Flask, attempt: str) -> Tally:
    """Return what an attempt came to, by its address."""
    with app.app_context():
        kept = db.session.get_one(Attempt, UUID(attempt.rpartition("/")[2]))
        assert kept.tally is not None
        return Tally.read(kept.tally)


def beginner(app: Flask) -> Visitor:
    """Someone who has just started the course."""
    visitor = sign_in_as(app, make_account(app))
    visitor.enroll()
    return visitor


def test_whoever_starts_a_first_course_in_a_class_is_asked_and_can_go_on_to_where_they_were(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    begin_in_class(rich_app, bob)
    visitor = sign_in_as(rich_app, bob)
    to = visitor.post(f"/courses/{COURSE}/enrollments", {"next": ELSEWHERE}).headers["Location"]
    page = closed_up(visitor.get(to).text)
    assert f"Before you start: {before.SCENES} scenes" in page
    assert visitor.field("next") == ELSEWHERE
    assert visitor.post(f"/courses/{COURSE}/pretest-refusals", {"next": FIRST}).headers["Location"] == FIRST
    assert visitor.get(OFFER).headers["Location"] == FIRST


def test_a_course_without_one_asks_for_none(visitor: Visitor) -> None:
    visitor.sign_up()
    assert "pretest" not in visitor.post(f"/courses/{COURSE}/enrollments").headers["Location"]
    assert visitor.get(OFFER).status_code == 303
    assert visitor.post(f"/courses/{COURSE}/pretests").status_code == 409


def test_whoever_learns_alone_begins_with_the_first_lesson_and_is_offered_it_beside(rich_app: Flask) -> None:
    visitor = sign_in_as(rich_app, make_account(rich_app))
    to = visitor.post(f"/courses/{COURSE}/enrollments").headers["Location"]
    assert to == FIRST
    for path in ("/me", f"/courses/{COURSE}", f"/courses/{COURSE}/final"):
        page = closed_up(visitor.get(path).text)
        assert f'href="{FIRST}"' in page
        assert "Know this already?" not in page  # what it would show spares nothing here


def test_the_course_page_and_my_course_lead_to_it_until_it_is_done_or_skipped(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    begin_in_class(rich_app, bob)
    visitor = sign_in_as(rich_app, bob)
    for path in ("/me", f"/courses/{COURSE}"):
        assert f'href="{OFFER}"' in visitor.get(path).text
    attempt = visitor.start("pretests")
    for path in ("/me", f"/courses/{COURSE}"):
        assert "Continue the scenes" in visitor.get(path).text
    assert f'href="{attempt}"' in visitor.get(OFFER).text
    visitor.post(f"{attempt}/submission")
    for path in ("/me", f"/courses/{COURSE}"):
        assert f'href="{OFFER}"' not in visitor.get(path).text


def test_it_asks_all_parts_and_shows_no_answer_at_any_time(rich_app: Flask) -> None:
    visitor = beginner(rich_app)
    attempt = visitor.start("pretests")
    texts = []
    for position, (truth, action, _harmful) in enumerate(keys(rich_app, attempt), start=1):
        page = visitor.get(f"{attempt}/scenes/{position}").text
        asked = closed_up(page).partition("<template")[0]
        assert set(re.findall(r'<input type="radio" name="(\w+)"', asked)) == {"verdict", "confidence"}
        wrongly = "nothing-to-report" if truth == "concern" and position < 4 else "report-now"
        answer = visitor.answer(attempt, position, wrongly, action)
        texts += [page, visitor.get(answer.headers["Location"]).text, visitor.get(f"{attempt}/scenes/{position}").text]
    submitted = visitor.post(f"{attempt}/submission")
    texts.append(visitor.get(submitted.headers["Location"], follow_redirects=True).text)
    assert "Done. Your answers are kept." in texts[-1]
    assert not re.search(r"\d of \d", closed_up(texts[-1]))
    for path in ("/scenes/1", "/scenes/2"):
        assert visitor.get(f"{attempt}{path}").status_code == 404
    for text in texts:
        assert "Why" not in text
        assert 'class="lad"' not in text
        assert "Better:" not in text
        assert "twin" not in text.lower()
        assert "You caught" not in text
        assert "/remarks/" not in text


def test_no_text_of_an_answer_is_there_before_during_and_after(settings: Settings, tmp_path: Path) -> None:
    folder = before.write(tmp_path)
    edit_scenes(folder, mark_answers)
    app = create_app(settings, rich.open_library(folder))
    bob = make_account(app)
    visitor = sign_in_as(app, bob)
    visitor.enroll()
    attempt = visitor.start("pretests")
    told = [whole(one) for one in before_answering(visitor, attempt, with_menus=False)]
    answer_all(app, UUID(attempt.rpartition("/")[2]), wrong=2)
    told += [whole(one) for one in before_answering(visitor, attempt)]
    visitor.post(f"{attempt}/submission")
    told += [whole(one) for one in before_answering(visitor, attempt)]
    told += [whole(visitor.get(path)) for path in (f"{attempt}/counts", "/progress", "/me", f"/courses/{COURSE}")]
    assert len(told) > 60
    assert not [one for one in told if CANARY in one]
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_with_other_keys_every_byte_before_answering_is_the_same(
    tmp_path: Path, template_database: Path, rich_shelf: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = before.write(tmp_path)
    edit_scenes(folder, swap_key)
    shelves = two_of(rich_shelf, rich.open_library(folder))
    told = [told_by(tmp_path / name, template_database, shelf, monkeypatch) for name, shelf in shelves]
    assert len(told[0]) == len(told[1]) > 100
    for left, right in zip(*told, strict=True):
        assert left == right


def test_a_first_step_can_be_changed_until_it_is_handed_in(rich_app: Flask) -> None:
    visitor = beginner(rich_app)
    attempt = visitor.start("pretests")
    for action in keys(rich_app, attempt)[0][1:]:
        assert visitor.answer(attempt, 1, "report-now", action).status_code == 303
    assert "Anything you skipped isn’t counted." in visitor.get(f"{attempt}/submission").text
    visitor.post(f"{attempt}/submission")
    assert tally_of(rich_app, attempt).answered == 1


def test_all_skipped_counts_nothing_and_is_asked_again_nowhere(rich_app: Flask) -> None:
    visitor = beginner(rich_app)
    attempt = visitor.start("pretests")
    result = visitor.get(visitor.post(f"{attempt}/submission").headers["Location"], follow_redirects=True).text
    assert "You skipped every scene" in result
    assert visitor.get(OFFER).status_code == 303


def test_each_form_has_one_twin_of_each_pair_and_half_of_them_to_report(rich_shelf: Library) -> None:
    pairs = pairs_of(rich_shelf.content, Pool.PRETEST)
    forms = two_forms(pairs)
    assert {one.scene for one in forms[0]} & {one.scene for one in forms[1]} == set()
    for form in forms:
        assert len({one.scene.rpartition("-")[0] for one in form}) == len(pairs)
        assert sum(one.is_concern for one in form) * 2 == len(pairs)


def test_the_lot_decides_the_form_and_the_order(rich_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: dict[str, set[tuple[str, ...]]] = {"a": set(), "b": set()}
    for number in range(12):
        monkeypatch.setattr(chance, "rng", random.Random(number))
        attempt = start(rich_app, make_account(rich_app, f"one{number}@example.org"))
        with rich_app.app_context():
            form = db.session.get_one(Attempt, attempt).rule["form"]
        shown[form].add(tuple(items(rich_app, attempt)))
    assert len({frozenset(one) for one in shown["a"]}) == len({frozenset(one) for one in shown["b"]}) == 1
    assert len(shown["a"]) > 1
    assert {scene for one in shown["a"] for scene in one} & {scene for one in shown["b"] for scene in one} == set()


@pytest.mark.parametrize("act", [start, skip])
def test_a_person_takes_it_once_ever(rich_app: Flask, act: Callable[[Flask, UUID], object]) -> None:
    bob = make_account(rich_app)
    parallel(rich_app, lambda: act(rich_app, bob))
    assert count(rich_app, Attempt.kind == "pretest", of=Attempt) == 1
    with rich_app.app_context():
        assert not pretest.find_offer(bob, served().courses[COURSE])[1]
        with pytest.raises(Conflict):
            copy_of(bob)


def copy_of(user_id: UUID) -> None:
    """Put a second pretest into the table, whatever the operations say."""
    found = find_pretest(user_id)
    assert found is not None
    names = ("user_id", "enrollment_id", "kind", "course", "rule", "scenes", "started_at", "tries")
    values = {name: getattr(found, name) for name in names}
    db.session.rollback()
    with transaction():
        db.session.add(Attempt(**values, number=2, submitted_at=clock.now()))


def test_starting_after_skipping_is_refused(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    skip(rich_app, bob)
    with pytest.raises(Conflict):
        start(rich_app, bob)


def test_skipping_one_that_is_under_way_keeps_it(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    attempt = start(rich_app, bob)
    skip(rich_app, bob)
    assert len(items(rich_app, attempt)) == before.SCENES


def read_a_lesson(app: Flask, user_id: UUID) -> None:
    sign_in_as(app, user_id).post(f"{FIRST}/completions", {"opened_at": ""})


@pytest.mark.parametrize("act", [read_a_lesson, start_practice])
def test_whoever_has_learned_something_is_not_asked_anymore(
    rich_app: Flask, act: Callable[[Flask, UUID], object]
) -> None:
    bob = make_account(rich_app)
    visitor = sign_in_as(rich_app, bob)
    visitor.enroll()
    attempt = visitor.start("pretests") if act is read_a_lesson else None
    act(rich_app, bob)
    assert visitor.get(OFFER).status_code == 303
    assert f'href="{OFFER}"' not in visitor.get("/me").text
    if attempt is None:
        assert visitor.post(f"/courses/{COURSE}/pretests").status_code == 409


def test_what_was_judged_before_the_first_lesson_counts_and_nothing_later(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    visitor = sign_in_as(rich_app, bob)
    visitor.enroll()
    attempt = visitor.start("pretests")
    _truth, action, _harmful = keys(rich_app, attempt)[0]
    assert visitor.answer(attempt, 1, "report-now", action).status_code == 303
    read_a_lesson(rich_app, bob)
    for position in (1, 2):
        assert visitor.answer(attempt, position, "note-and-watch", action).status_code == 409
    visitor.post(f"{attempt}/submission")
    assert tally_of(rich_app, attempt).answered == 1


def test_a_first_try_does_not_count_as_learning(rich_app: Flask) -> None:
    visitor = Visitor(rich_app)
    visitor.post(f"/guests?start=first-try&course={COURSE}")
    assert "Before you start" in visitor.get(OFFER).text


def test_before_and_after_stand_side_by_side_on_the_result_of_the_final(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    attempt = start(rich_app, bob)
    answer_all(rich_app, attempt, wrong=1)
    hand_in(rich_app, bob, attempt)
    make_ready(rich_app, bob)
    final = start_final(rich_app, bob)
    answer_all(rich_app, final)
    hand_in(rich_app, bob, final)
    page = closed_up(sign_in_as(rich_app, bob).get(f"/attempts/{final}/result").text)
    assert f"Before: {before.SCENES - 1} of {before.SCENES} right." in page
    assert "After: 2 of 2." in page
    assert "not a measured gain" in page


def test_a_final_without_one_before_shows_no_before(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    skip(rich_app, bob)
    make_ready(rich_app, bob)
    final = start_final(rich_app, bob)
    answer_all(rich_app, final)
    hand_in(rich_app, bob, final)
    assert "Before and after" not in sign_in_as(rich_app, bob).get(f"/attempts/{final}/result").text


def test_a_guest_who_signs_up_keeps_it(rich_app: Flask) -> None:
    visitor = Visitor(rich_app)
    visitor.keep()
    visitor.enroll()
    attempt = visitor.start("pretests")
    visitor.post(f"{attempt}/submission")
    visitor.sign_up()
    assert visitor.get(f"{attempt}/counts").status_code == 200
    assert visitor.get(OFFER).status_code == 303


@pytest.mark.parametrize(
    ("theirs", "own", "left"),
    [("done", "skipped", "theirs"), ("done", "open", "theirs"), ("open", "skipped", "theirs"), ("done", "done", "own"),
     ("skipped", "done", "own"), ("skipped", "skipped", "own"), ("done", None, "theirs")],
)  # fmt: skip
def test_signing_in_leaves_the_one_that_has_come_further(
    rich_app: Flask, theirs: str, own: str | None, left: str
) -> None:
    account, guest = make_account(rich_app, "leo@example.org"), make_guest(rich_app)
    ids = {}
    for name, user_id, how in (("own", account, own), ("theirs", guest, theirs)):
        if how == "skipped":
            skip(rich_app, user_id)
        elif how is not None:
            attempt = start(rich_app, user_id)
            if how == "done":
                answer_all(rich_app, attempt)
                hand_in(rich_app, user_id, attempt)
        if how is not None:
            with rich_app.app_context():
                found = find_pretest(user_id)
                assert found is not None
                ids[name] = found.id
    assert sign_in_as(rich_app, guest).sign_in().status_code == 303
    with rich_app.app_context():
        kept = db.session.scalars(select(Attempt).where(Attempt.kind == "pretest")).all()
        assert [(one.id, one.user_id) for one in kept] == [(ids[left], account)]
        lost = db.session.scalar(select(func.count()).select_from(Response).where(Response.attempt_id != kept[0].id))
        assert lost == 0


def test_the_export_of_a_person_does_not_say_which_scenes_it_had(rich_app: Flask) -> None:
    bob = make_account(rich_app)
    attempt = start(rich_app, bob)
    answer_all(rich_app, attempt)
    with rich_app.app_context():
        told = {kind: list(rows) for kind, rows in privacy.export_person(bob).items()}
    assert [one["kind"] for one in told["attempts"]] == ["pretest"]
    assert len(told["answers"]) == before.SCENES
    assert "pretest-" not in str(told)


def test_counts_are_only_of_a_pretest_that_was_handed_in(rich_app: Flask) -> None:
    visitor = beginner(rich_app)
    attempt = visitor.start("pretests")
    assert visitor.get(f"{attempt}/counts").status_code == 409
    practice = visitor.start("practices")
    assert visitor.get(f"{practice}/counts").headers["Location"] == practice


def test_half_of_a_class_has_either_form_first(rich_app: Flask) -> None:
    """The lot is blocked: after each second person of a class, as many have one form as the other."""
    ines = make_account(rich_app, "ines@example.org")
    approve(rich_app, ines)
    cohort, forms = make_class(rich_app, ines, None), []
    for number in range(8):
        user_id = make_account(rich_app, f"class{number}@example.org")
        join_class(rich_app, user_id, cohort)
        attempt = start(rich_app, user_id)
        with rich_app.app_context():
            forms.append(db.session.get_one(Attempt, attempt).rule["form"])
    assert all(set(forms[place : place + 2]) == {"a", "b"} for place in range(0, 8, 2))
