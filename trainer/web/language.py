"""Languages: English is the source; translations come with the folder of each language."""

from __future__ import annotations

from typing import Any

from flask import Flask, g
from flask_babel import Babel, format_date, get_translations


def init_language(app: Flask) -> None:
    """Set up Flask-Babel, and the filters `day` and `day_short` for dates."""
    Babel(app, default_locale="en", default_timezone="UTC")
    # Flask-Babel looks the translations up for each string; a page has dozens.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: _translations().ugettext(text),
        lambda one, many, number: _translations().ungettext(one, many, number),
        newstyle=True,
    )
    app.add_template_filter(lambda value: format_date(value, "long"), "day")
    app.add_template_filter(lambda value: format_date(value, "medium"), "day_short")


def _translations() -> Any:
    if "translations" not in g:
        g.translations = get_translations()
    return g.translations
