"""The keys of a backup: copied into their folder, read back, and compared with what the database needs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Final

import click
from pyrage.x25519 import Identity

from trainer.core.issuer_keys import FILE as BADGE_KEYS
from trainer.core.issuer_keys import IssuerKeys, read_issuer_keys
from trainer.core.keys import CURRENT, OLDER, Ring, make_ring, write_secret
from trainer.core.settings import VARIABLES, Settings
from trainer.core.variables import variable
from trainer.extras.backups import files
from trainer.extras.backups.manifest import Manifest
from trainer.extras.backups.notes import ASIDE

NAMES: Final = (CURRENT, OLDER, BADGE_KEYS)


@dataclass(frozen=True)
class KeyFiles:
    """The contents of the key files, by name; files that a backup lacks are left out."""

    contents: Mapping[str, bytes]

    @property
    def current(self) -> str | None:
        """The secret key, if it is among them."""
        raw = self.contents.get(CURRENT)
        return None if raw is None else raw.decode().strip()

    @property
    def older(self) -> list[str]:
        """The older secret keys. Raises ClickException."""
        raw = self.contents.get(OLDER)
        try:
            return [] if raw is None else [row["key"] for row in json.loads(raw)]
        except (ValueError, KeyError, TypeError):
            raise click.ClickException(f"The backup's {OLDER} can't be read.") from None

    @property
    def badge_keys(self) -> IssuerKeys:
        """The keys that sign badges. Raises ClickException."""
        raw = self.contents.get(BADGE_KEYS)
        try:
            return read_issuer_keys(Path(), (raw or b"[]").decode())
        except ValueError:
            raise click.ClickException(f"The backup's {BADGE_KEYS} can't be read.") from None


def copy_keys(instance: Path, folder: Path, identity: Identity | None) -> dict[str, str]:
    """Copy the files of keys into a folder; return the hash of each by its name there."""
    present = [name for name in NAMES if (instance / name).exists()]
    return dict(files.write(folder, name, files.stream(instance / name), identity) for name in present)


def read_keys(folder: Path, passphrase: str | None) -> KeyFiles:
    """Read the key files in a folder, encrypted or not. Raises ClickException."""
    contents = {}
    for name in NAMES:
        for path in (folder / name, folder / (name + files.ENCRYPTED)):
            if path.is_file():
                content = BytesIO()
                files.read(path, content.write, passphrase)
                contents[name] = content.getvalue()
    return KeyFiles(contents)


def read_listed_keys(folder: Path, manifest: Manifest, passphrase: str | None) -> KeyFiles:
    """Read those that belong to a backup, each as it was when it was made. Raises ClickException.

    Without any, nothing is returned: they may be settings, or those of the instance folder.
    """
    if not any((folder / name).exists() for name in manifest.key_files):
        return KeyFiles({})
    # What decrypts them lies beside them, also if they are in a folder of their own.
    hashes = {name: digest for name, digest in manifest.files.items() if name == files.IDENTITY} | manifest.key_files
    for name, digest in hashes.items():
        path = folder / name
        if not path.is_file():
            raise click.ClickException(f"{path} is missing: it belongs to this backup.")
        if files.hash_of(path) != digest:
            raise click.ClickException(f"{path} isn't the one of this backup, or it is damaged.")
    return read_keys(folder, passphrase)


def check_needed(needed: Iterable[str], ring: Ring) -> None:
    """Raise ClickException if second steps or PINs need a key that isn't there."""
    missing = set(needed) - {known.id for known in ring.keys}
    if missing:
        raise click.ClickException(
            f"This backup's second steps and PINs need the key {min(missing)}, which is missing. Add --keys FOLDER or "
            f"--key FILE with the key that the backup was made with, and its {OLDER} beside it."
        )


def ring_with(keys: KeyFiles, settings: Settings) -> Ring:
    """Return the ring that there will be once these keys are in place."""
    listed = (variable(VARIABLES["secret_keys_older"]) or "").split()
    has_setting = variable(VARIABLES["secret_key"]) is not None
    if keys.current is None or has_setting:
        return make_ring(settings.secret_key, [*listed, *keys.older, *settings.secret_keys_older])
    return make_ring(keys.current, [*listed, *keys.older])


def ids_of(settings: Settings) -> tuple[list[str], list[str]]:
    """Return the ids of the secret keys and of the keys of badges, the current ones first."""
    return [key.id for key in settings.keys.keys], [key.id for key in settings.issuer_keys.keys]


def put_secret_keys(keys: KeyFiles, instance: Path) -> None:
    """Put the secret keys of a backup in place. Existing keys that differ are set aside."""
    for name in (CURRENT, OLDER) if CURRENT in keys.contents else (OLDER,):
        path, raw = instance / name, keys.contents.get(name)
        if path.exists() and path.read_bytes() != raw:
            path.replace(path.with_name(name + ASIDE))
        if raw is not None and not path.exists():
            write_secret(path, raw.decode())
