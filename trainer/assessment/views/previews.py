"""For authors, in development only: a scene, or the questions of a lesson, before and after answering."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from trainer.content.serving import get_lesson, served
from trainer.core.errors import NotFound
from trainer.items.judge.payload import payload_of
from trainer.items.registry import FURTHER, read_further
from trainer.web.access import Who, access

blueprint = Blueprint("previews", __name__, template_folder="templates")


@blueprint.get("/preview")
@access(Who.DEVELOPMENT)
def choose() -> Response | str:
    """List the scenes, or go to the scene or lesson whose id was given."""
    content, name = served(), request.args.get("id", "").strip()
    if name in content.scenarios:
        return redirect(url_for(".scene", name=name), 303)
    course, _slash, lesson = name.partition("/")
    target = content.courses[course].lesson(lesson) if course in content.courses else None
    if target:
        endpoint = ".questions" if target.questions else "learning.show_lesson"
        return redirect(url_for(endpoint, course=course, module=target.module_slug, lesson=target.slug), 303)
    return render_template("assessment/previews.html", name=name, scenes=content.scenarios.values())


@blueprint.get("/preview/<name>")
@access(Who.DEVELOPMENT)
def scene(name: str) -> str:
    """Show a scene with all that is told of it, and with other people where it can be told so."""
    scenario = served().scenarios.get(name)
    if scenario is None:
        raise NotFound
    return render_template(
        "assessment/preview.html",
        scene=scenario,
        told=[(telling, payload_of(telling)) for telling in (scenario, scenario.other) if telling],
        questions=[(FURTHER[drill.type], read_further(drill.payload)) for drill in scenario.drills],
    )


@blueprint.get("/preview/<course>/<module>/<lesson>")
@access(Who.DEVELOPMENT)
def questions(course: str, module: str, lesson: str) -> str:
    """Show the questions of a lesson with their answers, and where the lesson is."""
    whole, shown_lesson = get_lesson(course, module, lesson)
    return render_template(
        "assessment/preview_lesson.html",
        course=whole,
        lesson=shown_lesson,
        questions=[(asked.id, FURTHER[asked.type], read_further(asked.payload)) for asked in shown_lesson.questions],
    )
