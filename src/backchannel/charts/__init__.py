"""The charts of the lessons: data in, a ``Picture`` with its text version out."""

from backchannel.charts.agreement import agreement_chart, disputed_claims
from backchannel.charts.contacts import contact_timeline, criteria_grid, definitions_part
from backchannel.charts.labels import confusion_chart, own_labels
from backchannel.charts.logan import accusations_timeline, element_heatmap
from backchannel.charts.overview import calendar, dossier_at_a_glance
from backchannel.charts.picture import Picture

__all__ = [
    "Picture",
    "accusations_timeline",
    "agreement_chart",
    "calendar",
    "confusion_chart",
    "contact_timeline",
    "criteria_grid",
    "definitions_part",
    "disputed_claims",
    "dossier_at_a_glance",
    "element_heatmap",
    "own_labels",
]
