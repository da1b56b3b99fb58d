"""Make content of a folder that was read and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from typing import TypeVar

from trainer.content import markdown, times
from trainer.content.catalogue import Category, Indicator, Site
from trainer.content.curriculum import ModuleFile
from trainer.content.digests import course_digest
from trainer.content.drills import Drill, Question, build_drills, build_question
from trainer.content.folder import CourseFolder, Entry, Folder, ModuleFolder
from trainer.content.ids import permanent_ids
from trainer.content.markdown import Scope
from trainer.content.objects import Content, Course, Lesson, Module, Page, Scenario, Sign, Twin
from trainer.content.parts import Part
from trainer.content.retelling import retell, with_renewal
from trainer.content.schema import LessonItem, Pool, ScenarioFile, ShownSign
from trainer.content.subject import Truth
from trainer.content.swap import swapped
from trainer.content.telling import Told

T = TypeVar("T", bound=Part)
Ask = Callable[[LessonItem, str], Question]
"""Makes a question of a lesson, by "<course>/<module>/<lesson>"."""


def build(folder: Folder, site: Entry[Site]) -> Content:
    """Make what is served of a folder that the checks have shown to be in order."""
    sources, statistics = _values(folder.sources), _values(folder.statistics)
    anywhere = Scope(folder.targets(), sources, statistics=statistics)
    scenarios = _build_scenarios(folder, anywhere)
    pools = {pool: tuple(s for s in scenarios.values() if s.file.pool == pool and not s.file.retired) for pool in Pool}
    courses = {
        slug: _build_course(folder, folder.courses[slug], anywhere, pools[Pool.RESERVED])
        for slug in dict.fromkeys((*site.value.courses, *folder.courses))
    }
    content = Content(
        site=site.value,
        vocabulary=_there(folder.vocabulary).value,
        sources=sources,
        terms=_values(folder.terms),
        categories=tuple(sorted(_values(folder.categories).values(), key=lambda category: category.letter)),
        indicators=_values(folder.indicators),
        help_lines={region: tuple(_values(lines).values()) for region, lines in folder.help_lines.items()},
        courses=with_renewal(courses, site.value.renewal),
        scenarios=scenarios,
        pages=_build_pages(folder, anywhere),
        statistics=statistics,
        cards=_values(folder.cards),
        packs=_values(folder.packs),
        digest=folder.digest,
        pools=pools,
        pairs=_pair(scenarios.values()),
        ids=tuple(sorted(permanent_ids(folder))),
    )
    others = site.value.languages[1:]
    return replace(content, translations={language: retell(content, folder, anywhere, language) for language in others})


def _values(entries: Mapping[str, Entry[T]]) -> dict[str, T]:
    return {name: entry.value for name, entry in entries.items()}


def _pair(scenarios: Iterable[Scenario]) -> dict[str, tuple[Scenario, ...]]:
    pairs: dict[str, tuple[Scenario, ...]] = {}
    for scenario in scenarios:
        if scenario.file.pair:
            pairs[scenario.file.pair] = (*pairs.get(scenario.file.pair, ()), scenario)
    return pairs


def _build_course(folder: Folder, course: CourseFolder, anywhere: Scope, reserved: Iterable[Scenario]) -> Course:
    file = _there(course.file)
    scope = replace(anywhere, targets=folder.targets(course), course=course.slug)
    ask = partial(build_question, indicators=_values(folder.indicators), drawings=folder.drawings)
    modules = tuple(_build_module(folder, course.modules[slug], scope, ask) for slug in file.value.modules)
    digest = course_digest(course, (scene.digest for scene in reserved))
    return Course(
        course.slug,
        file.value,
        modules,
        digest,
        _values(dict(sorted(course.shifts.items()))),
        course.rare.value if course.rare else None,
        changes=tuple(change for change in folder.changes or () if change.course == course.slug),
    )


def _build_module(folder: Folder, module: ModuleFolder, scope: Scope, ask: Ask) -> Module:
    file = _there(module.file).value
    lessons = tuple(
        _build_lesson(module, file, number, slug, scope, ask) for number, slug in enumerate(module.lessons, start=1)
    )
    picture = folder.pictures[file.picture] if file.picture else None
    return Module(module.slug, module.number, file, lessons, picture)


def _build_lesson(
    module: ModuleFolder,
    module_file: ModuleFile,
    number: int,
    slug: str,
    scope: Scope,
    ask: Ask,
) -> Lesson:
    entry = module.lessons[slug]
    page = markdown.render(entry.body, scope)
    items = {item.id: item for item in entry.value.items}
    return Lesson(
        id=f"{module.slug}/{slug}",
        slug=slug,
        module_slug=module.slug,
        module_title=module_file.title,
        number=number,
        file=entry.value,
        parts=page.parts,
        questions=tuple(ask(items[name], f"{scope.course}/{module.slug}/{slug}") for name in page.items),
        words=page.words,
        cited=page.cited,
        digest=entry.digest,
        seconds=times.lesson_seconds(entry.body, entry.value.items),
    )


def _build_pages(folder: Folder, scope: Scope) -> dict[str, Page]:
    pages = {}
    for slug, entry in folder.pages.items():
        page = markdown.render(entry.body, scope)
        pages[slug] = Page(slug, entry.value, page.html, page.cited)
    return pages


def _build_scenarios(folder: Folder, scope: Scope) -> dict[str, Scenario]:
    indicators, words, drawings = _values(folder.indicators), _there(folder.vocabulary).value, folder.drawings
    return {
        name: _build_scenario(
            Told(name, entry.value, entry.body, indicators, words, drawings), entry.body.first_line, folder, scope
        )
        for name, entry in folder.scenarios.items()
    }


def _build_scenario(scene: Told, line: int, folder: Folder, scope: Scope) -> Scenario:
    first = _tell(scene, folder, scope, build_drills(scene))
    if not scene.file.swap:
        return first
    file, source = swapped(scene.file, scene.narrative)
    other = _tell(replace(scene, file=file, body=markdown.parse(source, line)), folder, scope)
    return replace(first, other=replace(other, is_swapped=True))


def _tell(scene: Told, folder: Folder, scope: Scope, drills: tuple[Drill, ...] = ()) -> Scenario:
    file = scene.file
    twins = folder.twins_of(file.pair) if file.pair else {}
    twin = next((entry.value for other, entry in twins.items() if other != scene.id), None)
    return Scenario(
        id=scene.id,
        file=file,
        html=markdown.render(scene.body, scope).html,
        paragraphs=tuple(scene.paragraphs),
        digest=file.first.digest(scene),
        seconds=file.first.seconds(scene),
        seconds_answered=file.first.seconds_answered(scene),
        seconds_verdict=file.first.seconds_verdict(scene),
        signs=tuple(
            _sign(scene.indicators, _values(folder.categories), sign, shown) for sign, shown in file.signs.items()
        ),
        reporting_doors=scene.vocabulary.reporting_doors - _way_of_its_own(file),
        twin=Twin(twin.title, twin.truth.value, twin.differs or "") if twin else None,
        drills=drills,
    )


def _way_of_its_own(file: ScenarioFile) -> frozenset[str]:
    """Where people need help that isn't about trafficking, turning to that help reports nobody."""
    return frozenset([file.route]) if file.truth is Truth.NO_CONCERN else frozenset()


def _sign(indicators: Mapping[str, Indicator], categories: Mapping[str, Category], sign: str, shown: ShownSign) -> Sign:
    indicator = indicators[sign]
    return Sign(sign, indicator.name, shown.strength, categories[indicator.category].name, shown.words)


def _there(entry: Entry[T] | None) -> Entry[T]:
    """Give a file that the checks have shown to be there."""
    assert entry is not None
    return entry
