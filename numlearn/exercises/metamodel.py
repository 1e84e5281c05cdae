"""Exercises: who counts, the blend, and the blend without one."""

import numpy as np
import pandas as pd

from numlearn import metamodel
from numlearn.eras import gaussianize
from numlearn.exercises import Exercise, Mistake, Question

NAMES = ["ana", "bo", "cy", "di", "ed"]


def submissions(seed):
    """Return (stakes, on_time): one without a stake, one that came late."""
    rng = np.random.default_rng([seed, 1])
    cases = []
    for _ in range(2):
        stakes = pd.Series(rng.integers(1, 60, 5) * 10.0, rng.permutation(NAMES))
        on_time = pd.Series(True, stakes.index)
        stakes.iloc[1], on_time.iloc[3] = 0.0, False
        cases.append((stakes, on_time))
    return cases


def a_staked_crowd(seed):
    """Return a panel with gaps, its models on different scales, and stakes by name."""
    rng = np.random.default_rng([seed, 2])
    era = np.repeat(["0001", "0002", "0003"], (30, 45, 38))
    skill, level = rng.normal(size=len(era)), rng.normal(0, 2, 3)
    panel = pd.DataFrame({"era": era})
    for name, scale in zip(NAMES, (0.01, 1.0, 30.0, 2.0, 0.1)):
        own = rng.normal(size=len(era))
        values = scale * (level[panel["era"].astype(int) - 1] + skill + own)
        panel[name] = np.where(rng.random(len(era)) < 0.1, np.nan, values)
    stakes = pd.Series(rng.integers(2, 60, 5) * 10.0, NAMES)
    stakes.iloc[int(rng.integers(5))] = 0.0
    return [(panel.sample(frac=1, random_state=seed), stakes)]


def one_round(seed):
    """Return one round's predictions, each of normal shape, and stakes by name."""
    rng = np.random.default_rng([seed, 3])
    shared = rng.normal(size=(60, 1))
    predictions = gaussianize(
        pd.DataFrame(shared + rng.normal(size=(60, 4)), columns=NAMES[:4])
    )
    stakes = pd.Series(rng.integers(2, 60, 4) * 10.0, NAMES[:4])
    stakes.iloc[2] = 0.0
    return [(predictions, stakes)]


def stake_weights(stakes, on_time):
    """Return each submission's share of the metamodel, from its stake."""
    counted = metamodel.counted_stakes(stakes, on_time=on_time)
    return counted / counted.sum()


def stake_weighted_metamodel(panel, stakes):
    """Return the stake-weighted blend of the models that have a stake entry."""
    return metamodel.stake_weighted(panel, list(stakes.index), stakes)


def leave_one_out(predictions, stakes):
    """Return, for each model of a round, the blend of all the others."""
    shaped = predictions.to_numpy()
    total = shaped @ stakes.to_numpy()
    others = stakes.sum() - stakes.to_numpy()
    rest = (total[:, None] - shaped * stakes.to_numpy()) / others
    return pd.DataFrame(rest, predictions.index, predictions.columns)


def _blend(panel, stakes, shape=gaussianize, fill=0.0):
    shaped = panel.groupby("era")[list(stakes.index)].transform(shape).fillna(fill)
    return shaped @ (stakes / stakes.sum())


def _in_one_heap(panel, stakes):
    return gaussianize(panel[list(stakes.index)]).fillna(0) @ (stakes / stakes.sum())


def _each(predictions, blend_without):
    return pd.DataFrame({name: blend_without(name) for name in predictions})


def _kept_divisor(predictions, stakes):
    mean = predictions @ stakes / stakes.sum()
    return _each(
        predictions, lambda n: mean - predictions[n] * stakes[n] / stakes.sum()
    )


def _equal_rest(predictions, stakes):
    return _each(predictions, lambda n: predictions.drop(columns=n).mean(axis=1))


def _with_everybody(predictions, stakes):
    return _each(predictions, lambda n: predictions @ stakes / stakes.sum())


def _rest_in_sum(predictions, stakes):
    return _each(
        predictions, lambda n: predictions.drop(columns=n) @ stakes.drop(index=n)
    )


def _lost(predictions, stakes):
    mean = predictions @ stakes / stakes.sum()
    return _each(predictions, lambda n: mean) - leave_one_out(predictions, stakes)


EXERCISES = (
    Exercise(
        name="stake_weights",
        points=2,
        hints=(
            "Whoever came late counts as if nothing stood behind the submission. What"
            " must all shares add up to?",
            "`counted = stakes.where(on_time, 0.0)`, then divide by its sum.",
        ),
        cases=submissions,
        key=stake_weights,
        refuses=(metamodel.counted_stakes,),
        mistakes=(
            Mistake(
                lambda stakes, on_time: stakes / stakes.sum(),
                "Somebody came late and still has a share: late submissions are scored"
                " and weigh nothing.",
            ),
            Mistake(
                lambda stakes, on_time: stakes.where(on_time, 0.0) / stakes.sum(),
                "The shares do not add up to 1: divide by the stakes that count, not by"
                " all.",
            ),
            Mistake(
                lambda stakes, on_time: (
                    ((stakes > 0) & on_time) / ((stakes > 0) & on_time).sum()
                ),
                "You gave everybody who counts the same share. It goes by how much they"
                " have put behind their predictions.",
            ),
            Mistake(
                lambda stakes, on_time: on_time / on_time.sum(),
                "You shared among all who came in time, whether or not anything stands"
                " behind their predictions.",
            ),
            Mistake(
                lambda stakes, on_time: stakes.where(on_time, 0.0),
                "These are amounts of NMR. Divide by their sum to get shares.",
            ),
            Mistake(
                lambda stakes, on_time: stakes[on_time] / stakes[on_time].sum(),
                "Whoever came late is gone from the list. Keep everybody, with a share"
                " of 0.",
            ),
        ),
    ),
    Exercise(
        name="stake_weighted_metamodel",
        points=3,
        hints=(
            "Three steps: a normal shape for each model within each era; 0, the middle,"
            " where a prediction is missing; then the weighted mean.",
            "`shaped = panel.groupby('era')[list(stakes.index)]"
            ".transform(nl.eras.gaussianize)`, then `.fillna(0)`.",
            "The weighted mean of the columns is `shaped @ (stakes / stakes.sum())`.",
        ),
        cases=a_staked_crowd,
        key=stake_weighted_metamodel,
        refuses=(metamodel.stake_weighted, metamodel.equal_weighted),
        mistakes=(
            Mistake(
                lambda panel, stakes: _blend(panel, (stakes > 0).astype(float)),
                "Everybody with a stake has the same say here. Weigh by how large it"
                " is.",
            ),
            Mistake(
                lambda panel, stakes: _blend(panel, stakes * 0 + 1.0),
                "Everybody has the same say here, even without a stake: that is the"
                " equal-weighted blend of {lesson:crowd}.",
            ),
            Mistake(
                lambda panel, stakes: _blend(panel, stakes) * stakes.sum(),
                "That is the weighted sum. Divide by all stakes to get the mean.",
            ),
            Mistake(
                lambda panel, stakes: _blend(panel, stakes, fill=np.nan),
                "One missing prediction made the whole row missing. After the shaping,"
                " a missing one takes the middle: 0.",
            ),
            Mistake(
                _in_one_heap,
                "You shaped all eras in one heap. Do it within each era.",
            ),
            Mistake(
                lambda panel, stakes: _blend(panel, stakes, shape=lambda x: x),
                "You weighed the numbers as they were sent. Whoever sends large ones"
                " decides alone: shape each model first.",
            ),
        ),
    ),
    Exercise(
        name="leave_one_out",
        points=3,
        hints=(
            "For each name: drop its column and its stake, and take the weighted mean"
            " of what is left. The shares must add up to 1 again.",
            "`rest = stakes.drop(index=name)`, then"
            " `predictions.drop(columns=name) @ (rest / rest.sum())`, one column a"
            " name.",
        ),
        cases=one_round,
        key=leave_one_out,
        refuses=(metamodel.leave_one_out, metamodel.era_leave_one_out),
        mistakes=(
            Mistake(
                _kept_divisor,
                "You took the model's part out of the sum, but still divide by all"
                " stakes: the shares of the others must add up to 1 again.",
            ),
            Mistake(
                _equal_rest,
                "You weighed the others equally. They keep their stakes.",
            ),
            Mistake(
                _with_everybody,
                "Every column is the whole metamodel: drop the model that the column is"
                " named after.",
            ),
            Mistake(
                _rest_in_sum,
                "That is the sum of the others. Divide by their stakes: a mean.",
            ),
            Mistake(
                _lost,
                "That is how the blend changes when the model goes. Return the blend of"
                " the others itself.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "A model without a stake has the best CORR of all. In the metamodel it weighs…",
        {
            "the most": "Scores say how good it was. They do not enter the weight.",
            "nothing": "Right. It is scored like any other, and the fund does not trade"
            " on it.",
            "as much as any other": "That would be the equal-weighted blend, in which"
            " free accounts have a say.",
        },
        "b",
    ),
    Question(
        "When does a blend weighted by stake beat an equal-weighted one?",
        {
            "Always, by construction": "No. Where most models were fair and stakes"
            " drawn by lot, it was behind in the first year of every world.",
            "When stakes have followed skill for a while, in a crowd with many poor"
            " models": "Right. In a crowd in which nearly all are good there is little"
            " to tell apart, and lopsided stakes waste opinions.",
            "When a few hold most of the stakes": "Then the blend is nearly their"
            " opinion alone, and the errors of the others no longer help to cancel"
            " theirs.",
        },
        "b",
    ),
    Question(
        "Left out of the blend, a model makes the blend's CORR rise. What does that"
        " say?",
        {
            "Its own CORR is negative": "Often, and not always: a good model that is"
            " like many others, with too much weight, does it as well.",
            "In these rounds the others were better without it": "Right, and in these"
            " rounds only: the difference is small and has an error.",
            "It has no stake": "Without a stake nothing changes at all when it goes.",
        },
        "b",
    ),
)
