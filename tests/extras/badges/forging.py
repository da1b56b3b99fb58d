"""Badges that we never signed, made from one that we did."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from tests.credentials.conftest import SITE, encode, parts_of, written

FUTURE = 4_102_444_800  # 2100-01-01


def signed(claims: dict[str, Any], key: RSAKey | ECKey | OKPKey, algorithm: str = "RS256", **header: Any) -> str:
    """Sign claims as a badge, with any key."""
    payload = json.dumps(claims, ensure_ascii=False).encode()
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    return jws.serialize_compact({"alg": algorithm, "typ": "JWT", **header}, payload, key, registry=registry)


def forgeries(token: str, public: dict[str, Any]) -> dict[str, str]:
    """Return badges by the trick with which each was made. `public`: the issuer's public key, as everybody has it."""
    header, claims, _signature = parts_of(token)
    head, body, signature = token.split(".")
    kid = {"kid": header["kid"]}
    rsa, ec = RSAKey.generate_key(2048, private=True), ECKey.generate_key("P-256", private=True)
    k256 = ECKey.generate_key("secp256k1", private=True)
    pem = RSAKey.import_key(public).as_pem(private=False)
    confused = f"{written({**header, 'alg': 'HS256'})}.{body}"
    hashed = encode(hmac.new(pem, confused.encode(), hashlib.sha256).digest())
    other = {**claims, "credentialSubject": {**claims["credentialSubject"], "narrative": "99 min"}}
    moved = {**claims, "credentialStatus": {**claims["credentialStatus"], "statusListIndex": "7"}}
    elsewhere = "did:web:evil.example"
    theirs = {**claims, "iss": elsewhere, "issuer": {**claims["issuer"], "id": elsewhere}}
    return {
        "none": f"{written({**header, 'alg': 'none'})}.{body}.",
        "none in capitals": f"{written({**header, 'alg': 'NONE'})}.{body}.{signature}",
        "hs256 with the public key": f"{confused}.{hashed}",
        "es256k": signed(claims, k256, "ES256K", **kid),
        "es256": signed(claims, ec, "ES256", **kid),
        "ps256": signed(claims, rsa, "PS256", **kid),
        "another key": signed(claims, rsa, **kid),
        "another key without kid": signed(claims, rsa),
        "another kid": signed(claims, rsa, kid=f"{elsewhere}#1"),
        "embedded key": signed(claims, rsa, jwk=rsa.as_dict(private=False)),
        "embedded key beside kid": signed(claims, rsa, **kid, jwk=rsa.as_dict(private=False)),
        "jku": signed(claims, rsa, **kid, jku="https://evil.example/keys.json"),
        "x5u": signed(claims, rsa, **kid, x5u="https://evil.example/cert.pem"),
        "x5c": signed(claims, rsa, **kid, x5c=[base64.b64encode(b"no certificate").decode()]),
        "missing proof": f"{head}.{body}",
        "empty proof": f"{head}.{body}.",
        "two proofs": f"{token}.{signature}",
        "two proofs in one": f"{head}.{body}.{signature}{signature}",
        "changed claim": f"{head}.{written(other)}.{signature}",
        "another's status": f"{head}.{written(moved)}.{signature}",
        "from the future": signed({**claims, "nbf": FUTURE, "exp": FUTURE + 1}, rsa, **kid),
        "another issuer": signed(theirs, rsa, kid=f"{elsewhere}#1"),
        "as JSON": json.dumps(claims),
        "as JSON with two proofs": json.dumps({**claims, "proof": [{"type": "DataIntegrityProof"}] * 2}),
        "wrapped": signed({"vc": claims, "iss": claims["iss"]}, rsa, **kid),
        "nothing": "",
        "dots": "..",
        "deep": f"{head}.{encode(b'[' * 30_000)}.{signature}",
        "long": "A" * 1_000_000,
        "address": f"{SITE}/verify/x",
    }


def mutations(token: str, number: int, seed: int) -> list[str]:
    """Return so many badges that each differ from a signed one: in a character, a byte of a part, or a claim."""
    chance, (head, body, signature) = random.Random(seed), token.split(".")
    header, claims, proof = parts_of(token)
    parts = [head, body, signature]
    changed: list[dict[str, Any]] = [
        {"name": "Another course"},
        {"validUntil": "2099-12-31T23:59:59Z", "exp": FUTURE},
        {"validFrom": "2020-01-01T00:00:00Z"},
        {"iss": "did:web:evil.example"},
        {"issuer": {**claims["issuer"], "name": "Someone else"}},
        {"credentialStatus": {**claims["credentialStatus"], "statusListIndex": "1"}},
        {"credentialSubject": {**claims["credentialSubject"], "identifier": []}},
        {"id": claims["id"][:-1] + ("1" if claims["id"].endswith("0") else "0")},
    ]
    mutants = [".".join([head, written({**claims, **change}), signature]) for change in changed]
    mutants.append(".".join([written({**header, "kid": header["kid"][:-1]}), body, signature]))
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.+/ \n\x00é"
    while len(mutants) < number:
        which, way = chance.randrange(3), chance.randrange(4)
        if way == 0:  # a character of the text
            at = chance.randrange(len(token))
            mutant = token[:at] + chance.choice(letters) + token[at + 1 :]
        elif way == 1:  # one left out
            at = chance.randrange(len(token))
            mutant = token[:at] + token[at + 1 :]
        elif way == 2:  # one bit of the decoded bytes
            raw = bytearray((json.dumps(header).encode(), json.dumps(claims).encode(), proof)[which])
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            mutant = ".".join([*parts[:which], encode(bytes(raw)), *parts[which + 1 :]])
        else:  # the last characters, whose lowest bits mean nothing
            last = parts[which][:-1] + chance.choice(letters[:64])
            mutant = ".".join([*parts[:which], last, *parts[which + 1 :]])
        if mutant.strip() != token:
            mutants.append(mutant)
    return mutants[:number]


def forged_seals(manifest: bytes, seal: bytes, number: int, seed: int) -> list[tuple[bytes, bytes]]:
    """Return so many manifests with seals that were never made for them, from one that was."""
    chance, (head, _, tail) = random.Random(seed), seal.decode().split(".")
    said = json.loads(manifest)
    header, _claims, proof = parts_of(f"{head}.{encode(manifest)}.{tail}")
    key, ec = RSAKey.generate_key(2048, private=True), ECKey.generate_key("P-256", private=True)
    others: list[dict[str, Any]] = [
        {**said, "as_of": "2099-12-31"},
        {**said, "organization": "Another firm"},
        {**said, "sha256": {**said["sha256"], "roster.csv": "1" * 64}},
        {**said, "sha256": {**said["sha256"], "more.csv": "0" * 64}},
        {**said, "sha256": {}},
    ]
    forged = [(json.dumps(other).encode(), seal) for other in others]
    forged += [(manifest + blank, seal) for blank in (b" ", b"\n", b"\x00", b"\xef\xbb\xbf")]
    forged.append((b"\xef\xbb\xbf" + manifest, seal))
    for changed in ({"alg": "none"}, {"alg": "HS256"}, {"typ": "JWT"}, {"kid": "x"}, {"jku": SITE}, {"crit": ["b64"]}):
        forged.append((manifest, f"{written({**header, **changed})}..{tail}".encode()))
        forged.append((manifest, f"{written({**header, **changed})}..".encode()))
    for stranger, algorithm in ((key, "RS256"), (ec, "ES256")):
        for kid in (header["kid"], "did:web:evil.example#1"):
            options = {"kid": kid, "typ": header["typ"]}
            registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
            token = jws.serialize_compact({"alg": algorithm, **options}, manifest, stranger, registry=registry)
            first, body, last = token.split(".")
            forged += [(manifest, f"{first}..{last}".encode()), (manifest, f"{first}.{body}.{last}".encode())]
    while len(forged) < number:
        which, raw = chance.randrange(3), bytearray(manifest)
        if which == 0:  # a bit of the manifest
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            forged.append((bytes(raw), seal))
        elif which == 1:  # a bit of the signature
            raw = bytearray(proof)
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
            forged.append((manifest, f"{head}..{encode(bytes(raw))}".encode()))
        else:  # a character of the text
            raw, at = bytearray(seal), chance.randrange(len(seal))
            raw[at] = chance.choice(b"ABCXYZabcxyz019-_.=+/ ")
            forged.append((manifest, bytes(raw)))
    return [pair for pair in forged if pair != (manifest, seal)][:number]
