"""How long records of `joining` are kept that don't stay as long as an account, a firm or a class."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_

from trainer.accounts.models import User
from trainer.accounts.queries import is_a_guest
from trainer.accounts.rules import KEPT
from trainer.core.periods import Period
from trainer.joining.operations import forget_guests

PERIODS: Final = (
    Period(
        title=_l("Progress kept without an account, after the last visit"),
        lasts=KEPT,
        why=_l("When the cookie is gone, nobody can open it anymore."),
        record=User,
        since=User.created_at,  # and nothing done since
        forget=forget_guests,
        of=and_(is_a_guest(), User.erased_at.is_(None)),
    ),
)
