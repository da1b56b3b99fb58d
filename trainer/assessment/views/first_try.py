"""The first try: open scenes for anybody, without cookie, account or row.

What was answered so far travels in the page, signed, and is gone with it. It changes nothing here, so its
forms carry no token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.assessment import rules, shown, words
from trainer.assessment.forms import CONFIDENCE_LABELS, VERDICT_LABELS, VERDICTS, JudgeForm
from trainer.assessment.operations import pairs_of
from trainer.core import chance
from trainer.core.errors import Invalid
from trainer.core.signing import sign, unsign
from trainer.courses.current import content
from trainer.courses.library import Course
from trainer.courses.schema import Pool
from trainer.web.access import Who, access
from trainer.web.errors import error_response
from trainer.web.redirects import go

blueprint = Blueprint("first_try", __name__, template_folder="../templates")
_PURPOSE = "first-try"


@dataclass
class _State:
    scenes: list[tuple[str, list[str]]]  # scene id, order of its actions
    given: list[dict[str, str] | None]

    def token(self) -> str:
        return sign(_PURPOSE, [self.scenes, self.given])


@blueprint.get("/try")
@access(Who.PUBLIC)
def start() -> Response | str:
    """Say what the first try is and ask whether answers shall be kept."""
    course = _course()
    match request.args.get("keep"):
        case "yes":
            return go(url_for("joining.keep", start="first-try", course=course.slug))
        case "no":
            return _ask(_drawn(course), 0)
    return render_template("assessment/try_start.html", scenes=course.file.first_try.scenes, course=course)


@blueprint.post("/try/answer")
@access(Who.PUBLIC)
def answer() -> Response | str | tuple[str, int]:
    """Show the answer to a scene. Nothing is kept."""
    state, position = _read()
    snapshot, order = _snapshot(state, position), state.scenes[position][1]
    form = JudgeForm.for_scene(snapshot, order, meta={"csrf": False})
    if not form.validate():
        if form.is_tampered:
            return error_response(400, _("This answer isn’t one of the choices. Load the page again."))
        return _ask(state, position, form), 422
    state.given[position] = form.given
    return render_template(
        "assessment/answer.html",
        answer=shown.answer(snapshot, form.given),
        question=shown.question(snapshot, position + 1, len(state.scenes)),
        verdicts=VERDICT_LABELS,
        confidences=CONFIDENCE_LABELS,
        done=_done(state),
        state=state.token(),
        next_position=position + 1,
        attempt=None,
    )


@blueprint.post("/try/scene")
@access(Who.PUBLIC)
def scene() -> str:
    """Show the next scene, or the result after the last."""
    state, position = _read(past_end=True)
    if position < len(state.scenes):
        return _ask(state, position)
    known = content().scenarios
    pairs = [
        (known[identity].snapshot(), given)
        for (identity, _order), given in zip(state.scenes, state.given, strict=True)
        if identity in known and known[identity].twin is not None
    ]
    tally = rules.count(rules.judge(snapshot, given) for snapshot, given in pairs)
    return render_template(
        "assessment/try_result.html",
        tally=tally,
        words=words,
        answers=[(number, shown.answer(snapshot, given)) for number, (snapshot, given) in enumerate(pairs, start=1)],
        verdicts=VERDICT_LABELS,
        course=_course(),
    )


def _course() -> Course:
    return next(iter(content().courses.values()))


def _drawn(course: Course) -> _State:
    here = content()
    ids = rules.draw(pairs_of(here, Pool.OPEN), course.file.first_try.scenes, (), chance.rng)
    scenes: list[tuple[str, list[str]]] = []
    for identity in ids:
        order = [action.id for action in here.scenarios[identity].file.judge.actions]
        chance.rng.shuffle(order)
        scenes.append((identity, order))
    return _State(scenes, [None] * len(scenes))


def _ask(state: _State, position: int, form: JudgeForm | None = None) -> str:
    snapshot, order = _snapshot(state, position), state.scenes[position][1]
    if form is None:
        form = JudgeForm.for_scene(snapshot, order, meta={"csrf": False}, formdata=None)
    return render_template(
        "assessment/scene.html",
        version=0,
        question=shown.question(snapshot, position + 1, len(state.scenes)),
        form=form,
        verdicts=VERDICTS,
        done=_done(state),
        save_url=url_for(".answer"),
        state=state.token(),
        position=position,
        attempt=None,
    )


def _snapshot(state: _State, position: int) -> dict[str, Any]:
    """Return a scene as the content has it now. Raises Invalid if it isn't the one that was drawn any more."""
    identity, order = state.scenes[position]
    scenario = content().scenarios.get(identity)
    if scenario is None or scenario.twin is None or {action.id for action in scenario.file.judge.actions} != set(order):
        raise Invalid(_("The scenes have changed meanwhile. Start again, please."))
    return scenario.snapshot()


def _done(state: _State) -> set[int]:
    return {number for number, given in enumerate(state.given, start=1) if given}


def _read(*, past_end: bool = False) -> tuple[_State, int]:
    """Return the state that the page carried and the scene it speaks of. Raises Invalid if either is off."""
    value: Any = unsign(_PURPOSE, request.form.get("state", ""))
    position = request.form.get("position", "")
    if value is None or not position.isascii() or not position.isdigit() or len(position) > 3:
        raise Invalid(_("This page was changed on its way. Start again, please."))
    state = _State([(identity, order) for identity, order in value[0]], value[1])
    if int(position) >= len(state.scenes) + past_end:
        raise Invalid(_("There is no such scene. Start again, please."))
    return state, int(position)
