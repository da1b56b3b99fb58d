"""Tests of the extras, and what each of them adds to a firm in which there is one of everything."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

from trainer.app import FEATURES
from trainer.organizations.actor import Actor

FOLDER = Path(__file__).parent
NAMES = [feature.name for feature in FEATURES if (FOLDER / feature.name / "sample.py").is_file()]
"""Of the extras, each after those that it needs."""


def list_samples() -> list[ModuleType]:
    """Return the module `sample` of each extra that is there.

    It has `fill(actor, employee_number)`, which gives a firm a row in each table of the extra and returns values for
    the addresses of its pages: of all, and of single endpoints; `OF_FIRMS`, the tables of which nothing is left once
    the firm is deleted; `TOLD`, words that a copy of the data of the person who filled it has; `LEFT`, the columns in
    which a person's id stays once the person was erased; and `OF_PEOPLE`, records that are somebody's, by `user_id`.
    """
    return [import_module(f"tests.extras.{name}.sample") for name in NAMES]


def fill_extras(
    actor: Actor, employee_number: str = "417"
) -> tuple[dict[str, str | int], dict[str, dict[str, str | int]]]:
    """Give a firm a row in each table of each extra; return values for addresses: (of all pages, of single ones)."""
    values: dict[str, str | int] = {}
    others: dict[str, dict[str, str | int]] = {}
    for sample in list_samples():
        of_all, of_single = sample.fill(actor, employee_number)
        values |= of_all
        others |= of_single
    return values, others
