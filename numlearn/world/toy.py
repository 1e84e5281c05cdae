"""A small year of the triangle: the whole idea in one function, for lesson 00."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from numlearn.eras import gaussianize
from numlearn.scoring import era_corr

# Who takes part, and how much of the truth each sees: a share of the hidden signal
# (negative for one who submits the opposite), the rest of the prediction is noise.
USERS = {
    "careful_1": 0.30,
    "careful_2": 0.25,
    "careful_3": 0.20,
    "novice": 0.05,
    "random": 0.00,
    "opposite": -0.20,
}
SIGNAL = 0.05  # correlation of a week's returns with the hidden signal, on average
SURPRISE = 0.04  # and its standard deviation from week to week
WEEKLY_VOLATILITY = 0.04  # of one stock's return, beside the market's
COST = 0.0005  # of trading for a week, a share of the capital
CAP = 0.25  # a round pays or burns at most this share of the stake: the rule of 2021


# What moves along each link of the triangle, from whom to whom.
FLOWS = {
    "data": ("fund", "users"),
    "predictions": ("users", "fund"),
    "stake": ("users", "staking"),
    "earnings": ("staking", "users"),
    "burns": ("staking", "nobody"),
}


class Year(NamedTuple):
    """What happened: one table by round and two of rounds × users."""

    rounds: pd.DataFrame
    scores: pd.DataFrame
    stakes: pd.DataFrame


def toy_year(seed=0, rounds=52, stocks=1000):
    """Turn the triangle for a year and write down what each corner got.

    Each round the users predict, their predictions weighted by stake become the
    metamodel, the fund trades the metamodel, scores pay or burn stakes, and the next
    round begins. Rounds do not overlap here and pay at once; the real ones do not.

    Parameters
    ----------
    seed : int
        Every random draw follows from it.
    rounds : int
        How many weekly rounds.
    stocks : int
        How many stocks there are to rank.

    Returns
    -------
    Year
        ``rounds`` has the columns round, market and fund_return (shares of what was
        invested), metamodel_corr, paid and burned (NMR); ``scores`` holds each user's
        CORR and ``stakes`` each user's stake in NMR after the round.
    """
    rng = np.random.default_rng(seed)
    stake = pd.Series(100.0, index=list(USERS))
    rows, scores, stakes = [], [], []
    for number in range(1, rounds + 1):
        signal, market, returns, target = _week(rng, stocks)
        predictions = _predictions(rng, signal)
        metamodel = gaussianize(predictions) @ (stake / stake.sum()).to_numpy()
        score = pd.Series(era_corr(predictions, target), index=stake.index)
        payout = stake * score.clip(-CAP, CAP)
        rows.append(
            {
                "round": number,
                "market": market,
                "fund_return": fund_return(metamodel, returns) - COST,
                "metamodel_corr": era_corr(metamodel, target),
                "paid": payout.clip(lower=0).sum(),
                "burned": -payout.clip(upper=0).sum(),
            }
        )
        stake = stake + payout
        scores.append(score)
        stakes.append(stake)
    number = pd.RangeIndex(1, rounds + 1, name="round")
    tables = (pd.DataFrame(table, index=number) for table in (scores, stakes))
    return Year(pd.DataFrame(rows), *tables)


def _week(rng, stocks):
    """Draw a week: the hidden signal, the stocks' returns, and the target to rank."""
    signal = rng.standard_normal(stocks)
    strength = rng.normal(SIGNAL, SURPRISE)
    own = strength * signal + rng.standard_normal(stocks)
    market = rng.normal(0.001, 0.02)
    rank = own.argsort().argsort() / (stocks - 1)
    target = np.searchsorted([0.05, 0.25, 0.75, 0.95], rank) / 4
    return signal, market, market + WEEKLY_VOLATILITY * own, target


def _predictions(rng, signal):
    """Draw what each user predicts: stocks × users."""
    skill = np.array(list(USERS.values()))
    noise = rng.standard_normal((len(signal), len(skill)))
    return signal[:, None] * skill + noise * np.sqrt(1 - skill**2)


def fund_return(signal, returns):
    """Return what a dollar-neutral portfolio on a signal earns per dollar of capital.

    For each dollar of capital it holds a dollar of stocks and is short of another.

    Parameters
    ----------
    signal : array of shape (stocks,)
        The larger, the more of the stock is held; below the mean it is sold short.
    returns : array of shape (stocks,)
        What each stock returned.
    """
    weights = signal - signal.mean()
    return float(2 * weights @ returns / np.abs(weights).sum())


def year_totals(rounds):
    """Add up a year: what the fund earned, and what was paid and burned.

    Parameters
    ----------
    rounds : pandas.DataFrame
        One row a round, with the columns fund_return, paid and burned.

    Returns
    -------
    dict
        ``fund``: the compounded return, a share of the capital at the start;
        ``paid`` and ``burned``: sums in NMR.
    """
    return {
        "fund": float((1 + rounds["fund_return"]).prod() - 1),
        "paid": float(rounds["paid"].sum()),
        "burned": float(rounds["burned"].sum()),
    }
