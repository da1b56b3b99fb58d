"""The rare shift: a night in which nearly everything is ordinary, and what its result says of it."""

from __future__ import annotations

import random
import re
from collections import Counter
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from tests.assessment import rich
from tests.cast import make_account, make_guest, sign_in_as
from tests.content import small
from tests.extras.nights.cast import start_rare
from tests.support import COURSE, Visitor
from trainer.assessment.models import Attempt, Response
from trainer.assessment.privacy import export_person
from trainer.assessment.queries import list_responses
from trainer.content.subject import Truth, Verdict
from trainer.core import chance
from trainer.core.db import db
from trainer.extras.nights.events import EventPayload, read_event
from trainer.extras.nights.rare import NightCounts, count_night, draw_night, tell_times

REPORT, NOTE, NOTHING = "report-now", "note-and-watch", "nothing-to-report"


def event(name: str, best: str = NOTHING, clock: str | None = None) -> EventPayload:
    return EventPayload(
        scenario=name,
        title=name,
        setting="A night",
        note=None,
        clock=clock,
        truth=Truth.CONCERN if best == REPORT else Truth.NO_CONCERN,
        best=Verdict(best),
        rule="no-sign",
        why="Of it.",
        signs=[],
    )


BANK = [
    *(event(f"timed-{number}", clock=f"{number:02}:30") for number in range(4)),
    *(event(f"free-{number}", NOTE if number == 0 else NOTHING) for number in range(8)),
    *(event(f"rare-{number}", REPORT) for number in range(3)),
]


def test_a_night_has_none_to_two_worrying_events_each_number_as_often() -> None:
    rng = random.Random(3)
    nights = [draw_night(BANK, 10, 2, rng) for _night in range(3000)]
    numbers = Counter(sum(one.is_worrying for one in night) for night in nights)
    assert set(numbers) == {0, 1, 2}
    assert all(900 < number < 1100 for number in numbers.values()), numbers
    assert all(len(night) == len({one.scenario for one in night}) == 10 for night in nights)


def test_those_with_a_clock_keep_their_order_and_worrying_ones_come_at_any_place() -> None:
    rng = random.Random(4)
    nights = [draw_night(BANK, 10, 1, rng) for _night in range(2000)]
    for night in nights:
        clocks = [one.clock for one in night if one.clock]
        assert clocks == sorted(clocks)
    places = Counter(place for night in nights for place, one in enumerate(night) if one.is_worrying)
    assert set(places) == set(range(10))
    assert min(places.values()) > 50


@pytest.mark.parametrize(
    ("clocks", "told"),
    [
        (["22:00", None, "23:00"], ["22:00", "22:30", "23:00"]),
        (["23:50", None, None, "00:20"], ["23:50", "00:00", "00:10", "00:20"]),
        ([None, "22:05", None], ["21:55", "22:05", "22:15"]),
        ([None, None], ["22:00", "22:10"]),
        (["22:00", "22:00", None, "22:01"], ["22:00", "22:00", "22:00", "22:01"]),
    ],
)
def test_what_has_no_clock_happens_between_its_neighbors(clocks: list[str | None], told: list[str]) -> None:
    assert tell_times(clocks) == told


@given(st.lists(st.sampled_from([NOTHING, NOTE, REPORT, None]), min_size=15, max_size=15))
def test_counts_add_up(said: list[str | None]) -> None:
    counts = count_night(
        (one, {"verdict": verdict} if verdict else None) for one, verdict in zip(BANK, said, strict=True)
    )
    assert counts.ordinary + counts.worrying + counts.unanswered == 15
    assert counts.reports == said.count(REPORT)
    assert counts.noted + counts.only_noted == said.count(NOTE)
    assert counts.noted_rightly <= counts.to_note <= 1
    assert NightCounts.read({**counts.as_dict(), "counted_later": 1}) == counts


def test_a_rate_is_carried_over_to_more_events() -> None:
    said = [REPORT, REPORT, REPORT, *[NOTHING] * 9, REPORT, NOTE, NOTHING]
    counts = count_night((one, {"verdict": verdict}) for one, verdict in zip(BANK, said, strict=True))
    assert (counts.ordinary, counts.reported, counts.worrying, counts.caught, counts.only_noted) == (12, 3, 3, 1, 1)
    assert counts.reported_of(399) == 100  # 399 · 3/12 = 99.75


@pytest.fixture
def on_duty(rich_app: Flask, monkeypatch: pytest.MonkeyPatch) -> tuple[Visitor, str]:
    monkeypatch.setattr(chance, "rng", random.Random(1))
    guest = make_guest(rich_app)
    return sign_in_as(rich_app, guest), f"/attempts/{start_rare(rich_app, guest)}"


def drawn(app: Flask, attempt: str) -> list[EventPayload]:
    with app.app_context():
        found = db.session.get_one(Attempt, UUID(attempt.rpartition("/")[2]))
        return [read_event(one.snapshot.payload) for one in list_responses(found)]


def say(visitor: Visitor, attempt: str, position: int, verdict: str, version: int = 0) -> int:
    fields = {"verdict": verdict, "version": str(version)}
    return visitor.post(f"{attempt}/events/{position}", fields).status_code


def test_events_come_one_at_a_time_without_any_answer(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    for position, one in enumerate(drawn(visitor.app, attempt), start=1):
        assert visitor.get(attempt).headers["Location"] == f"{attempt}/events/{position}"
        page = visitor.get(f"{attempt}/events/{position}").text
        assert one.title in page
        assert f"Event {position} of 4" in page
        assert one.why not in page
        assert 'class="lad"' not in page
        assert say(visitor, attempt, position, NOTHING) == 303
    assert visitor.get(attempt).headers["Location"] == f"{attempt}/submission"
    assert "You’ve answered 4 of 4 events." in visitor.get(f"{attempt}/submission").text


def test_the_result_counts_in_whole_events(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    night = drawn(visitor.app, attempt)
    for position in range(1, 5):
        say(visitor, attempt, position, REPORT)
    assert visitor.get(f"{attempt}/night").status_code == 409
    assert visitor.post(f"{attempt}/submission").headers["Location"] == f"{attempt}/result"
    assert visitor.get(f"{attempt}/result").headers["Location"] == f"{attempt}/night"
    page = visitor.get(f"{attempt}/night").text
    worrying = sum(one.is_worrying for one in night)
    assert f"Of {4 - worrying} ordinary events you reported {4 - worrying}." in page
    assert ("One was worrying, and you reported it." if worrying else "None was worrying.") in page
    assert "1 in 400" in page
    assert "about 399 of the other 399" in page
    assert all(one.why in page for one in night)
    assert "%" not in re.sub(r"<(script|style).*?</\1>", "", page)


def test_an_answer_can_be_changed_until_the_night_is_over(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    say(visitor, attempt, 1, REPORT)
    assert 'aria-pressed="true"' in visitor.get(f"{attempt}/events/1").text
    assert say(visitor, attempt, 1, NOTHING, version=0) == 409  # another tab was faster
    assert say(visitor, attempt, 1, NOTE, version=1) == 303
    visitor.post(f"{attempt}/submission")
    assert say(visitor, attempt, 1, NOTHING, version=2) == 409
    with visitor.app.app_context():
        assert db.session.scalars(select(Response.given).where(Response.position == 1)).one() == {"verdict": NOTE}
    page = visitor.get(f"{attempt}/night").text
    assert "3 not answered" in page


@pytest.mark.parametrize(("fields", "status"), [({}, 422), ({"verdict": "maybe"}, 400), ({"verdict": ""}, 422)])
def test_what_is_no_answer_is_asked_for_again(
    on_duty: tuple[Visitor, str], fields: dict[str, str], status: int
) -> None:
    visitor, attempt = on_duty
    assert visitor.post(f"{attempt}/events/2", {**fields, "version": "0"}).status_code == status
    with visitor.app.app_context():
        assert set(db.session.scalars(select(Response.given))) == {None}


def test_a_night_is_gone_on_with_and_the_next_one_is_drawn_anew(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    say(visitor, attempt, 1, NOTHING)
    page = visitor.get(f"{attempt}/submission").text
    assert "You’ve answered 1 of 4 events." in page
    assert re.findall(r"events/(\d)", page) == ["2"]
    practice = f"/courses/{COURSE}/practice"
    assert f'href="{attempt}"' in visitor.get(practice).text
    assert visitor.start("rare-shifts") == attempt
    assert visitor.get(attempt).headers["Location"] == f"{attempt}/events/2"
    visitor.post(f"{attempt}/submission")
    again = visitor.start("rare-shifts")
    assert again != attempt
    page = visitor.get(practice).text
    assert "Rare shift." in page
    assert "None was worrying." in page or "ordinary events you reported none." in page


def test_a_night_without_an_answer_says_so(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    visitor.post(f"{attempt}/submission")
    assert "You answered none of the events" in visitor.get(f"{attempt}/night").text


def test_events_are_no_scenes_and_scenes_no_events(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    for page in ("scenes/1", "questions/1", "points"):
        assert visitor.get(f"{attempt}/{page}").status_code == 404
    practice = visitor.start("practices")
    for page in ("events/1", "night"):
        assert visitor.get(f"{practice}/{page}").status_code == 404
    assert visitor.get(f"{attempt}/events/5").status_code == 404


def test_a_course_without_one_has_none(rich_app: Flask, tmp_path: Path) -> None:
    rich_app.extensions["library"] = rich.open_library(small.write(tmp_path))
    visitor = sign_in_as(rich_app, make_guest(rich_app))
    assert visitor.post(f"/courses/{COURSE}/rare-shifts").status_code == 404
    assert "/rare-shifts" not in visitor.get(f"/courses/{COURSE}/practice").text


def test_it_is_practice_and_counts_nowhere_else(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    for position in range(1, 5):
        say(visitor, attempt, position, REPORT)
    visitor.post(f"{attempt}/submission")
    assert "You would have reported" not in visitor.get("/progress").text
    with visitor.app.app_context():
        found = db.session.scalars(select(Attempt)).one()
        assert (found.kind, found.is_passed, found.tries) == ("rare", None, None)
        told = export_person(found.user_id)
        assert [one["given"] for one in told["answers"]] == [{"verdict": REPORT}] * 4


def test_nobody_elses_night_is_shown(on_duty: tuple[Visitor, str]) -> None:
    visitor, attempt = on_duty
    other = sign_in_as(visitor.app, make_account(visitor.app, "zoe@example.org"))
    for page in ("events/1", "night"):
        assert other.get(f"{attempt}/{page}").status_code == 404
