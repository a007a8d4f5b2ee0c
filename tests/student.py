"""An invented student who works on the journal: everything, or a share of it, at random and repeatably."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

from backchannel import sessions
from backchannel.dossier import Dossier
from backchannel.grids import GridSession
from backchannel.quiz import QuizSession, load_items
from backchannel.settling import ASKED
from backchannel.tracks import CRITERIA
from backchannel.workspace import Workspace

HOSTILE = "<script>alert(1)</script> **bold** [x](https://a.org) \u202eabc | `code`\n# heading\n---"


class Student:
    """Works through activities; ``share`` is how much of each is done, 1 for all of it."""

    def __init__(self, dossier: Dossier, workspace: Workspace, share: float = 1.0, seed: int = 7) -> None:
        self.dossier, self.workspace, self.share = dossier, workspace, share
        self.random = random.Random(seed)

    def do_everything(self) -> None:
        """Answer the tests, predict, work and check in each lesson, in the order of the lessons."""
        self.answer("test-pre", "pre")
        for lesson in self.dossier.lessons:
            self.do(lesson)
        self.answer("test-post", "post")

    def do(self, lesson: str) -> None:
        """Work through one lesson."""
        forms = {(row.form, row.lesson) for row in self.dossier.tables["quiz"].itertuples()}
        if ("predict", lesson) in forms:
            self.answer(f"{lesson}-predict", "predict", lesson)
        for activity in self.dossier.activities.values():
            if activity.lesson == lesson:
                getattr(self, activity.kind)(activity.id)
        if ("check", lesson) in forms:
            self.answer(f"{lesson}-check", "check", lesson)

    def answer(self, activity: str, form: str, lesson: str = "") -> None:
        items = load_items(self.dossier, form, lesson)
        self._answer(QuizSession(self.workspace, activity=activity, items=items))

    def questions(self, activity: str) -> None:
        self._answer(sessions.questions(self.dossier, self.workspace, activity))

    def _answer(self, session: QuizSession) -> None:
        for item in self._some(session.items):
            session.answer(item.id, self.random.choice(item.options).id)

    def writing(self, activity: str) -> None:
        for number in self._some(self.dossier.activities[activity].items):
            self.workspace.decide(activity, number, "text", f"My answer to {number}. {HOSTILE}")

    def labels(self, activity: str) -> None:
        session = sessions.labels(self.dossier, self.workspace, activity)
        for claim in self._some(session.claims):
            for dimension in session.dimensions:
                label = self.random.choice(dimension.label_ids)
                session.label(claim, dimension.id, label, confidence="medium", note=HOSTILE)
        if self.share >= 1 and session.mode == "blind":
            session.finish()

    def chains(self, activity: str) -> None:
        session = sessions.chains(self.dossier, self.workspace, activity)
        for claim in self._some(session.claims):
            pool = session.pools[claim]
            session.save(claim, self.random.sample(pool, min(2, len(pool))), note=HOSTILE)

    def sorter(self, activity: str) -> None:
        session = sessions.sorter(self.dossier, self.workspace, activity)
        for contact in self._some(session.contacts):
            for criterion in self._some(ASKED):
                session.answer(contact, criterion, self.random.choice(tuple(CRITERIA[criterion])))
            if session.is_sorted(contact):
                session.compare(contact)
            session.write_note(contact, HOSTILE)

    def coverage(self, activity: str) -> None:
        self._judge(sessions.coverage(self.dossier, self.workspace, activity))

    def hypotheses(self, activity: str) -> None:
        self._judge(sessions.hypotheses(self.dossier, self.workspace, activity))

    def elements(self, activity: str) -> None:
        self._judge(sessions.elements(self.dossier, self.workspace, activity))

    def _judge(self, session: GridSession) -> None:
        for row in self._some(session.grid.rows):
            for column in self._some(session.grid.columns):
                session.judge(row.id, column.id, self.random.choice(session.grid.choices), reason=HOSTILE)

    def debate(self, activity: str) -> None:
        session = sessions.debate(self.dossier, self.workspace, activity)
        session.choose_role("scholar")
        session.choose_position("repeal")
        if self.share < 1:
            return
        claim = next(iter(self.dossier.claims))
        session.argue(f"Nobody was ever convicted. {HOSTILE}", evidence=[claim])
        arguments = self.dossier.tables["logan_arguments"]
        voice = arguments[arguments["position"] == "keep"]["id"].iloc[0]
        session.take(voice)
        session.name_strongest(voice)
        session.argue("One voice does not need a penalty.", evidence=[claim], answers=voice)

    def _some(self, items: Iterable[Any]) -> Sequence[Any]:
        """Return the first items, as many as the share asks for, at least one."""
        listed = tuple(items)
        return listed[: max(1, round(self.share * len(listed)))]
