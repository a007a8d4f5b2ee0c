"""The test before the course beside the one after it: nothing of either shows before the second is done.

The two ask the same ideas in other words. Whoever saw the reasons of the first would answer the second from
memory, so both open together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from backchannel.dossier import Dossier
from backchannel.quiz import Item, QuizSession, activity_of, all_items
from backchannel.tables import rows_of
from backchannel.words import Language
from backchannel.workspace import Workspace

Outcome = Literal["right", "wrong", "open"]


@dataclass(frozen=True)
class Pair:
    """One idea, asked twice; the question is shown as it was asked before the course."""

    item: Item
    before: Outcome
    after: Outcome


class BeforeAndAfter:
    """The two tests of one student, on the journal.

    Args:
        dossier: the course data.
        workspace: where the journal lies.
        items: all questions, where they are at hand already.
    """

    def __init__(self, dossier: Dossier, workspace: Workspace, items: Iterable[Item] = ()) -> None:
        known = tuple(items) or all_items(dossier)
        self.sessions = {
            form: QuizSession(
                workspace,
                activity=activity_of(form),
                items=[item for item in known if item.form == form],
                opened=lambda: self.complete,
            )
            for form in ("pre", "post")
        }
        self._twins = {row["id"]: row["parallel"] for _, row in rows_of(dossier.tables["quiz"])}

    @property
    def complete(self) -> bool:
        """Whether every question after the course has its answer, so that both tests may be shown."""
        after = self.sessions["post"]
        return bool(after.items) and after.answered == len(after.items)

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Each question of the first test with what came of it before and after; empty until then."""
        if not self.complete:
            return ()
        before, after = self.sessions["pre"], self.sessions["post"]
        known = {item.id for item in after.items}
        return tuple(
            Pair(
                item,
                _outcome(before, item.id),
                _outcome(after, self._twins[item.id]) if self._twins[item.id] in known else "open",
            )
            for item in before.items
        )

    def table(self, language: Language) -> pd.DataFrame:
        """Return the pairs as ``charts.pre_post`` takes them: lesson, question, before, after."""
        rows = [
            (pair.item.lesson, pair.item.question.in_(language), pair.before, pair.after)
            for pair in self.pairs
        ]
        return pd.DataFrame(rows, columns=["lesson", "question", "before", "after"])


def _outcome(session: QuizSession, item: str) -> Outcome:
    chosen = session.chosen(item)
    if chosen is None:
        return "open"
    return "right" if chosen.correct else "wrong"
