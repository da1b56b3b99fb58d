"""How all people of the site judge together, for administrators alone."""

from __future__ import annotations

from flask import Blueprint, render_template

from trainer.assessment import figures, words
from trainer.assessment.measures.groups import FEWEST_PEOPLE
from trainer.assessment.site_figures import find_everyone
from trainer.core.errors import NotFound
from trainer.instructing.access import reading_figures
from trainer.instructing.queries import Reader
from trainer.web.access import Who, access

blueprint = Blueprint("everyone", __name__, template_folder="../templates")


@blueprint.get("/item-analysis/everyone")
@access(Who.ACCOUNT, own=True)
@reading_figures
def show(reader: Reader) -> str:
    """Show rates, d′, c, the area of ratings and reliability of all people together, each with its interval."""
    if not reader.is_administrator:
        raise NotFound
    return render_template(
        "instructing/everyone.html", everyone=find_everyone(), fewest=FEWEST_PEOPLE, figures=figures, words=words
    )
