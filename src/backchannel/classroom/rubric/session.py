"""Marking written answers by their rubric: points and comments, given and taken back.

Points and comments stand in nbgrader's gradebook alone, so that Formgrader shows the same. Beside it a
journal in ``marking/`` of the class says who gave them when, and for which words: so an answer that changed
after it was marked comes up again, and a mark can be taken back. What a grader sees is checked before
anything is written: a mark that somebody else gave meanwhile is never overwritten unseen.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from backchannel.classroom import gradebook
from backchannel.classroom.folder import ClassFolder, Place, alone
from backchannel.classroom.rubric.comment_bank import CommentBank
from backchannel.classroom.rubric.written_answers import MARK, Answer, Mark, Seen, WrittenAnswers
from backchannel.classroom.rubric.written_tasks import written_tasks
from backchannel.errors import JournalError, UsageError
from backchannel.exercises import Key
from backchannel.journal import RETRACTION, new_id
from backchannel.workspace import Workspace

MARKING = "marking"  # the folder of the journal, in that of the class
_LONGEST_COMMENT = 20_000


@dataclass(frozen=True)
class Step:
    """A mark given in this session; ``id`` is that of its line in the journal."""

    id: str
    task: str
    student: str
    before: Mark
    after: Mark


class RubricSession:
    """One person's marking of a class.

    Args:
        folder: the class.
        workspace: where the journal of the marking lies; it also says the language.
        key: of the exercises, with their rubrics.

    Attributes:
        written: what there is to mark.
        bank: the comment bank of the class.
    """

    def __init__(self, folder: ClassFolder, workspace: Workspace, key: Key) -> None:
        self.folder, self.workspace = folder, workspace
        self.bank = CommentBank(folder.comments)
        tasks = {task.id: task for task in written_tasks(folder.project, key)}
        self.written = WrittenAnswers(folder, workspace, tasks)
        self._steps: list[Step] = []

    def give(
        self, task: str, student: str, mark: Mark, *, seen: Seen | None = None, decision_id: str = ""
    ) -> None:
        """Write a mark into the gradebook, and into the journal that it was given.

        Args:
            task: a written task.
            student: an id.
            mark: points and comment; without points, the answer is to mark.
            seen: what stood when the grader decided; without it nothing is checked.
            decision_id: of the journal's line; one that stands there already is not given again.

        Raises:
            UsageError: there is no such answer, the points are none it can have, or something changed since
                it was seen; nothing is saved then.
            JournalError: it could not be saved; trying again is safe.
        """
        if self.workspace.is_written(decision_id):
            return
        if len(mark.comment) > _LONGEST_COMMENT:
            raise UsageError(f"The comment has more than {_LONGEST_COMMENT} characters; shorten it.")
        mark = Mark(mark.points, mark.comment if mark.comment.strip() else "")
        with self._alone():
            self.written.refresh()
            answer = self.written.answer(task, student)
            if seen:
                _check_unchanged(answer, seen, mark)
            self._store(task, student, mark)
            # Where an earlier try got only as far as the gradebook, what stands is our own.
            before = seen.mark if seen else answer.mark
            step = Step(decision_id or new_id(), task, student, before, mark)
            self._log(step, answer.fingerprint)
        self._steps.append(step)
        self.written.refresh()

    @property
    def last_step(self) -> Step | None:
        """The mark that ``undo`` would take back: the last one given in this session."""
        return self._steps[-1] if self._steps else None

    def undo(self, *, expected: str = "", decision_id: str = "") -> Step | None:
        """Take the last mark of this session back, so that what stood before stands again.

        A comment is not lost with its points: where there was none before, it stays.

        Args:
            expected: id of the mark that is meant.
            decision_id: id of the line that takes it back.

        Returns:
            What was taken back; None where that was done already.

        Raises:
            UsageError: there is nothing to take back, or something else came later.
            JournalError: it could not be saved; trying again is safe.
        """
        if self.workspace.is_written(decision_id):
            return None
        step = self.last_step
        if step is None:
            raise UsageError(
                "Since this cell was run nothing was marked that could be taken back; to take points from an "
                "answer, go to it, leave it without points, and save."
            )
        if expected and expected != step.id:
            raise UsageError("Nothing was taken back, since another mark came later; look at it, then undo.")
        restored = Mark(step.before.points, step.before.comment or step.after.comment)
        with self._alone():
            self.written.refresh()
            if self.written.answer(step.task, step.student).mark not in (step.after, restored):
                self._steps.pop()
                raise UsageError(
                    "Nothing was taken back, since somebody marked this answer after you; look at it first."
                )
            self._store(step.task, step.student, restored)
            self.workspace.decide(step.task, step.student, RETRACTION, step.id, id=decision_id)
        self._steps.pop()
        self.written.refresh()
        return step

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Look and write without anybody writing in between."""
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(alone(self.folder.gradebook))
            except OSError as problem:
                raise JournalError(
                    f"The mark was not saved: the folder {self.folder.root} cannot be written "
                    f"({problem.strerror}); make room or let yourself write there, then save again."
                ) from problem
            yield

    def _store(self, task: str, student: str, mark: Mark) -> None:
        place = Place(student, self.written.task(task).exercise)
        gradebook.give(self.folder, place, task, mark.points, mark.comment)

    def _log(self, step: Step, fingerprint: str) -> None:
        entry = {"points": step.after.points, "comment": step.after.comment, "answer": fingerprint}
        value = json.dumps(entry, ensure_ascii=False)
        self.workspace.decide(step.task, step.student, MARK, value, id=step.id)


def _check_unchanged(answer: Answer, seen: Seen, wanted: Mark) -> None:
    if answer.mark not in (seen.mark, wanted):
        now = "without points" if answer.mark.points is None else f"with {answer.mark.points:g} points"
        raise UsageError(
            f"Your mark was not saved: since you opened this answer somebody else has saved it, {now}. "
            "Both are shown; save again if yours is to stand."
        )
    if answer.fingerprint != seen.fingerprint:
        raise UsageError(
            "Your mark was not saved: this answer was graded anew since you opened it, with other words. "
            "Read it, then save again."
        )
