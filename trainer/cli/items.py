"""`flask content report --items` and `flask content remarks`: what answers say of scenes, and what people write."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

from trainer.assessment.analysis import Analysis, Stratum, Version, analyze
from trainer.assessment.figures import (
    DESIGN_NAMES,
    EDITION_NAMES,
    FLAG_NAMES,
    GRADE_NAMES,
    POOL_NAMES,
    TRUTH_NAMES,
    action_shares,
    correlation,
    item_table,
    percent,
    verdict_shares,
)
from trainer.assessment.remarks import RemarkLine, RemarkState, list_remarks, mark_remark
from trainer.content.library import Content
from trainer.content.schema import Pool
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.jobs.counting import count_answers
from trainer.web.tables import csv_lines


def report(content: Content, csv: Path | None) -> str:
    """Count all answers as they are now and return the whole report; with a file, write the table there, too."""
    for _portion in count_answers():
        pass
    found = analyze(content, set(Pool), with_earlier=True)
    lines = [*_strata(found), "", *(line for one in found.versions for line in _lines(one, content))]
    if csv is not None:
        # The mark and the line ends are the table's own.
        csv.write_text("".join(csv_lines(item_table(found.versions, content.vocabulary))), encoding="utf-8", newline="")
        lines.append(f"Wrote {csv}.")
    return "\n".join(lines)


def list_all(*, with_answered: bool) -> Iterator[str]:
    """Yield remarks as lines, the newest first."""
    found = list_remarks(open_only=not with_answered)
    for one in found:
        yield from _remark(one)
    yield f"{len(found)} remark(s)."


def mark(remark_id: uuid.UUID, state: RemarkState) -> str:
    """Say that a remark was read or answered; return the scene. Raises NotFound."""
    with transaction():
        return mark_remark(remark_id, state, None, now())


def _strata(found: Analysis) -> Iterator[str]:
    yield "JUDGED RIGHT by truth and design: mean of pairs with its 95% interval, from scenes with 30 answers or more"
    for one in found.strata:
        yield f"  {_stratum(one)}"
    if not found.strata:
        yield "  no scene has 30 answers yet"


def _stratum(one: Stratum) -> str:
    kind = f"{POOL_NAMES[one.pool]}, {TRUTH_NAMES[one.truth]}, {DESIGN_NAMES[one.designed]}"
    right = one.right
    between = f" ({percent(right.interval[0])} to {percent(right.interval[1])}%)" if right.interval else ""
    return f"{kind:40} {percent(right.value)}%{between}, {right.pairs} pair(s)"


def _lines(one: Version, content: Content) -> Iterator[str]:
    pool = str(POOL_NAMES[one.pool]) if one.pool else "no longer in the content"
    designed = f", designed {DESIGN_NAMES[one.designed]}" if one.designed else ""
    yield f"{one.scene} ({EDITION_NAMES[one.edition]}, {one.digest[:12]}): {pool}, {TRUTH_NAMES[one.truth]}{designed}"
    remarks = f"; {one.remarks} open remark(s)" if one.remarks else ""
    yield f"  drawn {one.drawn} times for {one.people} people, {one.answers} first answers{remarks}"
    figures = one.figures
    if figures is None:
        yield "  too few to tell"
        return
    low, high = figures.facility_interval
    link = figures.link
    goes = (
        f"{correlation(link.value)} ({correlation(link.low)} to {correlation(link.high)})" if link else "can't be said"
    )
    yield f"  judged right {percent(figures.facility)}% ({percent(low)} to {percent(high)}%); item-total {goes}"
    said = verdict_shares(one, content.vocabulary)
    yield "  said: " + ", ".join(f"{name} {percent(share)}%" for name, _number, share in said)
    for text, grade, _number, share in action_shares(one):
        yield f"  {percent(share):>4}%  {text} ({GRADE_NAMES[grade]})"
    for flag in one.flags:
        yield f"  LOOK: {FLAG_NAMES[flag]}"


def _remark(one: RemarkLine) -> Iterator[str]:
    yield f"{one.id}  {one.written_on}  {one.state}  {one.item} ({one.digest[:12]})  {one.kind}"
    if one.text:
        yield f"    {one.text}"
