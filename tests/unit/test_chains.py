"""Attribution chains: pools that give nothing away, comparing, the journal, counts for the pictures."""

from __future__ import annotations

from itertools import permutations

import pytest

from backchannel.chains import (
    CHAIN,
    DISTRACTORS,
    POOL,
    Chain,
    ChainSession,
    Hop,
    compare,
    edges,
    explain,
    hops_per_document,
    load_actors,
    load_chains,
    named_and_anonymous,
    pool_of,
)
from backchannel.codebook import load_codebook
from backchannel.dossier import Dossier, load_dossier
from backchannel.errors import UsageError
from backchannel.tables import read_package
from backchannel.workspace import Workspace

COURSE = ("gazette", "agency", "clerk")
KNOWN = ("actor-gazette", "actor-ida")


@pytest.fixture(scope="module")
def dossier():
    return load_dossier()


@pytest.fixture
def session(small_package, workspace):
    for name in ("ola", "agency", "clerk", "herald", "post"):
        names = {"name_en": name.title(), "name_de": name.title()}
        anonymous = "true" if name == "post" else "false"
        small_package.append(
            "actors", id=f"actor-{name}", kind="person", anonymous=anonymous, sources="source-style", **names
        )
    return ChainSession(
        small_package.load(), workspace, activity="chains", claims=["d1-p02-1", "d1-p01-1", "d2-p02-2"]
    )


def kinds(own, course=COURSE):
    return [(d.kind, d.actor) for d in compare(own, course).differences]


# --- comparing -----------------------------------------------------------------------------------------


def test_the_same_chain_has_no_difference():
    found = compare(COURSE, COURSE)
    assert found.same
    assert [(row.own, row.course, row.same) for row in found.rows] == [(a, a, True) for a in COURSE]


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (("gazette", "clerk"), [("missing", "agency")]),
        (("agency", "clerk"), [("missing", "gazette")]),
        (("gazette", "herald", "agency", "clerk"), [("extra", "herald")]),
        (("agency", "gazette", "clerk"), [("order", "gazette")]),
        (("gazette", "agency"), [("origin", "clerk")]),
        (("gazette", "agency", "clerk", "mayor"), [("origin", "clerk")]),
        (("gazette", "agency", "mayor"), [("origin", "clerk")]),
        (("gazette", "clerk", "agency"), [("order", "agency"), ("origin", "clerk")]),
        (("mayor",), [("missing", "gazette"), ("missing", "agency"), ("origin", "clerk")]),
        (("gazette", "herald", "clerk"), [("missing", "agency"), ("extra", "herald")]),
    ],
)
def test_each_kind_of_difference_is_found_once(own, expected):
    assert kinds(own) == expected


def test_gaps_stand_where_a_mouth_is_missing_or_too_many():
    rows = compare(("gazette", "herald", "post", "clerk"), COURSE).rows
    assert [(row.own, row.course) for row in rows] == [
        ("gazette", "gazette"),
        ("herald", "agency"),
        ("post", ""),
        ("clerk", "clerk"),
    ]


def test_rows_hold_both_chains_whole_and_in_order_and_differences_only_where_they_differ():
    mouths = ("a", "b", "c", "d")
    chains = [own for length in range(1, 5) for own in permutations(mouths, length)]
    for own in chains:
        for course in chains:
            found = compare(own, course)
            assert tuple(row.own for row in found.rows if row.own) == own
            assert tuple(row.course for row in found.rows if row.course) == course
            assert found.same == (own == course)


def test_every_difference_is_explained_in_both_languages_with_the_cue_where_there_is_one(dossier):
    actors = load_actors(dossier)
    first, second, third, other, more = list(actors)[:5]
    hops = (Hop(first, "article", ""), Hop(second, "article", "laut"), Hop(third, "interview", "sagte"))
    course = Chain("d1-p02-1", hops)
    told = set()
    for own in ((second,), (first,), (*course.actors, other), (first, third, second), (second, first, third)):
        for difference in compare(own, course.actors).differences:
            for language in ("en", "de"):
                told.add(explain(difference, own, course, actors, language))
    for difference in compare((first, more, other), course.actors).differences:
        told.add(explain(difference, (first, more, other), course, actors, "en"))
    assert all(sentence.endswith((".", "“.")) and "{" not in sentence for sentence in told)
    assert any("laut" in sentence for sentence in told)
    assert any("sagte" in sentence for sentence in told)


# --- the pool --------------------------------------------------------------------------------------------


def test_the_pool_holds_the_chain_and_at_least_two_others_and_is_of_one_size(dossier):
    chains = load_chains(dossier)
    for claim, chain in chains.items():
        pool = pool_of(dossier, chains, claim)
        assert set(chain.actors) < set(pool)
        assert len(set(pool) - set(chain.actors)) >= DISTRACTORS
        assert len(pool) == len(set(pool)) == POOL


def test_a_long_chain_still_leaves_two_others(dossier):
    chains = dict(load_chains(dossier))
    actors = list(load_actors(dossier))
    chains["d1-p02-1"] = Chain("d1-p02-1", tuple(Hop(actor, "article", "") for actor in actors[:7]))
    assert len(pool_of(dossier, chains, "d1-p02-1")) == 7 + DISTRACTORS


def test_others_come_from_the_same_document(dossier):
    chains = load_chains(dossier)
    for claim in ("d2-p05-1", "d3-p09-3", "d5-p16-4"):
        here = {
            a for c, chain in chains.items() if c.split("-")[0] == claim.split("-")[0] for a in chain.actors
        }
        assert set(pool_of(dossier, chains, claim)) <= here


def test_the_order_of_the_pool_tells_nothing_and_is_always_the_same(dossier):
    chains = load_chains(dossier)
    pools = {claim: pool_of(dossier, chains, claim) for claim in chains}
    assert pools == {claim: pool_of(dossier, chains, claim) for claim in chains}
    for end in (0, -1):
        places = [pools[claim].index(chain.actors[end]) for claim, chain in chains.items()]
        shares = [places.count(place) / len(places) for place in range(POOL)]
        assert max(shares) < 0.25  # by chance alone 1/6, give or take
    in_order = sum(
        list(chain.actors) == sorted(chain.actors, key=pools[claim].index)
        for claim, chain in chains.items()
        if len(chain.hops) == 3
    )
    assert in_order < 0.3 * sum(len(chain.hops) == 3 for chain in chains.values())  # by chance 1/6


# --- the session -----------------------------------------------------------------------------------------


def test_one_chain_is_one_line_of_the_journal(session, workspace):
    session.save("d1-p02-1", KNOWN, confidence="high", note="«sagte»", decision_id="one")
    (line,) = workspace.journal.decisions
    assert (line.id, line.activity, line.item, line.field) == ("one", "chains", "d1-p02-1", CHAIN)
    assert (line.value, line.confidence, line.note) == ("actor-gazette;actor-ida", "high", "«sagte»")
    session.save("d1-p02-1", KNOWN, confidence="high", note="«sagte»")  # nothing new, nothing written
    session.save("d1-p02-1", "actor-gazette", decision_id="one")  # sent twice
    assert workspace.journal.count == 1


def test_the_courses_chain_is_held_until_an_own_one_is_saved(session):
    assert (session.course_chain("d1-p02-1"), session.comparison("d1-p02-1")) == (None, None)
    session.save("d1-p02-1", ["actor-gazette"])
    assert session.course_chain("d1-p02-1").actors == KNOWN
    assert [d.kind for d in session.comparison("d1-p02-1").differences] == ["origin"]
    assert session.course_chain("d1-p01-1") is None


def test_undo_takes_the_last_chain_back_and_a_restart_finds_what_stands(session, workspace):
    session.save("d1-p02-1", ["actor-gazette"])
    session.save("d1-p02-1", KNOWN)
    assert session.undo().value == "actor-gazette;actor-ida"
    assert session.own("d1-p02-1") == ("actor-gazette",)
    again = ChainSession(
        session.dossier, Workspace(workspace.folder), activity="chains", claims=session.claims
    )
    assert again.own("d1-p02-1") == ("actor-gazette",)
    again.undo()
    assert again.own("d1-p02-1") == ()
    assert (again.undo(), again.undoable) == (None, "")


def test_undo_takes_back_only_the_chain_it_means(session):
    session.save("d1-p02-1", KNOWN, decision_id="first")
    session.save("d1-p01-1", ["actor-gazette"])
    with pytest.raises(UsageError, match="saved later"):
        session.undo(expected="first")
    assert session.checked == 2


@pytest.mark.parametrize(
    ("chain", "sentence"),
    [
        ([], "empty"),
        ("", "empty"),
        (["actor-nobody"], "not offered"),
        (["actor-ida", "actor-ida"], "twice"),
    ],
)
def test_a_chain_that_cannot_be_is_refused_in_a_sentence(session, chain, sentence):
    with pytest.raises(UsageError, match=sentence):
        session.save("d1-p02-1", chain)
    assert session.checked == 0


def test_unknown_claims_and_confidences_are_refused(session, workspace):
    with pytest.raises(UsageError, match="d9-p01-1"):
        session.save("d9-p01-1", KNOWN)
    with pytest.raises(UsageError, match="sky-high"):
        session.save("d1-p02-1", KNOWN, confidence="sky-high")
    for claims in ([], ["d9-p01-1"]):
        with pytest.raises(UsageError):
            ChainSession(session.dossier, workspace, activity="x", claims=claims)


def test_lines_that_no_chain_can_be_read_from_are_left_alone(session, workspace):
    for value in ("actor-gone", "actor-ida;actor-ida", ""):
        workspace.decide("chains", "d1-p02-1", CHAIN, value)
        assert session.own("d1-p02-1") == ()
    assert session.course_chain("d1-p02-1") is None
    session.save("d1-p02-1", KNOWN)
    assert session.own("d1-p02-1") == KNOWN


def test_the_table_has_a_row_for_each_claim(session):
    session.save("d1-p02-1", ["actor-gazette", "actor-post"], note="why")
    table = session.table()
    assert list(table["claim"]) == list(session.claims)
    row = table.iloc[0]
    assert (row["chain"], row["hops"], row["anonymous"]) == ("actor-gazette;actor-post", 2, 1)
    assert list(table["hops"]) == [2, 0, 0]


def test_other_readings_come_after_the_own_chain_and_never_out_of_a_blind_block(dossier, workspace):
    arguable, blind = "d1-p03-2", "d1-p03-1"
    session = ChainSession(dossier, workspace, activity="chains", claims=[arguable, blind])
    assert session.other_readings(arguable) == ()
    for claim in (arguable, blind):
        session.save(claim, ["actor-tagesspiegel"])
    assert [reading.label for reading in session.other_readings(arguable)] == ["none"]
    assert (session.other_readings(blind), session.blocks_to_finish(blind)) == ((), ("03-blind",))
    workspace.decide("03-blind", "block", "finished", "yes")
    assert session.other_readings(blind)
    assert session.blocks_to_finish(blind) == ()


# --- counting --------------------------------------------------------------------------------------------


def test_counts_for_the_pictures_agree_with_one_another(dossier):
    hops, origins, network = hops_per_document(dossier), named_and_anonymous(dossier), edges(dossier)
    claims = hops.groupby("document")["claims"].sum()
    for row in origins.itertuples():
        assert row.claims == claims[row.document] == row.own_words + row.named + row.anonymous
        assert row.own_words == hops.query("document == @row.document and hops == 1")["claims"].sum()
    assert network["claims"].sum() == ((hops["hops"] - 1) * hops["claims"]).sum()
    assert list(origins["document"]) == list(dossier.documents)


def test_edges_run_from_teller_to_source(session):
    found = edges(session.dossier)
    assert found.values.tolist() == [["d1", "actor-gazette", "actor-ida", 1]]
    assert edges(session.dossier, "d2").empty
    with pytest.raises(UsageError, match="d9"):
        edges(session.dossier, "d9")


def test_counts_of_a_dossier_without_chains_are_empty(small_package):
    # Such a dossier does not pass the check, so it is put together by hand.
    small_package.rows["attributions"] = []
    small_package.write("attributions")
    package = read_package(small_package.folder)
    empty = Dossier(package.folder, package.tables, load_codebook(small_package.folder / "codebook.toml"))
    assert hops_per_document(empty).empty
    assert edges(empty).empty
    assert named_and_anonymous(empty)["claims"].tolist() == [0, 0]
