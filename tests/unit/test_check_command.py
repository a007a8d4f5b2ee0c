"""`backchannel check` says what is wrong with the data, the rights and the lessons."""

from __future__ import annotations

import hashlib
import json

import pytest

from backchannel.authoring.check import main, tell
from backchannel.tables import Finding


@pytest.fixture(autouse=True)
def no_originals(monkeypatch):
    monkeypatch.delenv("BACKCHANNEL_DOCUMENTS", raising=False)


@pytest.fixture
def run(small_package, capsys):
    """Return a function that checks the small course and returns status and lines."""

    def check(*arguments):
        status = main(list(arguments) or [str(small_package.folder)])
        return status, capsys.readouterr().out.splitlines()

    return check


def test_good_data_pass_and_the_missing_originals_are_told(run, small_package):
    status, lines = run()
    assert status == 0
    assert lines == [
        "Rights were not checked for d1, d2, whose originals were not found; to do so, "
        "put them into documents/ or name their folder in BACKCHANNEL_DOCUMENTS.",
        f"31 tables and 0 lessons were checked in {small_package.folder.parent}.",
        "Nothing is wrong.",
    ]


def test_the_folder_of_the_course_may_be_named_too(run, small_package):
    assert run(str(small_package.folder.parent)) == run(str(small_package.folder))


def test_inside_the_course_data_a_dot_names_the_same_course(run, small_package, monkeypatch):
    """What lies beside the folder, lessons and originals and key, has to be found from inside as well."""
    documents = small_package.folder.parent / "documents"
    documents.mkdir()
    (documents / "odd.txt").write_text("Nothing the course quotes.", encoding="utf-8")
    expected = run()
    assert any("odd.txt" in line for line in expected[1])
    monkeypatch.chdir(small_package.folder)
    assert run(".") == expected


def test_a_fault_in_the_data_is_told_and_rights_wait(run, small_package):
    small_package.set("claims", 0, passage="d9-p99")
    status, lines = run()
    assert status == 1
    assert lines[0].startswith("claims.csv, row 2: ")
    assert "d9-p99" in lines[0]
    assert "Rights were not checked, since the course data has to be right first." in lines


def test_one_fault_is_counted_as_one(run, small_package):
    small_package.set(
        "claims", 0, quote="this is a quotation of more than twelve words, which is not a short one"
    )
    status, lines = run()
    assert (status, lines[-1]) == (1, "1 thing is wrong.")


def test_data_that_cannot_be_read_are_told_in_one_sentence(run, small_package):
    small_package.path("codebook.toml").write_text("[", encoding="utf-8")
    status, lines = run()
    assert status == 1
    assert "codebook.toml" in lines[0]
    assert lines[-1] == "1 thing is wrong."


def test_a_missing_table_is_told_and_the_lessons_are_linted_all_the_same(run, small_package):
    small_package.path("sources.csv").unlink()
    status, lines = run()
    assert status == 1
    assert lines[0].startswith("sources.csv: ")


def test_a_copied_sentence_is_told_where_the_originals_are(run, small_package, monkeypatch):
    folder = small_package.folder.parent / "texts"
    folder.mkdir()
    copied = "The talks went on for nine long days beside the old bridge."
    text = f"Ida. wir treffen uns im Mai sagte einen Brückenschlag hofft wohl Brückenschlag\n\n{copied}\n"
    (folder / "a.txt").write_text(text, encoding="utf-8")
    (small_package.folder.parent / "notes.md").write_text(copied, encoding="utf-8")
    small_package.set("documents", 0, sha256=hashlib.sha256(text.encode()).hexdigest())
    monkeypatch.setenv("BACKCHANNEL_DOCUMENTS", str(folder))
    status, lines = run()
    assert status == 1
    assert any(line.startswith("notes.md") and "words in a row of d1" in line for line in lines)


def test_a_lesson_that_breaks_a_rule_is_told(run, small_package):
    folder = small_package.folder.parent / "notebooks"
    folder.mkdir()
    form = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "03_empty.ipynb").write_text(json.dumps(form), encoding="utf-8")
    status, lines = run()
    assert status == 1
    assert "03_empty.ipynb: the lesson does not begin with prose; begin it with a cell of Markdown." in lines
    assert f"31 tables and 1 lesson were checked in {small_package.folder.parent}." in lines


def test_a_notebook_without_a_number_is_no_lesson(run, small_package):
    folder = small_package.folder.parent / "notebooks"
    folder.mkdir()
    form = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "start.ipynb").write_text(json.dumps(form), encoding="utf-8")
    status, lines = run()
    assert (status, lines[-2]) == (
        0,
        f"31 tables and 0 lessons were checked in {small_package.folder.parent}.",
    )


def test_a_folder_without_course_data_is_a_misuse(tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main([str(tmp_path)])
    assert stopped.value.code == 2
    assert "there is no datapackage.json" in capsys.readouterr().err


def test_the_real_course_data_can_be_checked(course_data, capsys):
    main([str(course_data)])
    assert "tables and " in capsys.readouterr().out


def test_labels_that_seem_to_be_missing_are_told_and_nothing_is_wrong(run, small_package):
    small_package.append(
        "annotations", claim="d2-p01-1", dimension="form", annotator="A", label="direct", confidence="low"
    )
    status, lines = run()
    assert status == 0
    assert lines[0].startswith("annotations.csv: A labelled 1 cells that B did not")
    assert lines[-1] == "Nothing is wrong."


def test_a_fault_that_many_rows_lead_to_is_told_once(run, small_package):
    small_package.set("documents", 0, id="d9")
    status, lines = run()
    told = [line for line in lines if "the document 'd1' is not in documents.csv" in line]
    assert status == 1
    assert told[0] == (
        "passages.csv, row 2: the document 'd1' is not in documents.csv; add it there or correct the cell "
        "document. 1 more row says the same, the last is row 3."
    )
    assert len(told) == len({line.split(",")[0] for line in told})


def test_the_same_fault_in_both_readings_is_told_once():
    once = Finding("passages.csv", 3, "the quotation is not verbatim", "copy it")
    assert tell([once, once]) == [str(once)]
    other = Finding("passages.csv", 5, "the quotation is not verbatim", "copy it")
    assert tell([once, other, Finding("passages.csv", 9, once.problem, once.remedy)]) == [
        f"{once} 2 more rows say the same, the last is row 9."
    ]


def test_a_changed_original_is_a_fault_and_not_passed_over(run, small_package, monkeypatch):
    folder = small_package.folder.parent / "documents"
    folder.mkdir()
    (folder / "d1.txt").write_text("Ein anderer Text.", encoding="utf-8")
    monkeypatch.setenv("BACKCHANNEL_DOCUMENTS", str(folder))
    status, lines = run()
    assert status == 1
    assert any(
        line.startswith("d1.txt is not the text whose sha256 stands in documents.csv") for line in lines
    )
    assert "documents.csv, row 2: the text of d1 is another than the row describes; " in "\n".join(lines)
