"""What pages and files of training say."""

from __future__ import annotations

import csv
import io
import re
import zipfile

from tests.compliance.conftest import Training
from tests.support import closed_up
from trainer.core.clock import now
from trainer.core.db import db
from trainer.jobs.work import advance
from trainer.organizations.rules import local_day


def names(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a[^>]*><bdi>(.*?)</bdi>', closed_up(page))


def firms_day() -> str:
    return local_day("America/New_York", now()).isoformat()


def read_csv(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))


def make_pack(training: Training) -> zipfile.ZipFile:
    alice = training.acme.enter("alice")
    assert alice.post(training.acme.path("/evidence-packs"), {"as_of": firms_day()}).status_code == 303
    with training.acme.app.app_context():
        while advance():
            db.session.remove()
    page = alice.get(training.acme.path("/evidence-packs")).text
    link = re.search(r'href="(\S+\.zip)"', page)
    assert link, page
    return zipfile.ZipFile(io.BytesIO(alice.get(link[1]).data))
