"""Refusals are read in the language of whoever is refused."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from tests.languages import PSEUDO, pseudo, speak_pseudo
from trainer.core import errors
from trainer.core.errors import Conflict, DomainError
from trainer.core.settings import ROOT

REFUSALS = {name for name, one in vars(errors).items() if isinstance(one, type) and issubclass(one, DomainError)}
MARKS = {"_", "_l", "gettext", "lazy_gettext", "ngettext"}


def test_a_refusal_is_read_in_the_readers_language(app: Flask) -> None:
    speak_pseudo(app)
    refusal = Conflict(_l("There is already a team with this name."))
    with app.test_request_context():
        assert refusal.message == "There is already a team with this name."
        with force_locale(PSEUDO):
            assert refusal.message == str(refusal) == pseudo("There is already a team with this name.")
            assert type(refusal.message) is str


def test_what_was_given_is_escaped_in_a_refusal(app: Flask) -> None:
    refusal = Conflict(_l("Use at most %(most)s characters.", most="<b>"))
    with app.test_request_context():
        assert "&lt;b&gt;" in app.jinja_env.from_string("{{ text|e }}").render(text=refusal.message)


def unmarked(code: str) -> Iterator[int]:
    """Yield the lines of refusals whose text, or a part of it, is a plain string: there, or in a constant above."""
    tree = ast.parse(code)
    constants = {
        target.id
        for one in tree.body
        if isinstance(one, ast.Assign | ast.AnnAssign) and isinstance(one.value, ast.Constant | ast.JoinedStr)
        for target in (one.targets if isinstance(one, ast.Assign) else [one.target])
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and _name(call) in REFUSALS:
            for given in (*call.args, *(one.value for one in call.keywords if one.arg != "field")):
                if _has_plain(given, constants):
                    yield call.lineno


def _has_plain(part: ast.AST, constants: set[str]) -> bool:
    if isinstance(part, ast.Call) and _name(part) in MARKS:
        return not all(isinstance(one, ast.Constant) for one in part.args[:1])  # else nothing can be extracted
    if isinstance(part, ast.Constant):
        return isinstance(part.value, str)
    if isinstance(part, ast.JoinedStr) or (isinstance(part, ast.Name) and part.id in constants):
        return True
    return any(_has_plain(one, constants) for one in ast.iter_child_nodes(part))


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", "") or getattr(call.func, "attr", "")


@pytest.mark.parametrize(
    ("code", "is_marked"),
    [
        ('raise Conflict(_l("Full."))', True),
        ('raise Conflict(_("Full of %(name)s.", name=f"{name:,}"))', True),
        ("raise Conflict(operations.FULL)", True),
        ("raise NotFound", True),
        ('raise Invalid(_l("Full."), field="name")', True),
        ('raise Invalid("Full.", field="name")', False),
        ('raise Conflict("Full.")', False),
        ('raise errors.Conflict("Full.")', False),
        ('raise Conflict(f"Full of {name}.")', False),
        ('raise Conflict(_(f"Full of {name}."))', False),
        ('raise Conflict(_l("Full.") if yes else "Empty.")', False),
        ('FULL = "Full."\nraise Conflict(FULL)', False),
    ],
)
def test_a_plain_text_is_found(code: str, is_marked: bool) -> None:
    assert (list(unmarked(code)) == []) == is_marked


def test_the_text_of_every_refusal_is_marked() -> None:
    package = ROOT / "trainer"
    # Operators read English.
    paths = [path for path in package.rglob("*.py") if not path.is_relative_to(package / "cli")]
    assert len(paths) > 500
    assert [f"{path.relative_to(ROOT)}:{line}" for path in paths for line in unmarked(path.read_text("utf-8"))] == []
