"""A real JupyterLab in a real Chromium, for the browser tests, the bench and the README's pictures."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from backchannel.errors import BackchannelError
from backchannel.launch import PAGE_DEFAULTS, PROMPT_ANSWERS

if TYPE_CHECKING:
    from playwright.sync_api import Page

CHROMIUM_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)
START_SECONDS = 60
STOP_SECONDS = 5  # a server whose kernel is busy asks it politely for much longer
_QUIET = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 2},
}


def find_chromium() -> str | None:
    """Return the path of an installed Chromium, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return os.environ.get("BACKCHANNEL_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: its address, its token, the folder it shows."""

    url: str
    token: str
    folder: Path

    def notebook(self, path: str) -> str:
        """Return the address that opens a notebook alone."""
        return f"{self.url}/lab/tree/{path}?token={self.token}&reset"

    def kernel_pids(self) -> list[int]:
        """Return the process ids of all kernels of this server."""
        import psutil

        server = psutil.Process(self._pid())
        return [
            p.pid for p in server.children(recursive=True) if "ipykernel_launcher" in " ".join(p.cmdline())
        ]

    def _pid(self) -> int:
        return int(json.loads((self.folder / "server.json").read_text())["pid"])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running_lab(folder: Path, workspace: Path, *, theme: str = "JupyterLab Light") -> Iterator[Lab]:
    """Start JupyterLab on ``folder`` with settings of its own, and stop it at the end.

    Raises:
        BackchannelError: it did not answer within a minute.
    """
    home = folder / ".jupyter-home"
    settings = home / "settings"
    for plugin, values in (_QUIET | {"@jupyterlab/apputils-extension:themes": {"theme": theme}}).items():
        owner, _, name = plugin.partition(":")
        place = settings / owner / f"{name}.jupyterlab-settings"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps(values))
    port, token = _free_port(), secrets.token_hex(16)
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "JUPYTER_CONFIG_PATH": str(PAGE_DEFAULTS),
        "BACKCHANNEL_WORKSPACE": str(workspace),
        "JUPYTER_TOKEN": token,
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1",
        f"--port={port}", "--ServerApp.port_retries=0", f"--ServerApp.root_dir={folder}",
        "--expose-app-in-browser", "--LabApp.news_url=None",
        "--MappingKernelManager.transport_encryption=auto", PROMPT_ANSWERS,
    ]  # fmt: skip
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd=folder)
    (folder / "server.json").write_text(json.dumps({"pid": process.pid}))
    lab = Lab(f"http://127.0.0.1:{port}", token, folder)
    try:
        _await_server(lab, process, log)
        yield lab
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_server(lab: Lab, process: subprocess.Popen[bytes], log: Path) -> None:
    request = urllib.request.Request(f"{lab.url}/api/status", headers={"Authorization": f"token {lab.token}"})
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(request, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    tail = log.read_text(errors="replace")[-600:]
    raise BackchannelError(f"JupyterLab did not start within {START_SECONDS} seconds; its log ends: {tail}")


@contextlib.contextmanager
def browser_page(*, width: int = 1400, height: int = 1000, dark: bool = False) -> Iterator[Page]:
    """Open a page in headless Chromium.

    Raises:
        BackchannelError: no Chromium is installed.
    """
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        raise BackchannelError(
            "No Chromium was found; install it (on Debian: apt-get install chromium) "
            "or name its path in BACKCHANNEL_CHROMIUM."
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light"
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        yield page
        browser.close()


IDLE = """() => {
  const panel = window.jupyterapp?.shell?.currentWidget;
  return panel?.context?.isReady && panel.sessionContext?.session?.kernel?.status === 'idle';
}"""


def open_notebook(page: Page, lab: Lab, path: str) -> None:
    """Open a notebook and wait until its kernel is idle."""
    page.goto(lab.notebook(path))
    _await_notebook(page)


def reload(page: Page) -> None:
    """Reload the page and wait until the kernel is idle again."""
    page.reload()
    _await_notebook(page)


def _await_notebook(page: Page) -> None:
    page.wait_for_function("() => window.jupyterapp?.started")
    page.evaluate("async () => { await window.jupyterapp.started; await window.jupyterapp.restored; }")
    page.wait_for_function(IDLE)


def run_all(page: Page) -> None:
    """Run all cells and wait until the last of them has finished."""
    page.evaluate("async () => { await window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    page.wait_for_function(IDLE)


def save(page: Page) -> None:
    """Save the notebook, as the autosave would a moment later."""
    page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save'); }")
