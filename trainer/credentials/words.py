"""What is said wherever training is shown."""

from __future__ import annotations

from flask_babel import gettext as _


def disclaimer(state: str) -> str:
    """Return what stands on all that shows training where a state wants an approved course and ours isn't listed."""
    return str(
        _(
            "%(state)s requires an approved course. This course is not approved. "
            "These records alone don’t show compliance.",
            state=state,
        )
    )
