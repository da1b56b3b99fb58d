"""A holder takes the PDFs and the badge along as one file."""

from __future__ import annotations

import io
import zipfile

import pypdf
import pytest
from sqlalchemy import select

from tests.cast import sign_in_as
from tests.credentials.conftest import SITE, parts_of
from tests.extras.badges.conftest import Badged
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.core.work import Job
from trainer.credentials.certificate import NameNeedsFonts
from trainer.credentials.models import Credential
from trainer.credentials.paper import certificate_pdf
from trainer.credentials.rules import show_serial
from trainer.extras.badges.checking import check_file
from trainer.extras.badges.rules import FileVerdict
from trainer.jobs.work import advance_all
from trainer.privacy import copies
from trainer.privacy.copies import order_copy

FILES = ["README.txt", "certificate-letter.pdf", "certificate-a4.pdf", "badge.jwt", "badge.png", "badge.svg"]


def unpacked(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.on_both
def test_one_zip_has_all_files_and_each_of_them_counts(issued: Badged) -> None:
    data = issued.get(f"/verify/{issued.serial}/certificate.zip")
    assert data == issued.get(f"/verify/{issued.serial}/certificate.zip")
    files = unpacked(data)
    assert list(files) == FILES
    with issued.app.test_request_context("/"):
        verdicts = {check_file(files[name], clock.today()).verdict for name in FILES[1:]}
    assert verdicts == {FileVerdict.VALID}
    sizes = [pypdf.PdfReader(io.BytesIO(files[name])).pages[0].mediabox for name in FILES[1:3]]
    assert [(round(box.width), round(box.height)) for box in sizes] == [(792, 612), (842, 595)]
    readme = files["README.txt"].decode()
    assert show_serial(issued.serial) in readme
    assert all(name in readme for name in FILES[1:])


def test_a_copy_of_someones_data_has_their_badge(issued: Badged) -> None:
    with issued.app.app_context():
        with transaction():
            number = order_copy(issued.bob, clock.now()).id
        list(advance_all())
        path = copies.path_of(db.session.get_one(Job, number))
    assert path is not None
    folder = f"certificates/{show_serial(issued.serial)}/"
    with zipfile.ZipFile(path) as archive:
        assert issued.verdict(archive.read(f"{folder}badge.jwt").decode()) is FileVerdict.VALID
        files = {name.removeprefix(folder) for name in archive.namelist() if name.startswith(folder)}
    assert files == set(FILES)


def test_the_badge_in_it_says_what_its_holder_chose_and_nobody_else(issued: Badged) -> None:
    path = f"/verify/{issued.serial}/certificate.zip?results=y"
    for data, has_results in (
        (sign_in_as(issued.app, issued.bob, SITE).get(path).data, True),
        (issued.get(path), False),
    ):
        token = unpacked(data)["badge.jwt"].decode()
        assert ("result" in parts_of(token)[1]["credentialSubject"]) is has_results


def test_a_name_that_cannot_be_printed_leaves_the_badge(issued: Badged) -> None:
    issued.change(holder_name="သီရိ")
    files = unpacked(issued.get(f"/verify/{issued.serial}/certificate.zip"))
    assert list(files) == ["README.txt", "badge.jwt", "badge.png", "badge.svg"]
    assert "There’s no PDF." in files["README.txt"].decode()
    with pytest.raises(NameNeedsFonts), issued.app.test_request_context("/"):
        certificate_pdf(db.session.scalars(select(Credential)).one())
