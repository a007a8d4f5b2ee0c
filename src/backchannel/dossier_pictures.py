"""The pictures of the dossier that lessons ask for: what the tables say, and the course's reading of it."""

from __future__ import annotations

import pandas as pd

from backchannel import charts
from backchannel.charts import Picture
from backchannel.dossier import Dossier
from backchannel.errors import UsageError
from backchannel.sessions import RETOLD_IN
from backchannel.words import Language


class DossierPictures:
    """Pictures made from the tables alone, in the language of the interface."""

    dossier: Dossier

    @property
    def language(self) -> Language:
        """The language of the words in the pictures."""
        raise NotImplementedError

    # --- documents, chains, retellings ---------------------------------------------------------------

    def glance(self) -> Picture:
        """Draw the five documents at a glance."""
        return charts.dossier_at_a_glance(
            self._table("documents"), self._table("passages"), self._table("claims"), self.language
        )

    def calendar(self) -> Picture:
        """Draw the calendar of events, with the documents in it."""
        return charts.calendar(self._table("events"), self._table("documents"), self.language)

    def provenance_picture(self) -> Picture:
        """Draw where each document comes from, how that is known, and what is missing."""
        return charts.provenance(self._table("documents"), self.language)

    def composition_picture(self) -> Picture:
        """Draw which share of each document is body, heading, caption, left-over, other thread."""
        return charts.composition_chart(
            self._table("documents"), self._table("passages"), self._table("tokens"), self.language
        )

    def token_picture(self) -> Picture:
        """Draw how often a few telling words stand in each document."""
        return charts.token_features(self._table("tokens"), self._table("documents"), self.language)

    def hops_picture(self) -> Picture:
        """Draw through how many mouths the claims of each document came."""
        return charts.hops_per_document(self._table("attributions"), self._table("documents"), self.language)

    def origins_picture(self) -> Picture:
        """Draw how precisely the origins of the claims are named."""
        return charts.named_and_anonymous(
            self._table("attributions"), self._table("actors"), self._table("documents"), self.language
        )

    def network_picture(self, document: str = "", *, threads: bool = False) -> Picture:
        """Draw who passes on whom, in one document or in all.

        Args:
            document: id of the only document to show; without one, all are shown together.
            threads: whether the foreign threads are shown that stand in the same file as D2.

        Raises:
            UsageError: there is no such document.
        """
        if document:
            self.dossier.claims_of(document)  # says in a sentence which documents there are
        return charts.attribution_network(
            self._table("attributions"),
            self._table("actors"),
            self._table("documents"),
            self._table("passages"),
            self.language,
            document,
            threads=threads,
        )

    def root_picture(self, *documents: str) -> Picture:
        """Draw through which mouths the claims of several documents pass alike; of D1 and D2 by default.

        Raises:
            UsageError: there is no such document, or only one is named.
        """
        of = tuple(dict.fromkeys(documents)) or RETOLD_IN
        self.dossier.claims_of(*of)  # says in a sentence which documents there are
        if len(of) < 2:
            raise UsageError(
                f"{of[0]!r} alone has nothing in common with itself; name two documents or more, "
                'such as root_picture("d1", "d2").'
            )
        return charts.common_root(
            self._table("attributions"),
            self._table("actors"),
            self._table("documents"),
            self._table("passages"),
            self.language,
            of,
        )

    def coverage_picture(self, part: int = 1) -> Picture:
        """Draw what D1 and D2 keep, change and drop of the report behind them, in three parts (1 to 3)."""
        return charts.coverage_matrix(
            self._table("propositions"),
            self._table("retellings"),
            self._table("documents"),
            self.language,
            part=part,
        )

    def drift_picture(self) -> Picture:
        """Draw in which ways each document changes what it retells."""
        return charts.drift(self._table("retellings"), self._table("documents"), self.language)

    def evidence_picture(self) -> Picture:
        """Draw how evidence and hypotheses fit, the most diagnostic evidence first."""
        return charts.evidence_matrix(
            self._table("evidence"), self._table("hypotheses"), self._table("evidence_ratings"), self.language
        )

    # --- contacts and the Logan Act ------------------------------------------------------------------

    def timeline_picture(self, definition: str = "course") -> Picture:
        """Draw when the contacts were, and on which track one definition of track 1.5 puts them.

        Raises:
            UsageError: there is no such definition.
        """
        return charts.contact_timeline(
            self._table("contacts"),
            self._table("contact_tracks"),
            self._table("track_definitions"),
            definition,
            self.dossier.codebook,
            self.language,
        )

    def criteria_picture(self, part: int = 1) -> Picture:
        """Draw what is known of the contacts, criterion by criterion, in two parts (1 and 2)."""
        return charts.criteria_grid(self._table("contacts"), self.language, part, parts=2)

    def definitions_picture(self) -> Picture:
        """Draw the track of each contact under every definition, first those on which definitions part."""
        return charts.definitions_part(
            self._table("contacts"),
            self._table("contact_tracks"),
            self._table("track_definitions"),
            self.dossier.codebook,
            self.language,
        )

    def accusations_picture(self) -> Picture:
        """Draw accusations, indictments, rulings and opinions under the Logan Act, 1798 to 2025."""
        return charts.accusations_timeline(self._table("logan_cases"), self.language)

    def elements_picture(self) -> Picture:
        """Draw how each element of the Act stands in each case."""
        return charts.element_heatmap(
            self._table("logan_elements"),
            self._table("logan_cases"),
            self._table("case_elements"),
            self.language,
        )

    def arguments_picture(self) -> Picture:
        """Draw the arguments of the debate by position, with who answers whom."""
        return charts.argument_map(self._table("logan_arguments"), self.language)

    def _table(self, name: str) -> pd.DataFrame:
        return self.dossier.tables[name]
