"""Joining two entries of one person on a roster, and separating them again: what the firm has on file. Never commits.

What belongs to the person moves later (`taking_over.py`).
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any, Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute

from trainer.core.db import db
from trainer.core.errors import Conflict
from trainer.core.privacy import plain
from trainer.core.rows import keep_row, put_back
from trainer.extras.pins.models import PinSlip
from trainer.extras.pins.slips import void_slips
from trainer.organizations.actor import Actor
from trainer.organizations.history import keep_stays
from trainer.organizations.invitations import is_taken, void_invitations
from trainer.organizations.models import Invitation, Membership, Team, TeamMembership, TeamStay
from trainer.organizations.rules import fold
from trainer.organizations.team_queries import list_team_ids

CHOICES: Final = ("name", "employee_number", "job_title", "hired_on")
"""Facts of which the staff choose the one that wins where both entries have one. An address is the kept entry's."""


def join_entries(actor: Actor, kept: Membership, gone: Membership, chosen: Sequence[str], now: dt.datetime) -> Any:
    """Make one entry of two; return what `part_entries` needs. Duties must have moved. The caller has locked the firm.

    Teams are those of both; on past days too, where only the entry that goes was ever in one. Links and slips that were
    given out for that entry no longer work.
    """
    void_invitations(actor, [gone.id], now)
    void_slips(actor, [gone.id], now)
    facts = joined_facts(kept, gone, chosen)
    before: dict[str, Any] = {
        "gone": keep_row(gone),
        "teams": [team_id.hex for team_id in list_team_ids(gone.id)],
        "facts": {name: [plain(getattr(kept, name)), plain(value)] for name, value in facts.items()},
        "invitations": _move(Invitation, gone.id, kept.id),
        "slips": _move(PinSlip, gone.id, kept.id),
    }
    added = set(list_team_ids(gone.id)) - set(list_team_ids(kept.id))
    before["added"] = [team_id.hex for team_id in added]
    before["stays"] = [keep_row(stay) for stay in db.session.scalars(_stays_of(gone.id))]
    own = select(TeamStay.team_id).where(TeamStay.membership_id == kept.id)
    only_gones = update(TeamStay).where(
        TeamStay.membership_id == gone.id, TeamStay.team_id.not_in(own.scalar_subquery())
    )
    db.session.execute(only_gones.values(membership_id=kept.id).execution_options(synchronize_session=False))
    if kept.employee_number != facts["employee_number"]:
        void_slips(actor, [kept.id], now)  # they are for the number before
    db.session.execute(delete(Membership).where(Membership.id == gone.id))
    db.session.expunge(gone)
    for name, value in facts.items():
        setattr(kept, name, value)
    db.session.add_all(TeamMembership(membership_id=kept.id, team_id=team_id) for team_id in added)
    db.session.flush()
    keep_stays([kept.id], now)
    return before


def joined_facts(kept: Membership, gone: Membership, chosen: Sequence[str]) -> dict[str, Any]:
    """Return what the joined entry says: the chosen values, and of each fact that only one entry has, that one."""
    facts = {
        name: getattr(gone if name in chosen else kept, name) or getattr(kept, name) or getattr(gone, name)
        for name in (*CHOICES, "email")
    }
    return {**facts, "email_key": facts["email"], "name_key": fold(facts["name"])}


def part_entries(before: Any, kept: Membership, now: dt.datetime, *, is_forced: bool = False) -> None:
    """Undo `join_entries`. What the firm changed since stays changed. Links and slips stay void.

    Raises Conflict if someone else has an address or number by now; `is_forced`: the entries go without them.
    """
    row = before["gone"]
    for name, (old, new) in before["facts"].items():
        is_number = name == "employee_number" and old != new
        if plain(getattr(kept, name)) == new and not (
            is_number and _is_lost(kept, Membership.employee_number, old, is_forced)
        ):
            setattr(kept, name, dt.date.fromisoformat(old) if name == "hired_on" and old else old)
    db.session.flush()
    for column, names in ((Membership.employee_number, ()), (Membership.email_key, ("email",))):
        if _is_lost(kept, column, row[column.key], is_forced):
            row = row | dict.fromkeys((column.key, *names))
    put_back(Membership, row)
    gone_id = uuid.UUID(hex=row["id"])
    _set_entry(Invitation, before["invitations"], gone_id)
    _set_entry(PinSlip, before["slips"], gone_id)
    there = set(db.session.scalars(_teams_of(kept.organization_id)))
    teams = [uuid.UUID(hex=number) for number in before["teams"]]
    db.session.add_all(TeamMembership(membership_id=gone_id, team_id=team) for team in teams if team in there)
    added = [uuid.UUID(hex=number) for number in before["added"]]
    left = delete(TeamMembership).where(TeamMembership.membership_id == kept.id, TeamMembership.team_id.in_(added))
    db.session.execute(left)
    db.session.flush()
    for row in before["stays"]:
        taken = delete(TeamStay).where(
            TeamStay.membership_id == kept.id,
            TeamStay.team_id == uuid.UUID(hex=row["team_id"]),
            TeamStay.began_at == dt.datetime.fromisoformat(row["began_at"]),
        )
        db.session.execute(taken.execution_options(synchronize_session=False))
        put_back(TeamStay, row)
    keep_stays([kept.id, gone_id], now)


def _is_lost(kept: Membership, column: InstrumentedAttribute[Any], value: str | None, is_forced: bool) -> bool:
    """Return True if someone on the roster has a number or address by now. Raises Conflict unless that is accepted."""
    if value is None or not is_taken(kept.organization_id, column == value):
        return False
    if not is_forced:
        raise Conflict(_l("Someone else on the roster has the address or number by now. Change that entry first."))
    return True


def _stays_of(membership_id: uuid.UUID) -> Select[TeamStay]:
    return select(TeamStay).where(TeamStay.membership_id == membership_id)


def _move(record: type[Invitation] | type[PinSlip], gone_id: uuid.UUID, kept_id: uuid.UUID) -> list[str]:
    """Let an entry have the links or slips of another one; return which those were."""
    ids = [number.hex for number in db.session.scalars(select(record.id).where(record.membership_id == gone_id))]
    _set_entry(record, ids, kept_id)
    return ids


def _set_entry(record: type[Invitation] | type[PinSlip], ids: Sequence[str], membership_id: uuid.UUID) -> None:
    chosen = update(record).where(record.id.in_([uuid.UUID(hex=number) for number in ids]))
    db.session.execute(chosen.values(membership_id=membership_id).execution_options(synchronize_session=False))


def _teams_of(organization_id: uuid.UUID) -> Select[uuid.UUID]:
    return select(Team.id).where(Team.organization_id == organization_id)
