"""Two web servers and a worker with folders of their own share a database: each request may meet either server."""

from __future__ import annotations

import io
import os
import re
import time
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.cast import LOCAL, code_of, make_account, make_class, make_ready
from tests.compliance.conftest import Training
from tests.compliance.conftest import training as training
from tests.conftest import POSTGRES_URL, badge_keys
from tests.forked import begin_command
from tests.journeys.machines import Machines
from tests.live import end, serving
from tests.organizations.conftest import Acme
from tests.organizations.conftest import acme as acme
from tests.support import COURSE, PASSWORD, Visitor, answer_questions, take_final
from trainer.content.library import Library
from trainer.core.settings import Settings

pytestmark = [
    pytest.mark.skipif(not POSTGRES_URL, reason="several machines share a PostgreSQL server"),
    pytest.mark.postgres,
]


@pytest.fixture
def database_url(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    """Return settings with a folder that all machines share."""
    (tmp_path / "shared").mkdir()
    return replace(settings, files=tmp_path / "shared")


@pytest.fixture
def machines(app: Flask, settings: Settings, tmp_path: Path) -> Iterator[Machines]:
    """Run two web servers and a worker, each with an instance folder of its own."""
    shared: dict[str, Any] = {
        "TRAINER_BASE_URL": LOCAL,
        "TRAINER_BADGE_KEYS": badge_keys(),
        "TRAINER_FILES": str(settings.files),
    }
    folders = [tmp_path / name for name in ("first", "second", "third")]
    for folder in folders:
        folder.mkdir()
    with ExitStack() as stack:
        addresses = [
            stack.enter_context(serving(replace(settings, instance=folder), workers=1, is_web_alone=True, **shared))
            for folder in folders[:2]
        ]
        environ = {
            **os.environ,
            **shared,
            "TRAINER_INSTANCE": str(folders[2]),
            "TRAINER_DATABASE_URL": settings.database_url,
            "TRAINER_SECRET_KEY": settings.secret_key,
        }
        stack.callback(end, begin_command(environ, "jobs", "run"))
        yield Machines(app, addresses)
    assert not [path for folder in folders[:2] for path in folder.iterdir() if path.name != "content.cache"]


def wait_for(visitor: Visitor, path: str, pattern: str) -> str:
    """Reload a page until it shows something; return what the pattern's group is."""
    until = time.monotonic() + 60
    while True:
        shown = re.search(pattern, visitor.get(path).text)
        if shown:
            return shown[1]
        assert time.monotonic() < until, f"{path} never showed {pattern}"
        time.sleep(0.3)


def read_zip(answer: TestResponse) -> list[str]:
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        assert archive.testzip() is None
        return archive.namelist()


def learn(machines: Machines, shelf: Library) -> None:
    """Sign up, read a lesson, answer its questions, practice."""
    leo = machines.visitor()
    leo.get("/")
    leo.sign_up("newcomer@example.org")
    leo.enroll()
    lesson = shelf.content.courses[COURSE].lessons[0]
    path = f"/courses/{COURSE}/{lesson.id}"
    leo.get(path)
    opened_at = leo.field("opened_at")
    answer_questions(leo, path, lesson)
    assert leo.post(f"{path}/completions", {"opened_at": opened_at}).status_code == 303
    for _machine in machines.addresses:
        assert f"1 of {len(shelf.content.courses[COURSE].lessons)} lessons read" in leo.get("/me").text
    attempt = leo.start("practices")
    for _machine in machines.addresses:
        assert leo.get(f"{attempt}/scenes/1").status_code == 200


def be_certified(machines: Machines) -> None:
    """Sign in, take the final, download the certificate and the badge, have both checked."""
    make_ready(machines.app, make_account(machines.app, "ready@example.org"))
    leo = machines.visitor()
    assert leo.sign_in("ready@example.org").status_code == 303
    _attempt, handed_in = take_final(leo, wrong=1)
    assert "Passed" in leo.get(handed_in.headers["Location"]).text
    verify = re.search(r'href="(/verify/[0-9A-Z-]+)"', leo.get("/me").text)
    assert verify
    stranger = machines.visitor()
    pages = {stranger.get(verify[1]).text for _machine in machines.addresses}
    assert len(pages) == 1
    pdfs = {stranger.get(verify[1] + "/certificate.pdf").data for _machine in machines.addresses}
    assert len(pdfs) == 1
    files = {"file": (io.BytesIO(pdfs.pop()), "certificate.pdf")}
    checked = stranger.client.post(
        "/verify/file", data=files, base_url=LOCAL, headers={"Accept": "application/json"}
    ).json
    assert checked is not None
    assert checked["verdict"] == "valid", checked


def run_firm(machines: Machines, acme: Acme) -> None:
    """Send a roster, confirm it, order a pack and the certificates, download both from either server."""
    alice = machines.visitor(acme.enter("alice"))
    roster = "Name,Email\n" + "".join(f"Guard {one},g{one}@example.org\n" for one in range(30))
    sent = alice.post(acme.path("/roster"), {"text": roster}, content_type="multipart/form-data")
    assert sent.status_code == 303, sent.text
    page = sent.headers["Location"]
    for _machine in machines.addresses:
        assert "30" in alice.get(page).text
    confirmed = alice.post(f"{page}/confirmation", {"digest": alice.field("digest")})
    assert confirmed.status_code == 303, confirmed.text
    for _machine in machines.addresses:
        assert "Guard 7" in alice.get(acme.path("/people?q=Guard+7")).text
    assert alice.post(acme.path("/evidence-packs"), {"as_of": acme.today().isoformat()}).status_code == 303
    pack = wait_for(alice, acme.path("/evidence-packs"), r'href="([^"]+\.zip)"')
    assert alice.post(acme.path("/certificates"), {}).status_code == 303
    certificates = wait_for(alice, acme.path("/certificates"), r'href="([^"]+\.zip)"')
    for path, expected in ((pack, "manifest.json"), (certificates, "manifest.csv")):
        first, second = (read_zip(alice.get(path)) for _machine in machines.addresses)
        assert first == second
        assert expected in first


def take_copy(machines: Machines, acme: Acme) -> None:
    """Order a copy of one's own data and download it from either server."""
    bob = machines.visitor(acme.enter("bob"))
    assert bob.post("/account/data/copy").status_code == 303
    wait_for(bob, "/account/data/copy", r'action="(/account/data/copy/file)"')
    first, second = (
        read_zip(bob.post("/account/data/copy/file", {"password": PASSWORD})) for _machine in machines.addresses
    )
    assert first == second
    assert "about.txt" in first


def teach(machines: Machines, acme: Acme) -> None:
    """Join a class with its code; its instructor sees who did."""
    cohort = make_class(machines.app, acme.users["ines"], acme.id)
    bob, ines = machines.visitor(acme.enter("bob")), machines.visitor(acme.enter("ines"))
    path = f"/classes/{code_of(machines.app, cohort)}"
    for _machine in machines.addresses:
        assert bob.get(path).status_code == 200
    joined = bob.post(f"{path}/members", {"name": "Bobby"})
    assert joined.status_code == 303, joined.text
    for _machine in machines.addresses:
        assert "Bobby" in ines.get(f"/cohorts/{cohort}").text


def guess(machines: Machines) -> None:
    """Guess at a password: what one server counts the other knows."""
    make_account(machines.app, "guessed@example.org")
    guesser = machines.visitor()
    statuses = [guesser.sign_in("guessed@example.org", f"wrong {one}").status_code for one in range(12)]
    assert statuses[0] == 422
    assert statuses[-1] == 429, statuses


def test_journeys_go_on_whichever_machine_answers(machines: Machines, training: Training, shelf: Library) -> None:
    learn(machines, shelf)
    be_certified(machines)
    run_firm(machines, training.acme)
    take_copy(machines, training.acme)
    teach(machines, training.acme)
    guess(machines)
