from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.small import CONCERN_FILE, edit
from trainer.content.quotes import bare, curly, curly_in, straight, told_digest


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ('"Yes," she said.', "“Yes,” she said."),
        ("\"'Same,' he says.\"", "“‘Same,’ he says.”"),
        ("Don't. The boys' van, 'til '26, with 'em", "Don’t. The boys’ van, ’til ’26, with ’em"),
        ('**"bold"**, "*stressed*" and ("b")', "**“bold”**, “*stressed*” and (“b”)"),
        ('Say "so—" now—"Yes."', "Say “so—” now—“Yes.”"),
        ('["the hotline"](help:it\'s)', "[“the hotline”](help:it's)"),
        ("“Already”", "“Already”"),
    ],
)
def test_quotation_marks_and_apostrophes_are_curled(typed: str, read: str) -> None:
    assert curly(typed) == read
    assert straight(curly(typed)) == straight(typed)


def test_addresses_stay_as_they_are_and_keys_are_curled_with_their_texts() -> None:
    typed = {"swap": {"Bob's": 'the "boss"'}, "address": "https://example.org/it's", "least": 3, "signs": ["isn't"]}
    assert curly_in(typed) == {
        "swap": {"Bob’s": "the “boss”"},
        "address": "https://example.org/it's",
        "least": 3,
        "signs": ["isn’t"],
    }


def test_a_digest_is_the_same_whichever_marks_a_text_has() -> None:
    assert told_digest({"text": "“It’s”"}) == told_digest({"text": '"It\'s"'}) != told_digest({"text": "Its"})


def test_html_that_was_kept_with_escaped_straight_marks_is_recognized() -> None:
    assert bare("<p>&quot;It&#39;s&#34;</p>") == bare("<p>“It’s”</p>") != bare("<p>It is</p>")


@pytest.mark.parametrize("typed", ['"It\'s late," he says.', "“It’s late,” he says."])
def test_readers_see_curly_marks_whatever_an_author_types(tmp_path: Path, typed: str) -> None:
    folder = small.write(tmp_path)
    edit(folder, CONCERN_FILE, "You stand at the desk.", "“It’s late,” he says.")
    before = small.read(folder).scenarios["open-1-a"]
    edit(folder, CONCERN_FILE, "“It’s late,” he says.", typed)
    after = small.read(folder).scenarios["open-1-a"]
    assert "“It’s late,” he says." in after.html
    assert after.digest == before.digest
