"""Exercises: beta, how to be neutral to it, and what trading costs."""

import numpy as np
import pandas as pd

from numlearn import fund
from numlearn.eras import gaussianize
from numlearn.exercises import Exercise, Mistake, Question


def beta(returns, market):
    """Return the slope of a fund's returns on the market's."""
    return fund.market_beta(returns, market)[0]


def dollar_neutral(signal):
    """Return weights that buy and sell short one dollar each."""
    return fund.era_weights(signal)


def neutral_weights(signal, exposures):
    """Return weights that are neutral to the dollar and to each exposure."""
    return fund.era_weights(signal, exposures)


def fund_return(before, weights, returns, cost_bps):
    """Return what a portfolio earned in a week after the cost of getting into it."""
    stocks, nothing = list(range(len(weights))), [0.0] * len(weights)
    panel = pd.DataFrame(
        {
            "era": ["0001"] * len(stocks) + ["0002"] * len(stocks),
            "stock": stocks + stocks,
            "weight": [*before, *weights],
            "return_5": [*nothing, *returns],
        }
    )
    book = fund.hold(panel, "weight", "return_5", cost_bps=cost_bps, keep=1)
    return float(book.returns.iloc[-1])


def _stocks(rng, count):
    """Return names of stocks, in no order."""
    return pd.Index([f"stock_{x:03d}" for x in rng.permutation(1000)[:count]])


def histories(seed):
    """Return pairs of (returns, market) by week; one fund bets against the market."""
    pairs = []
    for k, (weeks, slope) in enumerate(((12, 1.2), (40, 0.4), (25, -0.7))):
        rng = np.random.default_rng([seed, 11, k])
        eras = pd.Index([f"{era:04d}" for era in range(1, weeks + 1)], name="era")
        market = pd.Series(rng.normal(0.01, 0.02, weeks), eras)
        pairs.append((0.01 + slope * market + rng.normal(0, 0.01, weeks), market))
    return pairs


def signals(seed):
    """Return signals: many stocks equal and few that stand out, no two equal, two."""
    rng = np.random.default_rng([seed, 12])
    drawn = [rng.exponential(size=n).round(1) for n in (15, 60)]
    drawn += [rng.normal(-5, 1, 20), rng.permutation([0.4, 0.6])]
    return [(pd.Series(x, _stocks(rng, len(x))),) for x in drawn]


def with_exposures(seed):
    """Return pairs of (signal, exposures) in which the signal leans on beta.

    In one of them the exposures add up to a constant, in one a column stands twice, in
    one the only exposure is a constant itself.
    """
    rng = np.random.default_rng([seed, 13])
    pairs = []
    for n in (30, 80, 50, 40):
        risks = pd.DataFrame({"beta": rng.normal(1, 0.3, n)}, _stocks(rng, n))
        risks["style"] = 2 * risks["beta"] + rng.normal(size=n)
        signal = 3 * risks["beta"] + risks["style"] + rng.exponential(size=n)
        pairs.append((signal.round(1), risks))
    signal, risks = pairs[-1]
    pairs[-1] = signal, risks.assign(again=risks["beta"])[["beta", "again", "style"]]
    signal, risks = pairs[2]
    sector = rng.permutation(np.arange(len(risks)) % 3)
    for k, name in enumerate(("energy", "health", "banks")):  # add up to a constant
        risks[name] = (sector == k).astype(float)
    pairs[2] = signal, risks.drop(columns="style")
    ones = pd.DataFrame({"beta": 1.0}, pairs[0][0].index)  # a risk that all share
    return [*pairs, (pairs[0][0], ones)]


def weeks(seed):
    """Return weeks as (weights before, weights, returns, cost in basis points)."""
    rng = np.random.default_rng([seed, 14])
    cases = []
    for n, cost in ((12, 10.0), (30, 25.0), (8, 5.0), (9, 40.0), (20, 0.0)):
        stocks = _stocks(rng, n)
        old, news, returns = (pd.Series(x, stocks) for x in rng.normal(size=(3, n)))
        before, after = fund.era_weights(old), fund.era_weights(old + news)
        cases.append((before, after, 0.03 * returns, cost))
    _, first, *rest = cases[2]
    cases[2] = 0.0 * first, first, *rest  # from nothing
    held, _, *rest = cases[3]
    cases[3] = held, held.copy(), *rest  # nothing is traded
    return cases


def _one_week():
    """Return the week that the text prints."""
    before, weights = [1.0, -1.0, 0.0, 0.0], [0.6, -0.5, 0.4, -0.5]
    returns = [0.02, 0.01, 0.03, -0.03]
    return *map(pd.Series, (before, weights, returns)), 20


def _scaled(held, gross=2.0):
    return held * (gross / held.abs().sum())


def _centred(shaped):
    return shaped - shaped.mean()


def _fit(shaped, exposures, constant=True):
    columns = exposures.to_numpy()
    if constant:
        columns = np.column_stack([columns, np.ones(len(columns))])
    slopes = np.linalg.lstsq(columns, shaped, rcond=None)[0]
    return pd.Series(columns @ slopes, shaped.index)


def _one_by_one(signal, exposures):
    shaped = gaussianize(signal)
    return _scaled(shaped - sum(_fit(shaped, exposures[[x]]) for x in exposures))


def _one_after_another(signal, exposures):
    rest = gaussianize(signal)
    for name in exposures:
        rest = rest - _fit(rest, exposures[[name]])
    return _scaled(rest)


def _shaped_last(signal, exposures):
    return _scaled(_centred(gaussianize(signal - _fit(signal, exposures))))


def _centred_last(signal, exposures):
    shaped = gaussianize(signal)
    return _scaled(_centred(shaped - _fit(shaped, exposures, False)))


def _a_side_each(signal):
    shaped = gaussianize(signal)
    sides = np.sign(shaped)
    return shaped / shaped.abs().groupby(sides).transform("sum").where(sides != 0, 1)


def _paid(before, weights, returns, cost):
    return float(weights @ returns - cost)


EXERCISES = (
    Exercise(
        name="beta",
        points=1,
        hints=(
            "It is the slope of the line through the points (market, fund): their"
            " covariance, divided by the market's variance.",
            "`np.cov(returns, market)` is a table of four numbers. The covariance is in"
            " its corner `[0, 1]`, the market's variance in `[1, 1]`.",
        ),
        cases=histories,
        example=lambda: (
            pd.Series([0.03, -0.01, 0.04, -0.02]),
            pd.Series([0.02, -0.01, 0.03, -0.02]),
        ),
        key=beta,
        refuses=(beta, fund.market_beta),
        mistakes=(
            Mistake(
                lambda r, m: float(np.corrcoef(r, m)[0, 1]),
                "That is the correlation: how *tightly* the fund follows. Beta says how"
                " *far* it goes: divide the covariance by the market's variance.",
            ),
            Mistake(
                lambda r, m: float(np.cov(r, m)[0, 1] / np.var(r, ddof=1)),
                "That is the slope of the market on the fund: divide by the variance of"
                " the market, not of the fund.",
            ),
            Mistake(
                lambda r, m: float(np.cov(r, m)[0, 1] / np.var(m)),
                "`np.cov` divides by n - 1 and `np.var` by n. Use the same for both,"
                " such as `np.var(market, ddof=1)`.",
            ),
            Mistake(
                lambda r, m: float(r @ m / (m @ m)),
                "Your line must pass through zero. A fund may earn something while the"
                " market stands still: take the means out first.",
            ),
            Mistake(
                lambda r, m: float(np.cov(r, m)[0, 1]),
                "That is the covariance. It grows with the market's own swings: divide"
                " by the market's variance.",
            ),
            Mistake(
                lambda r, m: float(r.std() / m.std()),
                "That compares how much the two swing, and not whether they swing"
                " together: the slope is the covariance over the market's variance.",
            ),
            Mistake(
                lambda r, m: float((r / m).mean()),
                "That is the mean of the weekly ratios, which quiet weeks blow up."
                " Asked is the slope through all points: covariance over variance.",
            ),
            Mistake(
                lambda r, m: float(np.polyfit(m, r, 1)[1]),
                "That is where the line starts, what the fund earns while the market"
                " stands still. Asked is its slope.",
            ),
        ),
    ),
    Exercise(
        name="dollar_neutral",
        points=2,
        hints=(
            "Three steps: shape the signal (`nl.eras.gaussianize`), subtract the mean,"
            " scale.",
            "Scale so that the absolute weights add up to 2:"
            " `2 * centred / centred.abs().sum()`.",
        ),
        cases=signals,
        example=lambda: (pd.Series([5, 1, 1, 9]),),
        key=dollar_neutral,
        refuses=(dollar_neutral, fund.era_weights),
        mistakes=(
            Mistake(
                lambda s: _scaled(gaussianize(s)),
                "What is bought is not worth what is sold short. Equal signals pull the"
                " mean of the shaped signal away from zero: subtract it after the"
                " shape, which does not keep a mean that was taken out before.",
            ),
            Mistake(
                lambda s: _scaled(_centred(s), 1.0),
                "The signal is used as it is, and the absolute weights add up to 1."
                " Shape it first (`nl.eras.gaussianize`), and scale to 2.",
            ),
            Mistake(
                lambda s: 2 * _centred(gaussianize(s)) / _centred(gaussianize(s)).sum(),
                "You divided by the plain sum, in which the two sides cancel. Divide"
                " by the sum of the absolute values.",
            ),
            Mistake(
                lambda s: _centred(gaussianize(s)) / gaussianize(s).std(),
                "You scaled by the standard deviation. Asked is that the absolute"
                " weights add up to 2.",
            ),
            Mistake(
                lambda s: _scaled(gaussianize(s) - gaussianize(s).median()),
                "You subtracted the median. With the mean both sides have the same"
                " worth.",
            ),
            Mistake(
                lambda s: _centred(_scaled(gaussianize(s))),
                "You scaled before you subtracted the mean, and what is subtracted"
                " changes the sum of the absolute weights: scale last.",
            ),
            Mistake(
                lambda s: _scaled(_centred(gaussianize(s)), 1.0),
                "That is half a dollar bought and half a dollar sold short. A dollar of"
                " each makes absolute weights that add up to 2.",
            ),
            Mistake(
                lambda s: _centred(gaussianize(s)),
                "The right shares, not yet scaled: divide by the sum of the absolute"
                " values, times 2.",
            ),
            Mistake(
                lambda s: _scaled(_centred(s)),
                "You used the signal as it is, and a stock that stands out takes much"
                " of the capital. Give it a bell shape first: `nl.eras.gaussianize`.",
            ),
            Mistake(
                lambda s: _scaled(_centred(s.rank())),
                "You used ranks, and the middle of the list gets as far from its"
                " neighbours as the ends. Give them a bell shape:"
                " `nl.eras.gaussianize`.",
            ),
            Mistake(
                _a_side_each,
                "A dollar on each side, but you scaled the two sides apart, and a stock"
                " in the middle is off. Subtract the mean, then scale all by one"
                " number.",
            ),
            Mistake(
                lambda s: gaussianize(_scaled(_centred(s))),
                "You shaped last, and the shape undoes the scale: shape, subtract the"
                " mean, scale.",
            ),
        ),
    ),
    Exercise(
        name="neutral_weights",
        points=3,
        hints=(
            "As for the dollar-neutral portfolio, with one step more: instead of the"
            " mean, subtract what the exposures *and* a constant explain.",
            "`columns = exposures.assign(constant=1)` and"
            " `slopes = np.linalg.lstsq(columns, shaped)[0]`.",
            "`rest = shaped - columns @ slopes`, then scale to 2.",
        ),
        cases=with_exposures,
        example=lambda: (
            pd.Series([1, 2, 3, 4, 6]),
            pd.DataFrame({"beta": [0.8, 1.2, 0.9, 1.1, 1.5]}),
        ),
        key=neutral_weights,
        refuses=(neutral_weights, fund.era_weights),
        same={
            "constant: 1 → 2": "A column of twos explains the same as one of ones.",
        },
        mistakes=(
            Mistake(
                lambda s, e: _scaled(gaussianize(s) - _fit(gaussianize(s), e, False)),
                "Neutral to each exposure, and no longer to the dollar: add a column of"
                " ones to what you fit.",
            ),
            Mistake(
                lambda s, e: gaussianize(s) - _fit(gaussianize(s), e),
                "The right shares, not yet scaled: the absolute weights must add up to"
                " 2.",
            ),
            Mistake(
                lambda s, e: _scaled(gaussianize(s) - _fit(gaussianize(s), e), 1.0),
                "That is half a dollar bought and half a dollar sold short. A dollar of"
                " each makes absolute weights that add up to 2.",
            ),
            Mistake(
                lambda s, e: _scaled(
                    gaussianize(s) - _fit(gaussianize(s), e.iloc[:, :1])
                ),
                "You took out the first exposure alone: fit all the columns.",
            ),
            Mistake(
                lambda s, e: _scaled(
                    _centred(gaussianize(s)) - _fit(_centred(gaussianize(s)), e, False)
                ),
                "You centred the signal and not the exposures, which tilts it again."
                " Fit a column of ones beside the exposures, which does both at once.",
            ),
            Mistake(
                _one_after_another,
                "You took one exposure out after the other. They overlap, so each step"
                " brings back some of what was taken out before: fit all of them"
                " together.",
            ),
            Mistake(
                lambda s, e: _scaled(_fit(gaussianize(s), e)),
                "That is a portfolio of the very risks you wanted to be rid of:"
                " subtract the fit, and keep the rest.",
            ),
            Mistake(
                _one_by_one,
                "You fitted the exposures one at a time. They overlap, so what they"
                " share was taken out twice: fit all of them together.",
            ),
            Mistake(
                _shaped_last,
                "You shaped what was neutral, and the new shape leans on the exposures"
                " again. Shape the signal first.",
            ),
            Mistake(
                lambda s, e: _scaled(s - _fit(s, e)),
                "You used the signal as it is. Give it a bell shape first:"
                " `nl.eras.gaussianize`.",
            ),
            Mistake(
                _centred_last,
                "You fitted without a constant and took the mean out afterwards: that"
                " is neutral to the dollar, and no longer to the exposures. A column of"
                " ones in the fit does both at once.",
            ),
            Mistake(
                lambda s, e: _scaled(_centred(gaussianize(s))),
                "That is the dollar-neutral portfolio: subtract what the exposures"
                " explain, too.",
            ),
        ),
    ),
    Exercise(
        name="fund_return",
        points=2,
        hints=(
            "Two parts: what the new portfolio earned, `weights @ returns`, and what it"
            " cost to get from `before` to `weights`.",
            "Traded is `(weights - before).abs().sum()`. A basis point is 1 / 10,000.",
        ),
        cases=weeks,
        example=_one_week,
        key=fund_return,
        refuses=(fund_return, fund.hold, fund.backtest),
        mistakes=(
            Mistake(
                lambda b, w, r, c: _paid(b, w, r, c / 100 * (w - b).abs().sum()),
                "A basis point is a hundredth of a *per cent*: divide by 10,000.",
            ),
            Mistake(
                lambda b, w, r, c: _paid(b, w, r, c / 1000 * (w - b).abs().sum()),
                "A basis point is 1 / 10,000, and you divided by 1,000.",
            ),
            Mistake(
                lambda b, w, r, c: _paid(b, w, r, 2 * c / 1e4 * (w - b).abs().sum()),
                "You paid twice. The absolute changes hold what is sold and what is"
                " bought, each once, and that is what costs.",
            ),
            Mistake(
                lambda b, w, r, c: (
                    (1 + w @ r) * (1 - c / 1e4 * (w - b).abs().sum()) - 1
                ),
                "You let the cost compound with the return. Here it is plainly taken"
                " off.",
            ),
            Mistake(
                lambda b, w, r, c: (w * r).mean() - c / 1e4 * (w - b).abs().sum(),
                "You took the mean over the stocks. What the fund earned is the sum of"
                " weights times returns.",
            ),
            Mistake(
                lambda b, w, r, c: _paid(b, w, r, c / 1e4 * w.abs().sum()),
                "You paid for the whole portfolio. What the fund held already, it need"
                " not buy again: only the change costs.",
            ),
            Mistake(
                lambda b, w, r, c: _paid(b, w, r, 0.0),
                "Nothing was paid for trading. (Did you add the changes with their"
                " signs? Bought and sold cancel: take absolute values.)",
            ),
            Mistake(
                lambda b, w, r, c: _paid(b, w, r, c / 2e4 * (w - b).abs().sum()),
                "Half of the cost is missing: what is sold costs as much as what is"
                " bought.",
            ),
            Mistake(
                lambda b, w, r, c: _paid(b, b, r, c / 1e4 * (w - b).abs().sum()),
                "The week's returns are earned by the new weights, not by the old.",
            ),
            Mistake(
                lambda b, w, r, c: _paid(b, w, r, c * (w - b).abs().sum()),
                "`cost_bps` is in basis points: divide it by 10,000.",
            ),
            Mistake(
                lambda b, w, r, c: _paid(b, w, r, -c / 1e4 * (w - b).abs().sum()),
                "You added the cost. Trading costs money: take it away.",
            ),
            Mistake(
                lambda b, w, r, c: _paid(
                    b, w, r, c / 1e4 * (w.abs() - b.abs()).abs().sum()
                ),
                "A stock that goes from held to sold short is traded twice over: take"
                " the absolute value of the change, not the change of absolute values.",
            ),
            Mistake(
                lambda b, w, r, c: _paid(b, w, r, c / 1e4),
                "You paid the cost once, however much is traded. It is a share of what"
                " is traded: multiply it by the sum of the absolute changes.",
            ),
            Mistake(
                lambda b, w, r, c: float((w @ r) * (1 - c / 1e4 * (w - b).abs().sum())),
                "You took the cost as a share of what was earned. It is a share of what"
                " is traded: take it from the return, do not multiply.",
            ),
            Mistake(
                lambda b, w, r, c: _paid(b, w, r, c / 1e4 * (w != b).sum()),
                "You paid for each trade the same. The cost is a share of what is"
                " traded: the sum of the absolute changes.",
            ),
        ),
    ),
)

QUIZ = (
    Question(
        "A fund holds as much as it has sold short. Is it neutral to the market?",
        {
            "Yes: what lifts all stocks cancels": "It would if all stocks followed the"
            " market equally. They do not, and a signal may prefer those that follow it"
            " most.",
            "Only if what it bought follows the market as much as what it sold short": (
                "Right. Dollars are one thing, beta is another."
            ),
            "No: a fund that is neutral holds cash": "Cash is neutral, and earns only"
            " interest. A long-short fund wants to keep what sets stocks apart.",
        },
        "b",
    ),
    Question(
        "A portfolio is made neutral to market, styles and industries. What can it lose"
        " money on?",
        {
            "Nothing of importance": "No. It has still bet on some stocks against"
            " others, and it may be wrong about them.",
            "On a falling market only": "That is what it can lose least on.",
            "On the stocks themselves, on costs, and on risks that nobody named": (
                "Right. Neutral is a property against a list; what is not on the list"
                " stays."
            ),
        },
        "c",
    ),
    Question(
        "Before costs, your neutral fund earns whenever its signal predicts well. Have"
        " you discovered something?",
        {
            "Yes: prediction is the key to profit": "It is, but you had put it there:"
            " both are sums over the same stocks and the same returns.",
            "Hardly: the two are nearly the same sum": "Right. It holds by"
            " construction. What is worth measuring is what costs and limits leave.",
            "No: the two have nothing to do with each other": "They have almost"
            " everything to do with each other.",
        },
        "b",
    ),
)
