"""The pages of the shell itself: quick exit, and the style guide in development."""

from __future__ import annotations

from flask import Blueprint, current_app, make_response, redirect, render_template, session
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import InputRequired

from trainer.web.access import Who, access
from trainer.web.forms import Form, trimmed
from trainer.web.sessions import forget_cookies

blueprint = Blueprint("web", __name__, template_folder="templates")


class _SampleForm(Form):
    name = StringField(
        "Your name", [InputRequired("Enter your name.")], filters=[trimmed], description="However you like it."
    )


@blueprint.get("/exit")
@access(Who.PUBLIC)
def exit_site() -> Response:
    """End the visit: forget the session and all else that this browser keeps for us, and go to an everyday page."""
    session.clear()
    answer = make_response(redirect(current_app.config["EXIT_TARGET"](), 302))
    forget_cookies(answer)
    return answer


@blueprint.get("/styleguide")
@access(Who.DEVELOPMENT)
def styleguide() -> str:
    """Show all components."""
    bad = _SampleForm(name="")
    bad.name.errors = ["Enter your name."]
    return render_template("web/styleguide.html", form=_SampleForm(), bad=bad)
