"""A small class whose written answers are graded and not marked yet; some answers are hostile."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from backchannel.classroom import gradebook, records, students
from backchannel.classroom.folder import ClassFolder, Place
from backchannel.classroom.records import Collected, Record, TaskRecord
from backchannel.classroom.students import Student

PROJECT = Path(__file__).resolve().parents[1]
EXERCISE = "03_how_sure_is_who"
TASK = "ex03-3"

GOOD = """\
1. **Concern.** *Is said to have* names no teller, so the newsroom passes the hearsay on: *neutral*.
2. **Plan.** Again no named origin. The word *alleged* aims at the plan itself, so the newsroom distances.
3. **False news.** Origin: Moscow. It denies; the marks are the newsroom’s.

Does the newsroom believe in the plan? At this place it does not commit itself. The best case for the other \
reading: it repeats the plan without a word of doubt of its own elsewhere."""
HOSTILE = """<script>document.title = 'broken'</script><img src=x onerror="document.title='broken'">

![a picture](http://192.0.2.7/track.png) and [a link](javascript:alert(1)) and <http://192.0.2.7/>

<style>.bc { display: none }</style> & an &amp; and "quotes" 'too'"""
TURNED = "The stance is \u202eelbatoc si ti\u202c here, and \u200bthis\x07 too.\r\nالخبر في السطر"
BLOCKS = """\
| a | b |
|---|---|
| 1 | *2* |

```python
print('x')
```

> quoted

# Heading
- one
  - two"""
LONG = "\n\n".join(f"Paragraph {n}: " + "the newsroom says that somebody said so, " * 29 for n in range(100))

ANSWERS: Mapping[str, str] = {
    "ada.amann": GOOD,
    "ben.busch": "The plan existed. Everybody knows what came later.",
    "cem.celik": HOSTILE,
    "dora.daum": TURNED,
    "ela.ernst": LONG,
    "finn.falk": "",
    "gina.graf": GOOD.replace("\n\n", "\n\n \n"),
    "hans.horn": BLOCKS,
}


def make_class(root: Path, *, project: Path = PROJECT) -> ClassFolder:
    """Return a class folder with a gradebook, records and a list of students."""
    folder = ClassFolder(root, project)
    root.mkdir(parents=True, exist_ok=True)
    with gradebook.open_book(folder) as book:
        book.add_assignment(EXERCISE)
        book.add_notebook(EXERCISE, EXERCISE)
        book.add_grade_cell(TASK, EXERCISE, EXERCISE, max_score=8, cell_type="markdown")
        book.add_solution_cell(TASK, EXERCISE, EXERCISE)
    add_answers(folder, ANSWERS)
    students.store(
        folder,
        [
            Student(student, student.replace(".", " ").title(), pseudonym=f"S{n:02}")
            for n, student in enumerate(ANSWERS, start=1)
        ],
    )
    return folder


def add_answers(folder: ClassFolder, answers: Mapping[str, str]) -> None:
    """Let students hand in, and grade it: where something is written, the gradebook asks a person."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbgrader's own way of adding a submission
        with gradebook.open_book(folder) as book:
            for student, text in answers.items():
                book.update_or_create_student(student)
                book.add_submission(EXERCISE, student)
                grade = book.find_grade(TASK, EXERCISE, EXERCISE, student)
                grade.auto_score, grade.needs_manual_grade = (None, True) if text else (0, False)
            book.db.commit()
    for student, text in answers.items():
        hand_in(folder, student, text)


def hand_in(folder: ClassFolder, student: str, text: str) -> None:
    """Write down that an answer was collected and graded."""
    records.write_collected(folder, Collected(student, EXERCISE, "a test"))
    written = TaskRecord(TASK, "written", 8, None, int(bool(text)), 1, text)
    findings = ("The cell *memo-intro* was changed.",) if "script" in text else ()
    record = Record(student, EXERCISE, "", "2026-11-20T10:00:00Z", "graded", "", findings, tasks=(written,))
    records.write_record(folder, record)


def change_answer(folder: ClassFolder, student: str, text: str) -> None:
    """Let a student hand in other words, graded anew."""
    record = records.read_record(folder, Place(student, EXERCISE))
    assert record is not None
    tasks = tuple(replace(task, text=text) for task in record.tasks)
    records.write_record(folder, replace(record, tasks=tasks, at="2026-11-21T10:00:00Z"))
