"""The protocol of a trial: what it was to do, as text that is frozen, and set as a paper to lodge with a registry.

It is in English, as registries want it. What only people can decide is left empty, and shown so.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from trainer.content.library import Content
from trainer.extras.study.models import Trial, TrialProtocol
from trainer.extras.study.queries import Host
from trainer.extras.study.rules import BLOCKS, WAIT, WINDOW, earliest_due
from trainer.web.paper import typeset_sheet

PAPER: Final = Path(__file__).with_name("protocol.typ")
MARGIN: Final = 0.05
"""By how much false alarms may rise at most, as a share."""
_EMPTY: Final = "(empty: to be filled in by a person)"

_TEXT: Final = """\
# Delayed-start trial of the course “{course}”
{made_up}
## Administrative
{firm}: {name}
Registry and number: {registry}
Decision of an ethics board: {ethics}
Contact for participants: {contact}
Course: {course}, version {version}
Last day on which someone can agree to take part: {enroll_until}

## Question
Do people who have had the course tell scenes that call for a report, by its published rule, from ordinary ones \
better than people who have not had it yet, without reporting more innocent people?

## Design
Parallel groups within the {place}, individually randomized, with a waiting list. Group “now” can begin the course \
after the first form. Group “later” is asked to begin it after the second form, {wait} days after agreeing. Nobody \
can be blinded to the group. Scenes are marked by a key fixed in advance, and {no_one} sees an answer.

## Who can take part
{people} who have neither begun a course nor taken its pretest. Taking part is voluntary and needs consent on the \
screen. {watchers} how many take part, in steps of five, and never who. {due}

## Allocation
By lot when someone agrees, 1:1, in permuted blocks of random size ({blocks}) within {site}. The order \
follows from a secret seed of 256 random bits that no page shows. The lot is drawn after consent and told after \
the first form is handed in. Which of the two forms comes first is drawn in blocks of two within {site} and group.

## Measures
Two forms of {scenes} scenes: each form shows one twin of each of {scenes} pairs, and half of its scenes are to be \
reported. Everyone judges one form after agreeing and the other one {wait} days later (it stays open for {window} \
days), whether or not they took the course or passed it. The same is asked on both occasions. No answer is marked \
for the person before the trial ends.

## Hypotheses and outcomes
Two co-primary outcomes, both of which must hold for the trial to count as showing an effect:
1. Sensitivity (d′) rises more in group “now” than in group “later” from the first form to the second: difference > 0.
2. The share of innocent scenes that are reported (false alarms) rises by no more than {margin} percentage points \
more in group “now”: upper bound of the 95% interval < {margin} points.
Secondary: the share of scenes to report that are reported (hits); sureness of right and wrong answers; seconds \
for each scene.

## How many people
134 people in each group give 80% power for a difference of 0.5 in d′ (two-sided 5%, intraclass correlation .05 in \
sites of 20); 371 in each group for 0.3. If fewer agree, the trial is reported all the same, as underpowered, with \
its intervals.

## Analysis
By intention to treat: everyone who answered a form is analyzed in the group that was drawn, whatever they did in \
the meantime. People who withdrew are left out. No answer is left out for its speed.
Reported figures: for each group and occasion, hits and false alarms as H = (h + .5)/(n + 1) and F likewise over \
all answers, and d′ = z(H) − z(F). Effects are differences of differences between groups and occasions. Variances \
are linearized and clustered two ways, by person and by pair of scenes; 95% intervals by Student’s t with the \
smaller number of clusters less one as degrees of freedom.
Confirmatory model: a probit mixed model of “reported” on truth × group × occasion, with random intercepts and \
truth slopes for persons and pairs{intercept} (analysis.R, with lme4 where it is installed).
Attrition: for each group, how many answered the first form, the second, and withdrew. If the groups differ by \
more than 10 percentage points in who answered the second form, this is said beside the result.
Contamination: lessons are public, so people who wait may read them. They are analyzed as they were drawn.

## Stopping
No look at the outcomes before the trial is closed, and no stopping for effect. {closers} or an administrator can \
close the trial at any time, for any other reason, which is reported. Then nobody waits anymore.

## Data
One row for each answer of people who agreed and did not withdraw, under a random code that is new in each export. \
No name, no address, no day. Exports exist only where an administrator of the installation makes one after \
closing. The answers are erased with the person’s account.
"""


_ALIKE: Final = "From opening the trial on, the course is due before {due} for nobody at the firm, in the trial or not."
_IN_A_FIRM: Final = {
    "firm": "Firm",
    "place": "firm",
    "no_one": "nobody at the firm",
    "people": "People on the firm’s roster with an account",
    "watchers": "The firm sees",
    "due": _ALIKE,
    "site": "each site (team)",
    "intercept": " and a random intercept for sites",
    "closers": "The firm",
}
_IN_A_CLASS: Final = {
    "firm": "Class",
    "place": "class",
    "no_one": "nobody in the class",
    "people": "People in the class",
    "watchers": "The instructor sees",
    "due": "The class sets no day by which the course is due. Days that employers set stay as they are.",
    "site": "the class, the only site",
    "intercept": "",
    "closers": "The instructor",
}
_IN_A_FIRMS_CLASS: Final = _IN_A_CLASS | {
    "firm": "Class, firm",
    "no_one": "nobody in the class or at the firm",
    "watchers": "The instructor and the firm’s owners see",
    "due": _ALIKE,
    "closers": "The instructor, an owner of the firm",
}


def _words(host: Host) -> dict[str, str]:
    """Return what differs by where a trial runs."""
    if host.cohort is None:
        return _IN_A_FIRM
    return _IN_A_FIRMS_CLASS if host.firm else _IN_A_CLASS


def write_protocol(trial: Trial, host: Host, content: Content) -> str:
    """Return the protocol of a trial that is set up, as text."""
    assert trial.course is not None
    assert trial.enroll_until is not None
    course = content.courses[trial.course]
    assert course.file.pretest is not None
    words = _words(host)
    due = words["due"].format(due=earliest_due(trial.enroll_until).isoformat())
    return _TEXT.format(
        **words | {"due": due},
        course=course.file.title,
        version=course.file.version,
        name=host.name,
        made_up="\nMADE UP: the people of this trial do not exist. It shows how a trial works.\n"
        if trial.is_made_up
        else "",
        registry=trial.registry_number or _EMPTY,
        ethics=trial.ethics_decision or _EMPTY,
        contact=trial.contact or _EMPTY,
        enroll_until=trial.enroll_until.isoformat(),
        scenes=course.file.pretest.scenes,
        wait=WAIT.days,
        window=WINDOW.days,
        blocks=", ".join(map(str, BLOCKS)),
        margin=round(100 * MARGIN),
    )


def draw_protocol(protocol: TrialProtocol) -> bytes:
    """Return a frozen protocol as a PDF, with its version, day and digest."""
    title, *sections = protocol.text.split("\n## ")
    head, *notes = title.removeprefix("# ").splitlines()
    sheet = {
        "title": head,
        "frozen": f"Version {protocol.version}, frozen on {protocol.frozen_at:%Y-%m-%d} (UTC)",
        "digest": f"SHA-256 of the text: {protocol.digest}",
        "notes": [line for line in notes if line],
        "sections": [
            {"head": lines[0], "lines": [line for line in lines[1:] if line]}
            for lines in (section.splitlines() for section in sections)
        ],
    }
    return typeset_sheet(PAPER, sheet, protocol.frozen_at.date())
