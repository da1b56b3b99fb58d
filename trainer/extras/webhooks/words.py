"""What webhooks are told, and why a message didn't arrive, as pages say it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from trainer.core.events import Kind
from trainer.extras.webhooks.addresses import Fault

KIND_NAMES = {
    Kind.COMPLETED: _l("Someone completed a required course"),
    Kind.ISSUED: _l("A certificate was issued"),
    Kind.REVOKED: _l("A certificate was withdrawn"),
    Kind.OVERDUE: _l("Someone’s training became overdue"),
    Kind.LEFT: _l("Someone left the firm"),
}
KIND_TITLES = {
    Kind.COMPLETED: _l("Course completed"),
    Kind.ISSUED: _l("Certificate issued"),
    Kind.REVOKED: _l("Certificate withdrawn"),
    Kind.OVERDUE: _l("Training overdue"),
    Kind.LEFT: _l("Person left"),
}
FAULT_WORDS = {
    Fault.UNREADABLE: _l("We can’t read this address. Write it like https://hooks.example.org/training."),
    Fault.NOT_HTTPS: _l("The address must begin with https://."),
    Fault.NO_NAME: _l("Use a full name, such as hooks.example.org, not a number."),
    Fault.NOT_FOUND: _l("There’s no such name on the internet, or it didn’t answer in time. Check its spelling."),
    Fault.NOT_PUBLIC: _l("This name leads into a private network. We send only to the public internet."),
    Fault.UNREACHABLE: _l("The connection failed."),
    Fault.NOT_TRUSTED: _l("Its TLS certificate isn’t valid for this name."),
    Fault.TOO_SLOW: _l("It didn’t answer within eight seconds."),
    Fault.NO_HTTP: _l("What it answered isn’t HTTP."),
    Fault.REDIRECTS: _l("It redirects. Enter the address that it redirects to."),
    Fault.STATUS: _l("It answered with an error."),
    Fault.NO_KEY: _l("The key of its secret is gone. Delete this webhook and create it again."),
    Fault.UNHEARD: _l("Our sending was cut off several times."),
    Fault.TOO_LATE: _l("It couldn’t be delivered for three days."),
    Fault.OURS: _l("Something went wrong on our side."),
    Fault.ERASED: _l("Withheld: this person’s account was erased."),
}
