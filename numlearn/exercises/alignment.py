"""Exercises: who gains with whom, and where the NMR goes."""

import numpy as np
import pandas as pd

from numlearn.exercises import Exercise, Mistake, Question


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


def payouts(seed):
    """Return (payouts,): rounds × users, with users who both gain and burn."""
    rng = np.random.default_rng([seed, 3])
    tables = []
    for rounds, users in ((8, 5), (1, 4), (5, 1), (30, 3)):
        names = [f"user_{n}" for n in range(users)]
        values = rng.normal(40, 300, (rounds, users)).round(1)
        index = pd.RangeIndex(1, rounds + 1, name="round")
        tables.append((pd.DataFrame(values, index, names),))
    tables.append((tables[0][0].abs(),))
    return tables


def two_users():
    """Return the arguments of the statement's example."""
    return (pd.DataFrame({"ana": [4.0, -1.0], "bo": [-2.0, 3.0]}),)


def nmr_flow(payouts):
    """Return what Numerai, the users and nobody ended with, in NMR."""
    return _flow(payouts.to_numpy())


def _flow(amounts):
    paid, burned = amounts[amounts > 0].sum(), -amounts[amounts < 0].sum()
    return _ended(-paid, paid - burned, burned)


def _ended(numerai, users, destroyed):
    ended = {"Numerai": numerai, "users": users, "destroyed": destroyed}
    return {who: float(amount) for who, amount in ended.items()}


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
        name="nmr_flow",
        points=2,
        hints=(
            "Above zero is what Numerai paid, below zero what burned. Take them apart"
            " in each round, before you add anything up.",
            "`payouts.clip(lower=0).sum().sum()` is what was paid. Numerai has that"
            " much less; the users have it, less what burned.",
        ),
        cases=payouts,
        example=two_users,
        key=nmr_flow,
        mistakes=(
            Mistake(
                lambda payouts: _flow(payouts.sum().to_numpy()),
                "You added up each user first. Who gained in one round and burned in"
                " another was paid *and* burned: take the rounds apart.",
            ),
            Mistake(
                lambda payouts: _flow(payouts.sum(axis=1).to_numpy()),
                "You added up each round first. One user's gain and another's burn in"
                " the same round are paid *and* burned: take the users apart.",
            ),
            Mistake(
                lambda payouts: (
                    nmr_flow(payouts) | {"Numerai": -float(payouts.sum().sum())}
                ),
                "What burns does not flow back to Numerai: it is poorer by all that it"
                " paid.",
            ),
            Mistake(
                lambda payouts: (
                    nmr_flow(payouts)
                    | {"users": float(payouts.clip(lower=0).sum().sum())}
                ),
                "The users keep what is paid *less* what burned.",
            ),
            Mistake(
                lambda payouts: (
                    nmr_flow(payouts)
                    | {"Numerai": float(payouts.clip(lower=0).sum().sum())}
                ),
                "Numerai pays: what it ended with is below zero.",
            ),
            Mistake(
                lambda payouts: (
                    nmr_flow(payouts)
                    | {"destroyed": float(payouts.clip(upper=0).sum().sum())}
                ),
                "What was destroyed is an amount, above zero: with it, the three add up"
                " to nothing.",
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
            " in this lesson the earlier users earned less in every world, and the"
            " metamodel mostly got better.",
        },
        "c",
    ),
    Question(
        "A fund of one noise agrees with its noise's CORR at r = .47, over eight"
        " quarters. What do you know?",
        {
            "That noise is tied to its fund half as well as skill": "Eleven other"
            " noises in the same world gave other figures, from below 0 to above .9.",
            "Little: with eight quarters one r could be nearly anything": "Right. The"
            " mean of twelve, in six worlds, is another matter.",
            "That there is no tie": "One r shows no tie as little as it shows one.",
        },
        "b",
    ),
)
