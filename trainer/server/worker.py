"""The worker's process: `python -m trainer.server.worker MODULE:FUNCTION`.

The command line of Flask imports what any command may need, such as Alembic. This process stays for weeks.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from flask import Flask

from trainer.server.supervisor import name_process


def main(app: Flask | None = None) -> None:
    """Call the function that is named last, which works until it is stopped, with the app that is there already."""
    name_process("trainer-worker")
    if hasattr(os, "nice"):
        os.nice(5)  # when both want the processor, someone waiting for a page comes first
    module, _, function = sys.argv[-1].partition(":")
    getattr(import_module(module), function)(app)  # by its name: this package knows nothing of the product


if __name__ == "__main__":
    main()
