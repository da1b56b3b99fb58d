"""What the group misreads is counted rightly, says nothing of few, and tells nobody's answer."""

from __future__ import annotations

import csv
import io
import random
import re
from typing import Any
from uuid import UUID

import pytest

from tests.cast import answer_all, hand_in, make_ready, start_final
from tests.instructing.conftest import Room, answer_practice, answers_of, open_room
from tests.organizations.conftest import Acme
from tests.support import COURSE, closed_up, too_many
from trainer.content.library import Library
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.core.db import db, transaction
from trainer.instructing.misreads import _Count, _list_told, count_misreads, name_misreads
from trainer.instructing.models import Cohort
from trainer.instructing.rules import Grain, Misread
from trainer.organizations.models import Membership
from trainer.organizations.rules import Role

pytestmark = pytest.mark.on_both

Said = tuple[UUID, str, dict[str, Any], bool]


def found(room: Room) -> list[Misread]:
    with room.app.app_context():
        return name_misreads(count_misreads(db.session.get_one(Cohort, room.id), served()), served())


def busy(room: Room, people: int, practices: int, seed: int = 1) -> list[Said]:
    """Let people answer practices by chance; return what they said."""
    rng = random.Random(seed)
    users = room.add(people)
    for user_id in users:
        for _practice in range(practices):
            answer_practice(room.app, user_id, rng, hand_in=rng.random() < 0.8)
    return answers_of(room.app, users)


@pytest.mark.check("T086")
@pytest.mark.parametrize("seed", range(2))
def test_hits_and_false_alarms_are_what_a_recount_gives(room: Room, shelf: Library, seed: int) -> None:
    said = busy(room, 5, 3, seed)
    rows = {(row.grain, row.label): row for row in found(room)}
    names = [one.name for one in shelf.content.categories]
    wanted = {(Grain.ALL, "All scenes"): said}
    for name in names:
        wanted[Grain.CATEGORY, name] = [one for one in said if name in {sign["category"] for sign in one[2]["signs"]}]
    for sign in shelf.content.indicators.values():
        answers = [one for one in said if sign.id in {found["id"] for found in one[2]["signs"]}]
        wanted[Grain.INDICATOR, f"{sign.id} {sign.name}"] = answers
    wanted[Grain.CATEGORY, "Scenes without any sign"] = [one for one in said if not one[2]["signs"]]
    for key, answers in wanted.items():
        concerns = [one for one in answers if one[2]["truth"] == "concern"]
        innocents = [one for one in answers if one[2]["truth"] != "concern"]
        if not answers:
            continue
        assert (rows[key].hits.part, rows[key].hits.whole) == (sum(one[3] for one in concerns), len(concerns))
        assert rows[key].hits.people == len({one[0] for one in concerns})
        alarms = rows[key].false_alarms
        assert (alarms.part, alarms.whole) == (sum(one[3] for one in innocents), len(innocents))
    assert {grain for grain, _label in rows} == set(Grain)
    assert {key for key in rows if key[0] is not Grain.SCENE} == {key for key, answers in wanted.items() if answers}
    scenes = [row for row in rows.values() if row.grain is Grain.SCENE]
    assert sum(row.hits.whole + row.false_alarms.whole for row in scenes) == len(said)


@pytest.mark.check("T154")
def test_few_answers_or_few_people_say_nothing(room: Room) -> None:
    busy(room, 4, 6)
    assert all(not row.is_shown for row in found(room))
    page = room.enter().get(room.path("/misreads")).text
    assert "Too few to say" in page
    assert "report now" not in page.lower()
    lines = room.enter().post(room.path("/misreads/exports"), {"form": "csv"}).text.strip().splitlines()
    assert len(lines) == 1


def test_what_would_tell_a_few_peoples_answers_by_what_is_left_is_not_told() -> None:
    """Twelve people judge two scenes of a sign, and two of them a third without it: what is left is those two."""

    def said(pair: str, people: range) -> _Count:
        return _Count({(UUID(int=person), pair): (person % 2, 1) for person in people})

    scenes = {
        (Grain.SCENE, pair): said(pair, people)
        for pair, people in {"a": range(12), "b": range(11), "c": range(2)}.items()
    }
    every = _Count({cell: said for count in scenes.values() for cell, said in count.cells.items()})
    sign = every.without(scenes[Grain.SCENE, "c"])
    counts = {(Grain.ALL, ""): every, **scenes, (Grain.CATEGORY, "Work"): sign}
    assert _list_told(counts) == {(Grain.ALL, ""), (Grain.SCENE, "a")}
    wider = {**counts, (Grain.CATEGORY, "Work"): every}
    assert (Grain.CATEGORY, "Work") in _list_told(wider)


def test_page_and_csv_say_the_same_shares(room: Room) -> None:
    busy(room, 6, 5)
    ines = room.enter()
    page = ines.get(room.path("/misreads")).text
    text = ines.post(room.path("/misreads/exports"), {"form": "csv"}).text
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    whole = rows[0]
    assert whole["What"] == "All scenes"
    assert page.index("Talk about these first") < page.index("All together")
    assert f"{whole['Hits']} of {whole['Of scenes to report']}" in page
    shown = re.search(r"(\d+) to (\d+)%", page.partition("All together")[2])
    assert shown
    # The page rounds to whole percents, the file to tenths.
    assert abs(float(whole["Hits, from %"]) - int(shown[1])) <= 0.56
    assert abs(float(whole["Hits, to %"]) - int(shown[2])) <= 0.56
    for row in rows:
        counts = [row[name] for name in ("Of scenes to report", "Of innocent scenes") if row[name]]
        least = 30 if row["Counted by"] == "By sign" else 10
        assert counts
        assert all(int(number) >= least for number in counts)


def test_what_was_answered_before_joining_is_no_part_of_it(acme: Acme) -> None:
    answer_practice(acme.app, acme.users["bob"], random.Random(1))
    room = open_room(acme)
    assert found(room) == []
    answer_practice(acme.app, acme.users["bob"], random.Random(1))
    assert found(room)[0].hits.whole == 3


def test_scenes_kept_for_finals_have_no_name(room: Room, shelf: Library) -> None:
    bob = room.acme.users["bob"]
    make_ready(room.app, bob)
    attempt = start_final(room.app, bob)
    answer_all(room.app, attempt, wrong=too_many(shelf))
    assert found(room) == []  # not handed in yet
    hand_in(room.app, bob, attempt)
    labels = {row.label for row in found(room) if row.grain is Grain.SCENE}
    assert len(labels) == shelf.content.courses[COURSE].file.final.scenes
    titles = {one.file.title for one in shelf.content.scenarios.values() if one.file.pool is Pool.RESERVED}
    assert not any(title in label for title in titles for label in labels)
    assert labels == {row.label for row in found(room) if row.grain is Grain.SCENE}


def test_wrong_answers_show_only_where_the_class_said_so(acme: Acme, room: Room, shelf: Library) -> None:
    open_one = open_room(acme, shows_answers=True)
    answer_practice(acme.app, acme.users["bob"], random.Random(3))
    make_ready(acme.app, acme.users["bob"])
    attempt = start_final(acme.app, acme.users["bob"])
    answer_all(acme.app, attempt, wrong=too_many(shelf))
    hand_in(acme.app, acme.users["bob"], attempt)
    ines = acme.enter("ines")
    assert ines.get(room.path(f"/answers/{room.bob}")).status_code == 404
    assert ines.get(open_one.path(f"/answers/{room.bob}")).status_code == 404
    page = closed_up(ines.get(open_one.path(f"/answers/{open_one.bob}")).text)
    wrong = [one for one in answers_of(acme.app, [acme.users["bob"]]) if (one[2]["truth"] == "concern") != one[3]]
    assert page.count('<tr><th scope="row"') == sum(one[1] == "practice" for one in wrong)
    assert "Scene " not in page.split("<main")[1].split("<tbody")[-1]  # no try was the last, so no scene of the final
    assert "Misread scenes" not in ines.get(room.path()).text
    assert "Misread scenes" not in acme.enter("alice").get(open_one.path()).text
    assert acme.enter("alice").get(open_one.path(f"/answers/{open_one.bob}")).status_code == 404
    assert "Misread scenes" in ines.get(open_one.path()).text


@pytest.mark.parametrize("role", [Role.OWNER, Role.MANAGER])
def test_an_employer_who_teaches_never_sees_what_their_own_people_misread(acme: Acme, role: Role) -> None:
    room = open_room(acme, shows_answers=True)
    busy(room, 12, 3)
    told = ["/misreads", "/briefing", "/briefing.pdf", f"/answers/{room.bob}"]
    assert [room.enter().get(room.path(path)).status_code for path in told] == [200] * len(told)
    with acme.app.app_context(), transaction():
        db.session.get_one(Membership, acme.people["ines"]).role = role
    employer = room.enter()
    assert [employer.get(room.path(path)).status_code for path in told] == [404] * len(told)
    assert employer.post(room.path("/misreads/exports"), {"format": "csv"}).status_code == 404
    assert "isread" not in employer.get(room.path()).text
