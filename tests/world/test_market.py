import numpy as np
import pytest

from numlearn.world.market import LEVELS, MarketRules, draw_market, stream, sum_in_order


@pytest.fixture(scope="module")
def market():
    return draw_market(seed=5, weeks=60, stocks=400)


def test_longer_market_begins_with_the_shorter_one(market):
    short = draw_market(seed=5, weeks=10, stocks=400)
    np.testing.assert_array_equal(market.returns[:50], short.returns)
    np.testing.assert_array_equal(market.signals[:11], short.signals)
    np.testing.assert_array_equal(market.types[:11], short.types)


def test_another_seed_is_another_market(market):
    other = draw_market(seed=6, weeks=1, stocks=400)
    assert not np.array_equal(other.returns[:5], market.returns[:5])


def test_traits_last_and_signals_fade(market):
    kept = (market.types[20] == market.types[21]).mean()
    assert kept > 0.97
    alike = [
        np.corrcoef(a, b)[0, 1] for a, b in zip(market.signals[20], market.signals[21])
    ]
    assert np.mean(alike) == pytest.approx(market.rules.fade, abs=0.1)


def test_market_moves_stocks_by_their_beta(market):
    days = slice(50, 300)
    move = market.market[days] - market.market[days].mean()
    measured = move @ market.returns[days] / (move @ move)
    true = np.mean([market.beta(era) for era in range(10, 60)], axis=0)
    assert np.corrcoef(measured, true)[0, 1] > 0.4
    assert measured.mean() == pytest.approx(true.mean(), abs=0.15)


def test_premium_is_paid():
    """Without noise around it, the shown signal is worth its coefficient."""
    quiet = dict.fromkeys(
        ("market", "sector", "industry", "style", "market_drift"), 0.0
    )
    still = dict.fromkeys(
        ("signal_shock", "drift", "regime", "trait_ic", "cell_ic"), 0.0
    )
    shocks = dict.fromkeys(("cell_shock", "trait_shock"), 0.0)
    rules = MarketRules(**quiet, **still, **shocks, signal_ic=0.2)
    market = draw_market(seed=1, weeks=60, stocks=2000, rules=rules)
    rng = stream(1, "structure")
    scores = []
    for era in range(30, 55):
        realized = market.forward(era, 20, skip=0)
        weights = [np.corrcoef(s, realized)[0, 1] for s in market.signals[era]]
        scores.append(np.sqrt(np.sum(np.square(weights))))
    assert np.mean(scores) == pytest.approx(0.2, abs=0.03)
    assert rng.random() != stream(1, "week").random()


def test_forward_return_skips_two_days(market):
    expected = market.returns[52:72].astype(float).sum(0)
    np.testing.assert_allclose(market.forward(10, 20), expected, rtol=1e-12)


def test_sum_in_order_and_levels():
    columns = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(sum_in_order(columns, [2, 10]), [30, 42, 54])
    assert (LEVELS**2).mean() == pytest.approx(1)
