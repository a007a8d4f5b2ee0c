"""Labelling a block: what counts, what is open, and that nothing of the key is seen too early."""

from __future__ import annotations

import json
import random
from dataclasses import fields, replace

import pytest

from backchannel.errors import UsageError
from backchannel.journal import Decision, new_id, now
from backchannel.labelling import FILTERS, MODES, SKIPPED, Feedback, LabelSession, Progress
from backchannel.workspace import Workspace

CLAIMS = ("d1-p01-1", "d1-p02-1", "d1-p02-2", "d2-p01-1")
DIMENSIONS = ("form", "naming", "elements")
CORRECT = {"d1-p02-2": {"form": "indirect", "naming": "described", "elements": "intent"}}


@pytest.fixture
def open_block(small_dossier, workspace):
    """Return a function that opens the block, the only one there is; as another kernel if asked to."""
    no_lessons = small_dossier.tables | {"blocks": small_dossier.tables["blocks"].iloc[:0]}
    dossier = replace(small_dossier, tables=no_lessons)

    def opens(
        mode="practice", *, claims=CLAIMS, dimensions=DIMENSIONS, kernel=workspace, activity="03-block"
    ):
        return LabelSession(
            dossier, kernel, activity=activity, claims=claims, dimensions=dimensions, mode=mode
        )

    return opens


@pytest.fixture
def block(open_block):
    return open_block()


def counted(**counts: int) -> Progress:
    """Return the progress of the block with these counts, and 0 for all others."""
    return Progress(**{field.name: 0 for field in fields(Progress)} | {"units": 12, "claims": 4} | counts)


def another_kernel(workspace: Workspace) -> Workspace:
    return Workspace(workspace.folder, "1.2")


def label_all(session: LabelSession, claims=CLAIMS, form="author") -> None:
    for claim in claims:
        for dimension, label in (("form", form), ("naming", "named"), ("elements", ["intent", "citizen"])):
            session.label(claim, dimension, label)


def whole_state(session: LabelSession) -> dict[str, object]:
    """Return everything a view could show."""
    return {
        "table": session.table().to_dict("list"),
        "progress": session.progress,
        "filters": {by: session.filtered(by) for by in FILTERS},
        "feedback": [session.feedback(claim) for claim in session.claims],
        "mode": session.mode,
        "finished": session.finished,
    }


# --- labels ----------------------------------------------------------------------------------------------


def test_an_untouched_block_is_open(block, workspace):
    assert block.progress == counted()
    assert block.progress.open == 12
    assert block.label_of("d1-p01-1", "form") == ""
    assert not workspace.folder.exists()


def test_the_last_label_given_counts(block):
    block.label("d1-p01-1", "form", "direct")
    block.label("d1-p01-1", "form", "author", confidence="low", note="not sure")
    assert block.label_of("d1-p01-1", "form") == "author"
    found = block.decision("d1-p01-1", "form")
    assert (found.confidence, found.note) == ("low", "not sure")
    assert block.progress == counted(labelled=1)


def test_a_set_of_labels_is_kept_in_the_order_of_the_codebook(block):
    block.label("d1-p01-1", "elements", ["intent", "citizen"])
    assert block.label_of("d1-p01-1", "elements") == "citizen;intent"


def test_a_skipped_unit_is_decided_but_has_no_label(block):
    block.skip("d1-p01-1", "form", note="cannot tell")
    assert block.is_decided("d1-p01-1", "form")
    assert block.label_of("d1-p01-1", "form") == ""
    assert block.progress == counted(skipped=1)
    block.label("d1-p01-1", "form", "author")
    assert block.progress == counted(labelled=1)


def test_a_note_and_a_confidence_may_change_while_the_label_stays(block):
    block.label("d1-p01-1", "form", "direct", confidence="low")
    block.annotate("d1-p01-1", "form", confidence="high", note="read again")
    found = block.decision("d1-p01-1", "form")
    assert (found.value, found.confidence, found.note) == ("direct", "high", "read again")


def test_a_note_may_come_before_the_label(block):
    block.annotate("d1-p01-1", "form", note="think about it")
    assert not block.is_decided("d1-p01-1", "form")
    assert block.decision("d1-p01-1", "form").note == "think about it"
    assert block.progress.open == 12


def test_a_flag_is_set_and_taken_away(block):
    block.flag("d1-p01-1")
    assert block.is_flagged("d1-p01-1")
    assert block.progress.flagged == 1
    block.flag("d1-p01-1", on=False)
    assert not block.is_flagged("d1-p01-1")
    assert block.progress.flagged == 0


def test_each_decision_carries_who_when_and_under_which_codebook(block, workspace):
    workspace.use_name("Ida")
    block.label("d1-p01-1", "form", "author")
    made = workspace.journal.decisions[-1]
    assert (made.student, made.activity, made.item, made.field, made.value, made.codebook) == (
        "Ida",
        "03-block",
        "d1-p01-1",
        "form",
        "author",
        "1.2",
    )


def test_a_decision_sent_twice_is_written_once(block, workspace):
    for _ in range(2):
        block.label("d1-p01-1", "form", "author", decision_id="key-1")
        block.flag("d1-p01-1", decision_id="key-2")
    assert [d.id for d in workspace.journal.decisions[1:]] == ["key-1", "key-2"]


def test_the_table_has_one_row_a_unit_in_order(block):
    block.label("d1-p02-1", "naming", "none", confidence="medium", note="says who?")
    block.skip("d1-p01-1", "form")
    table = block.table()
    assert list(table.columns) == ["claim", "dimension", "label", "confidence", "note", "at"]
    assert list(zip(table["claim"], table["dimension"], strict=True)) == [
        (claim, dimension) for claim in CLAIMS for dimension in DIMENSIONS
    ]
    row = table.query("claim == 'd1-p02-1' and dimension == 'naming'").iloc[0]
    assert (row["label"], row["confidence"], row["note"]) == ("none", "medium", "says who?")
    assert table["label"].iloc[0] == ""


def test_two_blocks_do_not_touch_one_another(open_block):
    first, second = open_block(), open_block(activity="04-block")
    first.label("d1-p01-1", "form", "author")
    assert second.label_of("d1-p01-1", "form") == ""
    assert second.undo() is None


# --- what does not exist ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (
            lambda block: block.label("d1-p01-1", "form", "hearsay"),
            "The label 'hearsay' does not exist in the dimension form; use one of direct, indirect, author.",
        ),
        (
            lambda block: block.label("d2-p02-1", "form", "author"),
            "The claim 'd2-p02-1' is not in the block 03-block; use one of its claims.",
        ),
        (
            lambda block: block.label("d1-p01-1", "mood", "author"),
            "The dimension 'mood' is not in the block 03-block; use form, naming, elements.",
        ),
        (
            lambda block: block.skip("d1-p01-1", "mood"),
            "The dimension 'mood' is not in the block 03-block; use form, naming, elements.",
        ),
        (
            lambda block: block.annotate("d9-p01-1", "form", note="?"),
            "The claim 'd9-p01-1' is not in the block 03-block; use one of its claims.",
        ),
        (
            lambda block: block.flag("d9-p01-1"),
            "The claim 'd9-p01-1' is not in the block 03-block; use one of its claims.",
        ),
        (
            lambda block: block.label("d1-p01-1", "form", "author", confidence="sure"),
            "The confidence 'sure' does not exist; use low, medium, high.",
        ),
        (
            lambda block: block.filtered("done"),
            "The filter 'done' does not exist; use one of all, open, flagged, differing.",
        ),
        (
            lambda block: block.finish(),
            "The block 03-block has 12 open answers; label or skip each of them, then finish the block.",
        ),
    ],
)
def test_what_does_not_exist_is_said_and_nothing_is_written(block, workspace, act, sentence):
    with pytest.raises(UsageError) as error:
        act(block)
    assert str(error.value) == sentence
    assert workspace.journal.decisions == ()


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"claims": ["d9-p01-1"]},
            "There is no claim 'd9-p01-1' in the dossier; claim ids look like d1-p01-1.",
        ),
        (
            {"dimensions": ["mood"]},
            "The dimension 'mood' is not in the codebook; use one of form, naming, elements.",
        ),
        ({"claims": []}, "The block '03-block' is empty; name at least one claim and one dimension."),
        ({"dimensions": []}, "The block '03-block' is empty; name at least one claim and one dimension."),
        ({"mode": "exam"}, "The mode 'exam' does not exist; use one of practice, blind, review."),
    ],
)
def test_a_block_that_cannot_be_is_said(open_block, options, sentence):
    with pytest.raises(UsageError) as error:
        open_block(**options)
    assert str(error.value) == sentence


def test_a_claim_named_twice_is_asked_once(open_block):
    assert open_block(claims=[*CLAIMS, *CLAIMS], dimensions=["form", "form"]).progress.units == 4


# --- the key ---------------------------------------------------------------------------------------------


def test_in_practice_the_key_of_a_claim_comes_with_its_last_answer(block):
    for dimension, label in CORRECT["d1-p02-2"].items():
        assert block.feedback("d1-p02-2") == ()
        block.label("d1-p02-2", dimension, label)
    assert [entry.verdict for entry in block.feedback("d1-p02-2")] == ["match"] * 3
    assert all(block.feedback(claim) == () for claim in CLAIMS if claim != "d1-p02-2")


def test_an_undo_takes_the_key_away_again(block):
    label_all(block, ["d1-p02-2"])
    assert block.feedback("d1-p02-2")
    block.undo()
    assert block.feedback("d1-p02-2") == ()
    assert block.progress.differing == 0


def test_feedback_gives_verdict_reasons_and_the_rule_that_separates_two_labels(block):
    block.label("d1-p02-1", "form", "indirect")
    block.label("d1-p02-1", "elements", "citizen")
    block.skip("d1-p02-1", "naming")
    form, naming, elements = block.feedback("d1-p02-1")
    assert (form.dimension, form.own, form.verdict) == ("form", "indirect", "differs")
    assert form.reference.label == "direct"
    assert form.reference.reason.en == "Quotation marks mean direct."
    assert form.confusion.text.en == "Fragments are indirect."
    assert (naming.own, naming.verdict, naming.confusion) == ("", "skipped", None)
    assert elements.verdict == "alternative"
    assert [entry.label for entry in elements.references] == ["citizen;authority", "citizen"]
    assert block.differs("d1-p02-1")


def test_an_alternative_is_no_difference(block):
    for dimension, label in (CORRECT["d1-p02-2"] | {"form": "direct"}).items():
        block.label("d1-p02-2", dimension, label)
    assert [entry.verdict for entry in block.feedback("d1-p02-2")] == ["alternative", "match", "match"]
    assert not block.differs("d1-p02-2")


def test_the_order_in_which_a_set_was_ticked_does_not_matter(block):
    block.label("d1-p02-1", "elements", ["authority", "citizen"])
    block.skip("d1-p02-1", "form")
    block.skip("d1-p02-1", "naming")
    assert block.feedback("d1-p02-1")[2].verdict == "match"


def test_claims_without_a_reference_have_no_feedback(small_package, workspace):
    for table in ("reference_labels", "annotations"):
        small_package.rows[table] = []
        small_package.write(table)
    session = LabelSession(
        small_package.load(), workspace, activity="a", claims=CLAIMS[:1], dimensions=DIMENSIONS
    )
    label_all(session, CLAIMS[:1])
    assert session.feedback(CLAIMS[0]) == ()
    assert session.progress.differing == 0


def everything_seen(session: LabelSession) -> list[object]:
    """Return whatever of the key a session gives away."""
    seen: list[object] = [entry for claim in session.claims for entry in session.feedback(claim)]
    seen += [claim for claim in session.claims if session.differs(claim) or session.may_show_key(claim)]
    return seen + list(session.filtered("differing")) + [None] * session.progress.differing


def test_a_blind_block_shows_no_key_before_it_is_finished(open_block):
    blind = open_block("blind")
    label_all(blind)
    assert everything_seen(blind) == []
    blind.finish()
    assert all(len(blind.feedback(claim)) == 3 for claim in CLAIMS)
    assert blind.progress.differing == len(blind.filtered("differing")) > 0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("opened", ["before", "after", "in another kernel", "in another kernel before"])
def test_a_blind_block_stays_blind_in_whatever_mode_it_is_opened(open_block, workspace, mode, opened):
    other = another_kernel(workspace) if "kernel" in opened else workspace
    session = open_block(mode, kernel=other) if "before" in opened else None
    blind = open_block("blind")
    label_all(blind)
    if session is None:
        session = open_block(mode, kernel=another_kernel(workspace) if "kernel" in opened else workspace)
    assert everything_seen(session) == []
    session.refresh()
    assert everything_seen(session) == []
    blind.flag("d1-p01-1")
    session.refresh()
    if mode != "review":
        session.label("d1-p01-1", "form", "direct")  # a decision of its own does not make it practice either
    assert everything_seen(session) == []
    assert everything_seen(open_block(mode, kernel=another_kernel(workspace))) == []
    blind.finish()
    session.refresh()
    assert len(session.feedback("d1-p01-1")) == 3


def test_review_shows_what_practice_has_shown(open_block):
    label_all(open_block(), ["d1-p01-1"])
    review = open_block("review")
    assert len(review.feedback("d1-p01-1")) == 3
    assert review.feedback("d1-p02-1") == ()


def test_review_of_an_untouched_block_shows_nothing(open_block):
    assert everything_seen(open_block("review")) == []


def test_a_finished_block_stands_as_it_is(open_block, workspace):
    blind = open_block("blind")
    label_all(blind)
    blind.finish()
    count = workspace.journal.count
    blind.finish()  # once is enough
    acts = (
        lambda: blind.label("d1-p01-1", "form", "direct"),
        lambda: blind.skip("d1-p01-1", "form"),
        lambda: blind.annotate("d1-p01-1", "form", note="now I know"),
        blind.undo,
    )
    for act in acts:
        with pytest.raises(
            UsageError, match=r"^The block 03-block is finished, so its labels stand as they are\.$"
        ):
            act()
    assert workspace.journal.count == count


def test_a_block_finished_in_one_kernel_stands_in_the_other(open_block, workspace):
    here, there = open_block("blind"), open_block("blind", kernel=another_kernel(workspace))
    label_all(here)
    there.refresh()
    here.finish()
    for act in (lambda: there.label("d1-p01-1", "form", "direct"), there.undo):
        with pytest.raises(UsageError, match="is finished"):
            act()
    assert here.label_of("d1-p01-1", "form") == "author"


# --- undo ------------------------------------------------------------------------------------------------


def test_undo_goes_back_step_by_step_to_the_beginning(block, workspace):
    block.label("d1-p01-1", "form", "author")
    block.label("d1-p01-1", "form", "direct")
    block.flag("d1-p02-1")
    block.skip("d1-p02-1", "naming")
    undone = [block.undo() for _ in range(4)]
    assert [(d.item, d.field, d.value) for d in undone] == [
        ("d1-p02-1", "naming", SKIPPED),
        ("d1-p02-1", "flag", "yes"),
        ("d1-p01-1", "form", "direct"),
        ("d1-p01-1", "form", "author"),
    ]
    assert block.progress == counted()
    count = workspace.journal.count
    assert block.undo() is None
    assert workspace.journal.count == count == 9  # begun, four decisions, four retractions


def test_an_undo_sent_twice_takes_back_one_decision(block):
    block.label("d1-p01-1", "form", "author")
    block.label("d1-p01-1", "naming", "none")
    block.undo(decision_id="key-9")
    assert block.undo(decision_id="key-9") is None
    assert block.label_of("d1-p01-1", "form") == "author"


def test_undo_takes_back_what_another_kernel_did_last(open_block, workspace):
    here, there = open_block(), open_block(kernel=another_kernel(workspace))
    here.label("d1-p01-1", "form", "author")
    there.label("d1-p01-1", "form", "direct")
    assert here.undo().value == "direct"
    assert here.undo().value == "author"
    there.refresh()
    assert there.progress.open == 12


# --- filters and progress --------------------------------------------------------------------------------


def test_filters_show_what_they_say(block):
    label_all(block, ["d1-p01-1", "d1-p02-2"])
    block.skip("d1-p02-2", "naming")
    block.flag("d2-p01-1")
    assert block.filtered("all") == CLAIMS
    assert block.filtered("open") == ("d1-p02-1", "d1-p02-2", "d2-p01-1")  # a skipped label is still lacking
    assert block.filtered("flagged") == ("d2-p01-1",)
    assert block.filtered("differing") == ("d1-p01-1", "d1-p02-2")


def recounted(session: LabelSession) -> Progress:
    """Count the progress of a practice block the slow way, from the bare lines of the journal."""
    lines = session.workspace.journal.path.read_text(encoding="utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    entries = [entry for entry in entries if entry["activity"] == session.activity]
    gone = {entry["value"] for entry in entries if entry["field"] == "undo"}
    values = {
        (e["item"], e["field"]): e["value"] for e in entries if e["field"] != "undo" and e["id"] not in gone
    }
    by_claim = {c: [values.get((c, d.id), "") for d in session.dimensions] for c in session.claims}
    complete = [claim for claim, found in by_claim.items() if all(found)]
    units = [value for found in by_claim.values() for value in found]
    differing = 0
    for claim in complete:
        acceptable = [
            {reference.label for reference in session.dossier.references[claim, dimension.id]} | {SKIPPED}
            for dimension in session.dimensions
        ]
        pairs = zip(by_claim[claim], acceptable, strict=True)
        differing += any(value not in allowed for value, allowed in pairs)
    return Progress(
        units=len(units),
        labelled=sum(value not in ("", SKIPPED) for value in units),
        skipped=units.count(SKIPPED),
        claims=len(session.claims),
        complete=len(complete),
        flagged=sum(bool(values.get((claim, "flag"))) for claim in session.claims),
        differing=differing,
        without_open=sum(all(v not in ("", SKIPPED) for v in found) for found in by_claim.values()),
    )


def act_at_random(session: LabelSession, generator: random.Random) -> None:
    claim, dimension = generator.choice(session.claims), generator.choice(session.dimensions)
    act = generator.choices(["label", "skip", "annotate", "flag", "undo"], [10, 2, 1, 2, 5])[0]
    if act == "label" and dimension.several:
        several = [label for label in dimension.label_ids if label != "none"]
        session.label(claim, dimension.id, generator.sample(several, generator.randint(1, 3)))
    elif act == "label":
        session.label(claim, dimension.id, generator.choice(dimension.label_ids))
    elif act == "skip":
        session.skip(claim, dimension.id)
    elif act == "annotate":
        session.annotate(claim, dimension.id, note="n")
    elif act == "flag":
        session.flag(claim, generator.random() < 0.6)
    else:
        session.undo()


@pytest.mark.parametrize("seed", range(8))
def test_after_any_sequence_of_acts_the_progress_is_what_a_recount_gives(open_block, workspace, seed):
    generator = random.Random(seed)
    kernels = [open_block(), open_block(kernel=another_kernel(workspace))]
    kernels[0].flag("d1-p01-1")
    for step in range(120):
        session = generator.choice(kernels)
        act_at_random(session, generator)
        assert session.progress == recounted(session), f"after step {step}"
    for session in kernels:
        session.refresh()
    fresh = open_block(kernel=another_kernel(workspace))
    assert whole_state(kernels[0]) == whole_state(kernels[1]) == whole_state(fresh)


# --- two kernels, and a restart --------------------------------------------------------------------------


def test_two_kernels_see_one_another_after_a_refresh(open_block, workspace):
    here, there = open_block(), open_block(kernel=another_kernel(workspace))
    here.label("d1-p01-1", "form", "author")
    assert there.label_of("d1-p01-1", "form") == ""
    there.refresh()
    assert there.label_of("d1-p01-1", "form") == "author"
    there.label("d1-p01-1", "naming", "named")
    here.refresh()
    assert whole_state(here) == whole_state(there)
    begun = [d for d in here.workspace.journal.decisions if d.field == "started"]
    assert len(begun) == 1


def test_a_note_does_not_bring_back_a_label_that_another_kernel_replaced(open_block, workspace):
    here, there = open_block(), open_block(kernel=another_kernel(workspace))
    here.label("d1-p01-1", "form", "author")
    there.label("d1-p01-1", "form", "direct")
    here.annotate("d1-p01-1", "form", note="why?")
    assert here.label_of("d1-p01-1", "form") == "direct"


@pytest.mark.parametrize("mode", ["practice", "blind"])
def test_after_a_restart_everything_is_as_it_was(open_block, workspace, mode):
    session = open_block(mode)
    label_all(session, CLAIMS[:3])
    session.skip(CLAIMS[3], "form")
    session.flag(CLAIMS[0])
    session.undo()
    assert whole_state(open_block(mode, kernel=another_kernel(workspace))) == whole_state(session)


def test_a_journal_put_in_the_place_of_another_is_shown(open_block, workspace, tmp_path):
    here = open_block()
    label_all(here)
    saved = workspace.journal.path.read_bytes().splitlines(keepends=True)
    workspace.journal.path.write_bytes(b"".join(saved[:4]))
    here.refresh()
    assert here.progress == recounted(here) == counted(labelled=3, complete=1, differing=1, without_open=1)


# --- labels of another codebook --------------------------------------------------------------------------


def foreign(field: str, value: str, codebook: str = "2.0") -> bytes:
    return Decision(new_id(), now(), "", "03-block", "d1-p01-1", field, value, codebook=codebook).line()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("form", "hearsay"),
        ("elements", "citizen;wealth"),
        ("form", "direct;author"),
        ("elements", "none;intent"),
    ],
)
def test_a_label_that_todays_codebook_does_not_allow_is_kept_but_not_used(block, workspace, field, value):
    block.label("d1-p01-1", "naming", "named")
    line = foreign(field, value)
    with workspace.journal.path.open("ab") as file:
        file.write(line)
    block.refresh()
    assert block.label_of("d1-p01-1", field) == ""
    assert not block.is_decided("d1-p01-1", field)
    assert block.progress == counted(labelled=1)
    assert line in workspace.journal.path.read_bytes()
    assert ["2.0" in str(report) for report in workspace.journal.reports] == [True]
    block.label("d1-p01-1", field, "intent" if field == "elements" else "author")
    assert block.progress.labelled == 2
    assert line in workspace.journal.path.read_bytes()


def test_a_known_label_of_a_newer_codebook_is_used(block, workspace):
    workspace.folder.mkdir()
    workspace.journal.path.write_bytes(foreign("form", "direct") + foreign("elements", "intent;citizen"))
    block.refresh()
    assert block.label_of("d1-p01-1", "form") == "direct"
    assert block.label_of("d1-p01-1", "elements") == "citizen;intent"
    assert block.progress.labelled == 2


def test_lines_about_other_claims_do_not_count(block, workspace):
    workspace.folder.mkdir()
    line = Decision(new_id(), now(), "", "03-block", "d2-p02-1", "form", "direct").line()
    workspace.journal.path.write_bytes(line)
    block.refresh()
    assert block.progress.labelled == 0


def test_a_retraction_that_names_another_item_does_not_make_the_count_wrong(block, workspace):
    block.label("d1-p01-1", "form", "author")
    last = workspace.journal.decisions[-1]
    workspace.decide("03-block", "d1-p02-1", "undo", last.id)
    assert block.progress.labelled == sum(block.table()["label"] != "") == 1


# --- cost ------------------------------------------------------------------------------------------------


@pytest.fixture
def large_block(small_package, workspace):
    """Return a block of 2,000 claims."""
    count = 2000
    marks = "".join(f"{{{n}|w}} " for n in range(1, count + 1))
    small_package.set("passages", 2, reading_en=marks, reading_de=marks)
    for n in range(2, count + 1):
        claim = f"d2-p01-{n}"
        text = {"claim_en": "It goes on.", "claim_de": "Es geht weiter."}
        small_package.rows["claims"].append({"id": claim, "passage": "d2-p01", "position": str(n), **text})
        small_package.rows["attributions"].append(
            {"claim": claim, "hop": "1", "actor": "actor-gazette", "medium": "article"}
        )
    small_package.write("claims", "attributions")
    dossier = small_package.load()
    claims = [claim.id for claim in dossier.claims_in("d2-p01")]
    return LabelSession(dossier, workspace, activity="large", claims=claims, dimensions=DIMENSIONS)


def test_a_decision_in_a_large_block_recounts_only_the_claim_it_touched(large_block, monkeypatch):
    large_block.label("d2-p01-1", "form", "author")
    assert large_block.progress.claims == 2000
    recounts: list[str] = []
    tally = LabelSession.tally
    monkeypatch.setattr(
        LabelSession, "tally", lambda self, claim: recounts.append(claim) or tally(self, claim)
    )
    large_block.label("d2-p01-7", "form", "author")
    assert large_block.progress.labelled == 2
    large_block.flag("d2-p01-9")
    assert large_block.filtered("flagged") == ("d2-p01-9",)
    large_block.undo()
    assert large_block.progress.flagged == 0
    assert recounts == ["d2-p01-7", "d2-p01-9", "d2-p01-9"]
    assert large_block.progress.labelled == 2
    assert len(recounts) == 3, "looking at the progress alone recounts nothing"


def test_feedback_names_its_reference():
    assert Feedback.reference.fget(Feedback("form", "", "skipped", ("first", "second"), None)) == "first"


def test_a_review_of_a_block_not_yet_begun_writes_nothing_and_so_cannot_end_its_blindness(
    open_block, workspace
):
    review = open_block("review")
    for change in (
        lambda: review.flag("d1-p01-1"),
        lambda: review.label("d1-p01-1", "form", "direct"),
        lambda: review.skip("d1-p01-1", "form"),
        lambda: review.annotate("d1-p01-1", "form", note="?"),
        review.undo,
        review.finish,
    ):
        with pytest.raises(UsageError, match="review changes nothing"):
            change()
    assert workspace.journal.count == 0


def test_a_blind_block_of_a_lesson_is_blind_whatever_its_journal_says(small_dossier, workspace):
    workspace.decide("01-blind", "block", "started", "practice")
    session = LabelSession(
        small_dossier,
        workspace,
        activity="01-blind",
        claims=["d2-p01-1"],
        dimensions=["elements"],
        mode="practice",
    )
    session.label("d2-p01-1", "elements", "citizen")
    assert session.feedback("d2-p01-1") == ()
