"""Norms of the short form, as they are once enough people let their answers be kept."""

from __future__ import annotations

from tests.browser.stage import Stage
from tests.extras.short_form.cast import keep_one
from trainer.core.db import db, transaction
from trainer.extras.short_form.models import KeptShortForm
from trainer.extras.short_form.rules import FEWEST_FOR_NORMS


def norms_page(stage: Stage) -> str:
    """Return the page with norms; what they come from is gone after it."""
    app = stage.live.app
    with app.app_context(), transaction():
        for number in range(FEWEST_FOR_NORMS):
            keep_one(number % 9)
    page = app.test_client().get("/short-form/norms", base_url=stage.live.url).text
    with app.app_context(), transaction():
        db.session.query(KeptShortForm).delete()
    return page
