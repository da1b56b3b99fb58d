"""Beta and Student's t: against sums, closed forms and printed tables."""

from __future__ import annotations

from math import comb, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.assessment.measures.distributions import beta_cdf, beta_quantile, t_quantile

shares = st.floats(0.001, 0.999)
shapes = st.floats(0.05, 200)


@given(shares, st.integers(1, 40), st.integers(1, 40))
def test_with_whole_shapes_it_is_a_sum_of_binomials(x: float, a: int, b: int) -> None:
    n = a + b - 1
    expected = sum(comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
    assert isclose(beta_cdf(x, a, b), expected, rel_tol=1e-9, abs_tol=1e-12)


@given(shares, shapes, shapes)
def test_either_tail_is_the_other_mirrored(x: float, a: float, b: float) -> None:
    assert isclose(beta_cdf(x, a, b) + beta_cdf(1 - x, b, a), 1, abs_tol=1e-10)


@given(shares, shares, shapes, shapes)
def test_it_rises_from_nothing_to_all(x: float, y: float, a: float, b: float) -> None:
    low, high = sorted((x, y))
    assert 0 <= beta_cdf(low, a, b) <= beta_cdf(high, a, b) + 1e-12 <= 1 + 1e-11
    assert (beta_cdf(0, a, b), beta_cdf(1, a, b)) == (0, 1)


@given(shares, st.floats(0.5, 200), st.floats(0.5, 200))
def test_a_quantile_leads_back(share: float, a: float, b: float) -> None:
    assert isclose(beta_cdf(beta_quantile(share, a, b), a, b), share, abs_tol=1e-9)


@pytest.mark.parametrize(
    ("share", "df", "value"),
    [
        (0.975, 1, 12.706),
        (0.95, 5, 2.015),
        (0.975, 10, 2.228),
        (0.975, 30, 2.042),
        (0.995, 120, 2.617),
        (0.025, 4, -2.776),
    ],
)
def test_students_t_is_that_of_the_tables(share: float, df: int, value: float) -> None:
    """Abramowitz and Stegun (1964), table 26.10."""
    assert round(t_quantile(share, df), 3) == value


@given(st.floats(0.51, 0.999), st.integers(1, 300))
def test_students_t_is_symmetric_and_narrows(share: float, df: int) -> None:
    assert t_quantile(0.5, df) == 0
    assert isclose(t_quantile(1 - share, df), -t_quantile(share, df), rel_tol=1e-9)
    assert t_quantile(share, df) > t_quantile(share, df + 1)


def test_what_has_no_meaning_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        beta_cdf(0.5, 0, 1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        beta_quantile(1, 2, 2)
    with pytest.raises(ValueError, match="at least 1"):
        t_quantile(0.9, 0)
