"""The keys that sign for the public: anyone can check what they signed, and only this installation can sign.

The private half of the current key lies in the instance folder, or comes with a setting, and never in the database. Of
a key that was replaced only the public half is kept: for ever, so that what it signed still verifies. A compromised key
stays listed as well, so that what it signed is refused for the right reason.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from trainer.core.keys import alone, write_secret

FILE: Final = "badge_keys"
"""File in the instance folder with the keys."""
ALGORITHM: Final = "RS256"
_BITS: Final = 2048


@dataclass(frozen=True)
class IssuerKey:
    """A key that signs, or did. Only the current one has its private half."""

    key: RSAKey = field(repr=False)
    made_at: dt.datetime
    retired_at: dt.datetime | None = None
    compromised_at: dt.datetime | None = None

    @property
    def id(self) -> str:
        """Sixteen characters that name the key; derived from its public half."""
        return hashlib.sha256(self.key.thumbprint().encode()).hexdigest()[:16]

    @property
    def public(self) -> dict[str, Any]:
        """The public half as a JWK."""
        return dict(self.key.as_dict(private=False))


@dataclass(frozen=True)
class IssuerKeys:
    """All keys that ever signed here, the newest first."""

    keys: tuple[IssuerKey, ...] = ()

    @property
    def current(self) -> IssuerKey | None:
        """The key that signs, or None where none was made yet."""
        return next((key for key in self.keys if key.retired_at is None and key.compromised_at is None), None)

    @property
    def trusted(self) -> tuple[IssuerKey, ...]:
        """The keys whose signatures count, the current one first."""
        return tuple(key for key in self.keys if key.compromised_at is None)

    def find(self, key_id: str) -> IssuerKey | None:
        """Return the key with this id, or None."""
        return next((key for key in self.keys if key.id == key_id), None)


def sign(key: IssuerKey, header: Mapping[str, str], payload: bytes) -> str:
    """Return a compact JWS over exactly these bytes; the same ones always give the same text."""
    return jws.serialize_compact({"alg": ALGORITHM, **header}, payload, key.key, algorithms=[ALGORITHM])


def is_signed_by(key: IssuerKey, token: str) -> bool:
    """Return whether a compact JWS was signed with this key, by the one algorithm that we use."""
    try:
        jws.deserialize_compact(token, key.key, algorithms=[ALGORITHM])
    except (JoseError, ValueError):
        return False
    return True


def read_issuer_keys(instance: Path, given: str | None) -> IssuerKeys:
    """Return the keys: those given as a setting, or else those of the instance folder as they are now.

    Raises ValueError for what isn't a list of keys.
    """
    if given is not None:
        return _read(given)
    path = instance / FILE
    return _read(path.read_text()) if path.exists() else IssuerKeys()


def make_first(instance: Path, now: dt.datetime) -> IssuerKey | None:
    """Make a key in the instance folder if there is none, and return it."""
    with alone(instance):
        if read_issuer_keys(instance, None).current is not None:
            return None
        return _add(instance, now)


def rotate(instance: Path, now: dt.datetime) -> IssuerKey:
    """Make a new current key in the instance folder; of the one before, only its public half is kept."""
    with alone(instance):
        return _add(instance, now)


def compromise(instance: Path, key_id: str, now: dt.datetime) -> IssuerKey:
    """Note that others may have a key: nothing that it signed counts from now on. Return the key that signs now.

    There must be a key with this id.
    """
    with alone(instance):
        keys = read_issuer_keys(instance, None)
        noted = [replace(key, compromised_at=now) if key.id == key_id else key for key in keys.keys]
        current = IssuerKeys(tuple(noted)).current
        if current is None:
            return _add(instance, now, noted)
        _write(instance, noted)
        return current


def merge(instance: Path, other: str) -> None:
    """Take over the keys that another file holds into the instance folder. What is known against a key stays known.

    Of two keys that both may sign, the newer one does. Raises ValueError for another file.
    """
    with alone(instance):
        keys: dict[str, IssuerKey] = {}
        for key in (*read_issuer_keys(instance, None).keys, *_read(other).keys):
            known = keys.get(key.id, key)
            keys[key.id] = replace(
                known,
                retired_at=known.retired_at or key.retired_at,
                compromised_at=known.compromised_at or key.compromised_at,
            )
        newest = sorted(keys.values(), key=lambda key: key.made_at, reverse=True)
        signs = IssuerKeys(tuple(newest)).current
        _write(
            instance,
            [
                key if signs is None or key is signs else replace(key, retired_at=key.retired_at or signs.made_at)
                for key in newest
            ],
        )


def _add(instance: Path, now: dt.datetime, keys: list[IssuerKey] | None = None) -> IssuerKey:
    fresh = IssuerKey(RSAKey.generate_key(_BITS, private=True), now)
    before = list(read_issuer_keys(instance, None).keys) if keys is None else keys
    _write(instance, [fresh, *(replace(key, retired_at=key.retired_at or now) for key in before)])
    return fresh


def _write(instance: Path, keys: list[IssuerKey]) -> None:
    signs = IssuerKeys(tuple(keys)).current
    rows = [
        {
            "made_at": key.made_at.isoformat(),
            "retired_at": key.retired_at and key.retired_at.isoformat(),
            "compromised_at": key.compromised_at and key.compromised_at.isoformat(),
            "key": key.key.as_dict(private=key is signs),
        }
        for key in keys
    ]
    write_secret(instance / FILE, json.dumps(rows) + "\n")


@lru_cache(maxsize=8)  # reading a private key checks it, which takes long
def _read(text: str) -> IssuerKeys:
    try:
        keys = IssuerKeys(tuple(map(_read_key, json.loads(text))))
    except (JoseError, KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a list of keys") from error
    if keys.current is not None and not keys.current.key.is_private:
        raise ValueError("the current key lacks its private half")
    return keys


def _read_key(row: Mapping[str, Any]) -> IssuerKey:
    made, retired, compromised = (
        row[name] and dt.datetime.fromisoformat(row[name]) for name in ("made_at", "retired_at", "compromised_at")
    )
    return IssuerKey(RSAKey.import_key(row["key"]), made, retired, compromised)
