"""The door for the lessons: ``from backchannel import open_course``.

A lesson opens the course once and then asks it for widgets, tables and pictures in one line each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from backchannel.codebook import Codebook
from backchannel.dossier import Dossier, load_dossier
from backchannel.errors import UsageError
from backchannel.labelling import LabelSession, Mode
from backchannel.originals import find_originals
from backchannel.quiz import QuizSession, load_items
from backchannel.widgets import Labeller, Quiz, Reader
from backchannel.words import Language, say
from backchannel.workspace import Workspace, find_workspace


@dataclass(frozen=True)
class Course:
    """The dossier and one student's workspace together."""

    dossier: Dossier
    workspace: Workspace

    @property
    def language(self) -> Language:
        """The language of the interface."""
        return self.workspace.language

    @property
    def codebook(self) -> Codebook:
        """The codebook of the dossier."""
        return self.dossier.codebook

    # --- the workspace -----------------------------------------------------------------------------

    def name(self, student: str) -> Course:
        """Write the student's name or pseudonym into the journal; an empty name changes nothing."""
        if student.strip():
            self.workspace.name(student)
        return self

    def use_language(self, language: str) -> Course:
        """Choose the language of the interface, ``"en"`` or ``"de"``; it is remembered."""
        self.workspace.use_language(language)
        return self

    # --- the activities ----------------------------------------------------------------------------

    def labeller(
        self,
        activity: str,
        claims: Iterable[str] = (),
        dimensions: Iterable[str] = (),
        mode: Mode = "practice",
    ) -> Labeller:
        """Return the labeller for a block of claims; without claims, all of the dossier in order.

        Args:
            activity: the block's name in the journal, such as ``03-blind``.
            claims: claim ids, or document ids for all claims of a document.
            dimensions: ids of the codebook's dimensions; all of them where none is named.
            mode: practice, blind or review.
        """
        session = self.session(activity, claims, dimensions, mode)
        return Labeller(session)

    def session(
        self,
        activity: str,
        claims: Iterable[str] = (),
        dimensions: Iterable[str] = (),
        mode: Mode = "practice",
    ) -> LabelSession:
        """Return the block behind a labeller, for tables and figures; see ``labeller``."""
        named = list(claims) or list(self.dossier.claims)
        return LabelSession(
            self.dossier,
            self.workspace,
            activity=activity,
            claims=[claim for name in named for claim in self._claims(name)],
            dimensions=list(dimensions) or list(self.codebook.by_id),
            mode=mode,
        )

    def _claims(self, name: str) -> Sequence[str]:
        return self.dossier.claims_of(name) if name in self.dossier.documents else (name,)

    def reader(self, document: str) -> Reader:
        """Return the reader for a document, with the original beside where the folder documents has it."""
        if document not in self.dossier.documents:
            known = ", ".join(self.dossier.documents)
            raise UsageError(f"There is no document {document!r}; use one of {known}.")
        found = find_originals(self.dossier).by_document.get(document)
        texts = {p.id: found.passage(p.locator) for p in self.dossier.passages_of(document)} if found else {}
        return Reader(
            self.dossier, self.workspace, document, {passage: text for passage, text in texts.items() if text}
        )

    def predict(self, lesson: str) -> Quiz:
        """Return the prediction that opens a lesson."""
        return self._quiz(f"{lesson}-predict", "predict", lesson)

    def check(self, lesson: str) -> Quiz:
        """Return the questions with which a lesson closes."""
        return self._quiz(f"{lesson}-check", "check", lesson)

    def test(self, form: str) -> Quiz:
        """Return the test before (``pre``) or after (``post``) the course."""
        return self._quiz(f"test-{form}", form)

    def _quiz(self, activity: str, form: str, lesson: str = "") -> Quiz:
        items = load_items(self.dossier, form, lesson)
        return Quiz(QuizSession(self.workspace, activity=activity, items=items))

    # --- how it shows itself -------------------------------------------------------------------------

    def __repr__(self) -> str:
        """Greet in one line, so that a lesson shows at once whose work it is and where it lies."""
        workspace = self.workspace
        who = workspace.student or say("course.nobody", self.language)
        lines = [say("course.welcome", self.language, who=who, count=workspace.journal.count)]
        return "\n".join([*lines, *(str(report) for report in workspace.journal.reports)])


def open_course(course_data: Path | None = None, workspace: Path | None = None) -> Course:
    """Open the course: load the dossier, find the workspace, replay the journal.

    Args:
        course_data: the folder of the Data Package; found by itself where the lesson lies in the course.
        workspace: the folder of the journal; ``workspace`` beside the course data by default.

    Raises:
        DataError: the course data is missing or wrong.
        JournalError: the journal exists and cannot be read.
    """
    dossier = load_dossier(course_data)
    folder = workspace or find_workspace(dossier.folder)
    return Course(dossier, Workspace(folder, dossier.codebook.version))
