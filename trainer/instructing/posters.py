"""Draw the poster by which people come into a class."""

from __future__ import annotations

from trainer.instructing.models import Cohort
from trainer.organizations.codes import show_code
from trainer.organizations.posters import Poster, draw

_ANSWERS = "Which scenes you judged wrongly"


def draw_poster(cohort: Cohort, address: str) -> bytes:
    """Return one Letter page with the code and what the instructor will see."""
    seen = [
        "The name you join under, lessons you finish, active minutes, when you were last active",
        "How often you tried, how many scenes you got right, and your certificate of this course",
    ]
    unseen = ["Your e-mail address, the help pages you open, and what you learn for yourself"]
    (seen if cohort.shows_answers else unseen).append(_ANSWERS)
    poster = Poster(
        title="Join the class",
        name=cohort.title,
        code=show_code(cohort.code),
        address=address,
        until=cohort.ends_on,
        seer="the instructor",
        steps=(
            "Open the page and see what the instructor will see of you.",
            "Make an account, or sign in.",
            "Join under a name of your choice, and take the course at your own pace, on your phone.",
        ),
        seen=seen,
        unseen=unseen,
    )
    return draw(poster, cohort.created_at.date())
