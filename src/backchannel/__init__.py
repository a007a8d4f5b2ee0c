"""Backchannel: a notebook course on diplomacy tracks, source critique and the Logan Act."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backchannel.course import Course, open_course
    from backchannel.exercise_book import ExerciseBook, open_exercise

_DOORS = {
    "Course": "course",
    "open_course": "course",
    "ExerciseBook": "exercise_book",
    "open_exercise": "exercise_book",
}
__all__ = ["Course", "ExerciseBook", "open_course", "open_exercise"]


def __getattr__(name: str) -> Any:
    """Import a door of the course only when it is asked for, so that the lower half stays light."""
    if name in _DOORS:
        return getattr(import_module(f"backchannel.{_DOORS[name]}"), name)
    raise AttributeError(f"module 'backchannel' has no attribute {name!r}")
