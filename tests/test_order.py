"""The order of the packages, where it isn't an import of something that import-linter can name."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from flask import Flask

from trainer.core.settings import ROOT

PACKAGE = ROOT / "trainer"
SOURCES = sorted(PACKAGE.rglob("*.py"))
TEMPLATES = sorted([*PACKAGE.rglob("*.html"), *PACKAGE.rglob("templates/**/*.txt")])

UPWARD = {
    "accounts": {"home", "joining"},
    "assessment": {"home", "joining"},
    "courses": {"assessment", "learning"},
    "instructing": {"home"},
    "items": {"courses"},
    "joining": {"home"},
    "learning": {"assessment", "joining"},
    "organizations": {"assignments", "compliance", "home", "instructing", "interop", "joining"},
    "web": {"assessment", "courses", "credentials", "home", "joining"},
}
"""Which packages lead to pages, or show parts of pages, of packages that aren't below them. It may only get shorter."""


def package_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def places() -> dict[str, int]:
    """Return how high each package stands, as the first contract says."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(one["layers"] for one in contracts if one.get("containers") == ["trainer"])
    return {name.strip(): -number for number, layer in enumerate(layers) for name in layer.split("|")}


def is_views(module: str) -> bool:
    """Return True for `trainer.home.views`, `trainer.home.firm_views` and `trainer.compliance.views.packs`."""
    return any(part == "views" or part.endswith("_views") for part in module.split(".")[2:])


def imported(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, in a function or for types too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def test_views_are_imported_by_the_app_and_by_views_beside_them_only() -> None:
    found = set()
    for path in SOURCES:
        name, feature = ".".join(path.relative_to(ROOT).with_suffix("").parts), f"trainer.{package_of(path)}."
        for module in imported(path):
            is_ours = module.startswith("trainer.") and is_views(module)
            if is_ours and name != "trainer.app" and not (is_views(name) and module.startswith(feature)):
                found.add(f"{name} imports {module}")
    assert found == set()


def test_pages_lead_to_packages_above_them_only_where_they_always_did(app: Flask) -> None:
    height = places()
    home = {}  # of each endpoint and template
    for endpoint, view in app.view_functions.items():
        if view.__module__.startswith("trainer."):
            home[endpoint] = view.__module__.split(".")[1]
    for path in TEMPLATES:
        home[path.relative_to(PACKAGE).as_posix().partition("/templates/")[2]] = package_of(path)
    assert len(home) > 300
    upward: dict[str, set[str]] = {}
    for path in (*SOURCES, *TEMPLATES):
        here = package_of(path)
        for name in re.findall(r"""["']([a-z_]+[./][\w./-]+)["']""", path.read_text(encoding="utf-8")):
            there = home.get(name, here)
            if there != here and height[there] >= height[here]:
                upward.setdefault(here, set()).add(there)
    assert upward == UPWARD
