"""The page, made once for all who read it until the content or a figure changes."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_login import current_user

from trainer.assessment import figures, words
from trainer.assessment.measures.groups import FEWEST_PEOPLE
from trainer.assessment.site_figures import Everyone, find_everyone
from trainer.content.serving import served, served_in
from trainer.core.feature import ask_extra
from trainer.extras.evidence.bank import describe
from trainer.web.access import Who, access
from trainer.web.language import language_tag
from trainer.web.page_cache import shared_page

blueprint = Blueprint("known", __name__, template_folder="templates")


@blueprint.get("/evidence")
@access(Who.PUBLIC)
def show() -> str:
    """Say what is known of whether this works, what isn't, and what people here have come to."""
    everyone, is_learner = find_everyone(), bool(current_user.is_authenticated)
    readers, forms = ask_extra("count_key_readers"), ask_extra("count_short_forms")
    key = ("evidence", is_learner, everyone.counted_at if everyone else None, readers, forms)
    return shared_page(key, lambda: _page(everyone, is_learner, readers, forms), {})


def _page(everyone: Everyone | None, is_learner: bool, readers: tuple[int, int] | None, forms: int | None) -> str:
    return render_template(
        "evidence/evidence.html",
        is_learner=is_learner,
        bank=describe(served()),
        everyone=everyone,
        fewest=FEWEST_PEOPLE,
        courses=[course for course in served_in(language_tag()).courses.values() if not course.is_for_renewal],
        readers=readers,
        forms=forms,
        figures=figures,
        words=words,
    )
