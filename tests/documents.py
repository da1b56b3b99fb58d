"""`make documents`: what docs/ says of the app and its tests, written from them."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from typing import Final

from flask import Flask
from werkzeug.routing import Rule

from tests.checks import proofs_of, rows_of
from trainer.app import create_app
from trainer.core.settings import ROOT, read_settings
from trainer.organizations.rules import May, Role, is_allowed
from trainer.web.access import Access, Who, declared
from trainer.web.limits import limits_of

DOCS = ROOT / "docs"
_CHAPTERS: Final = {
    "1": "Encoding and sanitization",
    "2": "Validation and business logic",
    "3": "In the browser",
    "4": "HTTP",
    "5": "Files",
    "6": "Authentication",
    "7": "Sessions",
    "8": "Authorization",
    "9": "Self-contained tokens",
    "11": "Cryptography",
    "12": "Communication",
    "13": "Configuration",
    "14": "Data protection",
    "15": "Architecture",
    "16": "Logs and errors",
}
_KINDS: Final = {
    "anyone": ("Anyone", "Reading these leaves no trace."),
    "learners": (
        "Guests and accounts",
        "Others are asked to sign in or, where a lesson or practice begins, whether to keep what they do.",
    ),
    "accounts": ("Accounts", "Guests are asked to sign up, others to sign in."),
    "own": ("Whoever it belongs to", "To everybody else, the record isn’t there (404)."),
    "firm": ("In a firm", "Strangers, former staff and roles without the permission get 404."),
    "token": ("Other systems, with a token of the firm", "Without one: 401. A session opens none of these."),
    "development": ("Nobody, except in development", "404 in service."),
}
_ROLES: Final[dict[str, tuple[Role, bool]]] = {
    "owner": (Role.OWNER, False),
    "manager of all teams": (Role.MANAGER, True),
    "manager of some teams": (Role.MANAGER, False),
    "instructor": (Role.INSTRUCTOR, False),
    "member": (Role.MEMBER, False),
}


def asvs() -> str:
    """Return which requirements of ASVS are met, by which tests, and why the others aren't."""
    proofs, rows = proofs_of("asvs"), rows_of("asvs")
    counts = {verdict: sum(row["verdict"] == verdict for row in rows) for verdict in ("met", "partly", "not met")}
    lines = [
        "# OWASP ASVS 5.0.0",
        "",
        "Written by `make documents` from `tests/asvs.csv` and the tests with `@pytest.mark.asvs`. The titles are "
        "ours; the numbers lead to the requirements of the [OWASP Application Security Verification Standard "
        "5.0.0](https://github.com/OWASP/ASVS/tree/v5.0.0/5.0/en) (CC BY-SA 4.0).",
        "",
        f"Of {len(rows)} requirements that were looked at, {counts['met']} are met, {counts['partly']} partly, "
        f"{counts['not met']} not, and {len(rows) - sum(counts.values())} don’t apply. “Met” means that a test shows "
        "it; `make checks` runs these tests. Nobody outside of the project has verified it.",
    ]
    for number, title in _CHAPTERS.items():
        lines += ["", f"## V{number} {title}", "", "| | level | | | |", "|---|---|---|---|---|"]
        for row in rows:
            if row["id"].split(".")[0] == number:
                shown = "<br>".join(f"`{one.removeprefix('tests/')}`" for one in proofs.get(row["id"], []))
                told = "<br>".join(filter(None, (row["reason"], shown)))
                lines.append(f"| {row['id']} | {row['level']} | {row['sentence']} | {row['verdict']} | {told} |")
    return "\n".join(lines) + "\n"


def access() -> str:
    """Return who may open which page, how often, and what the roles of a firm may do."""
    app = _read_app()
    lines = [
        "# Who may open what",
        "",
        "Written by `make documents` from what each page declares. `tests/web/test_access.py` and "
        "`tests/organizations/test_access.py` open every page in every role and compare. Where a limit is reached, the "
        "answer is 429. Limits of PINs and passwords per account, whatever the network, are in "
        "`trainer/accounts/guessing.py` and `trainer/extras/pins/rules.py`.",
        "",
        "## Roles in a firm",
        "",
        f"| | {' | '.join(_ROLES)} |",
        f"|---|{'---|' * len(_ROLES)}",
    ]
    for permission in May:
        may = [is_allowed(role, permission, manages_all=manages_all) for role, manages_all in _ROLES.values()]
        lines.append(f"| {permission.value} | {' | '.join('yes' if one else '' for one in may)} |")
    routes = sorted(_routes(app))
    for kind, (title, words) in _KINDS.items():
        head = ["page", "methods", *(["permission"] if kind == "firm" else []), "limits"]
        lines += ["", f"## {title}", "", words, "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
        for path, methods, of_kind, needed, limits in routes:
            if of_kind == kind:
                cells = [f"`{path}`", methods, *([needed] if kind == "firm" else []), limits]
                lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _read_app() -> Flask:
    with tempfile.TemporaryDirectory() as folder:
        return create_app(
            read_settings({"TRAINER_INSTANCE": folder, "TRAINER_CONTENT": str(ROOT / "tests" / "content_folder")})
        )


def _routes(app: Flask) -> Iterator[tuple[str, str, str, str, str]]:
    for rule in app.url_map.iter_rules():
        view, rights = app.view_functions[rule.endpoint], declared(app, rule.endpoint)
        assert rights is not None, rule.endpoint
        methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        permission = getattr(view, "permission", None)
        limits = [limit for limit, only in limits_of(view).items() if only is None or {*only} & {*methods}]
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"<\1>", rule.rule)
        yield path, ", ".join(methods), _kind(rule, rights), permission.value if permission else "", "; ".join(limits)


def _kind(rule: Rule, rights: Access) -> str:
    if "organization_id" in rule.arguments:
        return "firm"
    if rights.own:
        return "own"
    return {
        Who.PUBLIC: "anyone",
        Who.LEARNER: "learners",
        Who.ACCOUNT: "accounts",
        Who.TOKEN: "token",
        Who.DEVELOPMENT: "development",
    }[rights.who]


DOCUMENTS: Final[dict[str, Callable[[], str]]] = {"asvs.md": asvs, "access.md": access}


if __name__ == "__main__":
    for name, write in DOCUMENTS.items():
        (DOCS / name).write_text(write(), encoding="utf-8")
