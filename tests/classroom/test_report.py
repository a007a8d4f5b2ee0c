"""The report on a class: figures against others computed by hand or otherwise, and a page that is safe."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import krippendorff
import numpy as np
import pandas as pd
import pytest
from drawn import assert_nothing_overlaps_is_cut_off_or_faint

from backchannel import agreement
from backchannel.authoring.invented_class import Invented, invent
from backchannel.charts import agreement_chart, style
from backchannel.classroom import students
from backchannel.classroom.folder import ClassFolder, Place
from backchannel.classroom.records import Collected, Record, TaskRecord, write_collected, write_record
from backchannel.classroom.reporting import class_pictures, labels, report, report_html, report_page
from backchannel.classroom.reporting.class_figures import class_figures
from backchannel.classroom.reporting.dimension_figures import DimensionAnswers, wilson
from backchannel.classroom.reporting.report_page import Report
from backchannel.classroom.students import Student
from backchannel.dossier import load_dossier
from backchannel.errors import BackchannelError, DataError, NotReadyError, UsageError
from backchannel.exercises import load_exercise, require_key
from backchannel.words import LANGUAGES

PROJECT = Path(__file__).resolve().parents[2]
EXERCISE, TASK = "03_how_sure_is_who", "ex03-1"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> \u202egnorw\u2066 "
    '"><a href="https://evil.example">x</a></bdi></li>'
)


@pytest.fixture(scope="module")
def key():
    return require_key(load_dossier(PROJECT / "course_data"))


@pytest.fixture(scope="module")
def invented(key, tmp_path_factory):
    """A class of 14 with three exercises, as collect and grade leave it."""
    folder = ClassFolder(tmp_path_factory.mktemp("invented") / "class", PROJECT)
    invent(folder, key, Invented(14, ("03", "08", "09")))
    return folder


@pytest.fixture(scope="module")
def figures(invented, key):
    return class_figures(invented, gather(invented, key), key)


@pytest.fixture
def folder(tmp_path):
    return ClassFolder(tmp_path / "class", PROJECT)


@pytest.fixture
def undrawn(monkeypatch):
    """Leave pictures out of the page, where a test is about its words; drawing them takes seconds."""
    monkeypatch.setattr(report_page, "class_pictures", UndrawnPictures())
    monkeypatch.setattr(report_page, "agreement_chart", lambda *_: None)
    monkeypatch.setattr(report_page, "image", lambda _: report_html.tag("figure"))


class UndrawnPictures:
    """Stands for ``class_pictures``."""

    def __getattr__(self, name):
        assert hasattr(class_pictures, name)
        return lambda *_: None


def gather(folder, key):
    return labels.bring_up_to_date(folder, key.dossier, lambda _line: None)


def figures_of(folder, key, **more):
    return class_figures(folder, gather(folder, key), key, **more)


def page_of(folder, key, **more):
    return report.make_report(folder, gather(folder, key), key, at=NOW, **more)


def hand_in(folder, student, answers, exercise=EXERCISE, **collected):
    """Hand in answers: (task, item, field, value), perhaps with seconds after the one before and a note."""
    at, lines = datetime(2026, 11, 2, 10, tzinfo=UTC), []
    for number, (task, item, field, value, *more) in enumerate(answers):
        seconds, note = [*more, 10, ""][:2] if len(more) < 2 else more
        at += timedelta(seconds=seconds)
        stamp = at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        entry = {"id": f"{student}-{number}", "at": stamp, "activity": task, "item": item, "field": field}
        lines.append(json.dumps(entry | {"value": value, "note": note}))
    place = Place(student, exercise)
    write_collected(
        folder, Collected(student, exercise, "a.zip", journal="some" if lines else "", **collected)
    )
    if lines:
        folder.journal(place).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return place


def recount(folder):
    """Count answers past the code under test: the last line for each place, from the journals themselves."""
    counts = Counter()
    for path in sorted((folder.root / "submitted").glob("*/*/journal.jsonl")):
        last = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            if entry["activity"].startswith("ex"):
                last[entry["activity"], entry["item"], entry["field"]] = entry["value"]
        counts.update((*place, value) for place, value in last.items())
    return counts


def reference_of(key, claim, dimension):
    return key.dossier.references[claim, dimension]


# --- agreement -----------------------------------------------------------------------------------------


def single_and_arguable(key, dimension="commitment"):
    """Return a claim of which one label is accepted, and one of which more are."""
    items = load_exercise(key.dossier, "03").task(TASK).items
    one = next(claim for claim in items if len(reference_of(key, claim, dimension)) == 1)
    two = next(claim for claim in items if len(reference_of(key, claim, dimension)) > 1)
    return one, two


def wrong(key, claim, dimension="commitment"):
    accepted = {reference.label for reference in reference_of(key, claim, dimension)}
    return next(label for label in key.dossier.codebook[dimension].label_ids if label not in accepted)


@pytest.fixture
def by_hand(folder, key):
    """Six students, two claims: 4 and 2 give the reference, 1 an alternative, the others something else."""
    one, two = single_and_arguable(key)
    right, (other_right, alternative) = (
        reference_of(key, one, "commitment")[0].label,
        (reference.label for reference in reference_of(key, two, "commitment")[:2]),
    )
    given = {
        one: [right] * 4 + [wrong(key, one)] * 2,
        two: [other_right] * 2 + [alternative] + [wrong(key, two)] * 2,
    }
    for number in range(6):
        answers = [
            (TASK, claim, "commitment", given[claim][number]) for claim in given if number < len(given[claim])
        ]
        if number == 5:
            answers.append((TASK, two, "commitment", "~"))
        hand_in(folder, f"s{number}", answers)
    return folder


def test_shares_with_the_reference_are_those_counted_by_hand(by_hand, key):
    (found,) = figures_of(by_hand, key).answers.reference
    assert (found.units, found.answers) == (2, 11)
    assert found.right.value == pytest.approx(6 / 11)
    assert found.accepted.value == pytest.approx(7 / 11)
    assert np.isnan([found.right.low, found.right.high]).all(), "two claims are too few for an interval"


def test_agreement_within_the_class_is_that_counted_by_hand(by_hand, key):
    (found,) = figures_of(by_hand, key).answers.agreement
    # Pairs that agree: 6 + 1 of 15 on the first claim, 1 + 0 + 1 of 10 on the second; the mean of both.
    assert found.percent == pytest.approx((7 / 15 + 2 / 10) / 2)
    assert (found.units, found.pairable) == (2, 11)


def test_the_most_disputed_claim_comes_first_with_both_sides(by_hand, key):
    one, two = single_and_arguable(key)
    first, second = figures_of(by_hand, key).answers.disputes
    assert [first.unit, second.unit] == [(TASK, two), (TASK, one)]
    assert first.agreeing == pytest.approx(2 / 10)
    assert [side.given for side in first.sides] == [2, 2, 1]
    statuses = {side.label: side.status for side in first.sides}
    assert statuses[wrong(key, two)] == ""
    assert sorted(statuses.values()) == ["", "alternative", "reference"]
    assert all(bool(side.reason) == bool(side.status) for side in first.sides)


def test_what_the_reference_says_is_shown_where_nobody_says_so(folder, key):
    one, _ = single_and_arguable(key)
    right = reference_of(key, one, "commitment")[0].label
    others = [label for label in key.dossier.codebook["commitment"].label_ids if label != right][:2]
    for number in range(6):
        hand_in(folder, f"s{number}", [(TASK, one, "commitment", others[number % 2])])
    (dispute,) = figures_of(folder, key).answers.disputes
    assert (dispute.sides[-1].label, dispute.sides[-1].given) == (right, 0)
    page = page_of(folder, key)
    assert "The largest side is not with the reference." in page


def test_confusions_leave_accepted_alternatives_out(by_hand, key):
    one, _ = single_and_arguable(key)
    (confused,) = figures_of(by_hand, key).answers.confused
    assert int(confused.matrix.to_numpy().sum()) == 10
    right = reference_of(key, one, "commitment")[0].label
    assert confused.matrix.loc[right, wrong(key, one)] >= 2
    pairs = {(pair.reference, pair.given): pair for pair in confused.pairs}
    assert one in pairs[right, wrong(key, one)].claims


@pytest.mark.parametrize("seed", range(3))
def test_agreement_from_counts_is_that_from_the_decisions(key, seed):
    draw = np.random.default_rng(seed)
    for dimension in key.dossier.codebook.dimensions:
        rows = []
        for unit in range(30):
            for coder in range(9):
                if draw.random() < 0.8:
                    label = draw.choice(dimension.label_ids[: 2 + unit % 3])
                    rows.append((f"t c{unit}", f"s{coder}", str(label)))
        table = pd.DataFrame(rows, columns=["unit", "coder", "label"])
        cells = {}
        for unit, _, label in rows:
            cells.setdefault(tuple(unit.split()), Counter())[label] += 1
        wanted = agreement.measure(
            table, dimension.id, dimension.label_ids, dimension.scale,
            several=dimension.several, missing=dimension.missing,
        )  # fmt: skip
        found = DimensionAnswers(dimension, key, cells).agreement()
        # Sets that occur are in the order of their names here; AC1 and α do not depend on it.
        assert found == wanted or (dimension.several and found.alpha == pytest.approx(wanted.alpha))


def test_alpha_is_what_another_package_computes(invented, figures, key):
    counted = recount(invented)
    for row in figures.answers.agreement:
        dimension = key.dossier.codebook[row.dimension]
        if dimension.several:
            continue
        values = [label for label in dimension.label_ids if label not in dimension.missing]
        units = sorted({(task, item) for task, item, field, _ in counted if field == dimension.id})
        table = np.array([[counted[*unit, dimension.id, value] for value in values] for unit in units])
        level = "ordinal" if dimension.scale == "ordinal" else "nominal"
        domain = list(range(len(values)))
        wanted = krippendorff.alpha(value_counts=table, value_domain=domain, level_of_measurement=level)
        assert row.alpha == pytest.approx(wanted), row.dimension
        assert row.low <= row.alpha <= row.high


# --- counted once more ---------------------------------------------------------------------------------


def counted_anew(folder, key, figures):
    """Return what a plain recount of the journals gives for every figure that is a count."""
    counts = recount(folder)
    found = {"answers": counts.total()}
    for row in figures.answers.reference:
        dimension = row.dimension.id
        verdicts = Counter()
        for (_, item, field, value), given in counts.items():
            if field == dimension:
                references = {one.label: one.status for one in reference_of(key, item, dimension)}
                verdicts[references.get(value, "other")] += given
        found[dimension] = (verdicts["reference"], verdicts["reference"] + verdicts["alternative"])
    for question in figures.answers.questions:
        for one in question.options:
            found[question.item.id, one.option.id] = counts[
                question.task.id, question.item.id, "answer", one.option.id
            ]
    return found


def as_counted(figures):
    found = {"answers": figures.answers.answers}
    for row in figures.answers.reference:
        shares = (row.right.value, row.accepted.value)
        found[row.dimension.id] = tuple(round(share * row.answers) for share in shares)
    for question in figures.answers.questions:
        for one in question.options:
            found[question.item.id, one.option.id] = one.given
    return found


def test_every_count_is_that_of_a_plain_recount(invented, figures, key):
    assert as_counted(figures) == counted_anew(invented, key, figures)
    assert figures.answers.answers > 400


def test_a_planted_wrong_count_is_seen(invented, figures, key, tmp_path):
    copy = tmp_path / labels.TABLE
    table = gather(invented, key).path
    with labels.opened() as connection:
        query = f"""copy (select * replace (case when student = 'st00003' and item = (
              select min(item) from read_parquet('{table}') where student = 'st00003' and field = 'answer'
            ) then standing and false else standing end as standing)
            from read_parquet('{table}')) to '{copy}' (FORMAT parquet)"""
        connection.execute(query)
    planted = class_figures(invented, labels.Labels(copy, {}, 0), key)
    assert as_counted(planted) != counted_anew(invented, key, planted)


def test_wilsons_interval_is_the_published_one():
    found = wilson(8, 10)
    assert (found.value, round(found.low, 3), round(found.high, 3)) == (0.8, 0.490, 0.943)
    assert (wilson(0, 10).low, round(wilson(0, 10).high, 3)) == (0.0, 0.278)
    assert np.isnan(wilson(0, 0).value)


# --- handed in, points, time ---------------------------------------------------------------------------


def test_what_was_handed_in_is_counted_by_state(folder, key):
    tasks = load_exercise(key.dossier, "03").tasks
    done = {"all": (21, 5), "some": (3, 5), "none": (0, 0)}
    for student, (labelled, answered) in done.items():
        hand_in(
            folder, student, [(TASK, tasks[0].items[0], "commitment", "open")], late=60 * (student == "none")
        )
        records = (
            TaskRecord(tasks[0].id, "labels", 7, 1.0, labelled, 21),
            TaskRecord(tasks[1].id, "questions", 5, 1.0, answered, 5),
        )
        write_record(folder, Record(student, EXERCISE, "", "", "stopped", "none", tasks=records))
    hand_in(folder, "ungraded", [])
    students.store(folder, [Student("all", "A"), Student("absent", "B")])
    found = figures_of(folder, key)
    assert (found.size, found.unlisted, found.submitted) == (5, 3, 4)
    (handed,) = found.handed
    counts = (handed.submitted, handed.late, handed.without_journal, handed.stopped, handed.ungraded)
    assert counts == (4, 1, 1, 3, 1)
    first, second, written = found.done
    assert [(one.complete, one.begun, one.nothing, one.absent) for one in (first, second, written)] == [
        (1, 1, 1, 1),
        (2, 0, 1, 1),
        (0, 0, 3, 1),
    ]


def test_points_are_those_of_the_gradebook(invented, figures):
    from backchannel.classroom import gradebook

    scores = gradebook.scores(invented)
    for one in figures.points:
        rows = scores[scores["exercise"] == one.exercise]
        rows = rows[rows["task"].str.endswith("-3") == (one.kind == "written")]
        complete = rows.groupby("student").filter(lambda found: not found["to_mark"].any())
        sums = (
            complete.fillna({"auto": 0.0, "manual": 0.0})
            .groupby("student")[["auto", "manual"]]
            .sum()
            .sum(axis=1)
        )
        assert one.points == pytest.approx(sorted(sums))
        assert one.waiting == rows[rows["to_mark"]]["student"].nunique()
    assert {one.task for one in figures.waiting} == {"ex08-3", "ex09-3"}
    assert sum(one.students for one in figures.waiting) == int(scores["to_mark"].sum())


def test_time_leaves_pauses_out_and_needs_several_students(folder, key):
    items = load_exercise(key.dossier, "03").task(TASK).items
    for number in range(5):
        paces = [0, 60, 301, 60 * (number + 1)]  # 1 minute, a pause, then 1 to 5 minutes
        answers = [
            (TASK, item, "stance", "neutral", pace, "") for item, pace in zip(items, paces, strict=False)
        ]
        hand_in(folder, f"s{number}", answers)
        if number == 3:
            few = figures_of(folder, key).answers.spent
            assert all(np.isnan(row.median) and row.students == 4 for row in few)
            assert "Too few students have answered" in page_of(folder, key)
    whole, task = figures_of(folder, key).answers.spent
    assert (whole.task, task.task.id, task.students) == (None, TASK, 5)
    assert (task.low, task.median, task.high) == pytest.approx((3.0, 4.0, 5.0))
    assert (whole.low, whole.median, whole.high) == pytest.approx((3.0, 4.0, 5.0))


# --- whose figures they are ----------------------------------------------------------------------------

PEOPLE = (
    Student("lovelace_a", "Ada Lovelace", "S0009", "ada.l@example.org", "alove", "4711000", "88123", "99123"),
    Student("hopper_g", "Grace Hopper", "S0004", "grace@example.org", "ghop", "4711001", "88124", "99124"),
)
SIGNS = (
    *("lovelace", "hopper", "ada", "grace", "example.org", "alove", "ghop"),
    *("4711000", "4711001", "88123", "99123", "88124", "99124"),
)


@pytest.fixture
def named(folder, key):
    """A class whose findings and notes name its members."""
    students.store(folder, PEOPLE)
    one, _ = single_and_arguable(key)
    options = key.dossier.codebook["commitment"].label_ids
    for number in range(8):
        student = PEOPLE[number].id if number < 2 else f"guest{number}"
        name = PEOPLE[number % 2].name
        notes = (
            f"I am {name}.",
            "ask ada about it",
            "Mail grace@example.org",
            "The verb decides it here.",
            HOSTILE,
        )
        answer = (TASK, one, "commitment", options[number % 2], 10, notes[number % 5])
        sentence = f"Its ids are those of {PEOPLE[1 - number % 2].id}, in “Lovelace_Ada_4711000 {HOSTILE}”."
        hand_in(folder, student, [answer], findings=(sentence,))
    return folder


def spelled(page):
    """Return the words of a page without its pictures."""
    return re.sub(r"base64,[^\"]*", "", page).casefold()


def signs_in(page):
    return [sign for sign in SIGNS if re.search(rf"(?<![a-z]){re.escape(sign)}(?![a-z])", page)]


def test_by_default_nobody_is_named(named, key):
    page = spelled(page_of(named, key))
    assert signs_in(page) == []
    assert "guest" not in page
    assert "students appear under pseudonyms" in page
    assert "s0009" in page
    assert "the verb decides it here." in page, "notes that name nobody are quoted"
    assert "ids are those of s0004" in page, "findings stay, under pseudonyms"


def test_names_that_a_journal_gives_are_left_out_too(folder, key):
    """Students choose them, so the list of the class does not know them."""
    sentence = "The journal gives more than one name: Hans (14), Hans Peter Ümläut (27)."
    students.store(folder, PEOPLE)
    hand_in(folder, PEOPLE[0].id, [], findings=(sentence,))
    page = page_of(folder, key)
    assert "The journal gives more than one name." in page
    assert "Ümläut" not in page


@pytest.mark.usefixtures("undrawn")
def test_a_planted_name_would_be_seen(named, key, monkeypatch):
    monkeypatch.setattr("backchannel.classroom.reporting.disguise.Disguise.names_somebody", lambda *_: False)
    assert signs_in(spelled(page_of(named, key)))


@pytest.mark.usefixtures("undrawn")
def test_names_appear_when_asked_for_and_the_page_says_so(named, key):
    page = spelled(page_of(named, key, real_names=True))
    assert "ada lovelace" in page
    assert "this report names students" in page
    assert "ask ada about it" not in page, "notes never name anybody"


@pytest.mark.usefixtures("undrawn")
def test_no_note_is_quoted_where_few_answered(folder, key):
    one, _ = single_and_arguable(key)
    options = key.dossier.codebook["commitment"].label_ids
    for number in range(4):
        note = "The verb decides it here."
        hand_in(folder, f"s{number}", [(TASK, one, "commitment", options[number % 2], 10, note)])
    assert "the verb decides it here." not in spelled(page_of(folder, key))
    hand_in(folder, "s4", [(TASK, one, "commitment", options[0])])
    assert "the verb decides it here." in spelled(page_of(folder, key))


# --- the page ------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    """Notes down every element with its attributes, and whether each is closed."""

    EMPTY = ("meta", "img", "br")

    def __init__(self, page):
        super().__init__()
        self.found, self.open, self.faults, self.words = [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.faults.append(tag)

    def handle_data(self, data):
        self.words.append(data)


def test_nothing_a_student_wrote_acts(named, key):
    page = page_of(named, key)
    tags = Tags(page)
    assert tags.faults == []
    assert tags.open == []
    names = Counter(tag for tag, _ in tags.found)
    assert names["script"] == names["iframe"] == names["link"] == names["form"] == 0
    for tag, attributes in tags.found:
        assert not any(name.startswith("on") for name in attributes), (tag, attributes)
        for name in ("href", "src"):
            address = attributes.get(name, "")
            assert address.startswith(("#", "data:image/svg+xml;base64,")) or not address, address
    assert "alert(1)" in "".join(tags.words), "hostile words are shown as words"
    assert page.count("\u202e") == page.count("\u202c")
    assert page.count("\u2066") == page.count("\u2069")
    policy = next(a["content"] for t, a in tags.found if a.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in policy
    ids = [attributes["id"] for _, attributes in tags.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    links = {attributes["href"][1:] for tag, attributes in tags.found if tag == "a"}
    assert links <= set(ids)


def test_the_same_class_gives_the_same_page_apart_from_the_date(invented, key):
    first = page_of(invented, key)
    (invented.root / labels.TABLE).unlink()
    assert page_of(invented, key) == first
    later = report.make_report(invented, gather(invented, key), key, at=NOW + timedelta(days=1))
    assert later == first.replace("22 Nov 2026, 12:00 UTC", "23 Nov 2026, 12:00 UTC")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_is_readable_and_follows_the_theme(figures, key, language):
    answers = figures.answers
    pictures = [
        class_pictures.completion(figures, language),
        class_pictures.points(figures, language),
        class_pictures.with_reference(answers.reference, language),
        agreement_chart(agreement.agreement_table(answers.agreement), key.dossier.codebook, language),
        class_pictures.time_spent(figures, answers.spent, language),
        *(class_pictures.confusions(confused, language) for confused in answers.confused),
    ]
    for picture in pictures:
        assert_nothing_overlaps_is_cut_off_or_faint(picture)
        assert not re.search(r"\bnan\b|\bNone\b|\{", picture.alt)
        drawn, _, rest = report_html.svg(picture).partition("<style>")
        themes, _, rest = rest.partition("</style>")
        assert re.findall("#[0-9a-f]{6}", drawn + rest) == [], "a colour that dark pages do not change"
        assert "prefers-color-scheme:dark" in themes


def test_words_and_marks_can_be_told_apart_in_both_themes():
    for paper, of in (
        (style.PAPER, lambda colour: colour),
        (report_html.DARK[style.PAPER], report_html.DARK.get),
    ):
        for colour in (style.INK, style.MUTED):
            assert style.contrast(of(colour), paper) >= 4.5
        for colour in (style.BLUE, style.VERMILION, style.GREEN, style.PURPLE, style.OCHRE):
            assert style.contrast(of(colour), paper) >= 3
        mixed = [
            round(
                int(of(style.BLUE)[n : n + 2], 16) * class_pictures._DEEPEST
                + int(paper[n : n + 2], 16) * (1 - class_pictures._DEEPEST)
            )
            for n in (1, 3, 5)
        ]
        deepest = "#" + "".join(f"{part:02x}" for part in mixed)
        assert style.contrast(of(style.INK), deepest) >= 4.5, "a number in a full cell"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_class_of_one_and_a_class_that_is_not_graded_have_a_page(folder, key, language):
    one, two = single_and_arguable(key)
    hand_in(folder, "ida", [(TASK, one, "commitment", "open"), (TASK, two, "commitment", "certain")])
    page = page_of(folder, key, language=language)
    assert not re.search(r"\bnan\b|\bNone\b|\{\w*\}", "".join(Tags(page).words))
    hand_in(folder, "ida", [])
    assert "S?" in page_of(folder, key, language=language)


@pytest.mark.usefixtures("undrawn")
def test_a_large_class_has_no_table_of_students(invented, key, figures, monkeypatch):
    made = Report(figures, key, "class", NOW, False, "en")
    whole = report_page.report_html(made)
    called = figures.rows[3].called
    assert f"<bdi>{called}</bdi>" in whole
    monkeypatch.setattr(report_page, "MOST_SHOWN", 10)
    folded = report_page.report_html(made)
    assert "Show all 14 students" in folded
    assert f"<bdi>{called}</bdi>" in folded
    monkeypatch.setattr(report_page, "MOST_FOLDED", 12)
    left_out = report_page.report_html(made)
    assert f"<bdi>{called}</bdi>" not in left_out
    assert "With 14 students, a table of each would be no help" in left_out


@pytest.mark.usefixtures("undrawn")
def test_a_finding_of_many_names_some_and_counts_the_rest(folder, key):
    for number in range(20):
        hand_in(folder, f"s{number:02}", [], findings=("The journal is missing.",))
    (finding,) = figures_of(folder, key).findings
    assert len(finding.places) == 20
    assert "and 8 more" in page_of(folder, key)


def test_only_the_exercises_asked_for_are_reported_on(invented, key):
    found = figures_of(invented, key, only=["08_logan_act"])
    assert list(found.exercises) == ["08_logan_act"]
    assert {row.task.id[:4] for row in found.answers.questions} == {"ex08"}
    assert found.size == 14
    with pytest.raises(NotReadyError, match="Nobody has handed in 05_diplomacy_tracks yet"):
        figures_of(invented, key, only=["05_diplomacy_tracks"])


def test_a_submission_of_an_unknown_exercise_is_told(folder, key):
    hand_in(folder, "ida", [], "77_of_another_course")
    with pytest.raises(DataError, match="77_of_another_course"):
        figures_of(folder, key)


# --- the command ---------------------------------------------------------------------------------------


def test_the_command_writes_one_page_and_says_whether_it_names_students(invented, tmp_path, capsys):
    copy = tmp_path / "our class"
    shutil.copytree(invented.root, copy)
    assert report.main(["--class", str(copy)]) == 0
    assert "report.html: " in (told := capsys.readouterr().out)
    assert "Students appear under pseudonyms." in told
    page = (copy / "report.html").read_text(encoding="utf-8")
    assert "<h1>Report on the class: our class</h1>" in page
    out = tmp_path / "bericht.html"
    options = ["--exercise", "03", "--exercise", "08", "--names", "--language", "de", "--out", str(out)]
    assert report.main(["--class", str(copy), *options]) == 0
    assert "It names students." in capsys.readouterr().out
    named = out.read_text(encoding="utf-8")
    assert '<html lang="de">' in named
    assert students.load(replace(invented, root=copy))["st00000"].name in named


@pytest.mark.usefixtures("undrawn")
def test_the_command_says_in_a_sentence_what_is_wrong(invented, tmp_path):
    with pytest.raises(UsageError, match="There is no exercise 'xx'"):
        report.main(["--class", str(invented.root), "--exercise", "xx"])
    with pytest.raises(BackchannelError, match=r"was not written .*name another place with --out\."):
        report.main(["--class", str(invented.root), "--out", str(invented.root / "students.csv" / "a.html")])
