"""Backchannel: a notebook course on diplomacy tracks, source critique and the Logan Act."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backchannel.course import Course, open_course

__all__ = ["Course", "open_course"]


def __getattr__(name: str) -> Any:
    """Import the door of the course only when it is asked for, so that the lower half stays light."""
    if name in __all__:
        return getattr(import_module("backchannel.course"), name)
    raise AttributeError(f"module 'backchannel' has no attribute {name!r}")
