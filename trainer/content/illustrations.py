"""Illustrations: pictures in SVG with regions that a question asks about, read as shapes and nothing else.

A picture is rewritten from the elements and attributes listed here, so that nothing else of a file reaches a page: no
script, no style, no address, no handler, and none of its names, which could give an answer away.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Final
from xml.parsers import expat

from trainer.content.complaints import Unreadable, short

SIZE_LIMIT: Final = 8 * 1024
"""Bytes of a file that was compressed: every page that shows it carries it."""

_TELLING: Final = re.compile(
    "(?:.*-)?(alike|control|controller|cue|danger|decoy|fine|guilty|harmless|innocent|key|no|normal|ok|ordinary|right|"
    "safe|sign|strong|suspect|target|weak|wrong|yes)(?:-.*)?"
)
"""Names of regions that would tell whether they count."""

_SHAPES: Final = frozenset({"path", "circle", "ellipse", "rect", "g"})
_NUMBER: Final = r"-?(?:\d+(?:\.\d+)?|\.\d+)"
_ATTRIBUTES: Final = {
    "class": re.compile(r"g-[a-z0-9]+"),
    "d": re.compile(r"[-MmLlHhVvCcSsQqTtAaZz0-9eE.,\s]+"),
    "transform": re.compile(rf"(?:(?:translate|scale|rotate)\({_NUMBER}(?:[ ,]+{_NUMBER})*\) ?)+"),
    **dict.fromkeys(("fill", "stroke"), re.compile(r"#[0-9a-fA-F]{3,6}|[a-z]+")),
    **dict.fromkeys(("stroke-linecap", "stroke-linejoin"), re.compile(r"[a-z]+")),
    **dict.fromkeys(
        ("cx", "cy", "height", "opacity", "r", "rx", "ry", "stroke-dasharray", "stroke-width", "width", "x", "y"),
        re.compile(rf"{_NUMBER}(?: {_NUMBER})*"),
    ),
}
"""What a shape may have, and of what kind it must be."""

_REGION: Final = re.compile(r"region-([a-z0-9]+(?:-[a-z0-9]+)*)")
_PIN: Final = re.compile(r"(\d+(?:\.\d+)?) (\d+(?:\.\d+)?)")
_BOX: Final = re.compile(rf"{_NUMBER} {_NUMBER} {_NUMBER} {_NUMBER}")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture ready for a page. `markup` is what stands within its `<svg>`; `pins` has, by region, where the number
    of the region may stand, in percent from the left and from the top."""

    view_box: str
    markup: str
    pins: Mapping[str, tuple[float, float]]


def draw(text: str) -> Drawing:
    """Read a picture. Raises Unreadable where it holds anything but shapes and regions."""
    if len(gzip.compress(text.encode(), mtime=0)) > SIZE_LIMIT:
        raise Unreadable(1, f"the picture is larger than {SIZE_LIMIT // 1024} KB when compressed", "Draw less in it.")
    return _SvgReader().read(text)


class _SvgReader:
    """Reads the elements one by one, and writes down those that a page may have."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse_more
        self.parser.ProcessingInstructionHandler = self._refuse_more
        self.view_box = ""
        self.pins: dict[str, tuple[float, float]] = {}
        self.open: list[str] = []
        self.region_depth = 0
        self.written: list[str] = []

    def read(self, text: str) -> Drawing:
        try:
            self.parser.Parse(text.encode(), True)
        except expat.ExpatError as fault:
            raise Unreadable(fault.lineno, "this can't be read as SVG", "Export the picture again.") from None
        if not self.pins:
            raise self._fault("the picture has no region", 'Write <g id="region-door" data-pin="20 35"> around one.')
        return Drawing(self.view_box, "".join(self.written), self.pins)

    def _fault(self, what: str, remedy: str) -> Unreadable:
        return Unreadable(self.parser.CurrentLineNumber, what, remedy)

    def _refuse_more(self, *_given: object) -> None:
        raise self._fault("the picture holds more than elements", "Take out the line.")

    def _start(self, name: str, given: dict[str, str]) -> None:
        if not self.open:
            self._begin(name, given)
        elif name == "title":
            self._attributes(name, given)  # for people who draw; a page has the words of the question
        elif name in _SHAPES and self.open[-1] in ("svg", "g"):
            if name == "g":
                given = self._without_region(given)
            self.written.append(f"<{name}{self._attributes(name, given)}>")
        else:
            raise self._fault(f"<{short(name)}> isn't allowed here", f"Use {', '.join(sorted(_SHAPES))} and title.")
        self.open.append(name)

    def _end(self, name: str) -> None:
        self.open.pop()
        if name in _SHAPES:
            self.written.append(f"</{name}>")
        if len(self.open) < self.region_depth:
            self.region_depth = 0

    def _begin(self, name: str, given: dict[str, str]) -> None:
        if name != "svg" or not _BOX.fullmatch(given.get("viewBox", "")):
            raise self._fault("the picture doesn't begin with its size", 'Begin with <svg viewBox="0 0 960 610">.')
        for key in given.keys() - {"xmlns", "viewBox", "class"}:
            raise self._fault(f'<svg> has "{short(key)}"', "Take it out.")
        self.view_box = given["viewBox"]

    def _without_region(self, given: dict[str, str]) -> dict[str, str]:
        """Note the region that a group is, and return its other attributes."""
        if "id" not in given and "data-pin" not in given:
            return given
        region, pin = _REGION.fullmatch(given.get("id", "")), _PIN.fullmatch(given.get("data-pin", ""))
        if region is None or pin is None:
            raise self._fault(
                "a group isn't quite a region", 'Write it as <g id="region-door" data-pin="20 35">, or take both out.'
            )
        name, left, top = region[1], float(pin[1]), float(pin[2])
        if self.region_depth:
            raise self._fault(f'the region "{name}" stands in another one', "End that one first.")
        if name in self.pins:
            raise self._fault(f'the region "{name}" is there twice', "Give each its own name.")
        if telling := _TELLING.fullmatch(name):
            raise self._fault(f'"{telling[1]}" in "{name}" tells whether the region counts', "Name what can be seen.")
        if not (2 <= left <= 98 and 2 <= top <= 98):
            raise self._fault(f'the number of "{name}" would stand at the edge', "Keep data-pin between 2 and 98.")
        self.pins[name] = (left, top)
        self.region_depth = len(self.open) + 1
        return {key: value for key, value in given.items() if key not in ("id", "data-pin")}

    def _attributes(self, name: str, given: Mapping[str, str]) -> str:
        for key, value in given.items():
            if key not in _ATTRIBUTES:
                raise self._fault(f'<{name}> has "{short(key)}"', "Take it out.")
            if not _ATTRIBUTES[key].fullmatch(value):
                raise self._fault(f'"{key}" can\'t be "{short(value)}"', "Write a color, a word or numbers.")
        return "".join(f' {key}="{escape(" ".join(value.split()))}"' for key, value in given.items())
