"""`flask content report --items`: what answers say of scenes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from trainer.assessment.analysis import Analysis, Stratum, Version, analyze
from trainer.assessment.figures import (
    DESIGN_NAMES,
    EDITION_NAMES,
    FLAG_NAMES,
    GRADE_NAMES,
    POOL_NAMES,
    SITTING_NAMES,
    TRUTH_NAMES,
    action_shares,
    correlation,
    item_table,
    percent,
    verdict_shares,
)
from trainer.assessment.tasks import count_answers
from trainer.content.library import Content
from trainer.content.schema import Pool
from trainer.web.tables import csv_lines


def report(content: Content, csv: Path | None) -> str:
    """Count all answers as they are now and return the whole report; with a file, write the table there, too."""
    for _portion in count_answers():
        pass
    analysis = analyze(content, set(Pool), with_earlier=True)
    lines = [
        *_strata(analysis),
        *_swaps(analysis),
        "",
        *(line for version in analysis.versions for line in _lines(version, content)),
    ]
    if csv is not None:
        # The mark and the line ends are the table's own.
        csv.write_text(
            "".join(csv_lines(item_table(analysis.versions, content.vocabulary))), encoding="utf-8", newline=""
        )
        lines.append(f"Wrote {csv}.")
    return "\n".join(lines)


def _strata(analysis: Analysis) -> Iterator[str]:
    yield "JUDGED RIGHT by truth and design: mean of pairs with its 95% interval, from scenes with 30 answers or more"
    for stratum in analysis.strata:
        yield f"  {_stratum(stratum)}"
    if not analysis.strata:
        yield "  no two pairs have 30 answers yet"


def _swaps(analysis: Analysis) -> Iterator[str]:
    for truth, swap in analysis.swaps.items():
        low, high = swap.interval or (swap.value, swap.value)
        between = f"{100 * low:+.0f} to {100 * high:+.0f}"
        more = f"{TRUTH_NAMES[truth]}: {100 * swap.value:+.0f} points ({between})"
        yield f"REPORTED MORE OFTEN with the second set of people, {more}"


def _stratum(stratum: Stratum) -> str:
    kind = f"{POOL_NAMES[stratum.pool]}, {TRUTH_NAMES[stratum.truth]}, {DESIGN_NAMES[stratum.designed]}"
    right = stratum.right
    between = f" ({percent(right.interval[0])} to {percent(right.interval[1])}%)" if right.interval else ""
    return f"{kind:40} {percent(right.value)}%{between}, {right.pairs} pair(s)"


def _lines(version: Version, content: Content) -> Iterator[str]:
    pool = str(POOL_NAMES[version.pool]) if version.pool else "no longer in the content"
    designed = f", designed {DESIGN_NAMES[version.designed]}" if version.designed else ""
    edition = f"{EDITION_NAMES[version.edition]}, {version.digest[:12]}"
    yield f"{version.scene} ({edition}): {pool}, {TRUTH_NAMES[version.truth]}{designed}"
    remarks = f"; {version.remarks} open remark(s)" if version.remarks else ""
    often = f", in {percent(version.exposure.share)}% of first finals" if version.exposure else ""
    given = f"{version.answers} first answers in {SITTING_NAMES[version.sitting]}"
    yield f"  drawn {version.drawn} times{often}; {given}{remarks}"
    figures = version.figures
    for flag in version.flags:
        yield f"  LOOK: {FLAG_NAMES[flag]}"
    if figures is None or not version.is_told:
        yield "  too few to tell, or all alike"
        return
    low, high = figures.facility_interval
    link = figures.link
    goes = (
        f"{correlation(link.value)} ({correlation(link.low)} to {correlation(link.high)})" if link else "can't be said"
    )
    yield f"  judged right {percent(figures.facility)}% ({percent(low)} to {percent(high)}%); item-total {goes}"
    said = verdict_shares(version, content.vocabulary)
    yield "  said: " + ", ".join(f"{name} {percent(share)}%" for name, _number, share in said)
    for share in action_shares(version):
        others = f", their other scenes {percent(share.choosers)}% right" if share.choosers is not None else ""
        yield f"  {percent(share.share):>4}%  {share.text} ({GRADE_NAMES[share.grade]}){others}"
    if version.time:
        fast = f"{version.time.fast} of {version.time.number} faster than reading"
        yield f"  {version.time.median:.0f} seconds (median), {fast}"
    if len(version.months) > 1:
        yield "  right by month: " + ", ".join(
            f"{month} {part}/{whole}" for month, (part, whole) in version.months.items()
        )
