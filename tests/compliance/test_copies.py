"""A firm's copy of a certificate: the logo below it, for those who see the person, the same bytes, and confirmed."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from uuid import UUID

import pypdf
import pytest
import time_machine
from sqlalchemy import select

from tests.cast import actor_of
from tests.compliance.conftest import Training
from tests.compliance.test_certificate_files import assign
from tests.organizations.test_logos import JPEG, png, send
from tests.support import Visitor
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.credentials.checking import Checked, check_file
from trainer.credentials.models import Credential, FiledCertificate
from trainer.credentials.operations import revoke
from trainer.credentials.rules import Verdict, show_serial
from trainer.organizations.closing import close
from trainer.organizations.logos import find_logo
from trainer.organizations.tasks import delete_closed_firms


def serial(training: Training) -> str:
    with training.acme.app.app_context():
        return show_serial(db.session.scalars(select(Credential.serial)).one())


def path(training: Training, person: UUID | None = None, number: str | None = None) -> str:
    acme = training.acme
    return acme.path(f"/people/{person or acme.people['bob']}/certificates/{number or serial(training)}.pdf")


def copy(training: Training, name: str = "alice", query: str = "") -> bytes:
    answer = training.acme.enter(name).get(path(training) + query)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.text
    return bytes(answer.data)


def ready(training: Training, logo: bytes | None = None) -> Training:
    assign(training)
    assert send(training.acme, logo or png()).status_code == 303
    return training


def check(training: Training, data: bytes) -> Checked:
    with training.acme.app.app_context():
        return check_file(data, clock.today())


def text_of(pdf: bytes) -> str:
    (page,) = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(page.extract_text().split())


def test_a_copy_says_who_filed_it_and_is_the_whole_certificate(training: Training) -> None:
    ready(training)
    text = text_of(copy(training))
    for part in ("Filed by Acme Security", "didn’t issue the certificate", "Bob Builder", serial(training)):
        assert part in text, part
    page = training.acme.enter("alice").get(training.acme.path(f"/training/{training.acme.people['bob']}"))
    assert f'href="{path(training)}"' in page.text
    assert f'href="{path(training)}?paper=a4"' in page.text


def test_without_a_logo_there_is_no_copy_and_no_link(training: Training) -> None:
    assign(training)
    acme = training.acme
    answer = acme.enter("alice").get(path(training))
    assert (answer.status_code, "An owner adds it in the firm’s settings" in answer.text) == (404, True)
    assert "with our logo" not in acme.enter("alice").get(acme.path(f"/training/{acme.people['bob']}")).text


@pytest.mark.on_both
def test_the_same_certificate_logo_and_paper_give_the_same_bytes(training: Training) -> None:
    ready(training, JPEG)
    letter, wide = copy(training), copy(training, query="?paper=a4")
    assert copy(training, "mark") == letter
    assert copy(training, query="?paper=a4") == wide != letter
    with training.acme.app.app_context():
        noted = set(db.session.scalars(select(FiledCertificate.sha256)))
    assert noted == {hashlib.sha256(pdf).hexdigest() for pdf in (letter, wide)}  # once for each
    send(training.acme, png())
    assert copy(training) != letter


def test_only_those_who_see_the_person_and_the_certificate_get_it(training: Training) -> None:
    acme = ready(training).acme
    for name in ("mona", "mark"):  # Bob is at the harbor
        assert acme.enter(name).get(path(training)).status_code == 200
    for name in ("ines", "bob", "mallory"):
        assert acme.enter(name).get(path(training)).status_code == 404
    assert acme.enter("alice").get(path(training, acme.people["mona"])).status_code == 404
    assert acme.enter("mark").get(path(training, acme.people["dana"])).status_code == 404
    assert acme.enter("alice").get(path(training, number="0" * 27)).status_code == 404
    strange = path(training).replace(str(acme.id), str(acme.other))
    assert acme.enter("mallory").get(strange).status_code == 404


def test_the_check_confirms_a_copy_for_good_and_nothing_that_was_changed(training: Training) -> None:
    acme = ready(training).acme
    pdf = copy(training)
    send(acme, png(shade=1))
    assert (found := check(training, pdf)).verdict is Verdict.VALID
    assert found.is_filed
    page = Visitor(acme.app).client.post("/verify/file", data={"file": (io.BytesIO(pdf), "a.pdf")}).text
    assert "It’s the copy of a firm" in page
    assert "Bob Builder" in page
    for changed in (pdf + b"\n", pdf.replace(b"%PDF-1.7", b"%PDF-1.6")):
        assert check(training, changed).verdict is Verdict.DIFFERS
    own = Visitor(acme.app).get(f"/verify/{serial(training)}/certificate.pdf").data
    assert "Acme" not in text_of(own)
    assert (check(training, own).verdict, check(training, own).is_filed) == (Verdict.VALID, False)
    with acme.app.app_context(), transaction():
        close(actor_of(acme.users["alice"], acme.id), "Acme Security", clock.now())
    with time_machine.travel(clock.now() + dt.timedelta(days=31)), acme.app.app_context():
        assert sum(1 for _portion in delete_closed_firms()) > 0
        assert find_logo(acme.id) is None
        assert check_file(pdf, clock.today()).verdict is Verdict.VALID
    with acme.app.app_context(), transaction():
        revoke(serial(training), "By mistake", clock.now())
    assert check(training, pdf).verdict is Verdict.REVOKED
