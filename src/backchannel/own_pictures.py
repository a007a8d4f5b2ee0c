"""Pictures of a student's own work, in the form of the course's own, so that the two can be compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from backchannel import charts, sessions
from backchannel.charts import Picture
from backchannel.dossier import Dossier
from backchannel.errors import UsageError
from backchannel.tables import rows_of
from backchannel.tracks import DEFINITIONS
from backchannel.words import Language
from backchannel.workspace import Workspace

Draw = Callable[[Dossier, Workspace, str], Picture]


def own_picture(dossier: Dossier, workspace: Workspace, activity: str) -> Picture:
    """Draw what a student did in an activity of a lesson.

    Raises:
        UsageError: no lesson has such an activity, or none with a picture.
        NotReadyError: nothing is decided in it yet.
    """
    found = dossier.activities.get(activity)
    if found is None or found.kind not in _DRAWN:
        known = ", ".join(a.id for a in dossier.activities.values() if a.kind in _DRAWN) or "none yet"
        raise UsageError(
            f"There is no activity {activity!r} with a picture of your own work; use one of {known}."
        )
    sessions.require_begun(dossier, workspace, activity)
    return _DRAWN[found.kind](dossier, workspace, activity)


def _labels(dossier: Dossier, workspace: Workspace, activity: str) -> Picture:
    table = sessions.labels(dossier, workspace, activity).table()
    return charts.own_labels(table, dossier.codebook, workspace.language)


def _tracks(dossier: Dossier, workspace: Workspace, activity: str) -> Picture:
    """Draw the tracks that follow from the student's answers, of the contacts begun."""
    session = sessions.sorter(dossier, workspace, activity)
    begun = [contact for contact in session.contacts if session.answers(contact)]
    table = session.table().melt("contact", list(DEFINITIONS), "definition", "track")
    contacts = dossier.tables["contacts"]
    return charts.definitions_part(
        contacts[contacts["id"].isin(begun)],
        table,
        dossier.tables["track_definitions"],
        dossier.codebook,
        workspace.language,
        own=True,
    )


def _coverage(dossier: Dossier, workspace: Workspace, activity: str) -> Picture:
    session = sessions.coverage(dossier, workspace, activity)
    columns = {"row": "proposition", "column": "document", "value": "treatment"}
    return charts.coverage_matrix(
        _named(dossier, "propositions", [row.id for row in session.grid.rows]),
        session.table().rename(columns=columns),
        dossier.tables["documents"],
        workspace.language,
        root="",
        of=[column.id for column in session.grid.columns],
        own=True,
    )


def _hypotheses(dossier: Dossier, workspace: Workspace, activity: str) -> Picture:
    session = sessions.hypotheses(dossier, workspace, activity)
    columns = {"row": "evidence", "column": "hypothesis", "value": "rating"}
    return charts.evidence_matrix(
        _named(dossier, "evidence", [row.id for row in session.grid.rows]),
        _named(dossier, "hypotheses", [column.id for column in session.grid.columns]),
        session.table().rename(columns=columns),
        workspace.language,
        own=True,
    )


def _elements(dossier: Dossier, workspace: Workspace, activity: str) -> Picture:
    columns = {"row": "element", "column": "case", "value": "finding"}
    return charts.element_heatmap(
        dossier.tables["logan_elements"],
        dossier.tables["logan_cases"],
        sessions.elements(dossier, workspace, activity).table().rename(columns=columns),
        workspace.language,
        own=True,
    )


def _debate(dossier: Dossier, workspace: Workspace, activity: str) -> Picture:
    session, language = sessions.debate(dossier, workspace, activity), workspace.language
    rows = [
        {
            "id": one.id,
            "position": one.position,
            # The role speaks for its own position; the student may write down others too.
            "role": one.role or (session.role if one.position == session.position else ""),
            f"claim_{language}": one.sentence.in_(language),
            "answers": one.answers,
            "sources": "; ".join(one.evidence),
            "claims": "",
        }
        for one in session.arguments
    ]
    return charts.argument_map(pd.DataFrame(rows, columns=_columns(language)), language, own=True)


def _columns(language: Language) -> list[str]:
    return ["id", "position", "role", f"claim_{language}", "answers", "sources", "claims"]


def _named(dossier: Dossier, table: str, ids: list[str]) -> pd.DataFrame:
    """Return the rows with these ids, in their order."""
    by_id = {row["id"]: row for _, row in rows_of(dossier.tables[table])}
    return pd.DataFrame([by_id[name] for name in ids], columns=dossier.tables[table].columns)


_DRAWN: Mapping[str, Draw] = {
    "labels": _labels,
    "sorter": _tracks,
    "coverage": _coverage,
    "hypotheses": _hypotheses,
    "elements": _elements,
    "debate": _debate,
}
