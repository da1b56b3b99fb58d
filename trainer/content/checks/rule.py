"""The decision rule: what a scene says follows from the signs that it shows."""

from __future__ import annotations

from collections.abc import Mapping

from trainer.content.checks.bodies import check_sign
from trainer.content.evidence import Shown, line_of, shown_signs
from trainer.content.folder import Entry, Folder
from trainer.content.parts import Part, sign_of
from trainer.content.schema import Explained, ScenarioFile, ShownBy
from trainer.content.subject import Evidence, Rule, Truth, Vocabulary
from trainer.content.yaml_lines import Key

Fault = tuple[str, str]
"""What is wrong, and what the author can do."""


def check_rule(entry: Entry[ScenarioFile], rule: Rule, shown: list[Shown], vocabulary: Vocabulary) -> None:
    """Check that the line of the rule follows from the signs of a scene, and truth and best verdict from the line."""
    scene = entry.value
    line = line_of(
        shown,
        is_explained=scene.explained is Explained.FULLY,
        is_repeated=scene.shown_by is ShownBy.PATTERN,
    )
    fault = rule_fault(rule, line, shown, vocabulary)
    if fault:
        entry.refuse("rule", *fault)
    elif rule.signs.truth != scene.truth:
        entry.refuse("truth", f'rule "{rule.id}" doesn\'t make it "{scene.truth}"', f'Write "{rule.signs.truth}".')
    elif scene.best is not rule.signs.best:
        complaint = f'"{scene.best}" can\'t be best by rule "{rule.id}"'
        entry.refuse("best", complaint, f'Write "{rule.signs.best}", or correct the rule.')


def rule_fault(rule: Rule, line: Evidence, shown: list[Shown], vocabulary: Vocabulary) -> Fault | None:
    """Say why signs don't carry a line of the rule, given the line that they lead to; or None."""
    false_cues = [sign.id for sign, _strength in shown if sign.kind == "false_cue"]
    if false_cues and rule.signs.truth is Truth.CONCERN:
        return f"{', '.join(false_cues)} misleads and can't be a sign of a concern", "Take it out."
    if rule.signs is Evidence.DANGER:  # the author says that it is now
        danger = vocabulary.danger_signs
        if line is Evidence.STRONG or any(sign.id in danger for sign, _strength in shown):
            return None
        return "no sign shows danger now", f"Add {', '.join([*danger, 'another strong sign'])}, or correct the rule."
    if line is rule.signs:
        return None
    fits = " or ".join(f'"{other.id}"' for other in vocabulary.rules if other.signs is line)
    told = ", ".join(f"{sign.id} ({strength.replace('-', ' to ')})" for sign, strength in shown) or "no sign"
    return (
        f'the line of the rule isn\'t "{rule.id}": {told} leads to {fits or line.value}',
        "Write that line with its truth and best, name the detail that makes a sign stronger or weaker, such as"
        " C1.refused, or change what the scene shows.",
    )


def find_signs(folder: Folder, entry: Entry[Part], refs: Mapping[Key, str]) -> list[Shown] | None:
    """Return the signs that references name, by where each stands; None if one is wrong, with complaints."""
    is_whole = True
    for number, (key, ref) in enumerate(refs.items()):
        is_twice = sign_of(ref) in map(sign_of, list(refs.values())[:number])
        if is_twice:
            entry.refuse(key, f"{sign_of(ref)} is there twice", "Keep the detail that says most.")
        is_whole = check_sign(folder, entry, key, ref) and not is_twice and is_whole
    indicators = {name: sign.value for name, sign in folder.indicators.items()}
    return shown_signs(refs.values(), indicators) if is_whole else None
