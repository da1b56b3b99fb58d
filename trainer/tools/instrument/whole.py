"""All figures of the instrument, in parts."""

from __future__ import annotations

import json

from trainer.content.objects import Content
from trainer.tools.instrument import balance, exposure, guards, strategies
from trainer.tools.instrument.figures import Figure, as_json
from trainer.tools.instrument.guards import outstanding_words as outstanding_words


def figures(content: Content) -> dict[str, list[Figure]]:
    """Return the figures by the heading of their part."""
    return {
        "BALANCE: the bank as its authors describe it": list(balance.figures(content)),
        "GUARDS: what words alone give away": list(guards.figures(content)),
        "EXPOSURE: how evenly finals draw": list(exposure.figures(content)),
        "STRATEGIES: who would pass without judging": list(strategies.figures(content)),
    }


def as_text(parts: dict[str, list[Figure]]) -> str:
    """Return the figures as tests/instrument.json holds them."""
    kept = as_json(figure for part in parts.values() for figure in part)
    return json.dumps(kept, indent=1, ensure_ascii=False) + "\n"
