"""Checking: each rule refuses what breaks it, with one complaint, and lets the rest pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.courses import small
from tests.courses.small import CONCERN_FILE, COURSE_FILE, LESSON_FILE, NO_CONCERN_FILE, complaints, edit, only
from trainer.courses.checker import find_figure

PAGE_FILE = "pages/privacy.md"
END = "::: recap"


def told(folder: Path) -> str:
    return "\n".join(str(complaint) for complaint in complaints(folder))


def add(folder: Path, text: str, name: str = LESSON_FILE) -> int:
    """Put a block before the recap of a lesson, or at the end of another file; return its line."""
    path = folder / name
    before = path.read_text(encoding="utf-8")
    if END in before:
        path.write_text(before.replace(END, f"{text}\n\n{END}"), encoding="utf-8")
    else:
        path.write_text(f"{before}\n{text}\n", encoding="utf-8")
    return small.line_of(folder, name, text.split("\n")[0])


# --- site, catalogue, help ---


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("site.yaml", "us-me", "us-nh", "site.yaml:4: there is no file help/us-nh.yaml"),
        ("site.yaml", "[hotline]", "[hotlin]", 'site.yaml:5: no help line is called "hotlin"'),
        ("indicators.yaml", "letter: C", "letter: A", '"papers" and "freedom" have the same letter'),
        ("indicators.yaml", "Low pay\n    category: papers", "Low pay\n    category: freedom", "C5 is in category"),
        (
            "indicators.yaml",
            "Low pay\n    category: papers",
            "Low pay\n    category: pay",
            'no category is called "pay"',
        ),
        ("indicators.yaml", "sources: [S1]", "sources: [S9]", 'no source is called "S9"'),
        ("indicators.yaml", "    misleads: Most people leave them at home.\n", "", 'false cue C2 has no "misleads"'),
        ("help/us-me.yaml", "source: S1", "source: S9", 'us-me.yaml:8: no source is called "S9"'),
        (
            "help/us-me.yaml",
            "  source: S1",
            "  called_on: 2026-11-02\n  source: S1",
            'yaml:8: "called_on" and "called_by"',
        ),
    ],
)
def test_reference_data_must_agree(folder: Path, name: str, old: str, new: str, complaint: str) -> None:
    edit(folder, name, old, new)
    assert complaint in told(folder)


# --- texts ---


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("Some <b>bold</b> text", "there is HTML in the text"),
        ("![a](https://example.org/a.png)", "there is an image in the text"),
        ("# Big", "there is a heading of level 1"),
        ("#### Small", "there is a heading of level 4"),
        ("[a [^S1] b](page:help)", "a link is broken"),
        ("[a](page:help", "a link is broken"),
        ("[a](glossary:nothing)", 'the link "glossary:nothing" leads nowhere'),
        ("[a](indicator:Z9)", 'the link "indicator:Z9" leads nowhere'),
        ("[a](lesson:basics/nothing)", 'the link "lesson:basics/nothing" leads nowhere'),
        ("[a](page:nothing)", 'the link "page:nothing" leads nowhere'),
        ("[a](javascript:alert(1))", 'the link "javascript:alert(1)" is of no known kind'),
        ("[a](/courses)", 'the link "/courses" is of no known kind'),
        ("::: stories\nA\n:::", 'no box is called "stories"'),
        ("::: story\nA", 'the box "story" is not closed'),
        ("::: reveal\nA\n:::", 'the box "reveal" has no title'),
        ("::: story\n:::", 'the box "story" is empty'),
        ("::::", '":::" closes no box'),
        ("- a\n  ::: story", '":::" stands inside a list or paragraph'),
        ("::: choose Q\n- [x] a => b\n- [ ] c\n:::", 'an option of "choose" is incomplete'),
        ("::: choose Q\n- [x] a => b\n:::", '"choose" needs two options or more'),
        ("::: choose Q\n- [ ] a => b\n- [ ] c => d\n:::", '"choose" needs two options or more, and a right one'),
        ("A claim.[^N9]", 'source "N9" is cited but not listed'),
    ],
)
def test_a_lesson_may_not_hold(folder: Path, text: str, complaint: str) -> None:
    line = add(folder, text)
    line += {"- a\n  ::: story": 1, "::: choose Q\n- [x] a => b\n- [ ] c\n:::": 2}.get(text, 0)
    assert only(folder).startswith(f"content/{LESSON_FILE}:{line}: {complaint}")


def test_a_lesson_may_not_list_or_teach_what_is_not_there(folder: Path) -> None:
    edit(folder, LESSON_FILE, "sources: [S1, N2]", "sources: [S1, N2, S77]")
    edit(folder, LESSON_FILE, "indicators: [A1, C1, C2, C5]", "indicators: [A1, C1, C2, C5, H8]")
    assert f'{LESSON_FILE}:7: no source is called "S77"' in told(folder)
    assert f'{LESSON_FILE}:6: no indicator is called "H8"' in told(folder)


def test_a_listed_source_need_not_be_cited(folder: Path) -> None:
    assert "[^N2]" not in small.LESSON
    small.read(folder)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("::: ask\nHow many people is a signal?\n:::\n", "", 'a lesson begins with its one "ask"'),
        ("::: ask\n", "Before.\n\n::: ask\n", 'a lesson begins with its one "ask"'),
        ("## What", "::: ask\nAgain?\n:::\n\n## What", 'a lesson begins with its one "ask"'),
        ("::: recap\n- A signal is one contact.\n- A case is more.\n:::\n", "", 'a lesson ends with its one "recap"'),
        ("- A case is more.\n:::", "- A case is more.\n:::\n\nAfter.", 'a lesson ends with its one "recap"'),
        ("::: choose What would you do?\n", "::: callout What\n", "there is nothing to do in the lesson"),
    ],
)
def test_a_lesson_opens_with_a_question_does_something_and_ends_with_a_recap(
    folder: Path, old: str, new: str, complaint: str
) -> None:
    edit(folder, LESSON_FILE, old, new)
    assert complaint in only(folder)


def test_pages_are_checked_too_and_have_no_lesson_parts(folder: Path) -> None:
    add(folder, "A.[^S9] [b](page:nothing) <i>c</i>", PAGE_FILE)
    add(folder, "::: ask\nd\n:::", PAGE_FILE)
    for complaint in ('no source is called "S9"', "leads nowhere", "there is HTML", 'a page has no "ask"'):
        assert complaint in told(folder)


def test_a_page_may_not_take_the_name_of_a_page_of_the_app(folder: Path) -> None:
    (folder / "pages/help.md").write_text(small.PAGE, encoding="utf-8")
    assert only(folder).startswith('content/pages/help.md:1: the name "help" belongs to a page of the app. ')


# --- figures ---


@pytest.mark.parametrize(
    "text",
    ["1,042 signals", "about 300 people", "12 %", "12.5%", "five percent", "80 per cent", "26 of the 78", "1 in 2",
     "9 out of 10", "In 2023, 26 of the 78", "$300", "10,000 stays", "911 percent"],
)  # fmt: skip
def test_these_are_figures(text: str) -> None:
    assert find_figure(text)


@pytest.mark.parametrize(
    "text",
    ["911", "988 or 211", "1-888-373-7888", "207-555-0100", "in 2023", "2007-2014", "the 1990s", "at 10:45", "24/7",
     "Room 214", "text HELP to 233733", "Text HELP to 233733.", "12 scenes", "module 3, lesson 1", "S121", "17-A"],
)  # fmt: skip
def test_these_are_no_figures(text: str) -> None:
    assert find_figure(text) is None


@pytest.mark.parametrize("text", ["There were 1,042 calls.", "- one\n- 40 percent of them", "| a |\n|---|\n| 500 |"])
def test_a_figure_without_a_source_is_refused(folder: Path, text: str) -> None:
    add(folder, text)
    assert "has no source. Cite one in the same paragraph, item or row" in only(folder)


@pytest.mark.parametrize(
    "text",
    [
        "There were 1,042 calls.[^S1]",
        "A made-up 1,042 calls.",
        "| a[^S1] |\n|---|\n| 500 |",
        "| invented |\n|---|\n| 500 |",
        "::: story\nHe is owed 900 dollars.\n:::",
        "Text to 233733.",
    ],
)
def test_a_figure_with_a_source_or_called_made_up_passes(folder: Path, text: str) -> None:
    add(folder, text)
    small.read(folder)


def test_a_citation_in_another_item_does_not_count(folder: Path) -> None:
    add(folder, "- 1,000 here\n- 2,500 there[^S1]")
    assert 'the figure "1,000" has no source' in only(folder)


# --- words ---

BANNED = [
    "a prostitute", "child prostitutes", "a PIMP", "the hooker", "modern slaves", "a rescue", "rescued", "saved them",
    "save people", "saving lives", "illegal alien", "in your backyard", "hot spot", "hotspots", "hot\nspot", "*pimp*",
]  # fmt: skip


@pytest.mark.parametrize("word", BANNED)
def test_banned_words_are_refused_in_bodies(folder: Path, word: str) -> None:
    add(folder, f"Text with {word} in it.")
    assert "is a word that we do not use. " in only(folder)


@pytest.mark.parametrize(
    ("name", "old"),
    [
        (CONCERN_FILE, "About reporting."),
        (NO_CONCERN_FILE, "It may be late."),
        (CONCERN_FILE, "Room 214"),
        ("glossary.yaml", "One contact with the hotline."),
        ("help/us-me.yaml", "National hotline"),
        ("indicators.yaml", "Kept safe on request"),
        (COURSE_FILE, "A short course."),
        (LESSON_FILE, "Tell a signal from a case"),
        ("sources.yaml", "Another report"),
    ],
)
def test_banned_words_are_refused_in_every_text_that_is_shown(folder: Path, name: str, old: str) -> None:
    line = small.line_of(folder, name, old)
    edit(folder, name, old, "About a pimp")
    assert only(folder).startswith(f'content/{name}:{line}: "pimp" is a word that we do not use. ')


@pytest.mark.parametrize(
    "text",
    ["[[the crime of prostitute]]", "Save the notes.", "save time", "modern slavery", "a hot room", "pimple", "hooked",
     "[a](https://example.org/rescue-hooker)", "the back yard"],
)  # fmt: skip
def test_other_words_pass(folder: Path, text: str) -> None:
    add(folder, text)
    small.read(folder)


def test_exempt_words_in_a_text_of_the_head_are_shown_without_their_marks(folder: Path) -> None:
    edit(folder, "glossary.yaml", "One contact with the hotline.", "'The [[rescue]] law.'")
    assert small.read(folder).terms["signal"].meaning == "The rescue law."


def test_a_scene_calls_nobody_a_victim(folder: Path) -> None:
    edit(folder, CONCERN_FILE, "You stand at the desk.", "You see the victim.")
    assert '"the victim" is a word that we do not use' in only(folder)
    edit(folder, CONCERN_FILE, "You see the victim.", "You see victims.")
    small.read(folder)


# --- scenes ---


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        (CONCERN_FILE, "  C1: The boss", "  H7: The boss", 'no indicator is called "H7"'),
        (CONCERN_FILE, "sources: [S1]", "sources: [S9]", 'no source is called "S9"'),
        (CONCERN_FILE, "key: true", "key: false", "there must be exactly one key"),
        (CONCERN_FILE, "key: false", "key: true", "there must be exactly one key"),
        (CONCERN_FILE, "truth: concern", "truth: no_concern", 'rule "one-strong" does not make it "no_concern"'),
        (CONCERN_FILE, "rule: one-strong", "rule: weak-only", 'rule "weak-only" does not make it "concern"'),
        (CONCERN_FILE, "rule: one-strong", "rule: danger-now\nsigns: {}", 'the key "signs" is there twice'),
        (CONCERN_FILE, "  C1: The boss keeps the papers", "  C1: a\n  C2: b", "C2 misleads and can't be a sign"),
        (CONCERN_FILE, "  C1: The boss", "  A1: The boss", "no sign is strong"),
        (CONCERN_FILE, "signs:\n  C1: The boss keeps the papers", "signs: {}", "a concern has no signs"),
        (CONCERN_FILE, "route: hotline", "route: none", "a concern has no route"),
        (CONCERN_FILE, "route: hotline", "route: '911'", "the route is 911 but the key action does not call it"),
        (NO_CONCERN_FILE, "route: none", "route: hotline", "a scene of no concern goes to the hotline"),
        (NO_CONCERN_FILE, "  A1: The boss", "  C1: The boss", "C1 is strong: that is a concern"),
        (NO_CONCERN_FILE, "  A1: The", "  C5: Low\n  A1: The", "C5, A1 are medium: by the rule that is a concern"),
        (NO_CONCERN_FILE, "rule: weak-only", "rule: no-sign", 'rule "no-sign" has the sign A1'),
    ],
)
def test_a_scene_must_agree_with_itself(folder: Path, name: str, old: str, new: str, complaint: str) -> None:
    edit(folder, name, old, new)
    assert complaint in told(folder)
    assert f"content/{name}:" in told(folder)


def test_the_signs_must_carry_the_rule(folder: Path) -> None:
    edit(folder, CONCERN_FILE, "rule: one-strong", "rule: two-medium")
    small.read(folder)  # a strong sign carries any rule
    edit(folder, "indicators.yaml", "strength: strong", "strength: weak-medium")
    edit(folder, CONCERN_FILE, "pool: open", "pool: open")
    assert "the signs are not two medium ones of different groups" in told(folder)
    edit(folder, CONCERN_FILE, "rule: two-medium", "rule: danger-now")
    assert "no sign shows danger now" in told(folder)


def test_two_weak_to_medium_signs_count_together_only_across_groups(folder: Path) -> None:
    for name in ("strength: strong", "strength: medium"):
        edit(folder, "indicators.yaml", name, "strength: weak-medium")
    for name in (f"scenarios/{pair}-a.md" for pair in ("open-1", "open-2", "reserved-1", "reserved-2")):
        edit(folder, name, "rule: one-strong", "rule: two-medium")
        edit(folder, name, "  C1: The", "  C5: a\n  C1: The")
    assert "the signs are not two medium ones" in told(folder)
    for name in (f"scenarios/{pair}-a.md" for pair in ("open-1", "open-2", "reserved-1", "reserved-2")):
        edit(folder, name, "  C5: a", "  A1: a")
    small.read(folder)


def test_what_is_forbidden_is_never_the_key(folder: Path) -> None:
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        edit(
            folder, name, "        why: Notes are enough.", "        forbidden: follow\n        why: Notes are enough."
        )
    assert 'action "notes" is forbidden and the key' in only(folder)
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        edit(folder, name, "        forbidden: follow\n", "")
        edit(folder, name, "        forbidden: confront\n", "")
    assert told(folder).count("no action is forbidden") == 2


@pytest.mark.parametrize("text", ["::: story\nA\n:::", "## Later", "A thing.[^S1]"])
def test_a_narrative_is_plain_paragraphs(folder: Path, text: str) -> None:
    add(folder, text, CONCERN_FILE)
    assert "in the scene. Tell it in plain paragraphs." in told(folder)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("venue: hotel", "venue: farm", '"venue" differs from its twin'),
        ("about: labor", "about: sex", '"about" differs from its twin'),
        ("people: adult", "people: minor", '"people" differs from its twin'),
        ("pool: open", "pool: reserved", '"pool" differs from its twin'),
        ("text: Wait a week", "text: Wait a month", "the actions differ from those of its twin"),
        ("id: wait", "id: later", "the actions differ from those of its twin"),
        ("forbidden: confront", "forbidden: follow", "the actions differ from those of its twin"),
        ("pair: open-1", "pair: open-2", 'pair "open-2" has 3 scenes'),
        ("pair: open-1", "pair: lonely", 'pair "lonely" has 1 scene.'),
        ("pool: open", "pool: open\nretired: true", 'pair "open-1" has 1 scene.'),
    ],
)
def test_twins_share_all_but_the_controlling_fact(folder: Path, old: str, new: str, complaint: str) -> None:
    edit(folder, NO_CONCERN_FILE, old, new)
    assert complaint in told(folder)


def test_twins_are_of_both_truths_and_pools_in_balance(folder: Path) -> None:
    path = folder / NO_CONCERN_FILE
    path.write_text((folder / CONCERN_FILE).read_text(encoding="utf-8"), encoding="utf-8")
    assert 'both twins are "concern"' in told(folder)
    assert "the open pool has 3 scenes of concern and 1 of none" in told(folder)


def test_a_scene_has_four_actions_with_ids_of_their_own(folder: Path) -> None:
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        edit(folder, name, "      - id: wait\n        text: Wait a week\n        why: It may be late.\n", "")
        edit(folder, name, "id: ask", "id: notes")
    assert told(folder).count("there are 3 actions") == 2
    assert told(folder).count("two actions have the same id") == 2


# --- statistics and cards ---

SERIES = """\
title: What was counted
unit: signals
as_of: data for 2023
source: S1
rows:
  - {name: Calls, value: 800}
  - {name: Texts, value: 71}
caveats: [A signal is no case.]
"""
CARD = """\
title: Hotel
venues: [hotel]
together:
  - {text: Never alone and paid too little., signs: [A1, C5]}
alone:
  - {text: The boss keeps the papers., signs: [C1]}
never: [Color]
do: [Call]
dont: [Follow]
"""
CARD_FILE, SERIES_FILE = "cards/hotel.yaml", "statistics/calls.yaml"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("source: S1", "source: S9", '4: no source is called "S9"'),
        ("name: Texts", "name: Calls", "5: two rows have the same name"),
        ("value: 71", "value: -1", '7: "value" can\'t be "-1". It must be at least 0.'),
        ("value: 71", "value: 7.5", '7: "value" must be a whole number'),
        ("  - {name: Texts, value: 71}\n", "", '5: "rows" has too few or too many items. Give at least 2.'),
        ("caveats: [A signal is no case.]", "caveats: []", '8: "caveats" has too few'),
        ("title: What", "title: What a rescue", '1: "rescue" is a word that we do not use'),
    ],
)
def test_a_series_has_a_source_and_rows_that_can_be_told_apart(
    folder: Path, old: str, new: str, complaint: str
) -> None:
    small.put(folder, SERIES_FILE, SERIES)
    small.read(folder)
    edit(folder, SERIES_FILE, old, new)
    assert only(folder).startswith(f"content/{SERIES_FILE}:{complaint}")


def test_a_chart_shows_a_series_that_is_there(folder: Path) -> None:
    line = add(folder, "::: chart calls\n:::")
    assert only(folder).startswith(f'content/{LESSON_FILE}:{line}: there is no series "calls". Add statistics/')
    small.put(folder, SERIES_FILE, SERIES)
    assert "<figure" in small.read(folder).courses["recognize"].lessons[0].html


PACK_FILE = "requirements/ohio.yaml"
PACK = """title: Ohio, hotels
state: Ohio
applies_to: Hotels.
course_approval:
  required: true
  authority: the board
defaults:
  course: recognize
  least_minutes: 20
  cadence_months: 12
  days_allowed: 90
  renewal_days: 60
sources: [S1]
seen_on: 2026-11-24
notice: This is not legal advice.
"""


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[S1]", "[S1, S99]", '13: no source is called "S99"'),
        ("course: recognize", "course: nowhere", '8: no course is called "nowhere". Correct its id.'),
        ("sources: [S1]\n", "", '2: what a state asks needs a source. Add "sources:" with their ids.'),
        ("  authority: the board\n", "", "4: nobody is named who approves courses"),
        ("state: Ohio\n", "", "3: nobody is named who approves courses"),
        ("not legal advice", "advice", '15: the notice doesn\'t warn the reader. Say "not legal advice" in it.'),
        ("months: 12", "months: 0", '10: "cadence_months" can\'t be "0". It must be at least 1.'),
        ("days_allowed: 90", "days: 90", '11: unknown key "days"'),
        ("required: true", "required: perhaps", '5: "required" must be true or false'),
    ],
)
def test_a_requirement_pack_names_who_says_so(folder: Path, old: str, new: str, complaint: str) -> None:
    small.put(folder, PACK_FILE, PACK)
    assert small.read(folder).packs["ohio"].unapproved_state == "Ohio"
    edit(folder, PACK_FILE, old, new)
    errors = [one for one in small.complaints(folder) if one.level == "error"]
    assert f"content/{PACK_FILE}:{complaint}" in "\n".join(str(one) for one in errors)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[C1]", "[C1, C9]", '6: no indicator is called "C9"'),
        ("[C1]", "[C1, C2]", "6: C2 misleads and counts nowhere. Take it out."),
        ("[A1, C5]", "[A1, C5, C2]", "4: C2 misleads and counts nowhere"),
        ("[C1]", "[A1]", '6: no sign in it counts alone. Put it under "together".'),
        ("[C1]", "[]", '6: "signs" has too few or too many items'),
        ("[hotel]", "[castle]", '2: item 1 of "venues" can\'t be "castle"'),
        ("Follow", "Rescue", '9: "Rescue" is a word that we do not use'),
    ],
)
def test_a_card_names_signs_that_count(folder: Path, old: str, new: str, complaint: str) -> None:
    small.put(folder, CARD_FILE, CARD)
    small.read(folder)
    edit(folder, CARD_FILE, old, new)
    assert only(folder).startswith(f"content/{CARD_FILE}:{complaint}")


def test_signs_of_a_card_add_up_by_the_rule(folder: Path) -> None:
    small.put(folder, CARD_FILE, CARD)
    edit(folder, "indicators.yaml", "strength: medium", "strength: weak")
    assert only(folder).startswith(f"content/{CARD_FILE}:4: these signs don't add up by the rule. Name signs of two")
    edit(folder, "indicators.yaml", "strength: weak\n    about: both\n    venues: [hotel]", "strength: weak-medium\n"
         "    about: both\n    venues: [hotel]")  # fmt: skip
    assert "add up" in only(folder)  # two groups are needed
    edit(folder, "indicators.yaml", "strength: weak\n    about: labor", "strength: weak-medium\n    about: labor")
    small.read(folder)


def test_a_weaker_sign_counts_alone_where_a_note_says_when(folder: Path) -> None:
    small.put(folder, CARD_FILE, CARD.replace("[C1]", "[C5]"))
    assert "no sign in it counts alone" in only(folder)
    edit(folder, "indicators.yaml", "strength: medium\n    about: labor", "strength: medium\n    strength_note: Alone "
         "if he is told so.\n    about: labor")  # fmt: skip
    small.read(folder)


# --- practice shift ---


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("shift-3", "shift-9", 'there is no scene "shift-9". Add it or correct its id.'),
        ("shift-3", "shift-2", 'scene "shift-2" is listed twice. Take one out.'),
        ("[shift-0, shift-1", "[open-1-b, shift-1", 'scene "open-1-b" is of another pool. Write "pool: shift" in it.'),
        ("shift-0, shift-1, ", "", "fewer than half of the scenes are innocent"),
        ("[shift-0, shift-1,", "[shift-1, shift-0,", "the scenes aren't in the order of the clock"),
        ("title: A night\n", "", '"title" is missing'),
    ],
)
def test_a_shift_is_a_night_of_scenes_in_order(folder: Path, old: str, new: str, complaint: str) -> None:
    small.add_shift(folder, "ncnn" if "fewer" not in complaint else "nncc")
    small.read(folder)
    edit(folder, small.SHIFT_FILE, old, new)
    line = 1 if "missing" in complaint else small.line_of(folder, small.SHIFT_FILE, "scenes:")
    assert only(folder).startswith(f"content/{small.SHIFT_FILE}:{line}: {complaint}")


@pytest.mark.parametrize(
    ("clocks", "is_right"),
    [
        (("22:00", "23:59", "00:00", "06:00"), True),
        (("06:00", "07:00", "07:00", "14:00"), True),
        (("22:00", "21:00", "22:30", "23:00"), True),  # could be a night and nearly a day
        (("22:00", "21:00", "22:30", "05:00"), False),
        (("22:00", "02:00", "23:00", "03:00"), False),
    ],
)
def test_the_clock_goes_over_midnight_once(folder: Path, clocks: tuple[str, ...], is_right: bool) -> None:
    small.add_shift(folder, "ncnc", clocks)
    assert ("the scenes aren't in the order of the clock" not in told(folder)) == is_right


@pytest.mark.parametrize(("truths", "is_right"), [("ncnc", True), ("nnnn", True), ("nccc", False), ("ccnc", False)])
def test_half_of_a_shift_or_more_is_innocent(folder: Path, truths: str, is_right: bool) -> None:
    small.add_shift(folder, truths)
    assert ("fewer than half of the scenes are innocent" not in told(folder)) == is_right


def test_a_scene_that_could_not_be_read_is_no_second_complaint_of_its_shift(folder: Path) -> None:
    small.add_shift(folder)
    edit(folder, "scenarios/shift-2.md", "truth: no_concern", "truth: maybe")
    assert only(folder).startswith("content/scenarios/shift-2.md:4: ")


# --- changes ---

CHANGES_FILE = "CHANGELOG.md"
ENTRY = "# Changes\n\n## recognize 1.0\ndigest: none yet\n- First.\n"


def told_of_changes(folder: Path) -> list[str]:
    return [str(one) for one in complaints(folder) if one.path == f"content/{CHANGES_FILE}"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", '1: recognize 1.0 has no entry. Add "## recognize 1.0", its digest line and its points.'),
        (ENTRY.replace("1.0", "0.9"), "1: recognize 1.0 has no entry. "),
        (f"{ENTRY.replace('1.0', '0.9')}\n{ENTRY}", "1: recognize 1.0 has no entry. "),  # the newest stands first
        (ENTRY.replace("- First.\n", ""), '3: the entry has no point. Say what changed: "- ...".'),
        (f"{ENTRY}\n## other 1.0\ndigest: none yet\n- a\n", '7: there is no course "other". Correct its name.'),
        (ENTRY.replace("digest: none yet\n", ""), '3: the entry "recognize 1.0" has no line with its digest. '),
    ],
)
def test_each_course_has_an_entry_for_its_version(folder: Path, text: str, complaint: str) -> None:
    small.put(folder, CHANGES_FILE, text)
    assert only(folder).startswith(f"content/{CHANGES_FILE}:{complaint}")


def test_an_entry_that_is_not_published_or_not_of_this_content_is_a_warning(folder: Path) -> None:
    small.put(folder, CHANGES_FILE, ENTRY)
    assert told_of_changes(folder) == [
        'content/CHANGELOG.md:3: recognize 1.0 isn\'t published. Run "flask content publish".'
    ]
    digest = small.read(folder).courses["recognize"].digest
    edit(folder, CHANGES_FILE, "none yet", f"{digest[:12]} (published 2026-11-24)")
    assert told_of_changes(folder) == []
    edit(folder, LESSON_FILE, "A case is more.", "A case is much more.")
    assert [line.partition(". ")[0] for line in told_of_changes(folder)] == [
        "content/CHANGELOG.md:3: recognize has changed since 1.0 was published"
    ]
    assert {one.level for one in complaints(folder)} == {"warning"}


# --- courses ---


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[basics, practice]", "[basics, practice, more]", 'course.yaml:9: module "more" has no folder'),
        ("[basics, practice]", "[basics]", 'module "practice" is not listed'),
        ("[basics, practice]", "[basics, practice, basics]", 'module "basics" is listed twice'),
        ("[basics, practice]", "[practice, basics]", "but its folder has a smaller number"),
        ("least_minutes: 2", "least_minutes: 9", "the lessons take only 8 minutes"),
        ("hits_at_least: 1", "hits_at_least: 2", "nobody can pass: there are only 1 scenes with a concern"),
        ("false_alarms_at_most: 0", "false_alarms_at_most: 1", "someone who reports everything would pass"),
        ("final:\n  scenes: 2", "final:\n  scenes: 4", "the reserved pool has 2 pairs"),
        ("first_try:\n  scenes: 2", "first_try:\n  scenes: 4", "the open pool has 2 pairs"),
        ("practice:\n  scenes: 2", "practice:\n  scenes: 4", "the open pool has 2 pairs"),
        ("final:\n  scenes: 2", "final:\n  scenes: 3", "3 scenes can't be half and half"),
    ],
)
def test_a_course_must_agree_with_its_folder_and_pools(folder: Path, old: str, new: str, complaint: str) -> None:
    edit(folder, COURSE_FILE, old, new)
    assert complaint in told(folder)
    assert f"content/{COURSE_FILE}:" in told(folder)


def test_a_module_to_choose_from_has_two_lessons_or_more(folder: Path) -> None:
    name = "courses/recognize/01-basics/module.yaml"
    small.put(folder, name, f"{small.MODULE}choose_one: true\n")
    assert only(folder) == f"content/{name}:3: there is nothing to choose from. Add a lesson."
    small.put(folder, "courses/recognize/01-basics/02-other.md", small.LESSON)
    small.read(folder)


def test_more_scenes_than_a_bank_can_have_are_refused_and_not_reckoned_with(folder: Path) -> None:
    edit(folder, COURSE_FILE, "final:\n  scenes: 2", "final:\n  scenes: 32000")
    line = small.line_of(folder, COURSE_FILE, "32000")
    assert only(folder) == f'content/{COURSE_FILE}:{line}: "scenes" can\'t be "32000". It must be at most 200.'


def test_with_a_bank_no_final_lets_someone_through_who_also_reports_the_innocent(folder: Path) -> None:
    small.read(folder)
    with (folder / "site.yaml").open("a", encoding="utf-8") as file:
        file.write("bank: {open_pairs: 1, reserved_pairs: 1, swapped_pairs: 0}\n")
    line = small.line_of(folder, COURSE_FILE, "pass_rule:")
    assert only(folder).startswith(
        f"content/{COURSE_FILE}:{line}: someone who also reports 40% of the innocent passes with 94%. Bring it to 30%"
    )


def test_a_module_without_lessons_is_refused(folder: Path) -> None:
    for name in (LESSON_FILE, "courses/recognize/04-practice/01-second.md"):
        edit(folder, name, "[The next lesson](lesson:", "The next lesson (")
    (folder / LESSON_FILE).unlink()
    assert only(folder).startswith("content/courses/recognize/01-basics:1: the module has no lesson. ")


# --- ids ---


def test_an_id_that_was_published_may_not_get_lost(folder: Path) -> None:
    (folder / "ids.txt").write_text("course:recognize\nterm:signal\nterm:gone\nscenario:old\n", encoding="utf-8")
    assert 'content/ids.txt:3: "term:gone" was published and is gone. ' in told(folder)
    assert 'content/ids.txt:4: "scenario:old" was published and is gone. ' in told(folder)
    assert len(complaints(folder)) == 2


def test_ids_of_series_and_cards_are_for_ever_too(folder: Path) -> None:
    (folder / "ids.txt").write_text("statistics:calls\ncard:hotel\n", encoding="utf-8")
    assert told(folder).count("was published and is gone") == 2
    small.put(folder, CARD_FILE, CARD)
    small.put(folder, SERIES_FILE, SERIES)
    small.read(folder)


def test_a_retired_scene_keeps_its_id_and_leaves_the_pool(folder: Path) -> None:
    (folder / "ids.txt").write_text("scenario:open-1-a\nscenario:open-1-b\n", encoding="utf-8")
    edit(folder, COURSE_FILE, "  scenes: 2\nfinal", "  scenes: 1\nfinal")
    for name in (CONCERN_FILE, NO_CONCERN_FILE):
        edit(folder, name, "pool: open", "pool: open\nretired: true")
    assert "was published" not in told(folder)


def test_lines_of_the_list_of_ids_are_ids(folder: Path) -> None:
    (folder / "ids.txt").write_text("term:signal\nnonsense\nterm:signal\n", encoding="utf-8")
    assert 'ids.txt:2: "nonsense" is no id' in told(folder)
    assert 'ids.txt:3: "term:signal" is there twice' in told(folder)


# --- warnings ---


def test_age_and_missing_reviews_warn_and_never_refuse(folder: Path) -> None:
    edit(folder, "sources.yaml", "  seen_on: 2026-11-01\n  exempt", "  seen_on: 2025-01-01\n  exempt")
    edit(folder, "help/us-me.yaml", "seen_on: 2026-11-01", "seen_on: 2026-05-01")
    edit(folder, PAGE_FILE, "summary: What is kept.", "summary: What is kept.\nseen_on: 2020-01-01")
    found = complaints(folder)
    assert {complaint.level for complaint in found} == {"warning"}
    assert [str(complaint).partition(". ")[0] for complaint in found if "scene" not in complaint.what] == [
        f"content/{COURSE_FILE}:1: 2 of 2 lessons have no review by a person",
        'content/help/us-me.yaml:9: the help line "hotline" was last seen on 2026-05-01',
        "content/pages/privacy.md:4: the page was last seen on 2020-01-01",
        'content/sources.yaml:6: the source "S1" was last seen on 2025-01-01',
    ]


def test_a_review_takes_the_lesson_out_of_the_warning(folder: Path) -> None:
    edit(folder, LESSON_FILE, "minutes: 4", "minutes: 4\nreviews:\n  - {who: Ada, role: reader, date: 2026-11-02}")
    assert "1 of 2 lessons have no review by a person" in told(folder)


def test_gaps_in_the_bank_are_warnings(folder: Path) -> None:
    edit(folder, LESSON_FILE, "[A1, C1, C2, C5]", "[A1, C1]")
    edit(folder, "courses/recognize/04-practice/01-second.md", "[A1, C1, C2, C5]", "[A1]")
    assert "no lesson teaches C2, C5" in told(folder)
    assert "no scene tests C2, C5" in told(folder)
    for name in small.files():
        if name.startswith("scenarios/"):
            edit(folder, name, "about: labor", "about: sex")
    assert "0 of 8 scenes are about labor" in told(folder)
