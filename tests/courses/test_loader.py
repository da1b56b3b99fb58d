"""Loading: whole or not at all, every fault with its line, no traceback for any bytes."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.courses import small
from tests.courses.small import COURSE_FILE, LESSON_FILE, complaints, edit, only
from trainer.courses.library import Complaint, Content, ContentRefused, load
from trainer.courses.loader import BODY_LIMIT, SIZE_LIMIT


def test_the_small_folder_has_no_fault(folder: Path) -> None:
    assert {complaint.level for complaint in complaints(folder)} == {"warning"}


def test_a_complaint_reads_as_one_line_with_place_fault_and_remedy(folder: Path) -> None:
    edit(folder, "scenarios/open-1-a.md", "      report-now: About reporting.\n", "")
    assert only(folder) == (
        'content/scenarios/open-1-a.md:22: option "report-now" has no rationale. '
        "Add one: learners see it after answering."
    )


def test_all_faults_are_told_in_one_run_and_in_order(folder: Path) -> None:
    edit(folder, "site.yaml", "name: Small site", "nam: Small site")
    edit(folder, "glossary.yaml", "  term: Case\n", "")
    edit(folder, LESSON_FILE, "minutes: 4", "minutes: four")
    found = [str(complaint).partition(". ")[0] for complaint in complaints(folder)]
    assert found == [
        f'content/{LESSON_FILE}:4: "minutes" must be a whole number',
        'content/glossary.yaml:4: "term" is missing',
        'content/site.yaml:1: "name" is missing',
        'content/site.yaml:1: unknown key "nam"',
    ]


@pytest.mark.check("T125")
@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("site.yaml", "name: Small", "nam: x\nname: Small", 'site.yaml:1: unknown key "nam". Did you mean "name"?'),
        ("site.yaml", "Small site", "", 'site.yaml:1: "name" is empty. Write it, or take'),
        ("site.yaml", "Small site", "[a, b]", 'site.yaml:1: "name" must be a text. '),
        ("site.yaml", "[en]", "[en, xx]", 'site.yaml:3: item 2 of "languages" can\'t be "xx". Use one of: en.'),
        ("site.yaml", "[en]", "en", 'site.yaml:3: "languages" must be a list. '),
        ("site.yaml", "[hotline]", "[]", 'site.yaml:5: "strip_lines" has too few or too many items. Give at least 1.'),
        ("site.yaml", "https://www", "javascript:www", 'site.yaml:6: "exit_target" can\'t be "javascript:www'),
        ("sources.yaml", "2020", "soon", 'sources.yaml:5: "year" must be a whole number. Write digits only.'),
        ("sources.yaml", "exempt: true", "exempt: perhaps", 'sources.yaml:7: "exempt" must be true or false. '),
        ("sources.yaml", "2026-11-01\n  exempt", "yesterday\n  exempt", "must be a date. Write it as 2026-11-24."),
        ("help/us-me.yaml", "1-888-373-7888", "12345", 'us-me.yaml:5: "phone" can\'t be "12345". Write 911,'),
        ("help/us-me.yaml", "[trafficking]", "[tea]", 'item 1 of "needs" can\'t be "tea". Use one of: danger, '),
        (COURSE_FILE, "version: 1.0", "version: one", 'course.yaml:3: "version" can\'t be "one". Write two numbers'),
        (
            COURSE_FILE,
            "    tries: 3",
            "    tries: 99",
            'course.yaml:22: "tries" can\'t be "99". It must be at most 10.',
        ),
        (COURSE_FILE, "    tries: 3\n", "", 'course.yaml:21: "tries" is missing. Add it.'),
        (
            "scenarios/open-1-a.md",
            "truth: concern",
            "truth: maybe",
            'a.md:4: "truth" can\'t be "maybe". Use one of: con',
        ),
        ("scenarios/open-1-a.md", "  C1: The", "  Z1: The", 'a.md:15: "Z1" can\'t be "Z1". Write the id of an'),
    ],
)
def test_each_wrong_value_has_its_line_and_a_remedy(
    folder: Path, name: str, old: str, new: str, complaint: str
) -> None:
    edit(folder, name, old, new)
    assert complaint in "\n".join(str(found) for found in complaints(folder))


def test_plain_words_stay_text(folder: Path) -> None:
    edit(folder, "site.yaml", "name: Small site", "name: No")
    edit(folder, "help/us-me.yaml", "1-888-373-7888", "911")
    content = small.read(folder)
    assert content.site.name == "No"
    assert content.help_line("hotline").phone == "911"
    assert content.courses["recognize"].file.version == "1.0"


@pytest.mark.check("T127")
@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("Small site", "\n  <<: {name: x}", 'site.yaml:1: "name" must be a text. '),
        ("name: Small", "name: Other\nname: Small", 'site.yaml:2: the key "name" is there twice. Keep one'),
        ("Small site", "&x Small", "site.yaml:1: & and * make references here. "),
        ("Small site", "*x", "site.yaml:1: "),
        ("Small site", "!!python/name:os.system x", "site.yaml:1: ! makes a type here. "),
        ("Small site", "Small: site", 'site.yaml:1: this can\'t be read as YAML. Put a text that holds ": " in double'),
        ("Small site", "@small", "site.yaml:1: this can't be read as YAML. Put a text that begins with a special"),
        ("Small site", '"Small', "this can't be read as YAML. "),
        ("Small site", "[" * 20 + "]" * 20, "site.yaml:1: lists are nested too deeply here. "),
        ("Small site", "a\n---\nname: b", 'site.yaml:2: there is a second "---". '),
        ("Small site", "a\n? [b, c]\n: d", "site.yaml:2: a key must be a word. "),
        ("Small site", "a\n\tb: c", "site.yaml:"),
    ],
)
def test_yaml_tricks_and_slips_are_refused_with_their_line(folder: Path, old: str, new: str, complaint: str) -> None:
    edit(folder, "site.yaml", old, new)
    assert complaint in only(folder)


@pytest.mark.parametrize(
    ("raw", "complaint"),
    [
        (b"- id: S1\n  title: \xff\xfe\n", "sources.yaml:2: the text is not in UTF-8. Save the file again as UTF-8."),
        ("- id: S1".encode("utf-16"), "sources.yaml:1: the text is not in UTF-8. Save the file again as UTF-8."),
        (b"- id: S1\n\n  title: a\x00b\n", "sources.yaml:3: there is an invisible character (U+0000). "),
        ("- id: S1\n  title: a\u202eb\n".encode(), "sources.yaml:2: there is an invisible character (U+202E). "),
        (b"a" * (SIZE_LIMIT + 1), "sources.yaml:1: the file is larger than 256 KB. Split it."),
        (b"title: a", "sources.yaml:1: a list is needed here. "),
    ],
)
def test_bytes_that_are_no_good_text_are_refused_and_bring_no_second_complaint(
    folder: Path, raw: bytes, complaint: str
) -> None:
    (folder / "sources.yaml").write_bytes(raw)
    assert complaint in only(folder)


def test_a_list_item_without_keys_is_refused(folder: Path) -> None:
    path = folder / "sources.yaml"
    path.write_text(f"- only text\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
    assert only(folder).startswith("content/sources.yaml:1: keys and values are needed here. ")


def test_windows_line_ends_and_a_byte_order_mark_are_read(folder: Path) -> None:
    path = folder / LESSON_FILE
    text = path.read_text(encoding="utf-8")
    before = small.read(folder).courses["recognize"].lessons[0].html
    path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert small.read(folder).courses["recognize"].lessons[0].html == before


def test_a_file_without_a_head_is_told_how_to_begin(folder: Path) -> None:
    (folder / "pages/privacy.md").write_text("Only text\n", encoding="utf-8")
    assert only(folder).startswith("content/pages/privacy.md:1: the head of the file is missing. Begin with a line")


def test_a_text_that_would_take_long_to_parse_is_refused(folder: Path) -> None:
    small.edit(folder, "pages/privacy.md", "We keep little.", "[" * (BODY_LIMIT + 1))
    assert only(folder) == "content/pages/privacy.md:5: the text is longer than 32 KB. Split it."


def test_a_file_without_a_body_is_refused(folder: Path) -> None:
    (folder / "pages/privacy.md").write_text("---\ntitle: a\nsummary: b\n---\n\n", encoding="utf-8")
    assert only(folder) == "content/pages/privacy.md:5: there is no text below the head. Write it."


@pytest.mark.parametrize(
    "name", ["notes.txt", "pages/Privacy.md", "courses/recognize/basics/01-a.md", "site.yml", "es/a.md"]
)
def test_a_file_nobody_knows_is_named(folder: Path, name: str) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / name).write_text("x", encoding="utf-8")
    assert only(folder).startswith(f"content/{name}:1: no file of this name belongs here. ")


def test_hidden_files_and_the_read_me_are_left_alone(folder: Path) -> None:
    for name in (".DS_Store", "pages/.privacy.md.swp", "README.md"):
        (folder / name).write_bytes(b"\xff")
    small.read(folder)


@pytest.mark.parametrize("name", ["site.yaml", "sources.yaml", "glossary.yaml", "indicators.yaml"])
def test_a_missing_file_is_the_only_complaint(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert only(folder).startswith(f"content/{name}:1: the file is missing. ")


@pytest.mark.parametrize("name", [COURSE_FILE, "courses/recognize/01-basics/module.yaml"])
def test_a_course_or_module_without_its_file_is_refused(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert only(folder).startswith(f"content/{name}:1: the file is missing. ")


@pytest.mark.check("T129")
def test_links_that_leave_the_folder_are_refused(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("---\ntitle: a\nsummary: b\n---\nSecret\n", encoding="utf-8")
    (folder / "pages/secret.md").symlink_to(tmp_path / "secret.md")
    (folder / "es").symlink_to("/etc")
    found = [str(complaint) for complaint in complaints(folder)]
    assert [line.partition(": ")[0] for line in found] == ["content/es:1", "content/pages/secret.md:1"]
    assert all("links to other places are not allowed here" in line for line in found)


def test_a_pipe_does_not_hang_the_loader(folder: Path) -> None:
    os.mkfifo(folder / "pages/pipe.md")
    assert only(folder) == "content/pages/pipe.md:1: this is no ordinary file. Take it out."


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentRefused) as refused:
        load(tmp_path / "content", small.TODAY)
    assert "the folder can't be read" in str(refused.value)


def test_one_broken_item_is_one_complaint_although_others_point_to_it(folder: Path) -> None:
    edit(folder, "sources.yaml", "publisher: An office", "publisher:")
    edit(folder, "glossary.yaml", "meaning: One contact with the hotline.", "meaning:")
    assert len(complaints(folder)) == 2


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("sources.yaml", "id: N2", "id: S1"),
        ("glossary.yaml", "id: case", "id: signal"),
        ("indicators.yaml", "id: papers", "id: freedom"),
        ("indicators.yaml", "id: C5", "id: C1"),
    ],
)
def test_an_id_given_twice_is_refused(folder: Path, name: str, old: str, new: str) -> None:
    edit(folder, name, old, new)
    told = [str(complaint) for complaint in complaints(folder)]
    assert any(f'the id "{new[4:]}" is there twice' in line for line in told)


def test_a_help_line_may_not_be_in_two_regions(folder: Path) -> None:
    (folder / "help/us.yaml").write_text(small.HELP, encoding="utf-8")
    assert 'us.yaml:1: the id "hotline" is there twice' in only(folder)


def test_two_lessons_can_have_neither_one_name_nor_one_number(folder: Path) -> None:
    text = (folder / LESSON_FILE).read_text(encoding="utf-8")
    (folder / "courses/recognize/01-basics/02-first.md").write_text(text, encoding="utf-8")
    (folder / "courses/recognize/04-practice/01-third.md").write_text(text, encoding="utf-8")
    told = "\n".join(str(complaint) for complaint in complaints(folder))
    assert '02-first.md:1: "first" is there twice. Rename this file or content/courses/recognize/01-basics/01-f' in told
    assert "01-third.md:1: two lessons have the number 01. " in told


def test_two_modules_can_have_neither_one_name_nor_one_number(folder: Path) -> None:
    (folder / "courses/recognize/05-basics").mkdir()
    (folder / "courses/recognize/05-basics/module.yaml").write_text(small.MODULE, encoding="utf-8")
    assert "05-basics:1: content/courses/recognize/01-basics has the same name or number" in only(folder)


# --- any bytes ---


def spoil(raw: bytes, chance: random.Random) -> bytes:
    """Change a few bytes as slips of editors, disks and hands do."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(data) + 1)
        match chance.randrange(6):
            case 0:
                data[at:at] = chance.choice(
                    [b"\n", b"\t", b": ", b"- ", b"---\n", b"\xff", b"\x00", b"'", b'"', b"{", b"[", b"&a "]
                )
            case 1:
                del data[at : at + chance.randint(1, 30)]
            case 2:
                data[at:at] = data[max(0, at - 40) : at]
            case 3 if data:
                data[at % len(data)] = chance.randrange(256)
            case 4:
                del data[at:]
            case _:
                data[at:at] = chance.choice(
                    [b":::", b"::: choose x\n- [x]\n", b"[^S1]", b"](x:", b"<b", b"*x", b"1,000 ", "‮".encode()]
                )
    return bytes(data)


@pytest.mark.check("T130")
@settings(
    max_examples=int(os.environ.get("TRAINER_FUZZ", "150")),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 2**32))
def test_a_spoiled_folder_is_loaded_whole_or_refused(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    folder = small.write(tmp_path / str(seed))
    names = sorted(small.files())
    for name in chance.sample(names, chance.randint(1, 3)):
        path = folder / name
        path.write_bytes(spoil(path.read_bytes(), chance))
    try:
        content: Content | None = load(folder, small.TODAY)[0]
        faults: list[Complaint] = []
    except ContentRefused as refused:
        content, faults = None, [complaint for complaint in refused.complaints if complaint.level == "error"]
    assert (content is None) == bool(faults)
    assert all(fault.line >= 1 and fault.remedy and "\n" not in str(fault) for fault in faults)
