"""The two files of a portfolio: whatever a student writes stays text, and a full disk loses nothing."""

from __future__ import annotations

import errno
import os
import random
import re
from html.parser import HTMLParser
from itertools import count, pairwise
from pathlib import Path

import mistune
import pytest
import whole_course as work
from markdown_it import MarkdownIt
from whole_course import CLOCK, add_lessons

from backchannel.before_after import BeforeAndAfter
from backchannel.errors import BackchannelError
from backchannel.portfolio.binder import build_portfolio
from backchannel.portfolio.blocks import Image, Own, contained
from backchannel.portfolio.files import files_in, write_portfolio
from backchannel.portfolio.html import _cell as html_cell
from backchannel.portfolio.html import portfolio_html
from backchannel.portfolio.markdown import plain, portfolio_markdown
from backchannel.workspace import Workspace

EMPTY = {"meta", "br", "img"}
NASTY = [
    "<script>alert('x')</script><img src=https://evil.example/x.png onerror=run()>",
    "</blockquote></td></main></style><style>*{display:none}</style>",
    '"><a href="https://evil.example">x</a>',
    "# Heading\n## Another\nSetext\n======\nOther\n------",
    "- a list\n* stars\n+ plus\n1. one\n2) two\n10. ten\n    code\n\ttab\n> quoted\n>> twice",
    "| a | table |\n|---|---|\n| b | c |\nand a | pipe",
    "[link](https://evil.example) ![image](https://evil.example/x.png) [ref][1]\n\n[1]: https://evil.example",
    "<https://evil.example> https://evil.example www.evil.example HTTP://EVIL.example someone@evil.example",
    "`code` ```\nfence\n``` ~~~\nfence\n~~~ ~~gone~~ **bold** __bold__ *it* _it_ ***",
    r"$x^2$ $$y$$ \(z\) \[w\] \\(v\\) \# \* trailing \\",
    "&lt;b&gt; &amp; &#60;script&#62; &copy; &nbsp;",
    "<!-- comment --> <?php ?> <![CDATA[x]]> [^1]\n\n[^1]: foot\n- [ ] task\nTerm\n: definition",
    "two  \nlines\\\nthree\r\nfour\rfive\u2028six\x0bseven",
    "\x00\x07\x1b[31mred\x7f\x9b ufffe\ufffe",
    "\u202eturned round\u202c and \u2066isolated \u202d left open",
    "\u2069\u202c closing what is not ours \u2069",
    "שלום \u200fعالم, both at once",
    "- ", "#", "1.", "---", "***", "===", "|", "\\", "`", "  ", "\n\n", "[", "![", "<", "&",
]  # fmt: skip


class Page(HTMLParser):
    """Reads a page strictly: what is opened is closed in order; collects elements, ids, links and text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text: dict[str, str] = {}
        self.feed(page)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag, attributes):
        assert len(dict(attributes)) == len(attributes)
        self.elements.append((tag, dict(attributes)))
        if tag not in EMPTY:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        assert self.stack.pop() == tag

    def handle_data(self, data):
        for tag in self.stack:
            self.text[tag] = self.text.get(tag, "") + data

    def names(self):
        return {tag for tag, _ in self.elements}

    def values(self, attribute):
        return [a[attribute] for _, a in self.elements if attribute in a]


@pytest.fixture
def dossier(small_package):
    return add_lessons(small_package)


@pytest.fixture
def worked(dossier, tmp_path):
    """Return the portfolio of a new student who does everything and writes the given words everywhere."""
    numbers = count()

    def build(words="My words.", at=CLOCK):
        own = Workspace(tmp_path / f"student-{next(numbers)}", "1.2")
        work.work_through(dossier, own, words)
        return build_portfolio(dossier, own, at)

    return build


def levels(page: Page) -> list[int]:
    return [int(tag[1]) for tag, _ in page.elements if re.fullmatch(r"h[1-6]", tag)]


def faults_of(html: str) -> list[str]:
    """Return what a page on its own must not have."""
    page, found = Page(html), []
    if wrong := page.names() & {"script", "iframe", "object", "embed", "form", "link", "base", "svg"}:
        found.append(f"elements {wrong}")
    attributes = {name for _, a in page.elements for name in a}
    if handlers := {name for name in attributes if name.startswith("on")}:
        found.append(f"handlers {handlers}")
    targets = [*page.values("href"), *page.values("src")]
    if away := [target for target in targets if not target.startswith(("#", "data:image/png;base64,"))]:
        found.append(f"addresses {away}")
    ids = page.values("id")
    if lost := [t for t in targets if t.startswith("#") and ids.count(t[1:]) != 1]:
        found.append(f"links to nothing {lost}")
    if re.search(r"url\(|@import", page.text.get("style", "")):
        found.append("a style that fetches")
    order = levels(page)
    if order[:1] != [1] or any(b > a + 1 for a, b in pairwise(order)):
        found.append(f"headings {order}")
    if any(a.get("scope") not in ("col", "row", "rowgroup") for tag, a in page.elements if tag == "th"):
        found.append("a header cell without scope")
    return found


# --- the page --------------------------------------------------------------------------------------------


def test_the_page_is_whole_and_needs_nothing_from_elsewhere(worked):
    html = portfolio_html(worked())
    page = Page(html)
    assert faults_of(html) == []
    assert html.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert page.text["title"] == "Portfolio – Kim"
    assert "prefers-color-scheme: dark" in page.text["style"]
    assert "@media print" in page.text["style"]
    for word in ("22 Nov 2026, 09:30 UTC", "Backchannel: the dossier", "1.2", "language model", "Contents"):
        assert word in page.text["main"]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("</main>", "<script>1</script></main>", "elements"),
        ("</main>", '<p onclick="x()">x</p></main>', "handlers"),
        ("</main>", '<img src="https://evil.example/x.png" alt="x"></main>', "addresses"),
        ("</main>", '<a href="#nowhere">x</a></main>', "links"),
        ("</main>", "<h5>x</h5><h2>y</h2><h4>z</h4></main>", "headings"),
        ("</style>", "@import 'x';</style>", "style"),
        ("</main>", "<table><tr><th>x</th></tr></table></main>", "scope"),
    ],
)
def test_a_planted_fault_is_seen(worked, old, new, fault):
    html = portfolio_html(worked())
    assert old in html
    assert fault in " ".join(faults_of(html.replace(old, new, 1)))


def test_a_page_that_is_not_closed_is_seen(worked):
    with pytest.raises(AssertionError):
        Page(portfolio_html(worked()).replace("</blockquote>", "", 1))


@pytest.mark.parametrize("words", NASTY)
def test_what_a_student_writes_stays_text_in_html(worked, words):
    calm = Page(portfolio_html(worked("Calm words.")))
    html = portfolio_html(worked(words if words.strip() else f"x{words}"))
    page = Page(html)
    assert faults_of(html) == []
    assert page.names() == calm.names()
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", html)


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "</title>\u202e", "| # [x](y)\n\nz", "a" * 500]
)
def test_a_name_from_a_foreign_line_stays_text(dossier, workspace, name):
    work.write_line(workspace, activity="workspace", item="settings", field="name", value=name)
    portfolio = build_portfolio(dossier, workspace, CLOCK)
    html = portfolio_html(portfolio)
    assert faults_of(html) == []
    assert Page(html).text["title"].count("\u202e") == Page(html).text["title"].count("\u202c")
    (line,) = [line for line in portfolio_markdown(portfolio).splitlines() if "Name or pseudonym" in line]
    assert line.startswith("- **Name or pseudonym:** ")


def test_the_picture_is_shown_only_with_the_tests(dossier, workspace, worked):
    image = Image(b"\x89PNG", 'A "picture" <of> the tests')
    early = portfolio_html(build_portfolio(dossier, workspace, CLOCK), image)
    assert "img" not in Page(early).names()
    assert "appears here once the test after the course is complete" in early
    late = Page(portfolio_html(worked(), image))
    (shown,) = [a for tag, a in late.elements if tag == "img"]
    assert shown == {"src": "data:image/png;base64,iVBORw==", "alt": 'A "picture" <of> the tests'}


def test_long_texts_come_whole(worked):
    long = "word " * 3900 + "end."
    portfolio = worked(long[:4000])
    assert long[:4000].strip() in portfolio_html(portfolio)
    assert long[:4000].strip() in portfolio_markdown(portfolio)


# --- directions and controls ---------------------------------------------------------------------------


def balanced(text: str) -> bool:
    """Say whether each line closes the directions that it opens, and no others."""
    for line in text.split("\n"):
        waiting = []
        for character in line:
            if character in "\u202a\u202b\u202d\u202e":
                waiting.append("\u202c")
            elif character in "\u2066\u2067\u2068":
                waiting.append("\u2069")
            elif character in "\u202c\u2069" and (not waiting or waiting.pop() != character):
                return False
        if waiting:
            return False
    return True


def test_directions_are_closed_where_they_are_opened():
    rng = random.Random(7)
    letters = "ab\n\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200f"
    for _ in range(500):
        text = "".join(rng.choice(letters) for _ in range(rng.randrange(12)))
        assert balanced(contained(text))
        assert re.sub("[\u202a-\u202e\u2066-\u2069]", "", contained(text)) == re.sub(
            "[\u202a-\u202e\u2066-\u2069]", "", text
        )
        if balanced(text):
            assert contained(text) == text
    assert not balanced("\u202ex")
    assert not balanced("x\u2069")


def test_own_words_are_isolated_in_html():
    assert html_cell(Own("\u202eab")) == '<bdi class="own">\u202eab\u202c</bdi>'


# --- markdown ------------------------------------------------------------------------------------------

PLUGINS = [
    "strikethrough",
    "footnotes",
    "table",
    "url",
    "task_lists",
    "def_list",
    "math",
    "mark",
    "superscript",
]
RENDERERS = {
    "mistune": mistune.create_markdown(escape=False, plugins=PLUGINS),
    "markdown-it": MarkdownIt("commonmark").enable(["table", "strikethrough"]).render,
}
ALLOWED = {"blockquote", "p", "br"}


def shown_by(renderer: str, markdown: str) -> tuple[set[str], str]:
    """Return the elements and the text that a renderer makes of Markdown."""
    page = Page(str(RENDERERS[renderer](markdown)).replace("<br />", "<br>"))
    return page.names(), page.text.get("blockquote", "")


def same(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def quoted(text: str) -> str:
    return "\n".join(f"> {plain(line)}".rstrip() for line in contained(text).split("\n"))


@pytest.mark.parametrize("renderer", RENDERERS)
@pytest.mark.parametrize("words", NASTY)
def test_what_a_student_writes_stays_text_in_markdown(renderer, words):
    names, text = shown_by(renderer, quoted(words))
    assert names <= ALLOWED
    assert same(text) == same(contained(words))


@pytest.mark.parametrize("renderer", RENDERERS)
def test_no_mixture_of_marks_is_markup(renderer):
    rng = random.Random(11)
    pieces = [
        *"#-+*_`~[](){}<>|\\!&;:=.$^\"'@ \n\t\n12ab",
        "](",
        "http://",
        "www.",
        "&lt;",
        "<b>",
        "\\(",
        "1. ",
        "- ",
    ]
    for _ in range(3000):
        words = "".join(rng.choice(pieces) for _ in range(rng.randrange(1, 14)))
        names, text = shown_by(renderer, quoted(words))
        assert names <= ALLOWED, words
        assert same(text) == same(words), words


@pytest.mark.parametrize("renderer", RENDERERS)
def test_the_guard_of_markdown_sees_markup(renderer):
    assert shown_by(renderer, "> # heading")[0] - ALLOWED
    assert shown_by(renderer, "> a *b* c")[0] - ALLOWED
    assert shown_by(renderer, "> [a](b)")[0] - ALLOWED


def test_mathematics_of_jupyterlab_finds_no_begin():
    for words in ("$x$", "$$x$$", r"\(x\)", r"\[x\]", r"\\(x\\)", r"\begin{a}"):
        assert not re.search(r"(?<!\\)\$|\\\\[(\[]|\\begin", plain(words)), words


@pytest.mark.parametrize("words", NASTY)
def test_a_whole_portfolio_in_markdown_keeps_its_form(worked, words):
    calm = outline(portfolio_markdown(worked("Calm words.")))
    assert outline(portfolio_markdown(worked(words if words.strip() else f"x{words}"))) == calm


def outline(markdown: str) -> list[str]:
    """Return headings, tables with their numbers of cells, and all elements but line breaks, in order."""
    page = Page(str(RENDERERS["markdown-it"](markdown)).replace("<br />", "<br>"))
    inner = {"p", "br"}  # a longer text may have more of them
    return [tag for tag, _ in page.elements if tag not in inner]


def test_markdown_says_whose_it_is_first_and_what_it_holds(worked):
    text = portfolio_markdown(worked())
    assert "**" not in Page(RENDERERS["markdown-it"](text)).text["p"]
    assert text.startswith("# Portfolio\n\n- **Name or pseudonym:** Kim\n")
    assert text.index("## Contents") < text.index("## Summary") < text.index("## 01 Lesson 01")
    assert "\n> My words.\n" in text
    assert "Lesson 01 &lt;by&gt; \\*name\\*" in text


# --- writing -------------------------------------------------------------------------------------------


def test_both_files_are_written_and_replaced_whole(worked, workspace):
    portfolio = worked()
    files = write_portfolio(portfolio, workspace.folder)
    assert [file.path.name for file in files] == ["portfolio.html", "portfolio.md"]
    assert [file.size for file in files] == [file.path.stat().st_size for file in files]
    assert files[0].path.read_text(encoding="utf-8") == portfolio_html(portfolio)
    write_portfolio(portfolio, workspace.folder)
    assert sorted(p.name for p in workspace.folder.iterdir()) == ["portfolio.html", "portfolio.md"]


@pytest.mark.parametrize("refuses", ["fsync", "replace", "mkdir"])
def test_a_disk_that_refuses_gives_one_sentence_and_loses_nothing(worked, workspace, monkeypatch, refuses):
    portfolio = worked()
    write_portfolio(portfolio, workspace.folder)
    before = {path.name: path.read_bytes() for path in workspace.folder.iterdir()}

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    owner = "os.fsync" if refuses == "fsync" else f"pathlib.Path.{refuses}"
    monkeypatch.setattr(owner, full)
    with pytest.raises(BackchannelError) as error:
        write_portfolio(portfolio, workspace.folder)
    assert re.fullmatch(
        r"The portfolio was not written: \S+/portfolio\.html cannot be written \(No space left on device\); "
        r"make room or choose a folder you may write to, then write it again; the journal holds everything\.",
        str(error.value),
    )
    monkeypatch.undo()
    assert {path.name: path.read_bytes() for path in workspace.folder.iterdir()} == before


def test_a_full_disk_at_the_second_file_leaves_the_first_as_it_was(worked, workspace, monkeypatch):
    portfolio = worked()
    write_portfolio(portfolio, workspace.folder)
    (workspace.folder / "portfolio.html").write_text("an earlier one")
    opened = Path.open

    def full_for_markdown(path, *args, **kwargs):
        if path.name.startswith("portfolio.md"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return opened(path, *args, **kwargs)

    monkeypatch.setattr(Path, "open", full_for_markdown)
    with pytest.raises(BackchannelError, match=r"portfolio\.md cannot be written"):
        write_portfolio(portfolio, workspace.folder)
    monkeypatch.undo()
    assert (workspace.folder / "portfolio.html").read_text() == "an earlier one"
    assert not list(workspace.folder.glob("*.part"))


@pytest.mark.parametrize("there", [True, False])
def test_a_second_file_that_is_refused_its_place_leaves_both_as_they_were(
    worked, workspace, monkeypatch, there
):
    folder, names = workspace.folder, ("portfolio.html", "portfolio.md")
    folder.mkdir(exist_ok=True)
    if there:
        for name in names:
            (folder / name).write_text(f"an earlier {name}")
            os.utime(folder / name, (1_700_000_000, 1_700_000_000))
    before = files_in(folder)
    replace = Path.replace

    def refuses_the_second(path, target):
        if Path(target).name == "portfolio.md":
            raise PermissionError(errno.EACCES, "Permission denied")
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refuses_the_second)
    with pytest.raises(BackchannelError, match=r"portfolio\.md cannot be written \(Permission denied\)"):
        write_portfolio(worked(), folder)
    assert files_in(folder) == before
    assert sorted(path.name for path in folder.iterdir()) == (sorted(names) if there else [])
    assert [path.read_text() for path in sorted(folder.iterdir())] == [
        f"an earlier {name}" for name in names if there
    ]


def test_a_folder_in_the_way_is_named_and_is_no_file(worked, tmp_path):
    (tmp_path / "out" / "portfolio.html").mkdir(parents=True)
    with pytest.raises(BackchannelError, match="a folder has this name"):
        write_portfolio(worked(), tmp_path / "out")
    assert files_in(tmp_path / "out") == ()
    with pytest.raises(BackchannelError, match="portfolio was not written"):
        write_portfolio(worked(), Path("/dev/null/x"))


def test_the_clock_alone_changes_the_files(dossier, workspace):
    workspace.decide("01-notes", "1", "text", "A thought.")
    first, later = (build_portfolio(dossier, workspace, CLOCK.replace(minute=m)) for m in (30, 31))
    assert portfolio_html(later) == portfolio_html(first).replace("09:30 UTC", "09:31 UTC")


def test_the_two_tests_need_their_twins(small_package, workspace):
    small_package.set("quiz", 0, parallel="")
    small_package.set("quiz", 1, parallel="")
    dossier = small_package.load()
    work.answer(dossier, workspace, "pre", option="b")
    work.answer(dossier, workspace, "post")
    tests = BeforeAndAfter(dossier, workspace)
    assert [(pair.before, pair.after) for pair in tests.pairs] == [("right", "open")]
    table = tests.table("de")
    assert list(table.columns) == ["lesson", "question", "before", "after"]
    assert list(table["question"]) == ["Frage quiz-pre-1?"]
