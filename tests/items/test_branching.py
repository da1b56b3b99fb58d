"""A scene that is played step by step: what authors write, where a path leads, and what it is worth."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path

import pytest
import yaml
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.cast import make_guest, sign_in_as
from tests.content.small import CONCERN_FILE, LESSON_FILE, TODAY, add_to_head, complaints, edit, only, read
from tests.support import COURSE, Visitor
from trainer.app import create_app
from trainer.content.library import Lesson, Library
from trainer.core.db import db
from trainer.core.settings import Settings
from trainer.items.branching.paths import Paths
from trainer.items.branching.payload import BranchingPayload
from trainer.items.branching.type import samples
from trainer.items.registry import MODELS, read_further
from trainer.learning.models import LessonResponse

SCENE = """\
items:
  - id: late-bus
    passage: You drive the last bus.
    type: branching
    steps:
      - id: stop
        text: A girl stands at the stop.
        choices:
          - {id: wait, text: Wait a moment, to: inside, grade: best, why: It costs nothing.}
          - {id: drive, text: Drive on and say nothing, to: dark, grade: wrong-route, why: You can wait.}
      - id: inside
        text: She says that she may not go home.
        ask: What do you say?
        choices:
          - {id: take-her, text: Take her home, to: dark, grade: harmful, why: You don't know who waits there.}
          - {id: call, text: Call dispatch, to: told, grade: best, why: They know whom to send.}
          - {id: number, text: Write down the stop, to: desk, grade: fine, why: It helps later.}
      - id: desk
        text: You are back at the garage.
        choices:
          - {id: leave, text: Leave a note for Monday and go, to: dark, grade: wrong-route, why: She is there now.}
          - {id: tell, text: Tell the supervisor, to: told, grade: best, why: Late is better than never.}
    ends:
      - {id: told, title: Someone knows, text: Someone looks for her.}
      - {id: dark, title: Nobody knows, text: You never hear of her.}
"""
DOOR = """\
          - {id: call, text: Call dispatch, to: told, grade: best, why: They know whom to send.}
"""


@pytest.fixture
def asking(folder: Path) -> Path:
    """The tiny folder with a branching scene in its first lesson."""
    edit(folder, LESSON_FILE, "sources: [S1, N2]\n", f"sources: [S1, N2]\n{SCENE}")
    edit(folder, LESSON_FILE, "## What to read next", "::: item late-bus\n:::\n\n## What to read next")
    return folder


def payload_in(folder: Path) -> BranchingPayload:
    (question,) = read(folder).courses["recognize"].lessons[0].questions
    found = read_further(question.payload)
    assert isinstance(found, BranchingPayload)
    return found


def test_paths_are_the_same_however_their_ways_are_ordered() -> None:
    paths = Paths("stop", {"stop": {"wait": "door", "drive": "dark"}, "door": {"call": "told", "go": "dark"}})
    ways = ["stop/wait/door", "stop/drive/dark", "door/call/told", "door/go/dark"]
    assert paths.ways == ways
    assert Paths.of(ways) == Paths.of(ways[::-1]) == paths
    assert paths.follow([]) == ["stop"]
    assert paths.follow(["wait", "call"]) == ["stop", "door", "told"]
    assert paths.follow(["call"]) is paths.follow(["wait", "call", "go"]) is None
    assert (paths.depth, paths.loops, set(paths.order)) == (2, [], {"stop", "door", "dark", "told"})


def test_the_depth_is_that_of_the_longest_path() -> None:
    paths = Paths("a", {"a": {"x": "c", "y": "b"}, "b": {"x": "c", "y": "end"}, "c": {"x": "end", "y": "other"}})
    assert paths.depth == 3


def test_a_scene_loads_as_it_is_written(asking: Path) -> None:
    assert [one for one in complaints(asking) if one.level == "error"] == []
    payload = payload_in(asking)
    assert [step.id for step in payload.steps] == ["stop", "inside", "desk"]
    assert payload.paragraphs == [[("You drive the last bus.", None)]]


@pytest.mark.parametrize(
    ("path", "end", "right", "missed", "wrong", "points", "told"),
    [
        (["wait", "call"], "told", 2, 0, 0, 1, "Every choice you made was best or fine."),
        (["wait", "number", "tell"], "told", 3, 0, 0, 1, "Every choice you made was best or fine."),
        (["drive"], "dark", 0, 1, 0, 0, "Best or fine: 0 of 1 choice."),
        (["wait", "number", "leave"], "dark", 2, 1, 0, 2 / 3, "Best or fine: 2 of 3 choices."),
        (["wait", "take-her"], "dark", 1, 0, 1, 0, "Best or fine: 1 of 2 choices. Could do harm: 1."),
    ],
)
def test_a_path_is_worth_its_good_choices_and_nothing_once_one_could_do_harm(
    app: Flask, asking: Path, path: list[str], end: str, right: int, missed: int, wrong: int, points: float, told: str
) -> None:
    payload = payload_in(asking)
    given = {"path": path, "end": end}
    mark = payload.mark(given)
    assert (mark.right, mark.missed, mark.wrong, mark.points) == (right, missed, wrong, points)
    with app.test_request_context():
        assert payload.told(mark) == told
    taken = payload.taken(given)
    assert [one.choice.id for one in taken] == path
    assert [one.before for one in taken] == [{"path": path[:number]} for number in range(len(path))]


def test_the_time_is_that_of_the_longest_way(asking: Path) -> None:
    course = read(asking).courses["recognize"]
    (item,) = course.lessons[0].file.items
    texts = list(item.question.texts())
    assert "You are back at the garage." in texts
    assert "She is there now." not in texts  # a reason of what isn't best
    assert texts.count("She says that she may not go home.") == 1
    assert len([text for text in texts if text in ("Someone looks for her.", "You never hear of her.")]) == 1


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("to: inside,", "to: dorr,", 'no step and no end is called "dorr". Correct its name, or add the step.'),
        ("to: told, grade: best, why: Late", "to: stop, grade: best, why: Late", "leads back to an earlier step"),
        ("to: desk,", "to: inside,", 'the choice "number" leads back to an earlier step'),
        ("to: desk,", "to: told,", 'no choice leads to "desk". Lead there, or take it out.'),
        ("to: dark,", "to: told,", 'no choice leads to "dark". Lead there, or take it out.'),
        (" grade: harmful,", "", "grade"),
        ("grade: harmful", "grade: bad", "grade"),
        ("grade: fine", "grade: best", "there must be exactly one best choice."),
        (DOOR, "", "there must be exactly one best choice."),
        ("id: desk\n", "id: inside\n", 'two steps or ends are called "inside". Give each its own name.'),
        ("id: take-her", "id: call", "two choices have the same id. Give each its own."),
        ("text: Take her home", "text: Call dispatch", "two choices have the same text. Give each its own."),
        ("id: take-her", "id: do-harm", 'the id "do-harm" tells the grade. Name what it does.'),
        ("      - {id: dark,", "      - {id: dim,", 'no step and no end is called "dark".'),
    ],
)
def test_what_is_no_whole_scene_is_refused(asking: Path, old: str, new: str, what: str) -> None:
    path = asking / LESSON_FILE
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = [str(one) for one in complaints(asking)]
    assert any(what in one for one in found), found


def test_a_step_without_a_choice_is_refused(asking: Path) -> None:
    start = SCENE.index("        choices:\n          - {id: leave")
    edit(asking, LESSON_FILE, SCENE[start : SCENE.index("    ends:")], "        choices: []\n")
    assert any("choices" in str(one) for one in complaints(asking))


def test_the_best_choice_may_not_always_be_the_longest(asking: Path) -> None:
    edit(asking, LESSON_FILE, "text: Wait a moment,", "text: Wait for a moment with the door open,")
    edit(asking, LESSON_FILE, "text: Call dispatch,", "text: Call dispatch and wait,")
    edit(asking, LESSON_FILE, "text: Tell the supervisor,", "text: Tell the supervisor all that she said,")
    assert only(asking).endswith(": the best choice is always the longest. Make another one longer now and then.")


def test_the_best_choice_may_not_always_stand_in_one_place(asking: Path) -> None:
    lines = SCENE.splitlines(keepends=True)
    edit(asking, LESSON_FILE, "".join(lines[8:10]), "".join(reversed(lines[8:10])))
    assert only(asking).endswith(": the best choice always stands in place 2. Let it stand now here, now there.")


def test_a_path_ends_after_eight_choices(asking: Path) -> None:
    def longer(number: int) -> str:
        to = f"desk{number + 1}" if number < 6 else "told"
        return f"""\
      - id: desk{number}
        text: You wait again.
        choices:
          - {{id: leave, text: Leave it, to: dark, grade: wrong-route, why: She is there now.}}
          - {{id: tell, text: Tell the supervisor, to: {to}, grade: best, why: Now.}}
"""

    chain = "".join(longer(number) for number in range(1, 7))
    edit(asking, LESSON_FILE, "to: told, grade: best, why: Late", "to: desk1, grade: best, why: Late")
    edit(asking, LESSON_FILE, "    ends:\n", f"{chain}    ends:\n")
    assert only(asking).endswith(": a path has 9 choices. Let it end after 8 or fewer.")


# --- played in a lesson ---

QUESTION = "late-bus"


@pytest.fixture
def lesson(shelf: Library) -> Lesson:
    """The lesson that has a branching scene."""
    return next(
        one
        for one in shelf.content.courses[COURSE].lessons
        if any(question.type == "branching" for question in one.questions)
    )


@pytest.fixture
def path(lesson: Lesson) -> str:
    return f"/courses/{COURSE}/{lesson.id}"


class Player:
    """Someone who plays a scene as a browser does: with what the page before them sends."""

    def __init__(self, visitor: Visitor, path: str) -> None:
        self.visitor, self.path = visitor, path
        self.seen: list[str] = []
        self.look(path)

    def look(self, address: str) -> str:
        """Open an address, and return the part of the page with the scene."""
        self.seen.append(address)
        page = self.visitor.get(address).text
        part = page[page.index(f'id="q-{QUESTION}"') :]
        end = part.find("</form>")
        self.page = unescape(part[: end if f"answers/{QUESTION}" in part[:end] else part.index("All paths through")])
        return self.page

    def send(self, **fields: object) -> TestResponse:
        sent: dict[str, object] = {"path": re.findall(r'name="path" value="([^"]+)"', self.page)}
        for name in ("version", "opened_at", "answers"):
            found = re.search(rf'name="{name}" value="([^"]+)"', self.page)
            sent |= {name: found[1]} if found else {}
        return self.visitor.post(f"{self.path}/answers/{QUESTION}", {**sent, **fields})

    def choose(self, choice: str) -> str:
        answer = self.send(chosen=choice)
        assert answer.status_code == 303
        return self.look(answer.location)

    def link(self, text: str) -> str:
        """Follow a link of the scene."""
        found = re.search(rf'<a class="tap" href="([^"]+)">{text}</a>', self.page)
        assert found, text
        return self.look(found[1])


def stranger(app: Flask) -> Visitor:
    return Visitor(app)


def learner(app: Flask) -> Visitor:
    visitor = sign_in_as(app, make_guest(app))
    visitor.enroll()
    return visitor


EVERYONE = pytest.mark.parametrize("reader", [stranger, learner])
Reader = Callable[[Flask], Visitor]


def kept(app: Flask) -> list[object]:
    with app.app_context():
        return list(db.session.scalars(select(LessonResponse.given).where(LessonResponse.item == QUESTION)))


@EVERYONE
def test_each_choice_leads_on_and_reasons_wait_for_the_end(app: Flask, path: str, reader: Reader) -> None:
    player = Player(reader(app), path)
    assert "Choice 1:" in player.page
    assert "Start over" not in player.page
    page = player.choose("wait")
    assert ("You chose:" in page, "Wait a moment" in page, "Choice 2:" in page) == (True, True, True)
    assert ("Best" in page, "It costs nothing." in page) == (False, False)
    assert kept(app) == []
    page = player.choose("number")
    assert kept(app) == []
    page = player.choose("tell")
    assert "How it ends: Someone knows" in page
    assert re.findall(r"<b>(\w+): ", page) == ["Best", "Fine", "Best"]
    assert "Every choice you made was best or fine." in page
    assert kept(app) == ([{"path": ["wait", "number", "tell"], "end": "told"}] if reader is learner else [])


@EVERYONE
def test_back_and_reload_show_what_they_showed(app: Flask, path: str, reader: Reader) -> None:
    player = Player(reader(app), path)
    pages = [player.page, player.choose("wait"), player.choose("number"), player.choose("tell")]
    before, shown = list(player.seen), [re.sub(r'"[^"]{40,}"', "", page) for page in pages]
    for number in (2, 1, 2):  # an earlier page, which Back shows, is still what it was
        assert re.sub(r'"[^"]{40,}"', "", player.look(before[number])) == shown[number]
    player.look(before[1])
    assert "How it ends: Nobody knows" in player.choose("take-her")
    assert kept(app) == ([{"path": ["wait", "take-her"], "end": "dark"}] if reader is learner else [])


@EVERYONE
def test_one_can_try_again_from_a_choice_and_from_the_start(app: Flask, path: str, reader: Reader) -> None:
    player = Player(reader(app), path)
    player.choose("wait")
    player.choose("take-her")
    assert "Choice 2:" in player.link("Try again from choice 2")
    ended = {"path": ["wait", "take-her"], "end": "dark"}
    assert kept(app) == ([ended] if reader is learner else [])  # what was reached stays until another end is
    assert "Choice 3:" in player.choose("number")
    assert "Choice 2:" in player.link("Back to choice 2")
    player.choose("number")
    assert "Choice 1:" in player.link("Start over")
    player.choose("drive")
    assert kept(app) == ([{"path": ["drive"], "end": "dark"}] if reader is learner else [])
    assert "Choice 1:" in player.link("Try again from choice 1")


@EVERYONE
def test_without_a_choice_one_is_asked_for_and_the_path_stays(app: Flask, path: str, reader: Reader) -> None:
    player = Player(reader(app), path)
    player.choose("wait")
    answer = player.send()
    assert "incomplete=late-bus" in answer.location
    page = player.look(answer.location)
    assert "Choose what you do." in page
    assert "Choice 2:" in page
    assert "Choice 3:" in player.choose("number")


@pytest.mark.check("T019")
@EVERYONE
@pytest.mark.parametrize(
    "fields",
    [
        {"path": ["call"], "chosen": "call"},
        {"path": ["wait", "call"], "chosen": "tell"},
        {"path": ["wait"], "chosen": "drive"},
        {"path": ["wait", "made-up"], "chosen": "call"},
        {"chosen": ["wait", "drive"]},
    ],
)
def test_a_path_that_cannot_be_gone_is_refused(
    app: Flask, path: str, reader: Reader, fields: dict[str, object]
) -> None:
    player = Player(reader(app), path)
    assert player.send(**fields).status_code == 400
    assert kept(app) == []


@pytest.mark.check("T019")
@EVERYONE
def test_an_altered_address_begins_anew(app: Flask, path: str, reader: Reader) -> None:
    player = Player(reader(app), path)
    player.choose("wait")
    address = re.sub(r"answers=..", "answers=xx", player.seen[-1])
    assert "Choice 1:" in player.look(address)


def test_a_path_is_not_lost_over_another_question(app: Flask, path: str, lesson: Lesson) -> None:
    player = Player(learner(app), path)
    page = player.visitor.get(player.send(chosen="wait").location).text
    answers = re.search(r'name="answers" value="([^"]+)"', page)
    assert answers
    fields = {"version": "0", "chosen": "passport", "answers": answers[1]}
    address = player.visitor.post(f"{path}/answers/kept-passport", fields).location
    assert "Choice 2:" in player.look(address)


def test_as_a_question_about_a_scene_it_is_saved_step_by_step_and_answered_at_an_end(
    settings: Settings, folder: Path
) -> None:
    (sample,) = samples()
    text = yaml.safe_dump([sample.authored], sort_keys=False, width=10_000)
    add_to_head(folder, CONCERN_FILE, "".join(f"  {line}\n" for line in text.splitlines()))
    app = create_app(settings, Library(folder, lambda: TODAY, MODELS))
    visitor = sign_in_as(app, make_guest(app))
    question = f"{visitor.start('drills')}/questions/1"
    page = visitor.get(question).text
    for choice, shown in (("look", "The boss says no."), ("call", "How it ends: Someone knows")):
        path = re.findall(r'name="path" value="([^"]+)"', page)
        assert "How it ends" not in page
        fields = {"path": path, "chosen": choice, "version": str(len(path))}
        assert visitor.post(question, fields).location == question
        page = visitor.get(question).text
        assert shown in page
    assert "Try again from" not in page


@pytest.fixture
def authors(settings: Settings, shelf: Library) -> Visitor:
    """A visitor of an app in development."""
    return Visitor(create_app(replace(settings, development=True), shelf))


def test_the_whole_scene_is_shown_as_a_list_afterward_and_to_authors(app: Flask, authors: Visitor, path: str) -> None:
    player = Player(Visitor(app), path)
    player.choose("drive")
    outline = player.visitor.get(player.seen[-1]).text.partition("All paths through this scene")[2]
    preview = authors.get(f"/preview{path.removeprefix('/courses')}").text
    for page in (outline, preview):
        assert "You drive the last bus." in page
        assert re.findall(r"<b>((?:Step|End)[^<]*)</b>", page) == [
            "Step 1.",
            "Step 2.",
            "Step 3.",
            "End: Someone knows.",
            "End: Nobody knows.",
        ]
        assert page.count("Leads to step ") == 2
        assert page.count("Ends: ") == 5
        targets = re.findall(r'<a href="#([^"]*(?:step|end)-[^"]+)"', page)
        assert len(targets) == 7
        assert all(f'id="{name}"' in page for name in targets)
