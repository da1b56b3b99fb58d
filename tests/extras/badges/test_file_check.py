"""Anybody can check a file: a clear word for each outcome, the same in JSON, and nothing of it is kept."""

from __future__ import annotations

import base64
import io
import json
import zlib

import pypdf
import pytest

from tests.credentials.conftest import SITE, parts_of, written
from tests.extras.badges.conftest import Badged
from tests.extras.badges.files import SVG, picture, send
from tests.support import Visitor
from trainer.core import clock, issuer_keys
from trainer.core.db import Base, db, transaction
from trainer.credentials.issuer import issuer_keys as keys_of
from trainer.credentials.operations import revoke
from trainer.credentials.rules import show_serial
from trainer.extras.badges.baking import _KEYWORD, _PLAIN, _chunk, bake_png

NAMES = ("certificate.pdf", "badge.png", "badge.svg", "badge.jwt")


def verdict_of(issued: Badged, data: bytes) -> str:
    """Return what a program is told."""
    answer = send(issued, data, headers={"Accept": "application/json"})
    assert answer.json is not None
    assert (answer.json["verify_url"] is None) == (answer.json["verdict"] not in {"valid", "revoked", "differs"})
    return str(answer.json["verdict"])


def file(issued: Badged, name: str) -> bytes:
    return issued.get(f"/verify/{issued.serial}/{name}")


@pytest.mark.parametrize("name", NAMES)
def test_our_files_are_ours_until_the_certificate_is_withdrawn(issued: Badged, name: str) -> None:
    data = file(issued, name)
    answer = send(issued, data)
    assert answer.status_code == 200
    assert '<h1 id="verdict">Valid</h1>' in answer.text
    assert f"/verify/{show_serial(issued.serial)}" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert verdict_of(issued, data) == "valid"
    with issued.app.app_context(), transaction():
        revoke(issued.serial, "By mistake", clock.now())
    assert '<h1 id="verdict">Withdrawn</h1>' in send(issued, data).text
    assert verdict_of(issued, data) == "revoked"


def with_attachment(pdf: bytes) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf))
    writer.add_attachment("a.zip", b"PK\3\4")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def test_a_pdf_that_differs_is_not_taken_for_ours(issued: Badged) -> None:
    pdf = file(issued, "certificate.pdf")
    for changed in (pdf + b"\n", pdf.replace(b"%PDF-1.7", b"%PDF-1.6")):
        assert verdict_of(issued, changed) == "differs"
    assert verdict_of(issued, with_attachment(pdf)) == "not_ours"  # written anew, its links are no longer plain
    page = send(issued, pdf + b"\n").text
    assert '<h1 id="verdict">Not sure</h1>' in page
    assert "Go by the certificate’s page" in page
    elsewhere = pdf.replace(SITE.encode(), b"https://training.example.com")
    assert verdict_of(issued, elsewhere) == verdict_of(issued, b"%PDF-1.7\n") == "not_ours"
    twice = pdf + f"/URI({SITE}/verify/{'0' * 27})".encode()
    assert verdict_of(issued, twice) == "not_ours"


def test_each_outcome_of_a_badge_has_its_word(issued: Badged) -> None:
    token = issued.badge()
    head, _body, signature = token.split(".")
    body = issued.own_badge("?results=y").split(".")[1]
    sent = {
        "Changed": f"{head}.{body}.{signature}".encode(),
        "Not ours": f"{written({'alg': 'none'})}.{body}.{signature}".encode(),
        "Not signed": json.dumps(parts_of(token)[1]).encode(),
        "Can’t be read": picture(),
    }
    for word, data in sent.items():
        assert f'<h1 id="verdict">{word}</h1>' in send(issued, data).text, word
    assert send(issued, picture()).status_code == 422
    assert verdict_of(issued, bake_png(picture(), token)) == "valid"  # the text is the badge, whatever it is baked in


def test_a_compromised_key_is_said(issued: Badged, monkeypatch: pytest.MonkeyPatch) -> None:
    token = issued.badge()
    with issued.app.app_context():
        (key,) = keys_of().keys
    given_up = issuer_keys.IssuerKeys((issuer_keys.IssuerKey(key.key, key.made_at, None, clock.now()),))
    monkeypatch.setattr("trainer.extras.badges.checking.issuer_keys", lambda: given_up)
    assert '<h1 id="verdict">No longer accepted</h1>' in send(issued, token.encode()).text


def baked(badge: bytes) -> bytes:
    """Return a picture with these bytes where a badge has its text."""
    return bake_png(picture(), "A").replace(
        _chunk(b"iTXt", _KEYWORD + _PLAIN + b"A"), _chunk(b"iTXt", _KEYWORD + badge)
    )


@pytest.mark.parametrize(
    "data",
    [
        b"\0" * 100_000,
        b"PK\3\4" + b"\0" * 1_000,
        b"\x1f\x8b" + b"\0" * 1_000,
        b"<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d '&b;&b;'>]><svg>&d;</svg>",
        b"<svg>" * 20_000,
        b"{" * 50_000,
        SVG,
        b"A" * 200_000,
        b". . .",
        b'{"sha256": {}, "organization": ' + b"[" * 200_000,
        b'{"a": ' + b"1" * 200_000 + b"}",
        b"e" * 60_000 + b"." * 4_000,
        b".".join([base64.urlsafe_b64encode(b"[" * 20_000)] * 3),
        b"<svg " + b" ".join(b'a%d=""' % number for number in range(20_000)) + b"/>",
        b"<svg" + b' xmlns:%s="u"' % (b"a" * 200_000) + b"/>",
        baked(b"\1\0\0\0" + zlib.compress(b"A" * 100_000_000)),
        b"%PDF-1.7" + b"/URI (" * 40_000,
        b"%PDF-1.7" + b"".join(b"/URI (%s/verify/%d)" % (SITE.encode(), number) for number in range(5_000)),
    ],
    ids=lambda data: repr(data[:12]),
)
def test_hostile_files_are_refused_in_time(issued: Badged, data: bytes) -> None:
    assert verdict_of(issued, data) in {"unreadable", "not_ours", "unsigned"}


def test_files_that_cannot_be_read_count_in_the_limit(issued: Badged) -> None:
    statuses = [send(issued, b"PK\3\4").status_code for _number in range(301)]
    assert (statuses[0], statuses[299], statuses[300]) == (422, 422, 429)


def test_nothing_chosen_and_too_much_say_what_to_do(issued: Badged) -> None:
    answer = send(issued, None)
    assert answer.status_code == 422
    assert '<a href="#file">Choose the file that you want to check.</a>' in answer.text
    answer = send(issued, None, headers={"Accept": "application/json"})
    assert (answer.status_code, "Choose the file" in answer.text) == (422, True)
    assert send(issued, b"A" * 1_000_000).status_code == 413


def test_nothing_of_a_file_is_kept(issued: Badged) -> None:
    def rows() -> list[object]:
        tables = [table for name, table in Base.metadata.tables.items() if name != "limit_counts"]
        with issued.app.app_context():
            return [db.session.execute(db.select(table)).all() for table in tables]

    before = rows()
    for name in NAMES:
        send(issued, file(issued, name))
    assert rows() == before


def test_the_page_for_a_number_leads_to_the_one_for_a_file(issued: Badged) -> None:
    visitor = Visitor(issued.app, SITE)
    assert 'href="/verify/file"' in visitor.get("/verify").text
    page = visitor.get("/verify/file")
    assert "Check a file" in page.text
    assert "Set-Cookie" not in page.headers
