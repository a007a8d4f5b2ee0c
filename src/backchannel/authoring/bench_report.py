"""Measure the report on a class: reading journals, counting answers, and the page as a whole.

The class is invented: every student labels 200 claims in all nine dimensions. The yardsticks run in the same
bench: pandas reading and counting the same table as CSV, and bare JSON reading the same journals.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from backchannel.authoring.invented_class import Invented, invent
from backchannel.classroom.folder import ClassFolder
from backchannel.classroom.reporting import labels
from backchannel.classroom.reporting.labels import opened
from backchannel.dossier import load_dossier
from backchannel.exercises import Key, require_key

SIZES = (40, 1_000, 10_000)
MOST_COUNTED = 100_000
MOST_FOR_PANDAS = 1_000
CLAIMS = 200
READERS = 100
EXERCISE = "03"
_ROOM = 12 * 2**30  # bytes that the largest table and its making may need

# Linux hands the largest memory of the process that starts another down to it, except in /proc.
_PEAK = """
import re, resource
from pathlib import Path
own = Path("/proc/self/status")
if own.is_file():
    peak = int(re.search(r"VmHWM:\\s+(\\d+)", own.read_text())[1]) / 2**10
else:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
print(peak)"""

_REPORT = """
import sys
from pathlib import Path
from backchannel.classroom.folder import ClassFolder
from backchannel.classroom.reporting.labels import Labels
from backchannel.classroom.reporting.report import make_report
from backchannel.dossier import load_dossier
from backchannel.exercises import require_key
folder = ClassFolder(Path(sys.argv[1]), load_dossier().folder.parent)
page = make_report(folder, Labels(Path(sys.argv[2]), {}, 0), require_key(load_dossier()))
(folder.root / "report.html").write_text(page, encoding="utf-8")
print(len(page.encode()))"""

_COUNT = """
import sys
from pathlib import Path
from backchannel.classroom.reporting.answer_figures import count_answers
from backchannel.classroom.reporting.labels import Labels, opened, view
with opened() as connection:
    view(connection, Labels(Path(sys.argv[1]), {}, 0))
    print(int(count_answers(connection)["n"].sum()))"""

_PANDAS = """
import sys
import pandas as pd
table = pd.read_csv(sys.argv[1])
counted = table.groupby(["task", "item", "field", "value"]).size()
print(int(counted.sum()))"""


def bench_report() -> Iterator[str]:
    """Yield rows: reading journals, and for classes of several sizes counting and the whole report."""
    key = require_key(load_dossier())
    with tempfile.TemporaryDirectory(prefix="backchannel-bench-") as name:
        yield from _reading(Path(name) / "reading", key)
        yield f"Report on {CLAIMS} claims x 9 dimensions (bar: 1,000 students <= 10 s and <= 1000 MB; linear)"
        yield "Each row is a process of its own, from its start to its end, imports of about 3 s included"
        for size in SIZES:
            yield from _reported(Path(name) / str(size), size, key)
            shutil.rmtree(Path(name) / str(size))
        if shutil.disk_usage(name).free < _ROOM:
            yield f"  {MOST_COUNTED:,} students were left out: they need {_ROOM // 2**30} GB of disk"
            return
        table = Path(name) / "large.parquet"
        rows = invent_answers(table, MOST_COUNTED, key)
        yield _row("counting", MOST_COUNTED, rows, *_cold(_COUNT, table)[:2])


def _row(what: str, size: int, rows: int, seconds: float, megabytes: float) -> str:
    name = f"{what}, {size:,} students"
    return f"  {name:<46} {seconds:6.1f} s   {megabytes:5.0f} MB   rows {rows:,}"


def _reading(root: Path, key: Key) -> Iterator[str]:
    """Yield rows on journals of a class that nobody has read yet, of which then one changes."""
    folder = ClassFolder(root, key.dossier.folder.parent)
    invent(folder, key, Invented(READERS))
    journals = [path for place in folder.places() if (path := folder.journal(place)).is_file()]
    lines = sum(path.read_bytes().count(b"\n") for path in journals)
    yield f"Journals of a class into its table: {len(journals):,} journals, {lines:,} lines"
    for what in ("all for the first time", "none changed", "one changed"):
        if what == "one changed":
            journals[0].write_bytes(journals[0].read_bytes() + b"\n")
        started = time.perf_counter()
        labels.bring_up_to_date(folder, key.dossier, lambda _line: None)
        yield f"  {what:<46} {time.perf_counter() - started:6.2f} s"
    started = time.perf_counter()
    for path in journals:
        for line in path.read_bytes().splitlines():
            if line.strip():
                json.loads(line)
    yield f"  {'bare JSON over the same lines':<46} {time.perf_counter() - started:6.2f} s"


def _reported(root: Path, size: int, key: Key) -> Iterator[str]:
    folder = ClassFolder(root, key.dossier.folder.parent)
    invent(folder, key, Invented(size, (EXERCISE,)))
    table = root / "answers.parquet"
    rows = invent_answers(table, size, key)
    seconds, megabytes, page = _cold(_REPORT, root, table)
    yield f"{_row('report', size, rows, seconds, megabytes)}   page {page // 1024:,} KB"
    seconds, megabytes, _counted = _cold(_COUNT, table)
    yield _row("  of which counting", size, rows, seconds, megabytes)
    if size <= MOST_FOR_PANDAS:
        as_csv = root / "answers.csv"
        with opened() as connection:
            connection.execute(f"copy (from read_parquet('{table}')) to '{as_csv}' (FORMAT csv, HEADER)")
        seconds, megabytes, _counted = _cold(_PANDAS, as_csv)
        yield _row("  pandas reads and counts the CSV", size, rows, seconds, megabytes)


def _cold(code: str, *arguments: Path) -> tuple[float, float, int]:
    """Run code in a process of its own; return its seconds, its largest memory in MB, and what it counted."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code + _PEAK, *map(str, arguments)], check=True, capture_output=True, text=True
    )
    seconds = time.perf_counter() - started
    counted, megabytes = done.stdout.splitlines()[-2:]
    return seconds, float(megabytes), int(counted)


def invent_answers(path: Path, students: int, key: Key) -> int:
    """Write a table in which every student labels every claim in every dimension; return its rows.

    Seven of ten give the label of the reference, the others any label of the dimension.
    """
    references, rows = key.dossier.references, []
    for claim in list(key.dossier.claims)[:CLAIMS]:
        for dimension in key.dossier.codebook.dimensions:
            right = references[claim, dimension.id][0].label
            rows.append((claim, dimension.id, right, list(dimension.label_ids)))
    asked = pd.DataFrame(rows, columns=["item", "field", "reference", "labels"])
    exercise = next((key.dossier.folder.parent / "exercises").glob(f"{EXERCISE}_*")).name
    with opened() as connection:
        connection.register("asked", asked)
        connection.execute("select setseed(0.4)")
        found = connection.execute(
            f"""copy (
              select 'st' || lpad(student::varchar, 6, '0') as student, '{exercise}' as exercise,
                'ex{EXERCISE}-1' as task, item, field,
                case when random() < 0.7 then reference
                  else labels[1 + floor(random() * len(labels))::int] end as value,
                'medium' as confidence,
                case when random() < 0.0005 then 'The verb decides, number ' || student else '' end as note,
                timestamp '2026-11-02 08:00' + to_seconds(floor(random() * 600000)) as "at",
                (5 + random() * 50)::float as seconds, true as standing
              from range({students}) as people (student), asked
            ) to '{path}' (FORMAT parquet, COMPRESSION zstd)"""
        ).fetchone()
    assert found is not None
    return int(found[0])
