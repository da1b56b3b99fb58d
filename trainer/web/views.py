"""The page of the shell itself: the style guide in development."""

from __future__ import annotations

from flask import Blueprint, render_template
from wtforms import StringField
from wtforms.validators import InputRequired

from trainer.web.access import Who, access
from trainer.web.forms import Form, trimmed

blueprint = Blueprint("web", __name__, template_folder="templates")


class _SampleForm(Form):
    """What the style guide shows of forms."""

    name = StringField(
        "Your name", [InputRequired("Enter your name.")], filters=[trimmed], description="However you like it."
    )


@blueprint.get("/styleguide")
@access(Who.DEVELOPMENT)
def styleguide() -> str:
    """Show all components."""
    bad = _SampleForm(name="")
    bad.name.errors = ["Enter your name."]
    return render_template("web/styleguide.html", form=_SampleForm(), bad=bad)
