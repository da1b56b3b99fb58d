"""Make the n-th statement, commit, write to a file, mail command or PDF fail: once, or from then on."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import smtplib
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from unittest import mock

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from trainer.core.db import Base, db
from trainer.credentials import certificate


class Fault(StrEnum):
    """What fails."""

    STATEMENT = "statement"
    COMMIT = "commit"
    LOST_COMMIT = "commit that is carried out, and not confirmed"
    WRITE = "write"
    COMMAND = "mail command"
    LOST_REPLY = "mail command that is carried out, and not confirmed"
    PDF = "PDF"


@dataclass
class Strike:
    """A fault that waits for its turn."""

    nth: int
    is_persistent: bool
    passed: int = 0

    @property
    def has_struck(self) -> bool:
        """Return whether its turn has come."""
        return self.passed >= self.nth

    def is_due(self) -> bool:
        """Count one; return whether it fails."""
        self.passed += 1
        return self.passed >= self.nth if self.is_persistent else self.passed == self.nth


@contextmanager
def failing(app: Flask, fault: Fault, nth: int, *, is_persistent: bool) -> Iterator[Strike]:
    """Let the n-th of a kind fail in this process; with `is_persistent`, all after it, too."""
    strike = Strike(nth, is_persistent)
    with app.app_context():
        engine = db.engine
    broken = engine.dialect.loaded_dbapi.OperationalError("disk I/O error")  # the driver's own, told apart by its class
    instance = str(app.config["SETTINGS"].instance)

    def before_statement(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN") and strike.is_due():
            raise OperationalError(statement, None, broken)

    if fault is Fault.STATEMENT:
        event.listen(engine, "before_cursor_execute", before_statement)
        try:
            yield strike
        finally:
            event.remove(engine, "before_cursor_execute", before_statement)
        return
    full = OSError(errno.ENOSPC, "No space left on device")
    gone = smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
    patches = {
        Fault.COMMIT: [_patch(engine.dialect, "do_commit", strike, broken)],
        Fault.LOST_COMMIT: [_patch(engine.dialect, "do_commit", strike, broken, is_late=True)],
        Fault.WRITE: [
            mock.patch.object(io, "open", _open(strike, instance, full)),
            *(_patch(os, name, strike, full) for name in ("replace", "fsync")),
        ],
        Fault.COMMAND: [_patch(smtplib.SMTP, "send", strike, gone)],
        Fault.LOST_REPLY: [_patch(smtplib.SMTP, "getreply", strike, gone, is_late=True)],
        Fault.PDF: [_patch(certificate, "typeset", strike, OSError(errno.ENOMEM, "Cannot allocate memory"))],
    }[fault]
    for patch in patches:
        patch.start()
    try:
        yield strike
    finally:
        for patch in patches:
            patch.stop()


def picture(app: Flask, but: Collection[str] = ()) -> str:
    """Return a digest of all rows of all tables, apart from some tables, to see whether anything has changed."""
    digest = hashlib.sha256()
    with app.app_context():
        for table in Base.metadata.sorted_tables:
            if table.name not in but:
                rows = sorted(repr(tuple(row)) for row in db.session.execute(select(table)))
                digest.update(f"{table.name}{rows}".encode())
        db.session.rollback()
    return digest.hexdigest()


def _patch(owner: Any, name: str, strike: Strike, error: Exception, *, is_late: bool = False) -> Any:
    real = getattr(owner, name)

    def do(*arguments: Any, **options: Any) -> Any:
        is_due = strike.is_due()
        result = real(*arguments, **options) if is_late or not is_due else None
        if is_due:
            raise error
        return result

    return mock.patch.object(owner, name, do)


def _open(strike: Strike, instance: str, error: Exception) -> Callable[..., Any]:
    real = io.open

    def open_counting(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> Any:
        opened = real(file, mode, *arguments, **options)
        if mode[0] == "r" or not str(file).startswith(instance):
            return opened
        write = opened.write

        def write_counting(data: Any) -> Any:
            if strike.is_due():
                raise error
            return write(data)

        return _Counted(opened, write_counting)

    return open_counting


class _Counted:
    """A file whose writes are counted; all else goes to the file itself."""

    def __init__(self, file: Any, write: Callable[[Any], Any]) -> None:
        self._file, self.write = file, write

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)

    def __enter__(self) -> _Counted:
        return self

    def __exit__(self, *_error: object) -> None:
        self._file.close()
