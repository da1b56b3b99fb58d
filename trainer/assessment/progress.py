"""How someone judges so far: counts over time, by group of signs, sureness. Of scenes kept closed, counts only."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import ceil, floor
from typing import Final

from trainer.assessment.attempt_policies import bounds_of
from trainer.assessment.deciding import Bounds
from trainer.assessment.measures.calibration import Calibration, calibrate
from trainer.assessment.measures.strength import Prior, Right, Strength, strength
from trainer.assessment.models import Attempt, Response
from trainer.assessment.queries import list_judged, list_measured
from trainer.assessment.review import list_shown
from trainer.assessment.rules import Kind, RightOf, Tally, count
from trainer.assessment.site_figures import ASSUMED, categories_of, find_priors
from trainer.content.library import Content, Course, Lesson
from trainer.content.subject import Truth
from trainer.items.judge.model import Confidence
from trainer.items.judge.payload import Judged, Outcome, ScenePayload
from trainer.items.registry import read_scene

MOST_WINDOWS: Final = 8
MOST_MISTAKES: Final = 5
MOST_LESSONS: Final = 2
MOST_WRONG: Final = 3
MOST_WEAK: Final = 2
"""Groups of signs that a check-in leans to."""


class WindowKind(StrEnum):
    """What a window counts."""

    BEFORE = "before"
    PRACTICE = "practice"
    FINAL = "final"


@dataclass(frozen=True)
class Window:
    """The four counts of a pretest, of all practice, or of one final."""

    stage: WindowKind
    tally: Tally
    first_at: dt.datetime
    last_at: dt.datetime
    attempt: Attempt | None = None
    """Of a final."""
    asked: Bounds | None = None
    """Of a final: what it asked for."""


@dataclass(frozen=True)
class InCategory:
    """How someone judges scenes of pairs that show signs of a category."""

    id: str
    name: str
    hits: int
    misses: int
    false_alarms: int
    correct_rejections: int
    strength: Strength
    """What share they would judge right of many more such scenes, half of them to report."""
    lessons: tuple[Lesson, ...] = ()
    """Where something went wrong: where its signs are taught."""

    @property
    def right(self) -> int:
        """How many were judged as the rule does."""
        return self.hits + self.correct_rejections

    @property
    def answers(self) -> int:
        """How many were judged."""
        return self.right + self.went_wrong

    @property
    def went_wrong(self) -> int:
        """How many weren't judged as the rule does."""
        return self.misses + self.false_alarms

    @property
    def of_ten(self) -> tuple[int, int]:
        """How many of 10 they would plausibly judge right, at least and at most."""
        return floor(10 * self.strength.low), ceil(10 * self.strength.high)


@dataclass(frozen=True)
class WentWrong:
    """A category of signs of which someone judged scenes wrongly, and where its signs are taught."""

    id: str
    name: str
    scenes: int
    lessons: tuple[Lesson, ...]


@dataclass(frozen=True)
class CertainMistake:
    """A scene that was judged wrongly by someone who was certain, where its answer may be shown."""

    title: str
    outcome: Outcome
    kind: Kind
    at: dt.datetime
    attempt_id: uuid.UUID
    position: int


@dataclass(frozen=True)
class OwnProgress:
    """All that the page of one's own shows."""

    windows: tuple[Window, ...]
    categories: tuple[InCategory, ...]
    calibration: Calibration
    mistakes: tuple[CertainMistake, ...]
    """Made certain, the newest first."""
    closed: int
    """How many more there are in finals whose scenes stay closed."""
    before: RightOf | None
    after: RightOf | None
    """Of the newest final that was passed."""
    unjudged: tuple[str, ...]
    """Names of the groups of signs of which nothing was judged yet."""
    failed: Attempt | None
    """The newest final, if it wasn't passed; its counts are sealed."""

    @property
    def scenes(self) -> int:
        """How many answers the windows count."""
        return sum(window.tally.answered for window in self.windows)

    @property
    def since(self) -> dt.datetime:
        """When the first of them was given, whichever window it stands in."""
        return min(window.first_at for window in self.windows)

    @property
    def to_share(self) -> Window | None:
        """The newest final, or else practice; never a pretest, since others will be asked the same scenes."""
        return next((window for window in reversed(self.windows) if window.stage is not WindowKind.BEFORE), None)

    @property
    def weakest(self) -> InCategory | None:
        """The category to work on first."""
        return next(iter(_weakest(self.categories)), None)


@dataclass(frozen=True)
class _Judgment:
    attempt: Attempt
    response: Response
    scene: ScenePayload
    judged: Judged

    @property
    def is_right(self) -> bool:
        return self.judged.outcome is not None and self.judged.outcome.is_right

    @property
    def sureness(self) -> Confidence | None:
        """How sure someone was of what counts: a report by the first action alone counts as made guessing."""
        if self.judged.is_reported_by_step:
            return Confidence.GUESSING
        given = (self.response.given or {}).get("confidence")
        return Confidence(given) if given else None


def find_progress(
    user_id: uuid.UUID, content: Content, course: Course | None, since: dt.datetime | None = None
) -> OwnProgress:
    """Return how someone judges, in all attempts or those begun since an instant. `course`: whose lessons are named."""
    rows = [row for row in list_judged(user_id) if since is None or row[0].started_at >= since]
    judgments = _judge(rows, content.vocabulary.danger_rules)
    measured = [attempt for attempt in list_measured(user_id) if since is None or attempt.started_at >= since]
    pretest = next((attempt for attempt in measured if attempt.kind == Kind.PRETEST), None)
    newest = next((attempt for attempt in measured if attempt.kind == Kind.FINAL), None)
    finals, first = _finals(judgments), _first(judgments)
    before = [window for window in [_before(pretest) if finals else None] if window]  # told once a final is passed
    practice = [judgment for judgment in judgments if judgment.attempt.kind != Kind.FINAL]
    windows = [*before, *([_practice(practice)] if practice else []), *finals[-MOST_WINDOWS:]]
    certain = [judgment for judgment in judgments if judgment.sureness is Confidence.CERTAIN and not judgment.is_right]
    is_open = _openness(judgments)
    shown = [judgment for judgment in reversed(certain) if is_open(judgment)]
    categories = _by_category(first, content)
    named = {category.id for category in categories}
    return OwnProgress(
        windows=tuple(windows),
        categories=tuple(
            replace(category, lessons=_lessons(category.id, content, course) if category.went_wrong else ())
            for category in categories
        ),
        calibration=calibrate((judgment.sureness, judgment.is_right) for judgment in first if judgment.sureness),
        mistakes=tuple(_mistake(judgment) for judgment in shown[:MOST_MISTAKES]),
        closed=len(certain) - len(shown),
        before=RightOf.of(before[0].tally) if before else None,
        after=RightOf.of(finals[-1].tally) if finals else None,
        unjudged=tuple(known.name for known in content.categories if known.id not in named),
        failed=newest if newest is not None and not newest.is_passed else None,
    )


def list_went_wrong(
    user_id: uuid.UUID, content: Content, course: Course, since: dt.datetime | None = None
) -> list[WentWrong]:
    """Return what someone got wrong in the final of a course that they passed last, and in check-ins after it.

    Only categories and counts, the most first: of scenes that are kept for finals, they don't give a key away.
    """
    judgments = _judge(list_judged(user_id), content.vocabulary.danger_rules)
    passed = [each.attempt for each in judgments if each.attempt.is_passed and each.attempt.course == course.slug]
    if not passed:
        return []
    final = passed[-1]
    counted = Counter(
        category
        for each in judgments
        if not each.is_right
        and (each.attempt.id == final.id or each.attempt.kind == Kind.CHECK_IN)
        and each.attempt.started_at >= max(final.started_at, since or final.started_at)
        for category in categories_of(each.scene, content)
    )
    names = {known.id: known.name for known in content.categories}
    return [
        WentWrong(category, names[category], scenes, _lessons(category, content, course))
        for category, scenes in counted.most_common(MOST_WRONG)
    ]


def find_weak_in_finals(user_id: uuid.UUID, content: Content) -> set[str]:
    """Return the categories in which someone's finals went worst, however few scenes of each they asked."""
    rows = [row for row in list_judged(user_id) if row[0].kind == Kind.FINAL]
    judgments = _first(_judge(rows, content.vocabulary.danger_rules))
    return {category.id for category in _weakest(_by_category(judgments, content))[:MOST_WEAK]}


def _weakest(categories: Iterable[InCategory]) -> list[InCategory]:
    """Return the categories in which something went wrong, the weakest first."""
    return sorted((each for each in categories if each.went_wrong), key=lambda category: category.strength.share)


def _first(judgments: Iterable[_Judgment]) -> list[_Judgment]:
    """Return the first answer to each scene: practice shows the key, so a later one says less."""
    first: dict[str, _Judgment] = {}
    for judgment in judgments:
        if judgment.judged.outcome is not None:
            first.setdefault(judgment.scene.scenario, judgment)
    return list(first.values())


def _by_category(judgments: Iterable[_Judgment], content: Content) -> list[InCategory]:
    counts: dict[str, Counter[tuple[Truth, bool]]] = {}
    for judgment in judgments:
        for category in categories_of(judgment.scene, content):
            counts.setdefault(category, Counter())[judgment.scene.truth, judgment.is_right] += 1
    priors = find_priors()
    return [
        in_category(known.id, known.name, counts[known.id], priors)
        for known in content.categories
        if known.id in counts
    ]


def in_category(
    category: str, name: str, counts: Counter[tuple[Truth, bool]], priors: Mapping[tuple[str, Truth], Prior]
) -> InCategory:
    """Return what answers to scenes of a category, counted by truth and whether they were right, come to."""
    halves = [
        (Right(counts[truth, True], counts[truth, True] + counts[truth, False]), priors.get((category, truth), ASSUMED))
        for truth in Truth
    ]
    return InCategory(
        category,
        name,
        hits=counts[Truth.CONCERN, True],
        misses=counts[Truth.CONCERN, False],
        false_alarms=counts[Truth.NO_CONCERN, False],
        correct_rejections=counts[Truth.NO_CONCERN, True],
        strength=strength(halves),
    )


def _judge(rows: Sequence[tuple[Attempt, Response]], danger_rules: Collection[str]) -> list[_Judgment]:
    scenes: dict[str, ScenePayload] = {}
    judgments = []
    for attempt, response in rows:
        scene = scenes.get(response.item_digest)
        if scene is None:
            scene = scenes[response.item_digest] = read_scene(response.snapshot.payload)
        judgments.append(_Judgment(attempt, response, scene, scene.judge(response.given, danger_rules)))
    return judgments


def _openness(judgments: Sequence[_Judgment]) -> Callable[[_Judgment], bool]:
    """Return what says whether the answer of a scene may be shown: of a final, that of a few."""
    responses: dict[uuid.UUID, list[Response]] = {}
    for judgment in judgments:
        if judgment.attempt.kind == Kind.FINAL:
            responses.setdefault(judgment.attempt.id, []).append(judgment.response)
    finals = {judgment.attempt.id: judgment.attempt for judgment in judgments}
    shown = {
        (attempt_id, response.position)
        for attempt_id, theirs in responses.items()
        for response in list_shown(finals[attempt_id], theirs)
    }
    return lambda judgment: (
        judgment.attempt.kind != Kind.FINAL or (judgment.attempt.id, judgment.response.position) in shown
    )


def _before(pretest: Attempt | None) -> Window | None:
    if pretest is None or pretest.submitted_at is None or not pretest.tally:
        return None
    tally = Tally.read(pretest.tally)
    at = pretest.submitted_at
    return Window(WindowKind.BEFORE, tally, at, at) if tally.answered else None


def _practice(practice: Sequence[_Judgment]) -> Window:
    tally = count(judgment.judged for judgment in practice)
    return Window(WindowKind.PRACTICE, tally, practice[0].attempt.started_at, practice[-1].attempt.started_at)


def _finals(judgments: Sequence[_Judgment]) -> list[Window]:
    finals = {judgment.attempt.id: judgment.attempt for judgment in judgments if judgment.attempt.kind == Kind.FINAL}
    return [
        Window(
            WindowKind.FINAL,
            Tally.read(attempt.tally),
            attempt.submitted_at,
            attempt.submitted_at,
            attempt,
            bounds_of(attempt),
        )
        for attempt in finals.values()
        if attempt.tally and attempt.submitted_at
    ]


def _mistake(judgment: _Judgment) -> CertainMistake:
    assert judgment.judged.outcome is not None  # it was judged wrongly
    return CertainMistake(
        judgment.scene.title,
        judgment.judged.outcome,
        Kind(judgment.attempt.kind),
        judgment.response.saved_at or judgment.attempt.started_at,
        judgment.attempt.id,
        judgment.response.position,
    )


def _lessons(category: str, content: Content, course: Course | None) -> tuple[Lesson, ...]:
    """Return the lessons that teach most signs of a category, in the order of the course."""
    signs = {name for name, sign in content.indicators.items() if sign.category == category}
    taught = [
        (len(signs.intersection(lesson.file.indicators)), lesson) for lesson in (course.lessons if course else ())
    ]
    most = sorted((pair for pair in taught if pair[0]), key=lambda pair: -pair[0])
    return tuple(lesson for _number, lesson in most[:MOST_LESSONS])
