"""A firm's webhooks: list, make, test, pause, delete; what was sent, and sending it again."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import Conflict
from trainer.core.events import EventKind
from trainer.extras.webhooks.addresses import read_url
from trainer.extras.webhooks.forms import WebhookForm
from trainer.extras.webhooks.operations import delete_webhook, make_webhook, order_test, pause, resume, send_again
from trainer.extras.webhooks.queries import get_webhook, list_webhooks, page_of_deliveries
from trainer.extras.webhooks.words import FAULT_WORDS, KIND_TITLES
from trainer.organizations.access import acting
from trainer.organizations.actor import Actor
from trainer.organizations.rules import May
from trainer.web.access import Who, access
from trainer.web.forms import Form
from trainer.web.limits import limit_acts, limit_own_failures
from trainer.web.redirects import go

blueprint = Blueprint(
    "webhooks", __name__, template_folder="templates", url_prefix="/organizations/<uuid:organization_id>/webhooks"
)


@blueprint.get("")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def webhooks(actor: Actor) -> str:
    """List the webhooks: where to, about what, how it goes."""
    return _page(actor, WebhookForm(formdata=None))


@blueprint.post("")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
@limit_acts("30 per hour")
@limit_own_failures("60 per hour")  # each looks up a name
def make(actor: Actor) -> str | tuple[str, int]:
    """Make a webhook and show its secret, this once."""
    form = WebhookForm()
    if form.validate_on_submit():
        with form.refusing("url"), transaction():
            webhook, secret = make_webhook(
                actor, str(form.url.data), [EventKind(kind) for kind in form.kinds.data or []], now()
            )
        if not form.errors:
            return render_template("webhooks/webhook_made.html", actor=actor, webhook=webhook, secret=secret)
    return _page(actor, form), 422


@blueprint.get("/<uuid:webhook_id>")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def webhook(actor: Actor, webhook_id: UUID) -> str:
    """Show a webhook and what was sent to it."""
    own_webhook = get_webhook(actor, webhook_id)
    return render_template(
        "webhooks/webhook.html",
        actor=actor,
        webhook=own_webhook,
        host=read_url(own_webhook.url).host,
        page=page_of_deliveries(actor, webhook_id, request.args.get("after")),
        kind_titles={kind.value: title for kind, title in KIND_TITLES.items()},
        fault_words={fault.value: words for fault, words in FAULT_WORDS.items()},
        form=Form(),
    )


@blueprint.post("/<uuid:webhook_id>/test")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
@limit_acts("30 per hour")
def test(actor: Actor, webhook_id: UUID) -> Response:
    """Have a test message sent."""
    return _act(
        actor,
        webhook_id,
        lambda: order_test(actor, webhook_id, now()),
        _("A test message is on its way. Load this page again in a few seconds."),
    )


@blueprint.post("/<uuid:webhook_id>/pause")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def hold(actor: Actor, webhook_id: UUID) -> Response:
    """Hold messages back."""
    return _act(
        actor, webhook_id, lambda: pause(actor, webhook_id, now()), _("Paused. Messages wait here until you resume.")
    )


@blueprint.post("/<uuid:webhook_id>/resumption")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def go_on(actor: Actor, webhook_id: UUID) -> Response:
    """Send messages again."""
    return _act(
        actor, webhook_id, lambda: resume(actor, webhook_id, now()), _("Resumed. What was held back is sent now.")
    )


@blueprint.post("/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/again")
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
@limit_acts("60 per hour")
def again(actor: Actor, webhook_id: UUID, delivery_id: UUID) -> Response:
    """Send one message again."""
    return _act(
        actor,
        webhook_id,
        lambda: send_again(actor, webhook_id, delivery_id, now()),
        _("It’s sent again. Load this page again in a few seconds."),
    )


@blueprint.route("/<uuid:webhook_id>/deletion", methods=["GET", "POST"])
@access(Who.ACCOUNT, own=True)
@acting(May.SET_FIRM)
def delete(actor: Actor, webhook_id: UUID) -> Response | str:
    """Delete a webhook, after saying what stops."""
    own_webhook, form = get_webhook(actor, webhook_id), Form()
    host = read_url(own_webhook.url).host
    if not form.validate_on_submit():
        return render_template("webhooks/webhook_deletion.html", actor=actor, webhook=own_webhook, host=host, form=form)
    with transaction():
        delete_webhook(actor, webhook_id, now())
    flash(_("%(host)s: this webhook was deleted.", host=host))
    return go(url_for(".webhooks", organization_id=actor.organization_id))


def _act(actor: Actor, webhook_id: UUID, act: Callable[[], None], done: str) -> Response:
    try:
        with transaction():
            act()
    except Conflict as error:
        flash(error.message)
    else:
        flash(done)
    return go(url_for(".webhook", organization_id=actor.organization_id, webhook_id=webhook_id))


def _page(actor: Actor, form: WebhookForm) -> str:
    lines = [(line, read_url(line.webhook.url).host) for line in list_webhooks(actor)]
    titles = {kind.value: title for kind, title in KIND_TITLES.items()}
    return render_template("webhooks/webhooks.html", actor=actor, form=form, lines=lines, kind_titles=titles)
