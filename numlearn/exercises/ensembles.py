"""Exercises: one scale, a blend, targets chosen without peeking."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from numlearn import models
from numlearn.eras import average_rank, gaussianize
from numlearn.exercises import Exercise, Mistake, Question

KNOWN_AFTER = 5  # eras until a 20-day target is known: 22 days are more than four weeks
NOT_A_TIE = 1e-9  # means that lie further apart are ranked alike by everybody
TURNS = [0, 1, 3, 2, 5, 4]  # who is ahead in the eras that are not over


def _eras(rng, first, sizes):
    """Return the era of each row, rows of all eras mixed."""
    labels = [f"{era:04d}" for era in range(first, first + len(sizes))]
    return rng.permutation(np.repeat(labels, sizes))


def _ids(rng, count):
    numbers = rng.permutation(10_000)[:count]
    return pd.Index([f"n{number:015x}" for number in numbers], name="id")


def one_model(seed):
    """Return predictions with ties and gaps, and the era of each row.

    In the last case one era has no prediction, one has a single one, and eras are
    numbers.
    """
    cases = []
    for k, sizes in enumerate(((30, 45, 38), (12, 9), (20, 1, 6, 25))):
        rng = np.random.default_rng([seed, 11, k])
        era = _eras(rng, int(rng.integers(1, 900)), sizes)
        index = _ids(rng, len(era))
        level = pd.Series(era).map(dict(zip(set(era), rng.normal(0, 2, len(sizes)))))
        predictions = (level.to_numpy() + rng.normal(size=len(era))).round(1)
        predictions[rng.choice(len(era), 6, replace=False)] = np.nan
        cases.append((pd.Series(predictions, index), pd.Series(era, index)))
    predictions, era = cases[-1]
    era = era.astype(int)
    third = era == era.min() + 2
    cases[-1] = predictions.mask(third).where(era != era.min() + 1, 0.5), era
    return cases


def panels(seed):
    """Return panels, rows mixed, with predictions on scales of their own."""
    known = ["ada", "bruno", "clara", "dai", "emil"]
    cases = []
    for k, (count, sizes) in enumerate(((3, (30, 45, 38)), (2, (25, 20)), (4, (40,)))):
        rng = np.random.default_rng([seed, 12, k])
        names = rng.permutation(known)[:count].tolist()
        panel = _panel(rng, int(rng.integers(1, 900)), sizes, names)
        cases.append((panel, names))
    return cases


def _panel(rng, first, sizes, names):
    """Draw a panel; models do not tie in a way that rounding would decide."""
    while True:
        era = _eras(rng, first, sizes)
        levels = dict(zip(sorted(set(era)), rng.normal(0, 3, len(sizes))))
        level = pd.Series(era).map(levels).to_numpy()
        shared = rng.normal(size=len(era))
        panel = pd.DataFrame({"era": era, "target": rng.random(len(era))})
        for scale, name in zip((0.01, 30.0, 1.0, 7.0), names):
            panel[name] = scale * (level + shared + rng.normal(size=len(era)))
        panel["benchmark"] = rng.random(len(era))
        panel.index = _ids(rng, len(era))
        gaps = _mean(panel, names, gaussianize).groupby(panel["era"]).apply(_least_gap)
        if gaps.min() > NOT_A_TIE:
            return panel


def _least_gap(values):
    return np.diff(np.sort(values)).min()


def records(seed):
    """Return era scores that turn, how many to choose, and the era of today.

    The last era that is known decides the means, and those just after it turn them.
    """
    cases = []
    for k, (first, step, today, size, name) in enumerate(
        ((101, 1, 121, 2, "target"), (1, 1, 26, 4, "model"), (90, 2, 119, 3, "nomi"))
    ):
        rng = np.random.default_rng([seed, 13, k])
        first += int(rng.integers(0, 4)) * step
        eras = np.arange(first, first + 30 * step, step)
        order = rng.permutation(6)
        scores = 0.001 * rng.normal(size=(30, 6))
        known = eras <= today - KNOWN_AFTER
        last = np.flatnonzero(known)[-1]
        early = np.arange(30) < last
        scores[np.ix_(early, order)] += np.array([2, 1, 0, 4, 5, 3]) * 0.02
        scores[np.ix_([last], order)] += np.array([5, 4, 3, 0, -1, -2]) * 2.0
        scores[np.ix_(~known & (eras < today), order)] += np.array(TURNS) * 4.0
        scores[np.ix_(eras >= today, order)] += np.array([0, 5, 1, 4, 2, 3]) * 40.0
        names = [f"{name}_{letter}" for letter in rng.permutation(list("pqrstu"))]
        index = pd.Index([f"{era:04d}" for era in eras], name="era")
        cases.append((pd.DataFrame(scores, index, names), size, f"{today:04d}"))
    scores, size, today = cases[0]
    return [(_early(scores, today), size, today), *cases]


def _early(scores, today):
    """Let the eras long past decide the means, and the latest known say the reverse."""
    known = len(_known(scores, today))
    best = np.arange(scores.shape[1], dtype=float)
    early = scores.copy()
    early.iloc[:known] = 0.001 * scores.iloc[:known].to_numpy() - 0.5 * best
    early.iloc[: known // 3] += 9.0 * best
    return early


def _five_eras():
    """Return the record that the text prints."""
    scores = {
        "a": [0.05, -0.02, 0.06, 0.0, 0.0],
        "b": [0.01, -0.01, -0.01, 0.0, 0.2],
        "c": [0.02, 0.02, 0.0, 0.2, 0.5],
        "d": [0.0, 0.05, 0.01, 0.0, 0.0],
    }
    return pd.DataFrame(scores, ["0001", "0002", "0003", "0004", "0009"]), 2, "0008"


def rank_gauss(predictions, era):
    """Give predictions a normal shape within each era; what is missing becomes 0."""
    return predictions.groupby(era).transform(gaussianize).fillna(0.0)


def choose_targets(scores, size, today):
    """Choose the targets with the best mean score among the eras known today."""
    return _best(_known(scores, today), size)


def _by_era(predictions, era, shape):
    return predictions.groupby(era).transform(shape).fillna(0.0)


def _quantile_of(rank):
    return lambda x: pd.Series(norm.ppf(rank(x)), x.index)


def _tied(method):
    return _quantile_of(lambda x: (x.rank(method=method) - 0.5) / x.count())


def _mean(panel, names, shape):
    return panel.groupby("era")[names].transform(shape).mean(axis=1)


def _share(x):
    return x.rank(pct=True)


def _ranked(panel, values):
    return values.groupby(panel["era"]).transform(average_rank)


def _best(scores, size, of=pd.DataFrame.mean):
    return of(scores).sort_values(ascending=False).index[:size].tolist()


def _known(scores, today, after=KNOWN_AFTER):
    return scores[scores.index.astype(int) + after <= int(today)]


def _filled_first(value):
    return lambda predictions, era: _by_era(
        predictions.fillna(value(predictions)), era, gaussianize
    )


def _before(scores, today):
    return scores[scores.index.astype(int) < int(today)]


EXERCISES = (
    Exercise(
        name="rank_gauss",
        points=3,
        hints=(
            "Group the predictions by era and rank within: `(rank - 0.5) / n`, where n"
            " counts the predictions that are there (`count()`, not `len`).",
            "`scipy.stats.norm.ppf` turns ranks between 0 and 1 into a normal shape."
            " What is missing stays NaN all the way: fill it with 0 at the very end.",
            "`by_era = predictions.groupby(era)`, then `rank = (by_era.rank() - 0.5) /"
            " by_era.transform('count')`.",
        ),
        cases=one_model,
        example=lambda: (
            pd.Series([3, 1, np.nan, 2]),
            pd.Series(["0001", "0001", "0001", "0001"]),
        ),
        key=rank_gauss,
        refuses=(rank_gauss, gaussianize),
        mistakes=(
            Mistake(
                lambda p, era: gaussianize(p).fillna(0.0),
                "You ranked all eras in one heap: rank within each era.",
            ),
            Mistake(
                lambda p, era: _by_era(p, era, gaussianize).where(p.notna()),
                "A missing prediction is still NaN. It should say nothing, which in a"
                " normal shape is 0.",
            ),
            Mistake(
                lambda p, era: _by_era(p, era, average_rank),
                "These are ranks. Give them a normal shape with `norm.ppf`.",
            ),
            Mistake(
                lambda p, era: _by_era(
                    p, era, _quantile_of(lambda x: x.rank(pct=True))
                ),
                "The last of each era came out infinite: take (rank - 0.5) / n, which"
                " stays below 1.",
            ),
            Mistake(
                lambda p, era: _by_era(
                    p, era, _quantile_of(lambda x: (x.rank() - 0.5) / len(x))
                ),
                "You divided by the number of rows. A missing prediction takes no rank,"
                " so n counts those that are there.",
            ),
            Mistake(
                lambda p, era: _by_era(p, era, lambda x: (x - x.mean()) / x.std()),
                "You centred and scaled the numbers; an outlier still shouts. Use"
                " their ranks.",
            ),
            *(
                Mistake(
                    _filled_first(value),
                    "You filled the missing predictions before you ranked, so that they"
                    " take places from the others. Rank what is there, and fill last.",
                )
                for value in (
                    lambda _: 0.0,
                    lambda _: 0.5,
                    lambda p: p.mean(),
                    lambda p: p.median(),
                )
            ),
            *(
                Mistake(
                    lambda p, era, ties=ties: _by_era(p, era, _tied(ties)),
                    "Equal predictions must get equal ranks, the mean of the places"
                    " they take up, which is what `rank()` gives if no other `method`"
                    " is asked for.",
                )
                for ties in ("first", "min", "max", "dense")
            ),
            Mistake(
                lambda p, era: _by_era(
                    p.fillna(p.groupby(era).transform("median")), era, gaussianize
                ),
                "You filled the missing predictions before you ranked, so that they"
                " take places from the others. Rank what is there, and fill last.",
            ),
            Mistake(
                lambda p, era: _by_era(
                    p, era, _quantile_of(lambda x: x.rank() / (x.count() + 1))
                ),
                "You divided the rank by n + 1. Asked is (rank - 0.5) / n.",
            ),
            Mistake(
                lambda p, era: _by_era(p, era, lambda x: average_rank(x) - 0.5),
                "These are ranks, moved to 0. Give them a normal shape: `norm.ppf` of"
                " the ranks between 0 and 1.",
            ),
            Mistake(
                lambda p, era: _by_era(p, era, lambda x: norm.cdf(average_rank(x))),
                "`norm.cdf` goes the other way, from a normal shape to ranks. Take"
                " `norm.ppf`.",
            ),
            Mistake(
                lambda p, era: _by_era(p, era, gaussianize)[p.notna()],
                "The rows without a prediction are gone. They stay, with a 0.",
            ),
        ),
    ),
    Exercise(
        name="blend",
        points=2,
        hints=(
            "Three steps, all within eras: normal shape, mean over the models, and rank"
            " of that mean.",
            "`panel.groupby('era')[names].transform(nl.eras.gaussianize)` and"
            " `.mean(axis=1)`; then group the mean by `panel['era']` and rank it with"
            " `nl.eras.average_rank`.",
        ),
        cases=panels,
        example=lambda: (
            pd.DataFrame({"era": ["0001"] * 3, "ada": [1, 2, 3], "bruno": [10, 0, 20]}),
            ["ada", "bruno"],
        ),
        key=models.blend,
        mistakes=(
            Mistake(
                lambda panel, names: _mean(panel, names, gaussianize),
                "That is the mean, on a scale that reaches below zero. Rank it once"
                " more within its era, so that it can be submitted.",
            ),
            Mistake(
                lambda panel, names: (
                    _mean(panel, names, gaussianize)
                    .groupby(panel["era"])
                    .transform(gaussianize)
                ),
                "You gave the mean a normal shape once more. Its rank between 0 and 1"
                " can be submitted: `nl.eras.average_rank`.",
            ),
            Mistake(
                lambda panel, names: pd.Series(
                    norm.cdf(_mean(panel, names, gaussianize)), panel.index
                ),
                "`norm.cdf` brings the mean between 0 and 1 and does not spread it"
                " evenly. Rank it within its era: `nl.eras.average_rank`.",
            ),
            Mistake(
                lambda panel, names: _ranked(
                    panel, _mean(panel, list(panel.columns.drop("era")), gaussianize)
                ),
                "You blended all columns but the era. Take those in `names` alone.",
            ),
            Mistake(
                lambda panel, names: _ranked(panel, panel[names[0]]),
                "You ranked the first column alone. Blend all that `names` names.",
            ),
            Mistake(
                lambda panel, names: _ranked(panel, panel[names].mean(axis=1)),
                "You averaged the raw predictions, and the one on the largest scale"
                " decides alone. Give each a normal shape first.",
            ),
            Mistake(
                lambda panel, names: average_rank(_mean(panel, names, gaussianize)),
                "The last step ranked all eras in one heap: rank within each.",
            ),
            *(
                Mistake(
                    lambda panel, names, plain=plain: _ranked(
                        panel, _mean(panel, names, plain)
                    ),
                    "You averaged plain ranks. With a normal shape the extremes count"
                    " more than the crowded middle: use `nl.eras.gaussianize`.",
                )
                for plain in (average_rank, pd.Series.rank, _share)
            ),
            Mistake(
                lambda panel, names: _ranked(
                    panel, gaussianize(panel[names]).mean(axis=1)
                ),
                "You gave the columns their shape over all eras in one heap: do it"
                " within each era.",
            ),
            Mistake(
                lambda panel, names: (
                    _mean(panel, names, gaussianize)
                    .groupby(panel["era"])
                    .rank(pct=True)
                ),
                "The last of each era has 1, and the first more than its share:"
                " `nl.eras.average_rank` takes (rank - 0.5) / n.",
            ),
            Mistake(
                lambda panel, names: _ranked(
                    panel,
                    panel.groupby("era")[names].transform(gaussianize).median(axis=1),
                ),
                "You took the median of the columns. Asked is their mean.",
            ),
        ),
    ),
    Exercise(
        name="choose_targets",
        points=3,
        hints=(
            "Which rows of `scores` exist today? Those whose era plus 5 is not later"
            " than today. Eras are strings: make numbers of them first.",
            "`known = scores[scores.index.astype(int) + 5 <= int(today)]`, then the"
            " largest of `known.mean()`, by name, best first.",
        ),
        cases=records,
        example=_five_eras,
        key=choose_targets,
        mistakes=(
            Mistake(
                lambda scores, size, today: _best(scores, size),
                "You looked at all eras, the future included. With that anybody chooses"
                " well.",
            ),
            Mistake(
                lambda scores, size, today: _best(_before(scores, today), size),
                "You looked at eras that are not over today: a 20-day target is known"
                " five eras later.",
            ),
            Mistake(
                lambda scores, size, today: _best(_known(scores, today, 4), size),
                "You looked at eras that are not over today: a 20-day target is known"
                " five eras later.",
            ),
            Mistake(
                lambda scores, size, today: _best(_known(scores, today, 6), size),
                "You left out the era which has just become known, five before today.",
            ),
            Mistake(
                lambda scores, size, today: _best(
                    _known(scores, today), size, pd.DataFrame.median
                ),
                "You compared medians. Asked is the highest mean.",
            ),
            Mistake(
                lambda scores, size, today: _best(
                    _known(scores, today),
                    size,
                    lambda known: known.mean() / known.std(),
                ),
                "You compared Sharpe ratios. Asked is the highest mean.",
            ),
            Mistake(
                lambda scores, size, today: _best(_known(scores, today), size)[::-1],
                "The right ones, but the best comes last: begin with it.",
            ),
            *(
                Mistake(
                    lambda scores, size, today, last=last: _best(
                        _known(scores, today).tail(last), size
                    ),
                    "You looked at the latest eras alone. All that are known count.",
                )
                for last in (1, 4, 5)
            ),
            Mistake(
                lambda scores, size, today: _best(scores.iloc[:-KNOWN_AFTER], size),
                "You dropped the last five rows. Eras may be missing and later ones may"
                " be there: compare the eras' numbers with today's.",
            ),
            Mistake(
                lambda scores, size, today: [
                    name
                    for name in scores.columns
                    if name in choose_targets(scores, size, today)
                ],
                "The right ones, but in the order of the table: begin with the best.",
            ),
            Mistake(
                lambda scores, size, today: choose_targets(-scores, size, today),
                "Those are the worst: sort from the largest mean down.",
            ),
            Mistake(
                lambda scores, size, today: choose_targets(scores, None, today),
                "You returned all of them: keep only `size`.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "A blend of six targets scores higher than one model of the paid target. So…",
        {
            "the other targets hold something useful": "Perhaps. But six models were"
            " compared with one, and a blend of six seeds gains as well.",
            "nothing follows yet": "Right. Compare it with six models of the paid"
            " target: blends of equal size tell the targets from the averaging.",
            "more targets are always better": "No. A weak target that says the same as"
            " the others makes the blend worse.",
        },
        "b",
    ),
    Question(
        "You try 15 pairs on the validation eras, and the best leads the average pair"
        " by .003. In new eras you should expect a lead of…",
        {
            "about .003": "No. It is the best of 15, and part of why it is the best was"
            " luck, which does not come along.",
            "less": "Right. The largest of many noisy leads is mostly too large.",
            "more, because it was the best": "No. Being picked for a number makes the"
            " number too good, not too bad.",
        },
        "b",
    ),
    Question(
        "Why are the predictions of models for different targets ranked before they"
        " are averaged?",
        {
            "Because Numerai refuses anything else": "A submission only has to lie"
            " between 0 and 1. The reason is the blend itself.",
            "So that none weighs more because its numbers spread more": "Right. Where"
            " there is little to be learned, predictions hug the middle, and their"
            " small numbers would be drowned.",
            "Because ranks hold more information": "They hold less: the distances are"
            " gone. What is left is what CORR looks at.",
        },
        "b",
    ),
)
