"""Folders of other users."""

from __future__ import annotations

import os
import sys

import pytest

NOBODY = 65_534
needs_root = pytest.mark.skipif(
    os.geteuid() != 0 or sys.platform != "linux", reason="gives folders to another user, and up what root may"
)
