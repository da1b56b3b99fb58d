"""What `cli` brings to the app."""

from __future__ import annotations

from trainer.cli.accounts import accounts_cli
from trainer.cli.admin import admin_cli
from trainer.cli.credentials import credentials_cli
from trainer.cli.doctor import doctor
from trainer.cli.finals import finals_cli
from trainer.cli.guests import guests_cli
from trainer.cli.healthcheck import healthcheck
from trainer.cli.jobs import jobs_cli
from trainer.cli.keys import keys_cli
from trainer.cli.mail import mail_cli
from trainer.cli.migrations import migrations_cli
from trainer.cli.serve import serve
from trainer.cli.settings import show_settings
from trainer.cli.setup import setup
from trainer.cli.upgrade import upgrade
from trainer.core.feature import Feature

FEATURE = Feature(
    name="cli",
    commands=(
        accounts_cli,
        admin_cli,
        credentials_cli,
        finals_cli,
        guests_cli,
        jobs_cli,
        keys_cli,
        mail_cli,
        migrations_cli,
        setup,
        show_settings,
        serve,
        healthcheck,
        doctor,
        upgrade,
    ),
)
