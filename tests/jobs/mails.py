"""Every mail, with values for what it says."""

from __future__ import annotations

import datetime as dt

from trainer.core.settings import ROOT

TODAY = dt.date(2026, 11, 24)


# What is put in has no Latin letter, so that all that are found are ours.
URL, NAME = "https://1.example/2", "Олена"
REMINDER = {"firm": NAME, "subject": NAME, "due_on": "1", "url": URL}
NUDGE = {"taught_by": NAME, "url": URL, "classes": URL}
CHECKS = {"checks": [NAME]}
INVITATION = CHECKS | {"firm": NAME, "until": TODAY, "invited_on": TODAY, "url": URL}
VALUES: dict[str, list[dict[str, object]]] = {
    "training-reminder": [
        REMINDER
        | CHECKS
        | {"name": NAME, "asked_by": NAME, "course": NAME}
        | {"is_late": is_late, "is_renewal": is_renewal, "minutes": minutes, "short": short}
        for is_late in (True, False)
        for is_renewal in (True, False)
        for minutes in (0, 5)
        for short in (0, 1, 2)
    ],
    "report": [
        {"firm": NAME, "day": TODAY, "is_weekly": is_weekly, "fits": fits, "sign_in": sign_in, "stop": URL}
        for is_weekly in (True, False)
        for fits in (True, False)
        for sign_in in ("", URL)
    ],
    "report-confirmation": [
        {"who": NAME, "teams": teams, "has_teams": has, "is_weekly": is_weekly, "days": 14, "url": URL, "stop": URL}
        for teams, has in (([], False), ([], True), ([NAME, NAME], True))
        for is_weekly in (True, False)
    ],
    "training-digest": [{"firm": NAME, "names": [NAME], "has_more": True, "url": URL}],
    "renewal-open": [{"url": URL, "valid_until": TODAY}],
    "check-in": [{"url": URL, "scenes": 6}],
    "certificate-reissued": [{"course": NAME, "url": URL, "contact": URL}],
    "certificate-withdrawn": [{"course": NAME, "reason": NAME, "url": URL, "contact": URL}],
    "final-canceled": [{"day": TODAY, "url": URL, "is_passed": is_passed} for is_passed in (True, False)],
    "round-asked": [{"place": NAME, "url": URL}],
    "slip-disputed": [{"firm": NAME, "url": URL}],
    "pins-paused": [{"firm": NAME, "url": URL}],
    "slip-used": [{"firm": NAME, "url": URL}],
    "merger-asked": [{"firm": NAME, "url": URL}],
    "merger-made": [{"firm": NAME, "url": URL}],
    "merger-undone": [{"firm": NAME, "url": URL}],
    "merger-disputed": [{"firm": NAME, "url": URL}],
    "study-second": [{"last": TODAY, "url": URL}],
    "class-nudge": [NUDGE | {"lessons": lessons, "minutes": minutes} for lessons in (0, 1) for minutes in (0, 9)],
    "class-note": [{"taught_by": NAME, "url": URL}],
    "class-invitation": [
        {"firm": NAME, "title": NAME, "taught_by": NAME, "course": NAME, "ends_on": TODAY, "url": URL}
    ],
    "invitation": [
        INVITATION | {"name": name, "asked_by": name, "duties": duties}
        for name in ("", NAME)
        for duties in ([], [(NAME, 1, "1"), (NAME, 9, "1")])
    ],
    "invitation-again": [
        INVITATION | {"name": name, "asked_by": name, "duties": duties, "left": left}
        for name in ("", NAME)
        for duties in ([], [(NAME, 9, "1")])
        for left in (0, 1, 2)
    ],
    "copy-ready": [{"url": URL, "days": days} for days in (1, 3)],
    "erasure-asked": [{"url": URL, "at": dt.datetime(2026, 11, 27, tzinfo=dt.UTC)}],
    "firm-closed": [{"firm": NAME, "closed_on": TODAY, "deleted_on": TODAY, "url": URL}],
}
MAILS = sorted(ROOT.glob("trainer/**/templates/*/mail/[!_]*.txt"))
