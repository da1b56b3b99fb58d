"""The pictures of modules, lessons and groups of signs: SVG drawings of shapes alone, read by a short allow-list and
rewritten for a page."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Mapping
from html import escape
from typing import Final
from xml.parsers import expat

from markupsafe import Markup

Complain = Callable[[int, str, str], None]
"""Takes a line, what is wrong there, and what to do."""

NAME: Final = re.compile(r"pictures/([a-z0-9]+(?:-[a-z0-9]+)*)\.svg")
WEIGHT_LIMIT: Final = 1536  # bytes, as it travels: each lesson carries one
VIEW: Final = "0 0 320 160"
GROUP_VIEW: Final = "0 0 74 74"
# Large surfaces, which components.css darkens where a reader prefers dark pages. All else keeps its color.
SURFACE: Final = "g-(?:dirt2?|dusk|grass|haze|hill2?|mint|peach|rug2?|sage|sand2?|sky|slab2?|stone2?|tile2?)"

_NUMBER: Final = r"-?[0-9]*\.?[0-9]+"
_NUMBERS: Final = rf"{_NUMBER}(?:[ ,]+{_NUMBER})*"
_COLOR: Final = r"none|#[0-9a-f]{3}|#[0-9a-f]{6}"
_SHARED: Final = {
    "class": SURFACE,
    "fill": _COLOR,
    "opacity": _NUMBER,
    "stroke": _COLOR,
    "stroke-linecap": "butt|round|square",
    "stroke-linejoin": "bevel|miter|round",
    "stroke-width": _NUMBER,
    "transform": rf"(?:(?:rotate|scale|translate)\({_NUMBERS}\) ?)+",
}


def _shape(*names: str) -> dict[str, str]:
    return {**_SHARED, **dict.fromkeys(names, _NUMBER)}


_ALLOWED: Final[Mapping[str, Mapping[str, str]]] = {
    "svg": {"xmlns": r"http://www\.w3\.org/2000/svg", "class": "art", "viewBox": f"{VIEW}|{GROUP_VIEW}"},
    "g": _SHARED,
    "path": {**_SHARED, "d": r"[-.,0-9 a-zA-Z]+"},
    "rect": _shape("x", "y", "width", "height", "rx", "ry"),
    "circle": _shape("cx", "cy", "r"),
    "ellipse": _shape("cx", "cy", "rx", "ry"),
    "line": _shape("x1", "y1", "x2", "y2"),
    "polyline": {**_SHARED, "points": _NUMBERS},
    "polygon": {**_SHARED, "points": _NUMBERS},
}
_SHAPES: Final = ", ".join(tag for tag in _ALLOWED if tag != "svg")


def read_picture(text: str, complain: Complain) -> Markup | None:
    """Return a drawing as it stands in a page, hidden from screen readers; None after a complaint."""
    if declared := re.search(r"<[!?]", text):
        line = text.count("\n", 0, declared.start()) + 1
        complain(line, "a picture holds nothing but shapes", 'Begin with "<svg", and take comments and the like out.')
        return None
    picture = _Picture(complain)
    picture.read(text)
    drawn = "".join(picture.written)
    weight = len(gzip.compress(drawn.encode(), mtime=0))
    if picture.is_sound and weight > WEIGHT_LIMIT:
        complain(1, f"the picture takes {weight} bytes, and {WEIGHT_LIMIT} at most", "Draw fewer or simpler shapes.")
        return None
    return Markup(drawn) if picture.is_sound else None  # noqa: S704 written from the allow-list alone


class _Picture:
    """What was read of a picture so far, and how it is written."""

    def __init__(self, complain: Complain) -> None:
        self.is_sound = True
        self.written: list[str] = []
        self._complain = complain
        self._depth = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._open
        self._parser.EndElementHandler = self._close
        self._parser.CharacterDataHandler = self._read_text

    def read(self, text: str) -> None:
        try:
            self._parser.Parse(text, True)
        except expat.ExpatError as fault:
            self.is_sound = False
            self._complain(fault.lineno, "this isn't well-formed SVG", "Close each element, and quote each value.")

    def _open(self, name: str, given: dict[str, str]) -> None:
        if (name == "svg") != (self._depth == 0) or name not in _ALLOWED:
            self._refuse(f'"{name[:40]}" has no place here', f"Draw with {_SHAPES}, all in one svg.")
        elif name == "svg" and "viewBox" not in given:
            self._refuse('"viewBox" is missing', f'Write viewBox="{VIEW}".')
        self._depth += 1
        allowed = _ALLOWED.get(name, given)
        for key, value in given.items():
            if key not in allowed:
                self._refuse(f'"{key[:40]}" has no place here', "Take it out; content/README.md lists what may stand.")
            elif name in _ALLOWED and not re.fullmatch(allowed[key], value):
                self._refuse(f'"{key}" has a value that isn\'t allowed', "content/README.md lists what may stand.")
        if name == "svg":
            fills = {"preserveAspectRatio": "xMidYMid slice"}  # whatever box it stands in
            given = {"class": "art", "viewBox": given.get("viewBox", VIEW), **fills, "aria-hidden": "true"}
        values = "".join(f' {key}="{escape(value)}"' for key, value in given.items())
        self.written.append(f"<{name}{values}>")

    def _close(self, name: str) -> None:
        self._depth -= 1
        self.written.append(f"</{name}>")

    def _read_text(self, text: str) -> None:
        if text.strip():
            self._refuse("there are words in the picture", "Take them out: pictures are the same in each language.")

    def _refuse(self, what: str, remedy: str) -> None:
        self.is_sound = False
        self._complain(self._parser.CurrentLineNumber, what, remedy)
