"""What the tables of the course give when somebody counts, for the sentences that state it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cached_property
from itertools import groupby

import pandas as pd

from backchannel import chains, hypotheses
from backchannel.charts.attribution import origin_of
from backchannel.charts.parts import OWN, standing_of
from backchannel.dossier import Dossier
from backchannel.tables import split_list
from backchannel.tracks import Criteria, parting, track_under

REPORT = "moscow-times-2023"
# Who held the White House from which day on (source-britannica-presidents), as far as the lesson asks.
PRESIDENTS = (
    ("1797-03-04", "federalist"),
    ("1801-03-04", "?"),
    ("1933-03-04", "democrat"),
    ("1953-01-20", "?"),
    ("2009-01-20", "democrat"),
    ("2017-01-20", "republican"),
    ("2021-01-20", "democrat"),
    ("2025-01-20", "republican"),
)


class Counted:
    """A dossier with ways to count in it. Places in a list or a picture are counted from 1."""

    def __init__(self, dossier: Dossier) -> None:
        self.dossier = dossier

    def table(self, name: str) -> pd.DataFrame:
        """Return a table."""
        return self.dossier.tables[name]

    # The course ----------------------------------------------------------------------------------------

    def rows(self, name: str, **cells: str) -> int:
        """Return how many rows of a table have these cells."""
        table = self.table(name)
        for column, value in cells.items():
            table = table[table[column] == value]
        return len(table)

    def asked(self, form: str, lesson: str = "") -> int:
        """Return how many questions a test or check asks."""
        return self.rows("quiz", form=form, **({"lesson": lesson} if lesson else {}))

    def items(self, activity: str) -> int:
        """Return about how many things an activity asks."""
        return len(self.dossier.activities[activity].items)

    def place(self, activity: str, item: str) -> int:
        """Return the place of an item in an activity."""
        return self.dossier.activities[activity].items.index(item) + 1

    @property
    def options(self) -> Collection[int]:
        """How many options the questions of the two tests have."""
        tests = self.table("quiz").query("form in ('pre', 'post')")["id"]
        options = self.table("quiz_options")
        return sorted(set(options[options["item"].isin(tests)].groupby("item").size()))

    @property
    def days(self) -> list[str]:
        """Days and months of the calendar."""
        return list(self.table("events")["date"])

    def block(self, block: str) -> tuple[int, int]:
        """Return how many claims a block has, and how many questions on each."""
        found = self.dossier.blocks[block]
        return len(found.claims), len(found.dimensions)

    def labels(self, dimension: str) -> int:
        """Return how many labels a dimension of the codebook has."""
        return next(len(found.labels) for found in self.dossier.codebook.dimensions if found.id == dimension)

    def right(self, activity: str, begins: str) -> int:
        """Return how many questions of an activity have a right answer that begins with some words."""
        items = self.dossier.activities[activity].items
        options = self.table("quiz_options")
        right = options[options["item"].isin(items) & options["correct"]]
        return int(right["text_en"].str.startswith(begins).sum())

    # Texts ---------------------------------------------------------------------------------------------

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        """Kind of each passage."""
        return dict(self.table("passages")[["id", "kind"]].to_numpy())

    def passages(self, document: str, *kinds: str) -> pd.DataFrame:
        """Return the passages of a document that are of some kinds."""
        passages = self.table("passages")
        return passages[(passages["document"] == document) & passages["kind"].isin(kinds)]

    def words(self, document: str, *kinds: str, token: str = ".*") -> int:
        """Return how many words of a document, in passages of some kinds or in all, fit a pattern."""
        tokens = self.table("tokens")
        fitting = tokens[(tokens["document"] == document) & tokens["token"].str.fullmatch(token)]
        if kinds:
            fitting = fitting[fitting["passage"].map(self.kinds).isin(kinds)]
        return int(fitting["n"].sum())

    def share(self, document: str, *kinds: str) -> float:
        """Return the share of the words of a document that stand in passages of some kinds."""
        return self.words(document, *kinds) / self.words(document)

    def passages_with(self, document: str, *kinds: str, token: str) -> int:
        """Return how many passages of some kinds hold a word."""
        tokens = self.table("tokens")
        tokens = tokens[(tokens["document"] == document) & (tokens["token"] == token)]
        return int(tokens["passage"].map(self.kinds).isin(kinds).sum())

    def highest(self, token: str) -> int:
        """Return how often a word that fits a pattern stands in a passage, at most."""
        tokens = self.table("tokens")
        return max(int(n) for n in tokens[tokens["token"].str.fullmatch(token)]["n"])

    def written(self, document: str) -> int:
        """Return the number of words in the table of documents."""
        return int(self.table("documents").set_index("id")["words"][document])

    def number_in(self, claim: str, noun: str) -> int:
        """Return the number before a noun in a claim.

        Raises:
            ValueError: there is none.
        """
        if found := re.search(rf"(\d+) {noun}", self.dossier.claims[claim].text.en):
            return int(found[1])
        raise ValueError(f"{claim} has no number of {noun}")

    def lengths(self, *locators: str) -> list[int]:
        """Return the lengths in characters of the posts of the thread at some places."""
        posts = self.passages("d2", "post").set_index("locator")
        lengths = (posts["end"] - posts["start"]).dropna().astype(int)
        return [int(lengths[locator]) for locator in locators]

    def longer(self, characters: int, but: Collection[str]) -> int:
        """Return how many posts of the thread but some are longer."""
        posts = self.passages("d2", "post")
        posts = posts[~posts["locator"].isin(but)]
        return int((posts["end"] - posts["start"] > characters).sum())

    def lines(self, author: str) -> tuple[int, int]:
        """Return the first and last line of what one of the other threads holds."""
        hops = self.table("attributions")
        claims = hops[(hops["actor"] == author) & (hops["hop"] == 1)]["claim"]
        found = [self.dossier.passages[self.dossier.claims[claim].passage].locator for claim in claims]
        numbers = [int(number) for locator in found for number in re.findall(r"\d+", locator)]
        return min(numbers), max(numbers)

    @property
    def other_threads(self) -> list[str]:
        """Authors of the threads that stand in the file of D2 and are not D2's."""
        hops = self.table("attributions").query("hop == 1")
        foreign = hops["claim"].str.rsplit("-", n=1).str[0].map(self.kinds) == "foreign_thread"
        authors = hops[foreign]["actor"].unique()
        return sorted(author for author in authors if author.startswith("actor-foreign"))

    # Chains --------------------------------------------------------------------------------------------

    @cached_property
    def chains(self) -> Mapping[str, chains.Chain]:
        """Chain of each claim."""
        return chains.load_chains(self.dossier)

    @cached_property
    def actors(self) -> Mapping[str, chains.Actor]:
        """All actors."""
        return chains.load_actors(self.dossier)

    @cached_property
    def standing(self) -> pd.Series:
        """Whether a claim is the document's own, left over or of another thread."""
        return standing_of(self.table("attributions"), self.table("passages"))

    @cached_property
    def _ways(self) -> pd.DataFrame:
        chains = self.chains.values()
        return pd.DataFrame(
            {
                "document": [self.dossier.claims[chain.claim].document for chain in chains],
                "own": [self.standing[chain.claim] == OWN for chain in chains],
                "way": [chain.actors for chain in chains],
            }
        )

    def ways(self, document: str, *, own: bool = False) -> list[tuple[str, ...]]:
        """Return the mouths of each claim of a document; ``own`` leaves out left-overs and other threads."""
        ways = self._ways[self._ways["document"] == document]
        return list(ways[ways["own"]]["way"] if own else ways["way"])

    def claims(self, document: str) -> int:
        """Return how many claims a document has."""
        return len(self.dossier.claims_of(document))

    def hops(self, claim: str) -> int:
        """Return through how many mouths a claim came."""
        return len(self.chains[claim].actors)

    def with_hops(self, document: str, *numbers: int) -> int:
        """Return how many claims of a document came through so many mouths."""
        return sum(len(way) in numbers for way in self.ways(document))

    def usual_hops(self, document: str) -> int:
        """Return the most frequent number of mouths."""
        return Counter(len(way) for way in self.ways(document)).most_common(1)[0][0]

    def through(self, document: str, *mouths: str, own: bool = False) -> int:
        """Return how many claims of a document came through all of some mouths."""
        return sum(set(mouths) <= set(way) for way in self.ways(document, own=own))

    def begin_with(self, document: str, actor: str, *, own: bool = False) -> int:
        """Return how many claims of a document end at an actor."""
        return sum(way[-1] == actor for way in self.ways(document, own=own))

    def cited(self, document: str) -> int:
        """Return how many claims a document has from others, without left-overs and other threads."""
        return sum(len(way) > 1 for way in self.ways(document, own=True))

    def mouths(self, document: str = "") -> set[str]:
        """Return the mouths in the chains of a document, or in all."""
        documents = [document] if document else self.dossier.documents
        return {actor for name in documents for way in self.ways(name) for actor in way}

    def anonymous(self, actors: Collection[str]) -> int:
        """Return how many of some actors have no name."""
        return sum(self.actors[actor].anonymous for actor in actors)

    def relays(self, document: str) -> set[str]:
        """Return who stands between the page and an origin."""
        return {actor for way in self.ways(document) for actor in way[1:-1]}

    @cached_property
    def _actors(self) -> Mapping[str, dict[str, object]]:
        return self.table("actors").set_index("id").to_dict("index")

    def origins(self, document: str, *kinds: str) -> int:
        """Return how many claims of a document end at an origin of some kinds, see ``origin_of``."""
        return sum(origin_of(self._actors[way[-1]], len(way)) in kinds for way in self.ways(document))

    def fan(self, document: str) -> tuple[int, int]:
        """Return how many mouths the picture has in its second column, and how many claims the widest band.

        A mouth that also stands behind another one is drawn further back.
        """
        ways = self.ways(document)
        further = {actor for way in ways for actor in way[2:]}
        bands = chains.edges(self.dossier, document)
        return len({way[1] for way in ways if len(way) > 1} - further), int(bands["claims"].max())

    def named_behind_anonymous(self, document: str) -> int:
        """Return how many claims end with a named person behind a mouth without a name."""
        return sum(
            len(way) > 2 and self.actors[way[-2]].anonymous and self._actors[way[-1]]["kind"] == "person"
            for way in self.ways(document)
        )

    def from_land(self, word: str) -> int:
        """Return in how many mouths a word stands in name or affiliation."""
        actors = self.table("actors").set_index("id").loc[sorted(self.mouths())]
        return int((actors["name_en"] + " " + actors["affiliation"]).str.contains(word).sum())

    def through_about(self, actor: str, contact: str) -> int:
        """Return how many claims on a contact came through an actor."""
        claims = self.table("claims")
        claims = claims[claims["contact"] == contact]["id"]
        return sum(actor in self.chains[claim].actors for claim in claims)

    def shown(self, document: str, actor: str) -> int:
        """Return for how many claims of a document a cue word shows an actor."""
        hops = self.table("attributions")
        hops = hops[hops["claim"].str.startswith(f"{document}-") & (hops["actor"] == actor)]
        return int((hops["cue"] != "").sum())

    def labelled(self, document: str, actor: str, dimension: str, *labels: str) -> int:
        """Return how many claims that came through an actor have one of some reference labels."""
        return sum(
            self.dossier.references[claim, dimension][0].label in labels
            for claim in self.dossier.claims_of(document)
            if actor in self.chains[claim].actors
        )

    # Labels --------------------------------------------------------------------------------------------

    @property
    def held_back(self) -> list[str]:
        """Ids of the claims kept for graded exercises."""
        return [claim.id for claim in self.dossier.claims.values() if claim.held_back]

    def disputed(self, claims: Collection[str], dimensions: Collection[str]) -> dict[str, int]:
        """Return in how many of some dimensions A and B part on each of some claims."""
        labels = self.table("annotations")
        labels = labels[labels["claim"].isin(claims) & labels["dimension"].isin(dimensions)]
        wide = labels.pivot(index=["claim", "dimension"], columns="annotator", values="label")
        return {str(claim): int(n) for claim, n in (wide["A"] != wide["B"]).groupby("claim").sum().items()}

    def most_disputed(self, block: str) -> int:
        """Return how many claims of a block are among those on which A and B part most often."""
        dimensions, kept = self.dossier.blocks[block].dimensions, set(self.held_back)
        open_claims = [claim for claim in self.dossier.claims if claim not in kept]
        most = sorted(self.disputed(open_claims, dimensions).values(), reverse=True)
        claims = self.dossier.blocks[block].claims
        own = self.disputed(claims, dimensions)
        return sum(own[claim] >= most[len(claims) - 1] for claim in claims)

    # Contacts ------------------------------------------------------------------------------------------

    @cached_property
    def criteria(self) -> Mapping[str, Criteria]:
        """Criteria of each contact."""
        return {row["id"]: Criteria.of(row) for row in self.table("contacts").to_dict("records")}

    @cached_property
    def judged(self) -> Mapping[str, dict[str | None, tuple[str, ...]]]:
        """What ``parting`` says of each contact."""
        return {contact: parting(criteria) for contact, criteria in self.criteria.items()}

    def contacts(self, kind: str) -> list[str]:
        """Return the contacts on which the definitions agree, differ, only some (``some``) or none decide."""
        found: dict[str, list[str]] = {"agree": [], "differ": [], "some": [], "none": []}
        for contact, tracks in self.judged.items():
            if len(tracks) == 1:
                found["none" if None in tracks else "agree"].append(contact)
            else:
                found["differ" if len(set(tracks) - {None}) > 1 else "some"].append(contact)
        return found[kind]

    def deciding(self, kind: str, definition: str) -> int:
        """Return on how many contacts of a kind a definition decides."""
        return sum(definition not in self.judged[contact].get(None, ()) for contact in self.contacts(kind))

    def alone(self, definition: str) -> int:
        """Return on how many contacts all other definitions name one track and this one another."""
        return sum(
            len(self.judged[contact]) == 2 and (definition,) in self.judged[contact].values()
            for contact in self.contacts("differ")
        )

    def on(self, contact: str, track: str | None, **changes: str) -> int:
        """Return how many definitions give a contact a track, with some answers changed."""
        return len(parting(replace(self.criteria[contact], **changes)).get(track, ()))

    def confirmed(self, *tracks: str) -> int:
        """Return how many confirmed contacts stand on some tracks by the course's rule, or on any."""
        status = dict(self.table("contacts")[["id", "status"]].to_numpy())
        given = (track_under("course", self.criteria[c]).track for c in status if status[c] == "confirmed")
        return sum(not tracks or track in tracks for track in given)

    def undecided(self, definition: str) -> int:
        """Return how many contacts a definition cannot decide."""
        return sum(definition in tracks.get(None, ()) for tracks in self.judged.values())

    def course_track(self, track: str) -> int:
        """Return how many contacts the course's rule puts on a track."""
        return sum("course" in tracks.get(track, ()) for tracks in self.judged.values())

    def contact_words(self, contact: str, document: str) -> list[str]:
        """Return the words of a document for a contact."""
        words = self.table("contact_words")
        return list(words[(words["contact"] == contact) & (words["document"] == document)]["word"])

    # Retellings ----------------------------------------------------------------------------------------

    @cached_property
    def report(self) -> pd.DataFrame:
        """The propositions of the report with what D1 and D2 make of them, in the order of the picture."""
        propositions = self.table("propositions").set_index("id")
        propositions = propositions[propositions["root"] == REPORT]
        retellings = self.table("retellings").set_index("proposition")
        for document in ("d1", "d2"):
            own = retellings[retellings["document"] == document]
            told = {document: own["treatment"], f"{document}_change": own["change"]}
            propositions = propositions.assign(**told)
        return propositions.assign(row=range(1, len(propositions) + 1))

    def told(self, document: str, treatment: str, *, known: bool = False) -> int:
        """Return how many propositions a document keeps, changes or drops; or those with a known original."""
        report = self.report[self.report["original_en"] != ""] if known else self.report
        return int((report[document] == treatment).sum())

    def only_one_keeps(self, document: str, other: str) -> list[int]:
        """Return the rows that only one of two documents keeps."""
        report = self.report[(self.report[document] == "kept") & (self.report[other] != "kept")]
        return list(report["row"])

    def grid_rows(self, **cells: str) -> tuple[int, ...]:
        """Return the rows of the lesson's grid that have these cells."""
        items = self.dossier.activities["06-coverage"].items
        found = self.report.loc[list(items)]
        return tuple(
            n
            for n, (_, row) in enumerate(found.iterrows(), start=1)
            if all(row[name] == value for name, value in cells.items())
        )

    def row(self, proposition: str, **cells: str) -> int:
        """Return the row of a proposition of the report, which must have these cells.

        Raises:
            ValueError: it has others.
        """
        found = self.report.loc[proposition]
        if other := {name: found[name] for name, value in cells.items() if found[name] != value}:
            raise ValueError(f"{proposition} has {other}")
        return int(found["row"])

    def rows_on(self, word: str, **cells: str) -> list[int]:
        """Return the rows with a word in the proposition, and these cells."""
        found = self.report[self.report["proposition_en"].str.contains(word)]
        for column, value in cells.items():
            found = found[found[column] == value]
        return list(found["row"])

    def longest_run(self, missing: str, telling: str) -> tuple[int, int]:
        """Return the first and last of the most rows in succession that only one of two documents tells."""
        report = self.report
        only = report[(report[missing] == "dropped") & (report[telling] != "dropped")]["row"]
        runs = [
            [int(row) for _, row in run]
            for _, run in groupby(enumerate(only), key=lambda pair: pair[1] - pair[0])
        ]
        longest = max(runs, key=len)
        return longest[0], longest[-1]

    def changes(self, document: str, change: str = "") -> int:
        """Return how many retellings of a document there are, or those with a kind of change."""
        cells = {"change": change} if change else {}
        return self.rows("retellings", document=document, **cells)

    # Evidence ------------------------------------------------------------------------------------------

    def ratings(self, activity: str = "") -> pd.DataFrame:
        """Return the course's ratings of the pieces of an activity, or of all, with their roots."""
        evidence = self.table("evidence").set_index("id")
        pieces = list(self.dossier.activities[activity].items if activity else evidence.index)
        ratings = self.table("evidence_ratings")
        ratings = ratings[ratings["evidence"].isin(pieces)].copy()
        ratings["root"] = ratings["evidence"].map(evidence["root"])
        return ratings.sort_values("evidence", key=lambda ids: ids.map(pieces.index), kind="stable")

    def named(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table of hypotheses with their numbers (1 for H1) as index."""
        numbers = {name: n for n, name in enumerate(self.table("hypotheses")["id"], start=1)}
        return frame.assign(number=frame["hypothesis"].map(numbers)).set_index("number").sort_index()

    def against(self, ratings: pd.DataFrame, column: str = "inconsistency") -> tuple[int, ...]:
        """Return the points against each hypothesis, or another column of ``inconsistency``."""
        return tuple(int(n) for n in self.named(hypotheses.inconsistency(ratings))[column])

    def leading(self, ratings: pd.DataFrame) -> tuple[int, ...]:
        """Return the numbers of the hypotheses that lead."""
        table = self.named(hypotheses.inconsistency(ratings))
        return tuple(int(number) for number in table.index[table["leads"].astype(bool)])

    def without(self, root: str) -> tuple[int, ...]:
        """Return the numbers of the hypotheses that lead in the grid without an account."""
        table = hypotheses.sensitivity(self.ratings("07-signals"))
        table = self.named(table[table["root"] == root])
        if table.empty:
            raise LookupError(root)
        return tuple(int(number) for number in table.index[table["leads"].astype(bool)])

    def most_against_without(self, root: str) -> tuple[int, ...]:
        """Return the numbers of the hypotheses with most against them in the grid without an account."""
        table = hypotheses.sensitivity(self.ratings("07-signals"))
        points = self.named(table[table["root"] == root])["inconsistency"]
        return tuple(int(number) for number in points.index[points == points.max()])

    def rated(self, evidence: str, hypothesis: int | None = None, rating: str = "neutral") -> pd.DataFrame:
        """Return the ratings of the grid with another rating in a cell, or in a row."""
        ratings = self.ratings("07-signals")
        cells = ratings["evidence"] == evidence
        if hypothesis is not None:
            cells &= ratings["hypothesis"] == self.table("hypotheses")["id"].iloc[hypothesis - 1]
        if not cells.any():
            raise LookupError(evidence)
        ratings.loc[cells, "rating"] = rating
        return ratings

    def without_row(self, row: int) -> pd.DataFrame:
        """Return the ratings of the grid without a row."""
        piece = self.dossier.activities["07-signals"].items[row - 1]
        ratings = self.ratings("07-signals")
        return ratings[ratings["evidence"] != piece]

    def neutral(self, evidence: str) -> int:
        """Return how many hypotheses a piece of evidence leaves alone."""
        return self.rows("evidence_ratings", evidence=evidence, rating="neutral")

    def rows_against(self, hypothesis: int) -> tuple[int, ...]:
        """Return the rows of the grid that speak against a hypothesis."""
        name = self.table("hypotheses")["id"].iloc[hypothesis - 1]
        ratings = self.ratings("07-signals")
        ratings = ratings[ratings["hypothesis"] == name]
        against = ratings["rating"].isin(["against", "strongly_against"])
        return tuple(self.place("07-signals", piece) for piece in ratings[against]["evidence"])

    def piece(self, evidence: str) -> int:
        """Return the row of a piece of evidence in the whole table."""
        return list(self.table("evidence")["id"]).index(evidence) + 1

    def telling_nothing(self) -> tuple[int, ...]:
        """Return the rows of the whole table that tell no hypotheses apart."""
        table = hypotheses.diagnosticity(self.ratings())
        return tuple(sorted(self.piece(piece) for piece in table[table["diagnosticity"] == 0]["evidence"]))

    # The Act -------------------------------------------------------------------------------------------

    def findings(self, element: str, finding: str) -> list[str]:
        """Return the cases in which an element has a finding."""
        found = self.table("case_elements")
        return list(found[(found["element"] == element) & (found["finding"] == finding)]["case"])

    def case(self, case: str, finding: str) -> int:
        """Return how many elements of a case have a finding."""
        return self.rows("case_elements", case=case, finding=finding)

    def settled_cases(self) -> tuple[int, int]:
        """Return in how many cases elements 1 to 6 are all met, and in how many one of them is not met."""
        cases = self.table("case_elements").query("element != 'exception'").groupby("case")["finding"]
        return int(cases.apply(lambda f: (f == "met").all()).sum()), int(
            cases.apply(lambda f: (f == "not_met").any()).sum()
        )

    def years(self, cases: Collection[str]) -> list[int]:
        """Return the years of some cases, in order."""
        dates = self.table("logan_cases").set_index("id").loc[list(cases)]["date"]
        return sorted(int(day[:4]) for day in dates)

    def indictments(self) -> list[int]:
        """Return the years of the indictments."""
        return self.years(self.table("logan_cases").query("indicted")["id"])

    @property
    def accusations(self) -> pd.DataFrame:
        """The cases that are accusations."""
        return self.table("logan_cases").query("kind == 'accusation'")

    def accused(self, *sides: str) -> int:
        """Return how many accusations name people of some sides."""
        return int(self.accusations["accused_side"].isin(sides).sum())

    def accusing(self, *sides: str) -> int:
        """Return how many accusations come from some sides."""
        return int(self.accusations["accuser_side"].isin(sides).sum())

    def accusing_from_power(self) -> int:
        """Return how many accusers with a party belong to that of the White House, by the date of the row.

        The Flynn row has the date of the call, and the accusation was made under the next president.
        """
        rows = self.accusations.query("accuser_side != 'none' and id != 'case-flynn-2016'")
        governing = [
            max((start, side) for start, side in PRESIDENTS if start <= day.ljust(10, "~"))[1]
            for day in rows["date"]
        ]
        return sum(side == other for side, other in zip(rows["accuser_side"], governing, strict=True))

    # Arguments -----------------------------------------------------------------------------------------

    @cached_property
    def arguments(self) -> Mapping[str, str]:
        """Position of each argument."""
        return dict(self.table("logan_arguments")[["id", "position"]].to_numpy())

    def arguments_for(self, position: str) -> int:
        """Return how many arguments a position has."""
        return sum(side == position for side in self.arguments.values())

    @cached_property
    def answers(self) -> list[tuple[str, str]]:
        """Each answer with what it answers."""
        rows = self.table("logan_arguments")[["id", "answers"]].to_numpy()
        return [(one, other) for one, answers in rows for other in split_list(answers)]

    def unanswered(self, *positions: str) -> int:
        """Return how many arguments of some positions no argument of another position answers."""
        met = {other for one, other in self.answers if self.arguments[one] != self.arguments[other]}
        return sum(side in positions and one not in met for one, side in self.arguments.items())

    def answers_beside(self, position: str) -> int:
        """Return how many answers neither start nor end at a position."""
        return sum(
            position not in (self.arguments[one], self.arguments[other]) for one, other in self.answers
        )

    @cached_property
    def cited_for(self) -> Mapping[str, list[str]]:
        """The positions that cite each source, once for each argument."""
        found: dict[str, list[str]] = {}
        for _, row in self.table("logan_arguments").iterrows():
            for source in split_list(row["sources"]):
                found.setdefault(source, []).append(row["position"])
        return found

    def on_sides(self, least: int) -> list[str]:
        """Return the sources that so many positions cite, or more."""
        return sorted(source for source, positions in self.cited_for.items() if len(set(positions)) >= least)

    def answers_with_shared_source(self) -> int:
        """Return how many answers cite a source which the argument they answer cites as well."""
        sources = {
            row["id"]: set(split_list(row["sources"])) for _, row in self.table("logan_arguments").iterrows()
        }
        return sum(bool(sources[one] & sources[other]) for one, other in self.answers)
