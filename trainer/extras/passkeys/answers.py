"""What packages below ask: whether someone has passkeys, and to confirm with one before something else."""

from __future__ import annotations

import uuid

from flask import flash, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.extras.passkeys.queries import list_passkeys
from trainer.web.redirects import go


def has_passkeys(user_id: uuid.UUID) -> bool:
    """Return True if someone has one."""
    return bool(list_passkeys(user_id))


def confirm_for_records(target: str | None) -> Response:
    """Lead to where someone with a passkey shows it before they see other people's records, and from there back."""
    flash(_("You see other people’s records here. Confirm that it’s you with your passkey."))
    return go(url_for("passkeys.show", next=target))


def confirm_for_second_step(target: str) -> Response:
    """Lead there before a second step is set up, which would otherwise take the password alone."""
    flash(_("Confirm that it’s you with a passkey or a recovery code first."))
    return go(url_for("passkeys.show", next=target))
