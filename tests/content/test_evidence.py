"""How strong signs are together, and what line of the rule they lead to."""

from __future__ import annotations

import pytest

from trainer.content.catalogue import Indicator
from trainer.content.evidence import line_of, shown_signs
from trainer.content.subject import Evidence


def sign(ident: str, strength: str, **keys: object) -> Indicator:
    return Indicator.model_validate(
        {"id": ident, "kind": "indicator", "name": "n", "category": ident[0].lower(), "observed": "o",
         "strength": strength, "about": "both", "venues": ["any"], "look_alikes": ["l"], "basis": "b", **keys}
    )  # fmt: skip


REFUSED = {"id": "refused", "words": "asked for and refused", "strength": "strong", "evidence": "our judgment"}
SIGNS = {
    one.id: one
    for one in (
        sign("A1", "medium"),
        sign("A2", "medium-strong", details=[REFUSED]),
        sign("B1", "weak-medium"),
        sign("B2", "weak"),
        sign("C1", "strong"),
        sign("C5", "medium"),
        sign("F4", "medium", counts_in="c"),
        sign("G1", "medium", counts_again=False),
    )
}


@pytest.mark.parametrize(
    ("refs", "strengths"),
    [
        (["A2"], ["medium"]),
        (["A2.refused"], ["strong"]),
        (["B1"], ["weak"]),
        (["B1", "B2"], ["weak", "weak"]),
        (["B1", "A1"], ["weak-medium", "medium"]),
        (["A2.refused", "B1"], ["strong", "weak-medium"]),
    ],
)
def test_a_sign_is_as_strong_as_its_detail_and_its_company_make_it(refs: list[str], strengths: list[str]) -> None:
    assert [strength for _sign, strength in shown_signs(refs, SIGNS)] == strengths


@pytest.mark.parametrize(
    ("refs", "line", "again", "explained"),
    [
        ([], Evidence.NONE, Evidence.NONE, Evidence.NONE),
        (["B2"], Evidence.WEAK, Evidence.WEAK, Evidence.WEAK),
        (["B1", "B2"], Evidence.WEAK, Evidence.WEAK, Evidence.WEAK),
        (["A1"], Evidence.ONE_MEDIUM, Evidence.TWO_MEDIUM, Evidence.WEAK),
        (["A1", "A2"], Evidence.ONE_MEDIUM, Evidence.TWO_MEDIUM, Evidence.WEAK),
        (["G1"], Evidence.ONE_MEDIUM, Evidence.ONE_MEDIUM, Evidence.WEAK),
        (["A1", "C5"], Evidence.TWO_MEDIUM, Evidence.TWO_MEDIUM, Evidence.WEAK),
        (["C5", "F4"], Evidence.ONE_MEDIUM, Evidence.TWO_MEDIUM, Evidence.WEAK),
        (["B1", "A1"], Evidence.TWO_MEDIUM, Evidence.TWO_MEDIUM, Evidence.WEAK),
        (["C1", "A1"], Evidence.STRONG, Evidence.STRONG, Evidence.STRONG),
        (["A2.refused"], Evidence.STRONG, Evidence.STRONG, Evidence.STRONG),
    ],
)
def test_the_first_line_that_fits_decides(
    refs: list[str], line: Evidence, again: Evidence, explained: Evidence
) -> None:
    shown = shown_signs(refs, SIGNS)
    assert line_of(shown) is line
    assert line_of(shown, is_repeated=True) is again
    assert line_of(shown, is_explained=True) is explained
