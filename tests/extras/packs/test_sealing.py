"""What we sign beside a pack's manifest: ours for exactly its bytes, as long as the key counts."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from joserfc import jws
from joserfc.jwk import RSAKey

from tests.credentials.conftest import Issued, encode, written
from trainer.core import clock
from trainer.core.issuer_keys import IssuerKeys
from trainer.credentials.issuer import issuer_keys as keys_of
from trainer.extras.packs.sealing import is_sealed, seal

BYTES = json.dumps({"organization": "Acme", "as_of": "2026-11-27", "sha256": {"roster.csv": "0" * 64}}).encode()


def sealed(issued: Issued, data: bytes = BYTES) -> bytes:
    with issued.app.app_context():
        signature = seal(data)
    assert signature is not None
    return signature


def test_a_seal_is_of_exactly_these_bytes(issued: Issued) -> None:
    signature = sealed(issued)
    assert signature == sealed(issued)
    head, middle, tail = signature.decode().split(".")
    with issued.app.app_context():
        (key,) = keys_of().keys
        assert jws.deserialize_compact(f"{head}.{encode(BYTES)}.{tail}", key.key, algorithms=["RS256"])
        assert middle == ""
        assert is_sealed(BYTES, signature + b"\n")
        wrong = {
            "another byte": (BYTES + b" ", signature),
            "another tail": (BYTES, f"{head}..{tail[:-4]}AAAA".encode()),
            "no signature": (BYTES, f"{head}..".encode()),
            "none": (BYTES, f"{written({'alg': 'none'})}..".encode()),
            "attached": (BYTES, f"{head}.{encode(BYTES)}.{tail}".encode()),
            "another's": (BYTES, sealed(issued, b"{}")),
            "nothing": (BYTES, b""),
            "no text": (BYTES, b"\xff\x00"),
            "no JSON": (BYTES, b"AAAA..AAAA"),
        }
        assert [name for name, (data, given) in wrong.items() if is_sealed(data, given)] == []


def test_another_key_and_one_that_no_longer_counts_seal_nothing(
    issued: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    signature = sealed(issued)
    with issued.app.app_context():
        (key,) = keys_of().keys
        other = replace(key, key=RSAKey.generate_key(2048, private=True))
        for keys in ((other,), (replace(key, compromised_at=clock.now()),), ()):
            monkeypatch.setattr("trainer.extras.packs.sealing.issuer_keys", lambda keys=keys: IssuerKeys(keys))
            assert not is_sealed(BYTES, signature)
        assert seal(BYTES) is None  # without a key there is none, and packs are made all the same
