"""Rules of this repository that no compiler holds."""

from __future__ import annotations

import ast
import datetime as dt
import os
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from flask import Flask

from tests.conftest import AT, IS_SEARCH
from tests.templates import faults, laid_out, wrong_lines
from trainer.core import chance, clock
from trainer.core.db import Base
from trainer.core.settings import ROOT, VARIABLES

pytestmark = pytest.mark.on_both

PACKAGE = ROOT / "trainer"
SOURCES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent.name != "migrations")
TESTS = ROOT / "tests"
TEMPLATES = sorted(PACKAGE.rglob("*.html"))
OPERATE = (ROOT / "docs/operate.md").read_text(encoding="utf-8")


Calls = list[tuple[Path, str, ast.Call]]


@pytest.fixture(scope="module")
def calls() -> Calls:
    """Return (file, name of what is called, call) of all files, read once for all tests here."""
    return [
        (path, ast.unparse(node.func), node)
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]


def where(path: Path, node: ast.Call) -> str:
    return f"{path.relative_to(ROOT)}:{node.lineno}"


def places(path: Path, text: str, pattern: str) -> Iterator[str]:
    """Yield "file:line: what is there" for each place of a file that a pattern describes."""
    for match in re.finditer(pattern, text, re.IGNORECASE):
        line = text.count("\n", 0, match.end()) + 1
        yield f"{path.relative_to(ROOT)}:{line}: {match.group().strip()}"


def test_every_setting_is_documented() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", OPERATE, re.MULTILINE)
    assert sorted(rows) == sorted(VARIABLES.values())


def test_every_record_is_explained() -> None:
    words = (ROOT / "docs/develop.md").read_text(encoding="utf-8")
    records = {mapper.class_.__name__ for mapper in Base.registry.mappers}
    assert len(records) > 25
    assert {name for name in records if f"| `{name}` |" not in words} == set()


def test_every_variable_that_is_read_is_a_setting() -> None:
    pattern = re.compile(r"\bTRAINER_[A-Z_]+")
    used = {name for path in SOURCES for name in pattern.findall(path.read_text(encoding="utf-8"))}
    assert used <= set(VARIABLES.values())


def test_every_command_is_documented_and_has_help(app: Flask) -> None:
    names: dict[str, click.Command] = {}
    for name, command in app.cli.commands.items():
        if name in {"db", "run", "shell", "routes"}:
            continue  # Flask's and Flask-Migrate's own
        inner = command.commands if isinstance(command, click.Group) else {}
        names |= {f"flask {name} {one}": sub for one, sub in inner.items()} or {f"flask {name}": command}
    assert len(names) >= 5
    assert {name for name in names if f"| `{name}" not in OPERATE} == set()
    assert all(command.help for command in names.values())


def test_only_tests_of_what_is_shipped_read_it() -> None:
    """So that an author's lesson or scene turns no test of code red; the authors' README is no lesson."""
    reading = re.compile(r'ROOT / "content"(?! / "README\.md")|\btests\.shipped\b')
    files = {path.relative_to(TESTS): path.read_text(encoding="utf-8") for path in TESTS.rglob("*.py")}
    found = {path for path, text in files.items() if reading.search(text) and path.name != "test_fitness.py"}
    assert Path("shipped/conftest.py") in found
    assert {str(path) for path in found if path.parts[0] not in {"shipped", "browser", "bench", "load"}} == set()


def bound_names(path: Path) -> Iterator[tuple[str, int]]:
    """Yield (name, line) of each variable and parameter of a file; fields of a class are none."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    fields = {
        id(statement.target)
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
        for statement in node.body
        if isinstance(statement, ast.AnnAssign)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and id(node) not in fields:
            yield node.id, node.lineno


def test_variables_are_named_after_what_they_hold() -> None:
    vague = {"one", "found", "here", "wanted"}
    names = [(path, name, line) for path in SOURCES for name, line in bound_names(path)]
    assert len(names) > 5000
    assert [f"{path.relative_to(ROOT)}:{line} {name}" for path, name, line in names if name in vague] == []


def test_no_module_gives_a_name_two_values() -> None:
    assert [f"{path.relative_to(ROOT)} {name}" for path in SOURCES for name in given_twice(path)] == []


def given_twice(path: Path) -> list[str]:
    """Return the names that a module binds a second time, so that the first value is never seen."""
    names: list[str] = []
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [target.id for target in targets if isinstance(target, ast.Name)]
    return [name for name, times in Counter(names).items() if times > 1]


def test_only_the_transaction_commits(calls: Calls) -> None:
    found = [
        where(path, node)
        for path, name, node in calls
        if name.endswith((".commit", "autocommit")) and path != PACKAGE / "core" / "db.py"
    ]
    assert found == []
    # `transaction` does, and `in_portions` ends what has only read.
    assert sum(name.endswith(".commit") for path, name, _node in calls if path == PACKAGE / "core" / "db.py") == 2


def test_transactions_open_in_views_commands_and_tasks_only(calls: Calls) -> None:
    opened = {path.relative_to(PACKAGE).as_posix() for path, name, _node in calls if name == "transaction"}
    # Who signs in or out, who is refused in a firm, and a failed try are recorded, whatever the page.
    opened -= {"accounts/signing_in.py", "organizations/access.py", "extras/pins/answers.py", "web/limits.py"}
    opened -= {"core/isolation.py"}  # what tasks do for each of many
    assert {one for one in opened if not re.search("views|^(cli|tools|jobs)/|/(commands|tasks).py$", one)} == set()


@pytest.mark.check("T117")
@pytest.mark.check("T095")
def test_no_instant_without_zone_is_made(calls: Calls) -> None:
    naive = re.compile(r"(^|\.)(utcnow|utcfromtimestamp)$|(^|\.)date\.today$|^time\.(localtime|gmtime|time)$")
    found = []
    for path, name, node in calls:
        has_zone = bool(node.args[1:] or node.keywords)
        no_zone = name.endswith("datetime.fromtimestamp") and not has_zone
        no_zone |= name.endswith("datetime.now") and not (node.args or node.keywords)
        if naive.search(name) or no_zone:
            found.append(where(path, node))
    assert found == []


@pytest.mark.check("T117")
def test_only_the_clock_reads_the_time(calls: Calls) -> None:
    # The supervisor, which knows nothing of the app, dates its lines of the log.
    may = {PACKAGE / "core" / "clock.py", PACKAGE / "server" / "supervisor.py"}
    assert [where(path, node) for path, name, node in calls if name.endswith("datetime.now") and path not in may] == []


@pytest.mark.asvs("11.5.1")
@pytest.mark.check("T095")
def test_chance_has_one_source(calls: Calls) -> None:
    weak = re.compile(r"^random\.(random|choice|shuffle|sample|randint|seed|getrandbits)$")
    assert [where(path, node) for path, name, node in calls if weak.match(name)] == []


@pytest.mark.asvs("1.2.5", "1.3.2", "1.3.7", "1.5.2")
@pytest.mark.check("T095")
def test_nothing_runs_what_it_was_given(calls: Calls) -> None:
    banned = re.compile(
        r"^(eval|exec|os\.system|os\.popen|pickle\.loads?|marshal\.loads?|yaml\.load|yaml\.unsafe_load|render_template_string|"
        r"subprocess\..*|.*\.text|literal_column)$"
    )
    found = {
        where(path, node)
        for path, name, node in calls
        if banned.match(name)
        and not (name.endswith("yaml.load") and "Loader" in ast.unparse(node))
        # The supervisor starts our own two programs.
        and not (name == "subprocess.Popen" and path == PACKAGE / "server" / "supervisor.py")
        # PostgreSQL's own programs copy a database and put it back, with options of ours and no shell.
        and not (name.startswith("subprocess.") and path == PACKAGE / "extras" / "backups" / "postgres.py")
        # The content's cache carries a mark of our own, which is checked first.
        and not (name == "pickle.loads" and path == PACKAGE / "content" / "cache.py")
    }
    assert found == set()


@pytest.mark.asvs("1.2.4")
@pytest.mark.check("T069")
@pytest.mark.check("T095")
def test_sql_is_written_out_and_takes_values_as_parameters(calls: Calls) -> None:
    importing = re.compile(r"^from sqlalchemy import .*\btext\b", re.MULTILINE)
    texts = {path for path in SOURCES if importing.search(path.read_text(encoding="utf-8"))}
    written = {where(path, node): node for path, name, node in calls if name == "text" and path in texts}
    written |= {where(path, node): node for path, name, node in calls if name == "DDL"}
    assert len(written) > 20
    assert {place for place, node in written.items() if not isinstance(node.args[0], ast.Constant)} == set()
    driver = re.compile(r"(exec_driver_sql|executescript|cursor)$")
    below = {path.relative_to(PACKAGE).as_posix() for path, name, _node in calls if driver.search(name)}
    assert below == {"core/connections.py", "core/db.py"}  # PRAGMA and BEGIN, which take no parameters


@pytest.mark.check("T095")
def test_no_redirect_goes_where_a_request_says(calls: Calls) -> None:
    """Where it reads the request, an endpoint is named, or the target was checked in this file."""
    targets = [(path, node, ast.unparse(node.args[0])) for path, name, node in calls if name in {"redirect", "go"}]
    assert len(targets) > 200
    asked = [place for place in targets if re.search(r"request\.|\bargs\b|form\.", place[2])]
    assert [
        where(path, node)
        for path, node, target in asked
        if not target.startswith(("url_for(", "way_to(", "safe_path("))
        and "safe_path(" not in path.read_text(encoding="utf-8")
    ] == []


@pytest.mark.asvs("11.2.1", "11.4.1")
def test_hashes_are_sha_256_and_ciphers_come_from_libraries(calls: Calls) -> None:
    used = {hashed[0] for _path, name, _node in calls if (hashed := re.match(r"hashlib\.\w+", name))}
    assert used == {"hashlib.sha256"}
    keyed = [ast.unparse(node) for _path, name, node in calls if name in {"hmac.new", "hmac.digest"}]
    assert len(keyed) > 2
    assert [call for call in keyed if not call.endswith("hashlib.sha256)")] == []


@pytest.mark.asvs("3.2.2")
def test_scripts_write_text_as_text() -> None:
    scripts = sorted(PACKAGE.rglob("*.js"))
    assert len(scripts) > 1
    risky = r"(?:inner|outer)HTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|srcdoc"
    assert [place for path in scripts for place in places(path, path.read_text(encoding="utf-8"), risky)] == []


@pytest.mark.check("T095")
def test_markup_is_trusted_where_it_was_sanitized_only(calls: Calls) -> None:
    trusting = {path.relative_to(PACKAGE).as_posix() for path, name, _node in calls if name == "Markup"}
    assert trusting <= {
        "content/markdown/writer.py",
        "items/judge/payload.py",
        "items/spot/type.py",
        "courses/card_views.py",
        "content/building.py",
        "content/charts.py",
        "content/figures.py",
        "content/markdown/rendering.py",
        "content/markdown/sanitizing.py",
        "content/pictures.py",
        "content/retelling.py",
        "courses/search.py",
        "home/views.py",
        "web/language.py",
        "web/page_cache.py",
        "web/regions.py",
    }
    unsafe = {
        path.relative_to(PACKAGE).as_posix(): re.findall(r"\S+\s*\|\s*safe\b", path.read_text(encoding="utf-8"))
        for path in TEMPLATES
    }
    assert {name for name, found in unsafe.items() if found} <= {
        "web/templates/web/parts.html",
        "extras/packs/templates/packs/pack/_page.html",  # our own style sheets
    }
    assert all(len(found) <= 1 for found in unsafe.values())


@pytest.mark.asvs("1.2.3")
def test_a_template_holds_no_style_script_or_handler() -> None:
    assert len(TEMPLATES) > 300
    held = r"<style\b|\sstyle\s*=|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=|javascript:|autoescape\s+false"
    found: list[str] = []
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        if (
            path.parent.name == "pack" or path.name == "down.html"
        ):  # a page in a file has its style within it, and no address that sends a policy
            text = text.replace("<style>", "", 1)
        found += places(path, text, held)
    assert found == []


def test_a_change_of_one_word_in_a_template_changes_one_line() -> None:
    assert [line for path in TEMPLATES for line in wrong_lines(path)] == []


def test_laying_out_moves_lines_and_changes_nothing_else() -> None:
    text = '<ul>\n{% for a in b %}\n<li\n    class="x">{{ a }}</li>\n{% else %}\n<li>None</li>\n{% endfor %}\n</ul>\n'
    assert laid_out(text).split("\n") == [
        "<ul>",
        "  {% for a in b %}",
        "    <li",
        '        class="x">{{ a }}</li>',
        "  {% else %}",
        "    <li>None</li>",
        "  {% endfor %}",
        "</ul>",
        "",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "<p>" + "word " * 30 + "</p>",
        "<ul><li>One</li></ul>",
        "{% if a %}b{% endif %}{% if c %}d{% endif %}",
        "{% set a = 1 %}{% set b = 2 %}",
    ],
)
def test_a_line_of_a_template_holds_one_thing(line: str) -> None:
    assert [number for number, _what in faults(line)] == [1]


def test_a_template_takes_nothing_from_another_site() -> None:
    taking = r'<(?:script|link|img|iframe|form)[^>]+(?:src|href|action)="(?:https?:)?//'
    assert [place for path in TEMPLATES for place in places(path, path.read_text(encoding="utf-8"), taking)] == []


def test_every_form_that_changes_something_carries_a_token() -> None:
    for path in TEMPLATES:
        text = path.read_text(encoding="utf-8")
        for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL):
            has_token = any(word in form for word in ("parts.token()", "hidden_tag()", "csrf_token"))
            assert has_token or any(view in form for view in ("first_try.", "badges.verify_file", "'.answer'")), (
                path.name
            )


@pytest.mark.asvs("16.2.5")
def test_every_log_line_holds_no_person(calls: Calls) -> None:
    logged = [
        ast.unparse(node)
        for path, name, node in calls
        if re.search(r"(logger|log)\.(debug|info|warning|error|exception|critical)$", name)
    ]
    assert [line for line in logged if re.search(r"email|password|name\b|remote_addr|user\b|form", line)] == []


def test_no_test_waits_less_than_a_minute_for_what_a_busy_machine_does_late() -> None:
    waits = (
        r"timeout ?= ?([0-9._]+)|\.(?:wait|join|settimeout|timeout|set_default_timeout|status)\(([0-9._]+)\)|"
        r"monotonic\(\) ?(?:\+|- \w+ <=?) ?([0-9._]+)|deadline ?= ?([0-9._]+)|total_seconds\(\)\)? < ([0-9._]+)"
    )
    hurried = [
        place
        for folder in TESTS.iterdir()
        for path in ([folder] if folder.suffix == ".py" else folder.rglob("*.py"))
        if folder.name not in {"bench", "load", "chaos"}  # which measure
        for place in places(path, path.read_text(encoding="utf-8"), waits)
        if float(re.findall(r"[0-9][0-9._]*", place)[-1].replace("_", "")) / (1000 if "_000" in place else 1) < 60
    ]
    assert hurried == []


@pytest.mark.slow
def test_all_processes_of_a_run_begin_on_its_day_in_its_time_zone_and_with_its_seed() -> None:
    assert clock.now() - dt.datetime.fromisoformat(os.environ.get("TRAINER_TEST_AT", AT)) < dt.timedelta(hours=3)
    asked = "import datetime as d, time; print(d.datetime.now(d.UTC).date(), time.tzname[0])"
    command = [sys.executable, "-c", asked]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert said == [str(clock.today()), time.tzname[0]]
    assert isinstance(chance.rng, random.SystemRandom) == IS_SEARCH
