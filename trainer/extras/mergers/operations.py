"""Joining two entries of one person: what happens at once, what the owner of an account is asked first, what follows.

A firm must never get at what someone does in an account of their own. So for the day on which joining can be undone,
nothing that is still under way moves: the roster, duties and certificates, which are frozen facts, are joined at once;
courses and classes follow once it can't be undone anymore. Undoing gives each account back what it had, and what was
done in the meantime stays where it was done.

A firm chooses what it joins, and could choose an account that isn't the person's. So what a firm never sees, such as
answers, follows only if whoever is signed in to the account that stays also gave the PIN of the one that goes. Without
that it is deleted with that account. Nothing here commits.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from trainer.accounts.models import User
from trainer.accounts.operations import end_sessions
from trainer.accounts.privacy import forget_person
from trainer.accounts.queries import get_user
from trainer.assessment.operations import forget_attempts
from trainer.content.library import Course
from trainer.core import outbox
from trainer.core.audit import note
from trainer.core.db import db
from trainer.core.errors import Conflict
from trainer.core.feature import ask_extra
from trainer.extras.mergers.class_invitations import join_invitations, part_invitations
from trainer.extras.mergers.duties import correct_days, join_duties, part_duties, settle_duties
from trainer.extras.mergers.entries import join_entries, part_entries
from trainer.extras.mergers.models import Merger
from trainer.extras.mergers.queries import (
    get_going,
    get_merger,
    get_own_merger,
    get_pair,
    is_over,
    is_own_account,
    sees_all_of,
    side_of,
)
from trainer.extras.mergers.rules import (
    MERGER_ASKED_LASTS,
    MergerOutcome,
    MergerSide,
    Obstacle,
    can_undo_merger,
    obstacle_to,
)
from trainer.extras.mergers.taking_over import lend, take_back, take_over
from trainer.extras.pins.pins import begin_try
from trainer.extras.pins.rules import Way
from trainer.instructing.models import CohortMember
from trainer.learning.operations import forget_answers
from trainer.organizations.actor import Actor
from trainer.organizations.models import Membership, Organization
from trainer.organizations.queries import find_actor, list_owner_addresses, lock_organization
from trainer.organizations.rules import May
from trainer.web.language import mail_language

TOO_LATE = _l("That was more than 24 hours ago. It can’t be undone anymore.")
NOT_ANYMORE = _l(
    "This question has expired: too much time has passed, or something has changed in the firm since it was asked. "
    "Nothing was joined. Ask the firm."
)
_TOLD_AGAIN: Final = dt.timedelta(days=1)
_PROVED: Final = "proved"
"""In `Merger.before`: whether the owner of the account that stays gave the PIN of the one that goes."""


def sides(kept: Membership, gone: Membership) -> tuple[MergerSide, MergerSide]:
    """Return the facts that decide whether two entries can be merged, and which one stays."""
    return side_of(kept), side_of(gone)


def asks_first(kept: MergerSide, gone: MergerSide) -> bool:
    """Return True if the owner of the account that stays must agree: it is their own, and an account would be added."""
    return kept.is_own and gone.has_account


def refuse_obstacle(kept: MergerSide, gone: MergerSide) -> None:
    """Raise Conflict where two entries can't be joined this way around."""
    obstacle = obstacle_to(kept, gone)
    if obstacle is Obstacle.OWN_ACCOUNTS:
        raise Conflict(
            _l(
                "Both sign in with an account of their own: an email address, or a PIN that also works elsewhere. Only "
                "they can decide about those. Ask which account they use, and mark the other entry as having left. "
                "Certificates stay valid in both."
            )
        )
    if obstacle is Obstacle.STAFF:
        raise Conflict(
            _l(
                "The entry that would stay has a role, and the other one signs in with a PIN. Nobody who runs the firm "
                "is given what is in someone’s account. Note for the other entry that the person has left. "
                "Certificates stay valid in both."
            )
        )
    if obstacle is not None:
        raise Conflict(_l("Someone who has a role is never joined into another entry. Change the role first."))


def propose(actor: Actor, kept_id: uuid.UUID, gone_id: uuid.UUID, chosen: Sequence[str], now: dt.datetime) -> Merger:
    """Join two entries, or ask the owner of the account first. Raises NotFound; Conflict where they can't be joined."""
    lock_organization(actor)
    kept, gone = get_pair(actor, kept_id, gone_id)
    of_kept, of_gone = sides(kept, gone)
    refuse_obstacle(of_kept, of_gone)
    merger = Merger(
        organization_id=actor.organization_id,
        kept_id=kept.id,
        gone_id=gone.id,
        kept_user_id=kept.user_id,
        gone_user_id=gone.user_id,
        gone_name=gone.name,
        gone_number=gone.employee_number,
        chosen=list(chosen),
        asked_by_id=actor.user_id,
        asked_at=now,
    )
    db.session.add(merger)
    db.session.flush()
    is_asked = asks_first(of_kept, of_gone)
    _note("merger.asked" if is_asked else "merger.made", actor.user_id, merger, kept, now)
    if not is_asked:
        _join(actor, merger, kept, gone, now)
    _tell(merger, "merger-asked" if is_asked else "merger-made", now)
    return merger


def is_proved(merger: Merger) -> bool:
    """Return True if what nobody but the person sees follows, too."""
    return bool((merger.before or {}).get(_PROVED))


def begin_proof(user_id: uuid.UUID, merger_id: uuid.UUID, way: Way, now: dt.datetime) -> uuid.UUID | None:
    """Write down that the PIN of the account that goes is tried; None if it isn't looked at. Raises NotFound."""
    merger = get_own_merger(user_id, merger_id)
    _lock_firm(merger)
    return begin_try(merger.gone_user_id, way, now, merger.organization_id)


def accept(user_id: uuid.UUID, merger_id: uuid.UUID, now: dt.datetime, *, is_proved: bool = False) -> Merger:
    """Let an entry be joined to one's account. Raises NotFound; Conflict if that is no longer possible.

    `is_proved`: the PIN of its account was given.
    """
    merger = get_own_merger(user_id, merger_id)
    _lock_firm(merger)
    _lock(merger)
    actor = find_actor(user_id, merger.organization_id)
    if merger.joined_at is not None or actor is None or now - merger.asked_at >= MERGER_ASKED_LASTS:
        raise Conflict(NOT_ANYMORE)
    kept, gone = (_find(merger, membership_id) for membership_id in (merger.kept_id, merger.gone_id))
    is_as_asked = (
        kept is not None
        and gone is not None
        and (kept.user_id, gone.user_id) == (merger.kept_user_id, merger.gone_user_id)
    )
    if kept is None or gone is None or not is_as_asked or not _may_still_ask(merger, kept, gone):
        raise Conflict(NOT_ANYMORE)
    refuse_obstacle(*sides(kept, gone))
    _note("merger.made", user_id, merger, kept, now)
    _join(actor, merger, kept, gone, now)
    _note_seen(merger, now, is_proved=is_proved)
    return merger


def decline(user_id: uuid.UUID, merger_id: uuid.UUID, now: dt.datetime) -> None:
    """Refuse to have an entry joined to one's account; or undo it within a day."""
    merger = get_own_merger(user_id, merger_id)
    _lock_firm(merger)
    _lock(merger)
    _end(merger, user_id, MergerOutcome.DECLINED, now)


def confirm(user_id: uuid.UUID, merger_id: uuid.UUID, now: dt.datetime, *, is_proved: bool = False) -> None:
    """Note that the owner of the account has seen that an entry was joined to it, and that it is right.

    `is_proved`: the PIN of its account was given.
    """
    merger = get_own_merger(user_id, merger_id)
    _lock_firm(merger)
    _lock(merger)
    _note_seen(merger, now, is_proved=is_proved)


def withdraw(actor: Actor, merger_id: uuid.UUID, now: dt.datetime) -> Merger:
    """Withdraw what the owner of an account was asked, or undo within a day what was joined."""
    lock_organization(actor)
    merger = get_merger(actor, merger_id)
    _lock(merger)
    _end(merger, actor.user_id, MergerOutcome.WITHDRAWN, now)
    return merger


def dispute(merger_id: uuid.UUID, now: dt.datetime) -> Membership:
    """Undo a merger within a day, for whoever gave the PIN of the account that goes; tell the firm's owners.

    Return the entry as it is back: without a number or address that is someone else's by now, so that nobody can keep
    it away by that. Raises NotFound; Conflict if it is too late.
    """
    merger = get_going(merger_id)
    _lock_firm(merger)
    _lock(merger)
    _end(merger, merger.gone_user_id, MergerOutcome.WITHDRAWN, now, is_forced=True)
    _tell_owners("merger-disputed", merger, now)
    return db.session.get_one(Membership, merger.gone_id)


def settle(merger_id: uuid.UUID, courses: Mapping[str, Course], now: dt.datetime) -> None:
    """Move the rest of the account that was joined away to the one that stays, and empty it; once.

    If that account has become its owner's own in the meantime, everything is undone instead, and the firm told.
    """
    merger = db.session.scalar(select(Merger).where(Merger.id == merger_id, is_over(now)))
    if merger is None:
        return
    _lock_firm(merger)
    db.session.refresh(merger, with_for_update=True)
    if merger.closed_at is not None:
        return
    if merger.joined_at is None:
        _close(merger, MergerOutcome.EXPIRED, now)
        return
    other_id, user_id = merger.gone_user_id, merger.kept_user_id
    if other_id is not None and user_id is not None:
        for locked_id in sorted([other_id, user_id]):
            get_user(locked_id)  # always in the same order
        if is_own_account(other_id, merger.organization_id):
            _undo(merger, None, now, is_forced=True)
            _tell_owners("merger-undone", merger, now)
            return
        if is_proved(merger):
            ask_extra("take_over_study", other_id, user_id)  # before pretests meet
        else:
            _forget_own(other_id, now)
        take_over(other_id, user_id, courses, now)
        account = get_user(user_id)
        account.certificate_name = account.certificate_name or get_user(other_id).certificate_name
        forget_person(other_id, now)
    before = merger.before or {}
    _close(merger, MergerOutcome.SETTLED, now)
    settle_duties(before.get("duties", {}), merger.organization_id)


def _join(actor: Actor, merger: Merger, kept: Membership, gone: Membership, now: dt.datetime) -> None:
    before = {
        "class_invitations": join_invitations(gone.id, kept.id),
        "duties": join_duties(gone, kept, actor.user_id, now),
        "entries": join_entries(actor, kept, gone, merger.chosen, now),
    }
    if merger.gone_user_id is not None and merger.kept_user_id is not None:
        before["credentials"] = lend(merger.gone_user_id, merger.kept_user_id)
        end_sessions(merger.gone_user_id, now)
    correct_days(actor.organization, now, kept.id)
    merger.before, merger.joined_at = before, now
    db.session.flush()


def _note_seen(merger: Merger, now: dt.datetime, *, is_proved: bool) -> None:
    merger.seen_at = now
    if is_proved and merger.before is not None:
        merger.before = merger.before | {_PROVED: True}


def _forget_own(user_id: uuid.UUID, now: dt.datetime) -> None:
    """Delete what nobody but the person sees of an account."""
    ask_extra("delete_notes", select(CohortMember.id).where(CohortMember.user_id == user_id))
    ask_extra("forget_study", user_id, now)
    forget_attempts([user_id])
    forget_answers(user_id)


def _end(
    merger: Merger, user_id: uuid.UUID | None, outcome: MergerOutcome, now: dt.datetime, *, is_forced: bool = False
) -> None:
    kept = db.session.get_one(Membership, merger.kept_id)
    if merger.joined_at is None:
        _note(
            "merger.declined" if outcome is MergerOutcome.DECLINED else "merger.withdrawn", user_id, merger, kept, now
        )
        _close(merger, outcome, now)
        return
    if not can_undo_merger(merger.joined_at, now):
        raise Conflict(TOO_LATE)
    _undo(merger, user_id, now, is_forced=is_forced)


def _undo(merger: Merger, user_id: uuid.UUID | None, now: dt.datetime, *, is_forced: bool = False) -> None:
    """Give both entries back what they had; without a user, because the worker found that it must be undone."""
    assert merger.before is not None  # it is joined, and not closed
    firm, kept = _lock_firm(merger), db.session.get_one(Membership, merger.kept_id)
    part_entries(merger.before["entries"], kept, now, is_forced=is_forced)
    part_invitations(merger.before.get("class_invitations", {}), merger.gone_id)
    part_duties(merger.before["duties"], merger.gone_id, merger.gone_user_id)
    if merger.gone_user_id is not None:
        take_back(merger.gone_user_id, merger.before.get("credentials", {}))
    correct_days(firm, now, kept.id, merger.gone_id)
    _note("merger.undone", user_id, merger, kept, now)
    duties = merger.before["duties"]
    _close(merger, MergerOutcome.UNDONE, now)
    settle_duties(duties, merger.organization_id)  # of trainings that weren't put back


def _lock(merger: Merger) -> None:
    """Wait for others who end it. Raises Conflict if someone did."""
    db.session.refresh(merger, with_for_update=True)
    if merger.closed_at is not None:
        raise Conflict(_l("Someone else got there first. Look at the page again."))


def _close(merger: Merger, outcome: MergerOutcome, now: dt.datetime) -> None:
    """Note how joining two entries ended; what undoing would have taken is forgotten."""
    merger.closed_at, merger.outcome, merger.before = now, outcome, None
    db.session.flush()


def _lock_firm(merger: Merger) -> Organization:
    """Return a merger's firm, locked. Everyone locks it before the merger."""
    return db.session.scalars(
        select(Organization).where(Organization.id == merger.organization_id).with_for_update()
    ).one()


def _may_still_ask(merger: Merger, kept: Membership, gone: Membership) -> bool:
    """Return True while the person who asked may change both entries."""
    asker = find_actor(merger.asked_by_id, merger.organization_id)
    return (
        asker is not None
        and asker.may(May.CHANGE_PEOPLE)
        and asker.may_change(kept)
        and asker.may_change(gone)
        and sees_all_of(asker, kept, gone)
    )


def _find(merger: Merger, membership_id: uuid.UUID) -> Membership | None:
    return db.session.scalar(
        select(Membership).where(
            Membership.id == membership_id,
            Membership.organization_id == merger.organization_id,
            Membership.ended_at.is_(None),
        )
    )


def _tell(merger: Merger, template: str, now: dt.datetime) -> None:
    user = db.session.get(User, merger.kept_user_id) if merger.kept_user_id else None
    lately = select(Merger.id).where(Merger.kept_id == merger.kept_id, Merger.told_at > now - _TOLD_AGAIN)
    if user is not None and user.email is not None and db.session.scalar(lately.limit(1)) is None:
        merger.told_at = now
        outbox.post(template, user.email, mail_language(user.language), {"merger": merger.id.hex}, now)


def _tell_owners(template: str, merger: Merger, now: dt.datetime) -> None:
    owners = list_owner_addresses(merger.organization_id)
    mails = [(address, mail_language(language), {"merger": merger.id.hex}) for address, language in owners]
    outbox.post_all(template, mails, now)


def _note(act: str, user_id: uuid.UUID | None, merger: Merger, kept: Membership, now: dt.datetime) -> None:
    note(
        act,
        now,
        actor_id=user_id,
        organization_id=merger.organization_id,
        subject_id=kept.id,
        name=kept.name,
        other=", ".join(part for part in (merger.gone_name, merger.gone_number) if part),
    )
