"""The public check of an evidence pack: whether we made it, told by the hash of its manifest."""

from __future__ import annotations

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from trainer.extras.packs.forms import PackCheckForm
from trainer.extras.packs.queries import find_manifest
from trainer.web.access import Who, access
from trainer.web.limits import limit_failures

blueprint = Blueprint("pack_checks", __name__, url_prefix="/pack")


@blueprint.get("")
@access(Who.PUBLIC)
def ask() -> Response | tuple[str, int] | str:
    """Ask for the manifest's hash. With script, the browser finds it in the file that is chosen."""
    form = PackCheckForm(request.args)
    if "sha256" not in request.args:
        return render_template("packs/check.html", form=PackCheckForm())
    if not form.validate():
        return render_template("packs/check.html", form=form), 422
    return redirect(url_for(".check", sha256=form.digest), 303)


@blueprint.get("/<sha256>")
@access(Who.PUBLIC)
@limit_failures("60 per hour")
def check(sha256: str) -> Response:
    """Show our record of a pack, or that none has this hash. Packs can't be listed."""
    manifest = find_manifest(sha256)
    page = render_template("packs/checked.html", manifest=manifest, sha256=sha256)
    response = make_response(page, 404 if manifest is None else 200)
    response.headers["X-Robots-Tag"] = "noindex"
    return response
