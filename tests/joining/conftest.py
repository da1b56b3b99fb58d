"""The app with a mail server: accounts are made by a mailed link."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from trainer.app import create_app
from trainer.core.settings import Settings
from trainer.courses.library import Library


@pytest.fixture
def mailing(app: Flask, settings: Settings, shelf: Library) -> Flask:
    """Return the app with a mail server that nobody asks. (`app` has made the database.)"""
    return create_app(replace(settings, smtp_url="smtp://127.0.0.1:1"), shelf)
