"""What is said of each sort of data about people.

The page "What we know about you", the copy of someone's data and erasing it all rest on this. A new table gets its
place in the `privacy.py` of its feature, which reads and erases its rows; a test fails on one that was forgotten.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from trainer.core.feature import list_features
from trainer.core.periods import Period
from trainer.core.privacy import Held, Told


@dataclass(frozen=True)
class Holding:
    """Data of one sort, and what is said of it. Features say which tables hold it."""

    slug: str
    title: LazyString
    what: LazyString
    why: LazyString
    kept: LazyString
    seen_by: LazyString
    erased: LazyString
    """What erasing the account does with it."""
    is_kept: bool
    """Whether something of it stays after that."""


_WITH_ACCOUNT: Final = _l("As long as you have your account.")
_ONLY_YOU: Final = _l("You. The people who run this site could read it in the database.")
_ALL_GONE: Final = _l("All of it is erased.")

HOLDINGS: Final = (
    Holding(
        slug="account",
        title=_l("Your account"),
        what=_l(
            "Your address, your password or PIN as a scrambled value, the PIN before it until you’ve confirmed a slip, "
            "the name for certificates, your language, your second step and passkeys, the devices you’re signed in on, "
            "links we emailed you, and wrong PINs."
        ),
        why=_l("To let you in, and nobody else."),
        kept=_WITH_ACCOUNT,
        seen_by=_ONLY_YOU,
        erased=_l("All of it is erased. An empty record with a random number stays: kept records below refer to it."),
        is_kept=True,
    ),
    Holding(
        slug="learning",
        title=_l("Your courses"),
        what=_l(
            "Which courses you started, which lessons you read and when, active minutes, what you answered in lessons, "
            "the statement you signed, and where you work, if a course asked."
        ),
        why=_l("So that you can pick up where you left off, and to show what a certificate rests on."),
        kept=_WITH_ACCOUNT,
        seen_by=_l("You. A firm that requires the course sees what you finish and when, and active minutes."),
        erased=_l(
            "Erased, except what a certificate rests on: its course, lessons read, minutes and your signed statement. "
            "These stay as long as the certificate, because laws ask for proof of training."
        ),
        is_kept=True,
    ),
    Holding(
        slug="answers",
        title=_l("Your answers to scenes"),
        what=_l(
            "Your tries in practice, finals and check-ins: which scenes you saw, what you answered, how sure you were, "
            "how long each scene was open, your results, when you asked for more tries, and which emails you asked for."
            " If you take part in a study: when you agreed, and in which group you are. If you’re a rater of a key "
            "panel, what you said of its scenes."
        ),
        why=_l("To tell you what you catch and what you miss, and to decide whether you pass."),
        kept=_WITH_ACCOUNT,
        seen_by=_l(
            "You. Never your firm: after a PIN slip, earlier answers open only once you show that it was you; and when "
            "a firm joins two entries of yours, answers of the one that goes away follow only if you enter its PIN, or "
            "are deleted. A teacher only sees what a class’s page told you before you joined. If you take part in a "
            "study, those who evaluate it get your answers without your name. The copy leaves out which scenes a final,"
            " a check-in or a panel had, and the counts of a final you didn’t pass, so that the answers stay secret. "
            "What you say as a rater is read by the people who run this site, by number, once its panel has closed."
        ),
        erased=_l("Erased. Ratings that you handed in to a key panel stay, without your name and comments."),
        is_kept=True,
    ),
    Holding(
        slug="certificates",
        title=_l("Your certificates"),
        what=_l("The name on each, its course, the result, active minutes, and when it was issued and runs out."),
        why=_l("Anyone who was shown a certificate must be able to check it."),
        kept=_l("For good."),
        seen_by=_l("Anyone who has the number. Firms that require the course see it, too."),
        erased=_l("Kept for good, with the name on it, so that it can still be checked. Pages you shared them on end."),
        is_kept=True,
    ),
    Holding(
        slug="rosters",
        title=_l("What firms wrote about you"),
        what=_l(
            "Your entries on firms’ rosters: name, address, employee number, job title, teams, day of hire; "
            "invitations and PIN slips; entries that were joined into one; when another of the firm’s systems wrote "
            "about you."
        ),
        why=_l("The firm’s training record: it must be able to show for years whom it trained."),
        kept=_l("As long as the firm is here. It is deleted 30 days after a firm is closed."),
        seen_by=_l("The firm’s owners, and its managers of your teams."),
        erased=_l(
            "You leave every firm. Your entry stays there as the firm’s training record, with name and number but "
            "without your address, until the firm is deleted. Invitations and slips are erased."
        ),
        is_kept=True,
    ),
    Holding(
        slug="duties",
        title=_l("What firms require of you"),
        what=_l("Training that is due, by when, waivers with reasons, reminders, and earlier training they recorded."),
        why=_l("The firm’s proof of what it required, and of what was done."),
        kept=_l("As long as the firm is here. It is deleted 30 days after a firm is closed."),
        seen_by=_l("The firm’s owners, its managers of your teams, and inspectors they give a link to."),
        erased=_l("What is required ends. The record of it stays with the firm until the firm is deleted."),
        is_kept=True,
    ),
    Holding(
        slug="classes",
        title=_l("Your classes"),
        what=_l(
            "Classes you joined or were invited to, under which name, when you were there, lessons signed off, notes "
            "you handed in, and emails a teacher sent you."
        ),
        why=_l("So that a teacher can see who was there and who needs help."),
        kept=_l("As long as the class is here. Notes you handed in go when you leave the class."),
        seen_by=_l("The teacher, as the class’s page says. Notes: only the teacher."),
        erased=_l(
            "Your notes and your name are erased. That someone was there and was signed off stays, without a name; "
            "sign-offs behind a certificate stay as long as the certificate."
        ),
        is_kept=True,
    ),
    Holding(
        slug="teaching",
        title=_l("What you do as an instructor"),
        what=_l("Classes you teach or taught, meetings, sign-offs and signatures, comments, and your approval."),
        why=_l("The class’s record of who taught what."),
        kept=_l("As long as the class is here."),
        seen_by=_l("People in the class see your name. Owners of a firm see what is done in its classes."),
        erased=_l(
            "Your name and your saved comments are erased. What you signed off stays: other people’s certificates rest "
            "on it. Public classes are closed; a firm can hand over its own."
        ),
        is_kept=True,
    ),
    Holding(
        slug="work",
        title=_l("What you do for a firm"),
        what=_l(
            "Firms you created, codes, devices, links for inspectors, reports and packs you ordered, "
            "tokens and webhooks, waivers and trainings you decided on, invitations and reminders you sent."
        ),
        why=_l("So that a firm knows who did what in its name."),
        kept=_l("As long as the firm is here. Packs are kept for 7 days, and rosters nobody confirmed for one day."),
        seen_by=_l("The firm’s owners."),
        erased=_l(
            "Tokens are revoked and webhooks paused. What you made for the firm stays the firm’s, without your name."
        ),
        is_kept=True,
    ),
    Holding(
        slug="emails",
        title=_l("Emails to you"),
        what=_l("Which kind of email went to which address of yours, and when. Not what it said."),
        why=_l("So that none is sent twice, and a firm can show that it reminded you."),
        kept=_WITH_ACCOUNT,
        seen_by=_l("Firms see the invitations and reminders they sent you."),
        erased=_l("Your address is erased. That an email of a kind was sent, and when, stays without it."),
        is_kept=True,
    ),
    Holding(
        slug="log",
        title=_l("The log"),
        what=_l("That you signed in, changed your password, joined a firm or changed something in one, and when."),
        why=_l("So that misuse can be found later. It can’t be changed."),
        kept=_l("See below."),
        seen_by=_l("A firm’s owners see what is done in the firm. Nobody else sees the rest."),
        erased=_l(
            "Names and addresses are taken out of it. What was done stays, under a random number that leads to nobody."
        ),
        is_kept=True,
    ),
)

ANSWERS: Final = frozenset({"attempts", "answers", "lesson_answers", "notes_handed_in"})
"""The kinds that a copy leaves out while it isn't certain that its owner used a slip (`accounts.after_slip`)."""


def list_periods() -> list[Period]:
    """Return how long each sort of record is kept, of all features, the shortest time first."""
    periods = (period for feature in list_features() for period in feature.periods)
    return sorted(periods, key=lambda period: period.lasts)


def exports() -> dict[str, Callable[[uuid.UUID], Told]]:
    """Return who tells what is held of a person, by feature."""
    return {feature.name: feature.export_person for feature in list_features() if feature.export_person is not None}


def holding_of(kind: str) -> Holding:
    """Return the holding to which records of a kind belong, as `export_person` of the features names them."""
    return next(holding for holding in HOLDINGS if any(kind in held.kinds for held in _held(holding)))


def _held(holding: Holding) -> list[Held]:
    return [feature.held[holding.slug] for feature in list_features() if holding.slug in feature.held]
