"""Exercises: masters score full marks, releases none; what is right stays with those who have the key."""

from __future__ import annotations

import ast
import json
import re
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.formatters import DisplayFormatter
from nbconvert import HTMLExporter

from backchannel import exercises, hand_in
from backchannel.classroom import archives, leaks, release
from backchannel.dossier import load_dossier
from backchannel.errors import BackchannelError, JournalError, NotReadyError, UsageError
from backchannel.exercise_book import ExerciseBook, open_exercise
from backchannel.hand_in import JOURNAL_TYPE
from backchannel.workspace import Workspace
from tests.student import HOSTILE

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


def test_every_link_of_the_students_readme_leads_to_a_file_they_have():
    files = dict(archives.for_students(PROJECT))
    text = files["README.md"].decode()
    linked = [link for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]
    assert [link for link in linked if link not in files] == []
    assert "grading guide" in text
    assert "](solutions/" in dict(archives.for_instructors(PROJECT))["README.md"].decode()


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
    release._pack(PROJECT, tmp_path)
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


def test_no_two_exercises_ask_the_same_of_a_claim(key):
    """Who has the marks of one exercise would know an answer of the other."""
    tasks = key.dossier.tables["tasks"]
    (first, second) = (tasks.index[tasks["id"] == name][0] for name in ("ex06-1", "ex10-1"))
    planted = tasks.copy()
    planted.loc[second, "items"] += "; " + tasks.loc[first, "items"].split("; ")[0]
    broken = replace(key, dossier=replace(key.dossier, tables={**key.dossier.tables, "tasks": planted}))
    (fault,) = exercises.check_key(broken)
    assert fault.startswith("tasks.csv: ex10-1 asks for corroboration of d3-p12-1, as ex06-1 does")


# --- the written tasks ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_a_sample_keeps_the_length_that_its_task_asks_for(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (place,) = (
        number
        for number, cell in enumerate(cells)
        if (about := cell["metadata"].get("nbgrader", {})).get("solution") and about.get("grade")
    )
    least, most = map(int, re.search(r"(\d+) to (\d+) words", "".join(cells[place - 1]["source"])).groups())
    sample = re.sub(r"\[source-[^\]]*\]|`[^`]*`", "", "".join(cells[place]["source"]))
    assert least <= len(re.findall(r"\w[\w’-]*", sample)) <= most


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_a_notebook_promises_the_minutes_of_the_table(path, dossier):
    title = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    minutes = exercises.load_exercise(dossier, path.stem[:2]).minutes
    assert re.findall(r"[Aa]bout (\d+) minutes", title)[0] == str(minutes)


# --- the widgets of an exercise ------------------------------------------------------------------------


def test_labels_may_change_until_they_are_handed_in(book):
    task = book.exercise.tasks[0]
    labeller = book.task(task.id)
    first, *_ = ((claim, dimension.id) for claim in task.items for dimension in labeller.session.dimensions)
    for claim in task.items:
        for dimension in labeller.session.dimensions:
            labeller.label(claim, dimension.id, dimension.label_ids[0])
    view = labeller.draw()
    assert (view["done"], view["canFinish"], view["locked"]) == ("exercise", False, False)
    assert "hand in" in labeller.words["done_exercise"]
    labeller.label(*first, labeller.session.dimensions[0].label_ids[1])
    assert labeller.session.label_of(*first) == labeller.session.dimensions[0].label_ids[1]


def test_the_reader_shows_no_chain_that_an_exercise_may_ask_about(book):
    claims = {
        claim["id"]: claim["chain"]
        for passage in book.reader("d3").draw()["passages"]
        for claim in passage["claims"]
    }
    held_back = {claim for claim in claims if book.dossier.claim(claim).held_back}
    assert held_back
    assert {claim for claim, chain in claims.items() if not chain} == held_back
    with pytest.raises(UsageError, match="d9"):
        book.reader("d9")


# --- handing in ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MASTERS, ids=lambda path: path.stem)
def test_the_last_cell_hands_in_and_nbgrader_leaves_it_alone(path, fresh):
    stored = PROJECT / "exercises" / path.parent.name / path.name
    for notebook in (path.read_bytes(), fresh[stored]):
        last = json.loads(notebook)["cells"][-1]
        assert (last["id"], last["source"], last["outputs"]) == ("hand-in", ["exercise.hand_in()"], [])
        assert "nbgrader" not in last["metadata"]


def _shown(book):
    """Return what a notebook stores of the last cell: its output, by type."""
    data, _metadata = DisplayFormatter().format(book.hand_in())
    return data


def _open(book):
    return [found.open for found in book.hand_in().found]


@pytest.mark.parametrize(("language", "said"), [("en", "No answer is saved"), ("de", "noch keine Antwort")])
def test_an_untouched_exercise_hands_in_a_friendly_line_and_nothing_else(
    course_data, tmp_path, monkeypatch, language, said
):
    monkeypatch.setenv("BACKCHANNEL_WORKSPACE", str(tmp_path / "workspace"))
    Workspace(tmp_path / "workspace").use_language(language)
    found = open_exercise("03", tmp_path / "exercise")
    shown = _shown(found)
    assert set(shown) == {"text/plain", "text/html"}
    assert said in shown["text/plain"]
    assert said in shown["text/html"]
    assert not (tmp_path / "exercise").exists()


def test_what_is_open_is_told_by_the_numbers_of_the_widgets(book):
    labels, questions, written = book.exercise.tasks
    assert _open(book) == [tuple(range(1, 8)), tuple(range(1, 6)), ()]
    session = exercises.label_session(book.dossier, book.workspace, labels)
    for dimension in session.dimensions:
        session.label(labels.items[1], dimension.id, dimension.label_ids[0])
    session.skip(labels.items[2], "stance")
    exercises.question_session(book.dossier, book.workspace, questions).answer(questions.items[4], "a")
    assert _open(book) == [(1, 3, 4, 5, 6, 7), (1, 2, 3, 4), ()]
    plain = repr(book.hand_in())
    assert "1. Form, commitment and stance: 3 of 21; open: claims: 1, 3, 4, 5, 6, 7" in plain
    assert "2. The word that decides: 1 of 5; open: questions: 1, 2, 3, 4" in plain
    assert f"3. {written.title.en}: your own text; open: not checked here" in plain
    assert "an open answer gives no points" in plain
    book.workspace.use_language("de")
    assert (
        "1. Form, Festlegung und Haltung: 3 von 21; offen: Aussagen: 1, 3, 4, 5, 6, 7"
        in _shown(book)["text/plain"]
    )


def _work(book, note):
    task = book.exercise.tasks[0]
    session = exercises.label_session(book.dossier, book.workspace, task)
    for claim in task.items:
        session.label(claim, "stance", "neutral", note=note)
    session.undo()
    return book.workspace.journal.path


@pytest.mark.parametrize(
    "note",
    [
        HOSTILE,
        "</script><!--",
        "line one\nline two\r\n\u2028\u2029\x85\x0b",
        '"\\u0041" \\ {} %s',
        "\x00\x1b[31m 🕊 e\u0301",
    ],
    ids=["markdown", "script", "line ends", "escapes", "control"],
)
def test_the_journal_is_restored_from_the_output_byte_for_byte(book, note):
    path = _work(book, note)
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("execute_result", _shown(book))])]
    )
    nbformat.validate(notebook)
    read = nbformat.reads(nbformat.writes(notebook), as_version=4)
    carried = read["cells"][0]["outputs"][0]["data"][JOURNAL_TYPE]
    assert set(carried) == {"lines"}
    assert "".join(f"{line}\n" for line in carried["lines"]).encode() == path.read_bytes()


def test_only_lines_that_are_decisions_are_carried_and_as_they_stand(book):
    path = _work(book, "a note")
    written = path.read_bytes()
    windows = written.splitlines()[0].replace(b'"id":"', b'"more": 1, "id":"x') + b"\r\n"
    path.write_bytes(windows + b"no json\n\n" + written + b'{"id": "torn')
    carried = _shown(book)[JOURNAL_TYPE]["lines"]
    assert "".join(f"{line}\n" for line in carried).encode() == windows + written


def test_what_people_see_holds_no_note_and_no_line_of_the_journal(book):
    _work(book, HOSTILE)
    shown = _shown(book)
    for kind in ("text/plain", "text/html"):
        assert [part for part in ("<script>", "alert(1)", '"activity"') if part in shown[kind]] == []
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("execute_result", shown)])]
    )
    page, _resources = HTMLExporter().from_notebook_node(notebook)
    assert "Handing in exercise 03" in page
    assert "alert(1)" not in page


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Without journal.jsonl your answers are not handed in"), ("de", "Ohne journal.jsonl sind Ihre")],
)
def test_a_journal_too_large_for_a_notebook_has_to_be_handed_in_itself(book, monkeypatch, language, said):
    book.workspace.use_language(language)
    path = _work(book, "a note")
    monkeypatch.setattr(hand_in, "MOST_BYTES", path.stat().st_size)
    assert JOURNAL_TYPE in _shown(book)
    monkeypatch.setattr(hand_in, "MOST_BYTES", path.stat().st_size - 1)
    assert JOURNAL_TYPE not in _shown(book)
    assert said in _shown(book)["text/html"]


def test_a_journal_that_cannot_be_read_is_told_in_a_sentence(tmp_path):
    with pytest.raises(JournalError, match=r"cannot be read .* run the cell again\."):
        hand_in.journal_lines(tmp_path)
