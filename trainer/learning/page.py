"""The page of a lesson as one reader has it: what of it many share, and what is theirs alone."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from flask import render_template, request, session

from trainer.accounts.queries import read_session_id
from trainer.content.library import Course, Lesson
from trainer.content.serving import served, served_in
from trainer.core.clock import now
from trainer.items.payload import Given
from trainer.learning.activity import opened_mark
from trainer.learning.queries import find_begun, list_answers, path_of, wants_place
from trainer.learning.questions import ask, carried, place_of, still_open
from trainer.learning.rules import Begun
from trainer.web.language import language_tag
from trainer.web.still import hole, shared_page


def lesson_page(
    whole: Course, found: Lesson, carrying: Mapping[str, Given], incomplete: str | None = None
) -> tuple[str, int]:
    """Return the page of a lesson, which is in its reader's language, and its status.

    `carrying`: the answers that came with the request. Of someone who is enrolled only the one that is `incomplete`
    counts among them, for all others are kept.
    """
    session_id = read_session_id(session.get("_user_id"))
    is_learner, begun = find_begun(session_id, whole.slug) if session_id else (False, None)
    answers = carrying
    to_answer: tuple[str, ...] = ()
    if begun and found.questions:
        kept = list_answers(begun.id, found)
        to_answer = still_open(whole, found, begun.read, kept)
        answers = {**kept, **{name: given for name, given in carrying.items() if name == incomplete}}
    opened_at = opened_mark(begun, now()) if begun else ""
    standing_alike: Hashable = None
    if begun:
        standing_alike = (begun.place, begun.is_paced, begun.is_tested_out, begun.read, to_answer)
    opens_all = request.args.get("open") == "all" or (begun is not None and found.id in begun.read)
    body: str = found.html
    if found.questions:
        body = render_template(
            "learning/_body.html",
            course=whole,
            lesson=found,
            asked=ask(found, answers, incomplete=incomplete, opens_all=opens_all),
            answers=carried(whole, found, carrying) if carrying else "",
            is_learner=is_learner,
            opened_at=opened_at,
        )
    page = shared_page(
        (whole.slug, found.id, is_learner, standing_alike),
        lambda: _around(whole, found, is_learner, begun, to_answer),
        {"body": body, "opened_at": opened_at},
    )
    return page, 422 if incomplete in answers else 200


def _around(whole: Course, found: Lesson, is_learner: bool, begun: Begun | None, to_answer: tuple[str, ...]) -> str:
    where = path_of(whole, begun.place, begun.read, is_tested_out=begun.is_tested_out) if begun else None
    need = where.find(found.id) if where else None
    previous, following = whole.neighbors(found.id, begun.place if begun else None)
    return render_template(
        "learning/lesson.html",
        is_learner=is_learner,
        course=whole,
        lesson=found,
        translation=served_in(language_tag()).standing(found),
        body=hole("body"),
        to_answer=[
            (number, place_of(one.id)) for number, one in enumerate(found.questions, start=1) if one.id in to_answer
        ],
        module=next(one for one in whole.modules if one.slug == found.module_slug),
        previous=previous,
        following=following,
        asks_place=bool(begun and where and following and wants_place(whole, begun, where, following)),
        workplace=whole.lesson_at(begun.place) if begun else None,
        cards=served().cards,
        is_enrolled=begun is not None,
        standing=where,
        need=need,
        is_read=begun is not None and found.id in begun.read,
        opened_at=hole("opened_at"),
        comes_first=where.comes_first(found.id) if begun and where and begun.is_paced else None,
    )
