"""What a class gets wrong, and a sheet to teach from. For its instructor; an employer sees none of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from trainer.assessment.measures.disclosure import FEWEST_PEOPLE
from trainer.assessment.measures.groups import FEWEST_PEOPLE as FEWEST_FOR_GAIN
from trainer.assessment.twins import list_twins
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.instructing import briefing_words, words
from trainer.instructing.access import looking_unseen, teaching_unseen
from trainer.instructing.briefing import Briefing, lesson_on, prepare, scene_on
from trainer.instructing.briefing_paper import draw_briefing
from trainer.instructing.downloads import asked_form, file_answer, table_answer
from trainer.instructing.figures import Figures, find_figures
from trainer.instructing.misreads import name_misreads
from trainer.instructing.operations import note_export
from trainer.instructing.queries import TeachingContext
from trainer.instructing.rules import LEAST, Grain, Misread
from trainer.organizations.rules import local_day
from trainer.web.access import Who, access

blueprint = Blueprint("misreads", __name__, url_prefix="/cohorts/<uuid:cohort_id>")


@blueprint.get("/misreads")
@access(Who.ACCOUNT, own=True)
@looking_unseen
def misreads(context: TeachingContext) -> str:
    """Show what the group misreads, as a chart that is a table, and what it judged before and after."""
    figures, content = find_figures(context.cohort, served()), served()
    rows, pairs = _rows(figures), list_twins(content)
    return render_template(
        "instructing/misreads.html",
        context=context,
        figures=figures,
        course=content.courses.get(context.cohort.course),
        groups=[
            (grain, words.GRAIN_NAMES[grain], [row for row in rows if row.grain is grain and row.is_shown])
            for grain in Grain
        ],
        mistakes=prepare(rows, context.cohort.course, content).mistakes,
        mistake_name=briefing_words.mistake_name,
        has_any=bool(rows),
        least=LEAST,
        fewest=FEWEST_PEOPLE,
        fewest_for_gain=FEWEST_FOR_GAIN,
        percent=words.percent,
        lesson_on=lambda row: lesson_on(row, context.cohort.course, content),
        scene_on=lambda row: scene_on(row, content, pairs),
    )


@blueprint.post("/misreads/exports")
@access(Who.ACCOUNT, own=True)
@teaching_unseen
def export(context: TeachingContext) -> Response:
    """Return the misread table as CSV or XLSX; the export is recorded."""
    rows = _rows(find_figures(context.cohort, served()))
    form = asked_form()
    with transaction():
        note_export(context, "export.misreads", form, now())
    return table_answer(words.misread_table(rows), form)


@blueprint.get("/briefing")
@access(Who.ACCOUNT, own=True)
@looking_unseen
def briefing(context: TeachingContext) -> str:
    """Show the sheet to teach from, as it prints."""
    figures = find_figures(context.cohort, served())
    return render_template(
        "instructing/briefing.html",
        context=context,
        course=served().courses.get(context.cohort.course),
        brief=_prepared(context, figures),
        day=_day(context, figures),
        words=briefing_words,
    )


@blueprint.get("/briefing.pdf")
@access(Who.ACCOUNT, own=True)
@looking_unseen
def paper(context: TeachingContext) -> Response:
    """Return the sheet to teach from as a PDF of one page."""
    figures = find_figures(context.cohort, served())
    pdf = draw_briefing(context.cohort.title, _prepared(context, figures), _day(context, figures))
    return file_answer(pdf, "application/pdf", "briefing-sheet.pdf")


def _rows(figures: Figures | None) -> Sequence[Misread]:
    return name_misreads(figures.misreads, served()) if figures else []


def _prepared(context: TeachingContext, figures: Figures | None) -> Briefing:
    return prepare(_rows(figures), context.cohort.course, served())


def _day(context: TeachingContext, figures: Figures | None) -> dt.date:
    return local_day(context.zone, figures.counted_at if figures and figures.counted_at else now())
