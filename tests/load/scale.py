"""`make scale`: what pages and jobs cost with 10,000 and 100,000 learners, and with FULL=1 a million; prints Markdown.

On PostgreSQL, in a database of its own on the server that TRAINER_TEST_POSTGRES_URL names; `DATABASE=SQLite make scale`
does it on SQLite. PEOPLE=2000 fills one database with so many.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from flask import Flask
from sqlalchemy import select, text, update

from tests.cast import add_second_factor, sign_in_as
from tests.load.filling import RESPONSES, Filled, fill
from tests.load.installing import installed, is_missing
from tests.support import Visitor
from trainer.core.clock import now
from trainer.core.db import db, empty_wal, transaction
from trainer.core.settings import Settings
from trainer.jobs.due_firms import bring_forward
from trainer.jobs.upkeep import keep_up_all
from trainer.organizations.models import LONGEST_REST, Upkeep

FEW: Final = 100
"""Small firms that the hourly job is measured with: all of them would take very long where there are many."""
SIZES: Final = (10_000, 100_000, 1_000_000)
ROUNDS: Final = 5
Result = TypeVar("Result")
_NOT_MEASURED: Final = "not measured"


@dataclass(frozen=True)
class Cost:
    """Seconds until it was done, and CPU seconds of this process; the rest of them is the database server's."""

    seconds: float
    cpu: float

    def __str__(self) -> str:
        if self.seconds >= 1:
            return f"{self.seconds:,.1f} s ({self.cpu:,.1f})"
        return f"{self.seconds * 1000:,.0f} ms ({self.cpu * 1000:,.0f})"


def main() -> int:
    """Fill and measure each size; print a table."""
    database, begun = os.environ.get("DATABASE", "PostgreSQL"), time.monotonic()
    if is_missing(database):
        return 1
    chosen = [int(os.environ["PEOPLE"])] if "PEOPLE" in os.environ else [*SIZES[: 3 if os.environ.get("FULL") else 2]]
    columns: dict[int, dict[str, str]] = {}
    for people in chosen:
        print(f"{people:,} learners on {database}", file=sys.stderr, flush=True)
        with installed(database) as (app, settings):
            columns[people] = measure(app, settings, people)
        for label, value in columns[people].items():
            print(f"  {label}: {value}", file=sys.stderr, flush=True)
    busy = "/".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"\n### {database}, {RESPONSES} responses of each learner\n")
    shown = chosen if len(chosen) == 1 else SIZES
    print("| learners | " + " | ".join(f"{people:,}" for people in shown) + " |\n|---" + "|---" * len(shown) + "|")
    for label in columns[chosen[0]]:
        cells = (columns[people][label] if people in columns else _NOT_MEASURED for people in shown)
        print(f"| {label} | " + " | ".join(cells) + " |")
    print(f"\nMedians of {ROUNDS}, CPU time of the app in parentheses; jobs once. ", end="")
    print(f"Load of the machine {busy} on {os.cpu_count()} cores. Took {time.monotonic() - begun:.0f} s.")
    return 0


def measure(app: Flask, settings: Settings, people: int) -> dict[str, str]:
    """Fill an installation and return what each thing costs, in the words of the table."""
    filled, filling = timed(lambda: fill(app, people))
    add_second_factor(app, filled.owner)
    add_second_factor(app, filled.small_owner)
    owner, small = (sign_in_as(app, user) for user in (filled.owner, filled.small_owner))
    instructor, anyone = sign_in_as(app, filled.instructor), Visitor(app)
    large = f"/organizations/{filled.large}"
    pages: dict[str, tuple[Visitor, str]] = {
        "people of the large firm": (owner, f"{large}/people"),
        "one person": (owner, f"{large}/people/{filled.person}"),
        "training status of the large firm": (owner, f"{large}/training"),
        "training status of a small firm": (small, f"/organizations/{filled.small}/training"),
        "board of a class of 200": (instructor, f"/cohorts/{filled.cohort}"),
        "checking a certificate": (anyone, f"/verify/{filled.serial}"),
    }
    result = {"firms": f"{filled.firms:,}"}
    for label, (visitor, path) in pages.items():
        assert visitor.get(path).status_code == 200, path
        result[label] = str(median(lambda visitor=visitor, path=path: visitor.get(path)))  # type: ignore[misc]
    result["a response saved"] = str(median(_saving(app)))
    result |= {label: str(cost) for label, cost in upkeep(app, filled).items()}
    result["writing all this"] = f"{filling.seconds:,.0f} s"
    return result | sizes(app, settings)


def upkeep(app: Flask, filled: Filled) -> dict[str, Cost]:
    """Return what the hourly job costs for the large firm and for a hundred small ones, at first and when a day turns,
    and what for all firms when nothing has changed."""

    def run() -> None:
        with app.app_context():
            for _portion in keep_up_all():
                pass
            db.session.remove()

    def due(*firms: uuid.UUID) -> Callable[[], None]:
        """Let nothing be news, and the time of these firms alone have come; return a run for them."""
        at = now()
        with app.app_context(), transaction():
            db.session.execute(update(Upkeep).values(seen_until=at, due_at=at + LONGEST_REST, tries=0))
            db.session.execute(update(Upkeep).where(Upkeep.organization_id.in_(firms)).values(due_at=at))
        return run

    with app.app_context(), transaction():
        bring_forward(now())
        others = select(Upkeep.organization_id).where(Upkeep.organization_id != filled.large)
        small = db.session.scalars(others.order_by(Upkeep.id).limit(FEW)).all()
    costs: dict[str, Cost] = {}
    for when in ("the first time", "when the day turns"):
        costs[f"hourly job, the large firm, {when}"] = timed(due(filled.large))[1]
        costs[f"hourly job, {FEW} small firms, {when}"] = timed(due(*small))[1]
    costs["hourly job, all firms, nothing changed"] = median(due())
    return costs


def sizes(app: Flask, settings: Settings) -> dict[str, str]:
    """Return what the database takes on disk."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            empty_wal()
            return {"on disk": _size((settings.instance / "trainer.db").stat().st_size)}
        whole = db.session.scalar(text("SELECT pg_database_size(current_database())"))
        answers = db.session.scalar(text("SELECT pg_total_relation_size('responses')"))
        db.session.rollback()
    return {"on disk": _size(whole), "of which responses": _size(answers)}


def median(act: Callable[[], object]) -> Cost:
    """Return what it costs, medians, after it was done once."""
    act()
    costs = [timed(act)[1] for _round in range(ROUNDS)]
    return Cost(statistics.median(one.seconds for one in costs), statistics.median(one.cpu for one in costs))


def timed(act: Callable[[], Result]) -> tuple[Result, Cost]:
    """Return what it returns, and what it cost."""
    begun = time.perf_counter(), time.process_time()
    result = act()
    return result, Cost(time.perf_counter() - begun[0], time.process_time() - begun[1])


def _saving(app: Flask) -> Callable[[], object]:
    guest, version = Visitor(app), iter(range(1_000))
    guest.keep()
    attempt = guest.start("practices")

    def save() -> None:
        number = next(version)
        fields = {"verdict": ("report-now", "nothing-to-report")[number % 2], "version": number, "autosave": 1}
        answer = guest.post(f"{attempt}/scenes/1", fields, headers={"Accept": "application/json"})
        assert answer.status_code < 400, answer.text

    return save


def _size(octets: int | None) -> str:
    return f"{(octets or 0) / 2**20:,.0f} MB"


if __name__ == "__main__":
    sys.exit(main())
