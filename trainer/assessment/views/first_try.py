"""The first try: open scenes for anybody, without cookie, account or row.

What was answered so far travels in the address, signed, and is gone with it. Each page is a GET of its own, so Back,
Help and reloading never ask to send anything again. It changes nothing here, so its forms carry no token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from trainer.assessment import rules, shown, words
from trainer.assessment.drawing import draw, half_and_half
from trainer.assessment.drawn import pairs_of
from trainer.assessment.told import tell
from trainer.content.library import Course
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.core import chance
from trainer.core.errors import Invalid
from trainer.core.signing import sign, unsign
from trainer.items.judge.forms import CONFIDENCE_LABELS, JudgeForm
from trainer.items.judge.payload import ScenePayload, payload_of
from trainer.web.access import Who, access
from trainer.web.errors import error_response
from trainer.web.redirects import go

blueprint = Blueprint("first_try", __name__, template_folder="../templates", url_prefix="/try")
_PURPOSE = "first-try"


@dataclass
class _State:
    scenes: list[tuple[str, list[str]]]  # scene id, order of its actions
    given: list[dict[str, str]]
    """What was said of each scene. A part alone is kept, so that the page can ask for the rest."""

    def token(self) -> str:
        return sign(_PURPOSE, [self.scenes, self.given])

    def is_answered(self, position: int) -> bool:
        return JudgeForm.is_whole(self.given[position - 1])

    def address(self, position: int, **options: Any) -> str:
        """Return where a scene is shown, or the result behind the last."""
        if position > len(self.scenes):
            return url_for(".result", state=self.token())
        return url_for(".scene", position=position, state=self.token(), **options)


@blueprint.get("")
@access(Who.PUBLIC)
def start() -> Response | str:
    """Say what the first try is and ask whether answers shall be kept."""
    course = _course()
    match request.args.get("keep"):
        case "yes":
            return go(url_for("joining.keep", start="first-try", course=course.slug))
        case "no":
            return go(_drawn(course).address(1))
    return render_template("assessment/try_start.html", scenes=course.file.first_try.scenes, course=course)


@blueprint.get("/scenes/<int(max=999):position>")
@access(Who.PUBLIC)
def scene(position: int) -> str | tuple[str, int]:
    """Show a scene as a question, or what it was once it is answered."""
    state = _read(request.args.get("state"), position)
    payload, order = _scene(state, position)
    payload, translation = tell(payload)
    if state.is_answered(position):
        return render_template(
            "assessment/answer.html",
            answer=shown.answer(payload, state.given[position - 1], served().vocabulary),
            question=shown.question(payload, position, len(state.scenes)),
            translation=translation,
            confidences=CONFIDENCE_LABELS,
            done=_done(state),
            next_url=state.address(position + 1),
            sign_of=served().indicators.get,
            attempt=None,
        )
    is_incomplete = "incomplete" in request.args
    said = MultiDict({**state.given[position - 1], "version": "0"})
    form = JudgeForm.for_scene(payload, order, meta={"csrf": False}, formdata=said if is_incomplete else None)
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
    payload, order = _scene(state, position)
    form = JudgeForm.for_scene(payload, order, meta={"csrf": False})
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
    here = served()
    known, vocabulary = here.scenarios, here.vocabulary
    pairs = [
        (payload_of(known[identity]), given if JudgeForm.is_whole(given) else None)
        for (identity, _order), given in zip(state.scenes, state.given, strict=True)
        if identity in known and known[identity].twin is not None
    ]
    tally = rules.count(scene.judge(given, vocabulary.danger_rules) for scene, given in pairs)
    return render_template(
        "assessment/try_result.html",
        tally=tally,
        words=words,
        answers=[
            (number, shown.answer(tell(scene)[0], given, vocabulary))
            for number, (scene, given) in enumerate(pairs, start=1)
        ],
        sign_of=here.indicators.get,
        course=_course(),
    )


def _course() -> Course:
    here = served()
    return here.courses[here.site.first_try]


def _drawn(course: Course) -> _State:
    here = served()
    drawn = draw(pairs_of(here, Pool.OPEN), half_and_half(course.file.first_try.scenes), chance.rng)
    scenes = [(one.scene, payload_of(here.scenarios[one.scene]).draw(chance.rng)) for one in drawn]
    return _State(scenes, [{} for _scene in scenes])


def _scene(state: _State, position: int) -> tuple[ScenePayload, list[str]]:
    """Return a scene as the content has it now, and the order of its actions.

    Raises Invalid if it isn't the one that was drawn any more.
    """
    identity, order = state.scenes[position - 1]
    scenario = served().scenarios.get(identity)
    if scenario is not None and scenario.twin is not None:
        payload = payload_of(scenario)
        if {action.id for action in payload.actions} == set(order):
            return payload, order
    raise Invalid(_("The scenes have changed in the meantime. Please start again."))


def _done(state: _State) -> set[int]:
    return {number for number in range(1, len(state.scenes) + 1) if state.is_answered(number)}


def _read(token: str | None, position: int) -> _State:
    """Return the state that the page carried. Raises Invalid if it is altered or has no such scene."""
    value: Any = unsign(_PURPOSE, token or "")
    if value is None:
        raise Invalid(_("This page’s address was cut off or altered. Please start again."))
    state = _State([(identity, order) for identity, order in value[0]], value[1])
    if not 1 <= position <= len(state.scenes):
        raise Invalid(_("There’s no such scene. Please start again."))
    return state
