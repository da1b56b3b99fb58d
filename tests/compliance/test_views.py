"""Alice sees who is current, takes it along, hands it out."""

from __future__ import annotations

import datetime as dt
import hashlib
import html
import io
import json
import re
from uuid import UUID
from zoneinfo import ZoneInfo

import pypdf
import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from tests.cast import actor_of, put_on_roster
from tests.compliance.conftest import Training, require
from tests.compliance.reading import firms_day, make_pack, names, read_csv
from tests.support import Visitor, closed_up
from trainer.assignments.models import Assignment, DutyPeriod, Reminder, RequirementVersion
from trainer.assignments.operations import waive
from trainer.core.audit import AuditEvent
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.core.outbox import NO_SERVER, post
from trainer.jobs.upkeep import keep_up
from trainer.jobs.work import advance
from trainer.organizations.models import Organization, TeamMembership, TeamStay


def test_the_page_says_in_a_sentence_who_is_current(training: Training) -> None:
    page = training.acme.enter("alice").get(training.acme.path("/training")).text
    assert "1 of 6 people are current." in page
    # Who has something to do comes first.
    assert names(page) == ["Alice Able", "Dana Dow", "Ines Ito", "Mark Moe", "Mona May", "Bob Builder"]


def test_what_is_overdue_comes_first_and_what_is_waived_last(training: Training) -> None:
    acme, alice = training.acme, training.acme.enter("alice")
    with acme.app.app_context(), transaction():
        for person, days in {"mona": 3, "dana": 9, "mark": 30}.items():
            duty = db.session.scalars(select(Assignment).filter_by(membership_id=acme.people[person])).one()
            duty.due_on = now().date() - dt.timedelta(days=days)
            if person == "mark":
                waive(actor_of(acme.users["alice"], acme.id), duty.id, "On leave", now().date(), now())
    shown = names(alice.get(acme.path("/training")).text)
    assert shown == ["Dana Dow", "Mona May", "Alice Able", "Ines Ito", "Bob Builder", "Mark Moe"]


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("group=current", ["Bob Builder"]),
        ("q=dow", ["Dana Dow"]),
        ("q=dow&group=current", []),
        ("group=open", ["Alice Able", "Dana Dow", "Ines Ito", "Mark Moe", "Mona May"]),
        ("order=due&group=current", ["Bob Builder"]),
        (
            "team=x&order=9&after=..",
            ["Alice Able", "Bob Builder", "Dana Dow", "Ines Ito", "Mark Moe", "Mona May"],
        ),
    ],
)
def test_the_address_says_what_is_shown(training: Training, query: str, shown: list[str]) -> None:
    page = training.acme.enter("alice").get(training.acme.path(f"/training?{query}"))
    assert page.status_code == 200
    assert names(page.text) == shown


@pytest.mark.parametrize("group", ["overdue", "%01", "Late"])
def test_a_group_that_there_is_not_shows_nobody_instead_of_everyone(training: Training, group: str) -> None:
    alice, acme = training.acme.enter("alice"), training.acme
    page = alice.get(acme.path(f"/training?group={group}"))
    assert page.status_code == 404
    assert "no such group" in page.text
    assert alice.post(acme.path(f"/training/exports?group={group}"), {"form": "csv"}).status_code == 404


def test_screen_csv_and_xlsx_hold_the_same_rows(training: Training) -> None:
    alice, path = training.acme.enter("alice"), training.acme.path("/training/exports?group=open")
    table = read_csv(alice.post(path, {"form": "csv"}).text)
    book = CalamineWorkbook.from_filelike(io.BytesIO(alice.post(path, {"form": "xlsx"}).data))
    sheet = book.get_sheet_by_index(0).to_python()
    assert [[str(cell or "") for cell in row] for row in sheet] == [[cell or "" for cell in row] for row in table]
    assert len(table) == 6
    assert [row[0] for row in table[1:]] == names(alice.get(training.acme.path("/training?group=open")).text)


def test_an_export_is_written_down(training: Training) -> None:
    training.acme.enter("mona").post(training.acme.path("/training/exports"), {"form": "csv"})
    with training.acme.app.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "export.training_status")).one()
        assert (event.actor_id, event.details) == (training.acme.users["mona"], {"form": "csv"})


@pytest.mark.check("T154")
def test_what_a_firm_takes_along_is_completion_data_and_nothing_else(training: Training) -> None:
    alice = training.acme.enter("alice")
    heads = read_csv(alice.post(training.acme.path("/training/exports"), {"form": "csv"}).text)[0]
    assert heads == [
        *("Name", "Employee number", "Job title", "Teams", "Hired on", "Requirement", "Status", "Due on"),
        *("Completed on", "Certificate", "Basis", "Active minutes", "Waived until", "Changed lessons due on", "Note"),
    ]
    page = alice.get(training.acme.path(f"/training/{training.acme.people['bob']}")).text
    main = page.partition("<main")[2].partition("</main>")[0]
    for private in ("verdict", "false alarm", "wrong", "attempt", "practice"):
        assert private not in main.lower()


@pytest.mark.check("T003")
def test_a_manager_of_a_team_sees_counts_and_exports_of_that_team(training: Training) -> None:
    mark = training.acme.enter("mark")
    assert "1 of 2 people are current." in mark.get(training.acme.path("/training")).text
    rows = read_csv(mark.post(training.acme.path("/training/exports"), {"form": "csv"}).text)
    assert [row[0] for row in rows[1:]] == ["Bob Builder", "Mark Moe"]
    assert mark.get(training.acme.path(f"/training/{training.acme.people['dana']}")).status_code == 404


def test_the_share_current_by_team_counts_people_as_the_paper_does_and_the_worst_team_is_first(
    training: Training,
) -> None:
    acme, alice = training.acme, training.acme.enter("alice")
    assert by_team(alice.get(acme.path("/training")).text) == [("Motel 95", "0/1"), ("Harbor Mall", "1/2")]
    require(acme.app, acme.users["alice"], acme.id, title="For everyone, again", course="security-officer")
    # Bob is current in one of two, and so not current.
    assert by_team(alice.get(acme.path("/training")).text) == [("Harbor Mall", "0/2"), ("Motel 95", "0/1")]


def test_who_has_no_email_is_found_kept_in_the_export_and_printed_by_team(training: Training) -> None:
    acme, alice = training.acme, training.acme.enter("alice")
    put_on_roster(acme.app, acme.id, None, name="Gus Gray", email=None, employee_number="007", teams=[acme.motel])
    put_on_roster(acme.app, acme.id, None, name="Gia Green", email=None, employee_number="008", teams=[acme.harbor])
    with acme.app.app_context():
        list(keep_up(acme.id))
    listed = alice.get(acme.path("/training?email=none&group=open"))
    assert names(listed.text) == ["Gia Green", "Gus Gray"]
    assert "0 of these 2 people are current." in closed_up(listed.text)
    address = re.search(r'action="(\S+/training/exports\?\S*email=none\S*)"', listed.text)
    assert address
    export = html.unescape(address[1])
    assert [row[0] for row in read_csv(alice.post(export, {"form": "csv"}).text)[1:]] == ["Gia Green", "Gus Gray"]
    paper = pypdf.PdfReader(io.BytesIO(alice.post(export, {"form": "pdf"}).data))
    sheet = " ".join(leaf.extract_text() for leaf in paper.pages)
    gia, gus = sheet.index("Gia Green"), sheet.index("Gus Gray")
    assert sheet.index("Harbor Mall") < gia < sheet.rindex("Motel 95", 0, gus)
    assert alice.get(acme.path("/training?email=some")).status_code == 404


def by_team(page: str) -> list[tuple[str, str]]:
    """Return the teams beside the list of people, each with how many are current of all."""
    part = closed_up(page).split('class="bars"')[1].split("</table>")[0]
    return re.findall(r'<th scope="row"><a[^>]*>(.*?)</a></th>.*?<td>(\d+/\d+)</td>', part)


def test_who_sees_some_teams_reads_the_names_of_no_others(training: Training) -> None:
    acme = training.acme
    with acme.app.app_context(), transaction():
        db.session.add(TeamMembership(membership_id=acme.people["bob"], team_id=acme.motel))
    mark, bob = acme.enter("mark"), acme.people["bob"]
    for page in ("/training", f"/training/{bob}", "/people", f"/people/{bob}"):
        text = mark.get(acme.path(page)).text
        assert ("Harbor Mall" in text, "Motel 95" in text) == (True, False), page
    assert "Motel 95" not in mark.post(acme.path("/training/exports"), {"form": "csv"}).text
    assert "Harbor Mall; Motel 95" in acme.enter("alice").post(acme.path("/training/exports"), {"form": "csv"}).text


def test_people_with_several_duties_are_counted_once(training: Training) -> None:
    acme = training.acme
    second = require(acme.app, acme.users["alice"], acme.id, title="Once more", least_minutes=10_000)
    alice = acme.enter("alice")
    page = alice.get(acme.path("/training")).text
    assert "0 of 6 people are current in everything required." in page
    assert sorted(names(page)) == ["Alice Able", "Bob Builder", "Dana Dow", "Ines Ito", "Mark Moe", "Mona May"]
    assert re.findall(r'<th scope="col">(.*?)</th>', closed_up(page))[:4] == [
        *("Person", "Teams", "For everyone, yearly", "Once more"),
    ]
    assert "All <b>6</b>" in page
    found = alice.get(acme.path("/training?q=dow")).text
    assert "0 of this 1 person is current." in found
    assert "0 of 6 people are current." in alice.get(acme.path(f"/training?requirement={second}")).text


def test_filters_are_folded_until_one_is_set_and_each_can_be_removed(training: Training) -> None:
    acme, alice = training.acme, training.acme.enter("alice")
    assert '<details class="fold-filters no-print many">' in alice.get(acme.path("/training")).text
    page = closed_up(alice.get(acme.path(f"/training?q=moe&team={acme.harbor}&group=open&order=name&after=x")).text)
    assert '<details class="fold-filters no-print">' in page
    rest = re.findall(r'<a class="tap" href="\S+/training\?([^"]*)"><bdi>(.*?)</bdi>', page)
    assert [(sorted(html.unescape(query).split("&")), text) for query, text in rest] == [
        (["group=open", "order=name", f"team={acme.harbor}"], "moe"),
        (["group=open", "order=name", "q=moe"], "Harbor Mall"),
    ]


def test_the_share_current_is_shown_by_month_as_far_back_as_it_is_known(training: Training) -> None:
    acme, alice = training.acme, training.acme.enter("alice")
    page = alice.get(acme.path("/training")).text
    assert 'class="trend"' not in page
    assert 'href="?months=shown#months"' in page
    with acme.app.app_context(), transaction():
        began = now() - dt.timedelta(days=70)
        firm = db.session.get_one(Organization, acme.id)
        firm.created_at = firm.history_since = began
        for record in (DutyPeriod, RequirementVersion, TeamStay):
            db.session.execute(update(record).values(began_at=began))
    for path, who, people in (("months=shown", "alice", "1/6"), ("months=shown", "mark", "1/2")):
        page = closed_up(acme.enter(who).get(acme.path(f"/training?{path}")).text).split('id="months"')[1]
        part = page.split("</section>")[0]
        days = re.findall(r'<th scope="row">(.*?)</th><td>(\d+/\d+)</td><td>(\d+%)</td>', part)
        assert days[0][1] == people
        assert len(days) == part.count("<rect") in {3, 4}
        assert {share[1] for share in days[1:]} == {people.replace("1/", "0/")}  # Bob passed today
        assert "Before that, nothing was required, or no records were kept." in part


def test_what_became_of_a_reminder_is_told_the_same_on_both_pages(training: Training) -> None:
    acme, texts = training.acme, []
    states: dict[str, dict[str, object]] = {
        "Not sent: the mail server refused it": {"dead_at": now(), "tries": 3, "last_error": "550 no"},
        "Not sent: no longer due by the time it was to go out": {"dead_at": now(), "last_error": "no longer needed"},
        "Waiting to be sent: the site has no mail server": {},
        "Not sent: the site had no mail server": {"dead_at": now(), "last_error": NO_SERVER},
        f"Sent {now().astimezone(ZoneInfo('America/New_York')):%B}": {"sent_at": now()},  # by the firm's clock
    }
    with acme.app.app_context(), transaction():
        duty = db.session.scalars(select(Assignment).where(Assignment.membership_id == acme.people["bob"])).one()
        for number, values in enumerate(states.values()):
            mail = post("training-reminder", "bob@example.org", "en", {}, now())
            for name, value in values.items():
                setattr(mail, name, value)
            db.session.add(
                Reminder(
                    organization_id=acme.id,
                    assignment_id=duty.id,
                    kind=f"overdue {number}",
                    due_on=duty.due_on,
                    created_at=now(),
                    message_id=mail.id,
                )
            )
    alice = acme.enter("alice")
    for path in (f"/training/{acme.people['bob']}", f"/requirements/{training.requirement}"):
        page = alice.get(acme.path(path)).text.partition("</h1>")[2]  # without the link to all sent mail
        texts.append([page.count(words) for words in states])
    assert texts[0] == texts[1] == [1, 1, 1, 1, 1]


def test_a_state_that_wants_an_approved_course_is_named_wherever_training_shows(training: Training) -> None:
    acme = training.acme
    require(acme.app, acme.users["alice"], acme.id, title="Texas", unapproved_state="Texas")
    sentence = "Texas requires an approved course. This course is not approved."
    alice = acme.enter("alice")
    page = alice.get(acme.path("/training")).text
    assert sentence in page
    assert "Trained, not state-approved" in page
    rows = read_csv(alice.post(acme.path("/training/exports"), {"form": "csv"}).text)
    texas = [row for row in rows if row[5] == "Texas"]
    assert all(sentence in row[-1] for row in texas)
    assert "Current (trained, not state-approved)" in {row[6] for row in texas}
    assert sentence in make_pack(training).read("README.txt").decode()


def test_a_waiver_excuses_with_a_reason_until_a_day_and_is_taken_back(training: Training) -> None:
    alice, acme = training.acme.enter("alice"), training.acme
    path = acme.path(f"/training/{acme.people['dana']}")
    found = re.search(r'action="(\S+/waivers/[0-9a-f-]{36})"', alice.get(path).text)
    assert found
    assert alice.post(found[1], {"reason": "", "until": "2099-01-01"}).status_code == 422
    refused = alice.post(found[1], {"reason": "On leave", "until": "2020-01-01"})
    assert refused.status_code == 422
    assert "On leave" in refused.text
    assert alice.post(found[1], {"reason": "On leave", "until": "2099-01-01"}).status_code == 303
    listed = closed_up(alice.get(path).text).split("Waivers</h2>")[1]
    assert re.search(r"On leave \(until January 1, 2099, waived \w+ \d+, \d{4} by Alice Able\)", listed)
    assert alice.post(found[1], {"reason": "On leave, longer", "until": "2099-03-03"}).status_code == 303
    waived = alice.get(acme.path("/training?group=waived")).text
    assert names(waived) == ["Dana Dow"]
    assert "Waived until Mar 3, 2099" in waived
    assert "Waived until Mar 3, 2099" in alice.get(path).text
    rows = read_csv(alice.post(acme.path("/training/exports?group=waived"), {"form": "csv"}).text)
    assert [(row[6], row[-3]) for row in rows[1:]] == [("Waived", "2099-03-03")]
    assert alice.post(f"{found[1]}/end").status_code == 303
    assert alice.get(acme.path("/audit?act=waiver")).text.count("Dana Dow") == 3
    assert names(alice.get(acme.path("/training?group=waived")).text) == []


def test_a_pack_holds_everything_and_its_hashes_fit(training: Training) -> None:
    pack = make_pack(training)
    about = json.loads(pack.read("manifest.json"))
    files = set(pack.namelist()) - {"manifest.json", "manifest.json.jws"}
    assert files == set(about["sha256"])
    assert all(hashlib.sha256(pack.read(name)).hexdigest() == about["sha256"][name] for name in files)
    assert sum(name.startswith("certificates/") for name in files) == 1
    assert {"README.txt", "roster.csv", "training-status.csv", "completions.csv", "attestations.csv"} <= files
    roster = read_csv(pack.read("roster.csv").decode())
    assert [row[0] for row in roster[1:]] == [
        "Alice Able",
        "Bob Builder",
        "Dana Dow",
        "Ines Ito",
        "Mark Moe",
        "Mona May",
    ]


def test_the_page_for_firms_names_the_files_of_a_pack_and_no_others(training: Training) -> None:
    page = training.acme.enter("alice").get("/for-firms").text
    named = re.findall(r'<dt class="mono">([^<]+)</dt>', page)
    kinds = [re.sub(r"^(certificates/).*|^(course-|rule-).*", r"\1\2", name) for name in make_pack(training).namelist()]
    assert set(kinds) == {name.partition("…")[0] for name in named}


@pytest.mark.check("T085")
def test_a_pack_is_given_to_whoever_ordered_it_and_to_owners_while_they_may(training: Training) -> None:
    acme = training.acme
    mona = acme.enter("mona")
    assert mona.post(acme.path("/evidence-packs"), {"as_of": firms_day()}).status_code == 303
    with acme.app.app_context():
        while advance():
            db.session.remove()
    link = re.search(r'href="(\S+\.zip)"', mona.get(acme.path("/evidence-packs")).text)
    assert link
    path = link[1]
    assert mona.get(path).status_code == acme.enter("alice").get(path).status_code == 200
    for name in ("mark", "bob", "charlie", "mallory"):
        assert acme.enter(name).get(path).status_code == 404
    acme.enter("alice").post(acme.path(f"/people/{acme.people['mona']}/role"), {"role": "member"})
    assert mona.get(path).status_code == 404


@pytest.mark.check("T012")
def test_a_pack_ordered_by_someone_removed_since_is_never_made(training: Training) -> None:
    acme = training.acme
    assert acme.enter("mona").post(acme.path("/evidence-packs"), {"as_of": firms_day()}).status_code == 303
    acme.enter("alice").post(acme.path(f"/people/{acme.people['mona']}/removal"), {"ended_on": firms_day()})
    with acme.app.app_context():
        assert advance()
    page = acme.enter("alice").get(acme.path("/evidence-packs")).text
    assert ".zip" not in page


def test_an_inspector_reads_by_a_link_and_nothing_more(training: Training) -> None:
    acme = training.acme
    alice = acme.enter("alice")
    assert alice.post(acme.path("/inspections"), {"label": "State inspector"}).status_code == 303
    page = alice.get(acme.path("/inspections")).text
    found = re.search(r'value="http://127\.0\.0\.1:8000(/inspections/\S+?)"', page)
    assert found
    stranger = Visitor(acme.app)
    read = stranger.get(found[1])
    assert read.status_code == 200
    assert "1 of 6 people are current." in read.text
    assert acme.path() not in read.text
    assert "Set-Cookie" not in read.headers
    one = stranger.get(f"{found[1]}?q=dana&group=open").text
    assert ("Dana Dow" in one, "Bob Builder" in one) == (True, False)
    assert f'href="{found[1]}?q=dana"' in one  # to all groups, still narrowed
    assert "Show everyone" in stranger.get(f"{found[1]}?q=zzzz").text
    assert stranger.get(found[1][:-2] + "xx").status_code == 404
    revocation = re.search(r'href="(\S+/revocation)"', page)
    assert revocation
    assert "Withdraw the link of “State inspector”?" in alice.get(revocation[1]).text
    assert stranger.get(found[1]).status_code == 200
    for words in ("Withdrawn. The link no longer works.", "This link was already withdrawn."):
        assert alice.post(revocation[1]).status_code == 303
        assert stranger.get(found[1]).status_code == 404
        assert words in alice.get(acme.path("/inspections")).text
    assert alice.get(acme.path("/audit?act=inspector_link")).text.count("Withdrew a link") == 1


def test_ids_of_another_firms_records_open_nothing(training: Training) -> None:
    acme = training.acme
    theirs = require(acme.app, acme.users["mallory"], acme.other)
    page = acme.enter("alice").get(acme.path(f"/training?requirement={theirs}"))
    assert names(page.text) == []
    other = acme.enter("mallory").get(f"/organizations/{acme.other}/training/{acme.others_person}").text
    waiver = re.search(r"/waivers/([0-9a-f-]{36})", other)
    assert waiver
    path = acme.path(f"/training/{acme.people['bob']}/waivers/{UUID(waiver[1])}")
    assert acme.enter("alice").post(path, {"reason": "x", "until": "2099-01-01"}).status_code == 404


@pytest.mark.check("T003")
def test_a_manager_of_a_team_reads_the_names_of_his_teams_alone(training: Training) -> None:
    acme = training.acme
    alice, mark = acme.enter("alice"), acme.enter("mark")
    facts = {"name": "Bob Builder", "email": "bob@example.org", "teams": [str(acme.harbor), str(acme.motel)]}
    assert alice.post(acme.path(f"/people/{acme.people['bob']}/facts"), facts).status_code == 303
    pages = ("/training", "/people", f"/training/{acme.people['bob']}", f"/people/{acme.people['bob']}")
    for visitor, is_named in ((alice, True), (mark, False)):
        texts = [visitor.post(acme.path("/training/exports"), {"form": "csv"}).text]
        texts += [visitor.get(acme.path(page)).text for page in pages]
        assert "Harbor Mall" in texts[0]
        assert ["Motel 95" in text for text in texts] == [is_named] * len(texts)
