"""Files of a class; that someone took a table is recorded."""

from __future__ import annotations

from flask import make_response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Invalid
from trainer.instructing.operations import note_export
from trainer.instructing.queries import Desk
from trainer.web.tables import Table, csv_answer, xlsx_answer


def given_as_asked(desk: Desk, act: str, table: Table) -> Response:
    """Return a table as CSV or XLSX, as the form of the request says."""
    form = request.form.get("form", "csv")
    if form not in {"csv", "xlsx"}:
        raise Invalid(_("Choose CSV or XLSX."))
    with transaction():
        note_export(desk, act, form, now())
    return csv_answer(table) if form == "csv" else xlsx_answer(table)


def file_answer(data: bytes, kind: str, name: str) -> Response:
    """Return a file to look at or to print, which no cache keeps."""
    response = make_response(data)
    response.mimetype = kind
    response.headers["Content-Disposition"] = f"inline; filename={name}"
    response.headers["Cache-Control"] = "no-store"
    return response
