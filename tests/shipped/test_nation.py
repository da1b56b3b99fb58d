"""What readers of the nation get, as it is served, has no number, law, service or duty of Maine in it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from trainer.content.library import Content, Library

LAWS_AND_DUTIES: Final = re.compile(
    r"Title \d+|M\.?R\.?S|Maine(?:[’']s)? (?:[Ll]aw|[Dd]ep|statute|orders|requires|licenses)"
    r"|[Ii]n Maine,? (?:no|some|you|the law|an? (?:adult|private|teacher)|must|guards)"
    r"|district attorney|Child Protective Intake|\bDHHS\b|Pine Tree Legal|Preble Street"
)
CITED: Final = re.compile(r'<(details|div|p) class="note(?:s|-src)".*?</\1>', re.DOTALL)
"""A source may be of Maine: what it backs is true elsewhere, too."""


def told(content: Content) -> Iterator[tuple[str, str]]:
    """Yield all that is read of it, but the stories of scenes, which have a place, and what cites."""
    for slug, course in content.courses.items():
        yield slug, as_text([course.file, *(module.file for module in course.modules)])
        for lesson in course.lessons:
            yield f"{slug}/{lesson.id}", CITED.sub("", lesson.html) + as_text([lesson.file])
    for page in content.pages.values():
        yield page.slug, page.file.title + CITED.sub("", page.html)
    for scene in content.scenarios.values():
        if scene.file.region is None:
            yield scene.id, as_text(scene.file.items) + str([scene.file.differs, scene.file.note, scene.file.signs])
    lists = content.cards, content.terms, content.indicators, content.statistics, content.packs
    for listed in lists:
        yield from ((name, as_text([part])) for name, part in listed.items())
    yield "help", as_text([line for lines in content.help_lines.values() for line in lines])
    yield "words", as_text([content.vocabulary, content.site])


def as_text(parts: Iterable[Any]) -> str:
    """Return all that they say, with plain hyphens in numbers."""
    texts = (json.dumps(part.model_dump(mode="json"), ensure_ascii=False) for part in parts)
    return re.sub("[\u2010\u2011]", "-", " ".join(texts))


def of_maine(content: Content) -> dict[str, list[str]]:
    """Return what is Maine's own, by where it stands."""
    maine, nation = content.regions["us-me"], content.regions["us"]
    everywhere = {line.phone for line in nation.help_lines["us"]} | {"211"}
    lines = maine.help_lines["us-me"]
    own = [line.name for line in lines] + [line.phone for line in lines if line.phone not in {None, *everywhere}]
    pattern = re.compile(f"{LAWS_AND_DUTIES.pattern}|{'|'.join(re.escape(str(text)) for text in own)}")
    found_in = {name: pattern.findall(re.sub("[\u2010\u2011]", "-", text)) for name, text in told(content)}
    return {name: matches for name, matches in found_in.items() if matches}


def test_the_national_edition_has_nothing_of_maine(shelf: Library) -> None:
    assert of_maine(shelf.content.regions["us"]) == {}


def test_no_other_region_gets_anything_of_maine(shelf: Library) -> None:
    others = [name for name in shelf.content.regions if name not in ("us", "us-me")]
    assert {name: of_maine(shelf.content.regions[name]) for name in others} == {name: {} for name in others}


def test_readers_in_maine_have_it_in_many_places(shelf: Library) -> None:
    assert len(of_maine(shelf.content.regions["us-me"])) > 40
