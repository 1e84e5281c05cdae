"""Signals: a ranking from prices of your own, and the dated rules that judge it.

>>> mine = to_signal(momentum(prices).iloc[-1])                     # doctest: +SKIP
>>> LIMITS["2025-09"].stake_at_risk(100, churn=0.2, turnover=0.1)
0.0
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from numlearn._files import tables_beside
from numlearn.eras import average_rank, numbers, one_column
from numlearn.errors import NumlearnError, of_type
from numlearn.models import _faults


def momentum(prices, days=240, skip=20):
    """Return what each stock gained over many days, without the latest ones.

    Parameters
    ----------
    prices : DataFrame
        Dates (in order) × tickers. No day's value uses a later price.
    days, skip : int
        From and until so many trading days ago: usually a year without its last month.

    Returns
    -------
    DataFrame
        Like `prices`, returns as shares; NaN where the days before are too few.
    """
    of_type(prices, pd.DataFrame, "Prices are a DataFrame of dates × tickers")
    return prices.shift(skip) / prices.shift(days) - 1


def to_signal(values):
    """Rank one day's values of any kind, to the form that Signals takes.

    Parameters
    ----------
    values : Series
        By ticker; the higher, the better the stock is expected to do.

    Returns
    -------
    Series
        Strictly between 0 and 1; ties share their rank. A ticker without a value is
        left out, and the tournament gives it the middle rank.
    """
    of_type(values, pd.Series, "Values are a Series by ticker", ": take one day's")
    known = values.dropna()
    if np.isinf(numbers(known)).any():
        raise NumlearnError("A value is inf: make it NaN, and the ticker is left out.")
    return average_rank(known)


def at(panel, values):
    """Look up a table of dates × tickers for every row of a panel.

    The panel has the columns date and ticker; the result is a Series on its index, NaN
    where the table lacks the date or the ticker.
    """
    rows = values.index.get_indexer(one_column(panel, "date"))
    columns = values.columns.get_indexer(one_column(panel, "ticker"))
    found = values.to_numpy(float)[rows, columns]
    return pd.Series(np.where((rows < 0) | (columns < 0), np.nan, found), panel.index)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What Signals accepted, and what it did to a restless signal, at one time.

    Attributes
    ----------
    valid_from, valid_to, checked_on : datetime.date
        First and last day that we know of; `valid_to` is None if it was in force when
        somebody last compared it with its source.
    source, note : str
    min_tickers : int
        How many tickers of the universe a submission must rank.
    max_churn, max_turnover : float
        From this on the stake counts as 0. The largest against the last five
        submissions is meant, which is 1 without any.
    free_churn, steepness : float
        Mean neutral churn above the first takes a share of what a round would pay.
    """

    valid_from: date
    valid_to: date | None = None
    source: str
    checked_on: date
    min_tickers: int
    max_churn: float = np.inf
    max_turnover: float = np.inf
    free_churn: float = np.inf
    steepness: float = 0.0
    note: str = ""

    def faults(self, submission, universe):
        """Return what is wrong with a submission, a sentence each; none if accepted.

        The universe is a list (Series, Index) of tickers, or a DataFrame with a column
        for each kind of them. The form is checked by
        `numlearn.models.submission.faults`, as today; the number is of these limits.
        """
        form = _faults.FORMS["signals"]._replace(least=self.min_tickers)
        return _faults.faults_of(submission, universe, form)

    def stake_at_risk(self, stake, churn, turnover):
        """Return how much of a stake counts, all or nothing: 0 from a limit on."""
        calm = churn < self.max_churn and turnover < self.max_turnover
        return float(stake) if calm else 0.0

    def payout_kept(self, neutral_churn):
        """Return which share of a positive payout is left; burns are not reduced."""
        over = max(neutral_churn - self.free_churn, 0.0)
        return float(2 / (1 + np.exp(self.steepness * over)))


LIMITS = {name: Limits(**table) for name, table in tables_beside(__file__).items()}
