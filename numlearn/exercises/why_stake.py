"""Exercises: pay-only, the three requirements, and who stays."""

import numpy as np
import pandas as pd

from numlearn.exercises import Exercise, Mistake, Question
from numlearn.staking import Rules, incentives


def _scores(rng, rounds=20):
    names = [f"honest_{n}" for n in (1, 2, 3)] + [f"random_{n}" for n in (1, 2, 3, 4)]
    skill = pd.Series(3 * [0.02] + 4 * [0.0], names) + rng.uniform(0, 0.01, 7)
    scores = pd.DataFrame(rng.normal(skill, 0.02, (rounds, 7)), columns=names)
    scores.iloc[:, -1] -= scores.iloc[:, -1].mean() + 0.001  # one without luck
    return scores.round(4), skill


def tables(seed):
    """Return two tables of scores, rounds × submitters."""
    rng = np.random.default_rng([seed, 1])
    return [(_scores(rng)[0],), (_scores(rng, 35)[0],)]


def a_crowd(seed):
    """Return incomes, skills, weights, and who is honest."""
    rng = np.random.default_rng([seed, 2])
    scores, skill = _scores(rng)
    income = 100 * scores.sum()
    income.iloc[-2:] = [-5.0 - seed, 7.5]  # one who lost, one who was lucky
    weights = pd.Series(rng.uniform(50, 150, 7).round(), skill.index)
    honest = pd.Series(skill.index.str.startswith("honest"), skill.index)
    return [(income, skill, weights, honest)]


def records(seed):
    """Return a table of scores and a cost that lies between the submitters' gains.

    The first submitter gains by a wild round that the cap cuts, the second is right
    more often than not and gains too little, the third is the other way round.
    """
    rng = np.random.default_rng([seed, 3])
    scores = rng.normal([0.0, 0.004, -0.05, 0.03, 0.002], 0.001, (20, 5))
    scores[0, 0], scores[2:5, 2] = 0.9, 0.2
    names = [f"{who}_{seed}" for who in ("wild", "timid", "rare", "good", "random")]
    return [(pd.DataFrame(scores.round(5), columns=names), 0.0135)]


def pay_only_income(scores):
    """Return each submitter's income where 100 NMR are paid for a CORR of 1."""
    return incentives.pay_only_income(scores, prize=100.0)


def skin_in_the_game(scores, cost):
    """Return who gains more than the cost by the rules of 2021."""
    return incentives.skin_in_the_game(scores, cost)


def _measure(income, skill, weights, honest, **instead):
    return incentives.requirements(income, skill, weights, honest) | instead


def _who(gain, cost):
    return list(gain.index[gain > cost])


EXERCISES = (
    Exercise(
        name="pay_only_income",
        points=1,
        hints=(
            "A bad score costs nothing here: what must it count as?",
            "`scores.clip(lower=0)` turns what is below zero into zero; then sum each"
            " column and multiply by 100.",
        ),
        cases=tables,
        key=pay_only_income,
        refuses=(incentives.pay_only_income,),
        mistakes=(
            Mistake(
                lambda scores: 100 * scores.sum(),
                "You took bad scores off the income. Under pay-only they cost nothing.",
            ),
            Mistake(
                lambda scores: 100 * scores.sum().clip(lower=0),
                "You summed first and cut off afterwards. Each round is paid on its"
                " own: cut off first.",
            ),
            Mistake(
                lambda scores: 100 * scores.abs().sum(),
                "`abs` pays for bad scores, too. They get nothing.",
            ),
            Mistake(
                lambda scores: scores.clip(lower=0).sum(),
                "That is the sum of the good scores; a score of 1 is worth 100 NMR.",
            ),
            Mistake(
                lambda scores: 100 * scores.clip(lower=0).sum(axis=1),
                "That is one number a round. Sum over the rounds, one number a"
                " submitter.",
            ),
        ),
    ),
    Exercise(
        name="requirements",
        points=3,
        hints=(
            "Three numbers: a correlation, a share of the weights, a share of what was"
            " earned. `weights[honest]` are the weights of the honest ones.",
            "`np.corrcoef(income, skill)[0, 1]`; then `weights[honest].sum() /"
            " weights.sum()`; for the third take `earned = income.clip(lower=0)` and"
            " the share of `earned[~honest]`.",
        ),
        cases=a_crowd,
        key=incentives.requirements,
        mistakes=(
            Mistake(
                lambda i, s, w, h: _measure(
                    i, s, w, h, lost_to_abuse=float(i[~h].sum() / i.sum())
                ),
                "A burn is not earned by anybody: for the third number count incomes"
                " below zero as zero.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(
                    i,
                    s,
                    w,
                    h,
                    lost_to_abuse=float(
                        i[h].clip(lower=0).sum() / i.clip(lower=0).sum()
                    ),
                ),
                "The third number is the share of those who are not honest: `~honest`.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(i, s, w, h, knows_whom=float(h.mean())),
                "For the second you counted heads. What counts is their weight.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(
                    i, s, w, h, rewards_accuracy=float(np.corrcoef(w, s)[0, 1])
                ),
                "The first number compares skill with the *income*, not the weights.",
            ),
        ),
    ),
    Exercise(
        name="skin_in_the_game",
        points=2,
        hints=(
            "Cap every score at 25 % from both sides, average each submitter's, compare"
            " with the cost.",
            "`gain = scores.clip(-0.25, 0.25).mean()`; the names are"
            " `list(gain.index[gain > cost])`.",
        ),
        cases=records,
        key=skin_in_the_game,
        refuses=(incentives.skin_in_the_game, Rules.rate, Rules.payout),
        mistakes=(
            Mistake(
                lambda scores, cost: _who(scores.mean(), cost),
                "One wild score counts too much: a round pays or burns at most 25 %.",
            ),
            Mistake(
                lambda scores, cost: _who(scores.clip(-0.25, 0.25).mean(), 0),
                "You kept everybody who gains anything. They must gain more than the"
                " cost.",
            ),
            Mistake(
                lambda scores, cost: _who(scores.clip(0, 0.25).mean(), cost),
                "You forgot the burns: that is who would stay under pay-only.",
            ),
            Mistake(
                lambda scores, cost: _who((scores > 0).mean(), 0.5),
                "You asked who is right more often than not. What counts is how much"
                " they gain.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "A submitter was right in the last round. What do you know?",
        {
            "They can be trusted": "Half of those who guess are right in a round.",
            "Little: guesses are often right as well": "Right. After one round a real"
            " prediction and a lucky guess look the same.",
            "They must have cheated": "Nothing says so. Honest models are right in most"
            " rounds, and guesses in half of them.",
        },
        "b",
    ),
    Question(
        "Somebody opens two accounts and submits a prediction and its opposite. With"
        " the same stake on both they…",
        {
            "earn, one of the two is always right": "So it is under pay-only. With a"
            " stake, the other one burns as much.",
            "come out even in each round": "Right: what one earns the other burns. It"
            " is so by construction, since the rule treats both signs alike.",
            "lose both stakes": "One of the two earns what the other burns.",
        },
        "b",
    ),
    Question(
        "Why do those without skill stay away when they must stake?",
        {
            "Their stakes burn to nothing in a few rounds": "Not so: guesses earn as"
            " often as they burn, and their stakes only drift.",
            "There is nothing to gain on average, and a stake has a cost": "Right. The"
            " burn takes back, on average, all that chance earns.",
            "Numerai checks who they are": "Nobody needs to be checked: the stake lets"
            " people sort themselves.",
        },
        "b",
    ),
)
