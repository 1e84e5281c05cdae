"""Exercises: lean on a feature, take it out, and score what is left."""

import numpy as np
import pandas as pd

from numlearn import scoring
from numlearn.eras import gaussianize
from numlearn.exercises import Exercise, Mistake, Question


def _era(seed, rows, features):
    """Draw one era: related features, predictions that lean on them, a target."""
    rng = np.random.default_rng([seed, rows])
    shared = rng.normal(size=rows)
    noise = rng.normal(size=(rows, features))
    ids = rng.permutation(10_000)[:rows]
    index = pd.Index([f"n{number:015x}" for number in ids], name="id")
    raw = pd.DataFrame(0.7 * shared[:, None] + noise, index).rank(pct=True)
    columns = (raw * 4.999).astype("int8")
    letters = rng.permutation(list("abcdefghijkl"))[:features]
    columns.columns = [f"feature_{letter}" for letter in letters]
    slopes = rng.choice([-1, 1], features) * rng.uniform(0.5, 2, features)
    predictions = 0.1 * columns.to_numpy() @ slopes
    predictions = pd.Series(predictions + 0.5 + 0.1 * rng.normal(size=rows), index)
    target = pd.Series(rng.choice([0, 0.25, 0.5, 0.75, 1], rows), index)
    return predictions, columns, target


def with_features(seed):
    """Return eras as (predictions, features)."""
    return [_era(seed, rows, count)[:2] for rows, count in ((60, 3), (90, 5), (40, 1))]


def with_proportion(seed):
    """Return eras as (predictions, features, proportion).

    In one of them a feature is constant, as before it existed, and one is there twice.
    """
    rng = np.random.default_rng([seed, 4])
    shares = (0.5, 1.0, float(rng.uniform(0.1, 0.9)))
    cases = [(*era, share) for era, share in zip(with_features(seed), shares)]
    predictions, columns, _ = _era(seed, 70, 4)
    first = columns.columns[0]
    columns = columns.assign(feature_y=columns[first], feature_z=np.int8(2))
    return [*cases, (predictions, columns, 1.0), (*cases[1][:2], 0.0)]


def with_target(seed):
    """Return eras as (predictions, features, target)."""
    return [_era(seed, rows, count) for rows, count in ((80, 3), (120, 5), (50, 1))]


def exposure(predictions, features):
    """Return the correlation of an era's predictions with each feature."""
    return pd.Series(scoring.era_exposure(predictions, features), features.columns)


def _five_stocks():
    """Return the era that the text prints."""
    features = pd.DataFrame({"feature_a": [0, 1, 2, 4, 3]})
    predictions = pd.Series([0.3, 0.1, 0.7, 0.9, 0.4])
    return predictions, features, pd.Series([0.5, 0.25, 0.75, 0.5, 1.0])


def _correlations(predictions, features):
    return features.corrwith(predictions)


def _fit(predictions, features, constant=True):
    columns = features.to_numpy(dtype=float)
    if constant:
        columns = np.column_stack([columns, np.ones(len(columns))])
    return columns @ np.linalg.lstsq(columns, predictions, rcond=None)[0]


def _one_by_one(predictions, features, proportion):
    rest = predictions
    for name in features:
        rest = rest - proportion * _fit(predictions, features[[name]])
    return rest


def _keeping_the_mean(predictions, features, proportion):
    fit = _fit(predictions, features)
    return predictions - proportion * (fit - fit.mean())


def _shrunk(predictions, features, proportion):
    return (1 - proportion) * predictions + proportion * _fit(predictions, features)


def _scaled(rest, ddof):
    with np.errstate(invalid="ignore"):
        return rest / rest.std(ddof=ddof)


def _one_after_another(predictions, features, proportion):
    for name in features:
        predictions = predictions - proportion * _fit(predictions, features[[name]])
    return predictions


def _neutral(predictions, features, target, shape=gaussianize):
    return scoring.era_neutralize(shape(predictions), features)


EXERCISES = (
    Exercise(
        name="exposure",
        points=2,
        hints=(
            "An exposure is an ordinary (Pearson) correlation, one for each feature.",
            "`np.corrcoef(predictions, features[name])[0, 1]` is one of them;"
            " `features.corrwith(predictions)` gives all at once.",
        ),
        cases=with_features,
        example=lambda: (
            pd.Series([0.2, 0.4, 0.4, 0.6]),
            pd.DataFrame({"feature_a": [1, 2, 3, 4], "feature_b": [3, 0, 4, 1]}),
        ),
        key=exposure,
        refuses=(exposure, scoring.era_exposure, scoring.exposure),
        mistakes=(
            Mistake(
                lambda p, f: _correlations(p, f).abs(),
                "The sign is lost. Leaning against a feature is the opposite bet of"
                " leaning on it: keep the sign.",
            ),
            Mistake(
                lambda p, f: f.apply(lambda column: column.cov(p)),
                "Those are covariances: they grow with the scale of the predictions."
                " A correlation does not.",
            ),
            Mistake(
                lambda p, f: f.corrwith(p, method="spearman"),
                "You ranked first (Spearman). Exposure is the plain Pearson"
                " correlation of the predictions as they are.",
            ),
            Mistake(
                lambda p, f: float(_correlations(p, f).abs().max()),
                "That is the largest exposure only: return one number a feature.",
            ),
            Mistake(
                lambda p, f: _correlations(p, f).to_numpy(),
                "The right numbers, but not whose they are: return a Series by feature,"
                " its index the columns of `features`.",
            ),
            Mistake(
                lambda p, f: _correlations(gaussianize(p), f),
                "You gave the predictions another shape first. Exposure takes them as"
                " they are.",
            ),
            Mistake(
                lambda p, f: f.apply(lambda column: np.polyfit(column, p, 1)[0]),
                "These are slopes: how far predictions move with a feature. A"
                " correlation says how closely they follow it.",
            ),
            Mistake(
                lambda p, f: _correlations(p, f) ** 2,
                "You squared the correlations, which loses their sign. Return them as"
                " they are.",
            ),
            Mistake(
                lambda p, f: (f.T @ p) / np.sqrt((f**2).sum() * (p @ p)),
                "You did not take out the means, so that it is no correlation (the"
                " cosine of the two): `np.corrcoef` or `corrwith` does.",
            ),
            Mistake(
                lambda p, f: f.assign(predictions=p).corr()["predictions"],
                "The predictions themselves are in your table: keep the features only.",
            ),
            Mistake(
                lambda p, f: f.assign(predictions=p).corr(),
                "These are all correlations with each other: keep those of the"
                " predictions with the features.",
            ),
        ),
    ),
    Exercise(
        name="neutralize",
        points=3,
        hints=(
            "Fit the features to the predictions by least squares, with a constant."
            " What fraction of the fit do you subtract?",
            "`columns = features.assign(constant=1)` and"
            " `slopes = np.linalg.lstsq(columns, predictions)[0]`.",
            "The fit is `columns @ slopes`; the answer is the predictions minus"
            " `proportion` times the fit.",
        ),
        cases=with_proportion,
        example=lambda: (
            pd.Series([1, 2, 3, 6]),
            pd.DataFrame({"feature_a": [0, 1, 2, 3]}),
            0.5,
        ),
        key=scoring.era_neutralize,
        same={
            "constant: 1 → 2": "A column of twos explains the same as one of ones.",
        },
        mistakes=(
            Mistake(
                lambda p, f, share: p - _fit(p, f),
                "The proportion has no effect: subtract only that share of the fit.",
            ),
            Mistake(
                lambda p, f, share: p - share * _fit(p, f, constant=False),
                "The constant is missing: without a column of ones the fit must pass"
                " through zero, and a part of the features stays.",
            ),
            Mistake(
                lambda p, f, share: p - (1 - share) * _fit(p, f),
                "You subtracted what `proportion` leaves: 1 takes all of the fit out, 0"
                " nothing.",
            ),
            Mistake(
                lambda p, f, share: share * (p - _fit(p, f)),
                "You took out the whole fit and shrank the rest. The share is of the"
                " fit alone: `predictions - proportion * fit`.",
            ),
            Mistake(
                lambda p, f, share: p - 0.5 * _fit(p, f),
                "You subtracted half of the fit, whatever `proportion` is.",
            ),
            Mistake(
                lambda p, f, share: pd.Series(share * _fit(p, f), p.index),
                "That is the part to take out; return what is left.",
            ),
            Mistake(
                _one_by_one,
                "You took the features out one at a time. They overlap, so what they"
                " share was taken out more than once: fit all of them together.",
            ),
            Mistake(
                _one_after_another,
                "You took one feature out after the other. They overlap, so each step"
                " brings back some of what was taken out before: fit all of them"
                " together.",
            ),
            Mistake(
                _keeping_the_mean,
                "You kept the mean of the predictions. The constant belongs to the fit,"
                " and the share is of the whole fit.",
            ),
            Mistake(
                _shrunk,
                "The share is the wrong way round: 1 takes all of the fit out, 0 leaves"
                " the predictions as they are.",
            ),
            *(
                Mistake(
                    lambda p, f, share, ddof=ddof: _scaled(
                        p - share * _fit(p, f), ddof
                    ),
                    "You scaled what is left to a standard deviation of 1, as Numerai's"
                    " example scripts do. Here nothing is scaled.",
                )
                for ddof in (0, 1)
            ),
            Mistake(
                lambda p, f, share: gaussianize(p) - share * _fit(gaussianize(p), f),
                "You ranked the predictions first. That comes in the next exercise;"
                " here they are taken as they are.",
            ),
        ),
    ),
    Exercise(
        name="feature_neutral_corr",
        points=2,
        hints=(
            "Three steps, each of them a function you have met: gaussianize,"
            " neutralize, score.",
            "`nl.eras.gaussianize`, `nl.scoring.era_neutralize` (all of it) and"
            " `nl.scoring.era_corr`, one inside the other.",
        ),
        cases=with_target,
        example=_five_stocks,
        key=scoring.era_fnc,
        refuses=(scoring.era_fnc, scoring.fnc),
        mistakes=(
            Mistake(
                lambda p, f, t: scoring.era_corr(p, t),
                "That is CORR with the features still inside: neutralize first.",
            ),
            Mistake(
                lambda p, f, t: scoring.era_corr(scoring.era_neutralize(p, f), t),
                "You neutralized the raw predictions. Give them a normal shape first"
                " (`nl.eras.gaussianize`): only their order should count.",
            ),
            Mistake(
                lambda p, f, t: float(np.corrcoef(_neutral(p, f, t), t)[0, 1]),
                "The last step is CORR (`nl.scoring.era_corr`), not the plain"
                " correlation: what is left is ranked once more.",
            ),
            Mistake(
                lambda p, f, t: scoring.era_corr(p, scoring.era_neutralize(t, f)),
                "You neutralized the target. What happened stays as it is; take the"
                " features out of the predictions.",
            ),
            Mistake(
                lambda p, f, t: scoring.era_corr(
                    _neutral(p, f, t), scoring.era_neutralize(t, f)
                ),
                "You neutralized the target, too. What happened stays as it is; take"
                " the features out of the predictions only.",
            ),
            Mistake(
                lambda p, f, t: scoring.era_corr(_neutral(p, f, t, pd.Series.rank), t),
                "You neutralized plain ranks. Give them a normal shape first:"
                " `nl.eras.gaussianize`.",
            ),
            Mistake(
                lambda p, f, t: scoring.era_corr(_neutral(p, f.iloc[:, :1], t), t),
                "You took out the first feature alone. Take out all of them.",
            ),
            Mistake(
                lambda p, f, t: scoring.era_corr(_neutral(p, gaussianize(f), t), t),
                "You gave the features a normal shape, too. They are taken out as they"
                " are.",
            ),
            Mistake(
                lambda p, f, t: scoring.era_corr(t, _neutral(p, f, t)),
                "Predictions and target changed places in CORR: only the predictions"
                " are ranked.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "A model's largest exposure is 0.4, to one feature. What does that mean?",
        {
            "40 % of its predictions are right because of that feature": "No. Exposure"
            " says how much it leans, not whether leaning was right.",
            "An era that punishes the feature tends to punish the model": "Right. It"
            " may be right to lean; it is a bet on that feature all the same.",
            "The model is overfitted": "Not necessarily: a plain linear model of one"
            " good feature has an exposure of 1.",
        },
        "b",
    ),
    Question(
        "After full neutralisation to all features, what can a linear model still say?",
        {
            "Almost nothing": "Right. It was a weighted sum of the features; take them"
            " out and only the bending of the ranks remains.",
            "The same as before, with less risk": "No. What was taken out was all that"
            " it said.",
            "Only its sign": "No. There is no sign left either: nearly all of it goes.",
        },
        "a",
    ),
    Question(
        "In eight official runs of Numerai's example models, what did full"
        " neutralisation do to the Sharpe ratio?",
        {
            "It rose in most of them": "That is what one would hope for, and what many"
            " say. The stored figures say otherwise.",
            "It fell in all eight": "Right. The deviation fell too, but the mean fell"
            " further.",
            "It did not change": "It did: downwards, in each of them.",
        },
        "b",
    ),
)
