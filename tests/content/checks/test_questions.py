"""The questions of a lesson: placed once each, told plainly, and fit to be asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import told
from tests.content.small import LESSON_FILE, edit, line_of, only, put
from trainer.content.markdown import parse
from trainer.content.times import lesson_seconds

ITEMS = """\
items:
  - id: first-call
    passage: |
      You stand at the desk. A man asks for his papers.

      The boss says no.
    type: single
    ask: What decides it?
    options:
      - {id: boss, text: The boss says no, why: It does., key: true}
      - {id: desk, text: The desk, why: It does not.}
  - id: what-counts
    type: marks
    passage: You stand at the desk, and the boss says no.
    phrases:
      - {text: You stand, why: Anyone may.}
      - {text: the desk, why: It is a desk.}
      - {text: the boss says no, why: He may not., sign: C1}
"""
BODY = """\
::: item first-call
:::

In 2023 the hotline counted 1,042 [signals](glossary:signal).[^S1]

::: item what-counts
:::

::: recap
- A signal is one contact.
- A case is more.
:::
"""


@pytest.fixture
def asking(folder: Path) -> Path:
    """The tiny folder, whose first lesson asks two questions."""
    head, _dashes, _body = small.LESSON.rpartition("---\n")
    put(folder, LESSON_FILE, f"{head}{ITEMS}---\n{BODY}")
    return folder


def test_a_lesson_may_open_with_a_question_and_ask_others_between_its_parts(asking: Path) -> None:
    lesson = small.read(asking).courses["recognize"].lessons[0]
    assert [one.id for one in lesson.questions] == ["first-call", "what-counts"]
    assert [one.type for one in lesson.questions] == ["single", "marks"]
    before, between, after = lesson.parts
    assert not before
    assert "1,042" in between
    assert 'id="recap"' in after
    assert "first-call" not in lesson.html


def test_its_time_counts_passages_choices_reasons_of_what_is_right_and_twenty_seconds_each(asking: Path) -> None:
    lesson = small.read(asking).courses["recognize"].lessons[0]
    first = "You stand at the desk. A man asks for his papers. The boss says no. What decides it? The boss says no"
    first += " It does. The desk"
    second = "You stand at the desk, and the boss says no. He may not."
    asked = 2 * 20 + 0.3 * len(f"{first} {second}".split())
    assert lesson.seconds == pytest.approx(
        lesson_seconds(parse(BODY), (), beside=(lesson.file.title, lesson.file.note or "")) + asked
    )
    assert lesson_seconds(parse("::: item first-call\n:::\n"), ()) == 0


def test_a_course_may_ask_for_minutes_that_its_questions_take(asking: Path) -> None:
    edit(asking, small.COURSE_FILE, "least_minutes: 0", "least_minutes: 6")
    assert "Ask for at most" in only(asking)
    edit(asking, LESSON_FILE, "      The boss says no.", f"      The boss says no. {'No. ' * 2000}")
    small.read(asking)


def test_a_changed_question_is_another_digest_and_a_corrected_reason_is_not(asking: Path) -> None:
    def digests() -> list[str]:
        return [one.digest for one in small.read(asking).courses["recognize"].lessons[0].questions]

    before, course = digests(), small.read(asking).courses["recognize"].digest
    edit(asking, LESSON_FILE, "why: It does.,", "why: It does indeed.,")
    assert digests() == before
    assert small.read(asking).courses["recognize"].digest != course
    edit(asking, LESSON_FILE, "The boss says no, why", "The boss says No, why")
    assert digests()[0] != before[0]
    assert digests()[1] == before[1]


@pytest.mark.parametrize(
    ("old", "new", "at", "complaint"),
    [
        ("::: item what-counts\n:::\n", "", "- id: what-counts", 'the question "what-counts" has no place in the text'),
        ("::: recap", "::: item what-counts\n:::\n\n::: recap", -1, 'the question "what-counts" is placed twice'),
        ("::: recap", "::: item other\n:::\n\n::: recap", "::: item other", 'no question is called "other"'),
        ("::: recap", "::: item\n:::\n\n::: recap", -1, 'the box "item" names no question'),
        ("::: item first-call\n", "::: item first-call\nHello.\n", "::: item first", 'there is text in the box "item"'),
        (
            "    passage: You stand at the desk, and the boss says no.\n",
            "",
            "- id: what-counts",
            'a question of the type "marks" has no "passage"',
        ),
        ("text: You stand,", "text: You sit,", "text: You sit", '"You sit" is not in the passage'),
        ("sign: C1", "sign: H9", "sign: H9", "H9 is none of the signs in indicators.yaml"),
        ("{id: desk, text: The desk", "{id: boss, text: The desk", "    options:", "two options have the same id"),
        ("type: single", "type: judge", "- id: first-call", '"type" can\'t be "judge"'),
        ("    type: single\n", "", "- id: first-call", '"items" has no "type"'),
        ("id: first-call", "id: First call", "id: First", '"id" can\'t be "First call"'),
        ("      The boss says no.", "      - The boss says no.", "passage: |", "more than plain paragraphs"),
        ("      The boss says no.", "      [The boss](page:help) says no.", "passage: |", "more than plain paragraphs"),
        ("why: It does.,", "why: In 71 percent of cases.,", "id: boss", 'the figure "1 percent" has no source'),
        ("why: It does.,", "why: The pimp does.,", "id: boss", '"pimp" is a word that we do not use'),
    ],
)
def test_what_is_wrong_is_named_with_its_line(asking: Path, old: str, new: str, at: str | int, complaint: str) -> None:
    edit(asking, LESSON_FILE, old, new)
    found = only(asking)
    assert complaint in found
    if isinstance(at, str):
        assert f"{LESSON_FILE}:{line_of(asking, LESSON_FILE, at)}:" in found


def test_two_questions_may_not_have_the_same_id(asking: Path) -> None:
    edit(asking, LESSON_FILE, "- id: what-counts", "- id: first-call")
    assert 'two questions have the id "first-call"' in told(asking)


def test_a_figure_in_a_passage_is_part_of_its_story(asking: Path) -> None:
    edit(asking, LESSON_FILE, "for his papers.\n", "for his papers in room 2,140, and owes 5,000 dollars.\n")
    small.read(asking)


def test_only_lessons_ask_questions(folder: Path) -> None:
    path = folder / "pages/privacy.md"
    path.write_text(path.read_text(encoding="utf-8") + "\n::: item first-call\n:::\n", encoding="utf-8")
    assert 'a page has no "item"' in told(folder)


def test_a_lesson_of_a_core_path_that_asks_too_little_brings_a_warning(asking: Path) -> None:
    def warnings() -> list[str]:
        return [str(one) for one in small.complaints(asking) if "of the core path asks" in one.what]

    assert warnings() == []
    edit(asking, "courses/recognize/04-practice/module.yaml", "title:", "deeper: true\ntitle:")
    assert warnings() == [
        f"content/{LESSON_FILE}:{line_of(asking, LESSON_FILE, 'items:')}: a lesson of the core path asks 2 questions, "
        "of 2 types. Ask 4 or more, of 2 types or more."
    ]
    edit(asking, "courses/recognize/01-basics/module.yaml", "title:", "choose_one: true\ntitle:")
    assert warnings() == []


def test_an_older_translation_without_places_asks_at_its_end(asking: Path) -> None:
    edit(asking, "site.yaml", "languages: [en]", "languages: [en, es]")
    name = LESSON_FILE.replace(".md", ".es.md")
    head = "---\nof: 0123\ntranslated_on: 2026-11-30\ntitle: Primera\n---\n"
    body = f"{head}::: item what-counts\n:::\n\n::: item gone\n:::\n\nTexto.\n"
    put(asking, name, f"{body}\n::: recap\n- Una.\n:::\n")
    lesson = small.read(asking).translations["es"].courses["recognize"].lessons[0]
    assert [one.id for one in lesson.questions] == ["what-counts", "first-call"]
    assert ["Texto" in part for part in lesson.parts] == [False, True, False]
