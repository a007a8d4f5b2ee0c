"""Begin a dossier of one's own: ``backchannel dossier new`` and ``backchannel dossier measure``.

A new dossier has the tables and the codebook of the course that is found, and what the codebook rests on:
its sources, the definitions of the tracks, the elements of the Act. Everything about the texts is new: an
invented example, or nothing. The example lies in ``dossier_template/``.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import re
import shlex
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from string import Template

from backchannel.authoring.codebook_page import pages
from backchannel.authoring.describe import tables_and_fields
from backchannel.authoring.measure import measure
from backchannel.codebook import load_codebook
from backchannel.dossier import Dossier, find_course_data, inspect
from backchannel.errors import BackchannelError, DataError
from backchannel.tables import Row, Schema, read_package, read_schemas, rows_of, split_list

TEMPLATE = Path(__file__).with_name("dossier_template")
DEFINITIONS = ("track_definitions", "logan_elements")
"""Tables that say what words mean and nothing about a text; a new dossier has them from the course."""

MISUSE = 2
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]*")  # Data Package specification, property "name"


def main(argv: Sequence[str]) -> int:
    """Run ``dossier new`` or ``dossier measure``.

    Returns:
        0 where all went well; 2 where the command line cannot be followed, the folder being in use for one.

    Raises:
        BackchannelError: the course cannot be read, or the folder cannot be written.
    """
    parser = argparse.ArgumentParser(
        prog="backchannel dossier", description="Begin a dossier of your own, and measure texts for it."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    new = commands.add_parser(
        "new",
        help="create a folder with tables, a notebook and a README to begin with",
        description="Create a dossier with a small invented example, ready to be opened and checked.",
    )
    new.add_argument(
        "folder", type=Path, metavar="FOLDER", help="the folder to create; it must not exist, or be empty"
    )
    new.add_argument("--title", default="", help="what the dossier is called (default: the folder's name)")
    new.add_argument(
        "--name",
        default="",
        help="its short name for machines: small letters, digits, hyphens (default: made from the title)",
    )
    new.add_argument("--empty", action="store_true", help="tables with their header only, no example")
    measuring = commands.add_parser(
        "measure",
        help="say of a text what documents.csv and passages.csv ask for",
        description="Print number of words, hash and, for each paragraph, its locator, start and end.",
    )
    measuring.add_argument(
        "file", type=Path, metavar="FILE", help="a text in UTF-8, such as documents/d2.txt"
    )
    wanted = parser.parse_args(argv)
    if wanted.command == "measure":
        for line in measure(wanted.file):
            print(line)
        return 0
    if problem := _problem_with(wanted.folder, wanted.name):
        parser.exit(MISUSE, f"backchannel dossier new: {problem}\n")
    title = wanted.title.strip() or wanted.folder.resolve().name
    create(wanted.folder, title, wanted.name or short_name(title), empty=wanted.empty)
    print(
        f"The dossier {title!r} lies in {wanted.folder}; read its README.md, "
        f"then open it with `backchannel lab {shlex.quote(str(wanted.folder))}`."
    )
    return 0


def _problem_with(folder: Path, name: str) -> str:
    """Say in a sentence why the wish cannot be followed, or return an empty string."""
    try:
        if folder.exists() and not folder.is_dir():
            return f"{folder} is a file; name a folder that does not exist yet."
        if folder.is_dir() and any(folder.iterdir()):
            return f"The folder {folder} is not empty, and nothing is overwritten; name another folder."
    except OSError as error:
        return f"The folder {folder} cannot be read ({error.strerror}); name another folder."
    if name and not _NAME.fullmatch(name):
        return f"The name {name!r} does not fit; use small letters, digits, hyphens, dots and underscores."
    return ""


def short_name(title: str) -> str:
    """Return a title as a Data Package may be named: ``Möwen & Lachs`` gives ``mowen-lachs``."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z0-9]+", plain)) or "dossier"


def create(folder: Path, title: str, name: str, *, empty: bool = False) -> None:
    """Create a dossier in a folder that does not exist or is empty.

    It is drafted and checked elsewhere first, so that nothing half done is left where it does not fit.

    Args:
        folder: where to put it.
        title: for people, in datapackage.json and the README.
        name: for machines, in datapackage.json.
        empty: whether to leave the example out.

    Raises:
        DataError: the course was not found, cannot be read, or the example does not fit its tables.
        BackchannelError: the folder cannot be written.
    """
    course = find_course_data()
    with tempfile.TemporaryDirectory(prefix="backchannel-") as place:
        draft = Path(place, "dossier")
        for path, content in _files(course, title, name, empty=empty):
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            (draft / path).write_bytes(content)
        (draft / "documents").mkdir(exist_ok=True)
        package, codebook, findings = inspect(draft / "course_data")
        if findings:
            raise DataError(
                f"No dossier can be begun from the course in {course}, since this would be wrong in it: "
                f"{findings[0]} Mend the course first."
            )
        for page, text in _pages(Dossier(package.folder, package.tables, codebook), draft).items():
            page.parent.mkdir(exist_ok=True)
            page.write_text(text, encoding="utf-8")
        try:
            shutil.copytree(draft, folder, dirs_exist_ok=True)
        except OSError as error:  # shutil.Error is one of them
            raise BackchannelError(
                f"The dossier could not be written into {folder} ({error.strerror or error}); "
                "name a folder in which you may write."
            ) from error


def _pages(dossier: Dossier, draft: Path) -> dict[Path, str]:
    """Return what a person looks things up in: what each column holds, and the codebook to print."""
    tables = ["# What each column holds", "", *tables_and_fields(dossier)]
    return {draft / "docs" / "tables.md": "\n".join(tables), **pages(dossier.codebook, draft / "docs")}


def _files(course: Path, title: str, name: str, *, empty: bool) -> Iterator[tuple[str, bytes]]:
    """Yield (path within the dossier, content) of each file."""
    yield "course_data/datapackage.json", _declaration(course, title, name)
    yield "course_data/codebook.toml", (course / "codebook.toml").read_bytes()
    rows = _definitions(course)
    if not empty:
        for path in sorted((TEMPLATE / "tables").glob("*.csv")):
            rows[path.stem] = [*rows.get(path.stem, ()), *_read_example(path)]
        yield "documents/d1.txt", (TEMPLATE / "d1.txt").read_bytes()
    for schema in read_schemas(course):
        yield f"course_data/{schema.path}", _table(schema, rows.get(schema.name, ()))
    readme = Template((TEMPLATE / "README.md").read_text(encoding="utf-8"))
    yield "README.md", readme.substitute(title=title).encode()
    yield "notebooks/start.ipynb", (TEMPLATE / "start.ipynb").read_bytes()
    yield ".gitignore", (TEMPLATE / "gitignore").read_bytes()


def _declaration(course: Path, title: str, name: str) -> bytes:
    """Return the course's datapackage.json under another name, with the tables and nothing else of it.

    It has no licence: under which one the new data may be used is not ours to say.
    """
    package = json.loads((course / "datapackage.json").read_text(encoding="utf-8"))
    own = {
        "name": name,
        "title": title,
        "version": "0.1.0",
        "profile": package.get("profile", "tabular-data-package"),
        "description": f"Reading edition, claims, attributions and labels of the dossier {title}.",
        "resources": package["resources"],
    }
    return (json.dumps(own, ensure_ascii=False, indent=1) + "\n").encode()


def _definitions(course: Path) -> dict[str, list[Row]]:
    """Return the rows that the codebook rests on: definitions, and the sources they and it name.

    Raises:
        DataError: one of these tables of the course is wrong.
    """
    package = read_package(course)
    wanted_tables = (*DEFINITIONS, "sources")
    for finding in package.findings:
        if finding.file.removesuffix(".csv") in wanted_tables:
            raise DataError(str(finding))
    tables = {name: [_as_text(row) for _, row in rows_of(package.tables[name])] for name in wanted_tables}
    wanted = {
        source
        for dimension in load_codebook(course / "codebook.toml").dimensions
        for source in dimension.derived_from
    }
    for name in DEFINITIONS:
        wanted.update(source for row in tables[name] for source in split_list(row["sources"]))
    return tables | {"sources": [row for row in tables["sources"] if row["id"] in wanted]}


def _as_text(row: Mapping[str, object]) -> Row:
    return {column: str(cell) for column, cell in row.items()}


def _read_example(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _table(schema: Schema, rows: Sequence[Row]) -> bytes:
    """Write rows as the course's table has them; a column of the example that it lacks is left out."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, schema.columns, restval="", extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
