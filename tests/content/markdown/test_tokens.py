"""Options of a choice, as they are written."""

from __future__ import annotations

from trainer.content.markdown import (
    boxes_in,
    options_in,
    parse,
)


def test_options_without_a_mark_or_reason_are_seen() -> None:
    body = parse("::: choose Q\n- [x] a => b\n- c => d\n- [ ] e\n- [ ] f => g\n\n  More.\n:::")
    found = [(o.right, bool(o.why), o.is_single_paragraph) for o in options_in(body, boxes_in(body)[0])]
    assert found == [(True, True, True), (None, True, True), (False, False, True), (False, True, False)]
