"""The charts of the lessons: data in, a ``Picture`` with its text version out."""

from backchannel.charts.agreement import agreement_chart, disputed_claims
from backchannel.charts.arguments import argument_map
from backchannel.charts.attribution import attribution_network, hops_per_document, named_and_anonymous
from backchannel.charts.composition import composition as composition_chart
from backchannel.charts.composition import provenance, token_features
from backchannel.charts.contacts import contact_timeline, criteria_grid, definitions_part
from backchannel.charts.evidence import evidence_matrix
from backchannel.charts.labels import confusion_chart, own_labels
from backchannel.charts.logan import accusations_timeline, element_heatmap
from backchannel.charts.overview import calendar, dossier_at_a_glance
from backchannel.charts.picture import Picture
from backchannel.charts.progress import path, pre_post
from backchannel.charts.retellings import coverage_matrix, drift
from backchannel.charts.roots import common_root

__all__ = [
    "Picture",
    "accusations_timeline",
    "agreement_chart",
    "argument_map",
    "attribution_network",
    "calendar",
    "common_root",
    "composition_chart",
    "confusion_chart",
    "contact_timeline",
    "coverage_matrix",
    "criteria_grid",
    "definitions_part",
    "disputed_claims",
    "dossier_at_a_glance",
    "drift",
    "element_heatmap",
    "evidence_matrix",
    "hops_per_document",
    "named_and_anonymous",
    "own_labels",
    "path",
    "pre_post",
    "provenance",
    "token_features",
]
