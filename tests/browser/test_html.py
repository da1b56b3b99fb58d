"""Every page is valid HTML."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from tests.browser.sheets import SHEETS, Sheet
from tests.browser.stage import Stage


@pytest.mark.check("T135")
def test_every_page_in_every_state_is_valid_html(
    context: Callable[..., BrowserContext], stage: Stage, vnu: list[str], tmp_path: Path
) -> None:
    visit = context()
    for sheet in SHEETS:
        visit.clear_cookies()
        visit.add_cookies(sheet.cookies(stage))
        (tmp_path / f"{sheet.name}.html").write_text(_as_sent(visit, sheet, stage))
    run = subprocess.run([*vnu, "--format", "json", str(tmp_path)], capture_output=True, text=True)
    messages = json.loads(run.stderr)["messages"]
    faults = [one for one in messages if one["type"] != "info" or one.get("subType") == "warning"]
    assert not {one["message"]: (Path(one["url"]).name, one.get("extract")) for one in faults}
    assert run.returncode == 0


def _as_sent(visit: BrowserContext, sheet: Sheet, stage: Stage) -> str:
    """Return a page as the server sends it; a browser is needed only where something is done there first."""
    if sheet.act is None and sheet.render is None:
        answer = visit.request.get(sheet.address(stage))
        assert answer.status == sheet.status, sheet.name
        return answer.text()
    page = visit.new_page()
    page.route("**/static/**", lambda route: route.abort())
    html = sheet.show(page, stage)
    page.close()
    return html
