"""A pack or an inspector's link of one client or one requirement tells nothing of anyone else, in any of its files."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from uuid import UUID

import pypdf
import pytest
import time_machine
from sqlalchemy import select, update

from tests.assignments.trainings import DAY, PDF
from tests.cast import actor_of, certify, context_of, join_class, make_account, make_class, put_on_roster
from tests.compliance.conftest import Training, require
from tests.extras.meetings.cast import hold_meeting
from tests.extras.packs.made import cover, finish, page, table
from tests.organizations.conftest import Acme
from tests.remembered import remembered
from tests.support import Visitor
from trainer.assignments.earlier import Proof, TrainingFacts, approve_trainings, record_all
from trainer.assignments.models import Assignment, EarlierTraining, Reminder, Requirement
from trainer.assignments.operations import change_requirement, end_requirement, waive
from trainer.assignments.queries import get_requirement, wanted_by
from trainer.assignments.rules import Audience, Group
from trainer.compliance.rules import Limits
from trainer.content.serving import served
from trainer.core.audit import AuditEvent
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.errors import Invalid
from trainer.core.work import Job
from trainer.credentials.models import Credential
from trainer.credentials.rules import show_serial
from trainer.extras.inspectors.models import InspectorLink
from trainer.extras.inspectors.operations import make_inspector_link, token_of
from trainer.extras.meetings.sessions import note_attendance, sign_off
from trainer.extras.packs.limits import tell_limits
from trainer.extras.packs.operations import order_pack
from trainer.jobs.upkeep import keep_up
from trainer.organizations.models import Membership, Team, TeamMembership
from trainer.organizations.operations import remove_person, remove_team, set_teams
from trainer.organizations.queries import get_person

LATER = dt.timedelta(days=3)


@dataclass
class Clients:
    """Acme guards a mall and a motel, each with a requirement of its own, and with one for both."""

    training: Training
    rules: dict[str, UUID]
    """Requirements, by site."""
    secrets: dict[str, list[str]]
    """What tells of a site's people, by site."""

    @property
    def acme(self) -> Acme:
        """The firm."""
        return self.training.acme


@pytest.fixture
def clients(training: Training) -> Clients:
    made = remembered("clients", training.acme.app, lambda: _guard_both(training))
    return replace(made, training=training)


def _guard_both(training: Training) -> Clients:
    acme, app = training.acme, training.acme.app
    sites = {"mall": acme.harbor, "motel": acme.motel}
    people = {"mall": [acme.people["bob"]], "motel": [acme.people["dana"]]}
    for site, name, number in (
        ("mall", "Hal Haven", "HBR-111"),
        ("mall", "Hugo Gone", "HBR-222"),
        ("motel", "Mo Telson", "MTL-777"),
        ("motel", "Lena Lodge", "MTL-888"),
    ):
        email = f"{name.split()[0].lower()}@example.org"
        user = make_account(app, email)
        certify(app, user, name)
        person = put_on_roster(app, acme.id, user, name=name, email=email, employee_number=number, teams=[sites[site]])
        people[site].append(person)
    audiences = {site: Audience(Group(teams=frozenset({team}))) for site, team in sites.items()}
    rules = {
        site: require(
            app, acme.users["alice"], acme.id, title=f"Nights at the {site}", audience=audience, pack="lakeland"
        )
        for site, audience in audiences.items()
    }
    both = Audience(Group(teams=frozenset(sites.values())))
    require(app, acme.users["alice"], acme.id, title="Both", audience=both)
    _act(acme, people, rules)
    with app.app_context():
        secrets = {site: _secrets(people[site]) for site in sites}
    secrets["mall"] += ["Nights at the mall", "Harbor Mall", "Mall school", "a list of mall"]
    secrets["motel"] += ["Nights at the motel", "Motel 95", "Motel school", "a list of motel"]
    return Clients(training, rules, secrets)


def _act(acme: Acme, people: Mapping[str, list[UUID]], rules: Mapping[str, UUID]) -> None:
    """Excuse, remind, teach and record someone of each site, alone and together, change a rule, let two people go."""
    app = acme.app
    _keep_up(acme)
    with app.app_context(), transaction() as session:
        alice, mona = (actor_of(acme.users[name], acme.id) for name in ("alice", "mona"))
        for site, (first, _second, _third) in people.items():
            rule = wanted_by(get_requirement(alice, rules[site]))
            wanted = replace(rule, earlier_titles=(f"{site.title()} school",))
            change_requirement(mona, rules[site], wanted, served().courses, now())
            for duty in session.scalars(select(Assignment).where(Assignment.membership_id == first)).all():
                waive(mona, duty.id, f"Nights at the {site} are off", dt.date(2099, 1, 1), now())
                facts = {"skipped": "no address", "due_on": dt.date(2026, 1, 1), "created_at": now()}
                session.add(Reminder(organization_id=acme.id, assignment_id=duty.id, kind="overdue 1", **facts))
    with app.app_context(), transaction() as session:
        for names in (("mall",), ("motel",), ("mall", "motel")):
            proof = Proof(f"{' '.join(names)}.pdf", PDF + f" a list of {' and '.join(names)}".encode())
            day = dt.date(2026, 3, len(names))
            rows = [(people[site][1], TrainingFacts(f"{site.title()} school", "School", day, 480)) for site in names]
            record_all(alice, rows, proof, now())
        for own in people.values():  # which no requirement counts
            record_all(alice, [(own[1], TrainingFacts("Knots", "School", DAY, 480))], Proof("knots.pdf", PDF), now())
        approve_trainings(mona, session.scalars(select(EarlierTraining.id)).all(), now())
    _meet(acme, people)
    with app.app_context(), transaction():
        alice = actor_of(acme.users["alice"], acme.id)
        for _first, _second, last in people.values():
            remove_person(alice, get_person(alice, last), alice.today(now()), now())
    _keep_up(acme)


def _meet(acme: Acme, people: Mapping[str, list[UUID]]) -> None:
    """Hold a meeting with someone of each site, and one with each alone."""
    cohort = make_class(acme.app, acme.users["ines"], acme.id)
    with acme.app.app_context():
        users = {site: db.session.get_one(Membership, ids[1]).user_id for site, ids in people.items()}
    members = {site: join_class(acme.app, user, cohort, f"Nick of {site}") for site, user in users.items() if user}
    for number, there in enumerate((list(members.values()), [members["mall"]], [members["motel"]]), 1):
        meeting = hold_meeting(acme.app, acme.users["ines"], cohort, minutes=30 * number)
        with acme.app.app_context(), transaction():
            context = context_of(acme.users["ines"], cohort)
            note_attendance(context, meeting, there, now())
            sign_off(context, meeting, "Ines I. Ito", served().courses[context.cohort.course], True, now())


def _secrets(people: list[UUID]) -> list[str]:
    """Return what tells of people: names, numbers, ids, certificates."""
    told = []
    for person in db.session.scalars(select(Membership).where(Membership.id.in_(people))):
        serials = db.session.scalars(select(Credential.serial).where(Credential.user_id == person.user_id)).all()
        assert len(serials) == (person.user_id is not None)
        ids = [number for number in (person.id, person.user_id) if number]
        told += [person.name, *(number.hex for number in ids), *map(str, ids), *serials, *map(show_serial, serials)]
        told += [person.employee_number] if person.employee_number else []
    return told


def _keep_up(acme: Acme) -> None:
    with acme.app.app_context():
        for _portion in keep_up(acme.id):
            pass


def words_of(name: str, data: bytes) -> str:
    """Return all that can be read of a file: its name, its bytes, and of a PDF its text."""
    text = f"{name}\n{data.decode(errors='replace')}"
    if data.startswith(b"%PDF") and data != PDF and b"a list of" not in data:
        text += " ".join(sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(data)).pages)
    return text


def told_in(files: Mapping[str, bytes], secrets: list[str]) -> set[tuple[str, str]]:
    """Return where something is told that shouldn't be: (file, what)."""
    words = {name: words_of(name, data) for name, data in files.items()}
    # A PDF breaks lines where it likes.
    packed = {name: re.sub(r"\s+", "", text) for name, text in words.items()}
    return {(name, secret) for name in files for secret in secrets if secret.replace(" ", "") in packed[name]}


def pack_of(clients: Clients, *sites: str, rule: str = "", day: dt.date | None = None) -> dict[str, bytes]:
    acme = clients.acme
    teams = [acme.harbor if site == "mall" else acme.motel for site in sites]
    with acme.app.app_context(), transaction():
        actor = actor_of(acme.users["alice"], acme.id)
        job_id = order_pack(actor, day or actor.today(now()), now(), teams, clients.rules.get(rule)).id
    return finish(acme.app, job_id)


def link_to(clients: Clients, *sites: str, rule: str = "", pack_id: UUID | None = None) -> str:
    acme = clients.acme
    teams = [acme.harbor if site == "mall" else acme.motel for site in sites]
    with acme.app.app_context(), transaction():
        alice = actor_of(acme.users["alice"], acme.id)
        rule_id = clients.rules.get(rule)
        return f"/inspections/{token_of(make_inspector_link(alice, 'State', now(), pack_id, teams, rule_id))}"


def move(acme: Acme, person: str, *teams: UUID) -> None:
    with acme.app.app_context(), transaction():
        alice = actor_of(acme.users["alice"], acme.id)
        member = db.session.scalars(select(Membership).where(Membership.name == person)).one()
        set_teams(alice, get_person(alice, member.id), set(teams), now())


@pytest.mark.on_both
@pytest.mark.parametrize("by", ["team", "requirement", "both"])
@pytest.mark.parametrize(("site", "other"), [("mall", "motel"), ("motel", "mall")])
def test_a_limited_pack_tells_nothing_of_anyone_else(clients: Clients, site: str, other: str, by: str) -> None:
    with time_machine.travel(now() + LATER, tick=False):
        files = pack_of(clients, *([] if by == "requirement" else [site]), rule="" if by == "team" else site)
    assert told_in(files, clients.secrets[other]) == set()
    own, gone, everyone = {
        "mall": ("Hal Haven", "Hugo Gone", {"Bob Builder", "Hal Haven", "Mark Moe"}),
        "motel": ("Mo Telson", "Lena Lodge", {"Dana Dow", "Mo Telson"}),
    }[site]
    assert {row["Name"] for row in table(files, "roster")} == everyone
    assert {row["Name"] for row in table(files, "former-staff")} == {gone}
    assert [row["Name"] for row in table(files, "meetings")] == [own, own]
    further = ["Knots"] if by == "team" else []
    trainings = [row["Training"] for row in table(files, "earlier-training")]
    assert sorted(trainings) == [*further, f"{site.title()} school", f"{site.title()} school"]
    proofs = [name.split(" - ")[1] for name in files if name.startswith("proof-files/")]
    assert sorted(proofs) == sorted([f"{site}.pdf", *("knots.pdf" for _title in further)])
    certified = {name.split(" - ")[0].removeprefix("certificates/") for name in files if name.startswith("certific")}
    assert certified == {own, gone} | ({"Bob Builder"} if site == "mall" else set())
    titles = {f"Nights at the {site}"} | ({"Both", "For everyone, yearly"} if by == "team" else set())
    for name in ("requirements", "requirement-history", "waivers", "reminders", "training-status"):
        assert {row["Requirement"] for row in table(files, name)} == titles, name


def test_a_whole_pack_tells_of_everyone(clients: Clients) -> None:
    with time_machine.travel(now() + LATER, tick=False):
        files = pack_of(clients)
    told = {secret for _name, secret in told_in(files, [*clients.secrets["mall"], *clients.secrets["motel"]])}
    assert {"Bob Builder", "Dana Dow", "Mo Telson", "HBR-222", "MTL-888", "Nights at the motel"} <= told
    assert "only" not in page(files).split("In this pack")[0]
    assert b"limited_to" not in files["manifest.json"]


def test_a_limited_pack_says_what_it_is_limited_to_wherever_one_begins_to_read(clients: Clients) -> None:
    files = pack_of(clients, "mall", rule="mall")
    limits = "Harbor Mall only, Nights at the mall"
    assert limits in page(files)
    assert limits in cover(files)
    assert limits in files["README.txt"].decode()
    assert f'"limited_to": "{limits}"' in files["manifest.json"].decode()
    assert "of 3 people were current." in page(files)  # Bob, Hal and Mark
    with clients.acme.app.app_context():
        assert tell_limits(clients.acme.id, Limits(None, clients.rules["mall"])) == "“Nights at the mall” only"


def test_a_cover_that_cant_name_a_team_still_says_that_it_isnt_all_of_the_firm(clients: Clients) -> None:
    with clients.acme.app.app_context(), transaction():
        db.session.execute(update(Team).where(Team.id == clients.acme.harbor).values(name="\u2fff"))  # in no font
    files = pack_of(clients, "mall")
    assert "Not all of the firm: index.html says what this pack is limited to." in cover(files)
    assert "\u2fff only" in page(files)


def test_the_rule_of_several_sites_names_no_other_one(clients: Clients) -> None:
    files = pack_of(clients, "motel")
    who = {row["Requirement"]: row["Who"] for row in table(files, "requirements")}
    assert who["Both"] == "People in Motel 95 or other teams"
    assert who["Nights at the motel"] == "People in Motel 95"


@pytest.mark.on_both
def test_a_limited_pack_of_a_past_day_holds_who_was_there_then(clients: Clients) -> None:
    acme = clients.acme
    day = acme.today()
    with time_machine.travel(now() + LATER, tick=False):
        move(acme, "Mo Telson", acme.harbor)
        move(acme, "Hal Haven", acme.motel)
        _keep_up(acme)
    with time_machine.travel(now() + 2 * LATER, tick=False):
        of_team, of_rule = pack_of(clients, "mall", day=day), pack_of(clients, rule="mall", day=day)
        today, of_rule_today = pack_of(clients, "mall"), pack_of(clients, rule="mall")
    for files in (of_team, of_rule):
        assert {row["Name"] for row in table(files, "roster")} == {"Bob Builder", "Hal Haven", "Hugo Gone", "Mark Moe"}
        assert told_in(files, clients.secrets["motel"]) == set()
    for files in (today, of_rule_today):
        assert {row["Name"] for row in table(files, "roster")} == {"Bob Builder", "Mo Telson", "Mark Moe"}
    assert told_in(today, ["Hal Haven", "HBR-111", "Lena Lodge", "Dana Dow"]) == set()


def test_a_limited_pack_can_be_checked(clients: Clients) -> None:
    files = pack_of(clients, "mall")
    answer = Visitor(clients.acme.app).get(f"/pack/{sha256(files['manifest.json']).hexdigest()}")
    assert "We made this pack" in answer.text
    assert "A pack of some teams or of one requirement says so" in answer.text


WAYS = ("", "?who=former", "?q=o", "/all", "/all.pdf")


@pytest.mark.on_both
@pytest.mark.parametrize("by", ["team", "requirement"])
@pytest.mark.parametrize(("site", "other"), [("mall", "motel"), ("motel", "mall")])
def test_a_limited_link_tells_nothing_of_anyone_else_whatever_its_address_asks_for(
    clients: Clients, site: str, other: str, by: str
) -> None:
    acme, visitor = clients.acme, Visitor(clients.acme.app)
    path = link_to(clients, *([site] if by == "team" else []), rule="" if by == "team" else site)
    day, teams = acme.today(), {"mall": acme.harbor, "motel": acme.motel}
    with time_machine.travel(now() + LATER, tick=False):
        wide = (f"team={teams[other]}", f"requirement={clients.rules[other]}", f"on={day}", f"on={day}&who=former")
        ways = [*WAYS, *(f"{way}?{asked}" for way in ("", "/all", "/all.pdf") for asked in wide)]
        files = {f"{way}.pdf" if ".pdf" in way else way: visitor.get(path + way).data for way in ways}
    # What someone asked for stands in the addresses of a page: nothing that wasn't known.
    asked_for = {str(clients.rules[other]), str(teams[other])}
    secrets = [secret for secret in clients.secrets[other] if secret not in asked_for]
    assert told_in(files, secrets) == set()
    limits = {"mall": "Harbor Mall only", "motel": "Motel 95 only"}[site]
    for name, data in files.items():
        assert (limits if by == "team" else f"“Nights at the {site}” only") in words_of(name, data), name
    own, gone = ("Hal Haven", "Hugo Gone") if site == "mall" else ("Mo Telson", "Lena Lodge")
    assert own in files[""].decode()
    assert own in files["/all"].decode()
    assert gone in files["?who=former"].decode()


def test_a_limited_link_shows_its_former_staff_alone_where_no_law_says_how_long(clients: Clients) -> None:
    acme = clients.acme
    of_team, of_rule = link_to(clients, "mall"), link_to(clients, rule="mall")
    with acme.app.app_context(), transaction():
        db.session.execute(update(Requirement).values(pack=None))
        hugo = db.session.scalars(select(Membership.id).where(Membership.name == "Hugo Gone")).one()
        db.session.add(TeamMembership(membership_id=hugo, team_id=acme.motel))
    for path in (of_team, of_rule):
        former = Visitor(acme.app).get(f"{path}?who=former").text
        assert "Hugo Gone" in former
        assert "Lena Lodge" not in former
    assert "Motel 95" not in Visitor(acme.app).get(f"{of_team}?who=former").text


def test_a_pack_beside_a_link_shows_no_more_than_the_link(clients: Clients) -> None:
    acme, alice = clients.acme, clients.acme.enter("alice")
    made = {limits: pack_of(clients, *limits[0], rule=limits[1]) for limits in (((), ""), (("mall",), ""))}
    assert len(made) == 2
    with acme.app.app_context():
        jobs = {job.details["seen"]: job.id for job in db.session.scalars(select(Job))}
    whole, limited = jobs["all"], jobs[acme.harbor.hex]
    sent = {"label": "The mall", "teams": [str(acme.harbor)]}
    refused = alice.post(acme.path("/inspections"), sent | {"pack": whole.hex})
    assert refused.status_code == 422
    assert "This pack shows more than the link would." in refused.text
    assert 'value="The mall"' in refused.text
    assert re.search(rf'value="{acme.harbor}"\s+checked', refused.text)
    wider = sent | {"pack": limited.hex, "requirement": str(clients.rules["mall"])}
    assert alice.post(acme.path("/inspections"), wider).status_code == 422
    assert alice.post(acme.path("/inspections"), sent | {"pack": limited.hex}).status_code == 303
    with acme.app.app_context():
        path = f"/inspections/{token_of(db.session.scalars(select(InspectorLink)).one())}"
    answer = Visitor(acme.app).get(f"{path}/pack.zip")
    assert f"training-records-acme-security-{acme.today()}.zip" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as pack:
        files = {name: pack.read(name) for name in pack.namelist()}
    assert told_in(files, clients.secrets["motel"]) == set()


def test_lists_and_the_audit_log_say_what_was_limited(clients: Clients) -> None:
    acme, alice = clients.acme, clients.acme.enter("alice")
    chosen = {"teams": [str(acme.harbor), str(acme.motel)], "requirement": str(clients.rules["mall"])}
    assert alice.post(acme.path("/evidence-packs"), {"as_of": acme.today().isoformat()} | chosen).status_code == 303
    assert alice.post(acme.path("/inspections"), {"label": "Both", "pack": ""} | chosen).status_code == 303
    limits = "Harbor Mall and Motel 95 only, Nights at the mall"
    assert limits in alice.get(acme.path("/evidence-packs")).text
    assert limits in alice.get(acme.path("/inspections")).text
    assert alice.get(acme.path("/audit")).text.count(limits) == 2
    with acme.app.app_context():
        acts = AuditEvent.act.in_(("export.evidence_pack", "inspector_link.made"))
        told = [event.details["limits"] for event in db.session.scalars(select(AuditEvent).where(acts))]
    assert told == [limits, limits]


@pytest.mark.parametrize("page_of", ["evidence-packs", "inspections"])
def test_what_isnt_the_firms_own_is_refused_beside_what_was_typed(clients: Clients, page_of: str) -> None:
    acme, alice = clients.acme, clients.acme.enter("alice")
    with acme.app.app_context(), transaction():
        mallory = actor_of(acme.users["mallory"], acme.other)
    others_rule = require(acme.app, mallory.user_id, acme.other)
    sent = {"as_of": acme.today().isoformat(), "label": "Typed by hand", "pack": "", "teams": [str(acme.harbor)]}
    typed = 'value="Typed by hand"' if page_of == "inspections" else f'value="{acme.today()}"'
    for wrong, words in (
        ({"teams": [str(acme.harbor), str(acme.others_team)]}, "isn’t on this list anymore"),
        ({"teams": [str(acme.harbor), "x"]}, "isn’t on this list anymore"),
        ({"requirement": str(others_rule)}, "Not a valid choice"),
        ({"requirement": str(UUID(int=7))}, "Not a valid choice"),
    ):
        answer = alice.post(acme.path(f"/{page_of}"), sent | wrong)
        assert answer.status_code == 422
        assert words in answer.text
        assert typed in answer.text
        assert re.search(rf'value="{acme.harbor}"\s+checked', answer.text)
        assert "<details open>" in answer.text
    with acme.app.app_context():
        assert db.session.scalars(select(Job.id)).all() == db.session.scalars(select(InspectorLink.id)).all() == []
        alice_acts = actor_of(acme.users["alice"], acme.id)
        for teams, rule in (([acme.others_team], None), ([], others_rule)):
            with pytest.raises(Invalid), transaction():
                order_pack(alice_acts, acme.today(), now(), teams, rule)
            with pytest.raises(Invalid), transaction():
                make_inspector_link(alice_acts, "x", now(), None, teams, rule)


def test_a_manager_of_some_teams_chooses_among_these(clients: Clients) -> None:
    acme, mark = clients.acme, clients.acme.enter("mark")
    shown = mark.get(acme.path("/evidence-packs")).text
    assert "Harbor Mall" in shown
    assert "Motel 95" not in shown
    sent = {"as_of": acme.today().isoformat()}
    assert mark.post(acme.path("/evidence-packs"), sent | {"teams": [str(acme.motel)]}).status_code == 422
    assert mark.post(acme.path("/evidence-packs"), sent).status_code == 303
    assert "Harbor Mall only" in mark.get(acme.path("/evidence-packs")).text
    assert mark.post(acme.path("/inspections"), {"label": "x", "pack": ""}).status_code == 404


@pytest.mark.on_both
def test_a_link_of_a_removed_team_and_an_ended_requirement_shows_no_one_and_still_says_what_it_was(
    clients: Clients,
) -> None:
    acme, visitor = clients.acme, Visitor(clients.acme.app)
    of_team, of_rule = link_to(clients, "motel"), link_to(clients, rule="motel")
    with acme.app.app_context(), transaction():
        alice = actor_of(acme.users["alice"], acme.id)
        end_requirement(alice, clients.rules["motel"], now())
        remove_team(alice, acme.motel, now())
    _keep_up(acme)
    for path, limits in ((of_team, "Motel 95 only"), (of_rule, "“Nights at the motel” only")):
        for way in ("", "/all", "/all.pdf"):
            words = words_of(f"{way}.pdf", visitor.get(path + way).data)
            assert limits in words
            assert [name for name in ("Bob Builder", "Dana Dow", "Mo Telson", "Mona May") if name in words] == []
    assert "Current staff <b>0</b>" in visitor.get(of_team).text
    assert "Former staff <b>0</b>" in visitor.get(of_team).text
    files = {"p.html": visitor.get(of_rule).data}
    assert told_in(files, clients.secrets["mall"]) == set()


def test_links_and_packs_from_before_show_all_of_the_firm(clients: Clients) -> None:
    acme = clients.acme
    path = link_to(clients)
    files = pack_of(clients)
    with acme.app.app_context(), transaction():
        db.session.execute(update(Job).values(details={"as_of": acme.today().isoformat(), "language": "en"}))
        acts = AuditEvent.act.in_(("export.evidence_pack", "inspector_link.made"))
        events = db.session.scalars(select(AuditEvent).where(acts)).all()
        assert ["limits" in event.details for event in events] == [False, False]
    text = Visitor(acme.app).get(path).text
    assert all(name in text for name in ("Bob Builder", "Dana Dow", "Mo Telson"))
    assert " only</bdi>" not in text
    assert " only</bdi>" not in acme.enter("alice").get(acme.path("/evidence-packs")).text
    assert len(table(files, "roster")) > 5


def test_limits_hold_only_what_lies_within_them() -> None:
    mall, motel, rule = UUID(int=1), UUID(int=2), UUID(int=3)
    whole, of_mall, of_rule = Limits(), Limits(frozenset({mall})), Limits(None, rule)
    assert whole.hold(of_mall)
    assert whole.hold(of_rule)
    assert of_mall.hold(Limits(frozenset({mall}), rule))
    assert not of_mall.hold(whole)
    assert not of_mall.hold(Limits(frozenset({mall, motel})))
    assert not of_rule.hold(whole)
    assert not of_rule.hold(Limits(None, UUID(int=4)))
    assert Limits(frozenset()).hold(Limits(frozenset()))
    assert not Limits(frozenset()).hold(whole)
