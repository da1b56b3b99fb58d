"""Skeletons: what a command writes loads at once, and never stands in the way of what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.content import small
from tests.content.small import complaints, edit, read
from tests.tools.skeletons import refusal, write
from trainer.content.quotes import curly
from trainer.content.schema import Pool
from trainer.content.subject import Truth
from trainer.tools import skeletons


@pytest.mark.parametrize(
    "title", ["One more", 'What "counts": a list', "- # & * !", "Ça va? <b> 'yes'", "No", "2026-01-01"]
)
def test_a_lesson_is_added_at_the_end_of_its_module(folder: Path, title: str) -> None:
    (path,) = write(skeletons.lesson(read(folder), folder, "recognize/practice/one-more", title))
    assert path == folder / "courses/recognize/04-practice/02-one-more.md"
    lessons = read(folder).courses["recognize"].lessons
    assert [lesson.id for lesson in lessons] == ["basics/first", "practice/second", "practice/one-more"]
    assert lessons[-1].file.title == curly(title)


def test_a_lesson_takes_the_number_after_the_last(folder: Path) -> None:
    (folder / small.LESSON_FILE).rename(folder / "courses/recognize/01-basics/09-first.md")
    (path,) = write(skeletons.lesson(read(folder), folder, "recognize/basics/one-more", "T"))
    assert path.name == "10-one-more.md"
    assert read(folder).courses["recognize"].lesson("basics/one-more")


@pytest.mark.parametrize(
    ("place", "why"),
    [
        ("recognize/basics", "Write COURSE/MODULE/NAME"),
        ("recognize/basics/a/b", "Write COURSE/MODULE/NAME"),
        ("recognize/basics/One More", "Write COURSE/MODULE/NAME"),
        ("recognize/basics/../../x", "Write COURSE/MODULE/NAME"),
        ("recognize/basics/..", "Write COURSE/MODULE/NAME"),
        ("recognize/basics/", "Write COURSE/MODULE/NAME"),
        ("nothing/basics/one", "There is no module nothing/basics."),
        ("recognize/nothing/one", "There is no module recognize/nothing."),
        ("recognize/basics/first", "There is a lesson recognize/basics/first already."),
    ],
)
def test_a_lesson_needs_a_place_that_is_free(folder: Path, place: str, why: str) -> None:
    assert refusal(skeletons.lesson(read(folder), folder, place, "T")).startswith(why)


@pytest.mark.parametrize("pool", ["open", "pretest", "reserved"])
def test_a_pair_of_scenes_is_added_to_its_pool(folder: Path, pool: str) -> None:
    paths = write(skeletons.scenario(read(folder), folder, "late-bus", pool))
    assert [path.name for path in paths] == ["late-bus-a.md", "late-bus-b.md"]
    content = read(folder)
    pair = content.pairs["late-bus"]
    assert [scene.file.truth for scene in pair] == [Truth.CONCERN, Truth.NO_CONCERN]
    assert all(scene in content.pool(Pool(pool)) for scene in pair)
    assert pair[0].twin is not None


@pytest.mark.parametrize(
    ("pair", "why"),
    [
        ("open-1", "There is a pair open-1 already."),
        ("open", "There is a pair open already."),  # open-1-a could be its scene
        ("Late bus", "Name the pair in small letters"),
        ("../late", "Name the pair in small letters"),
        ("", "Name the pair in small letters"),
    ],
)
def test_a_pair_needs_a_name_that_is_free(folder: Path, pair: str, why: str) -> None:
    assert refusal(skeletons.scenario(read(folder), folder, pair, "open")).startswith(why)


def without_strong_sign(folder: Path) -> None:
    """Leave no sign that is strong whatever the details."""
    detail = "details: [{id: asked, words: asked for and refused, strength: strong, evidence: expert}]"
    edit(folder, "indicators.yaml", "strength: strong", f"strength: medium-strong\n    {detail}")
    for path in (folder / "scenarios").glob("*-a.md"):
        edit(folder, f"scenarios/{path.name}", "  C1: ", "  C1.asked: ")


def test_a_pair_needs_a_strong_sign(folder: Path) -> None:
    without_strong_sign(folder)
    assert refusal(skeletons.scenario(read(folder), folder, "late-bus", "open")).startswith(
        "There is no strong sign yet."
    )


@pytest.mark.parametrize(("category", "ident"), [("freedom", "A2"), ("papers", "C3")])
def test_a_sign_gets_the_next_free_id_of_its_category(folder: Path, category: str, ident: str) -> None:
    before = (folder / "indicators.yaml").read_text(encoding="utf-8")
    write(skeletons.indicator(read(folder), folder, category, 'Says "no": twice'))
    assert (folder / "indicators.yaml").read_text(encoding="utf-8").startswith(before)
    sign = read(folder).indicators[ident]
    assert (sign.name, sign.category, sign.strength) == ("Says “no”: twice", category, "weak")


def test_a_sign_needs_a_category_with_room(folder: Path) -> None:
    assert refusal(skeletons.indicator(read(folder), folder, "pay", "N")) == (
        "There is no category pay. Use one of: freedom, papers."
    )
    for _number in range(8):
        write(skeletons.indicator(read(folder), folder, "freedom", "N"))
    assert refusal(skeletons.indicator(read(folder), folder, "freedom", "N")) == "All nine ids of freedom are taken."


@pytest.mark.parametrize("state", [None, "Ohio: all of it"])
def test_a_pack_is_of_a_state_or_of_none(folder: Path, state: str | None) -> None:
    (path,) = write(skeletons.pack(read(folder), folder, "hotels", 'Hotels: "all"', state, small.TODAY))
    assert path == folder / "requirements/hotels.yaml"
    pack = read(folder).packs["hotels"]
    assert (pack.title, pack.state, pack.seen_on) == ("Hotels: “all”", state, small.TODAY)
    assert pack.defaults.course == "recognize"
    assert pack.unapproved_state is None


def test_a_course_is_added_with_a_module_and_a_lesson(folder: Path) -> None:
    paths = write(skeletons.course(read(folder), folder, "night-watch", "Night watch"))
    assert [path.relative_to(folder).as_posix() for path in paths] == [
        "courses/night-watch/course.yaml",
        "courses/night-watch/01-first-module/module.yaml",
        "courses/night-watch/01-first-module/01-first-lesson.md",
    ]
    content = read(folder)
    course, first = content.courses["night-watch"], content.courses["recognize"]
    assert [lesson.id for lesson in course.lessons] == ["first-module/first-lesson"]
    assert (course.file.title, course.file.final) == (
        "Night watch",
        first.file.final.model_copy(update={"note": course.file.final.note}),
    )
    same = first.file.achievement, first.file.achievement_id
    assert (course.file.achievement, course.file.achievement_id) == same  # its tries count with those of the first


def test_a_course_has_an_entry_of_its_own_above_the_others(folder: Path) -> None:
    before = "# What changed\n\nFor readers.\n\n## recognize 1.0\ndigest: none yet\n- First.\n"
    small.put(folder, "CHANGELOG.md", before)
    write(skeletons.course(read(folder), folder, "night-watch", "T"))
    text = (folder / "CHANGELOG.md").read_text(encoding="utf-8")
    assert text.startswith("# What changed\n\nFor readers.\n\n## night-watch 0.1\n\ndigest: none yet\n\n- ")
    assert text.endswith(before.partition("For readers.\n\n")[2])
    assert {one.what for one in complaints(folder) if "CHANGELOG" in one.path} == {
        "recognize 1.0 isn't published",
        "night-watch 0.1 isn't published",
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("modules: [basics, practice]", "modules: [basics, practice]"),
        ("modules: [basics, practice]", 'modules: ["basics", "practice"]  # practice'),
        ("modules: [basics, practice]", "modules: [\n  basics,\n  practice\n]"),
        ("modules: [basics, practice]", "modules:\n  - basics\n  - practice  # more"),
        ("modules: [basics, practice]", "modules:\n- basics\n- 'practice'"),
    ],
)
def test_a_module_is_added_at_the_end_of_its_course(folder: Path, old: str, new: str) -> None:
    edit(folder, small.COURSE_FILE, old, new)
    paths = write(skeletons.module(read(folder), folder, "recognize/one-more", "One: more"))
    assert [path.relative_to(folder).as_posix() for path in paths] == [
        "courses/recognize/05-one-more/module.yaml",
        "courses/recognize/05-one-more/01-first-lesson.md",
        small.COURSE_FILE,
    ]
    modules = read(folder).courses["recognize"].modules
    assert [module.slug for module in modules] == ["basics", "practice", "one-more"]
    assert modules[-1].file.title == "One: more"
    assert (folder / small.COURSE_FILE).read_text(encoding="utf-8").count("\nfirst_try:") == 1


def test_a_module_needs_a_number_of_two_digits(folder: Path) -> None:
    (folder / "courses/recognize/04-practice").rename(folder / "courses/recognize/99-practice")
    made = skeletons.module(read(folder), folder, "recognize/one-more", "T")
    assert refusal(made) == "The last module of recognize has the number 99. Renumber the folders first."


def test_a_card_has_signs_that_count_alone_and_together(folder: Path) -> None:
    (path,) = write(skeletons.card(read(folder), folder, "farm", "Farm: all"))
    assert path == folder / "cards/farm.yaml"
    card = read(folder).cards["farm"]
    assert (card.title, card.venues) == ("Farm: all", ["farm"])
    assert [part.signs for part in (*card.together, *card.alone)] == [["A1"], ["C1"]]
    write(skeletons.card(read(folder), folder, "night", "N"))
    assert read(folder).cards["night"].venues == ["any"]


def test_a_card_needs_a_strong_sign(folder: Path) -> None:
    without_strong_sign(folder)
    assert refusal(skeletons.card(read(folder), folder, "farm", "T")).startswith("There is no strong sign yet.")


@pytest.mark.parametrize("title", ["Vermont", "North: all"])
def test_a_region_is_thin_and_gets_the_words_of_the_nation(folder: Path, title: str) -> None:
    files = write(skeletons.region(read(folder), folder, "us-vt", title, small.TODAY))
    assert [path.relative_to(folder).as_posix() for path in files] == [
        "regions/us-vt/region.yaml",
        "regions/us-vt/help/us-vt.yaml",
    ]
    there = read(folder).regions["us-vt"]
    assert (there.region.name, there.region.is_thin, there.help_lines["us-vt"]) == (title, True, ())
    again = skeletons.region(read(folder), folder, "us-vt", "T", small.TODAY)
    assert refusal(again) == "There is a region us-vt already."
    lines = folder / "regions/us-vt/help/us-vt.yaml"
    begun = lines.read_text("utf-8").replace("[]\n", "").replace("# - id", "- id").replace("\n#  ", "\n ")
    lines.write_text(begun, "utf-8")
    assert [line.id for line in read(folder).regions["us-vt"].help_lines["us-vt"]] == ["a-name-of-its-own"]


LONG = "a" * 61


@pytest.mark.parametrize("name", ["", "Two Words", "../x", "a/b", "a_b", "-a", LONG])
def test_new_things_need_names_that_can_be_ids(folder: Path, name: str) -> None:
    here = read(folder)
    for made in (
        skeletons.pack(here, folder, name, "T", None, small.TODAY),
        skeletons.course(here, folder, name, "T"),
        skeletons.card(here, folder, name, "T"),
        skeletons.region(here, folder, name, "T", small.TODAY),
    ):
        assert refusal(made).startswith("Write NAME in small letters, digits and hyphens, 60 at most, such as ")
    assert refusal(skeletons.module(here, folder, f"recognize/{name}", "T")).startswith("Write COURSE/NAME, ")


def test_new_things_need_names_that_are_free(folder: Path) -> None:
    write(skeletons.pack(read(folder), folder, "ohio", "T", None, small.TODAY))
    write(skeletons.card(read(folder), folder, "farm", "T"))
    here = read(folder)
    assert refusal(skeletons.pack(here, folder, "ohio", "T", None, small.TODAY)) == "There is a pack ohio already."
    assert refusal(skeletons.card(here, folder, "farm", "T")) == "There is a card farm already."
    assert refusal(skeletons.course(here, folder, "recognize", "T")) == "There is a course recognize already."
    assert refusal(skeletons.module(here, folder, "recognize", "T")).startswith("Write COURSE/NAME, ")
    taken = skeletons.module(here, folder, "recognize/basics", "T")
    assert refusal(taken) == "There is a module recognize/basics already."
    assert refusal(skeletons.module(here, folder, "nowhere/more", "T")) == "There is no course nowhere."


def test_all_skeletons_together_bring_no_complaint_but_gaps_and_reviews(folder: Path) -> None:
    write(skeletons.lesson(read(folder), folder, "recognize/basics/one-more", "T"))
    write(skeletons.scenario(read(folder), folder, "late-bus", "reserved"))
    write(skeletons.indicator(read(folder), folder, "papers", "N"))
    write(skeletons.course(read(folder), folder, "night-watch", "T"))
    write(skeletons.module(read(folder), folder, "night-watch/more", "T"))
    write(skeletons.pack(read(folder), folder, "ohio", "T", "Ohio", small.TODAY))
    write(skeletons.card(read(folder), folder, "hotel", "T"))
    write(skeletons.region(read(folder), folder, "us-vt", "T", small.TODAY))
    assert {one.level for one in complaints(folder)} == {"warning"}


def test_skeletons_take_the_words_of_another_subject(folder: Path) -> None:
    words = {
        "one-strong": "one-proof", "no-sign": "nothing-seen", "weak-only": "hints", "hotline": "fraud-desk",
        "hotel": "counter", "any": "anywhere", "labor": "theft", "sex": "forgery",
        "confront": "accuse", "not legal advice": "no advice",
    }  # fmt: skip
    pattern = re.compile("|".join(rf"\b{word}\b" for word in words))
    for path in (path for path in folder.rglob("*") if path.is_file()):
        text = path.read_text(encoding="utf-8")
        path.write_text(pattern.sub(lambda found: words[found[0]], text), encoding="utf-8")
    before = {str(one) for one in complaints(folder)}
    write(skeletons.scenario(read(folder), folder, "late-bus", "open"))
    write(skeletons.indicator(read(folder), folder, "papers", "Says so"))
    write(skeletons.pack(read(folder), folder, "desks", "Desks", None, small.TODAY))
    write(skeletons.card(read(folder), folder, "counter", "Counter"))
    content = read(folder)
    concern, innocent = (one.file for one in content.pairs["late-bus"])
    assert (concern.rule, concern.route, concern.venue, concern.about) == (
        "one-proof",
        "fraud-desk",
        "anywhere",
        "forgery",
    )
    assert (innocent.rule, innocent.route) == ("nothing-seen", "none")
    assert content.cards["counter"].venues == ["counter"]
    fresh = {str(one) for one in complaints(folder)} - before
    assert {one for one in fresh if "first actions with the door" not in one} == {
        "content/indicators.yaml:1: no lesson teaches C3. Add them in time.",
        "content/indicators.yaml:1: no scene tests C2, C3, C5. Add them in time.",
    }


def test_a_pair_needs_the_lines_of_the_rule_that_decide_it(folder: Path) -> None:
    edit(folder, "vocabulary.yaml", "signs: none", "signs: weak")
    assert refusal(skeletons.scenario(read(folder), folder, "late-bus", "open")) == (
        "The rule in vocabulary.yaml needs a line for a strong sign, and one for no sign."
    )
