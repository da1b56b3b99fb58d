"""Beta and Student's t, which the standard library lacks."""

from __future__ import annotations

from functools import lru_cache
from math import exp, lgamma, log, log1p, sqrt
from typing import Final

_SMALLEST: Final = 1e-300
_PRECISION: Final = 1e-15
_STEPS: Final = 10_000
_HALVINGS: Final = 64


def beta_cdf(x: float, a: float, b: float) -> float:
    """Return the chance that a Beta(a, b) is at most x: the regularized incomplete beta function.

    The continued fraction is 8.17.22 of the NIST Digital Library of Mathematical Functions, evaluated by Lentz's
    method. Raises ValueError unless a and b are positive.
    """
    if not (a > 0 and b > 0):
        raise ValueError(f"a and b must be positive, not {a} and {b}")
    if x <= 0:
        return 0.0
    if x >= 1:
        return 1.0
    # It converges quickly below the mean only; above, the other tail is taken.
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(1 - x, b, a)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    return front / _fraction(x, a, b)


def _fraction(x: float, a: float, b: float) -> float:
    value, upper, lower = 1.0, 1.0, 0.0
    for step in range(1, _STEPS):
        m, is_odd = divmod(step, 2)
        if is_odd:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        else:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        lower = 1 / ((1 + term * lower) or _SMALLEST)
        upper = (1 + term / upper) or _SMALLEST
        value *= upper * lower
        if abs(upper * lower - 1) < _PRECISION:
            break
    return value


def beta_quantile(share: float, a: float, b: float) -> float:
    """Return the x below which a Beta(a, b) lies with the chance `share`, by halving.

    Raises ValueError unless 0 < share < 1 and a and b are positive.
    """
    if not 0 < share < 1:
        raise ValueError(f"a share lies between 0 and 1, not at {share}")
    low, high = 0.0, 1.0
    for _halving in range(_HALVINGS):
        middle = (low + high) / 2
        if beta_cdf(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


@lru_cache(maxsize=256)
def t_quantile(share: float, df: int) -> float:
    """Return the value below which Student's t with `df` degrees of freedom lies with the chance `share`.

    From its tails, which are a beta's: Abramowitz and Stegun, Handbook of Mathematical Functions (1964), 26.7.1.
    Raises ValueError unless 0 < share < 1 and df is at least 1.
    """
    if df < 1:
        raise ValueError(f"degrees of freedom must be at least 1, not {df}")
    if share == 0.5:
        return 0.0
    if share < 0.5:
        return -t_quantile(1 - share, df)
    part = beta_quantile(2 * share - 1, 0.5, df / 2)
    return sqrt(df * part / (1 - part))
