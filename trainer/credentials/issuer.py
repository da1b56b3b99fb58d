"""Who issues here, and the keys with which others check what was signed here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from flask import current_app
from flask_babel import lazy_gettext as _l

from trainer.content.serving import served
from trainer.core.errors import NotFound
from trainer.core.issuer_keys import IssuerKey, IssuerKeys


@dataclass(frozen=True)
class Issuer:
    """Who issues: the site at its address."""

    name: str
    url: str

    @property
    def did(self) -> str:
        """Its identifier: whoever resolves it fetches `/.well-known/did.json` of the site."""
        return "did:web:" + quote(urlsplit(self.url).netloc, safe="")


def issuer() -> Issuer:
    """Return who issues here: always the configured address, whatever host was asked."""
    return Issuer(served().site.name, current_app.config["SETTINGS"].base_url)


def issuer_keys() -> IssuerKeys:
    """Return the keys that sign and signed here, as they are now."""
    keys: IssuerKeys = current_app.config["SETTINGS"].issuer_keys
    return keys


def method_id(did: str, key: IssuerKey) -> str:
    """Return what a key is called in the issuer's document and in the header of what it signed."""
    return f"{did}#{key.id}"


def did_document() -> dict[str, Any]:
    """Return the public halves of all keys whose signatures count, the current one first. Raises NotFound."""
    did, keys = issuer().did, issuer_keys().trusted
    if not keys:
        raise NotFound(_l("No key has been created here yet."))
    methods = [
        {
            "id": method_id(did, key),
            "type": "JsonWebKey",
            "controller": did,
            "publicKeyJwk": {**key.public, "alg": "RS256", "use": "sig", "kid": key.id},
        }
        for key in keys
    ]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }
