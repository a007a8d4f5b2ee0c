"""What a portfolio shows of each kind of activity, asked of the activity's own session.

A session decides what of the course's reading may be shown; nothing here looks past it into the tables. Each
part says how far the activity is, which lines of the journal it shows, and what a reader sees of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from backchannel import labelling
from backchannel.before_after import BeforeAndAfter
from backchannel.chains import CHAIN, ChainSession
from backchannel.dates import date_words
from backchannel.debate import ARGUMENT, BOARD, POSITION, ROLE, STRONGEST, TAKEN, Argument, DebateSession
from backchannel.dossier import Claim, Dossier
from backchannel.grids import GridSession, Heading, Reading
from backchannel.journal import CONFIDENCES, Decision
from backchannel.labelling import Feedback, LabelSession
from backchannel.portfolio.blocks import Block, Facts, Group, Line, Listing, Own, Table, Words, Written
from backchannel.portfolio.blocks import Heading as Title
from backchannel.quiz import ANSWER, Item, Option, QuizSession
from backchannel.settling import ASKED, answers_of
from backchannel.sorting import (
    COMPARED,
    CRITERIA_FIELD,
    INVENTED,
    NOTE,
    Invention,
    SortSession,
    value_words,
)
from backchannel.tracks import DEFINITIONS, track_under
from backchannel.words import Language, Text, say
from backchannel.workspace import TEXT, Workspace

DEPTH = 4  # of the headings within an activity


@dataclass(frozen=True)
class Progress:
    """How far an activity is."""

    done: int
    total: int
    complete: bool


@dataclass(frozen=True)
class Part:
    """An activity as a portfolio sees it.

    Attributes:
        progress: how far it is now.
        knows: whether a standing decision is among what ``content`` shows or counts.
        content: what a reader may see now, in a language.
    """

    progress: Callable[[], Progress]
    knows: Callable[[Decision], bool]
    content: Callable[[Language], tuple[Block, ...]]


def _progress(done: int, total: int) -> Progress:
    return Progress(done, total, 0 < total <= done)


def _sure(confidence: str, language: Language) -> Words:
    """Return how sure somebody was; a journal may hold a word that the course does not know."""
    if confidence in CONFIDENCES:
        return say(f"grid.confidence_{confidence}", language)
    return Own(confidence) if confidence else "–"


def _own(text: str) -> Words:
    return Own(text) if text.strip() else "–"


def _left(key: str, count: int, language: Language) -> Iterator[Block]:
    """Say how many things are not begun, if any."""
    if count:
        yield Line(say(f"portfolio.left_{key}", language, n=count))


def _without_last(groups: Iterable[Group]) -> tuple[Group, ...]:
    """Leave out the column of the course, where it would be empty throughout."""
    return tuple(Group(group.title, tuple(row[:-1] for row in group.rows)) for group in groups)


def _claim_words(dossier: Dossier, claim: Claim, language: Language) -> str:
    label, passage = dossier.documents[claim.document].label, dossier.passages[claim.passage]
    return f"{label} {passage.locator} ({claim.id}): {claim.text.in_(language)}"


# --- written answers -----------------------------------------------------------------------------------


def writing(workspace: Workspace, activity: str, prompts: dict[str, Text]) -> Part:
    """Return the part of a page to write on."""

    def text(number: str) -> str:
        found = workspace.journal.state.get(activity, number, TEXT)
        return found.value if found else ""

    def content(language: Language) -> Iterator[Block]:
        for number, prompt in prompts.items():
            yield Line(prompt.in_(language), strong=True)
            written = text(number).strip()
            yield Written(written) if written else Line(say("writing.static_empty", language))

    return Part(
        lambda: _progress(sum(bool(text(number).strip()) for number in prompts), len(prompts)),
        lambda decision: decision.item in prompts and decision.field == TEXT,
        lambda language: tuple(content(language)),
    )


# --- questions -----------------------------------------------------------------------------------------


def questions(session: QuizSession) -> Part:
    """Return the part of a prediction, a check or questions within a lesson."""

    def content(language: Language) -> Iterator[Block]:
        for item in session.items:
            yield from _answer(item, session.chosen(item.id), session.reasons_to_show(item.id), language)

    return _quiz_part(session, content)


def test(both: BeforeAndAfter, form: str) -> Part:
    """Return the part of one of the two tests, which say nothing before both may be shown."""
    session = both.sessions[form]

    def content(language: Language) -> Iterator[Block]:
        if not both.complete:
            yield Line(say("portfolio.test_count", language, done=session.answered, total=len(session.items)))
            yield Line(say("portfolio.test_later", language))
            return
        for item in session.items:
            yield from _answer(item, session.chosen(item.id), session.reasons_to_show(item.id), language)

    return _quiz_part(session, content)


def _quiz_part(session: QuizSession, content: Callable[[Language], Iterator[Block]]) -> Part:
    items = {item.id for item in session.items}
    return Part(
        lambda: _progress(session.answered, len(session.items)),
        lambda d: d.item in items and d.field == ANSWER and session.chosen(d.item) is not None,
        lambda language: tuple(content(language)),
    )


def _answer(
    item: Item, chosen: Option | None, shown: Sequence[Option], language: Language
) -> Iterator[Block]:
    """Yield a question with the chosen answer, and of the reasons the own one and the right one."""
    yield Line(item.question.in_(language), strong=True)
    if chosen is None:
        yield Line(say("portfolio.not_answered", language))
        return
    facts = [(say("portfolio.your_answer", language), chosen.text.in_(language))]
    if chosen in shown:
        facts.append((_verdict(chosen, language), chosen.reason.in_(language)))
    facts += [
        (
            say("portfolio.right_answer", language),
            f"{option.text.in_(language)} – {option.reason.in_(language)}",
        )
        for option in shown
        if option.correct and option != chosen
    ]
    yield Facts(tuple(facts))


def _verdict(option: Option, language: Language) -> str:
    key = {True: "right", False: "wrong", None: "reason"}[option.correct]
    return say(f"portfolio.{key}", language)


# --- labels --------------------------------------------------------------------------------------------


def labels(session: LabelSession) -> Part:
    """Return the part of a block of claims."""

    def progress() -> Progress:
        found = session.progress
        return Progress(found.labelled + found.skipped, found.units, found.open == 0 and session.may_compare)

    def knows(decision: Decision) -> bool:
        if decision.item == labelling.BLOCK:
            return decision.field in (labelling.STARTED, labelling.FINISHED)
        if decision.item not in session.positions:
            return False
        asked = {dimension.id for dimension in session.dimensions}
        return decision.field == labelling.FLAG or (
            decision.field in asked and session.decision(decision.item, decision.field) is not None
        )

    return Part(progress, knows, lambda language: tuple(_labels(session, language)))


def _labels(session: LabelSession, language: Language) -> Iterator[Block]:
    if not session.may_compare:
        yield Line(say("portfolio.still_blind", language))
    groups = []
    for claim in session.claims:
        found = [session.decision(claim, dimension.id) for dimension in session.dimensions]
        if session.is_flagged(claim) or any(d and (d.value or d.note) for d in found):
            groups.append(_labelled_claim(session, claim, language))
    keys = ["question", "your_label", "how_sure", "your_note"]
    if session.may_compare:
        keys.append("reference")
    if groups:
        shown = tuple(groups) if session.may_compare else _without_last(groups)
        header = tuple(say(f"portfolio.{key}", language) for key in keys)
        yield Table(say("portfolio.labels_caption", language), header, shown)
    yield from _left("claims", len(session.claims) - len(groups), language)


def _labelled_claim(session: LabelSession, claim: str, language: Language) -> Group:
    title = _claim_words(session.dossier, session.dossier.claim(claim), language)
    if session.is_flagged(claim):
        title += f" [{say('labeller.flagged', language)}]"
    feedback = {found.dimension: found for found in session.feedback(claim)}
    rows = []
    for dimension in session.dimensions:
        decision, label = session.decision(claim, dimension.id), session.label_of(claim, dimension.id)
        if label:
            given = dimension.name_of(label).in_(language)
        else:
            skipped = session.is_decided(claim, dimension.id)
            given = say("labeller.skipped" if skipped else "labeller.open", language)
        rows.append(
            (
                dimension.name.in_(language),
                given,
                _sure(decision.confidence if decision else "", language),
                _own(decision.note if decision else ""),
                _reference(session, claim, dimension.id, feedback.get(dimension.id), language),
            )
        )
    return Group(title, tuple(rows))


def _reference(
    session: LabelSession, claim: str, dimension: str, feedback: Feedback | None, language: Language
) -> str:
    """Return what may be said of the reference; its reason where the own label is another one."""
    if not session.may_show_key(claim):
        return say("portfolio.reference_later", language)
    if feedback is None:
        if blocks := session.blocks_to_finish(claim):
            return say("portfolio.reference_blind", language, block=", ".join(blocks))
        return say("portfolio.reference_kept", language)
    asked, reference = session.dossier.codebook[dimension], feedback.reference
    verdict = say(f"labeller.verdict_{feedback.verdict}", language)
    if feedback.verdict == "match":
        return verdict
    name = asked.name_of(reference.label).in_(language)
    return f"{name} ({verdict}). {reference.reason.in_(language)}"


# --- chains --------------------------------------------------------------------------------------------


def chains(session: ChainSession) -> Part:
    """Return the part of the chain builder."""

    def knows(decision: Decision) -> bool:
        known = decision.item in session.claims and decision.field == CHAIN
        return known and session.decision(decision.item) is not None

    return Part(
        lambda: _progress(session.checked, len(session.claims)),
        knows,
        lambda language: tuple(_chains(session, language)),
    )


def _chains(session: ChainSession, language: Language) -> Iterator[Block]:
    built = [claim for claim in session.claims if session.own(claim)]
    for claim in built:
        yield Title(DEPTH, _claim_words(session.dossier, session.dossier.claim(claim), language))
        yield Facts(tuple(_chain_facts(session, claim, language)))
    yield from _left("chains", len(session.claims) - len(built), language)


def _chain_facts(session: ChainSession, claim: str, language: Language) -> Iterator[tuple[str, Words]]:
    course, comparison = session.course_chain(claim), session.comparison(claim)
    decision = session.decision(claim)
    yield say("chain.own_chain", language), _mouths(session, session.own(claim), language)
    if course and comparison:
        if comparison.same:
            beside = say("chain.verdict_same", language)
        else:
            beside = _mouths(session, course.actors, language)
        yield say("chain.course_chain", language), beside
    for reading in session.other_readings(claim):
        yield say("portfolio.also_defensible", language), reading.reason.in_(language)
    if decision and decision.confidence:
        yield say("portfolio.how_sure", language), _sure(decision.confidence, language)
    if decision and decision.note.strip():
        yield say("portfolio.your_note", language), Own(decision.note)


def _mouths(session: ChainSession, chain: Iterable[str], language: Language) -> str:
    return " → ".join(session.actors[actor].name.in_(language) for actor in chain)


# --- contacts ------------------------------------------------------------------------------------------


def sorter(session: SortSession) -> Part:
    """Return the part of the track sorter."""

    def knows(decision: Decision) -> bool:
        item, field = decision.item, decision.field
        if item in session.contacts:
            return field in (NOTE, COMPARED) or (field in ASKED and bool(session.value(item, field)))
        if field != CRITERIA_FIELD or not item.startswith(f"{INVENTED}-"):
            return False
        return item in {invention.id for invention in session.inventions}

    return Part(
        lambda: _progress(session.sorted_count, len(session.contacts)),
        knows,
        lambda language: tuple(_contacts(session, language)),
    )


def _contacts(session: SortSession, language: Language) -> Iterator[Block]:
    begun = [contact for contact in session.contacts if session.answers(contact) or session.note(contact)]
    for contact in begun:
        yield from _contact(session, contact, language)
    yield from _left("contacts", len(session.contacts) - len(begun), language)
    if session.inventions:
        yield Title(DEPTH, say("sorter.kept_title", language))
        yield Listing(tuple(_invention(session, one, language) for one in session.inventions))


def _contact(session: SortSession, contact: str, language: Language) -> Iterator[Block]:
    card, reading = session.card(contact), session.reading(contact)
    date = say("sorter.date_undated", language)
    if card.date:
        date = date_words(card.date, card.precision, language)
    yield Title(DEPTH, f"{card.title.in_(language)} ({date})")
    answers, tracks = session.answers(contact), session.tracks(contact)
    course = answers_of(reading.criteria) if reading else {}
    criteria = [
        (say(f"tracks.{name}", language), *_two(name, answers.get(name, ""), course.get(name, ""), language))
        for name in ASKED
        if answers.get(name) or reading
    ]
    definitions = []
    for definition in session.definitions:
        verdict = tracks[definition.id]
        own = _track(session, verdict.track, language) if verdict else say("sorter.waits", language)
        theirs = _track(session, reading.tracks[definition.id].track, language) if reading else ""
        definitions.append((definition.name.in_(language), own, _beside(own, theirs, language)))
    kinds = (("answers", criteria), ("tracks_title", definitions))
    groups = tuple(Group(say(f"sorter.{key}", language), tuple(rows)) for key, rows in kinds if rows)
    header = tuple(say(key, language) for key in ("portfolio.asked", "sorter.you", "sorter.course"))
    if not reading:
        header, groups = header[:-1], _without_last(groups)
    yield Table(say("portfolio.contact_caption", language), header, groups)
    if note := session.note(contact).strip():
        yield Line(say("portfolio.your_note", language), strong=True)
        yield Written(note)


def _two(criterion: str, own: str, course: str, language: Language) -> tuple[str, str]:
    given = value_words(criterion, own).in_(language) if own else say("sorter.your_open", language)
    theirs = value_words(criterion, course).in_(language) if course else ""
    return given, _beside(given, theirs, language) if own else theirs  # what is left open says nothing else


def _beside(own: str, course: str, language: Language) -> str:
    """Return what the course says, with a word where it is not what the student says."""
    return course if course in ("", own) else f"{course} ({say('sorter.differs', language)})"


def _track(session: SortSession, track: str | None, language: Language) -> str:
    return session.track_name(track).in_(language)


def _invention(session: SortSession, one: Invention, language: Language) -> Words:
    names = {definition.id: definition.name.in_(language) for definition in session.definitions}
    found = (
        f"{names[name]}: {_track(session, track_under(name, one.criteria).track, language)}"
        for name in DEFINITIONS
    )
    return (Own(one.title), f": {'; '.join(found)}")


# --- grids ---------------------------------------------------------------------------------------------


def grid(session: GridSession) -> Part:
    """Return the part of a grid of judgements."""

    def progress() -> Progress:
        found = session.progress
        return _progress(found.judged, found.cells)

    def knows(decision: Decision) -> bool:
        cell = (decision.item, decision.field)
        return cell in session.grid.cells and (not decision.value or bool(session.value(*cell)))

    return Part(progress, knows, lambda language: tuple(_grid(session, language)))


def _grid(session: GridSession, language: Language) -> Iterator[Block]:
    rows, columns = session.grid.rows, session.grid.columns
    named = tuple((c.name.in_(language), c.text.in_(language)) for c in columns if c.text)
    if named:
        yield Facts(named)
    groups = []
    for row in rows:
        found = [session.decision(row.id, column.id) for column in columns]
        if any(d and (d.note.strip() or session.value(row.id, d.field)) for d in found):
            groups.append(_grid_row(session, row, language))
    if groups:
        kind = session.grid.kind
        header = [say(f"portfolio.column_{kind}", language)]
        header += [say(f"portfolio.{key}", language) for key in ("judgement", "how_sure", "your_reason")]
        header.append(say("sorter.course_reading", language))
        yield Table(say(f"grid.title_{kind}", language), tuple(header), tuple(groups))
    yield from _left("rows", len(rows) - len(groups), language)


def _grid_row(session: GridSession, row: Heading, language: Language) -> Group:
    cells = []
    for column in session.grid.columns:
        decision, value = session.decision(row.id, column.id), session.value(row.id, column.id)
        cells.append(
            (
                column.name.in_(language),
                say(f"grid.choice_{value}" if value else "grid.not_judged", language),
                _sure(decision.confidence if decision else "", language),
                _own(decision.note if decision else ""),
                _course_cell(session, row.id, column.id, language),
            )
        )
    return Group(row.name.in_(language), tuple(cells))


def _course_cell(session: GridSession, row: str, column: str, language: Language) -> str:
    """Return the course's reading of a cell, or why there is none; its reason where it differs."""
    if not session.may_show(row, column):
        return say("portfolio.course_later", language)
    reading = session.reading(row, column)
    if reading is None:
        return "–"
    if reading.value == session.value(row, column):
        return say("grid.same", language)
    return f"{_read(reading, language)}. {reading.reason.in_(language)}"


def _read(reading: Reading, language: Language) -> str:
    value = say(f"grid.choice_{reading.value}", language)
    return f"{value} ({say(f'retellings.{reading.change}', language)})" if reading.change else value


# --- the debate ----------------------------------------------------------------------------------------


def debate(session: DebateSession) -> Part:
    """Return the part of the debate board."""

    def progress() -> Progress:
        steps = session.steps
        return _progress(sum(steps.values()), len(steps))

    def knows(decision: Decision) -> bool:
        item, field = decision.item, decision.field
        if item == BOARD:
            chosen = {ROLE: session.role, POSITION: session.position, STRONGEST: decision.value}
            return bool(chosen.get(field))
        return field in (ARGUMENT, TAKEN) and item in {one.id for one in session.arguments}

    return Part(progress, knows, lambda language: tuple(_debate(session, language)))


def _debate(session: DebateSession, language: Language) -> Iterator[Block]:
    def told(key: str, **fields: object) -> str:
        return say(f"debate.{key}", language, **fields)

    yield Facts(
        (
            (told("role"), told(f"role_{session.role}" if session.role else "no_role")),
            (told("position"), told(f"position_{session.position}" if session.position else "no_position")),
        )
    )
    board = session.arguments
    if not board:
        yield Line(told("board_empty"))
        return
    numbers = {one.id: str(number) for number, one in enumerate(board, start=1)}
    header = ("number", "by", "argument", "answers", "evidence")
    rows = tuple(_argument(session, one, numbers, language) for one in board)
    yield Table(told("board"), tuple(told(f"column_{name}") for name in header), (Group("", rows),))
    if strongest := session.strongest:
        yield Line(say("portfolio.strongest", language, number=numbers[strongest.id]))
    lines = tuple(_gaps(session, numbers, language))
    if lines:
        yield Title(DEPTH, told("gaps"))
        yield Listing(lines)


def _argument(
    session: DebateSession, one: Argument, numbers: dict[str, str], language: Language
) -> tuple[Words, ...]:
    by = say("debate.you" if one.own else f"debate.role_{one.role}", language)
    sentence = one.sentence.in_(language)
    cited = " · ".join(_cited(session, name, language) for name in one.evidence)
    return (
        numbers[one.id],
        f"{by}: {say(f'debate.position_{one.position}', language)}",
        Own(sentence) if one.own else sentence,
        _answered(one, numbers, language),
        cited or say("debate.flag_unsupported", language),
    )


def _answered(one: Argument, numbers: dict[str, str], language: Language) -> str:
    if not one.answers:
        return "–"
    return numbers.get(one.answers) or say("debate.answers_gone", language)


def _cited(session: DebateSession, name: str, language: Language) -> str:
    found = session.evidence.get(name)
    if found is None:
        return name
    text = found.text.in_(language)
    return f"{found.place} ({name}): {text}" if found.place else text


def _gaps(session: DebateSession, numbers: dict[str, str], language: Language) -> Iterator[str]:
    """Yield what the board lacks, a sentence each: gaps among the arguments, then steps still to do."""
    found = session.findings()
    gaps = {
        "unsupported": found.unsupported,
        "unanswered": found.unanswered,
        "same_side": tuple(one for one, _ in found.same_side),
        "gone": tuple(one for one, _ in found.gone),
    }
    for key, names in gaps.items():
        if names:
            yield say(f"debate.static_{key}", language, arguments=", ".join(numbers[name] for name in names))
    for name, done in session.steps.items():
        if not done:
            yield say(f"debate.step_{name}_todo", language)
