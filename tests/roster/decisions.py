"""What a roster would change."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

from trainer.organizations.rules import Role
from trainer.roster.deciding import plan
from trainer.roster.plan import KnownPerson, RosterChoices, RosterPlan
from trainer.roster.reading import read_text
from trainer.roster.rows import RosterTable

TODAY = dt.date(2026, 11, 24)
HEAD = "name,e-mail,job title,employee number,hired on,teams,role\n"
NAMES = ("name", "email", "job_title", "employee_number", "hired_on", "teams", "role")
BOB, ALICE = uuid4(), uuid4()


def known(
    membership_id: UUID = BOB,
    name: str = "Bob Builder",
    email: str = "bob@example.org",
    number: str | None = "007",
    role: str = "member",
    *,
    is_here: bool = True,
    has_joined: bool = False,
) -> KnownPerson:
    return KnownPerson(
        membership_id=membership_id,
        name=name,
        email=email,
        keys=frozenset({email}),
        job_title="Guard",
        employee_number=number,
        hired_on=dt.date(2025, 1, 2),
        role=role,
        teams=("Harbor Mall",),
        is_here=is_here,
        has_joined=has_joined,
    )


HERE = [known(), known(ALICE, "Alice Able", "alice@example.org", "001", "owner", has_joined=True)]


def decide(
    rows: str,
    there: list[KnownPerson] | None = None,
    *roles: Role,
    said: RosterChoices | None = None,
    needs_address: bool = True,
) -> RosterPlan:
    table = RosterTable(read_text(HEAD + rows)[1:], {name: index for index, name in enumerate(NAMES)}, len(NAMES))
    known_here, given = HERE if there is None else there, roles or (Role.MEMBER,)
    return plan(table, known_here, {"harbor mall"}, given, TODAY, said or RosterChoices(), needs_address=needs_address)
