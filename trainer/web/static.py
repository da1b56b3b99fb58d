"""Static files, read and compressed once, under a path that holds their digest: browsers may keep them forever."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from flask import Flask, Response, abort, request

FOLDER = Path(__file__).parent / "static"
_WORTH_COMPRESSING = 500


@dataclass(frozen=True)
class _File:
    mimetype: str
    plain: bytes
    brotli: bytes | None
    gzip: bytes | None


def init_static(app: Flask, *, reread: bool) -> None:
    """Serve the folder; with `reread` (development) from the disk each time."""
    files = _read()
    digest = hashlib.sha256(b"".join(name.encode() + b"\0" + file.plain for name, file in files.items()))

    def static(filename: str) -> Response:
        file = (_read() if reread else files).get(filename)
        if file is None:
            abort(404)
        return _answer(file)

    app.add_url_rule(f"/static/{digest.hexdigest()[:12]}/<path:filename>", "static", static, methods=["GET"])


@cache
def style_text() -> str:
    """Return the style sheets as text, for a page that has nothing beside it, such as one in a file."""
    return "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in ("tokens.css", "components.css"))


def _read() -> dict[str, _File]:
    files = {}
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            plain = path.read_bytes()
            mimetype = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            worth = len(plain) >= _WORTH_COMPRESSING and mimetype.startswith(("text/", "image/svg"))
            files[path.relative_to(FOLDER).as_posix()] = _File(
                mimetype,
                plain,
                *(_compress(plain) if worth else (None, None)),
            )
    return files


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
