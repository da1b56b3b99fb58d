"""Files of a class."""

from __future__ import annotations

from flask import make_response, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.core.errors import Invalid
from trainer.web.tables import Table, csv_answer, xlsx_answer


def asked_form() -> str:
    """Return the form of a table that the request asks for: "csv" or "xlsx". Raises Invalid for another one."""
    form = request.form.get("form", "csv")
    if form not in {"csv", "xlsx"}:
        raise Invalid(_("Choose CSV or XLSX."))
    return form


def table_answer(table: Table, form: str) -> Response:
    """Return a table in the form of `asked_form`."""
    return csv_answer(table) if form == "csv" else xlsx_answer(table)


def file_answer(data: bytes, kind: str, name: str) -> Response:
    """Return a file to look at or to print, which no cache keeps."""
    response = make_response(data)
    response.mimetype = kind
    response.headers["Content-Disposition"] = f"inline; filename={name}"
    response.headers["Cache-Control"] = "no-store"
    return response
