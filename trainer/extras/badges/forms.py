"""The form of the check of files, and of what goes into a badge."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, Form


class FileForm(Form):
    """A certificate, a badge or a pack as a file. It changes nothing, so it has no token."""

    file = FileField(
        _l("File"),
        [FileRequired(_l("Choose the file that you want to check."))],
        description=_l("PDF, PNG, SVG or JWT; of an evidence pack, manifest.json or the ZIP file."),
        render_kw={"accept": ".pdf,.png,.svg,.jwt,.txt,.json,.zip"},
    )


class BadgeForm(Form):
    """What the holder adds to the badge. Read with GET: nothing of it is kept."""

    results = BooleanField(
        _l("My result in the final"),
        description=_l("How many scenes you caught, and how many you over-reported."),
    )
    email = BooleanField(
        _l("My email address, as a hash"),
        description=_l(
            "Someone who knows your address can then check that the badge is yours. The address itself isn’t in it."
        ),
    )
