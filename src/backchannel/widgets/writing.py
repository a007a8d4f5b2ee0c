"""Written answers: a field for each prompt, kept in the journal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from backchannel.errors import UsageError
from backchannel.widgets import markup_html as html
from backchannel.widgets.kit import BackchannelWidget, Message, View, front, style
from backchannel.words import say
from backchannel.workspace import TEXT, Workspace

LONGEST = 20_000


class Writing(BackchannelWidget):
    """Write an answer to each prompt; ``write`` does the same as a function call.

    Args:
        workspace: where the journal lies.
        activity: name in the journal; the prompts are its items ``1``, ``2`` …
        prompts: what to write about; with names of their own, these are the items.
    """

    _esm = front("writing")
    _css = style()
    section = "writing"

    def __init__(
        self, workspace: Workspace, activity: str, prompts: Iterable[str] | Mapping[str, str]
    ) -> None:
        pairs = prompts.items() if isinstance(prompts, Mapping) else enumerate(prompts, start=1)
        self.prompts = {str(number): prompt for number, prompt in pairs}
        super().__init__(workspace, activity)

    def write(self, prompt: str | int, text: str) -> None:
        """Keep an answer.

        Raises:
            UsageError: there is no such prompt, or the text is longer than a journal line should be.
            JournalError: it could not be saved.
        """
        self._write(str(prompt), text)
        self.redraw()

    def _write(self, prompt: str, text: str, **more: str) -> None:
        if prompt not in self.prompts:
            raise UsageError(
                f"There is no prompt {prompt!r} in {self.activity}; use one of {', '.join(self.prompts)}."
            )
        if len(text) > LONGEST:
            raise UsageError(
                f"The text has {len(text)} characters, more than {LONGEST}; shorten it, then save again."
            )
        if text != self.text(prompt):
            self.workspace.decide(self.activity, prompt, TEXT, text, **more)

    def text(self, prompt: str | int) -> str:
        """Return what was written to a prompt, or an empty string."""
        found = self.workspace.journal.state.get(self.activity, str(prompt), TEXT)
        return found.value if found else ""

    def standing_id(self, message: Message) -> str:
        """Return the id of the text that a request would replace."""
        found = self.workspace.journal.state.get(self.activity, str(message["prompt"]), TEXT)
        return found.id if found else ""

    def actions(self) -> Mapping[str, Callable[[Message], None]]:
        """Return the requests of the front-end by name."""
        return {"write": lambda m: self._write(m["prompt"], m["value"], decision_id=m["id"])}

    def draw(self) -> View:
        """Return the prompts with what was written."""
        self.workspace.journal.refresh()
        return {
            "prompts": [
                {
                    "id": number,
                    "prompt": prompt,
                    "text": self.text(number),
                    "base": self.standing_id({"prompt": number}),
                }
                for number, prompt in self.prompts.items()
            ],
            "longest": LONGEST,
            "saved": self.workspace.saved_at(self.activity),
            "reports": self.reports(),
        }

    def static_html(self) -> str:
        """Return the prompts and the answers as text."""
        language = self.workspace.language
        parts = [html.words("h4", say("writing.heading", language))]
        for number, prompt in self.prompts.items():
            parts.append(html.tag("p", html.words("strong", prompt)))
            parts.append(html.words("p", self.text(number) or say("writing.static_empty", language)))
        return html.tag("section", *parts)
