"""Every payout that a document prints, and what the documents print wrongly."""

from dataclasses import FrozenInstanceError, replace
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from numlearn.errors import NumlearnError
from numlearn.staking import RULES, compare_online, replay, rules_on, simulate

# (rules, stake, total at risk, corr, mmc, corr multiplier, mmc multiplier, NMR)
PRINTED = [
    # tournament/learn.md of April 2021; its payout factor of 0.8 is a total of 375,000.
    ("2021-03", 100, 375_000, 0.02, 0.002, 1, 2, 1.92),
    ("2021-03", 100, 375_000, 0.02, 0.002, 1, 0, 1.6),
    ("2021-03", 100, 375_000, -0.03, 0.002, 1, 0.5, -2.32),
    ("2021-03", 100, 375_000, 0.15, 0.1, 1, 2, 25.0),
    # The table of 2022, with TC instead of MMC; its last row caps the score first.
    ("2022-05-27", 100, 375_000, 0.02, 0.002, 1, 2, 1.92),
    ("2022-05-27", 100, 375_000, -0.03, 0.002, 1, 0.5, -2.32),
    ("2022-05-27", 100, 375_000, 0.15, 0.1, 1, 2, 20.0),
    # numerai-signals/signals-overview.md of April 2021; 0.8 is a total of 125,000.
    ("signals-2021-03", 100, 125_000, 0.02, 0.002, 2, 2, 3.52),
    ("signals-2021-03", 100, 125_000, 0.02, 0.002, 2, 0, 3.2),
    ("signals-2021-03", 100, 125_000, 0.15, 0.07, 2, 2, 25.0),
    # The legacy staking page of 2026.
    ("2026-01", 100, 72_000, 0.02, 0.005, None, None, 2.625),
    ("2026-01", 100, 144_000, 0.02, 0.005, None, None, 1.3125),
    ("2026-01", 100, 72_000, -0.03, -0.01, None, None, -4.5),
    ("2026-01", 100, 72_000, 0.05, 0.02, None, None, 5.0),
    ("2026-01", 100, 400_000, 0.05, 0.02, None, None, 1.485),
    # The same scores under the multipliers of 2024 and 2025.
    ("2024-01", 100, 72_000, 0.02, 0.005, None, None, 2.0),
    ("2024-01", 100, 144_000, 0.02, 0.005, None, None, 1.0),
    ("2024-01", 100, 72_000, -0.03, -0.01, None, None, -3.5),
    ("2024-01", 100, 72_000, 0.05, 0.02, None, None, 5.0),
    ("2024-01", 100, 400_000, 0.05, 0.02, None, None, 1.17),
    # Atomic staking: the stake is one round's slice.
    ("2026-08", 1, None, 0.02, 0.005, None, None, 0.135),
    ("2026-08", 1, None, -0.03, -0.01, None, None, -0.24),
    ("2026-08", 1, None, 0.05, 0.02, None, None, 0.45),
    ("2026-08", 1, None, -0.1, -0.05, None, None, -1.0),
]

# (why it is wrong, rules, ..., what is printed, what the page's own formula gives)
WRONGLY_PRINTED = [
    (
        "Signals, April 2021: -4.8 forgets the MMC part",
        ("signals-2021-03", 100, 125_000, -0.03, 0.002, 2, 0.5),
        -4.8,
        -4.72,
    ),
    (
        "Classic, February 2021: 20 caps the score, the text caps the payout",
        ("2021-03", 100, 375_000, 0.15, 0.07, 1, 2),
        20.0,
        23.2,
    ),
    (
        "Classic, autumn 2022: 20 was left from the formula before",
        ("2022-06", 100, 375_000, 0.15, 0.1, 1, 2),
        20.0,
        25.0,
    ),
]

PRINTED_FACTORS = [
    ("2021-03", {1: 1, 300e3: 1, 375e3: 0.8, 500e3: 0.6, 600e3: 0.5}),
    ("2021-03", {1e6: 0.3, 1.5e6: 0.2}),
    ("2026-01", {50e3: 1, 100e3: 0.72, 144e3: 0.5, 400e3: 0.18, 720e3: 0.1}),
    ("2026-08", {1: 1, 10e6: 1}),
]


def pay(rules, stake, total, corr, mmc, cm, mm):
    first, second = RULES[rules].scores
    scores = {first: corr, second: mmc}
    chosen = {f"{first}_multiplier": cm, f"{second}_multiplier": mm}
    return RULES[rules].payout(stake, total_at_risk=total, **scores, **chosen)


@pytest.mark.parametrize(("case", "printed"), [(row[:-1], row[-1]) for row in PRINTED])
def test_payouts_are_those_of_the_documents(case, printed):
    assert pay(*case) == pytest.approx(printed, abs=1e-9)


@pytest.mark.parametrize(("why", "case", "printed", "formula"), WRONGLY_PRINTED)
def test_where_documents_contradict_their_own_formula(why, case, printed, formula):
    assert pay(*case) == pytest.approx(formula, abs=1e-9), why
    assert abs(pay(*case) - printed) > 0.005, why


def test_the_threshold_that_pages_of_2023_print_lacks_a_digit():
    assert RULES["2023-05"].payout_factor(72_000) == 1 != min(1, 7200 / 72_000)


@pytest.mark.parametrize(("rules", "factors"), PRINTED_FACTORS)
def test_payout_factors_are_those_of_the_documents(rules, factors):
    for total, factor in factors.items():
        assert RULES[rules].payout_factor(total) == pytest.approx(factor)


FACTORS = {
    "2021-03": 1,  # forum.numer.ai topic 2469: about 300,000 NMR, never above so far
    "2022-01": 0.8,  # tournament/learn.md at fc6cfa8, and so on to the end of 2022
    "2023-01": 0.8,  # 45ed922: the examples kept the factor, the threshold had risen
    "2023-05": 0.1,  # 69d1e95
    "2024-01": 0.18,  # the legacy page: 400,000 NMR
    "2026-01": 0.18,
    "2026-08": 1,
    "signals-2021-03": 0.8,
    "signals-2025-09": 1,  # no source gives a total
    "crypto-2024-06": 1,
}


@pytest.mark.parametrize(("name", "factor"), FACTORS.items())
def test_the_payout_factor_belongs_to_the_rules(name, factor):
    """Where no total is given it is the documents', for a round and for a year."""
    rules, corr = RULES[name], pd.DataFrame({"m": [0.001] * 9})
    assert rules.payout_factor() == pytest.approx(factor)
    first, second = rules.scores
    scores = {first: 0.001, second: 0.001}
    alone = rules.payout(100, total_at_risk=0, **scores)
    assert rules.payout(100, **scores) == pytest.approx(factor * alone)
    tables = {first: corr, second: corr}
    one = replace(rules, compounds=False, rounds_a_week=1)
    gains = [replay(tables, one, total_at_risk=x).iloc[-1] - 100 for x in (None, 0)]
    assert gains[0]["m"] == pytest.approx(factor * gains[1]["m"])
    found = simulate(tables, one, rounds=9, paths=3, draw=9).final - 100
    assert found["m"].to_numpy() == pytest.approx(gains[0]["m"], rel=1e-3)


def test_the_mmc_multiplier_of_2021_is_zero_unless_it_is_given():
    rules = RULES["2021-03"]
    args = {"stake": 100, "total_at_risk": 375_000, "corr": 0.02, "mmc": 0.002}
    assert rules.payout(**args) == pytest.approx(1.6)
    assert rules.payout(**args, mmc_multiplier=2.0) == pytest.approx(1.92)


def test_signals_and_crypto_have_caps_of_their_own():
    cases = [
        ("signals-2025-09", 100, 36_000, 0.1, 0.1, 1.7),
        ("signals-2026-09", 100, 1, 0.01, 0.01, 2.5),
        ("crypto-2024-06", 100, 10_000, 0.5, 0.02, 2.0),
        ("crypto-2026-06", 1, None, 0.5, 0.02, 0.07),
    ]
    for *case, paid in cases:
        assert pay(*case, None, None) == pytest.approx(paid)


def test_a_round_burns_no_more_than_the_cap():
    burned = {name: pay(name, 100, 0, -1.0, -1.0, 9.0, 9.0) for name in RULES}
    expected = {name: -100 * rules.cap for name, rules in RULES.items()}
    assert burned == pytest.approx(expected)
    assert expected["2021-03"] == -25 and expected["2026-08"] == -100


def test_payout_takes_arrays_and_series():
    rules = RULES["2026-01"]
    corr = pd.Series([0.02, -0.03, np.nan], index=["a", "b", "c"])
    stakes = pd.Series([100.0, 200.0, 1.0], corr.index)
    payouts = rules.payout(stakes, corr=corr, total_at_risk=0)
    assert payouts.index.tolist() == ["a", "b", "c"]
    assert payouts[["a", "b"]].tolist() == pytest.approx([1.5, -4.5])
    assert np.isnan(payouts["c"])
    total, corr = np.array([[72_000], [144_000]]), np.array([0.02, 0.2])
    grid = rules.payout(100, total_at_risk=total, corr=corr)
    np.testing.assert_allclose(grid, [[1.5, 5.0], [0.75, 5.0]])


@pytest.mark.parametrize("stake", [-1, float("nan"), np.array([1.0, -0.1])])
def test_a_stake_below_zero_is_refused(stake):
    with pytest.raises(NumlearnError, match="stake must be zero or more"):
        RULES["2026-01"].payout(stake, corr=0.02)
    with pytest.raises(NumlearnError, match="total at risk must be zero or more"):
        RULES["2026-01"].payout_factor(-1)


@pytest.mark.parametrize("stake", [True, "100", None, 2e7, 1e37, np.inf, [1.0, "x"]])
def test_what_is_no_amount_of_nmr_is_refused(stake):
    for call in (
        lambda: RULES["2026-01"].payout(stake, corr=0.02),
        lambda: RULES["2026-01"].payout_factor(stake if stake is not None else "-"),
    ):
        with pytest.raises(NumlearnError, match="must be zero or more NMR"):
            call()


def test_a_percent_is_no_score():
    for scores in ({"corr": 2}, {"corr": 0.02, "mmc": [0.0, -1.5]}, {"corr": "high"}):
        with pytest.raises(NumlearnError, match="A score is a number"):
            RULES["2026-01"].payout(100, **scores)


def test_scores_go_by_their_own_names():
    with pytest.raises(NumlearnError, match=r"write payout\(100, corr=…, mmc=…"):
        RULES["2026-01"].payout(100, 0.02, 0.005)
    signals = RULES["signals-2025-09"]
    assert signals.payout(100, alpha=0.01, mpc=0.01) == pytest.approx(1.1)
    for scores in ({"corr": 0.01}, {"alpha": 0.01, "mmc": 0.01}, {}):
        with pytest.raises(NumlearnError, match="pay alpha and mpc"):
            signals.payout(100, **scores)
    tc = RULES["2022-05"].payout(100, corr=0.01, tc=0.01, tc_multiplier=1.0)
    assert tc == pytest.approx(0.8 * 2.0)


def test_a_stake_above_the_threshold_changes_its_own_factor():
    rules = RULES["2026-01"]
    alone = rules.payout(200_000, corr=0.02, total_at_risk=0)
    assert alone == pytest.approx(200_000 * 0.015 * 0.36)
    assert rules.payout(200_000, corr=0.02, total_at_risk=1_000) == alone
    stakes = np.array([100.0, 144_000.0])
    paid = rules.payout(stakes, corr=0.02, total_at_risk=0)
    assert paid == pytest.approx([1.5, 1080.0])


def test_series_are_aligned_by_their_labels():
    stake = pd.Series({"a": 100.0, "b": 50.0})
    corr = pd.Series({"b": 0.01, "a": 0.02})
    paid = RULES["2026-01"].payout(stake, corr=corr, total_at_risk=0)
    assert paid.to_dict() == pytest.approx({"a": 1.5, "b": 0.375})


def test_the_guess_that_rules_are_rule_sets_works():
    from numlearn import staking

    assert staking.rules["2026-01"] is RULES["2026-01"]
    assert staking.rule_set("2026-01") is RULES["2026-01"]
    assert staking.rule_set(RULES["2026-01"]) is RULES["2026-01"]
    with pytest.raises(NumlearnError, match=r"no rule set '2026'.*2026-01, 2026-08"):
        staking.rule_set(2026)
    with pytest.raises(NumlearnError, match="is no day"):
        rules_on("yesterday")


def test_an_unknown_rule_set_is_refused_with_the_known_ones():
    with pytest.raises(NumlearnError, match=r"no rule set '2020-01'.*2021-03"):
        RULES["2020-01"]
    assert "2020-01" not in RULES


def test_rule_sets_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        RULES["2021-03"].cap = 1.0
    with pytest.raises(TypeError):
        RULES["2021-03"] = RULES["2026-01"]


@pytest.mark.parametrize("tournament", ["classic", "signals", "crypto"])
def test_rule_sets_follow_each_other(tournament):
    sets = [rules for rules in RULES.values() if rules.tournament == tournament]
    assert [rules.valid_to is None for rules in sets] == [False] * len(sets[1:]) + [
        True
    ]
    for before, after in pairwise(sets):
        gap = after.valid_from - before.valid_to
        # What Signals paid between April 2021 and 2024 no source of ours says.
        assert gap == timedelta(1) or before.name == "signals-2021-03"
    for rules in sets:
        assert (
            rules.source
            and rules.at_risk
            and rules.name.startswith("2" if tournament == "classic" else tournament)
        )
        assert rules.valid_from <= rules.checked_on


def test_a_day_has_a_rule_set():
    assert rules_on("2021-03-26").name == "2021-03"
    assert rules_on("2022-05-27").name == "2022-05-27"
    assert rules_on(date(2026, 8, 27)).name == "2026-01"
    assert rules_on(date(2026, 11, 24)).name == "2026-08"
    assert rules_on("2026-11-24", "signals").name == "signals-2026-09"
    for day, tournament in (("2019-01-01", "classic"), ("2022-01-01", "signals")):
        with pytest.raises(NumlearnError, match=f"{tournament} is known for {day}"):
            rules_on(day, tournament)


def test_the_same_nmr_was_at_risk_25_times_and_is_now_once():
    names = ("2021-03", "2026-01", "2026-08", "signals-2021-03", "crypto-2026-06")
    assert [RULES[name].leverage for name in names] == pytest.approx([4, 25, 1, 1, 1])


def test_payouts_compound_four_rounds_later_as_the_picture_of_2021_shows():
    scores = pd.DataFrame({"model": [0.10, 0.25, -0.10, 0.05]})
    stakes = replay(scores, "2021-03", stake=100)["model"]
    assert stakes.tolist() == pytest.approx([100, 100, 100, 100, 110, 135, 125, 130])


@pytest.mark.parametrize(("weekly", "growth"), [(0.04, 1.03598), (0.01, 1.00971)])
def test_a_constant_score_grows_by_the_root_of_the_lag(weekly, growth):
    stakes = replay(pd.DataFrame({"model": [weekly] * 300}), "2021-03")["model"]
    assert stakes[300] / stakes[299] == pytest.approx(growth, abs=1e-5)
    assert growth**4 == pytest.approx(growth**3 + weekly, abs=1e-4)


def published(configs, number=1350, opened="2026-09-08T12:00:00Z"):
    keys = ("displayName", "isPayout", "defaultMultiplier", "clipThreshold")
    return [
        {
            "number": number,
            **dict.fromkeys(("closeTime", "closeStakingTime", "scoreTime")),
            **dict.fromkeys(("resolveTime", "payoutFactor")),
            "openTime": opened,
            "roundScoreConfigs": [
                {
                    **dict(zip(keys, config, strict=True)),
                    "stakeThreshold": None,
                    "scoringStart": None,
                    "scoringEnd": None,
                }
                for config in configs
            ],
        }
    ]


def test_rules_are_compared_with_what_numerai_publishes(api):
    configs = [
        ("corr60", True, 3.0, 1.0),
        ("mmc60", True, 10.0, 1.0),
        ("mmc", False, 0.0, None),
    ]
    api.answers["rounds"] = published(configs)
    table = compare_online(["classic"]).set_index("figure")
    assert table["equal"].to_dict() == {
        "cap": True,
        "multiplier of corr60": True,
        "multiplier of mmc60": False,
        "threshold": True,
    }
    assert (table["rules"] == "2026-08").all() and (table["round"] == 1350).all()
    assert table.loc["multiplier of mmc60", ["ours", "online"]].tolist() == [15, 10]


def test_a_score_that_only_one_side_pays_is_no_match(api):
    api.answers["rounds"] = published([("v2_corr20", True, 3.0, 1.0)])
    table = compare_online(["classic"]).set_index("figure")
    assert not table.loc[["multiplier of v2_corr20", "multiplier of corr60"]][
        "equal"
    ].any()


def test_without_a_network_the_comparison_says_so(no_network, caplog):
    with pytest.raises(NumlearnError, match="asked about the rounds of classic and no"):
        compare_online()
    assert not caplog.records
