"""Field cards."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content import small
from tests.content.checks.spoiling import CARD, CARD_FILE
from tests.content.small import edit, only


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("[C1]", "[C1, C9]", '6: no indicator is called "C9"'),
        ("[C1]", "[C1, C2]", "6: C2 misleads and counts nowhere. Take it out."),
        ("[A1, C5]", "[A1, C5, C2]", "4: C2 misleads and counts nowhere"),
        ("[C1]", "[A1]", '6: no sign in it counts alone. Put it under "together".'),
        ("[C1]", "[]", '6: "signs" has too few or too many items'),
        ("[hotel]", "[castle]", '2: item 1 of "venues" can\'t be "castle"'),
        ("Follow", "Rescue", '9: "Rescue" is a word that we do not use'),
    ],
)
def test_a_card_names_signs_that_count(folder: Path, old: str, new: str, complaint: str) -> None:
    small.put(folder, CARD_FILE, CARD)
    small.read(folder)
    edit(folder, CARD_FILE, old, new)
    assert only(folder).startswith(f"content/{CARD_FILE}:{complaint}")


def test_signs_of_a_card_add_up_by_the_rule(folder: Path) -> None:
    small.put(folder, CARD_FILE, CARD)
    edit(folder, "indicators.yaml", "strength: medium", "strength: weak")
    assert only(folder).startswith(f"content/{CARD_FILE}:4: these signs don't add up by the rule. Name signs of two")
    edit(folder, "indicators.yaml", "strength: weak\n    about: both\n    venues: [hotel]", "strength: weak-medium\n"
         "    about: both\n    venues: [hotel]")  # fmt: skip
    assert "add up" in only(folder)  # a medium one is needed beside it
    edit(folder, "indicators.yaml", "strength: weak\n    about: labor", "strength: medium\n    about: labor")
    small.read(folder)


def test_a_sign_that_says_no_more_on_another_day_needs_one_of_another_group(folder: Path) -> None:
    small.put(folder, CARD_FILE, CARD.replace("[A1, C5]", "[A1]"))
    small.read(folder)
    edit(folder, "indicators.yaml", "strength: medium\n    about: both", "strength: medium\n    counts_again: false\n"
         "    about: both")  # fmt: skip
    assert "add up" in only(folder)


def test_a_weaker_sign_counts_alone_where_a_detail_makes_it_strong(folder: Path) -> None:
    small.put(folder, CARD_FILE, CARD.replace("[C1]", "[C5]"))
    assert "no sign in it counts alone" in only(folder)
    edit(folder, "indicators.yaml", "strength: medium\n    about: labor", "strength: medium\n    details: [{id: told, "
         "words: as told, strength: strong, evidence: expert}]\n    about: labor")  # fmt: skip
    small.read(folder)


LOG = """\
log:
  when: Mon, 6 pm.
  where: Side door.
  saw: A driver held out a passport.
  did: Nothing.
  after: Nothing.
  rule: one-strong
  signs: [C1]
"""


def test_a_log_may_leave_out_what_nobody_heard_or_thought(folder: Path) -> None:
    small.put(folder, CARD_FILE, CARD + LOG)
    log = small.read(folder).cards["hotel"].log
    assert log is not None
    assert (log.saw, log.heard, log.signs) == ("A driver held out a passport.", None, ["C1"])


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("rule: one-strong", "rule: half", '16: "rule" can\'t be "half"'),
        ("[C1]\n", "[C9]\n", '17: no indicator is called "C9"'),
        ("[C1]\n", "[C2]\n", "17: C2 misleads and counts nowhere"),
        ("  signs: [C1]\n", "", '16: "one-strong" rests on signs, and the log names none. Add "signs".'),
        ("one-strong", "no-sign", '17: by "no-sign" there is no sign'),
        ("  saw: A driver held out a passport.\n", "", '"saw" is missing'),
        ("held out", "rescued", '"rescue'),
    ],
)
def test_a_log_is_held_to_the_rule(folder: Path, old: str, new: str, complaint: str) -> None:
    small.put(folder, CARD_FILE, CARD + LOG.replace(old, new))
    assert complaint in only(folder)
