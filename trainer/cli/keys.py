"""`flask keys`: change the secret key without signing anyone out, and drop older keys that nothing needs anymore.

Change the key that signs badges, too, and say that one of these was compromised.
"""

from __future__ import annotations

import click
from flask import current_app

from trainer.accounts.rekeying import Resting, count_resting, forget_recovery_codes, move_second_factors
from trainer.cli.groups import Commands
from trainer.core import issuer_keys, keys
from trainer.core.audit import note
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.feature import list_features
from trainer.core.keys import Key, read_older
from trainer.core.settings import VARIABLES, Settings
from trainer.core.variables import variable
from trainer.server.instance_lock import served_key_id

keys_cli = Commands("keys", help="Change the secret key or the key that signs badges; list and drop older ones.")


@keys_cli.command("list")
def list_all() -> None:
    """List the keys by ID, never the keys themselves: since when each was used, and what depends on it."""
    settings = _settings()
    ring, replaced = settings.keys, {older.key: older.replaced_at for older in read_older(settings.instance)}
    since = [replaced.get(key) for key in ring.keys[1:]]
    heads = f"{'Id':10}{'Current':9}{'Used from':18}{'until (UTC)':18}{'PINs':>6}{'Second steps':>14}"
    print(f"{heads}  Accounts with recovery codes")
    for number, key in enumerate(ring.keys):
        begun, ended = since[number] if number < len(since) else None, replaced.get(key)
        resting = count_resting(ring, key)
        times = "".join(f"{f'{time:%Y-%m-%d %H:%M}' if time else '-':18}" for time in (begun, ended))
        head = f"{key.id:10}{'yes' if number == 0 else 'no':9}{times}"
        print(f"{head}{resting.pins:>6}{resting.second_factors:>14}  {resting.with_recovery_codes}")
    lost = count_resting(ring, None)
    if lost != Resting(0, 0):
        print(
            f"{lost.second_factors} second step(s) and the recovery codes of {lost.with_recovery_codes} account(s) "
            "depend on a key that isn't here."
        )
    if lost.pins:
        print(f"{lost.pins} PIN(s) depend on a key that isn't here: those people need a new slip from their firm.")
    if (served := served_key_id(settings.instance)) and served != ring.current.id:
        print(f"The running site still uses {served}. Restart it.")
    _list_badge_keys(settings)


@keys_cli.command("rotate")
@click.option("--badges", is_flag=True, help="Change the key that signs badges instead of the secret key.")
def rotate(badges: bool) -> None:
    """Create a new current key in the instance folder and keep the one before as an older key."""
    settings = _settings()
    if badges:
        _rotate_badge_key(settings)
        return
    if variable(VARIABLES["secret_key"]) is not None:
        raise click.ClickException(
            f"{VARIABLES['secret_key']} sets the key, so it has to be changed there. Put the old value first in "
            f"{VARIABLES['secret_keys_older']}, set a new one, and restart."
        )
    with transaction():
        instant = now()
        fresh = keys.rotate(settings.instance, instant)
        note("secret_key.rotated", instant, key=fresh.id)
    print(f"The current key is now {fresh.id}. {settings.keys.current.id} was kept as an older key.")
    print("Restart the site now: the web server and the worker read their keys at startup.")
    print("Everything stays valid: sessions, second steps, PINs, recovery codes, known browsers, slips, and emailed")
    print("links until they expire. Codes for joining, certificates and API tokens don't depend on the key.")
    print("Make a new backup: the earlier ones don't contain the new key.")


@keys_cli.command("drop")
@click.argument("key_id")
@click.option("--yes", is_flag=True, help="Drop it; without this, only what would stop working is shown.")
def drop(key_id: str, yes: bool) -> None:
    """Drop an older key. Second steps move to the current key first; the rest made with the older key stops working."""
    settings = _settings()
    old = _find(settings, key_id)
    resting = count_resting(settings.keys, old)
    if not yes:
        raise click.ClickException(_what_ends(old, resting))
    with transaction():
        moved = move_second_factors(settings.keys, old)
        secrets = sum(
            feature.move_secrets(settings.keys, old) for feature in list_features() if feature.move_secrets is not None
        )
        forget_recovery_codes(settings.keys, old)
        note("secret_key.dropped", now(), key=old.id, second_factors=moved, secrets=secrets)
    keys.drop(settings.instance, old)  # after the database: killed in between, the key is still there
    print(
        f"Dropped {old.id}. {moved} second step(s) and {secrets} secret(s) of firms' other systems were moved to "
        f"{settings.keys.current.id}."
    )
    if old.secret in (variable(VARIABLES["secret_keys_older"]) or "").split():
        print(f"Remove it from {VARIABLES['secret_keys_older']}, too.")
    print("Restart the site: until then, it still accepts this key.")


@keys_cli.command("compromise")
@click.argument("key_id")
@click.option("--yes", is_flag=True, help="Do it; without this, only what would change is shown.")
def compromise(key_id: str, yes: bool) -> None:
    """Say that others may have a key that signs badges: nothing signed with it is accepted from now on."""
    settings = _settings()
    key = settings.issuer_keys.find(key_id)
    if key is None:
        raise click.ClickException(f"There is no badge key {key_id}. `flask keys list` lists them.")
    if key.compromised_at is not None:
        raise click.ClickException(f"{key_id} was noted as compromised on {key.compromised_at:%Y-%m-%d}.")
    _check_in_folder(settings)
    if not yes:
        raise click.ClickException(
            f"Nothing was changed. Once {key_id} is noted as compromised, badge files signed with it are no longer "
            "accepted anywhere, and holders have to download them again. Certificates, their pages and PDFs stay as "
            f"they are. This can't be undone. To do it, run: flask keys compromise {key_id} --yes"
        )
    with transaction():
        instant = now()
        note("badge_key.compromised", instant, key=key_id)
        current = issuer_keys.compromise(settings.instance, key_id, instant)
    print(f"{key_id} no longer counts, from this moment on. Badges are signed with {current.id}.")
    print("Tell holders to download their badges again. Make a new backup.")


def _rotate_badge_key(settings: Settings) -> None:
    _check_in_folder(settings)
    with transaction():
        instant = now()
        fresh = issuer_keys.rotate(settings.instance, instant)
        note("badge_key.rotated", instant, key=fresh.id)
    print(f"Badges are now signed with {fresh.id}. Those signed before still verify; no restart is needed.")
    print("Make a new backup: the earlier ones don't contain the new key.")


def _check_in_folder(settings: Settings) -> None:
    if settings.badge_keys is not None:
        name = VARIABLES["badge_keys"]
        raise click.ClickException(
            f"{name} sets these keys. Put its value into the file {issuer_keys.FILE} of an instance folder, unset "
            f"{name} there and run this again; then set {name} to what the file holds, and restart."
        )


def _list_badge_keys(settings: Settings) -> None:
    keys_of_badges = settings.issuer_keys
    print(f"\n{'Badge key':18}{'Signs':7}{'Created (UTC)':18}{'Replaced':18}Compromised")
    for key in keys_of_badges.keys:
        times = (key.made_at, key.retired_at, key.compromised_at)
        shown = "".join(f"{f'{time:%Y-%m-%d %H:%M}' if time else '-':18}" for time in times)
        print(f"{key.id:18}{'yes' if key == keys_of_badges.current else 'no':7}{shown}".rstrip())


def _find(settings: Settings, key_id: str) -> Key:
    """Return the older key that may be dropped. Raises ClickException."""
    key = settings.keys.find(key_id)
    if key is None:
        raise click.ClickException(f"There is no key {key_id}. `flask keys list` lists them.")
    if key == settings.keys.current:
        raise click.ClickException(f"{key_id} is the current key. Run `flask keys rotate` first.")
    if served_key_id(settings.instance) == key_id:
        raise click.ClickException(f"The running site still uses {key_id}. Restart it first.")
    return key


def _what_ends(key: Key, resting: Resting) -> str:
    return (
        f"Nothing was changed. Without {key.id}, these stop working: sessions not used since the site was restarted "
        "with a newer key, links emailed before that, and browsers known from before. "
        f"The recovery codes of {resting.with_recovery_codes} account(s) are deleted; those people have to create new "
        f"ones. {resting.pins} PIN(s) stop working: those people need a new slip from their firm. "
        f"{resting.second_factors} second step(s) move to the current key and keep working. "
        f"To drop it, run: flask keys drop {key.id} --yes"
    )


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings
