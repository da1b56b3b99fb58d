"""`python -m tests.simulation --seed N`: live through one seed and print each step; without a seed, through many."""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from aiosmtpd.controller import Controller

from tests.conftest import CONTENT, make_settings
from tests.databases import migrate
from tests.jobs.conftest import Mailbox
from tests.live import free_port
from tests.simulation.world import Broken, World
from trainer.app import create_app
from trainer.content.library import Library
from trainer.core import clock
from trainer.items.registry import MODELS


def main() -> int:
    """Return 0 if every seed went well."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation")
    parser.add_argument("--seed", type=int, help="this one alone, with each step")
    parser.add_argument("--seeds", type=int, default=20, help="how many, from 1 on")
    parser.add_argument("--steps", type=int, default=200)
    chosen = parser.parse_args()
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    shelf = Library(CONTENT, clock.today, MODELS)
    broken, started = [], time.monotonic()
    for seed in [chosen.seed] if chosen.seed is not None else range(1, chosen.seeds + 1):
        trace, error = live(shelf, seed, chosen.steps)
        if chosen.seed is not None:
            print("\n".join(trace))
        if error:
            broken.append(seed)
            print(f"seed {seed}: {error}\nAgain: python -m tests.simulation --seed {seed} --steps {chosen.steps}")
    print(f"{len(broken)} broken. Took {time.monotonic() - started:.0f} s.")
    return 1 if broken else 0


def live(shelf: Library, seed: int, steps: int) -> tuple[list[str], str]:
    """Live through a seed on a database of its own; return each step, and what doesn't hold."""
    box = Mailbox()
    box.port = free_port()
    controller = Controller(box, hostname="127.0.0.1", port=box.port, enable_SMTPUTF8=True)
    controller.start()
    try:
        with tempfile.TemporaryDirectory() as name:
            settings = make_settings(Path(name), f"sqlite:///{name}/trainer.db")
            app = create_app(replace(settings, smtp_url=box.url), shelf)
            with app.app_context():
                migrate()
            world = World(app, box, seed)
            try:
                world.live(steps)
            except Broken as error:
                return world.trace, str(error)
            return world.trace, ""
    finally:
        controller.stop()


if __name__ == "__main__":
    sys.exit(main())
