"""Keeping answers to the short form, and reading what is kept. Part of the operations; never commits."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from trainer.content.serving import served, served_in
from trainer.content.subject import Verdict
from trainer.core.db import db, insert_missing
from trainer.extras.short_form.models import KeptShortForm
from trainer.extras.short_form.rules import ShortForm, compose, is_right, tellable
from trainer.items.judge.forms import CONFIDENCE_LABELS
from trainer.web.language import language_tag
from trainer.web.tables import Cell, Table

_HEADS: Final = (
    _l("Version"),
    _l("Position"),
    _l("Scene"),
    _l("Truth"),
    _l("People"),
    _l("Right"),
    _l("Wrong"),
)


def find_form() -> ShortForm | None:
    """Return the short form in its reader's language, or None if the content has none."""
    return compose(served(), served_in(language_tag()))


def keep_form(
    form_id: uuid.UUID, version: str, verdicts: Sequence[str], confidences: Sequence[str], today: dt.date
) -> None:
    """Keep the answers to a whole form. A form that was kept before stays as it was."""
    row = {"version": version, "verdicts": list(verdicts), "confidences": list(confidences), "kept_on": today}
    insert_missing(KeptShortForm, [{"id": form_id, **row}])


def count_kept() -> int:
    """Return how many forms of the current version are kept; 0 without a form."""
    form = find_form()
    if form is None:
        return 0
    return db.session.scalar(select(func.count()).where(KeptShortForm.version == form.version)) or 0


def list_verdicts(form: ShortForm) -> Sequence[list[str]]:
    """Return the verdicts of all who kept this version."""
    return db.session.scalars(select(KeptShortForm.verdicts).where(KeptShortForm.version == form.version)).all()


def item_table(form: ShortForm) -> Table:
    """Return how many people said what of each scene of the current version, as a table for export."""
    verdicts = [words.name for words in served_in(language_tag()).vocabulary.verdicts.values()]
    return Table("short-form", (*_HEADS, *verdicts, *CONFIDENCE_LABELS.values()), _rows(form))


def _rows(form: ShortForm) -> Iterator[Sequence[Cell]]:
    rows = db.session.execute(
        select(KeptShortForm.verdicts, KeptShortForm.confidences).where(KeptShortForm.version == form.version)
    ).all()
    for place, scene in enumerate(form.scenes):
        said = Counter(verdicts[place] for verdicts, _confidences in rows)
        sure = Counter(confidences[place] for _verdicts, confidences in rows)
        right = sum(number for verdict, number in said.items() if is_right(scene, verdict))
        yield (
            form.version,
            place + 1,
            scene.id,
            scene.file.truth,
            len(rows),
            *tellable([right, len(rows) - right]),
            *tellable([said[verdict] for verdict in Verdict]),
            *tellable([sure[confidence] for confidence in CONFIDENCE_LABELS]),
        )
