"""What a feature brings to the app: a value that says it, one for each package, listed in `app.FEATURES`.

The app and the few packages that serve all others loop over that list, in its order: from the bottom up, as packages
may import each other. Nothing is discovered, and nothing here calls anything.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias

from flask import Flask, current_app

if TYPE_CHECKING:
    import click
    from flask import Blueprint
    from flask_babel.speaklater import LazyString

    from trainer.core.keys import Key, Ring
    from trainer.core.leases import Leased
    from trainer.core.outbox import OutboxMessage
    from trainer.core.periods import Period
    from trainer.core.privacy import Held, Told
    from trainer.core.work import Job

Advance: TypeAlias = "Callable[[Job, dt.datetime], tuple[int, int]]"
"""Does a slice of ordered work, and returns (steps done, steps in all)."""
SECOND: Final = 1.0
MINUTE: Final = 60.0
HOUR: Final = 3600.0
_FEATURES: Final = "features"


@dataclass(frozen=True)
class Task:
    """Something that the worker does again and again; `work` yields between two portions."""

    label: str
    every: float  # seconds
    work: Callable[[], Iterator[None]]


class Urgency(IntEnum):
    """How soon someone at a firm should look at a line of what needs attention; the first comes first."""

    OVERDUE = 1
    ASKED = 2
    """Someone waits for an answer, or has lost what they had."""
    FAILED = 3
    UNFINISHED = 4
    NOT_STARTED = 5
    SOON = 6


class AttentionLine(NamedTuple):
    """One line of what needs attention on a firm's own page, and the page that shows just those rows."""

    urgency: Urgency
    text: str
    address: str


class WorkQueue(NamedTuple):
    """Rows that wait for the worker, as the operator's page and `flask doctor` tell of them."""

    name: str
    label: LazyString
    record: type[Leased]


class NavigationGroup(IntEnum):
    """A door of a firm's navigation, which leads to the first of its pages."""

    TRAINING = 1
    PEOPLE = 2
    JOINING = 3
    EVIDENCE = 4
    FIRM = 5


class FirmPage(NamedTuple):
    """A page of a firm that its navigation leads to, for those who have the permission."""

    endpoint: str
    label: LazyString
    permission: str
    group: NavigationGroup
    place: int
    """Where it stands in its group, counted from 1."""


@dataclass(frozen=True, kw_only=True)
class Feature:
    """What one package brings. Whatever it doesn't name, it doesn't have."""

    name: str
    needs: tuple[str, ...] = ()
    """Of an extra, others that it imports and names: without them it can't be."""
    blueprints: tuple[Blueprint, ...] = ()
    commands: tuple[click.Command, ...] = ()
    """What `flask` can do besides; groups too."""
    checks_tokens_itself: tuple[Any, ...] = ()
    """Blueprints and views whose forms Flask-WTF leaves alone; the reason stands there, or in the view."""
    links: Mapping[str, str] = field(default_factory=dict)
    """Names by which pages of packages below lead to its pages, and their endpoints."""
    slots: Mapping[str, str] = field(default_factory=dict)
    """Templates of its own that pages of packages below include, by the names they use."""
    parts: Mapping[str, str] = field(default_factory=dict)
    """Templates that it adds to places of pages of packages below, where any number of features may, or none."""
    answers: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    """What packages below ask of it, by name: in templates a function, in Python `ask`."""
    firm_pages: tuple[FirmPage, ...] = ()
    """Its pages in the navigation of a firm."""
    firm_blueprints: Mapping[str, str] = field(default_factory=dict)
    """Blueprints of a firm's other pages, and the endpoint of the page of the navigation that they belong to."""
    list_attention: Callable[[Any, dt.datetime], Iterator[AttentionLine]] | None = None
    """Yields what needs the attention of an actor in a firm now; each feature's lines keep their order."""
    tasks: tuple[Task, ...] = ()
    works: Mapping[str, Advance] = field(default_factory=dict)
    """Who does which kind of ordered work."""
    emails: Mapping[str, Callable[[OutboxMessage], Any]] = field(default_factory=dict)
    """Templates of mails: each returns what the mail says now, or None if it is no longer true."""
    upkeep: Sequence[Callable[..., uuid.UUID | None]] = ()
    """Steps of keeping up a firm, in portions: each returns the id after which the next portion begins, or None."""
    forget_firm: Callable[[uuid.UUID, int], int] | None = None
    """Deletes so many records of a firm that is gone, and returns how many those were."""
    export_person: Callable[[uuid.UUID], Told] | None = None
    """Returns what it holds of a person."""
    forget_person: Callable[[uuid.UUID, dt.datetime], None] | None = None
    """Erases or cuts what it holds of a person, from the top down: what refers to other rows goes before them."""
    held: Mapping[str, Held] = field(default_factory=dict)
    """Sort of data about people (`trainer/privacy/register.py`) -> what it holds of it."""
    holds_nobody: Mapping[str, str] = field(default_factory=dict)
    """Tables that say nothing of a person by themselves, and why."""
    periods: tuple[Period, ...] = ()
    """How long it keeps what doesn't stay as long as an account, a firm or a class."""
    acts: Mapping[str, LazyString] = field(default_factory=dict)
    """Acts that the audit log of a firm tells, as a sentence about who did it begins."""
    act_subjects: Mapping[str, LazyString] = field(default_factory=dict)
    """What acts are about, by the part of their names before the dot: choices of the log's filter."""
    changes_duties: tuple[str, ...] = ()
    """How acts begin after which a firm's duties are brought up to date at once."""
    queues: tuple[WorkQueue, ...] = ()
    opens_records: tuple[str, ...] = ()
    """Tables whose rows open a firm's records to outsiders until `revoked_at`: a restored backup revokes them."""
    demo: Callable[[Any, dt.datetime], None] | None = None
    """What the made-up firm shows of it: done by its owner, of whom an actor is given, two days before the end."""
    move_secrets: Callable[[Ring, Key], int] | None = None
    """Makes what was derived from an older key independent of it; returns of how many secrets."""


def init_features(app: Flask, features: tuple[Feature, ...]) -> None:
    """Let the app have these features."""
    app.extensions[_FEATURES] = features


def list_features(app: Flask | None = None) -> tuple[Feature, ...]:
    """Return the features of an app or the current one, from the bottom up."""
    features: tuple[Feature, ...] = (app or current_app).extensions[_FEATURES]
    return features


def ask(name: str, *given: Any) -> Any:
    """Return what a feature above answers to a question."""
    return next(feature.answers[name] for feature in list_features() if name in feature.answers)(*given)


def ask_extra(name: str, *given: Any) -> Any | None:
    """Return what a feature above that may have been deleted answers to a question, or None without it."""
    answers = (feature.answers[name] for feature in list_features() if name in feature.answers)
    answer = next(answers, None)
    return answer(*given) if answer else None
