"""Pictures, and a file that is sent to be checked."""

from __future__ import annotations

import io
from typing import Any

import png
from werkzeug.test import TestResponse

from tests.credentials.conftest import SITE, Issued


def picture() -> bytes:
    """Return a PNG of four pixels."""
    file = io.BytesIO()
    png.Writer(2, 2, greyscale=True).write(file, [[0, 255], [255, 0]])
    return file.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path d="M0 0h1"/></svg>'


def send(issued: Issued, data: bytes | None, **options: Any) -> TestResponse:
    """Send a file as a browser without cookies does."""
    fields = {} if data is None else {"file": (io.BytesIO(data), "a file")}
    return issued.app.test_client().post("/verify/file", data=fields, base_url=SITE, **options)
