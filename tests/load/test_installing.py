"""What commands measure on is a whole installation."""

from __future__ import annotations

from tests.cast import make_account, sign_in_as
from tests.load.installing import installed
from trainer.core.settings import ROOT


def test_it_serves_someone_with_an_account() -> None:
    with installed("SQLite", ROOT / "tests" / "content_folder") as (app, _settings):
        assert sign_in_as(app, make_account(app)).get("/me").status_code == 200
