"""Pools keep their product, and two independent risks add up."""

import numpy as np
import pandas as pd
import pytest

from numlearn.errors import NumlearnError
from numlearn.staking import Pool, in_dollars, simulate


def test_without_a_fee_there_and_back_costs_nothing():
    pool = Pool(10_000, 150_000, fee=0.0)
    bought = pool.buy(3_000)
    assert bought.pool.nmr * bought.pool.usd == pytest.approx(10_000 * 150_000)
    back = bought.pool.sell(bought.received)
    assert back.received == pytest.approx(3_000)
    assert back.pool.price == pytest.approx(pool.price)


def test_the_fee_stays_in_the_pool():
    pool = Pool(10_000, 150_000)
    bought = pool.buy(3_000)
    assert bought.received == pytest.approx(10_000 * 2991 / (150_000 + 2991))
    assert bought.pool.nmr * bought.pool.usd > 10_000 * 150_000
    assert bought.pool.sell(bought.received).received < 3_000


def test_a_large_purchase_makes_its_own_price():
    pool = Pool(10_000, 150_000, fee=0.0)
    small, large = pool.buy(1), pool.buy(150_000)
    assert small.paid / small.received == pytest.approx(15, rel=1e-4)
    assert large.paid / large.received == pytest.approx(30)
    assert large.pool.price == pytest.approx(60)


def test_traders_move_the_price_along_the_product():
    moved = Pool(10_000, 150_000).at(60)
    assert (moved.nmr, moved.usd) == pytest.approx((5_000, 300_000))


@pytest.mark.parametrize("bad", [(0, 1), (1, -1), (1, 1, 1.0), (float("nan"), 1)])
def test_an_impossible_pool_is_refused(bad):
    with pytest.raises(NumlearnError, match="A pool needs"):
        Pool(*bad)
    with pytest.raises(NumlearnError, match="pays in zero or more"):
        Pool(1, 1).sell(-1)


def test_the_price_is_a_second_risk_that_adds_to_the_first():
    rng = np.random.default_rng(0)
    scores = pd.DataFrame({"m": rng.normal(0.0, 0.03, 300)})
    paths = simulate(scores, "2021-03", rounds=52, paths=20_000, draw=1)
    deep = Pool(1e15, 15e15, fee=0.0)
    dollars = in_dollars(paths, deep, volatility=0.8, seed=4)["m"]
    years = 56 / 52
    variance = np.log(paths.final["m"]).var() + 0.8**2 * years
    assert np.log(dollars).var() == pytest.approx(variance, rel=0.03)
    assert dollars.mean() == pytest.approx(15 * paths.final["m"].mean(), rel=0.03)
    risen = in_dollars(paths, deep, volatility=0.0, drift=0.5)["m"]
    np.testing.assert_allclose(risen, paths.final["m"] * 15 * 1.5**years, rtol=1e-5)


def test_a_shallow_pool_pays_less_for_the_same_nmr():
    scores = pd.DataFrame({"m": [0.0] * 9})
    paths = simulate(scores, "2021-03", stake=1_000, rounds=9, paths=9)
    dollars = [
        in_dollars(paths, Pool(depth, depth * 15, fee=0), volatility=0)["m"][0]
        for depth in (1e9, 1_000)
    ]
    assert dollars == pytest.approx([15_000, 7_500], rel=1e-4)
    with pytest.raises(NumlearnError, match="volatility is a number, 0 or above"):
        in_dollars(paths, Pool(1, 1), volatility=-1)


@pytest.mark.parametrize("bad", [float("inf"), float("nan"), "1", True, [1.0, -1.0]])
def test_what_is_no_amount_is_refused(bad):
    pool = Pool(10_000, 150_000)
    for call in (pool.buy, pool.sell, lambda x: Pool(x, 1), pool.at):
        with pytest.raises(NumlearnError):
            call(bad)
    paths = simulate(pd.DataFrame({"m": [0.0] * 9}), "2021-03", rounds=9, paths=9)
    for options in ({"volatility": bad}, {"volatility": 0.5, "drift": -1.5}):
        with pytest.raises(NumlearnError):
            in_dollars(paths, pool, **options)
