"""What a sandbox can see: the system's programs, Python, the package and the course data, to read only."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import backchannel
from backchannel.errors import NotReadyError

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
SETTINGS = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts", "/etc/localtime")
COURSE = Path("/course")  # stands for the folder of the course, in which most is missing


@dataclass(frozen=True)
class View:
    """A file tree made of parts of this machine's.

    Attributes:
        parts: each as (place here, place inside), to read only.
        links: symbolic links as (target, place inside).
    """

    parts: tuple[tuple[Path, Path], ...]
    links: tuple[tuple[str, Path], ...]

    @property
    def from_inside(self) -> View:
        """The same view for whoever sees no more than it."""
        return View(tuple((place, place) for _, place in self.parts), self.links)

    @property
    def arguments(self) -> list[str]:
        """The view as options of bubblewrap; by itself it would make folders for their owner alone."""
        inside = [place for _, place in self.parts] + [place for _, place in self.links]
        above = sorted({folder for place in inside for folder in place.parents[:-1]})
        found = [word for folder in above for word in ("--dir", str(folder))]
        for here, place in self.parts:
            found += ["--ro-bind", str(here), str(place)]
        for target, place in self.links:
            found += ["--symlink", target, str(place)]
        return found


def make_view(course_data: Path, hidden: Iterable[Path]) -> View:
    """Return what a sandbox needs to see.

    Args:
        course_data: the course data.
        hidden: what it must not see.

    Raises:
        NotReadyError: one cannot be shown without the other.
    """
    system = [Path(name) for name in SYSTEM if Path(name).is_dir()]
    shown = [place for place in system if not place.is_symlink()]
    for prefix in _python():
        if not any(prefix.is_relative_to(place) for place in shown):
            shown.append(prefix)
    settings = [Path(name) for name in SETTINGS if Path(name).exists()]
    package = Path(backchannel.__file__).resolve().parent
    view = View(
        (
            *((place, place) for place in (*shown, *settings)),
            (package, COURSE / "src" / "backchannel"),
            (course_data.resolve(), COURSE / "course_data"),
        ),
        tuple((str(place.readlink()), place) for place in system if place.is_symlink()),
    )
    for here, _ in view.parts:
        for place in hidden:
            if place.resolve().is_relative_to(here.resolve()):
                raise NotReadyError(
                    f"The sandbox has to show {here} to the submissions, and {place}, which they must not "
                    "see, lies in there; move one of the two."
                )
    return view


def _python() -> Iterator[Path]:
    """Yield the folders of this Python and of its environment, as named and as they really are."""
    found = {Path(name) for name in (sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix)}
    found.add(Path(sys.executable).resolve().parents[1])
    yield from sorted(found | {place.resolve() for place in found})
