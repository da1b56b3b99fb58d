"""Markdown as lessons, pages and scenes have it: parsed, read by the checker, and turned into safe HTML.

Parsing and rendering are apart: the checker reads the same tokens that the reader of the page will get.
"""

from trainer.content.markdown.addresses import PAGE_PATHS, PageScope, Targets, find_address, split_link
from trainer.content.markdown.body import Block, Body, Box, ChooseOption, Citation, WrittenLink
from trainer.content.markdown.exempt import blank_exempt, plain
from trainer.content.markdown.reading import (
    blocks_in,
    boxes_in,
    broken_links_in,
    citations_in,
    count_blocks,
    count_shown_words,
    count_words,
    headings_in,
    images_in,
    links_in,
    options_in,
    paragraphs,
    raw_html_in,
    signs_in,
    stray_fences_in,
)
from trainer.content.markdown.rendering import Rendered, render
from trainer.content.markdown.sanitizing import sanitize
from trainer.content.markdown.syntax import BOXES, FIGURES, SIGN, parse
from trainer.content.markdown.writer import keep_numbers

__all__ = [
    "BOXES",
    "FIGURES",
    "PAGE_PATHS",
    "SIGN",
    "Block",
    "Body",
    "Box",
    "ChooseOption",
    "Citation",
    "PageScope",
    "Rendered",
    "Targets",
    "WrittenLink",
    "blank_exempt",
    "blocks_in",
    "boxes_in",
    "broken_links_in",
    "citations_in",
    "count_blocks",
    "count_shown_words",
    "count_words",
    "find_address",
    "headings_in",
    "images_in",
    "keep_numbers",
    "links_in",
    "options_in",
    "paragraphs",
    "parse",
    "plain",
    "raw_html_in",
    "render",
    "sanitize",
    "signs_in",
    "split_link",
    "stray_fences_in",
]
