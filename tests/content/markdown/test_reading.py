"""What is found in a text, with its line."""

from __future__ import annotations

from trainer.content.markdown import (
    blocks_in,
    links_in,
    parse,
)


def test_links_carry_the_line_they_are_written_on() -> None:
    body = parse("One\nand [x](glossary:signal)\n\n- [y](page:help)", first_line=10)
    assert [(link.kind, link.target, link.line) for link in links_in(body)] == [
        ("glossary", "signal", 11),
        ("page", "help", 13),
    ]


def test_blocks_are_paragraphs_items_and_rows() -> None:
    body = parse("## 100 things\n\nA 1\n\n- B[^S1]\n  - C\n\n| D[^S1] |\n|---|\n| E |\n\nF")
    assert [(b.text, b.head, b.is_cited) for b in blocks_in(body)] == [
        ("A 1", "", False), ("B", "", True), ("C", "", False), ("D", "", True), ("E", "D", True), ("F", "", False),
    ]  # fmt: skip
