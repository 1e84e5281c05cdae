"""Exercises: pay-only, the three requirements, and who stays."""

import numpy as np
import pandas as pd

from numlearn.exercises import Exercise, Mistake, Question
from numlearn.staking import incentives

PEOPLE = ("ada", "ben", "cleo", "dina", "egon", "fay", "gus", "hana", "ivo", "jun")
PEOPLE += ("kim", "lea", "mia", "nora")


def _people(rng, number):
    return list(rng.permutation(PEOPLE)[:number])


def tables(seed):
    """Return tables of scores, rounds × submitters: one round, one submitter, more."""
    rng = np.random.default_rng([seed, 1])
    cases = []
    for rounds, number in ((1, 4), (20, 1), (int(rng.integers(8, 30)), 6)):
        scores = rng.normal(rng.uniform(-0.01, 0.02, number), 0.02, (rounds, number))
        first = int(rng.integers(1, 300))
        index = pd.RangeIndex(first, first + rounds, name="round")
        table = pd.DataFrame(scores.round(4), index, _people(rng, number))
        table["never"] = -table.iloc[:, 0].abs() - 0.001
        table.iloc[rounds // 2, 0] = 0.3  # pay-only knows no cap
        cases.append((table,))
    return cases


def a_crowd(seed):
    """Return incomes, skills, weights and who is honest, of crowds of several sizes."""
    rng = np.random.default_rng([seed, 2])
    cases = []
    for number, some in ((7, 3), (4, 1), (10, 10), (9, 6)):
        honest = rng.permutation(np.arange(number) < some)
        skill = 0.02 * honest + rng.uniform(0, 0.01, number)
        income = (500 * skill + rng.normal(0, 4, number)).round(2)
        income[rng.choice(number, 2, replace=False)] = -3.5, 8.25
        columns = (income, skill, rng.uniform(50, 150, number).round(), honest)
        names = _people(rng, number)
        cases.append(tuple(pd.Series(column, names) for column in columns))
    return cases


def records(seed):
    """Return tables of scores, and costs between the submitters' gains, or equal."""
    rng = np.random.default_rng([seed, 3])
    equal = pd.DataFrame({"capped": [0.0] * 8, "steady": 4 * [3 / 64, 1 / 64]})
    equal.iloc[rng.integers(8), 0] = 0.9  # both gain 1/32
    equal["more"], equal["less"] = equal["steady"] + 1 / 1024, equal["steady"] / 2
    equal = equal[rng.permutation(equal.columns)].set_axis(_people(rng, 4), axis=1)
    few = pd.DataFrame(rng.uniform(-0.03, 0.03, (3, 4)).round(4))
    too_dear = round(max(few.mean().max(), 0) + 0.001, 4)
    few.columns = _people(rng, 4)
    return [_all_kinds(rng), (equal, 1 / 32), (few, too_dear), _all_kinds(rng)]


def _all_kinds(rng):
    """Return a cost and submitters, of whom every wrong rule misjudges some."""
    rounds = 2 * int(rng.integers(6, 12))
    cost = round(0.26 / rounds, 6)
    kinds = np.full((14, rounds), cost)
    kinds[0], kinds[0, 0] = 0, 0.9  # gains by a wild round that the cap cuts
    kinds[1], kinds[1, 0] = (
        (0.26 + rounds * cost) / (rounds - 1),
        -0.9,
    )  # and the reverse
    kinds[2] *= 0.5  # right in each round, and gains too little
    kinds[3], kinds[3, :4] = -cost, 0.2  # wrong in most, and gains
    kinds[4, ::2], kinds[4, 1::2] = 0.245, -0.19  # gains, and would not if compounded
    kinds[5, ::2], kinds[5, 1::2] = 2.5 * cost, -1.5 * cost  # gains if nothing burns
    kinds[6] *= 0.95
    kinds[7] *= 1.4
    kinds[8] *= -1
    kinds[9] *= 0.4 / rounds
    kinds[10], kinds[10, :3] = 1.5 * cost, -0.1  # gains in the median round alone
    kinds[11], kinds[11, 0] = 0.05 / (rounds - 1), 0.9  # gains, with the wild round
    kinds[:12] += rng.normal(0, 0.0001, (12, rounds))
    kinds[12] = cost / 200  # gains more than the cost if that is taken for per cent
    kinds[13], kinds[13, 0] = -0.3 / (rounds - 1), 0.9  # loses, but for the wild round
    shuffled = rng.permuted(rng.permutation(kinds), axis=1).T
    return pd.DataFrame(shuffled.round(6), columns=_people(rng, 14)), cost


def pay_only_income(scores):
    """Return each submitter's income where 100 NMR are paid for a CORR of 1."""
    return incentives.pay_only_income(scores, prize=100.0)


def _earners(income):
    return income[income > 0]


def skin_in_the_game(scores, cost):
    """Return who gains more than the cost by the rules of 2021."""
    return incentives.skin_in_the_game(scores, cost)


def _measure(income, skill, weights, honest, **instead):
    return incentives.requirements(income, skill, weights, honest) | instead


def _share(part, whole):
    return float(part.sum() / whole.sum())


def _ratio(part, rest):
    return float(part.sum()) / (float(rest.sum()) or np.nan)


def _to_honest(income, honest):
    earned = income.clip(lower=0)
    return _ratio(earned[~honest], earned[honest])


def _compounded(rates):
    return (1 + rates).prod() ** (1 / len(rates)) - 1


def _who(gain, cost):
    return list(gain.index[gain > cost])


def _best_first(gain, cost):
    return _who(gain.sort_values(ascending=False), cost)


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
        example=lambda: (pd.DataFrame({"a": [0.02, -0.03], "b": [0.01, 0.03]}),),
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
                lambda scores: 100 * scores.clip(lower=0).mean(),
                "That is what a round pays on average. Add the rounds up.",
            ),
            Mistake(
                lambda scores: 100 * (scores > 0).sum(),
                "You paid 100 NMR for every round above zero. It is 100 NMR *times the"
                " CORR* of the round.",
            ),
            Mistake(
                lambda scores: 100 * scores.clip(lower=0).sum(axis=1),
                "That is one number a round. Sum over the rounds, one number a"
                " submitter.",
            ),
            Mistake(
                lambda scores: 100 * scores.clip(0, 0.25).sum(),
                "You capped what a round pays. Here it is 100 NMR times the CORR,"
                " however large.",
            ),
            Mistake(
                lambda scores: _earners(100 * scores.clip(lower=0).sum()),
                "Whoever never had a good round is missing: they earn 0.",
            ),
        ),
    ),
    Exercise(
        name="requirements",
        points=3,
        hints=(
            "Three numbers: a correlation, a share of the weights, a share of what was"
            " earned. `weights[honest]` are the weights of the honest ones.",
            "`income.corr(skill)`; then `weights[honest].sum() / weights.sum()`; for"
            " the third take `earned = income.clip(lower=0)` and the share of"
            " `earned[~honest]`.",
        ),
        cases=a_crowd,
        example=lambda: (
            pd.Series([6, 2, -1, -2]),
            pd.Series([0.03, 0, 0, 0.01]),
            pd.Series([5, 1, 1, 1]),
            pd.Series([True, False, False, True]),
        ),
        key=incentives.requirements,
        mistakes=(
            Mistake(
                lambda i, s, w, h: _measure(
                    i, s, w, h, lost_to_abuse=_share(i[~h].clip(lower=0), i)
                ),
                "Burns made what is earned smaller: count incomes below zero as zero"
                " in the whole as well.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(i, s, w, h, lost_to_abuse=_share(i[~h], i)),
                "A burn is not earned by anybody: for the third number each income"
                " below zero counts as zero; only then add up.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(
                    i,
                    s,
                    w,
                    h,
                    lost_to_abuse=_share(i[h].clip(lower=0), i.clip(lower=0)),
                ),
                "The third number is the share of those who are not honest: `~honest`.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(
                    i, s, w, h, lost_to_abuse=float(i[~h].clip(lower=0).sum())
                ),
                "The third number is a share: divide by what all have earned.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(i, s, w, h, knows_whom=float(h.mean())),
                "For the second you counted heads. What counts is their weight.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(
                    i, s, w, h, knows_whom=float(w[h].mean() / w.mean())
                ),
                "For the second you compared mean weights. Their share is a sum divided"
                " by a sum.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(i, s, w, h, knows_whom=_share(w[~h], w)),
                "For the second that is the share of the others.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(
                    i, s, w, h, rewards_accuracy=float(np.corrcoef(w, s)[0, 1])
                ),
                "The first number compares skill with the *income*, not the weights.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(
                    i, s, w, h, rewards_accuracy=float(i[h].corr(s[h]))
                ),
                "For the first you took the honest ones alone. Correlate income and"
                " skill over all.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(
                    i, s, w, h, rewards_accuracy=float(i.rank().corr(s.rank()))
                ),
                "For the first you compared ranks. Take the plain correlation, of the"
                " numbers as they are.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(
                    i,
                    s,
                    w,
                    h,
                    rewards_accuracy=float(i.clip(lower=0).corr(s)),
                ),
                "For the first, what somebody lost counts: only the third number takes"
                " incomes below zero as zero.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(i, s, w, h, lost_to_abuse=_to_honest(i, h)),
                "For the third you divided by what the honest ones earn. Divide by what"
                " all earn.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(
                    i, s, w, h, lost_to_abuse=_share(i[~h].abs(), i.abs())
                ),
                "`abs` makes a burn an earning. For the third number an income below"
                " zero counts as zero.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(
                    i, s, w, h, lost_to_abuse=_share(i[~h], i.clip(lower=0))
                ),
                "Burns made what the others earned smaller: count incomes below zero as"
                " zero in the part as well as in the whole.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(i, s, w, h, knows_whom=float(w[h].sum())),
                "For the second that is the sum of the honest ones' weights. Weights"
                " need not add up to 1: divide by all of them.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(i, s, w, h, knows_whom=_ratio(w[h], w[~h])),
                "For the second you divided by the weights of the others. Divide by all"
                " weights.",
            ),
            Mistake(
                lambda i, s, w, h: {
                    name: round(x, 3) for name, x in _measure(i, s, w, h).items()
                },
                "You rounded the numbers: return them as they are.",
            ),
            Mistake(
                lambda i, s, w, h: _measure(i, s, w, s > 0),
                "You took everybody with a skill above zero for honest. Who is honest"
                " is an argument.",
            ),
        ),
    ),
    Exercise(
        name="skin_in_the_game",
        points=2,
        hints=(
            "Cap every score at 25 % from both sides, average each submitter's, compare"
            " with the cost.",
            "`gain = scores.clip(lower=-0.25, upper=0.25).mean()`; the names are"
            " `list(gain.index[gain > cost])`.",
        ),
        cases=records,
        example=lambda: (pd.DataFrame({"a": [0.02, -0.03], "b": [0.01, 0.03]}), 0.01),
        key=skin_in_the_game,
        refuses=(incentives.skin_in_the_game,),
        mistakes=(
            Mistake(
                lambda scores, cost: _who(scores.mean(), cost),
                "One wild score counts too much: each round pays or burns at most 25 %,"
                " so cap the scores before you average them.",
            ),
            Mistake(
                lambda scores, cost: _who((scores - cost).clip(-0.25, 0.25).mean(), 0),
                "You took the cost off before the cap, so a wild round counts too much."
                " Cap the scores, take the mean, then compare it with the cost.",
            ),
            *(
                Mistake(
                    lambda scores, cost, share=share: _who(
                        (scores > cost).mean(), share
                    ),
                    "You asked in how many rounds somebody gains more than the cost."
                    " What counts is the mean of all rounds.",
                )
                for share in (0, 0.5, 0.999)
            ),
            Mistake(
                lambda scores, cost: _who(-scores.clip(-0.25, 0.25).mean(), -cost),
                "Those are the ones who gain less than the cost. Who gains more stays.",
            ),
            Mistake(
                lambda scores, cost: _who(scores.clip(upper=0.25).mean(), cost),
                "You capped what a round pays. What it burns is capped at 25 %, too.",
            ),
            Mistake(
                lambda scores, cost: _who(scores.clip(lower=-0.25).mean(), cost),
                "You capped what a round burns. What it pays is capped at 25 %, too.",
            ),
            Mistake(
                lambda scores, cost: _who(100 * scores.clip(-0.25, 0.25).mean(), cost),
                "You made per cent of the gain, and the cost is a share: 0.01 is 1 %.",
            ),
            Mistake(
                lambda scores, cost: scores.clip(-0.25, 0.25).mean() > cost,
                "That is True or False for everybody. Return the list of the names for"
                " which it is True.",
            ),
            Mistake(
                lambda scores, cost: _best_first(scores.clip(-0.25, 0.25).mean(), cost),
                "These are the names, but the best comes first. Keep the order of the"
                " table's columns.",
            ),
            Mistake(
                lambda scores, cost: _who(scores.clip(-0.25, 0.25).mean(), 0),
                "You kept everybody who gains anything. They must gain more than the"
                " cost.",
            ),
            Mistake(
                lambda scores, cost: _who(
                    scores.clip(-0.25, 0.25).mean() + 1e-12, cost
                ),
                "Somebody gains exactly the cost, and *more* was asked for.",
            ),
            Mistake(
                lambda scores, cost: _who(scores.clip(-0.25, 0.25).sum(), cost),
                "You added the rounds up. The cost is that of one round: take the"
                " average.",
            ),
            Mistake(
                lambda scores, cost: _who(scores.clip(0, 0.25).mean(), cost),
                "You forgot the burns: that is who would stay under pay-only.",
            ),
            Mistake(
                lambda scores, cost: _who(scores.clip(-0.25, 0.25).median(), cost),
                "That is the median round. Take the mean: rare rounds count as well.",
            ),
            Mistake(
                lambda scores, cost: _who((scores > 0).mean(), 0.5),
                "You asked who is right more often than not. What counts is how much"
                " they gain.",
            ),
            Mistake(
                lambda scores, cost: _who(
                    scores.sum().clip(-0.25, 0.25) / len(scores), cost
                ),
                "You capped the sum of all rounds. Each round pays or burns at most"
                " 25 %: cap the scores, then take the mean.",
            ),
            Mistake(
                lambda scores, cost: _who(scores[scores.abs() <= 0.25].mean(), cost),
                "You left out the rounds beyond the cap. They count, as 25 %.",
            ),
            Mistake(
                lambda scores, cost: _who(_compounded(scores.clip(-0.25, 0.25)), cost),
                "You compounded the rounds. What is asked is the average for an NMR at"
                " stake in each of them: the plain mean.",
            ),
            Mistake(
                lambda scores, cost: sorted(skin_in_the_game(scores, cost)),
                "These are the names, but not in the order of the table's columns.",
            ),
            Mistake(
                lambda scores, cost: _who(scores.clip(-0.05, 0.05).mean(), cost),
                "5 % was the cap from May 2023 on. In 2021 it was 25 %.",
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
