"""Hold the content against the rules that its shape alone can't show: ids, links, figures, words, pairs, pass rules.

Errors keep a folder from being served. Warnings never do: dates pass, and people's reviews take time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from trainer.courses import chances, markdown
from trainer.courses.bodies_checker import check_body, check_source
from trainer.courses.digests import course_digests
from trainer.courses.history import SHOWN
from trainer.courses.loader import Complaints, CourseFolder, Entry, Folder, ModuleFolder
from trainer.courses.markdown import Body, Scope, Targets
from trainer.courses.scenes_checker import STRONG, check_scenarios, count_pairs, has_two_medium
from trainer.courses.schema import (
    Card,
    Indicator,
    LessonFile,
    Pool,
    ScenarioFile,
    Source,
    Together,
    Truth,
)

FRESH_FOR: Final = timedelta(days=180)
LEAST_LABOR: Final = 0.4  # share of scenes about labor
LARGEST_CHANCE: Final = 0.3  # with which someone who over-reports may pass within all tries


def check(folder: Folder, today: date, complaints: Complaints) -> None:
    """Add a complaint for every rule that the folder breaks."""
    _check_site(folder, complaints)
    _check_reference_data(folder, complaints)
    anywhere = Scope(find_targets(folder), {})
    _check_pages(folder, anywhere, complaints)
    _check_statistics(folder, complaints)
    _check_cards(folder, complaints)
    _check_packs(folder, complaints)
    for course in folder.courses.values():
        _check_course(folder, course, complaints)
    check_scenarios(folder, anywhere, complaints)
    _check_wording(folder, complaints)
    _check_published_ids(folder, complaints)
    _warn_of_gaps(folder, complaints)
    _warn_of_age(folder, today, complaints)
    _warn_of_missing_reviews(folder, complaints)
    _check_changes(folder, complaints)


def find_targets(folder: Folder, here: CourseFolder | None = None) -> Targets:
    """Tell what links may lead to. Where two courses have the same lesson id, the course `here` comes first."""
    courses = [*folder.courses.values(), *([here] if here else [])]
    return Targets(
        terms={name: entry.value for name, entry in folder.terms.items()},
        indicators=frozenset(folder.indicators),
        lessons={
            f"{module.slug}/{slug}": course.slug
            for course in courses
            for module in course.modules.values()
            for slug in module.lessons
        },
        pages=frozenset(folder.pages),
    )


def published_names(folder: Folder) -> set[str]:
    """List "kind:id" of everything that has an id for ever."""
    names = {
        f"{kind}:{name}"
        for kind in ("source", "term", "indicator", "help", "page", "scenario", "course", "statistics", "card", "pack")
        for name in folder.named.get(kind, ())
    }
    for course in folder.courses.values():
        for module in course.modules.values():
            names.add(f"module:{course.slug}/{module.slug}")
            names |= {f"lesson:{course.slug}/{module.slug}/{slug}" for slug in module.lessons}
    return names


# --- site, catalogue, help lines ---


def _check_site(folder: Folder, complaints: Complaints) -> None:
    site = folder.site
    if site is None:
        return
    region = site.value.help_region
    if region not in folder.help_lines:
        complaints.error(
            site.path, site.line("help_region"), f"there is no file help/{region}.yaml", "Add it or correct the region."
        )
    for index, name in enumerate(site.value.strip_lines):
        if not folder.knows("help", name):
            complaints.error(
                site.path,
                site.line("strip_lines", index),
                f'no help line is called "{name}"',
                "Add it or correct its id.",
            )


def _check_reference_data(folder: Folder, complaints: Complaints) -> None:
    letters: dict[str, str] = {}
    for category in folder.categories.values():
        if category.value.letter in letters:
            complaints.error(
                category.path,
                category.line("letter"),
                f'"{category.value.id}" and "{letters[category.value.letter]}" have the same letter',
                "Give each its own.",
            )
        letters[category.value.letter] = category.value.id
    for indicator in folder.indicators.values():
        _check_indicator(folder, indicator, complaints)
    for lines in folder.help_lines.values():
        for line in lines.values():
            check_source(folder, line, ("source",), line.value.source, complaints)
            if (line.value.called_on is None) != (line.value.called_by is None):
                complaints.error(
                    line.path,
                    line.line("called_on" if line.value.called_on else "called_by"),
                    '"called_on" and "called_by" go together',
                    "Write who rang the number and when, or leave both out.",
                )


def _check_indicator(folder: Folder, entry: Entry[Indicator], complaints: Complaints) -> None:
    indicator = entry.value
    category = folder.categories.get(indicator.category)
    if category is not None and category.value.letter != indicator.id[0]:
        complaints.error(
            entry.path,
            entry.line("category"),
            f'{indicator.id} is in category "{indicator.category}", which has the letter {category.value.letter}',
            "Correct the category.",
        )
    if not folder.knows("category", indicator.category):
        complaints.error(
            entry.path,
            entry.line("category"),
            f'no category is called "{indicator.category}"',
            "Add it or correct its id.",
        )
    for index, source in enumerate(indicator.sources):
        check_source(folder, entry, ("sources", index), source, complaints)
    for key in ("told", "misleads"):
        if indicator.kind == "false_cue" and getattr(indicator, key) is None:
            complaints.error(
                entry.path,
                entry.line(),
                f'false cue {indicator.id} has no "{key}"',
                "Add it: learners compare the two.",
            )


def _check_statistics(folder: Folder, complaints: Complaints) -> None:
    for entry in folder.statistics.values():
        check_source(folder, entry, ("source",), entry.value.source, complaints)
        names = [row.name for row in entry.value.rows]
        if len(set(names)) < len(names):
            complaints.error(entry.path, entry.line("rows"), "two rows have the same name", "Give each its own.")


def _check_cards(folder: Folder, complaints: Complaints) -> None:
    for entry in folder.cards.values():
        for key in ("together", "alone"):
            for index, part in enumerate(getattr(entry.value, key)):
                _check_card_signs(folder, entry, (key, index), part, complaints)


def _check_card_signs(
    folder: Folder, entry: Entry[Card], key: tuple[str | int, ...], part: Together, complaints: Complaints
) -> None:
    line = entry.line(*key)
    for sign in part.signs:
        if not folder.knows("indicator", sign):
            complaints.error(entry.path, line, f'no indicator is called "{sign}"', "Correct its id.")
    signs = [folder.indicators[sign].value for sign in part.signs if sign in folder.indicators]
    if len(signs) < len(part.signs):
        return
    misleading = [sign.id for sign in signs if sign.kind == "false_cue"]
    if misleading:
        complaints.error(entry.path, line, f"{', '.join(misleading)} misleads and counts nowhere", "Take it out.")
    if key[0] == "alone" and not any(sign.strength in STRONG or sign.strength_note for sign in signs):
        complaints.error(entry.path, line, "no sign in it counts alone", 'Put it under "together".')
    if key[0] == "together" and not has_two_medium(signs):
        complaints.error(entry.path, line, "these signs don't add up by the rule", "Name signs of two groups.")


def _check_packs(folder: Folder, complaints: Complaints) -> None:
    for entry in folder.packs.values():
        pack, approval = entry.value, entry.value.course_approval
        for index, source in enumerate(pack.sources):
            check_source(folder, entry, ("sources", index), source, complaints)
        if not folder.knows("course", pack.defaults.course):
            complaints.error(
                entry.path,
                entry.line("defaults", "course"),
                f'no course is called "{pack.defaults.course}"',
                "Correct its id.",
            )
        if pack.state and not pack.sources:
            complaints.error(
                entry.path, entry.line("state"), "what a state asks needs a source", 'Add "sources:" with their ids.'
            )
        if approval.required and not (pack.state and approval.authority):
            complaints.error(
                entry.path,
                entry.line("course_approval"),
                "nobody is named who approves courses",
                'Add "state:" and, under "course_approval:", "authority:".',
            )
        if "not legal advice" not in pack.notice.lower():
            complaints.error(
                entry.path, entry.line("notice"), "the notice doesn't warn the reader", 'Say "not legal advice" in it.'
            )


# --- pages ---


def _check_pages(folder: Folder, scope: Scope, complaints: Complaints) -> None:
    for slug, page in folder.pages.items():
        if slug in markdown.PAGE_PATHS:
            complaints.error(
                page.path, 1, f'the name "{slug}" belongs to a page of the app', "Give the file another name."
            )
        check_body(folder, page, scope, complaints)
        for box in markdown.boxes_in(page.body):
            if box.name in ("ask", "recap"):
                complaints.error(page.path, box.line, f'a page has no "{box.name}"', "Only lessons do. Take it out.")
        for citation in markdown.citations_in(page.body):
            if not folder.knows("source", citation.source):
                complaints.error(
                    page.path,
                    citation.line,
                    f'no source is called "{citation.source}"',
                    "Add it to sources.yaml or correct its id.",
                )


# --- courses and lessons ---


def _check_course(folder: Folder, course: CourseFolder, complaints: Complaints) -> None:
    _check_module_order(course, complaints)
    scope = Scope(find_targets(folder, course), {}, course.slug)
    for module in course.modules.values():
        if not module.lessons and not module.broken_lessons:
            complaints.error(module.path, 1, "the module has no lesson", "Add one, such as 01-first.md.")
        if module.file and module.file.value.choose_one and len(module.lessons) + module.broken_lessons < 2:
            complaints.error(
                module.file.path, module.file.line("choose_one"), "there is nothing to choose from", "Add a lesson."
            )
        for lesson in module.lessons.values():
            _check_lesson(folder, scope, lesson, complaints)
    _check_assessments(folder, course, complaints)
    _check_shift(folder, course, complaints)


def _check_module_order(course: CourseFolder, complaints: Complaints) -> None:
    if course.file is None:
        return
    entry, listed = course.file, course.file.value.modules
    for index, slug in enumerate(listed):
        line = entry.line("modules", index)
        if slug not in course.modules:
            complaints.error(entry.path, line, f'module "{slug}" has no folder', "Add it, or take it off the list.")
        elif slug in listed[:index]:
            complaints.error(entry.path, line, f'module "{slug}" is listed twice', "Take one out.")
    for module in course.modules.values():
        if module.slug not in listed:
            complaints.error(
                entry.path, entry.line("modules"), f'module "{module.slug}" is not listed', "Add it to the modules."
            )
    present = [course.modules[slug] for slug in listed if slug in course.modules]
    for earlier, later in pairwise(present):
        if later.number < earlier.number:
            complaints.error(
                entry.path,
                entry.line("modules"),
                f'"{later.slug}" comes after "{earlier.slug}" but its folder has a smaller number',
                "Put the list in the order of the folders.",
            )


def _check_lesson(folder: Folder, scope: Scope, lesson: Entry[LessonFile], complaints: Complaints) -> None:
    check_body(folder, lesson, scope, complaints)
    _check_lesson_boxes(lesson, complaints)
    _check_figures(folder, lesson, complaints)
    for index, indicator in enumerate(lesson.value.indicators):
        if not folder.knows("indicator", indicator):
            complaints.error(
                lesson.path,
                lesson.line("indicators", index),
                f'no indicator is called "{indicator}"',
                "Correct its id.",
            )
    for index, source in enumerate(lesson.value.sources):
        check_source(folder, lesson, ("sources", index), source, complaints)
    for citation in markdown.citations_in(lesson.body):
        if citation.source not in lesson.value.sources:
            complaints.error(
                lesson.path,
                citation.line,
                f'source "{citation.source}" is cited but not listed',
                'Add it to "sources:" at the head of the lesson.',
            )


def _check_lesson_boxes(lesson: Entry[LessonFile], complaints: Complaints) -> None:
    boxes = markdown.boxes_in(lesson.body)
    asks = [box for box in boxes if box.name == "ask"]
    recaps = [box for box in boxes if box.name == "recap"]
    if len(asks) != 1 or asks[0].position != 0:
        line = asks[-1].line if asks else lesson.body.first_line
        complaints.error(
            lesson.path, line, 'a lesson begins with its one "ask"', 'Put one "::: ask" first: it opens the lesson.'
        )
    if len(recaps) != 1 or recaps[0].position != markdown.count_blocks(lesson.body) - 1:
        line = recaps[0].line if recaps else lesson.body.first_line
        complaints.error(
            lesson.path,
            line,
            'a lesson ends with its one "recap"',
            'Put one "::: recap" last, with two to four points.',
        )
    if not any(box.name in ("reveal", "choose") for box in boxes):
        complaints.error(
            lesson.path,
            lesson.body.first_line,
            "there is nothing to do in the lesson",
            'Add a "::: reveal" or a "::: choose".',
        )


# --- figures ---

_NO_FIGURES: Final = re.compile(
    r"""
      \b(?:1-)?\d{3}-\d{3}-\d{4}\b            # telephone
    | \b(?:text|message)\b[^.\n]{0,40}?\bto\s+\d{5,6}\b
    | \b[A-Z]{3,}\s+to\s+\d{5,6}\b            # HELP to 233733
    | \b(?:911|988|211)\b(?!,\d|%|\s*percent)
    | \b\d{1,2}:\d{2}\b                       # clock
    | \b(?:1[89]|20)\d{2}(?:[-–](?:\d{4}|\d{2}))?s?\b(?!,\d|%|\s*percent)  # year or years
    | \b(?:room|unit|apartment|suite|gate|door|flight|bus|route|exit)\s+\d+\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_TENS: Final = "ten|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred"
_FIGURE: Final = re.compile(
    rf"""
      \d\s?%
    | (?:\d|\b(?:one|two|three|four|five|six|seven|eight|nine|{_TENS}))[\s-]+(?:percent|per\s+cent)\b
    | (?<![\w.])\d{{1,3}}(?:,\d{{3}})+
    | (?<![\w.])\d{{3,}}
    | \b\d+\s+(?:of|in|out\s+of)\s+(?:(?:the|these|those|all|every|each)\s+)?\d+\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_MADE_UP: Final = re.compile(r"\bmade[- ]up\b|\binvented\b", re.IGNORECASE)


def find_figure(text: str) -> str | None:
    """Find the first figure that needs a source, or None. Years, clock times and telephone numbers need none."""
    found = _FIGURE.search(_NO_FIGURES.sub(" ", text))
    return found[0].strip() if found else None


def _check_figures(folder: Folder, lesson: Entry[LessonFile], complaints: Complaints) -> None:
    numbers = _telephone_numbers(folder)
    for block in markdown.blocks_in(lesson.body):
        # A story says of itself that it is made up.
        if block.is_cited or block.box == "story" or _MADE_UP.search(f"{block.text} {block.head}"):
            continue
        text = block.text
        for number in numbers:
            text = text.replace(number, " ")
        figure = find_figure(text)
        if figure:
            complaints.error(
                lesson.path,
                block.line,
                f'the figure "{figure}" has no source',
                'Cite one in the same paragraph, item or row, or call the figure "made-up".',
            )


def _telephone_numbers(folder: Folder) -> set[str]:
    numbers: set[str] = set()
    for lines in folder.help_lines.values():
        for entry in lines.values():
            line = entry.value
            numbers |= {number for number in (line.phone, line.text_number, *line.more_phones) if number}
            numbers |= set(re.findall(r"\d{5,6}", f"{line.text or ''}"))
    return numbers - {""}


# --- assessments ---


def _check_assessments(folder: Folder, course: CourseFolder, complaints: Complaints) -> None:
    if course.file is None:
        return
    entry, value = course.file, course.file.value
    _check_draw(entry, "final", value.final.scenes, count_pairs(folder, Pool.RESERVED), "reserved", complaints)
    _check_draw(entry, "first_try", value.first_try.scenes, count_pairs(folder, Pool.OPEN), "open", complaints)
    _check_draw(entry, "practice", value.practice.scenes, count_pairs(folder, Pool.OPEN), "open", complaints)
    half, rule = value.final.scenes // 2, value.final.pass_rule
    if rule.hits_at_least > half:
        complaints.error(
            entry.path,
            entry.line("final", "pass_rule", "hits_at_least"),
            f"nobody can pass: there are only {half} scenes with a concern",
            f"Ask for at most {half}.",
        )
    if rule.false_alarms_at_most >= half:
        complaints.error(
            entry.path,
            entry.line("final", "pass_rule", "false_alarms_at_most"),
            "someone who reports everything would pass",
            f"Allow fewer than {half}.",
        )
    minutes = sum(_least_minutes(module) for module in course.modules.values())
    if value.least_minutes > minutes and not any(module.broken_lessons for module in course.modules.values()):
        complaints.error(
            entry.path,
            entry.line("least_minutes"),
            f"the lessons take only {minutes} minutes",
            "Ask for fewer minutes, or correct the lessons.",
        )

    chance = chances.survives(value.final)
    if chance > LARGEST_CHANCE and folder.site and folder.site.value.bank:
        complaints.error(
            entry.path,
            entry.line("final", "pass_rule"),
            f"someone who also reports 40% of the innocent passes with {chance:.0%}",
            f"Bring it to {LARGEST_CHANCE:.0%} or less: more scenes, or fewer false alarms.",
        )


def _least_minutes(module: ModuleFolder) -> int:
    """Return how long a module takes; of a choice, its shortest lesson."""
    each = [lesson.value.minutes for lesson in module.lessons.values()]
    return min(each, default=0) if module.file and module.file.value.choose_one else sum(each)


def _check_shift(folder: Folder, course: CourseFolder, complaints: Complaints) -> None:
    if course.shift is None:
        return
    entry, listed = course.shift, course.shift.value.scenes
    clocks: list[str] = []
    truths: list[Truth] = []
    for index, name in enumerate(listed):
        line = entry.line("scenes", index)
        scene = folder.scenarios.get(name)
        if scene is None:
            if not folder.knows("scenario", name):
                complaints.error(entry.path, line, f'there is no scene "{name}"', "Add it or correct its id.")
            return
        if scene.value.pool != Pool.SHIFT:
            complaints.error(entry.path, line, f'scene "{name}" is of another pool', 'Write "pool: shift" in it.')
        if name in listed[:index]:
            complaints.error(entry.path, line, f'scene "{name}" is listed twice', "Take one out.")
        clocks.append(scene.value.clock or "")
        truths.append(scene.value.truth)
    if sum(later < earlier for earlier, later in pairwise(clocks)) > 1:  # once it may be midnight
        complaints.error(
            entry.path, entry.line("scenes"), "the scenes aren't in the order of the clock", "Reorder them."
        )
    if truths.count(Truth.NO_CONCERN) * 2 < len(truths):
        complaints.error(
            entry.path, entry.line("scenes"), "fewer than half of the scenes are innocent", "Half of them must be."
        )


def _check_draw(entry: Entry[Any], key: str, scenes: int, pairs: int, pool: str, complaints: Complaints) -> None:
    line = entry.line(key, "scenes")
    if scenes % 2:
        complaints.error(entry.path, line, f"{scenes} scenes can't be half and half", "Give an even number.")
    if scenes > pairs:
        complaints.error(
            entry.path,
            line,
            f"{scenes} scenes are drawn, one from each pair, but the {pool} pool has {pairs} pairs",
            "Add pairs or draw fewer.",
        )


# --- words ---

_PEOPLE: Final = "them|her|him|people|victims|survivors|lives"
_BANNED: Final = re.compile(
    rf"""
    \b(?:
        (?:child\s+)?prostitutes? | pimps? | hookers? | modern[-\s]+slaves?
      | rescue(?:s|d|rs?)? | rescuing | (?:save[sd]?|saving)\s+(?:{_PEOPLE})
      | illegal\s+aliens? | in\s+your\s+(?:own\s+)?backyard | hot[-\s]?spots?
    )\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_BANNED_STEMS: Final = ("prostitute", "pimp", "hooker", "slave", "rescu", "sav", "alien", "yard", "spot", "victim")
_VICTIM: Final = re.compile(r"\b(?:the|a)\s+victim\b", re.IGNORECASE)
_NOT_SHOWN: Final = frozenset(
    {"id", "address", "web", "chat", "exit_target", "source", "sources", "indicators", "pair"}
)
_WORD_REMEDY: Final = "Use another word, or mark a quotation or a name of a law with [[...]]."


def _check_wording(folder: Folder, complaints: Complaints) -> None:
    for entry in _all_entries(folder):
        patterns = [_BANNED, _VICTIM] if isinstance(entry.value, ScenarioFile) else [_BANNED]
        whole = " ".join([*(text for _key, text in entry.written.texts()), entry.body.source]).lower()
        if not any(stem in whole.replace("*", "").replace("_", "") for stem in _BANNED_STEMS):  # nearly always
            continue
        for line, text in _shown_texts(entry):
            for pattern in patterns:
                for found in pattern.finditer(text):
                    at = line + text.count("\n", 0, found.start())
                    word = " ".join(found[0].split())
                    complaints.error(entry.path, at, f'"{word}" is a word that we do not use', _WORD_REMEDY)


def _shown_texts(entry: Entry[Any]) -> Iterator[tuple[int, str]]:
    is_exempt = isinstance(entry.value, Source) and entry.value.exempt
    for key, text in entry.written.texts():
        names = [part for part in key if isinstance(part, str)]
        if not _NOT_SHOWN.intersection(names) and not is_exempt:
            yield entry.line(*key), markdown.blank_exempt(text).replace("\n", " ")
    yield entry.body.first_line, _words_of(entry.body)


def _words_of(body: Body) -> str:
    """Blank what is not read as words, keeping each line where it is."""
    without_addresses = re.sub(r"\]\([^)\n]*\)", "]", body.source)
    return re.sub(r"[*_]", "", markdown.blank_exempt(without_addresses))


def _all_entries(folder: Folder) -> Iterator[Entry[Any]]:
    if folder.site:
        yield folder.site
    for group in (folder.sources, folder.terms, folder.categories, folder.indicators, folder.pages, folder.scenarios):
        yield from group.values()
    yield from folder.statistics.values()
    yield from folder.cards.values()
    yield from folder.packs.values()
    for lines in folder.help_lines.values():
        yield from lines.values()
    for course in folder.courses.values():
        yield from (entry for entry in (course.file, course.shift) if entry)
        for module in course.modules.values():
            yield from (entry for entry in (module.file,) if entry)
            yield from module.lessons.values()


# --- ids ---


def _check_published_ids(folder: Folder, complaints: Complaints) -> None:
    names = published_names(folder)
    for published, line in folder.published.items():
        kind, _, name = published.partition(":")
        if published in names or kind in folder.unread or (kind == "lesson" and _may_be_broken(folder, name)):
            continue
        complaints.error(
            f"{folder.name}/ids.txt",
            line,
            f'"{published}" was published and is gone',
            'Put it back. A scene that is no longer used stays, with "retired: true".',
        )


def _may_be_broken(folder: Folder, name: str) -> bool:
    return name.partition("/")[2] in folder.named.get("lesson", ())


# --- what changed ---


def _check_changes(folder: Folder, complaints: Complaints) -> None:
    """Hold each course against the newest entry that speaks of it."""
    if folder.changes is None or any(one.level == "error" for one in complaints.all):
        return
    path = f"{folder.name}/CHANGELOG.md"
    digests = course_digests(folder)
    for change in folder.changes:
        if not change.has_points:
            complaints.error(path, change.line, "the entry has no point", 'Say what changed: "- ...".')
        if change.course not in folder.courses:
            complaints.error(path, change.line, f'there is no course "{change.course}"', "Correct its name.")
    for slug, course in folder.courses.items():
        assert course.file is not None  # there are no errors
        version = course.file.value.version
        newest = next((change for change in folder.changes if change.course == slug), None)
        if newest is None or newest.version != version:
            complaints.error(
                path, 1, f"{slug} {version} has no entry", f'Add "## {slug} {version}", its digest line and its points.'
            )
        elif newest.digest is None:
            complaints.warning(path, newest.line, f"{slug} {version} isn't published", 'Run "flask content publish".')
        elif newest.digest != digests[slug][:SHOWN]:
            complaints.warning(
                path,
                newest.line,
                f"{slug} has changed since {version} was published",
                "If it matters to someone who passed, raise the version and add an entry above.",
            )


# --- warnings ---


def _warn_of_gaps(folder: Folder, complaints: Complaints) -> None:
    if len(folder.scenarios) != len(folder.named.get("scenario", ())):
        return
    live = [scene.value for scene in folder.scenarios.values() if not scene.value.retired]
    lessons = [lesson for module in _modules(folder) for lesson in module.lessons.values()]
    taught = {indicator for lesson in lessons for indicator in lesson.value.indicators}
    tested = {sign for scene in live for sign in scene.signs}
    for what, covered in (("no lesson teaches", taught), ("no scene tests", tested)):
        missing = sorted(set(folder.indicators) - covered)
        if missing:
            complaints.warning(f"{folder.name}/indicators.yaml", 1, f"{what} {', '.join(missing)}", "Add them in time.")
    labor = sum(scene.about == "labor" for scene in live)
    if live and labor < LEAST_LABOR * len(live):
        complaints.warning(
            f"{folder.name}/scenarios",
            1,
            f"{labor} of {len(live)} scenes are about labor",
            f"Bring it to {LEAST_LABOR:.0%} or more.",
        )


def _modules(folder: Folder) -> Iterator[ModuleFolder]:
    for course in folder.courses.values():
        yield from course.modules.values()


def _warn_of_age(folder: Folder, today: date, complaints: Complaints) -> None:
    dated: list[tuple[Entry[Any], str]] = [(entry, "source") for entry in folder.sources.values()]
    dated += [(entry, "help line") for lines in folder.help_lines.values() for entry in lines.values()]
    dated += [(entry, "page") for entry in folder.pages.values()]
    dated += [(entry, "pack") for entry in folder.packs.values()]
    for entry, kind in dated:
        seen_on: date | None = entry.value.seen_on
        if seen_on is not None and today - seen_on > FRESH_FOR:
            name = getattr(entry.value, "id", entry.value.__class__.__name__)
            label = kind if kind in ("page", "pack") else f'{kind} "{name}"'
            complaints.warning(
                entry.path,
                entry.line("seen_on"),
                f"the {label} was last seen on {seen_on}",
                "Look again, then correct the date.",
            )


def _warn_of_missing_reviews(folder: Folder, complaints: Complaints) -> None:
    for course in folder.courses.values():
        lessons = [lesson for module in course.modules.values() for lesson in module.lessons.values()]
        without = sum(not lesson.value.reviews for lesson in lessons)
        if without:
            complaints.warning(
                f"{course.path}/course.yaml",
                1,
                f"{without} of {len(lessons)} lessons have no review by a person",
                "Name who reviewed them and when, once it happened.",
            )
