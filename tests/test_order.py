"""The order of the packages, where it isn't an import of something that import-linter can name."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import nodes

from trainer.app import FEATURES
from trainer.core.feature import Feature, init_features
from trainer.core.settings import ROOT
from trainer.web.ways import init_ways

pytestmark = pytest.mark.on_both

PACKAGE = ROOT / "trainer"
SOURCES = sorted(PACKAGE.rglob("*.py"))
CALLS = {"way_to", "way_to_extra", "part_for", "parts_for"}
ROOTS = {"trainer.app", "trainer.serving"}
TEMPLATES = sorted([*PACKAGE.rglob("*.html"), *PACKAGE.rglob("templates/**/*.txt")])


def package_of(path: Path) -> str:
    """Return "home", or "extras.api"."""
    package, *rest = path.relative_to(PACKAGE).parts
    return f"{package}.{rest[0]}" if package == "extras" else package.removesuffix(".py")


def layers_in(container: str) -> list[str]:
    """Return the layers, the highest first, of the contract on what lies in a container."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    return next(one["layers"] for one in settings["contracts"] if container in one.get("containers", ()))


def places() -> dict[str, int]:
    """Return how high each package stands."""
    heights = {name.strip(): -number for number, layer in enumerate(layers_in("trainer")) for name in layer.split("|")}
    return heights | {f"extras.{path.name}": heights["extras"] for path in (PACKAGE / "extras").iterdir()}


def is_views(module: str) -> bool:
    """Return True for `trainer.home.views`, `trainer.home.firm_views` and `trainer.compliance.views.packs`."""
    return any(part == "views" or part.endswith("_views") for part in module.split(".")[2:])


def may_import(module: str) -> bool:
    """Return True for views and for what says which views a feature brings."""
    return is_views(module) or module.endswith(".feature")


def imported(path: Path) -> Iterator[str]:
    """Yield the modules that a file imports, in a function or for types too."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def test_views_are_imported_by_the_app_and_by_what_is_beside_them_only() -> None:
    found = set()
    for path in SOURCES:
        name, feature = ".".join(path.relative_to(ROOT).with_suffix("").parts), f"trainer.{package_of(path)}."
        for module in imported(path):
            is_ours = module.startswith("trainer.") and is_views(module)
            if is_ours and name not in ROOTS and not (may_import(name) and module.startswith(feature)):
                found.add(f"{name} imports {module}")
    assert found == set()


def homes(app: Flask) -> dict[str, str]:
    """Return whose each endpoint and each template is."""
    home = {
        endpoint: package_of(ROOT / view.__module__.replace(".", "/"))
        for endpoint, view in app.view_functions.items()
        if view.__module__.startswith("trainer.")
    }
    for path in TEMPLATES:
        home[path.relative_to(PACKAGE).as_posix().partition("/templates/")[2]] = package_of(path)
    return home


def ways(app: Flask, path: Path) -> Iterator[tuple[str, str, set[str]]]:
    """Yield (function, name, names of values) of each call of `way_to`, `way_to_extra`, `part_for` and `parts_for`."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in CALLS:
                assert isinstance(node.args[0], ast.Constant), f"{path} names no way: {ast.unparse(node)}"
                yield ast.unparse(node.func), str(node.args[0].value), {str(one.arg) for one in node.keywords}
    else:
        for call in app.jinja_env.parse(text).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name in CALLS:
                assert isinstance(call.args[0], nodes.Const), f"{path}:{call.lineno} names no way"
                yield call.node.name, str(call.args[0].value), {one.key for one in call.kwargs}


def test_every_file_of_a_role_is_in_the_layer_of_its_role() -> None:
    layers = [re.findall(r"\w+", layer) for layer in layers_in("trainer.*")]
    roles = [layer[0] for layer in layers]
    assert roles == ["feature", "views", "access", "forms", "operations", "queries", "models", "rules"]
    found = {role: {role} for role in roles}
    for path in (*PACKAGE.glob("*/*"), *PACKAGE.glob("extras/*/*")):
        role = path.stem.rpartition("_")[2]
        if role in found and path.suffix in {"", ".py"}:
            found[role].add(path.stem)
    assert [sorted(layer) for layer in layers] == [sorted(found[role]) for role in roles]


def test_pages_name_only_pages_and_parts_of_their_own_package_and_of_those_below(app: Flask) -> None:
    height, home = places(), homes(app)
    needed = {(f"extras.{feature.name}", f"extras.{name}") for feature in FEATURES for name in feature.needs}
    assert len(home) > 300
    upward = set()
    for path in (*SOURCES, *TEMPLATES):
        here = package_of(path)
        for name in re.findall(r"""["']([a-z_]+[./][\w./-]+)["']""", path.read_text(encoding="utf-8")):
            there = home.get(name, here)
            if there != here and height[there] >= height[here] and (here, there) not in needed:
                upward.add(f"{path.relative_to(ROOT)} names {name}")
    assert upward == set()


def test_each_way_leads_up_to_a_page_with_the_values_that_its_address_needs(app: Flask) -> None:
    height, home = places(), homes(app)
    added = {place: templates[0] for place, templates in app.extensions["added_parts"].items()}
    links: dict[str, dict[str, str]] = {"way_to": {}, "way_to_extra": {}}
    for name, endpoint in app.extensions["ways"].items():
        links["way_to_extra" if home[endpoint].startswith("extras.") else "way_to"][name] = endpoint
    leads_to = links | {"part_for": app.extensions["parts"], "parts_for": added}
    found, used = set(), set()
    for path in (*SOURCES, *TEMPLATES):
        where, here = path.relative_to(ROOT), package_of(path)
        for function, name, values in ways(app, path):
            target = leads_to[function].get(name)
            used.add((function, name))
            if target is None and function in {"parts_for", "way_to_extra"}:
                continue  # what would add to it was deleted
            if target is None:
                found.add(f"{where} asks for {name}, which no feature brings")
            elif height[home[target]] < height[here] or home[target] == here:
                found.add(f"{where} needs no way to {target}")
            elif function in links and not any(
                rule.arguments - set(rule.defaults or ()) <= values for rule in app.url_map.iter_rules(target)
            ):
                found.add(f"{where} gives {target} too few values")
    assert found == set()
    assert used >= {(function, name) for function, names in leads_to.items() for name in names}


def test_the_app_does_not_start_with_a_way_that_leads_nowhere(app: Flask) -> None:
    def begin(**what: dict[str, str]) -> None:
        init_features(app, (Feature(name="test", **what),))  # type: ignore[arg-type]
        init_ways(app)

    begin(links={"me": "home.me"}, slots={"rule": "assessment/_rule.html"})
    with pytest.raises(LookupError, match=r"home\.you"):
        begin(links={"me": "home.you"})
    with pytest.raises(LookupError, match=r"_ruler\.html"):
        begin(slots={"rule": "assessment/_ruler.html"})
