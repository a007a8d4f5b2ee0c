"""A small course with an activity of each kind, and a student who works through it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from backchannel import sessions
from backchannel.quiz import QuizSession, activity_of, load_items
from backchannel.sorting import invented

CLOCK = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
LESSONS = ("00", "01", "02", "10")
KINDS = {
    "01-notes": ("writing", ""),
    "01-tasks": ("questions", "task-01"),
    "01-practice": ("labels", ""),
    "01-blind": ("labels", ""),
    "01-chains": ("chains", "d1-p02-1; d1-p01-1"),
    "01-sorter": ("sorter", "contact-bridge"),
    "01-coverage": ("coverage", "prop-may"),
    "01-weigh": ("hypotheses", "ev-ida"),
    "01-debate": ("debate", ""),
}
ANSWERS = {"us_status": "official", "russian_status": "expert", "third_party": "none"}


def add_lessons(package):
    """Give the small dossier other lessons: an activity of each kind, and an empty lesson 02."""
    for table in ("lessons", "activities", "prompts"):
        package.rows[table].clear()
    for lesson in LESSONS:
        package.append(
            "lessons",
            id=lesson,
            title_en=f"Lesson {lesson} <by> *name*",
            title_de=f"Lektion {lesson}",
            question_en=f"What about {lesson}?",
            question_de=f"Was ist mit {lesson}?",
        )
    for position, (name, (kind, items)) in enumerate(KINDS.items(), start=1):
        package.append(
            "activities",
            id=name,
            lesson="01",
            position=str(position),
            kind=kind,
            title_en=f"Title of {name}",
            title_de=f"Titel von {name}",
            items=items,
            optional="false",
        )
    for position in ("1", "2"):
        package.append(
            "prompts",
            activity="01-notes",
            position=position,
            prompt_en=f"Prompt {position}",
            prompt_de=f"Aufgabe {position}",
        )
    package.append(
        "quiz",
        id="task-01",
        form="task",
        lesson="01",
        position="1",
        question_en="Which task?",
        question_de="Welche Aufgabe?",
        sources="source-style",
    )
    for letter, right in (("a", "false"), ("b", "true")):
        package.append(
            "quiz_options",
            item="task-01",
            option=letter,
            text_en=f"task answer {letter}",
            text_de=f"Antwort {letter}",
            correct=right,
            reason_en=f"Task reason {letter}.",
            reason_de=f"Grund {letter}.",
        )
    return package.load()


def answer(dossier, workspace, form, lesson="", option="a"):
    """Answer all questions of a form with one letter."""
    session = QuizSession(
        workspace, activity=activity_of(form, lesson), items=load_items(dossier, form, lesson)
    )
    for item in session.items:
        session.answer(item.id, option)


def label(dossier, workspace, activity, note="", finish=True):
    """Label every claim of a block with the first label of each dimension."""
    session = sessions.labels(dossier, workspace, activity)
    for claim in session.claims:
        for dimension in session.dimensions:
            session.label(claim, dimension.id, dimension.label_ids[0], confidence="high", note=note)
    if session.mode == "blind" and finish:
        session.finish()
    return session


def chains(dossier, workspace):
    return sessions.chains(dossier, workspace, "01-chains")


def sorter(dossier, workspace):
    return sessions.sorter(dossier, workspace, "01-sorter")


def sort(dossier, workspace, note=""):
    session = sorter(dossier, workspace)
    for criterion, value in ANSWERS.items():
        session.answer("contact-bridge", criterion, value)
    while needed := session.needed("contact-bridge"):
        session.answer("contact-bridge", needed[0], "unknown")
    if note:
        session.write_note("contact-bridge", note)
    return session


def coverage(dossier, workspace):
    return sessions.coverage(dossier, workspace, "01-coverage")


def weighing(dossier, workspace):
    return sessions.hypotheses(dossier, workspace, "01-weigh")


def debate(dossier, workspace, sentence="Old laws bind little."):
    session = sessions.debate(dossier, workspace, "01-debate")
    session.choose_role("scholar")
    session.choose_position("repeal")
    own = session.argue(sentence, evidence=["source-statute"])
    session.take("arg-keep", against=own)
    session.name_strongest("arg-keep")
    session.argue("It was never used.", answers="arg-keep", evidence=["d1-p02-1"])
    return session


def work_through(dossier, workspace, words="My words."):
    """Do all there is to do; ``words`` go wherever a student may write."""
    workspace.use_name("Kim")
    answer(dossier, workspace, "pre")
    answer(dossier, workspace, "predict", "01")
    for number in ("1", "2"):
        workspace.decide("01-notes", number, "text", words)
    sessions.questions(dossier, workspace, "01-tasks").answer("task-01", "b")
    for block in ("01-practice", "01-blind"):
        label(dossier, workspace, block, note=words)
    session = chains(dossier, workspace)
    session.save("d1-p02-1", ["actor-gazette"], confidence="low", note=words)
    session.save("d1-p01-1", ["actor-gazette"])
    sort(dossier, workspace, note=words).compare("contact-bridge")
    sorter(dossier, workspace).keep(" ".join(words.split())[:60], invented(us_status="expert"))
    for grid in (coverage(dossier, workspace), weighing(dossier, workspace)):
        for row in grid.grid.rows:
            for column in grid.grid.columns:
                grid.judge(row.id, column.id, grid.grid.choices[0], reason=words, confidence="medium")
    debate(dossier, workspace, sentence=" ".join(words.split())[:500])
    answer(dossier, workspace, "check", "01")
    answer(dossier, workspace, "post")


def write_line(workspace, **cells):
    """Append a line that the course itself would not write."""
    line = {
        "id": f"foreign-{workspace.journal.count}-{len(cells)}-{cells.get('item', '')}",
        "at": "2026-10-01T10:00:00.000Z",
        "student": "",
        "activity": "",
        "item": "",
        "field": "",
        "value": "",
    } | cells
    workspace.folder.mkdir(parents=True, exist_ok=True)
    with workspace.journal.path.open("ab") as file:
        file.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
    workspace.journal.refresh()
