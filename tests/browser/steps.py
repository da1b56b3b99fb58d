"""Pages that are brought about in this process and then shown to the browser, such as those of the second step."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from itertools import count
from uuid import UUID

import pyotp
from flask import Flask
from werkzeug.test import TestResponse

from tests.browser.stage import Person, Stage
from tests.cast import add_second_factor, sign_in_as
from tests.support import COURSE, PASSWORD, Visitor
from trainer.accounts.codes import make_nonce, secret_of
from trainer.accounts.passwords import hash_password
from trainer.app import create_app
from trainer.content.history import TopUp
from trainer.core.clock import now
from trainer.core.db import db, transaction
from trainer.credentials.models import Credential
from trainer.extras.passkeys.models import Passkey

_numbers = count()


def set_up_page(stage: Stage) -> str:
    """Show the key."""
    return _setting_up(stage)[0].get("/account/second-factor/set-up").text


def set_up_error(stage: Stage) -> str:
    """Give a wrong code."""
    return _post(_setting_up(stage)[0], "/account/second-factor/set-up", code="000000").text


def recovery_codes_page(stage: Stage) -> str:
    """Give the right code."""
    visitor, secret = _setting_up(stage)
    return _post(visitor, "/account/second-factor/set-up", code=pyotp.TOTP(secret).at(now())).text


def changes_to_read(stage: Stage) -> str:
    """Let the newest change of a course ask for three of its lessons."""
    app = _asking_app(stage)
    with app.app_context():
        number = UUID(stage.paths["changes"].split("/")[2])
        holder = db.session.get_one(Credential, number).user_id
    return sign_in_as(app, holder, stage.live.url).get(stage.paths["changes"]).text


def _asking_app(stage: Stage) -> Flask:
    """Return an app in which the newest change of the course asks for lessons to be read again."""
    shelf = stage.live.app.extensions["library"]
    course = shelf.content.courses[COURSE]
    top_up = TopUp(tuple(lesson.id for lesson in course.lessons[:3]), now().date() + timedelta(days=30), 1)
    changes = (replace(course.changes[0], top_up=top_up), *course.changes[1:])
    content = replace(shelf.content, courses={**shelf.content.courses, COURSE: replace(course, changes=changes)})
    other = copy(shelf)
    other._content = content
    return create_app(stage.live.app.config["SETTINGS"], other)


def code_page(stage: Stage) -> str:
    """Give the right password."""
    return _owing_a_code(stage).get("/sign-in/code").text


def code_error(stage: Stage) -> str:
    """Give a wrong code after it."""
    return _post(_owing_a_code(stage), "/sign-in/code", code="000000").text


def passkeys_page(stage: Stage) -> str:
    """Show the passkeys of someone who has just given the password."""
    return _with_passkeys(stage).get("/account/passkeys").text


def passkeys_error(stage: Stage) -> str:
    """Send a passkey without a name."""
    return _post(_with_passkeys(stage), "/account/passkeys", name="").text


def passkeys_confirm_page(stage: Stage) -> str:
    """Show them to someone who has a second step and gave no proof."""
    visitor = _with_passkeys(stage, has_step=True)
    with visitor.client.session_transaction(base_url=stage.live.url) as session:
        del session["proved"]
    return visitor.get("/account/passkeys").text


def choose_pin_page(stage: Stage) -> str:
    """Type the code of a slip."""
    return _with_slip(stage).get("/in/pin").text


def choose_pin_error(stage: Stage) -> str:
    """Choose a PIN that is easy to guess."""
    return _post(_with_slip(stage), "/in/pin", new_pin="123456", again="123456", is_old_enough="y").text


def merger_dispute_page(stage: Stage) -> str:
    """Give the PIN of an entry that was joined to another one."""
    visitor = Visitor(stage.live.app)
    with visitor.client.session_transaction(base_url=visitor.base_url) as session:
        session["notice"] = [stage.paths["joined"], int(now().timestamp())]
    return visitor.get("/in/joined").text


def mailed_sign_up_page(stage: Stage) -> str:
    """Ask for the form where there is a mail server."""
    return _mailing(stage).get("/sign-up").text


def mailed_sign_up_error(stage: Stage) -> str:
    """Send it empty."""
    return _post(_mailing(stage), "/sign-up").text


def sign_up_asked_page(stage: Stage) -> str:
    """Send it."""
    return _post(_mailing(stage), "/sign-up", email="nobody@example.org", is_old_enough="y").text


def address_asked_page(stage: Stage) -> str:
    """Ask for another address."""
    person = _with_password(stage)
    visitor = sign_in_as(stage.live.app, person.id, stage.live.url)
    return _post(visitor, "/account/address", email=f"new.{person.email}", password=PASSWORD).text


def _post(visitor: Visitor, path: str, **fields: str) -> TestResponse:
    # Another network address each time, so that throttling doesn't end the tests.
    number = next(_numbers)
    return visitor.post(path, fields, environ_base={"REMOTE_ADDR": f"198.51.{number // 250}.{number % 250}"})


def _mailing(stage: Stage) -> Visitor:
    settings = replace(stage.live.app.config["SETTINGS"], smtp_url="smtp://127.0.0.1:1")
    return Visitor(create_app(settings, stage.live.app.extensions["library"]), stage.live.url)


def _with_password(stage: Stage) -> Person:
    person = Person(stage.live.app)
    with stage.live.app.app_context(), transaction() as session:
        session.merge(person.user()).password_hash = _hashed()
    return person


def _setting_up(stage: Stage) -> tuple[Visitor, str]:
    app, person, nonce = stage.live.app, Person(stage.live.app), make_nonce()
    visitor = sign_in_as(app, person.id, stage.live.url)
    with visitor.client.session_transaction(base_url=stage.live.url) as session:
        session["second_factor"] = [person.id.hex, nonce, int(now().timestamp())]
    with app.app_context():
        return visitor, secret_of(person.id, nonce)


def _with_passkeys(stage: Stage, *, has_step: bool = False) -> Visitor:
    app, person = stage.live.app, _with_password(stage)
    if has_step:
        add_second_factor(app, person.id)
    with app.app_context(), transaction() as session:
        for number, name in enumerate(("My phone", "A security key on the ring with the keys for the gate")):
            key = Passkey(
                user_id=person.id, credential_id=person.id.bytes + bytes([number]), public_key=b"k", name=name
            )
            key.sign_count, key.created_at, key.used_at = 0, now(), now() if number else None
            session.add(key)
    visitor = sign_in_as(app, person.id, stage.live.url)
    with visitor.client.session_transaction(base_url=stage.live.url) as session:
        session["proved"] = [person.id.hex, int(now().timestamp())]
    return visitor


def _owing_a_code(stage: Stage) -> Visitor:
    person = _with_password(stage)
    add_second_factor(stage.live.app, person.id)
    visitor = Visitor(stage.live.app, stage.live.url)
    _post(visitor, "/sign-in", email=person.email, password=PASSWORD)
    return visitor


@lru_cache(maxsize=1)
def _hashed() -> str:
    return hash_password(PASSWORD)


def _with_slip(stage: Stage) -> Visitor:
    visitor = Visitor(stage.live.app)
    with visitor.client.session_transaction(base_url=visitor.base_url) as session:
        session["slip"] = [stage.paths["slip"], int(now().timestamp())]
    return visitor
