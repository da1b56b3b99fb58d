"""How scenes work, for approved instructors and administrators: all scenes, and one of them."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple, TypeVar

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from trainer.assessment import figures
from trainer.assessment import leaks as counted_leaks
from trainer.assessment.analysis import ALL, Analysis, AnswersFilter, analyze
from trainer.assessment.figures import FiguresFilter, FiguresOrder, narrow
from trainer.assessment.measures.items import FEWEST_ANSWERS, Flag
from trainer.assessment.measures.leaks import FEWEST_PEOPLE, Leak, LeakSums, estimate
from trainer.assessment.measures.shares import wilson
from trainer.assessment.rules import Sitting
from trainer.content.schema import Pool
from trainer.content.serving import served
from trainer.content.subject import Truth
from trainer.core.audit import note
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import NotFound
from trainer.instructing.access import reading_figures
from trainer.instructing.queries import Reader
from trainer.web.access import Who, access
from trainer.web.language import known_languages
from trainer.web.tables import csv_answer

blueprint = Blueprint("items", __name__, url_prefix="/item-analysis", template_folder="../templates")
PAGE = 25
_One = TypeVar("_One", bound=StrEnum)


class LeakLine(NamedTuple):
    """What was counted of a pair or a month, and whether scenes leak there; None: too few to tell."""

    pair: str
    month: str
    sums: LeakSums
    leak: Leak | None


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@reading_figures
def overview(reader: Reader) -> str:
    """Show how all scenes work that the reader may see, narrowed and sorted as the address says."""
    answers, filters = _answers(), _wanted(reader)
    analysis = analyze(served(), reader.pools, answers)
    rows = narrow(analysis.versions, filters)
    page = min(max(request.args.get("page", 1, type=int), 1), max(1, -(-len(rows) // PAGE)))
    return render_template(
        "instructing/items.html",
        reader=reader,
        found=analysis,
        rows=rows[(page - 1) * PAGE : page * PAGE],
        matches=len(rows),
        page=page,
        has_next=len(rows) > page * PAGE,
        answers=answers,
        asked=_asked(answers),
        courses=served().courses,
        languages=known_languages(),
        sittings=list(Sitting),
        wanted=filters,
        address=_address(answers, filters),
        strata=[
            stratum
            for stratum in analysis.strata
            if filters.pool in (None, stratum.pool) and filters.truth in (None, stratum.truth)
        ],
        fewest=FEWEST_ANSWERS,
        figures=figures,
        pools=[pool for pool in Pool if pool in reader.pools],
        truths=list(Truth),
        flags_there=list(Flag),
    )


@blueprint.post("/exports")
@access(Who.ACCOUNT, own=True)
@reading_figures
def export(reader: Reader) -> Response:
    """Return the rows that the address asks for as CSV; the export is recorded."""
    rows = narrow(analyze(served(), reader.pools, _answers()).versions, _wanted(reader))
    with transaction():
        note("export.items", now(), actor_id=reader.user_id, form="csv")
    return csv_answer(figures.item_table(rows, served().vocabulary))


@blueprint.get("/leaks")
@access(Who.ACCOUNT, own=True)
@reading_figures
def leaks(reader: Reader) -> str:
    """Show administrators whether colleagues do better in scenes that one of them has met: in all, by month, by
    pair."""
    if not reader.is_administrator:
        raise NotFound
    lines = [LeakLine(pair, month, sums, estimate(sums)) for pair, month, sums in counted_leaks.read()]
    pairs = [line for line in lines if line.leak is not None and line.pair in served().pairs]
    return render_template(
        "instructing/leaks.html",
        whole=[line for line in lines if not line.pair and not line.month],
        months=[line for line in lines if line.month],
        pairs=sorted(pairs, key=lambda line: -line.leak.low if line.leak else 0),
        scenes=served().pairs,
        counted_at=counted_leaks.find_counted_at(),
        fewest=FEWEST_PEOPLE,
        odds=figures.odds,
    )


@blueprint.get("/scenes/<name>")
@access(Who.ACCOUNT, own=True)
@reading_figures
def scene(reader: Reader, name: str) -> str:
    """Show one scene: what people said and chose, and its versions side by side."""
    answers = _answers()
    analysis = _get_scene(reader, name, answers)
    return render_template(
        "instructing/item.html",
        reader=reader,
        name=name,
        found=analysis,
        answers=answers,
        asked=_asked(answers),
        courses=served().courses,
        languages=known_languages(),
        sittings=list(Sitting),
        fewest=FEWEST_ANSWERS,
        figures=figures,
        wilson=wilson,
    )


def _get_scene(reader: Reader, name: str, answers: AnswersFilter) -> Analysis:
    analysis = analyze(served(), reader.pools, answers, scene=name)
    if not analysis.versions:
        raise NotFound
    return analysis


def _answers() -> AnswersFilter:
    given, language = request.args.get("course", ""), request.args.get("language", "")
    return AnswersFilter(
        _read("sitting", Sitting),
        given if given in served().courses else ALL,
        language if language in known_languages() else ALL,
        request.args.get("tellings") == "each",
    )


def _asked(answers: AnswersFilter) -> dict[str, str | None]:
    """Return which answers are looked at, as the query string has it, without defaults."""
    return {
        "sitting": answers.sitting,
        "course": answers.course or None,
        "language": answers.language or None,
        "tellings": "each" if answers.each_telling else None,
    }


def _wanted(reader: Reader) -> FiguresFilter:
    pool = _read("pool", Pool)
    return FiguresFilter(
        pool if pool in reader.pools else None,
        _read("truth", Truth),
        _read("flag", Flag),
        _read("order", FiguresOrder) or FiguresOrder.FLAGS,
    )


def _read(name: str, kind: type[_One]) -> _One | None:
    given = request.args.get(name, "")
    return kind(given) if given in set(kind) else None


def _address(answers: AnswersFilter, filters: FiguresFilter) -> dict[str, str | None]:
    """Parse the filters from the query string, without defaults."""
    return {
        **_asked(answers),
        "pool": filters.pool,
        "truth": filters.truth,
        "flag": filters.flag,
        "order": filters.order if filters.order is not FiguresOrder.FLAGS else None,
    }
