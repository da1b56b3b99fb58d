"""A firm that brings people in, for the pages of a roster, of invitations and of join codes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID

from flask import Flask

from tests.cast import actor_of, add_second_factor, make_firm, make_site, put_on_roster
from trainer.assignments.operations import end_requirement, require_course
from trainer.assignments.rules import Audience, Wanted
from trainer.assignments.upkeep import remind
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.joining.importing import decide, keep_draft, lines_of, take_over
from trainer.joining.sheets import read_text
from trainer.organizations.closing import close, suspend
from trainer.organizations.codes import make_join_code
from trainer.organizations.invitations import invite, token_of
from trainer.organizations.models import Invitation
from trainer.organizations.queries import get_person
from trainer.organizations.rules import Role

HEAD = "name,e-mail,job title,employee number,hired on,teams\n"
GOOD = HEAD + "Pat Poe,pat@example.org,Guard,012,3/4/2026,Harbor Mall; North\nZoë Ångström,zoe@example.org,,,,\n"
BAD = HEAD + "R. Dow,,,,,\nPat Poe,pat@example.org,,,soon,\n=1+1,sum@example.org,,,,\nZoë,zoe@example.org,,,,\n"
ODD = "name,e-mail,shirt\nJosé Peña,jose@example.org,M\n£ukasz ¯ak,l@example.org,L\nAnn Bell,{ann},S\n"
"""As Windows-1252, with a name that isn't, and another name at a known address."""

_TEXAS = Wanted(
    title="Hotels in Texas",
    course="recognize",
    audience=Audience(),
    starts_on=dt.date(2026, 1, 1),
    least_minutes=20,
    cadence_months=12,
    days_allowed=20,
    renewal_days=60,
    is_paced=True,
    attestation="I have read all of it myself.",
    pack="texas",
    unapproved_state="Texas",
)


def _noon() -> dt.datetime:
    return now().replace(hour=18)


def set_firm(app: Flask, owner_id: UUID, invited: str, number: int) -> dict[str, str]:
    """Create a firm with someone invited, a code, and rosters in each state; return the paths by name."""
    firm = make_firm(app, owner_id, "Acme Security")
    add_second_factor(app, owner_id)
    bare = make_firm(app, owner_id, "Bare Security")
    closed, gone, suspended = (make_firm(app, owner_id, f"{name} Security") for name in ("Closed", "Gone", "Suspended"))
    harbor = make_site(app, owner_id, firm)
    put_on_roster(app, firm, None, name="Ann Ash", email=f"ann{number}@example.org")
    emails = (invited, f"new{number}@example.org")
    people = [put_on_roster(app, firm, None, name="Dana Dow", email=email, teams=[harbor]) for email in emails]
    with app.app_context(), transaction():
        actor, here = actor_of(owner_id, firm), f"/organizations/{firm}"
        for person_id in people:
            invite(actor, get_person(actor, person_id), now())
        rows = db.session.query(Invitation).filter_by(organization_id=firm)
        tokens = {invitation.email_key: token_of(invitation) for invitation in rows}
        month = now() + dt.timedelta(days=30)
        code = make_join_code(actor, Role.MEMBER, harbor, month, None, now())
        make_join_code(actor, Role.INSTRUCTOR, None, month, 5, now())
        bad, good, done = (
            keep_draft(actor, read_text(text), now()) for text in (BAD, GOOD, GOOD.replace("pat@", "p@"))
        )
        odd = keep_draft(actor, read_text(ODD.format(ann=f"ann{number}@example.org")), now(), "windows-1252")
        take_over(actor, done, decide(actor, lines_of(done), now()).digest, True, now())
        texas = require_course(actor, _TEXAS, served().courses, now())
        ended = require_course(actor, replace(_TEXAS, title="Before"), served().courses, now())
        end_requirement(actor, ended.id, now())
        for _portion in range(2):  # what the worker does, at an hour at which people are written to
            remind(actor.organization, served().courses, _noon(), None)
        close(actor_of(owner_id, closed), "Closed Security", now())
        close(actor_of(owner_id, gone), "Gone Security", now() - dt.timedelta(days=31))
        suspend(suspended, "No answer", now())
        drafts = {"bad": bad.id, "good": good.id, "done": done.id, "odd": odd.id}
        return {
            "firm": here,
            "invited": f"/invitations/{tokens[emails[0]]}",
            "invited_new": f"/invitations/{tokens[emails[1]]}",
            "join": f"/join/{code.code}",
            "code": f"{here}/codes/{code.id}",
            "requirement": f"{here}/requirements/{texas.id}",
            "ended": f"{here}/requirements/{ended.id}",
            "bare": f"/organizations/{bare}",
            "closed": f"/organizations/{closed}",
            "gone": f"/organizations/{gone}",
            "suspended": f"/organizations/{suspended}",
            **{f"roster_{name}": f"{here}/roster/{draft_id}" for name, draft_id in drafts.items()},
        }
