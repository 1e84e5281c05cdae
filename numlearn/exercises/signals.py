"""Exercises: a ranking, what is left of it, what it earns, its unrest."""

import numpy as np
import pandas as pd

from numlearn import scoring
from numlearn.eras import average_rank, gaussianize, signed_power
from numlearn.exercises import Exercise, Mistake, Question
from numlearn.models.signals import to_signal
from numlearn.world.universe import tickers


def one_day(seed):
    """Return days of values by ticker, with ties and with gaps, as (values,)."""
    rng = np.random.default_rng([seed, 18])
    days = []
    for stocks in (12, 40):
        values = pd.Series(rng.normal(0, 5, stocks).round(), tickers(stocks))
        values.iloc[rng.choice(stocks, 3, replace=False)] = np.nan
        days.append((values,))
    return days


def one_era(seed):
    """Return eras as (signal with gaps, neutralizers)."""
    eras = []
    for signal, neutralizers, _, _ in priced_eras(seed):
        signal = signal.copy()
        signal.iloc[[2, 5, 9]] = np.nan
        eras.append((signal, neutralizers))
    return eras


def priced_eras(seed):
    """Return eras as (signal, neutralizers N, sample weights v, target), N'vN = 1."""
    rng = np.random.default_rng([seed, 19])
    eras = []
    for stocks in (30, 60):
        names = tickers(stocks)
        weights = pd.Series(rng.uniform(0.5, 1.5, stocks), names)
        risks = rng.normal(0.3, 1, (stocks, 3))
        root = np.sqrt(weights.to_numpy())[:, None]
        basis = np.linalg.qr(root * risks)[0] / root
        signal = pd.Series(risks[:, 0] + rng.normal(0, 1, stocks), names)
        target = pd.Series(rng.choice(5, stocks, p=[0.05, 0.2, 0.5, 0.2, 0.05]) / 4)
        columns = ["n_0", "n_1", "n_2"]
        neutralizers = pd.DataFrame(basis, names, columns)
        eras.append((signal, neutralizers, weights, target.set_axis(names)))
    return eras


def two_days(seed):
    """Return two days' signals, in another order and with a newcomer each."""
    rng = np.random.default_rng([seed, 20])
    pairs = []
    for stocks in (20, 50):
        names = tickers(stocks + 2)
        values = pd.Series(rng.exponential(1, stocks + 2), names)
        later = values + rng.exponential(0.4, stocks + 2)
        pairs.append((later[1:].sample(frac=1, random_state=seed), values[:-1]))
    return pairs


def _left(x, neutralizers):
    columns = neutralizers.to_numpy()
    return x - columns @ (np.linalg.pinv(columns) @ x)


def _filled(signal):
    return average_rank(signal).fillna(0.5)


def _weights(signal, n, v, power=1.5, inner=True, outer=True):
    s = signed_power(gaussianize(signal), power)
    common = n @ (n.T @ (v * s if inner else s))
    return (s - common) * (v if outer else 1)


def _score(weights, target):
    return float(weights @ (target - target.mean()) / len(target))


EXERCISES = (
    Exercise(
        name="to_signal",
        points=2,
        hints=(
            "Drop what has no value, rank the rest (`rank()` lets ties share their"
            " average rank), and squeeze the ranks between 0 and 1.",
            "Ranks run from 1 to n. `(rank - 0.5) / n` never touches 0 or 1; n counts"
            " the tickers that are left.",
        ),
        cases=one_day,
        key=to_signal,
        mistakes=(
            Mistake(
                lambda values: values.dropna().rank(pct=True),
                "Ranks divided by n reach 1, and 1 is outside: take (rank - 0.5) / n.",
            ),
            Mistake(
                lambda values: (values.rank() - 0.5) / values.count(),
                "Tickers without a value are still in it, as NaN, and a submission with"
                " NaN is refused: drop them first.",
            ),
            Mistake(
                lambda values: (values.dropna().rank() - 0.5) / len(values),
                "You divided by the number of all tickers. Count those that are left.",
            ),
            Mistake(
                lambda values: (
                    (values.dropna().rank(method="first") - 0.5) / values.count()
                ),
                "Stocks with equal values got different ranks: ties share the average.",
            ),
            Mistake(
                lambda values: average_rank(-values.dropna()),
                "Upside down: the highest value is the stock that you expect most of.",
            ),
        ),
    ),
    Exercise(
        name="neutralize_2021",
        points=3,
        hints=(
            "Five steps in a row: rank, fill the gaps with 0.5, rank again, give it a"
            " normal shape, subtract what the neutralizers explain."
            " `nl.eras.average_rank` ranks, `nl.eras.gaussianize` ranks and shapes.",
            "With the columns F and the shaped signal x, what they explain is"
            " `F @ (np.linalg.pinv(F) @ x)`. No constant is added.",
            "`x = nl.eras.gaussianize(nl.eras.average_rank(signal).fillna(0.5))`.",
        ),
        cases=one_era,
        key=scoring.era_neutralize_2021,
        refuses=(scoring.era_neutralize_2021, scoring.neutralize_2021),
        mistakes=(
            Mistake(
                lambda s, n: gaussianize(_filled(s)),
                "That is the signal before neutralisation: the last step is missing.",
            ),
            Mistake(
                lambda s, n: scoring.era_neutralize(gaussianize(_filled(s)), n),
                "A constant was taken out as well. In 2021 only the neutralizers were.",
            ),
            Mistake(
                lambda s, n: _left(_filled(s), n),
                "The ranks went in as they are: give them a normal shape first.",
            ),
            Mistake(
                lambda s, n: _left(gaussianize(s).fillna(0), n),
                "A gap was filled after the shape was given. Fill it with 0.5, the"
                " middle rank, and rank again: the order of the steps counts.",
            ),
            Mistake(
                lambda s, n: _left(gaussianize(s.fillna(0.5)), n),
                "0.5 is the middle of the ranks, not of your values: rank before you"
                " fill the gaps.",
            ),
        ),
    ),
    Exercise(
        name="alpha",
        points=3,
        hints=(
            "First the signal s: `nl.eras.signed_power(nl.eras.gaussianize(signal),"
            " 1.5)`. Then the weights, as in the formula above. Then the score.",
            "The weights are `(s - N @ (N.T @ (v * s))) * v`: v stands inside and"
            " outside.",
            "The score is the weights times the centred target, divided by the number"
            " of stocks.",
        ),
        cases=priced_eras,
        key=scoring.era_alpha,
        refuses=(scoring.era_alpha, scoring.alpha),
        mistakes=(
            Mistake(
                lambda s, n, v, t: _score(_weights(s, n, v, power=1.0), t),
                "The signed power of 1.5 is missing.",
            ),
            Mistake(
                lambda s, n, v, t: _score(_weights(s, n, v, outer=False), t),
                "Multiply by v at the end, too: the fund cannot hold much of a small"
                " company.",
            ),
            Mistake(
                lambda s, n, v, t: _score(_weights(s, n, v, inner=False), t),
                "N is orthonormal under v, so the product inside is N'(v s), not N's.",
            ),
            Mistake(
                lambda s, n, v, t: _score(signed_power(gaussianize(s), 1.5) * v, t),
                "Nothing was neutralised: take out N N'(v s).",
            ),
            Mistake(
                lambda s, n, v, t: float(_weights(s, n, v) @ t / len(t)),
                "Centre the target: subtract its mean.",
            ),
            Mistake(
                lambda s, n, v, t: len(t) * _score(_weights(s, n, v), t),
                "Divide by the number of stocks.",
            ),
        ),
    ),
    Exercise(
        name="churn",
        points=2,
        hints=(
            "Match the two by ticker first: `today.index.intersection(before.index)`.",
            "Spearman's correlation is Pearson's of the ranks, and churn is 1 minus it:"
            " `1 - a.rank().corr(b.rank())` for the common tickers.",
        ),
        cases=two_days,
        key=scoring.era_churn,
        refuses=(scoring.era_churn, scoring.churn),
        mistakes=(
            Mistake(
                lambda a, b: 1 - scoring.era_churn(a, b),
                "That is the correlation: how much stayed. Churn is 1 minus it.",
            ),
            Mistake(
                lambda a, b: float(1 - a.corr(b)),
                "That is Pearson's correlation of the values. Only the order counts:"
                " rank both.",
            ),
            Mistake(
                lambda a, b: scoring.era_churn(a.to_numpy(), b.to_numpy()),
                "You compared the rows as they stand. The tickers are in another order"
                " today: match them by name.",
            ),
            Mistake(
                lambda a, b: scoring.era_churn(a, b, top_bottom=5),
                "That compares only the ends of the list; churn compares all of it.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "You have a good model for eight technology stocks. Where can you use it?",
        {
            "In the Tournament": "No. Its rows have no names, so you cannot tell which"
            " of them are your eight.",
            "In Signals, as it is": "No. Eight were too few in 2021 and are far too few"
            " today.",
            "In Signals, once it ranks hundreds of stocks": "Right: Signals wants a"
            " ranking of many, and scores what is left of it after neutralisation.",
        },
        "c",
    ),
    Question(
        "Your signal says only which industries will do well. After neutralisation…",
        {
            "it is unchanged": "No. Industries are among what the fund takes out.",
            "nothing is left": "Right, by construction: all that it said is in the"
            " neutralizers.",
            "it has turned round": "No. Taking out is not turning round.",
        },
        "b",
    ),
    Question(
        "Your signal is right, and from one week to the next its order is new. Under"
        " the limits of September 2025…",
        {
            "it earns as much as a calm one": "No. From a churn of 15 % on, the stake"
            " counts as 0.",
            "it burns the stake": "No. A stake that counts as 0 earns nothing and"
            " burns nothing.",
            "its stake counts as 0": "Right. What the fund cannot trade, it does not"
            " pay for.",
        },
        "c",
    ),
)
