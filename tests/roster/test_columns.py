"""The step that asks what columns are: only where we aren't sure, remembered, and nothing kept that isn't read."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.organizations.conftest import Acme
from tests.roster.books import sheets
from tests.roster.uploads import confirm, send
from tests.support import Visitor, closed_up
from trainer.core.db import db
from trainer.organizations.models import Membership
from trainer.roster.models import RosterDraft, RosterHeading

ASKING = "Guard,Contact,Department,DOH,SSN,Shirt\nPat Poe,pat@example.org,North,04.03.2026,078-05-1120,M\n"


def ask(visitor: Visitor, acme: Acme, text: str = ASKING, **fields: str) -> str:
    """Send a list about which somebody is asked; return the path of its plan."""
    answer = visitor.post(acme.path("/roster"), {"text": text, **fields}, content_type="multipart/form-data")
    path = answer.headers["Location"]
    assert visitor.get(path).headers["Location"] == f"{path}/columns"
    assert visitor.get(f"{path}/columns").status_code == 200
    return path


def choose(visitor: Visitor, path: str, *meanings: str, order: str = "day", **fields: str) -> TestResponse:
    """Say what the columns are."""
    said = {f"column_{number}": meaning for number, meaning in enumerate(meanings)}
    return visitor.post(f"{path}/columns", {**said, "order": order, **fields})


def page_of(visitor: Visitor) -> str:
    assert visitor.page is not None
    return closed_up(visitor.page.text)


def kept(acme: Acme) -> str:
    with acme.app.app_context():
        return str(db.session.scalars(select(RosterDraft.rows)).one())


def test_somebody_is_asked_and_what_is_left_out_is_kept_no_longer(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = ask(visitor, acme)
    page = page_of(visitor)
    for words in ("Pat Poe", "04.03.2026", "Our guess: check it", "March 4, 2026", "April 3, 2026"):
        assert words in page
    assert "078-05-1120" not in page + kept(acme)
    assert "'M'" in kept(acme)
    assert choose(visitor, path, "name", "email", "teams", "hired_on", "").headers["Location"] == path
    assert "'M'" not in kept(acme)
    page = closed_up(visitor.get(path).text)
    assert "“04.03.2026” is read as March 4, 2026." in page
    assert "SSN, Shirt" in page
    assert confirm(visitor, path).status_code == 303
    with acme.app.app_context():
        pat = db.session.scalars(select(Membership).where(Membership.email_key == "pat@example.org")).one()
        assert (pat.name, pat.hired_on and pat.hired_on.isoformat()) == ("Pat Poe", "2026-03-04")


def test_the_other_order_of_days_is_a_choice(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = ask(visitor, acme)
    choose(visitor, path, "name", "email", "", "hired_on", "", order="month")
    assert "“04.03.2026” is read as April 3, 2026." in closed_up(visitor.get(path).text)


@pytest.mark.parametrize(
    ("meanings", "order", "words"),
    [
        (["name", "", "", "", ""], "day", "Choose which column has the email address, or the employee number"),
        (["", "email", "", "", ""], "day", "Choose which column has the name"),
        (["first", "email", "", "", ""], "day", "Choose which column has the name"),
        (["name", "email", "email", "", ""], "day", "Two columns can’t be the same thing"),
        (["name", "email", "nonsense", "", ""], "day", "Not a valid choice"),
    ],
)
def test_a_choice_that_makes_no_roster_is_said_and_kept_on_the_page(
    acme: Acme, meanings: list[str], order: str, words: str
) -> None:
    visitor = acme.enter("alice")
    path = ask(visitor, acme)
    answer = choose(visitor, path, *meanings, order=order)
    assert answer.status_code == 422
    assert words in answer.text
    chosen = re.findall(r'<option selected value="(\w*)"', answer.text)
    assert chosen == [one for one in meanings if one != "nonsense"]
    assert visitor.get(path).headers["Location"] == f"{path}/columns"


def test_choices_are_remembered_as_headings_alone_and_nobody_is_asked_again(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = ask(visitor, acme, ASKING.replace("04.03.2026", "2026-03-04"))
    choose(visitor, path, "name", "email", "", "hired_on", "", order="month", remembers="y")
    with acme.app.app_context():
        found = {row.heading: row.meaning for row in db.session.scalars(select(RosterHeading))}
    assert found == {"guard": "name", "contact": "email", "department": "", "doh": "hired_on", "shirt": ""}
    again = ASKING.replace("04.03.2026", "2026-03-04").replace("Pat Poe", "Pia Poe").replace("pat@", "pia@")
    answer = send(visitor, acme, again)
    page = closed_up(visitor.get(answer.headers["Location"]).text)
    assert "1 new person" in page
    assert "North" not in page


def test_unless_it_is_unticked(acme: Acme) -> None:
    visitor = acme.enter("alice")
    choose(visitor, ask(visitor, acme), "name", "email", "", "", "")
    with acme.app.app_context():
        assert db.session.scalars(select(RosterHeading)).all() == []


def test_another_firm_remembers_nothing_of_it(acme: Acme) -> None:
    visitor = acme.enter("alice")
    choose(visitor, ask(visitor, acme), "name", "email", "", "", "", remembers="y")
    with acme.app.app_context():
        assert {row.organization_id for row in db.session.scalars(select(RosterHeading))} == {acme.id}


def test_whoever_wants_to_is_asked_about_each_column_and_can_come_back(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = ask(visitor, acme, "name,e-mail,Wing\nPat Poe,pat@example.org,North\n", asks="y")
    choose(visitor, path, "name", "email", "teams", order="month")
    assert "North" in visitor.get(path).text
    assert visitor.get(f"{path}/columns").status_code == 200
    assert choose(visitor, path, "name", "email", "job_title", order="month").status_code == 303
    assert "1 team will be created" not in closed_up(visitor.get(path).text)


def test_until_somebody_answered_nothing_can_be_confirmed(acme: Acme) -> None:
    visitor = acme.enter("alice")
    path = ask(visitor, acme)
    for what in ("confirmation", "refused"):
        answer = visitor.get(f"{path}/{what}") if what == "refused" else visitor.post(f"{path}/{what}", {})
        assert answer.status_code == 303
    with acme.app.app_context():
        assert db.session.scalar(select(Membership.id).where(Membership.email_key == "pat@example.org")) is None


def test_the_sheet_is_said_and_another_one_is_a_button_away(acme: Acme) -> None:
    people = [["Name", "E-mail", "SSN"], ["Pat Poe", "pat@example.org", "078-05-1120"]]
    others = [
        ["Name", "E-mail", "Wage"],
        ["Quin Quo", "quin@example.org", "17.50"],
        ["Ray Rue", "ray@example.org", "18"],
    ]
    data = sheets({"READ ME": [["How to use"]], "Day": [*people], "Night": [*others], "Pivot": [["Site", "Count"]]})
    visitor = acme.enter("alice")
    path = send(visitor, acme, file=data).headers["Location"]
    page = closed_up(visitor.get(path).text)
    for words in ("We read the sheet “Day.”", "READ ME, Pivot", "Use “Night” (2 rows)", "1 new person"):
        assert words in page
    assert not any(secret in kept(acme) for secret in ("078-05", "17.50"))
    assert visitor.post(f"{path}/sheet", {"sheet": "Pivot"}).status_code == 422
    assert visitor.post(f"{path}/sheet", {"sheet": "Night"}).headers["Location"] == path
    page = closed_up(visitor.get(path).text)
    assert "Use “Day” (1 row)" in page
    assert confirm(visitor, path).status_code == 303
    with acme.app.app_context():
        names = set(db.session.scalars(select(Membership.name)))
    assert {"Quin Quo", "Ray Rue"} <= names
    assert "Pat Poe" not in names
