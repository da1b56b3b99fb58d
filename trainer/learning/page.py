"""The page of a lesson as one reader has it: what of it many share, and what is theirs alone."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

from flask import render_template, request, session

from trainer.accounts.after_slip import shut_for
from trainer.accounts.queries import read_session_id
from trainer.content.library import Course, Lesson
from trainer.content.serving import served, served_in
from trainer.core.clock import now
from trainer.core.errors import NotFound
from trainer.core.feature import ask as ask_feature
from trainer.items.payload import Given
from trainer.learning.activity import opened_mark
from trainer.learning.queries import find_begun, lessons_again, list_answers, path_of, taken, wants_place
from trainer.learning.questions import address, ask, carried, place_of, still_open, unfinished
from trainer.learning.rules import Begun
from trainer.web.language import language_tag
from trainer.web.page_cache import placeholder, shared_page
from trainer.web.ways import part_for


def lesson_page(
    whole: Course, lesson: Lesson, carrying: Mapping[str, Given], incomplete: str | None = None
) -> tuple[str, int]:
    """Return the page of a lesson, which is in its reader's language, and its status.

    `carrying`: the answers that came with the request. Of someone who is enrolled only those count that aren't whole,
    and the one with something to correct (`incomplete`), for all others are kept.
    """
    session_id = read_session_id(session.get("_user_id"))
    is_learner, begun = find_begun(session_id, whole.slug, lesson.id) if session_id else (False, None)
    whole = taken(whole, begun) if begun else whole
    if whole.lesson(lesson.id) is None:  # a lesson for renewing, which only someone who renews has in this course
        raise NotFound
    answers, to_answer = carrying, tuple[str, ...]()
    if begun and lesson.questions:
        kept, to_answer = _list_kept(whole, lesson, begun)
        answers = {**kept, **unfinished(lesson, carrying, incomplete)}
    opened_at = opened_mark(begun, lesson.id, now()) if begun else ""
    is_read = begun is not None and lesson.id in begun.read
    again_first = lessons_again(begun.id, whole, now()) if begun and is_read else ((), 0)
    standing_alike: Hashable = begun and (
        *(begun.place, begun.is_paced, begun.is_tested_out, begun.is_short, begun.read),
        to_answer,
        again_first,
    )
    opens_all = request.args.get("open") == "all" or is_read

    def again(question: str, given: Given) -> str:
        return address(whole, lesson, question, {**({} if begun else answers), question: given})

    if lesson.questions:

        def tell(opened_at: str) -> str:
            return render_template(
                "learning/_body.html",
                course=whole,
                lesson=lesson,
                asked=ask(lesson, answers, again, incomplete=incomplete, opens_all=opens_all),
                answers=carried(whole, lesson, carrying) if carrying else "",
                is_learner=is_learner,
                opened_at=opened_at,
            )

        if answers or carrying or incomplete:
            body = tell(opened_at)
        else:  # to everyone who has answered nothing yet, and whose address says no more, it says the same
            body = shared_page(
                ("text", whole.slug, lesson.id, is_learner, opens_all, bool(opened_at)),
                lambda: tell(placeholder("opened_at") if opened_at else ""),
                {"opened_at": opened_at},
            )
    else:
        body = lesson.html
    page = shared_page(
        (whole.slug, lesson.id, is_learner, standing_alike),
        lambda: _around(whole, lesson, is_learner, begun, to_answer, again_first),
        {"body": body, "opened_at": opened_at, "went_wrong": _went_wrong(whole, lesson, begun)},
    )
    return page, 422 if incomplete in answers else 200


def _went_wrong(whole: Course, lesson: Lesson, begun: Begun | None) -> str:
    """Return what the first lesson for renewing begins with, what its reader got wrong; nothing on other pages."""
    if begun is None or not begun.is_short or lesson.id != whole.first_lesson.id:
        return ""
    categories = ask_feature("went_wrong", begun.user_id, whole, shut_for(begun.user_id, begun.pin_replaced_at))
    return render_template(part_for("went_wrong"), course=whole, went_wrong=categories)


def _list_kept(whole: Course, lesson: Lesson, begun: Begun) -> tuple[Mapping[str, Given], tuple[str, ...]]:
    """Return someone's answers that may be shown, and the questions of the lesson that are still to be answered."""
    kept = list_answers(begun.id, lesson) if begun.has_answered else {}
    to_answer = still_open(whole, lesson, begun.read, kept)
    before = shut_for(begun.user_id, begun.pin_replaced_at)
    return (kept if before is None else list_answers(begun.id, lesson, before)), to_answer


def _around(
    whole: Course,
    lesson: Lesson,
    is_learner: bool,
    begun: Begun | None,
    to_answer: tuple[str, ...],
    again_first: tuple[tuple[str, ...], int],
) -> str:
    lessons, named = again_first
    where = path_of(whole, begun.place, begun.read, is_tested_out=begun.is_tested_out) if begun else None
    need = where.find(lesson.id) if where else None
    previous, following = whole.neighbors(lesson.id, begun.place if begun else None)
    return render_template(
        "learning/lesson.html",
        is_learner=is_learner,
        course=whole,
        lesson=lesson,
        translation=served_in(language_tag()).standing(lesson),
        body=placeholder("body"),
        to_answer=[
            (number, place_of(question.id))
            for number, question in enumerate(lesson.questions, start=1)
            if question.id in to_answer
        ],
        module=next(module for module in whole.modules if module.slug == lesson.module_slug),
        previous=previous,
        following=following,
        asks_place=bool(begun and where and following and wants_place(whole, begun, where, following)),
        workplace=whole.lesson_at(begun.place) if begun else None,
        cards=served().cards,
        is_enrolled=begun is not None,
        standing=where,
        need=need,
        is_read=begun is not None and lesson.id in begun.read,
        is_named=lesson.id in lessons,
        named=named,
        named_left=len(lessons) - 1,
        opened_at=placeholder("opened_at"),
        went_wrong=placeholder("went_wrong"),
        comes_first=where.comes_first(lesson.id) if begun and where and begun.is_paced else None,
    )
