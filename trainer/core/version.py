"""Which version of the app this is."""

from __future__ import annotations

from pathlib import Path

from trainer import __version__
from trainer.core.settings import ROOT


def describe_version(checkout: Path = ROOT) -> str:
    """Return the version, in a checkout with its commit, such as "1.0+5e1f66de7896"."""
    commit = _find_commit(checkout)
    return f"{__version__}+{commit}" if commit else __version__


def _find_commit(checkout: Path) -> str | None:
    """Return the commit that a checkout is at, or None where that isn't known, such as in a package.

    Read as texts: Git itself refuses a checkout that belongs to another user, as on a server.
    """
    try:
        head = (checkout / ".git" / "HEAD").read_text("utf-8").strip()
        name = head.removeprefix("ref: ")
        if name == head:
            return head[:12]
        if (ref := checkout / ".git" / name).exists():
            return ref.read_text("utf-8").strip()[:12]
        packed = (checkout / ".git" / "packed-refs").read_text("utf-8").splitlines()
        return next((line[:12] for line in packed if line.endswith(f" {name}")), None)
    except (OSError, UnicodeDecodeError):
        return None
