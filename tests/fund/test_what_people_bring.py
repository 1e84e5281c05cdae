"""What people bring to the fund gives the right book or one sentence."""

import numpy as np
import pandas as pd
import pytest

from numlearn import fund
from numlearn.errors import NumlearnError

STYLES = ["beta", "style_0", "style_1"]


@pytest.fixture
def panel(panel):
    """The first twelve eras only."""
    return panel[panel["era"] <= "0112"].copy()


@pytest.fixture
def book(panel):
    return fund.backtest(panel, "mm", "return_5", neutralizers=STYLES)


def backtest(panel, signal="mm", returns="return_5", **options):
    return fund.backtest(panel, signal, returns, **{"neutralizers": STYLES, **options})


@pytest.mark.parametrize(
    "labels",
    [
        lambda era: era.astype(int),
        lambda era: "era" + era.str.lstrip("0"),
        lambda era: "era" + (era.astype(int) - 98).astype(str),
        lambda era: (
            pd.Timestamp("2024-01-05") + pd.to_timedelta(7 * era.astype(int), "D")
        ),
        lambda era: era.astype("category"),
    ],
)
def test_eras_may_be_written_as_people_write_them(panel, book, labels):
    found = backtest(panel.assign(era=labels(panel["era"])))
    np.testing.assert_array_equal(found.returns, book.returns)
    assert found.per_year == book.per_year


def test_signals_and_returns_are_aligned_by_their_index(panel, book):
    shuffled = panel.sample(frac=1, random_state=1)
    for rows in (panel, shuffled):
        for signal, returns in ((rows["mm"], "return_5"), ("mm", rows["return_5"])):
            found = backtest(panel, signal, returns)
            np.testing.assert_array_equal(found.returns, book.returns)
    weights = fund.weights(shuffled, "mm", neutralizers=STYLES)
    held = fund.hold(panel, weights, "return_5")
    np.testing.assert_allclose(held.returns, book.returns, atol=1e-12)
    with pytest.raises(NumlearnError, match="reindex"):
        backtest(panel, panel["mm"].iloc[:-1])
    one = panel[panel["era"] == "0101"]
    mixed = fund.era_weights(one["mm"], one["beta"][::-1])
    pd.testing.assert_series_equal(mixed, fund.era_weights(one["mm"], one["beta"]))
    with pytest.raises(NumlearnError, match="reindex"):
        fund.era_weights(one["mm"], one["beta"].iloc[1:])


def test_dtypes_and_extra_columns_do_not_matter(panel, book):
    before = panel.copy()
    for dtype in ("Float64", "float64[pyarrow]"):
        found = backtest(panel.astype({"mm": dtype, "return_5": dtype}))
        np.testing.assert_allclose(found.returns, book.returns, atol=1e-12)
    extra = backtest(panel.assign(note="text", other=np.nan))
    np.testing.assert_array_equal(extra.returns, book.returns)
    pd.testing.assert_frame_equal(panel, before)


def test_one_name_is_a_list_of_one(panel):
    one = fund.weights(panel, "mm", neutralizers="beta")
    pd.testing.assert_series_equal(
        one, fund.weights(panel, "mm", neutralizers=["beta"])
    )
    book = fund.backtest(panel, "mm", "return_5", features="sector")
    assert book.exposures.columns.str.startswith("sector=").all()


def test_without_neutralizers_nothing_is_written_to_the_terminal(panel, capfd):
    fund.backtest(panel, "mm", "return_5")
    fund.backtest(panel.assign(same=1.0), "mm", "return_5", neutralizers=["same"])
    assert capfd.readouterr() == ("", "")


def test_a_signal_that_says_nothing_trades_nothing(panel):
    table = backtest(panel.assign(mm=0.5)).eras
    assert (table[["gross", "cost", "traded", "long", "short"]] == 0).all(axis=None)


def test_traded_is_bought_and_sold_and_turnover_half_of_it(panel):
    book = fund.backtest(panel, "mm", "return_5", cost_bps=10)
    np.testing.assert_allclose(book.eras["cost"], 0.001 * book.eras["traded"])
    expected = book.eras["traded"].mean() / 2 * 52
    assert book.summary()["turnover"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("change", "options", "message"),
    [
        ({}, {"neutralizers": []}, "There is not a neutralizer: name at least one"),
        ({}, {"features": []}, "There is not a feature"),
        ({}, {"neutralizers": 5}, "no column 5"),
        ({}, {"neutralizers": ["nobody"]}, "no column 'nobody'"),
        ({}, {"signal": ["mm", "beta"]}, "'mm' and 1 more stand where one column"),
        ({}, {"signal": "sector"}, "not numbers"),
        ({"mm": np.inf}, {}, "'mm' holds inf"),
        ({"beta": -np.inf}, {}, "exposure 'beta' is infinite in era 0101"),
        ({"return_5": np.inf}, {}, "'return_5' holds inf"),
        ({"return_5": -2.5}, {}, "-2.5 is a loss of more than everything"),
        ({"return_5": "high"}, {}, "not numbers"),
        ({}, {"cost_bps": -1}, "cost_bps is a number, 0 or above"),
        ({}, {"cost_bps": np.nan}, "cost_bps is a number, 0 or above"),
        ({}, {"gross": 0}, "gross is a number, 1e-09 or above"),
        ({}, {"gross": np.inf}, "gross is a number, 1e-09 or above"),
        ({}, {"max_weight": -0.1}, "max_weight is a number, 1e-09"),
        ({}, {"keep": 0}, "keep is a whole number from 1 up, not 0"),
        ({}, {"keep": 1.5}, "keep is a whole number"),
        ({"era": None}, {}, "era"),
    ],
)
def test_what_is_no_book_is_refused_in_a_sentence(panel, change, options, message):
    with pytest.raises(NumlearnError, match=message):
        backtest(panel.assign(**change), **options)


def test_no_panel_and_doubled_columns_are_refused(panel):
    with pytest.raises(NumlearnError, match="A panel is a pandas DataFrame"):
        backtest(panel.to_numpy())
    with pytest.raises(NumlearnError, match="no column 'era'"):
        backtest(panel.drop(columns="era"))
    twice = pd.concat([panel, panel["beta"]], axis=1)
    with pytest.raises(NumlearnError, match="'beta' is there twice"):
        backtest(twice)
    doubled = pd.concat([panel, panel.tail(3)])
    with pytest.raises(NumlearnError, match="two rows in era 0112"):
        backtest(doubled)


def test_two_books_of_one_week_do_not_follow_each_other(panel):
    days = pd.Timestamp("2024-01-01") + pd.to_timedelta(panel["era"].astype(int), "D")
    with pytest.raises(NumlearnError, match="every week, one era each"):
        backtest(panel.assign(era=days))


def test_arrays_of_one_era_are_vectors_of_numbers(panel):
    one = panel[panel["era"] == "0101"]
    signal, beta = one["mm"].to_numpy(), one["beta"].to_numpy()
    expected = fund.era_weights(signal, beta)
    np.testing.assert_array_equal(fund.era_weights(list(signal), list(beta)), expected)
    for bad in (None, "x", 1.0, [[1.0], [2.0]], [1.0, np.inf], ["a", "b"], [1j]):
        for call in (
            fund.era_weights,
            fund.era_long_only,
            lambda x: fund.market_beta(x, x),
        ):
            with pytest.raises(NumlearnError):
                call(bad)
    with pytest.raises(NumlearnError, match="give a number for each row"):
        fund.era_weights(signal, beta[:-1])


def test_returns_and_the_market_are_matched_by_their_index():
    rng = np.random.default_rng(0)
    market = pd.Series(rng.normal(0, 0.02, 40))
    returns = market / 2 + rng.normal(0, 0.01, 40)
    expected = fund.market_beta(returns, market)
    assert fund.market_beta(returns, market[::-1]) == expected
    expected = fund.market_beta(returns, market, lags=3)
    mixed = returns.sample(frac=1, random_state=0)
    assert fund.market_beta(mixed, market, lags=3) == expected
    with pytest.raises(NumlearnError, match="40 returns and 39 of the market"):
        fund.market_beta(returns.to_numpy(), market.to_numpy()[1:])
