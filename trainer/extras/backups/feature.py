"""What `backups` brings to the app."""

from __future__ import annotations

from trainer.core.feature import Feature
from trainer.extras.backups.backup import back_up_before, backup, verify_backup
from trainer.extras.backups.checkup import look_at_backup, look_at_replaced, read_last_backup
from trainer.extras.backups.notes import LAST
from trainer.extras.backups.restore import restore

FEATURE = Feature(
    name="backups",
    commands=(backup, verify_backup, restore),
    answers={
        "back_up_before": back_up_before,
        "list_traces": lambda: (LAST,),
        "look_at_backup": look_at_backup,
        "look_at_replaced": look_at_replaced,
        "read_last_backup": read_last_backup,
    },
)
