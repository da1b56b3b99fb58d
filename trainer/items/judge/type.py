"""*Judge the scene* as a type of items."""

from __future__ import annotations

from trainer.items.contract import ItemType
from trainer.items.judge.forms import JudgeForm
from trainer.items.judge.model import JudgeItem
from trainer.items.judge.payload import ScenePayload

JUDGE = ItemType(name="judge", model=JudgeItem, payload=ScenePayload, form=JudgeForm)
