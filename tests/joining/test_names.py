"""Names as certificates print them."""

from __future__ import annotations

import pytest

from trainer.joining.names import is_same_name, proper_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Lee, Ann", "Ann Lee"),
        ("Fournier,  Ana María", "Ana María Fournier"),
        ("de la Cruz, José", "José de la Cruz"),
        ("Dow Jr., Bob", "Bob Dow Jr."),
        ("Dow, Bob, Jr.", "Bob Dow Jr."),
        ("Bob Dow, Jr.", "Bob Dow, Jr."),
        ("Ann Lee, M.D.", "Ann Lee, M.D."),
        ("Lee,", "Lee"),
        (", Ann", "Ann"),
        ("Ann Lee", "Ann Lee"),
        ("O’Brien-Ångström, Zoë", "Zoë O’Brien-Ångström"),
        ("", ""),
    ],
)
def test_last_and_first_names_stand_in_their_usual_order(text: str, name: str) -> None:
    assert proper_name(text) == name


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Ann Lee", "LEE, ANN", True),
        ("José Peña", "Jose Pena", True),
        ("Bob Dow Jr.", "Bob Dow, Jr", True),
        ("Bob Dow", "Bob Dow Jr.", False),
        ("Bob Stone", "Robert Stone", False),
    ],
)
def test_the_same_name_in_another_order_is_no_other_name(one: str, other: str, is_same: bool) -> None:
    assert is_same_name(one, other) == is_same
