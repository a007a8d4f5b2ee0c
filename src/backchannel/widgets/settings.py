"""The page where a student gives a name and chooses the language, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from backchannel.widgets import markup_html as html
from backchannel.widgets.kit import BackchannelWidget, Message, View, front, style
from backchannel.words import LANGUAGES, say
from backchannel.workspace import ACTIVITY, Workspace


class Settings(BackchannelWidget):
    """Name the workspace and choose the language of the interface."""

    _esm = front("settings")
    _css = style()
    section = "settings"

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace, ACTIVITY)

    def actions(self) -> Mapping[str, Callable[[Message], None]]:
        """Return the requests of the front-end by name."""
        return {
            "name": lambda m: self.workspace.use_name(m["value"]),
            "language": lambda m: self._use_language(m["value"]),
        }

    def _use_language(self, language: str) -> None:
        self.workspace.use_language(language)
        self.speak()

    def draw(self) -> View:
        """Return the settings that stand."""
        self.workspace.journal.refresh()
        return {
            "name": self.workspace.student,
            "chosen": self.workspace.language,
            "languages": list(LANGUAGES),
            "file": self.workspace.shown_path,
            "saved": self.workspace.saved_at(ACTIVITY),
            "reports": self.reports(),
        }

    def static_html(self) -> str:
        """Return the settings as text."""
        language = self.workspace.language
        name = self.workspace.student or say("course.nobody", language)
        return html.tag(
            "section",
            html.words("h4", say("settings.title", language)),
            html.words("p", f"{say('settings.name', language)}: {name}"),
            html.words("p", say("settings.static_note", language)),
        )
