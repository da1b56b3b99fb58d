"""Twins side by side: find what decides a scene, then see it beside its twin.

What someone marks travels in the address and is gone with it: no cookie, no row, and Back and reloading work. Only open
pairs are ever shown, since everything about them may be known.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.assessment.localized import SIGNS, VOCABULARY
from trainer.assessment.twins import Twins, find_twins, list_twins, showing
from trainer.content.objects import UNTRANSLATED, TranslationStanding
from trainer.content.serving import served, served_in
from trainer.core.errors import NotFound
from trainer.core.signing import sign, unsign
from trainer.extras.twins.rules import list_shared, look
from trainer.items.judge.payload import ScenePayload
from trainer.web.access import Who, access
from trainer.web.errors import error_response
from trainer.web.language import language_tag
from trainer.web.page_cache import cached_page

blueprint = Blueprint("twins", __name__, template_folder="templates", url_prefix="/twins")
_PURPOSE = "back from twins"


@blueprint.app_context_processor
def _for_pages_of_others() -> dict[str, Callable[..., Any]]:
    return {"twins_showing": twins_showing, "twin_address": twin_address}


def twins_showing(signs: Collection[str], most: int | None = None) -> list[Twins]:
    """Return open pairs with these signs, those that show more of them first, for pages of signs and of lessons."""
    return showing(list_twins(served_in(language_tag())), signs)[:most]


@blueprint.get("")
@access(Who.PUBLIC)
@cached_page
def index() -> str:
    """List the pairs."""
    return render_template("twins/twins.html", twins=list_twins(served_in(language_tag())) or list_twins(served()))


@blueprint.get("/<name>")
@access(Who.PUBLIC)
@cached_page
def show(name: str) -> str | tuple[str, int] | Response:
    """Show a scene to look for what decides it; with `seen`, what does, beside its twin."""
    twins, translation = _get(name)
    back = request.args.get("back")
    around = {
        "twins": twins,
        "translation": translation,
        "lang": "en" if translation == UNTRANSLATED else None,
        "place": _place(twins),
        "back": back,
        "people": request.args.get("people"),
    }
    if "seen" not in request.args:
        return render_template("twins/twin_ask.html", **around)
    try:
        marks = look(twins.one, [int(mark) for mark in request.args.getlist("marked")])
    except ValueError:
        return error_response(400, _("This answer isn’t one of the choices. Reload the page."))
    return render_template(
        "twins/twin_answered.html",
        **around,
        found=marks,
        shared=list_shared(twins),
        next_name=_following(twins),
        back_url=unsign(_PURPOSE, back) if back else None,
    )


def twin_address(scene: ScenePayload) -> str | None:
    """Return where the twin of an answered scene is shown beside it, or None if it may not be.

    From there a link leads back to the page of this request.
    """
    known = served().scenarios.get(scene.scenario)
    if known is None or find_twins(served(), known.id, is_swapped=scene.is_swapped) is None:
        return None
    said = urlencode(list(request.args.items(multi=True)))
    return url_for(
        "twins.show",
        name=served().twin(known).id,
        people="other" if scene.is_swapped else None,
        back=sign(_PURPOSE, f"{request.path}?{said}" if said else request.path),
    )


def _get(name: str) -> tuple[Twins, TranslationStanding]:
    """Return twins in their reader's language, or as they were written where what decides isn't marked there."""
    content, is_swapped = served_in(language_tag()), request.args.get("people") == "other"
    twins = find_twins(content, name, is_swapped=is_swapped)
    if twins:
        return twins, content.standing(twins.one.scene, twins.other.scene, VOCABULARY, SIGNS)
    original = find_twins(served(), name, is_swapped=is_swapped)
    if original is None:
        raise NotFound
    return original, UNTRANSLATED


def _names() -> list[str]:
    return [twins.one.scene.file.pair or "" for twins in list_twins(served())]


def _place(twins: Twins) -> tuple[int, int]:
    """Return which pair it is, and of how many."""
    names = _names()
    return names.index(twins.one.scene.file.pair or "") + 1, len(names)


def _following(twins: Twins) -> str:
    """Return the scene of the next pair, after the last that of the first."""
    place, of = _place(twins)
    return list_twins(served())[place % of].one.scene.id
