"""A credential has a column for each of its facts."""

from __future__ import annotations

from dataclasses import fields

from trainer.credentials.models import Credential, Facts, Stated

OWN = {"id", "user_id", "cycle", "status_index", "final", "issued_at", "revoked_at", "revocation_reason"}
OWN |= {"reissued_at", "superseded_by_id", "sharing_key"}


def test_each_fact_is_a_column_and_each_column_a_fact() -> None:
    assert {one.name for one in fields(Stated)} == set(Credential.__table__.columns.keys()) - OWN
    assert {one.name for one in fields(Stated)} - {one.name for one in fields(Facts)} == {
        "serial",
        "issued_on",
        "valid_until",
    }
