"""What `home` brings to the app."""

from __future__ import annotations

import uuid

from flask_login import current_user

from trainer.core.clock import now
from trainer.core.feature import Feature
from trainer.home import emails
from trainer.home.firm_pages import list_firm_pages
from trainer.home.firm_views import blueprint as firm
from trainer.home.round_views import blueprint as rounds
from trainer.home.rounds import find_openers
from trainer.home.views import blueprint as home


def _is_taught(user_id: uuid.UUID, course: str) -> bool:
    """Return True if someone takes a course in a class or for a firm; those can open another round of its final."""
    return bool(find_openers(user_id, course, now()))


def _can_open_rounds(course: str) -> bool:
    return _is_taught(current_user.id, course)


FEATURE = Feature(
    name="home",
    blueprints=(home, rounds, firm),
    links={
        "ask_round": "rounds.ask",
        "enter_code": "home.ask_code",
        "firm": "firm.home",
        "front": "home.front",
        "me": "home.me",
    },
    slots={
        "firm_pages": "home/_firm_pages.html",
        "foot": "home/_foot.html",
        "nav": "home/_nav.html",
    },
    emails=dict.fromkeys(emails.TEMPLATES, emails.write),
    answers={"can_open_rounds": _can_open_rounds, "is_taught": _is_taught, "list_firm_pages": list_firm_pages},
)
