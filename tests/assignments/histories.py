"""Random histories over ten years, rich in last days of months and leap days."""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from trainer.assignments.rules import CoveringCredential, Duty, Recorded, Terms

FIRST, LAST = dt.date(2024, 1, 1), dt.date(2034, 12, 31)
_EDGES = [dt.date(2024, 2, 29), dt.date(2028, 2, 29), dt.date(2032, 2, 29), dt.date(2027, 2, 28), dt.date(2026, 12, 31)]
_EDGES += [dt.date(2025, month, 31) for month in (1, 3, 5, 7, 8, 10, 12)]
days = st.one_of(st.dates(FIRST, LAST), st.sampled_from(_EDGES))
terms = st.builds(
    Terms,
    least_minutes=st.sampled_from([0, 20, 30]),
    cadence_months=st.integers(1, 60),
    renewal_days=st.integers(1, 90),
    is_paced=st.booleans(),
    needs_attestation=st.booleans(),
    allows_test_out=st.booleans(),
    earlier_keys=st.sampled_from([None, frozenset(), frozenset({"50% off_duty"}), frozenset({"50% off_duty", "b"})]),
)
TITLES = ("50% off_duty", "b", "off_duty", "c")
"""Folded titles of trainings; one is a part of another, and has what means something in a pattern."""
recorded = st.builds(Recorded, st.sampled_from(TITLES), days, st.sampled_from([10, 20, 30, 480]))


@st.composite
def completions(draw: st.DrawFn) -> CoveringCredential:
    issued_on = draw(days)
    return CoveringCredential(
        issued_on,
        issued_on + dt.timedelta(days=draw(st.integers(0, 800))),
        draw(st.sampled_from([10, 20, 30, 45])),
        draw(st.booleans()),
        draw(st.booleans()),
        draw(st.sampled_from([False, False, False, True])),
        draw(st.booleans()),
    )


duties = st.builds(
    Duty,
    terms=terms,
    first_due_on=days,
    completions=st.lists(completions(), max_size=4).map(tuple),
    waived_until=st.one_of(st.none(), st.none(), days),
    has_begun=st.booleans(),
    recorded=st.lists(recorded, max_size=2, unique_by=lambda each: (each.title_key, each.completed_on)).map(tuple),
)


@st.composite
def near(draw: st.DrawFn, duty: Duty) -> dt.date:
    """Return a day, mostly close to one on which something changes."""
    turns = [duty.due_on, duty.first_due_on, *(one.valid_until for one in duty.completions)]
    turns += [each.completed_on for each in duty.recorded]
    turns += [duty.waived_until] if duty.waived_until else []
    offset = draw(st.sampled_from([-91, -31, -30, -29, -8, -7, -1, 0, 1, 2, 7, 30]))
    return draw(st.one_of(days, st.sampled_from(turns).map(lambda day: day + dt.timedelta(days=offset))))
