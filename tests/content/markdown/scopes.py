"""Where a text is shown in these tests: on a lesson or elsewhere, with two sources and a word."""

from __future__ import annotations

import datetime as dt

from trainer.content.catalogue import Source, Term
from trainer.content.markdown import (
    PageScope,
    Targets,
    parse,
    render,
)

REPORT = Source(
    id="S1", title="A <b>report", publisher="An office", address="https://example.org/?a=1&b=2", year=2020,
    seen_on=dt.date(2026, 11, 1),
)  # fmt: skip


OTHER = Source(
    id="N2", title="Other", publisher="A team", address="https://example.org/2", seen_on=dt.date(2026, 11, 1)
)


TARGETS = Targets(
    terms={"signal": Term(id="signal", term="Signal", meaning="One contact.")},
    help={"hotline": "hotline", "advice": "hotline"},
    indicators=frozenset({"C1"}),
    lessons={"basics/first": "recognize"},
    pages=frozenset({"leaving"}),
)


LESSON = PageScope(TARGETS, {"S1": REPORT, "N2": OTHER}, "recognize")


ELSEWHERE = PageScope(TARGETS, LESSON.sources)


def shown(text: str, scope: PageScope = LESSON) -> str:
    return str(render(parse(text), scope).html).replace("\n", "")
