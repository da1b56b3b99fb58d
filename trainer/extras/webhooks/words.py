"""What webhooks are told, and why a message didn't arrive, as pages say it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.core.events import EventKind
from trainer.extras.webhooks.addresses import WebhookFault

KIND_NAMES = {
    EventKind.COMPLETED: _l("Someone completed a required course"),
    EventKind.ISSUED: _l("A certificate was issued"),
    EventKind.REVOKED: _l("A certificate was withdrawn"),
    EventKind.OVERDUE: _l("Someone’s training became overdue"),
    EventKind.LEFT: _l("Someone left the firm"),
}
KIND_TITLES = {
    EventKind.COMPLETED: _l("Course completed"),
    EventKind.ISSUED: _l("Certificate issued"),
    EventKind.REVOKED: _l("Certificate withdrawn"),
    EventKind.OVERDUE: _l("Training overdue"),
    EventKind.LEFT: _l("Person left"),
}
FAULT_WORDS = {
    WebhookFault.UNREADABLE: _l("We can’t read this address. Write it like https://hooks.example.org/training."),
    WebhookFault.NOT_HTTPS: _l("The address must begin with https://."),
    WebhookFault.NO_NAME: _l("Use a full name, such as hooks.example.org, not a number."),
    WebhookFault.NOT_FOUND: _l(
        "There’s no such name on the internet, or it didn’t answer in time. Check its spelling."
    ),
    WebhookFault.NOT_PUBLIC: _l("This name leads into a private network. We send only to the public internet."),
    WebhookFault.UNREACHABLE: _l("The connection failed."),
    WebhookFault.NOT_TRUSTED: _l("Its TLS certificate isn’t valid for this name."),
    WebhookFault.TOO_SLOW: _l("It didn’t answer within eight seconds."),
    WebhookFault.NO_HTTP: _l("What it answered isn’t HTTP."),
    WebhookFault.REDIRECTS: _l("It redirects. Enter the address that it redirects to."),
    WebhookFault.STATUS: _l("It answered with an error."),
    WebhookFault.NO_KEY: _l("The key of its secret is gone. Delete this webhook and create it again."),
    WebhookFault.UNHEARD: _l("Our sending was cut off several times."),
    WebhookFault.TOO_LATE: _l("It couldn’t be delivered for three days."),
    WebhookFault.OURS: _l("Something went wrong on our side."),
    WebhookFault.ERASED: _l("Withheld: this person’s account was erased."),
}
