"""Every fast path is its definition, walked over the panel by `by_era`."""

import numpy as np
import pandas as pd
import pytest

from numlearn import scoring
from numlearn.errors import NumlearnError

FEATURES = [f"feature_{i}" for i in range(4)]
ORTHONORMAL = ["good_n", "mm_n"]
PAIRS = {
    "corr": (scoring.corr, scoring.era_corr, ["target"]),
    "metamodel_corr": (scoring.metamodel_corr, scoring.era_metamodel_corr, ["mm"]),
    "mmc": (scoring.mmc, scoring.era_mmc, ["mm", "target"]),
    "bmc": (scoring.bmc, scoring.era_mmc, ["mm", "target"]),
    "corr_2021": (scoring.corr_2021, scoring.era_corr_2021, ["target"]),
    "mmc_2021": (scoring.mmc_2021, scoring.era_mmc_2021, ["mm", "target"]),
    "fnc": (scoring.fnc, scoring.era_fnc, [FEATURES, "target"]),
    "neutralize": (scoring.neutralize, scoring.era_neutralize, [FEATURES]),
    "neutralize_2021": (
        scoring.neutralize_2021,
        scoring.era_neutralize_2021,
        [FEATURES],
    ),
    "exposure": (scoring.exposure, scoring.era_exposure, [FEATURES]),
    "alpha": (scoring.alpha, scoring.era_alpha, [FEATURES, "v", "target"]),
    "signal_weights": (
        scoring.signal_weights,
        scoring.era_signal_weights,
        [FEATURES, "v"],
    ),
}


@pytest.mark.parametrize(("fast", "definition", "others"), PAIRS.values(), ids=PAIRS)
def test_a_fast_path_is_its_definition(panel, models, fast, definition, others):
    panel["v"] = np.random.default_rng(5).random(len(panel))
    panel.loc[panel.index[::17], "target"] = np.nan
    panel.loc[panel.index[::23], "mm"] = np.nan
    panel = panel.sample(frac=1, random_state=0)
    if fast is scoring.fnc:  # rounding decides between ties that are neutralized
        models = [model for model in models if model != "ties"]
    expected = scoring.by_era(panel, models, definition, *others)
    found = fast(panel, models, *others)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert found.columns.equals(expected.columns)
    if fast is not scoring.exposure:
        assert found.index.equals(expected.index)


def test_a_readers_own_function(panel):
    def spearman(p, t):
        return p.corr(t, method="spearman")

    found = scoring.by_era(panel, ["good", "ties"], spearman, "target")
    assert found.index.tolist() == ["0001", "0002", "0003", "0004"]
    rows = panel[panel["era"] == "0002"]
    expected = rows["ties"].corr(rows["target"], method="spearman")
    assert found.loc["0002", "ties"] == pytest.approx(expected)

    middle = scoring.by_era(panel, "good", lambda p: p - p.median())
    by_hand = panel["good"] - panel.groupby("era")["good"].transform("median")
    pd.testing.assert_series_equal(middle["good"], by_hand)

    counts = scoring.by_era(panel, "ties", lambda p: p.round().value_counts())
    assert counts.index.names[0] == "era"
    assert counts.loc["0003", "ties"].sum() == 300


def test_what_the_function_is_given(panel):
    seen = []

    def look(p, table, t):
        seen.append((p.name, t.name, list(table.columns), p.index.equals(t.index)))
        return len(table)

    target = panel["target"].sample(frac=1, random_state=0)
    sizes = scoring.by_era(panel, "good", look, FEATURES[:2], target)
    assert sizes["good"].tolist() == [250, 200, 300, 230]
    assert set(map(str, seen)) == {str(("good", "target", FEATURES[:2], True))}
    with pytest.raises(NumlearnError, match="no column 'nothing'"):
        scoring.by_era(panel, "good", look, ["nothing"], "target")


def test_eras_come_in_the_order_of_time(panel):
    number = panel["era"].astype(int) * 5
    text = panel.assign(era="era" + number.astype(str))
    assert scoring.corr(text, "good").index.tolist() == [
        "era5",
        "era10",
        "era15",
        "era20",
    ]
    mixed = [rows for _, rows in text.groupby("era")]
    np.testing.assert_array_equal(
        scoring.corr(mixed, "good"), scoring.corr(panel, "good")
    )
    with pytest.raises(NumlearnError, match="order of time"):
        scoring.churn([rows.assign(t=range(len(rows))) for rows in mixed], "good", "t")
    with pytest.raises(NumlearnError, match="era_corr"):
        scoring.corr(panel["good"], panel["target"])


@pytest.mark.parametrize(
    "function",
    [
        lambda p, f, t, v: scoring.era_fnc(p, f, t),
        lambda p, f, t, v: scoring.era_neutralize(p, f).sort_index(),
        lambda p, f, t, v: scoring.era_neutralize_2021(p, f).sort_index(),
        lambda p, f, t, v: scoring.era_exposure(p, f),
        lambda p, f, t, v: scoring.era_alpha(p, f, v, t),
        lambda p, f, t, v: scoring.era_signal_weights(p, f, v).sort_index(),
    ],
)
def test_one_eras_rows_are_aligned_by_their_index(panel, function):
    rows = panel[panel["era"] == "0002"]
    v = pd.Series(np.arange(1.0, 201), rows.index)
    p, f, t = rows["good"], rows[FEATURES], rows["target"]
    expected = function(p, f, t, v)
    mixed = [x.sample(frac=1, random_state=i) for i, x in enumerate((p, f, t, v))]
    np.testing.assert_allclose(function(*mixed), expected, atol=1e-12)
    arrays = function(p, f.to_numpy(), t.to_numpy(), v.to_numpy())
    np.testing.assert_allclose(arrays, expected, atol=1e-12)
    for other in (f.iloc[1:], f.set_axis(range(200)), f.to_numpy()[1:]):
        with pytest.raises(NumlearnError):
            function(p, other, t, v)
    with pytest.raises(NumlearnError, match="inf"):
        function(p.replace(p.iloc[0], np.inf), f, t, v)


def test_a_live_panel_has_an_era_too(panel):
    live = panel[panel["era"] == "0002"].assign(era="X")
    found = scoring.neutralize(live, "good", FEATURES)
    past = scoring.neutralize(panel, "good", FEATURES).loc[live.index]
    pd.testing.assert_frame_equal(found, past)


def test_names_may_come_from_a_generator(panel):
    parts = [rows for _, rows in panel.groupby("era")]
    found = scoring.corr(parts, (name for name in ["good", "gaps"]))
    pd.testing.assert_frame_equal(found, scoring.corr(panel, ["good", "gaps"]))
