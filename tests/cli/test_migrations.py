"""The tables of an extra are deleted before its folder is: by someone who was told what they hold."""

from __future__ import annotations

import os

import pytest

from tests.cli.sites import Site, app_of
from trainer.server.instance_lock import hold

pytestmark = [pytest.mark.on_both, pytest.mark.slow]


def drop(site: Site, extra: str, answer: str) -> tuple[int, str]:
    """Ask for the tables of an extra to be deleted, and answer what is asked; return (exit code, what it said)."""
    with app_of(site.environ) as app:
        ended = app.test_cli_runner().invoke(args=["db", "drop", extra], input=answer)
    return ended.exit_code, ended.output


def test_an_extra_is_dropped_once_someone_read_what_would_go(site: Site) -> None:
    (person,) = site.execute("SELECT id FROM users").pop()
    site.execute(
        "INSERT INTO saved_comments (id, user_id, text, saved_at) "
        f"VALUES ('{'1' * 32}', '{person}', 'Well seen', '2026-11-25 00:00:00')"
    )
    code, said = drop(site, "notes", "n\n")
    assert code == 1
    assert "  class_notes  0 row(s)" in said
    assert "  saved_comments  1 row(s)" in said
    assert site.execute("SELECT text FROM saved_comments") == [("Well seen",)]
    code, said = drop(site, "notes", "y\n")
    assert (code, "Now delete the folder of notes" in said) == (0, True), said
    code, said = site.flask("jobs", "list")
    assert (code, said) == (
        1,
        "Error: The database lacks revision notes_01, which this version needs. Run: flask setup\n",
    )
    assert site.users() == {"leo"}
    assert site.flask("upgrade", "--no-backup")[0] == 0
    assert site.execute("SELECT count(*) FROM saved_comments") == [(0,)]


def test_what_is_needed_or_in_use_is_not_dropped(site: Site) -> None:
    lock = hold(site.instance)
    refused = {extra: drop(site, extra, "y\n") for extra in ("notes", "pins", "twins", "nothing")}
    os.close(lock)
    assert {code for code, _said in refused.values()} == {1}
    assert "is running. Stop it first" in refused["notes"][1]
    assert "The extra mergers needs pins. Drop and delete mergers first." in refused["pins"][1]
    assert "No extra twins has tables here. These have: api," in refused["twins"][1]
    assert "No extra nothing has tables here" in refused["nothing"][1]
    assert site.flask("jobs", "list")[0] == 0
