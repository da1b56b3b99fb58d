"""Field cards and the observation template: to read, to print, as PDF."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from trainer.content.library import Content
from trainer.content.markdown import keep_numbers
from trainer.content.papers import Card
from trainer.content.serving import served_in
from trainer.core.errors import NotFound
from trainer.courses.papers import draw_card, draw_observation
from trainer.web.access import Who, access
from trainer.web.addresses import full_address
from trainer.web.language import language_tag
from trainer.web.page_cache import cached_page
from trainer.web.paper import qr_code

blueprint = Blueprint("cards", __name__, template_folder="templates")
blueprint.add_app_template_filter(keep_numbers, "keep_numbers")


@blueprint.get("/cards")
@access(Who.PUBLIC)
@cached_page
def cards() -> str:
    """List the field cards."""
    content = _content()
    return render_template(
        "courses/cards.html",
        cards=content.cards,
        pictures=_pictures(content),
        translation=content.standing(*(f"cards/{slug}.yaml" for slug in content.cards)),
    )


@blueprint.get("/cards/<venue>")
@access(Who.PUBLIC)
@cached_page
def card(venue: str) -> str:
    """Show a field card, made to be printed."""
    field_card = _get_card(venue)
    content = _content()
    signs = [
        (part, [content.indicators[sign] for sign in part.signs]) for part in (*field_card.alone, *field_card.together)
    ]
    return render_template(
        "courses/card.html",
        card=field_card,
        translation=content.standing(f"cards/{venue}.yaml", "vocabulary.yaml", "indicators.yaml"),
        venue=venue,
        picture=_pictures(content).get(venue) or "",
        signs=signs,
        line=content.strip_lines()[0],
        qr=Markup(qr_code(full_address(url_for(".card", venue=venue)))),  # noqa: S704 drawn from our own address
    )


@blueprint.get("/cards/<venue>.pdf")
@access(Who.PUBLIC)
@cached_page
def card_pdf(venue: str) -> Response:
    """Return a field card as a PDF, front and back."""
    return _pdf(draw_card(_content(), _get_card(venue), full_address(url_for(".card", venue=venue))), f"card-{venue}")


@blueprint.get("/observation")
@access(Who.PUBLIC)
@cached_page
def observation() -> str:
    """Show what to write down, and offer a page to print."""
    logs = [(venue, field_card) for venue, field_card in _content().cards.items() if field_card.log]
    return render_template("courses/observation.html", logs=logs)


@blueprint.get("/observation.pdf")
@access(Who.PUBLIC)
@cached_page
def observation_pdf() -> Response:
    """Return the observation template as a PDF to fill in by hand."""
    return _pdf(draw_observation(_content(), full_address(url_for(".observation"))), "observation")


def _content() -> Content:
    """Return the content as its reader gets it."""
    return served_in(language_tag())


def _pictures(content: Content) -> dict[str, Markup | None]:
    """Return the pictures of lessons by their names: a card is named as the lesson on its place."""
    return {lesson.slug: lesson.picture for course in content.courses.values() for lesson in course.lessons}


def _get_card(venue: str) -> Card:
    field_card = _content().cards.get(venue)
    if field_card is None:
        raise NotFound
    return field_card


def _pdf(data: bytes, name: str) -> Response:
    response = make_response(data)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f"inline; filename={name}.pdf"
    return response
