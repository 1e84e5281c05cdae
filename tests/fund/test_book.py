import numpy as np
import pandas as pd
import pytest

from numlearn import fund
from numlearn.fund import Book, market_beta


def book(net, market=None, overlap=1, per_year=52):
    eras = pd.DataFrame({"net": net, "gross": net, "cost": 0.0, "traded": 0.1})
    eras["market"] = np.linspace(-1, 1, len(eras)) if market is None else market
    exposures = pd.DataFrame({"beta": [0.1, -0.3] * (len(eras) // 2)})
    return Book(eras, exposures, per_year, overlap)


def test_summary_by_hand():
    net = [-0.10, 0.05, 0.02, -0.04]
    line = book(net).summary()
    assert line["return"] == pytest.approx(52 * np.mean(net))
    assert line["volatility"] == pytest.approx(np.std(net, ddof=1) * 52**0.5)
    assert line["sharpe"] == pytest.approx(line["return"] / line["volatility"])
    assert line["max_drawdown"] == pytest.approx(0.10), "a first loss is a drawdown"
    assert line["turnover"] == pytest.approx(0.05 * 52)
    assert line["max_exposure"] == pytest.approx(0.2)
    assert line["years"] == pytest.approx(4 / 52)
    per_week = (1 + (np.mean(net) / np.std(net, ddof=1)) ** 2 / 2) / 4
    assert line["sharpe_se"] == pytest.approx(np.sqrt(52 * per_week))
    falls = book([0.5, -0.2, -0.1, 0.3]).summary()
    assert falls["max_drawdown"] == pytest.approx(1 - 0.8 * 0.9)


def test_overlapping_returns_count_once():
    """A 20-day return booked every week has the Sharpe of the weeks that make it."""
    rng = np.random.default_rng(0)
    weeks = rng.normal(0.002, 0.01, 40_000)
    overlapping = np.convolve(weeks, np.ones(4), "valid") / 4
    market = np.zeros(len(weeks))
    single = book(weeks, market).summary()
    four = book(np.r_[overlapping, overlapping[-1]], np.zeros(39_998), 4).summary()
    assert four["return"] == pytest.approx(single["return"], rel=0.02)
    assert four["volatility"] == pytest.approx(single["volatility"], rel=0.03)
    assert four["sharpe_se"] == pytest.approx(single["sharpe_se"], rel=0.03)
    some = book(overlapping[:100], weeks[:100], 4)
    expected = market_beta(some.eras["net"], some.eras["market"], lags=6)
    assert tuple(some.summary()[["beta", "beta_se"]]) == expected


def test_beta_is_the_slope_and_its_error_covers_it():
    rng = np.random.default_rng(1)
    inside, slopes = [], []
    for _ in range(400):
        market = rng.normal(0, 0.02, 60)
        returns = 0.3 * market + rng.normal(0, 0.01, 60) * (1 + 20 * np.abs(market))
        beta, error = market_beta(returns, market)
        inside.append(abs(beta - 0.3) < 2 * error)
        slopes.append(beta)
    assert np.polyfit(market, returns, 1)[0] == pytest.approx(beta)
    assert 0.88 < np.mean(inside) < 0.98
    assert np.mean(slopes) == pytest.approx(0.3, abs=0.02)


def test_the_error_of_beta_allows_for_overlap():
    rng = np.random.default_rng(2)
    kernel, inside, naive = np.ones(4), [], []
    for _ in range(300):
        market, own = (np.convolve(rng.normal(size=153), kernel, "valid") for _ in "ab")
        beta, error = market_beta(own, market, lags=6)
        inside.append(abs(beta) < 2 * error)
        naive.append(abs(beta) < 2 * market_beta(own, market)[1])
    assert np.mean(inside) > 0.88
    assert np.mean(inside) > np.mean(naive) + 0.08


def test_too_little_to_say_anything():
    assert np.isnan(market_beta([0.1, 0.2], [0.1, 0.3])).all()
    assert np.isnan(market_beta([0.1, 0.2, 0.1], [0.1, 0.1, 0.1])).all()
    flat = book([0.0, 0.0, 0.0, 0.0]).summary()
    assert np.isnan(flat["sharpe"])
    assert flat["max_drawdown"] == 0


def test_a_book_draws_itself(panel):
    import matplotlib

    matplotlib.use("Agg")
    top, _ = fund.backtest(panel, "mm", "return_5").plot(title="A takeaway")
    assert top.get_title(loc="left") == "A takeaway"
    assert "40 eras" in top.figure.get_label()
    matplotlib.pyplot.close("all")
