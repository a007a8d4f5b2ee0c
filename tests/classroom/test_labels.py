"""The table of a class's answers: what counts, what is set aside, what is read again, what is exported."""

from __future__ import annotations

import csv
import io
import json
import random
from pathlib import Path

import duckdb
import pytest

from backchannel import exercises
from backchannel.classroom import students
from backchannel.classroom.folder import ClassFolder, Place
from backchannel.classroom.records import Collected, sha256, write_collected
from backchannel.classroom.reporting import labels
from backchannel.classroom.students import Student
from backchannel.dossier import load_dossier
from backchannel.errors import BackchannelError, NotReadyError, UsageError
from backchannel.journal import Decision, Journal, Replay
from backchannel.workspace import Workspace

PROJECT = Path(__file__).resolve().parents[2]
EXERCISE = "03_how_sure_is_who"
TASK, FIELD = "ex03-1", "commitment"
FORMULA = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def dossier():
    return load_dossier(PROJECT / "course_data")


@pytest.fixture(scope="module")
def task(dossier):
    return exercises.load_exercise(dossier, "03").task(TASK)


@pytest.fixture
def folder(tmp_path):
    return ClassFolder(tmp_path / "our [class] *it's*", PROJECT)


def line(number, item, value, *, field=FIELD, activity=TASK, at="10:00:00.000", note="", **more):
    made = {"id": f"n{number}", "at": f"2026-11-22T{at}Z", "student": "", "activity": activity, "item": item}
    return json.dumps(made | {"field": field, "value": value, "note": note} | more).encode() + b"\n"


def hand_in(folder, student, journal, exercise=EXERCISE):
    place = Place(student, exercise)
    write_collected(folder, Collected(student, exercise, "a.zip", journal=sha256(journal) if journal else ""))
    if journal:
        folder.journal(place).write_bytes(journal)
    return place


def rows_of(found, columns="student, item, field, value", where="standing"):
    with labels.opened() as connection:
        labels.view(connection, found)
        return connection.execute(f"select {columns} from answers where {where} order by all").fetchall()


def gather(folder, dossier):
    return labels.bring_up_to_date(folder, dossier, lambda _line: None)


# --- what counts ---------------------------------------------------------------------------------------


def test_only_what_stands_in_the_end_counts(folder, dossier, task):
    one, two, three, four = task.items[:4]
    journal = [
        line(1, one, "certain"),
        line(2, one, "probable"),  # changed
        line(3, two, "open"),
        line(4, two, "n3", field="undo"),  # taken back
        line(5, three, "possible"),
        line(6, three, "denied"),
        line(7, three, "n6", field="undo"),  # taken back: the one before stands again
        line(8, four, "~"),  # skipped
        line(9, four, "", field="stance"),  # cleared
        line(1, one, "denied"),  # sent twice under one id: the first counts
    ]
    hand_in(folder, "ida", b"".join(journal))
    found = gather(folder, dossier)
    expected = [(one, "probable"), (three, "possible"), (four, "~")]
    assert rows_of(found, "item, value") == sorted(expected)
    assert len(rows_of(found, where="true")) == 7, "answers that were changed stay in the table"
    assert found.findings == {}


@pytest.mark.parametrize("seed", range(4))
def test_the_table_holds_what_the_labeller_would_show(folder, dossier, task, tmp_path, seed):
    draw = random.Random(seed)
    session = exercises.label_session(dossier, Workspace(tmp_path / "own", "1.4"), task)
    for _ in range(60):
        claim, dimension = draw.choice(task.items), draw.choice(task.dimensions)
        action = draw.random()
        if action < 0.7:
            session.label(claim, dimension, draw.choice(dossier.codebook[dimension].label_ids))
        elif action < 0.8:
            session.skip(claim, dimension)
        else:
            session.undo()
    hand_in(folder, "ida", (tmp_path / "own" / "journal.jsonl").read_bytes())
    table = session.table()
    shown = {(r.claim, r.dimension): r.label for r in table.itertuples() if r.label}
    found = rows_of(gather(folder, dossier), "item, field, value", "standing and value <> '~'")
    assert {(item, field): value for item, field, value in found} == shown


def test_a_set_of_labels_is_written_as_the_codebook_writes_it(folder, dossier):
    tasks = [task for one in exercises.load_exercises(dossier).values() for task in one.tasks]
    task = next(task for task in tasks if "logan_elements" in task.dimensions)
    journal = line(1, task.items[0], "intent; citizen;intent", field="logan_elements", activity=task.id)
    hand_in(folder, "ida", journal, f"{task.id[2:4]}_any_name")
    assert rows_of(gather(folder, dossier), "value") == [("citizen;intent",)]


def test_seconds_are_since_the_answer_before_and_never_negative(folder, dossier, task):
    one, two, three, four = task.items[:4]
    times = {one: "10:00:00.000", two: "10:00:20.500", three: "09:59:00.000", four: "10:01:00.000"}
    journal = [line(n, item, "certain", at=at) for n, (item, at) in enumerate(times.items())]
    journal.insert(2, line(9, one, "yes", field="flag", at="10:00:10.000"))  # no answer, so no pause
    journal.append(line(10, one, "open", at="no time at all"))
    hand_in(folder, "ida", b"".join(journal))
    found = dict(rows_of(gather(folder, dossier), "item, seconds", "true and value = 'certain'"))
    assert found == {one: None, two: 20.5, three: None, four: 120.0}
    assert rows_of(gather(folder, dossier), 'seconds, "at"', "value = 'open'") == [(None, None)]


def test_what_no_task_asks_for_is_passed_over(folder, dossier, task):
    other = next(claim for claim in dossier.claims if claim not in task.items)
    journal = [
        line(1, other, "certain"),
        line(2, task.items[0], "certain", activity="ex04-1"),
        line(3, task.items[0], "yes", field="flag"),
        line(4, "settings", "de", field="language", activity="workspace"),
    ]
    hand_in(folder, "ida", b"".join(journal))
    hand_in(folder, "ben", line(1, task.items[0], "certain"), "99_of_another_course")
    assert rows_of(gather(folder, dossier), where="true") == []


# --- journals that are no good -------------------------------------------------------------------------


def test_hostile_journals_are_told_and_change_nothing_for_others(folder, dossier, task):
    good = line(1, task.items[0], "certain")
    deep = b"[" * 100_000 + b"\n"
    far = line(3, task.items[2], "open").replace(b"2026", b"9999").replace(b"Z", b"-23:59")
    hand_in(folder, "good", good)
    hand_in(folder, "torn", good + line(2, task.items[1], "open")[:-20])
    hand_in(folder, "junk", b"\x00\xff{}\n[1]\n" + deep + b'{"id": 5}\n' + good + far)
    hand_in(folder, "guess", line(1, task.items[0], "<script>") + line(2, task.items[1], "open"))
    hand_in(folder, "huge", b" " * (21 * 2**20))
    link = hand_in(folder, "link", good)
    folder.journal(link).unlink()
    folder.journal(link).symlink_to(folder.journal(Place("good", EXERCISE)))
    device = hand_in(folder, "folder", b"")
    folder.journal(device).mkdir()
    found = gather(folder, dossier)
    told = {place.student: " ".join(sentences) for place, sentences in found.findings.items()}
    assert set(told) == {"torn", "junk", "guess", "huge", "link", "folder"}
    assert "set aside as no decisions: 1 (the first is row 2" in told["torn"]
    assert "set aside as no decisions: 4 (the first is row 1" in told["junk"]
    assert "does not offer and that count as open: 1" in told["guess"]
    assert all(sentence.endswith(".") for sentences in found.findings.values() for sentence in sentences)
    standing = rows_of(found, "student, item, value")
    first, _, third = task.items[:3]
    assert [row for row in standing if row[0] == "good"] == [("good", first, "certain")]
    assert [row for row in standing if row[0] == "junk"] == sorted(
        [("junk", first, "certain"), ("junk", third, "open")]
    )
    assert {row[0] for row in standing} == {"good", "torn", "junk", "guess"}
    assert "script" not in str(standing)


def test_lines_are_taken_as_the_journal_takes_them(folder, dossier, task, tmp_path):
    draw = random.Random(3)
    journal = b""
    for number in range(200):
        made = line(draw.randrange(120), draw.choice(task.items), draw.choice(("certain", "open", "~", "")))
        undo = line(f"u{number}", draw.choice(task.items), f"n{draw.randrange(120)}", field="undo")
        journal += draw.choice((made, made, undo, made[: draw.randrange(5, 40)] + b"\n", b"\n"))
    path = tmp_path / "journal.jsonl"
    path.write_bytes(journal.rstrip(b"\n"))  # an editor may have taken the last line end away
    reference = Journal(path)
    reference.refresh()
    hand_in(folder, "ida", path.read_bytes())
    expected = {(d.item, d.value) for d in reference.state.standing(TASK) if d.value}
    found = gather(folder, dossier)
    assert set(rows_of(found, "item, value")) == expected
    (told,) = found.findings[Place("ida", EXERCISE)]
    assert f"no decisions: {len(reference.reports)} " in told


def test_taking_back_costs_no_search(monkeypatch):
    """A hostile journal of retractions would else take hours."""
    made = [Decision(f"n{n}", "", "", TASK, "c", FIELD, "open") for n in range(50)]
    taken = [Decision(f"u{n}", "", "", TASK, "c", "undo", f"n{n}") for n in range(49)]
    monkeypatch.setattr(Decision, "__eq__", lambda *_: pytest.fail("decisions were compared one by one"))
    replay = Replay()
    for decision in (*made, *taken):
        replay.feed(decision)
    assert replay.get(TASK, "c", FIELD) is made[-1]
    assert replay.last(TASK) is made[-1]


# --- brought up to date --------------------------------------------------------------------------------


def test_only_what_changed_is_read_again(folder, dossier, task):
    one, two = task.items[:2]
    for student in ("ada", "ben", "cai"):
        hand_in(folder, student, line(1, one, "certain"))
    assert gather(folder, dossier).read == 3
    before = (folder.root / labels.TABLE).stat()
    assert gather(folder, dossier).read == 0
    assert (folder.root / labels.TABLE).stat().st_ino == before.st_ino, "nothing changed, yet it was written"
    hand_in(folder, "ben", line(1, one, "certain") + line(2, two, "open"))
    hand_in(folder, "dia", line(1, two, "denied"))
    found = gather(folder, dossier)
    assert found.read == 2
    expected = [("ada", one, "certain"), ("ben", one, "certain"), ("ben", two, "open")]
    expected += [("cai", one, "certain"), ("dia", two, "denied")]
    assert rows_of(found, "student, item, value") == sorted(expected)
    folder.about(Place("ada", EXERCISE)).unlink()
    assert {row[0] for row in rows_of(gather(folder, dossier))} == {"ben", "cai", "dia"}


def test_findings_are_still_told_when_nothing_is_read(folder, dossier):
    place = hand_in(folder, "ida", b"no journal\n")
    assert place in gather(folder, dossier).findings
    again = gather(folder, dossier)
    assert again.read == 0
    assert place in again.findings


@pytest.mark.parametrize("damage", [b"", b"PAR1 but not really PAR1", None])
def test_a_damaged_or_foreign_table_is_made_anew(folder, dossier, task, damage):
    hand_in(folder, "ida", line(1, task.items[0], "certain"))
    path = gather(folder, dossier).path
    if damage is None:
        path.unlink()
        duckdb.execute(
            f"copy (select 1 as one) to '{str(path).replace(chr(39), chr(39) * 2)}' (FORMAT parquet)"
        )
    else:
        path.write_bytes(damage)
    found = gather(folder, dossier)
    assert found.read == 1
    assert len(rows_of(found)) == 1


def test_another_course_means_reading_everything_anew(folder, dossier, task, small_package):
    hand_in(folder, "ida", line(1, task.items[0], "certain"))
    gather(folder, dossier)
    assert rows_of(gather(folder, small_package.load()), where="true") == []
    assert len(rows_of(gather(folder, dossier))) == 1


def test_a_long_reading_tells_how_far_it_is(folder, dossier, task, monkeypatch):
    monkeypatch.setattr(labels, "_TOLD_EVERY", 2)
    monkeypatch.setattr(labels, "_ROWS_AT_ONCE", 2)
    for number in range(5):
        hand_in(folder, f"s{number}", line(1, task.items[0], "certain") + line(2, task.items[1], "open"))
    told = []
    found = labels.bring_up_to_date(folder, dossier, told.append)
    assert told == ["journals read: 2 of 5", "journals read: 4 of 5"]
    assert len(rows_of(found)) == 10


def test_an_empty_class_says_what_to_do_first(folder, dossier):
    with pytest.raises(NotReadyError, match=r"run `backchannel collect` first\."):
        gather(folder, dossier)


def test_the_database_prints_nothing_and_fetches_nothing():
    with labels.opened() as connection:
        for setting in ("enable_progress_bar", "autoinstall_known_extensions", "autoload_known_extensions"):
            assert connection.execute(f"select current_setting('{setting}')").fetchone() == (False,)


# --- export --------------------------------------------------------------------------------------------


@pytest.fixture
def listed(folder, task):
    folder.root.mkdir(parents=True)
    people = (
        Student("ada_l", "Ada Lovelace", "S0009", "ada@example.org", "adal", "471100"),
        Student("zoe_q", FORMULA, "S0001", "zoe@example.org", "zoeq", "471101"),
    )
    students.store(folder, people)
    for student in ("ada_l", "zoe_q", "nobody", "noone"):
        hand_in(folder, student, line(1, task.items[0], "certain", note=f"{FORMULA} \u202e\x07 Ada"))
    return folder


def read_csv(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


def test_labels_leave_the_house_under_pseudonyms_and_without_notes(listed, tmp_path):
    for name in ("labels.csv", "labels.parquet"):
        out = tmp_path / "out" / name
        assert labels.write_labels(listed, out, real_names=False) == 4
        written = out.read_bytes()
        for planted in (b"Ada", b"Lovelace", b"ada_l", b"zoe", b"nobody", b"471100", b"example.org", b"calc"):
            assert planted not in written
    rows = read_csv(tmp_path / "out" / "labels.csv")
    assert rows[0]["student"] == "S0001", "the order of pseudonyms, not of names"
    assert len({row["student"] for row in rows}) == 4, "students on no list are not one student"
    assert {"note", "name"}.isdisjoint(rows[0])
    frame = duckdb.read_parquet(str(tmp_path / "out" / "labels.parquet")).df()
    assert [*frame.columns] == [*rows[0]]
    assert frame["value"].to_list() == ["certain"] * 4


def test_names_and_notes_leave_only_when_asked_for_and_no_cell_acts(listed, tmp_path):
    out = tmp_path / "labels.csv"
    labels.write_labels(listed, out, real_names=True, notes=True)
    assert out.read_bytes().startswith("\ufeffstudent,name,exercise,".encode())
    rows = {row["student"]: row for row in read_csv(out)}
    assert rows["ada_l"]["name"] == "Ada Lovelace"
    assert rows["zoe_q"]["name"] == f"'{FORMULA}"
    note = rows["ada_l"]["note"]
    assert note.startswith("'=cmd")
    assert "\x07" not in note
    assert note.count("\u202e") == note.count("\u202c"), "a direction of writing stays open"


def test_skipped_is_a_value_and_what_does_not_stand_stays_here(folder, task, tmp_path):
    journal = [line(1, task.items[0], "certain"), line(2, task.items[0], "~"), line(3, task.items[1], "")]
    hand_in(folder, "ida", b"".join(journal))
    out = tmp_path / "labels.csv"
    assert labels.write_labels(folder, out, real_names=False) == 1
    assert read_csv(out)[0]["value"] == "~"


@pytest.mark.parametrize("name", ["labels.xlsx", "labels"])
def test_another_kind_of_file_is_refused(listed, tmp_path, name):
    with pytest.raises(UsageError, match=r"let its name end in \.csv or \.parquet\."):
        labels.write_labels(listed, tmp_path / name, real_names=False)


def test_a_place_that_cannot_be_written_leaves_what_was_there(listed, tmp_path):
    (tmp_path / "labels.csv").mkdir()
    with pytest.raises(BackchannelError, match=r"labels\.csv cannot be written"):
        labels.write_labels(listed, tmp_path / "labels.csv", real_names=False)
    assert [path.name for path in tmp_path.iterdir() if "part" in path.name] == []
