"""Exercises: a ranking, what is left of it, what it earns, its unrest."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from numlearn import scoring
from numlearn.eras import average_rank, gaussianize, signed_power
from numlearn.exercises import Exercise, Mistake, Question
from numlearn.models.signals import to_signal
from numlearn.world.universe import tickers


def _tickers(rng, number):
    """Return tickers in no order; no number of them shows which draw they are."""
    return pd.Index(rng.permutation(tickers(200))[:number])


def one_day(seed):
    """Return days of values by ticker: with ties and gaps, without, all alike, one."""
    rng = np.random.default_rng([seed, 18])
    days = []
    for stocks, gaps in ((12, 3), (9, 0), (40, 11)):
        values = rng.normal(0, 5, stocks).round()
        values[rng.choice(stocks, gaps, replace=False)] = np.nan
        days.append(values)
    alike, one = np.full(5, rng.normal()), np.array([np.nan, rng.normal()])
    days = [alike, one, *days, np.exp(rng.normal(0, 3, int(rng.integers(15, 30))))]
    return [(pd.Series(values, _tickers(rng, len(values))),) for values in days]


def one_era(seed):
    """Return eras as (signal, neutralizers): gaps and none, one column and more."""
    rng = np.random.default_rng([seed, 21])
    eras = []
    for stocks, gaps, columns in ((30, 3, 3), (25, 0, 1), (60, 14, 4)):
        names = _tickers(rng, stocks)
        risks = rng.normal(rng.uniform(-0.5, 0.5, columns), 1, (stocks, columns))
        signal = 3 + 2 * (risks[:, 0] + rng.normal(0, 1, stocks)).round(1)
        signal[rng.choice(stocks, gaps, replace=False)] = np.nan
        if columns > 1:
            risks[:, -1] = risks[:, 0] - risks[:, 1]  # nothing of its own
        known = pd.DataFrame(risks, names).add_prefix("risk_")
        eras.append((pd.Series(signal, names), known))
    return eras


def priced_eras(seed):
    """Return eras as (signal, neutralizers N, sample weights v, target), N'vN = 1."""
    rng = np.random.default_rng([seed, 19])
    eras = []
    for stocks, columns in ((30, 3), (20, 1), (60, 5)):
        names = _tickers(rng, stocks)
        weights = rng.uniform(0.2, 1.5, stocks)
        risks = rng.normal(0.3, 1, (stocks, columns))
        root = np.sqrt(weights)[:, None]
        known = pd.DataFrame(np.linalg.qr(root * risks)[0] / root, names)
        signal = (risks[:, 0] + rng.normal(0, 1, stocks)).round(1)
        target = rng.choice(5, stocks, p=[0.05, 0.2, 0.5, 0.2, 0.05]) / 4
        signal, weights, target = (
            pd.Series(x, names) for x in (signal, weights, target)
        )
        eras.append((signal, known.add_prefix("n_"), weights, target))
    return eras


def two_days(seed):
    """Return two days' signals, in another order and with newcomers, some with ties."""
    rng = np.random.default_rng([seed, 20])
    pairs = []
    for stocks, new, digits in ((20, 1, 9), (15, 0, 1), (50, 4, 9)):
        names = _tickers(rng, stocks + 2 * new)
        before = pd.Series(rng.exponential(1, len(names)), names).round(digits)
        later = (before + rng.exponential(0.4, len(names))).round(digits)
        today = later[rng.permutation(names[new:])]
        pairs.append((today, before[: stocks + new]))
    today, before = pairs[0]
    turned = -before[rng.permutation(before.index)]
    return [*pairs[:1], (turned, before), *pairs[1:]]


def _left(x, neutralizers):
    columns = neutralizers.to_numpy()
    return x - columns @ (np.linalg.pinv(columns) @ x)


def _filled(signal):
    return average_rank(signal).fillna(0.5)


def _ranked_once(signal, neutralizers):
    shaped = pd.Series(norm.ppf(_filled(signal)), signal.index)
    return _left(shaped, neutralizers)


def _column_by_column(signal, neutralizers):
    x = gaussianize(_filled(signal))
    for name in neutralizers:
        x = scoring.orthogonalize(x, neutralizers[name])
    return x


def _gaps_dropped(signal, neutralizers):
    known = signal.dropna()
    return _left(gaussianize(known), neutralizers.loc[known.index])


def _bent(x):
    return signed_power(x, 1.5)


def _weights(signal, n, v, inner=True, outer=True, shape=gaussianize, bent=_bent):
    s = bent(shape(signal))
    common = n @ (n.T @ (v * s if inner else s))
    return (s - common) * (v if outer else 1)


def _score(weights, target):
    return float(weights @ (target - target.mean()) / len(target))


def _both_ranked(today, before):
    """Rank all tickers of a day, and match the two days afterwards."""
    return float(1 - today.rank().corr(before.rank()))


def _squares(a, b):
    return float(6 * ((a - b) ** 2).sum() / (len(a) * (len(a) ** 2 - 1)))


def _by_row(today, before):
    today, before = (day.reset_index(drop=True) for day in (today, before))
    return float(1 - today.rank().corr(before.rank()))


GAPS = (
    "The gaps ended at 0, the middle of the normal shape, and the others as if there"
    " were no gaps. Fill the *ranks* with 0.5 and rank all of them again; the shape"
    " comes last: `nl.eras.gaussianize` ranks and shapes."
)

EXERCISES = (
    Exercise(
        name="to_signal",
        points=1,
        hints=(
            "Drop what has no value, rank the rest (`rank()` lets ties share their"
            " average rank), and squeeze the ranks between 0 and 1.",
            "Ranks run from 1 to n. `(rank - 0.5) / n` never touches 0 or 1; n counts"
            " the tickers that are left.",
        ),
        cases=one_day,
        example=lambda: (pd.Series([3, 8, np.nan, 3, -1], list("ABCDE")),),
        key=to_signal,
        mistakes=(
            Mistake(
                lambda values: values.dropna().rank(pct=True),
                "Ranks divided by n reach 1, and 1 is outside: take (r - 0.5) / n.",
            ),
            Mistake(
                lambda values: values.dropna().rank() / (values.count() + 1),
                "That lies between 0 and 1 as well, but take (r - 0.5) / n: the best of"
                " n ends as far from 1 as the worst from 0, half a rank.",
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
                lambda values: (values.dropna().argsort() + 0.5) / values.count(),
                "`argsort` says where the sorted values come from, and not which rank"
                " each has: use `rank()`.",
            ),
            Mistake(
                lambda values: (
                    (values.dropna().rank(method="min") - 0.5) / values.count()
                ),
                "Ties got the lowest of their ranks. They share the average, as"
                " `rank()` does by itself.",
            ),
            Mistake(
                lambda values: (
                    (values.dropna().rank(method="max") - 0.5) / values.count()
                ),
                "Ties got the highest of their ranks. They share the average, as"
                " `rank()` does by itself.",
            ),
            Mistake(
                lambda values: (values.dropna().rank() - 1) / values.count(),
                "The lowest is 0, which is outside: take (r - 0.5) / n.",
            ),
            Mistake(
                lambda values: (
                    (values.dropna().rank(method="dense") - 0.5) / values.count()
                ),
                "Ties got a dense rank, and those above them one that is too low. They"
                " share the average, as `rank()` does by itself.",
            ),
            Mistake(
                lambda values: (
                    (values.fillna(values.mean()).rank() - 0.5) / len(values)
                ),
                "A ticker without a value was given one. Leave it out.",
            ),
            Mistake(
                lambda values: average_rank(-values.dropna()),
                "Upside down: the highest value is the stock that you expect most of.",
            ),
            *(
                Mistake(
                    lambda values, n=n: ((values.rank() - 0.5) / n(values)).fillna(0.5),
                    "A ticker without a value got 0.5. Leave it out.",
                )
                for n in (pd.Series.count, len)
            ),
            Mistake(
                lambda values: (values.rank() - 0.5) / len(values),
                "Tickers without a value are still in it, as NaN, and you divided by"
                " the number of all. Drop them first.",
            ),
            *(
                Mistake(
                    lambda values, fill=fill: average_rank(values.fillna(fill)),
                    "A ticker without a value was given one. Leave it out.",
                )
                for fill in (0, 0.5)
            ),
            Mistake(
                lambda values: average_rank(values.dropna().drop_duplicates()),
                "Of tickers with equal values only one is left. Keep all: they share"
                " the average of their ranks.",
            ),
            Mistake(
                lambda values: (
                    (values - values.min()) / (values.max() - values.min())
                ).dropna(),
                "You stretched the values between 0 and 1. Rank them: how far apart"
                " they lie does not count.",
            ),
            Mistake(
                lambda values: (values.dropna().rank() - 1) / (values.count() - 1),
                "That reaches 0 and 1, which are outside: take (r - 0.5) / n.",
            ),
            Mistake(
                lambda values: values.dropna().rank(pct=True) - 0.5,
                "Take (r - 0.5) / n: the 0.5 is half a rank, and comes off before you"
                " divide.",
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
        example=lambda: (
            pd.Series([0.4, 0.2, 0.8, np.nan, 0.3], list("ABCDE")),
            pd.DataFrame(
                {"f": [-0.2, 0.3, 0.1, -0.5, 0.3], "g": [0.3, 0.1, -0.2, -0.3, 0.1]},
                list("ABCDE"),
            ),
        ),
        key=scoring.era_neutralize_2021,
        refuses=(scoring.era_neutralize_2021, scoring.neutralize_2021),
        mistakes=(
            Mistake(
                lambda s, n: gaussianize(_filled(s)),
                "That is the signal before neutralization: the last step is missing.",
            ),
            Mistake(
                lambda s, n: (
                    gaussianize(_filled(s)) - _left(gaussianize(_filled(s)), n)
                ),
                "That is what the neutralizers explain. Return what is left of the"
                " signal.",
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
                lambda s, n: _left(average_rank(_filled(s)), n),
                "The ranks went in as they are: give them a normal shape first.",
            ),
            *(
                Mistake(
                    lambda s, n, ddof=ddof: (
                        scoring.era_neutralize_2021(s, n)
                        / np.std(scoring.era_neutralize_2021(s, n), ddof=ddof)
                    ),
                    "You scaled what is left. Return it as it is.",
                )
                for ddof in (1, 0)
            ),
            Mistake(
                _ranked_once,
                GAPS,
            ),
            Mistake(
                lambda s, n: _left(gaussianize(s).fillna(0), n),
                GAPS,
            ),
            Mistake(
                lambda s, n: _left(gaussianize(s.fillna(0.5)), n),
                "Rank before you fill the gaps: 0.5 is the middle of the ranks,"
                " whatever the values are.",
            ),
            Mistake(
                lambda s, n: _left(
                    gaussianize(((s.rank() - 0.5) / len(s)).fillna(0.5)), n
                ),
                "The first ranks are divided by the number of all tickers. Only those"
                " with a signal count: n is `signal.count()`.",
            ),
            Mistake(
                lambda s, n: _left(gaussianize(average_rank(s).fillna(0)), n),
                "Gaps got the lowest rank. Fill the ranks with 0.5, the middle.",
            ),
            Mistake(
                lambda s, n: _left(gaussianize(s.rank(pct=True).fillna(0.5)), n),
                "The first ranks are r / n. Take (r - 0.5) / n, or the middle of the"
                " others is above the 0.5 that gaps get.",
            ),
            Mistake(
                lambda s, n: (
                    gaussianize(_filled(s)) - n @ (n.T @ gaussianize(_filled(s)))
                ),
                "You took F'x where pinv(F) x is asked: the columns of F are neither of"
                " length one nor at right angles.",
            ),
            Mistake(
                lambda s, n: gaussianize(_left(_filled(s), n)),
                "The normal shape comes before the neutralizers are taken out.",
            ),
            Mistake(
                _column_by_column,
                "You took out one column after the other. They overlap: take all of"
                " them out together, F pinv(F) x.",
            ),
            Mistake(
                lambda s, n: average_rank(_left(gaussianize(_filled(s)), n)),
                "What is left is not ranked again: return it as it is.",
            ),
            Mistake(
                _gaps_dropped,
                "The tickers without a signal are gone. They take the middle rank and"
                " stay in.",
            ),
        ),
    ),
    Exercise(
        name="alpha",
        points=2,
        hints=(
            "First the signal s: `nl.eras.signed_power(nl.eras.gaussianize(signal),"
            " 1.5)`. Then the weights, as in the formula above. Then the score.",
            "The weights are `(s - N @ (N.T @ (v * s))) * v`: v stands inside and"
            " outside.",
            "The score is the weights times the centered target, divided by the number"
            " of stocks.",
        ),
        cases=priced_eras,
        example=lambda: (
            pd.Series([1, 2, 3, 4, 5]),
            pd.DataFrame({"n": [1, -0.5, 0.5, 0, 0]}),
            pd.Series([0.5, 1, 1, 2, 1]),
            pd.Series([0, 0.5, 0.5, 0.5, 1]),
        ),
        key=scoring.era_alpha,
        refuses=(scoring.era_alpha, scoring.alpha),
        mistakes=(
            Mistake(
                lambda s, n, v, t: _score(_weights(s, n, v, bent=lambda x: x), t),
                "The signed power of 1.5 is missing, or it was taken before the ranks,"
                " which do not see it: bend the *shaped* signal.",
            ),
            Mistake(
                lambda s, n, v, t: _score(_weights(s, n, v, bent=lambda x: x**1.5), t),
                "A number below 0 has no power of 1.5: keep its sign, as"
                " `nl.eras.signed_power` does.",
            ),
            Mistake(
                lambda s, n, v, t: _score(_weights(s, n, v, shape=lambda x: x), t),
                "The signal went in as it is: give it a normal shape first.",
            ),
            Mistake(
                lambda s, n, v, t: _score(_weights(s, n, v, shape=average_rank), t),
                "Those are ranks. The signal needs a normal shape:"
                " `nl.eras.gaussianize`.",
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
                lambda s, n, v, t: _score(_weights(s, n, v, False, False), t),
                "v is missing altogether: it stands inside, N'(v s), and outside.",
            ),
            Mistake(
                lambda s, n, v, t: _score(_bent(gaussianize(s)) * v, t),
                "Nothing was neutralized: take out N N'(v s).",
            ),
            Mistake(
                lambda s, n, v, t: float(_weights(s, n, v) @ t / len(t)),
                "Center the target: subtract its mean.",
            ),
            Mistake(
                lambda s, n, v, t: float(_weights(s, n, v) @ (t - 0.5) / len(t)),
                "You subtracted 0.5. Subtract the target's own mean in this era.",
            ),
            Mistake(
                lambda s, n, v, t: len(t) * _score(_weights(s, n, v), t),
                "Divide by the number of stocks.",
            ),
            Mistake(
                lambda s, n, v, t: _score(_left(_bent(gaussianize(s)), n) * v, t),
                "You took N out as if every stock counted the same. It is orthonormal"
                " under v: what goes out is N N'(v s).",
            ),
            Mistake(
                lambda s, n, v, t: float(_weights(s, n, v).cov(t)),
                "Divide by the number of stocks n; `np.cov` and `Series.cov` divide by"
                " n - 1.",
            ),
            Mistake(
                lambda s, n, v, t: float(_weights(s, n, v).corr(t)),
                "That is a correlation. Alpha is what the weights earn: their product"
                " with the centered target, divided by the number of stocks.",
            ),
            Mistake(
                lambda s, n, v, t: _score(
                    (
                        _bent(gaussianize(s))
                        - n @ (np.linalg.pinv(n) @ (v * _bent(gaussianize(s))))
                    )
                    * v,
                    t,
                ),
                "You used pinv, as the recipe of 2021 does. N is orthonormal under v,"
                " and what goes out is N N'(v s): N', and no pinv.",
            ),
            Mistake(
                lambda s, n, v, t: float(
                    (_weights(s, n, v) / _weights(s, n, v).abs().sum()) @ (t - t.mean())
                ),
                "You made the absolute weights add up to 1. Take them as they are, and"
                " divide by the number of stocks.",
            ),
            Mistake(
                lambda s, n, v, t: float(
                    _weights(s, n, v) @ (t - (v * t).sum() / v.sum()) / len(t)
                ),
                "You centered the target by its weighted mean. Subtract the plain one.",
            ),
            Mistake(
                lambda s, n, v, t: _score(
                    _weights(s, n, v, shape=lambda x: x - x.mean()), t
                ),
                "The signal was centered only: give it a normal shape first.",
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
        example=lambda: (
            pd.Series([0.9, 0.2, 0.5, 0.4, 0.6], list("ABCDF")),
            pd.Series([0.5, 0.8, 0.3, 0.1, 0.6], list("DCABE")),
        ),
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
                _both_ranked,
                "You ranked before you matched, so that tickers of one day alone took"
                " ranks away. Match first, then rank the common ones.",
            ),
            Mistake(
                _by_row,
                "You compared the rows as they stand. The tickers are in another order"
                " today: match them by name.",
            ),
            Mistake(
                lambda a, b: _by_row(*(x.sort_index() for x in (a, b))),
                "You sorted both by name and compared row with row. They do not have"
                " the same tickers: keep the common ones first.",
            ),
            Mistake(
                lambda a, b: _squares(*(x.rank() for x in a.align(b, join="inner"))),
                "The short formula with squared differences holds only where nothing is"
                " tied: take Pearson's correlation of the ranks.",
            ),
            Mistake(
                lambda a, b: float(1 - a.corr(b, method="kendall")),
                "That is Kendall's correlation, which counts pairs. Take Spearman's.",
            ),
            Mistake(
                lambda a, b: min(1.0, scoring.era_churn(a, b)),
                "Your churn stops at 1. Where the order is turned round the correlation"
                " is below 0, and churn is above 1, up to 2.",
            ),
            Mistake(
                lambda a, b: 1 - abs(1 - scoring.era_churn(a, b)),
                "You took the correlation without its sign. Where the order is turned"
                " round it is below 0, and churn is above 1, up to 2.",
            ),
            Mistake(
                lambda a, b: scoring.era_churn(a, b) / 2,
                "You halved it. Churn is 1 minus the correlation, and may reach 2.",
            ),
            Mistake(
                lambda a, b: float(
                    1
                    - a.align(b, fill_value=0.5)[0]
                    .rank()
                    .corr(a.align(b, fill_value=0.5)[1].rank())
                ),
                "A ticker of one day alone was given a value on the other. Keep the"
                " common ones.",
            ),
            *(
                Mistake(
                    lambda a, b, fill=fill, share=share: float(
                        1
                        - pd.concat([a.rank(pct=share), b.rank(pct=share)], axis=1)
                        .fillna(fill)
                        .corr(method="spearman")
                        .iloc[0, 1]
                    ),
                    "A ticker of one day alone was given a value on the other. Keep the"
                    " common ones.",
                )
                for fill, share in ((0, True), (0.5, True))
            ),
            Mistake(
                lambda a, b: float(1 - a.rank().corr(b.reindex(a.index).rank())),
                "You ranked all of today's tickers, also those that are new. Match"
                " first, then rank the common ones.",
            ),
            Mistake(
                lambda a, b: float(1 - a.reindex(b.index).rank().corr(b.rank())),
                "You ranked all tickers of the day before, also those that are gone."
                " Match first, then rank the common ones.",
            ),
            Mistake(
                lambda a, b: (
                    1 - len(a.index.intersection(b.index)) / len(a.index.union(b.index))
                ),
                "That is the share of tickers that came or went. Churn asks for the"
                " order of those that stayed.",
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
