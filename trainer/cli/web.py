"""The main process of the web server: builds the app before it forks its workers, which share what they don't change.

`python -m trainer.cli.web OPTIONS MODULE:FACTORY`, as of granian. If the module has a function `preload`, it is called.
`flask serve` forks the first such process, which is handed the app that is there already.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module

from flask import Flask

from trainer.cli.supervisor import name_process


def main(app: Flask | None = None) -> None:
    """Load the app that is named last, or take the one given, then be the web server."""
    from granian.cli import entrypoint  # no other command needs it

    name_process("trainer-web")
    module = import_module(sys.argv[-1].partition(":")[0])  # by its name: a command knows nothing above it
    preload = getattr(module, "preload", None)
    if preload is not None:
        preload(app)
    gc.collect()
    gc.freeze()  # else the collector would write to each page that a worker shares
    entrypoint()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
