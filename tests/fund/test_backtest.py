import numpy as np
import pandas as pd
import pytest

from numlearn import fund
from numlearn.errors import NumlearnError

STYLES = ["beta", "style_0", "style_1"]


def small(**columns):
    """Three weekly eras of stocks A and B."""
    frame = pd.DataFrame({"era": np.repeat(["0001", "0002", "0003"], 2)})
    frame["stock"] = ["A", "B"] * 3
    return frame.assign(**columns)


def test_returns_and_costs_by_hand():
    panel = small(
        w=[1.0, -1.0, 0.5, -0.5, 0.0, 0.0],
        return_5=[0.02, 0.01, -0.01, 0.03, 0.01, np.nan],
        sector=["x", "y"] * 3,
    )
    book = fund.hold(panel, "w", "return_5", cost_bps=10, keep=2, features=["sector"])
    table = book.eras
    assert table.index.tolist() == ["0001", "0002", "0003"]
    # Half of a portfolio and half of the one before: A 0.5, 0.75, 0.25, B minus that.
    np.testing.assert_allclose(table["gross"], [0.005, -0.03, 0.0025], atol=1e-15)
    np.testing.assert_allclose(table["traded"], [1.0, 0.5, 1.0])
    np.testing.assert_allclose(table["cost"], [0.001, 0.0005, 0.001])
    np.testing.assert_allclose(book.returns, table["gross"] - table["cost"])
    np.testing.assert_allclose(table["long"], [0.5, 0.75, 0.25])
    np.testing.assert_allclose(table["short"], [0.5, 0.75, 0.25])
    np.testing.assert_allclose(table["market"], [0.015, 0.01, 0.01])
    assert book.exposures["sector=x"].tolist() == [0.5, 0.75, 0.25]
    assert book.exposures["sector=y"].tolist() == [-0.5, -0.75, -0.25]


def test_trades_cost_twenty_basis_points_by_default(panel):
    table = fund.backtest(panel, "mm", "return_5").eras
    np.testing.assert_allclose(table["cost"], 0.0020 * table["traded"])


def test_a_longer_return_belongs_to_the_portfolio_that_opened(panel):
    book = fund.backtest(panel, signal="mm", returns="return_20", neutralizers=STYLES)
    held = fund.weights(panel, "mm", neutralizers=STYLES)
    earned = (held * panel["return_20"]).groupby(panel["era"]).sum() / 4
    np.testing.assert_allclose(book.eras["gross"], earned, atol=1e-15)
    assert book.overlap == 4
    assert book.per_year == 52
    np.testing.assert_allclose(book.exposures[STYLES], 0, atol=1e-12)


def test_both_ways_of_booking_add_up_to_the_same(panel):
    panel["mm"] = panel["mm"].where(panel["era"] <= "0137")
    weekly = fund.backtest(panel, "mm", "return_5", neutralizers=STYLES)
    longer = fund.backtest(panel, "mm", "return_20", neutralizers=STYLES)
    assert longer.eras["gross"].sum() == pytest.approx(weekly.eras["gross"].sum())
    np.testing.assert_allclose(weekly.eras["cost"], longer.eras["cost"])


def test_every_fourth_era_holds_one_portfolio_at_a_time(panel):
    fourth = panel[panel["era"].astype(int) % 4 == 1]
    book = fund.backtest(fourth, "mm", "return_20", neutralizers=STYLES, cost_bps=0)
    held = fund.weights(fourth, "mm", neutralizers=STYLES)
    earned = (held * fourth["return_20"]).groupby(fourth["era"]).sum()
    np.testing.assert_allclose(book.returns, earned, atol=1e-15)
    assert (book.overlap, book.per_year) == (1, 13)


def test_what_is_kept_is_not_traded(panel):
    stays = panel.assign(mm=panel["stock"])
    book = fund.backtest(stays, "mm", "return_5", neutralizers=["beta"])
    np.testing.assert_allclose(book.eras["traded"].iloc[:4], 0.5)
    np.testing.assert_allclose(book.eras["traded"].iloc[4:], 0, atol=1e-12)
    nameless = stays.drop(columns="stock")
    unnamed = fund.backtest(nameless, "mm", "return_20", neutralizers=["beta"])
    np.testing.assert_allclose(unnamed.eras["traded"].iloc[:4], 0.5)
    np.testing.assert_allclose(unnamed.eras["traded"].iloc[4:], 1.0)


def test_a_stock_that_leaves_is_sold():
    panel = small(w=[1.0, -1.0, 0.5, -0.5, 0.0, -9.0], return_5=0.01)
    table = fund.hold(panel[:5], "w", "return_5", cost_bps=10, keep=2).eras
    last = table.loc["0003"]  # A falls from 0.75 to 0.25, and B's -0.75 is bought back
    assert last["traded"] == pytest.approx(1.25)
    assert last["gross"] == pytest.approx(0.0025)
    assert (last["long"], last["short"]) == (0.25, 0)


def test_neutral_to_the_market_while_long_only_is_not(panel):
    long = fund.backtest(panel, "mm", "return_5", long_only=True).summary()
    dollar = fund.backtest(panel, "mm", "return_5", features=["beta"]).summary()
    neutral = fund.backtest(
        panel, "mm", "return_5", neutralizers=[*STYLES, "sector"]
    ).summary()
    assert long["beta"] > 0.8
    longer = fund.backtest(panel, "mm", "return_20", long_only=True).summary()
    assert abs(longer["beta"] - long["beta"]) < 0.25, "however returns are booked"
    assert dollar["beta"] > 4 * dollar["beta_se"]
    assert dollar["max_exposure"] > 0.1
    assert abs(neutral["beta"]) < 3 * neutral["beta_se"]
    assert neutral["beta_se"] < 0.1
    assert neutral["max_exposure"] < 1e-12
    assert neutral["volatility"] < dollar["volatility"] < long["volatility"]


def test_only_numbers_reach_the_fund(panel):
    signal = panel["mm"].rename("anything")
    bare = panel.drop(columns="mm")
    book = fund.backtest(bare, signal, "return_5", neutralizers=STYLES)
    same = fund.backtest(panel, "mm", panel["return_5"], neutralizers=STYLES)
    assert book.returns.equals(same.returns)


def test_rows_in_any_order_and_eras_that_are_not_over(panel):
    expected = fund.backtest(
        panel, "mm", "return_5", neutralizers=STYLES, max_weight=0.06
    )
    panel.loc[panel["era"] > "0137", "return_5"] = np.nan
    shuffled = panel.sample(frac=1, random_state=0)
    book = fund.backtest(
        shuffled, "mm", "return_5", neutralizers=STYLES, max_weight=0.06
    )
    assert book.returns.index[-1] == "0137"
    np.testing.assert_allclose(book.returns, expected.returns[:37], atol=1e-12)
    assert book.eras["largest"].max() <= 0.06


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"returns": "volume"}, "How many trading days does 'volume' cover"),
        ({"days": 7}, "7 trading days do not fit eras that are 5 days apart"),
        ({"days": 0}, "0 trading days do not fit"),
        ({"returns": "return_20", "keep": 2}, "kept 4 eras, not 2"),
        ({"stock": "ticker"}, "no column 'ticker'"),
        ({"stock": "sector"}, "has two rows in era 0101"),
        ({"stock": "unnamed"}, "'unnamed' has gaps"),
        ({"signal": "nobody"}, "no column 'nobody'"),
    ],
)
def test_what_cannot_be_traded(panel, options, message):
    panel["unnamed"] = panel["sector"].where(panel["sector"] != "s0")
    given = {"signal": "mm", "returns": "return_5", **options}
    with pytest.raises(NumlearnError, match=message):
        fund.backtest(panel, **given)


def test_missing_eras_and_no_returns_at_all(panel):
    with pytest.raises(NumlearnError, match="After era 0109 comes era 0111"):
        fund.backtest(panel[panel["era"] != "0110"], "mm", "return_5")
    with pytest.raises(NumlearnError, match="No era has a return"):
        fund.backtest(panel.assign(return_5=np.nan), "mm", "return_5")
