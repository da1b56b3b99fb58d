"""YAML: plain values stay text, tricks and slips are refused with their line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.small import edit, only


def test_plain_words_stay_text(folder: Path) -> None:
    edit(folder, "site.yaml", "name: Small site", "name: No")
    edit(folder, "help/us.yaml", "1-888-373-7888", "911")
    content = small.read(folder)
    assert content.site.name == "No"
    assert content.help_line("hotline").phone == "911"
    assert content.courses["recognize"].file.version == "1.0"


@pytest.mark.check("T127")
@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("Small site", "\n  <<: {name: x}", 'site.yaml:1: "name" must be a text. '),
        ("name: Small", "name: Other\nname: Small", 'site.yaml:2: the key "name" is there twice. Keep one'),
        ("Small site", "&x Small", "site.yaml:1: & and * make references here. "),
        ("Small site", "*x", "site.yaml:1: "),
        ("Small site", "!!python/name:os.system x", "site.yaml:1: ! makes a type here. "),
        ("Small site", "Small: site", 'site.yaml:1: this can\'t be read as YAML. Put a text that holds ": " in double'),
        ("Small site", "@small", "site.yaml:1: this can't be read as YAML. Put a text that begins with a special"),
        ("Small site", '"Small', "this can't be read as YAML. "),
        ("Small site", "[" * 20 + "]" * 20, "site.yaml:1: lists are nested too deeply here. "),
        ("Small site", "a\n---\nname: b", 'site.yaml:2: there is a second "---". '),
        ("Small site", "a\n? [b, c]\n: d", "site.yaml:2: a key must be a word. "),
        ("Small site", "a\n\tb: c", "site.yaml:"),
    ],
)
def test_yaml_tricks_and_slips_are_refused_with_their_line(folder: Path, old: str, new: str, complaint: str) -> None:
    edit(folder, "site.yaml", old, new)
    assert complaint in only(folder)
