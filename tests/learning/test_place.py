"""Where a learner works: asked once before the module to choose from, kept, used, and seen by nobody else."""

from __future__ import annotations

from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.cast import add_second_factor, make_account, make_firm, make_guest, make_ready, put_on_roster, sign_in_as
from tests.support import COURSE, PASSWORD, Visitor, closed_up
from trainer.assessment.models import Response
from trainer.content.library import Content, Library
from trainer.content.schema import Pool
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.learning.models import Enrollment, LessonCompletion
from trainer.learning.operations import enroll, open_cycle

OFFICER = "security-officer"
PAGE = f"/courses/{OFFICER}/place"
VENUES = ["hotel", "hospital", "retail", "farm"]


@pytest.fixture(params=["guest", "account"])
def guard(request: pytest.FixtureRequest, app: Flask) -> Visitor:
    """Someone who has begun the course, with an account or without."""
    visitor = sign_in_as(app, make_guest(app) if request.param == "guest" else make_account(app))
    visitor.post(f"/courses/{OFFICER}/enrollments")
    return visitor


def read(visitor: Visitor, lesson: str) -> str:
    """Mark a lesson as read; return where that leads."""
    answer = visitor.post(f"/courses/{OFFICER}/{lesson}/completions", {"opened_at": ""})
    assert answer.status_code == 303
    return answer.headers["Location"].removeprefix(f"/courses/{OFFICER}").removeprefix("/")


def read_up_to_the_choice(visitor: Visitor, shelf: Library) -> str:
    """Mark all lessons before the module to choose from as read; return where the last of them leads."""
    lessons = [one.id for one in shelf.content.courses[OFFICER].lessons]
    before = lessons[: lessons.index("your-venue/hotel")]
    for lesson in before[:-1]:
        assert read(visitor, lesson) != "place"
    assert "I’ve read this. Next: Where do you work?" in visitor.get(f"/courses/{OFFICER}/{before[-1]}").text
    return read(visitor, before[-1])


def places(app: Flask) -> list[str | None]:
    """Return what is kept."""
    with app.app_context():
        return list(db.session.scalars(select(Enrollment.place)))


def test_the_question_comes_before_the_module_once_and_its_answer_leads(guard: Visitor, shelf: Library) -> None:
    assert read_up_to_the_choice(guard, shelf) == "place"
    course = closed_up(guard.get(f"/courses/{OFFICER}").text)
    assert f'href="{PAGE}">Continue: Where do you work?' in course
    page = guard.get(PAGE).text
    assert [one for one in VENUES if f'value="{one}"' in page] == VENUES
    assert "checked" not in page
    assert guard.post(PAGE, {"place": "hospital"}).headers["Location"] == f"/courses/{OFFICER}/your-venue/hospital"
    assert places(guard.app) == ["hospital"]
    course = closed_up(guard.get(f"/courses/{OFFICER}").text)
    assert f'href="/courses/{OFFICER}/your-venue/hospital">Continue: ' in course
    assert 'href="/cards/hospital">Its field card</a>' in course
    assert f'href="{PAGE}?next=/courses/{OFFICER}">Change site</a>' in course
    lesson = closed_up(guard.get(f"/courses/{OFFICER}/your-venue/hospital").text)
    assert f'href="{PAGE}">Change site</a>' in lesson
    assert "Do you work somewhere else?" not in lesson
    after = read(guard, "your-venue/hospital")
    assert after.startswith("practice-shift/")
    assert "Where do you work?" not in guard.get(f"/courses/{OFFICER}").text


def test_a_place_is_chosen_by_its_picture_and_its_lesson_has_that_picture_too(guard: Visitor) -> None:
    labels = closed_up(guard.get(PAGE).text).split('<label class="opt">')[1:]
    assert ['<svg class="art"' in label for label in labels] == ['value="hospital"' in label for label in labels]
    page = closed_up(guard.get(f"/courses/{OFFICER}/your-venue/hospital").text)
    assert '<div class="lesson"><svg class="art" viewBox="0 0 320 160" ' in page
    assert '<svg class="art"' not in guard.get(f"/courses/{OFFICER}/your-venue/hotel").text  # nor has its module one


def test_who_has_said_it_early_is_led_to_that_lesson_without_being_asked(guard: Visitor, shelf: Library) -> None:
    guard.post(PAGE, {"place": "farm"})
    lessons = [one.id for one in shelf.content.courses[OFFICER].lessons]
    last = lessons[lessons.index("your-venue/hotel") - 1]
    title = shelf.content.courses[OFFICER].lesson("your-venue/farm").file.title  # type: ignore[union-attr]
    assert f"I’ve read this. Next: {title}" in guard.get(f"/courses/{OFFICER}/{last}").text
    assert read(guard, last) == "your-venue/farm"


def test_it_can_be_changed_and_leads_back_to_where_that_was_asked(guard: Visitor) -> None:
    guard.post(PAGE, {"place": "hotel"})
    assert closed_up(guard.get(PAGE).text).count("checked") == 1
    changed = guard.post(f"{PAGE}?next=/courses/{OFFICER}", {"place": "retail"})
    assert changed.headers["Location"] == f"/courses/{OFFICER}"
    assert places(guard.app) == ["retail"]
    away = guard.post(f"{PAGE}?next=https://example.org/", {"place": "farm"})
    assert away.headers["Location"] == f"/courses/{OFFICER}/your-venue/farm"


def test_who_has_read_one_already_is_not_asked(guard: Visitor, shelf: Library) -> None:
    read(guard, "your-venue/retail")
    lessons = [one.id for one in shelf.content.courses[OFFICER].lessons]
    assert read(guard, lessons[lessons.index("your-venue/hotel") - 1]) == "your-venue/hotel"  # as ever
    assert "Do you work somewhere else?" in guard.get(f"/courses/{OFFICER}/your-venue/retail").text


@pytest.mark.parametrize("said", [{}, {"place": ""}, {"place": "moon"}, {"place": "Hotel"}])
def test_an_answer_that_is_none_is_asked_for_again(guard: Visitor, said: dict[str, str]) -> None:
    answer = guard.post(PAGE, said)
    assert answer.status_code == 422
    assert 'class="summary' in answer.text
    assert "Choose where you work." in answer.text
    assert places(guard.app) == [None]


def test_a_course_without_a_choice_has_no_such_page_and_who_has_not_begun_is_led_to_the_course(
    guard: Visitor, app: Flask
) -> None:
    guard.post(f"/courses/{COURSE}/enrollments")
    assert guard.get(f"/courses/{COURSE}/place").status_code == 404
    stranger = sign_in_as(app, make_account(app, "new@example.org"))
    for answer in (stranger.get(PAGE), stranger.post(PAGE, {"place": "hotel"})):
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/courses/{OFFICER}")


def test_practice_shows_scenes_of_the_workplace_first(guard: Visitor, shelf: Library) -> None:
    guard.post(PAGE, {"place": "farm"})
    venues = set(shelf.content.cards["farm"].venues)
    guard.post(f"/courses/{OFFICER}/practices")
    with guard.app.app_context():
        drawn = [shelf.content.scenarios[item] for item in db.session.scalars(select(Response.item))]
    pairs = {one.file.pair for one in shelf.content.pool(drawn[0].file.pool) if one.file.venue in venues}
    assert len(drawn) < len(shelf.content.pool(drawn[0].file.pool)) // 2  # otherwise all would come
    assert sum(one.file.venue in venues for one in drawn) == min(len(drawn), len(pairs)) > 2
    assert sum(one.file.truth.value == "concern" for one in drawn) == len(drawn) // 2


def test_a_practice_that_leans_to_a_category_keeps_to_the_workplace_too(guard: Visitor, shelf: Library) -> None:
    here = shelf.content
    guard.post(PAGE, {"place": "farm"})
    venues = here.cards["farm"].venues
    groups = {one.id: pairs_showing(here, one.id) for one in here.categories}
    category = min((one for one in groups if groups[one]), key=lambda one: len(groups[one]))
    guard.post(f"/courses/{OFFICER}/practices", {"category": category})
    with guard.app.app_context():
        drawn = [here.scenarios[item] for item in db.session.scalars(select(Response.item))]
    others = [one for one in drawn if one.file.pair not in groups[category]]
    there = {one.file.pair for one in here.pool(Pool.OPEN) if one.file.venue in venues} - groups[category]
    assert len(others) < len(here.pool(Pool.OPEN)) // 2 - len(groups[category])  # otherwise all would come
    assert sum(one.file.venue in venues for one in others) == min(len(others), len(there)) > 0


def pairs_showing(here: Content, category: str) -> set[str | None]:
    """Return the open pairs that show signs of a category."""
    signs = {name for name, sign in here.indicators.items() if sign.category == category}
    return {one.file.pair for one in here.pool(Pool.OPEN) if not signs.isdisjoint(one.file.signs)}


def test_the_practice_page_says_whose_scenes_come_first(guard: Visitor, shelf: Library) -> None:
    said = "Scenes from your kind of place come first"
    assert said not in guard.get(f"/courses/{OFFICER}/practice").text
    guard.post(PAGE, {"place": "farm"})
    page = guard.get(f"/courses/{OFFICER}/practice").text
    assert f"{said}: {shelf.content.cards['farm'].title}." in page


def test_a_place_with_a_log_entry_leads_to_it(guard: Visitor, visitor: Visitor) -> None:
    link = 'href="/cards/hotel#log"'
    assert link in visitor.get(f"/courses/{OFFICER}/your-venue/hotel").text
    assert "#log" not in visitor.get(f"/courses/{OFFICER}/your-venue/retail").text
    assert link not in guard.get(f"/courses/{OFFICER}").text
    guard.post(PAGE, {"place": "hotel"})
    assert link in guard.get(f"/courses/{OFFICER}").text
    assert link in visitor.get("/observation").text


@pytest.mark.parametrize(
    ("own", "guests", "kept"), [(None, "hotel", "hotel"), ("retail", "hotel", "retail"), ("retail", None, "retail")]
)
def test_signing_in_keeps_it(app: Flask, own: str | None, guests: str | None, kept: str) -> None:
    account = sign_in_as(app, make_account(app))
    guest = sign_in_as(app, make_guest(app))
    for visitor, place in ((account, own), (guest, guests)):
        visitor.post(f"/courses/{OFFICER}/enrollments")
        if place:
            visitor.post(PAGE, {"place": place})
    guest.get("/sign-in")
    answer = guest.post("/sign-in", {"email": "bob@example.org", "password": PASSWORD})
    assert answer.status_code == 303
    assert places(app) == [kept]


def test_a_renewal_keeps_it(app: Flask, shelf: Library) -> None:
    bob = make_account(app)
    course = shelf.content.courses[OFFICER]
    with app.app_context(), transaction():
        enrollment = enroll(bob, course, clock.now())
        enrollment.place, enrollment.completed_at = "farm", clock.now()
        assert open_cycle(bob, course, clock.now()).place == "farm"


def test_who_tested_out_can_say_where_they_work(app: Flask) -> None:
    bob = make_account(app)
    make_ready(app, bob, course=OFFICER)
    with app.app_context(), transaction() as session:
        session.execute(db.update(Enrollment).values(place=None))
    course, link = f"/courses/{OFFICER}", f'href="{PAGE}?next=/courses/{OFFICER}">Where do you work?'
    visitor = sign_in_as(app, bob)
    assert link not in closed_up(visitor.get(course).text)
    with app.app_context(), transaction() as session:
        session.execute(db.update(Enrollment).values(tested_out_at=clock.now()))
    assert link in closed_up(visitor.get(course).text)
    assert visitor.post(f"{PAGE}?next={course}", {"place": "farm"}).location == course
    assert places(app) == ["farm"]
    assert link not in closed_up(visitor.get(course).text)


def test_no_firm_sees_it(app: Flask, shelf: Library) -> None:
    alice, bob = make_account(app, "alice@example.org"), make_account(app)
    firm = make_firm(app, alice)
    make_ready(app, bob, course=OFFICER)
    with app.app_context(), transaction() as session:  # the lesson that was read would tell it as well
        session.execute(db.update(Enrollment).values(place="hospital"))
        session.execute(db.delete(LessonCompletion).where(LessonCompletion.lesson.startswith("your-venue/")))
        assert session.scalar(select(func.count()).select_from(Enrollment)) == 1
    member = put_on_roster(app, firm, bob)
    add_second_factor(app, alice)
    owner = sign_in_as(app, alice)
    title = shelf.content.courses[OFFICER].lesson_at("hospital").file.title  # type: ignore[union-attr]
    for path in _pages(firm, member):
        page = owner.get(path)
        assert page.status_code == 200
        assert title not in page.text
        assert "hospital" not in page.text.lower()


def _pages(firm: UUID, member: UUID) -> list[str]:
    return [f"/organizations/{firm}{rest}" for rest in ("/people", f"/people/{member}", "/training", "/audit")]
