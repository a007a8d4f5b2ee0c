"""Opens the course in JupyterLab: ``backchannel lab``, which is what ``make lab`` calls.

JupyterLab runs inside this process and not as a child of it. So the server itself finds the free port and
tells us which it took, the token never stands in a process list or in an environment that kernels inherit,
and one Ctrl-C ends everything.

Every setting is given to this one server: as a command-line option of Jupyter's own or, where only the page
in the browser knows the setting, as a default in ``jupyter_config/``, which this server reads beside the
usual folders. Nothing is written into the settings of the person or of the environment; their own JupyterLab
stays as they left it, and what they chose for themselves goes before our defaults.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from backchannel.classroom.folder import VARIABLE, class_option, find_class
from backchannel.errors import BackchannelError

FIRST_LESSON = "notebooks/00_start_here.ipynb"
FIRST_PAGES = (FIRST_LESSON, "notebooks/start.ipynb")  # of the course; of an instructor's own dossier
HOST = "127.0.0.1"
PORT = 8888
# Holds the page's defaults: no question about news or a newer version, and no nbgrader, which is for authors.
PAGE_DEFAULTS = Path(__file__).with_name("jupyter_config")
# The same for an instructor who grades: Formgrader is there, what students would hand in with is not.
GRADING_DEFAULTS = Path(__file__).with_name("jupyter_config_grading")
GRADING_PAGE = "solutions/grading.ipynb"
# Takes about 20 ms off every key press; why is said in backchannel.websocket.
PROMPT_ANSWERS = "--ServerApp.kernel_websocket_connection_class=backchannel.websocket.PromptConnection"


@dataclass(frozen=True)
class Surroundings:
    """What the launcher has to know about the place it runs in."""

    root: bool
    screen: bool

    @classmethod
    def found(cls, environ: Mapping[str, str], platform: str) -> Surroundings:
        """Look at the environment variables and the user of this process.

        Only Linux says by a variable whether there is a screen; elsewhere one is assumed. CI has none.
        """
        display = platform != "linux" or bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))
        user = getattr(os, "geteuid", lambda: -1)()  # Windows has no such call
        return cls(root=user == 0, screen=display and not environ.get("CI"))


def first_page(root: Path) -> str:
    """Return the notebook to begin with, or an empty string where the folder holds none."""
    return next((page for page in FIRST_PAGES if (root / page).is_file()), "")


def start_page(root: Path, page: str = "") -> str:
    """Return the address of a page, the first one by default, in a JupyterLab workspace of its own.

    So tabs left open in the person's other projects, and in other dossiers, stay with those.
    """
    page = page or first_page(root) or FIRST_LESSON
    if page.endswith(GRADING_PAGE):
        own = "-grading"
    else:
        own = "" if page == FIRST_LESSON else "-" + re.sub(r"[^a-z0-9]+", "-", root.name.casefold())
    return f"/lab/workspaces/backchannel{own}/tree/{page}"


def project_root(start: Path) -> Path:
    """Return the folder that holds the lessons: ``start``, a folder above it, or the one of this package.

    Raises:
        BackchannelError: none of them holds the first lesson, or the start of a dossier.
    """
    for folder in (start, *start.parents, Path(__file__).resolve().parents[2]):
        if first_page(folder):
            return folder
    raise BackchannelError(
        f"There is no {' and no '.join(FIRST_PAGES)} in {start} or in a folder above it; "
        "go to the folder of the course and start again."
    )


def _named_root(folder: Path) -> Path:
    """Return the folder a person names, which has to be a course or a dossier itself."""
    if not first_page(folder):
        raise BackchannelError(
            f"In {folder} there is no {' and no '.join(FIRST_PAGES)}; "
            "name the folder of the course or of a dossier."
        )
    return folder.resolve()


def options(
    root: Path,
    *,
    port: int,
    token: str,
    browser: bool,
    as_root: bool,
    encrypt_kernels: bool,
    page: str = "",
) -> list[str]:
    """Return JupyterLab's options for the course.

    The token and the local address are set here, so that no configuration found on the machine turns
    them off. News and the look for a newer version are off for the server too, so that nothing is fetched
    from outside whatever the page asks for. What is not named here, such as saving by itself, stays as
    JupyterLab has it.

    Args:
        root: folder shown in the file browser.
        port: the port to try first; JupyterLab goes on to others when it is taken.
        token: what the browser must present.
        browser: whether to open a browser.
        as_root: whether the process runs as root, which Jupyter refuses unless told.
        encrypt_kernels: whether to encrypt the local connection between server and kernel.
        page: what to open, from ``root``; the first page by default.
    """
    chosen = [
        f"--ServerApp.root_dir={root}",
        f"--ServerApp.ip={HOST}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=50",
        f"--ServerApp.open_browser={browser}",
        f"--IdentityProvider.token={token}",
        f"--LabApp.default_url={start_page(root, page)}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
        "--Application.log_level=ERROR",
        PROMPT_ANSWERS,
    ]
    if as_root:
        chosen.append("--ServerApp.allow_root=True")
    if encrypt_kernels:  # without it each kernel warns that it talks in the clear
        chosen.append("--MappingKernelManager.transport_encryption=auto")
    return chosen


def _lab_app() -> Any:
    """Return the class of JupyterLab's server extension."""
    try:
        return import_module("jupyterlab.labapp").LabApp
    except ImportError as problem:
        raise BackchannelError(
            f"JupyterLab cannot be loaded by {sys.executable} ({problem}); "
            "run `make lab` in the folder of the course, which installs it."
        ) from problem


def _can_encrypt() -> bool:
    """Tell whether this machine's ZeroMQ was built with encryption; a kernel would fail to start if not."""
    return bool(import_module("zmq").has("curve"))


def _add_page_defaults(*folders: Path) -> None:
    """Let Jupyter read our defaults beside the folders it reads anyway."""
    known = os.environ.get("JUPYTER_CONFIG_PATH")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, (known, *map(str, folders))))


def _for_grading(course: Path, named: Path | None) -> tuple[Path, str]:
    """Make the class ready for Formgrader; return the folder to serve and the marking page in it.

    Formgrader finds the class by ``nbgrader_config.py`` in its folder, which has to lie below the folder that
    is served.
    """
    from backchannel.classroom.gradebook import prepare  # only instructors have nbgrader's parts

    if not (course / GRADING_PAGE).is_file():
        raise BackchannelError(
            f"In {course} there is no {GRADING_PAGE}; grading needs the course as instructors receive it."
        )
    found = find_class(named)
    prepare(found)
    os.environ[VARIABLE] = str(found.root)
    _add_page_defaults(found.root, GRADING_DEFAULTS)
    root = Path(os.path.commonpath([course, found.root]))
    return root, (course / GRADING_PAGE).relative_to(root).as_posix()


def _stop_on_signals(server: Any) -> None:
    """Let Ctrl-C and a polite kill end the server at once, without Jupyter's question.

    Decisions are on disk before they are shown as saved. Prose typed into a notebook since JupyterLab last
    saved it by itself is lost, as it is when a terminal is closed.
    """

    def stop(*_: object) -> None:
        server.stop(from_signal=True)

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="backchannel lab", description="Open the course in JupyterLab, on this machine only."
    )
    parser.add_argument(
        "course",
        nargs="?",
        type=Path,
        metavar="FOLDER",
        help="the course, or a dossier of your own; found by default",
    )
    parser.add_argument(
        "--port", type=_port, default=PORT, help="the port to try first (default: %(default)s)"
    )
    parser.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    parser.add_argument(
        "--grading",
        action="store_true",
        help="for instructors: open the marking page, with nbgrader's Formgrader",
    )
    class_option(parser)
    return parser.parse_args(argv)


def _port(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"a port is a number from 1 to 65535, not {text}")
    return int(text)


def lab(argv: Sequence[str]) -> int:
    """Serve the course until Ctrl-C; return 0.

    Args:
        argv: what follows ``backchannel lab`` on the command line.

    Raises:
        BackchannelError: JupyterLab or the lessons are missing.
    """
    wanted = _arguments(argv)
    place = Surroundings.found(os.environ, sys.platform)
    browser = place.screen and not wanted.no_browser
    root = project_root(Path.cwd()) if wanted.course is None else _named_root(wanted.course)
    page = ""
    if wanted.grading:
        root, page = _for_grading(root, wanted.folder)
    lab_app = _lab_app()
    if place.root:
        warning = "Warning: running as root, so a notebook may change any file; do this only in a container."
        print(warning, file=sys.stderr, flush=True)
    if not wanted.grading:
        _add_page_defaults(PAGE_DEFAULTS)
    token = secrets.token_hex(24)
    server = lab_app.initialize_server(
        argv=options(
            root,
            port=wanted.port,
            token=token,
            browser=browser,
            as_root=place.root,
            encrypt_kernels=_can_encrypt(),
            page=page,
        )
    )
    _stop_on_signals(server)
    # Jupyter has queued the opening of its port on this loop; what is queued behind it finds the port open.
    server.io_loop.add_callback(_announce, server.port, wanted.port, token, browser)
    server.start()
    _say("JupyterLab has stopped.")
    return 0


def _announce(port: int, wanted_port: int, token: str, browser: bool) -> None:
    if port != wanted_port:
        _say(f"Port {wanted_port} is taken; using {port} instead.")
    if browser:
        _say("The course opens in your browser; if it does not, open this address:")
    else:
        _say("No browser is opened from here; open this address in one on this machine:")
    _say(f"    http://{HOST}:{port}/?token={token}")
    _say("Press Ctrl-C here to stop.")


def _say(line: str) -> None:
    # Flushed, because a pipe would hold the address back until the end.
    print(line, flush=True)
