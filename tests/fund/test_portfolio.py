import numpy as np
import pandas as pd
import pytest

from numlearn import fund
from numlearn.errors import NumlearnError

STYLES = ["beta", "style_0", "style_1"]


@pytest.fixture
def era():
    rng = np.random.default_rng(0)
    columns = rng.normal([1, 0, 0, 5], 1, (200, 4))
    return rng.normal(size=200) + columns[:, 0], columns


def test_a_portfolio_is_neutral_to_the_dollar_and_to_every_column(panel):
    held = fund.weights(panel, "mm", neutralizers=[*STYLES, "sector"])
    assert held.index.equals(panel.index)
    for _, rows in panel.groupby("era"):
        w = held[rows.index]
        assert w.abs().sum() == pytest.approx(2.0)
        assert w.sum() == pytest.approx(0, abs=1e-12)
        np.testing.assert_allclose(w @ rows[STYLES], 0, atol=1e-12)
        np.testing.assert_allclose(w.groupby(rows["sector"]).sum(), 0, atol=1e-12)
        assert w.corr(rows["mm"]) > 0.8


def test_a_dollar_neutral_portfolio_is_the_centred_normal_rank(era):
    from scipy.stats import norm, rankdata

    signal, _ = era
    expected = norm.ppf((rankdata(signal) - 0.5) / len(signal))
    expected -= expected.mean()
    held = fund.era_weights(signal, gross=3.0)
    np.testing.assert_allclose(held, 3 * expected / np.abs(expected).sum(), atol=1e-14)


def test_one_era_is_the_panels_era(panel):
    rows = panel[panel["era"] == "0103"]
    expected = fund.weights(rows, "mm", neutralizers=STYLES, max_weight=0.03)
    held = fund.era_weights(rows["mm"], rows[STYLES], max_weight=0.03)
    pd.testing.assert_series_equal(held, expected, check_names=False)
    one = fund.era_weights(rows["mm"], rows["beta"])
    assert one @ rows["beta"] == pytest.approx(0, abs=1e-12)


def test_singular_exposures_change_nothing(era):
    signal, columns = era
    expected = fund.era_weights(signal, columns)
    again = np.column_stack([columns, columns[:, :2] @ [1, -2], np.ones(200), columns])
    np.testing.assert_allclose(fund.era_weights(signal, again), expected, atol=1e-10)
    unlike = columns * [1e9, 1e-9, 1, 1]
    np.testing.assert_allclose(fund.era_weights(signal, unlike), expected, atol=1e-10)


def test_a_limit_holds_and_the_portfolio_stays_neutral(era):
    signal, columns = era
    free = fund.era_weights(signal, columns)
    held = fund.era_weights(signal, columns, max_weight=0.016)
    assert np.abs(free).max() > 0.02
    assert np.abs(held).max() <= 0.016 + 1e-15
    assert np.abs(held).sum() == pytest.approx(2.0)
    np.testing.assert_allclose(held @ columns, 0, atol=1e-12)
    assert np.corrcoef(held, free)[0, 1] > 0.9


def test_what_has_no_signal_is_not_traded(era):
    signal, columns = era
    signal[::5] = np.nan
    held = fund.era_weights(signal, columns)
    assert not held[::5].any()
    np.testing.assert_allclose(held @ columns, 0, atol=1e-12)
    for nothing in (np.full(200, np.nan), np.full(200, 3.0)):
        assert not fund.era_weights(nothing, columns).any()
        assert not fund.era_weights(nothing).any()


def test_a_long_only_portfolio_buys_the_best_fifth(panel):
    signal = np.arange(10.0)
    assert fund.era_long_only(signal).tolist() == [0] * 8 + [0.5] * 2
    signal[9] = np.nan
    assert fund.era_long_only(signal)[9] == 0
    assert not fund.era_long_only(np.full(3, np.nan)).any()
    held = fund.weights(panel, "mm", long_only=True)
    np.testing.assert_allclose(held.groupby(panel["era"]).sum(), 1)


def test_what_no_portfolio_can_do(panel):
    rows = panel[panel["era"] == "0103"].copy()
    few = rows.iloc[:4]
    with pytest.raises(
        NumlearnError, match="left of the signal on the 4 stocks of era 0103"
    ):
        fund.weights(few, "mm", neutralizers=STYLES)
    with pytest.raises(NumlearnError, match="No neutral portfolio of the 120 stocks"):
        fund.weights(rows, "mm", neutralizers=STYLES, max_weight=2 / 120)
    with pytest.raises(NumlearnError, match="neither neutral nor limited"):
        fund.weights(rows, "mm", neutralizers=STYLES, long_only=True)
    with pytest.raises(NumlearnError, match="no column 'alpha'"):
        fund.weights(rows, "mm", neutralizers=["alpha"])
    for name in ("beta", "sector"):
        gaps = rows.assign(**{name: rows[name].where(rows["mm"] > 0)})
        with pytest.raises(NumlearnError, match=f"'{name}' has gaps in era 0103"):
            fund.weights(gaps, "mm", neutralizers=[name])


def test_blas_has_nothing_to_say_of_weights_without_exposures(capfd):
    held = fund.era_weights(np.arange(5.0))
    assert held.sum() == pytest.approx(0, abs=1e-12)
    assert capfd.readouterr() == ("", "")
