"""The charts of the lessons: data in, a ``Picture`` with its text version out."""

from backchannel.charts.agreement import agreement_chart, disputed_claims
from backchannel.charts.labels import confusion_chart, own_labels
from backchannel.charts.overview import calendar, dossier_at_a_glance
from backchannel.charts.picture import Picture

__all__ = [
    "Picture",
    "agreement_chart",
    "calendar",
    "confusion_chart",
    "disputed_claims",
    "dossier_at_a_glance",
    "own_labels",
]
