"""Questions as a widget: predictions, checks with reasons, the test before and after."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from backchannel.quiz import Item, QuizSession
from backchannel.widgets import markup_html as html
from backchannel.widgets.kit import BackchannelWidget, Message, View, both, front, style
from backchannel.words import say


class Quiz(BackchannelWidget):
    """Answer questions by mouse, by keyboard or by the function call ``answer``."""

    _esm = front("quiz")
    _css = style()
    section = "quiz"

    def __init__(self, session: QuizSession) -> None:
        self.session = session
        super().__init__(session.workspace, session.activity)

    def answer(self, item: str, option: str) -> None:
        """Answer a question; see ``QuizSession.answer``."""
        self.session.answer(item, option)
        self.redraw()

    def actions(self) -> Mapping[str, Callable[[Message], None]]:
        """Return the requests of the front-end by name."""
        return {"answer": lambda m: self.session.answer(m["item"], m["value"], decision_id=m["id"])}

    def standing_id(self, message: Message) -> str:
        """Return the id of the answer that a request would replace."""
        found = self.session.decision(message["item"])
        return found.id if found else ""

    def draw(self) -> View:
        """Return all questions with the own answers, and the reasons that may be shown."""
        self.workspace.journal.refresh()
        return {
            "activity": self.session.activity,
            "form": self.session.items[0].form,
            "answered": self.session.answered,
            "total": len(self.session.items),
            "saved": self.session.saved_at,
            "reports": self.reports(),
            "items": [self._item_view(item) for item in self.session.items],
        }

    def _item_view(self, item: Item) -> View:
        chosen = self.session.chosen(item.id)
        return {
            "id": item.id,
            "question": both(item.question),
            "options": [{"id": option.id, "text": both(option.text)} for option in item.options],
            "chosen": chosen.id if chosen else "",
            "base": self.standing_id({"item": item.id}),
            "reasons": [
                {"text": both(option.text), "correct": option.correct, "reason": both(option.reason)}
                for option in self.session.reasons_to_show(item.id)
            ],
        }

    def static_html(self) -> str:
        """Return the questions as lists, with the own answers and the reasons that may be shown."""
        language = self.workspace.language
        parts = [html.words("h4", say(f"quiz.form_{self.session.items[0].form}", language))]
        for item in self.session.items:
            chosen = self.session.chosen(item.id)
            parts.append(html.tag("p", html.words("strong", item.question.in_(language))))
            options = [
                html.words("li", option.text.in_(language) + (" ✓" if chosen == option else ""))
                for option in item.options
            ]
            parts.append(html.tag("ol", *options, type="a"))
            parts += [
                html.words("p", f"{option.text.in_(language)} – {option.reason.in_(language)}")
                for option in self.session.reasons_to_show(item.id)
            ]
        return html.tag("section", *parts)
