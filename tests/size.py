"""Print how large the house is, and fail above its budgets (`[tool.size]` in pyproject.toml): `make size`.

Lines are those of files, statements those of Python's own syntax tree, words those between spaces.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
RINGS: Final = {"extras": "extras", "server": "server and tools", "tools": "server and tools"}
"""Packages that aren't part of the core, and the ring they are counted in."""
GATHERS: Final = frozenset({"app", "serving", "cli", "jobs", "privacy", "tools", "extras"})
"""Packages that may import nearly all others."""


def main() -> int:
    """Return 1 if something is larger than its budget."""
    budgets: dict[str, int] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["size"]
    measured = measure(read_files())
    above = 0
    for name, figure in measured.items():
        is_above = figure > budgets[name]
        above += is_above
        print(f"{name:44}{figure:>9,} of {budgets[name]:>9,}{'   above its budget' if is_above else ''}")
    for name in budgets.keys() - measured.keys():
        print(f"{name}: in [tool.size], but not measured")
        above += 1
    return int(above > 0)


def read_files() -> dict[str, str]:
    """Return the text of each file that git knows, by its path."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    kinds = (".py", ".html", ".txt", ".md")
    paths = [path for path in listed.split("\0") if path.endswith(kinds) and (ROOT / path).is_file()]
    return {path: (ROOT / path).read_text("utf-8") for path in paths}


def measure(files: Mapping[str, str]) -> dict[str, int]:
    """Return each figure by its name."""
    migrations = {path: text for path, text in files.items() if "migrations" in Path(path).parts[:-1]}
    code = {
        path: text
        for path, text in files.items()
        if path.startswith("trainer/") and path.endswith(".py") and path not in migrations
    }
    tests = {path: text for path, text in files.items() if path.startswith("tests/") and path.endswith(".py")}
    trees = {path: ast.parse(text) for path, text in code.items()}
    rings: Counter[str] = Counter()
    extras: Counter[str] = Counter()
    for path, text in code.items():
        package, *rest = path.split("/")[1:]
        rings[RINGS.get(package, "core")] += _lines(text)
        if package == "extras" and len(rest) > 1:
            extras[rest[0]] += _lines(text)
    functions = [node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return {
        **{f"lines of Python, {ring}": rings[ring] for ring in ("core", "extras", "server and tools")},
        "lines of Python, all": sum(rings.values()),
        "lines of Python, largest extra": max(extras.values(), default=0),
        "statements of Python, all": sum(
            isinstance(node, ast.stmt) for tree in trees.values() for node in ast.walk(tree)
        ),
        "lines of templates": _sum(text for path, text in files.items() if _is_template(path)),
        "lines of migrations": _sum(migrations.values()),
        "lines of tests": _sum(tests.values()),
        "lines of tests' support": _sum(
            text for path, text in tests.items() if not path.rpartition("/")[2].startswith("test_")
        ),
        "imports from test modules": sum(_imports_test(ast.parse(text)) for text in tests.values()),
        "lines of the longest function": max((node.end_lineno or 0) - node.lineno + 1 for node in functions),
        "lines of the longest file": max(_lines(text) for text in code.values()),
        "packages that one package imports": max(map(len, _packages_imported(trees).values())),
        "class names with several meanings": _several_meanings(trees),
        "words of README": len(files["README.md"].split()),
        "words of CONTRIBUTING": len(files["CONTRIBUTING.md"].split()),
    }


def _lines(text: str) -> int:
    return len(text.splitlines())


def _sum(texts: Iterable[str]) -> int:
    return sum(map(_lines, texts))


def _is_template(path: str) -> bool:
    return path.startswith("trainer/") and path.endswith((".html", ".txt")) and "/fonts/" not in path


def _imports_test(tree: ast.Module) -> int:
    imports = [node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    return sum(module.startswith("tests.") and module.rpartition(".")[2].startswith("test_") for module in imports)


def _packages_imported(trees: Mapping[str, ast.Module]) -> Mapping[str, set[str]]:
    """Return the packages that each one imports, without `core` and those that gather all."""
    imported: dict[str, set[str]] = defaultdict(set)
    for path, tree in trees.items():
        package = path.split("/")[1].removesuffix(".py")
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("trainer."):
                other = str(node.module).split(".")[1]
                if other not in {package, "core"} and package not in GATHERS:
                    imported[package].add(other)
    return imported


def _several_meanings(trees: Mapping[str, ast.Module]) -> int:
    """Return how many names classes of two or more files share."""
    named = Counter(node.name for tree in trees.values() for node in tree.body if isinstance(node, ast.ClassDef))
    return sum(number > 1 for number in named.values())


if __name__ == "__main__":
    sys.exit(main())
