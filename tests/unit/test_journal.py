"""The journal: nothing acknowledged is lost, nothing written is rewritten, nothing unreadable stops it."""

from __future__ import annotations

import errno
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from backchannel import journal as journal_module
from backchannel.errors import JournalError, UsageError
from backchannel.journal import Decision, Journal, Replay, new_id, now, read_line

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs a POSIX system")
SEED = 953


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "workspace" / "journal.jsonl"


@pytest.fixture
def journal(path: Path) -> Journal:
    return Journal(path, "1.2")


def decide(journal: Journal, item: str = "c1", value: str = "author", **more: str) -> Decision:
    entries = {"student": "Ida", "activity": "a", "field": "form", **more}
    return journal.decide(item=item, value=value, **entries)


def values(journal: Journal) -> dict[tuple[str, str], str]:
    return {(d.item, d.field): d.value for d in journal.state.standing()}


def run(code: str, *arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    """Run code in another Python and return what it said."""
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, **options)


def raw_line(**entries: object) -> bytes:
    """Return a line with these entries over those of a valid decision."""
    line = Decision(new_id(), now(), "Ida", "a", "c1", "form", "author").line()
    return json.dumps({**json.loads(line), **entries}).encode() + b"\n"


# --- one decision, one line ------------------------------------------------------------------------------


def test_a_decision_is_one_line_of_json_with_the_ten_agreed_entries(journal, path):
    made = decide(journal, note="zwei\nZeilen „und“ mehr\u2028Ende", confidence="low")
    (line,) = path.read_text(encoding="utf-8").split("\n")[:-1]
    assert json.loads(line) == {
        "id": made.id,
        "at": made.at,
        "student": "Ida",
        "activity": "a",
        "item": "c1",
        "field": "form",
        "value": "author",
        "confidence": "low",
        "note": "zwei\nZeilen „und“ mehr\u2028Ende",
        "codebook": "1.2",
    }


def test_a_decision_comes_back_as_it_was_made(journal, path):
    made = decide(journal, note='ä € 𝄞 \x00 \r\n \\ "', confidence="high")
    again = Journal(path)
    assert again.refresh() == [made]
    assert again.decisions == (made,)


def test_the_moment_is_utc_to_the_millisecond():
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", now())


def test_nothing_is_created_before_the_first_decision(journal, path):
    assert journal.refresh() == []
    assert not path.parent.exists()
    decide(journal)
    assert path.is_file()


def test_lines_are_only_ever_added(journal, path):
    before = b""
    generator = random.Random(SEED)
    for number in range(60):
        last = journal.state.last("a")
        if last and generator.random() < 0.3:
            decide(journal, item=last.item, field="undo", value=last.id)
        else:
            decide(journal, item=f"c{generator.randrange(5)}", value=str(number))
        after = path.read_bytes()
        assert after.startswith(before)
        assert after.count(b"\n") == before.count(b"\n") + 1
        before = after


def test_another_handle_sees_the_line_at_once(journal, path):
    made = decide(journal)
    with path.open("rb") as other:
        assert other.read() == made.line()


@POSIX
def test_another_process_sees_the_line_at_once(journal, path):
    made = decide(journal)
    seen = run("import sys; print(open(sys.argv[1], encoding='utf-8').read(), end='')", path)
    assert seen.stdout.encode() == made.line()


def test_the_line_is_flushed_to_disk_before_the_decision_returns(journal, monkeypatch):
    flushed = []
    monkeypatch.setattr(os, "fsync", lambda handle: flushed.append(os.fstat(handle).st_size))
    made = decide(journal)
    assert flushed == [len(made.line())]


def test_the_same_decision_sent_twice_is_written_once(journal, path):
    first = decide(journal, id="sent-1")
    again = decide(journal, id="sent-1", value="direct")
    other_kernel = decide(Journal(path), id="sent-1", value="direct")
    assert first == again == other_kernel
    assert path.read_bytes() == first.line()


def test_a_decision_repeated_in_the_file_counts_once(journal, path):
    made = decide(journal)
    decide(journal, value="direct")
    with path.open("ab") as file:
        file.write(made.line())
    journal.refresh()
    assert journal.count == 2
    assert values(journal) == {("c1", "form"): "direct"}


@pytest.mark.parametrize("entry", [{"note": None}, {"value": 3}, {"confidence": ["low"]}, {"item": None}])
def test_what_no_reader_would_take_is_not_written(journal, path, entry):
    with pytest.raises(
        UsageError, match=r"^The decision cannot be written down: the entry \w+ is not text; give"
    ):
        decide(journal, **entry)
    assert not path.exists()


def test_half_a_character_from_a_browser_does_not_lose_the_decision(journal, path):
    decide(journal, note="a\ud83d")
    assert Journal(path).refresh()[0].note == "a?"


# --- replay ----------------------------------------------------------------------------------------------


def test_the_latest_decision_of_a_field_counts(journal):
    decide(journal, value="author")
    decide(journal, value="direct")
    decide(journal, item="c2", value="indirect")
    assert values(journal) == {("c1", "form"): "direct", ("c2", "form"): "indirect"}


def test_a_retraction_brings_the_decision_before_back(journal):
    decide(journal, value="author")
    second = decide(journal, value="direct")
    decide(journal, field="undo", value=second.id)
    assert journal.state.get("a", "c1", "form").value == "author"
    assert journal.state.last("a").value == "author"


def test_a_retraction_of_an_earlier_decision_leaves_the_later_one(journal):
    first = decide(journal, value="author")
    decide(journal, value="direct")
    decide(journal, field="undo", value=first.id)
    assert values(journal) == {("c1", "form"): "direct"}


@pytest.mark.parametrize(
    "retraction",
    [
        {"value": "no-such-id"},
        {"value": ""},
        {"activity": "another"},
        {"item": "c2"},
    ],
)
def test_a_retraction_of_something_else_changes_nothing(journal, retraction):
    made = decide(journal)
    decide(journal, **{"field": "undo", "value": made.id, **retraction})
    assert values(journal) == {("c1", "form"): "author"}


def test_a_retraction_counts_once_and_cannot_be_retracted(journal):
    decide(journal, value="author")
    second = decide(journal, value="direct")
    retraction = decide(journal, field="undo", value=second.id)
    decide(journal, field="undo", value=second.id)
    decide(journal, field="undo", value=retraction.id)
    assert values(journal) == {("c1", "form"): "author"}


def test_activities_do_not_touch_one_another(journal):
    decide(journal, activity="a", value="author")
    decide(journal, activity="b", value="direct")
    assert [d.value for d in journal.state.standing("a")] == ["author"]
    assert journal.state.last("b").value == "direct"
    assert journal.state.last("c") is None


def _state_by_definition(decisions: list[Decision]) -> dict[tuple[str, str, str], str]:
    """Compute the state the slow way: drop what is retracted, then let the last one of each field count."""
    gone = {d.value for d in decisions if d.field == "undo"}
    return {
        (d.activity, d.item, d.field): d.value for d in decisions if d.field != "undo" and d.id not in gone
    }


@pytest.mark.parametrize("seed", range(5))
def test_the_replay_gives_what_the_definition_gives(seed):
    generator, replay, decisions = random.Random(seed), Replay(), []
    for _ in range(300):
        activity = generator.choice("ab")
        last = replay.last(activity)
        if last and generator.random() < 0.35:
            made = Decision(new_id(), now(), "", activity, last.item, "undo", last.id)
        else:
            item, field, value = (generator.choice(x) for x in ("123", "fg", "uvw"))
            made = Decision(new_id(), now(), "", activity, item, field, value)
        replay.feed(made)
        decisions.append(made)
        state = {(d.activity, d.item, d.field): d.value for d in replay.standing()}
        assert state == _state_by_definition(decisions)


def test_a_restart_gives_the_same_state(journal, path):
    for number in range(30):
        decide(journal, item=f"c{number % 4}", value=str(number))
    last = journal.state.last("a")
    decide(journal, item=last.item, field="undo", value=last.id)
    again = Journal(path)
    again.refresh()
    assert values(again) == values(journal)
    assert again.decisions == journal.decisions


def test_only_what_is_new_is_read_again(journal, path):
    other = Journal(path)
    decide(journal)
    assert len(other.refresh()) == 1
    assert other.refresh() == []
    decide(journal, item="c2")
    assert [d.item for d in other.refresh()] == ["c2"]
    assert [d.item for d in other.decisions_after(1)] == ["c2"]


# --- several at once -------------------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
from backchannel.journal import Journal
journal = Journal(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    made = journal.decide(student=sys.argv[2], activity="a", item=f"c{number}", field="form", value="x" * 200)
    print(made.id, flush=True)
"""


def _start_writer(path: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(count)], stdout=subprocess.PIPE, text=True
    )


@POSIX
def test_two_processes_write_at_once_and_every_line_is_whole(path):
    writers = [_start_writer(path, name, 300) for name in ("Ida", "Ola")]
    acknowledged = [writer.communicate(timeout=60)[0].split() for writer in writers]
    assert [len(ids) for ids in acknowledged] == [300, 300]
    reader = Journal(path)
    reader.refresh()
    assert reader.reports == ()
    for name, ids in zip(("Ida", "Ola"), acknowledged, strict=True):
        assert [d.id for d in reader.decisions if d.student == name] == ids


def test_two_kernels_see_one_another(journal, path):
    other = Journal(path)
    decide(journal, value="author")
    decide(other, item="c2", value="direct")  # the append itself takes in what came meanwhile
    assert values(other) == {("c1", "form"): "author", ("c2", "form"): "direct"}
    journal.refresh()
    assert values(journal) == values(other)


@POSIX
@pytest.mark.parametrize("seed", range(6))
def test_a_kill_at_any_moment_loses_nothing_acknowledged(path, seed):
    generator = random.Random(seed)
    writer = _start_writer(path, "Ida", 1_000_000)  # it never comes to its end
    acknowledged = [writer.stdout.readline().strip() for _ in range(generator.randrange(1, 500))]
    time.sleep(generator.uniform(0, 0.002))
    writer.send_signal(signal.SIGKILL)
    acknowledged += writer.stdout.read().split()  # not communicate(), which skips what was read ahead
    writer.wait(timeout=60)
    writer.stdout.close()
    assert acknowledged
    reader = Journal(path)
    reader.refresh()
    found = [d.id for d in reader.decisions]
    assert found[: len(acknowledged)] == acknowledged
    assert len(found) <= len(acknowledged) + 1  # written, but the answer was not heard any more
    after = decide(reader)
    assert Journal(path).refresh()[-1] == after


@pytest.mark.parametrize("kept", [0, 1, 40, -2, -1])
def test_after_a_torn_end_the_next_decision_stands_on_a_line_of_its_own(journal, path, kept):
    whole = decide(journal)
    torn = replace(whole, id=new_id()).line()[:kept]
    with path.open("ab") as file:
        file.write(torn)
    restarted = Journal(path)
    restarted.refresh()
    complete = torn.endswith(b"}")  # only its line end was lost, so it can still be read
    assert restarted.count == (2 if complete else 1)
    assert len(restarted.reports) == (1 if torn and not complete else 0)
    after = decide(restarted, item="c2")
    assert path.read_bytes().startswith(whole.line() + torn)
    assert after in restarted.decisions
    assert restarted.count == (3 if complete else 2)
    assert len(restarted.reports) == (1 if torn and not complete else 0)


def test_a_line_that_another_kernel_is_still_writing_is_waited_for(journal, path):
    decide(journal)
    line = replace(journal.decisions[0], id=new_id(), item="c2").line()
    with path.open("ab", buffering=0) as slow:
        slow.write(line[:50])
        assert journal.refresh() == []
        assert journal.reports == ()
        slow.write(line[50:])
    assert [d.item for d in journal.refresh()] == ["c2"]
    assert journal.reports == ()


LOCKER = """
import fcntl, os, sys, time
handle = os.open(sys.argv[1], os.O_WRONLY | os.O_APPEND)
fcntl.flock(handle, fcntl.LOCK_EX)
line = bytes.fromhex(sys.argv[2])
os.write(handle, line[:50])
print("half", flush=True)
sys.stdin.readline()
if sys.argv[3] == "finish":
    os.write(handle, line[50:])
os._exit(0)
"""


@POSIX
@pytest.mark.parametrize("end", ["finish", "die"])
def test_a_writer_waits_for_another_that_is_in_the_middle_of_a_line(journal, path, end):
    first = decide(journal)
    line = replace(first, id=new_id(), item="c2").line()
    slow = subprocess.Popen(
        [sys.executable, "-c", LOCKER, str(path), line.hex(), end],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert slow.stdout.readline() == "half\n"
    waiting = _start_writer(path, "Ola", 1)
    time.sleep(0.4)
    assert waiting.poll() is None, "the writer did not wait for the lock"
    assert path.read_bytes() == first.line() + line[:50]
    slow.communicate("go\n", timeout=60)
    (answer,) = waiting.communicate(timeout=60)[0].split()
    journal.refresh()
    items = [d.item for d in journal.decisions]
    assert items == (["c1", "c2", "c0"] if end == "finish" else ["c1", "c0"])
    assert answer == journal.decisions[-1].id
    assert len(journal.reports) == (0 if end == "finish" else 1)


# --- when it cannot be written ---------------------------------------------------------------------------

FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from backchannel.errors import JournalError
from backchannel.journal import Journal
path = Path(sys.argv[1])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
journal = Journal(path)
for number in range(100):
    before = path.read_bytes() if path.exists() else b""
    try:
        made = journal.decide(student="Ida", activity="a", item=f"c{number}", field="form", value="x")
    except JournalError as error:
        assert path.read_bytes() == before, "the file is not as it was before"
        assert journal.state.get("a", f"c{number}", "form") is None, "the decision looks as if it were saved"
        print(error, file=sys.stderr)
        break
    print(made.id)
"""


@POSIX
def test_on_a_full_disk_a_sentence_is_said_and_nothing_acknowledged_is_lost(path):
    writer = run(FULL_DISK, path)
    assert writer.returncode == 0, writer.stderr
    assert writer.stderr.startswith(f"The decision was not saved: {path} cannot be written (")
    assert writer.stderr.endswith("make room or choose a folder you may write to, then save again.\n")
    reader = Journal(path)
    assert [d.id for d in reader.refresh()] == writer.stdout.split()
    assert reader.count > 10
    assert path.stat().st_size < 5000
    assert reader.reports == ()
    decide(reader)
    assert reader.reports == ()


@pytest.mark.parametrize("written", [0, 1, 60])
@pytest.mark.parametrize("failure", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_write_that_stops_half_way_is_taken_back(journal, path, monkeypatch, written, failure):
    decide(journal)
    before = path.read_bytes()
    write, calls = os.write, []

    def stops(handle: int, data: bytes) -> int:
        calls.append(data)
        if len(calls) > 1 or not written:
            raise OSError(failure, os.strerror(failure))
        return write(handle, data[:written])

    monkeypatch.setattr(os, "write", stops)
    with pytest.raises(
        JournalError, match=r"^The decision was not saved: .* cannot be written \(.+\); make room"
    ):
        decide(journal, item="c2")
    assert path.read_bytes() == before
    assert values(journal) == {("c1", "form"): "author"}
    monkeypatch.undo()
    assert decide(journal, item="c2") == journal.decisions[-1]


def test_a_decision_that_could_not_be_flushed_is_not_acknowledged(journal, path, monkeypatch):
    def fails(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    decide(journal)
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(JournalError, match="Input/output error"):
        decide(journal, item="c2")
    assert path.read_bytes() == before


def test_a_write_in_several_pieces_is_completed(journal, path, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: write(handle, data[:7]))
    made = decide(journal)
    assert path.read_bytes() == made.line()


def test_without_a_lock_a_failed_write_never_cuts_the_line_of_another(journal, path, monkeypatch):
    decide(journal)
    other = replace(journal.decisions[0], id=new_id(), item="c2")
    write = os.write

    def stops_while_another_writes(handle: int, data: bytes) -> int:
        write(handle, data[:20] + b"\n" + other.line())
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(journal_module, "fcntl", None)
    monkeypatch.setattr(os, "write", stops_while_another_writes)
    with pytest.raises(JournalError):
        decide(journal, item="c3")
    monkeypatch.undo()
    assert other in Journal(path).refresh()


def test_where_there_are_no_locks_decisions_are_still_written(journal, path, monkeypatch):
    monkeypatch.setattr(journal_module, "fcntl", None)
    made = decide(journal)
    assert Journal(path).refresh() == [made]


@POSIX
def test_where_the_folder_knows_no_locks_decisions_are_still_written(journal, path, monkeypatch):
    def unknown(*_: object) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(journal_module.fcntl, "flock", unknown)
    made = decide(journal)
    assert Journal(path).refresh() == [made]


def test_a_folder_that_cannot_be_made_is_said(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(JournalError, match=r"^The journal .* cannot be read \(.+\); check that it is a file"):
        decide(Journal(tmp_path / "file" / "workspace" / "journal.jsonl"))


def test_a_journal_that_is_a_folder_is_said(tmp_path):
    with pytest.raises(JournalError, match=r"^The journal .* cannot be read \(.+\); check that it is a file"):
        Journal(tmp_path).refresh()


READ_ONLY = """
import os, sys
from pathlib import Path
from backchannel.errors import JournalError
from backchannel.journal import Journal
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
journal = Journal(Path(sys.argv[1]))
print(len(journal.refresh()))
try:
    journal.decide(student="Ida", activity="a", item="c9", field="form", value="x")
except JournalError as error:
    print(error)
"""


@POSIX
@pytest.mark.parametrize("locked", ["folder", "file"])
def test_in_a_folder_that_may_only_be_read_a_sentence_is_said(path, locked):
    # Below /tmp/pytest-of-… others may not even look, so the folder is passed as the working directory.
    path.parent.mkdir(parents=True)
    if locked == "file":
        decide(Journal(path))
        path.chmod(0o444)
    before = path.read_bytes() if path.exists() else None
    path.parent.chmod(0o555)
    try:
        writer = run(
            READ_ONLY, path.name, cwd=path.parent, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        )
    finally:
        path.parent.chmod(0o755)
    assert writer.returncode == 0, writer.stderr
    count, sentence = writer.stdout.splitlines()
    assert count == ("1" if locked == "file" else "0")
    assert sentence == (
        "The decision was not saved: journal.jsonl cannot be written (Permission denied); "
        "make room or choose a folder you may write to, then save again."
    )
    assert (path.read_bytes() if path.exists() else None) == before


# --- lines that are not ours -----------------------------------------------------------------------------

NOT_DECISIONS = {
    b"not JSON": "the line is torn or is not JSON",
    b'{"id": "x", "at"': "the line is torn or is not JSON",
    b"\x00" * 300: "the line is torn or is not JSON",
    b"\xff\xfe\x00": "the line is torn or is not JSON",
    b'{"id": "\xe4"}': "the line is torn or is not JSON",
    b"[" * 100_000: "the line is torn or is not JSON",
    b'{"a":' * 100_000: "the line is torn or is not JSON",
    b"9" * 10_000: "the line is torn or is not JSON",
    b"[" * 200 + b"]" * 200: "the line is not a decision",
    b"17": "the line is not a decision",
    b"NaN": "the line is not a decision",
    b"null": "the line is not a decision",
    b'"text"': "the line is not a decision",
    b"{}": "the line lacks id, at, activity, item, field, value",
    raw_line(value=3).rstrip(): "the entry value is not text",
    raw_line(value=None).rstrip(): "the entry value is not text",
    raw_line(note={"a": []}, item=True).rstrip(): "the entry item, note is not text",
    raw_line(note="\ud83d").rstrip(): "the line holds half of a character",
}


@pytest.mark.parametrize(("line", "problem"), NOT_DECISIONS.items(), ids=range(len(NOT_DECISIONS)))
def test_a_line_that_is_no_decision_is_refused_with_its_reason(line, problem):
    with pytest.raises(ValueError, match=f"^{problem}$"):
        read_line(line)


def test_lines_that_are_no_decisions_are_set_aside_reported_and_kept(journal, path):
    first = decide(journal)
    foreign = b"\n".join([*NOT_DECISIONS, b"", b"  "]) + b"\n"
    with path.open("ab") as file:
        file.write(foreign)
    last = decide(journal, item="c2")
    assert journal.decisions == (first, last)
    assert path.read_bytes() == first.line() + foreign + last.line()
    assert [(report.row, report.problem) for report in journal.reports] == list(
        enumerate(NOT_DECISIONS.values(), start=2)
    )
    assert str(journal.reports[0]) == (
        "journal.jsonl, row 2: the line is torn or is not JSON; "
        "nothing else is affected, and the line stays in the file."
    )


def test_a_line_with_more_or_fewer_optional_entries_is_read():
    line = json.loads(raw_line(colour="blue", size=[1]))
    for name in ("student", "confidence", "note", "codebook"):
        del line[name]
    decision = read_line(json.dumps(line).encode())
    assert (decision.student, decision.note, decision.value) == ("", "", "author")


def test_line_ends_of_another_system_are_read(journal, path):
    made = decide(journal)
    path.write_bytes(made.line().replace(b"\n", b"\r\n"))
    assert Journal(path).refresh() == [made]


@pytest.mark.parametrize("version", ["1.²", "9" * 5000])
def test_a_foreign_version_does_not_stop_the_reader(journal, path, version):
    path.parent.mkdir()
    path.write_bytes(raw_line(codebook=version))
    assert len(journal.refresh()) == 1


def test_a_newer_codebook_is_reported_in_one_sentence_and_its_decisions_are_read(journal, path):
    path.parent.mkdir()
    path.write_bytes(
        raw_line(codebook="1.2") + raw_line(codebook="1.10") + raw_line(codebook="2.0", item="c2")
    )
    journal.refresh()
    (report,) = journal.reports
    assert str(report) == (
        "journal.jsonl, row 2: the codebook 1.10 is newer than this course's 1.2; "
        "fetch the newer course; until then labels it does not know stay in the file, unused."
    )
    assert values(journal) == {("c1", "form"): "author", ("c2", "form"): "author"}


@pytest.mark.parametrize("version", ["", "1.2", "1.2.0", "1.1", "0.9"])
def test_a_codebook_of_today_or_before_is_not_reported(journal, path, version):
    path.parent.mkdir()
    path.write_bytes(raw_line(codebook=version))
    journal.refresh()
    assert journal.reports == ()


# --- the file changes under the reader -------------------------------------------------------------------


def _write_lines(path: Path, decisions: list[Decision]) -> None:
    path.write_bytes(b"".join(decision.line() for decision in decisions))


@pytest.fixture
def ten(journal: Journal) -> list[Decision]:
    return [decide(journal, item=f"c{number}", note="same note for all " * 30) for number in range(10)]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda ten: ten[:4], id="cut"),
        pytest.param(lambda ten: [], id="emptied"),
        pytest.param(lambda ten: ten[::-1], id="another of the same length"),
        pytest.param(
            lambda ten: ten[:4] + [replace(d, id=new_id(), item="new") for d in ten], id="restored and longer"
        ),
        pytest.param(lambda ten: [replace(ten[0], value="edited by hand"), *ten[1:]], id="edited"),
        pytest.param(lambda ten: ten[1:], id="first line removed"),
    ],
)
def test_a_file_that_was_changed_is_read_anew(journal, path, ten, change):
    now_there, generation = change(ten), journal.generation
    _write_lines(path, now_there)
    assert journal.refresh() == now_there
    assert list(journal.decisions) == now_there
    assert journal.generation is not generation
    assert journal.refresh() == []


def test_a_file_that_was_changed_twice_is_read_anew_twice(journal, path, ten):
    for kept in (ten[5:], ten[:5], ten[3:8]):
        _write_lines(path, kept)
        assert journal.refresh() == kept


def test_a_file_that_is_gone_leaves_nothing_and_the_next_decision_begins_it_again(journal, path, ten):
    path.unlink()
    assert journal.refresh() == []
    assert journal.decisions == ()
    made = decide(journal)
    assert Journal(path).refresh() == [made]


def test_a_file_put_in_the_place_of_another_is_continued(journal, path, ten):
    other = path.with_name("other.jsonl")
    _write_lines(other, ten[:2])
    other.replace(path)
    made = decide(journal, item="after")
    assert [d.item for d in Journal(path).refresh()] == ["c0", "c1", "after"]
    assert list(journal.decisions) == [*ten[:2], made]


def test_an_appended_line_keeps_the_generation(journal, path, ten):
    generation = journal.generation
    with path.open("ab") as file:
        file.write(raw_line(item="from elsewhere"))
    assert [d.item for d in journal.refresh()] == ["from elsewhere"]
    assert journal.generation is generation
