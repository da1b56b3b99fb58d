"""Who is let in with a token: whoever shows one that is valid now and has the scope."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask_babel import gettext as _

from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.extras.api.operations import note_use
from trainer.extras.api.queries import find_bearer
from trainer.extras.api.rules import Scope, is_use_noted
from trainer.web.access import ask_for_token, shown_token
from trainer.web.errors import error_response

View = Callable[..., Any]


def bearing(scope: Scope, *, tells_token: bool = False) -> Callable[[View], View]:
    """Let in whoever shows a token with this scope; the view gets the actor for whom the token acts.

    `tells_token`: the view gets the token's id as well.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def enter(**values: Any) -> Any:
            instant = now()
            token_and_actor = find_bearer(shown_token() or "", instant)
            if token_and_actor is None:
                return ask_for_token()
            token, actor = token_and_actor
            if scope not in token.scopes:
                # The token is the firm's own, so this tells it nothing that it doesn't know.
                return error_response(
                    403, _("This token has no scope “%(scope)s”. Create one that has it.", scope=scope)
                )
            token_id = token.id
            if is_use_noted(token.last_used_at, actor.organization.time_zone, instant):
                with transaction():
                    note_use(actor, token_id, instant)
            return view(actor, token_id, **values) if tells_token else view(actor, **values)

        enter.scope = scope  # type: ignore[attr-defined]
        return enter

    return declare
