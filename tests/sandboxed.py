"""Whether submissions can run in a sandbox here: a test is skipped for the machine's sake, never for ours."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache

import pytest

_LEAST = ("--unshare-all", "--unshare-user", "--disable-userns", "--ro-bind", "/", "/", "--proc", "/proc")


@cache
def can_be_made() -> bool:
    """Say whether bubblewrap by itself makes a sandbox on this machine; then ours has to work as well."""
    program = shutil.which("bwrap")
    return bool(program) and not subprocess.run([program, *_LEAST, "true"], capture_output=True).returncode


def require() -> None:
    """Skip a test where this machine has no sandbox."""
    if not can_be_made():
        pytest.skip("bubblewrap makes no sandbox here; `make sandbox` installs it on Debian.")
