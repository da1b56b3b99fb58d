"""What the worker does for learners: mails that they asked for, and counts of what people said of scenes."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from trainer.assessment import check_ins, leaks, renewal_mails, site_counting, site_figures
from trainer.assessment.counting import AnswerSums, count_portion, write
from trainer.assessment.site_counting import SiteSums
from trainer.content.serving import served
from trainer.core import chance
from trainer.core.clock import now
from trainer.core.db import db, transaction


def remind_of_check_ins() -> Iterator[None]:
    """Order mail for those who asked for it and have a check-in today, a portion of people at a time."""
    after: UUID | None = None
    while True:
        with transaction():
            after = check_ins.order_mails(served(), now(), after)
        yield
        if after is None:
            return


def remind_of_renewals() -> Iterator[None]:
    """Order mail for those who asked for it and can renew a certificate by now, a portion of people at a time."""
    has_more = True
    while has_more:
        with transaction():
            has_more = renewal_mails.order_mails(now())
        yield


def count_answers() -> Iterator[None]:
    """Count all answers again, a portion of people at a time, and write the counts in one short transaction."""
    counts, is_begun, after = AnswerSums(), False, None
    while after is not None or not is_begun:
        after, is_begun = count_portion(counts, after), True
        db.session.rollback()
        yield
    with transaction():
        write(counts, now())
    yield


def measure_site() -> Iterator[None]:
    """Count again what all people of the site show together, a portion of people at a time, and write it at the end."""
    sums, is_begun, after = SiteSums(), False, None
    while after is not None or not is_begun:
        after, is_begun = site_counting.count_portion(sums, served(), after), True
        db.session.rollback()
        yield
    everyone = sums.estimate(chance.rng)
    with transaction():
        site_figures.keep(everyone, now())
    yield


def count_leaks() -> Iterator[None]:
    """Count again, a firm at a time, whether colleagues do better in scenes that one of them has met."""
    totals, content = leaks.LeakTotals(), served()
    bands, firm = leaks.find_bands(content), leaks.next_firm(None)
    db.session.rollback()
    while firm is not None:
        leaks.count_firm(firm, totals, content, bands)
        firm = leaks.next_firm(firm)
        db.session.rollback()
        yield
    with transaction():
        leaks.write(totals, now())
    yield
