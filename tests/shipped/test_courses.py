"""What the courses say of themselves is true."""

from __future__ import annotations

import re

from trainer.content.library import Library


def test_no_summary_promises_a_time_that_pages_count_from_words(shelf: Library) -> None:
    told = [course.file.summary for course in shelf.content.courses.values()]
    assert [summary for summary in told if re.search(r"(?i)\b(minutes?|hours?)\b", summary)] == []
