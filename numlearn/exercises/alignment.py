"""Exercises: who gains with whom, and what one changed rule changes."""

import numpy as np
import pandas as pd
from scipy import stats

from numlearn.exercises import Exercise, Mistake, Question
from numlearn.world import interval


def seasons(seed):
    """Return (rounds, length): seasons in which sides gain more or less together.

    Some end in the middle of a block.
    """
    rng = np.random.default_rng([seed, 1])
    return [(_season(rng, rounds), length) for rounds, length in _SIZES]


_SIZES = ((104, 13), (47, 4), (30, 9), (12, 1))


def _season(rng, size):
    luck, first = rng.normal(0, 1, size), 13 * int(rng.integers(1, 70)) + 6
    rounds = pd.RangeIndex(first, first + size)
    paid = 9_000 + 2_500 * luck + rng.normal(0, 2_000, size)
    burned = 7_000 - 1_500 * luck + rng.normal(0, 2_000, size)
    return pd.DataFrame(
        {
            "round": rounds,
            "burned": burned.clip(100).round(1),
            "fund_return": (0.01 + 0.05 * (luck + rng.normal(0, 1, size))).round(5),
            "paid": paid.clip(100).round(1),
        },
        rounds,
    )


def eight_rounds():
    """Return the arguments of the statement's example."""
    fund = [0.01, 0.02, -0.01, 0, 0.03, -0.02, 0, -0.01]
    paid, burned = [5, 6, 2, 3, 3, 2, 4, 5], [1, 2, 2, 2, 1, 3, 1, 3]
    table = {"round": range(3, 11), "fund_return": fund, "paid": paid, "burned": burned}
    return pd.DataFrame(table), 3


def alignment(rounds, length):
    """Return how the fund's, the users' and the burned sums go together."""
    return _sides(rounds, _block(rounds, length)).corr()


def _block(rounds, length):
    return np.arange(len(rounds)) // length


def _sides(rounds, block, compound=True):
    """Return what each side got in each block of rounds."""
    fund = (1 + rounds["fund_return"]).groupby(block).prod() - 1
    if not compound:
        fund = rounds["fund_return"].groupby(block).sum()
    paid, burned = (rounds[name].groupby(block).sum() for name in ("paid", "burned"))
    return pd.DataFrame({"fund": fund, "users": paid - burned, "burned": burned})


def _whole_blocks(rounds, length):
    """Drop the rounds that do not fill a block."""
    return alignment(rounds[: len(rounds) // length * length], length)


def _blocks_many(rounds, length):
    """Cut the season into so many blocks, not into blocks of so many rounds."""
    return _sides(rounds, np.arange(len(rounds)) * length // len(rounds)).corr()


def _paid_only(rounds, length):
    sides = _sides(rounds, _block(rounds, length))
    return sides.assign(users=sides["users"] + sides["burned"]).corr()


def _rolling(rounds, length):
    sums = rounds[["paid", "burned"]].rolling(length).sum()
    fund = (1 + rounds["fund_return"]).rolling(length).apply(np.prod) - 1
    users = sums["paid"] - sums["burned"]
    sides = {"fund": fund, "users": users, "burned": sums["burned"]}
    return pd.DataFrame(sides).corr()


def _mean_return(rounds, length):
    block = _block(rounds, length)
    mean = rounds["fund_return"].groupby(block).mean()
    return _sides(rounds, block).assign(fund=mean).corr()


def worlds(seed):
    """Return (base, changed): one number a world, in two orders."""
    rng = np.random.default_rng([seed, 2])
    cases = []
    for number in (5, 8, 2, 21):
        world = pd.Index(rng.permutation(40)[:number] + 1, name="world")
        base = pd.Series(rng.normal(0.024, 0.006, number), world).round(4)
        changed = (base + rng.normal(-0.001, 0.001, number)).round(4)
        cases.append((base, changed.reindex(np.roll(world, 1))))
    return cases


def three_worlds():
    """Return the arguments of the statement's example."""
    base = pd.Series([0.02, 0.03, 0.01], [1, 2, 3])
    return base, pd.Series([0.028, 0.01, 0.019], [2, 3, 1])


def what_if(base, changed):
    """Return the mean of the paired differences, with its 95 % interval."""
    mean, low, high = interval(changed - base)
    return {"mean": float(mean), "low": float(low), "high": float(high)}


def _around(mean, reach):
    return {
        "mean": float(mean),
        "low": float(mean - reach),
        "high": float(mean + reach),
    }


def _with(gaps, times=None, root=True, ddof=1):
    """Return an interval of which one step may have gone wrong."""
    times = stats.t.ppf(0.975, len(gaps) - 1) if times is None else times
    error = gaps.std(ddof=ddof) / (len(gaps) ** 0.5 if root else 1)
    return _around(gaps.mean(), times * error)


def _unpaired(base, changed):
    error = np.sqrt((base.var() + changed.var()) / len(base))
    times = stats.t.ppf(0.975, len(base) - 1)
    return _around(changed.mean() - base.mean(), times * error)


_LESS_ONE = "(1 + rounds['fund_return']).groupby(block).prod..."
_AFTER_ALL = dict.fromkeys(
    (f"operator: {_LESS_ONE} → {_LESS_ONE}", "constant: 1 → 2", "constant: 1 → 0"),
    "What is taken from all blocks' returns alike changes no correlation.",
)

EXERCISES = (
    Exercise(
        name="alignment",
        points=3,
        hints=(
            "Number the blocks, 0, 0, … 1, 1, …, and group by that. A return compounds"
            " within a block; NMR adds up.",
            "`block = np.arange(len(rounds)) // length`. The fund's part is"
            " `(1 + rounds['fund_return']).groupby(block).prod() - 1`, the users' the"
            " sum of `paid` less the sum of `burned`.",
            "Put the three sums into a DataFrame with the columns `fund`, `users` and"
            " `burned`, and return its `.corr()`.",
        ),
        cases=seasons,
        example=eight_rounds,
        key=alignment,
        same=_AFTER_ALL,
        mistakes=(
            Mistake(
                lambda rounds, length: _sides(
                    rounds, np.arange(len(rounds)), compound=False
                ).corr(),
                "That is round by round. Add up blocks of `length` rounds first.",
            ),
            Mistake(
                lambda rounds, length: _sides(
                    rounds, _block(rounds, length), compound=False
                ).corr(),
                "You added the fund's returns. A return applies to what the last one"
                " left: multiply `1 + fund_return`, and take 1 away at the end.",
            ),
            Mistake(
                lambda rounds, length: _paid_only(rounds, length),
                "The users keep what is paid *less* what burns.",
            ),
            Mistake(
                lambda rounds, length: _sides(rounds, _block(rounds, length)).cov(),
                "That is the covariance, which has units. Use `.corr()`.",
            ),
            Mistake(
                lambda rounds, length: _sides(
                    rounds, np.arange(len(rounds)) % length
                ).corr(),
                "`%` puts rounds together that lie far apart. A block is rounds that"
                " follow each other: `//`.",
            ),
            Mistake(
                lambda rounds, length: _sides(
                    rounds, np.arange(len(rounds))[::-1] // length
                ).corr(),
                "You counted the blocks from the last row. The first one begins with"
                " the first row, and the last one may not be full.",
            ),
            Mistake(
                lambda rounds, length: _sides(rounds, _block(rounds, 13)).corr(),
                "You made blocks of 13 rounds. How many make a block is an argument:"
                " `length`.",
            ),
            Mistake(
                lambda rounds, length: _sides(rounds, _block(rounds, length)).corr(
                    "spearman"
                ),
                "You compared ranks. Take the plain correlation, which `.corr()` is.",
            ),
            Mistake(
                lambda rounds, length: _sides(rounds, _block(rounds, length)),
                "That is what each side got in each block. Return how the three go"
                " together: its `.corr()`.",
            ),
            Mistake(
                _rolling,
                "Your blocks overlap: a window that moves by one round. Each round"
                " belongs to one block.",
            ),
            Mistake(
                _mean_return,
                "You took the mean of the fund's returns in a block. A return applies"
                " to what the last one left: multiply `1 + fund_return`.",
            ),
            Mistake(
                lambda rounds, length: _sides(
                    rounds, rounds["round"].to_numpy() // length
                ).corr(),
                "You made blocks by the rounds' numbers, and the first round's number"
                " is no multiple of a block's length. Count rows:"
                " `np.arange(len(rounds)) // length`.",
            ),
            Mistake(
                lambda rounds, length: _sides(
                    rounds, (rounds["round"].to_numpy() - 1) // length
                ).corr(),
                "You made blocks by the rounds' numbers, and the first round need not"
                " be number 1. Count rows: `np.arange(len(rounds)) // length`.",
            ),
            Mistake(
                _whole_blocks,
                "You dropped the last rounds, which do not fill a block. They make one"
                " of their own.",
            ),
            Mistake(
                _blocks_many,
                "You made `length` blocks. It says how many rounds make up one.",
            ),
            Mistake(
                lambda rounds, length: alignment(rounds, length).round(2),
                "You rounded the correlations: return them as they are.",
            ),
        ),
    ),
    Exercise(
        name="what_if",
        points=3,
        hints=(
            "Subtract first, world by world (pandas finds the same world by its index),"
            " and forget the two columns. What is left is one sample.",
            "Its standard error is `gaps.std() / len(gaps) ** 0.5`. The interval"
            " reaches `stats.t.ppf(0.975, len(gaps) - 1)` of these to either side.",
        ),
        cases=worlds,
        example=three_worlds,
        key=what_if,
        refuses=(what_if, interval),
        mistakes=(
            Mistake(
                lambda base, changed: _with(base - changed),
                "The sign is turned: a gain should be above zero, so take `changed`"
                " less `base`.",
            ),
            Mistake(
                lambda base, changed: _with(
                    pd.Series(changed.to_numpy() - base.to_numpy())
                ),
                "You subtracted by position, and the worlds come in another order."
                " Subtract the Series, which go by their index.",
            ),
            Mistake(
                _unpaired,
                "You compared two samples. Both hold the same worlds: subtract world by"
                " world, so that what makes a world good or bad for both cancels.",
            ),
            Mistake(
                lambda base, changed: _with(changed - base, times=1.96),
                "1.96 is for large samples. With a handful of worlds the error itself"
                " is unsure: use Student's t.",
            ),
            Mistake(
                lambda base, changed: _with(
                    changed - base, times=stats.t.ppf(0.95, len(base) - 1)
                ),
                "That leaves 5 % on *each* side. For 95 % between them take the 97.5 %"
                " point of t.",
            ),
            Mistake(
                lambda base, changed: _with(changed - base, root=False),
                "That is how far worlds scatter. For the error of their mean divide by"
                " the root of their number.",
            ),
            Mistake(
                lambda base, changed: _with(changed - base, ddof=0),
                "The standard deviation of a sample divides by one less than its"
                " number: `.std()` of a Series does, `np.std` does not.",
            ),
            Mistake(
                lambda base, changed: _with(
                    changed - base, times=stats.t.ppf(0.975, len(base))
                ),
                "Student's t has one degree of freedom less than there are worlds.",
            ),
            Mistake(
                lambda base, changed: _with(
                    changed - base, times=stats.norm.ppf(0.975)
                ),
                "That is the normal distribution's point. With a handful of worlds the"
                " error itself is unsure: use Student's t.",
            ),
            Mistake(
                lambda base, changed: _with(
                    changed - base,
                    times=stats.t.ppf(0.975, len(base) - 1)
                    * np.sqrt(len(base) / (len(base) - 1)),
                ),
                "You took one world off twice. `.std()` divides by n - 1 already: its"
                " error is that divided by the root of n.",
            ),
            Mistake(
                lambda base, changed: _with(changed / base - 1),
                "You compared in per cent of `base`. Subtract: `changed - base`.",
            ),
            Mistake(
                lambda base, changed: {
                    "mean": (changed - base).mean(),
                    "low": (changed - base).quantile(0.025),
                    "high": (changed - base).quantile(0.975),
                },
                "That is between which numbers the worlds lie. The interval is that of"
                " their *mean*: reckon it from the standard error.",
            ),
            Mistake(
                lambda base, changed: {
                    name: round(x, 4) for name, x in what_if(base, changed).items()
                },
                "You rounded the numbers: return them as they are.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "In quarters in which the metamodel scores well the fund earns. What does that"
        " show about incentives?",
        {
            "That users work for the fund": "A fund that trades random numbers earns"
            " where *they* score well, and nobody worked for it.",
            "Nothing yet: score and return are of the same stocks and days": "Right."
            " It is built in. What people do because of the rule is another question.",
            "That the rule is good for everybody": "It would be so under any rule: no"
            " rule has entered the comparison.",
        },
        "b",
    ),
    Question(
        "Good new models join a crowded tournament. Who gains?",
        {
            "Everybody": "The blend gains. But above the threshold the purse is shared,"
            " and the earlier users' share got smaller.",
            "The earlier users, as the metamodel is better": "Nobody is paid for the"
            " metamodel. They share the same purse with more people, and a better"
            " metamodel makes MMC harder.",
            "The fund and the newcomers, at the expense of the earlier users": "Right:"
            " in all six worlds of this lesson the metamodel was better and the earlier"
            " users' income less.",
        },
        "c",
    ),
    Question(
        "What do burns do, in this lesson's seasons?",
        {
            "They make a given crowd's metamodel much better": "Where most people"
            " worked it was much the same with burns and without.",
            "They keep guessing from paying nearly as well as work": "Right: without"
            " burns guessers earned nearly as much as those who work. Why should"
            " anybody work then?",
            "They are income for Numerai": "A burned stake goes to nobody. It is"
            " destroyed.",
        },
        "b",
    ),
)
