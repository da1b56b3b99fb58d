"""Two reports of a firm, one of them for addresses outside, and a mail that went to one where nothing goes anymore."""

from __future__ import annotations

import datetime as dt
import uuid

from trainer.accounts.queries import get_user
from trainer.core import clock
from trainer.core.db import db
from trainer.extras.reports.models import ReportMail, ReportRecipient
from trainer.extras.reports.operations import add_recipients, make_report, order_reports, remove_recipient
from trainer.extras.reports.queries import CONFIRMING, STOPPING, list_recipients, token_of
from trainer.extras.reports.rules import Rhythm
from trainer.organizations.actor import Actor

OF_FIRMS = {"reports", "report_recipients", "report_mails"}
TOLD = ("week", "month")
LEFT = {"reports.created_by_id", "report_recipients.asked_by_id"}
OF_PEOPLE = (ReportRecipient,)


def fill(actor: Actor, _employee_number: str) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Set up a report for the actor, and another for the address of the actor's account, a client and a former one."""
    now = clock.now()
    report, mailed = (make_report(actor, rhythm, [], now - dt.timedelta(days=9)) for rhythm in Rhythm)
    add_recipients(actor, report, [actor.user_id], [], now)
    address = get_user(actor.user_id).email
    assert address is not None
    add_recipients(actor, mailed, [], [address, "client@example.com", "former@example.com"], now)
    by_address = {recipient.email: recipient for recipient in list_recipients(mailed)}
    former = by_address["former@example.com"]
    remove_recipient(actor, mailed, former.id, now)
    order_reports(actor.organization, {}, now, None)
    about = {"organization_id": actor.organization_id, "report_id": mailed.id, "recipient_id": former.id}
    db.session.add(ReportMail(id=uuid.uuid4(), due_on=now.date(), created_at=now, **about))
    values = {"report_id": str(report.id), "recipient_id": str(list_recipients(report)[0].id)}
    return values, {
        "report_links.confirmation": {"token": token_of(by_address[address], CONFIRMING)},
        "report_links.stop": {"token": token_of(by_address["client@example.com"], STOPPING)},
    }
