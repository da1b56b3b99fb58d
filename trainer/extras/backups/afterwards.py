"""What must change in a restored database before anyone uses it, in SQL that both databases understand."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Collection

from trainer.core.installation import draw_list_number


def statements(
    tables: Collection[str],
    made_at: dt.datetime | None,
    now: dt.datetime,
    zone: str = "",
    *,
    opens_records: Collection[str] = (),
) -> list[str]:
    """Return the statements for a database that has these tables, without semicolons; nothing in them is from outside.

    Sessions end: some were ended since, and nobody knows which. So does what firms gave others access with, in the
    tables `opens_records`; there are none if it is known that none of it was revoked since. A new status list is
    begun: places were given out since in the one before. The audit log tells that a backup was restored. `zone`: what
    a database wants to have
    after an instant of UTC.
    """
    instant = f"'{now:%Y-%m-%d %H:%M:%S.%f}{zone}'"
    details = json.dumps({"made_at": f"{made_at:%Y-%m-%d %H:%M:%S} UTC" if made_at else "unknown"})
    revoked = {
        table: f"UPDATE {table} SET revoked_at = {instant} WHERE revoked_at IS NULL"  # noqa: S608 see above
        for table in opens_records
    }
    by_table = {
        "sessions": f"UPDATE sessions SET ended_at = {instant} WHERE ended_at IS NULL",  # noqa: S608 see above
        "installations": f"UPDATE installations SET status_list = {draw_list_number()}",  # noqa: S608 a number of ours
        "audit_events": "INSERT INTO audit_events (id, at, act, details) "  # noqa: S608 see above
        f"VALUES ('{uuid.uuid4().hex}', {instant}, 'backup.restored', '{details}')",
    }
    return [statement for table, statement in (by_table | revoked).items() if table in tables]
