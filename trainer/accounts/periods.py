"""How long records of `accounts` are kept that don't stay as long as an account, a firm or a class."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

from trainer.accounts.models import Link, Session
from trainer.accounts.operations import forget_links, forget_sessions
from trainer.accounts.rules import LINKS_KEPT, SESSIONS_KEPT
from trainer.core.periods import Period

PERIODS: Final = (
    Period(
        title=_l("Sign-ins on a device, after they ended"),
        lasts=SESSIONS_KEPT,
        why=_l("So that you and the people who run this site can look into misuse."),
        record=Session,
        since=Session.ended_at,
        forget=forget_sessions,
    ),
    Period(
        title=_l("Links we emailed, after they ran out"),
        lasts=LINKS_KEPT,
        why=_l("So that a late click gets a clear answer."),
        record=Link,
        since=Link.expires_at,
        forget=forget_links,
    ),
)
