"""What goes wrong, said in one sentence that a person can act on."""

from __future__ import annotations


class BackchannelError(Exception):
    """One full sentence: what is wrong, where (file, row, cell), what to do."""

    def _render_traceback_(self) -> list[str]:
        """Show the sentence alone in a notebook; IPython asks for this instead of printing a traceback."""
        return [str(self)]


class DataError(BackchannelError):
    """The course data or a codebook cannot be used as it stands."""


class JournalError(BackchannelError):
    """A decision could not be written down; it is still in memory and may be tried again."""


class UsageError(BackchannelError):
    """A call asked for something that does not exist, such as an unknown label or claim."""


class NotReadyError(UsageError):
    """Something has to be done first, such as labelling a block before comparing it."""
