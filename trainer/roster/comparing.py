"""What a row says about someone who is on the roster, beside what we know. Pure."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.organizations.rules import Role, fold
from trainer.organizations.words import ROLE_WORDS
from trainer.roster.cells import LABELS, Problem, Wanted
from trainer.roster.plan import Change, Entry, Fate, Known, Value

_MISTYPED: Final = {
    "gmail.com": "gmial.com gamil.com gmai.com gmal.com gmil.com gnail.com gmaill.com gmali.com gmail.con gmail.cm",
    "yahoo.com": "yaho.com yahooo.com yhoo.com yaoo.com yahoo.con yahoo.cm",
    "hotmail.com": "hotmial.com hotmal.com hotmai.com hotmil.com homail.com hotmail.con",
    "outlook.com": "outlok.com outloook.com outllook.com oulook.com outlook.con",
    "icloud.com": "iclod.com icoud.com icluod.com icloud.con",
}
"""What people type by mistake; another provider's name is none of it, such as mail.com."""
_MEANT: Final = {typed: meant for meant, slips in _MISTYPED.items() for typed in slips.split()}


def changes_of(row: Wanted, person: Known) -> dict[str, Change]:
    """Return the old and the new value of each field that would change."""
    is_elsewhere = row.email_key not in person.keys
    pairs: list[tuple[str, Value, Value]] = [
        ("name", row.name, person.name),
        ("email", row.email_key if is_elsewhere else None, person.email),
        ("job_title", row.job_title, person.job_title),
        ("employee_number", row.employee_number, person.employee_number),
        ("hired_on", row.hired_on, person.hired_on),
    ]
    if row.teams is not None and set(map(fold, row.teams)) != set(map(fold, person.teams)):
        pairs.append(("teams", "; ".join(row.teams), "; ".join(person.teams)))
    return {name: Change(LABELS[name], old, new) for name, new, old in pairs if new is not None and new != old}


def slips_in(entry: Entry) -> list[LazyString]:
    """Return why a row is likely to be a slip."""
    changed = {name: change for change in entry.changes for name, label in LABELS.items() if change.label is label}
    slips = []
    if list(changed) == ["name"] and str(changed["name"].old).casefold() == str(changed["name"].new).casefold():
        slips.append(_l("only capitals differ"))
    domain = (entry.email or "").rpartition("@")[2]
    if domain in _MEANT and ("email" in changed or entry.fate in (Fate.NEW, Fate.RETURNED)):
        slips.append(_l("the address ends with %(typed)s. Did you mean %(meant)s?", typed=domain, meant=_MEANT[domain]))
    return slips


def leaves(number: int, row: Wanted, person: Known) -> Entry:
    """Return what becomes of someone here who has left, as a row says. Raises Problem."""
    role = ROLE_WORDS[Role(person.role)]
    entry = Entry(
        number,
        Fate.UNCHANGED,
        person.name,
        row.email_key,
        rests_on=(person.role,),
        membership_id=person.membership_id,
    )
    if person.role != Role.MEMBER:
        stays = _l(
            "has left, says the list, but %(name)s is %(role)s: a roster ends nobody’s role. "
            "Do that on the person’s page.",
            name=person.name,
            role=role,
        )
        return replace(entry, warnings=(stays,))
    hired_on = person.hired_on
    if row.ended_on is not None and hired_on is not None and row.ended_on < hired_on:
        raise Problem(
            _l(
                "the last day, %(day)s, is before the hire date, %(hired)s. Correct one of them.",
                day=row.ended_on.isoformat(),
                hired=hired_on.isoformat(),
            )
        )
    if row.ended_on is not None:
        last_day = Change(_l("last day"), None, row.ended_on)
        return replace(entry, fate=Fate.LEAVES, changes=(last_day,), wanted=row)
    told = _l("has left, says the list, without a day: the last day is today")
    return replace(entry, fate=Fate.LEAVES, reasons=(told,), wanted=row)
