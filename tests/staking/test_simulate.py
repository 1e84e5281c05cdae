"""The simulator against what can be said without it: recursions, means, variances."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from numlearn.errors import NumlearnError
from numlearn.staking import RULES, replay, simulate

pytestmark = pytest.mark.filterwarnings("ignore:The rules '.*' pay mmc as well")


def idle(name):
    """The same rules, where payouts are not staked on."""
    return replace(RULES[name], compounds=False)


@pytest.fixture(scope="module")
def scores():
    rng = np.random.default_rng(5)
    table = rng.multivariate_normal(
        [0.01, 0.005], [[4e-4, 2e-4], [2e-4, 1e-4 * 9]], size=200
    )
    return pd.DataFrame(table, columns=["a", "b"])


@pytest.mark.parametrize("rules", ["2021-03", "2026-01", "2026-08"])
@pytest.mark.parametrize("compound", [True, False])
def test_one_possible_future_is_the_recursion(rules, compound):
    rules = replace(RULES[rules], compounds=compound)
    scores = pd.DataFrame({"m": [0.011] * 30})
    found = simulate(scores, rules, 50.0, rounds=100, paths=3)
    expected = replay(scores.loc[[0] * 100].reset_index(drop=True), rules, 50.0)
    np.testing.assert_allclose(found.final, expected.iloc[[-1] * 3], rtol=1e-5)


def test_slices_grow_once_in_64_rounds():
    path = replay(pd.DataFrame({"m": [0.02] * 128}), "2026-08", 64.0)["m"]
    assert path.iloc[-1] == pytest.approx(64 * 1.06**2)
    assert (path.iloc[:64] == 64.0).all() and path.iloc[64] == pytest.approx(64.06)
    constant = replay(pd.DataFrame({"m": [0.02] * 128}), idle("2026-08"), 64.0)
    assert constant["m"].iloc[-1] == pytest.approx(64 + 128 * 0.06)


def test_the_same_stake_is_at_risk_in_25_rounds_but_a_slice_in_one():
    scores = pd.DataFrame({"m": [-1.0] * 25})
    assert replay(scores, "2026-01", 100.0)["m"].iloc[-1] == 0.0
    one_slice = replay(scores.head(2), "2026-08", 64.0)["m"]
    assert one_slice.iloc[-1] == pytest.approx(62.0)


def test_a_constant_slice_shrinks_when_too_little_is_idle():
    halved = pd.DataFrame({"m": [-1 / 6] * 128})
    path = replay(halved, idle("2026-08"), 64.0)["m"]
    # Half of each of 64 slices comes back, and no more than that can be staked again.
    assert path.iloc[64 + 63] == pytest.approx(32.0)
    assert path.iloc[-1] == pytest.approx(16.0)
    lost = replay(pd.DataFrame({"m": [-1.0] * 128}), idle("2026-08"), 64.0)
    assert lost["m"].iloc[-1] == pytest.approx(0.0, abs=1e-9)


def test_nobody_loses_more_than_the_stake_and_late_payouts_still_come():
    down_then_up = pd.DataFrame({"m": [-1.0] * 21 + [1.0] * 3})
    path = replay(down_then_up, "2026-01", 100.0)["m"]
    assert path.min() == 0.0
    assert path.iloc[-1] == pytest.approx(15.0)


@pytest.mark.parametrize("rules", ["2021-03", "2026-01", "2026-08"])
@pytest.mark.parametrize("draw", [1, "autoregression"])
def test_the_mean_is_that_of_the_recursion_of_means(scores, rules, draw):
    independent = scores.sample(frac=1, random_state=0).reset_index(drop=True)
    found = simulate(independent, rules, rounds=80, paths=8_000, draw=draw, seed=2)
    means = pd.concat([independent.mean().to_frame().T] * 80, ignore_index=True)
    expected = replay(means, rules).iloc[-1]
    error = found.final.std() / np.sqrt(len(found.final))
    assert ((found.final.mean() - expected).abs() < 4 * error).all()


def test_constant_stakes_have_the_variance_of_a_sum(scores):
    independent = scores.sample(frac=1, random_state=1).reset_index(drop=True)
    found = simulate(independent, idle("2021-03"), rounds=60, paths=20_000, draw=1)
    expected = 100 * np.sqrt(60) * independent.std(ddof=0)
    # A stake that has lost is smaller, so that the tail below is a little short.
    np.testing.assert_allclose(found.final.std(), expected, rtol=0.05)


def test_the_fitted_model_has_the_memory_of_the_table():
    rng = np.random.default_rng(3)
    series = np.zeros(4000)
    for now, shock in enumerate(rng.normal(0, 0.001, 4000)):
        series[now] = 0.8 * series[now - 1] + shock
    scores = pd.DataFrame({"m": series - series.mean()})
    memory = np.corrcoef(series[1:], series[:-1])[0, 1]
    found = simulate(
        scores, idle("2021-03"), rounds=60, paths=20_000, draw="autoregression"
    )
    pairs = 60 + 2 * sum((60 - lag) * memory**lag for lag in range(1, 60))
    expected = 100 * scores["m"].std(ddof=0) * np.sqrt(pairs)
    assert found.final["m"].std() == pytest.approx(expected, rel=0.03)


def test_stretches_of_the_table_keep_its_memory_and_single_rounds_do_not():
    waves = np.sin(np.arange(400) / 20) * 0.02
    scores = pd.DataFrame({"m": waves})
    blocks, rounds = (
        simulate(scores, "2021-03", rounds=40, paths=4_000, draw=block).final["m"]
        for block in (40, 1)
    )
    assert blocks.std() > 3 * rounds.std()


def test_models_keep_their_correlation(scores):
    copy = scores.assign(twin=scores["a"])
    for draw in ("bootstrap", "autoregression"):
        final = simulate(copy, "2021-03", rounds=50, paths=2_000, draw=draw).final
        np.testing.assert_allclose(final["a"], final["twin"], rtol=1e-3)
        assert np.corrcoef(final["a"], final["b"])[0, 1] < 0.9


@pytest.mark.parametrize("draw", ["bootstrap", "autoregression"])
def test_one_seed_gives_the_same_paths_with_any_number_of_threads(scores, draw):
    one, two = (
        simulate(scores, "2026-01", paths=20_000, rounds=30, draw=draw, n_jobs=jobs)
        for jobs in (1, 2)
    )
    pd.testing.assert_frame_equal(one.summary(), two.summary(), check_exact=True)
    pd.testing.assert_frame_equal(one.final, two.final, check_exact=True)
    other = simulate(scores, "2026-01", paths=20_000, rounds=30, draw=draw, seed=1)
    assert not other.final.equals(one.final)


def test_both_scores_count_as_the_rules_say(scores):
    mmc = scores / 10
    both = simulate({"corr": scores, "mmc": mmc}, "2026-01", paths=50, rounds=20)
    weighted = scores + mmc * 2.25 / 0.75
    alone = simulate(weighted, "2026-01", paths=50, rounds=20)
    np.testing.assert_allclose(both.final, alone.final, rtol=1e-6)
    own = pd.DataFrame({"corr": scores["a"], "mmc": mmc["a"]})
    one = simulate(own, "2026-01", paths=50, rounds=20)
    assert list(one.final) == ["model"]
    for table in (scores["a"], scores[["a"]]):
        assert list(simulate(table, "2026-01", paths=5, rounds=5).final) == ["a"]


def test_scores_may_be_a_csv_file(scores, tmp_path):
    path = tmp_path / "scores.csv"
    scores.to_csv(path)
    from_file = simulate(path, "2026-01", paths=9, rounds=9).final
    pd.testing.assert_frame_equal(
        from_file, simulate(scores, "2026-01", paths=9, rounds=9).final
    )


def test_a_full_tournament_pays_less(scores):
    free = simulate(scores, idle("2026-01"), paths=500, rounds=50, total_at_risk=0)
    full = simulate(
        scores, idle("2026-01"), paths=500, rounds=50, total_at_risk=720_000
    )
    gain = (full.final - 100).to_numpy() / (free.final - 100).to_numpy()
    assert np.median(gain) == pytest.approx(0.1, rel=0.1)


def test_the_summary_says_what_became_of_the_stake(scores):
    found = simulate(scores, "2021-03", stake=pd.Series({"b": 50.0, "a": 100.0}))
    summary = found.summary(ruin=0.5)
    assert found.stake.to_dict() == {"a": 100.0, "b": 50.0}
    final = found.final["b"]
    assert summary.loc["b", "median"] == pytest.approx(np.median(final), rel=1e-5)
    assert summary.loc["b", "p5"] == pytest.approx(np.quantile(final, 0.05), rel=1e-5)
    assert summary.loc["b", "loss"] == (final < 50).mean()
    assert summary.loc["b", "ruin"] == (found.lowest["b"] < 25).mean()
    assert summary["drawdown_p95"].between(summary["drawdown"], 1).all()
    assert summary["under_water"].between(0, 1).all()
    assert "10,000 paths of 2 model(s) over 50 rounds a week" in repr(found)


def test_drawdown_and_time_under_water_of_a_known_path():
    # With a lag of four all four rounds stake 100, and a path is one of four turns.
    turns = pd.DataFrame({"m": [0.2, 0.1, -0.2, -0.1]})
    found = simulate(turns, "2021-03", rounds=4, paths=200, draw=4)
    np.testing.assert_allclose(found.final, 100.0, rtol=1e-6)
    deepest = found.drawdown["m"].round(4).unique()
    expected = [1 - 100 / 130, 1 - 80 / 110, 1 - 70 / 100, 1 - 100 / 120]
    np.testing.assert_allclose(sorted(deepest), sorted(expected), atol=1e-4)
    assert sorted(found.under_water["m"].unique()) == [0.5, 0.75]
    assert sorted(found.lowest["m"].round().unique()) == [70, 80, 90, 100]


def test_what_one_can_afford_is_a_stake():
    rng = np.random.default_rng(0)
    scores = pd.DataFrame({"m": rng.normal(0.0, 0.03, 300)})
    found = simulate(scores, "2021-03", rounds=52, paths=4_000)
    stake = found.affordable(50.0)["m"]
    again = simulate(scores, "2021-03", stake=stake, rounds=52, paths=4_000)
    lost = stake - again.final["m"]
    assert (lost > 50).mean() == pytest.approx(0.05, abs=0.002)
    sure = simulate(pd.DataFrame({"m": [0.01] * 9}), "2021-03", paths=9, rounds=9)
    assert np.isinf(sure.affordable(1.0)["m"])
    with pytest.raises(NumlearnError, match="loss above 0 NMR"):
        found.affordable(0)


def test_the_fan_is_drawn_with_a_caption(scores):
    found = simulate(scores, "2026-01", rounds=40, paths=300)
    ax = found.plot("a", title="What may become of 100 NMR")
    assert ax.get_title(loc="left") == "What may become of 100 NMR"
    assert "Fan chart of a stake of 100 NMR" in ax.figure.get_label()
    np.testing.assert_allclose(
        found.fan["a"].iloc[-1],
        found.final["a"].quantile([0.05, 0.25, 0.5, 0.75, 0.95]),
        rtol=1e-5,
    )
    with pytest.raises(NumlearnError, match="choose one of a, b"):
        found.plot()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stake": -1.0}, "stake above 0 NMR"),
        ({"stake": 0}, "stake above 0 NMR"),
        ({"stake": pd.Series({"a": 1.0})}, "stake above 0 NMR"),
        ({"rules": "2020"}, "no rule set '2020'"),
        (
            {"stake": {"a": 1.0, "b": 1.0, "c": 1.0}},
            "no model with scores 'c': choose one of a, b",
        ),
        ({"stake": [1.0, 2.0, 3.0]}, "3 stakes for 2 models"),
        ({"stake": True}, "stake above 0 NMR"),
        ({"stake": "100"}, "stake above 0 NMR"),
        ({"stake": {"a": 1.0, "b": np.nan}}, "above 0 NMR, and b has nan"),
        ({"stake": np.inf}, "at most the 11,000,000"),
        ({"stake": 1e37}, "at most the 11,000,000"),
        ({"seed": -1}, "seed is a whole number"),
        ({"paths": True}, "paths is a whole number"),
        ({"n_paths": 5}, "no argument 'n_paths': paths="),
        ({"block": 1}, "no argument 'block': draw=1"),
        ({"steps": 1}, "no argument 'steps': there are paths, rounds"),
        ({"draw": "dice"}, "no way to draw scores 'dice'"),
        ({"rounds": 0}, "rounds is a whole number from 1 up"),
        ({"paths": 2.5}, "paths is a whole number"),
        ({"draw": -1}, "draw is a whole number"),
        ({"total_at_risk": -5}, "total at risk is a number, 0 to 1.1e"),
        ({"total_at_risk": [1.0]}, "total at risk is a number"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(scores, changes, message):
    arguments = {"rules": "2026-01", "paths": 5, "rounds": 5, **changes}
    with pytest.raises(NumlearnError, match=message):
        simulate(scores, **arguments)


def test_a_large_stake_changes_its_own_payout_factor(scores):
    """Twice the threshold at stake is paid half, whatever else is at risk."""
    small, stakes = 100.0, {"a": 144_000.0, "b": 100.0}
    half = replay(scores, idle("2026-01"), small, total_at_risk=144_000)
    alone = replace(RULES["2026-01"], compounds=False, total_at_risk=None)
    full, mixed = (replay(scores, alone, x) for x in (small, stakes))
    np.testing.assert_allclose(mixed["a"] / 1440, half["a"])
    np.testing.assert_allclose(mixed["b"], full["b"])
    for draw in (7, "autoregression"):
        large, alike = (
            simulate(scores, alone, paths=50, rounds=30, draw=draw, **options)
            for options in ({"stake": 144_000.0}, {"total_at_risk": 144_000})
        )
        np.testing.assert_allclose(large.final / 1440, alike.final, rtol=1e-5)


def test_stakes_by_name_go_to_their_models(scores):
    stakes = pd.Series({"b": 50.0, "a": 100.0})
    found = replay(scores, "2021-03", stakes)
    assert found.iloc[0].to_dict() == {"a": 100.0, "b": 50.0}


def test_a_result_says_how_payouts_compound(scores):
    found = simulate(scores, "2026-08", paths=5)
    assert "64 slices compounds by itself" in found.note
    assert found.summary().attrs["note"] == found.note
    assert "joins it 4 rounds later" in simulate(scores, "2021-03", paths=5).note
    assert "lies idle" in simulate(scores, idle("2021-03"), paths=5).note
    assert simulate(scores, "2026-08", paths=5).rounds == 250


def test_scores_with_gaps_are_refused_with_the_place(scores):
    holed = scores.copy()
    holed.loc[7, "b"] = np.nan
    with pytest.raises(NumlearnError, match="gaps, the first in round 7 of b"):
        simulate(holed, "2026-01", missed="refuse")
    with pytest.raises(NumlearnError, match="first before round 8"):
        simulate(scores.drop(index=7), "2026-01", missed="refuse")
    with pytest.raises(NumlearnError, match="scores of 1 rounds and 2 models"):
        simulate(scores.head(1), "2026-01")
    with pytest.raises(NumlearnError, match="differ in their rounds or models"):
        simulate({"corr": scores, "mmc": scores.head(100)}, "2026-01")
    with pytest.raises(NumlearnError, match="no corr or v2_corr20"):
        simulate({"fnc": scores}, "2026-01")
    eras = scores.set_axis([f"{era:04}" for era in range(200)])
    assert simulate(eras, "2026-01", paths=3, rounds=3).final.shape == (3, 2)
