"""`flask content`: check the content folder, publish its ids."""

from __future__ import annotations

import sys

from flask import current_app
from flask.cli import AppGroup

from trainer.core.clock import today
from trainer.courses.library import Complaint, Content, ContentRefused, load, published_ids, write_ids

content_cli = AppGroup("content", help="Check and publish the content folder.")


@content_cli.command("check")
def check() -> None:
    """List everything that is wrong with the content folder. Exit code 1 if anything must be mended."""
    content, warnings = _load()
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
    content, _warnings = _load()
    added = write_ids(current_app.config["SETTINGS"].content, content)
    print(f"{len(added)} id(s) added to ids.txt; {len(published_ids(content))} in all.")


def _load() -> tuple[Content, tuple[Complaint, ...]]:
    """Return the content and its warnings, or print all complaints and end."""
    try:
        return load(current_app.config["SETTINGS"].content, today())
    except ContentRefused as refused:
        for complaint in refused.complaints:
            print(f"{'warning: ' if complaint.level == 'warning' else ''}{complaint}")
        print("Nothing was loaded.")
        sys.exit(1)
