"""How pages and files name where someone stands."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace

from babel.lists import format_list
from flask_babel import get_locale, gettext, ngettext
from flask_babel import lazy_gettext as _l

from trainer.assignments.models import Reminder, Requirement, RequirementVersion
from trainer.assignments.rules import BY_HAND, Audience, Group, Lack, Match, Shortfall, Status
from trainer.core.outbox import OutboxMessage
from trainer.organizations import mail_words
from trainer.organizations.rules import Role
from trainer.organizations.words import ROLE_WORDS
from trainer.web.language import show_day

STATUS_NAMES = {
    Status.NOT_STARTED: _l("Not started"),
    Status.IN_PROGRESS: _l("In progress"),
    Status.CURRENT: _l("Current"),
    Status.DUE_SOON: _l("Due soon"),
    Status.OVERDUE: _l("Overdue"),
    Status.EXPIRED: _l("Expired"),
    Status.WAIVED: _l("Waived"),
}
STATUS_CHIPS = {
    Status.NOT_STARTED: ("none", "circle-o"),
    Status.IN_PROGRESS: ("note", "circle-h"),
    Status.CURRENT: ("ok", "check"),
    Status.DUE_SOON: ("due", "clock"),
    Status.OVERDUE: ("late", "bang"),
    Status.EXPIRED: ("late", "bang"),
    Status.WAIVED: ("note", "paper"),
}
"""Kind and icon of each chip: meaning never hangs on color alone."""


def status_name(status: Status, unapproved_state: str | None) -> str:
    """Return the status in words; where a state wants an approved course, nobody is just "current"."""
    if unapproved_state and status is Status.CURRENT:
        return str(_l("Trained, not state-approved"))
    return str(STATUS_NAMES[status])


def title_for(course: str, cadence_months: int) -> str:
    """Return the title of a rule of a firm's own, such as "For security officers, every two years"."""
    years, months = divmod(cadence_months, 12)
    if months:
        told = ngettext("%(course)s, every month", "%(course)s, every %(num)s months", cadence_months, course=course)
    elif years == 2:
        told = gettext("%(course)s, every two years", course=course)
    else:
        told = ngettext("%(course)s, yearly", "%(course)s, every %(num)s years", years, course=course)
    return str(told)


def shortfall_told(shortfall: Shortfall) -> str:
    """Return why a valid certificate doesn't count."""
    reasons = {
        Lack.MINUTES: gettext("%(had)s of %(asked)s active minutes", had=shortfall.had, asked=shortfall.asked),
        Lack.ORDER: gettext("the lessons weren’t taken in order"),
        Lack.STATEMENT: gettext("the statement wasn’t signed"),
        Lack.LESSONS: gettext("core lessons were skipped"),
        Lack.PERIOD: gettext("training is required every %(num)s months", num=shortfall.asked),
    }
    reason, day = reasons[shortfall.lack], show_day(shortfall.valid_until, "long")
    return str(gettext("The certificate valid until %(day)s doesn’t count: %(reason)s.", day=day, reason=reason))


def earlier_told(requirement: Requirement | RequirementVersion) -> str:
    """Return which trainings recorded by the firm a requirement counts, in words."""
    titles = requirement.earlier_titles
    if titles is None:
        return str(gettext("None"))
    return str(gettext("Any, whatever its title")) if not titles else "; ".join(titles.split("\n"))


def who(audience: Audience, teams: Mapping[uuid.UUID, str]) -> str:
    """Return who a requirement is for, in words, such as "People in Harbor Mall, hired on or after …; not owners"."""
    conditions = _conditions(audience.chosen, teams)
    if audience.hired_since is not None:
        conditions.append(gettext("hired on or after %(day)s", day=show_day(audience.hired_since, "long")))
    if not conditions:
        told = gettext("Everyone on the roster")
    elif audience.match is Match.ALL:
        told = gettext("People %(conditions)s", conditions=", ".join(conditions))
    else:
        told = gettext("People %(conditions)s", conditions=gettext(", or ").join(conditions))
    exceptions = audience.exceptions
    others = replace(exceptions, roles=exceptions.roles - {Role.OWNER})
    left_out = [gettext("people %(condition)s", condition=condition) for condition in _conditions(others, teams)]
    if Role.OWNER in exceptions.roles:
        left_out.insert(0, gettext("owners"))
    return f"{told}; {gettext('not %(whom)s', whom=', '.join(left_out))}" if left_out else told


def _conditions(group: Group, teams: Mapping[uuid.UUID, str]) -> list[str]:
    names = sorted({teams[team_id] for team_id in group.teams if team_id in teams})
    if gone := sum(team_id not in teams for team_id in group.teams):
        names.append(ngettext("a removed team", "%(num)s removed teams", gone))
    roles = [str(ROLE_WORDS[role]) for role in Role if role in group.roles]
    told = []
    if names:
        told.append(gettext("in %(teams)s", teams=_any_of(names)))
    if group.job_titles:
        told.append(gettext("with the job title %(titles)s", titles=_any_of(sorted(group.job_titles))))
    if roles:
        told.append(gettext("with the role %(roles)s", roles=_any_of(roles)))
    return told


def _any_of(names: Sequence[str]) -> str:
    return str(format_list(names, "or", get_locale() or "en"))


def outcome(reminder: Reminder, mail: OutboxMessage | None) -> str:
    """Return what became of a reminder, the same wherever it is told."""
    not_needed = gettext("Not sent: no longer due by the time it was to go out")
    return mail_words.outcome(reminder.skipped, mail, not_needed)


def reminder_name(kind: str) -> str:
    """Return which reminder it is, by its day before or its week after the due day."""
    first, _blank, second = kind.partition(" ")
    if first == BY_HAND:
        return str(gettext("Sent by hand"))
    if first == "overdue":
        return str(gettext("Overdue, week %(number)s", number=second))
    return str(ngettext("%(num)s day before", "%(num)s days before", int(first)))
