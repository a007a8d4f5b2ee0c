"""What a sandbox uses, seen from outside, where nothing that runs in it can tell another story."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MB = 2**20
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
# Places in /proc/PID/stat, counted after the name, which may hold spaces and brackets.
_THREADS, _RESIDENT = 17, 21


@dataclass(frozen=True)
class Usage:
    """What all processes of a sandbox use together.

    Attributes:
        memory: in MB, files in memory included.
        processes: with their threads, as the Linux kernel counts them.
        files: files and folders in the writable part.
    """

    memory: float
    processes: int
    files: int


def usage(first: int, writable: Path, most: float) -> Usage | None:
    """Return what a sandbox uses, or None where it has ended.

    Args:
        first: process id of its process 1, outside.
        writable: the folder inside that can be written to, a file system of its own.
        most: MB above which memory that processes share is counted once, which takes longer to find out.
    """
    inside = Path(f"/proc/{first}/root")
    try:
        folder = os.statvfs(f"{inside}{writable}")
        processes = [entry for entry in (inside / "proc").iterdir() if entry.name.isdecimal()]
    except OSError:
        return None
    threads, resident = 0, 0
    for process in processes:
        with suppress(OSError):  # it has ended since
            fields = (process / "stat").read_text(errors="replace").rpartition(")")[2].split()
            threads += int(fields[_THREADS])
            resident += int(fields[_RESIDENT]) * _PAGE
    written = (folder.f_blocks - folder.f_bfree) * folder.f_frsize
    if resident + written > most * MB:
        resident = sum(map(_share, processes))
    return Usage((resident + written) / MB, threads, folder.f_files - folder.f_ffree)


def _share(process: Path) -> int:
    """Return the memory of a process in bytes, where what several share is divided among them."""
    with suppress(OSError):
        for line in (process / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    return 0
