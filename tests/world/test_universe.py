import numpy as np
import pandas as pd
import pytest

from numlearn.scoring import neutralize, signal_weights
from numlearn.world import universe
from numlearn.world.dataset import World

ERAS = range(20, 24)


@pytest.fixture(scope="module")
def world():
    return World.build(seed=4, eras=40, rows=300, features=60)


@pytest.fixture(scope="module")
def panel(world):
    return universe.panel(world, ERAS)


def test_tickers_are_distinct_and_from_nowhere():
    names = universe.tickers(5000)
    assert names.is_unique and names.str.fullmatch("[A-Z]{4} XX").all()
    assert names[:7].equals(universe.tickers(7))


def test_prices_are_the_markets_returns(world):
    prices = universe.prices(world)
    assert prices.shape == (41 * 5, 330) and (prices > 0).all().all()
    np.testing.assert_allclose(
        prices.pct_change().iloc[1:], world.market.returns[1:205], atol=1e-7
    )
    assert set(prices.index.day_name()) >= {"Monday", "Friday"}
    assert not {"Saturday", "Sunday"} & set(prices.index.day_name())
    pd.testing.assert_frame_equal(
        prices, universe.prices(World.build(seed=4, eras=40, rows=300, features=60))
    )


def test_panel_is_the_tournaments_rows_with_names(world, panel):
    rows = world.era(21)
    mine = panel[panel["era"] == "0021"]
    assert mine.index.equals(rows.index)
    np.testing.assert_array_equal(mine["target"], rows["target"])
    assert mine["date"].unique() == [universe.prices(world).index[5 * 21 - 1]]
    assert (mine["date"].dt.day_name() == "Friday").all()
    prices, days = universe.prices(world), 5 * 21 + np.array([1, 21])
    first, last = prices.iloc[days].to_numpy()
    gained = pd.Series(np.log(last / first), prices.columns)[mine["ticker"]]
    assert np.corrcoef(gained, mine["return_20"])[0, 1] > 0.99
    assert mine["sample_weight"].mean() == pytest.approx(1, abs=0.01)


def test_nothing_is_known_before_its_time(world):
    late = universe.panel(world, [36, 37, 41]).groupby("era")
    assert late["target"].count().gt(0).tolist() == [True, False, False]
    assert late["return_20"].count().gt(0).tolist() == [True, False, False]


def test_neutralizers_are_orthonormal_and_complete(world, panel):
    n = universe.neutralizers(world, ERAS)
    assert n.index.equals(panel.index)
    for _, rows in panel.groupby("era"):
        one, v = n.loc[rows.index].to_numpy(), rows["sample_weight"].to_numpy()
        product = one.T @ (v[:, None] * one)
        full = np.diag(product) > 0.5
        np.testing.assert_allclose(product, np.diag(full.astype(float)), atol=1e-9)
    truth = pd.concat([world.truth(era) for era in ERAS])
    known = truth[["beta", "size", "style_1"]].assign(era=panel["era"])
    known["feature"] = world.panel(ERAS)[world.features.names[3]]
    names = list(known.columns.drop("era"))
    rest = neutralize(known.join(n), names, list(n.columns))
    np.testing.assert_allclose(rest, 0, atol=1e-9)
    columns = list(n.columns)
    w = signal_weights(
        known.join(n).join(panel["sample_weight"]), ["beta"], columns, "sample_weight"
    )
    market = (w["beta"] * truth["beta"]).groupby(panel["era"]).sum()
    np.testing.assert_allclose(market, 0, atol=1e-8)
