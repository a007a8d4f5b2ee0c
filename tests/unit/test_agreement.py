"""Agreement between coders: published vectors, a second implementation, and properties that must hold."""

from __future__ import annotations

from functools import partial
from math import isnan

import krippendorff
import numpy as np
import pandas as pd
import pytest

from backchannel.agreement import (
    DISTANCES,
    Agreement,
    Counts,
    agreement_table,
    bootstrap_interval,
    canonical_sets,
    cohen_kappa,
    confusion,
    confusion_pairs,
    count_labels,
    gwet_ac1,
    interval_distance,
    kappa_from_table,
    krippendorff_alpha,
    masi_distance,
    measure,
    most_disputed,
    nominal_distance,
    ordinal_distance,
    percent_agreement,
    ratio_distance,
)
from backchannel.errors import UsageError

FOUR_OBSERVERS = {
    "A": "1 2 3 3 2 1 4 1 2 . . .",
    "B": "1 2 3 3 2 2 4 1 2 5 . 3",
    "C": ". 3 3 3 2 3 4 2 2 5 1 .",
    "D": "1 2 3 3 2 4 4 1 2 5 1 .",
}
FIVE = ["1", "2", "3", "4", "5"]
YES_NO = ["yes", "no"]
STANCES = ["adopts", "neutral", "distances"]


def long_table(rows: dict[str, str]) -> pd.DataFrame:
    """One row a decision from `coder: labels of u01, u02, …`; a dot is a missing label."""
    decisions = [
        (f"u{number:02d}", coder, None if label == "." else label)
        for coder, line in rows.items()
        for number, label in enumerate(line.split(), start=1)
    ]
    return pd.DataFrame(decisions, columns=["unit", "coder", "label"])


def from_table(table: list[list[int]]) -> pd.DataFrame:
    """Labels of two coders whose cross table is the given one."""
    pairs = [
        (first, second)
        for first, row in zip(YES_NO, table, strict=True)
        for second, count in zip(YES_NO, row, strict=True)
        for _ in range(count)
    ]
    return long_table({"one": " ".join(a for a, _ in pairs), "two": " ".join(b for _, b in pairs)})


def random_codes(seed: int, coders: int = 5, units: int = 40, values: int = 5) -> np.ndarray:
    """Positions of labels, coders × units, better than chance; nan where missing."""
    generator = np.random.default_rng(seed)
    truth = generator.integers(values, size=units)
    noise = generator.integers(values, size=(coders, units))
    codes = np.where(generator.random((coders, units)) < 0.6, truth, noise).astype(float)
    codes[generator.random((coders, units)) < 0.25] = np.nan
    return codes


def as_labels(codes: np.ndarray, names: list[str]) -> pd.DataFrame:
    return long_table(
        {
            f"c{coder:02d}": " ".join("." if np.isnan(code) else names[int(code)] for code in row)
            for coder, row in enumerate(codes)
        }
    )


# Published vectors


@pytest.mark.parametrize(
    ("distance", "alpha"),
    [
        (nominal_distance, 0.7434),
        (ordinal_distance, 0.8154),
        (interval_distance, 0.8491),
        (ratio_distance, 0.7974),
    ],
)
def test_alpha_of_krippendorffs_four_observers(distance, alpha):
    counts = count_labels(long_table(FOUR_OBSERVERS), FIVE)
    assert round(krippendorff_alpha(counts, distance), 4) == alpha


def test_ac1_and_pairable_values_of_the_four_observers():
    counts = count_labels(long_table(FOUR_OBSERVERS), FIVE)
    assert round(gwet_ac1(counts), 4) == 0.7754
    assert counts.pairable == 40
    assert len(counts.units) == 12


@pytest.mark.parametrize(
    ("table", "observed", "kappa", "ac1"),
    [
        ([[20, 5], [10, 15]], 0.70, 0.400, 0.406),
        ([[40, 9], [6, 45]], 0.85, 0.700, 0.701),
        ([[80, 10], [5, 5]], 0.85, 0.318, 0.808),
        ([[95, 3], [2, 0]], 0.95, -0.025, 0.947),
    ],
)
def test_two_by_two_tables(table, observed, kappa, ac1):
    labels = from_table(table)
    counts = count_labels(labels, YES_NO)
    assert percent_agreement(counts) == pytest.approx(observed)
    assert round(kappa_from_table(table), 3) == kappa
    assert round(gwet_ac1(counts), 3) == ac1
    one, two = (labels["label"][labels["coder"] == coder] for coder in ("one", "two"))
    assert cohen_kappa(one, two) == kappa_from_table(table)
    assert measure(labels, "d", YES_NO, "nominal", draws=10).kappa == kappa_from_table(table)
    assert confusion(labels, "one", "two", YES_NO).to_numpy().tolist() == table


def test_alpha_falls_below_zero_where_one_label_prevails():
    counts = count_labels(from_table([[95, 3], [2, 0]]), YES_NO)
    assert round(krippendorff_alpha(counts), 3) == -0.021


def test_alpha_of_two_observers_with_two_values():
    labels = long_table({"A": " ".join("0100000010"), "B": " ".join("1110010000")})
    assert round(krippendorff_alpha(count_labels(labels, ["0", "1"])), 4) == 0.0952


def test_masi_alpha_computed_by_hand():
    # δ(a, a;b) = 1 − 1/2 · 2/3 = 2/3;  δ(a;b, b;c) = 1 − 1/3 · 1/3 = 8/9;  δ(a, b;c) = 1
    # three a, two a;b, one b;c:  D_o = 2 (2/3 + 8/9) / 6 = 14/27
    # D_e = 2 (3·2·2/3 + 3·1·1 + 2·1·8/9) / (6·5) = 79/135;  α = 1 − 14/27 · 135/79 = 9/79
    labels = long_table({"A": "a a;b b;c", "B": "a a b;a"})
    result = measure(labels, "logan_elements", ["a", "b", "c"], "nominal", several=True, draws=10)
    assert result.alpha == pytest.approx(9 / 79)
    assert result.percent == pytest.approx(1 / 3)
    assert result.scale == "set"


def test_masi_distances_of_each_kind_of_overlap():
    values = ("a", "a;b", "b;c", "a;b;c", "d")
    expected = [
        [0, 2 / 3, 1, 1 - 2 / 9, 1],
        [2 / 3, 0, 8 / 9, 1 - 4 / 9, 1],
        [1, 8 / 9, 0, 1 - 4 / 9, 1],
        [1 - 2 / 9, 1 - 4 / 9, 1 - 4 / 9, 0, 1],
        [1, 1, 1, 1, 0],
    ]
    np.testing.assert_allclose(masi_distance(values, np.ones(5)), expected, atol=1e-15)


# A second implementation


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval", "ratio"])
def test_alpha_equals_that_of_the_krippendorff_package(seed, scale):
    codes = random_codes(seed)
    names = ["0", "1", "2.5", "4", "7"]
    numbers = np.where(
        np.isnan(codes), np.nan, np.array(names, dtype=float)[np.nan_to_num(codes).astype(int)]
    )
    theirs = krippendorff.alpha(
        numbers, level_of_measurement=scale, value_domain=[float(name) for name in names]
    )
    ours = krippendorff_alpha(count_labels(as_labels(codes, names), names), DISTANCES[scale])
    assert ours == pytest.approx(theirs, abs=1e-12)


def test_masi_alpha_equals_that_of_the_krippendorff_package_given_the_same_distances():
    names = ["a", "a;b", "b;c", "a;b;c", "d"]
    codes = random_codes(9)
    counts = count_labels(as_labels(codes, names), names)
    distances = masi_distance(counts.values, np.ones(5))
    theirs = krippendorff.alpha(
        value_counts=counts.matrix,
        value_domain=names,
        level_of_measurement=lambda v1, v2, i1, i2, n_v, dtype: distances[i1, i2],
    )
    assert krippendorff_alpha(counts, masi_distance) == pytest.approx(theirs, abs=1e-12)


def test_ac1_with_missing_labels_equals_its_formula_written_out():
    counts = Counts(("u1", "u2", "u3"), ("a", "b"), np.array([[2, 1], [3, 0], [0, 1]]))
    agreement = (1 / 3 + 1) / 2  # u3 has one label: not in p_a …
    share = (2 / 3 + 1 + 0) / 3  # … but in π
    chance = 2 * share * (1 - share)
    assert gwet_ac1(counts) == pytest.approx((agreement - chance) / (1 - chance))


# Properties


@pytest.mark.parametrize("scale", ["nominal", "ordinal"])
def test_the_order_of_rows_and_the_names_of_coders_change_nothing(scale):
    labels = as_labels(random_codes(3), FIVE)
    shuffled = labels.sample(frac=1, random_state=1, ignore_index=True)
    renamed = shuffled.assign(coder=shuffled["coder"].map(lambda name: f"x{name[::-1]}"))
    expected = measure(labels, "d", FIVE, scale, draws=50)
    # Compared as text: nan equals nan there.
    assert repr(measure(renamed, "d", FIVE, scale, draws=50)) == repr(expected)


def test_renaming_units_changes_no_figure():
    labels = as_labels(random_codes(3), FIVE)
    mirrored = labels.assign(unit=labels["unit"].map(lambda name: f"v{99 - int(name[1:]):02d}"))
    for statistic in (krippendorff_alpha, gwet_ac1, percent_agreement):
        first, second = (statistic(count_labels(table, FIVE)) for table in (labels, mirrored))
        assert first == pytest.approx(second, abs=1e-12)


@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval", "ratio"])
def test_perfect_agreement_is_one(scale):
    result = measure(long_table(dict.fromkeys("AB", "1 2 3 5 1")), "d", FIVE, scale, draws=50)
    assert (result.percent, result.alpha, result.ac1, result.kappa) == (1, 1, 1, 1)
    assert (result.low, result.high) == (1, 1)


def test_perfect_agreement_on_sets_is_one_however_the_sets_are_written():
    labels = long_table({"A": "a;b c b;c;a", "B": "b;a c a;b;c;a"})
    result = measure(labels, "d", ["a", "b", "c"], "set", draws=50)
    assert (result.percent, result.alpha, result.ac1, result.kappa) == (1, 1, 1, 1)


@pytest.mark.parametrize("scale", ["nominal", "ordinal", "interval", "ratio", "set"])
def test_alpha_is_undefined_where_one_value_only_was_used(scale):
    result = measure(long_table(dict.fromkeys("AB", "3 3 3")), "d", FIVE, scale, draws=20)
    assert result.percent == 1
    assert all(map(isnan, (result.alpha, result.low, result.high, result.kappa)))
    assert result.remark == "one_value"


@pytest.mark.parametrize(
    "labels",
    [long_table({"A": "1 2 . .", "B": ". . 3 ."}), long_table({"A": ". ."}), long_table({})],
    ids=["no overlap", "all missing", "no rows"],
)
@pytest.mark.parametrize("scale", list(DISTANCES))
def test_nothing_pairable_is_undefined_and_said_so(labels, scale):
    result = measure(labels, "d", FIVE, scale, draws=20)
    figures = (result.percent, result.alpha, result.low, result.high, result.ac1, result.kappa)
    assert all(map(isnan, figures))
    assert result.pairable == 0
    assert result.remark == "too_few"
    assert most_disputed(count_labels(labels, FIVE)).empty


def test_the_size_of_the_counts_does_not_depend_on_the_number_of_coders():
    few, many = (count_labels(as_labels(random_codes(1, coders=n), FIVE), FIVE) for n in (3, 300))
    assert few.matrix.shape == many.matrix.shape == (40, 5)
    assert many.coders.max() <= 300


def test_counts_cannot_be_changed_by_accident():
    counts = count_labels(long_table(FOUR_OBSERVERS), FIVE)
    with pytest.raises(ValueError, match="read-only"):
        counts.matrix[0, 0] = 9


def test_labels_that_are_missing_do_not_count():
    labels = long_table({"A": "single one_root not_assessable", "B": "single single single"})
    values = ["one_root", "single", "not_assessable"]
    counts = count_labels(labels, values, missing=["not_assessable"])
    assert counts.values == ("one_root", "single")
    assert counts.matrix.tolist() == [[0, 2], [1, 1], [0, 1]]
    assert count_labels(labels, values).matrix.sum() == 6
    assert measure(labels, "d", values, "ordinal", missing=["not_assessable"], draws=10).pairable == 4


def test_empty_labels_of_every_kind_are_dropped_and_categories_count_alike():
    labels = pd.DataFrame(
        {"unit": list("uuuv"), "coder": list("abca"), "label": ["1", "", None, np.nan]}, dtype=object
    )
    assert count_labels(labels, FIVE).matrix.tolist() == [[1, 0, 0, 0, 0], [0, 0, 0, 0, 0]]
    four = long_table(FOUR_OBSERVERS)
    plain, categorical = count_labels(four, FIVE), count_labels(four.astype("category"), FIVE)
    assert (plain.matrix == categorical.matrix).all()
    assert plain.units == categorical.units


def test_kappa_needs_exactly_two_coders_with_labels():
    assert isnan(measure(long_table(FOUR_OBSERVERS), "d", FIVE, "nominal", draws=10).kappa)
    two = long_table({"A": "1 2 3", "B": "1 2 2", "C": ". . ."})
    assert not isnan(measure(two, "d", FIVE, "nominal", draws=10).kappa)


def test_kappa_leaves_out_pairs_with_an_empty_label():
    first = ["yes", "no", None, "no", float("nan"), ""]
    second = ["yes", "no", "yes", "yes", "no", "no"]
    assert cohen_kappa(first, second) == kappa_from_table([[1, 0], [1, 1]])


@pytest.mark.parametrize("table", [[[0, 0], [0, 0]], [[7, 0], [0, 0]]])
def test_kappa_is_undefined_without_labels_or_with_one_value(table):
    assert isnan(kappa_from_table(table))


# Bootstrap


def test_the_interval_is_repeatable_and_holds_the_figure():
    counts = count_labels(as_labels(random_codes(4, units=110), FIVE), FIVE)
    low, high = bootstrap_interval(counts, krippendorff_alpha)
    assert bootstrap_interval(counts, krippendorff_alpha) == (low, high)
    assert bootstrap_interval(counts, krippendorff_alpha, seed=1) != (low, high)
    assert low < krippendorff_alpha(counts) < high
    assert 0 < high - low < 0.3


def test_a_wider_level_gives_a_wider_interval():
    counts = count_labels(long_table(FOUR_OBSERVERS), FIVE)
    ordinal = partial(krippendorff_alpha, distance=ordinal_distance)
    low, high = bootstrap_interval(counts, ordinal, level=0.8)
    lower, higher = bootstrap_interval(counts, ordinal, level=0.99)
    assert lower < low < high < higher


def test_undefined_draws_are_left_out_until_they_are_the_majority():
    def rows(*, apart: int) -> Counts:
        matrix = np.array([[1, 1]] * apart + [[2, 0]] * (10 - apart))
        return Counts(tuple(f"u{number}" for number in range(10)), ("a", "b"), matrix)

    # Without a unit on which the coders part, a draw holds one value only: (1 − apart/10)^10 of all draws.
    assert not isnan(bootstrap_interval(rows(apart=1), krippendorff_alpha)[0])
    assert all(map(isnan, bootstrap_interval(rows(apart=0), krippendorff_alpha)))

    def mostly_undefined(counts: Counts) -> float:
        return 1.0 if counts.units[0] == "u0" else float("nan")

    assert all(map(isnan, bootstrap_interval(rows(apart=1), mostly_undefined)))


def test_one_unit_has_no_interval():
    counts = Counts(("u1",), ("a", "b"), np.array([[1, 1]]))
    assert all(map(isnan, bootstrap_interval(counts, percent_agreement)))


# Where coders part


def disputed_labels() -> pd.DataFrame:
    return long_table(
        {
            "A": "neutral adopts neutral distances neutral .",
            "B": "neutral neutral distances distances distances adopts",
            "C": "neutral . . . adopts .",
        }
    )


def test_confusion_counts_the_units_both_coders_labelled():
    table = confusion(disputed_labels(), "A", "B", STANCES)
    assert table.loc["neutral"].tolist() == [0, 1, 2]
    assert table.loc["adopts", "neutral"] == 1
    assert table.to_numpy().sum() == 5
    assert (table.index.name, table.columns.name) == ("A", "B")
    turned = confusion(disputed_labels(), "B", "A", STANCES)
    assert (turned.to_numpy() == table.to_numpy().T).all()


def test_confusion_pairs_name_the_disputed_units():
    pairs = confusion_pairs(disputed_labels(), "A", "B", STANCES)
    assert pairs.to_dict("records") == [
        {"first": "neutral", "second": "distances", "count": 2, "units": ("u03", "u05")},
        {"first": "adopts", "second": "neutral", "count": 1, "units": ("u02",)},
    ]


def test_confusion_pairs_are_an_empty_table_where_nothing_is_disputed():
    pairs = confusion_pairs(long_table(dict.fromkeys("AB", "neutral adopts")), "A", "B", STANCES)
    assert pairs.empty
    assert list(pairs.columns) == ["first", "second", "count", "units"]


def test_the_most_disputed_units_come_first_and_ties_by_id():
    table = most_disputed(count_labels(disputed_labels(), STANCES))
    assert table["unit"].tolist() == ["u02", "u03", "u05", "u01", "u04"]
    assert table["coders"].tolist() == [2, 2, 3, 3, 2]
    assert table["share_of_agreeing_pairs"].tolist() == [0, 0, 0, 1, 1]
    assert table["labels_used"].tolist() == [
        "adopts 1, neutral 1",
        "neutral 1, distances 1",
        "adopts 1, neutral 1, distances 1",
        "neutral 3",
        "distances 2",
    ]


def test_the_table_has_a_row_a_dimension_even_without_any():
    rows = [measure(disputed_labels(), name, STANCES, "nominal", draws=10) for name in ("stance", "track")]
    table = agreement_table(rows)
    assert table["dimension"].tolist() == ["stance", "track"]
    assert list(agreement_table([]).columns) == list(table.columns) == list(Agreement.__dataclass_fields__)


# Refusals


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (long_table({"A": "neutral vague"}), "Coder A gave unit u02 the label 'vague'"),
        (pd.concat([long_table({"A": "neutral"})] * 2), "Coder A labelled unit u01 more than once"),
        (long_table({"A": "neutral"}).drop(columns="coder"), "no column coder"),
        (long_table({"A": "neutral"}).assign(unit=None), "Row 1 of the labels names no unit"),
    ],
)
def test_labels_that_cannot_be_counted_are_refused_in_a_sentence(labels, sentence):
    with pytest.raises(UsageError, match=sentence):
        count_labels(labels, STANCES)


def test_a_set_with_an_unknown_member_is_refused_in_a_sentence():
    with pytest.raises(UsageError, match="Coder A gave unit u01 the label 'x'"):
        canonical_sets(long_table({"A": "a;x"}), ["a", "b"])


def test_sets_are_written_in_the_order_of_the_codebook():
    labels = pd.DataFrame({"unit": list("uvw"), "coder": "A", "label": [" b ;a;b", None, "n"]})
    canonical = canonical_sets(labels, ["a", "b"], missing=["n"])["label"]
    assert canonical.fillna("empty").to_list() == ["a;b", "empty", "n"]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: measure(long_table({"A": "1"}), "stance", FIVE, "cardinal"),
            "'cardinal' of stance is unknown",
        ),
        (lambda: interval_distance(("a", "b"), np.ones(2)), "need numbers as labels"),
        (lambda: ratio_distance(("-1", "1"), np.ones(2)), "no values below zero"),
        (lambda: cohen_kappa(["a"], []), "first coder has 1 labels and the second 0"),
        (lambda: kappa_from_table([[1, 2]]), "square table"),
        (
            lambda: confusion(disputed_labels(), "A", "Z", STANCES),
            "no labels by coder Z; the coders are: A, B, C",
        ),
        (
            lambda: bootstrap_interval(count_labels(disputed_labels(), STANCES), gwet_ac1, draws=0),
            "at least one",
        ),
    ],
)
def test_calls_that_make_no_sense_are_refused_in_a_sentence(call, sentence):
    with pytest.raises(UsageError, match=sentence):
        call()
