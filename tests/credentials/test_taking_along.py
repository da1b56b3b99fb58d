"""A holder takes a certificate along, and shares a page of it for as long as they like."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import select

from tests.cast import make_account, sign_in_as
from tests.credentials.conftest import SITE, Issued
from tests.support import Visitor
from trainer.accounts.operations import name_for_certificate
from trainer.core import clock
from trainer.core.db import db, transaction
from trainer.credentials import privacy
from trainer.credentials.models import Credential
from trainer.credentials.operations import revoke
from trainer.credentials.rules import show_serial
from trainer.credentials.taking_along import certificate_files
from trainer.learning.certificates import reissue_own


def own(issued: Issued) -> Visitor:
    return sign_in_as(issued.app, issued.bob, SITE)


def credential(issued: Issued) -> Credential:
    with issued.app.app_context():
        return db.session.scalars(select(Credential).where(Credential.serial == issued.serial)).one()


def share(issued: Issued, visitor: Visitor, wanted: str = "y") -> int:
    path = f"/my-certificates/{credential(issued).id}/sharing"
    return visitor.post(path, {"wanted": wanted}).status_code


def shared_path(issued: Issued) -> str:
    return f"/shared/{credential(issued).sharing_key}"


def test_the_certificates_own_page_says_that_a_page_to_share_is_there(issued: Issued) -> None:
    holder = own(issued)
    assert share(issued, holder) == 303
    assert "Your page is there" in holder.get(f"/verify/{issued.serial}").text
    assert "Your page is there" not in holder.get("/me").text


def test_a_shared_page_shows_what_was_said_and_ends_at_once(issued: Issued) -> None:
    visitor, stranger = own(issued), Visitor(issued.app, SITE)
    assert "Create a page to share" in visitor.get(f"/verify/{issued.serial}").text
    assert share(issued, visitor) == 303
    path = shared_path(issued)
    page = stranger.get(path)
    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert '<h1 id="status">Valid</h1>' in page.text
    assert "Bob Builder" in page.text
    assert "You’re sharing this page" not in page.text
    assert "You’re sharing this page" in visitor.get(path).text
    assert "bob@example.org" not in page.text
    assert issued.serial not in page.text
    assert show_serial(issued.serial) not in page.text
    assert "min active" not in page.text
    previewed = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', page.text))
    assert previewed["og:title"] == "A shared certificate"
    assert previewed["description"] == "Whether a certificate is valid today"
    picture = stranger.get(previewed["og:image"].removeprefix(SITE))
    assert (picture.status_code, picture.mimetype) == (200, "image/png")
    assert share(issued, visitor) == 303
    assert shared_path(issued) == path  # asking twice changes nothing
    assert share(issued, visitor, "") == 303
    assert stranger.get(path).status_code == 404
    assert not {"Bob Builder", "og:image"} & set(re.findall("Bob Builder|og:image", stranger.get(path).text))
    assert stranger.get("/shared/None").status_code == 404
    assert share(issued, visitor) == 303
    assert shared_path(issued) != path
    assert stranger.get(path).status_code == 404


def test_nobody_shares_anothers_certificate_or_sees_its_address(issued: Issued) -> None:
    leo = sign_in_as(issued.app, make_account(issued.app, "leo@example.org"), SITE)
    assert share(issued, leo) == 404
    assert credential(issued).sharing_key is None
    share(issued, own(issued))
    for other in (leo, Visitor(issued.app, SITE)):
        page = other.get(f"/verify/{issued.serial}").text
        assert "/shared/" not in page
        assert "linkedin" not in page.casefold()


def test_linkedin_is_given_the_shared_page_and_no_number(issued: Issued) -> None:
    visitor = own(issued)
    assert "linkedin" not in visitor.get(f"/verify/{issued.serial}").text.casefold()
    share(issued, visitor)
    page = visitor.get(f"/verify/{issued.serial}").text
    [address] = re.findall(r'href="(https://www\.linkedin\.com/[^"]+)"', page)
    asked = parse_qs(urlsplit(address.replace("&amp;", "&")).query)
    own_page, kept = SITE + shared_path(issued), credential(issued)
    assert asked["certUrl"] == [own_page]
    assert asked["name"] == [kept.course_title]
    assert asked["issueYear"] == [str(kept.issued_on.year)]
    assert asked["expirationMonth"] == [str(kept.valid_until.month)]
    assert issued.serial not in address
    with issued.app.app_context(), transaction():
        revoke(issued.serial, "By mistake", clock.now())
    assert "linkedin" not in visitor.get(f"/verify/{issued.serial}").text.casefold()
    assert '<h1 id="status">Withdrawn</h1>' in Visitor(issued.app, SITE).get(shared_path(issued)).text


@pytest.mark.on_both
def test_a_new_name_and_an_erased_account_end_the_page(issued: Issued) -> None:
    visitor = own(issued)
    share(issued, visitor)
    first = shared_path(issued)
    with issued.app.test_request_context("/"), transaction():
        privacy.forget_person(issued.bob, clock.now())
    assert Visitor(issued.app, SITE).get(first).status_code == 404
    share(issued, visitor)
    second, credential_id = shared_path(issued), credential(issued).id
    with issued.app.test_request_context("/"), transaction():
        name_for_certificate(issued.bob, "Robin Builder")
        newer = reissue_own(issued.bob, credential_id, clock.now())
        assert newer.sharing_key is None
    assert Visitor(issued.app, SITE).get(second).status_code == 404


def test_without_other_files_the_pdfs_are_told_of_alone(issued: Issued) -> None:
    with issued.app.test_request_context(base_url=SITE):
        files = certificate_files(credential(issued), None)
    assert list(files) == ["README.txt", "certificate-letter.pdf", "certificate-a4.pdf"]
    readme = files["README.txt"].decode()
    assert "certificate-a4.pdf: to print on A4 paper" in readme
    assert "badge" not in readme
