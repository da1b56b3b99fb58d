"""A long job is done once, also where the worker that took it up stands still for a while and then goes on."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.cast import actor_of
from tests.compliance.conftest import Training
from tests.compliance.conftest import training as training
from tests.forked import begin_program
from tests.organizations.conftest import acme as acme
from trainer.compliance.orders import folder_of
from trainer.core import clock, work
from trainer.core.db import db, transaction
from trainer.core.work import Job
from trainer.extras.packs.models import PackManifest
from trainer.extras.packs.operations import order_pack
from trainer.jobs.work import advance, advance_all

pytestmark = pytest.mark.on_both

LEASE = 1.0  # seconds
STALLING = """
    import os, signal, sys
    from datetime import timedelta
    from pathlib import Path
    from tests.conftest import make_settings
    from trainer.app import create_app
    from trainer.core import work
    from trainer.core.feature import Feature
    from trainer.jobs.work import advance

    folder, database, lease = sys.argv[1:]
    work.LEASE = timedelta(seconds=float(lease))
    from trainer.extras.packs.tasks import make_pack

    def make_and_stall(job, now):
        done, total = make_pack(job, now)
        if done == total:
            print("stalls", flush=True)
            os.kill(os.getpid(), signal.SIGSTOP)
        return done, total

    app = create_app(make_settings(Path(folder), database))
    stalling = Feature(name="test", works={"evidence-pack": make_and_stall})
    app.extensions["features"] = (stalling, *app.extensions["features"])
    with app.app_context():
        while advance():
            pass
"""


def left_by(training: Training, number: Any) -> tuple[object, ...]:
    """Return what has come of a job: its row, how many packs are recorded, and the bytes of all files."""
    with training.acme.app.app_context():
        job = db.session.get_one(Job, number)
        row = job.done, job.total, job.tries, job.due_at, job.finished_at, job.failed_at, job.last_error
        manifests = db.session.scalar(select(func.count()).select_from(PackManifest))
        files = sorted(path for path in folder_of(number).rglob("*") if path.is_file())
        return *row, manifests, [(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in files]


@pytest.mark.check("T113")
@pytest.mark.parametrize("is_over", [True, False], ids=["finished", "taken up"])
def test_the_late_result_of_a_worker_that_stood_still_changes_nothing(
    training: Training, tmp_path: Path, database_url: str, is_over: bool
) -> None:
    app = training.acme.app
    with app.app_context(), transaction():
        actor = actor_of(training.acme.users["alice"], training.acme.id)
        number = order_pack(actor, actor.today(clock.now()), clock.now()).id
    slow = begin_program(dict(os.environ), STALLING, str(tmp_path), database_url, str(LEASE))
    try:
        slow.hear("stalls")  # with a result that it hasn't noted
        time.sleep(LEASE + 0.1)
        with app.app_context():
            if is_over:
                assert list(advance_all())
            else:
                with transaction():
                    assert work.claim(clock.now()) is not None
        before = left_by(training, number)
        slow.send_signal(signal.SIGCONT)
        assert slow.wait(60) == 0
    finally:
        slow.kill()
        slow.wait()
    assert left_by(training, number) == before
    with app.app_context():
        assert not advance()
