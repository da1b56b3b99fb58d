"""Whether words alone give the answer away: simple learners that read, trained on the open scenes.

Binary word counts, tokens `[a-z']+`, in at least two documents; logistic regression with C = 1. Trained on the open
pool, tested on the reserved one, as anybody could do who has the open scenes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import numpy as np
from scipy.stats import binom
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import Pipeline, make_pipeline

from trainer.content.objects import Content, Scenario
from trainer.content.schema import Pool
from trainer.items.judge.model import JudgeItem
from trainer.tools.instrument.figures import Figure
from trainer.tools.instrument.texts import TextPair, pairs, text, tokens, undecided

SEED: Final = 20261125
SWAPS: Final = 1_000
RARE: Final = 0.01
"""A word stands out if chance gives it to one truth so one-sidedly less often than this."""
_NEGATIONS: Final = frozenset(
    ("no", "not", "never", "nobody", "nothing", "none", "can't", "don't", "doesn't", "didn't", "won't", "isn't")
)
_RELATIVES: Final = frozenset(
    ("mother", "father", "mom", "dad", "sister", "brother", "son", "daughter", "aunt", "uncle", "cousin", "grandma")
)
_GOOD: Final = frozenset(("good", "kind", "laughs", "smiles", "thanks", "friendly", "warm", "nice", "glad", "nods"))
_BAD: Final = frozenset(("bad", "angry", "afraid", "cries", "shouts", "snaps", "hurt", "tired", "scared", "cold"))


def figures(content: Content) -> Iterator[Figure]:
    """Return what readers of words alone reach."""
    opened, reserved = pairs(content, Pool.OPEN), pairs(content, Pool.RESERVED)
    if len(opened) < 2 or len(reserved) < 2:
        return
    yield Figure("(a) words: AUC", _auc(text, opened, reserved), most=0.7)
    yield Figure("(b) without what decides: AUC", _auc(undecided, opened, reserved), most=0.6)
    yield Figure("(b) without what decides: right of two twins", _right_of_two(undecided, opened, reserved), most=0.62)
    yield Figure("(c) function words alone: AUC", _auc(_function_words, opened, reserved), most=0.6)
    left_out = _signs_left_out([*opened, *reserved])
    if left_out is not None:
        yield Figure("(d) words, for signs not learned from: AUC", left_out, most=0.65)
    outstanding, by_chance = _outstanding([*opened, *reserved])
    yield Figure("(e) words that stand out outside what decides", len(outstanding), most=by_chance)
    yield Figure("(e) words that would by chance, 95th percentile", by_chance)
    for name, measure in _SURFACE.items():
        scores = [measure(text(scene)) for pair in reserved for scene in pair.both]
        yield Figure(f"(f) {name}: AUC", float(roc_auc_score(_truths(reserved), scores)), least=0.4, most=0.6)
    yield Figure("(h) best first action from the texts of options: top 1", _best_actions(opened, reserved), most=0.4)


def outstanding_words(content: Content) -> list[str]:
    """List the words of guard (e), each with its p."""
    outstanding, _by_chance = _outstanding([*pairs(content, Pool.OPEN), *pairs(content, Pool.RESERVED)])
    return [f"{word} (p = {chance:.4f})" for word, chance in outstanding]


def by_words(content: Content) -> dict[str, float]:
    """Return by scene how much its words speak for a concern, as a reader of the open scenes would take them."""
    reader = _trained(text, pairs(content, Pool.OPEN))
    scenes = [scene for pair in pairs(content, Pool.RESERVED) for scene in pair.both]
    scores = reader.predict_proba([text(scene) for scene in scenes])[:, 1]
    return {scene.id: float(score) for scene, score in zip(scenes, scores, strict=True)}


Reading = Callable[[Scenario], str]


def _reader() -> Pipeline:
    words = CountVectorizer(binary=True, min_df=2, tokenizer=tokens, token_pattern=None, lowercase=False)
    return make_pipeline(words, LogisticRegression(C=1, max_iter=1_000))


def _truths(matched: Sequence[TextPair]) -> list[int]:
    return [1, 0] * len(matched)


def _trained(reading: Reading, matched: Sequence[TextPair]) -> Pipeline:
    return _reader().fit([reading(scene) for pair in matched for scene in pair.both], _truths(matched))


def _scores(reading: Reading, trained: Pipeline, matched: Sequence[TextPair]) -> Any:
    return trained.decision_function([reading(scene) for pair in matched for scene in pair.both])


def _auc(reading: Reading, learned: Sequence[TextPair], tested: Sequence[TextPair]) -> float:
    return float(roc_auc_score(_truths(tested), _scores(reading, _trained(reading, learned), tested)))


def _right_of_two(reading: Reading, learned: Sequence[TextPair], tested: Sequence[TextPair]) -> float:
    scores = _scores(reading, _trained(reading, learned), tested)
    apart = scores[0::2] - scores[1::2]
    return float(np.mean((apart > 0) + 0.5 * (apart == 0)))


def _function_words(scene: Scenario) -> str:
    return " ".join(word for word in tokens(text(scene)) if word in ENGLISH_STOP_WORDS)


def _signs_left_out(matched: Sequence[TextPair]) -> float | None:
    """Test each pair by readers that saw no scene of concern with its sign; the mean where it has several.

    None where a single sign is everywhere.
    """
    scores_by_place: dict[int, list[Any]] = {}
    for sign in sorted({sign for pair in matched for sign in pair.concern.file.sign_ids}):
        tested = [number for number, pair in enumerate(matched) if sign in pair.concern.file.sign_ids]
        learned = [pair for pair in matched if sign not in pair.concern.file.sign_ids]
        if len(learned) < 2:
            continue
        scores = _scores(text, _trained(text, learned), [matched[number] for number in tested])
        for place, number in enumerate(tested):
            scores_by_place.setdefault(number, []).append(scores[2 * place : 2 * place + 2])
    if not scores_by_place:
        return None
    numbers = sorted(scores_by_place)
    means = np.concatenate([np.mean(scores_by_place[number], axis=0) for number in numbers])
    return float(roc_auc_score(_truths([matched[number] for number in numbers]), means))


def _outstanding(matched: Sequence[TextPair]) -> tuple[list[tuple[str, float]], float]:
    """Return words that one truth has more often than chance allows, and how many chance would give.

    An exact sign test over the pairs in which only one twin has the word. By chance: the twins of each pair change
    sides at random, `SWAPS` times; the 95th percentile of how many words then stand out.
    """
    words = CountVectorizer(binary=True, min_df=2, tokenizer=tokens, token_pattern=None, lowercase=False)
    counts = words.fit_transform([undecided(scene) for pair in matched for scene in pair.both]).toarray().astype(int)
    apart = counts[0::2] - counts[1::2]
    trials, sums = np.abs(apart).sum(axis=0), apart.sum(axis=0)
    names = words.get_feature_names_out()

    def chances(totals: Any) -> Any:
        fewer = (trials - np.abs(totals)) // 2
        return np.minimum(1, 2 * binom.cdf(fewer, trials, 0.5))

    outstanding = sorted(
        ((str(name), float(p)) for name, p, n in zip(names, chances(sums), trials, strict=True) if n and p < RARE),
        key=lambda ranked: (ranked[1], ranked[0]),
    )
    sides = np.random.default_rng(SEED).choice([-1, 1], size=(SWAPS, len(matched)))
    by_chance = (chances(sides @ apart) < RARE).sum(axis=1)
    return outstanding, float(np.percentile(by_chance, 95))


_SURFACE: Final[dict[str, Callable[[str], float]]] = {
    "length": lambda written: float(len(written.split())),
    "quotes": lambda written: float(sum(written.count(mark) for mark in '"“”')),
    "negations": lambda written: float(sum(word in _NEGATIONS for word in tokens(written))),
    "sentiment": lambda written: float(sum((word in _GOOD) - (word in _BAD) for word in tokens(written))),
    "“own”": lambda written: float(tokens(written).count("own")),
    "relatives": lambda written: float(sum(word in _RELATIVES for word in tokens(written))),
}


def _best_actions(learned: Sequence[TextPair], tested: Sequence[TextPair]) -> float:
    """Return how often the likeliest option, by its text alone, is the best first action."""
    options = [option for pair in learned for scene in pair.both for option in _options(scene)]
    reader = _reader().fit([told for told, _is_best in options], [is_best for _told, is_best in options])
    right = []
    for scene in (scene for pair in tested for scene in pair.both):
        offered = _options(scene)
        scores = reader.decision_function([told for told, _is_best in offered])
        right.append(offered[int(np.argmax(scores))][1])
    return float(np.mean(right))


def _options(scene: Scenario) -> list[tuple[str, bool]]:
    item = scene.file.first
    assert isinstance(item, JudgeItem)  # the checks have shown it
    return [(action.text, action is item.best) for action in item.actions]
