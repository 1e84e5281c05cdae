"""Exercises: one scale, a blend, targets chosen without peeking."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from numlearn import models
from numlearn.eras import average_rank, gaussianize
from numlearn.exercises import Exercise, Mistake, Question

KNOWN_AFTER = 5  # eras until a 20-day target is known: 22 days are more than four weeks


def one_model(seed):
    """Return predictions with ties and gaps, and the era of each row."""
    rng = np.random.default_rng([seed, 11])
    era = np.repeat(["0001", "0002", "0003"], (30, 45, 38))
    index = pd.Index(rng.permutation(len(era)), name="id")
    level = np.repeat(rng.normal(0, 2, 3), (30, 45, 38))
    predictions = (level + rng.normal(size=len(era))).round(1)
    predictions[rng.choice(len(era), 6, replace=False)] = np.nan
    return [(pd.Series(predictions, index), pd.Series(era, index))]


def a_panel(seed):
    """Return a panel, rows shuffled, with three predictions on different scales."""
    rng = np.random.default_rng([seed, 12])
    era = np.repeat(["0001", "0002", "0003"], (30, 45, 38))
    shared, level = (
        rng.normal(size=len(era)),
        np.repeat(rng.normal(size=3), (30, 45, 38)),
    )
    panel = pd.DataFrame({"era": era, "target": rng.random(len(era))})
    for name, scale in {"ada": 0.01, "bruno": 1.0, "clara": 30.0}.items():
        panel[name] = scale * (level + shared + rng.normal(size=len(era)))
    return [(panel.sample(frac=1, random_state=seed), ["ada", "bruno", "clara"])]


def a_record(seed):
    """Return era scores that turn, how many to choose, and the era of today."""
    rng = np.random.default_rng([seed, 13])
    eras = pd.Index([f"{era:04d}" for era in range(101, 131)], name="era")
    cases = []
    for today, size in ((121, 2), (126, 3), (119, 1)):
        scores = 0.001 * rng.normal(size=(30, 6))
        order = rng.permutation(6)
        known = today - KNOWN_AFTER - 100  # how many rows are known today
        scores[:known, order] += np.array([5, 4, 3, 2, 1, 0]) * 0.02
        scores[known : today - 100, order] += np.array([0, 1, 3, 2, 5, 4]) * 0.4
        scores[today - 100 :, order] += np.array([0, 5, 1, 4, 2, 3]) * 2.0
        table = pd.DataFrame(scores, eras, [f"target_{letter}" for letter in "pqrstu"])
        cases.append((table, size, f"{today:04d}"))
    return cases


def rank_gauss(predictions, era):
    """Give predictions a normal shape within each era; what is missing becomes 0."""
    return predictions.groupby(era).transform(gaussianize).fillna(0.0)


def choose_targets(scores, size, today):
    """Choose the targets with the best mean score among the eras known today."""
    number = scores.index.astype(int)
    known = scores[number + KNOWN_AFTER <= int(today)]
    return known.mean().sort_values(ascending=False).index[:size].tolist()


def _by_era(predictions, era, shape):
    return predictions.groupby(era).transform(shape).fillna(0.0)


def _quantile_of(rank):
    return lambda x: pd.Series(norm.ppf(rank(x)), x.index)


def _mean(panel, names, shape):
    return panel.groupby("era")[names].transform(shape).mean(axis=1)


def _ranked(panel, values):
    return values.groupby(panel["era"]).transform(average_rank)


def _best(scores, size):
    return scores.mean().sort_values(ascending=False).index[:size].tolist()


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
        cases=a_panel,
        key=models.blend,
        mistakes=(
            Mistake(
                lambda panel, names: _mean(panel, names, gaussianize),
                "That is the mean, on a scale that reaches below zero. Rank it once"
                " more within its era, so that it can be submitted.",
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
            Mistake(
                lambda panel, names: _ranked(panel, _mean(panel, names, average_rank)),
                "You averaged plain ranks. With a normal shape the extremes count more"
                " than the crowded middle: use `nl.eras.gaussianize`.",
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
        cases=a_record,
        key=choose_targets,
        mistakes=(
            Mistake(
                lambda scores, size, today: _best(scores, size),
                "You looked at all eras, the future included. With that anybody chooses"
                " well.",
            ),
            Mistake(
                lambda scores, size, today: _best(_before(scores, today), size),
                "You looked at all eras before today. The last of them are not over: a"
                " 20-day target is known five eras later.",
            ),
            Mistake(
                lambda scores, size, today: choose_targets(-scores, size, today),
                "Those are the worst: sort from the largest mean down.",
            ),
            Mistake(
                lambda scores, size, today: choose_targets(scores, 6, today),
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
        "You try 15 pairs on the validation eras, and the best has a CORR of .030. In"
        " new eras you should expect…",
        {
            "about .030": "No. It is the best of 15, and part of why it is the best was"
            " luck, which does not come along.",
            "less": "Right. The largest of many noisy numbers is mostly too large.",
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
