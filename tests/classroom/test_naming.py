"""Whose a file is: the names of Moodle, Canvas, nbgrader and people; students found, made, and told apart."""

from __future__ import annotations

import pytest

from backchannel.classroom.collecting.naming import Sender, on_platform, plain_names, slug
from backchannel.classroom.collecting.register import Register
from backchannel.classroom.folder import STUDENT
from backchannel.classroom.students import Student

STEMS = ("03_how_sure_is_who", "04_do_we_agree")


def moodle(name: str, number: str) -> Sender:
    return Sender("moodle", name, number)


@pytest.mark.parametrize(
    ("parts", "sender", "file"),
    [
        # Moodle since 3.1: a folder for each participant; until 4.0 with one more _
        (("Anna Müller_123_assignsubmission_file", "a.ipynb"), moodle("Anna Müller", "123"), "a.ipynb"),
        (("Anna Müller_123_assignsubmission_file_", "s", "a.ipynb"), moodle("Anna Müller", "123"), "a.ipynb"),
        # without folders
        (("Anna Müller_123_assignsubmission_file_my_j.jsonl",), moodle("Anna Müller", "123"), "my_j.jsonl"),
        # anonymous, in English and German
        (("Participant_77_assignsubmission_file_a.ipynb",), moodle("", "77"), "a.ipynb"),
        (("Teilnehmerin_77_assignsubmission_file_a.ipynb",), moodle("", "77"), "a.ipynb"),
        # a group without a number
        (("Default group_assignsubmission_file_", "a.ipynb"), moodle("Default group", ""), "a.ipynb"),
        # Canvas
        (("muelleranna_12_34567_a.ipynb",), Sender("canvas", "muelleranna", "12"), "a.ipynb"),
        (("mülleranna_LATE_12_34567_j-1.jsonl",), Sender("canvas", "mülleranna", "12"), "j-1.jsonl"),
        (("van_der_berg_12_34567_a_1_2.ipynb",), Sender("canvas", "van_der_berg", "12"), "a_1_2.ipynb"),
        (("LATE_anon_aB3xY_34567_a.ipynb",), Sender("canvas", "", "anon-ab3xy"), "a.ipynb"),
        (("muelleranna_12_34567_all.zip", "a.ipynb"), Sender("canvas", "muelleranna", "12"), "a.ipynb"),
    ],
)  # fmt: skip
def test_the_platforms_names_are_understood(parts, sender, file):
    named = on_platform(parts)
    assert named is not None
    assert (named.sender, named.file, named.beside) == (sender, file, parts[:-1])


@pytest.mark.parametrize(
    "name", ["03_how_sure_is_who.ipynb", "anna_2025_11_03.ipynb", "journal (1).jsonl", "Anna_Müller.ipynb"]
)
def test_a_name_of_no_platform_is_not_taken_for_one(name):
    assert on_platform((name,)) is None


def test_late_uploads_and_typed_texts_are_seen():
    late = on_platform(("muelleranna_LATE_12_34567_a.ipynb",))
    assert (late.late, late.upload) == (True, 34567)
    assert not on_platform(("muelleranna_12_34567_a.ipynb",)).late
    assert on_platform(("muelleranna_12_text.html",)).typed
    assert on_platform(("Anna_1_assignsubmission_onlinetext_", "onlinetext.html")).typed
    assert on_platform(("Anna_1_assignfeedback_file_", "feedback.pdf")).typed


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("journal (1).jsonl", 1),
        ("journal-2.jsonl", 2),
        ("journal.jsonl.txt", 0),
        ("03_how_sure_is_who (12).ipynb", 12),
        ("03_how_sure_is_who_v3.ipynb", 3),
        ("exercise-03.ipynb", 0),
        ("Untitled1.ipynb", 0),
    ],
)
def test_the_number_of_a_version_is_read_from_a_name(name, version):
    assert on_platform((f"Anna_1_assignsubmission_file_{name}",)).version == version


# --- folders named after students ------------------------------------------------------------------------


def names(files: list[str], source: str = "hand-ins", known: Register | None = None) -> list[str]:
    paths = [tuple(file.split("/")) for file in files]
    found = plain_names(paths, source, STEMS, (known or Register({})).named)
    return [named.sender.name if named.sender else "" for named in found]


@pytest.mark.parametrize(
    ("files", "source", "wanted"),
    [
        (["anna/a.ipynb", "ben/a.ipynb"], "hand-ins", ["anna", "ben"]),
        (["submitted/anna/03_how_sure_is_who/a.ipynb"], "course", ["anna"]),  # nbgrader
        (["03_how_sure_is_who/anna/a.ipynb", "04_do_we_agree/anna/a.ipynb"], "x", ["anna", "anna"]),
        (["kurs a/anna/a.ipynb", "kurs a/ben/a.ipynb"], "x", ["anna", "ben"]),
        (["anna/backup/a.ipynb", "anna/backup/journal.jsonl"], "x", ["anna", "anna"]),
        (["anna.zip/a.ipynb", "Ben Meier.tar.gz/a.ipynb"], "x", ["anna", "Ben Meier"]),
        (["03_how_sure_is_who.ipynb", "journal.jsonl"], "anna.zip", ["anna", "anna"]),
        (["exercises/03_how_sure_is_who/a.ipynb"], "anna.zip", ["anna"]),
        (["03_how_sure_is_who_mueller.ipynb", "meier_final (2).ipynb"], "week3", ["mueller", "meier"]),
        (["03_how_sure_is_who.ipynb", "journal.jsonl"], "submissions.zip", ["", ""]),
        (["Untitled1.ipynb"], "Untitled1.ipynb", [""]),
        (["final_FINAL.ipynb", "03_how_sure_is_who_corrected.ipynb"], "downloads", ["", ""]),
        (["mail/03_how_sure_is_who.ipynb"], "downloads", [""]),
        (["mail/anna/a.ipynb"], "x", ["anna"]),
    ],
)
def test_a_plain_file_belongs_to_the_folder_or_name_it_has(files, source, wanted):
    assert names(files, source) == wanted


def test_a_folder_shared_by_all_is_a_student_if_there_is_one_of_that_name():
    known = Register({"anna": Student("anna", "Anna")})
    files = ["anna/first/a.ipynb", "anna/second/a.ipynb"]
    assert names(files) == ["first", "second"]
    assert names(files, known=known) == ["anna", "anna"]


# --- ids -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Anna Müller", "anna-mueller"),
        ("Weiß, Jörg", "weiss-joerg"),
        ("Łukasz Żółć", "lukasz-zolc"),
        ("İrem Yılmaz", "irem-yilmaz"),
        ("Nguyễn Thị Ánh", "nguyen-thi-anh"),
        ("Fatima O’Neill", "fatima-oneill"),
        ("Наталья Щукина", "natalia-shchukina"),
        ("Ωμέγα", "omega"),
        ("王小明", ""),
        ("../../etc", "etc"),
    ],
)
def test_names_become_plain_letters(name, wanted):
    assert slug(name) == wanted


@pytest.mark.parametrize(
    "name",
    [
        "Anna Müller",
        "王小明",
        "con",
        "AUX",
        "nul.txt",
        "..",
        "-rf",
        "x" * 300,
        "=cmd()",
        "a\u202eb",
        "🎓",
        ".hidden",
    ],
)
def test_every_new_student_has_an_id_that_is_safe_as_a_folder(name):
    register = Register({})
    for sender in (Sender("folder", name), Sender("moodle", name, "5"), Sender("canvas", name, "6" * 30)):
        student = register.resolve(sender, [STEMS[0]])
        assert STUDENT.fullmatch(student.id)
        assert student.id.split(".")[0] not in ("con", "aux", "nul")
        assert not student.id.endswith(".")


# --- who is who ------------------------------------------------------------------------------------------

EX3, EX4 = STEMS


def test_two_of_one_name_in_one_exercise_stay_two():
    register = Register({})
    first = register.resolve(moodle("Anna Müller", "1"), [EX3])
    second = register.resolve(moodle("Anna Müller", "2"), [EX3])
    assert (first.id, second.id) == ("anna-mueller-1", "anna-mueller-2")
    assert register.resolve(moodle("Anna Müller", "1"), [EX3]).id == first.id


def test_the_next_assignment_numbers_anew_and_the_name_tells_who_it_is():
    register = Register({})
    first = register.resolve(moodle("Anna Müller", "1"), [EX3])
    again = register.resolve(moodle("Anna Müller", "99"), [EX4])
    assert again.id == first.id
    assert register.students[first.id].moodle == "1 99"


def test_numbers_of_an_earlier_run_tell_two_people_apart():
    register = Register({"anna": Student("anna", "Anna Müller", moodle="1")}, {(EX3, "anna"): "1"})
    assert register.resolve(moodle("Anna Müller", "2"), [EX3]).id == "anna-mueller-2"


def test_two_of_one_name_in_the_next_assignment_are_not_guessed():
    register = Register({})
    register.resolve(moodle("Anna Müller", "1"), [EX3])
    register.resolve(moodle("Anna Müller", "2"), [EX3])
    with pytest.raises(
        LookupError, match=r"one of several students .*anna-mueller-1, anna-mueller-2.*--students"
    ):
        register.resolve(moodle("Anna Müller", "98"), [EX4])


def test_whoever_is_on_no_list_is_turned_away_where_there_is_one_unless_they_are_to_be_added():
    eve, folder = moodle("Eve Else", "9"), Sender("folder", "Ben Yilmas")
    people = [Student("", "Anna Müller"), Student("ben-yilmaz-412017", "Ben Yılmaz")]
    register, adding = Register({}), Register({}, add=True)
    for one in (register, adding):
        one.merge(people)
    with pytest.raises(LookupError, match=r"by Eve Else, who is not on the list; give a newer list .*--add"):
        register.resolve(eve, [EX3])
    with pytest.raises(
        LookupError, match=r"name its folder .*, such as ben-yilmaz-412017/, give --student ID, or .*--add"
    ):
        register.resolve(folder, [EX3])
    assert list(register.students) == ["anna-mueller", "ben-yilmaz-412017"]
    assert [adding.resolve(one, [EX3]).id for one in (eve, folder)] == ["eve-else-9", "ben-yilmas"]
    assert register.resolve(Sender("folder", "anna_müller"), [EX3]).id == "anna-mueller"


def test_who_is_known_by_a_hand_in_only_makes_no_list():
    register = Register({"anna": Student("anna", "Anna Müller", moodle="1", canvas="7")})
    assert register.resolve(Sender("folder", "mail7"), [EX3]).id == "mail7"


def test_files_said_to_be_a_students_are_theirs_unless_they_bear_the_name_of_another():
    people = {one: Student(one, "Anna Müller", moodle=str(n)) for n, one in enumerate(("a", "b"), start=1)}
    register = Register(people | {"ben": Student("ben", "Ben Meier")})
    assert register.resolve_as("b", Sender("folder", "corrected"), [EX3]).id == "b"
    assert register.resolve_as("b", moodle("Anna Müller", "98"), [EX4]).moodle == "2 98"
    for other in (Sender("folder", "Ben Meier"), moodle("Anna Müller", "1"), moodle("Eve Else", "9")):
        with pytest.raises(LookupError, match=r"bears the name of .*; collect it without --student"):
            register.resolve_as("b", other, [EX3])


def test_of_namesakes_the_option_that_tells_them_apart_is_named():
    register = Register({one: Student(one, "Anna Müller") for one in ("a", "b")})
    with pytest.raises(LookupError, match=r"\(a, b\); give --student ID, such as a$"):
        register.resolve(Sender("folder", "Anna Müller"), [EX3])


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("ben-yilmas", ["ben-yilmaz-412017", "ben-meier-7"]),
        ("BEN", ["ben-meier-7", "ben-yilmaz-412017"]),
        ("xyz", []),
    ],
)
def test_ids_that_may_be_meant_are_named(text, wanted):
    ids = ("anna-mueller-1", "ben-meier-7", "ben-yilmaz-412017")
    assert Register({one: Student(one) for one in ids}).near(text) == wanted


def test_canvas_writes_names_in_one_and_the_id_stays():
    register = Register({"a": Student("a", "Anna Maria Müller"), "b": Student("b", "Ben Meier", canvas="7")})
    assert register.resolve(Sender("canvas", "mülleranna maria".replace(" ", ""), "12"), [EX3]).id == "a"
    assert register.students["a"].canvas == "12"
    assert register.resolve(Sender("canvas", "meierbenjamin", "7"), [EX3]).id == "b"
    assert register.resolve(Sender("canvas", "meierben", "8"), [EX3]).id == "meierben-8"  # another person


@pytest.mark.parametrize(
    "name", ["anna", "Anna@Example.org", "s123", "ANNAM", "Müller, Anna", "anna_mueller"]
)
def test_a_folder_is_matched_by_whatever_names_a_student(name):
    anna = Student("anna", "Anna Müller", email="anna@example.org", login="annam", number="S123")
    register = Register({"anna": anna, "ben": Student("ben", "Ben Meier")})
    assert register.resolve(Sender("folder", name), [EX3]).id == "anna"
    assert sorted(register.students) == ["anna", "ben"], "nobody new"
