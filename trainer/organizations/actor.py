"""Who acts in which firm. Everything of a firm is loaded through its actor, so that a stranger finds nothing."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from trainer.organizations.models import Membership, Organization
from trainer.organizations.rules import FirmState, May, Role, firm_state, is_allowed, local_day


@dataclass(frozen=True, slots=True)
class Actor:
    """A person in a firm, at the moment of a request."""

    user_id: uuid.UUID
    organization: Organization
    membership: Membership
    role: Role
    team_ids: frozenset[uuid.UUID] | None
    """The teams whose people this person sees; None for all."""
    manages_all: bool
    """Of a manager: all teams. Read once, as the role is: the record is read anew in each transaction."""

    @property
    def organization_id(self) -> uuid.UUID:
        """The firm's id."""
        return self.organization.id

    @property
    def state(self) -> FirmState:
        """Whether anything can be done in the firm."""
        return firm_state(self.organization.suspended_at, self.organization.closed_at)

    def may(self, permission: May | str) -> bool:
        """Return True if this person may do it."""
        return is_allowed(self.role, May(permission), manages_all=self.manages_all)

    def may_change(self, person: Membership) -> bool:
        """Return True if this person may change, invite and remove someone; someone with a role only if this person may
        give roles."""
        return person.role == Role.MEMBER or self.may(May.SET_ROLES)

    def today(self, now: dt.datetime) -> dt.date:
        """Return the firm's day."""
        return local_day(self.organization.time_zone, now)
