"""The first try: a few open scenes for anybody, the verdict alone, without cookie, account or row.

What was answered so far travels in the address, signed, and is gone with it. Each page is a GET of its own, so Back,
Help and reloading never ask to send anything again. It changes nothing here, so its forms carry no token.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from trainer.assessment import rules, shown, words
from trainer.assessment.drawing import draw, half_and_half
from trainer.assessment.drawn import pairs_of
from trainer.assessment.localized import SIGNS, find_sign, localize, reader_words
from trainer.content.library import Course
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.core import chance
from trainer.core.errors import Invalid
from trainer.core.signing import sign, unsign
from trainer.items.judge.forms import CONFIDENCE_LABELS, JudgeForm
from trainer.items.judge.model import VERDICT_ALONE
from trainer.items.judge.payload import ScenePayload, payload_of
from trainer.learning.queries import list_enrollments
from trainer.web.access import Who, access
from trainer.web.errors import error_response
from trainer.web.redirects import go
from trainer.web.ways import way_to

blueprint = Blueprint("first_try", __name__, template_folder="../templates", url_prefix="/try")
_PURPOSE = "verdicts"
_BEGINNING = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


@dataclass
class _State:
    scenes: list[str]
    given: list[dict[str, str]]
    """What was said of each scene."""
    before: list[str]
    """Scenes of the first tries that came before, in order."""

    def token(self) -> str:
        return sign(_PURPOSE, [self.scenes, self.given, self.before])

    def is_answered(self, position: int) -> bool:
        return JudgeForm.is_whole(self.given[position - 1], VERDICT_ALONE)

    def address(self, position: int, **options: Any) -> str:
        """Return where a scene is shown, or the result behind the last."""
        if position > len(self.scenes):
            return url_for(".result", state=self.token())
        return url_for(".scene", position=position, state=self.token(), **options)


@blueprint.get("")
@access(Who.PUBLIC)
def start() -> Response | str:
    """Say what the first try is and ask whether to keep answers. Someone who is signed in goes to practice instead.

    With `after`, go on with other pairs than that try's.
    """
    course = _course()
    if current_user.is_authenticated and "keep" not in request.args:
        begun = [enrollment.course for enrollment in list_enrollments(current_user.id)]
        newest = next((slug for slug in begun if slug in served().courses), course.slug)
        return go(url_for("assessment.practice", course=newest))
    match request.args.get("keep"):
        case "yes":
            return go(way_to("keep", start="first-try", course=course.slug))
        case "no":
            after = request.args.get("after")
            return go(_drawn(course, _read(after, 1) if after else None).address(1))
    return render_template("assessment/try_start.html", scenes=course.file.first_try.scenes, course=course)


@blueprint.get("/scenes/<int(max=999):position>")
@access(Who.PUBLIC)
def scene(position: int) -> str | tuple[str, int]:
    """Show a scene as a question, or what it was once it is answered."""
    state = _read(request.args.get("state"), position)
    payload = _scene(state, position)
    digest = served().scenarios[payload.scenario].digest
    payload, translation = localize(payload, *((SIGNS,) if state.is_answered(position) else ()))
    if state.is_answered(position):
        return render_template(
            "assessment/answer.html",
            answer=shown.answer(digest, payload, state.given[position - 1], reader_words(), VERDICT_ALONE),
            question=shown.question(payload, position, len(state.scenes)),
            translation=translation,
            confidences=CONFIDENCE_LABELS,
            done=_done(state),
            next_url=state.address(position + 1),
            sign_of=find_sign,
            scene=payload,
            attempt=None,
        )
    is_incomplete = "incomplete" in request.args
    said = MultiDict({"version": "0"}) if is_incomplete else None
    form = JudgeForm.for_scene(payload, (), VERDICT_ALONE, meta={"csrf": False}, formdata=said)
    form.name_verdicts(reader_words().verdicts)
    if is_incomplete:
        form.validate()
    page = render_template(
        "assessment/scene.html",
        version=0,
        question=shown.question(payload, position, len(state.scenes)),
        translation=translation,
        form=form,
        done=_done(state),
        save_url=url_for(".answer", position=position),
        skip_url=state.address(position + 1),
        state=state.token(),
        attempt=None,
    )
    return page, 422 if is_incomplete else 200


@blueprint.post("/scenes/<int(max=999):position>")
@access(Who.PUBLIC)
def answer(position: int) -> Response | tuple[str, int]:
    """Take an answer along, and go to where it is shown. Nothing is kept."""
    state = _read(request.form.get("state"), position)
    form = JudgeForm.for_scene(_scene(state, position), (), VERDICT_ALONE, meta={"csrf": False})
    is_whole = form.validate()
    if form.is_tampered:
        return error_response(400, _("This answer isn’t one of the choices. Reload the page."))
    state.given[position - 1] = form.given
    return go(state.address(position) if is_whole else state.address(position, incomplete=1))


@blueprint.get("/result")
@access(Who.PUBLIC)
def result() -> str:
    """Say in plain words what was caught, missed and over-reported."""
    state = _read(request.args.get("state"), 1)
    content = served()
    known, vocabulary = content.scenarios, content.vocabulary
    pairs = [
        (payload_of(known[identity]), given or None)
        for identity, given in zip(state.scenes, state.given, strict=True)
        if identity in known
    ]
    tally = rules.count(scene.judge(given, vocabulary.danger_rules) for scene, given in pairs)
    return render_template(
        "assessment/try_result.html",
        tally=tally,
        words=words,
        answers=[
            (
                number,
                shown.answer(known[scene.scenario].digest, localize(scene)[0], given, reader_words(), VERDICT_ALONE),
            )
            for number, (scene, given) in enumerate(pairs, start=1)
        ],
        others=(),
        sign_of=find_sign,
        course=_course(),
        more_url=url_for(".start", keep="no", after=state.token()),
    )


def _course() -> Course:
    content = served()
    return content.courses[content.site.first_try]


def _drawn(course: Course, last: _State | None = None) -> _State:
    """Draw scenes; after a first try, of pairs that weren't in it or before it while there are any."""
    content = served()
    before = list(dict.fromkeys(reversed([*last.before, *last.scenes])))[::-1] if last else []
    met = [(scene, "", _BEGINNING + dt.timedelta(minutes=number)) for number, scene in enumerate(before)]
    drawn = draw(pairs_of(content, Pool.OPEN, met), half_and_half(course.file.first_try.scenes), chance.rng)
    return _State([telling.scene for telling in drawn], [{} for _scene in drawn], before)


def _scene(state: _State, position: int) -> ScenePayload:
    """Return a scene as the content has it now. Raises Invalid if it may no longer be shown."""
    scenario = served().scenarios.get(state.scenes[position - 1])
    if scenario is None or scenario.file.pool is not Pool.OPEN:
        raise Invalid(_("The scenes have changed in the meantime. Please start again."))
    return payload_of(scenario)


def _done(state: _State) -> set[int]:
    return {number for number in range(1, len(state.scenes) + 1) if state.is_answered(number)}


def _read(token: str | None, position: int) -> _State:
    """Return the state that the page carried. Raises Invalid if it is altered or has no such scene."""
    value: Any = unsign(_PURPOSE, token or "")
    if value is None:
        raise Invalid(_("This page’s address was cut off or altered. Please start again."))
    state = _State(*value)
    if not 1 <= position <= len(state.scenes):
        raise Invalid(_("There’s no such scene. Please start again."))
    return state
