"""Values that the schema refuses, in words for authors."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content.small import COURSE_FILE, complaints, edit


@pytest.mark.check("T125")
@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("site.yaml", "name: Small", "nam: x\nname: Small", 'site.yaml:1: unknown key "nam". Did you mean "name"?'),
        ("site.yaml", "Small site", "", 'site.yaml:1: "name" is empty. Write it, or take'),
        ("site.yaml", "Small site", "[a, b]", 'site.yaml:1: "name" must be a text. '),
        ("site.yaml", "[en]", "[en, xx]", 'site.yaml:3: no language is called "xx".'),
        ("site.yaml", "[en]", "en", 'site.yaml:3: "languages" must be a list. '),
        ("site.yaml", "[hotline]", "[]", 'site.yaml:6: "strip_lines" has too few or too many items. Give at least 1.'),
        ("site.yaml", "https://www", "javascript:www", 'site.yaml:8: "exit_target" can\'t be "javascript:www'),
        ("sources.yaml", "2020", "soon", 'sources.yaml:5: "year" must be a whole number. Write digits only.'),
        ("sources.yaml", "exempt: true", "exempt: perhaps", 'sources.yaml:7: "exempt" must be true or false. '),
        ("sources.yaml", "2026-11-01\n  exempt", "yesterday\n  exempt", "must be a date. Write it as 2026-11-24."),
        ("help/us.yaml", "1-888-373-7888", "12345", 'us.yaml:5: "phone" can\'t be "12345". Write three digits,'),
        ("help/us.yaml", "[trafficking]", "[tea]", 'item 1 of "needs" can\'t be "tea". Use one of: danger, '),
        (COURSE_FILE, "version: 1.0", "version: one", 'course.yaml:3: "version" can\'t be "one". Write two numbers'),
        (
            COURSE_FILE,
            "    tries: 3",
            "    tries: 99",
            'course.yaml:23: "tries" can\'t be "99". It must be at most 10.',
        ),
        (COURSE_FILE, "    tries: 3\n", "", 'course.yaml:22: "tries" is missing. Add it.'),
        (
            "scenarios/open-1-a.md",
            "truth: concern",
            "truth: maybe",
            'a.md:4: "truth" can\'t be "maybe". Use one of: con',
        ),
        ("scenarios/open-1-a.md", "  C1: ", "  Z1: ", 'a.md:21: "Z1" can\'t be a key of "signs". Write the id of an'),
    ],
)
def test_each_wrong_value_has_its_line_and_a_remedy(
    folder: Path, name: str, old: str, new: str, complaint: str
) -> None:
    edit(folder, name, old, new)
    assert complaint in "\n".join(str(found) for found in complaints(folder))
