"""Languages: English is the source; translations come with the folder of each language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any
from unicodedata import bidirectional
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time
from flask import Flask, current_app, g, has_request_context, request, session
from flask_babel import Babel, get_locale, get_translations, refresh
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from trainer.web.addresses import LANGUAGE, add_own_part, asked, full_address, is_page, let_ask, rest_of_address
from trainer.web.sessions import is_for_machines

_SOURCE = Locale("en")
_FROM_THE_LEFT = frozenset({"L"})
_FROM_THE_RIGHT = frozenset({"R", "AL"})


def init_language(app: Flask, languages: Callable[[], Sequence[str]]) -> None:
    """Set up Flask-Babel, and the filters `day` and `day_short` for dates and instants, `moment` for instants,
    `day_bare` for dates whose year goes without saying; `names` for names in a row, `isolated` for one where no `<bdi>`
    can stand.

    `languages`: those that a reader can have, the source first.
    """
    app.extensions["languages"] = languages
    let_ask(app, LANGUAGE, known_languages, language_tag)
    add_own_part(app, "addresses", _addresses)
    add_own_part(app, "languages", _switch)
    Babel(app, default_locale="en", default_timezone="UTC", locale_selector=_choose)
    # A page has a hundred words. The functions of Jinja would make a new context for each of them within a loop, and
    # those of Flask-Babel look the translations up each time.
    app.jinja_env.globals |= {"_": _gettext, "gettext": _gettext, "ngettext": _ngettext}
    app.jinja_env.globals |= {"language_tag": language_tag, "text_direction": text_direction}
    app.add_template_filter(lambda value: show_day(value, "long"), "day")
    app.add_template_filter(show_day, "day_short")
    app.add_template_filter(show_moment, "moment")
    app.add_template_filter(show_day_without_year, "day_bare")
    app.add_template_filter(show_names, "names")
    app.add_template_filter(isolated, "isolated")


def read_ahead(tags: Iterable[str]) -> None:
    """Read what dates and numbers in these languages are written with, so that no page or paper waits for it.

    To be called before processes are forked, which then share it: it takes longer than all else in a certificate.
    """
    for tag in tags:
        assert Locale.parse(tag, sep="-").date_formats


def language_tag() -> str:
    """Return the language of what is being written, as HTML and HTTP name it. It is in the key of whatever is kept."""
    return _tag(_locale())


def known_languages() -> Sequence[str]:
    """Return the languages that a reader can have, the source first."""
    languages: Callable[[], Sequence[str]] = current_app.extensions["languages"]
    return languages()


def used_language() -> str | None:
    """Return the language to remember of someone who reads this page, or None where nobody has a choice."""
    return language_tag() if has_request_context() and len(known_languages()) > 1 else None


def mail_language(remembered: str | None) -> str:
    """Return the language to write to someone in: the remembered one, or else that of the page that causes the mail.

    What the worker causes has no page, and is in the source.
    """
    return remembered if remembered and remembered in known_languages() else language_tag()


def read_in(language: str | None) -> None:
    """Show a signed-in person pages in the language of their account; None: they have chosen none."""
    if len(known_languages()) > 1 and session.get(LANGUAGE) != language:
        session[LANGUAGE] = language
        refresh()


def name_language(language: str) -> str:
    """Return a language's own name."""
    name = Locale.parse(language).get_display_name() or language
    return name[:1].upper() + name[1:]


def asked_by() -> tuple[str, ...]:
    """Return the headers that a reader's language depends on: what is kept for it may go to nobody who sends others."""
    return ("Accept-Language",) if len(known_languages()) > 1 else ()


def _addresses() -> Markup:
    """Return the links to the one address of a page, and to the same page in each language where there are several."""
    known = known_languages()
    links = Markup('<link rel="canonical" href="{}">').format(full_address(request.path))
    if len(known) == 1:
        return links
    alternate = Markup('<link rel="alternate" hreflang="{}" href="{}">')
    return links + Markup("").join(alternate.format(tag, full_address(request.path, language=tag)) for tag in known)


def _switch() -> Markup:
    """Return the links to the same page in the other languages, where there is a page to come back to."""
    others = [tag for tag in known_languages() if tag != language_tag()]
    if not others or not is_page():
        return Markup()
    rest = rest_of_address(LANGUAGE)
    link = Markup('<li><a href="{}?{}" lang="{}" hreflang="{}" data-stays>{}</a></li>')
    return Markup("").join(
        link.format(request.path, urlencode([*rest, (LANGUAGE, tag)]), tag, tag, name_language(tag)) for tag in others
    )


def text_direction() -> str:
    """Return the side from which the language is read: `ltr` or `rtl`."""
    return _locale().text_direction


def show_times_of(zone: str) -> None:
    """Let the page show instants by the clock and calendar of a firm; without this, they are UTC's."""
    g.zone = ZoneInfo(zone)


def _choose() -> Locale:
    """Return the language that the address asks for, or else that of a signed-in person's account, or else that of
    their browser. Other systems read the source, whatever they ask for."""
    known = known_languages()
    if len(known) == 1 or not has_request_context() or is_for_machines():
        return _named(known[0])
    own = session.get(LANGUAGE)
    return _named(asked(LANGUAGE) or (own if own in known else request.accept_languages.best_match(known) or known[0]))


@lru_cache(maxsize=100)
def _named(language: str) -> Locale:
    return Locale.parse(language)


@lru_cache(maxsize=100)
def _tag(locale: Locale) -> str:
    return str(locale).replace("_", "-")


@pass_eval_context
def _gettext(page: EvalContext, text: str, /, **values: Any) -> str:
    return _filled(page, _translations().ugettext(text), values)


@pass_eval_context
def _ngettext(page: EvalContext, singular: str, many: str, number: int, /, **values: Any) -> str:
    return _filled(page, _translations().ungettext(singular, many, number), {"num": number, **values})


def _filled(page: EvalContext, text: str, values: dict[str, Any]) -> str:
    if not page.autoescape:
        return text % values
    apart = {name: isolated(value) for name, value in values.items()}
    return Markup(text) % apart  # noqa: S704 our own words, and what is put into them is escaped


def isolated(value: Any) -> Any:
    """Return a text that reads from the other side than the page between signs that keep it from turning the words
    around it, and anything else as it is.

    They do what `<bdi>` does, also in titles and attributes, where no element can stand.
    https://www.unicode.org/reports/tr9/#Explicit_Directional_Isolates
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    turning = _FROM_THE_LEFT if text_direction() == "rtl" else _FROM_THE_RIGHT
    if turning is _FROM_THE_RIGHT and value.isascii():
        return value
    return f"\u2068{value}\u2069" if any(bidirectional(char) in turning for char in value) else value


def show_names(names: Iterable[str]) -> Markup:
    """Return names in a row for a page, each apart from the next."""
    return Markup(", ").join(isolated(name) for name in names)


def show_day(value: dt.date, form: str = "medium") -> str:
    """Return the day of a date or an instant in words, in one of Babel's forms or patterns."""
    return _in_words(_day(value), form, _locale())


def show_day_without_year(value: dt.date, skeleton: str = "MMMMd") -> str:
    """Return the day and month of a date in words."""
    return format_skeleton(skeleton, value, locale=_locale())


def show_moment(value: dt.datetime, zone: str | None = None) -> str:
    """Return an instant in words, to the second; by the clock of a zone, if one is given, which is then named."""
    if zone is not None:
        return format_datetime(value, "long", tzinfo=ZoneInfo(zone), locale=_locale())
    return format_datetime(value.astimezone(_zone()), "medium", locale=_locale())


def show_time(value: dt.datetime) -> str:
    """Return the time of day of an instant in words, to the minute."""
    return format_time(value.astimezone(_zone()), "short", locale=_locale())


@lru_cache(maxsize=5000)
def _in_words(day: dt.date, form: str, locale: Locale) -> str:
    return format_date(day, form, locale)


def _day(value: dt.date) -> dt.date:
    return value.astimezone(_zone()).date() if isinstance(value, dt.datetime) else value


def _zone() -> dt.tzinfo:
    zone: dt.tzinfo = g.get("zone", dt.UTC)
    return zone


def _locale() -> Locale:
    locale: Locale | None = get_locale()
    return locale or _SOURCE


def _translations() -> Any:
    locale = get_locale()
    known, translations = g.get("translations", (None, None))
    if translations is None or known is not locale:  # mails are each written in a language of their own
        translations = get_translations()
        g.translations = (locale, translations)
    return translations
