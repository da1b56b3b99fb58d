"""What stands beside a course as one night on duty: the practice shift, and the rare shift."""

from __future__ import annotations

from pydantic import Field

from trainer.content.parts import Clock, Part, SignRef, Slug, Text


class HandoverPoint(Part):
    """Something that a handover should say, to tick if one's own does."""

    id: Slug
    text: Text


class Handover(Part):
    """What the next shift needs to know of a night: one way to say it, and what to look for in one's own."""

    ask: Text  # who comes, and when
    model: Text
    points: list[HandoverPoint] = Field(min_length=2)


class ShiftFile(Part):
    """`courses/<course>/shifts/<name>.yaml`: scenes of one night, in clock order, with the answer after each."""

    title: Text
    intro: Text
    scenes: list[Slug] = Field(min_length=2)
    handover: Handover | None = None


class RareEvent(Part):
    """A short event of a night. The line of the rule says whether it is one to report, to note, or neither.

    Without a `clock` it may happen at any hour, and stands anywhere in the night.
    """

    id: Slug
    clock: Clock | None = None
    text: Text
    rule: Slug
    signs: list[SignRef] = []
    why: Text


class RareFile(Part):
    """`courses/<course>/rare.yaml`: a night in which nearly everything is ordinary, drawn for each attempt."""

    title: Text
    intro: Text
    note: Text | None = None
    number: int = Field(ge=2, le=100)  # of events in a night
    worrying_at_most: int = Field(ge=0)  # of these; how many there are is drawn, too
    example_one_in: int = Field(ge=10)  # the made-up rate of the example in the result
    events: list[RareEvent] = Field(min_length=2)  # those with a clock in the order of the night
