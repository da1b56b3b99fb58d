"""What every page says, to compare two versions: `PYTHONHASHSEED=0 python -m tests.browser.record
FOLDER`, then `diff -r` two folders.

Each address of `sheets.py` is asked for by each of several people, beside whoever has a page there; and each mail that
was ordered on the way is written. Ids, tokens and times within the day are left out.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import uuid
from pathlib import Path
from urllib.parse import quote

import time_machine
from werkzeug.wrappers import Response

from tests.browser.live import serve_here
from tests.browser.pictures import migrated
from tests.browser.sheets import SHEETS
from tests.browser.stage import Stage, set_stage
from trainer.core import chance
from trainer.core.db import db
from trainer.core.outbox import OutboxMessage
from trainer.jobs.emails import write

PEOPLE = (None, "guest", "new", "middle", "passed", "officer", "alice", "former", "careful", "administrator", "invited")
WHEN = "2026-11-30T15:00:00+00:00"
_NOISE = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\b[0-9a-f]{32,64}\b"), "ID"),
    (re.compile(r'<path class="qrline"[^>]+>'), "QR"),
    (re.compile(r"\b(?:ID|[\w-]{20,})(?:\.[\w-]{2,}){1,2}\b"), "TOKEN"),
    (re.compile(r"(?<=[\"/=.])(?=[\w-]*\d)(?=[\w-]*[a-zA-Z])[\w-]{16,}(?=[\"?&/])"), "TOKEN"),
    (re.compile(r"(nonce|integrity)=\"[^\"]+\""), r"\1"),
    (re.compile(r"127\.0\.0\.1:\d+|localhost:\d+"), "HOST"),
    (re.compile(r"\b(person|new)\d+\.\d+@"), r"\1@"),
)
_HEADERS = (
    "Content-Type",
    "Location",
    "Cache-Control",
    "X-Robots-Tag",
    "Content-Disposition",
    "Vary",
    "Clear-Site-Data",
)


def main(target: Path) -> None:
    """Write all pages into a folder."""
    _draw_alike(random.Random(1))
    with tempfile.TemporaryDirectory() as name, time_machine.travel(WHEN, tick=False):
        folder = Path(name) / "live"
        folder.mkdir()
        with serve_here(folder, migrated(Path(name) / "empty")) as live:
            stage = set_stage(live)
            for sheet in SHEETS:
                for who in dict.fromkeys([sheet.who, *PEOPLE]):
                    _write(target / _name(sheet.name, who), _page(stage, sheet.address(stage), who))
            _mails(stage, target / "mail")


def _draw_alike(rng: random.Random) -> None:
    """Let whatever is drawn be the same in each run."""
    uuid.uuid4 = lambda: uuid.UUID(int=rng.getrandbits(128), version=4)
    random.SystemRandom.random = lambda _self: rng.random()  # type: ignore
    random.SystemRandom.getrandbits = lambda _self, bits: rng.getrandbits(bits)  # type: ignore
    random.SystemRandom.randbytes = lambda _self, number: rng.randbytes(number)  # type: ignore
    chance.rng = rng


def _name(sheet: str, who: str | None) -> str:
    return f"{quote(who or 'nobody')}/{sheet}"


def _page(stage: Stage, address: str, who: str | None) -> str:
    client = stage.live.app.test_client()
    if who is not None:
        cookie = stage.cookies[who]
        client.set_cookie(cookie["name"], cookie["value"], domain="127.0.0.1")
    with client.get(address, base_url=stage.live.url) as answer:
        return _told(answer)


def _told(answer: Response) -> str:
    lines = [answer.status, *(f"{name}: {answer.headers.get(name)}" for name in _HEADERS if name in answer.headers)]
    if re.search("^text/|json$|xml$", answer.mimetype or ""):
        lines += ["", answer.get_data(as_text=True)]
    return "\n".join(lines)


def _mails(stage: Stage, folder: Path) -> None:
    with stage.live.app.app_context():
        messages = db.session.query(OutboxMessage).order_by(OutboxMessage.created_at, OutboxMessage.id).all()
        letters: dict[str, list[str]] = {}
        for message in messages:
            letters.setdefault(message.template, []).append(repr(write(message)).replace("\\n", "\n"))
    for template, texts in letters.items():
        _write(folder / template, "\n\n".join(sorted(texts)))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    for pattern, name in _NOISE:
        text = pattern.sub(name, text)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
