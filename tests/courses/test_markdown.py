"""Markdown: what is written, what is cited, and that nothing hostile comes through."""

from __future__ import annotations

import datetime as dt
import html.parser
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.courses.loader import BODY_LIMIT
from trainer.courses.markdown import (
    Body,
    Scope,
    Targets,
    blocks_in,
    boxes_in,
    links_in,
    options_in,
    parse,
    raw_html_in,
    render,
    sanitize,
)
from trainer.courses.schema import Source, Term

REPORT = Source(
    id="S1", title="A <b>report", publisher="An office", address="https://example.org/?a=1&b=2", year=2020,
    seen_on=dt.date(2026, 11, 1),
)  # fmt: skip
OTHER = Source(
    id="N2", title="Other", publisher="A team", address="https://example.org/2", seen_on=dt.date(2026, 11, 1)
)
TARGETS = Targets(
    terms={"signal": Term(id="signal", term="Signal", meaning="One contact.")},
    indicators=frozenset({"C1"}),
    lessons={"basics/first": "recognize"},
    pages=frozenset({"leaving"}),
)
LESSON = Scope(TARGETS, {"S1": REPORT, "N2": OTHER}, "recognize")
ELSEWHERE = Scope(TARGETS, LESSON.sources)


def shown(text: str, scope: Scope = LESSON) -> str:
    return str(render(parse(text), scope).html).replace("\n", "")


def test_a_citation_is_a_number_and_its_source_follows_the_block() -> None:
    html = shown("One.[^S1] Again.[^S1]\n\nTwo.[^N2]")
    assert html.count('<a href="#s1" aria-label="Source 1">1</a>') == 2
    assert html.index('id="s1"') < html.index("Two.") < html.index('id="s2"')
    assert '<p class="note-src" id="s1"><b>1</b> An office, A &lt;b&gt;report, 2020. ' in html
    assert 'href="https://example.org/?a=1&amp;b=2" rel="noreferrer noopener">Open the source</a></p>' in html


def test_a_source_is_noted_once_and_never_inside_a_list_table_or_box() -> None:
    for text in ("- a[^S1]\n- b", "| a |\n|---|\n| b[^S1] |", "::: callout T\nx[^S1]\n:::", "::: recap\n- x[^S1]\n:::"):
        html = shown(text + "\n\nEnd.[^S1]")
        assert html.count('class="note-src"') == 1
        assert re.search(r'</(ul|div|section)><p class="note-src"', html), html


def test_sources_are_told_in_the_order_of_their_numbers() -> None:
    assert render(parse("a[^N2] b[^S1] c[^N2]"), LESSON).cited == (OTHER, REPORT)


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("indicator:C1", "/indicators/C1"),
        ("lesson:basics/first", "/courses/recognize/basics/first"),
        ("page:front", "/"),
        ("page:help", "/help"),
        ("page:leaving", "/leaving"),
        ("glossary:signal", "#word-signal"),
        ("#recap", "#recap"),
    ],
)
def test_internal_links_become_paths(link: str, address: str) -> None:
    assert f'href="{address}"' in shown(f"[x]({link})")


def test_a_glossary_link_outside_lessons_leads_to_the_glossary() -> None:
    assert shown("[x](glossary:signal)", ELSEWHERE) == '<p><a class="term" href="/glossary#signal">x</a></p>'


def test_the_words_of_a_lesson_are_those_it_links_to() -> None:
    page = render(parse("[x](glossary:signal) [y](glossary:signal) [z](glossary:nothing)"), LESSON)
    assert [term.id for term in page.words] == ["signal"]


def test_an_external_link_tells_nothing_to_its_target() -> None:
    assert 'href="https://example.org/a" rel="noreferrer noopener"' in shown("[x](https://example.org/a)")


def test_the_opening_question_and_the_boxes_are_written_as_designed() -> None:
    assert shown("::: ask\nHow many?\n:::") == '<p class="ask">How many?</p>'
    assert shown("::: story\nA cook.\n:::") == '<div class="story"><p>A cook.</p></div>'
    assert shown("::: reveal Why *so*?\nYes.\n:::") == (
        '<details class="reveal"><summary>Why <em>so</em>?</summary><p>Yes.</p></details>'
    )
    assert shown("## H\n\n::: callout Care\nText\n:::").endswith(
        '<div class="callout stack gap-2"><h3>Care</h3><p>Text</p></div>'
    )
    assert shown("::: recap\n- One\n- Two\n:::") == (
        '<section class="recap stack gap-2" id="recap"><h2>Take this with you</h2>'
        "<ul><li>One</li><li>Two</li></ul></section>"
    )


def test_a_box_before_the_first_heading_does_not_skip_a_level() -> None:
    assert "<h2>Care</h2>" in shown("::: callout Care\nText\n:::")


def test_a_choice_opens_one_answer_at_a_time() -> None:
    html = shown("## H\n\n::: choose What now?\n- [x] Call *it* => because.\n- [ ] Don't => no good.\n:::")
    assert html.endswith(
        '<section class="pane stack choose"><h3>What now?</h3><ul class="x panes">'
        '<li><details name="choose-1"><summary>Call <em>it</em></summary>'
        '<p class="right"><b>Yes.</b> because.</p></details></li>'
        '<li><details name="choose-1"><summary>Don\'t</summary>'
        '<p class="wrong"><b>No.</b> no good.</p></details></li></ul></section>'
    )


def test_two_choices_on_a_page_have_different_names() -> None:
    box = "::: choose Q\n- [x] a => b\n- [ ] c => d\n:::\n\n"
    assert set(re.findall(r'name="([^"]+)"', shown(box * 2))) == {"choose-1", "choose-2"}


def test_headings_have_ids_that_never_meet_another() -> None:
    ids = re.findall(r'id="([^"]+)"', shown("## Recap\n\n## Recap\n\n### S1\n\n## €\n\na[^S1]\n\n::: recap\n- x\n:::"))
    assert len(ids) == len(set(ids)) == 6
    assert ids[:3] == ["h-recap", "h-recap-2", "h-s1"]


def test_a_heading_never_gets_the_name_that_another_has_by_its_words() -> None:
    ids = re.findall(r'id="([^"]+)"', shown("## Part\n\n## Part 2\n\n## Part\n\n## Part\n\n## Part 2"))
    assert len(set(ids)) == 5, ids


def test_a_table_has_heads_and_scrolls_in_its_own_place() -> None:
    html = shown("| A | B |\n|---|--:|\n| a | 1 |")
    assert html.startswith(
        '<div class="scroll" tabindex="0" role="region" aria-label="Table"><table class="tbl"><thead>'
    )
    assert '<th scope="col">A</th>' in html
    assert '<td class="r">1</td>' in html
    assert "style" not in html


def test_exempt_words_are_shown_plain() -> None:
    assert shown("The law on [[engaging in *it* <x>]].") == "<p>The law on engaging in *it* &lt;x&gt;.</p>"


def test_indented_text_is_text() -> None:
    assert shown("    Indented by accident.") == "<p>Indented by accident.</p>"


def test_links_carry_the_line_they_are_written_on() -> None:
    body = parse("One\nand [x](glossary:signal)\n\n- [y](page:help)", first_line=10)
    assert [(link.kind, link.target, link.line) for link in links_in(body)] == [
        ("glossary", "signal", 11),
        ("page", "help", 13),
    ]


def test_a_box_that_is_not_closed_ends_where_the_next_begins() -> None:
    boxes = boxes_in(parse("::: story\nA\n\n::: recap\n- b\n:::\n"))
    assert [(box.name, box.is_closed, box.line) for box in boxes] == [("story", False, 1), ("recap", True, 4)]


def test_options_without_a_mark_or_reason_are_seen() -> None:
    body = parse("::: choose Q\n- [x] a => b\n- c => d\n- [ ] e\n- [ ] f => g\n\n  More.\n:::")
    found = [(o.right, bool(o.why), o.is_single_paragraph) for o in options_in(body, boxes_in(body)[0])]
    assert found == [(True, True, True), (None, True, True), (False, False, True), (False, True, False)]


def test_blocks_are_paragraphs_items_and_rows() -> None:
    body = parse("## 100 things\n\nA 1\n\n- B[^S1]\n  - C\n\n| D[^S1] |\n|---|\n| E |\n\nF")
    assert [(b.text, b.head, b.is_cited) for b in blocks_in(body)] == [
        ("A 1", "", False), ("B", "", True), ("C", "", False), ("D", "", True), ("E", "D", True), ("F", "", False),
    ]  # fmt: skip


# --- nothing active comes through ---

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<iframe src=https://evil.example></iframe>",
    "<details open ontoggle=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<style>*{background:url(https://evil.example)}</style>",
    "<!--><script>alert(1)</script>-->",
    "<math><mi//xlink:href=\"data:x,<script>alert(1)</script>\">",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#10;script:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:msgbox(1))",
    "[x](file:///etc/passwd)",
    "[x](//evil.example/x)",
    "[x](/\\evil.example)",
    "[x](https:evil.example)",
    "[x](https://good.example@evil.example/)",
    "[x](https://example.org/\"onmouseover=\"alert(1))",
    "[x](<https://example.org/' onclick='alert(1)>)",
    "[x](glossary:signal\"onmouseover=alert(1))",
    "[x](page:help/../../admin)",
    "[x](lesson:../../accounts)",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "<https://example.org/<script>>",
    "![x](https://evil.example/pixel.png)",
    "![x](x\" onerror=\"alert(1))",
    "[^S1<script>]",
    "[^\"><script>alert(1)</script>]",
    "[[<script>alert(1)</script>]]",
    "[[\" onmouseover=\"alert(1)]]",
    "::: callout <script>alert(1)</script>\nx\n:::",
    "::: reveal \" onclick=alert(1)\nx\n:::",
    "::: story\" onclick=\"x\nx\n:::",
    "::: choose <img src=x onerror=alert(1)>\n- [x] <script>a</script> => <script>b</script>\n:::",
    "## \" onmouseover=\"alert(1)\n\n### <script>alert(1)</script>",
    "```html\" onclick=\"x\n<script>alert(1)</script>\n```",
    "| <script>a</script> |\n|:--:|\n| <img src=x onerror=a> |",
    "`<script>alert(1)</script>`",
    "*<b onclick=alert(1)>*",
    "1. x\n2. <form action=https://evil.example><input>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "<base href=https://evil.example>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]  # fmt: skip

ALLOWED_TAGS = {
    *("a", "b", "br", "code", "em", "strong", "sup", "blockquote", "div", "h2", "h3", "hr", "li", "ol", "p", "pre"),
    *("section", "ul", "details", "summary", "table", "tbody", "td", "th", "thead", "tr"),
}
ALLOWED_ATTRIBUTES = {"href", "rel", "class", "id", "name", "aria-label", "role", "tabindex", "scope", "start"}
OUR_ADDRESS = re.compile(
    r"https?://[^\s\"'<>\\@/]+(/[^\s\"'<>\\]*)?|/[a-z]*(#signal|/[A-Za-z0-9/-]+)?|#(s\d+|recap|word-signal)"
)


class Inspector(html.parser.HTMLParser):
    """Fails on whatever is not on the list above, as a browser would read it; and on tags that don't match."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED_TAGS, tag
        for name, value in attrs:
            assert name in ALLOWED_ATTRIBUTES, name
            assert name != "href" or OUR_ADDRESS.fullmatch(value or ""), value
        if tag not in ("br", "hr"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        raise AssertionError(decl)

    def handle_pi(self, data: str) -> None:
        raise AssertionError(data)


def inspect(html_text: str) -> None:
    inspector = Inspector()
    inspector.feed(html_text)
    inspector.close()
    assert not inspector.open


@pytest.mark.check("T066")
@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("frame", ["{}", "> {}", "- {}", "**{}**", "::: story\n{}\n:::", "text {} text"])
def test_hostile_markdown_never_becomes_active(hostile: str, frame: str) -> None:
    for scope in (LESSON, ELSEWHERE):
        inspect(str(render(parse(frame.format(hostile)), scope).html))


PIECES = st.sampled_from(
    [
        *HOSTILE, ":::", "::: ask", "::: choose Q", "- [x] a => b", "[^S1]", "[[", "]]", "**", "| a |", "|---|", "\n",
        "\n\n", "    ", "> ", "# ", "`", "[x](glossary:signal)", "<", "&", "=>", "\\", "\u2028", "\u202e", "\U0001f600",
    ]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=12).map("".join))
def test_any_text_at_all_becomes_harmless_html(text: str) -> None:
    body: Body = parse(text)
    inspect(str(render(body, LESSON).html))
    list(blocks_in(body)), list(links_in(body)), boxes_in(body), list(raw_html_in(body))


def test_the_sanitizer_alone_stops_what_the_writer_would_let_through() -> None:
    for hostile in (
        '<a href="javascript:alert(1)">x</a>',
        '<a href="data:text/html,x" target="_blank">x</a>',
        '<p onclick="x" style="color:red" class="evil ask">x</p>',
        '<p id="x"><!-- c --></p>',
        "<script>x</script>",
        '<img src="x">',
    ):
        html = str(sanitize(hostile))
        inspect(html)
        assert "evil" not in html


@pytest.mark.check("T128")
@pytest.mark.parametrize(
    "hostile",
    [
        "[",
        "[[",
        "![",
        "[a](b ",
        "> ",
        "*",
        "_a*",
        "`",
        "[^S1]",
        "<",
        "\\",
        "- ",
        ":::\n",
        "## a\n",
        "a\n=\n",
        "|a|\n|-|\n",
    ],
)
def test_the_longest_hostile_text_is_done_in_seconds(hostile: str) -> None:
    text = (hostile * BODY_LIMIT)[:BODY_LIMIT]
    start = time.perf_counter()
    body = parse(text)
    render(body, LESSON)
    list(blocks_in(body))
    boxes_in(body)
    assert time.perf_counter() - start < 5  # a tenth of it here; machines are shared
