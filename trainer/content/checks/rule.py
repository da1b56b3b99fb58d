"""The decision rule: whether the signs of a scene carry what it says."""

from __future__ import annotations

from typing import Final

from trainer.content.catalogue import Indicator, StrengthHere
from trainer.content.folder import Entry
from trainer.content.schema import Explained, ScenarioFile
from trainer.content.subject import Evidence, Rule, Truth, Vocabulary

STRONG: Final = ("strong", "medium-strong")
_MEDIUM: Final = ("medium", *STRONG)
_COUNTING: Final = ("weak-medium", *_MEDIUM)
_ALLOWED: Final = {
    "weak": ("weak",),
    "weak-medium": ("weak", "medium"),
    "medium": ("weak", "medium"),
    "medium-strong": ("medium", "strong"),
    "strong": ("strong",),
}
"""How strong a sign may be in a scene, by its strength in the list."""
Shown = tuple[Indicator, StrengthHere]
"""A sign, and how strong it is in a scene."""


def check_rule(entry: Entry[ScenarioFile], rule: Rule, signs: list[Indicator], vocabulary: Vocabulary) -> None:
    """Check that the rule, the best verdict and the signs of a scene go with its truth."""
    scene = entry.value
    if rule.signs.truth != scene.truth:
        entry.refuse("rule", f'rule "{scene.rule}" does not make it "{scene.truth}"', "Correct one of the two.")
        return
    if scene.best is not rule.signs.best:
        complaint = f'"{scene.best}" can\'t be best by rule "{scene.rule}"'
        entry.refuse("best", complaint, f'Write "{rule.signs.best}", or correct the rule.')
        return
    for sign in signs:
        fault = strength_fault(sign, scene.signs[sign.id].strength)
        if fault:
            entry.refuse(("signs", sign.id, "strength"), *fault)
    shown = [(sign, scene.signs[sign.id].strength) for sign in signs]
    if scene.truth == Truth.CONCERN:
        fault = concern_fault(rule, shown, vocabulary.danger_signs)
    else:
        fault = _no_concern_fault(rule, scene, shown, vocabulary)
    if fault:
        entry.refuse("signs", *fault)


def has_two_medium(signs: list[Indicator]) -> bool:
    """Tell whether signs may count together. One medium sign may do: only a reader can tell whether the days differ."""
    counting = {sign.category for sign in signs if sign.strength in _COUNTING}
    return len(counting) >= 2 or any(sign.strength in _MEDIUM for sign in signs)


def strength_fault(sign: Indicator, strength: StrengthHere) -> tuple[str, str] | None:
    """A sign is as strong where it shows as its entry allows. A medium one that is explained may be weak there."""
    allowed = _ALLOWED[sign.strength] if sign.kind == "indicator" else ("weak",)
    if sign.strength_note and sign.kind == "indicator":
        allowed = (*allowed, "medium", "strong")  # the note says when
    if strength in allowed:
        return None
    return (
        f"{sign.id} can't be {strength} in a scene: in the list it is {sign.strength}",
        f"Write one of: {', '.join(dict.fromkeys(allowed))}.",
    )


def quiet_fault(rule: Rule, shown: list[Shown]) -> tuple[str, str] | None:
    """Say why signs don't go with a line of the rule that asks for no report, where all of them stand unexplained."""
    counting = [(sign, strength) for sign, strength in shown if strength != "weak"]
    medium = _medium(shown)
    named = ", ".join(sign.id for sign, _strength in counting)
    if any(strength == "strong" for _sign, strength in counting) or len({sign.category for sign in medium}) > 1:
        return f"by the rule {named} would be one to report", "Take a sign out, or correct the rule."
    if rule.signs is Evidence.ONE_MEDIUM and not medium:
        return f'rule "{rule.id}" has no medium sign', "Add one, or correct the rule."
    if rule.signs is not Evidence.ONE_MEDIUM and counting:
        return f"{named} is more than weak", "Make it weak, or correct the rule."
    if rule.signs is Evidence.NONE and shown:
        return f'rule "{rule.id}" has the sign {shown[0][0].id}', "Take the sign out, or correct the rule."
    if rule.signs is Evidence.WEAK and not shown:
        return f'rule "{rule.id}" has no sign', "Add one, or correct the rule."
    return None


def concern_fault(rule: Rule, shown: list[Shown], danger_signs: list[str]) -> tuple[str, str] | None:
    """Say why signs don't carry a line of the rule that asks for a report, and what to do; or None."""
    false_cues = [sign.id for sign, _strength in shown if sign.kind == "false_cue"]
    is_strong = any(strength == "strong" for _sign, strength in shown)
    if not shown:
        return "a concern has no signs", "Add the signs that the rule rests on."
    if false_cues:
        return f"{', '.join(false_cues)} misleads and can't be a sign of a concern", "Take it out."
    if rule.signs is Evidence.DANGER and not (is_strong or any(sign.id in danger_signs for sign, _strength in shown)):
        named = ", ".join([*danger_signs, "or another strong sign" if danger_signs else "a strong sign"])
        return "no sign shows danger now", f"Add {named}, or correct the rule."
    if rule.signs is Evidence.STRONG and not is_strong:
        return "no sign is strong", "Add a strong sign, or correct the rule."
    if rule.signs is Evidence.TWO_MEDIUM and not _medium(shown):
        return "the signs are not two medium ones of different groups", "Add one, or correct the rule."
    return None


def _medium(shown: list[Shown]) -> list[Indicator]:
    """Return the signs that count. One listed as weak to medium counts only beside one of another group."""
    medium = [sign for sign, strength in shown if strength != "weak"]
    if len({sign.category for sign in medium}) > 1:
        return medium
    return [sign for sign in medium if sign.strength != "weak-medium"]


def _no_concern_fault(
    rule: Rule, scene: ScenarioFile, shown: list[Shown], vocabulary: Vocabulary
) -> tuple[str, str] | None:
    real = [(sign, strength) for sign, strength in shown if sign.kind == "indicator"]
    strong = [sign.id for sign, strength in real if strength == "strong"]
    medium = _medium(real)
    named = ", ".join(sign.id for sign in medium)
    if strong:
        return f"{', '.join(strong)} is strong: that is a concern", "Take it out, or correct the truth."
    if len({sign.category for sign in medium}) > 1:
        return f"{named} are medium and of different groups: by the rule that is a concern", "Keep one group at most."
    if rule.signs is Evidence.ONE_MEDIUM and not medium:
        return f'rule "{rule.id}" has no medium sign', "Add one, or correct the rule."
    if rule.signs is Evidence.ONE_MEDIUM and scene.explained is Explained.FULLY:
        return f"{named} is explained fully, so there is nothing to watch", 'Correct the rule, or "explained".'
    if rule.signs is not Evidence.ONE_MEDIUM and medium and scene.explained is Explained.NOT:
        others = _named(vocabulary, Evidence.ONE_MEDIUM)
        remedy = f"Write rule {others}, or say" if others else "Say"
        return f"{named} is medium and nobody explains it", f"{remedy} how far it is explained."
    if rule.signs is Evidence.NONE and real:
        others = _named(vocabulary, Evidence.WEAK)
        remedy = f"Write {others}, or take" if others else "Take"
        return f'rule "{rule.id}" has the sign {real[0][0].id}', f"{remedy} the sign out."
    return None


def _named(vocabulary: Vocabulary, signs: Evidence) -> str:
    """Name the lines of the rule that ask for such signs."""
    return " or ".join(f'"{rule.id}"' for rule in vocabulary.rules if rule.signs is signs)
