"""Questions: predictions before the evidence, checks with reasons, and the test before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from backchannel.dossier import Dossier
from backchannel.errors import UsageError
from backchannel.journal import Decision
from backchannel.tables import rows_of, split_list
from backchannel.words import Text
from backchannel.workspace import Workspace

Kind = Literal["predict", "check", "task", "exercise", "pre", "post"]
ANSWER = "answer"
TESTS = ("pre", "post")


@dataclass(frozen=True)
class Option:
    """An answer with its reason. ``correct`` is None where no answer is right or wrong."""

    id: str
    text: Text
    correct: bool | None
    reason: Text


@dataclass(frozen=True)
class Item:
    """A question with its options."""

    id: str
    form: str
    lesson: str
    question: Text
    options: tuple[Option, ...]
    sources: tuple[str, ...]

    def option(self, option_id: str) -> Option:
        """Return one option.

        Raises:
            UsageError: the question has no such answer.
        """
        for option in self.options:
            if option.id == option_id:
                return option
        raise UsageError(
            f"The question {self.id} has no answer {option_id!r}; "
            f"choose one of {', '.join(option.id for option in self.options)}."
        )


def activity_of(form: str, lesson: str = "") -> str:
    """Return the name in the journal of a lesson's prediction or check, or of one of the two tests."""
    return f"test-{form}" if form in ("pre", "post") else f"{lesson}-{form}"


def all_items(dossier: Dossier) -> tuple[Item, ...]:
    """Return all questions of all forms, each form in its order."""
    options: dict[str, list[Option]] = {}
    for _, row in rows_of(dossier.tables["quiz_options"]):
        correct = None if pd.isna(row["correct"]) else bool(row["correct"])
        option = Option(
            row["option"],
            Text(row["text_en"], row["text_de"]),
            correct,
            Text(row["reason_en"], row["reason_de"]),
        )
        options.setdefault(row["item"], []).append(option)
    return tuple(
        Item(
            row["id"],
            row["form"],
            row["lesson"],
            Text(row["question_en"], row["question_de"]),
            tuple(sorted(options.get(row["id"], ()), key=lambda option: option.id)),
            split_list(row["sources"]),
        )
        for _, row in rows_of(dossier.tables["quiz"].sort_values("position", kind="stable"))
    )


def load_items(dossier: Dossier, form: str, lesson: str = "") -> tuple[Item, ...]:
    """Return the questions of a form, of one lesson or of all, in order.

    Raises:
        UsageError: there are none.
    """
    found = tuple(item for item in all_items(dossier) if item.form == form and lesson in ("", item.lesson))
    if not found:
        raise UsageError(f"There are no questions of the form {form!r} for lesson {lesson or 'any'}.")
    return found


def pick(items: Iterable[Item], names: Iterable[str]) -> tuple[Item, ...]:
    """Return the questions of these names, in their order."""
    by_id = {item.id: item for item in items}
    return tuple(by_id[name] for name in names)


class QuizSession:
    """Some questions of one form, answered on the journal.

    Predictions show the reason of the chosen answer; checks and tasks show all reasons once answered; the
    tests before and after the course show none until both are open, since they ask the same ideas twice.

    Args:
        workspace: where the journal lies.
        activity: its name in the journal.
        items: the questions.
        opened: says whether the tests are open; from then on their answers stand.
    """

    def __init__(
        self,
        workspace: Workspace,
        *,
        activity: str,
        items: Iterable[Item],
        opened: Callable[[], bool] = lambda: False,
    ) -> None:
        self.workspace, self.activity, self.items = workspace, activity, tuple(items)
        self._opened = opened

    def item(self, item_id: str) -> Item:
        """Return one question.

        Raises:
            UsageError: it is not among these questions.
        """
        for item in self.items:
            if item.id == item_id:
                return item
        raise UsageError(f"The question {item_id!r} is not part of {self.activity}.")

    def decision(self, item_id: str) -> Decision | None:
        """Return the standing answer."""
        return self.workspace.journal.state.get(self.activity, item_id, ANSWER)

    def answer(self, item_id: str, option_id: str, *, confidence: str = "", decision_id: str = "") -> None:
        """Answer a question; the last answer counts.

        Raises:
            UsageError: question or answer does not exist, or the reasons of a test are open already.
            JournalError: it could not be saved.
        """
        if self.workspace.is_written(decision_id):
            return
        item = self.item(item_id)
        option = item.option(option_id)
        if item.form in TESTS and self._opened():
            raise UsageError(
                "The test after the course is complete and its reasons are open, so all answers stand."
            )
        self.workspace.decide(
            self.activity, item_id, ANSWER, option.id, confidence=confidence, id=decision_id
        )

    def chosen(self, item_id: str) -> Option | None:
        """Return the chosen option, or None."""
        found = self.decision(item_id)
        options = {option.id: option for option in self.item(item_id).options}
        return options.get(found.value) if found else None

    def reasons_to_show(self, item_id: str) -> tuple[Option, ...]:
        """Return the options whose reason and correctness may be shown now."""
        item, chosen = self.item(item_id), self.chosen(item_id)
        if item.form in TESTS and not self._opened():
            return ()
        if item.form == "exercise" or (chosen is None and item.form not in TESTS):
            return ()  # what is right in an exercise is not even here
        return (chosen,) if chosen and item.form == "predict" else item.options

    @property
    def saved_at(self) -> str:
        """When the last answer was written, or an empty string."""
        return self.workspace.saved_at(self.activity)

    @property
    def answered(self) -> int:
        """How many questions have an answer."""
        return sum(self.chosen(item.id) is not None for item in self.items)
