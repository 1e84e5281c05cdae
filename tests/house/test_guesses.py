"""Calls as a stranger guesses them: they work, or the sentence names the right one."""

import re

import numpy as np
import pandas as pd
import pytest

import numlearn as nl
from numlearn.errors import NumlearnError

RNG = np.random.default_rng(0)
PANEL = pd.DataFrame(
    {
        "era": np.repeat(["0001", "0002", "0003"], 20),
        "target": RNG.choice([0, 0.25, 0.5, 0.75, 1], 60),
        "p": RNG.random(60),
        "q": RNG.random(60),
        "feature_a": RNG.integers(0, 5, 60).astype("int8"),
        "return_5": RNG.normal(0, 0.02, 60),
        "stock": [*range(20)] * 3,
    },
    index=pd.Index([f"n{i}" for i in range(60)], name="id"),
)
SCORES = nl.scoring.corr(PANEL, ["p", "q"])
P, Q = PANEL["p"], PANEL["q"]

WORKS = {
    "load('validation')": lambda: nl.data.load("validation", "small", every=4),
    "load(version=None)": lambda: nl.data.load("validation", version=None, every=8),
    "feature_sets()['small']": lambda: nl.data.feature_sets()["small"],
    "describe('live')": lambda: nl.data.describe("live"),
    "corr(panel, Series, Series)": lambda: nl.scoring.corr(PANEL, P, PANEL["target"]),
    "corr(panel, array)": lambda: nl.scoring.corr(PANEL, P.to_numpy()),
    "mmc(panel, 'p', 'q')": lambda: nl.scoring.mmc(PANEL, "p", "q"),
    "neutralize(panel, 'p', ['f'])": lambda: nl.scoring.neutralize(
        PANEL, "p", ["feature_a"]
    ),
    "summary(Series)": lambda: nl.scoring.summary(SCORES["p"]),
    "stake_weighted(panel, predictions, dict)": lambda: nl.metamodel.stake_weighted(
        PANEL, ["p", "q"], {"p": 1, "q": 2}
    ),
    "blend(panel, [...])": lambda: nl.models.blend(PANEL, ["p", "q"]),
    "baseline(n_estimators=)": lambda: nl.models.baseline(n_estimators=10),
    "make_submission(Series)": lambda: nl.models.make_submission(P),
    "staking.rules[...]": lambda: nl.staking.rules["2026-01"].payout(100, corr=0.02),
    "simulate(paths=)": lambda: nl.staking.simulate(SCORES, "2021-03", paths=4),
    "backtest(panel, 'p', 'return_5')": lambda: nl.fund.backtest(
        PANEL, "p", "return_5"
    ),
    "Random('name')": lambda: nl.world.crowd.Random("me", 100),
    "nl.NumlearnError, nl.errors": lambda: (nl.NumlearnError, nl.errors.NumlearnError),
    "nl.world.market": lambda: nl.world.market,
    "nl.grade": lambda: nl.grade,
}
# What is said instead, and the words of the right call that must stand in it.
SAID = {
    "load(version='v5.3')": (
        lambda: nl.data.load("validation", version="v9.9"),
        "download",
    ),
    "feature_sets('small')": (
        lambda: nl.data.feature_sets("small"),
        r"feature_sets\(\)\['small'\]",
    ),
    "neutralize(features=)": (
        lambda: nl.scoring.neutralize(PANEL, "p", features=["feature_a"]),
        "the call is neutralize.*neutralizers",
    ),
    "baseline('lightgbm')": (lambda: nl.models.baseline("lightgbm"), '"example"'),
    "corr(Series, Series)": (lambda: nl.scoring.corr(P, Q), r"era_corr\("),
    "corr(array, array)": (
        lambda: nl.scoring.corr(P.to_numpy(), Q.to_numpy()),
        r"era_corr\(",
    ),
    "simulate(n_paths=)": (
        lambda: nl.staking.simulate(SCORES, "2021-03", n_paths=4),
        "paths=",
    ),
    "payout(100, .02, .01)": (
        lambda: nl.staking.RULES["2026-01"].payout(100, 0.02, 0.01),
        "corr=…, mmc=…",
    ),
    "RULES['2025']": (lambda: nl.staking.RULES["2025"], "2026-01"),
    "history(DataFrame)": (lambda: nl.staking.history(SCORES), "its name"),
    "validate(path)": (
        lambda: nl.models.submission.validate("mine.csv", PANEL),
        r"submission\.read",
    ),
    "Random()": (nl.world.crowd.Random, "'name'"),
    "stake_weighted(panel, predictions)": (
        lambda: nl.metamodel.stake_weighted(PANEL, ["p", "q"]),
        "'stakes'",
    ),
    "backtest without days": (
        lambda: nl.fund.backtest(PANEL, "p", "target"),
        "days=20",
    ),
    "run(users='many')": (lambda: nl.world.run(users="many"), "users=30"),
}
NAMES = {
    "nl.load": "data.load",
    "nl.corr": "scoring.corr",
    "nl.simulate": "staking.simulate",
    "nl.submit": "models.submission.upload",
    "nl.course": "learner.check",
    "nl.data.load_train": "data.load",
    "nl.data.load_validation": "data.load",
    "nl.data.get_features": "data.feature_sets",
    "nl.data.summary": "scoring.summary",
    "nl.scoring.sharpe": "scoring.summary",
    "nl.scoring.drawdown": "scoring.max_drawdown",
    "nl.scoring.numerai_corr": "scoring.corr",
    "nl.scoring.correlation_contribution": "scoring.mmc",
    "nl.scoring.feature_neutral_corr": "scoring.fnc",
    "nl.scoring.neutralise": "scoring.neutralize",
    "nl.models.validate": "models.submission.validate",
    "nl.models.upload": "models.submission.upload",
    "nl.models.PurgedKFold": "models.EraKFold",
    "nl.models.LGBMRegressor": "models.LightGBM",
    "nl.models.ensemble": "models.blend",
    "nl.fund.portfolio": "fund.weights",
    "nl.metamodel.stake_weight": "metamodel.stake_weighted",
    "nl.staking.payout": "staking.RULES",
    "nl.plots.plot_scores": "plots.score_lines",
    "nl.world.simulate": "world.run",
    "nl.world.make_world": "world.make",
}


@pytest.mark.parametrize("guess", WORKS)
def test_it_works(guess):
    assert WORKS[guess]() is not None


@pytest.mark.parametrize("guess", SAID)
def test_the_sentence_names_the_right_call(guess):
    call, words = SAID[guess]
    with pytest.raises((NumlearnError, TypeError), match=words):
        call()


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_is_not_there_leads_to_one_that_is(name):
    *path, last = name.split(".")[1:]
    room = nl
    for part in path:
        room = getattr(room, part)
    with pytest.raises(AttributeError, match=re.escape(f"numlearn.{NAMES[name]}")) as e:
        getattr(room, last)
    for advised in re.findall(r"numlearn\.([\w.]+)", str(e.value).partition(": ")[2]):
        thing = nl
        for part in advised.split("."):
            thing = getattr(thing, part)


def test_what_python_asks_for_costs_nothing():
    assert not hasattr(nl.scoring, "_repr_html_")
    with pytest.raises(AttributeError) as error:
        _ = nl.scoring._private
    assert str(error.value) == "numlearn.scoring has no '_private'"
