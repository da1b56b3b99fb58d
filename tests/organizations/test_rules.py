"""Who may do what, and what counts as the same name."""

from __future__ import annotations

import datetime as dt

import pytest

from trainer.organizations.rules import May, Role, can_undo, fold, is_allowed, is_time_zone, local_day, next_turn_of_day

NOON = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def test_an_owner_may_do_everything() -> None:
    assert all(is_allowed(Role.OWNER, one, manages_all=False) for one in May)


@pytest.mark.parametrize("permission", [May.SET_ROLES, May.SET_FIRM, May.READ_AUDIT, May.TEACH])
def test_a_manager_of_all_may_not_do_what_owners_and_instructors_do(permission: May) -> None:
    assert not is_allowed(Role.MANAGER, permission, manages_all=True)


@pytest.mark.parametrize("permission", [May.SET_TEAMS, May.REQUIRE])
def test_a_manager_of_chosen_teams_sets_no_rules_for_the_whole_firm(permission: May) -> None:
    assert is_allowed(Role.MANAGER, permission, manages_all=True)
    assert not is_allowed(Role.MANAGER, permission, manages_all=False)


def test_managing_all_is_worth_nothing_to_other_roles() -> None:
    assert not is_allowed(Role.MEMBER, May.SEE_PEOPLE, manages_all=True)
    assert not is_allowed(Role.INSTRUCTOR, May.SEE_PEOPLE, manages_all=True)


@pytest.mark.parametrize(("one", "other"), [("Ana María", "ana  maria"), ("STRASSE", "straße"), ("Ｍall", "mall")])
def test_two_spellings_of_a_name_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("zone", "day"), [("Pacific/Kiritimati", 25), ("Etc/GMT+12", 24), ("America/New_York", 24)])
def test_a_day_is_the_firms_own(zone: str, day: int) -> None:
    assert local_day(zone, NOON) == dt.date(2026, 11, day)


def test_only_zones_of_the_database_count() -> None:
    assert is_time_zone("Asia/Kathmandu")
    assert not is_time_zone("../../etc/passwd")
    assert not is_time_zone("Mars/Olympus")


def test_a_removal_can_be_undone_for_thirty_days() -> None:
    assert can_undo(NOON, NOON + dt.timedelta(days=30))
    assert not can_undo(NOON, NOON + dt.timedelta(days=30, seconds=1))


@pytest.mark.parametrize(
    ("now", "following"),
    [
        ("2026-11-24T04:59:59Z", "2026-11-24T05:00:00Z"),  # midnight in New York
        ("2026-11-24T05:00:00Z", "2026-11-24T13:00:00Z"),  # eight in the morning
        ("2026-11-24T13:00:00Z", "2026-11-25T05:00:00Z"),
        ("2026-03-08T05:00:00Z", "2026-03-08T12:00:00Z"),  # an hour is left out that night
    ],
)
def test_a_firms_day_turns_at_midnight_and_when_people_may_be_written_to(now: str, following: str) -> None:
    instant = dt.datetime.fromisoformat(now)
    assert next_turn_of_day(instant, "America/New_York") == dt.datetime.fromisoformat(following)
