"""What all widgets share: front-end text, words, saving with an answer, and the static rendering."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from weakref import WeakValueDictionary

import anywidget
import traitlets

from backchannel.errors import BackchannelError, JournalError, UsageError
from backchannel.words import Text, section_words
from backchannel.workspace import Workspace

Message = Mapping[str, Any]
View = dict[str, Any]


@cache
def front(name: str) -> str:
    """Return the shared kit followed by the module of one widget: one ES module without imports."""
    folder = files("backchannel.widgets") / "front"
    return "\n".join((folder / part).read_text(encoding="utf-8") for part in ("kit.js", f"{name}.js"))


@cache
def style(name: str = "") -> str:
    """Return the style sheet of all widgets, followed by the one of a widget that has its own."""
    folder = files("backchannel.widgets") / "front"
    sheets = ("kit.css", f"{name}.css") if name else ("kit.css",)
    return "".join((folder / sheet).read_text(encoding="utf-8") for sheet in sheets)


def both(text: Text) -> dict[str, str]:
    """Return words in both languages for the front-end."""
    return {"en": text.en, "de": text.de}


#: The latest widget of each kind and activity; older ones of the same cell are no longer on the screen.
_LATEST: WeakValueDictionary[tuple[str, str, bool], BackchannelWidget] = WeakValueDictionary()


class BackchannelWidget(anywidget.AnyWidget):
    """A view of the journal.

    Traits: ``view`` is all that is on the screen now, made anew by ``draw``; ``words`` are the interface
    words; ``shelf`` names the place in the browser where unsaved decisions wait, and is empty for a widget
    that decides nothing.
    """

    view = traitlets.Dict().tag(sync=True)
    words = traitlets.Dict().tag(sync=True)
    language = traitlets.Unicode().tag(sync=True)
    shelf = traitlets.Unicode().tag(sync=True)

    #: Section of the table of words, beside ``kit``.
    section = ""

    def __init__(self, workspace: Workspace, activity: str, *, keeps: bool = True) -> None:
        self.workspace = workspace
        folder = hashlib.sha256(str(workspace.folder.resolve()).encode()).hexdigest()[:12]
        self.activity = activity
        super().__init__(shelf=f"{folder}:{activity}" if keeps else "")
        self.speak()
        self.on_msg(self._receive)
        self.redraw()
        _LATEST[type(self).__name__, activity, keeps] = self

    def speak(self) -> None:
        """Take the words in the language of the workspace."""
        language = self.workspace.language
        self.language = language
        self.words = section_words("kit", language) | section_words(self.section, language)

    # --- to be filled in by each widget --------------------------------------------------------------

    def draw(self) -> View:
        """Return what is on the screen now; nothing that may not be shown yet."""
        raise NotImplementedError

    def actions(self) -> Mapping[str, Callable[[Message], None]]:
        """Return what the front-end may ask for, by name."""
        return {}

    def static_html(self) -> str:
        """Return the widget as plain HTML that needs neither script nor style."""
        raise NotImplementedError

    # --- shared --------------------------------------------------------------------------------------

    def redraw(self) -> None:
        """Bring the front-end in line with the journal."""
        self.view = self.draw()

    def _receive(self, _widget: object, message: Message, _buffers: object) -> None:
        if message.get("kind") != "do":
            self.hear(message)
            return
        answer = self.perform(message)
        self.send(answer)
        if answer["ok"]:
            self._tell_the_others()

    def hear(self, message: Message) -> None:
        """Take a message that is no decision."""

    def perform(self, message: Message) -> dict[str, Any]:
        """Carry out one request and return the answer: saved, or a sentence why not.

        Other widgets hear of it only after the answer is sent, so that none of them delays or spoils it.
        ``final`` says that asking again would not help, so that the front-end need not keep the decision.
        """
        answer: dict[str, Any] = {"kind": "done", "id": str(message.get("id", ""))}
        try:
            self._carry_out(message)
            self.redraw()
        except JournalError as error:
            return answer | {"ok": False, "final": False, "sentence": str(error)}
        except BackchannelError as error:
            self._try_to_redraw()
            return answer | {"ok": False, "final": True, "sentence": str(error)}
        return answer | {"ok": True}

    def _carry_out(self, message: Message) -> None:
        name = str(message.get("action"))
        action = self.actions().get(name)
        if action is None:
            raise UsageError(f"The course does not know the request {name!r}; run the cell again.")
        if message.get("resumed"):
            self._check_not_overtaken(message)
        try:
            action(message)
        except (KeyError, TypeError) as error:
            raise UsageError(f"The request {name!r} is incomplete ({error}); run the cell again.") from error

    def _tell_the_others(self) -> None:
        """Bring the other widgets of this workspace in line, such as a review beside its block."""
        for other in list(_LATEST.values()):
            if other is not self and other.workspace is self.workspace:
                try:
                    other._try_to_redraw()
                except Exception:  # its own affair: what was decided here is saved and answered
                    other.log.exception("%r could not be drawn anew; run its cell again.", other)

    def _check_not_overtaken(self, message: Message) -> None:
        """An answer sent again must not replace one that was given after it, in another tab or kernel."""
        self.workspace.journal.refresh()
        stands = self.standing_id(message)
        if stands and stands not in (message.get("base"), message.get("id")):
            raise UsageError(
                "An older answer still waited in this browser; it was left out, since a newer one stands."
            )

    def standing_id(self, message: Message) -> str:
        """Return the id of the decision that a request would replace, or an empty string."""
        return ""

    def _try_to_redraw(self) -> None:
        with contextlib.suppress(JournalError):
            self.redraw()

    def reports(self) -> list[str]:
        """Return what the journal set aside, one sentence each."""
        return [str(report) for report in self.workspace.journal.reports]

    def __repr__(self) -> str:
        """Return a stable name; the default one changes with each run."""
        return f"{type(self).__name__}({self.activity!r})"

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]] | None:
        """Return the live view and, for places without one, the static rendering."""
        found = super()._repr_mimebundle_(**kwargs)
        if found is None:
            return None
        data, metadata = found if isinstance(found, tuple) else (found, {})
        return data | {"text/plain": repr(self), "text/html": self.static_html()}, metadata
