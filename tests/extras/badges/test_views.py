"""Badges cost more to draw than pages, so their downloads are limited."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from tests.cast import sign_in_as
from tests.credentials.conftest import SITE
from tests.extras.badges.conftest import Badged
from tests.support import Visitor
from trainer.assessment.models import Attempt
from trainer.core.db import db, transaction
from trainer.core.limits import LimitCount
from trainer.credentials.models import Credential
from trainer.credentials.rules import STATUS_PLACES, show_serial
from trainer.web.limits import count, key_of


def test_whoever_passed_finds_the_badge_beside_the_certificate(issued: Badged) -> None:
    visitor = sign_in_as(issued.app, issued.bob, SITE)
    with issued.app.app_context():
        attempt = db.session.scalars(select(Attempt.id)).one()
    page = visitor.get(f"/attempts/{attempt}/result").text
    moment = page.split('class="deep moment"')[1].split("</section>")[0]
    assert f'action="/verify/{show_serial(issued.serial)}/badge.png"' in moment
    assert f'value="{SITE}/verify/{show_serial(issued.serial)}"' in moment


@pytest.mark.asvs("2.4.1")
def test_files_are_limited_for_a_network_and_status_lists_are_not(issued: Badged) -> None:
    files, visitor = (
        {"badge": "badge.jwt", "badge_png": "badge.png", "badge_svg": "badge.svg"},
        Visitor(issued.app, SITE),
    )
    with issued.app.app_context(), transaction():
        for view in files:
            count(key_of("acts", f"badges.{view}", "127.0.0.1"), 3_600, 299)
    for file in files.values():
        assert visitor.get(f"/verify/{issued.serial}/{file}").status_code == 200
        refused = visitor.get(f"/verify/{issued.serial}/{file}")
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 3_600
    elsewhere = {"REMOTE_ADDR": "198.51.100.7"}
    assert visitor.get(f"/verify/{issued.serial}/badge.jwt", environ_base=elsewhere).status_code == 200
    with issued.app.app_context():
        status_list = db.session.scalars(select(Credential.status_index)).one() // STATUS_PLACES
    assert {visitor.get(f"/badges/status/{status_list}").status_code for _visit in range(3)} == {200}
    with issued.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(LimitCount)) == len(files) + 1
