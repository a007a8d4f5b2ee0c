"""What stands behind an activity of a lesson, found again by its name alone.

A lesson, a picture of the student's own work and the portfolio open the same session here. What an activity
asks about stands in ``activities.csv``; whoever names items asks about these instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from backchannel.chains import ChainSession
from backchannel.debate import DebateSession
from backchannel.dossier import Dossier
from backchannel.errors import NotReadyError, UsageError
from backchannel.grids import Grid, GridSession, coverage_grid, element_grid, hypothesis_grid
from backchannel.labelling import LabelSession, Mode
from backchannel.quiz import QuizSession, activity_of, load_items, pick
from backchannel.sorting import SortSession
from backchannel.words import say
from backchannel.workspace import Workspace

ROOT = "moscow-times-2023"
RETOLD_IN = ("d1", "d2")


def items_of(dossier: Dossier, activity: str, kind: str, named: Iterable[str] = ()) -> tuple[str, ...]:
    """Return what is named, or else what the lesson's activity asks about, or else nothing."""
    found = dossier.activities.get(activity)
    return tuple(named) or (found.items if found and found.kind == kind else ())


def labels(
    dossier: Dossier,
    workspace: Workspace,
    activity: str,
    claims: Iterable[str] = (),
    dimensions: Iterable[str] = (),
    mode: Mode | None = None,
) -> LabelSession:
    """Return a block of claims to label: as ``blocks.csv`` has it where nothing else is named.

    Without such a block: all claims, all dimensions, practice.

    Raises:
        UsageError: a claim or a dimension does not exist.
    """
    block = dossier.blocks.get(activity)
    return LabelSession(
        dossier,
        workspace,
        activity=activity,
        claims=list(claims) or list(block.claims if block else dossier.claims),
        dimensions=list(dimensions) or list(block.dimensions if block else dossier.codebook.by_id),
        mode=mode or cast(Mode, block.mode if block else "practice"),
    )


def chains(dossier: Dossier, workspace: Workspace, activity: str, claims: Iterable[str] = ()) -> ChainSession:
    """Return claims whose chains are built.

    Raises:
        UsageError: there are no claims, or one does not exist.
    """
    chosen = items_of(dossier, activity, "chains", claims)
    return ChainSession(dossier, workspace, activity=activity, claims=chosen)


def sorter(
    dossier: Dossier, workspace: Workspace, activity: str, contacts: Iterable[str] = ()
) -> SortSession:
    """Return contacts to be sorted; all of the dossier where none are named.

    Raises:
        UsageError: a contact does not exist.
    """
    chosen = items_of(dossier, activity, "sorter", contacts)
    return SortSession(dossier, workspace, activity=activity, contacts=chosen)


def coverage(
    dossier: Dossier,
    workspace: Workspace,
    activity: str,
    propositions: Iterable[str] = (),
    *,
    root: str = ROOT,
    documents: Iterable[str] = RETOLD_IN,
) -> GridSession:
    """Return the grid of propositions × documents; all propositions of ``root`` where none are named.

    Raises:
        UsageError: a proposition or document does not exist, or the root has none.
    """
    chosen = items_of(dossier, activity, "coverage", propositions)
    return _grid(workspace, activity, coverage_grid(dossier, chosen, root=root, documents=documents))


def hypotheses(
    dossier: Dossier,
    workspace: Workspace,
    activity: str,
    evidence: Iterable[str] = (),
    hypotheses: Iterable[str] = (),
) -> GridSession:
    """Return the grid of evidence × hypotheses; all of both where none are named.

    Raises:
        UsageError: a piece of evidence or a hypothesis does not exist, or there are none.
    """
    chosen = items_of(dossier, activity, "hypotheses", evidence)
    return _grid(workspace, activity, hypothesis_grid(dossier, chosen, hypotheses))


def elements(dossier: Dossier, workspace: Workspace, activity: str, cases: Iterable[str] = ()) -> GridSession:
    """Return the grid of the Act's elements × cases; all that the course has read where none are named.

    Raises:
        UsageError: a case does not exist, or there are none.
    """
    return _grid(workspace, activity, element_grid(dossier, *items_of(dossier, activity, "elements", cases)))


def _grid(workspace: Workspace, activity: str, grid: Grid) -> GridSession:
    return GridSession(workspace, grid, activity=activity)


def debate(dossier: Dossier, workspace: Workspace, activity: str) -> DebateSession:
    """Return a debate board."""
    return DebateSession(dossier, workspace, activity=activity)


def questions(dossier: Dossier, workspace: Workspace, activity: str) -> QuizSession:
    """Return the questions within a lesson.

    Raises:
        UsageError: no lesson has questions of that name.
    """
    items = pick(load_items(dossier, "task"), dossier.activity(activity, "questions").items)
    return QuizSession(workspace, activity=activity, items=items)


def require_begun(dossier: Dossier, workspace: Workspace, activity: str) -> None:
    """Say in a friendly line if nothing is decided in an activity yet; an emptied field is nothing.

    Raises:
        UsageError: the lessons have no activity or prediction of that name.
        NotReadyError: nothing is decided.
    """
    quiz = dossier.tables["quiz"]
    quizzes = set(map(activity_of, quiz["form"], quiz["lesson"]))
    if activity not in dossier.activities and activity not in quizzes:
        raise UsageError(
            f"The lessons have no activity {activity!r}; use a name of activities.csv, or one such as "
            "02-predict."
        )
    workspace.journal.refresh()
    if not any(decision.value for decision in workspace.journal.state.standing(activity)):
        title = _title(dossier, workspace, activity)
        raise NotReadyError(say("course.nothing_yet", workspace.language, title=title))


def _title(dossier: Dossier, workspace: Workspace, activity: str) -> str:
    if activity.endswith("-predict"):
        return say("quiz.form_predict", workspace.language)
    found = dossier.activities.get(activity)
    return found.title.in_(workspace.language) if found else activity
