"""A page of feedback in a browser: offline, by keyboard, in both themes, at any width and on paper."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from graded_class import EXERCISE, GradedClass
from playwright.sync_api import expect

from backchannel import exercises
from backchannel.classroom import gradebook, students
from backchannel.classroom.folder import Place
from backchannel.classroom.handing_back.feedback_page import page as page_of
from backchannel.classroom.handing_back.handback import Desk
from backchannel.dossier import load_dossier

HOSTILE = (
    "</blockquote><script>document.title='broken'</script><img src=http://127.0.0.1:9/x> \u202eabc "
    + "x" * 300
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Pages of three students, one of them with everything right and wrong told."""
    key = exercises.require_key(load_dossier())
    made = GradedClass(tmp_path_factory.mktemp("made") / "class", key)
    for student, kind in (("ben", "half"), ("eve", "wrong")):
        made.enrol(student, name=f"{student} <i>O’Neill</i> {HOSTILE}")
        made.add(student, kind, late=7200, findings=(f"Something was noticed. {HOSTILE}",))
    made.mark(Place("ben", EXERCISE), "ex03-3", 6, f"Good.\n{HOSTILE}")
    made.close()
    found = {}
    for student, reference in (("ben", False), ("eve", False), ("eve", True)):
        desk = Desk(
            made.folder, key, students.load(made.folder), gradebook.scores(made.folder), reference=reference
        )
        path = made.folder.root / f"{student}-{'all' if reference else 'own'}.html"
        path.write_text(page_of(desk.hand_back(Place(student, EXERCISE))), encoding="utf-8")
        found[path.stem] = path
    return found


def violations(page):
    found = Axe().run(page).response["violations"]
    return [f"{v['id']}: {n['html'][:160]} {n['failureSummary']}" for v in found for n in v["nodes"]]


def picture(page, name):
    """Keep a picture for a person to look at, where a folder for pictures is named."""
    if folder := os.environ.get("BACKCHANNEL_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"feedback-{name}.png"), full_page=True)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["ben-own", "eve-all"])
def test_a_page_reads_well_and_fetches_nothing(request, written, theme, name):
    page = request.getfixturevalue("page" if theme == "light" else "dark_page")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for width in (1100, 390):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(written[name].as_uri())
        assert page.title() == "Feedback on exercise 03: How sure is who?"
        for language in ("English", "Deutsch"):
            page.get_by_label(language).check()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            assert width == 1100 or violations(page) == []
        picture(page, f"{name}-{theme}-{width}")
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 690, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.get_by_label("English")).to_be_hidden()
    picture(page, f"{name}-{theme}-print")
    assert [url for url in asked if not url.startswith("file:")] == []


def test_the_language_is_switched_by_keyboard_alone(page, written):
    page.goto(written["eve-own"].as_uri())
    english, german = page.locator("main > .in-en"), page.locator("main > .in-de")
    expect(english).to_be_visible()
    expect(german).to_be_hidden()
    page.keyboard.press("Tab")
    expect(page.get_by_label("English")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(german).to_be_visible()
    expect(english).to_be_hidden()
    page.keyboard.press("Tab")
    expect(german.locator("ul.points a").first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#de-ex03-1")).to_be_in_viewport()


def test_a_wrong_label_leads_to_its_rules(page, written):
    page.goto(written["eve-own"].as_uri())
    link = page.locator("main > .in-en .answer.other a").first
    link.click()
    target = page.locator(link.get_attribute("href"))
    expect(target).to_be_in_viewport()
    expect(target).to_contain_text("Form of speech")
