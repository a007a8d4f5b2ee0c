"""Lists of students: Moodle's and Canvas' exports, in English and German; merged, never losing anyone."""

from __future__ import annotations

from datetime import datetime

import pytest
from classroom.handed import sheet, zipped

from backchannel.classroom.collecting.naming import Sender
from backchannel.classroom.collecting.register import Register
from backchannel.classroom.collecting.rosters import read_roster
from backchannel.classroom.students import Student
from backchannel.errors import DataError

WORKSHEET = (
    "\ufeffIdentifier,Full name,Email address,Status,Grade,Maximum Grade,Grade can be changed,"
    "Last modified (submission),Last modified (grade),Feedback comments\n"
    "Participant 412,Anna Müller,anna@example.org,Submitted for grading,,20.00,Yes,"
    '"Sunday, 22 November 2026, 3:05 PM",-,\n'
    "Participant 413,Ben Meier,ben@example.org,No submission,,20.00,Yes,-,-,\n"
)
BEWERTUNGSTABELLE = (
    "ID,Vollständiger Name,E-Mail-Adresse,Status,Bewertung,Bestwertung,Bewertung kann geändert werden,"
    "Zuletzt geändert (Abgabe),Zuletzt geändert (Bewertung),Feedback als Kommentar\n"
    'Teilnehmer/in412,Anna Müller,anna@example.org,Zur Bewertung abgegeben,,"20,00",Ja,'
    '"Sonntag, 22. November 2026, 15:05",-,\n'
    'Teilnehmer/in413,Ben Meier,ben@example.org,Keine Abgabe,,"20,00",Ja,-,-,\n'
)
GRADEBOOK = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Exercise 03 (991),Current Score\n"
    ",,,,,Manual Posting,\n"
    "    Points Possible,,,,,20.00,(read only)\n"
    '"Müller, Anna",7001,S12,annam,Group A,,\n'
    '"=""=SUM(A1)""",7002,S13,sum,Group A,,\n'
    '"Student, Test",7003,,f00,Group A,,\n'
)


def read(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "list.csv"
    path.write_bytes(text.encode(encoding))
    return read_roster(path)


@pytest.mark.parametrize(
    "text", [WORKSHEET, BEWERTUNGSTABELLE, BEWERTUNGSTABELLE.replace(",", ";").replace('"', "")]
)
def test_moodles_grading_worksheet_gives_numbers_and_times(tmp_path, text):
    roster = read(tmp_path, text)
    assert [(s.moodle, s.name, s.email) for s in roster.students] == [
        ("412", "Anna Müller", "anna@example.org"),
        ("413", "Ben Meier", "ben@example.org"),
    ]
    if ";" not in text:
        assert roster.submitted == {"412": datetime(2026, 11, 22, 15, 5).astimezone().timestamp()}


def test_canvas_gradebook_without_the_rows_that_are_no_students(tmp_path):
    roster = read(tmp_path, GRADEBOOK)
    anna, formula = roster.students
    assert (anna.name, anna.canvas, anna.number, anna.login, anna.section) == (
        *("Anna Müller", "7001", "S12", "annam"),
        "Group A",
    )
    assert formula.name == "=SUM(A1)"
    assert roster.submitted == {}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ('"First name",Surname,"Email address",Groups\nAnna,Müller,anna@example.org,"A, B"\n', "utf-8"),
        ("Vorname;Nachname;E-Mail-Adresse;Gruppen\nAnna;Müller;anna@example.org;A, B\n", "cp1252"),
        ("First name\tLast name\tEmail address\tGroups\nAnna\tMüller\tanna@example.org\tA, B\n", "utf-16"),
        ("LastName,FirstName,ID,Email,Section\nMüller,Anna,1,anna@example.org,\"A, B\"\n", "utf-8-sig"),
    ],
)  # fmt: skip
def test_lists_of_participants_in_any_table_a_spreadsheet_saves(tmp_path, text, encoding):
    (student,) = read(tmp_path, text, encoding).students
    assert (student.name, student.email, student.section) == ("Anna Müller", "anna@example.org", "A, B")


def test_our_own_list_keeps_ids_and_pseudonyms(tmp_path):
    text = "id,name,pseudonym,email,login,number,moodle,canvas,section\nanna,Anna,S0001,,,,1 2,,\n"
    assert read(tmp_path, text).students == (Student("anna", "Anna", "S0001", moodle="1 2"),)
    with pytest.raises(DataError, match=r"row 2: the id '../x' is no name for a folder"):
        read(tmp_path, text.replace("anna,Anna", "../x,Anna"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour,size\nred,4\n", "has no column with names"),
        ("", "has no column with names"),
        ("name,email\nx\ry,a@b\n", "cannot be read as a table"),
    ],
)
def test_what_is_no_list_is_told(tmp_path, text, said):
    with pytest.raises(DataError, match=said):
        read(tmp_path, text)


@pytest.mark.parametrize(("name", "what"), [("Exercise 03.zip", "an archive"), ("class.XLSX", "a workbook")])
def test_an_archive_given_for_the_list_is_told(tmp_path, name, what):
    path = tmp_path / name
    path.write_bytes(zipped({"a.ipynb": sheet()}))
    with pytest.raises(DataError, match=rf"{name} is {what}, no list; give the CSV with the students"):
        read_roster(path)


def test_a_missing_list_is_told(tmp_path):
    with pytest.raises(DataError, match="cannot be read"):
        read_roster(tmp_path / "none.csv")


# --- merging ---------------------------------------------------------------------------------------------


def test_a_list_fills_what_is_unknown_and_keeps_what_is_known(tmp_path):
    known = Student("anna-mueller-412", "Anna Müller", "S0007", moodle="412")
    register = Register({known.id: known})
    register.merge(read(tmp_path, WORKSHEET).students)
    register.merge(read(tmp_path, GRADEBOOK).students)
    anna = register.students[known.id]
    assert anna == Student(
        *(known.id, "Anna Müller", "S0007", "anna@example.org", "annam", "S12", "412", "7001", "Group A"),
        listed="yes",
    )
    assert list(register.students) == ["anna-mueller-412", "ben-meier-413", "sum-a1-7002"]


def test_the_worksheet_of_the_next_assignment_adds_its_numbers(tmp_path):
    register = Register({})
    register.merge(read(tmp_path, WORKSHEET).students)
    later = WORKSHEET.replace("Participant 41", "Participant 52")
    register.merge(read(tmp_path, later).students)
    assert [s.moodle for s in register.students.values()] == ["412 522", "413 523"]


def test_two_rows_of_one_name_are_two_people_and_nobody_known_is_guessed_to_be_one():
    rows = [Student("", "Anna Müller", moodle="11"), Student("", "Anna Müller", moodle="12")]
    register = Register({"anna": Student("anna", "Anna Müller", moodle="1")})
    register.merge(rows)
    assert [s.moodle for s in register.students.values()] == ["1", "11", "12"]
    register.merge(rows)
    assert len(register.students) == 3


def test_one_name_with_two_addresses_is_two_people():
    register = Register({"anna": Student("anna", "Anna Müller", email="one@example.org")})
    register.merge([Student("", "Anna Müller", email="two@example.org")])
    assert list(register.students) == ["anna", "anna-mueller"]


def test_merging_twice_changes_nothing(tmp_path):
    register = Register({})
    for text in (WORKSHEET, GRADEBOOK):
        register.merge(read(tmp_path, text).students)
    before = dict(register.students)
    for text in (WORKSHEET, GRADEBOOK):
        register.merge(read(tmp_path, text).students)
    assert register.students == before


def test_the_gradebook_gives_the_full_name_of_whom_canvas_ran_together(tmp_path):
    register = Register({"muelleranna-7001": Student("muelleranna-7001", "muelleranna", canvas="7001")})
    register.merge(read(tmp_path, GRADEBOOK).students)
    assert register.students["muelleranna-7001"].name == "Anna Müller"


def test_whoever_was_anonymous_gets_a_name_once_there_is_one(tmp_path):
    register = Register({})
    register.resolve(Sender("moodle", "", "412"), ["03_how_sure_is_who"])
    assert list(register.students) == ["participant-412"]
    register.merge(read(tmp_path, WORKSHEET).students)
    assert register.students["participant-412"].name == "Anna Müller"
