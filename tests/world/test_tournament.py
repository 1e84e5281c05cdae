import os
import subprocess
import sys
import time
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from numlearn.errors import NumlearnError
from numlearn.metamodel import era_stake_weighted
from numlearn.scoring import Ranks, corr, mmc
from numlearn.staking import NMR, RULES, Ledger, replay
from numlearn.world import crowd
from numlearn.world._season import year_totals
from numlearn.world._what_if import WhatIf
from numlearn.world.tournament import Live, run, stake_pays, submission

SMALL = {"rows": 300, "train": 40}
USERS = [
    crowd.Honest("line", 3000.0, ("line",), own=0.3),
    crowd.Honest("sub", 1000.0, ("sub_a",)),
    crowd.Honest("onlooker", 0.0, ("line", "sub_a")),
    crowd.Random("random", 500.0),
    crowd.Opposing("opposing", 500.0, "line"),
    *crowd.sybils(1, 200.0),
    crowd.Leaver("leaver", 800.0, ("sub_a",), fear=0.05),
    crowd.PumpAndRun("runner", 800.0, ("line",)),
    crowd.Copycat("copycat", 1000.0, late=3),
]


pytestmark = pytest.mark.usefixtures("cache")


def play(rounds=20, rules="2026-01", users=USERS, seed=5, **options):
    return run(seed, rules, rounds, users, **{**SMALL, **options})


def same(a, b, rounds=None):
    for name in ("corr", "mmc", "weight", "position", "stake", "payout"):
        pd.testing.assert_frame_equal(
            a.table(name)[:rounds], b.table(name)[:rounds], check_exact=True
        )
    pd.testing.assert_frame_equal(
        a.rounds[:rounds], b.rounds[:rounds], check_exact=True
    )


@pytest.fixture(scope="module")
def season(cache):
    return play()


def test_scores_and_metamodel_are_the_library_s(season):
    """The loop ranks once; the library's functions rank each time. They must agree."""
    for number in (1, 12):
        week = season.weeks[number - 1]
        past = [w["metamodel"] for w in season.weeks[: number - 1]]
        live = Live(season.arena, number, past)
        made = {user.name: user.predict(live) for user in USERS}
        panel = pd.DataFrame({k: v for k, v in made.items() if v is not None})
        panel.insert(0, "era", "1")
        names = list(panel.columns[1:])
        panel["target"] = season.arena.live[number - 1].targets["target"]
        weight = season.table("weight").loc[number]
        blend = era_stake_weighted(panel[names], weight[names])
        np.testing.assert_allclose(week["metamodel"], blend, rtol=1e-5, atol=1e-7)
        expected = corr(panel, names), mmc(panel, names, metamodel=blend)
        for name, table in zip(("corr", "mmc"), expected, strict=True):
            found = season.table(name).loc[number, names]
            np.testing.assert_allclose(found, table.iloc[0], rtol=1e-4, atol=1e-6)
        assert season.rounds["metamodel_corr"][number - 1] == pytest.approx(
            corr(panel.assign(mm=blend), "mm").iloc[0, 0], rel=1e-4
        )


@pytest.mark.parametrize("name", ["2021-03", "2026-08"])
def test_positions_are_those_of_staking(name):
    """With one round a week, a position that stakes on is what `replay` computes."""
    rules = replace(RULES[name], rounds_a_week=1, lag=5, threshold=None)
    season = play(rules=rules, users=USERS[:2] + USERS[3:5])
    stakes = {user.name: user.stake for user in season.crowd}
    scores = {"corr": season.table("corr"), "mmc": season.table("mmc")}
    expected = replay(scores, rules, stakes)
    np.testing.assert_allclose(season.table("position"), expected[:20], rtol=1e-9)
    np.testing.assert_allclose(season.users["final"], expected.iloc[-1], rtol=1e-9)


def test_five_rounds_a_week_pay_five_times_after_25(season):
    at_risk, week = season.table("stake"), season.weeks[0]
    factor = season.rounds["payout_factor"]
    assert (factor == 1).all()  # 7,800 NMR are far below the threshold
    rate = np.clip(0.75 * week["corr"] + 2.25 * week["mmc"], -0.05, 0.05)
    payout = season.table("payout").loc[1]
    expected = 5 * at_risk.loc[1] * np.nan_to_num(rate)
    np.testing.assert_allclose(payout, expected, atol=1e-9)
    position = season.table("position")
    assert (position.loc[1] == position.loc[5]).all()
    np.testing.assert_allclose(position.loc[6], position.loc[1] + payout / 5)


def test_the_payout_factor_falls_with_what_is_at_risk():
    season = play(3, users=[replace(u, stake=100 * u.stake) for u in USERS])
    total = season.table("stake").sum(axis=1).to_numpy()
    np.testing.assert_allclose(season.rounds["payout_factor"], 72_000 / total)


def booked(season):
    """Book a season in whole wei; a payout without a stake goes to the wallet."""
    ledger = Ledger()
    for user in season.crowd:
        if stake := int(user.stake * NMR):
            ledger.transfer("numerai", user.name, stake)
            ledger.stake(user.name, stake)
    for week in season.weeks:
        for user, payout in zip(season.crowd, week["payout"]):
            amount = int(payout * NMR)
            if amount > 0 and user.name in ledger.terms:
                ledger.reward(user.name, amount)
            elif amount > 0:
                ledger.transfer("numerai", user.name, amount)
            elif burned := min(-amount, ledger.staked(user.name)):
                ledger.punish(user.name, burned)
    return ledger


def test_no_nmr_is_lost(season):
    """Issued = wallets + stakes + burned, in whole wei."""
    ledger = booked(season)
    parts = ledger.audit()
    final = sum(ledger.staked(user.name) for user in USERS if user.stake)
    assert parts["stakes"] == final
    assert final / 1e18 == pytest.approx(season.users["final"].sum(), rel=1e-12)
    assert parts["burned"] / 1e18 == pytest.approx(season.rounds["burned"].sum())
    supply = season.rounds["supply"].iloc[-1]
    assert ledger.total_supply / 1e18 == pytest.approx(supply, rel=1e-12)


@pytest.mark.parametrize("name", ["2021-03", "2026-08"])
def test_stakes_are_never_negative_and_nobody_burns_more_than_is_there(name):
    wild = replace(RULES[name], multipliers=(40.0, 0.0), cap=1.0)
    season = play(20, wild)
    assert (season.table("position") >= 0).all(axis=None)
    assert (season.users["final"] >= 0).all()
    made = season.users["stake"] + season.users["income"]
    np.testing.assert_allclose(season.users["final"], made, atol=1e-9)
    booked(season).audit()


@pytest.mark.parametrize("name", ["2021-03", "2026-08"])
def test_what_has_burned_is_nothing_not_less(name):
    """A sum of what was paid and burned can end a last digit below nothing."""
    burns = WhatIf(
        pay=lambda round_: -0.37 * round_.stake,
        weigh=lambda stake, submitted: submitted.astype(float),
    )
    users = [crowd.Random(f"user_{k}", 100 / (k + 3)) for k in range(40)]
    season = play(12, replace(RULES[name], cap=1.0), users, change=burns)
    assert (season.table("position") >= 0).all(axis=None)
    assert (season.users["final"] >= 0).all()
    if name == "2021-03":  # four rounds at once, each of the whole stake
        assert (season.users["final"] == 0).all()


def test_a_target_of_float32_scores_as_one_of_float64(season):
    """The world's targets are float32, and a score's digits do not depend on it."""
    era = season.arena.live[0]
    target = era.targets["target"]
    assert target.dtype == np.float32
    columns = [submission(user, Live(season.arena, 1, [])) for user in USERS]
    ranks = Ranks(columns)
    wide = ranks.corr(target.astype(float))
    np.testing.assert_array_equal(season.table("corr").iloc[0], wide)
    np.testing.assert_array_equal(ranks.corr(target), wide)


def test_unstaked_is_scored_and_weighs_nothing(season):
    assert season.users.loc["onlooker", "income"] == 0
    assert season.table("corr")["onlooker"].notna().all()
    assert (season.table("weight")["onlooker"] == 0).all()
    without = play(users=[user for user in USERS if user.name != "onlooker"])
    for name in ("metamodel_corr", "fund_return", "paid", "burned"):
        assert (without.rounds[name] == season.rounds[name]).all()
    np.testing.assert_allclose(season.table("weight").sum(axis=1), 1)


def test_who_does_not_submit_has_nothing_at_risk(season):
    early = season.record.query("user == 'copycat' and round <= 3")
    assert early["corr"].isna().all() and (early[["stake", "weight"]] == 0).all(
        axis=None
    )
    later = season.record.query("user == 'copycat' and round > 3")
    assert later["corr"].notna().all() and (later["stake"] > 0).all()


def test_hedged_pairs_cancel_in_corr(season):
    scores = season.table("corr")
    assert scores.filter(like="hedged").sum(axis=1).abs().max() < 1e-9


def test_same_seed_same_bytes_and_another_seed_another_season(season):
    same(season, play())
    other = play(2, seed=6)
    assert (other.table("corr").iloc[1] != season.table("corr").iloc[1]).any()


def test_a_season_is_the_beginning_of_a_longer_one(season):
    same(play(8), season, 8)


def test_60_day_rules_score_the_60_day_target(season):
    slow = play(2, "2026-08")
    assert (slow.table("corr").iloc[0] != season.table("corr").iloc[0]).all()
    share = slow.table("stake").loc[1, "line"] / slow.table("position").loc[1, "line"]
    assert share == pytest.approx(1 / 64)


def test_a_leaver_leaves_for_good_and_is_paid_out_what_was_open(season):
    at_risk = season.table("stake")["leaver"]
    gone = at_risk.index[at_risk == 0]
    assert len(gone) and (at_risk[gone[0] :] == 0).all()
    assert (season.table("payout")["leaver"][gone[0] :] == 0).all()


def test_own_rules_pay_and_weigh(season):
    seen = []

    def pay(round_):
        seen.append(round_)
        return np.full_like(round_.stake, 1.0) - 2.0 * (round_.corr < 0) * round_.stake

    def weigh(stake, submitted):
        return submitted.astype(float)

    own = play(3, change=WhatIf(pay=pay, weigh=weigh))
    assert len(seen) == 15 and seen[0].total == seen[0].stake.sum()
    weight = own.table("weight").loc[1]
    assert weight["onlooker"] == weight["line"] == 1 / 9  # all but the copycat
    assert own.table("payout").loc[1, "onlooker"] == 5.0  # a prize needs no stake
    booked(own).audit()


def test_a_rule_cannot_burn_more_than_is_at_risk():
    @dataclass(frozen=True)
    class Timid(crowd.Random):
        def share(self, past):
            return 0.1

    harsh = WhatIf(pay=lambda round_: -3 * round_.stake)
    season = play(1, users=[Timid("t", 100.0)], change=harsh)
    assert season.table("stake").loc[1, "t"] == 10
    assert season.users.loc["t", "final"] == pytest.approx(50)  # five rounds of 10


def test_saved_killed_and_resumed_it_ends_the_same(season, tmp_path):
    path = tmp_path / "season.npz"
    script = (
        "import sys, tests_users\n"
        "from numlearn.world import tournament\n"
        "tournament.SAVE_EVERY = 1\n"
        "import time\n"
        "tournament.run(5, '2026-01', 20, tests_users.USERS, rows=300, train=40,"
        " path=sys.argv[1], progress=lambda *_: time.sleep(0.2))\n"
    )
    (tmp_path / "tests_users.py").write_text(
        "from numlearn.world import crowd\n" + _users_source(), encoding="utf-8"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(path)],
        cwd=tmp_path,
        env=os.environ,
    )
    while not path.exists() and child.poll() is None:
        time.sleep(0.02)
    child.kill()
    child.wait()
    with np.load(path) as file:
        assert 0 < len(file["corr"]) < 20
    calls = []
    resumed = play(path=path, progress=lambda *at: calls.append(at))
    same(resumed, season)
    assert calls[-1] == (20, 20)
    same(play(path=path), season)  # and from the complete file


def _users_source():
    lines = [f"    crowd.{user!r}," for user in USERS]
    return "USERS = [\n" + "\n".join(lines) + "\n]\n"


def test_a_file_of_another_season_is_refused(tmp_path):
    path = tmp_path / "season.npz"
    play(2, path=path)
    with pytest.raises(NumlearnError, match="not a save of this season"):
        play(2, path=path, seed=6)
    path.write_bytes(b"nothing")
    with pytest.raises(NumlearnError, match="not a save of this season"):
        play(2, path=path)
    assert path.read_bytes() == b"nothing"


def test_what_makes_no_season_is_refused():
    with pytest.raises(NumlearnError, match="Two users have the name"):
        play(users=[USERS[0], USERS[0]])
    with pytest.raises(NumlearnError, match="Classic"):
        play(rules="crypto-2024-06")
    with pytest.raises(NumlearnError, match="Nobody has a weight in round 1"):
        play(1, users=[replace(USERS[0], stake=0.0)])
    with pytest.raises(NumlearnError, match=r"an array of shape \(2,\)"):
        play(1, users=[crowd.Own("me", function=lambda panel: [1, 2])])
    with pytest.raises(NumlearnError, match="0 or above"):
        play(1, users=[replace(USERS[0], stake=-1.0)])


def test_the_fund_trades_the_metamodel_and_summaries_add_up(season):
    assert season.book.returns.to_numpy() == pytest.approx(season.rounds["fund_return"])
    exposures = season.book.exposures.filter(regex="beta|style|sector").abs()
    target = season.panel.groupby("era")["target"].mean()
    assert len(target) == 20 and len(exposures) == 20
    equal = season.fund(season.panel["target"], cost_bps=0.0)
    assert equal.summary()["sharpe"] > season.book.summary()["sharpe"]
    kinds = season.behaviors
    assert kinds["income"].sum() == pytest.approx(season.users["income"].sum())
    assert kinds["users"].sum() == len(USERS)
    totals = year_totals(season.rounds)
    figures = season.summary()
    assert totals["fund"] == pytest.approx(figures["fund_return"])
    assert totals["paid"] == pytest.approx(figures["paid"])
    assert len(season.record) == 20 * len(USERS)
    assert "20 rounds of 10 users" in repr(season)


def test_stake_pays_is_the_rule_set_s_payout(season):
    rules = RULES["2026-01"]
    from numlearn.world.tournament import Round

    arrays = np.array([0.02, -0.03]), np.array([0.005, -0.01]), np.array([100.0, 50.0])
    round_ = Round(1, *arrays, 144_000.0, rules)
    facts = [(100, 0.02, 0.005), (50, -0.03, -0.01)]
    expected = [
        rules.payout(stake, total_at_risk=144_000, corr=corr, mmc=mmc)
        for stake, corr, mmc in facts
    ]
    assert stake_pays(round_) == pytest.approx(expected)
