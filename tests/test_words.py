"""People read native US English: no template, message, page or paper has a phrase of the word list in CONTRIBUTING."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Final

import pytest

from tests.words import find_banned, list_faults

ROOT: Final = Path(__file__).parent.parent


PAPERS: Final = ("README", "api", "authors", "develop", "firms", "instructors", "measured", "operate")
EXEMPT: Final[frozenset[str]] = frozenset()
"""Files that still have such a phrase. Keep it empty: a line goes as soon as its file is fixed."""


FILES: Final = [
    ROOT / "README.md",
    ROOT / "content" / "README.md",
    *(ROOT / "docs" / f"{name}.md" for name in PAPERS),
    *sorted(
        path
        for path in (ROOT / "trainer").rglob("*")
        if path.suffix in {".html", ".txt", ".py"} and "static" not in path.parts
    ),
]


def test_no_text_has_a_phrase_of_the_list() -> None:
    assert len(FILES) > 900
    faulty = {str(path.relative_to(ROOT)): faults for path in FILES if (faults := list_faults(path))}
    assert {name: faults for name, faults in faulty.items() if name not in EXEMPT} == {}
    assert EXEMPT - set(faulty) == set(), "has no such phrase now: take it out of EXEMPT"


@pytest.mark.parametrize(
    "source",
    [
        '{{ _("Whoever has it can read it.") }}',
        "<p aria-label=\"{{ _('To mend') }}\"></p>",
        '{{ ngettext("%(num)s is there.", "%(num)s came in.", n) }}',
        '{{ _("A link that " "is good.") }}',
    ],
)
def test_phrases_in_templates_are_found(source: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(source, "utf-8")
    assert len(list_faults(path)) == 1


@pytest.mark.parametrize(
    "source",
    [
        'raise Conflict("This link is void.")',
        'raise Conflict(f"{name} is good until {day}.")',
        'NAMES = {1: _l("E-mail")}',
        '@mail_cli.command("list")\ndef f():\n    """Keep it for ever."""',
        'print("Mend it.")',
        """raise Invalid(f'"{name}" is no id')""",
    ],
)
def test_phrases_in_python_are_found(source: str, tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text(source, "utf-8")
    assert len(list_faults(path)) == 1


def test_docstrings_that_nobody_is_shown_are_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "module.py"
    path.write_text('"""For ever."""\nX = 1\n"""Mend it."""\ndef f():\n    """Whoever."""', "utf-8")
    assert list_faults(path) == []


@pytest.mark.parametrize(
    "text",
    [
        "Ask whoever gave you the code.",
        "Are there any more questions?",
        "Mending"[:3],
        "There is no such class, and the link is no longer valid.",
        "A delay is no reason to call.",
    ],
)
def test_plain_english_passes(text: str) -> None:
    assert list(find_banned(text)) == []


def test_a_percent_sign_is_doubled_only_where_something_is_put_in() -> None:
    doubled = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / "trainer").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"_", "_l", "gettext", "lazy_gettext"}
        and not call.keywords and "%%" in ast.unparse(call)
    ]  # fmt: skip
    assert doubled == []
