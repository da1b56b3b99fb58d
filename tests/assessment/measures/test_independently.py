"""The measures against scipy and numpy, which nothing at run time needs."""

from __future__ import annotations

import random
from collections import Counter
from types import ModuleType

import pytest

from trainer.assessment.measures.detection import Reports, detect
from trainer.assessment.measures.distributions import beta_cdf, beta_quantile, t_quantile
from trainer.assessment.measures.groups import PairAnswer, share
from trainer.assessment.measures.items import Alike, average, examine
from trainer.assessment.measures.rating import area
from trainer.assessment.measures.reliability import cohen
from trainer.assessment.measures.shares import wilson
from trainer.assessment.measures.strength import Right, fit, strength

pytestmark = pytest.mark.nightly
SEEDS = range(40)


@pytest.fixture(scope="module")
def stats() -> ModuleType:
    found: ModuleType = pytest.importorskip("scipy.stats", reason="needs the package scipy")
    return found


@pytest.fixture(scope="module")
def np() -> ModuleType:
    found: ModuleType = pytest.importorskip("numpy", reason="needs the package numpy")
    return found


@pytest.mark.parametrize("seed", SEEDS)
def test_beta_and_t(stats: ModuleType, seed: int) -> None:
    rng = random.Random(seed)
    a, b, x, df = rng.uniform(0.05, 100), rng.uniform(0.05, 100), rng.random(), rng.randint(1, 500)
    assert beta_cdf(x, a, b) == pytest.approx(stats.beta.cdf(x, a, b), rel=1e-9, abs=1e-14)
    assert beta_quantile(x, a, b) == pytest.approx(stats.beta.ppf(x, a, b), rel=1e-8, abs=1e-14)
    assert t_quantile(x, df) == pytest.approx(stats.t.ppf(x, df), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_wilson(stats: ModuleType, seed: int) -> None:
    rng = random.Random(seed)
    whole = rng.randint(1, 200)
    part = rng.randint(0, whole)
    assert wilson(part, whole) == pytest.approx(stats.binomtest(part, whole).proportion_ci(method="wilson"), abs=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_detection(stats: ModuleType, np: ModuleType, seed: int) -> None:
    rng = random.Random(seed)
    scenes = np.array([rng.randint(1, 48), rng.randint(1, 48)])
    reports = np.array([rng.randint(0, one) for one in scenes])
    found = detect(Reports(reports[0], scenes[0], reports[1], scenes[1]))
    rates = (reports + 0.5) / (scenes + 1)
    z = stats.norm.ppf(rates)
    assert found.sensitivity == pytest.approx(z[0] - z[1], abs=1e-9)
    assert found.bias == pytest.approx(-z.mean(), abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_area(stats: ModuleType, seed: int) -> None:
    rng = random.Random(seed)
    signal = [min(6, rng.randint(1, 8)) for _one in range(rng.randint(2, 30))]
    noise = [max(1, rng.randint(-1, 6)) for _one in range(rng.randint(2, 30))]
    beaten = stats.mannwhitneyu(signal, noise).statistic / (len(signal) * len(noise))
    assert area(Counter(signal), Counter(noise)).area == pytest.approx(beaten, abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_strength(stats: ModuleType, np: ModuleType, seed: int) -> None:
    optimize = pytest.importorskip("scipy.optimize", reason="needs the package scipy")
    rng = random.Random(seed)
    own = []
    for _person in range(200):
        answers = 2 * rng.randint(3, 12)
        true = rng.betavariate(5, 2)
        own.append(Right(sum(rng.random() < true for _one in range(answers)), answers))
    right, answers = np.array([[one.right, one.answers] for one in own]).T

    def unlikely(logs: object) -> float:
        a, b = np.exp(logs)
        return float(-stats.betabinom.logpmf(right, answers, a, b).sum())

    best = optimize.minimize(unlikely, [1.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-11})
    prior = fit(own)
    assert (prior.a, prior.b) == pytest.approx(tuple(np.exp(best.x)), rel=1e-4)
    found = strength([(own[0], prior)])
    posterior = stats.beta(prior.a + own[0].right, prior.b + own[0].answers - own[0].right)
    assert (found.share, found.low, found.high) == pytest.approx((posterior.mean(), *posterior.interval(0.9)), rel=1e-8)


@pytest.mark.parametrize("seed", SEEDS)
def test_groups(np: ModuleType, seed: int) -> None:
    """The sandwich as matrices: residuals' products wherever two answers share a person or a pair."""
    rng = random.Random(seed)
    answers = [PairAnswer(rng.randint(0, 7), rng.randint(0, 5), rng.random() < 0.7) for _one in range(60)]
    person, pair, said = np.array([[one.person, one.pair, one.is_report] for one in answers]).T
    rest = (said - said.mean()) / len(said)
    same_person, same_pair = np.equal.outer(person, person), np.equal.outer(pair, pair)
    clusters = [len(set(person)), len(set(pair)), len(set(zip(person, pair, strict=True)))]
    parts = [
        rest @ same @ rest * number / (number - 1)
        for same, number in zip((same_person, same_pair, same_person & same_pair), clusters, strict=True)
    ]
    variance = parts[0] + parts[1] - parts[2]
    assert share(answers).variance == pytest.approx(variance if variance > 0 else max(parts[:2]), rel=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_items(stats: ModuleType, seed: int) -> None:
    rng = random.Random(seed)
    seen = [(rng.random() < 0.7, rng.randint(5, 15) / 15) for _one in range(50)]
    alike = [Alike(str(right), "call", right, 1, 1, rest, rest * rest) for right, rest in seen]
    found = examine(alike, 1, ["call"], "call")
    assert found is not None
    assert found.link is not None
    link = stats.pearsonr([right for right, _rest in seen], [rest for _right, rest in seen])
    assert found.link.value == pytest.approx(link.statistic, abs=1e-12)
    assert (found.link.low, found.link.high) == pytest.approx(tuple(link.confidence_interval()), abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_average_of_pairs(stats: ModuleType, seed: int) -> None:
    rng = random.Random(seed)
    shares = [rng.uniform(0.4, 0.6) for _one in range(rng.randint(2, 30))]
    found = average(enumerate(shares))
    assert found is not None
    expected = stats.ttest_1samp(shares, 0).confidence_interval(0.95)
    assert found.interval == pytest.approx((max(0, expected.low), min(1, expected.high)), abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_kappa(seed: int) -> None:
    metrics = pytest.importorskip("sklearn.metrics", reason="needs the package scikit-learn")
    rng = random.Random(seed)
    verdicts = [(rng.random() < 0.7, rng.random() < 0.6) for _one in range(50)]
    counts = [verdicts.count(one) for one in ((True, True), (True, False), (False, True), (False, False))]
    assert cohen(*counts) == pytest.approx(metrics.cohen_kappa_score(*zip(*verdicts, strict=True)), abs=1e-12)
