import numpy as np
import pandas as pd
import pytest

from numlearn.errors import NumlearnError
from numlearn.scoring import (
    alpha,
    churn,
    corr_2021,
    era_alpha,
    era_churn,
    era_meta_portfolio_contribution,
    era_neutralize_2021,
    era_signal_weights,
    era_turnover,
    meta_portfolio_contribution,
    neutralize_2021,
    signal_weights,
    turnover,
)

IDS = list("abcde")
UP = pd.Series([0.0, 1, 2, 3, 4], IDS)
DOWN, HILL, COMB = UP[::-1].set_axis(IDS), UP * 0, UP * 0
HILL[:] = [0, 1, 2, 1, 0]
COMB[:] = [1, 0, 1, 0, 1]
N = np.array([[i, 6 - i] for i in range(1, 6)], dtype=float)


def test_alpha_of_numerais_test():
    s, v, t = np.arange(1.0, 6), [1, 0.5, 1, 0.5, 1], np.array([1.0, 0, 1, 0, 1])
    assert era_alpha(s, N, v, t) == pytest.approx(0, abs=1e-14)


def test_contribution_of_numerais_test():
    p = np.array([[1, 2, 3, 4, 5], [1, 2, 1, 2, 1]]).T
    v, t = [3, 2, 1, 2, 3], [1, 2, 3, 2, 1]
    scores = era_meta_portfolio_contribution(p, [0.6, 0.4], N, v, t)
    expected = [-0.001580068753957352, 0.00237010313093603]
    np.testing.assert_allclose(scores, expected, atol=1e-15)
    assert scores @ [0.6, 0.4] == pytest.approx(0, abs=1e-15)
    doubled = era_meta_portfolio_contribution(p, [1.2, 0.8], N, v, t)
    np.testing.assert_allclose(doubled, expected, atol=1e-15)


def test_churn_of_numerais_test():
    for other, by_rank, by_ends in [
        (UP, 0, 0),
        (HILL, 1, 0.5),
        (COMB, 1, 0.5),
        (DOWN, 2, 1),
    ]:
        assert era_churn(UP, other) == pytest.approx(by_rank)
        assert era_churn(UP, other, top_bottom=1) <= 1
        assert era_churn(UP, other, 2) == pytest.approx(by_ends)
    assert np.isnan(era_churn(UP, UP * 0))
    assert era_churn(UP * 0, UP * 0, 2) == 0
    assert np.isnan(era_churn(UP, UP[:3]))


def test_turnover_of_numerais_test():
    found = [era_turnover(UP, UP), era_turnover(UP, HILL), era_turnover(UP, DOWN)]
    assert found == [0, 3, 6]


def test_neutralisation_of_2021():
    signal = pd.Series([0.4, 0.2, 0.8, np.nan, 0.3], IDS)
    features = np.array([[-0.2, 0.3, 0.1, -0.5, 0.3], [0.3, 0.1, -0.2, -0.3, 0.1]]).T
    rest = era_neutralize_2021(signal, features)
    expected = [0.549010, -0.944742, 1.235272, -0.651949, -0.187591]
    np.testing.assert_allclose(rest, expected, atol=5e-7)
    panel = pd.DataFrame(
        {"era": "1", "s": signal, "f": features[:, 0], "g": features[:, 1]}
    )
    panel["target"] = [0.4, 0.2, 0.8, 1.0, 0.6]
    neutral = neutralize_2021(panel, ["s"], ["f", "g"])
    np.testing.assert_allclose(neutral["s"], rest)
    assert corr_2021(panel, neutral).loc["1", "s"] == pytest.approx(0.3)


@pytest.fixture
def signals(panel):
    """The panel as a universe: names of stocks, sample weights, orthonormal N."""
    rng = np.random.default_rng(1)
    panel["ticker"] = panel.groupby("era").cumcount().map("T{:03d}".format)
    panel["v"] = rng.random(len(panel))
    for _, rows in panel.groupby("era"):
        v = rows["v"].to_numpy()[:, None]
        n, _ = np.linalg.qr(np.sqrt(v) * rng.normal(size=(len(rows), 3)))
        panel.loc[rows.index, ["n0", "n1", "n2"]] = n / np.sqrt(v)
    return panel


NEUTRALIZERS = ["n0", "n1", "n2"]


def test_weights_are_neutral(signals, models):
    weights = signal_weights(signals, models, NEUTRALIZERS, "v")
    for _, rows in signals.groupby("era"):
        own = weights.loc[rows.index]
        expected = era_signal_weights(rows["good"], rows[NEUTRALIZERS], rows["v"])
        np.testing.assert_allclose(own["good"], expected, atol=1e-12)
        exposed = rows[NEUTRALIZERS].T @ own["good"]
        assert np.abs(exposed).max() < 1e-12
    assert weights["gaps"].isna().equals(signals["gaps"].isna())
    scaled = signal_weights(signals, ["good"], NEUTRALIZERS, "v", normalize=True)[
        "good"
    ]
    grouped = scaled.abs().groupby(signals["era"]).sum()
    np.testing.assert_allclose(grouped, 1)
    np.testing.assert_allclose(scaled.groupby(signals["era"]).mean(), 0, atol=1e-15)


def test_alpha_of_the_panel(signals, models):
    signals.loc[signals.index[::19], "target"] = np.nan
    scores = alpha(signals, models, NEUTRALIZERS, "v")
    for era, rows in signals.groupby("era"):
        expected = era_alpha(
            rows[models], rows[NEUTRALIZERS], rows["v"], rows["target"]
        )
        np.testing.assert_allclose(scores.loc[era], expected, atol=1e-13)


def test_contributions_sum_to_nothing(signals):
    models, stakes = (
        ["good", "ties", "gaps", "late", "sparse"],
        {"good": 3, "gaps": 1, "late": 2, "sparse": 5},
    )
    scores = meta_portfolio_contribution(signals, models, stakes, NEUTRALIZERS, "v")
    assert scores["sparse"].isna().all()
    assert scores.loc[:"0002", "late"].isna().all()
    assert scores["ties"].notna().all()
    weighted = scores[list(stakes)].mul(pd.Series(stakes)).sum(axis=1)
    np.testing.assert_allclose(weighted, 0, atol=1e-14)
    nobody = meta_portfolio_contribution(signals, models, {}, NEUTRALIZERS, "v")
    assert nobody.isna().all(axis=None)


def test_churn_and_turnover_of_the_panel(signals):
    changes = churn(signals, ["good", "constant"], "ticker")
    assert changes.loc["0001"].isna().all()
    assert np.isnan(changes.loc["0003", "good"])  # 200 of 300 tickers are common
    assert changes["constant"].isna().all()
    a, b = (
        signals[signals["era"] == e].set_index("ticker")["good"]
        for e in ("0001", "0002")
    )
    assert changes.loc["0002", "good"] == pytest.approx(era_churn(b, a))
    longer = churn(signals, ["good"], "ticker", lookback=3)
    assert longer.loc["0004", "good"] == np.nanmax(
        [
            era_churn(signals[signals["era"] == "0004"].set_index("ticker")["good"], x)
            for x in (a, b)
        ]
    )
    traded = turnover(signals, ["good"], "ticker")
    assert traded.loc["0002", "good"] == pytest.approx(era_turnover(b, a))


def test_mistakes_are_sentences(signals):
    with pytest.raises(NumlearnError, match="has NaN"):
        alpha(signals.assign(n0=np.nan), ["good"], NEUTRALIZERS, "v")
    with pytest.raises(NumlearnError, match="has NaN"):
        neutralize_2021(signals.assign(n0=np.nan), ["good"], NEUTRALIZERS)
    with pytest.raises(NumlearnError, match="no column 'isin'"):
        churn(signals, ["good"], "isin")
