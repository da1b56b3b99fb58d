"""Hold scenes, their pairs and their questions against the decision rule and against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from trainer.courses import markdown
from trainer.courses.bodies_checker import check_body, check_source
from trainer.courses.drills import cut
from trainer.courses.loader import Complaints, Entry, Folder
from trainer.courses.markdown import Scope
from trainer.courses.schema import (
    Action,
    Indicator,
    JudgeItem,
    MarksItem,
    MultipleItem,
    Pool,
    Route,
    Rule,
    ScenarioFile,
    SingleItem,
    Truth,
    Verdict,
)
from trainer.courses.swap import is_told

Scene = Entry[ScenarioFile]

_CONCERN_RULES: Final = (Rule.DANGER_NOW, Rule.ONE_STRONG, Rule.TWO_MEDIUM)
_DANGER_SIGNS: Final = frozenset({"H1", "A8", "G7"})
STRONG: Final = ("strong", "medium-strong")
_MEDIUM: Final = ("medium", *STRONG)
_COUNTING: Final = ("weak-medium", *_MEDIUM)


def check_scenarios(folder: Folder, scope: Scope, complaints: Complaints) -> None:
    """Check each scene, each pair and the bank as a whole."""
    for entry in folder.scenarios.values():
        _check_scene(folder, entry, scope, complaints)
    pairs: dict[str, list[Scene]] = defaultdict(list)
    for entry in folder.scenarios.values():
        if not entry.value.retired and entry.value.pair:
            pairs[entry.value.pair].append(entry)
    is_whole = len(folder.scenarios) == len(folder.named.get("scenario", ()))
    for pair, scenes in pairs.items():
        if len(scenes) == 2 and not all(_is_judged(scene) for scene in scenes):
            continue
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
        check_source(folder, entry, ("sources", index), source, complaints)
    for sign in entry.value.signs:
        if not folder.knows("indicator", sign):
            complaints.error(
                entry.path, entry.line("signs", sign), f'no indicator is called "{sign}"', "Correct its id."
            )
    _check_place(entry, complaints)
    _check_swap(entry, complaints)
    _check_drills(entry, complaints)
    if not _is_judged(entry):
        complaints.error(
            entry.path, entry.line("items", 0), "the first item is not to judge", 'Begin with "type: judge".'
        )
        return
    _check_verdicts(entry, complaints)
    _check_actions(entry, complaints)
    _check_route(entry, complaints)
    signs = [folder.indicators[sign].value for sign in entry.value.signs if sign in folder.indicators]
    if len(signs) == len(entry.value.signs):
        _check_rule(entry, signs, complaints)


def _is_judged(entry: Scene) -> bool:
    return isinstance(entry.value.items[0], JudgeItem)


def _check_place(entry: Scene, complaints: Complaints) -> None:
    """A scene stands in a pair, or in a practice shift and has a clock time."""
    scene = entry.value
    needed, other = (("clock",), ("pair", "differs")) if scene.pool == Pool.SHIFT else (("pair", "differs"), ("clock",))
    for key in needed:
        if getattr(scene, key) is None:
            complaints.error(entry.path, 1, f'"{key}" is missing', "Add it.")
    for key in other:
        if getattr(scene, key) is not None:
            complaints.error(
                entry.path, entry.line(key), f'"{key}" has no place in the pool {scene.pool}', "Take it out."
            )


def _check_swap(entry: Scene, complaints: Complaints) -> None:
    narrative = " ".join(markdown.paragraphs(entry.body))
    for word, other in entry.value.swap.items():
        if not is_told(narrative, word):
            complaints.error(
                entry.path,
                entry.line("swap", word),
                f'"{word[:60]}" is not in the scene',
                "Write it as it stands there.",
            )
        if word == other:
            complaints.error(entry.path, entry.line("swap", word), "nothing is swapped", "Name another person.")


def _check_drills(entry: Scene, complaints: Complaints) -> None:
    types = [item.type for item in entry.value.items]
    for index, item in enumerate(entry.value.items):
        line = entry.line("items", index)
        if types.index(item.type) < index:
            complaints.error(entry.path, line, f'there are two items "{item.type}"', "One scene has one of each.")
        if isinstance(item, MarksItem):
            _check_marks(entry, index, item, complaints)
        elif isinstance(item, (SingleItem, MultipleItem)):
            _check_choices(entry, index, item, complaints)


def _check_choices(entry: Scene, index: int, item: SingleItem | MultipleItem, complaints: Complaints) -> None:
    keys = sum(option.key for option in item.options)
    line = entry.line("items", index, "options")
    if len({option.id for option in item.options}) < len(item.options):
        complaints.error(entry.path, line, "two options have the same id", "Give each its own.")
    if isinstance(item, SingleItem) and keys != 1:
        complaints.error(entry.path, line, f"there are {keys} right options", "Mark exactly one.")
    if isinstance(item, MultipleItem) and not 2 <= keys < len(item.options):
        complaints.error(
            entry.path, line, f"{keys} of {len(item.options)} options are right", "Mark two or more, but not all."
        )


def _check_marks(entry: Scene, index: int, item: MarksItem, complaints: Complaints) -> None:
    told = markdown.paragraphs(entry.body)
    texts = [" ".join(phrase.text.split()) for phrase in item.phrases]
    for number, text in enumerate(texts):
        line = entry.line("items", index, "phrases", number)
        if not any(text in paragraph for paragraph in told):
            complaints.error(entry.path, line, f'"{text[:60]}" is not in the scene', "Copy it letter for letter.")
            return
    if cut(told, texts) is None:
        complaints.error(
            entry.path,
            entry.line("items", index, "phrases"),
            "the phrases overlap or are not in the order of the scene",
            "Put them in order.",
        )
    keys = [phrase.sign for phrase in item.phrases if phrase.sign]
    for number, phrase in enumerate(item.phrases):
        if phrase.sign and phrase.sign not in entry.value.signs:
            complaints.error(
                entry.path,
                entry.line("items", index, "phrases", number),
                f'{phrase.sign} is none of the "signs" of this scene',
                "Add it there, or take it out here.",
            )
    if (entry.value.truth == Truth.CONCERN) != bool(keys):
        what = "no phrase is a sign" if not keys else "a scene of no concern has signs to mark"
        complaints.error(entry.path, entry.line("items", index), what, "Correct the phrases or the truth.")


def _check_narrative(folder: Folder, entry: Scene, scope: Scope, complaints: Complaints) -> None:
    check_body(folder, entry, scope, complaints)
    for what, lines in (
        ("a box", [box.line for box in markdown.boxes_in(entry.body)]),
        ("a heading", [line for _, line in markdown.headings_in(entry.body)]),
        ("a citation", [citation.line for citation in markdown.citations_in(entry.body)]),
    ):
        for line in lines:
            complaints.error(entry.path, line, f"there is {what} in the scene", "Tell it in plain paragraphs.")


def _check_verdicts(entry: Scene, complaints: Complaints) -> None:
    for verdict in Verdict:
        if verdict not in entry.value.judge.verdicts:
            complaints.error(
                entry.path,
                entry.line("items", 0, "verdicts"),
                f'option "{verdict}" has no rationale',
                "Add one: learners see it after answering.",
            )


def _check_actions(entry: Scene, complaints: Complaints) -> None:
    actions = entry.value.judge.actions
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
    keys = [action for action in scene.judge.actions if action.key]
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
    if scene.rule == Rule.ONE_STRONG and not any(sign.strength in STRONG or sign.strength_note for sign in signs):
        return "no sign is strong", "Add a strong sign, or correct the rule."
    if scene.rule == Rule.TWO_MEDIUM and not has_two_medium(signs):
        return "the signs are not two medium ones of different groups", "Add one, or correct the rule."
    return None


def _has_danger(signs: list[Indicator]) -> bool:
    return any(sign.id in _DANGER_SIGNS or sign.strength in STRONG for sign in signs)


def has_two_medium(signs: list[Indicator]) -> bool:
    """Tell whether signs count together. One medium sign may do: only a reader can tell whether the days differ."""
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
    if _choices_shown(one.judge.actions) != _choices_shown(two.judge.actions):
        refuse(
            "items",
            "the actions differ from those of its twin",
            "Use the same ids, texts and forbidden marks, so that the options never give the truth away.",
        )


def _choices_shown(actions: Iterable[Action]) -> set[tuple[str, str, str | None]]:
    return {(action.id, action.text, action.forbidden) for action in actions}


def _check_balance(folder: Folder, complaints: Complaints) -> None:
    for pool in (Pool.OPEN, Pool.RESERVED):
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
    bank = folder.site.value.bank if folder.site else None
    if folder.site is None or bank is None:
        return
    swaps = {entry.value.pair for entry in folder.scenarios.values() if entry.value.swap and not entry.value.retired}
    for key, number, needed in (
        ("open_pairs", count_pairs(folder, Pool.OPEN), bank.open_pairs),
        ("reserved_pairs", count_pairs(folder, Pool.RESERVED), bank.reserved_pairs),
        ("swapped_pairs", len(swaps), bank.swapped_pairs),
    ):
        if number < needed:
            complaints.error(
                folder.site.path,
                folder.site.line("bank", key),
                f"the bank has {number} of {needed} {key.replace('_', ' ')}",
                "Add scenes.",
            )


def count_pairs(folder: Folder, pool: Pool) -> int:
    """Count the pairs of a pool that are in use."""
    return len(
        {
            entry.value.pair
            for entry in folder.scenarios.values()
            if entry.value.pool == pool and not entry.value.retired and entry.value.pair
        }
    )
