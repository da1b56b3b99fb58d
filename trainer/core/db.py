"""The database: base class of records, column types, and the only code that commits.

On SQLite the driver's own transaction handling is switched off (it begins late and lets two
read-modify-writes overlap, which loses updates silently); we begin ourselves: reads with BEGIN,
writes with BEGIN IMMEDIATE, which waits for other writers instead of failing in the middle.

On PostgreSQL, what only reads begins nothing: each statement sees what is committed by then, as it would within a
transaction, and the driver keeps the statements it has prepared, which it throws away at each rollback.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask, current_app
from flask.globals import app_ctx
from flask_babel import lazy_gettext as _l
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    Executable,
    MetaData,
    Row,
    Table,
    Uuid,
    delete,
    event,
    insert,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine.interfaces import Dialect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, ORMExecuteState, Session, registry
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeDecorator

from trainer.core.connections import prepare_connections
from trainer.core.damage import check_trusted
from trainer.core.errors import Conflict

Query = TypeVar("Query", bound=Executable)
REPLICA = "replica"
"""The name of the engine of the replica, where there is one."""
_HAS_COMMITTED, _IS_WRITING, _READING = "has committed", "is writing", "engine for reading"
_BEGINS, _BEGINS_NOTHING = "READ COMMITTED", "AUTOCOMMIT"
_MOST_COMPILED = 100


class UTCDateTime(TypeDecorator[dt.datetime]):
    """An instant: aware, in UTC, on every database. A naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[dt.datetime]:
        """What a value is."""
        return dt.datetime

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database; use core.clock.now()")
        return value.astimezone(dt.UTC)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


class Base(DeclarativeBase):
    """Base of all records."""

    # Flask-SQLAlchemy subclasses this class, and SQLAlchemy 2.1 then wants the types on the registry itself.
    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            dt.datetime: UTCDateTime,
            uuid.UUID: Uuid(),
            dict[str, Any]: JSON(none_as_null=True),
            list[str]: JSON(none_as_null=True),
        },
    )


@dataclass
class ReplicaReading:
    """Where this piece of work reads for now: in a replica, until it writes."""

    engine: Engine
    has_written: bool = False


_elsewhere: ContextVar[ReplicaReading | None] = ContextVar("elsewhere", default=None)


def _engine_elsewhere() -> Engine | None:
    place = _elsewhere.get()
    return None if place is None or place.has_written else place.engine


def _scope() -> tuple[int, bool]:
    # What reads elsewhere has a session of its own: no object comes from both databases, and what was read before in
    # the usual one stays as it is, whatever becomes of the replica.
    return id(app_ctx._get_current_object()), _engine_elsewhere() is not None  # type: ignore[attr-defined]


class _RoutedSession(FlaskSession):
    def __init__(self, db: SQLAlchemy, **options: Any) -> None:
        super().__init__(db, **options)
        self._usual: Engine = _engine_elsewhere() or current_app.extensions[_READING]

    def get_bind(
        self, mapper: Any = None, clause: Any = None, bind: Engine | Connection | None = None, **options: Any
    ) -> Engine | Connection:
        """Return what a statement runs on: for as long as this session lives, the same database."""
        return self._usual if bind is None else bind

    def close(self) -> None:
        """End what is open. A connection that is already gone has nothing left to undo, and takes no answer with it."""
        try:
            super().close()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise


db = SQLAlchemy(
    model_class=Base, session_options={"class_": _RoutedSession, "expire_on_commit": False, "scopefunc": _scope}
)


def init_db(app: Flask) -> None:
    """Bind the database to the app and set up every connection it will make."""
    db.init_app(app)
    with app.app_context():
        engine = db.engine
    prepare_connections(engine, app.config["SETTINGS"].instance)
    is_sqlite = engine.dialect.name == "sqlite"
    app.extensions[_READING] = engine if is_sqlite else engine.execution_options(isolation_level=_BEGINS_NOTHING)


def dispose_engines() -> None:
    """End the session and close all connections, the replica's too, before a fork: processes can't share them.

    SQLite’s locks belong to a process. One that is forked while a file is open takes its parent’s locks for its own,
    holds none, and the next process that opens the file believes it is alone and empties the index that others use.

    Raises RuntimeError if a connection is in use.
    """
    db.session.remove()
    for engine in db.engines.values():
        if isinstance(engine.pool, QueuePool) and engine.pool.checkedout():
            raise RuntimeError("a connection is in use, which a fork would share")
        engine.dispose()


@contextmanager
def reading_from(engine: Engine) -> Iterator[ReplicaReading]:
    """Let `db.session` and `read` read with a replica's engine meanwhile.

    Nothing read there may be loaded later: its session ends here. A `transaction` within writes to the primary as
    ever, and what follows it is read there too, since the replica may not have what was written.
    """
    place = ReplicaReading(engine)
    token = _elsewhere.set(place)
    try:
        yield place
    finally:
        written, place.has_written = place.has_written, False  # so that it is the replica's session that ends
        try:
            db.session.remove()
        finally:
            place.has_written = written
            _elsewhere.reset(token)


def may_read_elsewhere() -> bool:
    """Return whether a replica may be asked now: not within a transaction, which sees what nobody else does yet."""
    return _elsewhere.get() is None and not db.session().info.get(_IS_WRITING)


@contextmanager
def transaction() -> Iterator[Session]:
    """Open a write transaction and commit it at the end.

    Whatever was read before is forgotten first, so that decisions rest on what this transaction
    reads. Raises Conflict when a constraint of the database decides against the change, and DatabaseDamaged where
    nothing may be written anymore.
    """
    place = _elsewhere.get()
    if place is not None:
        place.has_written = True
    instance = db.engine.get_execution_options().get("trainer_instance")
    if instance is not None:
        check_trusted(instance)
    session = db.session()
    session.rollback()
    session.connection(execution_options={"trainer_writes": True} | _options_of_beginning())
    session.info[_IS_WRITING] = True
    try:
        yield session
        session.commit()
        session.info[_HAS_COMMITTED] = True
    except IntegrityError as error:
        session.rollback()
        raise Conflict(_l("Someone else got there first, or this was already done. Look at the page again.")) from error
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(_IS_WRITING, None)


def _options_of_beginning() -> dict[str, str]:
    return {} if db.engine.dialect.name == "sqlite" else {"isolation_level": _BEGINS}


def in_portions(query: Query, most: int) -> Query:
    """Return a query whose rows are sent so many at a time.

    On PostgreSQL that takes a transaction, which begins here if there is none, and lasts as long as the session.
    """
    session = db.session()
    if session.connection().get_execution_options().get("isolation_level") == _BEGINS_NOTHING:
        session.commit()  # unlike a rollback, it leaves loaded records as they are
        session.connection(execution_options=_options_of_beginning())
    return query.execution_options(yield_per=most)


@event.listens_for(_RoutedSession, "before_flush")
def _refuse_records(session: Session, _context: object, _records: object) -> None:
    _refuse_outside(session)


@event.listens_for(_RoutedSession, "do_orm_execute")
def _refuse_statement(state: ORMExecuteState) -> None:
    if state.is_insert or state.is_update or state.is_delete:
        _refuse_outside(state.session)


def _refuse_outside(session: Session) -> None:
    # It would be written at once, and nothing could undo it.
    if not session.info.get(_IS_WRITING):
        raise RuntimeError("something was changed outside of a transaction")


def empty_wal() -> None:
    """On SQLite, move what its log holds into the file, and empty the log: older states of deleted rows are in it.

    While someone reads, part of it waits for the next time.
    """
    if db.engine.dialect.name != "sqlite":
        return
    db.session.remove()  # we are someone, too
    connection = db.engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


class _Compiled(dict[Any, Any]):
    """What statements that were built once were compiled to, by the identity of the key that SQLAlchemy gives each.

    That key has all the parts of the statement in it, and to go through them takes longer than to send the statement.
    """

    def get(self, key: Any, default: Any = None) -> Any:
        return super().get(self._short(key), (None, default))[1]

    def __setitem__(self, key: Any, compiled: Any) -> None:
        if len(self) >= _MOST_COMPILED:
            self.clear()
        super().__setitem__(self._short(key), (key, compiled))  # with the key, whose place no other may take

    def _short(self, key: Any) -> Any:
        dialect, statement, *rest = key
        return (dialect, id(statement), *rest)


_compiled = _Compiled()


def read(statement: Executable, values: Mapping[str, Any]) -> Sequence[Row[Any]]:
    """Return the rows of a statement on columns, for pages that need no session, which would double the cost.

    The statement is one that was built once: it is known again by what it is, not by what it says. It doesn't see what
    an open transaction has written.
    """
    with (_engine_elsewhere() or current_app.extensions[_READING]).connect() as connection:
        connection.execution_options(trainer_reads_once=True, compiled_cache=_compiled)
        return connection.execute(statement, values).all()


def has_committed() -> bool:
    """Return whether this request, or this piece of work, has kept anything yet."""
    return bool(db.session().info.get(_HAS_COMMITTED))


def any_of(record: type[Base], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition of records that meet one of several conditions, each of which has an index of its own.

    For an `OR` with a subquery in it, PostgreSQL would go through the whole table.
    """
    number = record.__table__.c.id
    return number.in_(union_all(*(select(number).where(each).correlate(None) for each in conditions)))


def insert_missing(record: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert the rows that no unique constraint knows yet; someone else inserting them meanwhile is no conflict."""
    if not rows:
        return
    db.session.execute(_insert(record), rows)


def insert_all(record: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows, all with the same columns, in one statement and without an object for each."""
    if rows:
        db.session.execute(insert(cast(Table, record.__table__)), rows)


def insert_new(record: type[Base], rows: list[dict[str, Any]]) -> set[uuid.UUID]:
    """Insert rows, each with its `id`, that no unique constraint knows yet; return the ids of those that were new."""
    if not rows:
        return set()
    return set(db.session.scalars(_insert(record).returning(record.__table__.c.id), rows))


def delete_some(most: int, *kinds: tuple[type[Base], ColumnElement[bool]]) -> int:
    """Delete at most so many rows of the first of these kinds, (record, condition), that has any; return how many."""
    for record, condition in kinds:
        key = list(cast(Table, record.__table__).primary_key.columns)
        chosen = select(*key).where(condition).limit(most)
        gone = db.session.execute(
            delete(record).where(tuple_(*key).in_(chosen)).execution_options(synchronize_session=False)
        )
        if gone.rowcount:  # type: ignore[attr-defined]
            return int(gone.rowcount)  # type: ignore[attr-defined]
    return 0


def _insert(record: type[Base]) -> postgresql.Insert | sqlite.Insert:
    # On the table and with the rows beside it: the statement is compiled once, however many rows there are.
    table = cast(Table, record.__table__)
    if db.engine.dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing()
    return sqlite.insert(table).on_conflict_do_nothing()
