"""Static files, read and compressed once, under a path that holds their digest: browsers may keep them forever."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import brotli
from flask import Flask, Response, abort, request

FOLDER: Final = Path(__file__).parent / "static"
ADDED_TO: Final = {"script.js": "app.js", "style.css": "components.css"}
"""What a folder beside the code may have, and the file that browsers get it in."""
_WORTH_COMPRESSING: Final = 500


@dataclass(frozen=True)
class _File:
    mimetype: str
    plain: bytes
    brotli: bytes | None
    gzip: bytes | None


def init_static(app: Flask, folders: Sequence[Path], *, reread: bool) -> None:
    """Serve our folder and what `folders` add to its files; with `reread` (development) from the disk each time."""
    files = _read(folders)
    digest = hashlib.sha256(b"".join(name.encode() + b"\0" + file.plain for name, file in files.items()))

    def static(filename: str) -> Response:
        file = (_read(folders) if reread else files).get(filename)
        if file is None:
            abort(404)
        return _answer(file)

    app.add_url_rule(f"/static/{digest.hexdigest()[:12]}/<path:filename>", "static", static, methods=["GET"])


@cache
def style_text() -> str:
    """Return the style sheets as text, for a page that has nothing beside it, such as one in a file."""
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in ("tokens.css", "components.css"))


def _read(folders: Sequence[Path]) -> dict[str, _File]:
    plain = {path.relative_to(FOLDER).as_posix(): path.read_bytes() for path in sorted(FOLDER.iterdir())}
    for added, name in ADDED_TO.items():
        plain[name] += b"".join((folder / added).read_bytes() for folder in folders if (folder / added).is_file())
    return {name: _file(name, content) for name, content in plain.items()}


def _file(name: str, plain: bytes) -> _File:
    mimetype = mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_worth_it = len(plain) >= _WORTH_COMPRESSING and mimetype.startswith(("text/", "image/svg"))
    return _File(mimetype, plain, *(_compress(plain) if is_worth_it else (None, None)))


@cache
def _compress(plain: bytes) -> tuple[bytes, bytes]:
    """Return (brotli, gzip); kept, for a process may build several apps."""
    # A level below the best takes a third of the time, at each start, for a fortieth of the size.
    return brotli.compress(plain, quality=10), gzip.compress(plain, mtime=0)


def _answer(file: _File) -> Response:
    accepted = request.accept_encodings
    for encoding, data in (("br", file.brotli), ("gzip", file.gzip)):
        if data is not None and accepted[encoding]:
            response = Response(data, mimetype=file.mimetype)
            response.content_encoding = encoding
            break
    else:
        response = Response(file.plain, mimetype=file.mimetype)
    response.vary.add("Accept-Encoding")
    return response
