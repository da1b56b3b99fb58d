"""What docs/ says is what the app and its tests say, links lead somewhere, and no requirement has lost its proof."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.checks import LEDGERS, ROOT, proofs_of, rows_of
from tests.documents import DOCS, DOCUMENTS


@pytest.mark.asvs("2.1.3", "8.1.1")
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_generated_document_is_as_it_would_be_written_now(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == DOCUMENTS[name](), "run: make documents"


PAPERS = [
    *sorted(ROOT.glob("*.md")),
    *sorted(DOCS.rglob("*.md")),
    ROOT / "content" / "README.md",
    ROOT / "deploy" / "many" / "README.md",
]


def without_code(path: Path) -> str:
    return re.sub(r"^```.*?^```$|`[^`\n]*`", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)


def anchors(path: Path) -> set[str]:
    """Return what links can name in a paper: its headings, as GitHub makes addresses of them."""
    headings = re.findall(r"^#+ (.+)$", without_code(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_a_paper_lead_to_a_file_and_a_heading(path: Path) -> None:
    for link in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", without_code(path)):
        name, _, anchor = link.partition("#")
        target = path.parent / name if name else path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("mark", LEDGERS)
def test_every_number_that_a_test_carries_is_in_its_ledger_once(mark: str) -> None:
    numbers = [row["id"] for row in rows_of(mark)]
    assert len(numbers) == len(set(numbers))
    assert set(proofs_of(mark)) - set(numbers) == set()


@pytest.mark.parametrize("mark", LEDGERS)
def test_every_mark_is_one_that_is_counted(mark: str) -> None:
    written = [
        number
        for path in (ROOT / "tests").rglob("*.py")
        for arguments in re.findall(
            rf"^ *@pytest\.mark\.{mark}\((.*?)\)", path.read_text(encoding="utf-8"), re.MULTILINE
        )
        for number in re.findall(r'"([^"]+)"', arguments)
    ]
    assert sorted(written) == sorted(number for number, tests in proofs_of(mark).items() for _test in tests)


def test_every_check_has_a_test() -> None:
    assert {row["id"] for row in rows_of("check")} - set(proofs_of("check")) == set()


def test_every_requirement_has_a_test_or_a_reason() -> None:
    proofs = proofs_of("asvs")
    for row in rows_of("asvs"):
        assert row["verdict"] in {"met", "partly", "not met", "not applicable"}, row["id"]
        assert (row["verdict"] == "met") == (row["reason"] == ""), f"{row['id']}: a reason is for what isn’t met"
        assert row["verdict"] != "met" or proofs.get(row["id"]), f"{row['id']} has lost its proof"
