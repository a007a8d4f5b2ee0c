"""What the tables must mean together, beyond what their schema says; one small function a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from backchannel.codebook import Codebook
from backchannel.tables import Finding, Tables
from backchannel.validation import labels, subjects, texts
from backchannel.validation.texts import QUOTE_WORDS

__all__ = ["LABEL_RULES", "QUOTE_WORDS", "RULES", "check_meaning"]

Rule = Callable[[Tables, Codebook], Iterator[Finding]]

LABEL_RULES: tuple[Rule, ...] = (labels.labels_are_in_the_codebook, labels.references_are_complete)
"""The rules that hold for any set of labels, the key of the exercises included."""

# In order of seriousness: what breaks the reading, what breaks the labelling, what breaks a lesson.
RULES: tuple[Rule, ...] = (
    texts.ids_follow_their_parents,
    texts.positions_are_complete,
    texts.passages_are_counted,
    texts.readings_carry_their_claims,
    texts.claims_have_an_origin,
    texts.chains_do_not_turn_back,
    texts.passages_lie_in_order,
    texts.retelling_uses_no_quotation_marks,
    texts.quotations_are_short,
    texts.marks_are_not_lost,
    texts.days_exist,
    labels.codebook_holds_together,
    *LABEL_RULES,
    labels.held_back_labels_stay_out,
    subjects.sources_resolve,
    subjects.claims_resolve,
    subjects.grids_are_complete,
    subjects.evidence_is_rated,
    subjects.contacts_are_sorted,
    subjects.tracks_follow_from_the_criteria,
    subjects.words_stand_in_their_document,
    subjects.retellings_fit_their_claims,
    subjects.elements_are_those_of_the_codebook,
    subjects.convictions_need_an_indictment,
    subjects.arguments_answer_one_another,
    subjects.questions_have_answers,
    subjects.blocks_ask_what_the_codebook_asks,
    subjects.activities_ask_what_is_there,
    subjects.tasks_ask_what_is_kept,
)


def check_meaning(tables: Tables, codebook: Codebook) -> Iterator[Finding]:
    """Yield what every rule finds, in the order of ``RULES``."""
    for rule in RULES:
        yield from rule(tables, codebook)
