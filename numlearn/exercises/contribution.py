"""Exercises: take out what the crowd knows, and score the rest."""

import numpy as np
import pandas as pd

from numlearn import scoring
from numlearn.eras import average_rank, gaussianize, position_rank
from numlearn.exercises import Exercise, Mistake, Question
from numlearn.scoring import orthogonalize


def two_vectors(seed):
    """Return pairs of arrays (v, u) that point partly the same way."""
    rng = np.random.default_rng([seed, 4])
    pairs = []
    for rows in (5, 30):
        u = rng.normal(size=rows)
        pairs.append((0.7 * u + rng.normal(size=rows), u))
    return pairs


def one_era(seed):
    """Return eras as (predictions, metamodel, target), with ties in the predictions."""
    rng = np.random.default_rng([seed, 5])
    eras = []
    for rows in (50, 80):
        target = rng.choice(5, rows, p=[0.05, 0.2, 0.5, 0.2, 0.05]) / 4
        shared = rng.normal(size=rows)
        metamodel = target + shared + rng.normal(size=rows)
        predictions = (target + shared + 2 * rng.normal(size=rows)).round(1)
        eras.append(tuple(map(pd.Series, (predictions, metamodel, target))))
    return eras


def _mmc(predictions, metamodel, target, shape=gaussianize, scale=4):
    own = orthogonalize(shape(predictions), shape(metamodel))
    return float(scale * (target - target.mean()) @ own / len(target))


def _as_correlation(predictions, metamodel, target):
    own = orthogonalize(gaussianize(predictions), gaussianize(metamodel))
    return float(np.corrcoef(own, target)[0, 1])


def _crowd_without_you(predictions, metamodel, target):
    return _mmc(metamodel, predictions, target)


def _mmc_2021(p, m, t, rank=position_rank, ddof=1, scale=0.29**2):
    p, m = rank(p), rank(m)
    own = orthogonalize(p - p.mean(), m - m.mean())
    return float(own @ (t - t.mean()) / (len(t) - ddof) / scale)


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
        key=scoring.orthogonalize,
        mistakes=(
            Mistake(
                lambda v, u: v - u * (v @ u),
                "Divide by u's own length squared, `u @ u`: else the part taken out"
                " depends on how long u is.",
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
                lambda v, u: v - u,
                "Subtract only as much of u as v has in it.",
            ),
        ),
    ),
    Exercise(
        name="mmc",
        points=3,
        hints=(
            "Give both the predictions and the metamodel a normal shape"
            " (`nl.eras.gaussianize`); take the metamodel out of the predictions.",
            "Multiply the target by 4 and centre it. MMC is its product with what is"
            " left, divided by the number of rows.",
            "`own = nl.scoring.orthogonalize(gauss(predictions), gauss(metamodel))`,"
            " then `(4 * (target - target.mean())) @ own / len(target)`.",
        ),
        cases=one_era,
        key=scoring.era_mmc,
        mistakes=(
            Mistake(
                lambda p, m, t: _mmc(p, m, t, scale=1),
                "A quarter of what it should be: the bins 0 to 1 are stretched to 0 to"
                " 4 first.",
            ),
            Mistake(
                _as_correlation,
                "That is a correlation. MMC is a covariance: what is left of a copycat"
                " is small, and must count as little.",
            ),
            Mistake(
                _crowd_without_you,
                "You took the predictions out of the metamodel. Take the metamodel out"
                " of the predictions.",
            ),
            Mistake(
                lambda p, m, t: _mmc(p, m, t, shape=lambda x: x),
                "You used predictions and metamodel as they are: give both a normal"
                " shape first.",
            ),
        ),
    ),
    Exercise(
        name="mmc_2021",
        points=2,
        hints=(
            "Uniform instead of normal: `nl.eras.position_rank` for both, then centre"
            " both, then take the blend out.",
            "`np.cov` divides by n - 1. The last step divides by 0.29².",
        ),
        cases=one_era,
        key=scoring.era_mmc_2021,
        mistakes=(
            Mistake(
                lambda p, m, t: _mmc_2021(p, m, t, rank=average_rank),
                "In 2021 ties were broken by the order of the file: use"
                " `nl.eras.position_rank`, not average ranks.",
            ),
            Mistake(
                lambda p, m, t: _mmc_2021(p, m, t, ddof=0),
                "The covariance of 2021 divides by n - 1, as `np.cov` does.",
            ),
            Mistake(
                lambda p, m, t: _mmc_2021(p, m, t, scale=1),
                "Divide by 0.29², about the variance of a uniform variable.",
            ),
            Mistake(
                lambda p, m, t: scoring.era_mmc(p, m, t),
                "That is today's MMC: normal shapes, bins stretched to 4.",
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
