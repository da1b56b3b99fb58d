"""Draw the poster with which people join a class."""

from __future__ import annotations

from flask_babel import gettext as _

from trainer.core.feature import ask_extra
from trainer.instructing.models import Cohort
from trainer.organizations.codes import show_code
from trainer.organizations.posters import Poster, draw


def draw_poster(cohort: Cohort, address: str) -> bytes:
    """Return one Letter page with the code and what the instructor will see."""
    seen = [
        _("The name you join under, lessons you finish, active minutes, when you were last active"),
        _("How often you tried, how many scenes you got right, and your certificate of this course"),
    ]
    unseen = [_("Your email address, the help pages you open, and what you learn on your own")]
    (seen if cohort.shows_answers else unseen).append(_("Which scenes you judged wrongly"))
    notes = ask_extra("notes_seen_in", cohort)
    if notes is not None:
        seen.append(notes)
    poster = Poster(
        title=_("Join the class"),
        name=cohort.title,
        code=show_code(cohort.code),
        address=address,
        until=cohort.ends_on,
        steps=(
            _("Open the page and see what the instructor will see about you."),
            _("Create an account, or sign in."),
            _("Join under a name of your choice, and take the course at your own pace, on your phone."),
        ),
        sees=_("What the instructor will see"),
        seen=seen,
        sees_not=_("What the instructor won’t see"),
        unseen=unseen,
    )
    return draw([poster], cohort.created_at.date())
