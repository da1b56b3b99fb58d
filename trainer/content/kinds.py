"""The table of all kinds of content files."""

from __future__ import annotations

from typing import Any, Final

from trainer.content.catalogue import Category, HelpLine, Indicator, RegionFile, Site, Source, Term
from trainer.content.checks.cards import check_cards
from trainer.content.checks.catalogue import check_categories, check_indicators
from trainer.content.checks.courses import check_courses, check_modules
from trainer.content.checks.help_lines import check_help_lines
from trainer.content.checks.lessons import check_lessons
from trainer.content.checks.packs import check_packs
from trainer.content.checks.pages import check_pages
from trainer.content.checks.rare import check_rare_shifts
from trainer.content.checks.scenes import check_scenes
from trainer.content.checks.shifts import check_shifts
from trainer.content.checks.site import check_site
from trainer.content.checks.statistics import check_statistics
from trainer.content.checks.vocabulary import check_vocabulary
from trainer.content.curriculum import CourseFile, ModuleFile
from trainer.content.kind import FileFormat, FileKind, Layer, Parts
from trainer.content.nights import RareFile, ShiftFile
from trainer.content.papers import Card, Pack, PageFile, Statistics
from trainer.content.places import (
    among,
    has_course,
    has_module,
    has_region,
    lose_lesson,
    only,
    put_course,
    put_help_line,
    put_lesson,
    put_module,
    put_rare,
    put_shift,
)
from trainer.content.schema import Illustration, LessonFile, ScenarioFile
from trainer.content.subject import Vocabulary


def find_kinds(name: str) -> tuple[tuple[FileKind[Any], ...], Parts]:
    """Find the kinds of objects in a file of this name, none if it doesn't belong here, and what is in the name."""
    matches = [(kind, match) for kind in KINDS if (match := kind.pattern.fullmatch(name))]
    return tuple(kind for kind, _match in matches), matches[0][1].groups() if matches else ()


KINDS: Final[tuple[FileKind[Any], ...]] = (
    FileKind("site", "site.yaml", FileFormat.OBJECT, Site, only("site"), find_id=None, check=check_site),
    FileKind(
        "region", "region.yaml", FileFormat.OBJECT, RegionFile, only("region_file"), find_id=None, layer=Layer.REGION
    ),
    FileKind(
        "vocabulary",
        "vocabulary.yaml",
        FileFormat.OBJECT,
        Vocabulary,
        only("vocabulary"),
        find_id=None,
        layer=Layer.BOTH,
        check=check_vocabulary,
    ),
    FileKind("source", "sources.yaml", FileFormat.LIST, Source, among(lambda folder: folder.sources), layer=Layer.BOTH),
    FileKind("term", "glossary.yaml", FileFormat.LIST, Term, among(lambda folder: folder.terms), layer=Layer.BOTH),
    FileKind(
        "category",
        "indicators.yaml",
        FileFormat.LIST,
        Category,
        among(lambda folder: folder.categories),
        is_permanent=False,
        under="categories",
        check=check_categories,
    ),
    FileKind(
        "indicator",
        "indicators.yaml",
        FileFormat.LIST,
        Indicator,
        among(lambda folder: folder.indicators),
        under="indicators",
        check=check_indicators,
    ),
    FileKind(
        "help",
        "help/<region>.yaml",
        FileFormat.LIST,
        HelpLine,
        put_help_line,
        is_welcome=has_region,
        layer=Layer.BOTH,
        check=check_help_lines,
    ),
    FileKind(
        "page",
        "pages/<name>.md",
        FileFormat.TEXT,
        PageFile,
        among(lambda folder: folder.pages),
        layer=Layer.BOTH,
        check=check_pages,
    ),
    FileKind(
        "scenario",
        "scenarios/<id>.md",
        FileFormat.TEXT,
        ScenarioFile,
        among(lambda folder: folder.scenarios),
        check=check_scenes,
    ),
    FileKind(
        "statistics",
        "statistics/<id>.yaml",
        FileFormat.OBJECT,
        Statistics,
        among(lambda folder: folder.statistics),
        layer=Layer.BOTH,
        check=check_statistics,
    ),
    FileKind(
        "illustration",
        "illustrations/<name>.svg",
        FileFormat.PICTURE,
        Illustration,
        among(lambda folder: folder.illustrations),
        is_permanent=False,
        layer=Layer.BOTH,
    ),
    FileKind(
        "card",
        "cards/<id>.yaml",
        FileFormat.OBJECT,
        Card,
        among(lambda folder: folder.cards),
        layer=Layer.BOTH,
        check=check_cards,
    ),
    FileKind(
        "pack",
        "requirements/<id>.yaml",
        FileFormat.OBJECT,
        Pack,
        among(lambda folder: folder.packs),
        layer=Layer.BOTH,
        check=check_packs,
    ),
    FileKind(
        "course",
        "courses/<course>/course.yaml",
        FileFormat.OBJECT,
        CourseFile,
        put_course,
        is_welcome=has_course,
        check=check_courses,
    ),
    FileKind(
        "shift",
        "courses/<course>/shifts/<name>.yaml",
        FileFormat.OBJECT,
        ShiftFile,
        put_shift,
        is_permanent=False,
        is_welcome=has_course,
        check=check_shifts,
    ),
    FileKind(
        "rare",
        "courses/<course>/rare.yaml",
        FileFormat.OBJECT,
        RareFile,
        put_rare,
        find_id=None,
        is_welcome=has_course,
        check=check_rare_shifts,
    ),
    FileKind(
        "module",
        "courses/<course>/NN-<module>/module.yaml",
        FileFormat.OBJECT,
        ModuleFile,
        put_module,
        find_id=lambda parts: f"{parts[0]}/{parts[2]}",
        is_welcome=has_module,
        layer=Layer.BOTH,
        check=check_modules,
    ),
    FileKind(
        "lesson",
        "courses/<course>/NN-<module>/NN-<lesson>.md",
        FileFormat.TEXT,
        LessonFile,
        put_lesson,
        find_id=lambda parts: f"{parts[0]}/{parts[2]}/{parts[4]}",
        is_welcome=has_module,
        lose=lose_lesson,
        layer=Layer.BOTH,
        check=check_lessons,
    ),
)
