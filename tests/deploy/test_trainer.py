"""`deploy/trainer` runs a command of ours as the user of the site and with its settings, wherever it is typed."""

from __future__ import annotations

import grp
import os
import pwd
import re
import subprocess
from pathlib import Path

import pytest

from tests.cli.owners import needs_root
from trainer.core.settings import ROOT

pytestmark = pytest.mark.slow

SETTINGS = """\
# a comment, and a line that is none
TRAINER_BASE_URL=https://training.example.org
TRAINER_SMTP_URL="smtp://user:pa$$ & 'word'@mail.example.org:587"
#TRAINER_LOG_LEVEL=debug
TRAINER_MAIL_FROM='training@example.org'
"""
SHOWS = '#!/bin/sh\nid -un; id -gn; echo "$TRAINER_BASE_URL|$TRAINER_SMTP_URL|$TRAINER_MAIL_FROM|$*"\n'


def place(folder: Path, user: str, program: str = "") -> Path:
    """Put our script into a checkout of its own, with a program of that text or with our own commands; return it."""
    group = grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name
    text = (ROOT / "deploy" / "trainer").read_text("utf-8")
    for old, new in {
        "/etc/trainer.env": str(folder / "trainer.env"),
        "/var/lib/trainer": str(folder / "instance"),
        "user=trainer": f"user={user}",
        '--regid="$user"': f"--regid={group}",
    }.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "deploy").mkdir()
    script = folder / "deploy" / "trainer"
    script.write_text(text, "utf-8")
    script.chmod(0o755)
    (folder / "trainer.env").write_text(SETTINGS, "utf-8")
    if not program:
        for name in (".venv", "trainer", "content", "migrations"):
            (folder / name).symlink_to(ROOT / name)
        return script
    flask = folder / ".venv" / "bin" / "flask"
    flask.parent.mkdir(parents=True)
    flask.write_text(program)
    for path in folder.rglob("*"):
        path.chmod(0o755)  # for the other user, whatever this process lets others do
    return script


def run(script: Path, *words: str, user: str | None = None) -> tuple[int, str]:
    ended = subprocess.run([script, *words], cwd="/", capture_output=True, text=True, check=False, user=user)
    return ended.returncode, ended.stdout + ended.stderr


@needs_root
def test_it_becomes_the_user_of_the_site_and_reads_its_settings_as_systemd_does(open_folder: Path) -> None:
    link = open_folder / "link"
    link.symlink_to(place(open_folder, "nobody", SHOWS))
    status, said = run(link, "keys", "list")
    assert status == 0, said
    user, _group, rest = said.splitlines()
    app = open_folder / "trainer" / "app.py"
    assert user == "nobody"
    assert rest.split("|") == [
        "https://training.example.org",
        "smtp://user:pa$$ & 'word'@mail.example.org:587",
        "training@example.org",
        f"--app {app} keys list",
    ]


@needs_root
def test_someone_else_is_told_to_use_sudo(open_folder: Path) -> None:
    status, said = run(place(open_folder, "daemon", SHOWS), "doctor", user="nobody")
    assert (status, said) == (1, "Error: Run this as root or as daemon: sudo trainer doctor\n")


def test_our_commands_run_from_any_folder_on_the_sites_own(tmp_path: Path) -> None:
    script = place(tmp_path, pwd.getpwuid(os.getuid()).pw_name)
    status, said = run(script, "setup")
    assert status == 0, said
    assert f"Instance  {tmp_path / 'instance'}" in said
    assert run(script, "mail", "list")[0] == 0
    (tmp_path / "trainer.env").unlink()
    status, said = run(script, "doctor")
    assert (status, said.count("\n")) == (1, 1), said


@pytest.mark.parametrize("path", ["README.md", "docs/operate.md", "deploy/many/README.md"])
def test_on_servers_all_examples_use_it(path: str) -> None:
    blocks = re.findall(r"```\n(.*?)```", (ROOT / path).read_text("utf-8"), re.DOTALL)
    assert not [line for block in blocks for line in block.splitlines() if "flask --app" in line]
