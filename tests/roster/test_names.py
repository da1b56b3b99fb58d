"""Names as certificates print them."""

from __future__ import annotations

import pytest

from trainer.roster.names import find_oddity, is_same_name, is_wrapped, proper_name, written_name


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


@pytest.mark.parametrize(
    ("cells", "name"),
    [
        ({"first": "Marta", "middle": "Luz", "last": "Ruiz", "suffix": ""}, "Marta Luz Ruiz"),
        ({"first": "John", "middle": "Q.", "last": "Public", "suffix": "III"}, "John Q. Public III"),
        ({"last": "García", "second_last": "López", "first": "María José"}, "María José García López"),
        ({"name": "Ann Lee", "middle": "Q."}, "Ann Lee"),
        ({"name": "Ruiz, Marta (0041)"}, "Marta Ruiz"),
        ({"name": "00412 - Ruiz, Marta"}, "Marta Ruiz"),
        ({"name": "Kofi Mensah - 0042"}, "Kofi Mensah"),
        ({"name": "Kofi Mensah (On Leave)"}, "Kofi Mensah"),
        ({"name": "Robert (Bob) Stone"}, "Robert (Bob) Stone"),
        ({"name": "Guard 100"}, "Guard 100"),
        ({"name": "Ko\u00adfi\u200b Mensah"}, "Kofi Mensah"),
        ({"name": "Kofi\nMensah"}, "Kofi Mensah"),
    ],
)
def test_a_name_is_put_together_without_what_stands_beside_it(cells: dict[str, str], name: str) -> None:
    assert written_name(cells) == name


@pytest.mark.parametrize(
    ("cell", "is_so"), [("Kofi\nMensah", True), ("Mensah,\r\nKofi", True), ("Ann Lee\nBo Ray", False)]
)
def test_a_name_with_a_word_in_each_line_is_wrapped(cell: str, is_so: bool) -> None:
    assert is_wrapped(cell) is is_so


@pytest.mark.parametrize(
    ("name", "oddity"),
    [
        ("Ann Lee; Bo Ray", ";"),
        ("ann@example.org", "@"),
        ("#REF!", "#"),
        ("Mar?a Ruiz", "r?a"),
        ("JosÃ© Ruiz", "Ã"),
        ("Seán O&apos;Brien", "&apos;"),
        ("JOÃO GONÇALVES", ""),
        ("Zoë O’Brien-Ångström, Jr.", ""),
        ("Robert “Bob” Stone", ""),
        ("Ana 🌟 Flores", ""),
        ("محمد علي", ""),
    ],
)
def test_what_no_name_holds(name: str, oddity: str) -> None:
    assert find_oddity(name) == oddity
