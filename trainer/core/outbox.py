"""Mail to be sent: a row, written in the transaction that causes it. A row is the order; the text is made at sending.

Whoever delivers claims rows for a while (`leases`). A mail has one Message-ID forever: a retry after a lost answer is
the same mail to every reader.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, Index, String, and_, delete, func, or_, select, text, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from trainer.core import leases
from trainer.core.db import Base, db, insert_all
from trainer.core.leases import Leased
from trainer.core.privacy import Rows, tell_all

LEASE = dt.timedelta(minutes=10)
"""How long a claimed mail is left to whoever claimed it: longer than the slowest server takes, or it would go twice."""
MOST_TRIES = 20
"""With the delays below the last try is some three days after the first."""

KEPT = dt.timedelta(days=400)
"""How long it is kept to which address a mail went."""
FAILED_FOR = dt.timedelta(days=30)
"""How long a mail that couldn't be delivered is told of where people look for what to do."""
NO_LONGER_NEEDED = "no longer needed"
"""Why a mail was given up whose occasion had passed before it was written."""
NO_SERVER = "no mail server"
"""Why a mail was given up on a site that had no mail server."""

_WAITING = text("sent_at IS NULL AND dead_at IS NULL")
_DEAD = text("dead_at IS NOT NULL")


class account_in(GenericFunction[str]):  # noqa: N801 a function of SQL
    """The account that the ids of a mail name, or NULL, in words that an index can be of: no value is bound."""

    type = String()
    inherit_cache = True


@compiles(account_in, "sqlite")
def _account_in_sqlite(element: account_in, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_extract({compiler.process(element.clauses, **options)}, '$.user')"


@compiles(account_in, "postgresql")
def _account_in_postgresql(element: account_in, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses, **options)} ->> 'user')"


class OutboxMessage(Leased, Base):
    """A mail to one person: which template, to whom, in what language, about which records."""

    __tablename__ = "outbox_messages"
    WAITING = _WAITING
    __table_args__ = (
        Index("ix_outbox_messages_waiting", "due_at", sqlite_where=_WAITING, postgresql_where=_WAITING),
        # Few of many: a firm's home looks for its own among them.
        Index("ix_outbox_messages_dead", "dead_at", sqlite_where=_DEAD, postgresql_where=_DEAD),
        Index("ix_outbox_messages_created_at", "created_at"),
    )

    template: Mapped[str] = mapped_column(String(40))
    recipient: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(10), default="en")
    ids: Mapped[dict[str, Any]]
    """Ids of the records that it is about; no foreign keys, and nothing secret."""
    message_id: Mapped[str] = mapped_column(String(120), unique=True)
    sent_at: Mapped[dt.datetime | None]
    dead_at: Mapped[dt.datetime | None]
    """Given up: refused for good, tried too often, or no longer true."""

    def give_up(self, now: dt.datetime) -> None:
        """Stop sending it, unless someone asks for another try."""
        self.dead_at = now


# What is asked of one person is found without going through the mails of all.
Index("ix_outbox_messages_recipient", func.lower(OutboxMessage.recipient))
Index("ix_outbox_messages_account", account_in(OutboxMessage.ids))


def post(
    template: str,
    recipient: str,
    language: str,
    ids: dict[str, Any],
    now: dt.datetime,
    number: uuid.UUID | None = None,
) -> OutboxMessage:
    """Order a mail, in the caller's transaction; `number` is its id where the cause was written down before it.

    `language`: what `web.language.mail_language` returns of what is remembered of the recipient.
    """
    number = number or uuid.uuid4()
    message = OutboxMessage(
        id=number,
        template=template,
        recipient=recipient,
        language=language,
        ids=ids,
        message_id=f"<{number.hex}@{current_app.config['SETTINGS'].mail_from.partition('@')[2]}>",
        created_at=now,
        due_at=now,
        tries=0,
    )
    db.session.add(message)
    return message


def post_all(template: str, mails: Sequence[tuple[str, str, dict[str, Any]]], now: dt.datetime) -> list[uuid.UUID]:
    """Order many mails, (recipient, language, ids), in one statement; return their ids."""
    host = current_app.config["SETTINGS"].mail_from.partition("@")[2]
    numbers = [uuid.uuid4() for _mail in mails]
    rows = [
        {
            "id": number,
            "template": template,
            "recipient": recipient,
            "language": language,
            "ids": ids,
            "message_id": f"<{number.hex}@{host}>",
            "created_at": now,
            "due_at": now,
        }
        for number, (recipient, language, ids) in zip(numbers, mails, strict=True)
    ]
    insert_all(OutboxMessage, rows)
    return numbers


def list_to(addresses: Collection[str], user_id: uuid.UUID) -> Rows:
    """Return the emails to someone's addresses, given folded, and those about the account."""
    messages = (
        select(OutboxMessage).where(_is_to(addresses, user_id)).order_by(OutboxMessage.created_at, OutboxMessage.id)
    )
    return tell_all(messages, "template", "recipient", "created_at", "sent_at", "dead_at")


def forget_mails(addresses: Collection[str], user_id: uuid.UUID) -> None:
    """Delete emails to someone's addresses, given folded, and those about the account.

    Of those that were sent, kind and time stay: a firm's list of reminders rests on them.
    """
    is_to = _is_to(addresses, user_id)
    db.session.execute(
        delete(OutboxMessage).where(is_to, OutboxMessage.sent_at.is_(None)).execution_options(synchronize_session=False)
    )
    db.session.execute(
        update(OutboxMessage)
        .where(is_to)
        .values(recipient="", ids={}, last_error=None)
        .execution_options(synchronize_session=False)
    )


def forget_old(now: dt.datetime) -> None:
    """Forget to which addresses mails went that are older than this is kept; kind and time stay."""
    db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.created_at < now - KEPT, OutboxMessage.recipient != "")
        .values(recipient="", ids={}, last_error=None)
        .execution_options(synchronize_session=False)
    )


def claim(now: dt.datetime, *, is_fresh_first: bool = False) -> OutboxMessage | None:
    """Return the mail that has been due longest, as `leases.claim` does.

    `is_fresh_first`: one that was never tried, if there is any.
    """
    message = _claim(now, OutboxMessage.tries == 0) if is_fresh_first else None
    return message or _claim(now)


def mark_sent(message_id: uuid.UUID, now: dt.datetime) -> None:
    """Note that the mail server took it."""
    leases.note(OutboxMessage, message_id, sent_at=now, last_error=None)


def mark_failed(message: OutboxMessage, error: str, now: dt.datetime, *, is_final: bool) -> None:
    """Note why it couldn't be sent; it is tried again later, unless that is no use."""
    is_dead = is_final or message.tries >= MOST_TRIES
    leases.note_failed(message, error, now, dead_at=now if is_dead else None)


def give_up_all(domain: str, reason: str, now: dt.datetime) -> int:
    """Give up, with a reason, all that waits for the addresses of a domain; return how many mails those are."""
    given_up = db.session.execute(
        update(OutboxMessage)
        .where(_WAITING, func.lower(OutboxMessage.recipient).endswith(f"@{domain.lower()}", autoescape=True))
        .values(dead_at=now, last_error=reason)
        .execution_options(synchronize_session=False)
    )
    return int(given_up.rowcount)  # type: ignore[attr-defined]


def give_up(number: uuid.UUID, reason: str, now: dt.datetime) -> bool:
    """Give up an email that is waiting, with a reason; False if there is no such email."""
    given_up = db.session.execute(
        update(OutboxMessage).where(OutboxMessage.id == number, _WAITING).values(dead_at=now, last_error=reason)
    )
    return bool(given_up.rowcount)  # type: ignore[attr-defined]


def list_messages(*, dead_only: bool = False, most: int = 100) -> Sequence[OutboxMessage]:
    """Return mails, the newest first."""
    query = select(OutboxMessage).order_by(OutboxMessage.created_at.desc()).limit(most)
    return db.session.scalars(query.where(OutboxMessage.dead_at.is_not(None)) if dead_only else query).all()


def has_failed(since: dt.datetime | None = None) -> ColumnElement[bool]:
    """Return the condition of mails that were tried and given up, ever or since then: the address is wrong, or its
    server is."""
    failed = and_(
        OutboxMessage.dead_at.is_not(None),
        OutboxMessage.tries > 0,
        OutboxMessage.last_error.is_distinct_from(NO_LONGER_NEEDED),
    )
    return failed if since is None else and_(failed, OutboxMessage.dead_at >= since)


def count_sent(template: str, ordered_at: dt.datetime, name: str, number: str) -> int:
    """Return how many of the mails ordered at one instant, about one record, are sent."""
    query = select(func.count()).where(
        OutboxMessage.template == template,
        OutboxMessage.created_at == ordered_at,
        OutboxMessage.ids[name].as_string() == number,
        OutboxMessage.sent_at.is_not(None),
    )
    return db.session.scalar(query) or 0


def find_message(number: uuid.UUID) -> OutboxMessage | None:
    """Return a mail by its id, or None."""
    return db.session.get(OutboxMessage, number)


def try_again(number: uuid.UUID, now: dt.datetime) -> bool:
    """Take up a mail that was given up; False if there is none."""
    taken = db.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == number, OutboxMessage.dead_at.is_not(None))
        .values(dead_at=None, due_at=now, tries=0)
    )
    return bool(taken.rowcount)  # type: ignore[attr-defined]


def _claim(now: dt.datetime, *conditions: ColumnElement[bool]) -> OutboxMessage | None:
    unheard = "tried too often; each worker ended before it could say why"
    return leases.claim(OutboxMessage, now, *conditions, lease=LEASE, most_tries=MOST_TRIES, unheard=unheard)


def _is_to(addresses: Collection[str], user_id: uuid.UUID) -> ColumnElement[bool]:
    return or_(func.lower(OutboxMessage.recipient).in_(addresses), account_in(OutboxMessage.ids) == user_id.hex)
