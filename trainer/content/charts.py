"""Draw a series as bars that are a table as well: one figure, so picture and numbers can't disagree."""

from __future__ import annotations

from typing import Final

from babel.support import NullTranslations
from markupsafe import Markup, escape

from trainer.content.papers import Statistics

_SOURCE: Final = NullTranslations()


def draw(series: Statistics, source: int, own: NullTranslations = _SOURCE, language: str | None = None) -> Markup:
    """Return the figure. Bars start at zero; `source` is the number of its source on the page.

    `language`: of the series, where the text around it has another. Ours is read from the left.
    """
    longest = max(row.value for row in series.rows) or 1
    rows = Markup().join(_row(row.name, row.value, row.value / longest) for row in series.rows)
    caveats = Markup(" ").join(escape(caveat) for caveat in series.caveats)
    return Markup(
        '<figure class="fig stack gap-2"{spoken}><figcaption>{title}<sup><a href="#s{source}" aria-label="{named}">'
        '{source}</a></sup></figcaption><table class="bars"><caption class="vh">{title}</caption>'
        '<thead class="vh"><tr><th scope="col">{what}</th><th scope="col">{bar}</th><th scope="col">{unit}</th></tr>'
        "</thead>"
        '<tbody>{rows}</tbody></table><p class="src">{as_of}. {caveats}</p></figure>'
    ).format(
        spoken=Markup(' lang="{language}" dir="ltr"').format(language=language) if language else "",
        title=series.title,
        source=source,
        named=own.gettext("Source %(number)s") % {"number": source},
        what=own.gettext("What"),
        bar=own.gettext("Bar"),
        unit=series.unit,
        rows=rows,
        as_of=series.as_of[:1].upper() + series.as_of[1:],
        caveats=caveats,
    )


def _row(name: str, value: int, share: float) -> Markup:
    # The width is an attribute of the picture: the content security policy forbids styles.
    return Markup(
        '<tr><th scope="row">{name}</th><td><svg class="bar c1" width="{width:.1f}%" height="18" aria-hidden="true">'
        '<rect width="100%" height="100%"/></svg></td><td>{value:,}</td></tr>'
    ).format(name=name, width=share * 100, value=value)
