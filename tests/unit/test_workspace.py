"""The workspace: a name and a language chosen once, and where the journal lies."""

from __future__ import annotations

import pytest

from backchannel.errors import JournalError, UsageError
from backchannel.workspace import JOURNAL_NAME, Workspace, find_workspace


def test_a_new_workspace_speaks_english_to_nobody_and_writes_nothing(workspace):
    assert (workspace.student, workspace.language) == ("", "en")
    assert not workspace.folder.exists()


def test_name_and_language_outlive_the_kernel(workspace):
    workspace.use_name("  Ida \n Meer ")
    workspace.use_language("de")
    again = Workspace(workspace.folder)
    assert (again.student, again.language) == ("Ida Meer", "de")


def test_the_name_may_change_and_stands_on_what_follows(workspace):
    workspace.use_name("Ida")
    workspace.decide("a", "c1", "form", "author")
    workspace.use_name("Ola")
    workspace.decide("a", "c2", "form", "author")
    assert [d.student for d in workspace.journal.decisions] == ["Ida", "Ida", "Ola", "Ola"]


def test_the_same_setting_is_not_written_twice(workspace):
    for _ in range(2):
        workspace.use_name("Ida")
        workspace.use_language("de")
    assert workspace.journal.count == 2


@pytest.mark.parametrize(("name", "length"), [("", 0), (" \n ", 0), ("x" * 81, 81)])
def test_a_name_that_is_none_is_said(workspace, name, length):
    with pytest.raises(UsageError) as error:
        workspace.use_name(name)
    assert str(error.value) == (f"A name needs 1 to 80 characters, but this has {length}; choose another.")
    assert workspace.journal.count == 0


def test_a_language_the_course_does_not_speak_is_said(workspace):
    with pytest.raises(UsageError, match=r"^The course does not speak 'fr'; choose one of en, de\.$"):
        workspace.use_language("fr")


def test_a_language_written_by_something_else_is_not_used(workspace):
    workspace.decide("workspace", "settings", "language", "fr")
    assert workspace.language == "en"


def test_two_kernels_share_one_name(workspace):
    other = Workspace(workspace.folder)
    workspace.use_name("Ida")
    other.journal.refresh()
    assert other.student == "Ida"


def test_a_workspace_that_cannot_be_opened_is_said(tmp_path):
    (tmp_path / JOURNAL_NAME).mkdir()
    with pytest.raises(JournalError, match=r"^The journal .* cannot be read"):
        Workspace(tmp_path)


def test_the_workspace_lies_beside_the_data_or_where_the_environment_says(tmp_path, monkeypatch):
    monkeypatch.delenv("BACKCHANNEL_WORKSPACE", raising=False)
    assert find_workspace(tmp_path / "course_data") == tmp_path / "workspace"
    monkeypatch.setenv("BACKCHANNEL_WORKSPACE", str(tmp_path / "mine"))
    assert find_workspace(tmp_path / "course_data") == tmp_path / "mine"
