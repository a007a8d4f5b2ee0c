"""What students get back: honest about points, silent about the key, inert whatever was written."""

from __future__ import annotations

import html
import itertools
import re
import stat
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from graded_class import EXERCISE, GradedClass

from backchannel import exercises
from backchannel.classroom import gradebook, leaks, release, students
from backchannel.classroom.folder import JOURNAL, ClassFolder, Place
from backchannel.classroom.handing_back import feedback
from backchannel.classroom.handing_back.feedback_page import late_words, number, page
from backchannel.classroom.handing_back.handback import Desk, names_the_right
from backchannel.classroom.records import read_record
from backchannel.dossier import load_dossier
from backchannel.errors import NotReadyError, UsageError
from backchannel.quiz import Item, Option, load_items
from backchannel.words import LANGUAGES, Text
from backchannel.workspace import Workspace

KINDS = {"anna": "excellent", "emile": "arguable", "ben": "half", "eve": "wrong", "jo": "untouched"}
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)> =cmd|x \u202egnp.exe"


@pytest.fixture(scope="module")
def key(course_data):
    return exercises.require_key(load_dossier(course_data))


@pytest.fixture(scope="module")
def kept(key):
    """Everything only instructors may have."""
    return leaks.secrets(load_dossier(key.dossier.folder), key, release.masters(key.dossier.folder.parent))


@pytest.fixture(scope="module")
def graded(key, tmp_path_factory):
    """A class in which each kind of student handed in, and two texts are marked."""
    made = GradedClass(tmp_path_factory.mktemp("made") / "class", key)
    for number_, (student, kind) in enumerate(KINDS.items()):
        made.enrol(student, name=f"{student.title()} Müller", moodle=str(900 + number_))
        made.add(student, kind, late=7200 * number_)
    made.enrol("zoe", name="Zoe Nobody")
    made.mark(Place("anna", EXERCISE), "ex03-3", 8)
    made.mark(Place("ben", EXERCISE), "ex03-3", 6, f"Good start.\n{HOSTILE}")
    yield made
    made.close()


def desk(folder: ClassFolder, key, reference: bool = False) -> Desk:
    return Desk(folder, key, students.load(folder), gradebook.scores(folder), reference)


def hand_back(graded, student: str, reference: bool = False):
    return desk(graded.folder, graded.key, reference).hand_back(Place(student, EXERCISE))


def shown(graded, student: str, reference: bool = False) -> str:
    return page(hand_back(graded, student, reference))


def answers(handback):
    return [answer for told in handback.tasks for group in told.groups for answer in group.answers]


class Tags(HTMLParser):
    """Collects the tags of a page with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


# --- points and verdicts -----------------------------------------------------------------------------


def test_points_add_up_and_what_is_not_marked_is_said_to_be_open(graded):
    anna, emile, jo = (hand_back(graded, student) for student in ("anna", "emile", "jo"))
    assert (anna.gained, anna.unmarked) == (20, 0)
    assert (emile.gained, emile.unmarked) == (12, 8)
    assert (jo.gained, jo.unmarked) == (0, 0), "what was not written needs nobody to mark it"
    assert "20 of 20 points" in page(anna)
    assert "12 of 12 points so far; tasks worth 8 more are not marked yet" in page(emile)
    assert "bisher 12 von 12 Punkten" in page(emile)
    assert "Nothing was written here." in page(jo)


def test_each_answer_has_its_verdict_and_a_reason(graded):
    for student, verdicts in (
        ("anna", {"right"}),
        ("emile", {"right", "accepted"}),
        ("ben", {"right", "open"}),
        ("eve", {"other"}),
        ("jo", {"open"}),
    ):
        found = answers(hand_back(graded, student))
        assert {answer.verdict for answer in found} == verdicts
        assert all(bool(answer.why) for answer in found if answer.verdict in ("right", "accepted"))
        assert not any(answer.why or answer.given for answer in found if answer.verdict == "open")


def test_a_wrong_label_is_answered_by_the_public_codebook_on_what_was_chosen(graded, key):
    (labels, *_) = hand_back(graded, "eve").tasks
    wrong = [answer for group in labels.groups for answer in group.answers]
    for answer in wrong:
        dimension = key.dossier.codebook[answer.dimension]
        assert answer.why == tuple(label.definition for label in answer.look_up)
        assert answer.given == dimension.name_of(";".join(label.id for label in answer.look_up))
    assert {guide.dimension.id for guide in labels.guides} == {answer.dimension for answer in wrong}
    for guide in labels.guides:
        assert guide.rules
        assert set(guide.rules) <= {rule.text for rule in guide.dimension.rules}


def test_the_rubric_gives_the_level_reached_and_the_next(graded, key):
    *_, written = hand_back(graded, "ben").tasks
    best, middle, lowest = key.rubrics["ex03-3"]
    assert written.written
    assert (written.written.reached, written.written.next) == (middle, best)
    text = shown(graded, "ben")
    assert html.escape(middle.text.de) in text
    assert html.escape(lowest.text.en) not in text
    *_, top = hand_back(graded, "anna").tasks
    assert top.written
    assert (top.written.reached, top.written.next) == (best, None)
    *_, nothing = hand_back(graded, "jo").tasks
    assert nothing.written
    assert (nothing.written.reached, nothing.written.next) == (None, lowest)
    assert "does not reach the lowest level" in shown(graded, "jo")


def test_lateness_missing_journals_and_findings_are_told_in_plain_words(graded, tmp_path, key):
    assert "2 h late" in shown(graded, "emile")
    assert "2 Std. zu spät" in shown(graded, "emile")
    assert "no journal with your notebook" in shown(graded, "jo")
    assert "What was noticed" not in shown(graded, "anna")
    made = GradedClass(tmp_path / "class", key)
    about_others = (
        "Of its decisions 30 of 31 have the same ids as decisions in the journal of anna; ids are random."
    )
    place = made.add(
        "kim", "half", findings=(about_others, "The journal gives more than one name: Anna (3).")
    )
    stopped = "The notebook was stopped in the cell “while True: pass”: it took longer than 20 s."
    error = f"The cell “open(1)” ends in an error (OSError: {tmp_path}/class/x {HOSTILE})."
    made.grade(place, "A text.", status="stopped", findings=(stopped, error, stopped))
    made.close()
    text = page(desk(made.folder, key).hand_back(place))
    assert text.count("was stopped in the cell «while True: pass», since it took too long") == 1
    assert "wurde in der Zelle «while True: pass» angehalten" in text
    assert "The cell «open(1)» ends in an error: OSError: …/x &lt;script&gt;" in text
    assert str(tmp_path) not in text
    assert "anna" not in text.casefold(), "what is said of others stays with who grades"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (1, "1 min late"),
        (3600, "1 h late"),
        (3601, "2 h late"),
        (172801, "2 days 1 h late"),
        (172800, "2 days 0 h late"),
    ],
)
def test_lateness_is_rounded_up(seconds, words):
    assert late_words(seconds, "en") == words


def test_points_are_written_as_the_language_does():
    assert [number(points, "de") for points in (0.0, 5.33, 10.0, 2.5)] == ["0", "5,33", "10", "2,5"]


def test_points_that_a_person_set_are_told_with_those_of_the_key(tmp_path, key):
    made = GradedClass(tmp_path / "class", key)
    place = made.add("kim", "half")
    made.overrule(place, "ex03-1", 6.5)
    made.close()
    told = desk(made.folder, key).hand_back(place)
    assert (told.tasks[0].gained, told.tasks[0].by_key) == (6.5, 3.0)
    assert "by the key they would be 3." in page(told)


def test_a_notebook_that_could_not_be_read_marks_nothing(tmp_path, key):
    made = GradedClass(tmp_path / "class", key)
    place = made.add("kim", "untouched")
    made.grade(place, status="refused", findings=("The notebook is no JSON.",))
    made.close()
    text = page(desk(made.folder, key).hand_back(place))
    assert "could not be read, so nothing was marked" in text
    assert "Nothing of this task could be marked." in text


# --- what must not be told -----------------------------------------------------------------------------


def of_the_key(text: str, kept) -> set[str]:
    plain = html.unescape(text)
    return {secret for secret in kept if secret in plain}


def own_reasons(graded, student: str) -> set[str]:
    """The reasons that belong to the answers a student gave."""
    found: set[str] = set()
    for answer in answers(hand_back(graded, student)):
        found |= {reason.in_(language) for reason in answer.why for language in LANGUAGES}
    return found


def test_who_got_all_wrong_reads_nothing_of_the_key_but_reasons_of_the_own_options(graded, key, kept):
    text = html.unescape(shown(graded, "eve"))
    found = of_the_key(shown(graded, "eve"), kept)
    assert found == own_reasons(graded, "eve") & kept
    right = {reason for good, reason in key.options.values() if good}
    assert not found & {reason.in_(language) for reason in right for language in LANGUAGES}
    references = {
        reference.reason.in_(language)
        for found_ in key.dossier.references.values()
        for reference in found_
        for language in LANGUAGES
        if not reference.by_rule
    }
    assert not found & references
    for told in hand_back(graded, "eve").tasks:
        for item in told.task.items if told.task.kind == "questions" else ():
            best = next(o for (one, o), (good, _) in key.options.items() if one == item and good)
            asked = next(i for i in load_items(key.dossier, "exercise") if i.id == item)
            assert asked.option(best).text.en not in text
            assert asked.option(best).text.de not in text


def test_which_label_is_right_changes_nothing_on_a_page_of_wrong_labels(graded, key):
    """Whatever else is right, the page is the same to the byte, so it cannot tell."""
    before = shown(graded, "eve")
    table = key.dossier.tables["reference_labels"].reset_index(drop=True)
    task = hand_back(graded, "eve").tasks[0].task
    asked = table["claim"].isin(task.items) & table["dimension"].isin(task.dimensions)
    chosen = {(one.item, one.answer) for one in exercises.mark(key, workspace(graded, "eve"), task).marks}
    changed = table.copy()
    for row in table[asked].index:
        claim, dimension, label = (str(table.at[row, name]) for name in ("claim", "dimension", "label"))
        others = [
            one
            for one in key.dossier.codebook[dimension].label_ids
            if one != label and (f"{claim} {dimension}", one) not in chosen
        ]
        changed.at[row, "label"] = others[0]
        changed.at[row, "reason_en"] = changed.at[row, "reason_de"] = "Another reason altogether."
    assert not changed.equals(table)
    other = replace(
        key, dossier=replace(key.dossier, tables={**key.dossier.tables, "reference_labels": changed})
    )
    assert page(desk(graded.folder, other).hand_back(Place("eve", EXERCISE))) == before


def workspace(graded, student: str) -> Workspace:
    return Workspace(graded.folder.submitted(Place(student, EXERCISE)))


def test_a_planted_leak_is_seen(graded, kept):
    """The check above would notice: the page that tells what is right holds much of the key."""
    told = of_the_key(shown(graded, "eve", reference=True), kept)
    assert len(told - own_reasons(graded, "eve")) > 10
    planted = shown(graded, "jo").replace("</main>", f"<p>{html.escape(min(kept))}</p></main>")
    assert of_the_key(planted, kept) == {min(kept)}


@pytest.mark.parametrize("reference", [False, True])
@pytest.mark.parametrize("student", KINDS)
def test_no_page_holds_a_sample_answer_or_another_student(graded, student, reference):
    text = html.unescape(shown(graded, student, reference))
    samples = {
        part
        for path in release.masters(graded.folder.project)
        for part in leaks._samples(path)
        if len(part) >= leaks.SHORTEST
    }
    assert samples
    assert not [sample for sample in samples if sample in text]
    for other in {*KINDS, "zoe"} - {student}:
        assert f"{other.title()} " not in text
    assert "HIDDEN TESTS" not in text


def test_with_reference_what_is_right_stands_with_its_reasons(graded, key):
    text = html.unescape(shown(graded, "eve", reference=True))
    handback = hand_back(graded, "eve", reference=True)
    labels = handback.tasks[0]
    for group, claim in zip(labels.groups, labels.task.items, strict=True):
        for answer in group.answers:
            references = key.dossier.references[claim, answer.dimension]
            assert [one.reason for one in answer.known] == [one.reason for one in references]
            assert references[0].reason.de in text
    assert "The course’s label:" in text
    assert "Right is:" in text
    assert "kept back until everybody" not in text
    emile = answers(hand_back(graded, "emile", reference=True))
    accepted = next(answer for answer in emile if answer.verdict == "accepted")
    assert accepted.known[0].verdict == "right"
    assert not answers(hand_back(graded, "emile"))[0].known


def test_without_reference_nothing_is_known(graded):
    for student in KINDS:
        assert not any(answer.known for answer in answers(hand_back(graded, student)))


RIGHT = Option("a", Text("It was said by two witnesses.", "Zwei Zeugen haben es gesagt."), None, Text("", ""))
ITEM = Item(
    "q",
    "exercise",
    "03",
    Text("Who said it?", "Wer hat es gesagt?"),
    (RIGHT, Option("b", Text("Nobody said it.", "Niemand hat es gesagt."), None, Text("", ""))),
    (),
)


@pytest.mark.parametrize(
    ("english", "german", "tells"),
    [
        ("Right would be: it was said by two witnesses.", "Nein.", True),
        ("No, two Witnesses did.", "Nein.", True),
        ("No.", "Doch, zwei Zeugen.", True),
        ("Then the text would be silent.", "Dann schwiege der Text.", False),
        ("Somebody said it.", "Jemand hat es gesagt.", False),
    ],
)
def test_a_reason_that_names_the_right_answer_is_kept_back(english, german, tells):
    assert names_the_right(Text(english, german), ITEM, RIGHT) is tells


def test_of_all_wrong_options_only_some_reasons_are_kept_back(key):
    """The guard neither lets all through nor keeps all back."""
    items = {item.id: item for item in load_items(key.dossier, "exercise")}
    told = []
    for (name, option), (good, reason) in key.options.items():
        item = items[name]
        right = next(o for o in item.options if key.options[name, o.id][0])
        if not good:
            told.append(names_the_right(reason, item, right))
            assert not told[-1] or option != right.id
    assert 0 < sum(told) < len(told) / 3


# --- pages -------------------------------------------------------------------------------------------


def test_whatever_was_written_is_inert(graded):
    for student in KINDS:
        for reference in (False, True):
            text = shown(graded, student, reference)
            tags = Tags(text).found
            assert not {name for name, _ in tags} & {
                "script",
                "img",
                "link",
                "iframe",
                "object",
                "form",
                "base",
            }
            assert not [n for _, attrs in tags for n in attrs if n.startswith("on") or n in ("src", "action")]
            targets = [attrs["href"] for name, attrs in tags if name == "a"]
            ids = {attrs["id"] for _, attrs in tags if "id" in attrs}
            assert {str(target)[1:] for target in targets} <= ids
            assert "@import" not in text
            assert "url(" not in text
            (policy,) = [a["content"] for n, a in tags if a.get("http-equiv") == "Content-Security-Policy"]
            assert policy == "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    text = shown(graded, "ben")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "\u202egnp.exe\u202c" in text, "a mark of direction is closed where the text ends"
    assert "&lt;script&gt;" in shown(graded, "eve"), "of the own text"


def test_a_text_is_set_as_it_was_meant_and_stays_inert(tmp_path, key):
    made = GradedClass(tmp_path / "class", key)
    place = made.add("kim", "half")
    text = (
        "# Mine\n\nI *doubt* **it**,\nsee [x](javascript:alert(1)) <img src=x onerror=alert(1)> \u202eb.\n\n"
        "- one\n  - `two`\n\n1. three\n\n> said <b>\n\n| a | b |\n|---|---|\n| <i> | **d** |\n\n"
        "```\n</pre><script>x</script>\n```\n"
    )
    made.grade(place, text)
    made.close()
    shown_ = page(desk(made.folder, key).hand_back(place), ("en",))
    own = shown_.partition('<blockquote class="own" dir="auto">')[2]
    assert own.startswith(
        '<p class="heading" dir="auto">Mine</p><p dir="auto">I <em>doubt</em> <strong>it</strong>,\n'
        "see [x](javascript:alert(1)) &lt;img src=x onerror=alert(1)&gt; ‹U+202E›b.</p>"
        '<ul><li dir="auto">- one</li>'
        '<li dir="auto" style="margin-inline-start: 1.2em">- <code>two</code></li>'
        '<li dir="auto">1. three</li></ul><blockquote dir="auto">said &lt;b&gt;</blockquote>'
        '<table><tbody><tr><th scope="col" dir="auto">a</th><th scope="col" dir="auto">b</th></tr>'
        '<tr><td dir="auto">&lt;i&gt;</td><td dir="auto"><strong>d</strong></td></tr></tbody></table>'
        '<pre dir="auto"><code>&lt;/pre&gt;&lt;script&gt;x&lt;/script&gt;</code></pre></blockquote>'
    )
    assert not {"script", "img", "b", "i"} & {name for name, _ in Tags(own.partition("<h2")[0]).found}


def test_ids_stand_once_and_headings_leave_no_level_out(graded):
    tags = Tags(shown(graded, "eve")).found
    ids = [attrs["id"] for _, attrs in tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    levels = [int(name[1]) for name, _ in tags if re.fullmatch("h[1-6]", name)]
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels) if after != 1)


def test_both_languages_are_there_or_one(graded):
    handback = hand_back(graded, "eve")
    both, german = page(handback), page(handback, ("de",))
    assert 'id="in-en" checked' in both
    assert 'class="in-de" lang="de"' in both
    assert 'id="in-de"' not in german
    assert "Your label" not in german
    assert '<html lang="de">' in german
    assert 'id="in-de" checked' in page(replace(handback, language="de"))


def test_the_language_a_student_chose_comes_first(tmp_path, key):
    made = GradedClass(tmp_path / "class", key)
    place = made.add("kim", "half")
    Workspace(made.folder.submitted(place)).use_language("de")
    made.grade(place, "A text.")
    made.close()
    assert page(desk(made.folder, key).hand_back(place)).startswith('<!DOCTYPE html>\n<html lang="de">')


def test_the_lessons_to_look_at_follow_what_went_wrong(graded, key):
    assert hand_back(graded, "anna").again == ()
    (again,) = hand_back(graded, "eve").again
    assert again.lesson == "03"
    assert {dimension.id for dimension in again.dimensions} == set(
        hand_back(graded, "eve").tasks[0].task.dimensions
    )
    assert "Nothing is missing here." in shown(graded, "anna")
    assert "Of what is marked so far nothing is missing." in shown(graded, "emile")


def test_a_hostile_journal_is_read_and_does_no_harm(tmp_path, key):
    made = GradedClass(tmp_path / "class", key)
    place = made.add("kim", "half")
    journal = made.folder.journal(place)
    line = '{"id":"%s","at":"x","activity":"ex03-1","item":"%s","field":"stance","value":"<b>;none"}\n'
    claim = hand_back_task(made, place).items[-1]
    journal.write_bytes(
        journal.read_bytes() + b"\xff\xfe torn\n" + (line % ("1", claim)).encode() + b'{"id":' + b"[" * 9999
    )
    made.grade(place, "A text.")
    made.close()
    text = page(desk(made.folder, key).hand_back(place))
    assert "<b>;none" not in text
    assert "3 of 7 points" in text


def hand_back_task(made, place):
    return exercises.load_exercise(made.key.dossier, place.number).tasks[0]


# --- the command ---------------------------------------------------------------------------------------


def run(monkeypatch, graded, *words: str) -> int:
    return feedback.main([*words, "--class", str(graded.folder.root)])


def test_the_command_writes_pages_where_nbgrader_looks_and_only_what_changed(graded, monkeypatch, capsys):
    assert run(monkeypatch, graded, "03") == 0
    said = capsys.readouterr().out
    assert said.splitlines() == [
        "Pages written: 5; as they were: 0; submissions without a page: 0. They lie in "
        f"{graded.folder.root / 'feedback'}.",
        "2 of 5 pages are not fully marked (ex03-3 open); they say so. Mark first, or use --only-marked.",
        "1 has 0 points for labels and questions because no journal came: Jo Müller (jo).",
        "Exercise 03: no page for 1 who handed nothing in: Zoe Nobody (zoe).",
        "Next: backchannel lab --grading",
    ]
    path = graded.folder.root / "feedback" / "ben" / EXERCISE / f"{EXERCISE}.html"
    before = path.stat()
    assert run(monkeypatch, graded, "03") == 0
    assert "Pages written: 0; as they were: 5" in capsys.readouterr().out
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert run(monkeypatch, graded, "--student", "ben", "--reference", "--language", "de") == 0
    assert "Pages written: 1; as they were: 0" in capsys.readouterr().out
    assert "Das Label des Kurses" in path.read_text(encoding="utf-8")


def test_the_submission_stays_as_it_is(graded, monkeypatch):
    at = graded.folder.submitted(Place("ben", EXERCISE))
    before = {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in at.iterdir()}
    at.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert run(monkeypatch, graded, "--student", "ben") == 0
    finally:
        at.chmod(0o755)
    assert {path.name: (path.read_bytes(), path.stat().st_mtime_ns) for path in at.iterdir()} == before


def test_who_gets_no_page_is_told_with_the_reason(tmp_path, key, capsys, monkeypatch):
    made = GradedClass(tmp_path / "class", key)
    ungraded, changed, damaged, also = (made.add(student, "half") for student in ("ada", "bob", "cem", "zed"))
    made.folder.graded(ungraded).unlink()
    made.folder.graded(also).unlink()
    made.folder.feedback(changed).parent.mkdir(parents=True)
    made.folder.feedback(changed).write_text("earlier", encoding="utf-8")
    other = made.folder.journal(Place("cem", EXERCISE)).read_bytes()
    made.folder.journal(changed).write_bytes(other[: len(other) // 2])
    made.folder.graded(damaged).write_text("{", encoding="utf-8")
    made.close()
    assert run(monkeypatch, made) == 1
    said = capsys.readouterr().out
    assert "No page for 2, since it is not graded yet; run `backchannel grade`: ada; zed.\n" in said
    assert "No page for 1, since it changed, or the key did, since it was graded" in said
    assert "the page of an earlier time was left where it is: bob.\n" in said
    assert re.search(r"No page for 1, since .*backchannel grade --again`: cem\.\n", said)
    assert said.endswith("Next: backchannel grade 03\n")
    assert made.folder.feedback(changed).read_text(encoding="utf-8") == "earlier"
    assert read_record(made.folder, changed) is not None


def test_only_what_is_fully_marked_is_written_and_packed_where_that_is_wanted(
    tmp_path, key, capsys, monkeypatch
):
    made = GradedClass(tmp_path / "class", key)
    made.enrol("ada", name="Ada", moodle="7")
    marked, unmarked = made.add("ada", "half"), made.add("bob", "half")
    made.mark(marked, "ex03-3", 8)
    made.close()
    out = tmp_path / "feedback.zip"
    assert run(monkeypatch, made, "--only-marked", "--zip", str(out)) == 0
    said = capsys.readouterr().out
    assert "Pages written: 1; as they were: 0; submissions without a page: 1." in said
    assert "Left out, not fully marked (ex03-3 open): 1. Earlier pages stay." in said
    assert said.endswith("Next: backchannel export grades --exercise 03 --for moodle\n")
    assert made.folder.feedback(marked).is_file()
    assert not made.folder.feedback(unmarked).exists()
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist() == [f"Ada (ada)/{EXERCISE}.html"]


def test_of_many_names_the_first_are_told(tmp_path, key, capsys, monkeypatch):
    made = GradedClass(tmp_path / "class", key)
    made.add("ada", "half")
    for number_ in range(14):
        made.enrol(f"s{number_:02}", name="Same Name")
    made.close()
    run(monkeypatch, made)
    said = capsys.readouterr().out
    assert "no page for 14 who handed nothing in: Same Name (s00); Same Name (s01); " in said
    assert "; Same Name (s11); and 2 more.\n" in said


def test_a_comment_on_words_that_changed_is_left_out(tmp_path, key):
    made = GradedClass(tmp_path / "class", key)
    place = made.add("kim", "half")
    made.mark(place, "ex03-3", 4, "You forget the second witness.")
    assert "forget the second witness" in page(desk(made.folder, key).hand_back(place))
    with gradebook.open_book(made.folder) as book:  # as grading anew leaves it where the text changed
        grade = book.find_grade("ex03-3", EXERCISE, EXERCISE, "kim")
        grade.needs_manual_grade = True
        book.db.commit()
    told = desk(made.folder, key).hand_back(place)
    made.close()
    assert (told.tasks[2].gained, told.tasks[2].comment, told.open_tasks) == (None, "", ("ex03-3",))
    assert "second witness" not in page(told)


def test_nobody_handed_in_is_told_in_a_sentence(graded, monkeypatch):
    with pytest.raises(NotReadyError, match="no submission of zoe of 03_how_sure_is_who in "):
        run(monkeypatch, graded, "03", "--student", "zoe")
    with pytest.raises(UsageError, match="no exercise '44'"):
        run(monkeypatch, graded, "44")


def test_the_archive_for_moodle_names_folders_as_moodle_does(tmp_path, key, capsys, monkeypatch):
    made = GradedClass(tmp_path / "class", key)
    made.enrol("ada", name="Ada_Lo/ve <b>", moodle="1")
    made.enrol("bob", name="Bob", moodle="42")
    made.enrol("cem", name="Cem")
    made.add("ada", "half", source="all.zip/Ada Love_512_assignsubmission_file_/03_how_sure_is_who.ipynb")
    made.add("bob", "half")
    made.add("cem", "half")
    made.close()
    out = tmp_path / "feedback.zip"
    assert run(monkeypatch, made, "03", "--zip", str(out), "--for", "moodle") == 0
    said = capsys.readouterr().out
    assert "2 pages, for “Upload multiple feedback files in a zip”" in said
    assert "participant number in Moodle is not known: Cem (cem)" in said
    with zipfile.ZipFile(out) as archive:
        names = archive.namelist()
        inside = archive.read(names[0])
    assert names == [
        f"Ada Lo ve b_512_assignsubmission_file_/{EXERCISE}.html",
        f"Bob_42_assignsubmission_file_/{EXERCISE}.html",
    ]
    assert inside == made.folder.feedback(Place("ada", EXERCISE)).read_bytes()
    for name in names:  # as Moodle splits it
        _, participant, kind, plugin = name.split("/")[0].split("_", 4)[:4]
        assert (participant.isdecimal(), kind, plugin) == (True, "assignsubmission", "file")
    first = out.read_bytes()
    assert run(monkeypatch, made, "03", "--zip", str(out), "--for", "moodle") == 0
    assert out.read_bytes() == first
    assert run(monkeypatch, made, "--zip", str(out)) == 0
    with zipfile.ZipFile(out) as archive:
        assert archive.namelist()[0] == f"Ada Lo ve b (ada)/{EXERCISE}.html"


def test_moodle_takes_one_exercise_at_a_time(tmp_path, key, monkeypatch):
    made = GradedClass(tmp_path / "class", key)
    made.add("ada", "half")
    made.add("ada", "half", exercise="07_contested_events")
    made.close()
    out = tmp_path / "feedback.zip"
    with pytest.raises(UsageError, match="one exercise at a time"):
        run(monkeypatch, made, "--zip", str(out), "--for", "moodle")
    assert not out.exists()
    assert JOURNAL in {path.name for path in made.folder.submitted(Place("ada", EXERCISE)).iterdir()}
