"""The main process of the web server: builds the app before it forks its workers, which share what they don't change.

`python -m trainer.cli.web OPTIONS MODULE:FACTORY`, as of granian. If the module has a function `preload`, it is called.
"""

from __future__ import annotations

import gc
import sys
from importlib import import_module

from granian.cli import entrypoint


def main() -> None:
    """Load the app that is named last, then be the web server."""
    module = import_module(sys.argv[-1].partition(":")[0])  # by its name: a command knows nothing above it
    preload = getattr(module, "preload", None)
    if preload is not None:
        preload()
    gc.collect()
    gc.freeze()  # else the collector would write to each page that a worker shares
    entrypoint()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
