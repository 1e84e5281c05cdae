"""Pay-only against stake and burn, on a table small enough to compute by hand."""

import pandas as pd
import pytest

from numlearn.errors import NumlearnError
from numlearn.staking import incentives

SCORES = pd.DataFrame(
    {"good": [0.02, 0.04], "up": [0.03, -0.01], "down": [-0.03, 0.01]}
)


def test_pay_only_forgets_losses_and_a_stake_does_not():
    assert incentives.pay_only_income(SCORES).tolist() == pytest.approx([6, 3, 1])
    assert incentives.stake_income(SCORES).tolist() == pytest.approx([6, 2, -2])


def test_a_stake_burns_no_more_than_the_cap():
    crash = pd.DataFrame({"wild": [-0.9]})
    assert incentives.stake_income(crash, stake=10)["wild"] == pytest.approx(-2.5)


def test_the_three_requirements():
    skill = pd.Series({"good": 0.03, "up": 0.0, "down": 0.0})
    stakes = pd.Series({"good": 6.0, "up": 1.0, "down": 1.0})
    income = incentives.stake_income(SCORES)
    measured = incentives.requirements(income, skill, stakes, skill > 0)
    assert measured["rewards_accuracy"] == pytest.approx(6 / 48**0.5)
    assert measured["knows_whom"] == pytest.approx(0.75)
    assert measured["lost_to_abuse"] == pytest.approx(0.25)


def test_who_gains_too_little_stays_away():
    assert incentives.skin_in_the_game(SCORES, cost=0.0) == ["good", "up"]
    assert incentives.skin_in_the_game(SCORES, cost=0.01) == ["good"]


def test_what_is_said_of_submitters_is_aligned_by_their_names():
    skill = pd.Series({"down": 0.0, "good": 0.03, "up": 0.0})
    stakes = pd.Series({"up": 1.0, "good": 6.0, "down": 1.0})
    income = incentives.stake_income(SCORES)
    measured = incentives.requirements(income, skill, stakes, skill > 0)
    assert measured["rewards_accuracy"] == pytest.approx(6 / 48**0.5)
    assert measured["knows_whom"] == pytest.approx(0.75)
    with pytest.raises(NumlearnError, match="name different submitters"):
        incentives.requirements(income, skill, stakes.rename({"up": "who"}), skill > 0)
    with pytest.raises(NumlearnError, match="A score is a number"):
        incentives.pay_only_income(100 * SCORES)
