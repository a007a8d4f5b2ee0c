"""`make lab`: a server that starts anywhere, says where it is, keeps its token and stops when asked."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from jupyter_client.blocking import BlockingKernelClient

from backchannel import launch
from backchannel.errors import BackchannelError

PROJECT = Path(__file__).resolve().parents[2]
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0
PATIENCE = 30  # seconds until a server that says nothing is ended; a start takes about three

CARELESS = 'c.IdentityProvider.token = ""\nc.ServerApp.token = ""\nc.ServerApp.ip = "0.0.0.0"\n'


@pytest.fixture
def course(tmp_path: Path) -> Path:
    """A folder with nothing but a first lesson."""
    lesson = tmp_path / "course" / launch.FIRST_LESSON
    lesson.parent.mkdir(parents=True)
    lesson.write_text('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}', encoding="utf-8")
    return tmp_path / "course"


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind((launch.HOST, 0))
        other.listen()
        yield other.getsockname()[1]


@contextmanager
def launched(course: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """Run `backchannel lab` without a screen, for a person whose own settings open Jupyter to everybody."""
    home = course.parent / "home"
    (home / ".jupyter").mkdir(parents=True)
    (home / ".jupyter" / "jupyter_server_config.py").write_text(CARELESS, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTER", "CI"))}
    kept = {name: value for name, value in kept.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    process = subprocess.Popen(
        [sys.executable, "-m", "backchannel.cli", "lab", *arguments],
        cwd=course,
        env={**kept, "HOME": str(home), "JUPYTER_RUNTIME_DIR": str(home / "runtime")},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watchdog = threading.Timer(PATIENCE, process.kill)
    watchdog.start()
    try:
        yield process
    finally:
        watchdog.cancel()
        process.kill()
        process.communicate()


def lines_until(process: subprocess.Popen[str], wanted: str) -> list[str]:
    """Read what the launcher prints up to the line with ``wanted``; the watchdog ends a wait in vain."""
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if wanted in line:
            return lines
    raise AssertionError(f"it ended without saying {wanted!r}: {lines} {process.stderr.read()}")


def fetch(address: str, token: str = "", method: str = "GET") -> tuple[int, str]:
    """Return status and text; no proxy of the machine stands between."""
    request = urllib.request.Request(address, method=method, data=b"{}" if method == "POST" else None)
    if token:
        request.add_header("Authorization", f"token {token}")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read().decode()


def wait_for_kernel(connection: Path) -> None:
    """Wait until a kernel answers: one stopped while it still loads complains, and would not be heard of."""
    client = BlockingKernelClient(connection_file=str(connection))
    client.load_connection_file()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=PATIENCE)
    finally:
        client.stop_channels()
        client.context.term()


@pytest.mark.skipif(os.name == "nt", reason="make lab is for POSIX systems")
def test_it_starts_on_a_taken_port_without_a_screen_and_stops_on_an_interrupt(course: Path, taken_port: int):
    with launched(course, "--port", str(taken_port)) as process:
        lines = lines_until(process, "Ctrl-C")
        [address] = [match[0] for match in re.finditer(r"http\S+", "\n".join(lines))]
        parts = urlsplit(address)
        [token] = parse_qs(parts.query)["token"]
        server = f"http://{parts.netloc}"

        assert parts.hostname == launch.HOST
        with socket.socket() as visitor:  # 127.0.0.2 is this machine too, by another of its addresses
            visitor.settimeout(5)
            assert visitor.connect_ex(("127.0.0.2", parts.port)) != 0, "it listens to other addresses"
        assert parts.port != taken_port
        assert lines[0] == f"Port {taken_port} is taken; using {parts.port} instead."
        assert lines[1].startswith("No browser is opened")

        assert fetch(f"{server}/api/status", token)[0] == 200
        assert fetch(f"{server}/api/status")[0] == 403, "the token is not asked for"
        assert fetch(f"{server}/api/status", "0" * len(token))[0] == 403, "any token is taken"
        assert launch.FIRST_LESSON in fetch(f"{server}/api/contents/{launch.FIRST_LESSON}", token)[1]

        page_settings = f"{server}/lab/api/settings/@jupyterlab/apputils-extension:notification"
        properties = json.loads(fetch(page_settings, token)[1])["schema"]["properties"]
        assert properties["fetchNews"]["default"] == "false", "JupyterLab would ask about news"
        assert properties["checkForUpdates"]["default"] is False
        assert '"news": {"disabled": true}' in fetch(f"{server}/lab", token)[1]

        assert fetch(f"{server}/api/kernels", token, "POST")[0] == 201
        [connection] = (course.parent / "home" / "runtime").glob("kernel-*.json")
        assert ("curve_publickey" in connection.read_text(encoding="utf-8")) == launch._can_encrypt()
        wait_for_kernel(connection)

        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
        assert output == "JupyterLab has stopped.\n"
        assert re.fullmatch(r"Warning: running as root, [^\n]*\n" if AS_ROOT else "", errors)
        assert token not in errors


def test_only_a_linux_without_a_display_and_ci_have_no_screen():
    def screen(platform: str, **environ: str) -> bool:
        return launch.Surroundings.found(environ, platform).screen

    assert not screen("linux")
    assert not screen("linux", DISPLAY="")
    assert screen("linux", DISPLAY=":0")
    assert screen("linux", WAYLAND_DISPLAY="wayland-0")
    assert screen("darwin")
    assert not screen("darwin", CI="true")


def test_root_is_recognised(monkeypatch: pytest.MonkeyPatch):
    for user, root in ((0, True), (1000, False)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user, raising=False)
        assert launch.Surroundings.found({}, "linux").root is root


def test_the_options_keep_token_and_address_and_allow_root_only_to_root():
    def given(**changed: bool) -> list[str]:
        told = {"browser": True, "as_root": False, "encrypt_kernels": True, **changed}
        return launch.options(Path("course"), port=1, token="secret", **told)

    for some in (given(), given(as_root=True), given(browser=False, encrypt_kernels=False)):
        assert "--IdentityProvider.token=secret" in some
        assert "--ServerApp.ip=127.0.0.1" in some
    assert not any("allow_root" in option for option in given())
    assert "--ServerApp.allow_root=True" in given(as_root=True)
    assert "--ServerApp.open_browser=False" in given(browser=False)
    assert not any("transport_encryption" in option for option in given(encrypt_kernels=False))


def test_the_page_defaults_come_after_a_configuration_the_person_names(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("JUPYTER_CONFIG_PATH", "theirs")
    launch._add_page_defaults(launch.PAGE_DEFAULTS)
    assert os.environ["JUPYTER_CONFIG_PATH"] == os.pathsep.join(["theirs", str(launch.PAGE_DEFAULTS)])
    monkeypatch.delenv("JUPYTER_CONFIG_PATH")
    launch._add_page_defaults(launch.PAGE_DEFAULTS)
    assert os.environ["JUPYTER_CONFIG_PATH"] == str(launch.PAGE_DEFAULTS)


def test_the_lessons_are_found_from_a_folder_below(course: Path):
    assert launch.project_root(course / "notebooks") == course


def test_a_dossier_opens_on_its_own_notebook_and_its_own_tabs(tmp_path: Path, course: Path):
    own = tmp_path / "course" / "Möwen & Lachs"
    (own / "notebooks").mkdir(parents=True)
    (own / "notebooks" / "start.ipynb").touch()
    assert launch.project_root(own / "notebooks") == own
    assert launch.start_page(own) == "/lab/workspaces/backchannel-m-wen-lachs/tree/notebooks/start.ipynb"
    assert launch.start_page(course) == f"/lab/workspaces/backchannel/tree/{launch.FIRST_LESSON}"


def test_a_named_folder_has_to_be_a_course_or_a_dossier(course: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(course.parent)
    assert launch._named_root(Path("course")) == course
    with pytest.raises(
        BackchannelError, match=r"^In course/notebooks there is no .*00_start_here.*start.*\.$"
    ):
        launch.lab(["course/notebooks"])


def test_missing_lessons_are_said_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(launch, "__file__", str(tmp_path / "a" / "b" / "launch.py"))
    with pytest.raises(BackchannelError, match=r"^There is no notebooks/00_start_here\.ipynb and .*again\.$"):
        launch.project_root(tmp_path)


def test_a_missing_jupyterlab_is_said_in_one_sentence(course: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(course)
    monkeypatch.setitem(sys.modules, "jupyterlab.labapp", None)
    with pytest.raises(BackchannelError, match=r"^JupyterLab cannot be loaded by .* run `make lab` .*\.$"):
        launch.lab(["--no-browser"])


@pytest.mark.parametrize("port", ["0", "65536", "-1", "many"])
def test_a_port_that_is_none_is_misuse(port: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as stop:
        launch.lab([f"--port={port}"])
    assert stop.value.code == 2
    assert "a port is a number from 1 to 65535" in capsys.readouterr().err


PYTHONS = {
    "too old": ("exit 1", "The course needs Python 3.11 or later, and none was found as "),
    "without venv": (
        'case "$*" in *ensurepip*) exit 1;; esac',
        "The course needs Python's venv module, which ",
    ),
}


@pytest.mark.skipif(shutil.which("make") is None or os.name == "nt", reason="needs make")
@pytest.mark.parametrize("fault", PYTHONS)
def test_make_says_in_one_sentence_which_python_it_lacks(tmp_path: Path, fault: str):
    script, sentence = PYTHONS[fault]
    for name in ("Makefile", "requirements.lock", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    python = tmp_path / "my python"
    python.write_text(f"#!/bin/sh\n{script}\nexit 0\n", encoding="utf-8")
    python.chmod(0o755)

    made = subprocess.run(
        ["make", "lab", f"PYTHON={python}"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert made.returncode != 0
    first, *rest = made.stderr.splitlines()
    assert first.startswith(f"{sentence}{python}")
    assert first.endswith(".")
    assert all(line.startswith("make") for line in rest), "more than one sentence"
    assert not (tmp_path / ".venv").exists()


def test_grading_needs_the_course_of_an_instructor(course, monkeypatch):
    monkeypatch.chdir(course)
    with pytest.raises(
        BackchannelError, match=r"solutions/grading\.ipynb; grading needs the course as instr"
    ):
        launch.lab(["--grading", "--no-browser"])


@pytest.mark.parametrize(
    ("place", "served", "page"),
    [
        ("course/class", "course", "solutions/grading.ipynb"),
        ("elsewhere", ".", "course/solutions/grading.ipynb"),
    ],
)
def test_the_class_lies_below_what_is_served_for_grading(course, monkeypatch, place, served, page):
    (course / "solutions").mkdir()
    (course / launch.GRADING_PAGE).write_text("{}", encoding="utf-8")
    for name in ("JUPYTER_CONFIG_PATH", launch.VARIABLE):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr("backchannel.classroom.gradebook.prepare", lambda _: [])
    around = course.parent
    assert launch._for_grading(course, around / place) == (around / served, page)
    assert os.environ[launch.VARIABLE] == str(around / place)
    found = os.environ["JUPYTER_CONFIG_PATH"].split(os.pathsep)
    assert found == [str(around / place), str(launch.GRADING_DEFAULTS)]


def test_students_see_nothing_of_nbgrader():
    """One set of packages serves all; its menu, sidebar and buttons would only puzzle a student."""
    found = subprocess.run(
        [sys.executable, "-m", "jupyter", "labextension", "list"],
        env=os.environ | {"JUPYTER_CONFIG_PATH": str(launch.PAGE_DEFAULTS)},
        capture_output=True,
        text=True,
        check=True,
    )
    (line,) = (line for line in (found.stdout + found.stderr).splitlines() if "nbgrader v" in line)
    assert "disabled" in line
