"""What is warned of, and never refused."""

from __future__ import annotations

from pathlib import Path

from tests.content import small
from tests.content.checks.spoiling import PAGE_FILE, told
from tests.content.small import COURSE_FILE, LESSON_FILE, complaints, edit


def test_age_and_missing_reviews_warn_and_never_refuse(folder: Path) -> None:
    edit(folder, "sources.yaml", "  seen_on: 2026-11-01\n  exempt", "  seen_on: 2025-01-01\n  exempt")
    edit(folder, "help/us.yaml", "seen_on: 2026-11-01", "seen_on: 2026-05-01")
    edit(folder, PAGE_FILE, "summary: What is kept.", "summary: What is kept.\nseen_on: 2020-01-01")
    found = complaints(folder)
    assert {complaint.level for complaint in found} == {"warning"}
    assert [str(complaint).partition(". ")[0] for complaint in found if "scene" not in complaint.what] == [
        f"content/{COURSE_FILE}:1: 2 of 2 lessons have no review by a person",
        'content/help/us.yaml:9: the help line "hotline" was last seen on 2026-05-01',
        "content/pages/privacy.md:4: the page was last seen on 2020-01-01",
        'content/sources.yaml:6: the source "S1" was last seen on 2025-01-01',
    ]


def test_an_old_copy_of_a_law_warns(folder: Path) -> None:
    edit(folder, "sources.yaml", "  seen_on: 2026-11-01\n  exempt", "  copy_of: 2022\n  seen_on: 2026-11-01\n  exempt")
    assert '"S1" was read in a copy of 2022' in told(folder)
    edit(folder, "sources.yaml", "copy_of: 2022", "copy_of: 2023")
    assert "was read in a copy" not in told(folder)


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


LONG = "Wait a week, think it over once more, and then go home"  # twelve words


def test_what_scenes_lack_is_told_in_words(folder: Path) -> None:
    for letter in ("a", "b"):
        edit(
            folder,
            f"scenarios/open-1-{letter}.md",
            "Wait a week",
            LONG,
        )
    found = told(folder)
    assert "8 scenes have fewer than 5 first actions (open-1-a, open-1-b, open-2-a, …). Rewrite them in time." in found
    assert "8 scenes have fewer than two first actions that call or tell someone (open-1-a, " in found
    assert "2 scenes have a first action of more than 12 words (open-1-a, open-1-b). " not in found
    assert "4 scenes have no second telling (reserved-1-a, reserved-1-b, reserved-2-a, …). " in found
    small.add_to_head(folder, "scenarios/reserved-1-a.md", "swap: {man: woman}\n")
    assert "3 scenes have no second telling (reserved-1-b, reserved-2-a, reserved-2-b). " in told(folder)
    for letter in ("a", "b"):
        tell = "door: site\n        grade: wrong-route"
        small.add_to_head(
            folder,
            f"scenarios/open-1-{letter}.md",
            f"      - id: tell\n        text: Tell the boss of the motel\n        why: W.\n        {tell}\n",
        )
        edit(folder, f"scenarios/open-1-{letter}.md", LONG, f"{LONG} again")
    found = told(folder)
    assert "6 scenes have fewer than 5 first actions (open-2-a, " in found
    assert "6 scenes have fewer than two first actions that call or tell someone (open-2-a, " in found
    assert "2 scenes have a first action of more than 12 words (open-1-a, open-1-b). " in found


def test_one_scene_is_told_of_in_the_singular_and_retired_ones_not_at_all(folder: Path) -> None:
    for name in ("reserved-1-a", "reserved-1-b", "reserved-2-b"):
        small.add_to_head(folder, f"scenarios/{name}.md", "swap: {man: woman}\n")
    assert "1 scene has no second telling (reserved-2-a). " in told(folder)
    for letter, truth in (("a", "concern"), ("b", "no_concern")):
        retired = small.scene(truth, "reserved-3", "reserved").replace("pool:", "retired: true\npool:")
        small.put(folder, f"scenarios/reserved-3-{letter}.md", retired)
    assert "1 scene has no second telling (reserved-2-a). " in told(folder)
    assert "8 scenes have fewer than 5" in told(folder)


def test_a_menu_without_a_calm_step_and_glosses_of_wrong_steps_are_told(folder: Path) -> None:
    edit(folder, "vocabulary.yaml", "banned_in_scenes:", "glosses: [for your log, lightly]\nbanned_in_scenes:")
    for letter in ("a", "b"):
        edit(folder, f"scenarios/open-1-{letter}.md", "Wait a week", "Wait a week, for your log")
        edit(folder, f"scenarios/open-1-{letter}.md", "Call the hotline", "Call the hotline, lightly")
        for door in ("note", "ask", "none"):
            edit(folder, f"scenarios/open-2-{letter}.md", f"door: {door}", "door: site")
    found = told(folder)
    assert '2 scenes have a wrong first action marked by "for your log" (open-1-a, open-1-b). ' in found
    assert '1 scene has a wrong first action marked by "lightly" (open-1-b). ' in found  # in the other one it is best
    assert "2 scenes have no first action that calls nobody (open-2-a, open-2-b). " in found


def test_doors_that_are_right_or_wrong_nearly_always_are_told_once_there_are_ten(folder: Path) -> None:
    assert "with the door" not in told(folder)
    for letter, truth in (("a", "concern"), ("b", "no_concern")):
        small.put(folder, f"scenarios/open-3-{letter}.md", small.scene(truth, "open-3", "open"))
    found = told(folder)
    assert (
        'of 10 harmless first actions with the door "none", 0% are best and 0% best or fine. Bring it to 15%' in found
    )
    assert 'with the door "hotline"' not in found
    assert 'with the door "ask"' not in found  # all ten do harm, which says nothing of their door
    for number in range(1, 4):
        edit(folder, f"scenarios/open-{number}-b.md", "grade: wrong-route", "grade: fine")
    assert 'with the door "hotline"' not in told(folder)  # best in half, fine in three of the others
    for pair in ("reserved-1", "reserved-2"):
        edit(folder, f"scenarios/{pair}-b.md", "grade: wrong-route", "grade: fine")
    assert 'of 10 harmless first actions with the door "hotline", 50% are best and 100% best or fine.' in told(folder)
