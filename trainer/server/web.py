"""The main process of the web server: builds the app before it forks its workers, which share what they don't change.

`python -m trainer.server.web OPTIONS MODULE:FACTORY`, as of granian. If the module has a function `preload`, it is
called. `start` forks the first such process, which is handed the app that is there already, and listens for all of
them: what connects while one takes the place of another waits, and isn't refused.
"""

from __future__ import annotations

import ctypes
import gc
import os
import socket
import sys
from contextlib import suppress
from importlib import import_module
from typing import Any, cast

from flask import Flask

from trainer.server.supervisor import BACKLOG, LISTENING, name_process


def main(app: Flask | None = None) -> None:
    """Load the app that is named last, or take the one given, then be the web server."""
    from granian import cli  # no other command needs it
    from granian.log import LOGGING_CONFIG
    from granian.server.mp import MPServer

    # What it says goes the way of our own log, and has its form.
    cast(dict[str, Any], LOGGING_CONFIG["loggers"])["_granian"].update(handlers=[], propagate=True)
    name_process("trainer-web")
    module = import_module(sys.argv[-1].partition(":")[0])  # by its name: this package knows nothing of the product
    preload = getattr(module, "preload", None)
    if preload is not None:
        preload(app)
    if app is None:
        settle()
    else:  # what the process settled that it was forked from: to look through it again would be to copy it
        gc.freeze()
    if LISTENING in os.environ:
        cli.Server = _listening_on(MPServer, int(os.environ[LISTENING]))  # type: ignore[attr-defined]
    cli.entrypoint()  # type: ignore[no-untyped-call]


def settle() -> None:
    """Before a fork, give back what reading content and building the app took and left, and share the rest.

    Where the C library can't give memory back, only the garbage goes.
    """
    gc.unfreeze()  # content is frozen as soon as it is there, and with it what was garbage at that moment
    gc.collect()
    with suppress(AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    gc.freeze()  # else the collector would write to each page that the processes share


def _listening_on(server: type[Any], listener: int) -> type[Any]:
    """Return a server whose workers accept from a socket that listens already, rather than each from its own."""
    from granian._granian import SocketHolder

    class Inheriting(server):  # type: ignore[misc]
        def _init_shared_socket(self) -> None:
            self._ssp, self._shd = None, SocketHolder(listener, False, BACKLOG)  # type: ignore[call-arg]
            self._sfd = listener
            self._sso = socket.socket(fileno=os.dup(listener))

    return Inheriting


def listen_again() -> None:
    """Let connections come in, if the supervisor closed the port meanwhile: only now is there someone to answer."""
    if LISTENING in os.environ:
        with socket.socket(fileno=os.dup(int(os.environ[LISTENING]))) as listener:
            listener.listen(BACKLOG)


if __name__ == "__main__":
    main()
