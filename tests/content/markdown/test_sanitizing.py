"""Nothing hostile comes through."""

from __future__ import annotations

import html.parser
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.content.markdown.scopes import ELSEWHERE, LESSON
from trainer.content.markdown import (
    Body,
    blocks_in,
    boxes_in,
    links_in,
    parse,
    raw_html_in,
    render,
    sanitize,
)

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


@pytest.mark.asvs("1.3.5")
@pytest.mark.check("T066")
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_markdown_never_becomes_active(hostile: str) -> None:
    for frame in ("{}", "> {}", "- {}", "**{}**", "::: story\n{}\n:::", "text {} text"):
        for scope in (LESSON, ELSEWHERE):
            html = str(render(parse(frame.format(hostile)), scope).html)
            try:
                inspect(html)
            except AssertionError as error:
                error.add_note(f"from {frame.format(hostile)!r}: {html}")
                raise


PIECES = st.sampled_from(
    [
        *HOSTILE, ":::", "::: ask", "::: choose Q", "- [x] a => b", "[^S1]", "[[", "]]", "**", "| a |", "|---|", "\n",
        "\n\n", "    ", "> ", "# ", "`", "[x](glossary:signal)", "<", "&", "=>", "\\", "\u2028", "\u202e", "\U0001f600",
    ]
)  # fmt: skip


@pytest.mark.asvs("1.3.1")
@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=12).map("".join))
def test_any_text_at_all_becomes_harmless_html(text: str) -> None:
    body: Body = parse(text)
    inspect(str(render(body, LESSON).html))
    list(blocks_in(body)), list(links_in(body)), boxes_in(body), list(raw_html_in(body))


@pytest.mark.asvs("1.2.2")
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
