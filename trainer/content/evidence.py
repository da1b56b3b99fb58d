"""What signs come to together: how strong each is where it shows, and which line of the rule they lead to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from trainer.content.catalogue import Indicator, Strength
from trainer.content.parts import sign_of
from trainer.content.subject import Evidence

Shown = tuple[Indicator, Strength]
"""A sign, and how strong it is where it shows."""


def shown_signs(refs: Iterable[str], indicators: Mapping[str, Indicator]) -> list[Shown]:
    """Return the signs that references such as "C1.refused" name, each as strong as the list of signs says.

    One from weak to medium is weak without a stronger one of another group. They are in the list.
    """
    signs = [(indicators[sign_of(ref)], ref) for ref in refs]
    shown = [(sign, sign.strengths[ref]) for sign, ref in signs]
    groups = {sign.group for sign, strength in shown if strength in ("medium", "strong")}
    return [
        (sign, "weak" if strength == "weak-medium" and groups <= {sign.group} else strength) for sign, strength in shown
    ]


def line_of(shown: Sequence[Shown], *, is_explained: bool = False, is_repeated: bool = False) -> Evidence:
    """Return what line of the rule signs lead to. That there is danger now doesn't follow from them.

    `is_explained`: all that isn't strong has an ordinary explanation. `is_repeated`: they were seen on different days.
    """
    counting = [] if is_explained else [sign for sign, strength in shown if strength != "weak"]
    if not shown:
        return Evidence.NONE
    if any(strength == "strong" for _sign, strength in shown):
        return Evidence.STRONG
    if len({sign.group for sign in counting}) > 1 or (is_repeated and any(sign.counts_again for sign in counting)):
        return Evidence.TWO_MEDIUM
    return Evidence.ONE_MEDIUM if counting else Evidence.WEAK
