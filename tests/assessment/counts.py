"""Rows of attempts, counted, and acts that happen at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from trainer.core.db import db
from trainer.core.errors import DomainError


def parallel(app: Flask, act: Callable[[], object], times: int = 8) -> list[object]:
    """Do something many times at once; return results and refusals."""

    def once(_number: int) -> object:
        try:
            with app.app_context():
                return act()
        except DomainError as refusal:
            return refusal

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(once, range(times)))


def count(app: Flask, *conditions: Any, of: type[Any]) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(of).where(*conditions)) or 0
