"""What the audit log of a firm says of acts of this package, as a sentence about who did it begins."""

from __future__ import annotations

from typing import Final

from flask_babel import lazy_gettext as _l

ACTS: Final = {
    "api_token.made": _l("Created an API token"),
    "api_token.revoked": _l("Revoked an API token"),
    "api_token.used": _l("Used an API token, first time that day"),
}
