"""The one source of chance: unguessable in service, a seeded generator in tests."""

from __future__ import annotations

import random
import secrets

rng: random.Random = secrets.SystemRandom()
