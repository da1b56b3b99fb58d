"""Which apps serve another test, and that nothing goes with them."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from tests.conftest import make_settings
from tests.lent import lent_app
from trainer.content.library import Library
from trainer.core.db import db


def test_an_app_is_lent_again_on_another_database_unless_a_test_changed_it(tmp_path: Path, shelf: Library) -> None:
    lent: list[Flask] = []
    for number in range(4):
        address = f"sqlite:///{tmp_path}/{number}.db"
        with lent_app(make_settings(tmp_path / str(number), address), shelf) as app:
            with app.app_context():
                assert str(db.engine.url) == address
            assert app.instance_path == str(tmp_path / str(number))
            assert app.teardown_appcontext_funcs.count(db._teardown_session) == 1
            lent.append(app)
            match number:
                case 1:
                    app.extensions["limits"] = object()
                case 2:
                    app.add_url_rule("/other", "other", lambda: "")
    assert lent[0] is lent[1]
    assert lent[1] is not lent[2]
    assert lent[2] is not lent[3]
