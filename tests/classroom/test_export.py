"""Points for Moodle, Canvas and a spreadsheet: right cells, nothing invented, nothing that acts."""

from __future__ import annotations

import csv
import io
import sys
from pathlib import Path
from types import ModuleType

import pytest
from graded_class import EXERCISE, GradedClass

from backchannel import exercises
from backchannel.classroom import gradebook, students
from backchannel.classroom.folder import Place
from backchannel.classroom.handing_back import export, filled_sheets, grade_sheets
from backchannel.classroom.handing_back.grade_sheets import cell, points_words
from backchannel.classroom.handing_back.grades import participant, read_grades
from backchannel.classroom.records import Collected
from backchannel.dossier import load_dossier
from backchannel.errors import DataError, NotReadyError, UsageError

OTHER = "07_contested_events"
FORMULAS = ("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "＋1", "－1+1", "＠x", " =1", "'=1")
ENGLISH = (
    "Identifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments"
)
GERMAN = (
    'ID,"Vollständiger Name",ID-Nummer,E-Mail-Adresse,Status,Bewertung,Bestwertung,'
    '"Bewertung kann geändert werden","Zuletzt geändert (Abgabe)","Zuletzt geändert (Bewertung)",'
    '"Feedback als Kommentar"'
)


@pytest.fixture(scope="module")
def key(course_data):
    return exercises.require_key(load_dossier(course_data))


@pytest.fixture(scope="module")
def graded(key, tmp_path_factory):
    """Ada is fully marked, Bob's text is not, Cem is not graded, Dan handed nothing in."""
    made = GradedClass(tmp_path_factory.mktemp("made") / "class", key)
    about = {
        "ada": {"name": "Ada Lovelace", "canvas": "7001", "moodle": "11", "section": "A"},
        "bob": {"name": "=HYPERLINK(1) Böll", "canvas": "7002"},
        "cem": {"name": "Cem Kaya", "canvas": "7003"},
        "dan": {"name": "Dan Nobody", "canvas": "7004"},
    }
    for number, (student, found) in enumerate(about.items(), start=1):
        made.enrol(student, email=f"{student}@example.org", login=student, number=f"41200{number}", **found)
    made.add("ada", "excellent", source="all.zip/Ada Lovelace_501_assignsubmission_file_/03.ipynb", late=5400)
    made.mark(Place("ada", EXERCISE), "ex03-3", 7.25, '=1+1, "good"\n<b>3 < 4</b>')
    made.add("bob", "half", source="all.zip/Bob_502_assignsubmission_file_/03.ipynb")
    waiting = made.add("cem", "half")
    made.folder.graded(waiting).unlink()
    made.add("ada", "untouched", exercise=OTHER)
    yield made
    made.close()


def run(graded, *words: str) -> int:
    return export.main(["grades", *words, "--class", str(graded.folder.root)])


def read(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    text = path.read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


def template(tmp_path: Path, text: str) -> str:
    path = tmp_path / "template.csv"
    path.write_bytes(text.encode())
    return str(path)


# --- cells ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_is_taken_for_a_formula(text):
    assert cell(text).startswith("'")


@pytest.mark.parametrize(
    "text", ["12", "7.25", "7,25", "-3", "+49", "1.000,5", "100%", "-", "", "Ada", "a=b"]
)
def test_numbers_and_plain_text_stay_as_they_are(text):
    assert cell(text) == text


def test_what_cannot_be_seen_is_taken_out():
    assert cell("\u202eAda\u200b\x1b[31m\ufeff=") == "Ada[31m="
    assert cell("\u200b=1+1") == "'=1+1", "a formula does not hide behind it"


def test_points_are_written_without_needless_zeros():
    assert [points_words(p) for p in (0.0, 20.0, 7.25, 5.333, 10.0)] == ["0", "20", "7.25", "5.33", "10"]
    assert points_words(7.25, comma=True) == "7,25"


# --- plain ---------------------------------------------------------------------------------------------


def test_a_plain_table_has_a_row_for_everybody(graded, tmp_path, capsys):
    out = tmp_path / "grades.csv"
    assert run(graded, "--for", "plain", "--out", str(out)) == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = {row["id"]: row for row in read(out)}
    assert list(rows) == ["ada", "bob", "cem", "dan"]
    ada, bob = rows["ada"], rows["bob"]
    assert (ada["03 points"], ada["03 most"], ada["03 state"]) == ("19.25", "20", "marked")
    assert (ada["ex03-1"], ada["ex03-2"], ada["ex03-3"]) == ("7", "5", "7.25")
    assert ada["03 late (hours)"] == "1.5"
    assert ada["03 comments"] == 'ex03-3: =1+1, "good"\n<b>3 < 4</b>'
    assert (ada["07 points"], ada["07 state"]) == ("0", "marked")
    assert (bob["03 points"], bob["03 state"], bob["ex03-1"], bob["ex03-3"]) == ("", "to mark", "3", "")
    assert bob["name"] == "'=HYPERLINK(1) Böll"
    assert rows["cem"]["03 state"] == "not graded"
    assert (rows["dan"]["03 state"], rows["dan"]["03 late (hours)"]) == ("nothing handed in", "")
    said = capsys.readouterr().out
    assert "03_how_sure_is_who: points for 1 student." in said
    assert "Not fully marked yet (ex03-3), no number: =HYPERLINK(1) Böll." in said
    assert "Not graded yet, no number; run `backchannel grade`: Cem Kaya." in said
    assert "Nothing handed in, no number: Dan Nobody." in said
    assert "01" not in rows["dan"].get("01 points", "")
    assert not [name for name in ada if name.startswith("05")], "no columns for what nobody handed in"


def test_partial_points_count_only_where_asked_for(graded, tmp_path, capsys):
    out = tmp_path / "grades.csv"
    assert run(graded, "--for", "plain", "--exercise", "03", "--partial", "--out", str(out)) == 0
    assert {row["id"]: row["03 points"] for row in read(out)}["bob"] == "5"
    assert "counted as far as they are marked: =HYPERLINK(1) Böll" in capsys.readouterr().out


def test_the_table_lies_in_the_class_folder_by_default(graded):
    assert run(graded, "--for", "plain", "--exercise", "03") == 0
    assert (graded.folder.root / "grades-plain-03.csv").is_file()


def test_who_is_not_in_the_list_is_exported_by_id(key, tmp_path):
    made = GradedClass(tmp_path / "class", key)
    made.add("stray", "untouched")
    made.close()
    grades = read_grades(
        made.folder, students.load(made.folder), {EXERCISE: exercises.load_exercise(key.dossier, "03")}
    )
    (_, row) = grade_sheets.plain(grades).rows
    assert row[:2] == ("stray", "")


def test_a_submission_that_could_not_be_read_gets_no_number(key, tmp_path, capsys):
    made = GradedClass(tmp_path / "class", key)
    place = made.add("ada", "untouched")
    made.grade(place, status="refused")
    made.close()
    assert run(made, "--for", "plain") == 0
    (row,) = read(made.folder.root / "grades-plain.csv")
    assert (row["03 points"], row["03 state"]) == ("", "refused")
    assert "Could not be graded, no number: ada." in capsys.readouterr().out


def test_refused_submissions_get_no_number_with_partial_points_either(key, tmp_path):
    made = GradedClass(tmp_path / "class", key)
    made.grade(made.add("ada", "untouched"), status="refused")
    made.close()
    assert run(made, "--for", "plain", "--partial") == 0
    assert read(made.folder.root / "grades-plain.csv")[0]["03 points"] == ""


def test_who_has_no_points_since_no_journal_came_is_named(key, tmp_path, capsys):
    made = GradedClass(tmp_path / "class", key)
    made.enrol("ada", name="Ada")
    made.enrol("ada-2", name="Ada")
    made.enrol("bob", name="Bob")
    for student, kind in (("ada", "untouched"), ("ada-2", "half"), ("bob", "untouched")):
        made.add(student, kind)
    made.overrule(Place("bob", EXERCISE), "ex03-1", 3.0)
    made.close()
    run(made, "--for", "plain")
    said = capsys.readouterr().out
    assert "1 has 0 points for labels and questions because no journal came: Ada (ada).\n" in said
    assert "Not fully marked yet (ex03-3), no number: Ada (ada-2).\n" in said


def test_what_was_handed_in_anew_gets_no_number_until_it_is_graded(key, tmp_path, capsys):
    made = GradedClass(tmp_path / "class", key)
    old = made.add("ada", "untouched")
    made.add("bob", "untouched")
    made.folder.notebook(old).write_bytes(made.folder.notebook(old).read_bytes() + b" ")
    made.close()
    assert run(made, "--for", "plain", "--partial") == 0
    ada, bob = read(made.folder.root / "grades-plain.csv")
    assert (ada["03 points"], ada["03 state"], ada["ex03-1"]) == ("", "changed since graded", "")
    assert (bob["03 points"], bob["03 state"]) == ("0", "marked")
    said = capsys.readouterr().out
    assert "or the key changed, since they were graded, no number; run `backchannel grade 03`: ada." in said


def test_a_comment_on_words_that_changed_is_not_exported(key, tmp_path):
    made = GradedClass(tmp_path / "class", key)
    place = made.add("ada", "half")
    made.mark(place, "ex03-3", 4, "About the old words.")
    with gradebook.open_book(made.folder) as book:
        book.find_grade("ex03-3", EXERCISE, EXERCISE, "ada").needs_manual_grade = True
        book.db.commit()
    made.close()
    run(made, "--for", "plain", "--partial")
    (row,) = read(made.folder.root / "grades-plain.csv")
    assert (row["03 points"], row["03 comments"]) == ("5", "")


def test_before_anything_is_graded_no_table_is_written(key, tmp_path):
    made = GradedClass(tmp_path / "class", key)
    made.folder.graded(made.add("ada", "half")).unlink()
    made.close()
    with pytest.raises(NotReadyError, match=r"03 is graded as it is now.*`backchannel grade 03` first"):
        run(made, "--for", "plain", "--exercise", "03")
    with pytest.raises(NotReadyError, match=r"No submission of exercise 05 is in .*`backchannel collect`"):
        run(made, "--for", "plain", "--exercise", "05")
    assert not list(made.folder.root.glob("grades-*"))


def test_before_grading_there_is_nothing_to_export(tmp_path, key):
    with pytest.raises(NotReadyError, match="no gradebook"):
        export.main(["grades", "--for", "plain", "--class", str(tmp_path / "class")])


# --- imports without a template ------------------------------------------------------------------------


def test_moodles_import_leaves_out_who_has_no_points(graded, tmp_path):
    out = tmp_path / "grades.csv"
    assert run(graded, "--for", "moodle", "--exercise", "03", "--out", str(out)) == 0
    (row,) = read(out)
    assert row == {
        "ID number": "412001",
        "Email address": "ada@example.org",
        "Full name": "Ada Lovelace",
        "03 How sure is who?": "19.25",
    }


def test_canvas_import_has_the_points_possible_and_ids(graded, tmp_path):
    out = tmp_path / "grades.csv"
    assert run(graded, "--for", "canvas", "--exercise", "03", "--out", str(out)) == 0
    head, possible, ada = csv.reader(io.StringIO(out.read_text(encoding="utf-8-sig")))
    assert head == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "03 How sure is who?"]
    assert possible == ["    Points Possible", "", "", "", "", "20"]
    assert ada == ["Ada Lovelace", "7001", "412001", "ada", "A", "19.25"]


def test_empty_cells_and_unknown_students_are_told(key, tmp_path, capsys):
    made = GradedClass(tmp_path / "class", key)
    made.enrol("ada", name="Ada", email="a@example.org")
    made.enrol("bob", name="Bob")
    for student in ("ada", "bob"):
        made.add(student, "untouched")
    made.add("ada", "half", exercise=OTHER)
    made.close()
    assert run(made, "--for", "moodle") == 0
    said = capsys.readouterr().out
    assert "an empty cell takes away a grade" in said
    assert "Left out, since students.csv lacks an ID number or an email address" in said
    assert said.count(" Bob") == 3, "for 07, for the journal of 03, and left out"
    (row,) = read(made.folder.root / "grades-moodle.csv")
    assert (row["03 How sure is who?"], row["07 Contested events"]) == ("0", "")


# --- Moodle's worksheet --------------------------------------------------------------------------------


def worksheet(head: str, *rows: str, end: str = "\n") -> str:
    return end.join((head, *rows, ""))


def test_moodles_worksheet_is_filled_and_otherwise_kept(graded, tmp_path, capsys):
    rows = (
        "Participant 502,Bob,bob@example.org,Submitted,12.00,20.00,Yes,-,-,old remark",
        'Participant 501,"Ada, L.",ada@example.org,Submitted,,20.00,Yes,"Sunday, 1 November 2026",-,',
        "Participant 777,=cmd|x,nobody@example.org,,,20.00,Yes,-,-,",
    )
    out = tmp_path / "filled.csv"
    words = ("--template", template(tmp_path, "\ufeff" + worksheet(ENGLISH, *rows)), "--out", str(out))
    assert run(graded, "--for", "moodle", "--exercise", "03", *words) == 0
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    assert out.read_text(encoding="utf-8-sig").splitlines()[0] == ENGLISH
    bob, ada, stranger = read(out)
    assert (bob["Grade"], bob["Feedback comments"]) == ("12.00", "old remark"), (
        "an empty number changes nothing"
    )
    assert ada["Grade"] == "19.25"
    assert ada["Feedback comments"] == (
        "<p>Who is sure of what?: =1+1, &quot;good&quot;<br>&lt;b&gt;3 &lt; 4&lt;/b&gt;</p>"
    )
    assert (ada["Full name"], ada["Last modified (grade)"]) == ("Ada, L.", "-")
    assert ada["Last modified (submission)"] == "Sunday, 1 November 2026"
    assert (stranger["Full name"], stranger["Grade"]) == ("'=cmd|x", "")
    said = capsys.readouterr().out
    assert "nobody’s in students.csv, left as they are: =cmd|x." in said
    assert "gives at most" not in said


def test_a_german_worksheet_keeps_its_headings_and_its_comma(graded, tmp_path, capsys):
    row = (
        'Teilnehmer/in501,"Lovelace, Ada",412001,ada@example.org,Abgegeben,,"100,00",Ja,'
        '"Mittwoch, 13. März 2024, 10:15","Mittwoch, 13. März 2024, 19:59",'
    )
    out = tmp_path / "filled.csv"
    words = ("--template", template(tmp_path, worksheet(GERMAN, row, end="\r\n")), "--out", str(out))
    assert run(graded, "--for", "moodle", "--exercise", "03", *words) == 0
    assert not out.read_bytes().startswith(b"\xef\xbb\xbf"), "as the template has none"
    (found,) = read(out)
    assert list(found) == next(csv.reader([GERMAN]))
    assert (found["Bewertung"], found["Bestwertung"]) == ("19,25", "100,00")
    assert found["Feedback als Kommentar"].startswith("<p>Who is sure of what?")
    assert "worksheet gives at most 100,00 points, the exercise 20" in capsys.readouterr().out


def test_a_blind_worksheet_is_matched_by_the_number_alone(graded, tmp_path):
    head = "Identifier,Status,Grade,Maximum Grade,Last modified (grade)"
    rows = ("Participant 501,Submitted,,20.00,-", "Participant 11,Submitted,,20.00,-")
    out = tmp_path / "filled.csv"
    words = ("--template", template(tmp_path, worksheet(head, *rows)), "--out", str(out))
    assert run(graded, "--for", "moodle", "--exercise", "03", *words) == 0
    # 11 is Ada's number in another assignment: what she handed in here came with 501.
    assert [row["Grade"] for row in read(out)] == ["19.25", ""]


def test_a_row_of_two_students_stays_as_it_is(graded, tmp_path, capsys):
    """A file name that names another participant brings no points into that row."""
    row = "Participant 501,Dan Nobody,dan@example.org,Submitted,,20.00,Yes,-,-,"
    out = tmp_path / "filled.csv"
    words = ("--template", template(tmp_path, worksheet(ENGLISH, row)), "--out", str(out))
    assert run(graded, "--for", "moodle", "--exercise", "03", *words) == 0
    assert read(out)[0]["Grade"] == ""
    said = capsys.readouterr().out
    assert "are those of different students, left as they are: Dan Nobody" in said
    assert "points without a row in the template: Ada Lovelace" in said


def test_the_same_student_twice_is_filled_once(graded, tmp_path, capsys):
    row = "Participant {},Ada Lovelace,ada@example.org,Submitted,,20.00,Yes,-,-,"
    out = tmp_path / "filled.csv"
    sheet = worksheet(ENGLISH, row.format(501), row.format(999))
    words = ("--template", template(tmp_path, sheet), "--out", str(out))
    assert run(graded, "--for", "moodle", "--exercise", "03", *words) == 0
    assert [found["Grade"] for found in read(out)] == ["19.25", ""]
    assert "Found in two rows, of which the first was filled: Ada Lovelace" in capsys.readouterr().out


# --- Canvas' gradebook ---------------------------------------------------------------------------------

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,03 How sure is who? (12345),Übung 7 (99),Notes,"
    "Current Score,Unposted Final Score\n"
    ",,,,,Manual Posting,,,,\n"
    "    Points Possible,,,,,20.00,10.00,,(read only),(read only)\n"
    '"Lovelace, Ada",7001,412001,ada,A,,EX,@x,12.5,12.5\n'
    '"Böll, Bob",,412002,bob,A,3.00,N/A,,,\n'
    "\"Kaya, Cem\",7003,412003,cem,A,4.00,,,,\n"
    '"Student, Test",9999,,abcdef,A,,,,,\n'
)  # fmt: skip


def test_the_gradebook_of_canvas_is_filled_and_otherwise_kept(graded, tmp_path, capsys):
    out = tmp_path / "filled.csv"
    words = ("--template", template(tmp_path, CANVAS), "--out", str(out), "--partial")
    assert run(graded, "--for", "canvas", *words) == 0
    text = out.read_text(encoding="utf-8")
    head, posting, possible, ada, bob, cem, test = csv.reader(io.StringIO(text))
    assert ",".join(head) == CANVAS.partition("\n")[0]
    assert posting[5] == "Manual Posting"
    assert possible == CANVAS.splitlines()[2].split(",")
    assert ada == ["Lovelace, Ada", "7001", "412001", "ada", "A", "19.25", "EX", "'@x", "12.5", "12.5"]
    assert bob[:7] == ["Böll, Bob", "", "412002", "bob", "A", "3.00", "N/A"], (
        "a row without an ID is no student"
    )
    assert cem[5] == "4.00", "what is not graded changes nothing"
    assert test[5] == ""
    said = capsys.readouterr().out
    assert "07_contested_events: the assignment in Canvas gives 10.00 points, the exercise 20" in said
    assert "Excused or not assigned in Canvas, left as they are: Ada Lovelace." in said
    assert "left as they are: Student, Test." in said
    assert "points without a row in the template: =HYPERLINK(1) Böll." in said


def test_canvas_students_are_found_by_name_where_nothing_else_is_known(key, tmp_path):
    made = GradedClass(tmp_path / "class", key)
    made.enrol("ada", name="Ada Lovelace")
    made.add("ada", "untouched")
    made.close()
    out = tmp_path / "filled.csv"
    text = "Student;ID;SIS Login ID;Section;3. How sure is WHO (5)\nLovelace, Ada;1;x;A;\n"
    words = ("--template", template(tmp_path, text), "--out", str(out))
    assert run(made, "--for", "canvas", *words) == 0
    assert out.read_text(encoding="utf-8").splitlines()[1] == "Lovelace, Ada;1;x;A;0"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("Student,ID,Section,Essay (1)", "no column for the exercise 03 How sure is who"),
        ("Student,ID,Section,Exercise 3 (1),Task 03 (2)", "2 columns for the exercise 03"),
        ("Name,Email", "no gradebook of Canvas"),
    ],
)
def test_a_gradebook_that_does_not_fit_is_told(graded, tmp_path, head, said):
    words = ("--template", template(tmp_path, f"{head}\n{',' * head.count(',')}x\n"))
    with pytest.raises(UsageError, match=said):
        run(graded, "--for", "canvas", "--exercise", "03", *words)


# --- templates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b"Identifier,Grade\n", "holds no rows"),
        (b'a,b\n"x"y,z\n', "no CSV table"),
        (b"Name,Grade\nx,1\n", "no grading worksheet of Moodle"),
    ],
)
def test_a_template_that_cannot_be_used_is_told(graded, tmp_path, content, said):
    path = tmp_path / "template.csv"
    path.write_bytes(content)
    with pytest.raises((DataError, UsageError), match=said):
        run(graded, "--for", "moodle", "--exercise", "03", "--template", str(path))


def test_templates_are_never_written_over_and_stand_for_one_platform(graded, tmp_path):
    path = template(tmp_path, worksheet(ENGLISH, "Participant 501,,,,,20.00,Yes,-,-,"))
    with pytest.raises(UsageError, match="is the template itself"):
        run(graded, "--for", "moodle", "--exercise", "03", "--template", path, "--out", path)
    with pytest.raises(UsageError, match="has no template"):
        run(graded, "--for", "plain", "--template", path)
    with pytest.raises(UsageError, match="of one assignment"):
        run(graded, "--for", "moodle", "--template", path)
    with pytest.raises(DataError, match="cannot be read"):
        run(graded, "--for", "moodle", "--exercise", "03", "--template", str(tmp_path / "none.csv"))


def test_a_hostile_worksheet_comes_back_harmless(graded, tmp_path):
    """Each cell of a template that a spreadsheet could run is disarmed, and every row reads back whole."""
    rows = [[f"Participant {n}", text, f"{text}@x", text, "", "20.00", "Yes", text, "-", text]
            for n, text in enumerate(FORMULAS)]  # fmt: skip
    lines = io.StringIO(newline="")
    csv.writer(lines).writerows([ENGLISH.split(","), *rows])
    out = tmp_path / "filled.csv"
    words = ("--template", template(tmp_path, lines.getvalue()), "--out", str(out))
    assert run(graded, "--for", "moodle", "--exercise", "03", *words) == 0
    found = list(csv.reader(io.StringIO(out.read_bytes().decode(), newline="")))
    assert [len(row) for row in found] == [10] * (len(FORMULAS) + 1)
    for row, (_, text, *_rest) in zip(found[1:], rows, strict=True):
        assert row[1] == f"'{text}"
        assert not any(part.lstrip()[:1] in set("=+@＝＋－＠") for part in row)


def test_a_number_of_moodle_is_read_from_what_the_platform_wrote():
    for source, number in (
        ("zip/Ada L_501_assignsubmission_file_/03.ipynb", "501"),
        ("zip/Ada L_501_assignsubmission_file_/Bo_999_assignsubmission_file_/03.ipynb", "501"),
        ("03_how_sure_is_who.ipynb", ""),
        ("inbox/Mal/a_b_501_assignsubmission_file_03.ipynb", ""),  # a name that Mal chose
    ):
        assert participant(Collected("ada", EXERCISE, source)) == number
    assert filled_sheets._sorted_name("Lovelace, Ada") == filled_sheets._sorted_name("Ada  LOVELACE")


# --- labels --------------------------------------------------------------------------------------------


def test_labels_are_written_by_their_own_module(tmp_path, monkeypatch, capsys):
    asked = {}
    stand_in = ModuleType("backchannel.classroom.reporting.labels")
    stand_in.write_labels = lambda folder, out, **how: asked.update(how, out=out) or 12
    monkeypatch.setitem(sys.modules, "backchannel.classroom.reporting.labels", stand_in)
    monkeypatch.setattr("backchannel.classroom.reporting.labels", stand_in, raising=False)
    out = tmp_path / "labels.csv"
    words = ["labels", "--out", str(out), "--real-names", "--class", str(tmp_path / "class")]
    assert export.main(words) == 0
    assert asked == {"real_names": True, "notes": False, "out": out}
    assert f"{out}: 12 rows." in capsys.readouterr().out
