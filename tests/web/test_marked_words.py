"""Pages read in the second language hold no text of ours that isn't marked for translation."""

from __future__ import annotations

import pytest

from tests.languages import PSEUDO, speak_pseudo
from tests.web.marked import is_content, of_firm, unmarked
from tests.web.world import World

ANYONE = (
    "/", "/sign-in", "/sign-up", "/password-reset", "/keep?start=x", "/join", "/search", "/nowhere", "/short-form",
    "/short-form/scenes", "/short-form/norms", "/short-form/kept",
)  # fmt: skip
OWNER = (
    "/me", "/account", "/account/name", "/account/address", "/account/second-factor", "/classes", "/cohorts",
    "/organizations/new", "/administration/panels",
)  # fmt: skip
NOT_OURS = {
    # the site's name and what the firm wrote
    "Acme Security", "Harbor Mall", "Alice Able", "Bob Builder", "Dana Dow", "Dora Day",
    "Ines Ito", "Every year", "Night crew", "Keys of winter", "A browser", "bob@example.org", "dana@example.org",
    "dora@example.org",
    "An inspector", "Another", "Payroll", "Spotting it", "Another school", "Another training", "scan.pdf",
    "Gus Gold", "Terry Twice", "Terry Twice, 417-1", "Alice Able, 417-4", "Pat Poe", "pat@example.org", "Gate tablet",
    "client@example.com", "former@example.com",
    "hooks.example.org", "hooks", "example", "org",
    # the heads of a column as the firm sent them
    "name", "e-mail",
    # what the audit log keeps: names of the API and of records, and words in the language of whoever did it
    "Everyone on the roster",
    "English",  # a language's own name
    "course.completed, certificate.issued, certificate.revoked, assignment.overdue, person.left",
    "people, assignments, completions, credentials, trainings, emails, people:write",
}  # fmt: skip


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("<p>«Learn»</p>", []),
        ("<p>«Learn «more»» now</p>", ["now"]),
        ('<p title="More">«Learn» <b>Less</b></p>', ["More", "Less"]),
    ],
)
def test_what_is_not_marked_is_found(page: str, expected: list[str]) -> None:
    assert list(unmarked(page)) == expected


@pytest.mark.on_both
def test_pages_hold_nothing_that_is_not_marked(world: World) -> None:
    speak_pseudo(world.app)
    found = {}
    for role, paths in (("anonymous", ANYONE), ("owner", (*OWNER, *of_firm(world)))):
        visitor = world.enter(role)
        for path in paths:
            answer = visitor.get(path, headers={"Accept-Language": PSEUDO}, follow_redirects=True)
            if answer.mimetype != "text/html":
                continue
            assert answer.status_code == {"/nowhere": 404}.get(path, 200) or path.endswith(".zip"), path
            texts = [one for one in unmarked(answer.text) if one not in NOT_OURS and not is_content(one)]
            if texts:
                found[path] = texts
    assert found == {}
