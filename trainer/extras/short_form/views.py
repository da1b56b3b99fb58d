"""The short form: its scenes one by one, the result, the paper, and norms.

What was answered so far travels in the form, signed, and never in an address: a log on the way can't tell it. Nothing
is kept, and no cookie is set, unless someone says yes at the end.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, make_response, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.accounts.administrators import is_administrator
from trainer.assessment import rules, shown, words
from trainer.assessment.localized import find_sign, localize, reader_words
from trainer.content.library import Course
from trainer.content.serving import served
from trainer.content.subject import Truth
from trainer.core.audit import note
from trainer.core.clock import now, today
from trainer.core.db import transaction
from trainer.core.errors import Invalid, NotFound
from trainer.core.signing import sign, unsign
from trainer.extras.short_form.operations import find_form, item_table, keep_form, list_verdicts
from trainer.extras.short_form.paper import draw_form, draw_key
from trainer.extras.short_form.rules import FEWEST_FOR_NORMS, ShortForm, bands, count_scores, leaning
from trainer.extras.short_form.words import LEANINGS
from trainer.items.judge.forms import JudgeForm
from trainer.items.judge.model import VERDICT_AND_SURENESS
from trainer.items.judge.payload import ScenePayload, payload_of
from trainer.items.payload import Given
from trainer.organizations.access import administering
from trainer.web.access import Who, access
from trainer.web.errors import error_response
from trainer.web.limits import limit_acts
from trainer.web.page_cache import cached_page
from trainer.web.redirects import go
from trainer.web.tables import csv_answer

blueprint = Blueprint("short_form", __name__, template_folder="templates")
_PURPOSE = "short form"
_NO_TOKEN = {"csrf": False}


@dataclass
class _State:
    version: str
    form_id: str
    given: list[dict[str, str]]
    """What was said of each scene so far; empty for one that was skipped."""

    def token(self) -> str:
        return sign(_PURPOSE, [self.version, self.form_id, self.given])


@blueprint.get("/short-form")
@access(Who.PUBLIC)
@cached_page
def start() -> str:
    """Say what the short form is, how to cite it, and what there is on paper."""
    form = find_form()
    return render_template("short_form/start.html", form=form, minutes=form.minutes if form else None)


@blueprint.get("/short-form/scenes")
@access(Who.PUBLIC)
def begin() -> str | tuple[str, int]:
    """Show the first scene."""
    form = _form()
    return _scene(form, _State(form.version, uuid.uuid4().hex, []))


@blueprint.post("/short-form/scenes")
@access(Who.PUBLIC)
def answer() -> Response | str | tuple[str, int]:
    """Take an answer along and show the next scene, or the result after the last. Nothing is kept."""
    form = _form()
    state = _read(form)
    if len(state.given) == len(form.scenes):
        return _result(form, state)
    sent = JudgeForm.for_scene(_payload(form, state), (), VERDICT_AND_SURENESS, meta=_NO_TOKEN)
    is_skipped = "skip" in request.form
    is_whole = is_skipped or sent.validate()
    if sent.is_tampered:
        return error_response(400, _("This answer isn’t one of the choices. Reload the page."))
    if not is_whole:
        return _scene(form, state, sent)
    state.given.append({} if is_skipped else sent.given)
    return _scene(form, state) if len(state.given) < len(form.scenes) else _result(form, state)


@blueprint.post("/short-form/kept")
@access(Who.PUBLIC)
@limit_acts("60 per day")
def keep() -> Response:
    """Keep the answers to a whole form, and nothing of who gave them."""
    if current_user.is_authenticated:
        current_app.extensions["csrf"].protect()
    form = _form()
    state = _read(form)
    if len(state.given) < len(form.scenes) or not all(map(_is_whole, state.given)):
        raise Invalid(_("Only a form with an answer to every scene can be kept."))
    verdicts, confidences = ([given[part] for given in state.given] for part in VERDICT_AND_SURENESS)
    with transaction():
        keep_form(uuid.UUID(state.form_id), form.version, verdicts, confidences, today())
    return go(url_for(".thank"))


@blueprint.get("/short-form/kept")
@access(Who.PUBLIC)
@cached_page
def thank() -> str:
    """Say what was kept."""
    return render_template("short_form/kept.html", form=_form(), course=_course())


@blueprint.get("/short-form/norms")
@access(Who.PUBLIC)
def norms() -> str:
    """Say what others scored, once there are enough of them."""
    form = _form()
    kept = list_verdicts(form)
    scores = count_scores(form, kept) if len(kept) >= FEWEST_FOR_NORMS else {}
    return render_template(
        "short_form/norms.html",
        form=form,
        kept=len(kept),
        fewest=FEWEST_FOR_NORMS,
        to_report=bands(scores.get(Truth.CONCERN, {})),
        others=bands(scores.get(Truth.NO_CONCERN, {})),
        may_export=current_user.is_authenticated and is_administrator(current_user.id),
    )


@blueprint.post("/administration/short-form/exports")
@access(Who.ACCOUNT, own=True)
@administering
def export() -> Response:
    """Return how many people said what of each scene as CSV, for administrators; the export is recorded."""
    table = item_table(_form())
    with transaction():
        note("export.short_form", now(), actor_id=current_user.id, form="csv")
    return csv_answer(table)


@blueprint.get("/short-form/form.pdf")
@access(Who.PUBLIC)
@cached_page
def paper() -> Response:
    """Return the form on paper, with a sheet for the answers."""
    return _pdf(draw_form(_form(), served(), _address()), "short-form")


@blueprint.get("/short-form/key.pdf")
@access(Who.PUBLIC)
@cached_page
def key() -> Response:
    """Return the key to the form on paper, for whoever hands it out."""
    return _pdf(draw_key(_form(), served(), _address()), "short-form-key")


def _form() -> ShortForm:
    form = find_form()
    if form is None:
        raise NotFound
    return form


def _course() -> Course:
    content = served()
    return content.courses[content.site.first_try]


def _is_whole(given: Given) -> bool:
    return JudgeForm.is_whole(given, VERDICT_AND_SURENESS)


def _payload(form: ShortForm, state: _State) -> ScenePayload:
    return payload_of(form.scenes[len(state.given)])


def _scene(form: ShortForm, state: _State, faulty: JudgeForm | None = None) -> str | tuple[str, int]:
    """Show the scene that follows what was answered, with what was wrong in the answer to it."""
    payload, translation = localize(_payload(form, state))
    position = len(state.given) + 1
    asked = faulty or JudgeForm.for_scene(payload, (), VERDICT_AND_SURENESS, meta=_NO_TOKEN, formdata=None)
    asked.name_verdicts(reader_words().verdicts)
    page = render_template(
        "short_form/scene.html",
        question=shown.question(payload, position, len(form.scenes)),
        translation=translation,
        form=asked,
        done=set(range(1, position)),
        state=state.token(),
    )
    return (page, 422) if faulty else page


def _result(form: ShortForm, state: _State) -> str:
    danger_rules = served().vocabulary.danger_rules
    payloads = [payload_of(scene) for scene in form.scenes]
    pairs = list(zip(form.scenes, payloads, state.given, strict=True))
    tally = rules.count(payload.judge(given or None, danger_rules) for _scene, payload, given in pairs)
    return render_template(
        "short_form/result.html",
        form=form,
        tally=tally,
        words=words,
        leaning=LEANINGS[leaning(tally)],
        is_whole=all(map(_is_whole, state.given)),
        answers=[
            shown.answer(scene.digest, localize(payload)[0], given or None, reader_words(), VERDICT_AND_SURENESS)
            for scene, payload, given in pairs
        ],
        sign_of=find_sign,
        course=_course(),
        state=state.token(),
    )


def _read(form: ShortForm) -> _State:
    """Return what the page carried. Raises Invalid if it is altered or of another version."""
    value: Any = unsign(_PURPOSE, request.form.get("state", ""))
    if value is None:
        raise Invalid(_("This page was cut off or altered. Please start again."))
    state = _State(*value)
    if state.version != form.version:
        raise Invalid(_("The scenes have changed in the meantime. Please start again."))
    return state


def _address() -> str:
    return f"{current_app.config['SETTINGS'].base_url}{url_for('.start')}"


def _pdf(data: bytes, name: str) -> Response:
    response = make_response(data)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f"inline; filename={name}.pdf"
    return response
