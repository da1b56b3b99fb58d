"""What `tools` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.tools.content import content_cli
from trainer.tools.seed import seed_cli

FEATURE = Feature(
    name="tools",
    commands=(content_cli, seed_cli),
)
