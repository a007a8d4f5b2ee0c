"""The steps of grading one by one: reading, mending, running, marking, saving; with anything as input."""

from __future__ import annotations

import contextlib
import io
import json
import random
import re
import shutil
import time
from typing import Any

import nbformat
import pytest
import sandboxed
from classroom.damaged_notebooks import (
    ANSWER,
    EARNED,
    EXERCISE,
    NOTHING,
    PROJECT,
    answers,
    cell,
    honest,
    insert,
    line,
    released,
    the_key,
)
from nbconvert import HTMLExporter
from nbformat.notebooknode import NotebookNode
from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory

from backchannel.classroom import gradebook, release
from backchannel.classroom.folder import ClassFolder, Place, find_class
from backchannel.classroom.grading import marking
from backchannel.classroom.grading import steps as grading
from backchannel.classroom.grading.marking import mark_journal
from backchannel.classroom.grading.mending import mend, written
from backchannel.classroom.grading.reading import (
    LONGEST,
    MOST_LINES,
    Handed,
    UnreadableError,
    read_bytes,
    read_journal,
    read_notebook,
    short,
)
from backchannel.classroom.records import read_record
from backchannel.classroom.sandbox.box import Limits, Run
from backchannel.errors import BackchannelError, DataError, NotReadyError

PLACE = Place("ida", EXERCISE)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    folder = find_class(tmp_path_factory.mktemp("template") / "class")
    only = tuple(path for path in release.masters(PROJECT) if path.stem == EXERCISE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(release, "masters", lambda project: only)
        assert gradebook.prepare(folder) == [EXERCISE]
        assert gradebook.prepare(folder) == []
    return folder


@pytest.fixture
def folder(template, tmp_path) -> ClassFolder:
    shutil.copytree(template.root, tmp_path / "class")
    return find_class(tmp_path / "class")


def submit(folder: ClassFolder, notebook: bytes, journal: bytes) -> None:
    folder.submitted(PLACE).mkdir(parents=True)
    folder.notebook(PLACE).write_bytes(notebook)
    folder.journal(PLACE).write_bytes(journal)


def autograde(folder: ClassFolder, words: str = "") -> str:
    """Let nbgrader grade as its own command does, and return what it logged."""
    log = io.StringIO()
    with contextlib.redirect_stderr(log), grading.quietly(), contextlib.suppress(NbGraderException):
        converter(folder, log, words).start()
    return log.getvalue()


def converter(folder: ClassFolder, log: io.StringIO, words: str = "") -> Autograde:
    settings = grading.settings(folder.root)
    settings.RunInSandbox.without_sandbox = words
    directory = CourseDirectory(config=settings)
    directory.assignment_id, directory.student_id = EXERCISE, "*"
    app = NbGrader(config=settings)
    app.log = release.logger(log)
    return Autograde(coursedir=directory, parent=app)


def mended(notebook: Any) -> NotebookNode:
    return mend(read_notebook(json.dumps(notebook).encode()), model()).notebook


def model() -> NotebookNode:
    return nbformat.reads(json.dumps(released()), as_version=4)


def settings_of(notebook: NotebookNode) -> list[Any]:
    """Return what nbgrader knows of cells, in the order of their names."""
    found = [c.metadata.nbgrader for c in notebook.cells if "nbgrader" in c.metadata]
    return sorted(found, key=lambda about: about["grade_id"])


# --- anything at all -------------------------------------------------------------------------------------

_WORDS = ("", "x" * 500, "\ud800", "\u202e", "a;b")
_JUNK = (None, *_WORDS, 0, -1, 10**400, 1e308, True, [], {}, [None], ["a", "b"], {"": {}})


def _spoil(rng: random.Random, value: Any) -> Any:
    """Return a JSON value with one thing in it replaced, doubled, moved or taken out."""
    keys: list[Any] = []
    if isinstance(value, dict | list):
        keys = list(value) if isinstance(value, dict) else list(range(len(value)))
    if not keys or rng.random() < 0.1:
        return rng.choice(_JUNK)
    key, what = rng.choice(keys), rng.random()
    if what < 0.15:
        del value[key]
    elif what < 0.3 and isinstance(value, list):
        value.insert(rng.randrange(len(value) + 1), json.loads(json.dumps(rng.choice(value))))
    elif what < 0.4 and isinstance(value, list):
        rng.shuffle(value)
    else:
        value[key] = _spoil(rng, value[key])
    return value


@pytest.mark.parametrize("seed", range(8))
def test_no_notebook_gets_past_the_reader_that_nbgrader_could_stumble_over(seed):
    rng = random.Random(seed)
    expected = settings_of(model())
    for _ in range(40):
        notebook, _ = honest()
        for _ in range(rng.randrange(1, 30)):
            notebook = _spoil(rng, notebook)
        try:
            submitted = read_notebook(json.dumps(notebook).encode())
        except UnreadableError:
            continue
        found = mend(submitted, model())
        nbformat.validate(found.notebook)
        nbformat.writes(found.notebook).encode("utf-8")
        assert settings_of(found.notebook) == expected
        assert all(finding.isprintable() and finding.endswith(".") for finding in found.findings)


@pytest.mark.parametrize("seed", range(4))
def test_no_journal_earns_more_than_its_right_answers(seed, tmp_path):
    """Whatever is put between the lines of a journal or into them, a spoiled line earns nothing."""
    rng = random.Random(seed)
    earned = mark_journal(the_key(), "03", Handed(b"".join(answers(EXERCISE, 2 / 3))), {})
    limits = {task.task: task.gained for task in earned.tasks if task.gained is not None}
    for _ in range(15):
        rows = answers(EXERCISE, 2 / 3)
        for number in rng.sample(range(len(rows)), 6):
            spoiled = json.dumps(_spoil(rng, json.loads(rows[number]))).encode() + b"\n"
            torn = rows[number][: rng.randrange(len(rows[number]))] + b"\n"
            noise = rng.randbytes(rng.randrange(60)) + b"\n"
            rows[number] = rng.choice((spoiled, torn, noise, b"", rows[number] * 2))
        found = mark_journal(the_key(), "03", Handed(b"".join(rows)), {})
        for task in found.tasks:
            if task.gained is not None:
                assert 0 <= task.gained <= limits[task.task] <= task.points
                assert task.done <= task.total
        assert all(finding.isprintable() for finding in found.findings)


# --- reading ---------------------------------------------------------------------------------------------


def test_a_link_a_folder_and_an_empty_file_are_no_submissions(tmp_path):
    (tmp_path / "secret").write_text("everything", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "empty").write_bytes(b" \n")
    for name, words in (
        ("link", "link is a link or a device, not a file."),
        (".", "is a link or a device"),
        ("empty", "empty is empty."),
        ("nothing", "The file nothing is missing."),
    ):
        with pytest.raises(UnreadableError) as problem:
            read_bytes(tmp_path / name)
        assert words in str(problem.value)
    assert read_journal(tmp_path / "link").data == b""


def test_of_a_journal_without_end_the_beginning_is_read(tmp_path):
    path = tmp_path / "journal.jsonl"
    path.write_bytes(b"1\n" * (MOST_LINES + 5))
    handed = read_journal(path)
    assert len(handed.data) == 2 * MOST_LINES
    assert handed.findings == ("journal.jsonl has more than 100,000 rows or 20 MB; the rest was not read.",)
    path.write_bytes(b"first\n" + b"x" * 21_000_000)
    assert read_journal(path).data == b"first\n"
    path.write_bytes(b"1\n" * (MOST_LINES - 1) + b"last")
    assert read_journal(path).data.endswith(b"last")
    assert read_journal(path).findings == ()


def test_what_is_shown_of_a_text_is_short_and_cannot_act():
    assert short("one\n two\t three") == "one two three"
    assert short("a" * 100, 10) == "aaaaaaaaa…"
    assert short("\u202e\x1b[2J\x00") == "\\u202e\\x1b[2J\\x00"


def test_only_what_is_of_the_exercise_stays_around_the_cells():
    notebook, _ = honest()
    notebook["metadata"]["widgets"] = {"state": "x" * 1000}
    for found in notebook["cells"]:
        found["metadata"]["tags"] = ["raises-exception"]
        found["metadata"]["jupyter"] = {"source_hidden": True}
    found = mended(notebook)
    assert set(found.metadata) == {"kernelspec", "language_info"}
    assert {name for c in found.cells for name in c.metadata} == {"nbgrader", "deletable", "editable"}


def test_pictures_stay_with_an_answer():
    notebook, _ = honest()
    picture = {"plan.png": {"image/png": "iVBORw0KGgo="}}
    cell(notebook, "memo")["attachments"] = picture
    assert next(c for c in mended(notebook).cells if written(c) == ANSWER).attachments == picture


def test_a_word_too_long_for_any_pattern_costs_no_time():
    notebook, _ = honest()
    cell(notebook, "memo")["source"] = ""
    insert(notebook, "memo", "code", "a" * LONGEST)
    insert(notebook, "memo", "code", "(" * LONGEST)
    started = time.process_time()
    mended(notebook)
    assert time.process_time() - started < 5, "it took more than linear time"


# --- marking ---------------------------------------------------------------------------------------------


def test_all_right_answers_give_all_points_and_none_gives_none():
    for share, expected in ((1.0, {"ex03-1": 7.0, "ex03-2": 5.0}), (2 / 3, EARNED), (0.0, NOTHING)):
        found = mark_journal(the_key(), "03", Handed(b"".join(answers(EXERCISE, share))), {"ex03-3": "Yes."})
        assert {task.task: task.gained for task in found.tasks if task.gained is not None} == expected
        assert found.findings == ()
        assert [(task.done, task.total) for task in found.tasks] == [(21, 21), (5, 5), (1, 1)]
        assert found.tasks[2].text == "Yes."


def test_labels_of_a_set_count_as_a_set():
    """Naming every label of a set earns nothing, and two of a dimension that takes one are none."""
    task = next(t for t in marking.load_exercise(the_key().dossier, "08").tasks if t.kind == "labels")
    rows = []
    for claim in task.items:
        for dimension in task.dimensions:
            every = ";".join(label for label in the_key().dossier.codebook[dimension].label_ids)
            rows.append(line(len(rows), task.id, claim, dimension, every))
    found = mark_journal(the_key(), "08", Handed(b"".join(rows)), {})
    assert found.tasks[0].gained == 0.0


def test_the_key_is_read_again_where_it_changed(tmp_path):
    for part in ("course_data", "solutions/key", "solutions/held_back"):
        shutil.copytree(PROJECT / part, tmp_path / part)
    first = marking.current_key(tmp_path)
    assert marking.current_key(tmp_path) is first
    path = tmp_path / "solutions" / "key" / "answers.csv"
    path.write_bytes(path.read_bytes() + b"\n")
    assert marking.current_key(tmp_path) is not first


# --- nbgrader's own command --------------------------------------------------------------------------------


def test_nbgrader_alone_refuses_what_is_no_notebook_and_goes_on(folder):
    submit(folder, b"[]", b"")
    other = Place("ola", EXERCISE)
    folder.submitted(other).mkdir(parents=True)
    notebook, journal = honest()
    folder.notebook(other).write_text(json.dumps(notebook), encoding="utf-8")
    folder.journal(other).write_bytes(b"".join(journal))
    autograde(folder, grading.TRUST)
    refused, graded = read_record(folder, PLACE), read_record(folder, other)
    assert refused is not None
    assert graded is not None
    assert (refused.status, refused.findings) == (
        "refused", ("The notebook cannot be read: it has no cells.",)
    )  # fmt: skip
    assert graded.status == "graded"
    table = gradebook.scores(folder).set_index(["student", "task"])
    assert table["auto"]["ida"].to_dict() == {"ex03-1": 0.0, "ex03-2": 0.0, "ex03-3": 0.0}
    assert table["auto"]["ola"]["ex03-1"] == EARNED["ex03-1"]
    assert not table["to_mark"]["ida"].any()


def test_nbgrader_alone_runs_nothing_without_a_sandbox(folder, monkeypatch):
    def find(project, hidden):
        raise NotReadyError("There is no sandbox on this machine.")

    monkeypatch.setattr(grading, "find_sandbox", find)
    grading.choose_sandbox.cache_clear()
    notebook, journal = honest()
    submit(folder, json.dumps(notebook).encode(), b"".join(journal))
    log = autograde(folder)
    grading.choose_sandbox.cache_clear()
    assert "There is no sandbox on this machine." in log
    assert read_record(folder, PLACE) is None
    assert not folder.autograded(PLACE).exists()


def test_a_missing_release_is_told(folder):
    notebook, journal = honest()
    submit(folder, json.dumps(notebook).encode(), b"".join(journal))
    shutil.rmtree(folder.root / "release")
    with pytest.raises(DataError, match=r"cannot be read .*; delete the folder release/ and grade again"):
        grading.source_of(folder, PLACE)


# --- running ---------------------------------------------------------------------------------------------

_SPY = f"""import os, socket
found = []
for place in ({str(PROJECT / "solutions")!r}, {str(PROJECT / "tests")!r}, "CLASS"):
    try:
        found += [place] if os.listdir(place) else []
    except OSError:
        pass
try:
    socket.create_connection(("127.0.0.1", 9), timeout=1)
except OSError:
    found.append("no network")
print(sorted(os.listdir(".")), found)"""


def test_a_submission_in_the_real_sandbox(folder):
    """It runs with its journal, sees no key and no class, and the cell that breaks it is named."""
    sandboxed.require()
    grading.choose_sandbox(folder)
    notebook, journal = honest()
    insert(notebook, "open", "code", _SPY.replace("CLASS", str(folder.root)))
    insert(notebook, "labels-points", "code", "def (")
    insert(notebook, "questions-points", "code", "import os\nos._exit(3)")
    submit(folder, json.dumps(notebook).encode(), b"".join(journal))
    log = autograde(folder)
    record = read_record(folder, PLACE)
    assert record is not None, log
    assert record.status == "stopped"
    assert {task.task: task.gained for task in record.tasks if task.gained is not None} == EARNED
    stopped, syntax = record.findings
    assert stopped.startswith("The notebook was stopped in the cell “import os os._exit(3)”: ")
    assert syntax.startswith("The cell “def (” ends in an error (SyntaxError: ")
    cells = nbformat.read(folder.autograded(PLACE), as_version=4).cells
    spied = next(c for c in cells if c.source.startswith("import os, socket"))
    assert spied.outputs[0].text.strip().endswith("['no network']"), spied.outputs[0].text
    assert "journal.jsonl" in spied.outputs[0].text
    assert spied.execution_count == 2
    assert record.memory > 20
    assert record.seconds > 0


def _ran(notebook: NotebookNode, folder: ClassFolder, run: Run) -> NotebookNode:
    step = grading.RunInSandbox(parent=converter(folder, io.StringIO()), runner=lambda *_: ("a test", run))
    notebook.metadata["backchannel"] = {"findings": []}
    step.preprocess(notebook, {"nbgrader": {"student": "ida", "assignment": EXERCISE}})
    return notebook


def test_the_same_error_in_many_cells_is_told_once(folder):
    notebook = mended(honest()[0])
    error = {"output_type": "error", "ename": "NameError", "evalue": "no 'exercise'", "traceback": []}
    outputs = {c.id: (error,) for c in notebook.cells if c.cell_type == "code"}
    count = len(outputs)
    found = _ran(notebook, folder, Run(outputs, (), (), True, 1.0, 1.0)).metadata["backchannel"]["findings"]
    (finding,) = found
    assert finding.startswith(
        f"{count} cells end in an error (NameError: no 'exercise'): the cell “from back"
    )
    assert finding.endswith(f" and {count - 4} more.")


def test_errors_of_many_kinds_are_counted(folder):
    notebook = mended(honest()[0])
    outputs = {
        c.id: ({"output_type": "error", "ename": f"E{n}", "evalue": "", "traceback": []},)
        for n, c in enumerate(c for c in notebook.cells if c.cell_type == "code")
    }
    found = _ran(notebook, folder, Run(outputs, (), (), True, 1.0, 1.0)).metadata["backchannel"]["findings"]
    assert found[0] == "The cell “from backchannel import open_exercise e…” ends in an error (E0)."
    assert found[-1] == f"There are {len(outputs) - 5} more kinds of errors."


def test_cells_know_in_which_order_they_ended(folder):
    notebook = mended(honest()[0])
    code = [c.id for c in notebook.cells if c.cell_type == "code"]
    found = _ran(notebook, folder, Run({}, tuple(code[:2]), (), False, 1.0, 1.0))
    counts = [c.execution_count for c in found.cells if c.cell_type == "code"]
    assert counts == [1, 2, *[None] * (len(code) - 2)]


def test_tags_in_a_text_of_a_student_are_shown_and_the_exercise_is_left_as_it_is(folder):
    notebook, _ = honest()
    text = "a < b <b onclick='x'>c</b> <!-- d --> <?php ?> [x](https://example.org) 1<2"
    cell(notebook, "memo")["source"] = text
    cell(notebook, "title")["source"] = ["<em>mine</em>"]
    found = mended(notebook)
    resources = {"nbgrader": {"student": "ida", "assignment": EXERCISE}}
    grading.Disarm(parent=converter(folder, io.StringIO())).preprocess(found, resources)
    sources = {c.id: c.source for c in found.cells}
    assert sources["memo"] == text.replace("<b ", "&lt;b ").replace("</b", "&lt;/b").replace(
        "<!", "&lt;!"
    ).replace("<?", "&lt;?")
    assert sources["title"] == "&lt;em>mine&lt;/em>"
    intro = next(c for c in model().cells if c.id == "labels-intro")
    assert sources["labels-intro"] == intro.source


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("[x](javascript:alert(1))", r"[x]\(javascript:alert(1))"),
        ("[x](&#106;avascript&colon;alert(1))", r"[x]\(&#106;avascript&colon;alert(1))"),
        ("[x]\n\n[x]: < javascript:alert(1)>", "[x]\n\n[x]\\: < javascript:alert(1)>"),
        ("[x]: &#106;avascript&colon;1", r"[x]\: &#106;avascript&colon;1"),
        ("![x](https://example.org/seen.png)", r"\![x](https://example.org/seen.png)"),
        ("![x](attachment:a.png) ![y](attachment:b.png)", r"![x](attachment:a.png) ![y]\(attachment:b.png)"),
        ("see a[i]: it is 3! [x](https://example.org)", "see a[i]: it is 3! [x](https://example.org)"),
    ],
)
def test_links_and_pictures_that_a_browser_would_act_upon_are_shown_as_typed(folder, text, shown):
    notebook, _ = honest()
    cell(notebook, "memo").update(source=text, attachments={"a.png": {"image/png": "AAAA"}})
    found = mended(notebook)
    resources = {"nbgrader": {"student": "ida", "assignment": EXERCISE}}
    grading.Disarm(parent=converter(folder, io.StringIO())).preprocess(found, resources)
    (source,) = (c.source for c in found.cells if c.id == "memo")
    assert source == shown
    html = HTMLExporter(template_name="basic").from_notebook_node(found)[0]  # as Formgrader makes it
    assert "javascript:alert" not in re.sub(r">[^<]*<", "><", html)
    assert "seen.png" not in "".join(re.findall("<img[^>]*>", html))


def test_a_sandbox_is_looked_for_once(folder, monkeypatch):
    asked = []

    class Found:
        name = "found"

        def run(self, cells, files, limits: Limits) -> Run:
            raise AssertionError

    monkeypatch.setattr(grading, "find_sandbox", lambda project, hidden: asked.append(hidden) or Found())
    grading.choose_sandbox.cache_clear()
    assert grading.choose_sandbox(folder) is grading.choose_sandbox(folder)
    grading.choose_sandbox.cache_clear()
    assert asked == [[folder.root]]


def test_every_sentence_for_the_instructor_is_one(folder):
    with pytest.raises(BackchannelError, match=r"only after the words .*, not after 'maybe'\."):
        grading.choose_sandbox(folder, "maybe")


def test_the_settings_are_written_where_nbgrader_looks(folder):
    found, _ = next(NbGrader._load_config_files("nbgrader_config", path=[str(folder.root)]))
    assert found.OverwriteCells.add_missing_cells is True
    assert found.CourseDirectory.db_url == gradebook.database(folder)
    assert grading.SafeReader is found.Autograde.exporter_class
