"""Who there is in the made-up firm and what becomes of them: pure, the same at each run. Days count from the start."""

from __future__ import annotations

import random
import unicodedata
from dataclasses import dataclass, field
from typing import Final

from trainer.organizations.rules import Role
from trainer.tools.demo.names import DOMAIN, FIRST, LAST, TITLES

SEED: Final = "two lanterns"
DAYS: Final = 730
"""Days that the firm has been here."""

_SKILLS: Final = ((0.05, 0.06),) * 16 + ((0.03, 0.24),) * 2 + ((0.24, 0.05),) + ((0.2, 0.2),)


@dataclass
class DemoPerson:
    """Someone of the firm. `misses` and `over_reports` are the shares of scenes that they judge wrongly at first."""

    number: int
    name: str
    email: str
    job_title: str
    sites: tuple[int, ...]
    joins_on: int
    hired_before: int = 0
    role: Role = Role.MEMBER
    manages_all: bool = False
    by_invitation: bool = False
    leaves_on: int | None = None
    returns_on: int | None = None
    away_from: int | None = None
    due_late: int | None = None
    """Days after the first due day at which the course is done, where that isn't left to chance."""
    misses: float = 0.03
    over_reports: float = 0.03
    rng: random.Random = field(default_factory=random.Random, compare=False)

    @property
    def has_address(self) -> bool:
        """False for one guard in six, who signs in with a PIN."""
        return self.number < 100 or self.number % 6 != 0

    @property
    def is_put_on_roster(self) -> bool:
        """True for those who are on the roster before they come in; the others come in by a code."""
        return self.by_invitation or not self.has_address

    @property
    def is_staff(self) -> bool:
        """True for those who see other people's records."""
        return self.role is not Role.MEMBER


def staff(sites: int) -> list[DemoPerson]:
    """Return owner, manager of all, instructor, and a manager for every three sites; Alice comes first."""
    three = [tuple(range(first, min(first + 3, sites))) for first in range(0, sites, 3)]
    names = ["Mark Moss", "Dolores Quist", "Idris Bellamy", "Petra Holub", "Winston Achebe", "Carmen Duarte"]
    names += ["Tuan Le", "Bridget Malloy", "Rashid Noor", "Greta Thorne"]
    people = [
        _person(1, "Alice Able", "alice", "Owner", (), 0, Role.OWNER),
        _person(2, "Mona Marchand", "mona", "Operations manager", (), 0, Role.MANAGER),
        _person(3, "Ines Ibarra", "ines", "Training instructor", (), 0, Role.INSTRUCTOR),
    ]
    people[1].manages_all = True
    for number, (name, mine) in enumerate(zip(names, three, strict=False), start=4):
        account = name.split()[0].lower()
        people.append(_person(number, name, account, "Site manager", mine, 1, Role.MANAGER))
    return people


def bob(sites: int) -> DemoPerson:
    """Return the guard who has one thing due: he has begun, and two weeks are left."""
    person = _person(99, "Bob Builder", "bob", "Guard", (0,), DAYS - 75)
    person.due_late = 30
    return person


def guards(number: int, sites: int) -> list[DemoPerson]:
    """Return `number` guards who are employed at the end, beside Bob, and those who have left: a fifth of all."""
    rng = random.Random(SEED)  # noqa: S311 a story, no secret
    left, back = number // 4, number // 40
    names = [f"{first} {last}" for first in FIRST for last in LAST]
    people = []
    for place, name in enumerate(rng.sample(names, number - 1 + left)):
        is_founder = rng.random() < 0.3
        joins_on = rng.randint(2, 40) if is_founder else rng.randint(41, DAYS - 3)
        account = f"{_plain(name)}{100 + place}"
        person = _person(100 + place, name, account, rng.choice(TITLES), (rng.randrange(sites),), joins_on)
        person.hired_before = rng.randint(20, 2_500) if is_founder else rng.randint(0, 3)
        person.by_invitation = rng.random() < 0.2
        person.misses, person.over_reports = rng.choice(_SKILLS)
        people.append(person)
    leaving = rng.sample([guard for guard in people if guard.joins_on < DAYS - 60], left + back)
    for place, person in enumerate(leaving):
        is_back = place < back
        person.leaves_on = rng.randint(person.joins_on + 20, DAYS - 2)
        if is_back:
            person.joins_on = min(person.joins_on, 300)
            person.leaves_on = rng.randint(person.joins_on + 20, DAYS - 200)
            person.returns_on = person.leaves_on + rng.randint(45, 110)
    staying = [guard for guard in people if guard.leaves_on is None and guard.joins_on < DAYS - 60]
    for person in rng.sample(staying, max(1, number // 60)):
        person.away_from = DAYS - 30
    return people


def expected(number: int, sites: int) -> list[DemoPerson]:
    """Return so many people who were invited in the last days and haven't joined."""
    rng = random.Random(f"{SEED} expected")  # noqa: S311 a story, no secret
    names = [f"{rng.choice(FIRST)} {rng.choice(LAST)}" for _time in range(number)]
    return [
        _person(9_000 + place, name, f"{_plain(name)}{9_000 + place}", TITLES[0], (rng.randrange(sites),), DAYS)
        for place, name in enumerate(names)
    ]


def _person(
    number: int, name: str, account: str, title: str, sites: tuple[int, ...], joins_on: int, role: Role = Role.MEMBER
) -> DemoPerson:
    rng = random.Random(f"{SEED} {number}")  # noqa: S311 a story, no secret
    return DemoPerson(number, name, f"{account}@{DOMAIN}", title, sites, joins_on, role=role, rng=rng)


def _plain(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return ".".join(letters.lower().split())
