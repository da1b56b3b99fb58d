"""Who issues here, and the keys with which others check what was signed."""

from __future__ import annotations

import json

from tests.credentials.conftest import DID, Issued


def test_only_public_halves_are_published(issued: Issued) -> None:
    document = json.loads(issued.get("/.well-known/did.json"))
    assert document["id"] == DID
    assert document["assertionMethod"] == [method["id"] for method in document["verificationMethod"]]
    for method in document["verificationMethod"]:
        assert method["controller"] == DID
        assert method["id"].startswith(f"{DID}#")
        assert method["publicKeyJwk"].keys() == {"kty", "n", "e", "alg", "use", "kid"}
