"""The door for the lessons: ``from backchannel import open_course``.

A lesson opens the course once and then asks it for widgets, tables and pictures in one line each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import wraps
from html import escape
from pathlib import Path
from typing import ParamSpec, TypeVar

import pandas as pd

from backchannel import charts, comparison, sessions
from backchannel.before_after import BeforeAndAfter
from backchannel.charts import Picture
from backchannel.codebook import Codebook
from backchannel.dossier import Dossier, load_dossier
from backchannel.dossier_pictures import DossierPictures
from backchannel.errors import NotReadyError
from backchannel.labelling import LabelSession, Mode
from backchannel.originals import find_originals
from backchannel.own_pictures import own_picture
from backchannel.portfolio.binder import Binder
from backchannel.portfolio.blocks import Image
from backchannel.quiz import TESTS, QuizSession, activity_of, load_items
from backchannel.widgets import (
    ChainBuilder,
    DebateBoard,
    JudgementGrid,
    Labeller,
    PortfolioPage,
    Quiz,
    Reader,
    Settings,
    Sorter,
    Writing,
)
from backchannel.widgets.portfolio import missing_words, written_words
from backchannel.words import Language, say
from backchannel.workspace import Workspace, find_workspace


@dataclass(frozen=True)
class Notice:
    """A friendly line in the place of a picture or table that cannot be made yet."""

    sentence: str

    def __repr__(self) -> str:
        """Return the sentence itself."""
        return self.sentence

    def _repr_html_(self) -> str:
        return f"<p>{escape(self.sentence)}</p>"


_Given = ParamSpec("_Given")
Shown = TypeVar("Shown")
_Made = TypeVar("_Made")


def _calmly(method: Callable[_Given, _Made]) -> Callable[_Given, _Made | Notice]:
    """Say what has to be done first, instead of stopping a lesson that is run from top to bottom."""

    @wraps(method)
    def made_or_told(*args: _Given.args, **kwargs: _Given.kwargs) -> _Made | Notice:
        try:
            return method(*args, **kwargs)
        except NotReadyError as error:
            return Notice(str(error))

    return made_or_told


@dataclass(frozen=True)
class Course(DossierPictures):
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

    def use_name(self, student: str) -> Course:
        """Write the student's name or pseudonym into the journal; an empty name changes nothing."""
        if student.strip():
            self.workspace.use_name(student)
        return self

    def use_language(self, language: str) -> Course:
        """Choose the language of the interface, ``"en"`` or ``"de"``; it is remembered."""
        self.workspace.use_language(language)
        return self

    # --- labelling ---------------------------------------------------------------------------------

    @_calmly
    def labeller(
        self,
        activity: str,
        claims: Iterable[str] = (),
        dimensions: Iterable[str] = (),
        mode: Mode | None = None,
    ) -> Labeller:
        """Return the labeller for a block of claims.

        Args:
            activity: the name of a block of the lessons, such as ``03-blind``, or a new name of your own.
            claims: claim ids, or document ids for all claims of a document. Without any, the claims of the
                block of that name, or else of the whole dossier.
            dimensions: ids of the codebook's dimensions; without any, those of the block, or else all.
            mode: practice, blind or review; without it, that of the block, or else practice.
        """
        return Labeller(self.session(activity, claims, dimensions, mode))

    def session(
        self,
        activity: str,
        claims: Iterable[str] = (),
        dimensions: Iterable[str] = (),
        mode: Mode | None = None,
    ) -> LabelSession:
        """Return what stands behind a labeller; see ``labeller``.

        Raises:
            NotReadyError: there are no claims yet, or no reading edition of a document that is named.
        """
        if not self.dossier.claims:
            raise NotReadyError(say("course.no_claims", self.language))
        named = list(claims)
        for name in named:
            self._check_has_reading(name)
        chosen = [claim for name in named for claim in self._claims(name)]
        return sessions.labels(self.dossier, self.workspace, activity, chosen, dimensions, mode)

    def _check_has_reading(self, name: str) -> None:
        if name in self.dossier.documents and not self.dossier.passages_of(name):
            label = self.dossier.documents[name].label
            raise NotReadyError(say("course.no_reading", self.language, document=label))

    def _claims(self, name: str) -> Sequence[str]:
        return self.dossier.claims_of(name) if name in self.dossier.documents else (name,)

    @_calmly
    def own_labels(self, activity: str) -> Picture:
        """Draw how often you gave each label in a block."""
        return charts.own_labels(self.session(activity).table(), self.codebook, self.language)

    @_calmly
    def own_picture(self, activity: str) -> Picture:
        """Draw your own work in an activity, in the same form as the course's picture of it.

        Args:
            activity: an activity of the lessons of the kind labels, sorter, coverage, hypotheses, elements
                or debate.

        Raises:
            UsageError: there is no such activity.
        """
        return own_picture(self.dossier, self.workspace, activity)

    @_calmly
    def after(self, activity: str, shown: Shown) -> Shown:
        """Return what is given once something is decided in an activity, so that a forecast comes first.

        Args:
            activity: an activity of a lesson, such as ``02-forecast``.
            shown: what the forecast is about.
        """
        sessions.require_begun(self.dossier, self.workspace, activity)
        return shown

    # --- agreement ---------------------------------------------------------------------------------

    def labels(self, *coders: str, block: str = "") -> pd.DataFrame:
        """Return the labels of coders (``you``, ``A``, ``B``, ``reference``), of one block or of all claims.

        Columns: claim, dimension, coder, label.

        Raises:
            UsageError: a coder does not exist.
            NotReadyError: your own labels are asked for, and the block is still blind or empty.
        """
        session = self.session(block) if block else None
        if session is not None:
            self._check_ready(session, coders)
        return comparison.side_by_side(self.dossier, coders, session)

    def _check_ready(self, session: LabelSession, coders: Sequence[str]) -> None:
        """A block needs labels where the student is compared, and has to be finished if it is blind."""
        reason = ""
        if set(coders) != {"you"} and not session.may_compare:
            reason = "finish_first"
        if "you" in coders and not session.progress.labelled:
            reason = "label_first"
        if reason:
            raise NotReadyError(say(f"course.{reason}", self.language, block=session.activity))

    @_calmly
    def agreement(self, first: str, second: str, block: str = "") -> pd.DataFrame:
        """Return the agreement of two coders, one row a dimension; see ``agreement_table``."""
        labels = self.labels(first, second, block=block)
        if labels.empty:
            raise NotReadyError(say("charts.agreement_empty", self.language))
        return comparison.agreement_by_dimension(labels, self.codebook)

    @_calmly
    def agreement_picture(self, first: str, second: str, block: str = "") -> Picture:
        """Draw the agreement of two coders in each dimension, with its interval."""
        labels = self.labels(first, second, block=block)
        table = comparison.agreement_by_dimension(labels, self.codebook)
        coders = [self._coder(first), self._coder(second)]
        return charts.agreement_chart(table, self.codebook, self.language, coders)

    @_calmly
    def confusion_picture(self, first: str, second: str, dimension: str, block: str = "") -> Picture:
        """Draw which labels two coders gave to the same claims."""
        labels, asked = self._labels_in(dimension, first, second, block), self.codebook[dimension]
        matrix = comparison.confusion_of(labels, asked, first, second)
        names = {label: asked.name_of(label) for label in matrix.index}
        return charts.confusion_chart(matrix, names, self._coder(first), self._coder(second), self.language)

    @_calmly
    def confused(self, first: str, second: str, dimension: str, block: str = "") -> pd.DataFrame:
        """Return the pairs of labels two coders gave differently, with the claims; see ``confused``."""
        labels = self._labels_in(dimension, first, second, block)
        return comparison.confused(labels, self.codebook[dimension], first, second)

    def _labels_in(self, dimension: str, first: str, second: str, block: str) -> pd.DataFrame:
        labels = self.labels(first, second, block=block)
        given = set(labels[labels["dimension"] == self.codebook[dimension].id]["coder"])
        for coder in (first, second):
            if coder not in given:
                who, asked = self._coder(coder), self.codebook[dimension].name.in_(self.language)
                raise NotReadyError(
                    say("course.none_in_dimension", self.language, coder=who, dimension=asked)
                )
        return labels

    @_calmly
    def disputed_picture(self, *coders: str, block: str = "", n: int = 5) -> Picture:
        """Draw the claims on which coders differ, with the label each gave."""
        labels = self.labels(*coders, block=block)
        named = labels.assign(coder=[self._coder(coder) for coder in labels["coder"]])
        return charts.disputed_claims(named, self.dossier.tables["claims"], self.codebook, self.language, n)

    def _coder(self, coder: str) -> str:
        return say(f"course.coder_{coder}", self.language)

    # --- reading, questions, writing ---------------------------------------------------------------

    @_calmly
    def reader(self, document: str) -> Reader:
        """Return the reader for a document, with the original beside where the folder documents has it."""
        if not self.dossier.documents:
            raise NotReadyError(say("course.no_documents", self.language))
        self.dossier.claims_of(document)  # says in a sentence which documents there are
        self._check_has_reading(document)
        texts = find_originals(self.dossier).texts(self.dossier.passages_of(document))
        return Reader(self.dossier, self.workspace, document, texts)

    # --- other activities --------------------------------------------------------------------------

    def chain_builder(self, activity: str, claims: Iterable[str] = ()) -> ChainBuilder:
        """Return the chain builder: put the mouths in order through which each claim came.

        Args:
            activity: its name in the journal, such as ``02-chains``.
            claims: claim ids, or document ids for all claims of a document; without any, those of the lesson.

        Raises:
            UsageError: there are no claims, or one does not exist.
        """
        chosen = [claim for name in claims for claim in self._claims(name)]
        return ChainBuilder(sessions.chains(self.dossier, self.workspace, activity, chosen))

    def debate(self, activity: str = "09-debate") -> DebateBoard:
        """Return the debate board: role, position, arguments with evidence, rebuttals, opposing voices.

        Args:
            activity: the board's name in the journal; another name is another board.
        """
        return DebateBoard(sessions.debate(self.dossier, self.workspace, activity))

    @_calmly
    def sorter(self, activity: str, contacts: Iterable[str] = ()) -> Sorter:
        """Return the track sorter for contacts of the dossier.

        Args:
            activity: its name in the journal, such as ``05-sorter``.
            contacts: contact ids, in the order in which they are shown; without any, those of the lesson,
                or else all of the dossier. A dossier without contacts still lets a student invent one.
        """
        return Sorter(sessions.sorter(self.dossier, self.workspace, activity, contacts))

    @_calmly
    def coverage(
        self,
        activity: str,
        propositions: Iterable[str] = (),
        *,
        root: str = sessions.ROOT,
        documents: Iterable[str] = sessions.RETOLD_IN,
    ) -> JudgementGrid:
        """Return the grid of propositions × documents: what each keeps, changes or drops.

        Args:
            activity: its name in the journal, such as ``06-coverage``.
            propositions: ids of propositions; without any, those of the lesson, or else all of ``root``.
            root: the report they go back to.
            documents: ids of the documents.
        """
        session = sessions.coverage(
            self.dossier, self.workspace, activity, propositions, root=root, documents=documents
        )
        return JudgementGrid(session)

    @_calmly
    def hypotheses(
        self, activity: str, evidence: Iterable[str] = (), hypotheses: Iterable[str] = ()
    ) -> JudgementGrid:
        """Return the grid of evidence × hypotheses in five ratings, with what follows from them.

        Without evidence named it has that of the lesson, or else all.
        """
        session = sessions.hypotheses(self.dossier, self.workspace, activity, evidence, hypotheses)
        return JudgementGrid(session)

    @_calmly
    def elements(self, activity: str, *cases: str) -> JudgementGrid:
        """Return the grid of the Act's elements × cases.

        Without cases named it has those of the lesson, or else all the course has read so.
        """
        return JudgementGrid(sessions.elements(self.dossier, self.workspace, activity, cases))

    # --- questions, writing, settings --------------------------------------------------------------

    def predict(self, lesson: str) -> Quiz:
        """Return the prediction that opens a lesson."""
        return self._quiz("predict", lesson)

    def check(self, lesson: str) -> Quiz:
        """Return the questions with which a lesson closes."""
        return self._quiz("check", lesson)

    def questions(self, activity: str) -> Quiz:
        """Return questions within a lesson; each shows its reasons once answered.

        Raises:
            UsageError: no lesson has such questions.
        """
        return Quiz(sessions.questions(self.dossier, self.workspace, activity))

    def test(self, form: str) -> Quiz:
        """Return the test before (``pre``) or after (``post``) the course.

        Both show their reasons once the second is complete.
        """
        return self._quiz(form)

    def _quiz(self, form: str, lesson: str = "") -> Quiz:
        items = load_items(self.dossier, form, lesson)  # says in a sentence where there are none
        if form in TESTS:
            return Quiz(BeforeAndAfter(self.dossier, self.workspace).sessions[form])
        return Quiz(QuizSession(self.workspace, activity=activity_of(form, lesson), items=items))

    def write(self, activity: str, prompts: Iterable[str] = ()) -> Writing:
        """Return a page with a field to write in for each prompt; without any, for those of the lesson.

        Raises:
            UsageError: no prompt is given, and no lesson has such a page.
        """
        named = list(prompts)
        if named:
            return Writing(self.workspace, activity, named)
        known = self.dossier.activity(activity, "writing").items
        asked = self.dossier.prompts[activity]
        return Writing(
            self.workspace, activity, {number: asked[number].in_(self.language) for number in known}
        )

    def settings(self) -> Settings:
        """Return the page where a student gives a name and chooses the language."""
        return Settings(self.workspace)

    # --- the whole course ----------------------------------------------------------------------------

    def portfolio(self) -> PortfolioPage:
        """Return the own path through the lessons, with what comes next and the portfolio to write."""
        return PortfolioPage(Binder(self.dossier, self.workspace), self._picture_of_tests)

    def write_portfolio(self, folder: str | Path | None = None) -> Notice:
        """Write the portfolio as HTML and Markdown and say where it lies and what is missing in it.

        Args:
            folder: where to; the workspace by default.

        Raises:
            BackchannelError: the folder cannot be written to.
        """
        page = self.portfolio()
        files = page.write(Path(folder) if folder else None)
        lessons = page.binder.lessons(self.language)
        return Notice(f"{written_words(files, self.language)} {missing_words(lessons, self.language)}")

    def _picture_of_tests(self) -> Image | None:
        picture = self.before_and_after()
        if isinstance(picture, Notice):
            return None
        return Image(picture.png, f"{picture.title}. {picture.alt.splitlines()[0]}")

    @_calmly
    def before_and_after(self) -> Picture:
        """Draw the answers before and after the course, once the test after it is complete."""
        tests = BeforeAndAfter(self.dossier, self.workspace)
        self.workspace.journal.refresh()
        if not tests.complete:
            after = tests.sessions["post"]
            counts = {"done": after.answered, "total": len(after.items)}
            lessons = list(self.dossier.lessons)
            if not lessons:
                raise NotReadyError(say("course.test_first_alone", self.language, **counts))
            raise NotReadyError(say("course.test_first", self.language, lesson=lessons[-1], **counts))
        return charts.pre_post(tests.table(self.language), self.language)

    def path_picture(self) -> Picture:
        """Draw how many decisions were saved in each lesson, and when."""
        self.workspace.journal.refresh()
        decisions = Binder(self.dossier, self.workspace).decisions()
        return charts.path(decisions, list(self.dossier.lessons), self.language)

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
