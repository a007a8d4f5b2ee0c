"""The reader: a document's passages in order, its claims highlighted, the original beside where present."""

from __future__ import annotations

from collections.abc import Mapping

from backchannel.dossier import Claim, Dossier, Passage
from backchannel.tables import rows_of
from backchannel.widgets import markup_html as html
from backchannel.widgets.kit import BackchannelWidget, Message, View, both, front, style
from backchannel.words import LANGUAGES, Text, say
from backchannel.workspace import Workspace


class Reader(BackchannelWidget):
    """Read one document of the dossier.

    Args:
        dossier: the course data.
        workspace: gives the language of the interface.
        document: id of the document.
        originals: the original text of each passage by passage id, where an instructor has put the
            originals beside the course. They are sent to the page only when asked for, never kept in the
            widget's state, so that no notebook stores them.
    """

    _esm = front("reader")
    _css = style()
    section = "reader"

    def __init__(
        self,
        dossier: Dossier,
        workspace: Workspace,
        document: str,
        originals: Mapping[str, str] | None = None,
    ) -> None:
        dossier.claims_of(document)  # says in a sentence which documents there are
        self.dossier, self.document = dossier, dossier.documents[document]
        self._originals = dict(originals or {})
        self._chains = _chains(dossier)
        super().__init__(workspace, f"reader-{document}")

    def hear(self, message: Message) -> None:
        """Send the originals when the reader asks to see them."""
        if message.get("kind") == "originals":
            self.send({"kind": "originals", "passages": self._originals})

    def draw(self) -> View:
        """Return the document: passages with readings in both languages, claims with their chains."""
        return {
            "label": self.document.label,
            "name": both(self.document.title),
            "hasOriginal": bool(self._originals),
            "passages": [self._passage_view(p) for p in self.dossier.passages_of(self.document.id)],
        }

    def _passage_view(self, passage: Passage) -> View:
        readings = {
            language: [
                {"text": s.text, "claims": list(s.claims), "form": s.form} for s in passage.segments(language)
            ]
            for language in LANGUAGES
        }
        claims = [self._claim_view(claim) for claim in self.dossier.claims_in(passage.id)]
        return readings | {
            "id": passage.id,
            "locator": passage.locator,
            "kind": passage.kind,
            "claims": claims,
        }

    def _claim_view(self, claim: Claim) -> View:
        return {
            "id": claim.id,
            "position": claim.position,
            "text": both(claim.text),
            "quote": claim.quote,
            "chain": [{"name": both(name), "cue": cue} for name, cue in self._chains.get(claim.id, ())],
        }

    def static_html(self) -> str:
        """Return the document as plain text with numbered claims, in the language of the interface."""
        language = self.workspace.language
        parts = [html.words("h4", f"{self.document.label} · {self.document.title.in_(language)}")]
        for passage in self.dossier.passages_of(self.document.id):
            kind = say(f"kit.kind_{passage.kind}", language)
            parts.append(html.words("p", f"{passage.locator} · {kind}"))
            parts.append(html.reading(passage.segments(language), language))
        parts.append(html.words("p", say("reader.static_note", language)))
        return html.tag("section", *parts)


def _chains(dossier: Dossier) -> Mapping[str, tuple[tuple[Text, str], ...]]:
    """Return each claim's hops as (name of the actor, cue), from the page to the origin."""
    names = {row["id"]: Text(row["name_en"], row["name_de"]) for _, row in rows_of(dossier.tables["actors"])}
    found: dict[str, list[tuple[Text, str]]] = {}
    for _, row in rows_of(dossier.tables["attributions"].sort_values(["claim", "hop"])):
        found.setdefault(row["claim"], []).append((names[row["actor"]], row["cue"]))
    return {claim: tuple(hops) for claim, hops in found.items()}
