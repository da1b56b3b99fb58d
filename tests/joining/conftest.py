"""The app with a mail server, where accounts are made by a mailed link; and a firm to be joined."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask

from tests.organizations.conftest import acme
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core.settings import Settings

__all__ = ["acme", "mailing"]


@pytest.fixture
def mailing(app: Flask, settings: Settings, shelf: Library) -> Flask:
    """Return the app with a mail server that nobody asks. (`app` has made the database.)"""
    return create_app(replace(settings, smtp_url="smtp://127.0.0.1:1"), shelf)
