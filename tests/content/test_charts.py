"""Charts: bars from zero, and picture and table from the same values."""

from __future__ import annotations

import datetime as dt
import html.parser
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.content.catalogue import Source
from trainer.content.charts import draw
from trainer.content.markdown import PageScope, Targets, parse, render
from trainer.content.papers import Bar, Statistics

SERIES = Statistics(
    title="What was counted",
    unit="signals",
    as_of="data for 2023",
    source="S1",
    rows=[Bar(name="Calls", value=800), Bar(name="Texts", value=1000), Bar(name="None", value=0)],
    caveats=["A signal is no case.", "One year shows no trend."],
)
SOURCE = Source(
    id="S1", title="A report", publisher="An office", address="https://example.org/", seen_on=dt.date(2026, 11, 1)
)
SCOPE = PageScope(Targets(), {"S1": SOURCE}, "recognize", {"calls": SERIES})


def rows_of(text: str) -> list[tuple[str, float, int]]:
    """List name, width of the bar in percent, and the value in the table."""
    pattern = r'<th scope="row">(.*?)</th><td><svg[^>]*width="([\d.]+)%".*?</td><td>([\d,]+)</td>'
    return [(name, float(width), int(value.replace(",", ""))) for name, width, value in re.findall(pattern, text)]


def with_values(values: list[int]) -> Statistics:
    return SERIES.model_copy(update={"rows": [Bar(name=f"Row {n}", value=value) for n, value in enumerate(values)]})


def test_each_row_is_a_bar_and_a_number() -> None:
    assert rows_of(draw(SERIES, 1)) == [("Calls", 80.0, 800), ("Texts", 100.0, 1000), ("None", 0.0, 0)]


@given(st.lists(st.integers(0, 10**9), min_size=2, max_size=20))
def test_bars_start_at_zero_and_keep_the_proportions(values: list[int]) -> None:
    drawn = rows_of(draw(with_values(values), 1))
    assert [value for _name, _width, value in drawn] == values
    longest = max(values) or 1
    assert all(abs(width - value * 100 / longest) <= 0.05 + 1e-9 for _name, width, value in drawn)


def test_it_says_what_when_and_from_where() -> None:
    text = str(draw(SERIES, 7))
    assert text.count("What was counted") == 2  # seen, and as the caption of the table
    assert '<a href="#s7" aria-label="Source 7">7</a>' in text
    assert '<th scope="col">signals</th>' in text
    assert '<p class="src">Data for 2023. A signal is no case. One year shows no trend.</p>' in text
    assert "style" not in text


class Tags(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not [name for name, _value in attrs if name.startswith("on")]


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><img src=x onerror=a>', "{title}", "a & b < c"])
def test_every_text_is_escaped(hostile: str) -> None:
    texts = {"title": hostile, "unit": hostile, "as_of": hostile, "caveats": [hostile]}
    series = SERIES.model_copy(update={**texts, "rows": [Bar(name=hostile, value=1), Bar(name="b", value=2)]})
    drawn = draw(series, 1)
    tags = Tags()
    tags.feed(drawn)
    assert tags.seen == {
        "figure", "figcaption", "sup", "a", "table", "caption", "thead", "tbody", "tr", "th", "td", "svg", "rect", "p"
    }  # fmt: skip
    assert drawn.striptags().count(" ".join(drawn.__class__(hostile).unescape().split())) >= 4


def test_a_chart_in_a_lesson_notes_its_source_once_and_shares_its_number() -> None:
    page = render(parse("One.[^S1]\n\n::: chart calls\n:::\n\n::: chart calls\nWords <b>below</b>.\n:::"), SCOPE)
    assert page.html.count("<figure") == 2
    assert page.html.count('id="s1"') == 1
    assert page.html.count('href="#s1"') == 3
    assert page.cited == (SOURCE,)
    assert "Words &lt;b&gt;below&lt;/b&gt;." in page.html


@pytest.mark.parametrize(
    "scope", [PageScope(Targets(), {"S1": SOURCE}), PageScope(Targets(), {}, None, {"calls": SERIES})]
)
def test_a_chart_without_its_series_or_source_draws_nothing(scope: PageScope) -> None:
    assert str(render(parse("::: chart calls\n:::"), scope).html) == ""
