"""How long one sort of record is kept, and why: from this the worker deletes, and the page about one's data tells.

What no feature lists stays as long as the account, the firm or the class that it belongs to.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, Date, and_

from trainer.core.db import Base


@dataclass(frozen=True)
class Period:
    """How long one sort of record is kept, from when on, and why."""

    title: LazyString
    lasts: dt.timedelta
    why: LazyString
    record: type[Base]
    since: Any
    """The column, or SQL, with the instant or day of a record from which on its time runs."""
    forget: Callable[[dt.datetime], object]
    """Deletes what is past its time, in the caller's transaction."""
    of: ColumnElement[bool] | None = None
    """Which records of the table are meant, if not all."""

    def is_past(self, now: dt.datetime) -> ColumnElement[bool]:
        """Return the condition of records that should be gone."""
        before = now - self.lasts
        is_of_days = isinstance(self.since.type, Date)
        is_old = self.since < (before.date() if is_of_days else before)
        return is_old if self.of is None else and_(self.of, is_old)

    @property
    def words(self) -> str:
        """How long that is."""
        days = self.lasts.days
        if days > 730:
            return str(ngettext("%(num)s year", "%(num)s years", days // 365))
        return str(ngettext("%(num)s day", "%(num)s days", days) if days else _("not at all"))
