"""The README keeps what it promises: its links lead somewhere, its minutes are those of the lessons."""

import json
import re
from pathlib import Path

import pytest

from backchannel.dossier import load_dossier
from backchannel.validation.labels import held_back

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def links(text):
    return [target for target in re.findall(r"\]\(([^)]+)\)", text) if "://" not in target]


def test_every_link_leads_to_a_file():
    assert len(links(README)) > 10
    assert [target for target in links(README) if not (ROOT / target).exists()] == []


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: path.stem)
def test_every_lesson_is_listed_with_its_own_question_and_minutes(lesson):
    about = json.loads(lesson.read_text(encoding="utf-8"))["metadata"]["backchannel"]
    minutes = about["minutes"]["reading"] + about["minutes"]["tasks"]
    row = next(line for line in README.splitlines() if lesson.name in line)
    assert row.endswith(f"| {about['question']} | {minutes} |")


def test_the_two_commands_are_targets_of_the_makefile():
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"^make ([a-z]+)$", README, re.MULTILINE)) == {"lab", "test"}
    assert {"lab", "test"} <= set(targets)


def test_the_figures_about_the_data_are_those_of_the_data():
    dossier = load_dossier(ROOT / "course_data")
    tables = dossier.tables
    for figure in (
        f"{len(tables['passages'])} passages",
        f"{len(tables['claims'])} claims",
        f"{len(tables['contacts'])} diplomatic contacts",
        f"{len(tables['propositions'])} propositions",
    ):
        assert figure in README, figure
    about = (ROOT / "course_data" / "README.md").read_text(encoding="utf-8")
    assert f"{len(held_back(tables))} of the {len(tables['claims'])} claims" in about
