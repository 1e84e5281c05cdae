"""What users of the world bring: the right number, or one sentence."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import numlearn as nl
from numlearn.__main__ import app
from numlearn.errors import NumlearnError
from numlearn.world import crowd

SMALL = {"rows": 300, "train": 40, "rounds": 2}
OTHERS = [crowd.Honest("line", 300.0, ("line",)), crowd.Random("random", 100.0)]


pytestmark = pytest.mark.usefixtures("cache")


def play(*users, **options):
    return nl.world.run(5, users=[*OTHERS, *users], **{**SMALL, **options})


def own(function):
    return crowd.Own("mine", 100.0, function=function)


def by_hand(panel):
    return panel.iloc[:, 1:6].sum(axis=1) + np.arange(len(panel)) / 1e4


def test_a_series_is_aligned_by_its_ids():
    expected = play(own(lambda panel: by_hand(panel).to_numpy())).table("corr")["mine"]
    for shuffled in (
        lambda panel: by_hand(panel).sort_values(),
        lambda panel: by_hand(panel)[::-1].to_frame("prediction"),
        lambda panel: by_hand(panel).astype("Float64"),
        lambda panel: by_hand(panel).to_numpy()[:, None],
        lambda panel: list(by_hand(panel)),
    ):
        found = play(own(shuffled)).table("corr")["mine"]
        pd.testing.assert_series_equal(found, expected)


@dataclass(frozen=True)
class Sorted(crowd.Random):
    def predict(self, live):
        return by_hand(live.panel).sort_values()


def test_a_kind_of_one_s_own_is_aligned_too():
    expected = play(own(by_hand)).table("corr")["mine"]
    found = play(Sorted("mine", 100.0)).table("corr")["mine"]
    pd.testing.assert_series_equal(found, expected)


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda panel: by_hand(panel).reset_index(drop=True), "other ids than"),
        (lambda panel: by_hand(panel).iloc[1:], "299 rows with other ids|other ids"),
        (lambda panel: by_hand(panel).to_numpy()[1:], "an array of shape"),
        (lambda panel: pd.concat([by_hand(panel)] * 2, axis=1), "an array of shape"),
        (lambda panel: by_hand(panel).where(panel.iloc[:, 1] > 0), "missing or infin"),
        (lambda panel: by_hand(panel) / 0, "missing or infinite"),
        (lambda panel: np.full(len(panel), 0.5), "the same number in all rows"),
        (lambda panel: by_hand(panel).astype(str), "what is no number"),
        (lambda panel: ["buy"] * len(panel), "what is no number"),
        (lambda panel: {"a": 1}, "what is no number"),
        (lambda panel: by_hand(panel).astype("Float64").mask(panel.iloc[:, 1] > 2),
         "missing or infinite|no number"),
    ],
)  # fmt: skip
def test_what_numerai_would_refuse_is_refused(function, says):
    with pytest.raises(NumlearnError, match=f"mine predicted for round 1 .*({says})"):
        play(own(function))


def test_no_submission_is_none():
    season = play(own(lambda panel: None))
    assert season.table("corr")["mine"].isna().all()
    assert (season.table("weight")["mine"] == 0).all()
    assert (season.table("stake")["mine"] == 0).all()


def test_what_a_user_or_a_rule_changes_in_place_is_its_own():
    def scribbler(panel):
        panel["prediction"] = by_hand(panel)
        panel.iloc[:, 1:40] = 0
        return panel["prediction"]

    @dataclass(frozen=True)
    class Vandal(crowd.Random):
        def predict(self, live):
            for values in (live.base("line"), live.noise(self.name)):
                values *= -1
            for _, metamodel in live.published(1):
                metamodel[:] = 0
            return by_hand(live.panel)

    def pay(round_):
        round_.corr[np.isnan(round_.corr)] = 0
        payout = round_.stake * round_.corr
        round_.stake[:] = 0
        return payout

    def weigh(stake, submitted):
        stake[stake < 150] = 0
        submitted[:] = True
        return stake

    late = crowd.Copycat("late", 100.0, late=2)
    users = [Vandal("vandal", 100.0), own(scribbler), late, *OTHERS]
    change = nl.world.WhatIf(pay=pay, weigh=weigh)
    season = nl.world.run(5, users=users, change=change, **SMALL)
    quiet = play(crowd.Own("first", 100.0, by_hand), own(by_hand), late, change=change)
    for name in ("corr", "stake", "position"):
        found, expected = season.table(name), quiet.table(name)
        for user in ("mine", "line", "random", "late"):
            np.testing.assert_allclose(found[user], expected[user], rtol=1e-12)
    assert season.table("corr")["late"].isna().iloc[0]
    assert (season.table("stake")["line"] > 0).all()


@pytest.mark.parametrize("share", [3.0, -0.1, np.nan, "all", None])
def test_nobody_stakes_more_than_is_there(share):
    @dataclass(frozen=True)
    class Greedy(crowd.Random):
        def share(self, past):
            return share

    with pytest.raises(NumlearnError, match="share of greedy in round 1"):
        play(Greedy("greedy", 12_000.0))


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (
            lambda: crowd.Random("r", -1.0),
            "stake of r is a number of NMR, 0 or above, not -1.0",
        ),
        (lambda: crowd.Random("r", np.inf), "stake of r"),
        (lambda: crowd.Random("r", "100"), "stake of r"),
        (lambda: crowd.Random(3), "name of 3 is a text"),
        (lambda: crowd.Honest("h", own=-0.1), "own of h"),
        (lambda: crowd.Honest("h", own=np.nan), "own of h"),
        (
            lambda: crowd.Honest("h", models=("oracle",)),
            "models of h is one or several of trees",
        ),
        (lambda: crowd.Honest("h", models=()), "models of h"),
        (lambda: crowd.Honest("h", models=3), "models of h"),
        (
            lambda: crowd.Opposing("o", model="oracle"),
            "model of o is one of trees.* not 'oracle'",
        ),
        (lambda: crowd.Leaver("l", fear=1.5), "fear of l"),
        (lambda: crowd.Copycat("c", late=0), "late of c"),
        (lambda: crowd.Copycat("c", late=2.5), "late of c"),
        (lambda: crowd.Hedged("h", sign=0), "sign of h"),
        (lambda: crowd.Own("mine"), "function of mine is a function of live.panel"),
        (lambda: crowd.mixed(2.5), "number is a whole number from 1"),
        (lambda: crowd.mixed(3, seed="a"), "seed is a whole number"),
        (lambda: crowd.farm(-1), "number of accounts"),
        (lambda: crowd.sybils(-1), "number of pairs"),
        (lambda: crowd.with_stakes(OTHERS, total=np.inf), "total is a number"),
        (lambda: crowd.with_stakes(OTHERS, spread=-1), "spread is a number"),
    ],
)
def test_a_user_that_cannot_be_is_refused(make, says):
    with pytest.raises(NumlearnError, match=says):
        make()


def test_one_name_is_one_model():
    assert crowd.Honest("h", models="line") == crowd.Honest("h", models=("line",))


class Nobody:
    name, stake, behavior, bad_faith = "nobody", 1.0, "nobody", False


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"users": "mixed"}, "users='mixed' is neither"),
        ({"users": 2.5}, "users=2.5 is neither"),
        ({"users": None}, "users=None is neither"),
        ({"users": 0}, "number is a whole number from 1"),
        ({"users": []}, "at least one user"),
        ({"users": ["line"]}, "'line' is no user, it lacks name"),
        ({"users": [Nobody()]}, "it lacks predict"),
        ({"users": [crowd.User("u")]}, "it lacks predict"),
        ({"users": [crowd.Random]}, "is no user"),
        ({"rounds": 0}, "rounds is a whole number from 1 up, not 0"),
        ({"rounds": 2.0}, "rounds is a whole number"),
        ({"rounds": True}, "rounds is a whole number"),
        ({"seed": "one"}, "seed is a whole number"),
        ({"seed": 1.5}, "seed is a whole number"),
        ({"seed": -1}, "seed is a whole number"),
        ({"seed": [1]}, "seed is a whole number"),
        ({"rows": 10}, "rows is a whole number from 100"),
        ({"train": 1}, "train is a whole number from 20"),
        ({"rules": "2019"}, "no rule set '2019'"),
        ({"change": "no gravity"}, "no what-if 'no gravity'"),
        ({"change": nl.world.WhatIf({"kap": 1})}, "has no 'kap' to change"),
        ({"change": nl.world.WhatIf(pay=lambda r: 1.0)}, "pay returned an array"),
        ({"change": nl.world.WhatIf(weigh=lambda s, x: s / 0)}, "weigh returned"),
        ({"change": nl.world.WhatIf(weigh=lambda s, x: -s)}, "Nobody has a weight"),
    ],
)
def test_a_season_that_cannot_be_is_refused(options, says):
    with (
        pytest.raises(NumlearnError, match=says),
        np.errstate(divide="ignore", invalid="ignore"),
    ):
        nl.world.run(**{"users": OTHERS, "seed": 5, **SMALL, **options})


def test_what_can_be_counted_as_a_number_is_one():
    season = nl.world.run(np.int64(5), users=lambda seed: OTHERS, **SMALL)
    pd.testing.assert_frame_equal(season.record, play().record)


def test_a_table_that_is_not_there_is_named():
    with pytest.raises(NumlearnError, match="no table 'stak': choose one of corr, mmc"):
        play().table("stak")


@pytest.mark.parametrize("seeds", [0, "one", [], ["a"], 1.5])
def test_worlds_are_whole_numbers(seeds):
    with pytest.raises(NumlearnError, match="seed"):
        nl.world.what_if("no burn", seeds, users=OTHERS, **SMALL)


def test_a_save_of_another_rule_is_refused(tmp_path):
    def at_least(stake):
        rule = nl.world._what_if.Minimum(stake)
        return nl.world.WhatIf(pay=rule.pay, weigh=rule.weigh)

    play(path=tmp_path / "season.npz", change=at_least(10))
    with pytest.raises(NumlearnError, match="not a save of this season"):
        play(path=tmp_path / "season.npz", change=at_least(200))


def test_a_report_without_a_folder_is_refused_before_the_season(tmp_path):
    page = tmp_path / "missing" / "season.html"
    with pytest.raises(NumlearnError, match="no folder"):
        play().report(page)
    called = CliRunner().invoke(app, ["world", "run", "--report", str(page)])
    assert isinstance(called.exception, NumlearnError) and not called.output
    with pytest.raises(NumlearnError, match="is a folder"):
        play().report(tmp_path)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"seed": "one"}, "seed is a whole number"),
        ({"eras": 40.5}, "eras is a whole number"),
        ({"rows": None}, "rows is a whole number"),
        ({"train": 2}, "train is a number, 0 to 1"),
        ({"stocks": 5}, "A world has no 'stocks'"),
    ],
)
def test_a_world_that_cannot_be_is_refused(changes, says):
    with pytest.raises(NumlearnError, match=says):
        nl.world.World.build(**changes)


def test_progress_is_none_true_or_a_callable(capsys):
    told = []
    for progress in (None, True, lambda done, total: told.append((done, total))):
        play(progress=progress)
    assert told == [(1, 2), (2, 2)] and capsys.readouterr().out == ""


@pytest.fixture(scope="module")
def world():
    return nl.world.World.build(seed=4, eras=20, rows=100, features=42)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda world: world.era("0005"), "era is a whole number"),
        (lambda world: world.truth(5.0), "era is a whole number"),
        (lambda world: world.panel([]), "No eras are asked for"),
        (lambda world: world.panel("0005"), "an era is a whole number"),
        (lambda world: nl.world.universe.panel(world, []), "No eras are asked for"),
        (lambda world: nl.world.universe.tickers(2.5), "number of tickers"),
        (lambda world: world.daily_returns(20, 200), "ends 70 days after era 20"),
        (lambda world: nl.world.interval([1.0, 2.0], 95), "level is a number, 0 to 1"),
    ],
)
def test_what_a_world_does_not_have_is_refused(world, ask, says):
    with pytest.raises(NumlearnError, match=says):
        ask(world)


def test_one_era_is_a_panel_too(world):
    pd.testing.assert_frame_equal(world.panel(5), world.panel([5]))
