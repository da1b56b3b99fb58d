"""Make the content in another language from its translations. What isn't translated stays the very same object."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeVar

from markupsafe import Markup

from trainer.content import markdown
from trainer.content.catalogue import HelpLine, Indicator
from trainer.content.drills import Drill, Question, build_drills, build_question
from trainer.content.figures import draw_figures
from trainer.content.folder import CourseFolder, Entry, Folder, Translation
from trainer.content.illustrations import Drawing
from trainer.content.markdown import Body, PageScope, Rendered
from trainer.content.objects import Content, ContentPage, Course, Lesson, Module, Scenario, Sign, TranslationMark, Twin
from trainer.content.parts import Part
from trainer.content.schema import LessonFile, LessonItem, ScenarioFile
from trainer.content.subject import Vocabulary
from trainer.content.swap import swapped
from trainer.content.telling import Passage, SceneText

T = TypeVar("T", bound=Part)


def retell(
    content: Content, folder: Folder, anywhere: PageScope, language: str, home: Content | None = None
) -> Content:
    """Make the same content in a language, as far as it is translated. `anywhere`: where its own bodies are shown.

    `home`: what readers of the site's own region get, whose scenes are the same."""
    files = folder.translations.get(language, {})
    localized = {id(original): (other, file) for file in files.values() for original, other in file.entries}
    return _Teller(content, folder, anywhere, language, files, localized, home).tell()


def with_renewal(courses: Mapping[str, Course], renewal: str | None) -> dict[str, Course]:
    """Give each course the core modules of the one that others are renewed with. That one has no such way."""
    modules = courses[renewal].core if renewal else ()
    return {
        slug: replace(course, renewal=() if slug == renewal else modules, is_for_renewal=slug == renewal)
        for slug, course in courses.items()
    }


@dataclass(frozen=True)  # without slots: what all of it needs is made once
class _Teller:
    content: Content
    folder: Folder
    anywhere: PageScope
    language: str
    files: Mapping[str, Translation]
    localized: Mapping[int, tuple[Entry[Part], Translation]]
    """By the original's identity: how it is told, and in which file."""
    home: Content | None

    def tell(self) -> Content:
        folder, content = self.folder, self.content
        categories = self._values(folder.categories)
        return replace(
            content,
            vocabulary=self._vocabulary,
            scenarios=self._scenes(),
            terms=self._values(folder.terms),
            categories=tuple(sorted(categories.values(), key=lambda category: category.letter)),
            indicators=self._indicators,
            help_lines={region: self._lines(lines) for region, lines in content.help_lines.items()},
            courses=with_renewal(
                {slug: self._course(course) for slug, course in content.courses.items()}, content.site.renewal
            ),
            pages={slug: self._page(page) for slug, page in content.pages.items()},
            statistics=self._values(folder.statistics),
            cards=self._values(folder.cards),
            packs=self._values(folder.packs),
            language=self.language,
            translations={},
            translated={name: file.mark for name, file in self.files.items()},
        )

    def _scenes(self) -> dict[str, Scenario]:
        if self.home:
            return self.home.translations[self.language].scenarios
        return {name: self._scene(scene) for name, scene in self.content.scenarios.items()}

    def _lines(self, lines: Iterable[HelpLine]) -> tuple[HelpLine, ...]:
        shown = {id(entry.value): entry for there in self.folder.help_lines.values() for entry in there.values()}
        return tuple(self._value(shown[id(line)]) for line in lines)

    def _course(self, course: Course) -> Course:
        there = self.folder.courses[course.slug]
        scope = self._scope(there)
        modules = tuple(self._module(module, there, scope) for module in course.modules)
        assert there.file is not None  # the checks have shown it
        shifts = {name: self._value(there.shifts[name]) for name in course.shifts}
        rare = self._value(there.rare) if there.rare else None
        return replace(course, file=self._value(there.file), modules=modules, shifts=shifts, rare=rare)

    def _module(self, module: Module, course: CourseFolder, scope: PageScope) -> Module:
        there = course.modules[module.slug]
        assert there.file is not None  # the checks have shown it
        file = self._value(there.file)
        lessons = (self._lesson(lesson, there.lessons[lesson.slug], scope) for lesson in module.lessons)
        return replace(module, file=file, lessons=tuple(replace(lesson, module_title=file.title) for lesson in lessons))

    def _lesson(self, lesson: Lesson, entry: Entry[LessonFile], scope: PageScope) -> Lesson:
        if id(entry) not in self.localized:
            return lesson
        page, file = self._render(entry, scope), self._file_of(entry)
        asked = self._asked(lesson, entry, f"{scope.course}/{lesson.id}")
        parts, questions = _place(page, asked)
        return replace(
            lesson,
            file=self._value(entry),
            parts=parts,
            questions=questions,
            words=page.words,
            cited=page.cited,
            language=self.language,
            mark=self._mark_with(file.mark, [f"statistics/{name}.yaml" for name in page.charts]),
        )

    def _mark_with(self, mark: TranslationMark, charts: Sequence[str]) -> TranslationMark:
        """Return the mark of a text that shows charts: the one of what stands worst."""
        marks = [mark, *(self.files[name].mark for name in charts if name in self.files)]
        worst = max(marks, key=lambda shown: shown.state.rank)
        return worst if all(name in self.files for name in charts) else replace(mark, is_whole=False)

    def _asked(self, lesson: Lesson, entry: Entry[LessonFile], name: str) -> list[Question]:
        """Return the questions of a lesson in other words, and as they are where these no longer fit."""
        was = {item.id: item for item in entry.value.items}
        localized = {item.id: item for item in self._value(entry).items}
        return [
            self._question(question, was[question.id], localized[question.id], name) for question in lesson.questions
        ]

    def _question(self, question: Question, was: LessonItem, localized: LessonItem, lesson: str) -> Question:
        faults: list[str] = []
        passage = Passage("", localized.passage or "", self._indicators, self._indicators, self._drawings)
        localized.question.check(passage, lambda _key, what, _remedy: faults.append(what))
        if localized == was or faults:
            return question
        return replace(question, payload=build_question(localized, lesson, self._indicators, self._drawings).payload)

    def _page(self, page: ContentPage) -> ContentPage:
        entry = self.folder.pages[page.slug]
        if id(entry) not in self.localized:
            return page
        shown, file = self._render(entry, self._outside), self._file_of(entry)
        return ContentPage(page.slug, self._value(entry), shown.html, shown.cited, self.language, file.mark)

    def _scene(self, scene: Scenario) -> Scenario:
        entry = self.folder.scenarios[scene.id]
        if id(entry) not in self.localized:
            return scene
        localized = self._localized(entry)
        first = self._tell_scene(scene, entry, localized.value, localized.body)
        first = replace(first, drills=self._questions(scene, entry, localized))
        if scene.other is None or not localized.value.swap:
            return replace(first, other=None)
        file, source = swapped(localized.value, localized.body.source)
        body = markdown.parse(source, localized.body.first_line)
        return replace(first, other=self._tell_scene(scene.other, entry, file, body))

    def _tell_scene(self, scene: Scenario, entry: Entry[ScenarioFile], file: ScenarioFile, body: Body) -> Scenario:
        twins, whole = self.folder.twins_of(file.pair or ""), self._file_of(entry)
        twin = next((self._value(other) for name, other in twins.items() if name != scene.id), None)
        return replace(
            scene,
            file=file,
            html=markdown.render(body, self._outside).html,
            paragraphs=tuple(markdown.paragraphs(body)),
            signs=tuple(map(self._sign, scene.signs, file.signs.values())),
            twin=Twin(twin.title, scene.twin.truth, twin.differs or "") if twin and scene.twin else None,
            language=self.language,
            mark=whole.mark,
        )

    def _questions(
        self, scene: Scenario, entry: Entry[ScenarioFile], localized: Entry[ScenarioFile]
    ) -> tuple[Drill, ...]:
        """Return the further questions in other words, or as they are where these no longer fit the scene."""
        retold = SceneText(
            scene.id, localized.value, localized.body, self._indicators, self.content.vocabulary, self._drawings
        )
        faults: list[str] = []
        for item in localized.value.drills:
            item.check(retold, lambda _key, what, _remedy: faults.append(what))
        if localized.value.drills == entry.value.drills or faults:
            return scene.drills
        others = build_drills(retold)
        return tuple(replace(drill, payload=other.payload) for drill, other in zip(scene.drills, others, strict=True))

    def _sign(self, sign: Sign, words: str) -> Sign:
        indicator = self._indicators[sign.id]
        category = self._value(self.folder.categories[indicator.category])
        return replace(sign, name=indicator.name, category=category.name, text=words)

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return self._value(self.folder.vocabulary) if self.folder.vocabulary else self.content.vocabulary

    @cached_property
    def _indicators(self) -> dict[str, Indicator]:
        return self._values(self.folder.indicators)

    @cached_property
    def _drawings(self) -> Mapping[str, Drawing | None]:
        return self.folder.drawings

    @cached_property
    def _outside(self) -> PageScope:
        return self._scope(None)

    def _scope(self, course: CourseFolder | None) -> PageScope:
        targets = replace(self.folder.targets(course), terms=self._values(self.folder.terms))
        statistics = self.folder.statistics
        return replace(
            self.anywhere,
            targets=targets,
            course=course.slug if course else None,
            statistics=self._values(statistics),
            untranslated=frozenset(name for name, entry in statistics.items() if id(entry) not in self.localized),
            language=self.language,
            figures=draw_figures(
                self._vocabulary, self._values(self.folder.categories), self.folder.pictures, self.language
            ),
        )

    def _render(self, entry: Entry[T], scope: PageScope) -> Rendered:
        return markdown.render(self._localized(entry).body, scope)

    def _file_of(self, entry: Entry[T]) -> Translation:
        return self.localized[id(entry)][1]

    def _localized(self, entry: Entry[T]) -> Entry[T]:
        translation: Entry[T] = self.localized[id(entry)][0]  # type: ignore[assignment]  # a translation is of the same kind
        return translation

    def _value(self, entry: Entry[T]) -> T:
        return self._localized(entry).value if id(entry) in self.localized else entry.value

    def _values(self, entries: Mapping[str, Entry[T]]) -> dict[str, T]:
        return {name: self._value(entry) for name, entry in entries.items()}


def _place(page: Rendered, asked: Sequence[Question]) -> tuple[tuple[Markup, ...], tuple[Question, ...]]:
    """Return the parts of a text and the questions between them. A translation that is older may lack places for
    some, which are then asked at its end, and have others for what is no longer asked."""
    left = {question.id: question for question in asked}
    parts, questions = [page.parts[0]], []
    for name, part in zip(page.items, page.parts[1:], strict=True):
        if name in left:
            questions.append(left.pop(name))
            parts.append(part)
        else:
            parts[-1] += part
    return (*parts, *(Markup() for _one in left)), (*questions, *left.values())
