"""Exercises: masters score full marks, releases none; what is right stays with those who have the key."""

from __future__ import annotations

import ast
import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backchannel import exercises
from backchannel.classroom import archives, leaks, release
from backchannel.dossier import load_dossier
from backchannel.errors import BackchannelError, NotReadyError, UsageError
from backchannel.exercise_book import ExerciseBook, open_exercise
from backchannel.workspace import Workspace

PROJECT = Path(__file__).resolve().parents[2]
MASTERS = release.masters(PROJECT)


@pytest.fixture(scope="module")
def dossier(course_data):
    return load_dossier(course_data)


@pytest.fixture(scope="module")
def key(dossier):
    return exercises.require_key(dossier)


@pytest.fixture(scope="module")
def fresh():
    return dict(release.released(PROJECT))


@pytest.fixture
def book(dossier, tmp_path):
    workspace = Workspace(tmp_path / "exercise")
    return ExerciseBook(dossier, workspace, exercises.load_exercise(dossier, "03"))


def run(notebook: dict[str, Any], folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    """Run the code cells of an exercise in this process and return the points of its grade cells."""
    monkeypatch.setenv("BACKCHANNEL_EXERCISES", str(folder))
    monkeypatch.setenv("BACKCHANNEL_WORKSPACE", str(folder / "workspace"))
    names: dict[str, Any] = {}
    points = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] != "code":
            continue
        tree = ast.parse("".join(cell["source"]))
        last = tree.body.pop()
        exec(compile(tree, cell["id"], "exec"), names)
        assert isinstance(last, ast.Expr)
        shown = eval(compile(ast.Expression(last.value), cell["id"], "eval"), names)
        about = cell["metadata"].get("nbgrader", {})
        if about.get("grade"):
            assert float(repr(shown)) == shown, "nbgrader gives all points where it reads no number"
            points[about["grade_id"]] = float(shown)
    return points


def test_each_lesson_after_the_first_has_its_exercise(dossier):
    assert [path.parent.name[:2] for path in MASTERS] == list(dossier.lessons)[1:]
    assert list(exercises.load_exercises(dossier)) == list(dossier.lessons)[1:]
    for path in MASTERS:
        assert path.stem == path.parent.name
        assert (PROJECT / "notebooks" / path.name).is_file()


def test_every_exercise_gives_twenty_points_and_has_each_kind_of_task(dossier):
    for exercise in exercises.load_exercises(dossier).values():
        assert exercise.points == 20
        kinds = {task.kind for task in exercise.tasks}
        assert kinds >= (
            {"questions", "written"} if exercise.id == "01" else {"labels", "questions", "written"}
        )


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_a_master_scores_full_marks(path, dossier, tmp_path, monkeypatch):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        points = run(json.loads(path.read_text(encoding="utf-8")), tmp_path, monkeypatch)
    exercise = exercises.load_exercise(dossier, path.stem[:2])
    assert points == {task.id: task.points for task in exercise.tasks if task.kind != "written"}


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_an_untouched_release_runs_and_scores_nothing(path, dossier, tmp_path, monkeypatch):
    stored = PROJECT / "exercises" / path.parent.name / path.name
    points = run(json.loads(stored.read_text(encoding="utf-8")), tmp_path, monkeypatch)
    exercise = exercises.load_exercise(dossier, path.stem[:2])
    assert points == {task.id: 0.0 for task in exercise.tasks if task.kind != "written"}
    assert not (tmp_path / "journal.jsonl").exists(), "looking at an exercise wrote into its journal"


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_a_notebook_asks_for_the_tasks_of_the_tables(path, dossier):
    notebook = json.loads(path.read_text(encoding="utf-8"))
    exercise = exercises.load_exercise(dossier, path.stem[:2])
    marked = {
        about["grade_id"]: about["points"]
        for cell in notebook["cells"]
        if (about := cell["metadata"].get("nbgrader")) and about["grade"]
    }
    assert marked == {task.id: task.points for task in exercise.tasks}


# --- release -------------------------------------------------------------------------------------------


def test_the_exercises_are_a_fresh_release_byte_for_byte(fresh):
    assert {path: path.read_bytes() for path in fresh} == fresh
    there = {path for path in (PROJECT / "exercises").rglob("*") if path.is_file()}
    assert there == {*fresh, PROJECT / "exercises" / "README.md"}


def test_nothing_leaks_to_students(dossier, key):
    kept = leaks.secrets(dossier, key, MASTERS)
    assert len(kept) > 200
    assert list(leaks.find_leaks(archives.for_students(PROJECT), kept)) == []


def _planted(fresh, change):
    """Return one released exercise with something planted in it."""
    path, content = next(iter(fresh.items()))
    notebook = json.loads(content)
    change(notebook)
    name = path.relative_to(PROJECT).as_posix()
    return [(name, json.dumps(notebook).encode())]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda notebook: notebook["metadata"].update(author="Ida"), "the metadata 'author'"),
        (lambda notebook: notebook["cells"][1].update(outputs=[{"output_type": "stream"}]), "has an output"),
        (lambda notebook: notebook["cells"][1].update(execution_count=3), "has an output"),
        (lambda notebook: notebook["cells"][0].update(attachments={"a.png": {}}), "has an attachment"),
        (lambda notebook: notebook["cells"][0]["metadata"].update(answer="b"), "the metadata 'answer'"),
        (
            lambda notebook: notebook["cells"][0]["source"].append("### BEGIN SOLUTION"),
            "'### BEGIN SOLUTION'",
        ),
        (
            lambda notebook: notebook["cells"][1]["source"].append('exercise.solve("ex01-1")'),
            "solves its task",
        ),
    ],
)
def test_a_planted_leak_is_told(fresh, change, said):
    (found, *_) = leaks.find_leaks(_planted(fresh, change), ())
    assert said in found


def test_a_planted_reason_sample_or_label_is_told_wherever_it_stands(dossier, key, fresh):
    kept = leaks.secrets(dossier, key, MASTERS)
    reason = next(text.en for _right, text in key.options.values() if len(text.en) > leaks.SHORTEST)
    sample = next(part for part in leaks._samples(MASTERS[0]) if len(part) > leaks.SHORTEST)
    for secret in (reason, sample):
        assert secret in kept
        hidden = _planted(
            fresh, lambda notebook, s=secret: notebook["cells"][0]["metadata"].update(nbgrader=s)
        )
        assert any("only instructors may have" in told for told in leaks.find_leaks(hidden, kept))
        quoted = '"' + secret.replace('"', '""') + '"\n'
        (told,) = leaks.find_leaks([("course_data/quiz.csv", quoted.encode())], kept)
        assert told.startswith("course_data/quiz.csv: it holds what only instructors may have")


def test_the_archives_hold_what_each_may_have(tmp_path, capsys):
    assert release.main(["--check", "--archives", str(tmp_path)]) == 0
    assert (tmp_path / "backchannel-student.zip").is_file()
    students = {name for name, _ in archives.for_students(PROJECT)}
    instructors = {name for name, _ in archives.for_instructors(PROJECT)}
    assert not any(name.startswith(("solutions", "tests", "documents", "workspace")) for name in students)
    assert {"notebooks/00_start_here.ipynb", "exercises/README.md", "Makefile"} <= students < instructors
    assert "solutions/key/answers.csv" in instructors
    first = (tmp_path / "backchannel-student.zip").read_bytes()
    release.main(["--check", "--archives", str(tmp_path)])
    assert (tmp_path / "backchannel-student.zip").read_bytes() == first


def test_a_master_that_nbgrader_refuses_is_told_in_a_sentence(tmp_path):
    place = tmp_path / "solutions" / "03_bad"
    place.mkdir(parents=True)
    notebook = json.loads(MASTERS[0].read_text(encoding="utf-8"))
    notebook["cells"][2]["source"] = ["### BEGIN SOLUTION\n", "1\n"]
    notebook["cells"][2]["cell_type"] = "code"
    notebook["cells"][2].update(outputs=[], execution_count=None)
    notebook["cells"][2]["metadata"]["nbgrader"] = {
        "grade_id": "x", "schema_version": 3, "grade": False, "solution": True, "locked": False, "task": False
    }  # fmt: skip
    (place / "03_bad.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(BackchannelError, match=r"nbgrader refuses the master of 03_bad .*\."):
        dict(release.released(tmp_path))


# --- marks ---------------------------------------------------------------------------------------------


def test_right_accepted_other_and_open_answers_are_told_apart(book, key):
    task = book.exercise.tasks[0]
    session = exercises.label_session(book.dossier, book.workspace, task)
    claims = [(c, d) for c in task.items for d in task.dimensions]
    arguable = next(pair for pair in claims if len(key.dossier.references[pair]) > 1)
    plain = next(pair for pair in claims if len(key.dossier.references[pair]) == 1)
    other = next(pair for pair in claims if pair not in (arguable, plain))
    session.label(*arguable, key.dossier.references[arguable][1].label)
    session.label(*plain, key.dossier.references[plain][0].label)
    accepted = {reference.label for reference in key.dossier.references[other]}
    labels = key.dossier.codebook[other[1]].label_ids
    session.label(*other, next(label for label in labels if label not in accepted))
    result = exercises.mark(key, book.workspace, task)
    verdicts = {mark.item: mark for mark in result.marks}
    for pair, verdict in ((arguable, "accepted"), (plain, "right"), (other, "other")):
        found = verdicts[" ".join(pair)]
        assert found.verdict == verdict
        assert found.reasons
    assert sum(mark.verdict == "open" for mark in result.marks) == len(claims) - 3
    assert result.points == round(task.points * 2 / len(claims), 2)


def test_a_question_gives_its_reason_and_that_of_the_right_answer(book, key):
    task = next(task for task in book.exercise.tasks if task.kind == "questions")
    session = exercises.question_session(book.dossier, book.workspace, task)
    item = session.items[0]
    wrong = next(option for option in item.options if not key.options[item.id, option.id][0])
    session.answer(item.id, wrong.id)
    mark = exercises.mark(key, book.workspace, task).marks[0]
    assert mark.verdict == "other"
    assert len(mark.reasons) == 2
    assert session.reasons_to_show(item.id) == ()


def test_without_the_key_nobody_is_marked_and_nobody_solves(book, monkeypatch):
    monkeypatch.setattr(exercises, "KEY", Path("nowhere"))
    task = book.exercise.tasks[0]
    points = book.points(task.id)
    assert repr(points) == "0.0"
    assert "Answered: 0 of" in points._repr_html_()
    with pytest.raises(NotReadyError, match="key of the exercises is not here"):
        book.solve(task.id)


def test_a_written_task_is_left_to_a_person(book, key):
    task = book.exercise.tasks[-1]
    assert task.kind == "written"
    with pytest.raises(UsageError, match="a person marks it"):
        exercises.mark(key, book.workspace, task)
    assert [level.name for level in key.rubrics[task.id]] == list(exercises.LEVELS)


def test_an_exercise_takes_name_and_language_of_the_course(course_data, tmp_path, monkeypatch):
    monkeypatch.setenv("BACKCHANNEL_WORKSPACE", str(tmp_path / "workspace"))
    course = Workspace(tmp_path / "workspace")
    course.use_name("Kim")
    course.use_language("de")
    found = open_exercise("03", tmp_path / "exercise")
    assert repr(found).startswith("Übung 03, Wie sicher ist sich wer?")
    assert repr(found).endswith("Arbeitsbereich: Kim.")
    assert not (tmp_path / "exercise" / "journal.jsonl").exists()
    with pytest.raises(UsageError, match="no exercise '11'"):
        open_exercise("11", tmp_path)


def test_a_good_key_has_no_faults(key):
    assert list(exercises.check_key(key)) == []


@pytest.mark.parametrize(
    ("table", "change", "said"),
    [
        ("answers", lambda t: t.iloc[1:], "has no row in solutions/key/answers.csv"),
        ("answers", lambda t: t.assign(correct=False), "has 0 right answers; it needs one"),
        ("answers", lambda t: t.assign(option=t["option"].replace("a", "f")), "is not offered"),
        ("rubrics", lambda t: t.iloc[1:], "needs the levels proficient, emergent, basic"),
        ("rubrics", lambda t: t.assign(points=t["points"] + 1), "points at most, but has"),
        (
            "rubrics",
            lambda t: t.assign(task=t["task"].replace("ex03-3", "ex03-9")),
            "ex03-9 is no written task",
        ),
    ],
)
def test_a_planted_fault_in_the_key_is_told(key, table, change, said):
    broken = replace(key)
    broken.__dict__["_tables"] = {**key._tables, table: change(key._tables[table])}
    assert any(said in fault for fault in exercises.check_key(broken))
