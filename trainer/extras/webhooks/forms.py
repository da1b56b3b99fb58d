"""The form that makes a webhook."""

from __future__ import annotations

from typing import Any

from flask import current_app
from flask_babel import lazy_gettext as _l
from wtforms import StringField
from wtforms.validators import InputRequired, ValidationError

from trainer.extras.webhooks.addresses import LONGEST, AddressRefused, find, read_url
from trainer.extras.webhooks.words import FAULT_WORDS, KIND_NAMES
from trainer.web.forms import Form, Ticks, length, trimmed


class WebhookForm(Form):
    """Where to send messages, and about what."""

    url = StringField(
        _l("Address"),
        [InputRequired(_l("Enter the address that we should send to.")), length(1, LONGEST)],
        description=_l("It begins with https://. The company that makes your system can tell you what it is."),
        filters=[trimmed],
        render_kw={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"},
    )
    kinds = Ticks(_l("What to tell it"), [InputRequired(_l("Choose what to tell it. One is enough."))])

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.kinds.choices = [(kind.value, name) for kind, name in KIND_NAMES.items()]

    def validate_url(self, field: StringField) -> None:
        """Refuse an address to which nothing would be sent; the name is resolved for that."""
        try:
            find(read_url(str(field.data)), allows_loopback=current_app.config["SETTINGS"].webhooks_loopback)
        except AddressRefused as refused:
            raise ValidationError(FAULT_WORDS[refused.fault]) from None
