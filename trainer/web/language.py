"""Languages: English is the source; translations come with the folder of each language."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date
from flask import Flask, g
from flask_babel import Babel, get_locale, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

_SOURCE = Locale("en")


def init_language(app: Flask) -> None:
    """Set up Flask-Babel, and the filters `day` and `day_short` for dates and instants, `moment` for instants."""
    Babel(app, default_locale="en", default_timezone="UTC")
    # A page has a hundred words. The functions of Jinja would make a new context for each of them within a loop, and
    # those of Flask-Babel look the translations up each time.
    app.jinja_env.globals |= {"_": _gettext, "gettext": _gettext, "ngettext": _ngettext}
    app.add_template_filter(lambda value: show_day(value, "long"), "day")
    app.add_template_filter(show_day, "day_short")
    app.add_template_filter(lambda value: value.astimezone(_zone()).strftime("%Y-%m-%d %H:%M:%S"), "moment")


def show_times_of(zone: str) -> None:
    """Let the page show instants by the clock and calendar of a firm; without this, they are UTC's."""
    g.zone = ZoneInfo(zone)


@pass_eval_context
def _gettext(page: EvalContext, text: str, /, **values: Any) -> str:
    return _shown(page, _translations().ugettext(text)) % values


@pass_eval_context
def _ngettext(page: EvalContext, one: str, many: str, number: int, /, **values: Any) -> str:
    return _shown(page, _translations().ungettext(one, many, number)) % {"num": number, **values}


def _shown(page: EvalContext, text: str) -> str:
    return Markup(text) if page.autoescape else text  # noqa: S704 our own words, and what is put into them is escaped


def show_day(value: dt.date, form: str = "medium") -> str:
    """Return the day of a date or an instant in words, in one of Babel's forms or patterns."""
    return _in_words(_day(value), form, get_locale() or _SOURCE)


@lru_cache(maxsize=5000)
def _in_words(day: dt.date, form: str, locale: Locale) -> str:
    return format_date(day, form, locale)


def _day(value: dt.date) -> dt.date:
    return value.astimezone(_zone()).date() if isinstance(value, dt.datetime) else value


def _zone() -> dt.tzinfo:
    zone: dt.tzinfo = g.get("zone", dt.UTC)
    return zone


def _translations() -> Any:
    found = g.get("translations")
    if found is None:
        found = g.translations = get_translations()
    return found
