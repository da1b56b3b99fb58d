"""The answer to a code that leads nowhere, whichever page it was entered on."""

from __future__ import annotations

from flask import render_template
from flask_babel import lazy_gettext as _l

from trainer.core.errors import Conflict, NotFound
from trainer.organizations.forms import AskCodeForm

UNKNOWN = _l("We don’t know this code, or it is no longer valid. Check it, or ask the person who gave it to you.")


def no_code(error: NotFound | Conflict, given: str) -> tuple[str, int]:
    """Ask for a code again, with what was typed. Codes that never existed, have expired or were revoked look alike."""
    form, status = AskCodeForm(formdata=None, code=given), 409 if isinstance(error, Conflict) else 404
    form.code.errors = [error.message if isinstance(error, Conflict) else UNKNOWN]
    return render_template("organizations/ask_code.html", form=form), status
