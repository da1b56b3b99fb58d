"""Complaints: one line each, all of them in one run."""

from __future__ import annotations

from pathlib import Path

from tests.content.small import LESSON_FILE, complaints, edit, only


def test_a_complaint_reads_as_one_line_with_place_fault_and_remedy(folder: Path) -> None:
    edit(folder, "scenarios/open-1-a.md", "      report-now: About reporting.\n", "")
    assert only(folder) == (
        'content/scenarios/open-1-a.md:28: option "report-now" has no rationale. '
        "Add one: learners see it after answering."
    )


def test_all_faults_are_told_in_one_run_and_in_order(folder: Path) -> None:
    edit(folder, "site.yaml", "name: Small site", "nam: Small site")
    edit(folder, "glossary.yaml", "  term: Case\n", "")
    edit(folder, LESSON_FILE, "minutes: 4", "minutes: four")
    found = [str(complaint).partition(". ")[0] for complaint in complaints(folder)]
    assert found == [
        f'content/{LESSON_FILE}:4: "minutes" must be a whole number',
        'content/glossary.yaml:4: "term" is missing',
        'content/site.yaml:1: "name" is missing',
        'content/site.yaml:1: unknown key "nam"',
    ]
