"""What is said wherever training is shown."""

from __future__ import annotations

from typing import Final

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from trainer.credentials.rules import Reason

REASONS: Final = {
    Reason.MISTAKE: _l("It was issued by mistake."),
    Reason.NOT_OWN_WORK: _l("The training wasn’t the holder’s own work."),
    Reason.WRONG_HOLDER: _l("It names someone who didn’t take the training."),
    Reason.HOLDER_ASKED: _l("The holder asked for it."),
    Reason.CONTENT: _l("The training it was issued for had a serious error."),
}


def reason_words(kept: str | None) -> str:
    """Return why a credential was withdrawn: one of the reasons above, or what an operator wrote."""
    return str(REASONS[Reason(kept)]) if kept in list(Reason) else kept or ""


def disclaimer(state: str) -> str:
    """Return the disclaimer for training in a state that requires an approved course and doesn't list ours."""
    return str(
        _(
            "%(state)s requires an approved course. This course is not approved. "
            "These records alone don’t show compliance.",
            state=state,
        )
    )
