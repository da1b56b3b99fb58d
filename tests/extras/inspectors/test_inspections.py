"""What an inspector reads by a link: current and former staff, any day, on paper, and a pack beside it."""

from __future__ import annotations

import datetime as dt
import io
import re
import shutil
import subprocess
import zipfile
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pypdf
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.cast import actor_of, put_on_roster
from tests.compliance.conftest import Training, require
from tests.extras.inspectors.inspection import Inspection, inspect
from tests.organizations.conftest import Acme
from tests.remembered import remembered
from tests.support import closed_up
from trainer.accounts.models import User
from trainer.assessment.models import Response
from trainer.assignments.models import Assignment
from trainer.assignments.operations import waive
from trainer.assignments.rules import Audience
from trainer.compliance.orders import forget_files
from trainer.content.papers import FormerStaff
from trainer.content.serving import served
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.errors import NotFound
from trainer.core.work import Job
from trainer.credentials.models import Credential
from trainer.credentials.rules import valid_until as add_months
from trainer.extras.inspectors import paper, views
from trainer.extras.inspectors.operations import make_inspector_link, token_of
from trainer.extras.packs.operations import order_pack
from trainer.jobs.upkeep import keep_up
from trainer.jobs.work import advance
from trainer.learning.models import LessonResponse
from trainer.organizations.models import Membership
from trainer.organizations.rules import Role
from trainer.web.limits import count, key_of

WAYS = ("", "/all", "/all.pdf", "/pack.zip")


@pytest.fixture
def inspection(training: Training) -> Inspection:
    folder = training.acme.app.config["SETTINGS"].files
    name = f"inspection_{training.acme.id.hex}"
    found, files = remembered(name, training.acme.app, lambda: _inspect_with_files(training, folder))
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return replace(found, training=training)


def _inspect_with_files(training: Training, folder: Path) -> tuple[Inspection, dict[Path, bytes]]:
    """Return the pack's files, too, which are in no database."""
    found = inspect(training)
    files = (path for path in (folder / "packs").rglob("*") if path.is_file())
    return found, {path.relative_to(folder): path.read_bytes() for path in files}


def text_of(pdf: bytes) -> str:
    """Return the words of a PDF."""
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext (poppler-utils)")
    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


@pytest.mark.on_both
def test_former_staff_have_a_tab_with_what_they_earned_here(inspection: Inspection) -> None:
    visitor = inspection.stranger()
    page = visitor.get(inspection.path).text
    assert "Former staff <b>2</b>" in page
    assert "Lea Left" not in page
    former = visitor.get(f"{inspection.path}?who=former").text
    assert all(name in former for name in ("Lea Left", "Max Moved", "Harbor Mall"))
    assert "Bob Builder" not in former
    assert len(re.findall(r'href="/verify/', former)) == 1
    assert "Max Moved" not in visitor.get(f"{inspection.path}?who=former&q=lea").text
    motel = inspection.training.acme.motel
    assert "Lea Left" not in visitor.get(f"{inspection.path}?who=former&team={motel}").text


def test_a_certificate_that_came_after_the_last_day_is_not_the_firms(inspection: Inspection) -> None:
    with inspection.app.app_context(), transaction():
        gone = update(Membership).where(Membership.name == "Lea Left")
        db.session.execute(gone.values(ended_on=inspection.left_on - dt.timedelta(days=2)))
    former = inspection.stranger().get(f"{inspection.path}?who=former").text
    assert "Lea Left" in former
    assert "/verify/" not in former


@pytest.mark.on_both
def test_on_a_past_day_who_left_later_is_current_staff(inspection: Inspection) -> None:
    with time_machine.travel(clock.now() + dt.timedelta(days=3), tick=False):
        visitor, then = inspection.stranger(), inspection.left_on
        page = visitor.get(f"{inspection.path}?on={then}").text
        assert "Lea Left" in page
        assert "Former staff <b>0</b>" in page
        assert "how things stood at the end of" in page
        after = visitor.get(f"{inspection.path}?on={then + dt.timedelta(days=1)}").text
        assert "Lea Left" not in after
        assert "Former staff <b>2</b>" in after
        refused = visitor.get(f"{inspection.path}?on={then + dt.timedelta(days=30)}")
        assert refused.status_code == 422
        assert "still to come" in refused.text
        assert visitor.get(f"{inspection.path}/all?on=soon").status_code == 422


def test_everyone_is_on_one_page_to_print(inspection: Inspection) -> None:
    acme = inspection.training.acme
    for number in range(30):
        put_on_roster(acme.app, acme.id, None, name=f"Guard {number:02}", email=f"g{number}@example.org")
    with acme.app.app_context():
        for _portion in keep_up(acme.id):
            pass
    visitor = inspection.stranger()
    assert "Guard 29" not in visitor.get(inspection.path).text
    page = visitor.get(f"{inspection.path}/all").text
    assert all(f"Guard {number:02}" in page for number in range(30))
    assert "Lea Left" in page
    assert page.rstrip().endswith("</html>")


def test_the_pdf_holds_the_rows_of_the_page_and_says_when_it_cannot(
    inspection: Inspection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with inspection.app.app_context(), transaction():
        named = update(Membership).where(Membership.name == "Dana Dow")
        db.session.execute(named.values(name="Dana \u2fff Dow"))  # no font has this letter
    pdf = inspection.stranger().get(f"{inspection.path}/all.pdf")
    assert pdf.mimetype == "application/pdf"
    words = text_of(pdf.data)
    assert all(name in words for name in ("Bob Builder", "Lea Left", "Dana □ Dow", "Harbor Mall"))
    assert "1 of 6 people were current" in words
    monkeypatch.setattr(views, "MOST", 7)
    refused = inspection.stranger().get(f"{inspection.path}/all.pdf")
    assert refused.status_code == 409
    assert "at most 7 rows" in refused.text
    assert "all.pdf" not in inspection.stranger().get(inspection.path).text


def test_a_network_can_make_so_many_pdfs_an_hour(inspection: Inspection) -> None:
    with inspection.app.app_context(), transaction():
        count(key_of("acts", "inspections.inspect_pdf", "127.0.0.1"), 3600, 60)
    assert inspection.stranger().get(f"{inspection.path}/all.pdf").status_code == 429
    assert inspection.stranger().get(inspection.path).status_code == 200


def test_the_pack_that_was_chosen_can_be_downloaded_and_no_other(inspection: Inspection) -> None:
    acme = inspection.training.acme
    visitor = inspection.stranger()
    assert "Evidence pack as of" in visitor.get(inspection.path).text
    assert visitor.get(f"{inspection.path}/pack.zip").data.startswith(b"PK")
    alice = acme.enter("alice")
    assert alice.post(acme.path("/inspections"), {"label": "None", "pack": ""}).status_code == 303
    without = re.findall(
        r'value="http://127\.0\.0\.1:8000(/inspections/\S+?)"', alice.get(acme.path("/inspections")).text
    )
    bare = next(path for path in without if path != inspection.path)
    assert visitor.get(f"{bare}/pack.zip").status_code == 404
    with acme.app.app_context():
        job = db.session.scalars(select(Job.id)).first()
        with pytest.raises(NotFound), transaction():
            make_inspector_link(actor_of(acme.users["mallory"], acme.other), "x", clock.now(), job)
    mallory = acme.enter("mallory")
    assert mallory.post(f"/organizations/{acme.other}/inspections", {"label": "x", "pack": str(job)}).status_code == 422


def test_a_pack_is_kept_as_long_as_the_link_beside_which_it_stands(inspection: Inspection) -> None:
    visitor = inspection.stranger()
    with inspection.app.app_context():
        forget_files(clock.now() + dt.timedelta(days=13))
    assert visitor.get(f"{inspection.path}/pack.zip").data.startswith(b"PK")
    with inspection.app.app_context():
        forget_files(clock.now() + dt.timedelta(days=15))
    assert visitor.get(f"{inspection.path}/pack.zip").status_code == 409


def test_an_inspector_reads_why_someone_is_excused_on_the_page_and_on_paper(inspection: Inspection) -> None:
    acme, day = inspection.training.acme, inspection.training.acme.today()
    with inspection.app.app_context(), transaction():
        danas = select(Assignment.id).where(Assignment.membership_id == acme.people["dana"])
        actor, duty = actor_of(acme.users["alice"], acme.id), db.session.scalars(danas).one()
        waive(actor, duty, "An earlier reason", day + dt.timedelta(days=9), clock.now() - dt.timedelta(days=1))
        waive(actor, duty, "On leave", day + dt.timedelta(days=9), clock.now())
    visitor = inspection.stranger()
    for way in ("", "/all"):
        page = visitor.get(inspection.path + way).text
        assert "On leave" in page
        assert "An earlier reason" not in page
    paper = pypdf.PdfReader(io.BytesIO(visitor.get(f"{inspection.path}/all.pdf").data))
    assert "On leave" in " ".join(" ".join(leaf.extract_text() for leaf in paper.pages).split())


def change_alice(acme: Acme, **values: object) -> None:
    """Change Alice's entry, in whose name the link is."""
    with acme.app.app_context(), transaction():
        own = update(Membership).where(Membership.user_id == acme.users["alice"], Membership.organization_id == acme.id)
        db.session.execute(own.values(**values))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    "values",
    [
        {"role": Role.MEMBER},
        {"role": Role.MANAGER, "manages_all": False},
        {"ended_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC), "ended_on": dt.date(2026, 1, 1)},
    ],
)
def test_a_link_rests_once_its_maker_may_no_longer_create_such(
    inspection: Inspection, way: str, values: dict[str, object]
) -> None:
    change_alice(inspection.training.acme, **values)
    assert inspection.stranger().get(inspection.path + way).status_code == 404


@pytest.mark.on_both
def test_someone_who_may_create_such_links_takes_over_one_that_rests(inspection: Inspection) -> None:
    acme, visitor = inspection.training.acme, inspection.stranger()
    link_id = UUID(inspection.path.split("/")[2].partition(".")[0])
    path, takeover = acme.path("/inspections"), acme.path(f"/inspections/{link_id}/takeover")
    mona = acme.enter("mona")
    assert "Take it over" not in mona.get(path).text
    assert "works already" in mona.post(takeover, follow_redirects=True).text
    change_alice(acme, role=Role.MEMBER)
    assert "may no longer create such links" in closed_up(mona.get(path).text)
    others = f"/organizations/{acme.other}/inspections/{link_id}/takeover"
    assert acme.enter("mallory").post(others).status_code == 404
    for name in ("mark", "bob"):
        assert acme.enter(name).post(takeover).status_code == 404
    answer = mona.post(takeover, follow_redirects=True).text
    assert "works again, in your name" in answer
    assert "someone else’s" in answer  # the pack was ordered by Alice, and Mona isn't an owner
    assert visitor.get(inspection.path).status_code == 200
    assert visitor.get(f"{inspection.path}/pack.zip").status_code == 404
    with acme.app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "inspector_link.taken_over")).one()
        assert (event.actor_id, event.organization_id) == (acme.users["mona"], acme.id)
    revocation = acme.path(f"/inspections/{link_id}/revocation")
    assert mona.post(revocation).status_code == 303
    assert "was withdrawn" in mona.post(takeover, follow_redirects=True).text
    assert visitor.get(inspection.path).status_code == 404


def test_a_pack_that_the_maker_may_no_longer_have_isnt_given(inspection: Inspection) -> None:
    acme, visitor = inspection.training.acme, inspection.stranger()
    with acme.app.app_context(), transaction():
        db.session.execute(update(Job).values(ordered_by_id=acme.users["mona"]))
    assert visitor.get(f"{inspection.path}/pack.zip").status_code == 200
    change_alice(acme, role=Role.MANAGER, manages_all=True)
    assert visitor.get(inspection.path).status_code == 200
    assert visitor.get(f"{inspection.path}/pack.zip").status_code == 404


@pytest.mark.parametrize(
    ("since", "years", "days", "seen", "certificates"),
    [
        ("leaving", 1, 0, {"Lea Left", "Max Moved"}, 1),
        ("leaving", 1, 2, set(), 0),
        ("completion", 2, 0, {"Lea Left"}, 1),
        ("completion", 2, 2, set(), 0),
    ],
)
def test_former_staff_are_told_of_as_long_as_the_law_behind_a_requirement_says(
    inspection: Inspection,
    monkeypatch: pytest.MonkeyPatch,
    since: str,
    years: int,
    days: int,
    seen: set[str],
    certificates: int,
) -> None:
    acme = inspection.training.acme
    require(acme.app, acme.users["alice"], acme.id, title="Lakeland", pack="lakeland", audience=Audience())
    law = FormerStaff.model_validate({"years": years, "since": since})
    lakeland = served().packs["lakeland"].model_copy(update={"former_staff": law})
    monkeypatch.setitem(served().packs, "lakeland", lakeland)
    with acme.app.app_context():
        earned = db.session.scalars(select(Credential).join(User).where(User.email == "lea@example.org")).one()
        first = inspection.left_on if since == "leaving" else earned.issued_on  # UTC's day, at night the firm's next
    last = add_months(first, 12 * years)
    at = dt.datetime.combine(last + dt.timedelta(days=days), dt.time(18), dt.UTC)
    with time_machine.travel(at, tick=False):
        with acme.app.app_context(), transaction():
            link = make_inspector_link(actor_of(acme.users["alice"], acme.id), "State", clock.now())
            path = f"/inspections/{token_of(link)}"
        visitor = inspection.stranger()
        former = visitor.get(f"{path}?who=former").text
        everyone = visitor.get(f"{path}/all").text
        words = text_of(visitor.get(f"{path}/all.pdf").data)
    assert f"Former staff <b>{len(seen)}</b>" in former
    assert len(re.findall(r'href="/verify/', former)) == certificates
    for text in (former, everyone, words):
        assert {name for name in ("Lea Left", "Max Moved") if name in text} == seen


def test_a_certificate_of_the_evening_of_the_last_day_is_told_of(training: Training) -> None:
    acme = training.acme
    require(acme.app, acme.users["alice"], acme.id, title="Lakeland", pack="lakeland", audience=Audience())
    evening = dt.datetime.combine(
        clock.today() + dt.timedelta(days=2), dt.time(1, 30), dt.UTC
    )  # in New York, the day before
    with time_machine.travel(evening):
        inspection = inspect(training)
    assert inspection.left_on == evening.date() - dt.timedelta(days=1)
    with time_machine.travel(evening + dt.timedelta(days=1)):
        with acme.app.app_context(), transaction():
            token = token_of(make_inspector_link(actor_of(acme.users["alice"], acme.id), "State", clock.now()))
            job_id = order_pack(actor_of(acme.users["alice"], acme.id), evening.date(), clock.now()).id
        with acme.app.app_context():
            while advance():
                db.session.remove()
        former = inspection.stranger().get(f"/inspections/{token}?who=former").text
        pack = acme.enter("alice").get(acme.path(f"/evidence-packs/{job_id}.zip")).data
    assert len(re.findall(r'href="/verify/', former)) == 1
    with zipfile.ZipFile(io.BytesIO(pack)) as files:
        assert len([name for name in files.namelist() if "Lea Left" in name]) == 1


@pytest.mark.parametrize("way", WAYS)
def test_every_way_is_private_and_ends_with_the_link(inspection: Inspection, way: str) -> None:
    acme, visitor = inspection.training.acme, inspection.stranger()
    answer = visitor.get(inspection.path + way)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert "Set-Cookie" not in answer.headers
    alice = acme.enter("alice")
    revocation = re.search(r'href="(\S+/revocation)"', alice.get(acme.path("/inspections")).text)
    assert revocation
    assert alice.post(revocation[1]).status_code == 303
    assert visitor.get(inspection.path + way).status_code == 404


def test_nothing_of_what_learners_answered_is_told(inspection: Inspection) -> None:
    with inspection.app.app_context():
        items = db.session.scalars(select(Response.item).union(select(LessonResponse.item))).all()
        assert items
    for way in ("", "?who=former", "/all"):
        text = inspection.stranger().get(inspection.path + way).text
        assert [item for item in items if item in text] == []
        for private in ("verdict", "false alarm", "attempt", "practice", "check-in", "example.org"):
            assert private not in text.lower(), private
    pdf = text_of(inspection.stranger().get(f"{inspection.path}/all.pdf").data)
    assert [item for item in items if item in pdf] == []
    assert "example.org" not in pdf


def test_paper_is_set_for_every_name(app: Flask) -> None:
    with app.test_request_context():
        pdf = paper.draw_inspection(
            "A" * 120, dt.date(2026, 11, 23), "One.", ["Note."], [], {}, [], dt.date(2026, 11, 23)
        )
    assert pdf.startswith(b"%PDF")
