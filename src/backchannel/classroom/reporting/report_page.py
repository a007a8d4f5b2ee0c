"""The page of the report on a class: what it says, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isnan
from statistics import median

from backchannel.agreement import agreement_table
from backchannel.charts import agreement_chart
from backchannel.charts.style import decimal, percent, thousands
from backchannel.classroom.folder import DEFAULT
from backchannel.classroom.reporting import class_pictures
from backchannel.classroom.reporting.answer_figures import QuestionFigures
from backchannel.classroom.reporting.class_figures import MACHINE, ClassFigures, Finding, Row
from backchannel.classroom.reporting.class_pictures import (
    exercise_name,
    number,
    share_words,
    spent_name,
    told,
)
from backchannel.classroom.reporting.dimension_figures import (
    FEW_PEOPLE,
    FEW_UNITS,
    Confused,
    Dispute,
    Mixed,
    Side,
)
from backchannel.classroom.reporting.report_html import (
    Html,
    Words,
    bar,
    coded,
    document,
    fold,
    image,
    join,
    listing,
    own,
    paragraph,
    table,
    tag,
)
from backchannel.dates import time_words, written
from backchannel.exercises import Exercise, Key
from backchannel.portfolio.binder import course_card
from backchannel.words import Language, say

MOST_SHOWN, MOST_FOLDED = 60, 1000
"""So many students stand in the table, or in one to be opened; a table of more would help nobody."""
_PLACES = 12  # of a finding that are named


@dataclass(frozen=True)
class Report:
    """What the page is made of.

    Attributes:
        figures: of the class.
        key: of the exercises.
        name: of the class folder.
        at: when the page is written.
        real_names: the figures call students by name.
    """

    figures: ClassFigures
    key: Key
    name: str
    at: datetime
    real_names: bool
    language: Language


def report_html(report: Report) -> str:
    """Return the page; the same report gives the same page."""
    return document(_title(report), _Page(report).blocks(), report.language)


def _title(report: Report) -> str:
    """Return the title; a folder that is called as all are by default tells nothing."""
    title = told("title", report.language)
    return title if report.name == DEFAULT else f"{title}: {report.name}"


class _Page:
    """Writes the parts of the page."""

    def __init__(self, report: Report) -> None:
        self.report, self.figures, self.language = report, report.figures, report.language
        self.dossier = report.key.dossier

    def told(self, key: str, **fields: object) -> str:
        return told(key, self.language, **fields)

    def name(self, exercise: str) -> str:
        return exercise_name(exercise, self.figures.exercises[exercise], self.language)

    def count(self, value: int) -> str:
        return thousands(value, self.language)

    def blocks(self) -> Iterator[Html]:
        yield from self._head()
        sections = {
            "person": self._person,
            "handed": self._handed,
            "points": self._points,
            "reference": self._reference,
            "within": self._within,
            "disputed": self._disputed,
            "confusion": self._confusion,
            "questions": self._questions,
            "time": self._time,
            "students": self._students,
            "method": self._method,
        }
        links = (tag("a", self.told(f"{name}_heading"), href=f"#{name}") for name in sections)
        yield tag("nav", tag("h2", self.told("contents")), listing(links), aria_label=self.told("contents"))
        for name, section in sections.items():
            heading = tag("h2", self.told(f"{name}_heading"), id=f"{name}-heading")
            yield tag("section", heading, *section(), id=name, aria_labelledby=f"{name}-heading")

    # --- head ------------------------------------------------------------------------------------------

    def _head(self) -> Iterator[Html]:
        course, figures = course_card(self.dossier), self.figures
        yield tag("h1", _title(self.report))
        yield paragraph(self.told("subtitle", course=course.title), class_="subtitle")
        versions = self.told("versions", course=course.version, codebook=course.codebook)
        facts = {
            "written_on": time_words(written(self.report.at), self.language),
            "covers": "; ".join(map(self.name, figures.exercises)),
            "made_with": versions,
        }
        yield tag(
            "dl", *(tag("div", tag("dt", self.told(key)), tag("dd", words)) for key, words in facts.items())
        )
        yield tag("div", *self._cards(), class_="cards")
        yield paragraph(self.told("names_real" if self.report.real_names else "names_hidden"), class_="note")
        made = "portfolio.labels_made" if course.own else "portfolio.labels_made_elsewhere"
        yield paragraph(say(made, self.language), class_="note")

    def _cards(self) -> Iterator[Html]:
        figures = self.figures
        unlisted = self.told("size_unlisted", n=figures.unlisted) if figures.unlisted else ""
        yield _card(self.count(figures.size), self.told("size"), unlisted)
        answers = self.told("answers", n=self.count(figures.answers.answers))
        yield _card(self.count(figures.submitted), self.told("submissions"), answers)
        shares = [point / one.most for one in figures.points if one.kind == MACHINE for point in one.points]
        if shares:
            yield _card(percent(median(shares)), self.told("machine_median"))
        given = sum(row.answers for row in figures.answers.reference)
        if given:
            accepted = sum(row.accepted.value * row.answers for row in figures.answers.reference) / given
            yield _card(percent(accepted), self.told("accepted_all"))
        yield _card(self.count(sum(one.students for one in figures.waiting)), self.told("to_mark"))
        yield _card(self.count(len(figures.findings)), self.told("to_look_at"))

    # --- what needs a person ---------------------------------------------------------------------------

    def _person(self) -> Iterator[Html]:
        yield tag("h3", self.told("waiting_heading"))
        if self.figures.waiting:
            yield paragraph(self.told("waiting_about"))
            header = [self.told("exercise"), self.told("task_column"), self.told("students_column")]
            rows = []
            for one in self.figures.waiting:
                task = self.figures.exercises[one.exercise].task(one.task)
                rows.append(
                    (self.name(one.exercise), task.title.in_(self.language), self.count(one.students))
                )
            yield table(self.told("waiting_caption"), header, rows, numbers=2)
        else:
            yield paragraph(self.told("waiting_none"))
        yield tag("h3", self.told("findings_heading"))
        if not self.figures.findings:
            yield paragraph(self.told("findings_none"))
            return
        yield paragraph(self.told("findings_about"))
        yield listing((self._finding(one) for one in self.figures.findings), class_="findings")

    def _finding(self, finding: Finding) -> Html:
        """Return a finding, which ``collect`` and ``grade`` word in English, and whose it is."""
        named = ", ".join(f"{who} ({where})" for who, where in finding.places[:_PLACES])
        more = len(finding.places) - _PLACES
        places = f"{named}, {self.told('and_more', n=self.count(more))}" if more > 0 else named
        sentence = tag("span", own(finding.sentence), lang="en")
        return join((sentence, tag("span", tag("bdi", places), class_="who")), " ")

    # --- handed in, points -----------------------------------------------------------------------------

    def _handed(self) -> Iterator[Html]:
        yield image(class_pictures.completion(self.figures, self.language))
        states = ("complete", "begun", "nothing", "absent")
        header = [self.told("exercise"), self.told("task_column"), *(self.told(f"state_{s}") for s in states)]
        rows = [
            (
                self.name(done.exercise),
                done.task.title.in_(self.language),
                *(self.count(getattr(done, state)) for state in states),
            )
            for done in self.figures.done
        ]
        caption = self.told("completion_title")
        yield fold(self.told("table_of"), table(caption, header, rows, numbers=2))
        kinds = ("late", "without_journal", "stopped", "refused", "ungraded")
        header = [self.told("exercise"), self.told("handed"), *(self.told(kind) for kind in kinds)]
        rows = [
            (
                self.name(one.exercise),
                self.told("of_these", n=self.count(one.submitted), total=self.count(self.figures.size)),
                *(self.count(getattr(one, kind)) for kind in kinds),
            )
            for one in self.figures.handed
        ]
        yield table(self.told("handed_caption"), header, rows)
        yield paragraph(self.told("handed_about"), class_="note")

    def _points(self) -> Iterator[Html]:
        points = self.figures.points
        if not any(one.points or one.waiting for one in points):
            yield paragraph(coded(self.told("points_no_book")))
            return
        yield image(class_pictures.points(self.figures, self.language))
        quantiles = {"points_low": 0.25, "points_median": 0.5, "points_high": 0.75}
        names = ("points_most", "students_column", *quantiles, "points_mean", "to_mark")
        header = [self.told("exercise"), self.told("points_kind"), *(self.told(name) for name in names)]
        rows = [
            (
                self.name(one.exercise),
                self.told(f"points_{one.kind}"),
                number(one.most, self.language),
                self.count(len(one.points)),
                *(self._points_or_dash(one.quantile(share)) for share in quantiles.values()),
                self._points_or_dash(one.mean),
                self.count(one.waiting),
            )
            for one in points
        ]
        yield table(self.told("points_caption"), header, rows, numbers=2)
        yield paragraph(self.told("points_about"), class_="note")

    def _points_or_dash(self, value: float) -> str:
        return "–" if isnan(value) else decimal(value, self.language, 1)

    # --- agreement -------------------------------------------------------------------------------------

    def _reference(self) -> Iterator[Html]:
        rows = self.figures.answers.reference
        if not rows:
            yield paragraph(self.told("none_here"))
            return
        yield image(class_pictures.with_reference(rows, self.language))
        names = ("claims_column", "answers_column", "share_right", "share_accepted")
        header = [self.told("dimension_column"), *(self.told(name) for name in names)]
        cells = [
            (
                row.dimension.name.in_(self.language),
                self.count(row.units),
                self.count(row.answers),
                share_words(row.right, self.language),
                share_words(row.accepted, self.language),
            )
            for row in rows
        ]
        yield table(self.told("reference_caption"), header, cells)
        yield paragraph(self.told("reference_about", few=FEW_UNITS), class_="note")

    def _within(self) -> Iterator[Html]:
        rows = self.figures.answers.agreement
        if not rows:
            yield paragraph(self.told("none_here"))
            return
        coders = (self.told("whole_class"),)
        yield image(agreement_chart(agreement_table(rows), self.dossier.codebook, self.language, coders))
        header = [
            self.told("dimension_column"),
            self.told("scale_column"),
            self.told("claims_column"),
            self.told("answers_column"),
            self.told("percent_column"),
            say("charts.alpha_column", self.language),
            "AC1",
        ]
        cells = [
            (
                self.dossier.codebook[row.dimension].name.in_(self.language),
                self.told(f"scale_{row.scale}"),
                self.count(row.units),
                self.count(row.pairable),
                "–" if isnan(row.percent) else percent(row.percent),
                self._with_ends(row.alpha, row.low, row.high),
                "–" if isnan(row.ac1) else decimal(row.ac1, self.language),
            )
            for row in rows
        ]
        yield table(self.told("within_caption"), header, cells, numbers=2)
        about = f"{self.told('within_about', few=FEW_UNITS)} {self.told('within_twice')}"
        yield paragraph(about, class_="note")

    def _with_ends(self, value: float, low: float, high: float) -> str:
        if isnan(value):
            return "–"
        words = decimal(value, self.language)
        if isnan(low):
            return words
        to = say("charts.to", self.language)
        return f"{words} ({decimal(low, self.language)} {to} {decimal(high, self.language)})"

    # --- disputes --------------------------------------------------------------------------------------

    def _disputed(self) -> Iterator[Html]:
        disputes = self.figures.answers.disputes
        if not disputes:
            yield paragraph(self.told("disputed_none"))
            return
        yield paragraph(self.told("disputed_about"))
        yield paragraph(self.told("disputed_notes", few=FEW_PEOPLE), class_="note")
        for dimension in dict.fromkeys(dispute.dimension.id for dispute in disputes):
            these = [dispute for dispute in disputes if dispute.dimension.id == dimension]
            yield tag("h3", self.dossier.codebook[dimension].name.in_(self.language))
            yield paragraph(self.dossier.codebook[dimension].question.in_(self.language), class_="note")
            first, *rest = these
            yield tag("article", tag("h4", self._claim(first)), *self._dispute(first))
            for dispute in rest:
                summary = join(
                    (tag("span", self._claim(dispute)), tag("span", self._agreeing(dispute), class_="who")),
                    " ",
                )
                yield tag("article", fold(summary, *self._dispute(dispute)))

    def _claim(self, dispute: Dispute) -> str:
        return self.dossier.claim(dispute.unit[1]).text.in_(self.language)

    def _agreeing(self, dispute: Dispute) -> str:
        return self.told("disputed_share", share=percent(dispute.agreeing), n=self.count(dispute.answers))

    def _dispute(self, dispute: Dispute) -> Iterator[Html]:
        task_id, claim_id = dispute.unit
        passage = self.dossier.passages[self.dossier.claim(claim_id).passage]
        exercise = next(one for one in self.figures.exercises.values() if _has(one, task_id))
        where = self.told(
            "disputed_where",
            claim=claim_id,
            document=self.dossier.documents[passage.document].label,
            locator=passage.locator,
            exercise=exercise.id,
            task=exercise.task(task_id).title.in_(self.language),
        )
        yield paragraph(f"{where} · {self._agreeing(dispute)}", class_="where")
        yield tag("ul", *(self._side(side, dispute.answers) for side in dispute.sides), class_="sides")
        if dispute.others:
            share = self.told("of_these", n=dispute.others, total=dispute.answers)
            yield paragraph(f"{self.told('side_others')}: {share}.", class_="note")
        yield paragraph(tag("strong", self.told("discuss")), " ", self._advice(dispute))
        if dispute.distinction:
            rule = dispute.distinction.in_(self.language)
            yield paragraph(tag("strong", self.told("codebook_says")), " ", rule)

    def _side(self, side: Side, answers: int) -> Html:
        share = side.given / answers
        head = [bar(share), tag("strong", side.name.in_(self.language)), " "]
        head.append(f"{self.told('of_these', n=self.count(side.given), total=self.count(answers))}")
        if side.status:
            head += [" ", tag("span", self.told(f"side_{side.status}"), class_="badge")]
        parts = [paragraph(*head, class_="side")]
        if side.reason:
            parts.append(paragraph(tag("em", self.told("side_reason")), " ", side.reason.in_(self.language)))
        if side.notes:
            quoted = listing((own(note) for note in side.notes), class_="notes")
            parts.append(tag("div", tag("em", self.told("side_notes")), quoted))
        return tag("li", *parts)

    def _advice(self, dispute: Dispute) -> str:
        """Say what is worth discussing, by where the two largest sides stand."""
        first, second = dispute.sides[:2]
        if not any(side.status for side in dispute.sides):
            return self.told("discuss_open")
        if not first.status:
            return self.told("discuss_against")
        if second.status and second.given:
            return self.told("discuss_two_readings")
        return self.told(f"discuss_{first.status}", other=second.name.in_(self.language))

    # --- confusions ------------------------------------------------------------------------------------

    def _confusion(self) -> Iterator[Html]:
        if not self.figures.answers.confused:
            yield paragraph(self.told("none_here"))
            return
        yield paragraph(self.told("confusion_about"))
        for confused in self.figures.answers.confused:
            yield tag("h3", confused.dimension.name.in_(self.language))
            yield image(class_pictures.confusions(confused, self.language))
            pairs = [self._mixed(confused, pair) for pair in confused.pairs]
            yield listing(pairs, class_="pairs") if pairs else paragraph(self.told("mixed_none"))

    def _mixed(self, confused: Confused, pair: Mixed) -> Html:
        sentence = self.told(
            "mixed",
            given=confused.dimension.name_of(pair.given).in_(self.language),
            reference=confused.dimension.name_of(pair.reference).in_(self.language),
            count=self.count(pair.count),
            answers=self.count(pair.answers),
        )
        claims = join((tag("span", claim, class_="id") for claim in pair.claims), ", ")
        told = join((sentence, " ", claims, "."))
        if not pair.distinction:
            return told
        rule = tag("div", tag("em", self.told("codebook_says")), " ", pair.distinction.in_(self.language))
        return join((told, rule))

    # --- questions -------------------------------------------------------------------------------------

    def _questions(self) -> Iterator[Html]:
        questions = self.figures.answers.questions
        if not questions:
            yield paragraph(self.told("none_here"))
            return
        yield paragraph(self.told("questions_about"))
        for exercise, found in self.figures.exercises.items():
            tasks = {task.id for task in found.tasks}
            these = [question for question in questions if question.task.id in tasks]
            if these:
                yield tag("h3", self.name(exercise))
                yield from map(self._question, these)

    def _question(self, question: QuestionFigures) -> Html:
        asked, answers = question.item.question.in_(self.language), question.answers
        if not answers:
            return paragraph(asked, " – ", self.told("question_unanswered"))
        words = self.told(
            "question_summary", share=share_words(question.right, self.language), n=self.count(answers)
        )
        summary = join((bar(question.right.value), tag("span", words, class_="who"), " ", tag("span", asked)))
        header = [self.told(name) for name in ("option_column", "students_column", "reason_column")]
        rows = [
            (
                join((option.option.text.in_(self.language), " ", self._right(option.right))),
                join((bar(option.given / answers), self.count(option.given))),
                option.reason.in_(self.language),
            )
            for option in question.options
        ]
        return fold(summary, table(asked, header, rows, numbers=9), open_=question.right.value < 0.5)

    def _right(self, right: bool) -> Words:
        return tag("span", f"✓ {self.told('option_right')}", class_="badge") if right else ""

    # --- time ------------------------------------------------------------------------------------------

    def _time(self) -> Iterator[Html]:
        rows = self.figures.answers.spent
        if all(isnan(row.median) for row in rows):
            yield paragraph(self.told("time_none"))
        else:
            yield image(class_pictures.time_spent(self.figures, rows, self.language))
            names = ("points_low", "points_median", "points_high")
            header = [self.told(name) for name in ("exercise", "students_column", *names)]
            cells = [
                (
                    spent_name(self.figures, row, self.language),
                    self.count(row.students),
                    *("–" if isnan(end) else f"{end:.0f}" for end in (row.low, row.median, row.high)),
                )
                for row in rows
            ]
            yield fold(self.told("table_of"), table(self.told("time_caption"), header, cells))
        yield paragraph(self.told("time_about", few=FEW_PEOPLE), class_="note")

    # --- students --------------------------------------------------------------------------------------

    def _students(self) -> Iterator[Html]:
        rows, exercises = self.figures.rows, self.figures.exercises
        if len(rows) > MOST_FOLDED:
            yield paragraph(coded(self.told("students_many", n=self.count(len(rows)))))
            return
        header = [self.told("students_column"), *(name[:2] for name in exercises)]
        header += [self.told("students_total"), self.told("late")]
        whole = table(self.told("students_caption"), header, [*map(self._student, rows), self._most()])
        if len(rows) > MOST_SHOWN:
            whole = fold(self.told("students_show", n=self.count(len(rows))), whole)
        yield whole

    def _student(self, row: Row) -> Sequence[Words]:
        points = [
            f"{decimal(row.points[name], self.language, 1)}{'*' if name in row.waiting else ''}"
            if name in row.points
            else "–"
            for name in self.figures.exercises
        ]
        late = self.count(row.late) if row.late else ""
        return (own(row.called), *points, decimal(row.total, self.language, 1), late)

    def _most(self) -> Sequence[Words]:
        most = [exercise.points for exercise in self.figures.exercises.values()]
        return (tag("em", self.told("students_most")), *map(str, most), str(sum(most)), "")

    # --- method ----------------------------------------------------------------------------------------

    def _method(self) -> Iterator[Html]:
        few = {"few": FEW_PEOPLE, "units": FEW_UNITS}
        names = ("method_journal", "method_unit", "method_small", "method_labels")
        yield listing(coded(self.told(name, **few)) for name in names)


def _card(value: str, *words: str) -> Html:
    told_words = (tag("span", one) for one in words if one)
    return tag("div", tag("strong", value), *told_words, class_="card")


def _has(exercise: Exercise, task_id: str) -> bool:
    return any(task.id == task_id for task in exercise.tasks)
