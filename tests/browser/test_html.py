"""Every page is valid HTML."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.sent import Texts, left_by_a_program
from tests.browser.sheets import SHEETS
from tests.browser.stage import Stage


@pytest.mark.check("T135")
def test_every_page_in_every_state_is_valid_html(
    page: Page, stage: Stage, sent: Path, vnu: list[str], tmp_path: Path
) -> None:
    page.route("**/static/**", lambda route: route.abort())
    for sheet in SHEETS:
        if sheet.act is not None:
            page.context.clear_cookies()
            page.context.add_cookies(sheet.cookies(stage))
            (tmp_path / f"{sheet.name}.html").write_text(sheet.show(page, stage))
    run = subprocess.run(
        [*vnu, "--format", "json", "--skip-non-html", str(sent), str(tmp_path)], capture_output=True, text=True
    )
    messages = json.loads(run.stderr)["messages"]
    faults = [one for one in messages if one["type"] != "info" or one.get("subType") == "warning"]
    assert not {one["message"]: (Path(one["url"]).name, one.get("extract")) for one in faults}
    assert run.returncode == 0


def test_no_page_shows_what_only_a_program_understands(sent: Path) -> None:
    found: dict[str, list[str]] = {}
    for path in sent.glob("*.html"):
        texts = Texts()
        texts.feed(path.read_text(encoding="utf-8"))
        found |= {path.name: left} if (left := left_by_a_program(texts.found)) else {}
    assert found == {}
