"""How scenes work, for approved instructors and administrators: all scenes, and one of them."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from trainer.assessment import figures
from trainer.assessment.analysis import Analysis, analyze
from trainer.assessment.counting import ALL_COURSES
from trainer.assessment.figures import FiguresFilter, FiguresOrder, narrow
from trainer.assessment.measures.items import FEWEST_ANSWERS, Flag
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
from trainer.web.tables import csv_answer

blueprint = Blueprint("items", __name__, url_prefix="/item-analysis", template_folder="../templates")
PAGE = 50
_One = TypeVar("_One", bound=StrEnum)


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@reading_figures
def overview(reader: Reader) -> str:
    """Show how all scenes work that the reader may see, narrowed and sorted as the address says."""
    course, filters = _course(), _wanted(reader)
    analysis = analyze(served(), reader.pools, course=course)
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
        course=course,
        courses=served().courses,
        wanted=filters,
        address=_address(course, filters),
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
    rows = narrow(analyze(served(), reader.pools, course=_course()).versions, _wanted(reader))
    with transaction():
        note("export.items", now(), actor_id=reader.user_id, form="csv")
    return csv_answer(figures.item_table(rows, served().vocabulary))


@blueprint.get("/scenes/<name>")
@access(Who.ACCOUNT, own=True)
@reading_figures
def scene(reader: Reader, name: str) -> str:
    """Show one scene: what people said and chose, and its versions side by side."""
    course = _course()
    analysis = _get_scene(reader, name, course)
    return render_template(
        "instructing/item.html",
        reader=reader,
        name=name,
        found=analysis,
        course=course,
        courses=served().courses,
        fewest=FEWEST_ANSWERS,
        figures=figures,
    )


def _get_scene(reader: Reader, name: str, course: str) -> Analysis:
    analysis = analyze(served(), reader.pools, course=course, scene=name)
    if not analysis.versions:
        raise NotFound
    return analysis


def _course() -> str:
    given = request.args.get("course", "")
    return given if given in served().courses else ALL_COURSES


def _wanted(reader: Reader) -> FiguresFilter:
    pool = _read("pool", Pool)
    return FiguresFilter(
        pool if pool in reader.pools else None,
        _read("truth", Truth),
        _read("flag", Flag),
        _read("order", FiguresOrder) or FiguresOrder.SCENE,
    )


def _read(name: str, kind: type[_One]) -> _One | None:
    given = request.args.get(name, "")
    return kind(given) if given in set(kind) else None


def _address(course: str, filters: FiguresFilter) -> dict[str, str | None]:
    """Parse the filters from the query string, without defaults."""
    return {
        "course": course or None,
        "pool": filters.pool,
        "truth": filters.truth,
        "flag": filters.flag,
        "order": filters.order if filters.order is not FiguresOrder.SCENE else None,
    }
