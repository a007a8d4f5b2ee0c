"""A refreshed lesson has one form, and what drifts from it is said."""

from __future__ import annotations

import json

import nbformat
import pytest

from backchannel.authoring import refresh
from backchannel.authoring.canonical import WIDGET_VIEW, canonical, parse, stable_ids, written
from backchannel.authoring.drift import TOLERANCE, differences, drift_of_form, figure_distance
from backchannel.errors import DataError

ENVIRONMENT = """import os
place=lambda name: os.path.basename(os.environ[name])
print(place("BACKCHANNEL_WORKSPACE"), os.listdir(os.environ["BACKCHANNEL_DOCUMENTS"]))
print(place("IPYTHONDIR"), "BACKCHANNEL_COURSE_DATA" in os.environ, os.path.basename(os.getcwd()))"""

HEADING = "## Über uns, 2023!"
MESSY = "03-a-messy-lesson"


def as_read(notebook):
    """Return the notebook as refresh reads it."""
    return parse(notebook.save().read_text(encoding="utf-8"), notebook.path.name)


def only_output(notebook):
    (cell,) = canonical(as_read(notebook))["cells"]
    return cell["outputs"][0]


# --- a whole run -----------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def messy(tmp_path_factory, tools):
    """Return a notebook as an editor leaves it: no ids, marks of an editor, unformatted, run out of order."""
    notebook = tools.notebook(tmp_path_factory.mktemp("messy") / "course", "03_messy")
    notebook.prose("", "# 03 A messy lesson").code("", ENVIRONMENT, run=False).code("", "")
    notebook.code("one", "display({'text/plain': 'x'}, raw=True)\n1+1\n").prose("one", "Last words.  \nEnd.")
    notebook.cells[1]["metadata"] = {"collapsed": True, "execution": {"iopub.execute_input": "2026-01-01"}}
    notebook.cells[3]["execution_count"] = 17
    notebook.metadata |= {"widgets": {"state": {}}, "language_info": {"name": "python", "version": "3.8.1"}}
    notebook.metadata["backchannel"] = {"lesson": "03"}
    notebook.minor = 4
    for cell in notebook.cells[:3]:
        del cell["id"]
    return notebook


@pytest.fixture(scope="module")
def refreshed(messy, monkeypatch_module):
    """Refresh the messy notebook and return the text of its file."""
    monkeypatch_module.setenv("BACKCHANNEL_COURSE_DATA", "elsewhere")
    assert refresh.main([str(messy.save())]) == 0
    return messy.path.read_bytes().decode()


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def test_a_refreshed_notebook_is_valid_and_written_as_nbformat_writes(refreshed):
    notebook = nbformat.reads(refreshed, as_version=4)
    nbformat.validate(notebook)
    assert refreshed == nbformat.writes(notebook).rstrip("\n") + "\n"
    assert "\r" not in refreshed


def test_cells_are_run_in_order_formatted_and_named(refreshed):
    cells = json.loads(refreshed)["cells"]
    assert [cell["id"] for cell in cells] == [
        "03-a-messy-lesson",
        "03-a-messy-lesson-2",
        "one",
        "03-a-messy-lesson-3",
    ]
    assert [cell["execution_count"] for cell in cells if cell["cell_type"] == "code"] == [1, 2]
    assert cells[2]["source"] == ['display({"text/plain": "x"}, raw=True)\n', "1 + 1"]
    assert cells[3]["source"] == ["Last words.  \n", "End."]


def test_marks_of_an_editor_and_of_a_kernel_are_gone(refreshed):
    notebook = json.loads(refreshed)
    assert all(cell["metadata"] == {} for cell in notebook["cells"])
    assert set(notebook["metadata"]) == {"backchannel", "kernelspec", "language_info"}
    assert "3.8.1" not in refreshed


def test_a_lesson_runs_in_its_folder_and_sees_nothing_of_the_person_who_runs_it(refreshed):
    output = json.loads(refreshed)["cells"][1]["outputs"][0]
    assert output["text"] == ["workspace []\n", "ipython False course\n"]


def test_a_second_refresh_changes_nothing(refreshed, messy, capsys):
    assert refresh.main([str(messy.path)]) == 0
    assert capsys.readouterr().out == "03_messy.ipynb: as it was.\n"
    assert messy.path.read_bytes().decode() == refreshed


def test_check_tells_what_has_drifted_and_writes_nothing(refreshed, messy, tools, tmp_path, capsys):
    path = tmp_path / "course" / messy.path.name
    path.parent.mkdir()
    drifted = refreshed.replace("workspace []", "another []").replace("1 + 1", "1+1")
    path.write_text(drifted, encoding="utf-8")
    assert refresh.main(["--check", str(path)]) == 1
    assert path.read_text(encoding="utf-8") == drifted
    remedy = "run `make refresh` and look at the change."
    assert capsys.readouterr().out.splitlines() == [
        f"03_messy.ipynb, cell one: the source is not formatted; {remedy}",
        f"03_messy.ipynb, cell {MESSY}-2: the printed text differs in line 1: "
        f"'another []' is stored, 'workspace []' comes now; {remedy}",
        "1 of 1 lessons ran; 2 differences from what is stored.",
    ]


# --- lessons that cannot be run --------------------------------------------------------------------------
@pytest.fixture(scope="module")
def failing(tmp_path_factory, tools):
    """Run five notebooks that fail, each in its own way, and one that does not."""
    folder = tmp_path_factory.mktemp("failing")
    journal = 'import os, pathlib\nplace = pathlib.Path(os.environ["BACKCHANNEL_WORKSPACE"])\nplace.mkdir()\n'
    make = tools.notebook
    notebooks = [
        make(folder, "raises").code("fine", "1").code("wrong", "int('four')"),
        make(folder, "sleeps").code("slow", "import time\ntime.sleep(30)"),
        make(folder, "ends").code("over", "import os\nos._exit(1)"),
        make(folder, "decides").code("write", journal + '(place / "journal.jsonl").write_text("x")'),
        make(folder, "broken").code("no-python", "def"),
        make(folder, "good").code("fine", "1+1", run=False),
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(refresh, "CELL_SECONDS", 3)
        runs, failures = refresh.run_lessons([notebook.save() for notebook in notebooks])
    assert [run.path.stem for run in runs] == ["good"]
    return {failure.split(".ipynb")[0]: failure for failure in failures}


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "raises",
            'raises.ipynb, cell wrong: it fails with "ValueError: invalid literal for int()',
        ),
        ("sleeps", "sleeps.ipynb, cell slow: it takes more than 3 seconds; make it faster."),
        ("ends", "ends.ipynb, cell over: Python ended while it ran; look for what ends it in the cell."),
        ("decides", "decides.ipynb: running the lesson wrote into the journal"),
        ("broken", "broken.ipynb cannot be formatted ("),
    ],
)
def test_a_lesson_that_cannot_be_run_is_told_in_one_sentence(failing, name, sentence):
    assert failing[name].startswith(sentence)
    assert failing[name].endswith(".")


def test_nothing_is_written_where_one_lesson_fails(tmp_path, tools, capsys):
    good = tools.notebook(tmp_path, "good").code("fine", "1+1", run=False)
    bad = tools.notebook(tmp_path, "bad").code("wrong", "1 / 0", run=False)
    before = [good.save().read_bytes(), bad.save().read_bytes()]
    assert refresh.main([str(good.path), str(bad.path)]) == 1
    assert [good.path.read_bytes(), bad.path.read_bytes()] == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.ipynb", "good.ipynb"]
    assert "cell wrong: it fails with 'ZeroDivisionError: division by zero'" in capsys.readouterr().out


def test_a_lesson_that_does_not_exist_is_a_misuse(capsys):
    with pytest.raises(SystemExit) as stopped:
        refresh.main(["99"])
    assert stopped.value.code == 2
    assert "There is no lesson '99'; the lessons are: " in capsys.readouterr().err


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"nbformat": 3, "nbformat_minor": 0, "worksheets": []}'])
def test_what_is_no_notebook_is_told(text):
    with pytest.raises(DataError, match=r"x\.ipynb cannot be read as a notebook"):
        parse(text, "x.ipynb")


# --- the canonical form ----------------------------------------------------------------------------------
def test_the_live_view_of_a_widget_is_not_stored_and_its_static_text_is(tmp_path, tools):
    view = {WIDGET_VIEW: {"model_id": "0" * 32}, "text/html": "<p>Static.</p>", "text/plain": "Quiz('03')"}
    output = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": view}
    shown = only_output(tools.notebook(tmp_path, "x").code("one", "quiz", output))
    assert shown["data"] == {"text/html": "<p>Static.</p>", "text/plain": "Quiz('03')"}


def test_an_image_is_stored_once_with_its_words(tmp_path, tools):
    image = tools.png()
    output = tools.result(text_html=tools.html_image(image), text_plain="A chart.", image_png=image)
    output["metadata"] = {"image/png": {"alt": "A chart."}}
    shown = only_output(tools.notebook(tmp_path, "x").code("one", "picture", output))
    assert set(shown["data"]) == {"text/html", "text/plain"}
    assert shown["metadata"] == {}


def test_an_image_without_html_is_kept(tmp_path, tools):
    output = tools.result(image_png=tools.png(), text_plain="A chart.")
    shown = only_output(tools.notebook(tmp_path, "x").code("one", "picture", output))
    assert set(shown["data"]) == {"image/png", "text/plain"}


def test_ids_are_kept_where_they_can_be_read_and_given_from_the_heading_where_not():
    def cells(*ids):
        return [{"cell_type": "markdown", "source": HEADING, "id": cell_id} for cell_id in ids]

    assert stable_ids(cells("intro", "task-1")) == ["intro", "task-1"]
    assert stable_ids(cells("intro", "intro", "")) == ["intro", "uber-uns-2023", "uber-uns-2023-2"]
    assert stable_ids(cells("1b2c3d4e", "0f8fad5b-d9cb-469f-a165-70867728950e", "A b")) == [
        "uber-uns-2023",
        "uber-uns-2023-2",
        "uber-uns-2023-3",
    ]
    assert stable_ids(cells("uber-uns-2023", "")) == ["uber-uns-2023", "uber-uns-2023-2"]
    assert stable_ids([{"cell_type": "code", "source": "1"}]) == ["cell"]


def test_ids_once_given_stay():
    given = stable_ids([{"cell_type": "markdown", "source": "## Deadbeef"}] * 3)
    again = stable_ids([{"cell_type": "markdown", "source": "## Other", "id": cell_id} for cell_id in given])
    assert again == given


# --- drift -----------------------------------------------------------------------------------------------
def drift_after(notebook, change):
    """Return what is said of the form of a canonical notebook after a change of its text."""
    stored = written(canonical(as_read(notebook)))
    changed = change(stored)
    assert changed != stored
    read = parse(changed, "x.ipynb")
    return [remark.problem for remark in drift_of_form("x.ipynb", changed, read, canonical(read))]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda text: text.replace("\n", "\r\n"), "the file is not written as nbformat writes it"),
        (lambda text: text.rstrip("\n"), "the file is not written as nbformat writes it"),
        (lambda text: text.replace('"id": "one"', '"id": ""'), "a cell is empty, or its id is missing"),
        (
            lambda text: text.replace('"execution_count": 1,', '"execution_count": 7,', 1),
            "not run in its order",
        ),
        (
            lambda text: text.replace('"metadata": {},', '"metadata": {"collapsed": true},', 1),
            "marks of an editor",
        ),
        (lambda text: text.replace('"name": "python3"', '"name": "julia"'), "the metadata of the notebook"),
        (
            lambda text: text.replace('"text/plain"', f'"{WIDGET_VIEW}": {{}}, "text/plain"'),
            "what is not stored",
        ),
    ],
)
def test_a_drift_of_the_form_is_told(tmp_path, tools, change, problem):
    notebook = tools.notebook(tmp_path, "x").code("one", "1", tools.result(text_plain="1"))
    (found,) = drift_after(notebook, change)
    assert problem in found


def picture(tools, **more):
    return [tools.result(text_html=tools.html_image(tools.png(**more)))]


def test_equal_outputs_do_not_differ(tools):
    assert list(differences(picture(tools), picture(tools))) == []


def test_a_changed_figure_is_told_by_its_pixels_inside_html_and_outside(tools):
    (found,) = differences(picture(tools), picture(tools, mark=(10, 10, 14, 14)))
    assert found.startswith("the figure differs (by 0.01 of 1 where it differs most")
    old, new = ([tools.result(image_png=tools.png(colour))] for colour in ("white", "grey"))
    assert len(list(differences(old, new))) == 1


def test_a_figure_of_another_size_is_told(tools):
    (found,) = differences(picture(tools), picture(tools, size=210))
    assert found == "the figure has 210 × 210 pixels and not the stored 200 × 200"


def test_a_trace_that_nobody_sees_is_no_drift(tools):
    assert list(differences(picture(tools), picture(tools, colour="#fefefe"))) == []


def test_the_distance_of_figures_is_that_of_the_block_that_differs_most(tools):
    from backchannel.authoring.drift import _pixels

    white, spot = _pixels(tools.png()), _pixels(tools.png(mark=(0, 0, 32, 32)))
    assert figure_distance(white, white) == 0
    assert figure_distance(white, spot) == pytest.approx(0.75)  # three of the four channels, RGB of RGBA
    assert abs(white - spot).mean() < 0.02 < TOLERANCE * 40


def test_a_figure_that_cannot_be_read_is_told(tools):
    (found,) = differences(picture(tools), [tools.result(text_html=tools.html_image("AAAA"))])
    assert found == "a figure is not a PNG image that can be read"


@pytest.mark.parametrize(
    ("new", "found"),
    [
        ([], "it stores 1 output and now has no outputs"),
        (
            [{"text_plain": "x", "text_html": "<p>same</p>", "text_latex": "y"}],
            "the output now has text/latex too",
        ),
        ([{"text_plain": "x"}], "the output has no text/html any more"),
        (
            [{"text_plain": "x", "text_html": "<p>other</p>"}],
            "the text/html differs in line 1: '<p>same</p>' is stored, '<p>other</p>' comes now",
        ),
        (
            [{"text_plain": "x", "text_html": "<p>same</p>\n"}],
            "the text/html differs in its line ends",
        ),
    ],
)
def test_a_drift_of_an_output_is_told(tools, new, found):
    old = [tools.result(text_plain="x", text_html="<p>same</p>")]
    assert list(differences(old, [tools.result(**data) for data in new])) == [found]


def test_a_text_that_is_printed_elsewhere_is_told(tools):
    old, new = [tools.printed("x\n")], [tools.printed("x\n", "stderr")]
    assert list(differences(old, new)) == ["an output stored as stream stdout is now stream stderr"]
    assert list(differences(old, [tools.result(text_plain="x")])) == [
        "an output stored as stream stdout is now execute_result"
    ]


def test_a_long_line_is_shown_where_it_begins_to_differ(tools):
    old, new = [tools.printed("a" * 500 + "b")], [tools.printed("a" * 500 + "c")]
    (found,) = differences(old, new)
    assert len(found) < 150
    assert "ab' is stored" in found
