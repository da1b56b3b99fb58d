"""What the content covers, in plain text for authors: signs, balance, and what falls due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

from trainer.content.checks.release import FRESH_FOR, LEAST_BEST, MOST_BEST, MOST_GOOD, count_doors
from trainer.content.objects import Content, Scenario
from trainer.content.schema import Pool
from trainer.content.subject import Truth
from trainer.tools.instrument import balance

SOON = timedelta(days=90)


def write(content: Content, today: date) -> str:
    """Return the whole report."""
    parts = (_signs(content), _balance(content), _regions(content), _doors(content), _due(content, today))
    return "\n".join(line for part in parts for line in (*part, ""))


def _signs(content: Content) -> Iterator[str]:
    courses = list(content.courses)
    yield "SIGNS: lessons that teach each, by course; scenes that show it, by pool; venues of these scenes"
    heads = " ".join(f"{slug[:12]:>12}" for slug in courses)
    yield f"{'':4} {'':34} {heads} {'open':>5} {'before':>6} {'after':>5} {'final':>5} {'shift':>5}  venues"
    for sign in content.indicators.values():
        taught = Counter(course.slug for course, _lesson in content.lessons_teaching(sign.id))
        shown = content.scenarios_with(sign.id)
        pools = Counter(scene.file.pool for scene in shown)
        venues = ", ".join(sorted({scene.file.venue for scene in shown}))
        label = f"{sign.name} (misleading)" if sign.kind == "false_cue" else f"{sign.name} ({sign.strength})"
        yield (
            f"{sign.id:4} {label[:34]:34} {' '.join(f'{taught[slug]:12}' for slug in courses)} "
            f"{pools[Pool.OPEN]:5} {pools[Pool.PRETEST]:6} {pools[Pool.CHECK_IN]:5} {pools[Pool.RESERVED]:5} "
            f"{pools[Pool.SHIFT]:5}  {venues}"
        )


def _balance(content: Content) -> Iterator[str]:
    yield "BALANCE: scenes in use"
    for pool in Pool:
        scenes = content.pool(pool)
        concern = sum(scene.file.truth == Truth.CONCERN for scene in scenes)
        pairs = len({scene.file.pair for scene in scenes if scene.file.pair})
        swaps = len({scene.file.pair for scene in scenes if scene.other})
        drills = Counter(drill.type for scene in scenes for drill in scene.drills)
        yield (
            f"{pool.value}: {len(scenes)} scenes, {concern} to report, {len(scenes) - concern} not; {pairs} pairs, "
            f"{swaps} of them also with other people; questions: "
            + (", ".join(f"{number} {kind}" for kind, number in sorted(drills.items())) or "none")
        )
        for key in ("about", "difficulty", "place", "venue", "route") if scenes else ():
            yield f"  {key}: {_shares(scenes, key)}"


def _regions(content: Content) -> Iterator[str]:
    yield "REGIONS: pairs in use, and the aims that fewer of them miss"
    bank = content.site.bank
    aims = {Pool.OPEN: bank.open_pairs, Pool.RESERVED: bank.reserved_pairs} if bank else {}
    for there in content.regions.values():
        pairs = {pool: len({scene.file.pair for scene in there.pool(pool) if scene.file.pair}) for pool in Pool}
        told = ", ".join(f"{pool.value} {number}" for pool, number in pairs.items() if number)
        missed = [f"{pool.value} {pairs[pool]} of {least}" for pool, least in aims.items() if pairs[pool] < least]
        missed += [figure.name for figure in balance.figures(there) if figure.has_target and not figure.is_met]
        name = f"{there.region.name}{' (thin)' if there.region.is_thin else ''}"
        yield f"  {there.region.id:6} {name:24} {told}; {'misses ' + ', '.join(missed) if missed else 'misses none'}"


def _doors(content: Content) -> Iterator[str]:
    aim = f"best in {LEAST_BEST:.0%} to {MOST_BEST:.0%}, best or fine in {MOST_GOOD:.0%} or less"
    yield f"DOORS of first actions; each should be {aim}"
    for door in count_doors(scene.file.first for pool in Pool for scene in content.pool(pool)):
        yield f"  {door.id:16} {door.offered:5}  best {door.best:4.0%}  best or fine {door.good:4.0%}"


def _shares(scenes: tuple[Scenario, ...], key: str) -> str:
    counted = Counter(str(getattr(scene.file, key)) for scene in scenes)
    return ", ".join(f"{name} {number}" for name, number in counted.most_common())


def _due(content: Content, today: date) -> Iterator[str]:
    yield f"DUE within {SOON.days} days: to be looked at again"
    dated = [(source.seen_on, f"source {source.id}") for source in content.sources.values()]
    dated += [(line.seen_on, f"help line {line.id}") for lines in content.help_lines.values() for line in lines]
    dated += [(page.file.seen_on, f"page {slug}") for slug, page in content.pages.items() if page.file.seen_on]
    due = sorted((day + FRESH_FOR, name) for day, name in dated if day + FRESH_FOR <= today + SOON)
    for day, name in due:
        yield f"  {day}  {name}"
    if not due:
        yield f"  nothing; the next falls due on {min(day for day, _name in dated) + FRESH_FOR}"
