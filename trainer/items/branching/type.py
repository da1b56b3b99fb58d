"""*A scene, step by step* as a type of items."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from trainer.items.branching.forms import BranchingForm
from trainer.items.branching.model import BranchingItem
from trainer.items.branching.paths import Paths
from trainer.items.branching.payload import BranchingPayload, given_of
from trainer.items.contract import FurtherType, Sample


def samples() -> list[Sample]:
    """Return one with two steps and three ends."""

    def item(**grades: str) -> dict[str, object]:
        def choice(name: str, text: str, to: str) -> dict[str, str]:
            return {
                "id": name,
                "text": text,
                "to": to,
                "grade": grades.get(name, "wrong-route"),
                "why": f"Of the {name}.",
            }

        steps = [
            {
                "id": "desk",
                "text": "A man asks for a key.",
                "choices": [
                    choice("look", "Look from where you stand", "night"),
                    choice("shout", "Shout at the boss", "gone"),
                ],
            },
            {
                "id": "night",
                "text": "The boss says no.",
                "choices": [
                    choice("sleep", "Go home and say nothing", "nothing"),
                    choice("call", "Call the supervisor", "told"),
                ],
            },
        ]
        ends = [
            {"id": "told", "title": "Someone knows", "text": "You have told it."},
            {"id": "nothing", "title": "Nobody knows", "text": "You have told nobody."},
            {"id": "gone", "title": "They are gone", "text": "They left."},
        ]
        return {"type": "branching", "steps": steps, "ends": ends}

    return [
        Sample(
            authored=item(look="best", shout="harmful", call="best"),
            otherwise=item(shout="best", sleep="best"),
            right={"path": ["look"], "chosen": "call"},
            wrong={"path": ["look"], "chosen": "sleep"},
            partly={"path": ["look"], "chosen": "call"},
            altered=[
                {"chosen": "made-up"},
                {"chosen": ["look", "shout"]},
                {"chosen": "call"},
                {"path": ["call"], "chosen": "look"},
                {"path": ["look", "call"], "chosen": "look"},
                {"path": ["made-up"], "chosen": "call"},
            ],
            incomplete={},
            as_they_come=_first_path,
        )
    ]


def _first_path(order: Sequence[str]) -> dict[str, Any]:
    paths, path = Paths.of(order), list[str]()
    given = given_of(paths, path)
    while not BranchingForm.is_whole(given):
        place = (paths.follow(path) or [paths.start])[-1]
        path.append(next(iter(paths.offers[place])))
        given = given_of(paths, path)
    return given


BRANCHING = FurtherType(
    name="branching",
    model=BranchingItem,
    payload=BranchingPayload,
    form=BranchingForm,
    heading=_l("A scene, step by step"),
    lead=_l("Each choice leads on. At the end you see what each of them was worth."),
    button=_l("Do this"),
    samples=samples,
    tells_scene=False,
)
