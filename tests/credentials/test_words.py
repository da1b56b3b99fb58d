"""What is said wherever training is shown."""

from __future__ import annotations

from trainer.credentials.words import disclaimer


def test_unapproved_states_are_named_in_one_sentence() -> None:
    assert disclaimer("Texas") == (
        "Texas requires an approved course. This course is not approved. These records alone don’t show compliance."
    )
