"""The sample of an evidence pack, before anyone has an account."""

from __future__ import annotations

from flask import Blueprint, make_response
from werkzeug.wrappers import Response

from trainer.content.serving import served
from trainer.extras.packs.sample import sample_pack
from trainer.web.access import Who, access
from trainer.web.page_cache import cached_page

blueprint = Blueprint("samples", __name__)


@blueprint.get("/sample-evidence-pack.zip")
@access(Who.PUBLIC)
@cached_page
def pack() -> Response:
    """Return the evidence pack of a made-up firm. None of its certificates can be checked."""
    response = make_response(sample_pack(served()))
    response.mimetype = "application/zip"
    response.headers["Content-Disposition"] = "attachment; filename=sample-evidence-pack.zip"
    return response
