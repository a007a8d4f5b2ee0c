"""The portfolio as a widget: the path, what comes next, writing, and the same without scripts."""

from __future__ import annotations

import json
import time
from html.parser import HTMLParser

import pytest
import whole_course as work
from whole_course import CLOCK, add_lessons

from backchannel.errors import BackchannelError
from backchannel.journal import Replay
from backchannel.portfolio.binder import Binder
from backchannel.portfolio.blocks import Image
from backchannel.widgets import PortfolioPage, Writing
from backchannel.workspace import Workspace


@pytest.fixture
def dossier(small_package):
    return add_lessons(small_package)


@pytest.fixture
def page(dossier, workspace):
    return PortfolioPage(Binder(dossier, workspace), clock=lambda: CLOCK)


def press_write(page):
    return page.perform({"kind": "do", "action": "write", "id": ""})


class Words(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.open, self.text = [], ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        assert tag != "script"
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_path_has_each_lesson_with_its_activities_and_states(page, dossier, workspace):
    work.answer(dossier, workspace, "pre")
    workspace.decide("01-notes", "1", "text", "A thought.")
    page.redraw()
    lessons = {lesson["id"]: lesson for lesson in page.view["lessons"]}
    assert [lessons[n]["state"] for n in work.LESSONS] == ["complete", "begun", "nothing", "not_begun"]
    assert [lessons[n]["mark"] for n in work.LESSONS] == ["●", "◐", "–", "○"]
    notes = next(e for e in lessons["01"]["entries"] if e["id"] == "01-notes")
    assert (notes["state"], notes["done"], notes["total"], notes["kind"]) == ("begun", 1, 2, "writing")
    assert (page.view["progress"], lessons["01"]["decisions"]) == ({"done": 1, "total": 13}, 1)
    assert [step["title"] for step in page.view["next"]][:2] == ["Your prediction", "Title of 01-notes"]
    assert page.view["more"] == 12 - len(page.view["next"])


def test_writing_puts_both_files_there_and_says_when_and_how_large(page, workspace):
    assert page.view["files"] == []
    assert page.view["names"] == ["workspace/portfolio.html", "workspace/portfolio.md"]
    assert press_write(page) == {"kind": "done", "id": "", "ok": True}
    html, markdown = page.view["files"]
    assert (html["path"], markdown["name"]) == ("workspace/portfolio.html", "portfolio.md")
    assert html["size"] >= 1
    assert html["at"].endswith("Z")
    assert page.view["times"] == 1
    assert "13 of 13 activities are still open" in page.view["missing"]
    text = (workspace.folder / "portfolio.html").read_text(encoding="utf-8")
    assert "22 Nov 2026, 09:30 UTC" in text


def test_files_of_an_earlier_day_are_still_shown(page, dossier, workspace):
    page.write()
    again = PortfolioPage(Binder(dossier, Workspace(workspace.folder, "1.2")))
    assert [file["name"] for file in again.view["files"]] == ["portfolio.html", "portfolio.md"]
    assert again.view["times"] == 0


def test_a_failure_is_answered_in_a_sentence_and_the_widget_lives_on(page, workspace):
    (workspace.folder / "portfolio.md").mkdir(parents=True)
    answer = press_write(page)
    assert (answer["ok"], answer["final"]) == (False, True)
    assert answer["sentence"].startswith("The portfolio was not written: ")
    assert page.view["files"] == []
    with pytest.raises(BackchannelError):
        page.write()
    (workspace.folder / "portfolio.md").rmdir()
    assert press_write(page)["ok"]


def test_the_picture_comes_from_above(dossier, workspace):
    work.work_through(dossier, workspace)
    made = Image(b"\x89PNG", "The two tests.")
    page = PortfolioPage(Binder(dossier, workspace), lambda: made, lambda: CLOCK)
    page.write()
    assert 'alt="The two tests."' in (workspace.folder / "portfolio.html").read_text(encoding="utf-8")
    assert page.view["next"] == []
    assert page.view["missing"] == "Nothing is missing."


def test_another_widget_of_the_workspace_keeps_the_path_up_to_date(page, workspace):
    writing = Writing(workspace, "01-notes", ["One", "Two"])
    message = {"kind": "do", "action": "write", "id": "w", "prompt": "1", "value": "A thought."}
    writing._receive(None, message, None)
    notes = next(e for e in page.view["lessons"][1]["entries"] if e["id"] == "01-notes")
    assert notes["done"] == 1


def test_nothing_but_states_and_counts_is_sent(page, dossier, workspace):
    work.work_through(dossier, workspace, words="Words of mine.")
    page.redraw()
    sent = json.dumps(page.get_state(), ensure_ascii=False, default=str)
    for word in ("Words of mine.", "Why a.", "answer a", "The Gazette"):
        assert word not in sent


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_static_rendering_says_the_same(dossier, workspace, language):
    workspace.use_name("<b>Kim</b>")
    workspace.use_language(language)
    work.answer(dossier, workspace, "pre")
    workspace.decide("mine", "1", "text", "x")
    page = PortfolioPage(Binder(dossier, workspace))
    before = Words(page.static_html()).text
    assert "<b>Kim</b>" in before
    title = {"en": "Lesson 01 <by> *name*", "de": "Lektion 01"}[language]
    for word in (title, "●", "○", {"en": "13", "de": "13"}[language], "portfolio.html"):
        assert word in before
    assert str(workspace.folder) not in before  # a stored lesson holds no folder of the machine it ran on
    for lesson in page.view["lessons"]:
        for entry in lesson["entries"]:
            assert entry["title"] in before
    for step in page.view["next"]:
        assert step["title"] in before
    assert {"en": "other activities: 1", "de": "anderen Aufgaben: 1"}[language] in before
    page.write()
    after = Words(page.static_html()).text
    assert " KB, " in after
    assert {"en": "written", "de": "geschrieben"}[language] in after


def test_drawing_stays_quick_on_a_long_journal(page, workspace):
    """It is drawn anew with each decision in any widget beside it: many things stand, in many activities."""
    names = ["mine", *work.KINDS]
    workspace.folder.mkdir(exist_ok=True)
    with workspace.journal.path.open("a") as file:
        for number in range(3000):
            cells = {"activity": names[number % len(names)], "item": str(number), "field": "text"}
            line = {"id": str(number), "at": "2026-10-01T10:00:00.000Z", "student": "", "value": "x", **cells}
            file.write(json.dumps(line) + "\n")
    page.redraw()
    assert page.view["others"] == 3000 - 1  # but one: the item 1 of the notes
    begin = time.perf_counter()
    for _ in range(10):
        page.redraw()
    assert (time.perf_counter() - begin) / 10 < 0.05


def test_drawing_walks_once_through_all_that_stands(page, monkeypatch):
    walks, standing = [], Replay.standing

    def counted(replay, activity=None):
        walks.append(activity)
        return standing(replay, activity)

    monkeypatch.setattr(Replay, "standing", counted)
    page.redraw()
    assert walks.count(None) == 1


def test_what_is_extra_is_shown_to_be_extra(small_package, workspace):
    add_lessons(small_package)
    row = small_package.find("activities", id="01-tasks")
    small_package.set("activities", row, optional="true")
    page = PortfolioPage(Binder(small_package.load(), workspace))
    lesson = next(lesson for lesson in page.view["lessons"] if lesson["id"] == "01")
    assert [entry["id"] for entry in lesson["entries"] if entry["optional"]] == ["01-tasks"]
    assert (page.words["extra"], lesson["total"]) == ("extra", 10)
    assert "Title of 01-tasks (extra): ○ not begun" in Words(page.static_html()).text
    workspace.use_language("de")
    assert "Titel von 01-tasks (zusätzlich): ○" in Words(page.static_html()).text
