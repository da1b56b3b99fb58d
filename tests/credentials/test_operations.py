"""Each credential gets a place of its own in a status list."""

from __future__ import annotations

import pytest

from tests.assignments.firm import earn
from tests.cast import make_account
from tests.credentials.conftest import Issued
from trainer.core import clock
from trainer.core.db import transaction
from trainer.core.installation import get_installation
from trainer.credentials import operations


@pytest.mark.on_both
def test_a_place_is_drawn_at_random_once_and_a_full_list_is_followed_by_another(
    issued: Issued, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "STATUS_PLACES", 8)
    issued.change(status_index=3)
    drawn: list[int] = []
    with issued.app.app_context():
        begun = get_installation().status_list
        user = make_account(issued.app, "leo@example.org")
        for cycle in range(40):
            with transaction():
                drawn.append(operations._draw_status_index())
                earn(user, clock.today(), clock.today(), cycle, serial=str(cycle), status_index=drawn[-1])
    assert len({3, *drawn}) == 41
    lists = list(dict.fromkeys(index // 8 for index in drawn))
    assert lists[0] == begun
    assert [index for index in drawn if index // 8 == begun] != sorted(index for index in drawn if index // 8 == begun)
    assert 5 <= len(lists) < 12  # they are nearly full before the next one begins
