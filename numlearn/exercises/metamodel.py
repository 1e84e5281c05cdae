"""Exercises: who counts, the blend, and the blend without one."""

import numpy as np
import pandas as pd

from numlearn import metamodel
from numlearn.eras import average_rank, gaussianize
from numlearn.exercises import Exercise, Mistake, Question

NAMES = ["ana", "bo", "cy", "di", "ed", "fay"]


def submissions(seed):
    """Return (stakes, on_time): one without a stake, one that came late.

    Who was in time stands in an order of its own.
    """
    rng = np.random.default_rng([seed, 1])
    cases = []
    for size in (4, 6, 5):
        stakes = pd.Series(
            rng.integers(1, 60, size) * 10.0, rng.permutation(NAMES)[:size]
        )
        on_time = pd.Series(True, stakes.index)
        stakes.iloc[1], on_time.iloc[3] = 0.0, False
        cases.append((stakes, on_time.iloc[_turned(size)]))
    alone = pd.Series([float(rng.integers(2, 90))], [str(rng.choice(NAMES))])
    return [*cases[:2], (alone, alone > 0), cases[2]]


def _turned(size):
    """Return an order in which nobody stands where they stood."""
    return np.roll(np.arange(size), 1)


def four_submissions():
    """Return the arguments of the statement's example."""
    stakes = pd.Series({"ana": 30, "bo": 0, "cy": 60, "di": 10})
    return stakes, pd.Series({"ana": True, "bo": True, "cy": False, "di": True})


def staked_crowds(seed):
    """Return panels with gaps, their models on different scales, and stakes by name.

    The panel has columns that nobody staked on, and its models in another order.
    """
    rng = np.random.default_rng([seed, 2])
    return [(_crowd(rng, eras), _stakes(rng, size)) for eras, size in ((3, 5), (2, 3))]


def _stakes(rng, size):
    names = rng.permutation(NAMES)[:size]
    stakes = pd.Series(rng.integers(2, 60, size) * 10.0, [str(x) for x in names])
    stakes.iloc[int(rng.integers(size))] = 0.0
    return stakes


def _crowd(rng, eras):
    first = int(rng.integers(1, 900))
    number = np.repeat(np.arange(eras), rng.integers(30, 46, eras))
    skill, level = rng.normal(size=len(number)), rng.normal(0, 2, eras)
    ids = [f"n{x:06x}" for x in rng.choice(16**6, len(number), replace=False)]
    panel = pd.DataFrame({"era": [f"{first + n:04d}" for n in number]}, ids)
    panel["target"] = rng.choice([0, 0.25, 0.5, 0.75, 1.0], len(panel))
    for name, scale in zip(NAMES, rng.permutation([0.01, 0.1, 1.0, 2.0, 30.0, 500.0])):
        own = rng.normal(size=len(number))
        values = scale * (level[number] + skill + own)
        panel[name] = np.where(rng.random(len(number)) < 0.1, np.nan, values)
    return panel.iloc[rng.permutation(len(panel))]


def two_models():
    """Return the arguments of the statement's example."""
    panel = pd.DataFrame(
        {"era": ["0007"] * 3, "ana": [1, 2, 3], "bo": [0.4, np.nan, 0.2]}
    )
    return panel, pd.Series({"ana": 30, "bo": 10})


def some_rounds(seed):
    """Return rounds' predictions, each of normal shape, and stakes in another order."""
    rng = np.random.default_rng([seed, 3])
    cases = []
    for rows, models in ((60, 4), (31, 2), (45, 6)):
        shared = rng.normal(size=(rows, 1))
        names = [str(name) for name in rng.permutation(NAMES)[:models]]
        ids = [f"n{x:06x}" for x in rng.choice(16**6, rows, replace=False)]
        mixed = shared + rng.normal(size=(rows, models))
        predictions = gaussianize(pd.DataFrame(mixed, ids, names))
        stakes = pd.Series(rng.integers(2, 60, models) * 10.0, names)
        if models > 2:
            stakes.iloc[2] = 0.0
        cases.append((predictions, stakes.iloc[_turned(models)]))
    return cases


def three_models():
    """Return the arguments of the statement's example."""
    predictions = pd.DataFrame({"ana": [-1, 0, 1], "bo": [1, 0, -1], "cy": [0, -1, 1]})
    return predictions, pd.Series({"ana": 30, "bo": 10, "cy": 10})


def stake_weights(stakes, on_time):
    """Return each submission's share of the metamodel, from its stake."""
    counted = metamodel.counted_stakes(stakes, on_time=on_time)
    return counted / counted.sum()


def _of_some_weight(weights, kept):
    return weights[kept[weights.index]]


def stake_weighted_metamodel(panel, stakes):
    """Return the stake-weighted blend of the models that have a stake entry."""
    return metamodel.stake_weighted(panel, list(stakes.index), stakes)


def leave_one_out(predictions, stakes):
    """Return, for each model of a round, the blend of all the others."""
    shaped, stakes = predictions.to_numpy(), stakes[predictions.columns].to_numpy()
    total, others = shaped @ stakes, stakes.sum() - stakes
    rest = (total[:, None] - shaped * stakes) / others
    return pd.DataFrame(rest, predictions.index, predictions.columns)


def _blend(panel, stakes, shape=gaussianize, fill=0.0):
    shaped = panel.groupby("era")[list(stakes.index)].transform(shape).fillna(fill)
    return shaped @ (stakes / stakes.sum())


def _filled_first(panel, stakes, middle):
    names = list(stakes.index)
    filled = panel[names].fillna(middle(panel[names]))
    return _blend(filled.assign(era=panel["era"]), stakes)


def _over_the_rest(panel, stakes):
    shaped = panel.groupby("era")[list(stakes.index)].transform(gaussianize)
    return (shaped * stakes).sum(axis=1) / (shaped.notna() * stakes).sum(axis=1)


def _by_position(panel, stakes):
    """Weigh the models as they stand in the panel, whoever they are."""
    names = [name for name in panel if name in stakes]
    return _blend(panel, pd.Series(stakes.to_numpy(), names))


def _complete_rows(panel, stakes):
    return _blend(panel.dropna(), stakes)


def _first_columns(panel, stakes):
    """Weigh as many columns as there are stakes, whatever they hold."""
    columns = panel.drop(columns="era").iloc[:, : len(stakes)]
    shaped = columns.groupby(panel["era"]).transform(gaussianize).fillna(0)
    return shaped @ (stakes / stakes.sum()).to_numpy()


def _in_one_heap(panel, stakes):
    return gaussianize(panel[list(stakes.index)]).fillna(0) @ (stakes / stakes.sum())


def _each(predictions, blend_without):
    return pd.DataFrame({name: blend_without(name) for name in predictions})


def _stakes_by_position(predictions, stakes):
    return leave_one_out(predictions, pd.Series(stakes.to_numpy(), predictions.columns))


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


RANKED = (
    "You weighed plain ranks. Give the models a normal shape (`nl.eras.gaussianize`),"
    " so that strong opinions count as such."
)

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
        example=four_submissions,
        key=stake_weights,
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
            Mistake(
                lambda stakes, on_time: (
                    stakes.where(on_time) / stakes.where(on_time).sum()
                ),
                "Whoever came late has a missing weight (NaN). It is 0:"
                " `stakes.where(on_time, 0.0)`.",
            ),
            Mistake(
                lambda stakes, on_time: (
                    stakes.where(~on_time, 0.0) / stakes.where(~on_time, 0.0).sum()
                ),
                "You kept those who came late, and set the others to 0.",
            ),
            Mistake(
                lambda stakes, on_time: stake_weights(
                    stakes, pd.Series(on_time.to_numpy(), stakes.index)
                ),
                "You took who was in time by position, and the two Series list the"
                " names in different orders. Let pandas match them by name.",
            ),
            Mistake(
                lambda stakes, on_time: 100 * stake_weights(stakes, on_time),
                "That is per cent. Weights add up to 1, not to 100.",
            ),
            Mistake(
                lambda stakes, on_time: _of_some_weight(
                    stake_weights(stakes, on_time), stakes > 0
                ),
                "Whoever has no stake is gone from the list. Keep everybody, with a"
                " weight of 0.",
            ),
            Mistake(
                lambda stakes, on_time: _of_some_weight(
                    stake_weights(stakes, on_time), (stakes > 0) | ~on_time
                ),
                "Whoever has no stake is gone from the list. Keep everybody, with a"
                " weight of 0.",
            ),
            Mistake(
                lambda stakes, on_time: _of_some_weight(
                    stake_weights(stakes, on_time), (stakes > 0) & on_time
                ),
                "Those without a weight are gone from the list. Keep everybody, with a"
                " weight of 0.",
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
        cases=staked_crowds,
        example=two_models,
        key=stake_weighted_metamodel,
        refuses=(metamodel.stake_weighted,),
        mistakes=(
            Mistake(
                lambda panel, stakes: _blend(panel, (stakes > 0).astype(float)),
                "Everybody has the same say here, as in the equal-weighted blend of"
                " {lesson:crowd}. Weigh by how large a stake is.",
            ),
            Mistake(
                lambda panel, stakes: _blend(panel, stakes * 0 + 1.0),
                "Everybody has the same say here, as in the equal-weighted blend of"
                " {lesson:crowd}. Weigh by how large a stake is.",
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
                lambda panel, stakes: _filled_first(panel, stakes, lambda x: 0.0),
                "You filled what is missing before the shaping, with a 0 that is not"
                " the middle of numbers on any scale. Shape first, then fill.",
            ),
            Mistake(
                lambda panel, stakes: _filled_first(panel, stakes, lambda x: 0.5),
                "You filled what is missing before the shaping, with a 0.5 that is not"
                " the middle of numbers on any scale. Shape first, then fill.",
            ),
            Mistake(
                lambda panel, stakes: _filled_first(panel, stakes, pd.DataFrame.mean),
                "You filled what is missing with a mean before the shaping, so that it"
                " took part in the ranking. Shape first, then fill with 0.",
            ),
            *(
                Mistake(wrong, RANKED)
                for wrong in (
                    lambda panel, stakes: _blend(
                        panel, stakes, lambda x: x.rank(pct=True), 0.5
                    ),
                    lambda panel, stakes: _blend(panel, stakes, average_rank, 0.5),
                    lambda panel, stakes: _blend(
                        panel, stakes, lambda x: average_rank(x) - 0.5
                    ),
                )
            ),
            Mistake(
                lambda panel, stakes: (
                    _blend(panel, stakes).groupby(panel["era"]).transform(gaussianize)
                ),
                "You gave the blend a normal shape once more. Return the weighted mean"
                " as it is.",
            ),
            Mistake(
                lambda panel, stakes: (
                    _blend(panel, stakes).groupby(panel["era"]).transform(average_rank)
                ),
                "You ranked the blend at the end. Return the weighted mean as it is.",
            ),
            Mistake(
                lambda panel, stakes: _blend(panel, stakes, fill=0.5),
                "After the shaping the middle is 0. It is 0.5 among ranks only.",
            ),
            Mistake(
                _complete_rows,
                "Rows in which a prediction is missing are gone. Keep all rows: a"
                " missing prediction takes the middle.",
            ),
            Mistake(
                _first_columns,
                "You took as many columns as there are names, as they stand in the"
                " table. It has others, too: pick the columns by name.",
            ),
            Mistake(
                _over_the_rest,
                "Where a prediction is missing you let the other models share its"
                " weight. It counts as 0, the middle, and keeps its weight.",
            ),
            Mistake(
                _by_position,
                "You took the stakes by position, and the table has its models in"
                " another order. Let pandas match them by name.",
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
        cases=some_rounds,
        example=three_models,
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
                _stakes_by_position,
                "You took the stakes by position, and they list the names in another"
                " order than the table. Let pandas match them by name.",
            ),
            Mistake(
                _lost,
                "That is how the blend changes when the model goes. Return the blend of"
                " the others itself.",
            ),
            Mistake(
                lambda predictions, stakes: leave_one_out(
                    gaussianize(predictions), stakes
                ),
                "The predictions have a normal shape already: use them as they are.",
            ),
            Mistake(
                lambda predictions, stakes: predictions * stakes / stakes.sum(),
                "That is what each model brings to the blend of all. Return the blend"
                " of all the *others*.",
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
            "Always, by construction": "No. Where most models were honest and stakes"
            " drawn by lot, it was behind in three of five worlds.",
            "When stakes have followed skill for a while, in a crowd with many weak"
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
