"""Pictures of pages: `python -m tests.browser.pictures` writes those of README to docs/; with a folder, all pages."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser.conftest import FLAGS, find_chromium
from tests.browser.live import serve
from tests.browser.sheets import SHEETS
from tests.browser.stage import Stage, set_stage
from tests.databases import migrate
from trainer.app import create_app
from trainer.core.db import db
from trainer.core.settings import ROOT, read_settings

# name of the picture: (page, width, scheme)
README = {
    "front": ("front", 1280, "light"),
    "lesson": ("lesson", 1280, "light"),
    "scene": ("try-scene", 1280, "light"),
    "result": ("try-result", 1280, "light"),
    "verify": ("verify-valid", 1280, "light"),
    "course": ("course-middle", 1280, "light"),
    "training": ("training", 1280, "light"),
    "scene-dark": ("try-scene", 360, "dark"),
}
MOST = 150 * 1024


def main() -> None:
    """Take the pictures."""
    with tempfile.TemporaryDirectory() as folder:
        database = migrated(Path(folder) / "empty")
        live_folder = Path(folder) / "live"
        live_folder.mkdir()
        with serve(live_folder, database) as live, sync_playwright() as started:
            browser = started.chromium.launch(executable_path=find_chromium(), args=FLAGS)
            stage = set_stage(live)
            if len(sys.argv) > 1:
                _all(browser, stage, Path(sys.argv[1]), sys.argv[2:])
            else:
                _readme(browser, stage)
            browser.close()


def _readme(browser: Browser, stage: Stage) -> None:
    (ROOT / "docs").mkdir(exist_ok=True)
    for name, (sheet, width, scheme) in README.items():
        path = ROOT / "docs" / f"{name}.png"
        _take(browser, stage, sheet, width, scheme, path, full=False)
        size = path.stat().st_size
        print(f"{path.relative_to(ROOT)}  {size // 1024} KB")
        assert size < MOST, f"{path} is larger than {MOST // 1024} KB"


def _all(browser: Browser, stage: Stage, folder: Path, names: list[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for sheet in SHEETS:
        if names and sheet.name not in names:
            continue
        for width in (360, 1280):
            for scheme in ("light", "dark"):
                _take(browser, stage, sheet.name, width, scheme, folder / f"{sheet.name}-{width}-{scheme}.png")


def _take(browser: Browser, stage: Stage, name: str, width: int, scheme: str, path: Path, *, full: bool = True) -> None:
    sheet = next(one for one in SHEETS if one.name == name)
    height = 800 if width > 600 else 720
    context = browser.new_context(
        base_url=stage.live.url,
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        device_scale_factor=1,
    )
    context.add_cookies(sheet.cookies(stage))
    page = context.new_page()
    sheet.show(page, stage)
    page.screenshot(path=path, full_page=full)
    context.close()


def migrated(folder: Path) -> Path:
    folder.mkdir()
    settings = read_settings(
        {
            "TRAINER_INSTANCE": str(folder),
            "TRAINER_DATABASE_URL": f"sqlite:///{folder / 'trainer.db'}",
            "TRAINER_SECRET_KEY": "p" * 40,
        }
    )
    app = create_app(settings)
    with app.app_context():
        migrate()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return folder / "trainer.db"


if __name__ == "__main__":
    main()
