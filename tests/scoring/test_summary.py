import numpy as np
import pandas as pd
import pytest

from numlearn.errors import NumlearnError
from numlearn.scoring import (
    autocorrelation,
    effective_rounds,
    intervals,
    max_drawdown,
    summary,
)


def test_summary_of_a_few_rounds():
    scores = pd.DataFrame({"a": [-0.01, 0.03, -0.02, -0.01, 0.04], "b": [np.nan] * 5})
    row = summary(scores).loc["a"]
    assert row["mean"] == pytest.approx(0.006)
    assert row["std"] == pytest.approx(np.std(scores["a"]))
    assert row["sharpe"] == pytest.approx(0.006 / np.std(scores["a"]))
    assert row["max_drawdown"] == pytest.approx(0.03)
    assert row["positive"] == pytest.approx(0.4)
    assert row["rounds"] == 5
    empty = summary(scores).loc["b"].drop("rounds")
    assert empty.isna().all()
    assert summary(scores["a"]).loc["a"].equals(row)


def test_drawdown_starts_with_the_first_round():
    assert max_drawdown(pd.Series([-0.05, 0.01])) == 0
    assert max_drawdown(pd.Series([0.02, np.nan, -0.05, 0.01])) == pytest.approx(0.05)


def test_scores_are_put_in_the_order_of_time():
    x = np.random.default_rng(0).normal(size=12).cumsum()
    expected = pd.Series(x, index=range(1, 13), name="a")
    text = pd.Series(x, [f"era{i}" for i in range(1, 13)], name="a").sort_index()
    assert text.index[1] == "era10"
    newest_first = expected[::-1]
    dates = expected.set_axis(pd.date_range("2024-01-05", periods=12, freq="7D"))
    for function in (max_drawdown, effective_rounds, autocorrelation, summary):
        for scores in (text, newest_first, dates, expected.set_axis(range(0, 48, 4))):
            np.testing.assert_array_equal(function(scores), function(expected))
    np.testing.assert_array_equal(intervals(text), intervals(expected))


def test_an_era_that_is_left_out_is_no_step_of_time():
    scores = pd.Series(np.random.default_rng(0).normal(size=12).cumsum())
    gap, drop = scores.where(scores.index != 5), scores.drop(5)
    pd.testing.assert_series_equal(autocorrelation(drop), autocorrelation(gap))
    assert effective_rounds(drop) == effective_rounds(gap)
    days = scores.set_axis(pd.bdate_range("2024-01-01", periods=12))
    months = scores.set_axis(pd.date_range("2021-01-01", periods=12, freq="MS"))
    for other in (days, months):
        assert autocorrelation(other).equals(autocorrelation(scores))


@pytest.mark.parametrize(
    ("scores", "sentence"),
    [
        (pd.Series([], dtype=float), "no scores"),
        (pd.Series([1.0, 2.0], index=[1, 1]), "there twice"),
        (pd.Series([1.0, 2.0], index=["first", "last"]), "is no era"),
        (pd.Series(["a", "b"]), "not scores"),
        (pd.Series([1.0, np.inf]), "inf"),
    ],
)
def test_scores_that_cannot_be(scores, sentence):
    for function in (summary, max_drawdown, autocorrelation, effective_rounds):
        with pytest.raises(NumlearnError, match=sentence):
            function(scores)


def test_autocorrelation_is_the_textbooks():
    x = np.random.default_rng(0).normal(size=60)
    c = x - x.mean()
    expected = [(c[:-k] * c[k:]).sum() / (c @ c) for k in (1, 4)]
    found = autocorrelation(pd.Series(x), [1, 4])
    np.testing.assert_allclose(found, expected)
    assert autocorrelation(pd.DataFrame({"x": x}), [0]).loc[0, "x"] == pytest.approx(1)


def overlapping(rounds, overlap, models, seed):
    """Draw scores that are sums over windows sharing all but one step."""
    steps = np.random.default_rng(seed).normal(size=(rounds + overlap - 1, models))
    sums = np.vstack([np.zeros(models), steps.cumsum(axis=0)])
    return pd.DataFrame(sums[overlap:] - sums[:-overlap])


def test_effective_rounds_of_overlapping_windows():
    alone = effective_rounds(overlapping(2000, 1, 20, 0))
    assert alone.median() > 1700
    shared = effective_rounds(overlapping(2000, 20, 20, 0))
    assert 70 < shared.median() < 140
    assert np.isnan(effective_rounds(pd.Series([0.5, 0.5, 0.5])))


def test_intervals_hold_the_mean_though_rounds_overlap():
    overlap = 4
    scores = overlapping(160, overlap, 200, 0)
    table = intervals(scores, 0.9, resamples=300)
    covered = ((table["mean_low"] < 0) & (table["mean_high"] > 0)).mean()
    naive = 1.645 * scores.std() / np.sqrt(len(scores))
    assert covered > 0.78
    assert (scores.mean().abs() < naive).mean() < 0.68
    covered = ((table["sharpe_low"] < 0) & (table["sharpe_high"] > 0)).mean()
    assert covered > 0.78


def test_intervals_are_seeded_and_each_models_own():
    scores = overlapping(60, 4, 3, 1).rename(columns=str)
    scores.iloc[:10, 1] = np.nan
    table = intervals(scores, seed=5)
    pd.testing.assert_frame_equal(table, intervals(scores, seed=5))
    pd.testing.assert_frame_equal(table.loc[["1"]], intervals(scores[["1"]], seed=5))
    assert not table.equals(intervals(scores, seed=6))
    wider = intervals(scores, 0.99, seed=5)
    assert (wider["mean_low"] <= table["mean_low"]).all()
    joined = summary(scores, level=0.9, seed=5)
    pd.testing.assert_frame_equal(joined[table.columns], table)
    assert intervals(scores["0"] * 0 + 0.1).isna().all(axis=None)


def test_rounds_may_stand_in_any_order_and_in_a_column():
    rng = np.random.default_rng(3)
    table = pd.DataFrame(rng.normal(0, 0.02, (40, 2)), columns=["a", "b"])
    table.index = pd.Index([f"era{n}" for n in range(1, 41)], name="era")
    expected = summary(table, level=0.9)
    numbered = table.set_axis(pd.RangeIndex(901, 941, name="roundNumber"))
    for other in (table[::-1], table.sort_index(), numbered.reset_index()[::-1]):
        found = summary(other, level=0.9)
        pd.testing.assert_frame_equal(found, expected, check_exact=True)
    fall = max_drawdown(table["a"][::-1])
    assert fall == max_drawdown(table)["a"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"user": "me"}, "'user' holds"),
        ({"round": 1}, "Round 1 is there twice"),
        ({"round": 1, "era": 1}, "say when a row was"),
    ],
)
def test_what_is_no_table_of_scores_is_refused(change, message):
    table = pd.DataFrame({"a": [0.1, 0.2, 0.3]}).assign(**change)
    with pytest.raises(NumlearnError, match=message):
        summary(table)
