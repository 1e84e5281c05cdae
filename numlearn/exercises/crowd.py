"""Exercises: blend a crowd, foresee its score, say how many it takes."""

import math

import numpy as np
import pandas as pd

from numlearn import metamodel
from numlearn.eras import average_rank, gaussianize
from numlearn.exercises import Exercise, Mistake, Question


def a_crowd(seed):
    """Return a panel with four models on different scales, and their names."""
    rng = np.random.default_rng([seed, 8])
    era = np.repeat(["0001", "0002", "0003"], (30, 45, 38))
    skill, level = rng.normal(size=len(era)), rng.normal(0, 2, 3)
    panel = pd.DataFrame({"era": era, "target": rng.random(len(era))})
    for name, scale in {"ana": 0.01, "bo": 1.0, "cy": 30.0, "di": 2.0}.items():
        own = rng.normal(size=len(era))
        panel[name] = scale * (level[panel["era"].astype(int) - 1] + skill + own)
    return [(panel.sample(frac=1, random_state=seed), ["ana", "bo", "cy", "di"])]


def crowds(seed):
    """Return crowds as (corr, similarity, models)."""
    rng = np.random.default_rng([seed, 9])
    corr, similarity = rng.uniform(0.005, 0.03, 3), rng.uniform(0.05, 0.9, 3)
    sizes = (2, *map(int, rng.integers(5, 2000, 2)))
    return list(zip(corr.tolist(), similarity.tolist(), sizes))


def rivals(seed):
    """Return (corr, similarity, rival): reachable, out of reach, reached, no skill."""
    rng = np.random.default_rng([seed, 10])
    cases = []
    for models in rng.integers(8, 400, 3):
        corr, similarity = rng.uniform(0.005, 0.01), rng.uniform(0.02, 0.08)
        rival = metamodel.ensemble_corr(
            corr, similarity, models - rng.uniform(0.2, 0.7)
        )
        cases.append((corr, similarity, float(rival)))
    corr, similarity, _ = cases[-1]
    cases.append((corr, similarity, 1.1 * corr / math.sqrt(similarity)))
    return [*cases, (0.03, 0.5, 0.02), (-0.05, 0.1, 0.02)]


def _blend(panel, models, shape):
    by_era = panel.groupby("era")[models]
    return by_era.transform(shape).mean(axis=1)


def _turning_point(corr, similarity, rival):
    """Solve for the number of models as it stands, whatever comes out."""
    ratio = (rival / corr) ** 2
    return ratio * (1 - similarity) / (1 - ratio * similarity)


def _no_limit(corr, similarity, rival):
    return 1 if corr >= rival else math.ceil(_turning_point(corr, similarity, rival))


def _with_limit(answer):
    def mistaken(corr, similarity, rival):
        right = metamodel.break_even_crowd(corr, similarity, rival)
        return right if right in (1, math.inf) else answer(corr, similarity, rival)

    return mistaken


EXERCISES = (
    Exercise(
        name="rank_average",
        points=2,
        hints=(
            "Two steps: give each model a normal shape within each era, then take the"
            " mean of the models, row by row.",
            "`panel.groupby('era')[models].transform(nl.eras.gaussianize)` is the first"
            " step; the second is `.mean(axis=1)`.",
        ),
        cases=a_crowd,
        key=metamodel.equal_weighted,
        refuses=(metamodel.equal_weighted, metamodel.stake_weighted),
        mistakes=(
            Mistake(
                lambda panel, models: panel[models].mean(axis=1),
                "You averaged the numbers as they were sent. Whoever sends large ones"
                " decides alone: shape each model first.",
            ),
            Mistake(
                lambda panel, models: gaussianize(panel[models]).mean(axis=1),
                "You ranked all eras in one heap. An era is a market of its own: shape"
                " the models within each.",
            ),
            Mistake(
                lambda panel, models: _blend(panel, models, average_rank),
                "You averaged plain ranks. Give them a normal shape"
                " (`nl.eras.gaussianize`), so that strong opinions count as such.",
            ),
            Mistake(
                lambda panel, models: _blend(panel, models, gaussianize) * len(models),
                "That is the sum of the models: divide by how many there are.",
            ),
        ),
    ),
    Exercise(
        name="ensemble_corr",
        points=2,
        hints=(
            "Write down the formula above: the square root holds the number of models,"
            " divided by 1 plus (one less than that number) times the similarity.",
            "`corr * np.sqrt(models / (1 + (models - 1) * similarity))`.",
        ),
        cases=crowds,
        key=metamodel.ensemble_corr,
        mistakes=(
            Mistake(
                lambda c, s, n: c * math.sqrt(n),
                "That would be right if no two of them had anything in common."
                " Similarity holds the blend back.",
            ),
            Mistake(
                lambda c, s, n: c * n / (1 + (n - 1) * s),
                "The square root is missing: the spread of the blend, not its variance,"
                " goes below the line.",
            ),
            Mistake(
                lambda c, s, n: c * math.sqrt(n / (1 + n * s)),
                "A model has n - 1 others to be like, not n.",
            ),
            Mistake(
                lambda c, s, n: c / math.sqrt(s),
                "That is the limit, for a crowd without end. This one has a number.",
            ),
        ),
    ),
    Exercise(
        name="break_even_crowd",
        points=3,
        hints=(
            "Where is the limit of this crowd, corr / √similarity? If the rival is"
            " there or above it, the answer is `np.inf`.",
            "Set `ensemble_corr` equal to the rival, square both sides and solve for"
            " the number: rival² (1 - s) / (corr² - rival² s). Then round up.",
            "Three cases: `if corr >= rival: return 1`, then"
            " `if corr <= 0 or rival**2 * similarity >= corr**2: return np.inf`, then"
            " `np.ceil` of the solution.",
        ),
        cases=rivals,
        key=metamodel.break_even_crowd,
        mistakes=(
            Mistake(
                _no_limit,
                "Some rivals are out of reach: the limit of a crowd is"
                " corr / √similarity, and without skill there is nothing to add up."
                " Return `np.inf` for them.",
            ),
            Mistake(
                _with_limit(_turning_point),
                "Models come whole: round up with `np.ceil`.",
            ),
            Mistake(
                _with_limit(lambda c, s, r: math.floor(_turning_point(c, s, r))),
                "You rounded down, and that crowd is one too small.",
            ),
            Mistake(
                _with_limit(lambda c, s, r: math.ceil((r / c) ** 2)),
                "That crowd would be large enough if its models had nothing in common."
                " Let the similarity in.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "A blend of 500 models has a CORR far above that of its best member. That…",
        {
            "must be a mistake: a mean lies between its parts": "The *scores* are not"
            " averaged, the predictions are. What the models share adds up, and their"
            " errors cancel.",
            "is what happens when errors differ and skill is shared": "Right. The mean"
            " of the predictions keeps the skill and loses most of the errors.",
            "shows that the best member is a fraud": "No. Each carries a little skill"
            " under a lot of error of its own.",
        },
        "b",
    ),
    Question(
        "A crowd of 5,000 has nearly reached its limit. What lifts its CORR?",
        {
            "Another 5,000 of the same kind": "No. The limit, corr / √similarity, does"
            " not depend on their number.",
            "Models of equal skill that are less like the rest": "Right: they lower"
            " the similarity, and the limit rises.",
            "Asking everybody to use the best public notebook": "That lifts each of"
            " them and makes them alike, so the blend is left with one opinion.",
        },
        "b",
    ),
    Question(
        "What does the closed form prove about the real Numerai?",
        {
            "That the crowd beats a desk of professionals": "No. It says what follows"
            " *if* skill and similarity are such and such. They must be measured.",
            "Nothing: it holds by construction": "Right. It turns two measurements into"
            " a third, for any numbers that are put in. Either side can win.",
            "That 500 models are enough": "How many are enough depends on skill and"
            " similarity, and some rivals are out of reach.",
        },
        "b",
    ),
)
