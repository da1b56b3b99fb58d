"""*Spot the signs* as a type of items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random
from typing import Any, ClassVar, Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from markupsafe import Markup
from pydantic import Field

from trainer.content.illustrations import Drawing
from trainer.content.parts import IndicatorId, Part, Slug, Text
from trainer.content.schema import FurtherItem, InputMode, Refuse, Situation
from trainer.content.shapes import WITH_REASON, ById, Shape, words
from trainer.items.choices import ChoiceForm, ChoicePayload, ShownOption, digest_of, scene_of, tell_signs
from trainer.items.contract import EVERY_WAY, FurtherType, Mark, Sample
from trainer.items.payload import Kept, Payload


class Seen(Part):
    """What a region of the picture shows. With a `sign` it is right to choose, without one it is wrong."""

    id: Slug  # that of the region in the picture
    text: Text
    why: Text
    sign: IndicatorId | None = None


class SpotItem(FurtherItem):
    """*Spot the signs*: choose what matters among all that is numbered in a picture."""

    access: ClassVar[frozenset[InputMode]] = EVERY_WAY
    prose: ClassVar[Mapping[str, Shape]] = {**words("ask", "shows"), "regions": ById(WITH_REASON)}

    type: Literal["spot"]
    picture: Slug
    shows: Text  # what the picture is, for people who can't see it; nothing of the answer
    ask: Text | None = None
    regions: list[Seen] = Field(min_length=4, max_length=10)

    def check(self, scene: Situation, refuse: Refuse) -> None:
        """The regions are those of the picture, told apart, and at least half of them are no sign."""
        for key in ("id", "text"):
            if len({getattr(region, key) for region in self.regions}) < len(self.regions):
                refuse(("regions",), f"two regions have the same {key}", "Give each its own.")
        if self.picture not in scene.drawings:
            refuse(("picture",), f'no picture is called "{self.picture}"', "Correct its name, or add it.")
        elif drawing := scene.drawings[self.picture]:  # else the picture has faults, which come first
            self._check_regions(drawing, refuse)
        signs = [(number, seen.sign) for number, seen in enumerate(self.regions) if seen.sign]
        for number, sign in signs:
            if sign not in scene.signs:
                refuse(
                    ("regions", number), f"{sign} is none of the {scene.signs_named}", "Add it there, or take it out."
                )
        if 2 * len(signs) > len(self.regions):
            refuse(
                ("regions",),
                f"{len(signs)} of {len(self.regions)} regions are signs",
                "Have at least as many that are none.",
            )
        if scene.shows_concern not in (None, bool(signs)):
            complaint = "a scene of no concern has signs to find" if signs else "no region is a sign"
            refuse((), complaint, "Correct the regions or the truth.")

    def _check_regions(self, drawing: Drawing, refuse: Refuse) -> None:
        for number, region in enumerate(self.regions):
            if region.id not in drawing.pins:
                refuse(
                    ("regions", number, "id"),
                    f'the picture has no region "{region.id}"',
                    "Write its id as it is there.",
                )
        for name in sorted(set(drawing.pins) - {listed.id for listed in self.regions}):
            refuse(("regions",), f'the region "{name}" of the picture isn\'t listed', "List every region.")

    def payload(self, scene: Situation) -> dict[str, Any]:
        """Return all that is needed to show and to score it, the picture included.

        Regions are numbered from the left, so that neither the author nor the picture's file says which ones count.
        """
        drawing = scene.drawings[self.picture]
        assert drawing is not None  # the checks have shown it
        shown = sorted(self.regions, key=lambda region: drawing.pins[region.id])
        options = [
            {
                "id": region.id,
                "text": region.text,
                "why": region.why,
                "key": region.sign is not None,
                "sign": region.sign,
                "name": scene.indicators[region.sign].name if region.sign else None,
                "left": drawing.pins[region.id][0],
                "top": drawing.pins[region.id][1],
            }
            for region in shown
        ]
        return {
            **scene_of(scene, self.type),
            "ask": self.ask,
            "shows": self.shows,
            "picture": {"view_box": drawing.view_box, "markup": drawing.markup},
            "options": options,
        }

    def digest(self, scene: Situation) -> str:
        """Hash what scoring rests on and what is seen before answering, the picture included."""
        return digest_of(self.payload(scene))

    def texts(self) -> Iterable[str]:
        """List what is read of it."""
        read = [
            text for region in self.regions for text in ((region.text, region.why) if region.sign else (region.text,))
        ]
        return [*([self.ask] if self.ask else []), *read]


class ShownRegion(ShownOption):
    """A region as it was drawn: where its number stands, in percent from the left and from the top."""

    left: float
    top: float


class ShownPicture(Kept):
    """The picture as it was. It was written from shapes alone (`content/illustrations.py`), so a page can trust it."""

    view_box: str
    markup: str

    @property
    def shapes(self) -> Markup:
        """What stands within the `<svg>` of a page."""
        return Markup(self.markup)  # noqa: S704 only shapes


class SpotPayload(ChoicePayload):
    """A picture with its regions as they were drawn, the regions in the order of their numbers."""

    type: Literal["spot"] = "spot"
    shows: str
    picture: ShownPicture
    options: list[ShownRegion]  # type: ignore[assignment]

    def draw(self, rng: Random) -> list[str]:
        """Return the regions by their numbers: they stay where they are."""
        return self.order_for_all()

    def told(self, mark: Mark) -> str:
        """Say how many signs were found, and what was chosen besides."""
        return tell_signs(
            mark,
            chose_none=_("There is no sign here, and you chose none."),
            chose_some=_("There is no sign here, and you chose %(number)s.", number=mark.wrong),
            besides=ngettext(", and chose %(num)s ordinary thing.", ", and chose %(num)s ordinary things.", mark.wrong),
        )


class SpotForm(ChoiceForm):
    """Any regions; none may be chosen."""

    def show(self, payload: Payload) -> None:
        """Give the regions their texts."""
        super().show(payload)
        assert isinstance(payload, SpotPayload)
        self.chosen.label.text = payload.ask or _l("What’s in the picture")


_PICTURE = """\
<svg xmlns="http://www.w3.org/2000/svg" class="art" viewBox="0 0 960 610">
<path class="g-sand" d="M0 0h960v610H0z" fill="#e3d2a9"/>
<g id="region-hut" data-pin="10 30"><rect x="20" y="40" width="90" height="200" fill="#16322f"/></g>
<g id="region-desk" data-pin="80 60"><circle cx="700" cy="400" r="60" fill="#8a5a36"/></g>
<g id="region-bus" data-pin="40 30"><ellipse cx="400" cy="200" rx="80" ry="40" fill="#41598a"/></g>
<g id="region-gate" data-pin="40 80"><path d="M300 400h160v160H300z" fill="#b5613c"/></g>
</svg>
"""


def samples() -> list[Sample]:
    """Return one with four regions."""

    def item(**signs: str) -> dict[str, object]:
        texts = {"hut": "A guard sits in a hut", "desk": "A man at a desk holds three cards"}
        texts |= {"bus": "A bus waits with its door open", "gate": "A boss stands by the gate"}
        regions = [
            {"id": name, "text": text, "why": f"Of the {name}.", **({"sign": signs[name]} if name in signs else {})}
            for name, text in texts.items()
        ]
        return {"type": "spot", "picture": "yard", "shows": "A yard with a hut, a desk and a bus.", "regions": regions}

    return [
        Sample(
            authored=item(desk="C1", gate="A1"),
            otherwise=item(hut="C1", bus="A1"),
            right={"chosen": ["desk", "gate"]},
            wrong={"chosen": ["hut"]},
            partly={"chosen": ["gate"]},
            altered=[{"chosen": "made-up"}, {"chosen": ["desk", "desk"]}, {"chosen": ["desk", "region-gate"]}],
            as_they_come=lambda order: {"chosen": list(order[:2])},
            files={"illustrations/yard.svg": _PICTURE},
        )
    ]


SPOT = FurtherType(
    name="spot",
    model=SpotItem,
    payload=SpotPayload,
    form=SpotForm,
    heading=_l("Spot the signs"),
    lead=_l(
        "Choose everything you would put in a report, and leave the rest. There may be none. The numbers in the "
        "picture and the list are the same choices. Wrong ones count against you."
    ),
    button=_l("Check my choice"),
    samples=samples,
    hint=_l(
        "Choose everything you would put in a report, and leave the rest. There may be none. Tap the numbers, or use "
        "the list: they’re the same choices."
    ),
)
