"""`flask finals`: cancel a scene whose key was found to be wrong."""

from __future__ import annotations

import click

from trainer.assessment import canceling
from trainer.cli.groups import Commands
from trainer.content.serving import served
from trainer.core.clock import now
from trainer.core.db import transaction
from trainer.core.errors import DomainError

finals_cli = Commands("finals", help="Set right what a wrong scene did in finals.")


@finals_cli.command("cancel-scene")
@click.argument("scene")
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--yes", is_flag=True, help="Don’t ask first.")
def cancel_scene(scene: str, dry_run: bool, yes: bool) -> None:
    """Give back the tries of finals that were failed because of a scene.

    SCENE is its name, for all its versions, or the beginning of the digest of one of them. People who failed because
    of it, or passed with it, get an email. Passed finals and certificates stay. This can't be undone.
    """
    danger_rules = served().vocabulary.danger_rules
    try:
        with transaction():
            digests = canceling.find_versions(scene)
            failed = len(canceling.list_failed_because(digests, danger_rules))
            passed = len(canceling.list_passed_with(digests))
    except DomainError as error:
        raise click.ClickException(error.message) from error
    print(f"{len(digests)} version(s) of the scene were drawn.")
    print(f"Failed because of it, and no longer counted as a try: {failed} final(s).")
    print(f"Passed with it, left as they are, and told: {passed} final(s).")
    if dry_run:
        return
    if not yes:
        click.confirm("Cancel the scene, and write to those who took these finals?", abort=True)
    with transaction():
        number = canceling.cancel_scene(digests, danger_rules, now())
    print(f"Canceled. {number} final(s) no longer count. Put “finals: false” into the scene’s file, too.")
