"""The lint of the lessons: each rule spares one kind of reader one kind of trouble.

A rule takes a lesson and what the course data knows, and yields remarks. What an output would show now is
the business of ``backchannel refresh --check``; whether it holds text of the originals, of the rights check.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path

from backchannel.authoring import lint_cells, lint_form, lint_text
from backchannel.authoring.lessons import Known, Lesson, Remark, Rule, find_lessons, read_lesson
from backchannel.dossier import activities_in, find_course_data, lessons_in
from backchannel.errors import DataError, UsageError
from backchannel.tables import read_package

RULES: tuple[Rule, ...] = (
    lint_form.the_file_is_a_lesson,
    lint_form.the_metadata_is_complete,
    lint_form.the_first_cell_asks_the_question,
    lint_form.the_lesson_is_that_of_the_tables,
    lint_form.the_parts_stand_in_order,
    lint_form.headings_nest,
    lint_form.the_objectives_are_those_of_the_metadata,
    lint_form.the_minutes_are_true_to_the_metadata,
    lint_cells.the_prediction_comes_first,
    lint_cells.the_check_closes_the_lesson,
    lint_cells.the_activities_are_those_of_the_tables,
    lint_form.the_next_step_is_named,
    lint_cells.cells_have_readable_ids,
    lint_cells.prose_comes_before_code,
    lint_cells.code_is_short,
    lint_cells.code_is_plain,
    lint_cells.nothing_is_kept_from_the_tests,
    lint_cells.cells_were_run_in_order,
    lint_cells.outputs_show_no_errors,
    lint_cells.outputs_hold_no_traces,
    lint_cells.pictures_have_words,
    lint_text.citations_resolve,
    lint_text.the_sources_are_those_cited,
    lint_text.links_lead_somewhere,
    lint_text.the_tone_is_calm,
    lint_text.sentences_are_short,
)


def lint(lesson: Lesson, known: Known) -> tuple[Remark, ...]:
    """Return all remarks on a lesson, in the order of the rules."""
    return tuple(remark for rule in RULES for remark in rule(lesson, known))


def lint_files(paths: Iterable[Path], known: Known) -> tuple[str, ...]:
    """Return a sentence for everything that is wrong in some notebooks, unreadable ones included."""
    sentences: list[str] = []
    for path in paths:
        try:
            sentences += map(str, lint(read_lesson(path), known))
        except DataError as problem:
            sentences.append(str(problem))
    return tuple(sentences)


def known_ids(course_data: Path) -> Known:
    """Read what the course data know that a lesson says too.

    Raises:
        DataError: the course data cannot be read.
    """
    tables = read_package(course_data).tables
    sources, claims, passages = (frozenset(tables[name]["id"]) for name in ("sources", "claims", "passages"))
    return Known(sources, claims, passages, lessons_in(tables), activities_in(tables))


def main(argv: Sequence[str]) -> int:
    """Check that each lesson has the parts of a lesson and keeps its rules.

    Returns:
        0 where all is well, 1 where a lesson is wrong, 2 where there is no such lesson.
    """
    parser = argparse.ArgumentParser(
        prog="backchannel lint", description="Check that each lesson has the parts of a lesson."
    )
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help="a lesson, such as 03; all of them by default"
    )
    options = parser.parse_args(argv)
    try:
        paths = find_lessons(options.names)
    except UsageError as problem:
        parser.error(str(problem))
    found = lint_files(paths, known_ids(find_course_data(paths[0].parent if paths else None)))
    for sentence in found:
        print(sentence)
    print(f"{_number(len(paths), 'lesson')} read, {_number(len(found), 'remark')}.")
    return int(bool(found))


def _number(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
