"""The report on a class in a real Chromium: readable by ear and by keyboard, in the light and in the dark."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from backchannel.authoring.invented_class import Invented, invent
from backchannel.classroom.folder import ClassFolder
from backchannel.classroom.reporting import labels
from backchannel.classroom.reporting.report import make_report
from backchannel.dossier import load_dossier
from backchannel.exercises import require_key

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    key = require_key(load_dossier(PROJECT / "course_data"))
    folder = ClassFolder(tmp_path_factory.mktemp("report") / "class", PROJECT)
    invent(folder, key, Invented(12, ("03", "08")))
    found = labels.bring_up_to_date(folder, key.dossier, lambda _line: None)
    path = folder.root / "report.html"
    path.write_text(make_report(folder, found, key, at=datetime(2026, 11, 22, tzinfo=UTC)), encoding="utf-8")
    return path


def look_at(page, report, width=1100):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(report.as_uri())


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1100, 360])
def test_the_report_has_no_violation_and_stays_within_the_page(request, report, theme, width):
    page = request.getfixturevalue("page" if theme == "light" else "dark_page")
    told = []
    page.on("console", lambda message: told.append(message.text))
    look_at(page, report, width)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    pictures = page.locator("figure img")
    assert pictures.count() >= 6
    assert page.evaluate("[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
    assert told == [], "the page breaks its own policy"
    found = Axe().run(page).response["violations"]
    assert [f"{v['id']}: {n['html'][:160]}" for v in found for n in v["nodes"]] == []


def test_pictures_follow_the_theme(page, report):
    """The corner of a picture is its paper: light on a light page, dark on a dark one."""
    shades = {}
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        look_at(page, report)
        shades[theme] = page.locator("figure img").first.evaluate(_CORNER)
    assert shades["light"] > 200
    assert shades["dark"] < 60


_CORNER = """async (picture) => {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 40;
  const context = canvas.getContext('2d');
  context.drawImage(picture, 0, 0, 40, 40);
  return context.getImageData(2, 2, 1, 1).data[0];
}"""


def test_folds_and_wide_tables_are_reached_by_keyboard(page, report):
    look_at(page, report, 360)
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName + ' ' + document.activeElement.className"))
    assert {"A ", "DIV wide", "SUMMARY "} <= reached
    fold = page.locator("details:not([open]) > summary").first
    fold.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.parentElement.open")
