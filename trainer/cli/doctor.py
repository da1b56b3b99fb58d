"""`flask doctor`: what is wrong with an installation, and what to do about it."""

from __future__ import annotations

import json
from dataclasses import asdict

import click
from flask.cli import with_appcontext

from trainer.operating.checkup import look_at_all
from trainer.operating.rules import Finding, Level, is_broken


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@with_appcontext
def doctor(as_json: bool) -> None:
    """Check everything the site needs, and say what to do about problems; exits with 1 if there are any."""
    findings = look_at_all()
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False))
    else:
        for finding in findings:
            print(_line(finding))
    raise SystemExit(1 if is_broken(findings) else 0)


def _line(finding: Finding) -> str:
    line = f"{finding.level.value:8} {finding.name:13} {finding.says}"
    return line if finding.level is Level.OK else f"{line} {finding.remedy}"
