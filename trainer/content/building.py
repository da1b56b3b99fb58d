"""Make content of a folder that was read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from markupsafe import Markup

from trainer.content import markdown, times
from trainer.content.catalogue import Category, HelpLine, Indicator, Site, Term
from trainer.content.digests import course_digests
from trainer.content.drills import Drill, build_drills, build_question
from trainer.content.evidence import shown_signs
from trainer.content.figures import draw_figures
from trainer.content.folder import CourseFolder, Entry, Folder, ModuleFolder
from trainer.content.ids import permanent_ids
from trainer.content.illustrations import Drawing
from trainer.content.instrument import instrument_digest
from trainer.content.markdown import PageScope
from trainer.content.memory import Memory
from trainer.content.objects import Content, ContentPage, Course, Lesson, Module, Region, Scenario, Sign, Twin
from trainer.content.papers import PageFile
from trainer.content.parts import Part
from trainer.content.retelling import retell, with_renewal
from trainer.content.schema import LessonFile, Pool, ScenarioFile
from trainer.content.subject import Truth
from trainer.content.swap import swapped
from trainer.content.telling import SceneText
from trainer.content.terms import is_in

T = TypeVar("T", bound=Part)


@dataclass(frozen=True, slots=True)
class _Around:
    """What lessons and scenes are made of beside their own files."""

    scope: PageScope
    indicators: Mapping[str, Indicator]
    drawings: Mapping[str, Drawing | None]
    pictures: Mapping[str, Markup]
    terms: Sequence[Term] = ()  # that are the same in all regions
    apart: Sequence[Term] = ()  # and those that aren't

    @property
    def lasting(self) -> tuple[object, ...]:
        """What any lesson may be made of."""
        return self.terms, self.indicators, self.drawings, self.scope.figures

    def used_by(self, entry: Entry[Any]) -> tuple[object, ...]:
        """What a text is shown with: where its links lead, what it cites and draws, and the terms that stand in it."""
        scope, body = self.scope, entry.body
        picture = getattr(entry.value, "picture", None)
        return (
            [markdown.find_address(link.kind, link.target, scope) for link in markdown.links_in(body)],
            [scope.sources[citation.source] for citation in markdown.citations_in(body)],
            [scope.statistics[box.title] for box in markdown.boxes_in(body) if box.name == "chart"],
            [term for term in self.apart if is_in(term, body.source)],
            self.pictures[picture] if picture else None,
        )


def build(folder: Folder, site: Entry[Site], memory: Memory) -> Content:
    """Make what is served of a folder that the checks have shown to be in order, for readers of the site's region and
    of all others."""
    regions: dict[str, Content] = {}
    nation = Region(site.value.nation.id, site.value.nation.name)
    for there in folder.home_first:
        own = there.region_file.value if there.region_file else None
        region = Region(there.region, own.name, own.thin) if there.region and own else nation
        regions[region.id] = _build_for(region, regions, there, site, memory)
    return regions[site.value.region]


def _build_for(
    region: Region, regions: dict[str, Content], folder: Folder, site: Entry[Site], memory: Memory
) -> Content:
    """Make what readers of one region get."""
    sources, statistics = _values(folder.sources), _values(folder.statistics)
    words, groups = _there(folder.vocabulary).value, _values(folder.categories)
    anywhere = PageScope(
        folder.targets(), sources, statistics=statistics, figures=draw_figures(words, groups, folder.pictures)
    )
    home = next(iter(regions.values()), None)
    scenarios = home.scenarios if home else _build_scenarios(folder, anywhere, memory)
    live = [scene for scene in scenarios.values() if not scene.file.retired]
    shown = [scene for scene in live if scene.file.region in (None, region.id)]
    pools = {pool: tuple(scene for scene in shown if scene.file.pool == pool) for pool in Pool}
    courses = {
        slug: _build_course(folder, folder.courses[slug], anywhere, pools[Pool.RESERVED], memory, home)
        for slug in dict.fromkeys((*site.value.courses, *folder.courses))
    }
    content = Content(
        site=site.value,
        vocabulary=words,
        sources=sources,
        terms=_values(folder.terms),
        categories=tuple(sorted(groups.values(), key=lambda category: category.letter)),
        icons={name: folder.pictures[group.picture] for name, group in groups.items() if group.picture},
        pictures={name: folder.pictures[picture] for name, picture in site.value.pictures.items()},
        indicators=_values(folder.indicators),
        help_lines=_help_lines(folder, region, site.value.nation.id),
        courses=with_renewal(courses, site.value.renewal),
        scenarios=scenarios,
        pages=_build_pages(folder, anywhere, memory),
        statistics=statistics,
        cards=_values(folder.cards),
        packs=_values(folder.packs),
        digest=folder.digest,
        pools=pools,
        pairs=_pair(scenarios.values()),
        ids=tuple(sorted(permanent_ids(folder))),
        region=region,
        regions=regions,
    )
    others = site.value.languages[1:]
    for language in others:
        content.translations[language] = retell(content, folder, anywhere, language, home)
    return content


def _terms(folder: Folder) -> tuple[list[Term], list[Term]]:
    """Return the terms that are the same in all regions, and the others."""
    kept: tuple[list[Term], list[Term]] = [], []
    for name, term in folder.terms.items():
        kept[any(other.terms.get(name) is not term for other in folder.regions.values())].append(term.value)
    return kept


def _values(entries: Mapping[str, Entry[T]]) -> dict[str, T]:
    return {name: entry.value for name, entry in entries.items()}


def _help_lines(folder: Folder, region: Region, nation: str) -> dict[str, tuple[HelpLine, ...]]:
    """Return the lines of a region, and those of the nation in whose place it has none."""
    lines = {name: _values(folder.help_lines.get(name, {})) for name in (region.id, nation)}
    own = lines[region.id]
    return {
        name: tuple(line for line in there.values() if own.get(line.id, line) is line) for name, there in lines.items()
    }


def _pair(scenarios: Iterable[Scenario]) -> dict[str, tuple[Scenario, ...]]:
    pairs: dict[str, tuple[Scenario, ...]] = {}
    for scenario in scenarios:
        if scenario.file.pair:
            pairs[scenario.file.pair] = (*pairs.get(scenario.file.pair, ()), scenario)
    return pairs


def _build_course(
    folder: Folder,
    course: CourseFolder,
    anywhere: PageScope,
    reserved: Iterable[Scenario],
    memory: Memory,
    home: Content | None,
) -> Course:
    file = _there(course.file)
    around = _Around(
        replace(anywhere, targets=folder.targets(course), course=course.slug),
        _values(folder.indicators),
        folder.drawings,
        folder.pictures,
        *_terms(folder),
    )
    there = [course.modules[slug] for slug in file.value.modules if slug in course.modules]
    modules = tuple(_build_module(folder, module, around, memory) for module in there)
    known = home.courses.get(course.slug) if home else None
    digest = known.digest if known else course_digests(folder)[course.slug]
    words = _there(folder.vocabulary).value
    computed_for = instrument_digest(file.value.final, (scene.file for scene in reserved), words)
    return Course(
        course.slug,
        file.value,
        modules,
        digest,
        _values(dict(sorted(course.shifts.items()))),
        course.rare.value if course.rare else None,
        changes=tuple(change for change in folder.changes or () if change.course == course.slug),
        instrument=folder.instrument.fitting(course.slug, computed_for) if folder.instrument else None,
    )


def _build_module(folder: Folder, module: ModuleFolder, around: _Around, memory: Memory) -> Module:
    file = _there(module.file).value
    lessons = []
    for number, slug in enumerate(module.lessons, start=1):
        entry, title = module.lessons[slug], file.title
        digest = folder.digest_of(entry)
        lessons.append(
            memory.made(
                f"lesson {around.scope.course}/{module.slug}/{slug}",
                (entry.value, entry.body, digest, title, number, around.lasting, around.used_by(entry)),
                partial(_build_lesson, module.slug, title, number, slug, entry, digest, around),
            )
        )
    picture = folder.pictures[file.picture] if file.picture else None
    return Module(module.slug, module.number, file, tuple(lessons), picture)


def _build_lesson(
    module: str, module_title: str, number: int, slug: str, entry: Entry[LessonFile], digest: str, around: _Around
) -> Lesson:
    scope = around.scope
    page = markdown.render(entry.body, scope)
    ask = partial(build_question, indicators=around.indicators, drawings=around.drawings)
    items, file = {item.id: item for item in entry.value.items}, entry.value
    return Lesson(
        id=f"{module}/{slug}",
        slug=slug,
        module_slug=module,
        module_title=module_title,
        number=number,
        file=file,
        parts=page.parts,
        questions=tuple(ask(items[name], f"{scope.course}/{module}/{slug}") for name in page.items),
        words=page.words,
        cited=page.cited,
        digest=digest,
        seconds=times.lesson_seconds(entry.body, file.items, scope.figures, (file.title, file.note or "")),
        picture=around.pictures[file.picture] if file.picture else None,
    )


def _build_pages(folder: Folder, scope: PageScope, memory: Memory) -> dict[str, ContentPage]:
    around = _Around(scope, {}, {}, {})
    return {
        slug: memory.made(
            f"page {slug}", (entry.value, entry.body, around.used_by(entry)), partial(_build_page, slug, entry, scope)
        )
        for slug, entry in folder.pages.items()
    }


def _build_page(slug: str, entry: Entry[PageFile], scope: PageScope) -> ContentPage:
    page = markdown.render(entry.body, scope)
    return ContentPage(slug, entry.value, page.html, page.cited)


def _build_scenarios(folder: Folder, scope: PageScope, memory: Memory) -> dict[str, Scenario]:
    words, categories = _there(folder.vocabulary).value, _values(folder.categories)
    around = memory.same("around the scenes", _Around(scope, _values(folder.indicators), folder.drawings, {}))
    words, categories = memory.same("words", words), memory.same("categories", categories)
    scenarios = {}
    for name, entry in folder.scenarios.items():
        scene = SceneText(name, entry.value, entry.body, around.indicators, words, around.drawings)
        pair = folder.twins_of(entry.value.pair) if entry.value.pair else {}
        twin = next((twin.value for other, twin in pair.items() if other != name), None)
        scenarios[name] = memory.made(
            f"scene {name}",
            (entry.value, entry.body, twin, around, words, categories),
            partial(_build_scenario, scene, entry.body.first_line, twin, categories, around.scope),
        )
    return scenarios


def _build_scenario(
    scene: SceneText, line: int, twin: ScenarioFile | None, categories: Mapping[str, Category], scope: PageScope
) -> Scenario:
    first = _tell(scene, twin, categories, scope, build_drills(scene))
    if not scene.file.swap:
        return first
    file, source = swapped(scene.file, scene.narrative)
    other = _tell(replace(scene, file=file, body=markdown.parse(source, line)), twin, categories, scope)
    return replace(first, other=replace(other, is_swapped=True))


def _tell(
    scene: SceneText,
    twin: ScenarioFile | None,
    categories: Mapping[str, Category],
    scope: PageScope,
    drills: tuple[Drill, ...] = (),
) -> Scenario:
    file = scene.file
    return Scenario(
        id=scene.id,
        file=file,
        html=markdown.render(scene.body, scope).html,
        paragraphs=tuple(scene.paragraphs),
        digest=file.first.digest(scene),
        seconds=file.first.seconds(scene),
        seconds_answered=file.first.seconds_answered(scene),
        seconds_verdict=file.first.seconds_verdict(scene),
        signs=_signs(scene, categories),
        reporting_doors=scene.vocabulary.reporting_doors - _way_of_its_own(file),
        twin=Twin(twin.title, twin.truth.value, twin.differs or "") if twin else None,
        drills=drills,
    )


def _way_of_its_own(file: ScenarioFile) -> frozenset[str]:
    """Where people need help that isn't about trafficking, turning to that help reports nobody."""
    return frozenset([file.route]) if file.truth is Truth.NO_CONCERN else frozenset()


def _signs(scene: SceneText, categories: Mapping[str, Category]) -> tuple[Sign, ...]:
    shown = shown_signs(scene.file.signs, scene.indicators)
    return tuple(
        Sign(sign.id, sign.name, strength, categories[sign.category].name, words)
        for (sign, strength), words in zip(shown, scene.file.signs.values(), strict=True)
    )


def _there(entry: Entry[T] | None) -> Entry[T]:
    """Give a file that the checks have shown to be there."""
    assert entry is not None
    return entry
