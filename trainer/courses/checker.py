"""Hold the content against the rules that its shape alone can't show: ids, links, figures, words, pairs, pass rules.

Errors keep a folder from being served. Warnings never do: dates pass, and people's reviews take time.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import Any, Final

from trainer.courses import markdown
from trainer.courses.loader import Complaints, CourseFolder, Entry, Folder, ModuleFolder
from trainer.courses.markdown import Body, Box, Scope, Targets
from trainer.courses.schema import (
    Action,
    Indicator,
    LessonFile,
    Pool,
    Route,
    Rule,
    ScenarioFile,
    Source,
    Truth,
    Verdict,
)

FRESH_FOR: Final = timedelta(days=180)
LEAST_LABOR: Final = 0.4  # share of scenes about labor

Scene = Entry[ScenarioFile]


def check(folder: Folder, today: date, complaints: Complaints) -> None:
    """Add a complaint for every rule that the folder breaks."""
    _check_site(folder, complaints)
    _check_reference_data(folder, complaints)
    anywhere = Scope(find_targets(folder), {})
    _check_pages(folder, anywhere, complaints)
    for course in folder.courses.values():
        _check_course(folder, course, complaints)
    _check_scenarios(folder, anywhere, complaints)
    _check_wording(folder, complaints)
    _check_published_ids(folder, complaints)
    _warn_of_gaps(folder, complaints)
    _warn_of_age(folder, today, complaints)
    _warn_of_missing_reviews(folder, complaints)


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
        for kind in ("source", "term", "indicator", "help", "page", "scenario", "course")
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
            _check_source(folder, line, ("source",), line.value.source, complaints)
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
        _check_source(folder, entry, ("sources", index), source, complaints)
    for key in ("told", "misleads"):
        if indicator.kind == "false_cue" and getattr(indicator, key) is None:
            complaints.error(
                entry.path,
                entry.line(),
                f'false cue {indicator.id} has no "{key}"',
                "Add it: learners compare the two.",
            )


def _check_source(
    folder: Folder, entry: Entry[Any], key: tuple[str | int, ...], source: str, complaints: Complaints
) -> None:
    if not folder.knows("source", source):
        complaints.error(
            entry.path, entry.line(*key), f'no source is called "{source}"', "Add it to sources.yaml or correct its id."
        )


# --- bodies ---


def _check_pages(folder: Folder, scope: Scope, complaints: Complaints) -> None:
    for slug, page in folder.pages.items():
        if slug in markdown.PAGE_PATHS:
            complaints.error(
                page.path, 1, f'the name "{slug}" belongs to a page of the app', "Give the file another name."
            )
        _check_body(folder, page, scope, complaints)
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


def _check_body(folder: Folder, entry: Entry[Any], scope: Scope, complaints: Complaints) -> None:
    """Check what holds for every Markdown body."""
    body, path = entry.body, entry.path
    for line in markdown.raw_html_in(body):
        complaints.error(path, line, "there is HTML in the text", "Use Markdown, or write the signs < and > in words.")
    for line in markdown.images_in(body):
        complaints.error(path, line, "there is an image in the text", "Take it out: texts have no images.")
    for level, line in markdown.headings_in(body):
        if level not in (2, 3):
            complaints.error(path, line, f"there is a heading of level {level}", "Use ## or ###: the title is level 1.")
    for line in markdown.broken_links_in(body):
        complaints.error(
            path, line, "a link is broken", "Write it as [text](address); the text holds no other brackets."
        )
    _check_links(folder, entry, scope, complaints)
    _check_boxes(entry, complaints)


def _check_links(folder: Folder, entry: Entry[Any], scope: Scope, complaints: Complaints) -> None:
    kinds = {"glossary": "term", "indicator": "indicator", "lesson": "lesson", "page": "page"}
    for link in markdown.links_in(entry.body):
        if link.kind == "unknown":
            complaints.error(
                entry.path,
                link.line,
                f'the link "{link.target[:60]}" is of no known kind',
                "Begin it with glossary:, indicator:, lesson:, page: or https://.",
            )
        elif markdown.find_address(link.kind, link.target, scope) is None and not folder.knows(
            kinds.get(link.kind, ""), link.target
        ):
            complaints.error(
                entry.path,
                link.line,
                f'the link "{link.kind}:{link.target[:60]}" leads nowhere',
                "Correct it or add what it names.",
            )


def _check_boxes(entry: Entry[Any], complaints: Complaints) -> None:
    for line in markdown.stray_fences_in(entry.body):
        complaints.error(entry.path, line, '":::" stands inside a list or paragraph', "Put an empty line before it.")
    for box in markdown.boxes_in(entry.body):
        _check_box(entry, box, complaints)


def _check_box(entry: Entry[Any], box: Box, complaints: Complaints) -> None:
    if not box.name:
        complaints.error(
            entry.path, box.line, '":::" closes no box', 'Take it out, or name the box that it opens: "::: story".'
        )
        return
    if box.name not in markdown.BOXES:
        complaints.error(
            entry.path, box.line, f'no box is called "{box.name}"', f"Use one of: {', '.join(markdown.BOXES)}."
        )
    if not box.is_closed:
        complaints.error(
            entry.path,
            box.line,
            f'the box "{box.name}" is not closed',
            'Add a line ":::". A box can\'t hold another box.',
        )
    if box.name in ("reveal", "choose", "callout") and not box.title:
        complaints.error(
            entry.path,
            box.line,
            f'the box "{box.name}" has no title',
            f'Write it on the same line: "::: {box.name} Title".',
        )
    if not box.inner:
        complaints.error(entry.path, box.line, f'the box "{box.name}" is empty', "Fill it or take it out.")
    if box.name == "choose":
        _check_options(entry, box, complaints)


def _check_options(entry: Entry[Any], box: Box, complaints: Complaints) -> None:
    options = markdown.options_in(entry.body, box)
    for option in options:
        if option.right is None or not option.why or not option.is_single_paragraph:
            complaints.error(
                entry.path, option.line, 'an option of "choose" is incomplete', 'Write it as "- [x] option => why".'
            )
    if len(options) < 2 or not any(option.right for option in options):
        complaints.error(
            entry.path, box.line, '"choose" needs two options or more, and a right one', "Mark the right one with [x]."
        )


# --- courses and lessons ---


def _check_course(folder: Folder, course: CourseFolder, complaints: Complaints) -> None:
    _check_module_order(course, complaints)
    scope = Scope(find_targets(folder, course), {}, course.slug)
    for module in course.modules.values():
        if not module.lessons and not module.broken_lessons:
            complaints.error(module.path, 1, "the module has no lesson", "Add one, such as 01-first.md.")
        for lesson in module.lessons.values():
            _check_lesson(folder, scope, lesson, complaints)
    _check_assessments(folder, course, complaints)


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
    _check_body(folder, lesson, scope, complaints)
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
        _check_source(folder, lesson, ("sources", index), source, complaints)
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
    _check_draw(entry, "final", value.final.scenes, _count_pairs(folder, Pool.RESERVED), "reserved", complaints)
    _check_draw(entry, "first_try", value.first_try.scenes, _count_pairs(folder, Pool.OPEN), "open", complaints)
    _check_draw(entry, "practice", value.practice.scenes, _count_pairs(folder, Pool.OPEN), "open", complaints)
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
    minutes = sum(lesson.value.minutes for module in course.modules.values() for lesson in module.lessons.values())
    if value.least_minutes > minutes and not any(module.broken_lessons for module in course.modules.values()):
        complaints.error(
            entry.path,
            entry.line("least_minutes"),
            f"the lessons take only {minutes} minutes",
            "Ask for fewer minutes, or correct the lessons.",
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


def _count_pairs(folder: Folder, pool: Pool) -> int:
    return len(
        {
            entry.value.pair
            for entry in folder.scenarios.values()
            if entry.value.pool == pool and not entry.value.retired
        }
    )


# --- scenes ---

_CONCERN_RULES: Final = (Rule.DANGER_NOW, Rule.ONE_STRONG, Rule.TWO_MEDIUM)
_DANGER_SIGNS: Final = frozenset({"H1", "A8", "G7"})
_STRONG: Final = ("strong", "medium-strong")
_MEDIUM: Final = ("medium", *_STRONG)
_COUNTING: Final = ("weak-medium", *_MEDIUM)


def _check_scenarios(folder: Folder, scope: Scope, complaints: Complaints) -> None:
    for entry in folder.scenarios.values():
        _check_scene(folder, entry, scope, complaints)
    pairs: dict[str, list[Scene]] = defaultdict(list)
    for entry in folder.scenarios.values():
        if not entry.value.retired:
            pairs[entry.value.pair].append(entry)
    is_whole = len(folder.scenarios) == len(folder.named.get("scenario", ()))
    for pair, scenes in pairs.items():
        if len(scenes) == 2:
            _check_pair(scenes[0], scenes[1], complaints)
        elif is_whole or len(scenes) > 2:  # the twin may be among the files that could not be read
            complaints.error(
                scenes[-1].path,
                scenes[-1].line("pair"),
                f'pair "{pair}" has {len(scenes)} scene{"" if len(scenes) == 1 else "s"}',
                "A pair is two files; retire both or none.",
            )
    if is_whole:
        _check_balance(folder, complaints)


def _check_scene(folder: Folder, entry: Scene, scope: Scope, complaints: Complaints) -> None:
    _check_narrative(folder, entry, scope, complaints)
    for index, source in enumerate(entry.value.sources):
        _check_source(folder, entry, ("sources", index), source, complaints)
    for sign in entry.value.signs:
        if not folder.knows("indicator", sign):
            complaints.error(
                entry.path, entry.line("signs", sign), f'no indicator is called "{sign}"', "Correct its id."
            )
    _check_verdicts(entry, complaints)
    _check_actions(entry, complaints)
    _check_route(entry, complaints)
    signs = [folder.indicators[sign].value for sign in entry.value.signs if sign in folder.indicators]
    if len(signs) == len(entry.value.signs):
        _check_rule(entry, signs, complaints)


def _check_narrative(folder: Folder, entry: Scene, scope: Scope, complaints: Complaints) -> None:
    _check_body(folder, entry, scope, complaints)
    for what, lines in (
        ("a box", [box.line for box in markdown.boxes_in(entry.body)]),
        ("a heading", [line for _, line in markdown.headings_in(entry.body)]),
        ("a citation", [citation.line for citation in markdown.citations_in(entry.body)]),
    ):
        for line in lines:
            complaints.error(entry.path, line, f"there is {what} in the scene", "Tell it in plain paragraphs.")


def _check_verdicts(entry: Scene, complaints: Complaints) -> None:
    for verdict in Verdict:
        if verdict not in entry.value.items[0].verdicts:
            complaints.error(
                entry.path,
                entry.line("items", 0, "verdicts"),
                f'option "{verdict}" has no rationale',
                "Add one: learners see it after answering.",
            )


def _check_actions(entry: Scene, complaints: Complaints) -> None:
    actions = entry.value.items[0].actions
    here = entry.line("items", 0, "actions")
    if len(actions) != 4:
        complaints.error(entry.path, here, f"there are {len(actions)} actions", "Give four.")
    if len({action.id for action in actions}) < len(actions):
        complaints.error(entry.path, here, "two actions have the same id", "Give each its own.")
    if sum(action.key for action in actions) != 1:
        complaints.error(
            entry.path, here, "there must be exactly one key", 'Write "key: true" at the right action only.'
        )
    if not any(action.forbidden for action in actions):
        complaints.error(entry.path, here, "no action is forbidden", 'Mark one, such as "forbidden: confront".')
    for index, action in enumerate(actions):
        if action.key and action.forbidden:
            complaints.error(
                entry.path,
                entry.line("items", 0, "actions", index),
                f'action "{action.id}" is forbidden and the key',
                "What is forbidden is never right: mark another as the key.",
            )


def _check_route(entry: Scene, complaints: Complaints) -> None:
    scene, line = entry.value, entry.line("route")
    keys = [action for action in scene.items[0].actions if action.key]
    calls_911 = any("911" in action.text for action in keys)
    if scene.truth == Truth.CONCERN and scene.route == Route.NONE:
        complaints.error(entry.path, line, "a concern has no route", "Say where it is reported.")
    if scene.truth == Truth.NO_CONCERN and scene.route == Route.HOTLINE:
        complaints.error(
            entry.path, line, "a scene of no concern goes to the hotline", "Correct the route or the truth."
        )
    if keys and scene.route == Route.EMERGENCY and not calls_911:
        complaints.error(entry.path, line, "the route is 911 but the key action does not call it", "Make them agree.")
    if scene.route in (Route.NONE, Route.SITE_POLICY) and calls_911:
        complaints.error(
            entry.path, line, f'the key action calls 911 but the route is "{scene.route}"', "Make them agree."
        )


def _check_rule(entry: Scene, signs: list[Indicator], complaints: Complaints) -> None:
    scene = entry.value
    if (scene.truth == Truth.CONCERN) != (scene.rule in _CONCERN_RULES):
        complaints.error(
            entry.path,
            entry.line("rule"),
            f'rule "{scene.rule}" does not make it "{scene.truth}"',
            "Correct one of the two.",
        )
        return
    fault = _concern_fault(scene, signs) if scene.truth == Truth.CONCERN else _no_concern_fault(scene, signs)
    if fault:
        complaints.error(entry.path, entry.line("signs"), *fault)


def _concern_fault(scene: ScenarioFile, signs: list[Indicator]) -> tuple[str, str] | None:
    false_cues = [sign.id for sign in signs if sign.kind == "false_cue"]
    if not signs:
        return "a concern has no signs", "Add the signs that the rule rests on."
    if false_cues:
        return f"{', '.join(false_cues)} misleads and can't be a sign of a concern", "Take it out."
    if scene.rule == Rule.DANGER_NOW and not _has_danger(signs):
        return "no sign shows danger now", "Add H1, A8, G7 or another strong sign, or correct the rule."
    if scene.rule == Rule.ONE_STRONG and not any(sign.strength in _STRONG or sign.strength_note for sign in signs):
        return "no sign is strong", "Add a strong sign, or correct the rule."
    if scene.rule == Rule.TWO_MEDIUM and not _has_two_medium(signs):
        return "the signs are not two medium ones of different groups", "Add one, or correct the rule."
    return None


def _has_danger(signs: list[Indicator]) -> bool:
    return any(sign.id in _DANGER_SIGNS or sign.strength in _STRONG for sign in signs)


def _has_two_medium(signs: list[Indicator]) -> bool:
    """One medium sign may do: whether it was seen on different days only a reader can tell."""
    counting = {sign.category for sign in signs if sign.strength in _COUNTING}
    return len(counting) >= 2 or any(sign.strength in _MEDIUM for sign in signs)


def _no_concern_fault(scene: ScenarioFile, signs: list[Indicator]) -> tuple[str, str] | None:
    real = [sign for sign in signs if sign.kind == "indicator"]
    strong = [sign.id for sign in real if sign.strength == "strong"]
    medium = [sign.id for sign in real if sign.strength in _MEDIUM]
    if strong:
        return f"{', '.join(strong)} is strong: that is a concern", "Take it out, or correct the truth."
    if len(medium) > 1:
        return f"{', '.join(medium)} are medium: by the rule that is a concern", "Keep one at most."
    if scene.rule == Rule.NO_SIGN and real:
        return f'rule "no-sign" has the sign {real[0].id}', 'Write "weak-only", or take the sign out.'
    return None


def _check_pair(first: Scene, second: Scene, complaints: Complaints) -> None:
    one, two = first.value, second.value

    def refuse(key: str, what: str, remedy: str) -> None:
        complaints.error(second.path, second.line(key), f"{what} ({first.path.rpartition('/')[2]})", remedy)

    if one.truth == two.truth:
        refuse("truth", f'both twins are "{two.truth}"', "One must be concern, the other no_concern.")
    for key in ("pool", "venue", "about", "people"):
        if getattr(one, key) != getattr(two, key):
            refuse(key, f'"{key}" differs from its twin', "Twins share it.")
    if _choices_shown(one.items[0].actions) != _choices_shown(two.items[0].actions):
        refuse(
            "items",
            "the actions differ from those of its twin",
            "Use the same ids, texts and forbidden marks, so that the options never give the truth away.",
        )


def _choices_shown(actions: Iterable[Action]) -> set[tuple[str, str, str | None]]:
    return {(action.id, action.text, action.forbidden) for action in actions}


def _check_balance(folder: Folder, complaints: Complaints) -> None:
    for pool in Pool:
        truths = [
            scene.value.truth
            for scene in folder.scenarios.values()
            if scene.value.pool == pool and not scene.value.retired
        ]
        concerns = truths.count(Truth.CONCERN)
        if concerns * 2 != len(truths):
            complaints.error(
                f"{folder.name}/scenarios",
                1,
                f"the {pool} pool has {concerns} scenes of concern and {len(truths) - concerns} of none",
                "Bring them into balance: half and half.",
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
_VICTIM: Final = re.compile(r"\b(?:the|a)\s+victim\b", re.IGNORECASE)
_NOT_SHOWN: Final = frozenset(
    {"id", "address", "web", "chat", "exit_target", "source", "sources", "indicators", "pair"}
)
_WORD_REMEDY: Final = "Use another word, or mark a quotation or a name of a law with [[...]]."


def _check_wording(folder: Folder, complaints: Complaints) -> None:
    for entry in _all_entries(folder):
        patterns = [_BANNED, _VICTIM] if isinstance(entry.value, ScenarioFile) else [_BANNED]
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
    for lines in folder.help_lines.values():
        yield from lines.values()
    for course in folder.courses.values():
        yield from (entry for entry in (course.file,) if entry)
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
    for entry, kind in dated:
        seen_on: date | None = entry.value.seen_on
        if seen_on is not None and today - seen_on > FRESH_FOR:
            name = getattr(entry.value, "id", entry.value.__class__.__name__)
            label = kind if kind == "page" else f'{kind} "{name}"'
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
