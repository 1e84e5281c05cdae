"""Exercises: take out what the crowd knows, and score the rest."""

import numpy as np
import pandas as pd

from numlearn import scoring
from numlearn.eras import average_rank, gaussianize, position_rank
from numlearn.exercises import Exercise, Mistake, Question
from numlearn.scoring import orthogonalize

BINS = np.array([0.0, 0.25, 0.5, 0.75, 1.0])


def two_vectors(seed):
    """Return pairs of arrays (v, u): alike, opposite, parallel, at right angles."""
    rng = np.random.default_rng([seed, 4])
    u = [rng.normal(rng.uniform(-1, 1), rng.uniform(0.5, 2), n) for n in (5, 1, 8, 30)]
    right_angle = orthogonalize(rng.normal(size=8), u[2])
    return [
        (0.7 * u[0] + rng.normal(size=5), u[0]),
        (-3 * u[1], u[1]),
        (right_angle, u[2]),
        (2 - 1.5 * u[3] + rng.normal(size=30), u[3]),
    ]


def one_era(seed):
    """Return eras as (predictions, metamodel, target): ties, a copy, few bins."""
    rng = np.random.default_rng([seed, 5])
    eras = []
    for kind in ("tied", "copy", "narrow", "against"):
        rows = int(rng.integers(40, 90))
        target = rng.choice(BINS, rows, p=[0.05, 0.2, 0.5, 0.2, 0.05])
        shared = rng.normal(size=rows)
        metamodel = target + shared + rng.normal(size=rows)
        predictions = target + shared + 2 * rng.normal(size=rows)
        if kind == "tied":
            predictions = predictions.round().clip(1)
            metamodel = (3 * metamodel).round() / 3
        elif kind == "copy":
            predictions = np.exp(metamodel)
        elif kind == "narrow":
            target = target.clip(0.25, 0.5)
        else:
            predictions = 5 - 2 * target - shared + rng.normal(size=rows)
        ids = [f"n{i:06x}" for i in rng.choice(16**6, rows, replace=False)]
        three = (predictions, metamodel, target)
        eras.append(tuple(pd.Series(x, ids) for x in three))
    return eras


def small_era():
    """Return the example of both texts."""
    predictions, metamodel = [0.2, 0.3, 0.9, 0.4], [0.5, 0.1, 0.8, 0.7]
    return tuple(map(pd.Series, (predictions, metamodel, [0.25, 0.5, 0.25, 0.75])))


def _on_a_line(v, u):
    columns = np.column_stack([u, np.ones(len(u))])
    return v - columns @ np.linalg.lstsq(columns, v)[0]


def _of_length_one(v):
    return v / (np.linalg.norm(v) or np.nan)


def _rest(predictions, metamodel, shape=gaussianize):
    return orthogonalize(shape(predictions), shape(metamodel))


def _mmc(target, own):
    return float(4 * (target - target.mean()) @ own / len(target))


def _stretched(target):
    return 4 * (target - target.min()) / (target.max() - target.min())


def _first_come(x):
    """Shape without shared ranks: of equal values the first is the lowest."""
    return gaussianize(position_rank(x))


def _as_correlation(predictions, metamodel, target):
    return float(np.corrcoef(_rest(predictions, metamodel), target)[0, 1])


def _mmc_2021(p, m, t, rank=position_rank):
    p, m = rank(p), rank(m)
    own = orthogonalize(p - p.mean(), m - m.mean())
    return float(np.cov(own, t)[0, 1] / 0.29**2)


def _not_centered(p, m, t):
    own = orthogonalize(position_rank(p), position_rank(m))
    return float(np.cov(own, t)[0, 1] / 0.29**2)


def _not_taken_out(p, m, t):
    return float(np.cov(position_rank(p), t)[0, 1] / 0.29**2)


def _metamodel_not_centered(p, m, t):
    p = position_rank(p)
    own = orthogonalize(p - p.mean(), position_rank(m))
    return float(np.cov(own, t)[0, 1] / 0.29**2)


def _correlated_2021(p, m, t):
    p, m = position_rank(p), position_rank(m)
    own = orthogonalize(p - p.mean(), m - m.mean())
    return float(np.corrcoef(own, t)[0, 1])


EXERCISES = (
    Exercise(
        name="orthogonalize",
        points=2,
        hints=(
            "How far does v reach along u? That is a number; times u it is the part of"
            " v that points along u. Subtract it.",
            "The number is `(v @ u) / (u @ u)`.",
        ),
        cases=two_vectors,
        example=lambda: (np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 0.0])),
        key=scoring.orthogonalize,
        mistakes=(
            Mistake(
                lambda v, u: v - u * (v @ u),
                "Divide by u's own length squared, `u @ u`: else the part taken out"
                " depends on how long u is.",
            ),
            Mistake(
                lambda v, u: v - u * (v @ u) / np.linalg.norm(u),
                "You divided by u's length once. Divide by its square, `u @ u`: u is"
                " in it twice.",
            ),
            Mistake(
                lambda v, u: u * (v @ u) / (u @ u),
                "That is the part that points along u. Return what is left of v.",
            ),
            Mistake(
                lambda v, u: u - v * (v @ u) / (v @ v),
                "You took v out of u. It is u that must go out of v.",
            ),
            Mistake(
                lambda v, u: v - u * (v @ u) / (v @ v),
                "You divided by v's length squared. How long u is counts: `u @ u`.",
            ),
            Mistake(
                lambda v, u: v - u,
                "Subtract only as much of u as v has in it.",
            ),
            Mistake(
                _on_a_line,
                "A constant was taken out as well, as a line fitted to v has one. Take"
                " out u alone.",
            ),
            Mistake(
                lambda v, u: v + u * (v @ u) / (u @ u),
                "You added what points along u. Subtract it.",
            ),
            Mistake(
                lambda v, u: _of_length_one(orthogonalize(v, u)),
                "You gave what is left a length of 1. Return it as long as it is.",
            ),
        ),
    ),
    Exercise(
        name="mmc",
        points=3,
        hints=(
            "Give both the predictions and the metamodel a normal shape"
            " (`nl.eras.gaussianize`); take the metamodel out of the predictions.",
            "Multiply the target by 4 and center it. MMC is its product with what is"
            " left, divided by the number of rows.",
            "`own = nl.scoring.orthogonalize(gauss(predictions), gauss(metamodel))`"
            " with `gauss = nl.eras.gaussianize`, then"
            " `(4 * (target - target.mean())) @ own / len(target)`.",
        ),
        cases=one_era,
        example=small_era,
        key=scoring.era_mmc,
        mistakes=(
            Mistake(
                lambda p, m, t: _mmc(t, _rest(p, m)) / 4,
                "A quarter of what it should be: the bins 0 to 1 are stretched to 0 to"
                " 4 first.",
            ),
            Mistake(
                lambda p, m, t: _mmc(t, gaussianize(p)),
                "The metamodel was not taken out: that says how right you are, and not"
                " what you add.",
            ),
            Mistake(
                _as_correlation,
                "That is a correlation. MMC is a covariance: what is left of a copycat"
                " is small, and must count as little.",
            ),
            Mistake(
                lambda p, m, t: _mmc(t, _rest(m, p)),
                "You took the predictions out of the metamodel. Take the metamodel out"
                " of the predictions.",
            ),
            Mistake(
                lambda p, m, t: _mmc(t, _rest(p, m, shape=lambda x: x)),
                "You used predictions and metamodel as they are: give both a normal"
                " shape first.",
            ),
            Mistake(
                lambda p, m, t: _mmc(t, orthogonalize(gaussianize(p), m)),
                "The metamodel went in as it is: give it a normal shape as well.",
            ),
            Mistake(
                lambda p, m, t: _mmc(t, gaussianize(orthogonalize(p, m))),
                "The normal shape comes first, for both; then the metamodel is taken"
                " out.",
            ),
            Mistake(
                lambda p, m, t: _mmc(_stretched(t) / 4, _rest(p, m)),
                "You stretched the target by its own lowest and highest value. The bins"
                " are 0 to 1 in every era: multiply by 4.",
            ),
            Mistake(
                lambda p, m, t: _mmc(gaussianize(t) / 4, _rest(p, m)),
                "The target is not ranked: multiply it by 4 and center it.",
            ),
            Mistake(
                lambda p, m, t: _mmc(t, _rest(p, m, shape=average_rank)),
                "Those are ranks. Give both a normal shape: `nl.eras.gaussianize`.",
            ),
            Mistake(
                lambda p, m, t: float(4 * np.cov(_rest(p, m), t)[0, 1]),
                "The covariance of MMC divides by the number of rows n; `np.cov` and"
                " `Series.cov` divide by n - 1.",
            ),
            Mistake(
                lambda p, m, t: float(4 * (t - t.mean()) @ _rest(p, m)),
                "Divide by the number of rows: a large era is worth no more.",
            ),
            Mistake(
                lambda p, m, t: float(4 * t @ _rest(p, m) / len(t)),
                "Center the target: subtract its mean. Where predictions are tied, what"
                " is left of them need not be centered, and the mean then counts.",
            ),
            Mistake(
                lambda p, m, t: float((4 * t - 2) @ _rest(p, m) / len(t)),
                "You subtracted 2, the middle of the bins. Subtract the mean that the"
                " target has in this era.",
            ),
            Mistake(
                lambda p, m, t: _mmc(t, _rest(p, m, shape=lambda x: x - x.mean())),
                "You centered predictions and metamodel. Give both a normal shape"
                " first: `nl.eras.gaussianize`.",
            ),
            Mistake(
                lambda p, m, t: _mmc(t, gaussianize(p) - gaussianize(m)),
                "You subtracted the whole metamodel. Take out only as much of it as"
                " the predictions have: `nl.scoring.orthogonalize`.",
            ),
            Mistake(
                lambda p, m, t: _mmc(t, _rest(p, m, shape=_first_come)),
                "Equal predictions got different ranks, by their order. They share the"
                " average, as in `nl.eras.gaussianize`.",
            ),
            Mistake(
                lambda p, m, t: _mmc(t, _on_a_line(gaussianize(p), gaussianize(m))),
                "A constant was taken out as well, as a fitted line has one. Take out"
                " the metamodel alone.",
            ),
            Mistake(
                lambda p, m, t: float(np.cov(_rest(p, m), t)[0, 1]),
                "Two steps are missing: multiply the target by 4, and divide by the"
                " number of rows n, where `np.cov` divides by n - 1.",
            ),
            *(
                Mistake(
                    lambda p, m, t, ddof=ddof: (
                        _mmc(t, _rest(p, m)) / np.std(_rest(p, m), ddof=ddof)
                    ),
                    "You scaled what is left to the same size in every era. What is"
                    " left of a copycat is small, and must count as little.",
                )
                for ddof in (0, 1)
            ),
            Mistake(
                lambda p, m, t: scoring.era_corr(pd.Series(_rest(p, m), t.index), t),
                "That is the CORR of what is left. MMC is a covariance: neither the"
                " rest nor the target is bent or scaled.",
            ),
        ),
    ),
    Exercise(
        name="mmc_2021",
        points=2,
        hints=(
            "Uniform instead of normal: `nl.eras.position_rank` for both, then center"
            " both, then take the metamodel out with `nl.scoring.orthogonalize`.",
            "`own.cov(target)` of two Series divides by n - 1, as `np.cov` does. The"
            " last step divides by 0.29².",
        ),
        cases=one_era,
        example=small_era,
        key=scoring.era_mmc_2021,
        same={
            "operator: mine - mine.mean() → mine + mine.mean()": "a constant added to"
            " the predictions is at right angles to the centered metamodel and stays as"
            " it is, and a covariance does not see it",
        },
        mistakes=(
            Mistake(
                lambda p, m, t: _mmc_2021(p, m, t, rank=average_rank),
                "In 2021 ties were broken by the order of the file: use"
                " `nl.eras.position_rank`, not average ranks.",
            ),
            Mistake(
                lambda p, m, t: _mmc_2021(p, m, t) * (len(t) - 1) / len(t),
                "The covariance of 2021 divides by n - 1, as `np.cov` does.",
            ),
            Mistake(
                lambda p, m, t: _mmc_2021(p, m, t) * 0.29**2,
                "Divide by 0.29², about the variance of a uniform variable.",
            ),
            Mistake(
                lambda p, m, t: _mmc_2021(p, m, t) * 0.29,
                "You divided by 0.29. Divide by its square: a variance, not a standard"
                " deviation.",
            ),
            Mistake(
                lambda p, m, t: scoring.era_mmc(p, m, t),
                "That is today's MMC: normal shapes, bins stretched to 4.",
            ),
            Mistake(
                lambda p, m, t: _mmc_2021(p, m, t, rank=gaussianize),
                "Those are normal shapes. In 2021 both were uniform:"
                " `nl.eras.position_rank`.",
            ),
            Mistake(
                lambda p, m, t: _mmc_2021(p, m, t, rank=lambda x: x),
                "You used predictions and metamodel as they are: rank both first.",
            ),
            Mistake(
                _not_centered,
                "Center both before you take the metamodel out: ranks are all above 0,"
                " and without centering most of what goes out is their mean.",
            ),
            Mistake(
                _not_taken_out,
                "The metamodel was not taken out: use `nl.scoring.orthogonalize` on the"
                " centered ranks of both.",
            ),
            Mistake(
                lambda p, m, t: _mmc_2021(m, p, t),
                "You took the predictions out of the metamodel. Take the metamodel out"
                " of the predictions.",
            ),
            Mistake(
                lambda p, m, t: 4 * _mmc_2021(p, m, t),
                "You stretched the target to 0 to 4, as today. In 2021 it went in as it"
                " is, between 0 and 1.",
            ),
            Mistake(
                lambda p, m, t: 12 * 0.29**2 * _mmc_2021(p, m, t),
                "You divided by 1/12, the exact variance. The script has 0.29².",
            ),
            Mistake(
                lambda p, m, t: _correlated_2021(p, m, t),
                "That is a correlation. Return the covariance, divided by 0.29².",
            ),
            Mistake(
                _metamodel_not_centered,
                "You centered the predictions alone. Center the metamodel's ranks, too,"
                " before you take them out.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "You copy the metamodel exactly. Your CORR and your MMC are…",
        {
            "both high": "No. MMC takes the metamodel out of your predictions, and"
            " nothing is left of a copy.",
            "as good as the metamodel's, and zero": "Right. As right as everybody, and"
            " nothing of your own.",
            "zero, and high": "No. It is the other way round.",
        },
        "b",
    ),
    Question(
        "A model has a CORR of 0.01 and an MMC of -0.01. By the rule of January 2026"
        " (0.75 CORR + 2.25 MMC) the round…",
        {
            "earns, because CORR is positive": "It would have in March 2021. Today the"
            " sum decides: 0.0075 - 0.0225 is negative.",
            "burns": "Right: 0.0075 - 0.0225 = -0.015.",
            "is neutral": "No: the two weights are not equal.",
        },
        "b",
    ),
    Question(
        "Why can good public example models have a negative MMC?",
        {
            "They are bad models": "No. Their CORR is positive in most rounds.",
            "The metamodel has more of them already than is good": "Right. Much of the"
            " crowd uses them, and what is left of them beside such a crowd points the"
            " wrong way.",
            "MMC is negative for everybody": "No. Weighted by stake, the contributions"
            " spread around zero; good original models have positive ones.",
        },
        "b",
    ),
)
