"""For authors, in development only: one scene as learners see it, before and after answering."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from trainer.content.serving import served
from trainer.core.errors import NotFound
from trainer.items.judge.payload import payload_of
from trainer.items.registry import FURTHER, read_further
from trainer.web.access import Who, access

blueprint = Blueprint("previews", __name__, template_folder="templates")


@blueprint.get("/preview")
@access(Who.DEVELOPMENT)
def choose() -> Response | str:
    """List the scenes, or go to the scene or lesson whose id was given."""
    here, name = served(), request.args.get("id", "").strip()
    if name in here.scenarios:
        return redirect(url_for(".scene", name=name), 303)
    course, _slash, lesson = name.partition("/")
    if course in here.courses and here.courses[course].lesson(lesson):
        module, _slash, slug = lesson.partition("/")
        return redirect(url_for("learning.show_lesson", course=course, module=module, lesson=slug), 303)
    return render_template("assessment/previews.html", name=name, scenes=here.scenarios.values())


@blueprint.get("/preview/<name>")
@access(Who.DEVELOPMENT)
def scene(name: str) -> str:
    """Show a scene with all that is told of it, and with other people where it can be told so."""
    found = served().scenarios.get(name)
    if found is None:
        raise NotFound
    return render_template(
        "assessment/preview.html",
        scene=found,
        told=[(one, payload_of(one)) for one in (found, found.other) if one],
        questions=[(FURTHER[drill.type], read_further(drill.payload)) for drill in found.drills],
    )
