"""`flask content`: check, reload, report, publish, and start something new."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy.exc import SQLAlchemyError

from trainer.cli import following
from trainer.content.cache import Cache
from trainer.content.complaints import Complaint, Complaints, ContentRefused
from trainer.content.history import stamp
from trainer.content.ids import write_ids
from trainer.content.instrument import NAME
from trainer.content.library import Content, load
from trainer.content.reader import read_folder
from trainer.core import releases
from trainer.core.clock import today
from trainer.core.failures import reason_of
from trainer.core.schema import check_schema
from trainer.items.registry import MODELS
from trainer.tools import items as item_lines
from trainer.tools import report as reports
from trainer.tools import skeletons
from trainer.tools.instrument import balance, characteristic, exposure, passing

_WHERE: Final = "Run it where the packages for tests are installed: make test sets them up."
content_cli = AppGroup("content", help="Check, reload, report, publish, and start something new.")
new_cli = AppGroup("new", help="Write a valid skeleton to start from.")
content_cli.add_command(new_cli)


@content_cli.command("check")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--release", is_flag=True, help="Fail on warnings, too: old dates, missing reviews, gaps.")
def check(as_json: bool, release: bool) -> None:
    """List everything that is wrong with the content folder. The exit code is 1 if anything must be fixed."""
    try:
        content, complaints = load(_folder(), today(), MODELS)
        complaints = (*complaints, *_off_target(content))
    except ContentRefused as refused:
        content, complaints = None, refused.complaints
    if as_json:
        print(json.dumps(_as_json(content, complaints), indent=2, ensure_ascii=False))
    else:
        _print(content, complaints)
    sys.exit(1 if content is None or (release and complaints) else 0)


@content_cli.command("report")
@click.option("--instrument", is_flag=True, help="Show how the bank is balanced, and what gives its answers away.")
@click.option(
    "--keep",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --instrument: also write the figures to this file, tests/instrument.json.",
)
@click.option(
    "--rule",
    "people",
    type=click.IntRange(min=10),
    metavar="PEOPLE",
    help="Show whom the first course’s final passes, by its draw: so many simulated people of each kind.",
)
@click.option(
    "--draws",
    type=click.IntRange(min=10),
    metavar="PEOPLE",
    help="Show how evenly finals draw, and how often they hold their aims: for so many made-up people a course.",
)
@click.option("--items", is_flag=True, help="Show how each scene works, by the answers in the database.")
@click.option(
    "--csv",
    type=click.Path(dir_okay=False, path_type=Path),
    help="With --items: also write the table to this file.",
)
def report(
    instrument: bool, keep: Path | None, people: int | None, draws: int | None, items: bool, csv: Path | None
) -> None:
    """Show what is taught and tested where, the balance, what is due within 90 days, and who would pass."""
    content, _warnings = _load()
    if people is not None:
        print(characteristic.as_text(content, people))
    elif draws is not None:
        print("\n".join(exposure.table(content, draws)))
    elif items:
        print(item_lines.report(content, csv))
    elif instrument:
        _report_instrument(content, keep)
    else:
        print(reports.write(content, today()))
        print("\n".join(passing.as_lines(content)))
        print("\n".join(exposure.as_lines(content)))


@content_cli.command("instrument")
def instrument() -> None:
    """Compute how finals draw so that all scenes are met evenly, and whom they let through: instrument.json."""
    if importlib.util.find_spec("scipy") is None:
        raise click.ClickException(f"This needs scipy. {_WHERE}")
    from trainer.tools.instrument import computed, program  # only here: a server has no scipy

    try:
        told = computed.as_text(computed.compute(_load()[0]))
    except program.Unsolvable as refused:
        raise click.ClickException(str(refused)) from None
    path = _folder() / NAME
    path.write_text(told, encoding="utf-8")
    print(f"Wrote {path}.")


@content_cli.command("reload")
def reload() -> None:
    """Check the folder and put it into service: all processes of all machines serve it within two seconds.

    If anything must be fixed, what is in service stays, and the exit code is 1.
    """
    settings = current_app.config["SETTINGS"]
    check_schema()
    before = releases.find_newest()
    try:
        load(_folder(), today(), MODELS, kept_in=Cache(settings.instance, settings.secret_key))
        number, digest = following.release_folder(settings)
    except ContentRefused as refused:
        for complaint in refused.complaints:
            if complaint.level == "error":
                print(complaint)
        print("Refused. What is in service stays.")
        sys.exit(1)
    except SQLAlchemyError as error:
        raise click.ClickException(f"The database can't be reached or changed: {reason_of(error)}") from None
    is_same = before is not None and before.digest == digest
    print(f"Release {number}, {digest[:12]}{': the same content as before' if is_same else ''}, is in service.")


@content_cli.command("publish")
def publish() -> None:
    """Add the IDs of new content to ids.txt, permanently, and stamp new entries in CHANGELOG.md."""
    content, _warnings = _load()
    added = write_ids(_folder(), content)
    print(f"{len(added)} ID(s) added to ids.txt; {len(content.ids)} in all.")
    for course in _stamp(content):
        print(f"Stamped the entry of {course} in CHANGELOG.md.")


@new_cli.command("lesson")
@click.argument("place", metavar="COURSE/MODULE/NAME")
@click.option("--title", default="A new lesson", help="Title of the lesson.")
def new_lesson(place: str, title: str) -> None:
    """Add a lesson at the end of a module."""
    _write(skeletons.lesson(_load()[0], _folder(), place, title))


@new_cli.command("scenario")
@click.argument("pair", metavar="PAIR")
@click.option(
    "--pool",
    type=click.Choice(["open", "pretest", "check-in", "reserved"]),
    default="open",
    help="Where it is used: open is for practice, pretest for before a course, check-in after it, reserved for finals.",
)
def new_scenario(pair: str, pool: str) -> None:
    """Add a pair of scenes that differ in one fact."""
    _write(skeletons.scenario(_load()[0], _folder(), pair, pool))


@new_cli.command("indicator")
@click.argument("category", metavar="CATEGORY")
@click.argument("name")
def new_indicator(category: str, name: str) -> None:
    """Add a sign to a category."""
    _write(skeletons.indicator(_load()[0], _folder(), category, name))


@new_cli.command("pack")
@click.argument("name", metavar="NAME")
@click.option("--title", default="A new pack", help="Title of the pack.")
@click.option("--state", help="State whose law it is; without it, the pack follows no law.")
def new_pack(name: str, title: str, state: str | None) -> None:
    """Add a requirement pack."""
    _write(skeletons.pack(_load()[0], _folder(), name, title, state, today()))


@new_cli.command("course")
@click.argument("name", metavar="NAME")
@click.option("--title", default="A new course", help="Title of the course.")
def new_course(name: str, title: str) -> None:
    """Add a course with one module and one lesson."""
    _write(skeletons.course(_load()[0], _folder(), name, title))


@new_cli.command("module")
@click.argument("place", metavar="COURSE/NAME")
@click.option("--title", default="A new module", help="Title of the module.")
def new_module(place: str, title: str) -> None:
    """Add a module with one lesson at the end of a course."""
    _write(skeletons.module(_load()[0], _folder(), place, title))


@new_cli.command("card")
@click.argument("name", metavar="NAME")
@click.option("--title", default="A new card", help="Title of the field card.")
def new_card(name: str, title: str) -> None:
    """Add the field card of a venue."""
    _write(skeletons.card(_load()[0], _folder(), name, title))


@new_cli.command("region")
@click.argument("name", metavar="ID")
@click.option("--name", "title", default="A new region", help="What the region is called.")
def new_region(name: str, title: str) -> None:
    """Add a region over the nation, with its help lines to be filled in."""
    _write(skeletons.region(_load()[0], _folder(), name, title, today()))


def _report_instrument(content: Content, keep: Path | None) -> None:
    if importlib.util.find_spec("sklearn") is None:
        print(f"This needs scikit-learn. {_WHERE}")
        sys.exit(1)
    from trainer.tools.instrument import whole  # only here: a server has no scikit-learn

    figures = whole.figures(content)
    for part, inside in figures.items():
        print(part)
        for figure in inside:
            print(figure)
        print()
    print("Words that stand out outside what decides: " + (", ".join(whole.outstanding_words(content)) or "none"))
    if keep is not None:
        keep.write_text(whole.as_text(figures), encoding="utf-8")
        print(f"Wrote {keep}.")


def _folder() -> Path:
    return Path(current_app.config["SETTINGS"].content)


def _load() -> tuple[Content, tuple[Complaint, ...]]:
    """Return the content and its warnings, or print all complaints and end."""
    try:
        return load(_folder(), today(), MODELS)
    except ContentRefused as refused:
        _print(None, refused.complaints)
        sys.exit(1)


def _off_target(content: Content) -> Iterator[Complaint]:
    """Warn of a bank that isn't balanced as it is meant to be. What words give away takes longer: see the report."""
    if content.site.bank is None:
        return
    for course in content.courses.values():
        chance = passing.survives(course)
        if chance > passing.LARGEST_CHANCE:
            yield Complaint(
                f"{_folder().name}/courses/{course.slug}/course.yaml",
                1,
                f"someone who also reports 40% of the innocent passes the final with {chance:.0%}",
                f"Bring it to {passing.LARGEST_CHANCE:.0%} or less: more scenes, or fewer over-reported.",
                "warning",
            )
    with_target = [figure for figure in balance.figures(content) if figure.has_target]
    missed = sum(not figure.is_met for figure in with_target)
    if missed:
        yield Complaint(
            f"{_folder().name}/scenarios",
            1,
            f"{missed} of {len(with_target)} figures of balance miss their targets",
            "See them with: content report --instrument.",
            "warning",
        )


def _print(content: Content | None, complaints: tuple[Complaint, ...]) -> None:
    for complaint in complaints:
        print(f"{'warning: ' if complaint.level == 'warning' else ''}{complaint}")
    if content is None:
        print("Nothing was loaded.")
        return
    print(
        f"The content is in order: {len(content.courses)} course(s), "
        f"{sum(len(course.lessons) for course in content.courses.values())} lessons, "
        f"{len(content.scenarios)} scenarios, {len(content.indicators)} indicators. {len(complaints)} warning(s)."
    )


def _as_json(content: Content | None, complaints: tuple[Complaint, ...]) -> dict[str, object]:
    return {
        "is_loaded": content is not None,
        "digest": content.digest if content else None,
        "complaints": [
            {
                "level": complaint.level,
                "path": complaint.path,
                "line": complaint.line,
                "what": complaint.what,
                "remedy": complaint.remedy,
            }
            for complaint in complaints
        ],
    }


def _stamp(content: Content) -> list[str]:
    """Write the digest into each course's newest entry that has none, and return those courses."""
    path = _folder() / "CHANGELOG.md"
    changes = read_folder(_folder(), MODELS, Complaints()).changes or []
    newest = {change.course: change for change in reversed(changes)}
    fresh = [slug for slug, change in newest.items() if change.digest is None and slug in content.courses]
    for slug in fresh:
        text = path.read_text(encoding="utf-8")
        path.write_text(stamp(text, slug, content.courses[slug].digest, today().isoformat()), encoding="utf-8")
    return fresh


def _write(files: dict[Path, str] | skeletons.SkeletonRefusal) -> None:
    """Write new files, and never over old ones, except for lists that are added to."""
    if isinstance(files, skeletons.SkeletonRefusal):
        print(files.why)
        sys.exit(1)
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"Wrote {path.relative_to(_folder().parent)}")
    print("Now write the text, then run: flask --app trainer.app content check")
