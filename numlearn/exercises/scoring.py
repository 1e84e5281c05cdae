"""Exercises: one era's score, all eras' scores, what they are worth."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from numlearn import scoring
from numlearn.exercises import Exercise, Mistake, Question, like_key

BINS = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
SHARES = [0.05, 0.20, 0.50, 0.20, 0.05]
ENDLESS = 1e6  # rounds: more than any record has, or less than none by as much


# Zero on average and at lag 2, not at lags 1 and 3, all without a rounding error.
EXACT = (
    [-3, -1, 1, -3, 0, 1, 2, 3],
    [3, -1, 1, 1, 0, 1, -2, -3],
    [-2, -2, -3, 3, -1, 0, 3, 2],
    [2, 1, 3, -2, 0, 1, -3, -2],
    [-2, -3, 1, 0, -2, 3, 1, 2],
)


def _era(rng, rows, skill=0.4):
    """Draw one era: a target in five bins, and predictions with some ties."""
    target = rng.choice(BINS, size=rows, p=SHARES)
    predictions = (skill * target + rng.normal(0, 0.2, rows)).round(2)
    numbers = rng.permutation(10_000)[:rows]
    index = pd.Index([f"n{number:015x}" for number in numbers], name="id")
    return pd.Series(predictions, index), pd.Series(target, index)


def one_era(seed):
    """Return eras of different size as (predictions, target), one of negative skill."""
    rng = np.random.default_rng([seed, 1])
    return [_era(rng, *each) for each in ((40, 0.4), (61, 0.1), (100, -0.3))]


def _five_stocks():
    """Return the era that the text prints."""
    predictions = pd.Series([0.2, 0.3, 0.5, 0.6, 0.9])
    return predictions, pd.Series([0.0, 0.5, 0.25, 0.5, 1.0])


def panels(seed):
    """Return panels of unequal eras, rows shuffled, and two columns' names."""
    rng = np.random.default_rng([seed, 2])
    names = rng.permutation(["guess", "example", "mine", "rival"])[:2]
    return [
        (_panel(rng, 1, (40, 50, 30, 60), names[0], "target"), names[0], "target"),
        (_panel(rng, 97, (35, 45), names[1], "outcome"), names[1], "outcome"),
    ]


def _panel(rng, first, sizes, prediction, target):
    """Draw a panel whose other columns have gaps."""
    eras = []
    for number, rows in enumerate(sizes, first):
        predictions, outcome = _era(rng, rows)
        columns = {"era": f"{number:04d}", prediction: predictions, target: outcome}
        eras.append(pd.DataFrame(columns))
    panel = pd.concat(eras, ignore_index=True)
    panel["target_later"] = rng.choice([np.nan, 0.5], len(panel))
    return panel.iloc[rng.permutation(len(panel))]


def _two_eras():
    """Return the panel that the text prints."""
    panel = {
        "era": ["0002", "0001", "0002", "0001", "0001", "0002", "0002"],
        "guess": [0.9, 0.1, 0.3, 0.7, 0.4, 0.2, 0.4],
        "target": [0.5, 0.25, 0.75, 1.0, 0.5, 0.25, 0.25],
    }
    return pd.DataFrame(panel), "guess", "target"


def _record(scores):
    eras = pd.Index([f"{era:04d}" for era in range(1, len(scores) + 1)], name="era")
    return pd.Series(scores, eras)


def track_records(seed):
    """Return era scores as of weekly eras with 20-day targets, good and bad ones."""
    cases = []
    for k, (eras, mean) in enumerate(((60, 0.004), (120, 0.004), (45, -0.02))):
        rng = np.random.default_rng([seed, 3, k])
        days = rng.normal(mean, 0.03, eras + 3)
        cases.append((_record(np.convolve(days, np.ones(4) / 2, mode="valid")),))
    return cases


def ups_and_downs(seed):
    """Return track records, one that begins with a loss, and one that only gains."""
    rng = np.random.default_rng([seed, 3, 3])
    lost = np.concatenate([[-0.3], rng.uniform(-0.01, 0.03, 19)])
    return [
        *track_records(seed),
        (_record(lost),),
        (_record(rng.uniform(0.001, 0.05, 30)),),
    ]


def memories(seed):
    """Return track records that remember long, not at all, or less than that."""
    rng = np.random.default_rng([seed, 3, 4])
    exact = np.array(EXACT[rng.integers(len(EXACT))]) * 2.0 ** -rng.integers(3, 8)
    turning = rng.uniform(0.01, 0.03, 24) * np.resize([1, -1], 24)
    trend = np.linspace(-0.04, 0.05, 90) + rng.normal(0, 0.01, 90)
    return [*track_records(seed), *((_record(x),) for x in (exact, turning, trend))]


def era_scores(panel, prediction, target):
    """Return one model's CORR in each era."""
    return scoring.corr(panel, [prediction], target=target)[prediction]


def sharpe_drawdown(scores):
    """Return a track record's Sharpe ratio and its deepest drawdown."""
    row = scoring.summary(scores).iloc[0]
    return float(row["sharpe"]), float(row["max_drawdown"])


def _gauss(x):
    return _of_rank(x, lambda x: (x.rank() - 0.5) / len(x))


def _less(x):
    return x - x.mean()


def _power(x):
    return np.sign(x) * np.abs(x) ** 1.5


def _corr(x, y):
    return float(np.corrcoef(x, y)[0, 1])


def _by_era(panel, prediction, target, score):
    eras = panel.groupby("era")
    return eras[[prediction, target]].apply(lambda e: score(e[prediction], e[target]))


def _of_rank(p, rank):
    return pd.Series(norm.ppf(rank(p)), p.index)


def _ties(method):
    def score(p, t):
        normal = _of_rank(p, lambda p: (p.rank(method=method) - 0.5) / len(p))
        return _corr(_power(normal), _power(t - t.mean()))

    return score


def _nan(p, t):
    normal = _of_rank(p, lambda p: p.rank(pct=True))
    with np.errstate(invalid="ignore"):
        return _corr(_power(normal), _power(t - t.mean()))


def _fall(scores, depth):
    return sharpe_drawdown(scores)[0], float(depth(scores.cumsum()))


def _product_drawdown(scores):
    growth = (1 + scores).cumprod()
    fall = (1 - growth / growth.cummax()).max()
    return sharpe_drawdown(scores)[0], float(fall)


def _worth(scores, memory, factor=2):
    return len(scores) / (1 + factor * float(np.sum(memory)))


def _memory(scores):
    return scoring.autocorrelation(scores, range(1, len(scores)))


def _before_chance(scores):
    memory = _memory(scores)
    return memory[(memory > 0).cummin()]


def _and_the_next(scores):
    memory = _memory(scores)
    return _worth(scores, memory[(memory > 0).cummin().shift(fill_value=True)])


def _and_itself(scores):
    memory = _memory(scores)
    return _worth(scores, [1, *memory[(memory > 0).cummin()]])


def _rounds(got, expected):
    """Judge a number of rounds, and know that of an endless sum whatever it came to."""
    fault = like_key(got, expected)
    if fault and isinstance(got, float) and not abs(got) < ENDLESS:
        return (
            "Over all lags the autocorrelations add up to -1/2, whatever the scores, so"
            " that 1 + 2 × their sum is 0. Stop before the first that is not positive."
        )
    return fault


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
        example=_five_stocks,
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
                _nan,
                "It came out as NaN, mostly for one of two reasons. Ranks divided by n"
                " reach 1, whose normal quantile is infinite: take (rank - 0.5) / n."
                " And a negative number to the power of 1.5 is none: raise its size,"
                " and put its sign back with `np.sign`.",
            ),
            Mistake(
                lambda p, t: _corr(
                    _power(p.rank() - p.rank().mean()), _power(_less(t))
                ),
                "The ranks are still evenly spread. Give them the shape of a normal"
                " distribution (`norm.ppf`) before the power.",
            ),
            Mistake(
                lambda p, t: _corr(_power(_gauss(p)), _power(_gauss(t))),
                "You ranked the target, too. It comes in bins, and how far apart they"
                " are counts: only centre it, and raise it to the power of 1.5.",
            ),
            Mistake(
                lambda p, t: _corr(_power(_gauss(p)), _power(t - 0.5)),
                "The target is centred by its own mean, which is not always 0.5:"
                " `target - target.mean()`.",
            ),
            Mistake(
                lambda p, t: _corr(
                    _power(_of_rank(p, lambda p: p.rank() / (len(p) + 1))),
                    _power(_less(t)),
                ),
                "You divided the rank by n + 1. Numerai takes (rank - 0.5) / n.",
            ),
            Mistake(
                lambda p, t: _corr(_power(_gauss(p.argsort())), _power(_less(t))),
                "`argsort` tells which row comes first, and not which place a row"
                " takes: use `rank`.",
            ),
            Mistake(
                lambda p, t: _corr(_gauss(p).abs() ** 1.5, _less(t).abs() ** 1.5),
                "The signs are gone: after the power both ends are large. Put each sign"
                " back: `np.sign(x) * np.abs(x) ** 1.5`.",
            ),
            Mistake(
                lambda p, t: _corr(_power(_gauss(p)).rank(), _power(_less(t)).rank()),
                "The last step is Pearson's correlation, and you took Spearman's, which"
                " ranks once more: use `np.corrcoef`.",
            ),
            *(
                Mistake(
                    _ties(method),
                    "Equal predictions must get equal ranks, the mean of the places"
                    " they take up, which is what `rank()` gives if no other `method`"
                    " is asked for.",
                )
                for method in ("first", "min", "max", "dense")
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
        cases=panels,
        example=_two_eras,
        key=era_scores,
        ordered=True,
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
                lambda panel, p, t: _by_era(
                    panel, p, t, lambda x, y: x.corr(y, method="spearman")
                ),
                "You scored by era, but with Spearman's correlation: use"
                " `nl.scoring.era_corr`.",
            ),
            Mistake(
                lambda panel, p, t: _by_era(
                    panel.assign(**{t: _less(panel[t])}),
                    p,
                    t,
                    lambda x, y: _corr(_power(_gauss(x)), _power(y)),
                ),
                "You centred the target over all eras at once. Each era is scored"
                " alone, with its own mean.",
            ),
            Mistake(
                lambda panel, p, t: _by_era(panel, t, p, scoring.era_corr),
                "Predictions and target changed places: only predictions are ranked.",
            ),
            Mistake(
                lambda panel, p, t: _by_era(panel, p, t, scoring.era_corr_2021),
                "That is the CORR of 2021. Today's is `nl.scoring.era_corr`.",
            ),
            Mistake(
                lambda panel, p, t: era_scores(panel, p, t).mean(),
                "That is the mean over all eras. Return one number an era.",
            ),
            Mistake(
                lambda panel, p, t: era_scores(panel.dropna(), p, t),
                "You dropped rows in which some other column is missing. The two"
                " columns that are named have no gaps: score all rows.",
            ),
            Mistake(
                lambda panel, p, t: era_scores(panel, p, t)[panel["era"].unique()],
                "The scores are right, but their order is that of the rows: put the"
                " eras in order.",
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
        cases=ups_and_downs,
        example=lambda: (pd.Series([0.03, -0.01, -0.02, 0.04]),),
        key=sharpe_drawdown,
        refuses=(scoring.summary,),
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
            Mistake(
                lambda s: _fall(s, lambda sums: (sums.cummax().clip(0) - sums).max()),
                "You let the sum start at 0, so that a loss in the first era counts as"
                " a fall. Here it starts with the first era's score.",
            ),
            Mistake(
                lambda s: _fall(s, lambda sums: sums.max() - sums.min()),
                "That is from the highest to the lowest point, whichever came first. A"
                " drawdown falls from a peak that was there *before*: `cummax`.",
            ),
            Mistake(
                lambda s: _fall(s, lambda sums: sums.cummax().iloc[-1] - sums.iloc[-1]),
                "That is how far the sum is below its peak at the end. Asked is the"
                " deepest fall on the way.",
            ),
            Mistake(
                lambda s: _fall(
                    s, lambda sums: sums.max() - sums.loc[sums.idxmax() :].min()
                ),
                "You looked for the fall after the highest point of all. The deepest"
                " one may have come before it: `cummax` knows each peak so far.",
            ),
            Mistake(
                lambda s: (sharpe_drawdown(s)[0], max(0.0, -float(s.min()))),
                "That is the worst single score. Losses in a row add up: take the fall"
                " of the sum.",
            ),
            Mistake(
                lambda s: (1 / sharpe_drawdown(s)[0], sharpe_drawdown(s)[1]),
                "The Sharpe ratio is upside down: the mean is divided by the standard"
                " deviation.",
            ),
            Mistake(
                lambda s: _fall(s, lambda sums: (1 - sums / sums.cummax()).max()),
                "You divided by the peak. A sum of scores has no size to be a share of:"
                " the drawdown is the difference itself.",
            ),
            Mistake(
                lambda s: (sharpe_drawdown(s)[0], float((s.cummax() - s).max())),
                "You took the scores themselves. Sum them up along the way first"
                " (`cumsum`).",
            ),
            Mistake(
                lambda s: sharpe_drawdown(s)[::-1],
                "The pair is turned round: the Sharpe ratio comes first.",
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
        cases=memories,
        example=lambda: (pd.Series([1, 2, 3, 4, 3, 2, 1, 2]),),
        key=scoring.effective_rounds,
        judge=_rounds,
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
            *(
                Mistake(
                    lambda s, most=most: _worth(s, _before_chance(s).iloc[:most]),
                    "Your sum ends at a lag of your own. It goes on over all lags, to"
                    " the first that is not positive.",
                )
                for most in (10, 5, 4, 3, 2)
            ),
            Mistake(
                lambda s: _worth(s, _memory(s)[(_memory(s) >= 0).cummin()]),
                "A correlation of exactly 0 is not positive, and your sum went on"
                " after it.",
            ),
            Mistake(
                lambda s: round(scoring.effective_rounds(s)),
                "You rounded to a whole number. Return all digits.",
            ),
            Mistake(
                lambda s: float(len(s)),
                "These rounds overlap, so they are worth fewer than their number.",
            ),
            Mistake(
                _and_the_next,
                "Your sum holds the first correlation that is not positive, too: stop"
                " *before* it.",
            ),
            Mistake(
                _and_itself,
                "Your sum begins at lag 0, a score's correlation with itself, which is"
                " always 1. Begin at lag 1.",
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
        "Two models have the same mean CORR; one has twice the standard deviation."
        " Which is better?",
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
        "A model shows 104 weekly scores on 20-day targets. How many independent rounds"
        " are they worth?",
        {
            "104": "No. Neighbouring rounds share most of the days they are scored on.",
            "Between 26 and 104, which is measured": "Right: it depends on how much"
            " they remember. It is a quarter only if the model never changes its mind;"
            " the rounds of this lesson were worth more than that.",
            "26, whatever the model": "That is the least. A model that changes its mind"
            " from week to week shares days with its neighbours, but not mistakes.",
        },
        "b",
    ),
)
