"""The command line: exit statuses, one sentence for what a person can mend, and commands loaded late."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import entry_points, version
from types import ModuleType

import pytest

from backchannel import cli
from backchannel.errors import BackchannelError, DataError


@pytest.fixture
def act(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Sequence[str]], int]], None]:
    """Put a function in the place of the `check` command."""

    def put(function: Callable[[Sequence[str]], int]) -> None:
        module = ModuleType("planted")
        module.main = function
        monkeypatch.setitem(sys.modules, "planted", module)
        monkeypatch.setitem(cli.COMMANDS, "check", cli.Command("planted", "main", "…"))

    return put


def test_a_command_gets_its_own_arguments_and_gives_the_status(act):
    got = []
    act(lambda argv: got.extend(argv) or 7)
    assert cli.main(["check", "--help", "one"]) == 7
    assert got == ["--help", "one"]


def test_the_words_of_the_process_are_taken_when_none_are_given(act, monkeypatch):
    act(lambda argv: len(argv))
    monkeypatch.setattr(sys, "argv", ["backchannel", "check", "a", "b"])
    assert cli.main() == 2


@pytest.mark.parametrize("kind", [BackchannelError, DataError])
def test_an_expected_error_is_one_sentence_and_status_1(act, capsys, kind):
    def fail(argv: Sequence[str]) -> int:
        raise kind("claims.csv has no column id; add it.")

    act(fail)
    assert cli.main(["check"]) == 1
    assert capsys.readouterr() == ("", "backchannel check: claims.csv has no column id; add it.\n")


def test_a_programming_error_is_not_hidden(act):
    def fail(argv: Sequence[str]) -> int:
        raise KeyError("no such word")

    act(fail)
    with pytest.raises(KeyError):
        cli.main(["check"])


def test_an_interrupt_is_quiet(act, capsys):
    def interrupt(argv: Sequence[str]) -> int:
        raise KeyboardInterrupt

    act(interrupt)
    assert cli.main(["check"]) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("words", [[], ["nonsense"], ["--nonsense"]])
def test_misuse_is_status_2_and_shows_the_usage(words, capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(words)
    assert stop.value.code == 2
    assert capsys.readouterr().err.startswith("usage: backchannel COMMAND")


def test_a_missing_package_is_one_sentence(act, monkeypatch, capsys):
    monkeypatch.setitem(cli.COMMANDS, "check", cli.Command("backchannel.no_such_module", "main", "…"))
    assert cli.main(["check"]) == 1
    error = capsys.readouterr().err
    assert error.startswith("backchannel check: This command needs backchannel.no_such_module, which is not ")
    assert error.count("\n") == 1


def test_the_help_names_every_command(capsys):
    with pytest.raises(SystemExit) as stop:
        cli.main(["--help"])
    assert stop.value.code == 0
    listing = capsys.readouterr().out
    assert all(
        f"  {name}" in listing and command.summary in listing for name, command in cli.COMMANDS.items()
    )
    assert set(cli.COMMANDS) == {
        *("lab", "check", "dossier", "refresh", "describe", "tokens"),
        *("exchange", "lint", "bench", "pictures"),
        *("release", "collect", "grade", "feedback", "export", "report"),
    }


def test_the_version_is_the_package_s(capsys):
    with pytest.raises(SystemExit):
        cli.main(["--version"])
    assert capsys.readouterr().out == f"backchannel {version('backchannel')}\n"


def test_the_installed_command_is_this_function():
    [script] = entry_points(group="console_scripts", name="backchannel")
    assert script.load() is cli.main


def test_no_command_is_loaded_before_it_is_asked_for():
    code = (
        "import sys, backchannel.cli; "
        "heavy = {'jupyterlab', 'pandas', 'matplotlib', 'backchannel.launch', 'backchannel.authoring'}; "
        "sys.exit(str(heavy & sys.modules.keys()) if heavy & sys.modules.keys() else 0)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_whoever_stops_reading_the_output_gets_no_traceback():
    """As with `backchannel check | head -1`."""
    code = (
        "import sys; from backchannel import cli; from backchannel.authoring import check; "
        "check.main = lambda _: [print('x' * 1000) for _ in range(1000)] and 0; sys.exit(cli.main(['check']))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        running.stdout.read(1)
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 1
