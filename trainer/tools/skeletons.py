"""Valid beginnings of every kind of content, for an author to build on."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from trainer.content.catalogue import Indicator
from trainer.content.curriculum import FinalStage
from trainer.content.objects import Content, Course
from trainer.content.subject import Evidence, Truth, Vocabulary
from trainer.content.yaml_lines import compose
from trainer.tools.skeleton_texts import CARD, COURSE, ENTRY, HELP_LINES, LESSON, MODULE, PACK, REGION, SCENE, SIGN

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST = 60  # characters of an id
_NO_STRONG_SIGN = "There is no strong sign yet. Begin with one: flask content new indicator."


@dataclass(frozen=True, slots=True)
class SkeletonRefusal:
    """Why nothing can be begun."""

    why: str


def lesson(content: Content, folder: Path, place: str, title: str) -> dict[Path, str] | SkeletonRefusal:
    """Return the file of a lesson with the next number of its module. `place` is course/module/name."""
    parts = place.split("/")
    if len(parts) != 3 or not all(_SLUG.fullmatch(part) for part in parts):
        return SkeletonRefusal(
            "Write COURSE/MODULE/NAME, such as recognize/what-to-do/one-more: small letters and hyphens."
        )
    course = content.courses.get(parts[0])
    module = next((known for known in course.modules if known.slug == parts[1]), None) if course else None
    if course is None or module is None:
        return SkeletonRefusal(f"There is no module {parts[0]}/{parts[1]}.")
    if any(known.slug == parts[2] for known in module.lessons):
        return SkeletonRefusal(f"There is a lesson {place} already.")
    where = folder / "courses" / course.slug / f"{module.number:02}-{module.slug}"
    number = max(int(path.name[:2]) for path in where.glob("[0-9][0-9]-*.md")) + 1
    return {where / f"{number:02}-{parts[2]}.md": _lesson_text(content, title)}


def scenario(content: Content, folder: Path, pair: str, pool: str) -> dict[Path, str] | SkeletonRefusal:
    """Return the two files of a pair of scenes."""
    if not _SLUG.fullmatch(pair):
        return SkeletonRefusal("Name the pair in small letters and hyphens, such as late-bus.")
    if pair in content.pairs or any(name.startswith(f"{pair}-") for name in content.scenarios):
        return SkeletonRefusal(f"There is a pair {pair} already.")
    strong = _find_sign(content, "strong")
    if strong is None:
        return SkeletonRefusal(_NO_STRONG_SIGN)
    words = content.vocabulary
    rules = {rule.signs: rule.id for rule in words.rules}
    if not {Evidence.STRONG, Evidence.NONE} <= set(rules):
        return SkeletonRefusal("The rule in vocabulary.yaml needs a line for a strong sign, and one for no sign.")
    given = {"pair": pair, "pool": pool, "source": next(iter(content.sources)), **_words_of(words)}
    concern = SCENE.format(
        **given,
        truth=Truth.CONCERN,
        best=Evidence.STRONG.best,
        rule=rules[Evidence.STRONG],
        route=_find_route(words, Truth.CONCERN),
        differs="She asks for her card, and he says no.",
        shown="shown_by: controller\nexcuse: none",
        signs=f"{{{strong.id}: He says no when she asks}}",
        ending="He says no",
        report="best",
        serve="wrong-route",
    )
    innocent = SCENE.format(
        **given,
        truth=Truth.NO_CONCERN,
        best=Evidence.NONE.best,
        rule=rules[Evidence.NONE],
        route=_find_route(words, Truth.NO_CONCERN),
        differs="She asks for her card and gets it.",
        shown="explained: fully",
        signs="{}",
        ending="He hands it over",
        report="wrong-route",
        serve="best",
    )
    return {
        folder / "scenarios" / f"{pair}-a.md": concern,
        folder / "scenarios" / f"{pair}-b.md": innocent,
    }


def indicator(content: Content, folder: Path, category: str, name: str) -> dict[Path, str] | SkeletonRefusal:
    """Return the list of signs with one more, under the next free id of its category."""
    group = next((known for known in content.categories if known.id == category), None)
    if group is None:
        return SkeletonRefusal(
            f"There is no category {category}. Use one of: {', '.join(known.id for known in content.categories)}."
        )
    free = [f"{group.letter}{n}" for n in range(1, 10) if f"{group.letter}{n}" not in content.indicators]
    if not free:
        return SkeletonRefusal(f"All nine ids of {category} are taken.")
    path = folder / "indicators.yaml"
    text = path.read_text(encoding="utf-8").rstrip("\n")
    words = _words_of(content.vocabulary)
    return {path: f"{text}\n{SIGN.format(id=free[0], name=_quoted(name), category=category, **words)}"}


def pack(
    content: Content, folder: Path, name: str, title: str, state: str | None, today: date
) -> dict[Path, str] | SkeletonRefusal:
    """Return the file of a requirement pack, of a state or of no law."""
    if not _can_be_id(name):
        return _bad_name("ohio-hotels")
    if name in content.packs:
        return SkeletonRefusal(f"There is a pack {name} already.")
    text = PACK.format(
        title=_quoted(title),
        state=f"state: {_quoted(state)}\n" if state else "",
        course=next(iter(content.courses)),
        source=next(iter(content.sources)),
        today=today.isoformat(),
        advice=content.vocabulary.disclaimers.advice,
    )
    return {folder / "requirements" / f"{name}.yaml": text}


def course(content: Content, folder: Path, name: str, title: str) -> dict[Path, str] | SkeletonRefusal:
    """Return the files of a course with one module and one lesson, and its entry in the list of changes if there is
    one. Its assessments are as long, and as hard to pass, as those of the first course."""
    if not _can_be_id(name):
        return _bad_name("night-watch")
    if name in content.courses:
        return SkeletonRefusal(f"There is a course {name} already.")
    where = folder / "courses" / name
    files = {
        where / "course.yaml": _course_text(next(iter(content.courses.values())), title),
        **_module_files(content, where / "01-first-module", "The first module"),
    }
    changes = folder / "CHANGELOG.md"
    if changes.exists():
        before, heading, after = f"\n{changes.read_text(encoding='utf-8')}".partition("\n## ")
        text = f"{before}\n{ENTRY.format(course=name)}{heading.lstrip()}{after}"
        files[changes] = text.removeprefix("\n")
    return files


def module(content: Content, folder: Path, place: str, title: str) -> dict[Path, str] | SkeletonRefusal:
    """Return the files of a module with one lesson, at the end of its course. `place` is course/name."""
    slug, slash, name = place.partition("/")
    if not slash or not _can_be_id(name):
        return SkeletonRefusal(
            f"Write COURSE/NAME, such as recognize/one-more: small letters, digits and hyphens, {_LONGEST} at most."
        )
    parent = content.courses.get(slug)
    if parent is None:
        return SkeletonRefusal(f"There is no course {slug}.")
    if any(known.slug == name for known in parent.modules):
        return SkeletonRefusal(f"There is a module {place} already.")
    number = max(known.number for known in parent.modules) + 1
    if number > 99:
        return SkeletonRefusal(f"The last module of {slug} has the number 99. Renumber the folders first.")
    where = folder / "courses" / slug
    path = where / "course.yaml"
    return {
        **_module_files(content, where / f"{number:02}-{name}", title),
        path: _with_module(path.read_text(encoding="utf-8"), parent.file.modules, name),
    }


def card(content: Content, folder: Path, name: str, title: str) -> dict[Path, str] | SkeletonRefusal:
    """Return the file of a field card, of the venue that has its name or of any."""
    if not _can_be_id(name):
        return _bad_name("harbor")
    if name in content.cards:
        return SkeletonRefusal(f"There is a card {name} already.")
    strong = _find_sign(content, "strong")
    if strong is None:
        return SkeletonRefusal(_NO_STRONG_SIGN)
    venues = content.vocabulary.venues
    text = CARD.format(
        title=_quoted(title),
        venue=name if name in venues else venues[-1],
        strong=strong.id,
        medium=(_find_sign(content, "medium") or strong).id,
        harm=content.vocabulary.sentences.harm,
        number=content.vocabulary.emergency_number,
    )
    return {folder / "cards" / f"{name}.yaml": text}


def region(content: Content, folder: Path, name: str, title: str, today: date) -> dict[Path, str] | SkeletonRefusal:
    """Return the files of a region, of which nothing is known yet."""
    if not _can_be_id(name):
        return _bad_name("us-vt")
    if name in content.regions:
        return SkeletonRefusal(f"There is a region {name} already.")
    lines = [line for there in content.regions.values() for line in there.help_lines[there.region.id]]
    roles = sorted({role for line in lines for role in line.stands_in_for}) or ["a-role"]
    help_lines = HELP_LINES.format(
        name=title,
        roles=", ".join(roles),
        role=roles[0],
        need=content.vocabulary.needs[0].id,
        source=next(iter(content.sources)),
        day=today,
    )
    where = folder / "regions" / name
    return {where / "region.yaml": REGION.format(name=_quoted(title)), where / "help" / f"{name}.yaml": help_lines}


def _can_be_id(name: str) -> bool:
    return len(name) <= _LONGEST and _SLUG.fullmatch(name) is not None


def _bad_name(example: str) -> SkeletonRefusal:
    return SkeletonRefusal(f"Write NAME in small letters, digits and hyphens, {_LONGEST} at most, such as {example}.")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _find_sign(content: Content, strength: str) -> Indicator | None:
    signs = (sign for sign in content.indicators.values() if sign.kind == "indicator")
    return next((sign for sign in signs if sign.strength == strength), None)


def _words_of(vocabulary: Vocabulary) -> dict[str, str]:
    """Return words to begin with, as the vocabulary has them."""
    return {
        "venue": vocabulary.venues[-1],
        "about": vocabulary.scene_topics[0],
        "place": vocabulary.places[0].id,
        "harm": vocabulary.harms[0],
        **_doors_of(vocabulary),
    }


def _doors_of(vocabulary: Vocabulary) -> dict[str, str]:
    """Return doors to begin with: one that reports, one that tells someone else, and one that tells nobody."""
    doors = [door for door in vocabulary.doors if not door.emergency]
    other = doors[-1].id
    report = next((door.id for door in doors if door.report), other)
    tell = next((door.id for door in doors if door.call and not door.report), other)
    return {"report_door": report, "tell": tell, "talk": other, "serve_door": other}


def _find_route(vocabulary: Vocabulary, truth: Truth) -> str:
    """Return the way that fits best: one for such scenes alone, or else the first that may be used for them."""
    routes = [route for route in vocabulary.routes if route.truth in (None, truth) and not route.emergency]
    return next((route for route in routes if route.truth), routes[0]).id if routes else vocabulary.routes[0].id


def _lesson_text(content: Content, title: str) -> str:
    return LESSON.format(title=_quoted(title), source=next(iter(content.sources)))


def _module_files(content: Content, where: Path, title: str) -> dict[Path, str]:
    return {
        where / "module.yaml": MODULE.format(title=_quoted(title)),
        where / "01-first-lesson.md": _lesson_text(content, "The first lesson"),
    }


def _course_text(like: Course, title: str) -> str:
    final = like.file.final
    return COURSE.format(
        title=_quoted(title),
        module="first-module",
        achievement=_quoted(like.file.achievement),
        achievement_id=like.file.achievement_id,
        first_try=like.file.first_try.scenes,
        practice=like.file.practice.scenes,
        stages="\n".join(_stage(stage) for stage in final.stages),
        shows_all=json.dumps(final.shows_all),
        retry_rule=_lines(final.retry_rule.model_dump(), 4),
    )


def _stage(stage: FinalStage) -> str:
    """Return a stage of a final as an item of a list, with what differs from what is meant without it."""
    given = stage.model_dump(exclude_none=True, exclude_defaults=True)
    tries = {name: given.pop(name) for name in ("first_try", "later_tries") if name in given}
    lines = [_lines(given, 6), *(f"      {name}:\n{_lines(bounds, 8)}" for name, bounds in tries.items())]
    return "    - " + "\n".join(lines).lstrip()


def _lines(values: Mapping[str, object], indent: int) -> str:
    return "\n".join(f"{' ' * indent}{key}: {json.dumps(value)}" for key, value in values.items())


def _with_module(text: str, modules: list[str], name: str) -> str:
    """Return `course.yaml` with one more module at the end of its list, however the list is written."""
    lines = text.split("\n")
    at = compose(text, 1, lambda _line, _what, _remedy: None).line("modules", len(modules) - 1) - 1
    before, dash, _item = lines[at].partition("- ")
    if dash and not before.strip():
        lines.insert(at + 1, f"{before}- {name}")
    else:
        last = re.compile(rf"""(["']?)\b{re.escape(modules[-1])}\b\1(?=\s*(?:[],#]|$))""")
        lines[at] = last.sub(lambda match: f"{match[0]}, {name}", lines[at], count=1)
    return "\n".join(lines)
