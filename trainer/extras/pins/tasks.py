"""What the worker does about PINs: owners are told where too many wrong ones were entered."""

from __future__ import annotations

from collections.abc import Iterator

from trainer.core.isolation import one_by_one
from trainer.extras.pins.pauses import tell_owners
from trainer.extras.pins.pins import list_paused_firms


def tell_of_pauses() -> Iterator[None]:
    """Tell the owners of firms at which too many wrong PINs were entered."""
    return one_by_one("telling of wrong PINs at", list_paused_firms, tell_owners)
