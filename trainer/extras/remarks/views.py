"""“Something wrong here?”: a small form that keeps what someone writes, and nothing of who did.

The address carries, signed, which scene as it was shown and where one was. It is made only where an answer with its
key is shown, so nobody else has it, and below lessons, which everyone may read. People without a session have no token
either: as in the first try, where the request comes from is checked (`web/origin.py`), and nothing is kept that is
anyone's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, current_app, flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from trainer.content.serving import served
from trainer.core.clock import now, today
from trainer.core.db import transaction
from trainer.core.errors import Invalid, NotFound
from trainer.core.signing import sign, unsign
from trainer.extras.remarks.forms import RemarkForm
from trainer.extras.remarks.operations import (
    RemarkKind,
    RemarkState,
    find_title,
    list_remarks,
    mark_remark,
    write_remark,
)
from trainer.extras.remarks.words import REMARK_KINDS, REMARK_STATES
from trainer.instructing.access import reading_figures
from trainer.instructing.queries import Reader
from trainer.web.access import Who, access
from trainer.web.limits import limit_acts
from trainer.web.redirects import go

blueprint = Blueprint("remarks", __name__, template_folder="templates")
_PURPOSE = "remark"
THANKS = "thanks"
_NO_TOKEN = {"csrf": False}  # it is checked, where there is one, before the form is read


@dataclass(frozen=True, slots=True)
class _About:
    text: str  # the digest of a scene or question, or a lesson
    position: int  # on the page; 0 is a lesson's, whose page is the same for many and so waits for the anchor
    back: str

    @property
    def thanked(self) -> str:
        """Where one was, with a word of thanks."""
        if not self.position:
            return f"{self.back}#{THANKS}"
        return f"{self.back}{'&' if '?' in self.back else '?'}{THANKS}={self.position}#remark-{self.position}"


@blueprint.app_context_processor
def _for_pages_of_others() -> dict[str, Any]:
    return {
        "remark_address": remark_address,
        "remark_title": lambda about: find_title(served(), about),
        "list_remarks": list_remarks,
        "remark_kinds": REMARK_KINDS,
        "remark_states": REMARK_STATES,
    }


def remark_address(text: str, position: int) -> str:
    """Return where something can be said of a scene that the page of this request shows with its key, or a lesson."""
    said = urlencode([(name, value) for name, value in request.args.items(multi=True) if name != THANKS])
    back = f"{request.path}?{said}" if said else request.path
    return url_for("remarks.write", about=sign(_PURPOSE, [text, position, back if position else f"/courses/{text}"]))


@blueprint.get("/remarks/new")
@access(Who.PUBLIC)
def write() -> str:
    """Ask what is wrong with a scene or a lesson."""
    about = request.args.get("about")
    return _page(_read(about), RemarkForm(formdata=None, about=about, meta=_NO_TOKEN))


@blueprint.post("/remarks")
@access(Who.PUBLIC)
@limit_acts("60 per hour", methods=["POST"])
def keep() -> Response | tuple[str, int]:
    """Keep what someone writes, and go back to where they were."""
    if current_user.is_authenticated:
        current_app.extensions["csrf"].protect()
    about = _read(request.form.get("about"))
    form = RemarkForm(meta=_NO_TOKEN)
    if not form.validate():
        return _page(about, form), 422
    with transaction():
        write_remark(served(), about.text, RemarkKind(form.kind.data), form.text.data or "", today())
    return go(about.thanked)


@blueprint.post("/item-analysis/remarks/<uuid:remark_id>/state")
@access(Who.ACCOUNT, own=True)
@reading_figures
def mark(reader: Reader, remark_id: UUID) -> Response:
    """Say that a remark was read or answered; administrators only, and the audit log records who did."""
    if not reader.is_administrator:
        raise NotFound
    state = request.form.get("state", "")
    if state not in {RemarkState.READ, RemarkState.ANSWERED}:
        raise Invalid(_("Choose “Read” or “Answered.”"))
    with transaction():
        name = mark_remark(remark_id, RemarkState(state), reader.user_id, now())
    flash(_("Saved."))
    page = url_for("items.overview") if "/" in name else url_for("items.scene", name=name)
    return go(f"{page}#remarks")


def _page(about: _About, form: RemarkForm) -> str:
    title = find_title(served(), about.text)
    if title is None:
        raise NotFound
    return render_template("remarks/remark.html", form=form, title=title, back=about.back)


def _read(token: str | None) -> _About:
    """Return the payload of the link. Raises Invalid if it was altered."""
    value: Any = unsign(_PURPOSE, token or "")
    if value is None:
        raise Invalid(_("This page’s address was cut off or altered. Go back and try again."))
    return _About(*value)
