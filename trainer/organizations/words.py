"""How the audit log tells acts and their details."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.core.feature import list_features
from trainer.organizations.rules import May, Role
from trainer.web.language import show_day

ROLE_WORDS: dict[Role, LazyString] = {
    Role.OWNER: _l("owner"),
    Role.MANAGER: _l("manager"),
    Role.INSTRUCTOR: _l("instructor"),
    Role.MEMBER: _l("member"),
}
"""Roles in the middle of a sentence."""
_RHYTHMS = {"week": _l("each week"), "month": _l("each month")}
_DETAILS = {
    "address": _l("address"),
    "allows_test_out": _l("may skip what they know"),
    "as_of": _l("day"),
    "audience": _l("who"),
    "before": _l("before"),
    "changed": _l("changed"),
    "class_title": _l("class"),
    "completed_on": _l("completed on"),
    "course": _l("course"),
    "days_allowed": _l("days allowed"),
    "ended": _l("marked as having left"),
    "ended_on": _l("last day"),
    "form": _l("file"),
    "follows_up": _l("unanswered invitations go out again"),
    "event": _l("event"),
    "held_on": _l("held on"),
    "host": _l("host"),
    "invitations_a_day": _l("invitations a day"),
    "invited": _l("invited"),
    "kinds": _l("events"),
    "label": _l("label"),
    "least_minutes": _l("active minutes at least"),
    "limits": _l("limited to"),
    "left_out": _l("rows left out"),
    "lessons": _l("lessons"),
    "minutes": _l("minutes"),
    "months": _l("again after months"),
    "most_uses": _l("people at most"),
    "name": _l("name"),
    "new": _l("new"),
    "other": _l("other entry"),
    "pack": _l("with an evidence pack"),
    "people": _l("people"),
    "permission": _l("what it takes"),
    "reason": _l("reason"),
    "recorded_training": _l("earlier training that counts"),
    "region": _l("region"),
    "renewal_days": _l("opens days before"),
    "returned": _l("returned"),
    "rhythm": _l("how often"),
    "role": _l("role"),
    "round": _l("round"),
    "scopes": _l("scopes"),
    "shows_address": _l("address is shown"),
    "starts_on": _l("starts on"),
    "step": _l("step"),
    "teams": _l("teams"),
    "time_zone": _l("time zone"),
    "token": _l("API token"),
    "title": _l("title"),
    "unchanged": _l("unchanged"),
    "times": _l("times within an hour"),
    "until": _l("until"),
    "signed_as": _l("signed as"),
    "skipped": _l("not sent"),
    "without_address": _l("without an address"),
}
_FIELDS = {
    "name": _l("name"),
    "email": _l("email"),
    "job_title": _l("job title"),
    "employee_number": _l("employee number"),
    "hired_on": _l("hire date"),
    "teams": _l("teams"),
}
_AUDIENCES = {"everyone": _l("everyone"), "teams": _l("teams"), "role": _l("role")}
_PERMISSIONS = {
    May.BELONG: _l("belong"),
    May.SEE_PEOPLE: _l("see people"),
    May.CHANGE_PEOPLE: _l("change people"),
    May.BRING_IN: _l("bring people in"),
    May.SEE_TRAINING: _l("see training status"),
    May.SET_TEAMS: _l("set teams"),
    May.REQUIRE: _l("set requirements"),
    May.TEACH: _l("teach"),
    May.SET_ROLES: _l("set roles"),
    May.SET_FIRM: _l("set the firm"),
    May.READ_AUDIT: _l("read the audit log"),
}
_HIDDEN = frozenset({"page", "recipient", "to"})
"""Names of our own code, and ids."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def act_names() -> dict[str, LazyString]:
    """Return what the features call the acts that the log of a firm holds."""
    return {act: name for feature in list_features() for act, name in feature.acts.items()}


def act_name(act: str) -> str:
    """Return what was done, in words."""
    names = act_names()
    return str(names[act]) if act in names else act.replace("_", " ").replace(".", ": ")


def tell_details(details: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return (label, text) of what a reader needs to understand an act."""
    return [
        (str(_DETAILS.get(name) or name.replace("_", " ")), _text(name, value, is_of_role="role" in details))
        for name, value in sorted(details.items())
        if name not in _HIDDEN
    ]


def _text(name: str, value: Any, *, is_of_role: bool) -> str:
    if isinstance(value, bool) or name == "pack":  # an id, which says nothing to a reader
        return str(_("yes") if value else _("no"))
    text = str(value)
    if is_of_role and name in {"role", "before"} and text in set(Role):
        return str(ROLE_WORDS[Role(text)])
    if name == "rhythm":
        return str(_RHYTHMS.get(text, text))
    if name == "audience":
        return str(_AUDIENCES.get(text, text))
    if name == "permission" and text in set(May):
        return str(_PERMISSIONS[May(text)])
    if name == "changed" and not isinstance(value, int):
        return re.sub(r"(^|, |; )(\w+)(?=$|[,;:])", lambda match: match[1] + str(_FIELDS.get(match[2], match[2])), text)
    if name == "form":
        return text.upper()
    return show_day(dt.date.fromisoformat(text), "long") if _DAY.fullmatch(text) else text
