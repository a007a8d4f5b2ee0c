"""The sandbox of this machine for tests; where there is none, a test is skipped and says so."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from backchannel.classroom.sandbox.box import Bubblewrap, find_sandbox
from backchannel.errors import NotReadyError

_BARE = ("--unshare-all", "--unshare-user", "--ro-bind", "/", "/", "--", "/bin/sh", "-c", "true")


def can_sandbox() -> bool:
    """Say whether bubblewrap works on this machine by itself, whatever is wrong with the course."""
    program = shutil.which("bwrap")
    return (
        bool(program) and not subprocess.run([program, *_BARE], capture_output=True, check=False).returncode
    )


def sandbox_here(project: Path) -> Bubblewrap:
    """Return the sandbox, or skip the test; where bubblewrap works, one that cannot be had is a failure."""
    try:
        return find_sandbox(project)
    except NotReadyError as problem:
        if can_sandbox():
            raise
        pytest.skip(f"{problem} Without it this was not checked; `make sandbox` installs it on Debian.")
