"""The list of studies for administrators, and the answers of closed ones."""

from __future__ import annotations

from pathlib import Path
from typing import Final
from uuid import UUID

from flask import Blueprint, jsonify, render_template, send_file
from werkzeug.wrappers import Response

from trainer.extras.study.export import CODEBOOK, answers_table
from trainer.extras.study.figures import count_figures
from trainer.extras.study.queries import get_any, list_lines
from trainer.extras.study.rules import Arm
from trainer.organizations.access import administering
from trainer.web.access import Who, access
from trainer.web.tables import csv_answer

blueprint = Blueprint("all_studies", __name__, template_folder="../templates", url_prefix="/administration/studies")
SCRIPT: Final = Path(__file__).parents[1] / "analysis.R"


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@administering
def show() -> str:
    """List all studies, and how many take part in each."""
    return render_template("study/all.html", lines=list_lines())


@blueprint.get("/<uuid:trial_id>")
@access(Who.ACCOUNT, own=True)
@administering
def result(trial_id: UUID) -> str:
    """Show the figures of a study that is closed."""
    trial = get_any(trial_id)
    figures = count_figures(trial) if trial.closed_at else None
    return render_template("study/result.html", trial=trial, figures=figures, arms=Arm)


@blueprint.get("/<uuid:trial_id>/answers.csv")
@access(Who.ACCOUNT, own=True)
@administering
def answers(trial_id: UUID) -> Response:
    """Stream the answers of a closed study, under codes that are fresh each time. Nothing of it is kept."""
    return csv_answer(answers_table(get_any(trial_id)))


@blueprint.get("/codebook.json")
@access(Who.ACCOUNT, own=True)
@administering
def codebook() -> Response:
    """Say what each column of the answers means."""
    return jsonify(CODEBOOK)


@blueprint.get("/analysis.R")
@access(Who.ACCOUNT, own=True)
@administering
def script() -> Response:
    """Give the script that finds the figures in the answers."""
    return send_file(SCRIPT, mimetype="text/plain", as_attachment=True)
