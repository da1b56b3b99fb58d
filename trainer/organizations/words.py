"""How the audit log tells acts and their details."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.organizations.rules import May, Role
from trainer.web.language import show_day

ROLE_WORDS: dict[Role, LazyString] = {
    Role.OWNER: _l("owner"),
    Role.MANAGER: _l("manager"),
    Role.INSTRUCTOR: _l("instructor"),
    Role.MEMBER: _l("member"),
}
"""Roles in the middle of a sentence."""
ACT_NAMES: dict[str, LazyString] = {
    "access.denied": _l("Was refused a page"),
    "api_token.made": _l("Created an API token"),
    "api_token.revoked": _l("Revoked an API token"),
    "api_token.used": _l("Used an API token, first time that day"),
    "cohort.archived": _l("Archived a class"),
    "cohort.changed": _l("Changed a class"),
    "cohort.declined": _l("Declined an invitation to a class"),
    "cohort.handed_over": _l("Transferred a class"),
    "cohort.invited": _l("Invited people to a class"),
    "cohort.joined": _l("Joined a class"),
    "cohort.left": _l("Left a class"),
    "cohort.made": _l("Created a class"),
    "cohort.reminded": _l("Reminded people of an invitation to a class"),
    "cohort.reopened": _l("Reopened a class"),
    "cohort.view_left": _l("Stopped seeing a class they used to teach"),
    "cohort.view_removed": _l("Removed a former instructor’s view of a class"),
    "export.audit": _l("Downloaded the audit log"),
    "export.board": _l("Downloaded a class board"),
    "export.meetings": _l("Downloaded who was at a class’s meetings"),
    "export.certificates": _l("Ordered a file of certificates"),
    "export.evidence_pack": _l("Ordered an evidence pack"),
    "export.misreads": _l("Downloaded what a class misreads"),
    "export.report": _l("Downloaded a report"),
    "export.sent_mail": _l("Downloaded the list of sent mail"),
    "export.training_status": _l("Downloaded training status"),
    "inspector_link.made": _l("Created a link for an inspector"),
    "inspector_link.revoked": _l("Withdrew a link for an inspector"),
    "inspector_link.taken_over": _l("Took over a link for an inspector"),
    "invitation.accepted": _l("Accepted an invitation"),
    "invitation.revoked": _l("Withdrew an invitation"),
    "invitation.sent": _l("Sent invitations"),
    "join_code.made": _l("Created a join code"),
    "join_code.revoked": _l("Withdrew a join code"),
    "join_code.used": _l("Joined with a code"),
    "lesson.sign_off_undone": _l("Undid a sign-off"),
    "lesson.signed_off": _l("Signed lessons off as taught"),
    "logo.removed": _l("Removed the firm’s logo"),
    "logo.set": _l("Set the firm’s logo"),
    "membership.changed": _l("Changed a person"),
    "membership.left": _l("Left the firm"),
    "membership.made": _l("Added a person"),
    "membership.removal_undone": _l("Put a person back on the roster"),
    "membership.removed": _l("Removed a person"),
    "membership.replies_set": _l("Chose whether people can reply to emails"),
    "membership.role_changed": _l("Changed a role"),
    "merger.asked": _l("Asked whether two entries are one person’s"),
    "merger.declined": _l("Said that an entry isn’t theirs"),
    "merger.made": _l("Joined two entries"),
    "merger.undone": _l("Separated two entries again"),
    "merger.withdrawn": _l("Withdrew a question about two entries"),
    "nudge.sent": _l("Wrote to people who are stuck"),
    "organization.changed": _l("Changed the firm’s settings"),
    "organization.closed": _l("Closed the firm"),
    "organization.step_skipped": _l("Skipped a step of setting up"),
    "organization.deleted": _l("The firm’s records were deleted"),
    "organization.invitations_set": _l("The number of invitations a day was changed"),
    "organization.made": _l("Created the firm"),
    "organization.reopened": _l("Reopened the firm"),
    "organization.resumed": _l("The firm’s suspension ended"),
    "organization.suspended": _l("The firm was suspended"),
    "pin.opened": _l("Opened sign-in with a PIN again"),
    "pin.paused": _l("Sign-in with a PIN was paused on new devices"),
    "pin_slip.disputed": _l("Said that someone else used a PIN slip"),
    "pin_slip.printed": _l("Printed PIN slips"),
    "pin_slip.used": _l("Chose a PIN with a slip"),
    "reminder.sent": _l("Sent reminders by hand"),
    "report.confirmed": _l("An address outside the firm agreed to get a report"),
    "report.ended": _l("Ended a report by email"),
    "report.made": _l("Set up a report by email"),
    "report.paused": _l("Paused a report by email"),
    "report.recipient_added": _l("Added someone to a report by email"),
    "report.recipient_removed": _l("Removed someone from a report by email"),
    "report.resumed": _l("Resumed a report by email"),
    "report.stopped": _l("Someone asked to stop getting a report"),
    "report.taken_over": _l("Took over a report by email"),
    "report.undeliverable": _l("A report stopped at an address that can’t be reached"),
    "requirement.changed": _l("Changed a requirement"),
    "requirement.ended": _l("Ended a requirement"),
    "requirement.made": _l("Set a requirement"),
    "roster.imported": _l("Imported a roster"),
    "round.granted": _l("Opened another round of a final"),
    "session.changed": _l("Changed a meeting"),
    "session.held": _l("Recorded a meeting"),
    "site_device.made": _l("Added a site device"),
    "site_device.registered": _l("A site device was registered"),
    "site_device.revoked": _l("Revoked a site device"),
    "team.made": _l("Created a team"),
    "team.removed": _l("Removed a team"),
    "team.renamed": _l("Renamed a team"),
    "training.approved": _l("Approved a record of earlier training"),
    "training.approval_lapsed": _l(
        "Ended the approval of a record of earlier training, since its approver is the person who was trained"
    ),
    "training.declined": _l("Declined a record of earlier training"),
    "training.imported": _l("Imported records of earlier training"),
    "training.proof_added": _l("Added a proof file to a record of earlier training"),
    "training.proof_replaced": _l("Replaced the proof file of records of earlier training"),
    "training.recorded": _l("Recorded earlier training"),
    "training.undone": _l("Deleted records of earlier training before they were approved"),
    "training.withdrawn": _l("Withdrew a record of earlier training"),
    "walk_in.added": _l("Put someone who isn’t in the class on its list"),
    "walk_in.joined": _l("Someone on a class’s list joined it"),
    "walk_in.expired": _l("Deleted a name that nobody claimed from a class’s list"),
    "walk_in.removed": _l("Took someone off a class’s list"),
    "waiver.ended": _l("Withdrew a waiver"),
    "waiver.made": _l("Waived a duty"),
    "webhook.deleted": _l("Deleted a webhook"),
    "webhook.made": _l("Created a webhook"),
    "webhook.paused": _l("Paused a webhook"),
    "webhook.resumed": _l("Resumed a webhook"),
    "webhook.sent_again": _l("Sent a webhook’s message again"),
}
"""What someone did in a firm, as a sentence about them begins."""

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


def act_name(act: str) -> str:
    """Return what was done, in words."""
    return str(ACT_NAMES[act]) if act in ACT_NAMES else act.replace("_", " ").replace(".", ": ")


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
