"""What a final comes to, said once more from its description: by plain reading of rows, with no code that it judges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Counts = dict[str, int]


def recount(scenes: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Counts:
    """Count scenes as they were kept, each with what was said of it. A report is a report, however it was made."""
    counts = dict.fromkeys(("scenes", "to_report", "caught", "missed", "over", "no_911", "harmful", "good"), 0)
    for scene, said in scenes:
        step = next(one for one in scene["actions"] if one["id"] == said["action"])
        is_reported = said["verdict"] == "report-now" or step["is_report"]
        is_concern = scene["truth"] == "concern"
        counts["scenes"] += 1
        counts["to_report"] += is_concern
        counts["caught"] += is_concern and is_reported
        counts["missed"] += is_concern and not is_reported
        counts["over"] += is_reported and not is_concern
        counts["no_911"] += scene["rule"] == "danger-now" and step["door"] != "911"
        counts["harmful"] += step["grade"] == "harmful"
        counts["good"] += step["grade"] in ("best", "fine")
    return counts


def comes_to(rule: Mapping[str, Any], counts: Counts, *, is_first_try: bool) -> str:
    """Return "passed", "sent on" or "not passed" at the end of a stage. `rule` as it is kept: stages and bounds."""
    bounds = rule["first_try" if is_first_try else "later_tries"]
    end, ends = 0, []
    for stage in rule["stages"]:
        end += stage["scenes"]
        ends.append(end)
    here = ends.index(counts["scenes"])
    if _is_within(bounds[here], counts):
        return "passed"
    for later, asked in zip(ends[here + 1 :], bounds[here + 1 :], strict=True):
        if _is_within(asked, {**counts, "good": counts["good"] + later - counts["scenes"]}):
            return "sent on"
    return "not passed"


def _is_within(asked: Mapping[str, Any], counts: Counts) -> bool:
    danger = asked.get("danger_without_911_at_most")
    return bool(
        counts["missed"] <= asked["missed_at_most"]
        and counts["over"] <= asked["over_reported_at_most"]
        and counts["harmful"] <= asked["harmful_at_most"]
        and (danger is None or counts["no_911"] <= danger)
        and counts["good"] >= asked.get("good_first_steps_at_least", 0)
    )
