"""The figures of the bank that is shipped are those of tests/instrument.json, and what is met there stays met."""

from __future__ import annotations

import json
from datetime import date

import pytest

from trainer.content.library import load
from trainer.core.settings import ROOT
from trainer.items.registry import MODELS
from trainer.tools.instrument import whole
from trainer.tools.instrument.figures import differences

pytestmark = pytest.mark.slow

KEPT = ROOT / "tests" / "instrument.json"


@pytest.mark.nightly  # 20 seconds; tests/tools/instrument holds how each figure comes about
def test_the_file_is_true_to_the_bank() -> None:
    content, _warnings = load(ROOT / "content", date(2026, 11, 26), MODELS)
    figures = [figure for part in whole.figures(content).values() for figure in part]
    remedy = "After a change of scenes: flask content report --instrument --keep tests/instrument.json"
    assert differences(json.loads(KEPT.read_text(encoding="utf-8")), figures) == [], remedy
