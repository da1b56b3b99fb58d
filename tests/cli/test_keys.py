"""Changing the secret key ends nothing that lives; dropping the old one ends what was said, and nothing else."""

from __future__ import annotations

import datetime as dt
import os
import re
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pyotp
import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, update

from tests.cast import (
    actor_of,
    add_second_factor,
    code_of,
    make_account,
    make_class,
    make_firm,
    put_on_roster,
    sign_in_as,
)
from tests.conftest import badge_keys
from tests.support import PASSWORD, Visitor
from trainer.accounts.emails import token_of
from trainer.accounts.guessing import FREE
from trainer.accounts.models import Link, RecoveryCode, User
from trainer.accounts.operations import request_reset
from trainer.accounts.second_factor import find_secret
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import clock
from trainer.core.audit import AuditEvent
from trainer.core.db import db, transaction
from trainer.core.keys import Key
from trainer.core.settings import read_settings
from trainer.extras.api.operations import make_token
from trainer.extras.api.rules import Scope
from trainer.extras.inspectors.operations import make_inspector_link
from trainer.extras.inspectors.operations import token_of as inspection_token_of
from trainer.organizations.invitation_links import shown_token_of
from trainer.organizations.invitations import invite
from trainer.organizations.models import Invitation
from trainer.organizations.queries import get_person
from trainer.server.instance_lock import hold

pytestmark = pytest.mark.on_both

OLD = "t" * 40
HALF_MINUTE = dt.timedelta(seconds=30)


@dataclass
class Installation:
    """An installation whose keys are files, and the apps that ran on it."""

    folder: Path
    database_url: str
    shelf: Library

    def start(self) -> Flask:
        """Start it as it is now, as a process of its own would."""
        environ = {"TRAINER_INSTANCE": str(self.folder), "TRAINER_DATABASE_URL": self.database_url}
        return create_app(read_settings(environ), self.shelf)

    def run(self, *command: str) -> tuple[int, str]:
        """Run `flask keys`."""
        ended = self.start().test_cli_runner().invoke(args=["keys", *command])
        assert OLD not in ended.output
        return ended.exit_code, ended.output


@pytest.fixture
def here(tmp_path: Path, database_url: str, shelf: Library) -> Installation:
    """Return an installation that has run with one key."""
    folder = tmp_path / "instance"
    folder.mkdir(mode=0o700)
    (folder / "secret_key").touch(mode=0o600)
    (folder / "secret_key").write_text(OLD)
    return Installation(folder, database_url, shelf)


@dataclass
class Made:
    """What people hold that was made with the old key."""

    session: Visitor
    browser: Visitor
    form: str
    links: dict[str, str]
    join_path: str
    recovery: list[str]
    api_token: str


def make_everything(app: Flask) -> Made:
    """Make one of everything that an installation's key makes."""
    bob, alice = make_account(app), make_account(app, "alice@example.org")
    recovery = add_second_factor(app, bob)
    firm = make_firm(app, alice)
    dana = put_on_roster(app, firm, None, name="Dana Dow", email="dana@example.org")
    join_path = f"/classes/{code_of(app, make_class(app, alice, firm))}"
    with app.test_request_context(), transaction():
        actor = actor_of(alice, firm)
        inspection = inspection_token_of(make_inspector_link(actor, "An inspector", clock.now()))
        invite(actor, get_person(actor, dana), clock.now())
        request_reset("bob@example.org", clock.now())
        api_token = make_token(actor, "Payroll", list(Scope), clock.now())
        invitation = db.session.scalars(select(Invitation)).one()
        reset = token_of(db.session.scalars(select(Link).where(Link.purpose == "reset")).one())
        shown = shown_token_of(invitation)
    session = sign_in_as(app, alice)
    browser = Visitor(app)
    assert browser.sign_in("alice@example.org").status_code == 303  # this browser is known from now on
    browser.post("/sign-out")
    visitor = Visitor(app)
    tried = visitor.get("/try?keep=no")
    assert tried.status_code == 303
    links = {
        "reset": f"/password-reset/{reset}",
        "invitation": f"/i/{shown}",
        "inspection": f"/inspections/{inspection}",
        "first try": tried.headers["Location"],
    }
    return Made(session, browser, session.token(), links, join_path, recovery, api_token)


def moved(visitor: Visitor, app: Flask) -> Visitor:
    """Return the same browser at another process."""
    other = Visitor(app)
    for cookie in (visitor.client._cookies or {}).values():
        other.client.set_cookie(cookie.key, cookie.value, domain=cookie.domain, path=cookie.path)
    return other


def works(app: Flask, made: Made) -> dict[str, bool]:
    """Return what of it works at a process."""
    found = {name: Visitor(app).get(path).status_code == 200 for name, path in made.links.items()}
    found["session"] = moved(made.session, app).get("/account").status_code == 200
    page = moved(made.session, app).post("/account/confirmations", token=made.form)
    found["form"] = page.status_code == 303 and page.headers["Location"] == "/account"
    stranger = Visitor(app)
    for _try in range(FREE + 1):
        stranger.sign_in("alice@example.org", "wrong")
    assert stranger.sign_in("alice@example.org").status_code == 429
    found["known browser"] = moved(made.browser, app).sign_in("alice@example.org").status_code == 303
    return found


def person_app(app: Flask, user_id: UUID) -> pyotp.TOTP:
    """Return the app on the person's phone, which learned its secret once."""
    with app.app_context():
        secret = find_secret(db.session.get_one(User, user_id))
        assert secret is not None
        return pyotp.TOTP(secret)


def sign_in_with(app: Flask, code: str) -> int:
    """Return what the second step answers to a code."""
    visitor = Visitor(app)
    assert visitor.post("/sign-in", {"email": "bob@example.org", "password": PASSWORD}).status_code == 303
    return visitor.post("/sign-in/code", {"code": code}).status_code


@pytest.mark.asvs("13.3.1")
def test_everything_lives_over_a_rotation_and_ends_with_the_old_key(here: Installation) -> None:
    before = here.start()
    made = make_everything(before)
    phone = person_app(before, user_of(before))
    everything = dict.fromkeys(
        ("reset", "invitation", "inspection", "first try", "session", "form", "known browser"), True
    )
    assert works(before, made) == everything
    old = Key(OLD).id
    code, said = here.run("drop", old, "--yes")
    assert code == 1
    assert "is the current key" in said
    code, said = here.run("rotate")
    assert code == 0, said
    assert "Restart the site now" in said
    after = here.start()
    assert after.secret_key != OLD
    assert works(after, made) == everything
    with time_machine.travel(clock.now() + HALF_MINUTE):
        assert sign_in_with(after, phone.at(clock.now())) == 303
    assert sign_in_with(after, made.recovery[0]) == 303
    listed = here.run("list")[1]
    assert re.search(rf"{old} +no .* 1  1\n", listed), listed
    code, said = here.run("drop", old)
    assert code == 1
    assert "The recovery codes of 1 account(s) are deleted" in said
    assert here.start().config["SETTINGS"].keys.find(old) is not None
    code, said = here.run("drop", old, "--yes")
    assert code == 0, said
    assert "1 second step(s) and 0 secret(s) of firms' other systems were moved" in said
    assert here.run("drop", old, "--yes")[0] == 1  # it is gone
    ended = here.start()
    assert works(ended, made) == dict.fromkeys(everything, False)
    with time_machine.travel(clock.now() + 2 * HALF_MINUTE):
        assert sign_in_with(ended, phone.at(clock.now())) == 303  # the person's app noticed nothing
    assert sign_in_with(ended, made.recovery[1]) == 422
    assert Visitor(ended).get(made.join_path).status_code == 200
    bearer = {"Authorization": f"Bearer {made.api_token}"}
    assert Visitor(ended).get("/api/v1/people", headers=bearer).status_code == 200
    with ended.app_context():
        assert db.session.scalars(select(RecoveryCode)).all() == []


def user_of(app: Flask) -> UUID:
    """Return the id of Bob."""
    with app.app_context():
        return db.session.scalars(select(User.id).where(User.email == "bob@example.org")).one()


def test_second_steps_from_before_keys_had_ids_belong_to_the_oldest_key(here: Installation) -> None:
    app = here.start()
    bob = make_account(app)
    recovery = add_second_factor(app, bob)
    phone = person_app(app, bob)
    with app.app_context(), transaction():
        db.session.execute(update(User).values(second_factor_key_id=None))
        db.session.execute(update(RecoveryCode).values(key_id=None))
    for _turn in range(2):
        assert here.run("rotate")[0] == 0
    app = here.start()
    with time_machine.travel(clock.now() + HALF_MINUTE):
        assert sign_in_with(app, phone.at(clock.now())) == 303
    assert sign_in_with(app, recovery[0]) == 303
    assert re.search(rf"{Key(OLD).id} +no .* 1  1\n", here.run("list")[1])
    assert here.run("drop", Key(OLD).id, "--yes")[0] == 0
    app = here.start()
    with time_machine.travel(clock.now() + 2 * HALF_MINUTE):
        assert sign_in_with(app, phone.at(clock.now())) == 303


def test_a_key_being_shown_while_the_key_changes_can_still_be_set_up(here: Installation) -> None:
    app = here.start()
    bob = make_account(app)
    laptop = sign_in_as(app, bob)
    assert laptop.post("/account/second-factor", {"password": PASSWORD}).status_code == 303
    page = laptop.get("/account/second-factor/set-up").text
    secret = found[1].replace(" ", "") if (found := re.search(r'class="mono key">([A-Z2-7 ]+)<', page)) else ""
    assert here.run("rotate")[0] == 0
    laptop = moved(laptop, here.start())
    answer = laptop.post("/account/second-factor/set-up", {"code": pyotp.TOTP(secret).at(clock.now())})
    assert answer.status_code == 200, answer.text


def test_a_key_that_the_running_site_uses_is_not_dropped(here: Installation) -> None:
    lock = hold(here.folder, Key(OLD).id)
    assert here.run("rotate")[0] == 0
    assert f"The running site still uses {Key(OLD).id}" in here.run("list")[1]
    code, said = here.run("drop", Key(OLD).id, "--yes")
    assert code == 1
    assert "Restart it first" in said
    os.close(lock)
    assert here.run("drop", Key(OLD).id, "--yes")[0] == 0


def test_a_key_of_the_environment_is_changed_there(here: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAINER_SECRET_KEY", "e" * 40)
    code, said = here.run("rotate")
    assert code == 1
    assert "TRAINER_SECRET_KEYS_OLDER" in said
    assert {path.name for path in here.folder.iterdir()} == {"secret_key"}


def test_second_steps_whose_key_is_gone_are_counted(here: Installation) -> None:
    app = here.start()
    add_second_factor(app, make_account(app))
    with app.app_context(), transaction():
        db.session.execute(update(User).values(second_factor_key_id="00000000"))
    listed = here.run("list")[1]
    assert "1 second step(s) and the recovery codes of 0 account(s) depend on a key that isn't here" in listed


@pytest.mark.check("T038")
def test_badge_keys_are_made_listed_replaced_and_given_up(here: Installation) -> None:
    runner = here.start().test_cli_runner()
    assert "signed with a new key" in runner.invoke(args=["setup"]).output
    assert "signed with a new key" not in runner.invoke(args=["setup"]).output
    first = badge_key(here)
    assert re.search(rf"{first} +yes", here.run("list")[1])
    code, said = here.run("rotate", "--badges")
    assert code == 0, said
    second = badge_key(here)
    assert second != first
    assert second in said
    listed = here.run("list")[1]
    assert re.search(rf"{second} +yes", listed)
    assert re.search(rf"{first} +no", listed)
    code, said = here.run("compromise", second)
    assert code == 1
    assert "Nothing was changed" in said
    assert badge_key(here) == second
    code, said = here.run("compromise", second, "--yes")
    assert code == 0, said
    assert badge_key(here) not in {first, second}
    assert here.run("compromise", second, "--yes")[0] == 1  # once
    assert "There is no badge key x" in here.run("compromise", "x", "--yes")[1]
    with here.start().app_context():
        kinds = set(db.session.scalars(select(AuditEvent.act)))
    assert {"badge_key.rotated", "badge_key.compromised"} <= kinds


def test_badge_keys_of_a_setting_are_changed_there(here: Installation) -> None:
    environ = {"TRAINER_INSTANCE": str(here.folder), "TRAINER_DATABASE_URL": here.database_url}
    app = create_app(read_settings({**environ, "TRAINER_BADGE_KEYS": badge_keys()}), here.shelf)
    current = app.config["SETTINGS"].issuer_keys.current.id
    for command in (["rotate", "--badges"], ["compromise", current, "--yes"]):
        ended = app.test_cli_runner().invoke(args=["keys", *command])
        assert ended.exit_code == 1
        assert "TRAINER_BADGE_KEYS sets these keys" in ended.output
    assert not (here.folder / "badge_keys").exists()


def badge_key(here: Installation) -> str:
    """Return the id of the key that signs badges."""
    current = here.start().config["SETTINGS"].issuer_keys.current
    assert current is not None
    return str(current.id)
