"""Which role a row gives to someone new. Pure."""

from __future__ import annotations

from collections.abc import Collection

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.organizations.rules import Role, fold
from trainer.roster.cells import Problem


def read_role(text: str, roles: Collection[Role]) -> Role | None:
    """Return the role that is to be given; `roles`: those that may be. Raises Problem."""
    bare = fold(text)
    if not bare:
        return None
    if bare == Role.OWNER:
        raise Problem(
            _l("a roster can’t make someone an owner. Leave the role empty, and set it on the person’s page.")
        )
    if bare not in set(Role):
        raise Problem(
            _l(
                "there is no role “%(role)s”. Write %(roles)s, or leave it empty.",
                role=text[:40],
                roles=_listed(roles),
            )
        )
    if Role(bare) not in roles:
        raise Problem(
            _l("you can’t give the role %(role)s. Write %(roles)s, or leave it empty.", role=bare, roles=_listed(roles))
        )
    return Role(bare)


def _listed(roles: Collection[Role]) -> str | LazyString:
    """Return the words that a cell may hold: those are read in one language only."""
    listed, *others = (role.value for role in Role if role in roles)
    for other in others:
        listed = _l("%(one)s or %(other)s", one=listed, other=other)
    return listed
