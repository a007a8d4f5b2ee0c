"""``backchannel grade``: every submission gets the marks its journal earns, whatever the notebook says."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import nbformat
import pytest
from classroom.damaged_notebooks import ANSWER, CASES, EARNED, EXERCISE, PROJECT, answers, cell, honest
from nbgrader.api import Gradebook

from backchannel.classroom import gradebook, release
from backchannel.classroom.folder import ClassFolder, Place, find_class
from backchannel.classroom.grading import grade
from backchannel.classroom.grading import steps as grading
from backchannel.classroom.records import Collected, Record, read_record, sha256, write_collected
from backchannel.classroom.sandbox.box import Limits, NoSandboxError, Run
from backchannel.classroom.students import Student, store
from backchannel.errors import DataError, NotReadyError, UsageError

OTHER = "04_do_we_agree"


@dataclass
class Fake:
    """Stands for a sandbox: compiles cells without running them; every points cell claims a thousand."""

    name: str = "fake"
    ran: list[Sequence[tuple[str, str]]] = field(default_factory=list)
    files: list[Mapping[str, bytes]] = field(default_factory=list)

    def run(self, cells: Sequence[tuple[str, str]], files: Mapping[str, bytes], limits: Limits) -> Run:
        self.ran.append(cells)
        self.files.append(files)
        outputs = {name: (self.output(source),) for name, source in cells}
        return Run(outputs, tuple(outputs), (), True, 0.5, 120.0)

    def output(self, source: str) -> dict[str, Any]:
        problem: Exception | None = None
        if source.startswith("raise "):
            problem = ValueError(source.split('"')[1])
        elif len(source) < 1000:
            try:
                compile(source, "cell", "exec")
            except (SyntaxError, ValueError) as found:
                problem = found
        if problem:
            name = type(problem).__name__
            return {"output_type": "error", "ename": name, "evalue": str(problem), "traceback": [name]}
        data = {"text/plain": "1000.0", "text/html": "<table></table>"}
        return {"output_type": "execute_result", "data": data, "metadata": {}, "execution_count": 1}


@pytest.fixture(scope="module", autouse=True)
def two_exercises():
    """Take only two exercises into a class, which is quicker."""
    few = [path for path in release.masters(PROJECT) if path.stem in (EXERCISE, OTHER)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(release, "masters", lambda project: tuple(few))
        yield


@pytest.fixture(scope="module")
def template(tmp_path_factory, two_exercises):
    """Return a class folder with the exercises taken in, to be copied."""
    folder = find_class(tmp_path_factory.mktemp("template") / "class")
    assert gradebook.prepare(folder) == [EXERCISE, OTHER]
    return folder


@pytest.fixture
def folder(template, tmp_path):
    shutil.copytree(template.root, tmp_path / "class")
    return find_class(tmp_path / "class")


@pytest.fixture
def fake(monkeypatch):
    found = Fake()
    monkeypatch.setattr(grade, "choose_sandbox", lambda folder, words: found)
    return found


def hand_in(
    folder: ClassFolder, student: str, notebook: Any = None, journal: Any = None, **more: Any
) -> Place:
    """Put a submission into the class folder as ``collect`` does; an honest one where nothing is said."""
    place = Place(student, more.get("exercise", EXERCISE))
    honest_notebook, honest_journal = honest()
    notebook = honest_notebook if notebook is None else notebook
    data = notebook if isinstance(notebook, bytes) else json.dumps(notebook).encode()
    return _put(folder, place, data, b"".join(honest_journal if journal is None else journal))


def _put(folder: ClassFolder, place: Place, notebook: bytes | None, journal: bytes | None) -> Place:
    folder.submitted(place).mkdir(parents=True, exist_ok=True)
    for path, data in ((folder.notebook(place), notebook), (folder.journal(place), journal)):
        path.unlink(missing_ok=True)
        if data is not None:
            path.write_bytes(data)
    (folder.submitted(place) / "timestamp.txt").write_text("2026-11-20 10:00:00 UTC\n", encoding="utf-8")
    write_collected(folder, Collected(place.student, place.exercise, "a test"))
    return place


def run(folder: ClassFolder, *words: str) -> int:
    return grade.main([*words, "--class", str(folder.root)])


def record_of(folder: ClassFolder, place: Place) -> Record:
    found = read_record(folder, place)
    assert found is not None
    return found


def marks(record: Record) -> dict[str, float]:
    return {task.task: task.gained for task in record.tasks if task.gained is not None}


def saved(folder: ClassFolder, student: str) -> dict[str, tuple[float | None, float | None, bool]]:
    """Return what the gradebook has: points by machine, points by a person, whether to be marked."""
    table = gradebook.scores(folder)
    rows = table[table["student"] == student].itertuples()
    return {
        row.task: tuple(None if value != value else value for value in (row.auto, row.manual, row.to_mark))
        for row in rows
    }


def prints(folder: ClassFolder) -> dict[str, str]:
    """Return the fingerprint of every submitted file."""
    return {
        str(path.relative_to(folder.root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((folder.root / "submitted").rglob("*"))
        if path.is_file()
    }


# --- the corpus ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def graded(template, tmp_path_factory):
    """Grade all cases in one run, two at a time, between two honest neighbours."""
    root = tmp_path_factory.mktemp("corpus") / "class"
    shutil.copytree(template.root, root)
    folder = find_class(root)
    for case in CASES:
        _put(folder, Place(case.name, EXERCISE), *case.files())
    for neighbour in ("aaa-neighbour", "zzz-neighbour"):
        hand_in(folder, neighbour)
    before = prints(folder)
    with pytest.MonkeyPatch.context() as patch:
        fake = Fake()
        patch.setattr(grade, "choose_sandbox", lambda folder, words: fake)
        status = run(folder, "--jobs", "2")
    assert prints(folder) == before, "marking changed what was handed in"
    return folder, status, fake


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_damaged_submission_gets_what_its_journal_earns_and_is_named(case, graded):
    folder, _, _ = graded
    record = record_of(folder, Place(case.name, EXERCISE))
    assert record.status == case.status
    assert marks(record) == case.marks
    for words in case.findings:
        assert any(words in finding for finding in record.findings), record.findings
    if not case.findings:
        assert record.findings == ()
    for finding in record.findings:
        assert finding.endswith((".", "…")), finding
        assert finding.isprintable(), finding
    assert [task.text for task in record.tasks if task.kind == "written"] == [case.text] * bool(record.tasks)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_gradebook_has_the_same_marks(case, graded):
    folder, _, _ = graded
    found = saved(folder, case.name)
    expected = case.marks or {"ex03-1": 0.0, "ex03-2": 0.0}
    assert {task: auto for task, (auto, _, _) in found.items() if task in expected} == expected
    assert found["ex03-3"] == ((None, None, True) if case.text else (0.0, None, False))


def test_the_neighbours_are_as_if_alone(graded):
    folder, status, _ = graded
    assert status == 1, "something was refused"
    assert run(folder) == 0, "and was told before"
    for name in ("aaa-neighbour", "zzz-neighbour"):
        record = record_of(folder, Place(name, EXERCISE))
        assert (record.status, record.findings, marks(record)) == ("graded", (), EARNED)
        assert record.sandbox == "fake"
        assert (record.seconds, record.memory) == (0.5, 120.0)
        assert saved(folder, name)["ex03-1"] == (4.67, None, False)


def test_the_stored_notebooks_are_whole_and_hold_nothing_that_acts(graded):
    folder, _, _ = graded
    for case in CASES:
        path = folder.autograded(Place(case.name, EXERCISE))
        assert path.is_file() == (case.status != "refused")
        if not path.is_file():
            continue
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        names = [c.metadata.nbgrader.grade_id for c in notebook.cells if "nbgrader" in c.metadata]
        assert sorted(names) == ["ex03-1", "ex03-1-work", "ex03-2", "ex03-2-work", "ex03-3"]
        assert notebook.metadata.kernelspec.name == "python3"
        assert set(notebook.metadata) == {"kernelspec", "language_info"}
        text = path.read_text(encoding="utf-8")
        assert not any(acting in text for acting in ("<script", "<img", "<iframe", "<svg"))
        for found in notebook.cells:
            if found.metadata.get("nbgrader", {}).get("grade_id") in case.marks:
                (output,) = found.outputs
                assert float(output.data["text/plain"]) == case.marks[found.metadata.nbgrader.grade_id]


def test_no_file_of_a_submission_but_the_journal_goes_into_the_sandbox(graded):
    _, _, fake = graded
    assert {tuple(files) for files in fake.files} == {("journal.jsonl",)}
    assert max(len(cells) for cells in fake.ran) < 520


def overrule(folder: ClassFolder, place: Place, task: str, points: float) -> None:
    """Give points instead of the machine's, as a person does in Formgrader."""
    with Gradebook(gradebook.database(folder), gradebook.COURSE) as book:
        grade = book.find_grade(task, place.exercise, place.exercise, place.student)
        grade.manual_score, grade.needs_manual_grade = points, False
        book.db.commit()


# --- grading again ---------------------------------------------------------------------------------------


def test_what_a_person_gave_stays_and_is_asked_for_again_only_where_the_answer_changed(folder, fake):
    place = hand_in(folder, "ida")
    assert run(folder) == 0
    gradebook.give(folder, place, "ex03-3", 6.0, "Well seen.")
    overrule(folder, place, "ex03-1", 5.0)
    run(folder, "--again")
    assert saved(folder, "ida") == {
        "ex03-1": (4.67, 5.0, False), "ex03-2": (3.0, None, False), "ex03-3": (None, 6.0, False)
    }  # fmt: skip
    notebook, journal = honest()
    cell(notebook, "memo")["source"] = "Something else."
    hand_in(folder, "ida", notebook, journal)
    run(folder)
    assert saved(folder, "ida")["ex03-3"] == (None, 6.0, True)
    assert saved(folder, "ida")["ex03-1"] == (4.67, 5.0, False)
    run(folder, "--again")
    assert saved(folder, "ida")["ex03-3"] == (None, 6.0, True), "nobody has looked yet"
    hand_in(folder, "ida", notebook, answers(EXERCISE))
    run(folder)
    assert saved(folder, "ida")["ex03-1"] == (7.0, 5.0, True)
    table = gradebook.scores(folder)
    assert table.set_index("task")["comment"]["ex03-3"] == "Well seen."


def test_an_answer_taken_away_or_a_notebook_that_broke_asks_a_person_to_look_again(folder, fake):
    place = hand_in(folder, "ida")
    run(folder)
    gradebook.give(folder, place, "ex03-3", 6.0, "")
    hand_in(folder, "ida", b"{")
    assert run(folder) == 1
    assert saved(folder, "ida")["ex03-3"] == (0.0, 6.0, True)
    assert saved(folder, "ida")["ex03-1"] == (0.0, None, False)
    assert not folder.autograded(place).exists()
    hand_in(folder, "ida")
    assert run(folder) == 0
    assert saved(folder, "ida")["ex03-3"] == (None, 6.0, True)
    assert saved(folder, "ida")["ex03-1"] == (4.67, None, False)


def test_nothing_is_graded_twice_unless_it_changed(folder, fake, capsys):
    one, two = hand_in(folder, "ida"), hand_in(folder, "ola")
    run(folder)
    assert len(fake.ran) == 2
    capsys.readouterr()
    assert run(folder) == 0
    assert len(fake.ran) == 2
    assert capsys.readouterr().out.startswith(
        "2 submissions, two at a time; what did not change since it was graded is not run again.\n"
        "Nothing new: 2 unchanged.\n"
    )
    hand_in(folder, "ida", journal=answers(EXERCISE))
    run(folder)
    assert len(fake.ran) == 3
    assert marks(record_of(folder, one)) == {"ex03-1": 7.0, "ex03-2": 5.0}
    folder.autograded(two).unlink()
    run(folder)
    assert len(fake.ran) == 4
    folder.graded(two).write_text("torn", encoding="utf-8")
    run(folder)
    assert len(fake.ran) == 5
    run(folder, "--again", "--student", "ola")
    assert len(fake.ran) == 6


def test_a_lost_gradebook_is_made_anew(folder, fake):
    hand_in(folder, "ida")
    run(folder)
    folder.gradebook.unlink()
    assert run(folder) == 0
    assert saved(folder, "ida")["ex03-1"] == (4.67, None, False)


def test_another_key_means_other_marks(folder, fake, monkeypatch):
    hand_in(folder, "ida")
    run(folder)
    monkeypatch.setattr("backchannel.classroom.grading.marking.VERSION", 999)
    run(folder)
    assert len(fake.ran) == 2


def test_a_run_that_was_broken_off_goes_on_where_it_was(folder, monkeypatch, capsys):
    class Interrupted(Fake):
        def run(self, cells, files, limits):
            if len(self.ran) == 2:
                raise KeyboardInterrupt
            return super().run(cells, files, limits)

    for student in ("ann", "ben", "cem", "dee"):
        hand_in(folder, student)
    fake: Fake = Interrupted()
    monkeypatch.setattr(grade, "choose_sandbox", lambda folder, words: fake)
    with pytest.raises(KeyboardInterrupt):
        run(folder, "--jobs", "1")
    said = capsys.readouterr().out
    assert "Stopped after 2 of 4 submissions. What is graded is saved; the same command goes on" in said
    assert saved(folder, "ann") == saved(folder, "ben")
    assert saved(folder, "cem") == {}
    fake = Fake()
    assert run(folder) == 0
    assert len(fake.ran) == 2
    assert saved(folder, "dee") == saved(folder, "ann")
    assert "2 graded; 2 unchanged." in capsys.readouterr().out


# --- what goes wrong -------------------------------------------------------------------------------------


def test_one_that_fails_unexpectedly_is_told_and_the_others_go_on(folder, fake, monkeypatch, capsys):
    first, second = hand_in(folder, "ann"), hand_in(folder, "ben")
    mark, marked = grading.mark_journal, []

    def mark_but_the_first(*args):
        marked.append(args)
        return mark(*args) if marked[1:] else {}["a\u202eb"]

    monkeypatch.setattr(grading, "mark_journal", mark_but_the_first)
    assert run(folder, "--jobs", "1") == 1
    assert [record_of(folder, place).status for place in (first, second)] == ["refused", "graded"]
    (finding,) = record_of(folder, first).findings
    assert finding.startswith("Grading broke off (KeyError: 'a\\u202eb', test_grade.py, line ")
    said = capsys.readouterr().out
    assert "Traceback" not in said
    monkeypatch.setattr(grading, "mark_journal", mark)
    assert run(folder) == 0, "it is tried again"
    assert marks(record_of(folder, first)) == EARNED == marks(record_of(folder, second))


def test_where_the_sandbox_breaks_off_the_marks_stand(folder, monkeypatch, capsys):
    class Broken(Fake):
        def run(self, cells, files, limits):
            raise OSError("no more processes")

    monkeypatch.setattr(grade, "choose_sandbox", lambda folder, words: Broken())
    place = hand_in(folder, "ida")
    assert run(folder) == 1
    record = record_of(folder, place)
    assert (record.status, marks(record)) == ("stopped", EARNED)
    assert "The sandbox broke off (OSError: no more processes" in record.findings[0]
    assert "4.67" in str(saved(folder, "ida")["ex03-1"])
    assert ", stopped\n" in capsys.readouterr().out


def test_what_the_sandbox_stopped_is_told(folder, monkeypatch, capsys):
    class Stopping(Fake):
        def run(self, cells, files, limits):
            return Run({}, (), ("The cell 2 took more than 20 s and was stopped.",), False, 20.0, 300.0)

    monkeypatch.setattr(grade, "choose_sandbox", lambda folder, words: Stopping())
    place = hand_in(folder, "ida")
    assert run(folder) == 0, "it is graded all the same"
    said = capsys.readouterr().out
    assert "[1/1] ida, exercise 03: 7.67 of 12 points by machine, 20.0 s, stopped" in said
    assert "    The cell 2 took more than 20 s and was stopped." in said
    assert "0 graded, 1 stopped (named above; their points count); 0 unchanged." in said
    assert "To be marked by a person: 1 (ex03-3)." in said
    assert said.endswith("Next: backchannel lab --grading\n")
    assert "at most 300 MB in the sandbox" in said
    assert record_of(folder, place).cells == 0
    assert run(folder) == 0
    assert "1 unchanged (1 of them stopped or refused)." in capsys.readouterr().out


def test_lines_name_people_and_the_next_step(folder, fake, capsys):
    store(folder, [Student("ida", name="Ida \u202eWells"), Student("ola", name="Ola Nordmann")])
    hand_in(folder, "ida")
    notebook, journal = honest()
    cell(notebook, "memo")["source"] = ""
    hand_in(folder, "ola", notebook, journal)
    assert run(folder, "--jobs", "1") == 0
    first, *others = capsys.readouterr().out.splitlines()
    assert first.startswith("2 submissions, one at a time; what did not change")
    assert "[1/2] Ida \\u202eWells (ida), exercise 03: 7.67 of 12 points by machine, 0.5 s" in others
    assert "[2/2] Ola Nordmann (ola), exercise 03: 7.67 of 12 points by machine, 0.5 s" in others
    assert "1 student wrote nothing for ex03-3 (0 points)." in others
    assert others[-2:] == ["To be marked by a person: 1 (ex03-3).", "Next: backchannel lab --grading"]
    gradebook.give(folder, Place("ida", EXERCISE), "ex03-3", 8.0, "")
    run(folder)
    assert capsys.readouterr().out.splitlines()[-2:] == [
        "To be marked by a person: nothing.", "Next: backchannel feedback 03"
    ]  # fmt: skip


def test_exercises_taken_in_are_one_line(folder, fake, capsys):
    hand_in(folder, "ida")
    shutil.rmtree(folder.root / "source")
    run(folder)
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == ["1 submission; what did not change since it was graded is not run again.",
                        "Taken into the gradebook: 2 exercises, 03, 04."]  # fmt: skip
    run(folder, "--again")
    assert capsys.readouterr().out.startswith("1 submission.\n[1/1] ida, exercise 03: ")


def test_a_marked_answer_that_changed_is_named_until_somebody_looked(folder, fake, capsys):
    place = hand_in(folder, "ida")
    run(folder)
    gradebook.give(folder, place, "ex03-3", 4.0, "")
    overrule(folder, place, "ex03-1", 5.0)
    notebook, _ = honest()
    cell(notebook, "memo")["source"] = "Something else."
    hand_in(folder, "ida", notebook, answers(EXERCISE))
    capsys.readouterr()
    assert run(folder) == 0
    said = capsys.readouterr().out
    assert (
        "    An answer you marked with 4 of 8 points was changed (ex03-3); look at it again with "
        "`backchannel lab --grading`.\n" in said
    )
    assert "    Answers for which you gave 5 of 7 points were changed (ex03-1); look at them again in" in said
    assert "To be marked by a person: 2 (ex03-1: 1, ex03-3: 1)." in said
    assert "Among these, marked before and changed since: 2 (ida, ex03-1, ex03-3)." in said
    assert not any("marked with" in finding for finding in record_of(folder, place).findings)
    hand_in(folder, "ida", b"{")
    assert run(folder) == 1
    said = capsys.readouterr().out
    assert "    The 4 of 8 points you gave for ex03-3 are kept.\n" in said
    assert "1 refused (named above); 0 unchanged." in said
    hand_in(folder, "ida")
    run(folder)
    gradebook.give(folder, place, "ex03-3", 4.0, "")
    capsys.readouterr()
    run(folder, "--again")
    assert "An answer you marked" not in capsys.readouterr().out


def test_there_is_something_to_say_where_nothing_is_to_grade(folder, fake):
    with pytest.raises(NotReadyError, match=r"Nothing was collected into .*backchannel collect"):
        run(folder)
    hand_in(folder, "ida")
    with pytest.raises(NotReadyError, match=r"no submission of ola of 03_how_sure_is_who in"):
        run(folder, "03", "--student", "ola")
    with pytest.raises(UsageError, match="no exercise '77'"):
        run(folder, "77")


def test_only_what_is_asked_for_is_graded(folder, fake):
    hand_in(folder, "ida")
    hand_in(folder, "ola")
    other = hand_in(folder, "ida", b"{}", exercise=OTHER)
    assert run(folder, "03", "--student", "ida") == 0
    assert len(fake.ran) == 1
    assert read_record(folder, other) is None


def test_a_number_of_jobs_is_a_number(folder, capsys):
    with pytest.raises(SystemExit):
        run(folder, "--jobs", "0")
    assert "'0' is no number from 1 on" in capsys.readouterr().err


# --- with and without a sandbox --------------------------------------------------------------------------


@pytest.fixture
def no_sandbox(monkeypatch):
    def find(project, hidden):
        raise NoSandboxError("There is no sandbox on this machine.")

    grading.choose_sandbox.cache_clear()
    monkeypatch.setattr(grading, "find_sandbox", find)
    yield
    grading.choose_sandbox.cache_clear()


def test_without_a_sandbox_only_the_right_words_help(folder, no_sandbox):
    place = hand_in(folder, "ida")
    with pytest.raises(NotReadyError) as refusal:
        run(folder)
    assert "There is no sandbox on this machine." in str(refusal.value)
    assert 'backchannel grade --without-sandbox "I trust these submissions"' in str(refusal.value)
    with pytest.raises(UsageError, match='only after the words "I trust these submissions", not after'):
        run(folder, "--without-sandbox", "yes")
    assert read_record(folder, place) is None
    assert run(folder, "--without-sandbox", grading.TRUST) == 0
    record = record_of(folder, place)
    assert record.sandbox == "none"
    assert marks(record) == EARNED


def test_only_a_machine_without_a_sandbox_is_a_reason_to_do_without(folder, tmp_path, monkeypatch):
    """Where a file of the course is missing, or bubblewrap has another trouble, that is not advised."""
    program = tmp_path / "bin" / "bwrap"
    program.parent.mkdir()
    program.write_text(
        '#!/bin/sh\n[ "$1" = --version ] && echo bubblewrap 0.9.0 && exit\necho no >&2\nexit 1\n'
    )
    program.chmod(0o755)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    grading.choose_sandbox.cache_clear()
    with pytest.raises(NotReadyError, match="could not be started") as refusal:
        grading.choose_sandbox(folder)
    assert "--without-sandbox" not in str(refusal.value)
    (tmp_path / "torn" / "course_data").mkdir(parents=True)
    with pytest.raises(DataError, match=r"lacks the file .*datapackage.json; restore it") as refusal:
        grading.choose_sandbox(ClassFolder(folder.root, tmp_path / "torn"))
    assert "--without-sandbox" not in str(refusal.value)
    program.unlink()
    monkeypatch.setenv("PATH", str(program.parent))
    with pytest.raises(NotReadyError, match=r"needs bubblewrap.*--without-sandbox"):
        grading.choose_sandbox(folder)


def test_nbgrader_itself_grades_the_same(folder, template, fake, tmp_path):
    """``nbgrader autograde`` in the class folder uses the settings there: our sandbox, our marks."""
    place = hand_in(folder, "ida")
    run(folder)
    shutil.copytree(template.root, tmp_path / "other")
    other = find_class(tmp_path / "other")
    hand_in(other, "ida")
    words = ["autograde", EXERCISE, f"--RunInSandbox.without_sandbox={grading.TRUST}"]
    found = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words],
        cwd=other.root,
        env=os.environ | {"BACKCHANNEL_COURSE_DATA": str(PROJECT / "course_data")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert saved(other, "ida") == saved(folder, "ida")
    assert record_of(other, place).tasks == record_of(folder, place).tasks
    assert ANSWER in other.autograded(place).read_text(encoding="utf-8")


def test_fingerprints_are_of_everything_that_counts(folder, fake):
    place = hand_in(folder, "ida")
    known = grading.fingerprint(folder, place)
    assert known == grading.fingerprint(folder, place)
    for path in (
        folder.notebook(place),
        folder.journal(place),
        folder.root / "release" / EXERCISE / f"{EXERCISE}.ipynb",
    ):
        content = path.read_bytes()
        path.write_bytes(content + b" ")
        assert grading.fingerprint(folder, place) != known
        path.write_bytes(content)
    assert len(sha256(b"")) == len(known)
