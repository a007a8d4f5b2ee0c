"""Grids of judgements: the loaders, the journal behind them, when the course's reading may be shown."""

import json
from itertools import product

import pytest

from backchannel.dossier import load_dossier
from backchannel.errors import UsageError
from backchannel.grids import (
    Grid,
    GridSession,
    coverage_grid,
    element_grid,
    element_result,
    hypothesis_grid,
)
from backchannel.journal import Decision, new_id, now
from backchannel.widgets.grid import JudgementGrid
from backchannel.widgets.grid_result import root_name
from backchannel.words import LANGUAGES, say
from backchannel.workspace import Workspace


@pytest.fixture(scope="module")
def dossier(course_data):
    return load_dossier(course_data)


@pytest.fixture(scope="module")
def grids(dossier) -> dict[str, Grid]:
    return {
        "coverage": coverage_grid(dossier, ["prop-mt-secret-talks", "prop-mt-source-anonymous"]),
        "hypotheses": hypothesis_grid(dossier, ["ev-us-denial", "ev-nyt-doubts", "ev-no-paper-no-names"]),
        "elements": element_grid(dossier, "case-talks-2023", "case-flynn-2016"),
    }


KINDS = ["coverage", "hypotheses", "elements"]


@pytest.fixture
def session(grids, workspace):
    def opens(kind, kernel=workspace):
        return GridSession(kernel, grids[kind], activity=f"own-{kind}")

    return opens


def judge_all(session, choice=0):
    for row, column in session.grid.cells:
        session.judge(row, column, session.grid.choices[choice])


def sent(widget):
    return json.dumps(widget.get_state(), ensure_ascii=False, default=str)


# --- loaders ---------------------------------------------------------------------------------------------


def test_coverage_takes_all_propositions_of_the_report_and_both_documents(dossier):
    grid = coverage_grid(dossier)
    assert {row.root for row in grid.rows} == {"moscow-times-2023"}
    assert [column.id for column in grid.columns] == ["d1", "d2"]
    assert all(cell.reading for cell in grid.cells.values())
    assert {row.root for row in coverage_grid(dossier, root="nbc-2023").rows} == {"nbc-2023"}


def test_the_number_of_claims_beside_a_cell_does_not_tell_what_was_dropped(dossier):
    grid = coverage_grid(dossier)
    for row in grid.rows:
        sizes = {len(grid.cells[row.id, column.id].exhibits) for column in grid.columns}
        assert len(sizes) == 1
    dropped = [cell for cell in grid.cells.values() if cell.reading.value == "dropped"]
    assert dropped
    assert all(cell.exhibits and not any(e.tells for e in cell.exhibits) for cell in dropped)


def test_claims_beside_a_cell_hold_all_that_tell_it_in_reading_order(dossier):
    grid = coverage_grid(dossier)
    order = {claim: number for number, claim in enumerate(dossier.claims)}
    told = dossier.tables["retellings"].set_index(["proposition", "document"])["claims"]
    for (row, column), cell in grid.cells.items():
        tells = {e.claim for e in cell.exhibits if e.tells}
        assert tells == {c.strip() for c in told[row, column].split(";") if c.strip()}
        places = [order[e.claim] for e in cell.exhibits]
        assert places == sorted(places)


def test_hypotheses_and_elements_take_all_rows_or_those_named(dossier):
    assert len(hypothesis_grid(dossier).cells) == len(dossier.tables["evidence_ratings"])
    grid = hypothesis_grid(dossier, ["ev-us-denial"], ["hyp-probing", "hyp-offer-refused"])
    assert [(c.id, c.name.en) for c in grid.columns] == [("hyp-probing", "H1"), ("hyp-offer-refused", "H2")]
    assert len(element_grid(dossier).cells) == len(dossier.tables["case_elements"])
    one = element_grid(dossier, "case-hoover-1941", elements=["citizen"])
    assert [cell.reading for cell in one.cells.values()] == [None]  # the course has no reading of this case


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda d: coverage_grid(d, ["prop-none"]), "no proposition 'prop-none'"),
        (lambda d: coverage_grid(d, root="nobody"), "no proposition for the root 'nobody'"),
        (lambda d: coverage_grid(d, documents=["d9"]), "no document 'd9'"),
        (lambda d: hypothesis_grid(d, ["ev-none"]), "no piece of evidence 'ev-none'"),
        (lambda d: hypothesis_grid(d, [], ["hyp-none"]), "no hypothesis 'hyp-none'"),
        (lambda d: element_grid(d, "case-none"), "no case 'case-none'"),
        (lambda d: element_grid(d, "case-talks-2023", elements=["x"]), "no element 'x'"),
    ],
)
def test_what_does_not_exist_is_answered_in_a_sentence(dossier, make, sentence):
    with pytest.raises(UsageError, match=sentence):
        make(dossier)


def test_a_small_dossier_makes_grids_too(small_dossier):
    grid = coverage_grid(small_dossier, root="ida-2020")
    assert grid.cells["prop-may", "d2"].reading.change == "generalised"
    assert hypothesis_grid(small_dossier).rows[0].root == "Ida"
    with pytest.raises(UsageError, match="holds no case"):
        element_grid(small_dossier)


def test_every_root_of_the_dossier_has_a_name_in_both_languages(dossier):
    roots = {*dossier.tables["evidence"]["root"], *dossier.tables["propositions"]["root"]} - {"none"}
    for root, language in product(roots, LANGUAGES):
        assert root_name(root, language) != root.replace("-", " ")
    assert root_name("some-new-root", "de") == "some new root"


# --- the journal -----------------------------------------------------------------------------------------


def test_a_judgement_is_one_line_with_row_column_choice_confidence_and_reason(session, workspace):
    session("coverage").judge(
        "prop-mt-secret-talks", "d1", "changed", reason="defence", confidence="high", decision_id="one"
    )
    (line,) = workspace.journal.path.read_text().splitlines()
    entry = json.loads(line)
    assert [entry[name] for name in ("id", "activity", "item", "field", "value", "confidence", "note")] == [
        "one", "own-coverage", "prop-mt-secret-talks", "d1", "changed", "high", "defence",
    ]  # fmt: skip


def test_a_new_choice_keeps_reason_and_confidence_and_the_same_again_writes_nothing(session, workspace):
    grid = session("coverage")
    cell = ("prop-mt-secret-talks", "d1")
    grid.judge(*cell, "kept", reason="as told", confidence="low")
    grid.judge(*cell, "changed")
    grid.judge(*cell, "changed")
    grid.annotate(*cell, reason="")
    assert grid.table().iloc[0].to_dict() | {"at": ""} == {
        "row": cell[0], "column": "d1", "value": "changed", "confidence": "low", "reason": "", "at": "",
    }  # fmt: skip
    assert workspace.journal.count == 3


def test_undo_takes_back_the_last_decision_and_only_the_one_that_is_meant(session):
    grid = session("elements")
    assert grid.undo() is None
    grid.judge("citizen", "case-talks-2023", "met", decision_id="first")
    grid.judge("citizen", "case-talks-2023", "unknown", decision_id="second")
    with pytest.raises(UsageError, match="came later"):
        grid.undo(expected="first")
    assert grid.undo(expected="second").value == "unknown"
    assert grid.value("citizen", "case-talks-2023") == "met"


def test_undo_leaves_alone_what_another_grid_of_the_same_name_decided(session, dossier, workspace):
    session("elements").judge("citizen", "case-talks-2023", "met")
    other = GridSession(workspace, element_grid(dossier, "case-kerry-2018"), activity="own-elements")
    assert other.undo() is None


def test_judgements_outlive_the_kernel_and_a_choice_nobody_knows_counts_as_open(session, workspace):
    session("hypotheses").judge("ev-us-denial", "hyp-probing", "for")
    line = Decision(new_id(), now(), "", "own-hypotheses", "ev-us-denial", "hyp-offer-refused", "loud").line()
    with workspace.journal.path.open("ab") as file:
        file.write(line)
    again = session("hypotheses", Workspace(workspace.folder))
    assert again.value("ev-us-denial", "hyp-probing") == "for"
    assert again.value("ev-us-denial", "hyp-offer-refused") == ""
    assert (again.progress.judged, again.progress.cells, again.progress.complete) == (1, 15, 0)


@pytest.mark.parametrize(
    ("row", "column", "value", "more", "sentence"),
    [
        ("ev-none", "hyp-probing", "for", {}, "no row 'ev-none'"),
        ("ev-us-denial", "d1", "for", {}, "no column 'd1'"),
        ("ev-us-denial", "hyp-probing", "kept", {}, "no choice 'kept'"),
        ("ev-us-denial", "hyp-probing", "", {}, "no choice ''"),
        ("ev-us-denial", "hyp-probing", "for", {"confidence": "so-so"}, "'so-so' does not exist"),
        ("ev-us-denial", "hyp-probing", "for", {"reason": "x" * 4001}, "4001 characters"),
    ],
)
def test_a_judgement_that_cannot_be_is_answered_in_a_sentence_and_not_written(
    session, workspace, row, column, value, more, sentence
):
    with pytest.raises(UsageError, match=sentence):
        session("hypotheses").judge(row, column, value, **more)
    assert workspace.journal.count == 0


# --- the course's reading --------------------------------------------------------------------------------


def secrets(grid, row, column):
    """What of a cell's reading no student may see before, as the words on the screen."""
    reading = grid.cells[row, column].reading
    later = [text.en for _, text in grid.row(row).later]
    return [reading.reason.en, *(later if grid.kind == "coverage" else [])]


@pytest.mark.parametrize("kind", KINDS)
def test_no_reading_leaves_before_the_own_judgement(session, kind):
    grid = session(kind)
    widget = JudgementGrid(grid)
    whole_row = kind != "elements"
    for row in grid.grid.rows:
        widget.go(row.id)
        for column in grid.grid.columns:
            shown = sent(widget) + widget.static_html()
            assert not any(secret in shown for secret in secrets(grid.grid, row.id, column.id))
            assert '"tells": true' not in shown
            assert '"tells": false' not in shown
            widget.judge(row.id, column.id, grid.grid.choices[0])
            if not whole_row:
                assert secrets(grid.grid, row.id, column.id)[0] in sent(widget)
        assert ('"tells": true' in sent(widget) or '"tells": false' in sent(widget)) == (kind == "coverage")
        for column in grid.grid.columns:
            assert all(secret in sent(widget) for secret in secrets(grid.grid, row.id, column.id))


def test_sources_that_name_the_documents_wait_with_the_original(session):
    widget = JudgementGrid(session("coverage"))
    assert widget.view["row"]["sources"] == []
    for column in ("d1", "d2"):
        widget.judge("prop-mt-secret-talks", column, "kept")
    assert widget.view["row"]["sources"]
    assert [one["key"] for one in widget.view["row"]["later"]] == ["original"]
    widget.undo()
    assert (widget.view["row"]["sources"], widget.view["row"]["later"]) == ([], [])


def test_the_comparison_holds_only_what_may_be_shown(session):
    grid = session("hypotheses")
    for column in grid.grid.columns[:-1]:
        grid.judge("ev-us-denial", column.id, "for")
    assert grid.compared().empty
    assert grid.ratings().empty
    grid.judge("ev-us-denial", grid.grid.columns[-1].id, "against")
    assert len(grid.compared()) == 5
    assert set(grid.ratings("course")["root"]) == {"reuters-us-official"}
    assert list(grid.ratings("own")["rating"]) == ["for"] * 4 + ["against"]


# --- what follows ----------------------------------------------------------------------------------------


def test_an_element_that_is_missing_decides_and_the_exception_counts_reversed():
    found = element_result(
        {
            "citizen": "met",
            "authority": "not_met",
            "intent": "arguable",
            "dispute": "unknown",
            "exception": "met",
        }
    )
    assert (found.met, found.missing) == (("citizen",), ("authority", "exception"))
    assert (found.turns_on, found.unknown, found.open) == (("intent",), ("dispute",), ())
    assert element_result({"citizen": "", "exception": "not_met"}).met == ("exception",)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_result_of_a_case_is_words_and_never_a_verdict(session, workspace, language):
    workspace.use_language(language)
    grid = session("elements")
    widget = JudgementGrid(grid)
    assert widget.view["result"] == []
    for choice in range(4):
        judge_all(grid, choice)
        widget.redraw()
        words = json.dumps(widget.view["result"], ensure_ascii=False).lower()
        assert widget.view["result"][0]["lines"]
        for verdict in ("guilty", "unlawful", "illegal", "violat", "schuldig", "rechtswidrig", "verstoß"):
            assert verdict not in words


def test_a_missing_element_is_named_as_what_decides(session):
    widget = JudgementGrid(session("elements"))
    widget.judge("citizen", "case-talks-2023", "not_met")
    (block,) = widget.view["result"]
    assert block["lines"][0].startswith("This decides: “US citizen” is not met.")
    assert block["after"] == ["The course reads otherwise: US citizen (you: not met; course: met)."]


def test_hypotheses_are_weighed_from_the_complete_rows_only(session):
    grid = session("hypotheses")
    widget = JudgementGrid(grid)
    for column, rating in zip(grid.grid.columns, ("against", "for", "for", "for", "for"), strict=True):
        widget.judge("ev-us-denial", column.id, rating)
    widget.judge("ev-nyt-doubts", "hyp-probing", "strongly_against")
    telling, against, hangs = widget.view["result"]
    assert [row[1] for row in telling["table"]["rows"]] == ["0.8"]  # 4 of 10 pairs, two steps each
    assert [row[1] for row in against["table"]["rows"]] == ["1", "0", "0", "0", "0"]
    assert against["after"][0] == "Least against it in your ratings: H2, H3, H4, H5."
    assert hangs["table"] is None  # one account only
    judge_all(grid, 2)
    widget.redraw()
    assert "1, 2, 3" in widget.view["result"][0]["after"][0]  # all neutral: nothing is told apart
    assert len(widget.view["result"][2]["table"]["rows"]) == 3


def test_coverage_counts_yours_beside_the_courses(session):
    grid = session("coverage")
    judge_all(grid)
    (block,) = JudgementGrid(grid).view["result"]
    assert block["table"]["rows"][1] == ["D2", "2 · 0", "0 · 1", "0 · 1"]
    assert block["after"] == ["You and the course read 1 of 4 cells alike."]


# --- the widget ------------------------------------------------------------------------------------------


def ask(widget, action, **fields):
    return widget.perform({"kind": "do", "action": action, "id": fields.pop("id", ""), **fields})


def test_requests_of_the_front_end_do_what_the_calls_do(session):
    widget = JudgementGrid(session("coverage"))
    cell = {"row": "prop-mt-secret-talks", "column": "d1"}
    assert ask(widget, "judge", id="one", value="kept", **cell) == {"kind": "done", "id": "one", "ok": True}
    assert ask(widget, "annotate", reason="why", **cell)["ok"]
    assert ask(widget, "annotate", confidence="low", **cell)["ok"]
    assert widget.view["cells"][0]["own"] | {"id": ""} == {
        "id": "", "value": "kept", "confidence": "low", "reason": "why",
    }  # fmt: skip
    assert ask(widget, "next")["ok"]
    assert widget.view["row"]["number"] == 2
    assert ask(widget, "undo", base=widget.view["undoable"])["ok"]
    assert widget.view["row"]["id"] == cell["row"]
    assert ask(widget, "go", row="prop-mt-source-anonymous")["ok"]
    assert ask(widget, "previous")["ok"]
    assert ask(widget, "open")["ok"]
    for wrong in (
        {"action": "judge", "value": "loud", **cell},
        {"action": "go", "row": "x"},
        {"action": "judge"},
    ):
        answer = ask(widget, **wrong)
        assert (answer["ok"], answer["final"]) == (False, True)


def test_an_old_judgement_sent_again_does_not_replace_a_newer_one(session):
    widget = JudgementGrid(session("coverage"))
    cell = {"row": "prop-mt-secret-talks", "column": "d1"}
    ask(widget, "judge", id="newer", value="changed", **cell)
    assert not ask(widget, "judge", id="older", value="kept", base="", resumed=True, **cell)["ok"]
    assert widget.table().iloc[0]["value"] == "changed"


def test_the_grid_opens_at_the_first_open_row(session):
    grid = session("coverage")
    for column in ("d1", "d2"):
        grid.judge("prop-mt-secret-talks", column, "kept")
    assert JudgementGrid(grid).view["row"]["id"] == "prop-mt-source-anonymous"
    judge_all(grid)
    assert JudgementGrid(grid).view["row"]["number"] == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_static_rendering_is_the_same_on_each_run_and_speaks_the_language(
    session, workspace, kind, language
):
    workspace.use_language(language)
    grid = session(kind)
    assert JudgementGrid(grid).static_html() == JudgementGrid(session(kind)).static_html()
    grid.judge(grid.grid.rows[0].id, grid.grid.columns[0].id, grid.grid.choices[0], reason="<b>&</b>")
    judge_all(grid)
    widget = JudgementGrid(grid)
    html = widget.static_html()
    assert "&lt;b&gt;&amp;&lt;/b&gt;" in html
    assert html.count("<tr>") > len(grid.grid.rows)
    assert ("Lesart des Kurses" in html) == (language == "de")
    assert repr(widget) == f"JudgementGrid('own-{kind}')"
    assert widget.view["row"]["name"] == grid.grid.rows[0].name.in_(language)


def test_every_choice_has_its_words_in_the_interface(grids, workspace):
    for grid in grids.values():
        words = JudgementGrid(GridSession(workspace, grid, activity=grid.kind)).words
        for choice, part in product(grid.choices, ("choice", "sign", "define")):
            assert words[f"{part}_{choice}"]


def test_every_kind_of_change_has_its_words(dossier):
    changes = {cell.reading.change for cell in coverage_grid(dossier).cells.values() if cell.reading}
    for change in changes - {""}:
        assert say(f"retellings.{change}", "de")
