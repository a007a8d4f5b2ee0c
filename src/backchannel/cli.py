"""The command ``backchannel``: one word for each thing that can be done with the course."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module, metadata

from backchannel.errors import BackchannelError

FAILED = 1
INTERRUPTED = 130  # what a shell reports for a program ended by Ctrl-C


@dataclass(frozen=True)
class Command:
    """A sub-command: where its function lives, which is loaded only when it is asked for."""

    module: str
    function: str
    summary: str

    def load(self) -> Callable[[Sequence[str]], int]:
        """Return the function; it takes the arguments after the command's name and returns an exit status.

        Raises:
            BackchannelError: a package it needs is not installed.
        """
        try:
            found: Callable[[Sequence[str]], int] = getattr(import_module(self.module), self.function)
        except ModuleNotFoundError as problem:
            raise BackchannelError(
                f"This command needs {problem.name}, which is not installed; "
                "run `make setup` in the folder of the course, which installs everything."
            ) from problem
        return found


COMMANDS = {
    "lab": Command("backchannel.launch", "lab", "open the course in JupyterLab"),
    "check": Command("backchannel.authoring.check", "main", "check the course data and the lessons"),
    "dossier": Command("backchannel.authoring.new_dossier", "main", "begin a dossier of your own"),
    "refresh": Command("backchannel.authoring.refresh", "main", "run the lessons and store their outputs"),
    "describe": Command("backchannel.authoring.describe", "main", "write the pages on data and codebook"),
    "tokens": Command(
        "backchannel.authoring.count_tokens", "main", "count the words of the originals into tokens.csv"
    ),
    "exchange": Command("backchannel.authoring.exchange", "main", "carry labels out of the course and back"),
    "release": Command(
        "backchannel.classroom.release", "main", "make the exercises from their masters, and the archives"
    ),
    "collect": Command("backchannel.classroom.collecting.collect", "main", "take in what students handed in"),
    "grade": Command("backchannel.classroom.grading.grade", "main", "grade what was handed in, in a sandbox"),
    "feedback": Command("backchannel.classroom.handing_back.feedback", "main", "write a page a student"),
    "export": Command("backchannel.classroom.handing_back.export", "main", "write points and labels"),
    "report": Command("backchannel.classroom.reporting.report", "main", "write the report on the class"),
    "lint": Command("backchannel.authoring.lint", "main", "check that each lesson has the parts of a lesson"),
    "bench": Command("backchannel.authoring.bench", "main", "measure the speed of what the course promises"),
    "pictures": Command("backchannel.authoring.pictures", "main", "make the pictures of the README"),
}


def _parser() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS))
    listing = "\n".join(f"  {name:<{width}}  {command.summary}" for name, command in COMMANDS.items())
    parser = argparse.ArgumentParser(
        prog="backchannel",
        usage="backchannel COMMAND [OPTION ...]",
        description="Backchannel: a notebook course on diplomacy tracks, source critique and the Logan Act.",
        epilog=f"commands:\n{listing}\n\n`backchannel COMMAND --help` says more about one of them.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--version", action="version", version=f"backchannel {metadata.version('backchannel')}"
    )
    parser.add_argument("command", choices=COMMANDS, metavar="COMMAND", help="one of the commands below")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    The status is 0 where all is well, 1 where something is wrong with the course or the machine (said in one
    sentence on the standard error), 2 where the command line cannot be understood, 130 after Ctrl-C.

    Args:
        argv: the words after ``backchannel``; the process's own when None.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    name = _parser().parse_args(words[:1]).command  # the rest belongs to the command's own parser
    try:
        status = COMMANDS[name].load()(words[1:])
        sys.stdout.flush()
    except BackchannelError as problem:
        print(f"backchannel {name}: {problem}", file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # whoever read the output has seen enough, as `| head` has
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return status


if __name__ == "__main__":
    raise SystemExit(main())
