"""A firm that brings people in, for the pages of a roster, of invitations and of join codes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from uuid import UUID

from flask import Flask

from tests.cast import actor_of, add_second_factor, make_account, make_firm, make_site, put_on_roster
from trainer.assignments.operations import end_requirement, require_course
from trainer.assignments.rules import Audience, RequiredTerms
from trainer.assignments.upkeep import remind
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.extras.mergers.operations import propose
from trainer.extras.pins.devices import make_device, register
from trainer.extras.pins.models import PinSlip
from trainer.extras.pins.pins import hash_pin
from trainer.extras.pins.signing_in import choose_pin
from trainer.extras.pins.slips import print_slips
from trainer.organizations.closing import close, suspend
from trainer.organizations.codes import make_join_code
from trainer.organizations.invitation_links import token_of
from trainer.organizations.invitations import invite
from trainer.organizations.models import Invitation
from trainer.organizations.operations import PersonFacts, add_person
from trainer.organizations.queries import get_person
from trainer.organizations.rules import Role
from trainer.roster.drafts import keep_draft
from trainer.roster.planning import decide
from trainer.roster.reading import read_list
from trainer.roster.writing import Confirmation, invite_added, order_take_over, take_over

HEAD = "name,e-mail,job title,employee number,hired on,teams\n"
GOOD = HEAD + "Pat Poe,pat@example.org,Guard,012,3/4/2026,Harbor Mall; North\nZoë Ångström,zoe@example.org,,,,\n"
BAD = (
    f"{HEAD}R. Dow,,,,,\nPat Poe,pat@example.org,,,soon,\n"
    "=1+1,sum@example.org,,,2026-03-04,\nZoë,zoe@example.org,,,2026-03-04,\n"
)
ODD = "name,e-mail,shirt\nJosé Peña,jose@example.org,M\n£ukasz ¯ak,l@example.org,L\nAnn Bell,{ann},S\n"
"""As Windows-1252, with a name that isn't, and another name at a known address."""

ASKING = (
    'Harbor Security – headcount\nEmployee #,"Last, First",Contact,Department,DOH,Term Date,SSN\n'
    '00417,"Dow, Bob",b@example.org,Harbor Mall,04.03.2026,,078-05-1120\n'
    '00418,"Fournier, Ana María",a@example.org,Night crew 2,02.11.2025,,078-05-1121\n'
)
FULL = (
    "name,e-mail,employee number,job title,hired on,last day\n"
    "Ann Ash-Bell,{ann},417,Sergeant,3/4/2026,\nDana Dow,{dana},,,,11/20/2026\n"
    "Pat Poe,patty@example.org,00455,Guard,5/6/2026,\nR. Dow,,00456,Guard,,\n"
)

_TEXAS = RequiredTerms(
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
    sam = make_account(app, f"sam{number}@example.org")
    of_sam = put_on_roster(app, firm, sam, name="Ruth Estes", email=f"sam{number}@example.org", teams=[harbor])
    with app.app_context(), transaction():
        actor, here = actor_of(owner_id, firm), f"/organizations/{firm}"
        listed = [
            add_person(actor, PersonFacts(name, None, "Guard", f"00{417 + row}"), [harbor] if row % 3 else [], now())
            for row, name in enumerate(("Hodan Abdi", "Bob Dow", "Ruth Estes", "Ana Fournier", "Phil Gagnon", "Jo Lee"))
        ]
        print_slips(actor, harbor, now())
        slips = {one.membership_id: one.id for one in db.session.query(PinSlip).filter_by(organization_id=firm)}
        device_code = make_device(actor, "Gate tablet", harbor, now())[1]
        tablet, token = register(device_code, "Chrome on Android", now())
        make_device(actor, "Desk", None, now())
        gus = choose_pin(slips.pop(listed[1].id), hash_pin("583204"), None, now())
        choose_pin(slips.pop(listed[2].id), hash_pin("583204"), None, now())
        asked = propose(actor, of_sam, listed[2].id, [], now())
        joined = propose(actor, listed[1].id, listed[5].id, [], now())
        for person_id in people:
            invite(actor, get_person(actor, person_id), now())
        rows = db.session.query(Invitation).filter_by(organization_id=firm)
        tokens = {invitation.email_key: token_of(invitation) for invitation in rows}
        month = now() + dt.timedelta(days=30)
        code = make_join_code(actor, Role.MEMBER, harbor, month, None, now())
        make_join_code(actor, Role.INSTRUCTOR, None, month, 5, now())
        bad, good, done = (
            keep_draft(actor, read_list(text), now()) for text in (BAD, GOOD, GOOD.replace("pat@", "p@"))
        )
        odd_list = replace(read_list(ODD.format(ann=f"ann{number}@example.org")), coding="windows-1252")
        odd = keep_draft(actor, odd_list, now())
        take_over(actor, done, Confirmation(decide(actor, done, now()).plan.digest, has_mail=True), now())
        invite_added(actor, done, now())
        asking = keep_draft(actor, read_list(ASKING), now())
        full_list = read_list(FULL.format(ann=f"ann{number}@example.org", dana=invited))
        full = keep_draft(actor, full_list, now())
        busy = keep_draft(actor, read_list(GOOD.replace("pat@", "b@")), now())
        order_take_over(actor, busy, Confirmation(decide(actor, busy, now()).plan.digest), now() + dt.timedelta(days=9))
        left = keep_draft(actor, read_list(f"name,e-mail,status\nAnn Ash,ann{number}@example.org,Active\n"), now())
        texas = require_course(actor, _TEXAS, served().courses, now())
        ended = require_course(actor, replace(_TEXAS, title="Before"), served().courses, now())
        end_requirement(actor, ended.id, now())
        for _portion in range(2):  # what the worker does, at an hour at which people are written to
            remind(actor.organization, served().courses, _noon(), None)
        close(actor_of(owner_id, closed), "Closed Security", now())
        close(actor_of(owner_id, gone), "Gone Security", now() - dt.timedelta(days=31))
        suspend(suspended, "No answer", now())
        drafts = {
            "bad": bad.id,
            "good": good.id,
            "done": done.id,
            "odd": odd.id,
            "asking": asking.id,
            "full": full.id,
            "busy": busy.id,
            "left": left.id,
        }
        return {
            "firm": here,
            "invited": f"/i/{tokens[emails[0]]}",
            "invited_new": f"/i/{tokens[emails[1]]}",
            "join": f"/join/{code.code}",
            "code": f"{here}/codes/{code.id}",
            "with_pin": f"{here}/people/{listed[1].id}",
            "asked": f"{asked.id}",
            "joined": f"{joined.id}",
            "merger": f"{here}/people/{listed[0].id}/merger",
            "merger_of_two": f"{here}/people/{listed[0].id}/merger/{listed[3].id}",
            "without_address": f"{here}/people/{listed[0].id}",
            "slip": slips[listed[4].id].hex,
            "gus": gus.id.hex,
            "sam": sam.hex,
            "device": f"{here}/site-devices/{tablet.id}",
            "tablet": token,
            "requirement": f"{here}/requirements/{texas.id}",
            "ended": f"{here}/requirements/{ended.id}",
            "bare": f"/organizations/{bare}",
            "closed": f"/organizations/{closed}",
            "gone": f"/organizations/{gone}",
            "suspended": f"/organizations/{suspended}",
            **{f"roster_{name}": f"{here}/roster/{draft_id}" for name, draft_id in drafts.items()},
        }
