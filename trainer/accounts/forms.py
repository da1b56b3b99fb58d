"""Forms of one's own account."""

from __future__ import annotations

from trainer.web.forms import Form


class SignOutForm(Form):
    """A button."""
