import numpy as np
import pandas as pd
import pytest

from numlearn.scoring import autocorrelation, effective_rounds, max_drawdown, summary


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
    assert effective_rounds(pd.Series([0.1, 0.1, 0.1])) is not None
    assert np.isnan(effective_rounds(pd.Series([0.5, 0.5, 0.5])))
