"""Hostile and damaged hand-ins: contained, named, and without harm to the honest one beside them."""

from __future__ import annotations

import hashlib
import io
import os
import tracemalloc
import unicodedata
from pathlib import Path

import pytest
from classroom.handed import NAME, class_folder, sheet, zipped
from classroom.hostile_archives import CORPUS, NEIGHBOUR, Hostile, raw_zip

from backchannel.classroom.collecting import telling, unzip
from backchannel.classroom.collecting.collect import collect
from backchannel.classroom.collecting.intake import Intake, Item, Limits, Turned
from backchannel.classroom.folder import Place
from backchannel.classroom.records import read_collected
from backchannel.classroom.visible import plain, visible, width
from backchannel.errors import UsageError

#: Small, so that a bomb needs no gigabytes to be one.
LIMITS = Limits(file=250_000, archive=3_000_000, total=80_000_000, nested=50, depth=3)
HONEST_NOTEBOOK, HONEST_JOURNAL = NEIGHBOUR.values()

pytestmark = pytest.mark.skipif(os.name != "posix", reason="builds links, pipes and sockets")


def everything(folder: Path) -> dict[str, str]:
    """Return the fingerprint of everything below a folder."""
    found = {}
    for path in sorted(folder.rglob("*")):
        plain_file = path.is_file() and not path.is_symlink()
        found[os.fsdecode(bytes(path))] = hashlib.sha256(path.read_bytes()).hexdigest() if plain_file else "-"
    return found


def test_the_corpus_is_large_and_has_no_two_alike():
    assert len(CORPUS) >= 100
    assert len({hostile.name for hostile in CORPUS}) > len(CORPUS) - 12


@pytest.mark.parametrize("hostile", CORPUS, ids=lambda hostile: visible(hostile.name, 80))
def test_it_is_contained_and_named_and_its_neighbour_is_taken_in(hostile: Hostile, tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    source = hostile.build(there)
    sources = [source]
    whole = hostile.name.startswith("whole")
    if whole:
        (there / "beside.zip").write_bytes(zipped(NEIGHBOUR))
        sources.append(there / "beside.zip")
    before = everything(there)
    folder = class_folder(tmp_path / "class")

    found = collect(folder, sources, limits=LIMITS)

    assert everything(there) == before
    assert {path.name for path in tmp_path.iterdir()} == {"there", "class"}
    honest = [place for place in folder.places() if "honest" in place.student]
    assert len(honest) == 1
    assert folder.notebook(honest[0]).read_bytes() == HONEST_NOTEBOOK
    assert folder.journal(honest[0]).read_bytes() == HONEST_JOURNAL
    assert found.name(honest[0].student) == "Honest Neighbour"

    told = [
        row
        for row in found.rows
        if row.outcome == hostile.outcome and row.student not in (honest[0].student,)
    ]
    words = [f"{visible(row.name)} {row.sentence}" for row in told]
    assert any(hostile.said in sentence for sentence in words), words
    others = [place for place in folder.places() if place not in honest]
    if hostile.outcome == "refused":
        assert others == []
        assert found.status == 1
    else:
        (place,) = others
        assert place.student in ("mallory-666", "mallory")
        assert folder.notebook(place).read_bytes().count(b"Mallory's own text.") == 1
        assert any(hostile.note in finding for finding in read_collected(folder, place).findings)
        assert found.status == 0
    assert_only_our_names(folder.root)
    assert_harmless(found, folder.log)


def assert_only_our_names(root: Path) -> None:
    """Everything in the class folder has a name that we gave it, and is a plain file or folder."""
    known = {"submitted", "earlier", "students.csv", "collected.csv", ".collecting", ".run.lock", NAME}
    known |= {f"{NAME}.ipynb", "journal.jsonl", "collected.json", "timestamp.txt"}
    for path in root.rglob("*"):
        assert not path.is_symlink()
        assert path.is_dir() or path.is_file()
        is_student = path.parent.name in ("submitted", "earlier")
        assert is_student or path.name in known or path.name.isdigit(), path


def assert_harmless(found, log: Path) -> None:
    """Nothing that is printed or logged acts on a terminal or in a spreadsheet."""
    for line in telling.lines(found):
        assert all(unicodedata.category(mark) not in ("Cc", "Cf", "Cs") for mark in line), line
        assert len(line) < 700
    text = log.read_text(encoding="utf-8-sig")
    assert all(unicodedata.category(mark) not in ("Cc", "Cf", "Cs") for mark in text.replace("\n", ""))
    for line in text.splitlines():
        for cell in line.split(","):
            assert not cell.strip('"').startswith(("=", "+", "-", "@"))


@pytest.mark.parametrize("hostile", CORPUS, ids=lambda hostile: visible(hostile.name, 80))
def test_a_second_time_says_the_same_and_changes_nothing(hostile: Hostile, tmp_path):
    source = hostile.build(tmp_path)
    folder = class_folder(tmp_path / "class")
    first = collect(folder, [source], limits=LIMITS)
    before = {name: digest for name, digest in everything(folder.root).items() if "collected.csv" not in name}
    second = collect(folder, [source], limits=LIMITS)
    after = {name: digest for name, digest in everything(folder.root).items() if "collected.csv" not in name}
    assert after == before
    assert second.status == first.status
    assert {outcome for outcome, _ in second.submissions.values()} <= {"same"}


# --- limits ----------------------------------------------------------------------------------------------


def take(source: Path, limits: Limits | None = None) -> list[Item | Turned]:
    store = source.parent / "store"
    store.mkdir(exist_ok=True)
    return list(Intake(store, limits).take(source))


def test_a_source_with_too_many_files_is_read_as_far_as_allowed(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({f"{n:03}/a.ipynb": sheet(str(n)) for n in range(30)}))
    *items, end = take(path, Limits(files=20))
    assert sum(isinstance(item, Item) for item in items) >= 18
    assert isinstance(end, Turned)
    assert "more than 20 files" in end.why


def test_a_source_with_too_many_bytes_is_read_as_far_as_allowed(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(zipped({f"{n:03}/a.ipynb": sheet(str(n)) for n in range(30)}))
    *items, end = take(path, Limits(total=unzip.CHUNK + 10 * len(sheet())))
    assert 5 < len(items) < 12
    assert isinstance(end, Turned)
    assert "was not read, so collect it in parts" in end.why


def test_an_archive_within_one_has_a_budget_of_its_own_with_all_that_is_in_it(tmp_path):
    path = tmp_path / "a.zip"
    many = zipped({f"{n}.ipynb": sheet(str(n)) for n in range(8)})
    evil = zipped({f"{n}.zip": many for n in range(5)})
    path.write_bytes(zipped({"a/x.zip": evil, "b/x.ipynb": sheet()}))
    *_, end, last = take(path, Limits(files=20, nested=10))
    assert isinstance(end, Turned)
    assert end.why == "holds more than 10 files or 200 MB; what came after that was not read"
    assert isinstance(last, Item)
    assert last.parts == ("b", "x.ipynb")


def test_nothing_is_left_in_the_store_of_what_was_turned_away(tmp_path):
    path = tmp_path / "a.zip"
    inner = zipped({"a.ipynb": sheet(), "big.ipynb": b"{" + os.urandom(300_000)})
    path.write_bytes(zipped({"x.zip": inner, "b.tar.gz": b"\x1f\x8b rubbish"}))
    found = take(path, Limits(file=250_000))
    (item,) = (item for item in found if isinstance(item, Item))
    assert item.nested
    assert list((tmp_path / "store").iterdir()) == [item.path]
    assert item.path.name.isdigit()


def test_memory_stays_small_whatever_an_archive_holds(tmp_path):
    path = tmp_path / "a.zip"
    path.write_bytes(
        zipped({"a.ipynb": b"{" + b" " * 60_000_000, "b.zip": zipped({"c.ipynb": b"{" + b"\n" * 40_000_000})})
    )
    (tmp_path / "store").mkdir()
    intake = Intake(tmp_path / "store", Limits(file=100_000_000, ratio=100_000))
    tracemalloc.start()
    try:
        found = list(intake.take(path))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [item.size for item in found if isinstance(item, Item)] == [60_000_001, 40_000_001]
    assert peak < 5_000_000


def test_a_source_that_is_not_there_or_is_no_file_is_told(tmp_path):
    with pytest.raises(UsageError, match="There is no file or folder"):
        take(tmp_path / "none.zip")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match="neither a file nor a folder"):
        take(tmp_path / "pipe")


def test_what_programs_leave_behind_is_told_once_and_not_opened(tmp_path):
    folder = tmp_path / "source"
    for name in ("anna/.ipynb_checkpoints/a-checkpoint.ipynb", "anna/.git/config", "anna/__pycache__/x.pyc"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(sheet())
    path = tmp_path / "a.zip"
    path.write_bytes(
        zipped({f"__MACOSX/{n}": b"x" for n in range(5)} | {"anna/._a.ipynb": b"x", "anna/.DS_Store": b""})
    )
    for source, count in ((folder, 3), (path, 3)):
        found = take(source)
        assert len(found) == count
        assert all(isinstance(one, Turned) and one.harmless for one in found)


def test_our_own_folder_is_never_read(tmp_path):
    (tmp_path / "class").mkdir()
    (tmp_path / "class" / "a.ipynb").write_bytes(sheet())
    (tmp_path / "b.ipynb").write_bytes(sheet())
    (tmp_path.parent / "store2").mkdir()
    found = list(Intake(tmp_path.parent / "store2", avoid=tmp_path / "class").take(tmp_path))
    assert [item.parts for item in found] == [("b.ipynb",)]


# --- reading zip archives --------------------------------------------------------------------------------


def test_ordinary_archives_are_read_as_zipfile_reads_them(tmp_path):
    files = {"a/ü.ipynb": sheet(), "empty": b"", "long": os.urandom(300_000), "zeros": bytes(300_000)}
    content = zipped(files)
    for archive in (content, b"#!/bin/sh\nprefix\n" + content):
        opened = unzip.Zip(io.BytesIO(archive))
        assert {e.name: b"".join(opened.chunks(e)) for e in opened.entries} == files
        assert not any(entry.problem for entry in opened.entries)


def test_a_huge_table_of_contents_is_not_read(monkeypatch):
    monkeypatch.setattr(unzip, "MOST_CONTENTS", 2_000_000)
    archive = raw_zip([_entry(b"a" * 60_000, flags=0)] * 40)
    with pytest.raises(unzip.DamagedError, match="has a table of contents of 2 MB"):
        unzip.Zip(io.BytesIO(archive))


def test_names_in_other_encodings_are_read():
    utf8 = raw_zip([_entry("Müller".encode(), flags=0)])
    cp437 = raw_zip([_entry("Müller".encode("cp437"), flags=0)])
    for archive in (utf8, cp437):
        (entry,) = unzip.Zip(io.BytesIO(archive)).entries
        assert entry.name == "Müller"


def _entry(name: bytes, flags: int):
    from classroom.hostile_archives import Entry

    return Entry(name, b"x", flags=flags)


# --- showing names ---------------------------------------------------------------------------------------


def test_nothing_acts_in_what_is_shown():
    assert visible("a\x1b[31mb\u202ec\u200bd\ne\ud800f") == "a\\x1b[31mb\\u202ec\\u200bd\\ne\\ud800f"
    assert visible("Anna Müller 王") == "Anna Müller 王"
    assert visible("x" * 100, 10) == "xxxxxx…xxx"
    assert plain(" Anna\u202e \x07 Mu\u0308ller\n") == "Anna Müller"
    assert width("王a\u0301") == 3


def test_a_place_is_never_made_of_a_name_that_leads_elsewhere(tmp_path):
    path = tmp_path / "hand-ins"
    for name in ("..hidden", "con", "-x", "王", "1234567"):
        (path / name).mkdir(parents=True)
        (path / name / "a.ipynb").write_bytes(sheet(name))
    folder = class_folder(tmp_path / "class")
    collect(folder, [path])
    assert {place.student for place in folder.places()} == {
        "hidden",
        "student-con",
        "x",
        "student",
        "1234567",
    }
    assert all(isinstance(place, Place) for place in folder.places())
