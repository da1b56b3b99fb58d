"""The time zones that a firm can choose."""

from __future__ import annotations

from zoneinfo import available_timezones

_AREAS = frozenset(
    {"Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific"}
)


def list_zones(now: str = "") -> list[str]:
    """Return the zones named by a place, and the one chosen now; "US/East-Indiana" and the like are old names."""
    named = {zone for zone in available_timezones() if zone.partition("/")[0] in _AREAS and "/" in zone}
    return sorted(named | {now} - {""})
