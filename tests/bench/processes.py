"""What the processes of a server take: CPU time, and memory as it is shared out among them (PSS)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_OWN = {"Pss_Anon:", "Pss_Shmem:"}


def tree(root: int) -> list[int]:
    """Return a process and all that descend from it."""
    found, children = [root], _children()
    for one in found:
        found += children.get(one, [])
    return found


def children_of(root: int) -> list[int]:
    """Return the processes that a process has begun itself."""
    return _children().get(root, [])


def _children() -> dict[int, list[int]]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := _stat(int(folder.name))):
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    return children


def cpu_seconds(processes: list[int]) -> float:
    """Return the CPU time that processes took so far, with that of children that have ended."""
    return sum(sum(map(int, fields[11:15])) for one in processes if (fields := _stat(one))) / _TICKS


def memory_mb(processes: list[int]) -> float:
    """Return the memory of processes, what several of them share counted once (their PSS).

    Pages of files are counted as if nothing else on this machine had them mapped: whatever else runs on the same
    libraries would otherwise take its share off ours.
    """
    own = sum(sum(_kilobytes(one, "smaps_rollup", _OWN)) for one in processes)
    files: dict[str, int] = {}
    for one in processes:
        for place, size in _mapped(one):
            files[place] = max(files.get(place, 0), size)
    return (own + sum(files.values())) / 1024


def _mapped(process: int) -> Iterator[tuple[str, int]]:
    """Yield each mapped part of a file with the KB of it that are in memory as they are in the file."""
    place, resident = "", 0
    for line in _read(process, "smaps"):
        name, *values = line.split()
        if not name.endswith(":"):
            _rights, offset, device, inode, *_path = values
            place = f"{device} {inode} {offset}" if inode != "0" else ""
        elif place and name == "Rss:":
            resident = int(values[0])
        elif place and name == "Anonymous:":
            yield place, resident - int(values[0])


def _kilobytes(process: int, file: str, names: set[str]) -> Iterator[int]:
    for line in _read(process, file):
        name, value, *_unit = line.split()
        if name in names:
            yield int(value)


def _read(process: int, file: str) -> list[str]:
    return (Path("/proc") / str(process) / file).read_text("utf-8").splitlines()


def _stat(process: int) -> list[str]:
    """Return the fields of a process from its state on; none if it is gone. Its name may have blanks in it."""
    try:
        return (Path("/proc") / str(process) / "stat").read_text("utf-8").rpartition(")")[2].split()
    except OSError:
        return []
