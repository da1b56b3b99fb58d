"""`/panels`: a rater reads scenes without key, title and twin, and says what they make of each.

As in a final, the verdict is recorded and stays before the menu of first steps is shown. The first step and the comment
can be changed until the rater has finished. Nobody sees another rater's answers here, whatever the state of the panel.
"""

from __future__ import annotations

import random
from uuid import UUID

from flask import Blueprint, flash, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.assessment import shown
from trainer.assessment.localized import localize, reader_words
from trainer.core.clock import now, today
from trainer.core.db import transaction
from trainer.core.errors import Conflict
from trainer.extras.panel.forms import CommentForm
from trainer.extras.panel.models import KeyPanel, PanelRater, PanelRating
from trainer.extras.panel.operations import choose_step, finish, rate
from trainer.extras.panel.queries import get_own, get_scene, line_of, list_agreement, list_own, list_waiting
from trainer.extras.panel.rules import PanelState
from trainer.items.judge.forms import JudgeForm
from trainer.items.judge.model import VERDICT_AND_SURENESS
from trainer.items.judge.payload import ScenePayload, outcome
from trainer.web.access import Who, access
from trainer.web.errors import error_response
from trainer.web.redirects import go

blueprint = Blueprint("rating", __name__, url_prefix="/panels", template_folder="../templates")
_STEP = ("action",)


def list_own_waiting() -> list[KeyPanel]:
    """Return the panels that whoever reads the page can rate now, for first pages."""
    return list(list_waiting(current_user.id, today()))


@blueprint.get("/<uuid:panel_id>")
@access(Who.ACCOUNT, own=True)
def panel(panel_id: UUID) -> str:
    """Say what a panel is, how far the reader is, and at the end how many keys stand."""
    panel, rater = get_own(panel_id, current_user.id)
    line, own = line_of(panel, today()), list_own(rater)
    agreement = list_agreement(panel, today()) if line.state is PanelState.CLOSED else []
    return render_template(
        "panel/own.html",
        line=line,
        rater=rater,
        own=own,
        of=len(panel.digests),
        next_position=_next(panel, own),
        stand=sum(key.stands for key in agreement),
        agreed=sum(
            outcome(key.scene.truth, rated.verdict).is_right
            for key in agreement
            for rated in key.ratings
            if rated.rater == rater.number
        ),
    )


@blueprint.get("/<uuid:panel_id>/scenes/<int(max=9999):position>")
@access(Who.ACCOUNT, own=True)
def scene(panel_id: UUID, position: int) -> str | Response:
    """Show a scene with what is asked next: the verdict, or after it the first step."""
    panel, rater = get_own(panel_id, current_user.id)
    payload = get_scene(panel, position)
    if rater.finished_at is not None or line_of(panel, today()).state is not PanelState.OPEN:
        return go(url_for(".panel", panel_id=panel_id))
    return _page(panel, rater, position, payload)


@blueprint.post("/<uuid:panel_id>/scenes/<int(max=9999):position>")
@access(Who.ACCOUNT, own=True)
def save(panel_id: UUID, position: int) -> Response | tuple[str, int]:
    """Keep the verdict on a scene or, after it, the first step and a comment."""
    panel, rater = get_own(panel_id, current_user.id)
    payload = get_scene(panel, position)
    rating = list_own(rater).get(position)
    asks = _STEP if rating else VERDICT_AND_SURENESS
    form = JudgeForm.for_scene(payload, _order(rater, position, payload), asks)
    comment = CommentForm()
    is_whole = form.validate() & (rating is None or comment.validate())
    if form.is_tampered:
        return error_response(400, _("This answer isn’t one of the choices. Reload the page."))
    if not is_whole:
        return str(_page(panel, rater, position, payload, form, comment)), 422
    user_id = current_user.id
    try:
        with transaction():
            panel, rater = get_own(panel_id, user_id)
            if rating is None:
                rate(panel, rater, position, form.given, now())
                return go(url_for(".scene", panel_id=panel_id, position=position, _anchor="first-step"))
            choose_step(panel, rater, position, str(form.action.data), comment.comment.data or "", now())
            following = _next(panel, list_own(rater), after=position)
    except Conflict as refused:
        flash(refused.message)
        return go(url_for(".panel", panel_id=panel_id))
    if following is None:
        return go(url_for(".panel", panel_id=panel_id))
    return go(url_for(".scene", panel_id=panel_id, position=following))


@blueprint.post("/<uuid:panel_id>/completion")
@access(Who.ACCOUNT, own=True)
def complete(panel_id: UUID) -> Response:
    """Hand in all ratings. They can't be changed after that."""
    user_id = current_user.id
    try:
        with transaction():
            finish(*get_own(panel_id, user_id), now())
    except Conflict as refused:
        flash(refused.message)
    return go(url_for(".panel", panel_id=panel_id))


def _page(
    panel: KeyPanel,
    rater: PanelRater,
    position: int,
    payload: ScenePayload,
    faulty: JudgeForm | None = None,
    comment: CommentForm | None = None,
) -> str:
    own = list_own(rater)
    rating, words = own.get(position), reader_words()
    localized, translation = localize(payload)
    given = {"action": rating.action} if rating else {}
    order = _order(rater, position, payload)
    form = faulty or JudgeForm.for_scene(localized, order, _STEP if rating else VERDICT_AND_SURENESS, **given)
    form.show(localized)
    form.name_verdicts(words.verdicts)
    return render_template(
        "panel/scene.html",
        panel=panel,
        question=shown.question(localized, position, len(panel.digests)),
        translation=translation,
        form=form,
        comment=comment or CommentForm(comment=rating.comment if rating else None),
        said=words.verdicts[rating.verdict].name if rating else None,  # type: ignore[index]  # a verdict's id
        done={place for place, other in own.items() if other.action is not None},
        skip_to=_next(panel, own, after=position),
    )


def _order(rater: PanelRater, position: int, payload: ScenePayload) -> list[str]:
    """Return the first steps in this rater's order, which is the same each time."""
    return payload.draw(random.Random(f"{rater.id}/{position}"))  # noqa: S311 not a secret


def _next(panel: KeyPanel, own: dict[int, PanelRating], after: int = 0) -> int | None:
    """Return the next scene to rate, from the first on again behind the last; None once all are rated."""
    whole = range(1, len(panel.digests) + 1)
    open_ones = [place for place in whole if place not in own or own[place].action is None]
    return next((place for place in open_ones if place > after), next((p for p in open_ones if p != after), None))
