"""`flask content`: check the content folder, publish its ids."""

from __future__ import annotations

import sys

import click
from flask import current_app
from flask.cli import AppGroup

from trainer.core.clock import today
from trainer.courses.library import ContentRefused, load, published_ids, write_ids

content_cli = AppGroup("content", help="Check and publish the content folder.")


@content_cli.command("check")
def check() -> None:
    """List everything that is wrong with the content folder. Exit code 1 if anything must be mended."""
    folder = current_app.config["SETTINGS"].content
    try:
        content, warnings = load(folder, today())
    except ContentRefused as refused:
        for complaint in refused.complaints:
            print(complaint)
        print(f"{len(refused.complaints)} to mend. Nothing was loaded.")
        sys.exit(1)
    for warning in warnings:
        print(f"warning: {warning}")
    print(
        f"The content is in order: {len(content.courses)} course(s), "
        f"{sum(len(course.lessons) for course in content.courses.values())} lessons, "
        f"{len(content.scenarios)} scenarios, {len(content.indicators)} indicators. {len(warnings)} warning(s)."
    )


@content_cli.command("publish")
def publish() -> None:
    """Add the ids of new content to ids.txt: from then on they are for ever."""
    folder = current_app.config["SETTINGS"].content
    content, _warnings = load(folder, today())
    added = write_ids(folder, content)
    print(f"{added} id(s) added to ids.txt; {len(published_ids(content))} in all.")


@content_cli.command("list")
@click.argument("kind", type=click.Choice(["scenarios", "lessons"]))
def list_content(kind: str) -> None:
    """List scenarios or lessons, one a line."""
    content, _warnings = load(current_app.config["SETTINGS"].content, today())
    if kind == "scenarios":
        for one in content.scenarios.values():
            print(f"{one.id}\t{one.file.truth}\t{one.file.pool}\t{one.file.venue}\t{one.file.title}")
    else:
        for course in content.courses.values():
            for lesson in course.lessons:
                print(f"{course.slug}/{lesson.id}\t{lesson.file.minutes} min\t{lesson.file.title}")
