"""Exercises: blend a crowd, foresee its score, say how many it takes."""

import math

import numpy as np
import pandas as pd

from numlearn import metamodel
from numlearn.eras import average_rank, gaussianize
from numlearn.exercises import Exercise, Mistake, Question

NAMES = ["ana", "bo", "cy", "di", "ed", "fay"]


def some_crowds(seed):
    """Return panels with models on different scales, and the names of those to blend.

    A model that is not to be blended stands among them, and one predicts in steps.
    """
    rng = np.random.default_rng([seed, 8])
    return [(_crowd(rng, eras), _named(rng, size)) for eras, size in ((3, 4), (2, 1))]


def _named(rng, size):
    return [str(name) for name in rng.permutation(NAMES)[:size]]


def _crowd(rng, eras):
    first = int(rng.integers(1, 900))
    number = np.repeat(np.arange(eras), rng.integers(30, 46, eras))
    skill, level = rng.normal(size=len(number)), rng.normal(0, 2, eras)
    ids = [f"n{x:06x}" for x in rng.choice(16**6, len(number), replace=False)]
    panel = pd.DataFrame({"era": [f"{first + n:04d}" for n in number]}, ids)
    for name, scale in zip(NAMES, rng.permutation([0.01, 0.1, 1.0, 2.0, 30.0, 500.0])):
        own = rng.normal(size=len(number))
        panel[name] = scale * (level[number] + skill + own)
    panel["ana"] = (panel["ana"] / panel["ana"].std()).round(1)
    panel["target"] = rng.choice([0, 0.25, 0.5, 0.75, 1.0], len(panel))
    return panel.iloc[rng.permutation(len(panel))]


def a_small_crowd():
    """Return the arguments of the statement's example."""
    eras = ["0007", "0007", "0007"]
    panel = pd.DataFrame({"era": eras, "ana": [1, 2, 3], "bo": [10, 0, 100]})
    return panel, ["ana", "bo"]


def crowds(seed):
    """Return crowds as (corr, similarity, models), a single model among them."""
    rng = np.random.default_rng([seed, 9])
    corr, similarity = rng.uniform(0.005, 0.03, 6), rng.uniform(0.05, 0.9, 6)
    sizes = (2, *map(int, rng.integers(5, 2000, 2)), 1, 40, 300)
    similarity[4], corr[5] = 0.0, -corr[5]
    return list(zip(corr.tolist(), similarity.tolist(), sizes))


def rivals(seed):
    """Return (corr, similarity, rival): reachable, out of reach, reached, no skill.

    Where a whole number of models reaches the rival exactly, all three numbers are
    short binary fractions, so that every way of counting finds it.
    """
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
    short = (rng.permutation(12)[:3] + 5) / 1024
    exact = rng.permutation([1 / 16, 1 / 8, 3 / 16, 7 / 32, 15 / 64])[:2]
    cases += [(float(c), float(s), 2 * float(c)) for c, s in zip(short, exact)]
    edge = float(short[2])
    cases += [(edge, 0.25, 2 * edge), (edge, 1.0, edge), (edge, 0.0, 3 * edge)]
    worse = float(rng.uniform(0.02, 0.06))
    cases += [(worse, 0.5, 0.7 * worse), (worse, 1.0, 1.1 * worse)]
    cases += [(-worse, similarity, corr), (0.0, similarity, corr)]
    cases.append((edge, 0.0, 128 * edge))  # 16,384 of them
    corr, similarity = float(rng.uniform(0.001, 0.002)), 1e-5
    many = int(rng.integers(20_000, 60_000)) - 0.4
    cases.append(
        (corr, similarity, float(metamodel.ensemble_corr(corr, similarity, many)))
    )
    return [*cases[1:], cases[0]]


def _blend(panel, models, shape):
    by_era = panel.groupby("era")[models]
    return by_era.transform(shape).mean(axis=1)


def _turning_point(corr, similarity, rival):
    """Solve for the number of models as it stands, whatever comes out."""
    ratio = (rival / corr) ** 2
    return ratio * (1 - similarity) / (1 - ratio * similarity)


def _no_limit(corr, similarity, rival):
    return 1 if corr >= rival else math.ceil(_turning_point(corr, similarity, rival))


def _always_a_crowd(corr, similarity, rival):
    """Leave out the question whether one model does."""
    if corr <= 0 or rival**2 * similarity >= corr**2:
        return math.inf
    return math.ceil(_turning_point(corr, similarity, rival) - 1e-9)


def _with_skill(corr, similarity, rival):
    """Ask for the limit by its square, and forget that corr may be below 0."""
    if corr >= rival:
        return 1
    if rival**2 * similarity >= corr**2:
        return math.inf
    return math.ceil(_turning_point(corr, similarity, rival) - 1e-9)


def _none_for_inf(number):
    return None if number == math.inf else number


def _up_to(most, number):
    return number if number <= most else math.inf


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
        cases=some_crowds,
        example=a_small_crowd,
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
                lambda panel, models: (
                    _blend(panel, models, gaussianize)
                    .groupby(panel["era"])
                    .transform(average_rank)
                ),
                "You ranked the blend, as for a submission. The mean of the shaped"
                " models is asked for, as it is.",
            ),
            Mistake(
                lambda panel, models: (
                    panel[models]
                    .mean(axis=1)
                    .groupby(panel["era"])
                    .transform(gaussianize)
                ),
                "You averaged the numbers as they were sent and shaped the mean, so"
                " that large ones decide alone: shape each model first.",
            ),
            Mistake(
                lambda panel, models: (
                    panel.groupby("era")[models].rank(pct=True).mean(axis=1)
                ),
                "You averaged ranks. Give the models a normal shape"
                " (`nl.eras.gaussianize`), so that strong opinions count as such.",
            ),
            Mistake(
                lambda panel, models: _blend(
                    panel, list(panel.columns.drop("era")), gaussianize
                ),
                "You blended all columns. Take those named in `models` alone.",
            ),
            Mistake(
                lambda panel, models: _blend(panel, models, gaussianize) * len(models),
                "That is the sum of the models: divide by how many there are.",
            ),
            Mistake(
                lambda panel, models: (
                    panel.groupby("era")[models]
                    .transform(lambda x: (x - x.mean()) / x.std())
                    .mean(axis=1)
                ),
                "You divided by the standard deviation, which leaves each model's own"
                " shape and outliers. Use `nl.eras.gaussianize`, which goes by rank.",
            ),
            Mistake(
                lambda panel, models: _blend(
                    panel.assign(blend=_blend(panel, models, gaussianize)),
                    ["blend"],
                    gaussianize,
                ),
                "You gave the blend a normal shape once more. The mean of the shaped"
                " models is asked for, as it is.",
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
        example=lambda: (0.02, 0.25, 5),
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
            Mistake(
                lambda c, s, n: math.sqrt(c * n / (1 + (n - 1) * s)),
                "The root is drawn from the number of models over the line's lower part"
                " alone; `corr` stands before it.",
            ),
            Mistake(
                lambda c, s, n: c * math.sqrt(n / 1 + (n - 1) * s),
                "Without brackets only the 1 stands below the line: `models / (1 +"
                " (models - 1) * similarity)`.",
            ),
            Mistake(
                lambda c, s, n: c * math.sqrt(n) / (1 + (n - 1) * s),
                "The root reaches over the whole fraction, not its upper part alone.",
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
            " `if rival * np.sqrt(similarity) >= corr: return np.inf`, then `np.ceil`"
            " of the solution.",
        ),
        cases=rivals,
        example=lambda: (0.01, 0.05, 0.03),
        key=metamodel.break_even_crowd,
        mistakes=(
            Mistake(
                _with_skill,
                "A crowd without skill never gets there, however many they are: their"
                " squares hide that `corr` is not above 0. Return `np.inf`.",
            ),
            Mistake(
                _no_limit,
                "Some rivals are out of reach: the limit of a crowd is"
                " corr / √similarity, and without skill there is nothing to add up."
                " Return `np.inf` for them.",
            ),
            Mistake(
                lambda corr, similarity, rival: _none_for_inf(
                    metamodel.break_even_crowd(corr, similarity, rival)
                ),
                "Where no number of models does, return `np.inf`, not None.",
            ),
            *(
                Mistake(
                    lambda corr, similarity, rival, most=most: _up_to(
                        most, metamodel.break_even_crowd(corr, similarity, rival)
                    ),
                    "Your search stopped too early: this rival takes more models than"
                    " you tried. Solve for the number instead.",
                )
                for most in (100, 1000, 10_000)
            ),
            Mistake(
                _with_limit(lambda c, s, r: round(_turning_point(c, s, r))),
                "You rounded to the nearest whole number, which may be one too small:"
                " always round up, with `np.ceil`.",
            ),
            Mistake(
                _with_limit(_turning_point),
                "Models come whole: round up with `np.ceil`.",
            ),
            Mistake(
                _with_limit(lambda c, s, r: math.floor(_turning_point(c, s, r))),
                "You rounded to a crowd that is one too small: always round up, with"
                " `np.ceil`.",
            ),
            Mistake(
                _with_limit(lambda c, s, r: math.floor(_turning_point(c, s, r)) + 1),
                "That adds a model also where a whole number of them reaches the rival"
                " exactly: use `np.ceil`.",
            ),
            Mistake(
                _always_a_crowd,
                "If a single model reaches the rival, the answer is 1: ask that first.",
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
