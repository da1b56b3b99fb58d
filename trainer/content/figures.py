"""What we draw ourselves for lessons and pages: the rule as a ladder, in three sizes, and the groups of signs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from babel.support import NullTranslations
from markupsafe import Markup

from trainer.content.catalogue import Category
from trainer.content.own_words import SOURCE, own_words
from trainer.content.subject import Evidence, Rule, Rung, Verdict, Vocabulary

Size = Literal["full", "narrow", "small"]

_BANG: Final = Markup('<path d="M12 3l9.5 17h-19zM12 10v4M12 17v.1"/>')
_FULL: Final = Markup('<circle fill="currentColor" cx="12" cy="12" r="9"/>')
_HALF: Final = Markup(
    '<circle cx="12" cy="12" r="9"/><path fill="currentColor" stroke="none" d="M12 3a9 9 0 0 0 0 18z"/>'
)
_OPEN: Final = Markup('<circle cx="12" cy="12" r="9"/>')
_SWAP: Final = Markup('<path d="M4 8h15M15 4l4 4-4 4M20 16H5M9 12l-4 4 4 4"/>')
_MARKS: Final[Mapping[Evidence, tuple[Markup, ...]]] = {
    Evidence.DANGER: (_BANG,),
    Evidence.STRONG: (_FULL,),
    Evidence.TWO_MEDIUM: (_HALF, _HALF),
    Evidence.ONE_MEDIUM: (_HALF,),
    Evidence.WEAK: (_OPEN, _OPEN, _OPEN),
    Evidence.NONE: (),
}
"""How strong the signs are that a line asks for, in the marks that lists of signs have."""
_KINDS: Final = {Verdict.REPORT_NOW: "up", Verdict.NOTE_AND_WATCH: "mid", Verdict.NOTHING_TO_REPORT: "no"}


def draw_figures(
    words: Vocabulary, categories: Mapping[str, Category], pictures: Mapping[str, Markup], language: str = SOURCE
) -> dict[str, Markup]:
    """Return what a lesson shows in a box of that name."""
    return {
        "ladder": draw_ladder(words, own_words(language)),
        "groups": draw_groups(categories.values(), pictures),
    }


def draw_ladder(words: Vocabulary, own: NullTranslations, rule: str | None = None, size: Size = "full") -> Markup:
    """Return the ladder, lit where a line of the rule stands on it. The small one has that line alone in words."""
    lit = words.find_rung(rule) if rule else None
    if size == "small":
        return _draw_small(words, own, lit) if lit else Markup()
    rungs = Markup(" ").join(
        _rung(words, rung, place, is_lit=place == lit) for place, rung in enumerate(words.ladder, start=1)
    )
    return Markup(
        '<figure class="ladder{narrow}"><figcaption class="rungs-head"><span>{seen}</span> <span>{do}</span>'
        '</figcaption> <ol class="x rungs{one}" aria-label="{name}">{rungs}</ol></figure>'
    ).format(
        narrow=" narrow" if size == "narrow" else "",
        one=" one" if lit else "",
        seen=own.gettext("What you saw"),
        do=own.gettext("What you do"),
        name=own.gettext("The lines of the rule"),
        rungs=rungs,
    )


def draw_groups(categories: Iterable[Category], pictures: Mapping[str, Markup]) -> Markup:
    """Return the groups of signs, each with its picture where it has one."""
    items = (
        Markup("<li>{picture}<span>{name}</span></li>").format(
            picture=pictures.get(category.picture or "", Markup()), name=category.name
        )
        for category in sorted(categories, key=lambda category: category.letter)
    )
    return Markup('<ul class="x groups">{items}</ul>').format(items=Markup(" ").join(items))


def _rung(words: Vocabulary, rung: Rung, place: int, *, is_lit: bool) -> Markup:
    rule = words.find_rule(rung.rules[0]) if rung.rules else None
    return Markup(
        '<li class="rung {kind}{lit}"{current}><span class="n">{place}</span> '
        '<span class="if"><span class="sg">{marks}</span>{seen}</span> <span class="do">{do}</span></li>'
    ).format(
        kind=_KINDS[rule.signs.best] if rule else "gate",
        lit=" lit" if is_lit else "",
        current=Markup(' aria-current="true"') if is_lit else "",
        place=place,
        marks=_marks(rule),
        seen=rung.seen,
        do=rung.do,
    )


def _marks(rule: Rule | None) -> Markup:
    shapes = _MARKS[rule.signs] if rule else (_SWAP,)
    return Markup().join(
        Markup('<svg class="mk" viewBox="0 0 24 24" aria-hidden="true">{shape}</svg>').format(shape=shape)
        for shape in shapes
    )


def _draw_small(words: Vocabulary, own: NullTranslations, lit: int) -> Markup:
    rung, number = words.ladder[lit - 1], {"number": lit}
    high = 8 + 10 * len(words.ladder)
    return Markup(
        '<div class="lad"><svg viewBox="0 0 46 {high}" role="img" aria-label="{named}">'
        '<path class="la" d="M9 2v{rail}M37 2v{rail}"/>{rungs}</svg>'
        "<div><b>{line} {seen}</b> <span>{do}</span></div></div>"
    ).format(
        high=high,
        rail=high - 4,
        named=own.gettext("Line %(number)s of %(all)s") % {**number, "all": len(words.ladder)},
        rungs=Markup().join(_bar(place, rung, is_lit=place == lit) for place, rung in enumerate(words.ladder, 1)),
        line=own.gettext("Line %(number)s:") % number,
        seen=rung.seen,
        do=rung.do,
    )


def _bar(place: int, rung: Rung, *, is_lit: bool) -> Markup:
    middle = 10 * place - 1
    if is_lit:
        return Markup('<rect class="lc" x="1.5" y="{top}" width="43" height="8"/>').format(top=middle - 4)
    dashes = "" if rung.rules else Markup(' stroke-dasharray="3 3"')
    return Markup('<path class="lb" d="M9 {middle}h28"{dashes}/>').format(middle=middle, dashes=dashes)
