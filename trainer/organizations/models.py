"""Organization, Upkeep, Team, Membership, TeamStay, Invitation, InvitationMail and JoinCode records."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from trainer.core.db import Base
from trainer.core.leases import Leased

LONGEST_NAME = 120
LONGEST_TITLE = 80
LONGEST_NUMBER = 40
LONGEST_REASON = 300
LONGEST_REGION = 20
LONGEST_REST = dt.timedelta(hours=6)
"""After which a firm is looked at again, whatever has changed."""

_HERE = text("ended_at IS NULL")
_LEFT = text("ended_at IS NOT NULL")


class Organization(Base):
    """A firm."""

    __tablename__ = "organizations"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    time_zone: Mapped[str] = mapped_column(String(64))
    """A name of the IANA database; the firm's days begin and end by it."""
    region: Mapped[str | None] = mapped_column(String(LONGEST_REGION))
    """Whose numbers and laws its people are shown; None: those of the site."""
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    suspended_at: Mapped[dt.datetime | None]
    """Since when nothing can be done in it, because whoever runs the installation said so."""
    closed_at: Mapped[dt.datetime | None]
    """When an owner closed it."""
    deletes_at: Mapped[dt.datetime | None]
    """Of a closed firm: from when on its records are deleted. Until then an owner can open it again."""
    code: Mapped[str | None] = mapped_column(String(8), unique=True)
    """What people without an address type to say which firm they mean; no secret. Made with the first PIN slip."""
    skipped_steps: Mapped[list[str] | None]
    """Steps of setting it up that someone chose to leave out."""
    history_since: Mapped[dt.datetime | None]
    """From when on moves between teams and changes of requirements are kept, of a firm that is older than that."""
    invitations_a_day: Mapped[int | None]
    """How many invitations it can send in a day, where that isn't the usual number."""
    follows_up: Mapped[bool] = mapped_column(default=True, server_default=true())
    """Unanswered invitations go out again automatically."""


class Upkeep(Leased, Base):
    """When one of the workers looks next at what a firm requires, reminds of and reports. Workers claim these rows."""

    __tablename__ = "upkeeps"
    WAITING = text("1 = 1")  # there is always a next time
    __table_args__ = (Index("ix_upkeeps_due_at", "due_at"),)

    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), unique=True)
    seen_until: Mapped[dt.datetime]
    """What changes later than this is news: `SLACK` before the last look began, since a change may be written before
    the transaction that it is part of ends."""
    SLACK = dt.timedelta(minutes=5)

    def give_up(self, now: dt.datetime) -> None:
        """Leave it until the time after, though each worker that took it up was ended."""
        self.due_at, self.tries = now + LONGEST_REST, 0


class Team(Base):
    """A site or a crew of a firm."""

    __tablename__ = "teams"
    __table_args__ = (UniqueConstraint("organization_id", "name_key"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"))
    name: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    name_key: Mapped[str] = mapped_column(String(LONGEST_TITLE))
    """The name folded, so that two spellings of one team are one."""
    region: Mapped[str | None] = mapped_column(String(LONGEST_REGION))
    """Whose numbers and laws its people are shown; None: those of the firm."""
    created_at: Mapped[dt.datetime]


class Membership(Base):
    """A person on a firm's roster, from being hired to leaving. A rehire is a new one.

    Until the person has come in by an invitation there is no user, only what the firm knows.
    """

    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "uq_memberships_here_user",
            "organization_id",
            "user_id",
            unique=True,
            sqlite_where=_HERE,
            postgresql_where=_HERE,
        ),
        Index(
            "uq_memberships_here_email",
            "organization_id",
            "email_key",
            unique=True,
            sqlite_where=_HERE,
            postgresql_where=_HERE,
        ),
        Index(
            "uq_memberships_here_number",
            "organization_id",
            "employee_number",
            unique=True,
            sqlite_where=_HERE,
            postgresql_where=_HERE,
        ),
        # All that the training status of a whole firm reads of a membership.
        Index("ix_memberships_standing", "organization_id", "id", "user_id"),
        # Who has a role, and how many are here, have joined, are gone: found and counted without the rows themselves.
        Index("ix_memberships_role", "organization_id", "role", "ended_at", "user_id"),
        Index("ix_memberships_left", "organization_id", "id", sqlite_where=_LEFT, postgresql_where=_LEFT),
        Index("ix_memberships_organization_id_name_key", "organization_id", "name_key", "id"),
        CheckConstraint("(user_id IS NULL) = (joined_at IS NULL)", name="joined_has_user"),
        CheckConstraint(
            "user_id IS NOT NULL OR email_key IS NOT NULL OR employee_number IS NOT NULL",
            name="known_by_user_email_or_number",
        ),
        CheckConstraint("(ended_at IS NULL) = (ended_on IS NULL)", name="ended_has_day"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    """As the firm writes it; the name on a certificate is the person's own affair."""
    name_key: Mapped[str] = mapped_column(String(LONGEST_NAME))
    """The name folded, to sort and to search by."""
    email: Mapped[str | None] = mapped_column(String(254))
    """Where the firm writes to this person; an invitation goes here. Without one, the employee number signs in."""
    email_key: Mapped[str | None] = mapped_column(String(254))
    role: Mapped[str] = mapped_column(String(20))
    manages_all: Mapped[bool] = mapped_column(default=False)
    """Of a manager: all teams. Otherwise a manager sees the people of the teams that he is in."""
    job_title: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    employee_number: Mapped[str | None] = mapped_column(String(LONGEST_NUMBER))
    """A text: leading zeros count."""
    hired_on: Mapped[dt.date | None]
    created_at: Mapped[dt.datetime]
    joined_at: Mapped[dt.datetime | None]
    ended_on: Mapped[dt.date | None]
    """The firm's last day with this person."""
    ended_at: Mapped[dt.datetime | None]
    """When that was entered."""
    shows_address_at: Mapped[dt.datetime | None]
    """When someone who invites and reminds let the readers see the account's address as it was then, to reply to."""


class TeamMembership(Base):
    """A person in a team."""

    __tablename__ = "team_memberships"

    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("memberships.id", ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True, index=True)


class TeamStay(Base):
    """A stretch of time that a person was in a team: what `TeamMembership` said then, whatever it says now."""

    __tablename__ = "team_stays"
    __table_args__ = (
        # All that training status of a past day asks of a firm's teams.
        Index("ix_team_stays_standing", "organization_id", "team_id", "membership_id", "began_at", "ended_at"),
    )

    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("memberships.id", ondelete="CASCADE"), primary_key=True)
    team_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    """No foreign key: a stay outlives its team."""
    began_at: Mapped[dt.datetime] = mapped_column(primary_key=True)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"))
    ended_at: Mapped[dt.datetime | None]
    team_name: Mapped[str | None] = mapped_column(String(LONGEST_TITLE))
    """The last name of a team that was removed."""


class Invitation(Base):
    """A mailed link by which one person on the roster comes in. The link itself is stored nowhere."""

    __tablename__ = "invitations"
    __table_args__ = (
        Index("uq_invitations_mailed_digest", "mailed_digest", unique=True),
        Index("uq_invitations_shown_digest", "shown_digest", unique=True),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    membership_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("memberships.id", ondelete="CASCADE"), index=True)
    email_key: Mapped[str] = mapped_column(String(254))
    """The address that it was mailed to; it is void once the roster has another."""
    nonce: Mapped[str] = mapped_column(String(32))
    mailed_digest: Mapped[str | None] = mapped_column(String(43))
    """Of the code in the mailed link, by which it is found. Links of earlier versions carry the id instead."""
    shown_digest: Mapped[str | None] = mapped_column(String(43))
    """Of the code in the link that the firm hands on itself."""
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    expires_at: Mapped[dt.datetime]
    """Each follow-up moves it."""
    accepted_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]


class InvitationMail(Base):
    """An email with an invitation's link, or why there was none. The row comes before the mail: one for each number."""

    __tablename__ = "invitation_mails"
    __table_args__ = (
        UniqueConstraint("invitation_id", "number"),
        Index("ix_invitation_mails_log", "organization_id", "created_at", "id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"))
    invitation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invitations.id", ondelete="CASCADE"))
    number: Mapped[int]
    """0 for the invitation itself, then its follow-ups, from 1."""
    created_at: Mapped[dt.datetime]
    message_id: Mapped[uuid.UUID | None]
    """The row in the outbox."""
    skipped: Mapped[str | None] = mapped_column(String(60))
    """Why nothing was sent."""


class JoinCode(Base):
    """A short code, for a link and a poster, by which anybody who has it comes in."""

    __tablename__ = "join_codes"
    __table_args__ = (
        CheckConstraint("uses >= 0 AND (most_uses IS NULL OR uses <= most_uses)", name="uses_within_limit"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    organization_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organizations.id"), index=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    """Crockford base32 without separators; read tolerantly."""
    role: Mapped[str] = mapped_column(String(20))
    team_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("teams.id", ondelete="SET NULL"), index=True)
    created_at: Mapped[dt.datetime]
    created_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    expires_at: Mapped[dt.datetime]
    most_uses: Mapped[int | None]
    uses: Mapped[int] = mapped_column(default=0)
    revoked_at: Mapped[dt.datetime | None]
