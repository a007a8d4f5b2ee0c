"""Rights: each planted breach is found, and what is allowed is let pass. All texts invented."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from backchannel.originals import Original, Originals
from backchannel.rights import (
    check_lengths,
    check_places,
    check_project,
    check_quotations,
    check_rights,
    check_shares,
    project_files,
    quoted_share,
    shared_runs,
)

HEADING = "Gespräche über die neue Brücke"
BODY = (
    "„Wir treffen uns im Mai“, sagte Ida. Ein Beamter hofft wohl auf\neinen Brückenschlag, doch niemand am "
    "Ufer glaubt noch daran, und der alte Fährmann rudert weiter wie seit vierzig Jahren."
)
FIRST, LAST = "und der alte Fährmann", "rudert weiter wie seit"
EIGHT = f"{FIRST} {LAST}"
SEVEN = EIGHT.rsplit(" ", 1)[0]
TWELVE = "glaubt noch daran, und der alte Fährmann rudert weiter wie seit vierzig"

ORIGINAL = Original("d1", "hash", Path("d1.txt"), f"{HEADING}\n\n{BODY}")
ORIGINALS = Originals((ORIGINAL,))


def runs(text: str, length: int = 8) -> list[str]:
    return [" ".join(run.words) for run in shared_runs(text, ORIGINALS, length)]


def quotation_problems(package) -> list[str]:
    return [str(finding) for finding in check_quotations(package.load(), ORIGINALS)]


# --- places ---------------------------------------------------------------------------------------------


def test_a_locator_and_offsets_past_the_end_are_found(small_package):
    small_package.set("passages", 0, locator="P9")
    small_package.set("passages", 1, start="40", end="9999")
    assert [str(finding) for finding in check_places(small_package.load(), ORIGINALS)] == [
        "passages.csv, row 2: the locator P9 of d1-p01 is past the end of d1; correct the locator.",
        f"passages.csv, row 3: d1-p02 ends at character 9999, but d1 has only {len(ORIGINAL.text)}; "
        "correct start and end.",
    ]


def test_places_inside_the_original_pass(small_package):
    small_package.set("passages", 1, start="40", end=str(len(ORIGINAL.text)))
    assert list(check_places(small_package.load(), ORIGINALS)) == []


def test_a_wrong_number_of_words_is_found(small_package):
    count = len(ORIGINAL.text.split())
    small_package.set("documents", 0, words=str(count + 1))
    assert [str(finding) for finding in check_lengths(small_package.load(), ORIGINALS)] == [
        f"documents.csv, row 2: d1 has {count} words, but the cell words holds {count + 1}; correct the cell."
    ]
    small_package.set("documents", 0, words=str(count))
    assert list(check_lengths(small_package.load(), ORIGINALS)) == []


# --- quotations ---------------------------------------------------------------------------------------


def test_quotations_that_are_verbatim_pass_even_across_a_line_end(small_package):
    assert quotation_problems(small_package) == []


@pytest.mark.parametrize(
    "quote", ["einen Brückenschlak", "einen Brückenschla", "Einen Brückenschlag", "en Brückenschlag"]
)
def test_a_quote_altered_by_one_letter_is_found(small_package, quote):
    small_package.set("claims", 2, quote=quote)
    (problem,) = quotation_problems(small_package)
    assert problem.startswith(
        f"claims.csv, row 4: the quotation '{quote}' of d1-p02-2 is not verbatim at P2;"
    )


def test_a_quote_at_the_wrong_place_is_found_and_the_right_one_named(small_package):
    small_package.set("claims", 0, quote="einen Brückenschlag")
    (problem,) = quotation_problems(small_package)
    assert "of d1-p01-1 is not verbatim at P1; it stands at P2" in problem


def test_in_another_copy_places_may_be_shifted_but_not_the_wording(small_package):
    """An instructor's own copy may have a line more at its head, and lack the end."""
    shifted = Original("d1", "wording", Path("a.txt"), f"Eine Zeile mehr\n\n{ORIGINAL.text}")
    originals = Originals((shifted,))
    small_package.set("passages", 1, locator="P9")
    dossier = small_package.load()
    assert list(check_quotations(dossier, originals)) == []
    assert list(check_places(dossier, originals)) == []
    assert quoted_share(dossier, shifted) > 0
    small_package.set("claims", 2, quote="einen Brückenschlak")
    (problem,) = check_quotations(small_package.load(), originals)
    assert "'einen Brückenschlak' of d1-p02-2 is not verbatim" in problem.problem


def test_punctuation_inside_a_quote_matters(small_package):
    small_package.set("claims", 2, quote="einen Brückenschlag doch niemand")
    assert len(quotation_problems(small_package)) == 1


@pytest.mark.parametrize("column", ["reading_en", "reading_de"])
def test_a_quotation_altered_in_a_reading_is_found(small_package, column):
    small_package.replace(
        "passages.csv",
        "a «Brückenschlag»" if column == "reading_en" else "einen «Brückenschlag»",
        "«Brückenschläge»",
    )
    (problem,) = quotation_problems(small_package)
    assert problem.startswith("passages.csv, row 3: the quotation 'Brückenschläge' of d1-p02")


@pytest.mark.parametrize("cues", ["hofft; wöhl", "hofft; wohl auf keinen"])
def test_an_altered_cue_of_a_claim_is_found(small_package, cues):
    small_package.set("claims", 2, cues=cues)
    (problem,) = quotation_problems(small_package)
    assert "the cue 'w" in problem


def test_the_cue_of_a_hop_may_stand_in_the_next_passage_but_not_nowhere(small_package):
    hop = small_package.find("attributions", claim="d1-p01-1")
    small_package.set("attributions", hop, cue="sagte Ida")
    assert quotation_problems(small_package) == []
    small_package.set("attributions", hop, cue="meinte Ida")
    (problem,) = quotation_problems(small_package)
    assert problem.startswith("attributions.csv, row 2: the cue 'meinte Ida'")


def test_a_locator_that_names_no_place_leaves_its_quotations_without_one(small_package):
    small_package.set("passages", 1, locator="P9")
    assert len(quotation_problems(small_package)) == 7


def test_documents_without_an_original_are_not_judged(small_package):
    small_package.set("claims", 3, quote="nirgends gesagt")
    assert quotation_problems(small_package) == []


# --- the share quoted ---------------------------------------------------------------------------------


def test_the_share_is_the_union_of_what_is_quoted_without_single_cue_words(small_dossier):
    """`einen Brückenschlag` covers the two readings' `Brückenschlag`; hofft, wohl, sagte do not count."""
    assert quoted_share(small_dossier, ORIGINAL) == 2 / len(ORIGINAL.words)


def test_cues_of_several_words_count(small_package):
    small_package.set("claims", 2, cues="hofft wohl; hofft")
    assert quoted_share(small_package.load(), ORIGINAL) == 4 / len(ORIGINAL.words)


def test_over_fifteen_per_cent_is_found(small_package):
    assert list(check_shares(small_package.load(), ORIGINALS)) == []
    small_package.set("claims", 1, quote="rudert weiter wie seit vierzig Jahren")
    (finding,) = check_shares(small_package.load(), ORIGINALS)
    assert (finding.file, finding.row) == ("documents.csv", 2)
    assert "% of the words of d1 are quoted, not under 15%" in finding.problem


def test_fifteen_per_cent_is_too_much_and_less_is_not(small_package):
    def with_words(number: int) -> Originals:
        text = f"{HEADING}\n\nHier ist einen Brückenschlag wert, was eins" + " zwei" * (number - 12)
        return Originals((Original("d1", "hash", Path("d1.txt"), text),))

    small_package.set("claims", 2, quote="einen Brückenschlag wert", cues="")
    dossier = small_package.load()
    assert len(with_words(20).found[0].words) == 20
    assert len(list(check_shares(dossier, with_words(20)))) == 1
    assert list(check_shares(dossier, with_words(21))) == []


# --- eight words in a row -----------------------------------------------------------------------------


def test_eight_words_in_a_row_are_found_and_seven_are_fine():
    assert runs(f"Es heißt, {EIGHT} je.") == [EIGHT.casefold()]
    assert runs(f"Es heißt, {SEVEN} nie seit") == []


def test_a_longer_run_is_one_run_and_is_reported_once():
    text = f"{TWELVE} Jahren.\nUnd noch einmal: {TWELVE} Jahren."
    (run,) = shared_runs(text, ORIGINALS)
    assert (len(run.words), run.line, run.document) == (13, 1, "d1")
    assert str(run).startswith("13 words in a row of d1, 'glaubt noch daran und")


def test_two_runs_of_one_text_are_both_reported_with_their_lines():
    text = f"Anfang\n{EIGHT} nicht\nWir treffen uns im Mai, sagte Ida. Ein Beamter"
    assert [run.line for run in shared_runs(text, ORIGINALS)] == [2, 3]


@pytest.mark.parametrize(
    "text",
    [
        EIGHT.upper(),
        EIGHT.replace(" ", ", "),
        EIGHT.replace(" ", "\n# "),
        EIGHT.replace(" ", "_"),
        EIGHT.replace(" ", r"\n"),
        EIGHT.replace("ä", r"\u00e4"),
        EIGHT.replace("ä", "&auml;"),
        EIGHT.replace("ä", "a\u0308"),
        EIGHT.replace("rudert", "ru\u00addert"),
        EIGHT.replace("der alte", "**der** <em>alte</em>"),
        EIGHT.replace("alte", "alte<sup>1,2</sup>"),
        f"<img alt='{EIGHT}'>",
        "{1|" + EIGHT.replace("rudert", "} {2|rudert") + "}",
        "⟦" + EIGHT.replace("rudert", "⟧ ⟦rudert") + "⟧",
        f'x = "{FIRST} " \\\n    "{LAST}"',
    ],
)
def test_no_dress_hides_copied_words(text):
    assert len(runs(text)) == 1


def test_a_quotation_of_at_most_twelve_words_is_fine():
    assert len(TWELVE.split()) == 12
    assert runs(f"Es heißt: «{EIGHT}».") == []
    assert runs(f"Es heißt: «{TWELVE}».") == []
    assert len(runs(f"Es heißt: «{TWELVE} Jahren».")) == 1


def test_other_quotation_marks_are_no_excuse():
    assert len(runs(f"Es heißt: „{EIGHT}“.")) == 1


def test_no_run_goes_across_a_quotation():
    assert runs("und der alte «Fährmann» rudert weiter wie seit") == []


def test_the_length_can_be_chosen():
    assert runs(SEVEN, length=7) == [SEVEN.casefold()]
    assert runs(SEVEN, length=6) == [SEVEN.casefold()]


def test_without_originals_there_is_nothing_to_compare():
    assert shared_runs(EIGHT, Originals()) == ()


# --- the files of the project -------------------------------------------------------------------------


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    return root


def put(root: Path, name: str, text: str | bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)


def project_problems(root: Path) -> list[str]:
    return [str(finding) for finding in check_project(root, ORIGINALS)]


def notebook(*cells: dict, **metadata: object) -> str:
    return json.dumps({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def test_eight_words_in_python_source_are_found(project):
    put(project, "src/a.py", f'"""Ours."""\n\n# {EIGHT}\n')
    (problem,) = project_problems(project)
    assert problem.startswith("src/a.py: in line 3 stand 8 words in a row of d1, 'und der alte")


@pytest.mark.parametrize("name", ["README.md", "words.toml", "front/a.mjs", "a.json", "Makefile", "a.html"])
def test_eight_words_in_any_other_text_are_found(project, name):
    put(project, name, f"\ufeff {EIGHT}")
    assert len(project_problems(project)) == 1


def test_a_damaged_file_is_still_read(project):
    put(project, "a.txt", b"\xff\xfe " + EIGHT.encode())
    put(project, "broken.ipynb", "{" + EIGHT)
    assert len(project_problems(project)) == 2


@pytest.mark.parametrize(
    "cell",
    [
        {"cell_type": "markdown", "source": [f"{FIRST}\n", LAST]},
        {"cell_type": "code", "source": "", "outputs": [{"output_type": "stream", "text": [EIGHT]}]},
        {
            "cell_type": "code",
            "source": "",
            "outputs": [
                {"output_type": "display_data", "data": {"text/html": ["<p>", EIGHT.replace(" ", "<br>")]}}
            ],
        },
        {"cell_type": "code", "source": "", "metadata": {"note": EIGHT}},
        {"cell_type": "markdown", "source": "", "metadata": {"tokens": EIGHT.split()}},
    ],
    ids=["source", "stream", "HTML", "metadata", "list"],
)
def test_eight_words_anywhere_in_a_cell_are_found(project, cell):
    cell["source"] = cell["source"] or "1 + 1"
    put(project, "a.ipynb", notebook({"cell_type": "markdown", "source": "Ours."}, cell))
    (problem,) = project_problems(project)
    assert problem.startswith("a.ipynb: in cell 2 stand 8 words")


def test_a_widget_state_in_a_notebook_is_looked_at(project):
    put(project, "a.ipynb", notebook(widgets={"state": {"originals": {"d1-p02": BODY}}}))
    (problem,) = project_problems(project)
    assert "in the metadata stand" in problem


def test_a_notebook_may_quote_and_cells_do_not_run_together(project):
    cells = [{"cell_type": "markdown", "source": text} for text in (f"«{EIGHT}»", FIRST, LAST, SEVEN)]
    put(project, "a.ipynb", notebook(*cells))
    assert project_problems(project) == []


def test_eight_words_in_a_reading_are_found_with_their_row(small_package):
    small_package.replace("passages.csv", "«Brückenschlag» (bridging)", f"«Brückenschlag», {EIGHT}")
    (problem,) = project_problems(small_package.folder.parent)
    assert problem.startswith("course_data/passages.csv, row 3: in the cell reading_en stand 8 words")


def test_the_quote_column_may_quote_twelve_words_and_other_columns_not(small_package):
    small_package.set("claims", 2, quote=TWELVE)
    assert project_problems(small_package.folder.parent) == []
    small_package.set("claims", 2, quote=f"{TWELVE} Jahren")
    assert "row 4: in the cell quote stand 13" in project_problems(small_package.folder.parent)[0]
    small_package.set("claims", 2, quote="", claim_de=TWELVE)
    assert "row 4: in the cell claim_de stand 12" in project_problems(small_package.folder.parent)[0]


def test_without_git_all_is_ours_but_what_is_installed_built_or_private(project):
    for name in (
        ".venv/a",
        "build/a",
        "dist/a",
        "documents/a",
        "workspace/a",
        "src/__pycache__/a",
        ".git/a",
        ".x_cache/a",
    ):
        put(project, name, EIGHT)
    for name in ("a", ".ci/run", "src/build/a", "notebooks/documents/a"):
        put(project, name, EIGHT)
    names = [path.relative_to(project).as_posix() for path in project_files(project)]
    assert sorted(names) == [".ci/run", "a", "notebooks/documents/a", "src/build/a"]
    assert len(project_problems(project)) == 4


@pytest.mark.skipif(
    shutil.which("git") is None, reason="Git is not installed, so its listing was not tested."
)
def test_with_git_its_ignore_file_decides_and_an_original_that_was_added_is_found(project):
    subprocess.run(["git", "init", "--quiet", str(project)], check=True)
    put(project, ".gitignore", "/documents/\n/mine.txt\n")
    for name in ("documents/d1.txt", "mine.txt", "new.md", "kept.md"):
        put(project, name, BODY)
    subprocess.run(["git", "-C", str(project), "add", "-f", "kept.md", "documents/d1.txt"], check=True)
    (project / "kept.md").unlink()
    names = [path.relative_to(project).as_posix() for path in project_files(project)]
    assert names == [".gitignore", "documents/d1.txt", "new.md"]
    assert len(project_problems(project)) == 2


def test_pictures_are_not_read(project):
    put(project, "a.png", b"\x89PNG\0" + EIGHT.encode())
    picture = {"output_type": "display_data", "data": {"image/png": EIGHT}}
    put(project, "a.ipynb", notebook({"cell_type": "code", "source": "", "outputs": [picture]}))
    assert project_problems(project) == []


# --- all together -------------------------------------------------------------------------------------


def test_the_check_finds_a_breach_of_each_rule(small_package):
    small_package.set("documents", 0, words=str(len(ORIGINAL.text.split())))
    assert list(check_rights(small_package.load(), ORIGINALS)) == []
    small_package.set("claims", 1, quote="rudert weiter wie seit vierzig Jahren", cues="sprach")
    put(small_package.folder.parent, "README.md", EIGHT)
    files = [finding.file for finding in check_rights(small_package.load(), ORIGINALS)]
    assert files == ["claims.csv", "documents.csv", "README.md"]


def test_without_originals_nothing_is_judged(small_package):
    small_package.set("claims", 1, cues="sprach")
    assert list(check_rights(small_package.load(), Originals())) == []
