"""What `jobs` brings to the app."""

from __future__ import annotations

from trainer.core.feature import HOUR, SECOND, Feature, Task
from trainer.jobs.damage import check_database_file
from trainer.jobs.delivery import deliver
from trainer.jobs.upkeep import keep_up_all, keep_up_changed
from trainer.jobs.views import blueprint as mail
from trainer.jobs.work import advance_all

FEATURE = Feature(
    name="jobs",
    blueprints=(mail,),
    tasks=(
        Task("follow changes", 2 * SECOND, keep_up_changed),  # before mail, which says what is required
        Task("mail", SECOND, deliver),
        Task("jobs", SECOND, advance_all),
        Task("check the database file", HOUR, check_database_file),
        Task("keep up requirements", HOUR, keep_up_all),
    ),
)
