"""Making guests and accounts, naming people, their sessions, mailed links and passwords."""

from __future__ import annotations

import datetime as dt
import secrets
import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, func, or_, select, update

from trainer.accounts.models import LONGEST_NAME, Link, Session, User
from trainer.accounts.queries import find_user_by_email_key, get_user
from trainer.accounts.rules import (
    ADDRESS_LASTS,
    CONFIRM_LASTS,
    LINK_LASTS,
    LINKS_KEPT,
    OLDEST_SESSION,
    QUIET,
    SESSIONS_KEPT,
    SIGN_UP_LASTS,
    Purpose,
    clean_email,
    clean_name,
    is_mailable,
    is_printable_name,
)
from trainer.core.audit import note, note_found
from trainer.core.db import db
from trainer.core.errors import Conflict, Invalid, NotFound
from trainer.core.outbox import post
from trainer.web.language import mail_language, used_language
from trainer.web.paper import letters_without_font

MOST_LINKS = 3
"""Mails of one purpose that others may have sent to one address in an hour."""
_PER = dt.timedelta(hours=1)


def create_guest(now: dt.datetime) -> User:
    """Create a learner without an account."""
    user = User(created_at=now)
    db.session.add(user)
    db.session.flush()
    return user


def create_account(
    email: str,
    password_hash: str,
    now: dt.datetime,
    guest_id: uuid.UUID | None = None,
    *,
    is_confirmed: bool = False,
) -> User:
    """Create an account, by filling in the guest's row if there is one; mail a link unless the address is confirmed.

    Raises Invalid for an address we can't take and Conflict for one that has an account.
    """
    address, key = _address(email)
    if find_user_by_email_key(key) is not None:
        raise Conflict(_l("This address already has an account. Sign in instead."))
    user = get_user(guest_id) if guest_id else User(created_at=now)
    if not user.is_guest:
        raise Conflict(_l("You’re already signed in to an account."))
    user.email, user.email_key, user.password_hash = address, key, password_hash
    user.language = used_language()
    db.session.add(user)
    db.session.flush()
    if guest_id:
        end_sessions(user.id, now)  # what knew the guest does not know the account
    note("account.created", now, actor_id=user.id, subject_id=user.id)
    if is_confirmed:
        confirm_address(user, now)
    else:
        send_confirmation(user, now)
    return user


def open_session(
    user_id: uuid.UUID,
    device: str,
    now: dt.datetime,
    site_device_id: uuid.UUID | None = None,
    *,
    in_two_steps: bool = False,
) -> uuid.UUID:
    """Begin a session and return its number, which the cookie holds. On a site device it ends when it is quiet."""
    session = Session(
        user_id=user_id, device=device, created_at=now, site_device_id=site_device_id, is_by_passkey=in_two_steps
    )
    session.quiet_until = now + QUIET if site_device_id else None
    db.session.add(session)
    db.session.flush()
    user = get_user(user_id)
    if not user.is_guest:  # guests are forgotten, and what is written down stays
        remember_language(user)
        note("session.opened", now, actor_id=user_id, subject_id=session.id, device=device)
    return session.id


def replace_session(
    user_id: uuid.UUID, before: uuid.UUID, device: str, now: dt.datetime, *, in_two_steps: bool, is_new: bool
) -> uuid.UUID:
    """Begin a session in place of another, which ends; return its number. The log keeps what it was done for.

    It lasts as long as the other one would, unless its owner has just shown a passkey, as in signing in: `is_new`.
    Raises Conflict if the other one has ended meanwhile.
    """
    old = db.session.get(Session, before, with_for_update=True)
    if old is None or old.ended_at is not None:
        raise Conflict(_l("You were signed out meanwhile. Sign in again."))
    old.ended_at = now
    began = now if is_new else old.created_at
    new = Session(user_id=user_id, device=device, created_at=began, is_by_passkey=in_two_steps)
    new.site_device_id, new.quiet_until = old.site_device_id, old.quiet_until
    db.session.add(new)
    db.session.flush()
    return new.id


def disable_account(user: User, now: dt.datetime) -> None:
    """Let nobody sign in to an account, and end its sessions; an operator's decision."""
    if user.disabled_at is not None:
        raise Conflict(_l("This account is already disabled."))
    user.disabled_at = now
    end_sessions(user.id, now)
    note("account.disabled", now, subject_id=user.id)


def enable_account(user: User, now: dt.datetime) -> None:
    """Let the owner of a disabled account sign in again."""
    if user.disabled_at is None:
        raise Conflict(_l("This account isn’t disabled."))
    user.disabled_at = None
    note("account.enabled", now, subject_id=user.id)


def prolong_session(session_id: uuid.UUID, now: dt.datetime) -> None:
    """Let a session on a site device go on for two minutes, unless it is over."""
    db.session.execute(
        update(Session)
        .where(Session.id == session_id, Session.ended_at.is_(None), Session.quiet_until > now)
        .values(quiet_until=now + QUIET)
        .execution_options(synchronize_session=False)
    )


def end_sessions_at(site_device_id: uuid.UUID, now: dt.datetime) -> None:
    """End all sessions on a site device."""
    open_sessions = update(Session).where(Session.site_device_id == site_device_id, Session.ended_at.is_(None))
    db.session.execute(open_sessions.values(ended_at=now).execution_options(synchronize_session=False))


def refuse_session(user_id: uuid.UUID, now: dt.datetime) -> None:
    """Write down that someone tried to sign in with a wrong password."""
    note("session.refused", now, actor_id=user_id)


def end_session(user_id: uuid.UUID, session_id: uuid.UUID, now: dt.datetime) -> None:
    """End one of a user's sessions. Raises NotFound for anybody else's."""
    user = get_user(user_id)
    session = db.session.scalar(select(Session).where(Session.id == session_id, Session.user_id == user_id))
    if session is None:
        raise NotFound
    if session.ended_at is not None:
        return
    session.ended_at = now
    if not user.is_guest:
        note("session.ended", now, actor_id=user_id, subject_id=session_id)


def sign_out_everywhere(user_id: uuid.UUID, now: dt.datetime, *, by_operator: bool = False) -> None:
    """End all sessions of an account, because the person or an operator asks for it."""
    end_sessions(user_id, now)
    note("sessions.ended", now, actor_id=None if by_operator else user_id, subject_id=user_id)


def end_sessions(user_id: uuid.UUID, now: dt.datetime, *, but: uuid.UUID | None = None) -> None:
    """End a user's sessions on every device, but for one if it is given."""
    query = update(Session).where(Session.user_id == user_id, Session.ended_at.is_(None))
    if but is not None:
        query = query.where(Session.id != but)
    db.session.execute(query.values(ended_at=now).execution_options(synchronize_session=False))


def send_confirmation(user: User, now: dt.datetime) -> None:
    """Mail a link by which a person shows that the address is theirs."""
    assert user.email is not None
    assert user.email_key is not None
    link = _make_link(Purpose.CONFIRM, user.id, user.email_key, now, now + CONFIRM_LASTS)
    post("confirm-address", user.email, mail_language(user.language), {"link": link.id.hex}, now)


def request_reset(given: str, now: dt.datetime) -> None:
    """Mail a link to choose a new password, or a note that the address has no account.

    The same is done for both, so that neither page nor time tells which it was.
    """
    address, key = _address(given)
    user = find_user_by_email_key(key)
    if _is_enough(Purpose.RESET, key, now):
        return
    link = _make_link(Purpose.RESET, user.id if user else None, key, now, now + LINK_LASTS)
    # To the address on record, never to another spelling of it.
    to, language = (user and user.email) or address, mail_language(user.language if user else None)
    post("new-password" if user else "no-account", to, language, {"link": link.id.hex}, now)
    note_found("password.reset_asked", now, User.id, User.email_key == key)


def request_sign_up(given: str, next_path: str | None, now: dt.datetime) -> None:
    """Mail a link to create an account, or a note that the address has one.

    The same is done for both, so that neither page nor time tells which it was.
    """
    address, key = _address(given)
    user = find_user_by_email_key(key)
    if _is_enough(Purpose.SIGN_UP, key, now):
        return
    link = _make_link(
        Purpose.SIGN_UP, user.id if user else None, key, now, now + SIGN_UP_LASTS, email=address, next_path=next_path
    )
    to, language = (user and user.email) or address, mail_language(user.language if user else None)
    post("has-account" if user else "sign-up", to, language, {"link": link.id.hex}, now)


def request_address(user: User, given: str, now: dt.datetime) -> None:
    """Mail a link to an account's new address, or a note that the address already has an account; and tell the old one,
    if there is one.

    The same is done for both, so that nobody finds out who has an account.
    """
    address, key = _address(given)
    if key == user.email_key:
        raise Invalid(_l("This is already your account’s address."))
    other = find_user_by_email_key(key)
    if _is_enough(Purpose.ADDRESS, key, now):
        return
    link = _make_link(Purpose.ADDRESS, user.id, key, now, now + ADDRESS_LASTS, email=address)
    to, language = (other and other.email) or address, mail_language((other or user).language)
    post("address-taken" if other else "new-address", to, language, {"link": link.id.hex}, now)
    if user.email is not None:
        post("address-asked", user.email, mail_language(user.language), {"user": user.id.hex}, now)
    note("address.change_asked", now, actor_id=user.id, subject_id=user.id)


def change_address(user: User, link: Link, now: dt.datetime) -> None:
    """Give an account the address that a link was mailed to; links to the old one are void."""
    if find_user_by_email_key(link.email_key) is not None:
        raise Conflict(_l("This address now belongs to another account. Your address stays the same."))
    use_link(link, now)
    user.email, user.email_key, user.email_confirmed_at = link.email, link.email_key, now
    void_links(user.id, now, *Purpose)
    note("address.changed", now, actor_id=user.id, subject_id=user.id)


def use_link(link: Link, now: dt.datetime) -> None:
    """Use a link up. Raises Conflict if it was already used."""
    used = db.session.execute(
        update(Link)
        .where(Link.id == link.id, Link.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )
    if used.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(_l("This link was already used."))


def forget_links(now: dt.datetime) -> None:
    """Delete links that have long run out, with the addresses of people who never came."""
    db.session.execute(delete(Link).where(Link.expires_at < now - LINKS_KEPT))


def forget_sessions(now: dt.datetime) -> None:
    """Delete sessions that ended long ago, and those that have lasted too long, which ends them."""
    over = or_(Session.ended_at < now - SESSIONS_KEPT, Session.created_at < now - OLDEST_SESSION)
    db.session.execute(delete(Session).where(over).execution_options(synchronize_session=False))


def change_password(user: User, password_hash: str, now: dt.datetime, *, but: uuid.UUID | None = None) -> None:
    """Set a new password, end the other sessions, void what others may have asked for, and tell the person by mail."""
    assert user.email is not None
    user.password_hash = password_hash
    user.pin_hash = user.pin_key_id = None  # from now on the address and the password open it, and nothing else
    end_sessions(user.id, now, but=but)
    void_links(user.id, now, Purpose.RESET, Purpose.ADDRESS)
    post("password-changed", user.email, mail_language(user.language), {"user": user.id.hex}, now)
    note("password.changed", now, actor_id=user.id, subject_id=user.id)


def renew_hash(user_id: uuid.UUID, before: str, password_hash: str) -> None:
    """Store the hash of the same password at today's costs, unless the password was changed meanwhile."""
    user = get_user(user_id)
    if user.password_hash == before:
        user.password_hash = password_hash


def confirm_address(user: User, now: dt.datetime) -> None:
    """Note that the address is the person's own."""
    user.email_confirmed_at = user.email_confirmed_at or now


def remember_language(user: User) -> None:
    """Note the language that someone reads, unless one is known already."""
    user.language = user.language or used_language()


def choose_language(user_id: uuid.UUID, language: str) -> None:
    """Set the language in which someone is shown pages, and written to."""
    get_user(user_id).language = language


def name_for_certificate(user_id: uuid.UUID, name: str) -> None:
    """Set the name that certificates will show from now on. Raises Invalid for one that can't be printed."""
    get_user(user_id).certificate_name = printable_name(name)


def printable_name(name: str) -> str:
    """Return a name as certificates show it. Raises Invalid for one that can't be printed."""
    cleaned = clean_name(name)
    if not is_printable_name(cleaned):
        raise Invalid(_l("Enter at least one letter."))
    if len(cleaned) > LONGEST_NAME:  # some letters become two or three when they are composed
        raise Invalid(_l("Use at most %(most)s characters.", most=LONGEST_NAME))
    letters = letters_without_font(cleaned)
    if letters:
        raise Invalid(
            _l(
                "We have no font for these letters: %(letters)s. Write the name in other letters, such as Latin ones, "
                "or ask the people who run this site to add a font.",
                letters=letters,
            )
        )
    return cleaned


def void_links(user_id: uuid.UUID, now: dt.datetime, *purposes: Purpose) -> None:
    """Use up what was mailed to a user for these purposes."""
    db.session.execute(
        update(Link)
        .where(Link.user_id == user_id, Link.purpose.in_(purposes), Link.used_at.is_(None))
        .values(used_at=now)
        .execution_options(synchronize_session=False)
    )


def _address(given: str) -> tuple[str, str]:
    """Return (address that mail goes to, its key)."""
    address = clean_email(given)
    if address is None or not is_mailable(address):
        raise Invalid(
            _l("We can’t use this email address. Use plain letters, one @, and a full domain like example.org.")
        )
    return address, address.casefold()


def _is_enough(purpose: Purpose, key: str, now: dt.datetime) -> bool:
    """Return True if an address got enough mails: nobody's mailbox is to be filled by others."""
    query = select(func.count()).where(Link.email_key == key, Link.purpose == purpose, Link.created_at > now - _PER)
    return (db.session.scalar(query) or 0) >= MOST_LINKS


def _make_link(
    purpose: Purpose,
    user_id: uuid.UUID | None,
    key: str,
    now: dt.datetime,
    expires_at: dt.datetime,
    *,
    email: str | None = None,
    next_path: str | None = None,
) -> Link:
    link = Link(
        purpose=purpose,
        user_id=user_id,
        email_key=key,
        nonce=secrets.token_urlsafe(16),
        email=email,
        next_path=next_path,
        created_at=now,
        expires_at=expires_at,
    )
    db.session.add(link)
    db.session.flush()
    return link
