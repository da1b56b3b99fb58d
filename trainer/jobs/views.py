"""In development: read the mails that were ordered, sent or not."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, render_template

from trainer.core.errors import NotFound
from trainer.core.outbox import find_message, list_messages
from trainer.jobs.emails import write
from trainer.web.access import Who, access

blueprint = Blueprint("mail", __name__, template_folder="templates")


@blueprint.get("/dev/mail")
@access(Who.DEVELOPMENT)
def mails() -> str:
    """List the newest mails."""
    return render_template("jobs/mails.html", messages=list_messages())


@blueprint.get("/dev/mail/<uuid:number>")
@access(Who.DEVELOPMENT)
def mail(number: UUID) -> str:
    """Show what a mail says."""
    message = find_message(number)
    if message is None:
        raise NotFound
    return render_template("jobs/mail.html", message=message, letter=write(message))
