"""What one student is told about one exercise: points, own answers and why, the rubric, what comes next.

What may be told depends on whether everybody has handed in. Before that, a page holds nothing by which
somebody else could answer better than by the own work that earned it: the reason of an answer that counts;
of a wrong option its own reason, unless that names what is right; of a wrong label the public codebook on the
label chosen, whatever the right one is. With ``reference`` the right answers come with their reasons. Hidden
tests, sample answers and other students are told of in neither.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

import pandas as pd

from backchannel.classroom import gradebook
from backchannel.classroom.folder import JOURNAL, ClassFolder, Place
from backchannel.classroom.gradebook import Score
from backchannel.classroom.grading.marking import fingerprint
from backchannel.classroom.grading.reading import read_journal
from backchannel.classroom.handing_back.grades import lacks_journal
from backchannel.classroom.handing_back.noticed import noticed
from backchannel.classroom.records import Record, read_collected, read_record
from backchannel.classroom.students import Student
from backchannel.codebook import SET_SEPARATOR, Dimension, Label
from backchannel.errors import NotReadyError
from backchannel.exercises import (
    FULL,
    Exercise,
    Key,
    Level,
    Mark,
    Result,
    Task,
    Verdict,
    load_exercise,
    mark,
)
from backchannel.portfolio.binder import course_card
from backchannel.quiz import Item, Option, load_items
from backchannel.words import LANGUAGES, Language, Text, as_language
from backchannel.workspace import Workspace


@dataclass(frozen=True)
class Known:
    """What the key knows about an item, told only once everybody has handed in."""

    verdict: Verdict
    name: Text
    reason: Text


@dataclass(frozen=True)
class Answer:
    """An own answer.

    Attributes:
        asked: the question, or the name of the dimension.
        why: reasons to tell; none where the answer is open or its reason would name what is right.
        look_up: the labels on which the codebook is quoted, each with its own place in ``why``.
        dimension: its id, where a label was asked for.
        known: what the key knows; empty unless it may be told.
    """

    asked: Text
    given: Text | None
    verdict: Verdict
    why: tuple[Text, ...]
    look_up: tuple[Label, ...] = ()
    known: tuple[Known, ...] = ()
    dimension: str = ""


@dataclass(frozen=True)
class Group:
    """Answers on one claim, or on one question, which then has no claim."""

    answers: tuple[Answer, ...]
    claim: Text | None = None
    where: str = ""


@dataclass(frozen=True)
class Guide:
    """What the codebook says about labels of a dimension: the rules that name them, what separates them."""

    dimension: Dimension
    labels: tuple[Label, ...]
    rules: tuple[Text, ...]
    confusions: tuple[Text, ...]


@dataclass(frozen=True)
class Written:
    """A written answer; ``reached`` and ``next`` are levels of its rubric, ``levels[0]`` is the best.

    Both are None where nobody has marked it; ``reached`` also below the lowest level, ``next`` at the top.
    """

    text: str
    levels: tuple[Level, ...]
    reached: Level | None = None
    next: Level | None = None


@dataclass(frozen=True)
class Told:
    """What is told of a task.

    Attributes:
        gained: the points that count; None where it is not marked yet.
        by_key: the points by the key where a person gave others.
        groups, guides: of a task that the key marks.
        written: of a task that a person marks.
    """

    task: Task
    gained: float | None
    comment: str = ""
    by_key: float | None = None
    groups: tuple[Group, ...] = ()
    guides: tuple[Guide, ...] = ()
    written: Written | None = None


@dataclass(frozen=True)
class Again:
    """A lesson to look at again, with the questions of the codebook that went wrong, the most often first."""

    lesson: str
    title: Text
    dimensions: tuple[Dimension, ...] = ()


@dataclass(frozen=True)
class Handback:
    """Everything on one page.

    Attributes:
        language: the one the student chose, or English.
        late: seconds after the due date.
        noticed: what ``collect`` and ``grade`` found, as far as it is for students.
        machine_labels: whether the labels behind the marks are those of this course, made by a model.
        reference: whether right answers are told.
        no_journal: whether labels and questions have no points because no journal came.
    """

    student: str
    exercise: Exercise
    language: Language
    received: str
    late: int
    graded: str
    noticed: tuple[Text, ...]
    tasks: tuple[Told, ...]
    again: tuple[Again, ...]
    machine_labels: bool
    reference: bool
    no_journal: bool = False

    @property
    def open_tasks(self) -> tuple[str, ...]:
        """The tasks that are not marked yet."""
        return tuple(told.task.id for told in self.tasks if told.gained is None)

    @property
    def gained(self) -> float:
        """The points of all tasks that are marked."""
        return round(sum(told.gained for told in self.tasks if told.gained is not None), 2)

    @property
    def unmarked(self) -> int:
        """The points of the tasks that are not marked yet."""
        return sum(told.task.points for told in self.tasks if told.gained is None)


@dataclass(frozen=True)
class Desk:
    """What is at hand while pages are made: the class, the key and the gradebook as it stands."""

    folder: ClassFolder
    key: Key
    students: Mapping[str, Student]
    scores: pd.DataFrame
    reference: bool = False

    def hand_back(self, place: Place) -> Handback:
        """Return what one student is told about one exercise.

        Raises:
            NotReadyError: it is not graded, or was graded from another journal or key; as half a sentence.
            DataError: what was written down about it cannot be read.
        """
        collected, record = read_collected(self.folder, place), read_record(self.folder, place)
        if record is None:
            raise NotReadyError("it is not graded yet; run `backchannel grade`")
        exercise = load_exercise(self.key.dossier, place.number)
        if record.fingerprint != fingerprint(self.folder, place):
            raise NotReadyError("it changed, or the key did, since it was graded; run `backchannel grade`")
        scores = self._scores.get(place)
        if not scores:
            raise NotReadyError("the gradebook does not have it; run `backchannel grade`")
        with self._journal(place) as workspace:
            language = _language(workspace)
            tasks = tuple(self._told(task, workspace, record, scores) for task in exercise.tasks)
        by_machine = any(told.gained for told in tasks if told.task.kind != "written")
        known = self.students.get(place.student)
        return Handback(
            student=(known.name if known else "") or place.student,
            exercise=exercise,
            language=language,
            received=collected.received,
            late=collected.late,
            graded=record.at,
            noticed=noticed(collected, record, self._places),
            tasks=tasks,
            again=self._again(exercise, tasks),
            machine_labels=self._is_own_course,
            reference=self.reference,
            no_journal=record.status != "refused" and lacks_journal(collected) and not by_machine,
        )

    @contextmanager
    def _journal(self, place: Place) -> Iterator[Workspace]:
        """Open a copy of the journal, read as ``grade`` reads it; what was handed in is never written."""
        with TemporaryDirectory(prefix="backchannel-feedback-") as name:
            (Path(name) / JOURNAL).write_bytes(read_journal(self.folder.journal(place)).data)
            yield Workspace(Path(name), self.key.dossier.codebook.version)

    @cached_property
    def _is_own_course(self) -> bool:
        return course_card(self.key.dossier).own

    @cached_property
    def _items(self) -> Mapping[str, Item]:
        return {item.id: item for item in load_items(self.key.dossier, "exercise")}

    @cached_property
    def _scores(self) -> Mapping[Place, Mapping[str, Score]]:
        return gradebook.by_place(self.scores)

    # --- a task --------------------------------------------------------------------------------------

    def _told(
        self,
        task: Task,
        workspace: Workspace,
        record: Record,
        scores: Mapping[str, Score],
    ) -> Told:
        score = scores.get(task.id)
        if score is None:
            raise NotReadyError(f"the gradebook does not have its task {task.id}; run `backchannel grade`")
        gained, comment = score.points, score.comment
        found = next((one for one in record.tasks if one.task == task.id), None)
        if task.kind == "written":
            levels = self.key.rubrics[task.id]
            text = found.text if found else ""
            return Told(task, gained, comment, written=Written(text, levels, *_levels(levels, gained)))
        if record.status == "refused":
            return Told(task, gained, comment)
        result = mark(self.key, workspace, task)
        other = gained is not None and abs(gained - result.points) > 0.005
        groups = tuple(self._groups(result))
        return Told(
            task, gained, comment, result.points if other else None, groups, tuple(self._guides(groups))
        )

    def _groups(self, result: Result) -> Iterator[Group]:
        if result.task.kind == "questions":
            for one in result.marks:
                yield Group((self._question(one),))
            return
        for claim, marks in groupby(result.marks, key=lambda one: one.item.split()[0]):
            known = self.key.dossier.claim(claim)
            document = self.key.dossier.documents[known.document]
            where = f"{document.label}, {self.key.dossier.passages[known.passage].locator}"
            yield Group(tuple(self._label(one) for one in marks), known.text, where)

    def _label(self, one: Mark) -> Answer:
        claim, name = one.item.split()
        dimension = self.key.dossier.codebook[name]
        known: tuple[Known, ...] = ()
        if self.reference:
            known = tuple(
                Known(
                    "right" if reference.status == "reference" else "accepted",
                    dimension.name_of(reference.label),
                    reference.reason,
                )
                for reference in self.key.dossier.references[claim, name]
                if one.verdict not in FULL or reference.label != one.answer
            )
        why = one.reasons[:1]
        chosen: tuple[Label, ...] = ()
        if one.verdict == "other":
            chosen = tuple(dimension.label(label) for label in one.answer.split(SET_SEPARATOR))
            why = tuple(label.definition for label in chosen)
        return Answer(dimension.name, one.given, one.verdict, why, chosen, known, name)

    def _question(self, one: Mark) -> Answer:
        item = self._items[one.item]
        right = self.key.right(item)
        why = one.reasons[:1]
        known: tuple[Known, ...] = ()
        if self.reference:
            if one.verdict != "right":
                known = (Known("right", right.text, self.key.options[item.id, right.id][1]),)
        elif one.verdict == "other" and names_the_right(why[0], item, right):
            why = ()
        return Answer(one.asked, one.given, one.verdict, why, known=known)

    def _guides(self, groups: Iterable[Group]) -> Iterator[Guide]:
        """Yield what the codebook says on the labels that were not accepted, in the codebook's order.

        That depends on the labels chosen alone, so it tells nothing of the right ones.
        """
        answers = [answer for group in groups for answer in group.answers]
        for dimension in self.key.dossier.codebook.dimensions:
            chosen = {
                label.id for answer in answers if answer.dimension == dimension.id for label in answer.look_up
            }
            if chosen:
                labels = tuple(label for label in dimension.labels if label.id in chosen)
                quoted = [f"‘{label.name.en}’" for label in labels]
                rules = (r.text for r in dimension.rules if any(name in r.text.en for name in quoted))
                taken_for = (pair.text for pair in dimension.confusions if chosen & set(pair.labels))
                yield Guide(dimension, labels, tuple(rules), tuple(taken_for))

    # --- about the whole -----------------------------------------------------------------------------

    @property
    def _places(self) -> tuple[Path, ...]:
        return self.folder.root, self.folder.project, Path.home(), Path(gettempdir())

    def _again(self, exercise: Exercise, tasks: Iterable[Told]) -> tuple[Again, ...]:
        """Return the lessons to look at again: each dimension's own, and that of the exercise."""
        missed: Counter[str] = Counter()
        lost = False
        for told in tasks:
            lost = lost or (told.gained is not None and told.gained < told.task.points)
            if told.task.kind == "labels":
                answers = (answer for group in told.groups for answer in group.answers)
                names = told.task.dimensions * len(told.groups)
                missed.update(n for n, one in zip(names, answers, strict=True) if one.verdict not in FULL)
        found: dict[str, list[str]] = {exercise.id: []} if lost else {}
        for name, _ in missed.most_common():
            found.setdefault(self._taught[name], []).append(name)
        lessons, codebook = self.key.dossier.lessons, self.key.dossier.codebook
        return tuple(
            Again(lesson, lessons[lesson].title, tuple(codebook[name] for name in found[lesson]))
            for lesson in sorted(found)
        )

    @cached_property
    def _taught(self) -> Mapping[str, str]:
        """The lesson of each dimension: that of the first exercise that asks for it."""
        tasks = self.key.dossier.tables["tasks"].sort_values("exercise", ascending=False)
        return {
            name.strip(): str(number)
            for number, names in zip(tasks["exercise"], tasks["dimensions"], strict=True)
            for name in str(names or "").split(SET_SEPARATOR)
            if name.strip()
        }


def _language(workspace: Workspace) -> Language:
    return as_language(workspace.language) or "en"


def _levels(levels: tuple[Level, ...], gained: float | None) -> tuple[Level | None, Level | None]:
    """Return the level that some points reach, and the one above it; none of both where nothing is marked."""
    if gained is None:
        return None, None
    above = [level for level in levels if level.points > gained]
    reached = next((level for level in levels if level.points <= gained), None)
    return reached, above[-1] if above else None


_WORD = re.compile(r"\w{4,}")
_TELLING = 2  # words, or half of them where there are few


def names_the_right(reason: Text, item: Item, right: Option) -> bool:
    """Say whether the reason of a wrong answer names what sets the right one apart from the others.

    In either language this is so where it quotes the right answer, or where two of the words that only the
    right answer has, or half of them, stand in it.
    """
    return any(_names(reason, item, right, language) for language in LANGUAGES)


def _names(reason: Text, item: Item, right: Option, language: Language) -> bool:
    def words(text: Text) -> set[str]:
        return set(_WORD.findall(text.in_(language).casefold()))

    if right.text.in_(language).casefold() in reason.in_(language).casefold():
        return True
    elsewhere = words(item.question).union(*(words(o.text) for o in item.options if o.id != right.id))
    telling = words(right.text) - elsewhere
    said = telling & words(reason)
    return bool(said) and (len(said) >= _TELLING or 2 * len(said) >= len(telling))
