"""Exercises: one era's score, all eras' scores, what they are worth."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from numlearn import scoring
from numlearn.exercises import Exercise, Mistake, Question

BINS = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
SHARES = [0.05, 0.20, 0.50, 0.20, 0.05]


def _era(rng, rows):
    """Draw one era: a target in five bins, and predictions with some ties."""
    target = rng.choice(BINS, size=rows, p=SHARES)
    predictions = (0.4 * target + rng.normal(0, 0.2, rows)).round(2)
    index = pd.Index([f"n{number:015x}" for number in range(rows)], name="id")
    return pd.Series(predictions, index), pd.Series(target, index)


def one_era(seed):
    """Return three eras of different size as (predictions, target)."""
    rng = np.random.default_rng([seed, 1])
    return [_era(rng, rows) for rows in (40, 61, 100)]


def a_panel(seed):
    """Return a panel of four unequal eras, its rows shuffled, and two column names."""
    rng = np.random.default_rng([seed, 2])
    eras = []
    for number, rows in enumerate((40, 50, 30, 60), 1):
        predictions, target = _era(rng, rows)
        columns = {"era": f"{number:04d}", "guess": predictions, "target": target}
        eras.append(pd.DataFrame(columns))
    panel = pd.concat(eras, ignore_index=True).sample(frac=1, random_state=seed)
    return [(panel, "guess", "target")]


def a_track_record(seed):
    """Return era scores that overlap as 20-day targets of weekly eras do."""
    rng = np.random.default_rng([seed, 3])
    cases = []
    for eras in (60, 120):
        days = rng.normal(0.004, 0.03, eras + 3)
        scores = np.convolve(days, np.ones(4) / 2, mode="valid")
        index = pd.Index([f"{era:04d}" for era in range(1, eras + 1)], name="era")
        cases.append((pd.Series(scores, index),))
    return cases


def era_scores(panel, prediction, target):
    """Return one model's CORR in each era."""
    return scoring.corr(panel, [prediction], target=target)[prediction]


def sharpe_drawdown(scores):
    """Return a track record's Sharpe ratio and its deepest drawdown."""
    row = scoring.summary(scores).iloc[0]
    return float(row["sharpe"]), float(row["max_drawdown"])


def _gauss(x):
    return norm.ppf((x.rank() - 0.5) / len(x))


def _power(x):
    return np.sign(x) * np.abs(x) ** 1.5


def _corr(x, y):
    return float(np.corrcoef(x, y)[0, 1])


def _by_era(panel, prediction, target, score):
    eras = panel.groupby("era")
    return eras[[prediction, target]].apply(lambda e: score(e[prediction], e[target]))


def _product_drawdown(scores):
    growth = (1 + scores).cumprod()
    fall = (1 - growth / growth.cummax()).max()
    return sharpe_drawdown(scores)[0], float(fall)


def _worth(scores, memory, factor=2):
    return len(scores) / (1 + factor * float(np.sum(memory)))


def _memory(scores):
    return scoring.autocorrelation(scores, range(1, len(scores)))


EXERCISES = (
    Exercise(
        name="numerai_corr",
        points=4,
        hints=(
            "Four steps, in the order of the section above: rank, gaussianize, power,"
            " correlate. Write them one under the other and print what each gives.",
            "The target is centred (`target - target.mean()`) and raised to the same"
            " signed power, but never ranked.",
            "`normal = norm.ppf((predictions.rank() - 0.5) / len(predictions))` and"
            " `power = lambda x: np.sign(x) * np.abs(x) ** 1.5`. What is left is one"
            " `np.corrcoef(...)[0, 1]`.",
        ),
        cases=one_era,
        key=scoring.era_corr,
        mistakes=(
            Mistake(
                lambda p, t: _corr(p, t),
                "You correlated the predictions as they are. Only their order may"
                " count: rank them first.",
            ),
            Mistake(
                lambda p, t: _corr(p.rank(), t),
                "That is close to the score of 2021: ranks against the raw target."
                " Today's also gaussianizes the ranks and raises both to the 1.5.",
            ),
            Mistake(
                lambda p, t: _corr(_gauss(p), t - t.mean()),
                "The signed power of 1.5 is missing, on both sides.",
            ),
            Mistake(
                lambda p, t: _corr(_power(_gauss(p)), t),
                "The target must be centred and raised to the power of 1.5, too.",
            ),
            Mistake(
                lambda p, t: _corr(_power(_gauss(p)), _power(t)),
                "Centre the target before you raise it: a target of 0.5 is neither up"
                " nor down, so it must become 0.",
            ),
            Mistake(
                lambda p, t: float("nan"),
                "It came out as NaN. Ranks divided by their number reach 1, and the"
                " normal quantile of 1 is infinite: take (rank - 0.5) / n.",
            ),
        ),
    ),
    Exercise(
        name="era_scores",
        points=2,
        hints=(
            "One number an era: group the rows by era and score each group alone with"
            " `nl.scoring.era_corr`.",
            "`panel.groupby('era')[[prediction, target]].apply(...)` hands each era's"
            " rows to a function of yours, and returns a Series by era.",
        ),
        cases=a_panel,
        key=era_scores,
        refuses=(scoring.corr,),
        mistakes=(
            Mistake(
                lambda panel, p, t: float(scoring.era_corr(panel[p], panel[t])),
                "That is one number: all eras were thrown together and ranked as one."
                " Score each era alone.",
            ),
            Mistake(
                lambda panel, p, t: _by_era(panel, p, t, lambda x, y: x.corr(y)),
                "You scored by era, but with pandas' own correlation of the raw"
                " numbers: use `nl.scoring.era_corr`.",
            ),
            Mistake(
                lambda panel, p, t: _by_era(panel, t, p, scoring.era_corr),
                "Predictions and target changed places: only predictions are ranked.",
            ),
        ),
    ),
    Exercise(
        name="sharpe_drawdown",
        points=2,
        hints=(
            "The Sharpe ratio is the mean divided by the standard deviation, with"
            " `ddof=0`, and nothing else.",
            "Sum the scores up along the way (`cumsum`). At each era, how far is the"
            " sum below its own highest point so far (`cummax`)? Take the largest.",
        ),
        cases=a_track_record,
        key=sharpe_drawdown,
        refuses=(scoring.summary, scoring.max_drawdown),
        mistakes=(
            Mistake(
                lambda s: (float(s.mean() / s.std()), sharpe_drawdown(s)[1]),
                "pandas divides by n - 1 when it takes a standard deviation; Numerai"
                " divides by n: `scores.std(ddof=0)`.",
            ),
            Mistake(
                lambda s: (sharpe_drawdown(s)[0] * np.sqrt(52), sharpe_drawdown(s)[1]),
                "Do not annualise: Numerai's Sharpe is per round.",
            ),
            Mistake(
                lambda s: (sharpe_drawdown(s)[0], -sharpe_drawdown(s)[1]),
                "A drawdown is how far it fell, so it is not negative.",
            ),
            Mistake(
                _product_drawdown,
                "You compounded the scores like returns (the example script of 2021"
                " did). Today's drawdown is that of the plain sum.",
            ),
        ),
    ),
    Exercise(
        name="effective_rounds",
        points=2,
        hints=(
            "`nl.scoring.autocorrelation(scores, range(1, len(scores)))` gives r₁, r₂"
            " and so on. Which of them go into the sum?",
            "Those before the first that is not positive:"
            " `memory[(memory > 0).cummin()]`. Then n / (1 + 2 × their sum).",
        ),
        cases=a_track_record,
        key=scoring.effective_rounds,
        mistakes=(
            Mistake(
                lambda s: _worth(s, _memory(s)[(_memory(s) > 0).cummin()], factor=1),
                "Each correlation counts twice: a round repeats those before it and"
                " is repeated by those after it.",
            ),
            Mistake(
                lambda s: _worth(s, _memory(s).clip(lower=0)),
                "You added up every positive correlation. Far out they are chance:"
                " stop before the first one that is not positive.",
            ),
            Mistake(
                lambda s: _worth(s, _memory(s).iloc[:1]),
                "That is only the neighbour; the sum goes on to the lags after it.",
            ),
            Mistake(
                lambda s: float(len(s)),
                "These rounds overlap, so they are worth fewer than their number.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "You multiply all your predictions by 1,000 and add 7. Your CORR…",
        {
            "gets larger": "No. The first thing that CORR does is to rank.",
            "stays the same": "Right: only the order counts. (A submission must lie"
            " between 0 and 1, but that is a rule of the form, not of the score.)",
            "becomes a different number, nobody knows which": "No. Ranks do not move"
            " when every number is moved in the same way.",
        },
        "b",
    ),
    Question(
        "Two models have the same mean CORR; one has twice the standard deviation.",
        {
            "They are equally good": "Not for somebody who has a stake on them: the"
            " wild one has half the Sharpe ratio and the deeper drawdowns.",
            "The calm one has the higher Sharpe ratio": "Right: the same reward for"
            " half of the ups and downs.",
            "The wild one is better, it has the higher highs": "It also has the lower"
            " lows, and its track record says less about its true mean.",
        },
        "b",
    ),
    Question(
        "A model shows 104 weekly scores on 20-day targets. About how many independent"
        " rounds is that?",
        {
            "104": "No. Neighbouring rounds share most of the days they are scored on.",
            "26": "Right, about a quarter, as far as the model keeps its opinions: four"
            " weekly rounds share each 20-day window.",
            "2": "Too few: after a month nothing is shared any more.",
        },
        "b",
    ),
)
