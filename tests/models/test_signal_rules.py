import numpy as np
import pandas as pd
import pytest
from numerai_tools import signals as official

from numlearn.errors import NumlearnError
from numlearn.models import signals
from numlearn.models.signals import LIMITS

DAYS = pd.bdate_range("2001-01-01", periods=300, name="date")
NAMES = [f"S{number:03d} XX" for number in range(150)]


@pytest.fixture(scope="module")
def prices():
    returns = np.random.default_rng(0).normal(0, 0.02, (len(DAYS), len(NAMES)))
    return pd.DataFrame(100 * np.cumprod(1 + returns, 0), DAYS, NAMES)


def ranked(names, **columns):
    rank = (np.arange(len(names)) + 0.5) / len(names)
    return pd.DataFrame({"bloomberg_ticker": names, "signal": rank}).assign(**columns)


def test_price_signals_by_hand():
    prices = pd.DataFrame({"A": [100.0, 110, 121, 60.5], "B": [1.0, 2, 2, 2]})
    np.testing.assert_allclose(signals.momentum(prices, 3, 1).iloc[-1], [0.21, 1])


def test_momentum_does_not_look_ahead(prices):
    until = 270
    early = signals.momentum(prices.iloc[:until])
    pd.testing.assert_frame_equal(early, signals.momentum(prices).iloc[:until])
    assert early.iloc[-1].notna().all() and early.iloc[0].isna().all()


def test_to_signal_ranks_what_is_known():
    values = pd.Series({"A": 3.0, "B": -1.0, "C": np.nan, "D": 7.0, "E": 7.0})
    signal = signals.to_signal(values)
    assert list(signal.index) == list("ABDE")
    np.testing.assert_allclose(signal, [0.375, 0.125, 0.75, 0.75])


def test_at_finds_date_and_ticker(prices):
    index = pd.Index(["n1", "n2", "n3", "n4"], name="id")
    late = pd.Timestamp("2030-01-01")
    panel = pd.DataFrame(
        {"date": [DAYS[5], DAYS[7], late, DAYS[5]], "ticker": [*NAMES[:3], "NONE XX"]},
        index,
    )
    found = signals.at(panel, prices)
    assert found.index.equals(index)
    assert found["n1"] == prices.iloc[5, 0] and found["n2"] == prices.iloc[7, 1]
    assert found[["n3", "n4"]].isna().all()


def test_what_is_no_table_or_series_is_a_sentence(prices):
    with pytest.raises(NumlearnError, match="Prices are a DataFrame"):
        signals.momentum(prices.to_numpy())
    with pytest.raises(NumlearnError, match="Values are a Series by ticker"):
        signals.to_signal([1, 2])
    with pytest.raises(NumlearnError, match="no column 'date'"):
        signals.at(pd.DataFrame({"era": [1]}), prices)


def test_a_picker_is_refused_and_a_ranking_accepted():
    for rules, least in (("2021-03", 10), ("2025-09", 100), ("2026-09", 100)):
        assert LIMITS[rules].faults(ranked(NAMES[:least]), NAMES) == []
        (fault,) = LIMITS[rules].faults(ranked(NAMES[: least - 1]), NAMES)
        assert f"Only {least - 1} " in fault and f"at least {least} must" in fault


def test_rows_outside_the_universe_do_not_count():
    (fault,) = LIMITS["2021-03"].faults(ranked(NAMES), pd.Series(NAMES[:9]))
    assert "Only 9 " in fault


def test_all_faults_at_once():
    eight = ranked([*NAMES[:7], NAMES[0]])
    eight.loc[3, "signal"], eight.loc[4, "signal"] = np.nan, 1.5
    found = LIMITS["2021-03"].faults(eight, NAMES)
    assert len(found) == 4
    for word in ("more than once", "NaN", "outside 0 to 1", "at least 10"):
        assert sum(word in sentence for sentence in found) == 1
    dated = eight.assign(date="2001-01-05")[["date", *eight]]
    assert len(LIMITS["2021-03"].faults(dated, NAMES)) == 4
    renamed = eight.rename(columns={"signal": "buy"})
    assert "buy" in LIMITS["2021-03"].faults(renamed, NAMES)[0]


def test_verdict_is_that_of_numerai_tools():
    from numerai_tools.submissions import validate_submission_signals

    universe = pd.DataFrame({"bloomberg_ticker": NAMES})
    for submission in (ranked(NAMES), ranked(NAMES[:99]), ranked(NAMES, signal=0.5)):
        try:
            validate_submission_signals(universe, submission.copy())
            accepted = True
        except AssertionError:
            accepted = False
        assert (LIMITS["2026-09"].faults(submission, NAMES) == []) is accepted


def test_limits_take_the_whole_stake():
    today = LIMITS["2025-09"]
    assert today.stake_at_risk(40, churn=0.149, turnover=0.249) == 40
    assert today.stake_at_risk(40, churn=0.15, turnover=0) == 0
    assert today.stake_at_risk(40, churn=0, turnover=0.25) == 0
    assert today.stake_at_risk(40, churn=float("nan"), turnover=0) == 0
    assert LIMITS["2021-03"].stake_at_risk(40, churn=2, turnover=1) == 40
    assert LIMITS["2021-03"].payout_kept(2) == 1


def test_penalty_is_that_of_numerai_tools():
    for churn in (0, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2):
        kept = LIMITS["2026-09"].payout_kept(churn)
        assert kept == pytest.approx(official.neutral_churn_penalty(churn))
    assert LIMITS["2026-09"].payout_kept(0.15) == pytest.approx(0.755081, abs=1e-6)
    assert LIMITS["2025-09"].payout_kept(2) == 1


def test_rules_say_where_they_come_from():
    for rules in LIMITS.values():
        assert rules.source and rules.valid_from <= rules.checked_on
        assert rules.valid_to is None or rules.valid_from <= rules.valid_to
