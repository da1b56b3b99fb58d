"""The subject's words are in `content/`: no code, template or paper has one of them."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, get_args

import pytest
import yaml

from trainer.content.subject import WordList
from trainer.core.settings import ROOT

PACKAGE = ROOT / "trainer"
WORDS: Final[dict[str, Any]] = yaml.safe_load((ROOT / "content" / "vocabulary.yaml").read_text(encoding="utf-8"))
SITE: Final[dict[str, Any]] = yaml.safe_load((ROOT / "content" / "site.yaml").read_text(encoding="utf-8"))
LISTS: Final = get_args(WordList)
REGIONS: Final = sorted(
    yaml.safe_load(path.read_text(encoding="utf-8"))["name"] for path in ROOT.glob("content/regions/*/region.yaml")
)
FEW: Final = 3  # words; a shorter phrase may stand in any sentence, so only the whole text counts

# Words that also mean something else: of these, only a text that is nothing but the word counts.
_ORDINARY: Final = (
    "any basics both child confront construction crisis danger detain domestic driver events farm follow friend "
    "guard health industrial labor law minors neighbor online photograph residential restaurant school services sex "
    "staff teacher transport us welfare work"
)
ORDINARY: Final = frozenset(_ORDINARY.split())
# Nothing at all, the field to search in, and what the code calls its questions, its notes and itself.
NOT_LOOKED_FOR: Final = {"none", "search", "ask", "note", "site"}
# Texts that are something else, each with what it is.
FIRMS: Final = (
    "assignments",
    "compliance",
    "organizations",
    "roster",
    "extras/api",
    "extras/inspectors",
    "extras/mergers",
    "extras/pins",
    "extras/reports",
    "extras/webhooks",
)
EXCEPTIONS: Final = {
    ("trainer/assignments/rules.py", "any"): "that one of several conditions is enough",
    ("trainer/tools/instrument/balance.py", "child"): "an age",
    ("trainer/tools/instrument/guards.py", "nobody"): "a word that denies",
    ("trainer/tools/seed.py", "guard"): "a person of the made-up firm",
    ("trainer/content/checks/rare.py", "events"): "what happens in a night",
    ("trainer/content/prose.py", "events"): "what happens in a night",
    ("trainer/content/schema.py", "child"): "an age",
    ("trainer/content/subject.py", "one-medium"): "what signs a line of the rule asks for",
    ("trainer/content/subject.py", "danger"): "what signs a line of the rule asks for",
    ("trainer/content/subject.py", "two-medium"): "what signs a line of the rule asks for",
    ("trainer/core/events.py", "events"): "what other systems are told",
    ("trainer/core/own.py", "events"): "a table",
    ("trainer/roster/headings.py", "guard"): "a heading of rosters",
    ("trainer/operating/templates/operating/administration.html", "health"): "of an installation",
    ("trainer/organizations/words.py", "events"): "what other systems are told",
    **{
        (f"trainer/{name}.py", "work"): "what someone does for a firm"
        for name in ("privacy/register", "core/own", *(f"{one}/privacy" for one in FIRMS))
    },
    ("trainer/web/errors.py", "911"): "stands where nothing else can be read, the content included",
    ("trainer/web/templates/web/_help_line.html", "danger now"): "goes on with the emergency number, in any language",
}
NOT_LOOKED_AT: Final = ("trainer/tools/demo/",)  # the story of a firm that is made up for this subject


def ids() -> frozenset[str]:
    listed = {one if isinstance(one, str) else one["id"] for name in LISTS for one in WORDS[name]}
    return frozenset(listed | set(WORDS["danger_signs"])) - NOT_LOOKED_FOR


def phrases() -> frozenset[str]:
    """Return what the vocabulary and the site have readers read, in small letters."""
    named = [one for name in LISTS for one in WORDS[name] if isinstance(one, dict)]
    shown = [one[key] for one in named for key in ("name", "sentence", "heading") if key in one]
    shown += [text for one in WORDS["verdicts"].values() for text in one.values()]
    shown += [
        *WORDS["disclaimers"].values(),
        *WORDS["sentences"].values(),
        SITE["name"],
        SITE["tagline"],
        WORDS["always"],
    ]
    return frozenset(_bare(text) for text in shown)


IDS: Final = ids()


def texts(path: Path) -> Iterator[str]:
    """Yield the texts of a file: literals of code without docstrings, of a template and a paper what is shown, too."""
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        tree = ast.parse(source)
        silent = {
            id(node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in silent:
                yield _flat(node.value)
        return
    source = re.sub(r'"\s*\n\s*"', "", source)  # a text that goes on in the next line
    source = re.sub(r"\{#.*?#\}|/\*.*?\*/|^\s*//.*$", "", source, flags=re.DOTALL | re.MULTILINE)
    yield from (_flat(text) for text in re.findall(r'"([^"]*)"', source))
    yield from (_flat(text) for text in re.findall(r"'([^']*)'", source))
    yield from (_flat(text) for text in re.split(r"<[^>]*>|\{\{.*?\}\}|\{%.*?%\}|[\[\]]", source, flags=re.DOTALL))


def _flat(text: str) -> str:
    return " ".join(html.unescape(text).split())


def _bare(text: str) -> str:
    return text.strip(" .:;,?").lower()


def found_in(text: str) -> set[str]:
    """Return the words and phrases of the vocabulary that a text has."""
    whole, low = _bare(text), text.lower()
    long = {phrase for phrase in PHRASES if len(phrase.split()) >= FEW and phrase in low}
    return long | {text} & IDS | {whole} & PHRASES | set(_WORD.findall(text))


PHRASES: Final = phrases()
_ALWAYS: Final = sorted({WORDS["emergency_number"], *IDS - ORDINARY, *REGIONS}, key=len, reverse=True)
_WORD: Final = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, _ALWAYS))})(?![\w-])")
SOURCES: Final = sorted(
    path for ending in ("py", "html", "txt", "typ", "js", "css") for path in PACKAGE.rglob(f"*.{ending}")
    if not str(path.relative_to(ROOT)).startswith(NOT_LOOKED_AT)
)  # fmt: skip


@pytest.mark.parametrize(
    ("ending", "written", "found"),
    [
        ("py", 'if route == "hotline": ...', {"hotline"}),
        ("py", 'def ask():\n    """Call the hotline."""', set()),
        ("py", 'x = "we work online"', set()),
        ("py", 'x = f"{y} in rural Maine"', {"Maine"}),
        ("html", "{% if one.venue == 'farm' %}", {"farm"}),
        ("html", "<p>A farm and 911</p>", {"911"}),
        ("html", '{{ _("This is not "\n  "legal advice.") }}', {"not legal advice"}),
        ("html", "<b>It’s too much\n  right now</b>{# hotline #}", {"it’s too much right now"}),
        ("typ", "#text(size: 8pt)[Would you recognize it?]", {"would you recognize it"}),
    ],
)
def test_a_word_of_the_subject_is_found(tmp_path: Path, ending: str, written: str, found: set[str]) -> None:
    path = tmp_path / f"one.{ending}"
    path.write_text(written, encoding="utf-8")
    assert {word for text in texts(path) for word in found_in(text)} == found


@pytest.mark.slow
def test_no_file_of_ours_has_a_word_of_the_subject() -> None:
    faults: set[tuple[str, str]] = set()
    needed: set[tuple[str, str]] = set()
    for path in SOURCES:
        name = str(path.relative_to(ROOT))
        for text in texts(path):
            for word in found_in(text):
                (needed if (name, word) in EXCEPTIONS else faults).add((name, word))
    assert sorted(faults) == []
    assert needed == set(EXCEPTIONS)  # an exception that nothing needs is taken out
