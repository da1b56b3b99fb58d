"""The short form: anyone answers it without a trace, keeping takes a yes, and norms wait for a hundred."""

from __future__ import annotations

import re
from dataclasses import replace
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from tests.cast import add_second_factor, appoint, make_account, sign_in_as
from tests.extras.short_form.cast import OTHER, keep_one, right, the_form
from tests.support import Visitor, closed_up
from tests.web.papers import read_pdf
from trainer.assessment.rules import Tally
from trainer.content.library import Library
from trainer.content.schema import Pool
from trainer.content.subject import Truth, Verdict
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.feature import ask_extra
from trainer.core.signing import sign
from trainer.extras.short_form.models import KeptShortForm
from trainer.extras.short_form.rules import FEWEST_FOR_NORMS, Band, Leaning, bands, compose, leaning, tellable
from trainer.extras.short_form.views import _PURPOSE

ASKS = "May we keep these answers?"


def kept(app: Flask) -> list[KeptShortForm]:
    with app.app_context():
        return list(db.session.scalars(select(KeptShortForm)).all())


def send(visitor: Visitor, verdict: str | None, confidence: str | None = "certain", **fields: str) -> int:
    """Answer the scene that the page shows, without a token, as someone without a session does."""
    data = {"state": visitor.field("state"), "version": "1", **fields}
    data |= {"verdict": verdict} if verdict else {}
    data |= {"confidence": confidence} if confidence else {}
    visitor.page = visitor.client.post("/short-form/scenes", data=data, base_url=visitor.base_url)
    return visitor.page.status_code


def answer(visitor: Visitor, verdicts: list[Verdict]) -> str:
    """Answer all scenes; return the result."""
    visitor.get("/short-form/scenes")
    assert [send(visitor, verdict) for verdict in verdicts] == [200] * len(verdicts)
    assert visitor.page is not None
    return visitor.page.text


def keep(visitor: Visitor) -> int:
    data = {"state": visitor.field("state")}
    return visitor.client.post("/short-form/kept", data=data, base_url=visitor.base_url).status_code


@pytest.fixture
def verdicts(app: Flask) -> list[Verdict]:
    """Return the right verdicts."""
    with app.app_context():
        return right(the_form())


def test_someone_without_an_account_answers_all_and_leaves_nothing(
    app: Flask, visitor: Visitor, verdicts: list[Verdict]
) -> None:
    assert "Start" in visitor.get("/short-form").text
    page = closed_up(answer(visitor, [OTHER[verdicts[0]], *verdicts[1:]]))
    each = len(verdicts) // 2
    to_report = each - (verdicts[0] is Verdict.REPORT_NOW)
    assert f"You recognized {to_report} of the {each} to report." in page
    assert f"Of {each} others, you left {2 * each - 1 - to_report} alone." in page
    assert "You don’t clearly lean either way." in page
    assert ASKS in page
    assert kept(app) == []
    assert visitor.client.get_cookie("visit", domain="127.0.0.1") is None


def test_whoever_reports_everything_is_told_both_numbers_and_which_way_it_leans(
    visitor: Visitor, verdicts: list[Verdict]
) -> None:
    page = closed_up(answer(visitor, [Verdict.REPORT_NOW for _verdict in verdicts]))
    each = len(verdicts) // 2
    assert f"You recognized {each} of the {each} to report. " in page.replace("<span>", "").replace("</span>", " ")
    assert f"Of {each} others, you left 0 alone." in page
    assert "You lean toward reporting" in page


def test_an_answer_needs_both_parts_and_what_was_answered_stays(visitor: Visitor, verdicts: list[Verdict]) -> None:
    visitor.get("/short-form/scenes")
    assert send(visitor, verdicts[0], None) == 422
    assert visitor.page is not None
    assert "Choose how sure you are." in visitor.page.text
    assert f"Scene 1 of {len(verdicts)}" in visitor.page.text
    assert re.search(rf'value="{verdicts[0]}"\s+checked', visitor.page.text)
    assert send(visitor, verdicts[0]) == 200
    assert f"Scene 2 of {len(verdicts)}" in visitor.page.text


def test_no_page_before_the_result_tells_a_key(shelf: Library, visitor: Visitor, verdicts: list[Verdict]) -> None:
    scenes = shelf.content.pool(Pool.SHORT_FORM)
    visitor.get("/short-form/scenes")
    for _position in range(len(scenes) - 1):
        assert visitor.page is not None
        assert not [one.id for one in scenes if one.file.title in visitor.page.text or one.id in visitor.page.text]
        send(visitor, verdicts[0])


def test_answers_are_kept_after_a_yes_and_a_second_yes_changes_nothing(
    app: Flask, visitor: Visitor, verdicts: list[Verdict]
) -> None:
    answer(visitor, verdicts)
    assert keep(visitor) == keep(visitor) == 303
    (row,) = kept(app)
    assert (row.verdicts, row.confidences) == (verdicts, ["certain"] * len(verdicts))
    assert row.kept_on == clock.today()
    assert set(inspect(KeptShortForm).columns.keys()) == {"id", "version", "verdicts", "confidences", "kept_on"}
    assert visitor.client.get_cookie("visit", domain="127.0.0.1") is None
    assert f"We kept {len(verdicts)} answers" in visitor.get("/short-form/kept").text
    assert "1 of 100 so far" in visitor.get("/short-form/norms").text
    with app.app_context():
        assert ask_extra("count_short_forms") == 1
        assert db.session.scalars(select(AuditEvent.id)).all() == []


def test_a_form_with_a_skipped_scene_is_scored_and_not_kept(
    app: Flask, visitor: Visitor, verdicts: list[Verdict]
) -> None:
    visitor.get("/short-form/scenes")
    send(visitor, None, None, skip="1")
    for verdict in verdicts[1:]:
        send(visitor, verdict)
    assert visitor.page is not None
    assert "1 skipped" in visitor.page.text
    assert ASKS not in visitor.page.text
    with app.app_context():
        gaps = sign(_PURPOSE, [the_form().version, uuid4().hex, [{}] * len(verdicts)])
    sent = visitor.client.post("/short-form/kept", data={"state": gaps}, base_url=visitor.base_url)
    assert sent.status_code == 422
    assert kept(app) == []


def test_what_was_altered_or_is_of_another_version_is_refused(
    app: Flask, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.get("/short-form/scenes")
    data = {"state": "forged", "version": "1", "verdict": "report-now", "confidence": "certain"}
    sent = visitor.client.post("/short-form/scenes", data=data, base_url=visitor.base_url)
    assert (sent.status_code, "altered" in sent.text) == (422, True)
    with app.app_context():
        newer = replace(the_form(), version="newer")
    monkeypatch.setattr("trainer.extras.short_form.views.find_form", lambda: newer)
    assert send(visitor, "report-now") == 422
    assert visitor.page is not None
    assert "The scenes have changed" in visitor.page.text


def test_another_site_cannot_let_a_form_be_kept(app: Flask, visitor: Visitor, verdicts: list[Verdict]) -> None:
    answer(visitor, verdicts)
    data, site = {"state": visitor.field("state")}, {"Sec-Fetch-Site": "cross-site"}
    sent = visitor.client.post("/short-form/kept", data=data, headers=site, base_url=visitor.base_url)
    assert sent.status_code == 403
    signed_in = sign_in_as(app, make_account(app))
    assert signed_in.client.post("/short-form/kept", data=data, base_url=signed_in.base_url).status_code == 400
    assert signed_in.post("/short-form/kept", data).status_code == 303
    assert len(kept(app)) == 1


def test_one_network_keeps_sixty_forms_a_day(app: Flask, visitor: Visitor, verdicts: list[Verdict]) -> None:
    answer(visitor, verdicts)
    assert [keep(visitor) for _number in range(61)] == [303] * 60 + [429]


def test_norms_are_told_from_a_hundred_on_and_of_one_version(app: Flask, visitor: Visitor) -> None:
    with app.app_context(), transaction():
        for number in range(FEWEST_FOR_NORMS - 1):
            keep_one(number % 2)
        db.session.add(KeptShortForm(id=uuid4(), version="older", verdicts=[], confidences=[], kept_on=clock.today()))
    page = closed_up(visitor.get("/short-form/norms").text)
    assert "99 of 100 so far" in page
    with app.app_context(), transaction():
        keep_one(1)
    page = closed_up(visitor.get("/short-form/norms").text)
    assert "From 100 people who let us keep their answers." in page
    told = re.findall(r'<th scope="row">(\d)</th><td[^>]*>(\d+)%</td><td[^>]*>(\d+)%</td>', page)
    assert told == [("1", "50", "50"), ("2", "50", "100")]  # of the truth of the first scene, which half got wrong
    assert "Nearly everyone had the same number" in page  # of the truth that nobody got wrong


def test_a_band_has_five_people_at_least() -> None:
    assert bands({0: 2, 1: 1, 2: 3, 3: 10, 4: 4}) == [Band(0, 2, 0.3, 0.3), Band(3, 4, 0.7, 1.0)]
    assert bands({8: 100}) == bands({7: 4, 8: 96}) == bands({}) == []
    assert bands({7: 5, 8: 5}) == [Band(7, 7, 0.5, 0.5), Band(8, 8, 0.5, 1.0)]
    assert tellable([5, 6]) == [5, 6]
    assert tellable([4, 96]) == [None, None]


@pytest.mark.parametrize(
    ("misses", "false_alarms", "which"),
    [(0, 0, Leaning.NEITHER), (1, 2, Leaning.NEITHER), (1, 3, Leaning.REPORTING), (4, 2, Leaning.WAITING)],
)
def test_a_difference_of_one_is_no_leaning(misses: int, false_alarms: int, which: Leaning) -> None:
    assert leaning(Tally(8 - misses, misses, false_alarms, 8 - false_alarms, 0, 0, 0, 0, 0)) is which


def test_the_order_is_fixed_and_a_changed_word_makes_another_version(shelf: Library) -> None:
    content = shelf.content
    form, again = compose(content, content), compose(content, content)
    assert form is not None
    assert form == again
    for start in range(0, len(form.scenes), 4):
        truths = [scene.file.truth for scene in form.scenes[start : start + 4]]
        assert truths.count(Truth.CONCERN) == truths.count(Truth.NO_CONCERN)
    first = form.scenes[0]
    other = replace(first, paragraphs=("Another story.",))
    translated = compose(content, replace(content, scenarios={**content.scenarios, first.id: other}))
    assert translated is not None
    assert translated.version != form.version
    assert compose(replace(content, pools={**content.pools, Pool.SHORT_FORM: ()}), content) is None


def test_without_scenes_there_is_no_page(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("trainer.extras.short_form.views.find_form", lambda: None)
    assert visitor.get("/short-form/norms").status_code == 404


def test_the_paper_has_the_scenes_and_the_key_is_apart(app: Flask, visitor: Visitor, shelf: Library) -> None:
    form, key = (" ".join(read_pdf(visitor.get(f"/short-form/{name}.pdf").data).split()) for name in ("form", "key"))
    with app.app_context():
        scenes, version = the_form().scenes, the_form().version
    for scene in scenes:
        assert " ".join(scene.paragraphs[0].split()[:4]) in form
        assert scene.file.title not in form
        assert scene.file.title in key
    assert version in form
    assert version in key


def test_administrators_get_counts_by_scene_and_nobody_else(app: Flask, visitor: Visitor) -> None:
    ada = make_account(app, "ada@example.org")
    add_second_factor(app, ada)
    appoint(app, ada)
    with app.app_context(), transaction():
        for number in range(10):
            keep_one(number % 2)
    lines = sign_in_as(app, ada).post("/administration/short-form/exports").text.splitlines()
    with app.app_context():
        form = the_form()
        assert len(lines) == 1 + len(form.scenes)
        assert lines[1].startswith(f"{form.version},1,{form.scenes[0].id},{form.scenes[0].file.truth},10,5,5,")
        assert lines[2].startswith(f"{form.version},2,{form.scenes[1].id},{form.scenes[1].file.truth},10,,,")
        assert db.session.scalars(select(AuditEvent.act).where(AuditEvent.act == "export.short_form")).all()
    assert "Counts by scene as CSV" not in visitor.get("/short-form/norms").text
    assert sign_in_as(app, make_account(app)).post("/administration/short-form/exports").status_code == 404
