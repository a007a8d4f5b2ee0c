"""Carry labels out of the course and back: CSV for spreadsheets, Label Studio, W3C Web Annotation.

Every format starts from and returns to ``LabelDecision``. What a file holds that cannot be taken is said in
one sentence each, as ``backchannel.tables.Finding``; the rest is taken.
"""

from backchannel.exchange.model import (
    Imported,
    LabelDecision,
    journal_decisions,
    pass_decisions,
    reference_decisions,
)

__all__ = ["Imported", "LabelDecision", "journal_decisions", "pass_decisions", "reference_decisions"]
