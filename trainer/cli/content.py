"""`flask content`: check, report, publish, and begin something new."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from trainer.core.clock import today
from trainer.courses import report as reports
from trainer.courses import skeletons
from trainer.courses.history import stamp
from trainer.courses.library import Complaint, Content, ContentRefused, load, published_ids, write_ids
from trainer.courses.loader import Complaints, read_folder

content_cli = AppGroup("content", help="Check, report, publish, and begin something new.")
new_cli = AppGroup("new", help="Write a valid skeleton to go on from.")
content_cli.add_command(new_cli)


@content_cli.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--release", is_flag=True, help="Let warnings fail as well: old dates, missing reviews, gaps.")
def check(as_json: bool, release: bool) -> None:
    """List everything that is wrong with the content folder. Exit code 1 if anything must be mended."""
    try:
        content, found = load(_folder(), today())
    except ContentRefused as refused:
        content, found = None, refused.complaints
    if as_json:
        print(json.dumps(_as_json(content, found), indent=2, ensure_ascii=False))
    else:
        _print(content, found)
    sys.exit(1 if content is None or (release and found) else 0)


@content_cli.command("report")
def report() -> None:
    """Show what is taught and tested where, the balance, what falls due within 90 days, and who would pass."""
    content, _warnings = _load()
    print(reports.write(content, today()))


@content_cli.command("publish")
def publish() -> None:
    """Add the ids of new content to ids.txt, for ever, and stamp new entries of CHANGELOG.md."""
    content, _warnings = _load()
    added = write_ids(_folder(), content)
    print(f"{len(added)} id(s) added to ids.txt; {len(published_ids(content))} in all.")
    for course in _stamp(content):
        print(f"Stamped the entry of {course} in CHANGELOG.md.")


@new_cli.command("lesson")
@click.argument("place", metavar="COURSE/MODULE/NAME")
@click.option("--title", default="A new lesson", help="Its title.")
def new_lesson(place: str, title: str) -> None:
    """Add a lesson at the end of a module."""
    _write(skeletons.lesson(_load()[0], _folder(), place, title))


@new_cli.command("scenario")
@click.argument("pair", metavar="PAIR")
@click.option("--pool", type=click.Choice(["open", "reserved"]), default="open", help="Practice or final.")
def new_scenario(pair: str, pool: str) -> None:
    """Add a pair of scenes that differ in one fact."""
    _write(skeletons.scenario(_load()[0], _folder(), pair, pool))


@new_cli.command("indicator")
@click.argument("category", metavar="CATEGORY")
@click.argument("name")
def new_indicator(category: str, name: str) -> None:
    """Add a sign to a category."""
    _write(skeletons.indicator(_load()[0], _folder(), category, name))


def _folder() -> Path:
    return Path(current_app.config["SETTINGS"].content)


def _load() -> tuple[Content, tuple[Complaint, ...]]:
    """Return the content and its warnings, or print all complaints and end."""
    try:
        return load(_folder(), today())
    except ContentRefused as refused:
        _print(None, refused.complaints)
        sys.exit(1)


def _print(content: Content | None, found: tuple[Complaint, ...]) -> None:
    for complaint in found:
        print(f"{'warning: ' if complaint.level == 'warning' else ''}{complaint}")
    if content is None:
        print("Nothing was loaded.")
        return
    print(
        f"The content is in order: {len(content.courses)} course(s), "
        f"{sum(len(course.lessons) for course in content.courses.values())} lessons, "
        f"{len(content.scenarios)} scenarios, {len(content.indicators)} indicators. {len(found)} warning(s)."
    )


def _as_json(content: Content | None, found: tuple[Complaint, ...]) -> dict[str, object]:
    return {
        "is_loaded": content is not None,
        "digest": content.digest if content else None,
        "complaints": [
            {"level": one.level, "path": one.path, "line": one.line, "what": one.what, "remedy": one.remedy}
            for one in found
        ],
    }


def _stamp(content: Content) -> list[str]:
    """Write the digest into each course's newest entry that has none, and return those courses."""
    path = _folder() / "CHANGELOG.md"
    changes = read_folder(_folder(), Complaints()).changes or []
    newest = {change.course: change for change in reversed(changes)}
    fresh = [slug for slug, change in newest.items() if change.digest is None and slug in content.courses]
    for slug in fresh:
        text = path.read_text(encoding="utf-8")
        path.write_text(stamp(text, slug, content.courses[slug].digest, today().isoformat()), encoding="utf-8")
    return fresh


def _write(files: dict[Path, str] | skeletons.Refusal) -> None:
    """Write new files, and never over old ones, but for a list that is added to."""
    if isinstance(files, skeletons.Refusal):
        print(files.why)
        sys.exit(1)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"Wrote {path.relative_to(_folder().parent)}")
    print("Now write, and run: flask --app trainer.app content check")
