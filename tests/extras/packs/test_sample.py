"""The sample pack: written like a real one, a sample in every file, and nothing in it can be taken for real."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pypdf
import pytest
from flask import Flask

from tests.assessment.swapped import copy_content, open_library
from tests.compliance.conftest import Training
from tests.content import small
from tests.content.computed import put_chances
from tests.extras.packs.made import order
from tests.learning.public import all_rows
from tests.support import Visitor
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.db import db
from trainer.core.work import Job
from trainer.credentials.rules import read_serial
from trainer.extras.packs import making
from trainer.extras.packs.sample import MARK, sample_pack
from trainer.extras.packs.sealing import SEAL
from trainer.items.registry import MODELS
from trainer.jobs.work import advance

TABLES = ("roster", "training-status", "completions", "attestations", "requirements")


def unpack(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        assert pack.testzip() is None
        return {name: pack.read(name) for name in pack.namelist()}


def table(files: Mapping[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(files[f"{name}.csv"].decode("utf-8-sig"))))


@pytest.fixture
def files(shelf: Library, app: Flask) -> dict[str, bytes]:
    with app.app_context():
        return unpack(sample_pack(shelf.content))


def test_anyone_gets_it_without_a_cookie_or_a_row(app: Flask, visitor: Visitor) -> None:
    assert 'href="/sample-evidence-pack.zip"' in visitor.get("/for-firms").text
    answer = visitor.get("/sample-evidence-pack.zip")
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert "sample-evidence-pack.zip" in answer.headers["Content-Disposition"]
    assert "Set-Cookie" not in answer.headers
    assert all_rows(app) == 0
    assert visitor.get("/sample-evidence-pack.zip").data == answer.data


def test_the_manifest_has_the_hash_of_every_file(files: dict[str, bytes]) -> None:
    about = json.loads(files.pop("manifest.json"))
    assert about["note"] == str(MARK)
    assert about["sha256"] == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}


def test_each_text_and_each_row_is_a_sample(files: dict[str, bytes]) -> None:
    texts = {name: data.decode("utf-8-sig") for name, data in files.items() if not name.endswith(".pdf")}
    lines = {name: text if name.endswith((".html", ".json")) else text.splitlines()[0] for name, text in texts.items()}
    assert [name for name, text in lines.items() if str(MARK) not in text] == []
    for name in (*TABLES, "waivers", "meetings", "reminders", "requirement-history"):
        rows = table(files, name)
        assert rows
        assert {row[str(MARK)] for row in rows} == {"Sample"}


def test_each_certificate_is_a_sample_that_nobody_can_check(files: dict[str, bytes], visitor: Visitor) -> None:
    certificates = {name: data for name, data in files.items() if name.startswith("certificates/")}
    numbers = [row["Certificate"] for row in table(files, "completions")]
    by_number = {name.rpartition(" - ")[2].removesuffix(".pdf"): data for name, data in certificates.items()}
    assert sorted(by_number) == sorted(numbers)
    assert "certificates/Ada Sample - 1001 - SAMPL-E0001.pdf" in certificates
    for number, data in by_number.items():
        (page,) = pypdf.PdfReader(io.BytesIO(data)).pages
        text = " ".join(page.extract_text().split())
        for part in ("SAMPLE", "not a certificate", "Sample – not a certificate", "It can’t be checked", number):
            assert part in text
        assert "Certificate of completion" not in text
        assert "/verify/" not in text
        assert b"QR code" not in data
        assert read_serial(number) is None
        assert visitor.get(f"/verify/{number}").status_code == 404


def test_it_shows_each_kind_of_standing(files: dict[str, bytes]) -> None:
    assert {row["Status"] for row in table(files, "training-status")} == {
        *("Current", "Due soon", "Overdue", "Expired", "In progress", "Waived"),
    }


def test_it_has_the_files_and_columns_of_a_real_pack(training: Training, files: dict[str, bytes]) -> None:
    job_id = order(training)
    with training.acme.app.app_context():
        while advance():
            db.session.remove()
        path = making.file_of(db.session.get_one(Job, job_id))
        assert path is not None
        real = unpack(path.read_bytes())

    def kinds(names: Mapping[str, bytes]) -> set[str]:
        return {
            name.split("-")[0] if name.startswith(("course-", "rule-")) else name.rpartition("/")[0] or name
            for name in names
        }

    assert kinds(files) == kinds(real) - {SEAL}  # nobody signs a sample
    assert SEAL not in files["README.txt"].decode()
    for name in TABLES:
        heads = [part[f"{name}.csv"].decode("utf-8-sig").splitlines()[0] for part in (files, real)]
        assert heads[0] == f'"{MARK}",{heads[1]}'


def test_the_page_of_the_rule_has_what_was_computed_of_it(app: Flask, tmp_path: Path) -> None:
    folder = copy_content(tmp_path)
    put_chances(folder)
    with app.app_context():
        files = unpack(sample_pack(open_library(folder).content))
    (page,) = (data.decode() for name, data in files.items() if name.startswith("rule-"))
    assert "88 pass the first try, and &gt;99 pass within 3 tries." in " ".join(page.split())


def test_the_same_content_gives_the_same_bytes_and_any_content_will_do(app: Flask, tmp_path: Path) -> None:
    content = Library(small.write(tmp_path), clock.today, MODELS).content
    with app.app_context():
        assert sample_pack(content) == sample_pack(content)
