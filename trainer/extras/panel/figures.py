"""What raters say of keys, as a table for export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from trainer.assessment.localized import reader_words
from trainer.extras.panel.rules import Rated, SceneAgreement
from trainer.items.judge.forms import CONFIDENCE_LABELS
from trainer.web.tables import Cell, Table

_HEADS: Final = (
    _l("Position"),
    _l("Scene"),
    _l("Title"),
    _l("Digest"),
    _l("Key"),
    _l("Raters"),
    _l("Agree: report or not"),
    _l("I-CVI"),
    _l("Kappa"),
    _l("Agree: exact verdict"),
    _l("First step that fits"),
)


def agreement_table(lines: Sequence[SceneAgreement]) -> Table:
    """Return the agreement on each key, and beside it what each rater said, without names."""
    raters = sorted({rated.rater for line in lines for rated in line.ratings})
    heads = [_("Rater %(number)s", number=number) for number in raters]
    return Table("key-panel", (*_HEADS, *heads), _rows(lines, raters))


def _rows(lines: Sequence[SceneAgreement], raters: Sequence[int]) -> Iterator[Sequence[Cell]]:
    verdicts = reader_words().verdicts
    for line in lines:
        said = {rated.rater: rated for rated in line.ratings}
        yield (
            line.position,
            line.scene.scenario,
            line.scene.title,
            line.digest[:12],
            verdicts[line.scene.fits].name,
            line.raters,
            line.agree,
            None if line.cvi is None else round(line.cvi, 2),
            None if line.kappa is None else round(line.kappa, 2),
            line.exact,
            line.good_steps,
            *(_tell(said.get(number)) for number in raters),
        )


def _tell(rated: Rated | None) -> str | None:
    if rated is None:
        return None
    parts = [reader_words().verdicts[rated.verdict].name, str(CONFIDENCE_LABELS[rated.confidence]), rated.action]
    return "; ".join([*parts, *([rated.comment] if rated.comment else [])])
