"""The codebook as a page to read and print, ``docs/codebook.en.md`` and ``docs/codebook.de.md``.

The pages are made from ``course_data/codebook.toml`` by ``backchannel describe``, so that they cannot drift.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from backchannel.codebook import Codebook, Dimension
from backchannel.words import LANGUAGES, Language, say


def pages(codebook: Codebook, docs: Path) -> dict[Path, str]:
    """Return the text of each page by its path."""
    return {docs / f"codebook.{language}.md": page(codebook, language) for language in LANGUAGES}


def page(codebook: Codebook, language: Language) -> str:
    """Return the codebook as Markdown in one language."""
    parts = [
        f"# {codebook.title.in_(language)}",
        say("codebook_page.about", language, version=codebook.version),
        f"## {say('codebook_page.unit', language)}",
        codebook.unit.in_(language),
        codebook.principle.in_(language),
        *(part for dimension in codebook.dimensions for part in _dimension(dimension, language)),
    ]
    return "\n\n".join(parts) + "\n"


def _dimension(dimension: Dimension, language: Language) -> Iterator[str]:
    yield f"## {dimension.name.in_(language)} (`{dimension.id}`)"
    yield f"**{dimension.question.in_(language)}**"
    yield dimension.about.in_(language)
    head = [say(f"codebook_page.{column}", language) for column in ("label", "definition", "example")]
    rows = [
        [
            f"{label.name.in_(language)} (`{label.id}`)",
            label.definition.in_(language),
            label.example.in_(language),
        ]
        for label in dimension.labels
    ]
    yield "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))
    yield f"### {say('codebook_page.rules', language)}"
    yield "\n".join(
        f"{number}. {rule.text.in_(language)} (`{rule.id}`)"
        for number, rule in enumerate(dimension.rules, start=1)
    )
    yield f"### {say('codebook_page.confusions', language)}"
    names = {label.id: label.name.in_(language) for label in dimension.labels}
    yield "\n".join(
        f"- **{names[first]} / {names[second]}:** {confusion.text.in_(language)}"
        for confusion in dimension.confusions
        for first, second in [confusion.labels]
    )
    if dimension.derived_from:
        yield f"{say('codebook_page.derived', language)} {', '.join(dimension.derived_from)}."
