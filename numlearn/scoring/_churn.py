"""Churn and turnover: how much a signal, and its portfolio, change from era to era."""

from collections import deque

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn.eras import average_rank
from numlearn.scoring._driver import scores_table
from numlearn.scoring._era import each_model, pearson

__all__ = ["churn", "era_churn", "era_turnover", "turnover"]


def churn(panel, predictions, ticker, *, lookback=1):
    """Measure how much each signal changed since the eras before.

    Parameters
    ----------
    panel, predictions
        As in `corr`, with the eras in the order of time.
    ticker : str
        The column that names a stock in every era.
    lookback : int, default=1
        How many earlier eras to compare with; the largest churn counts. The tournament
        looks back at five submissions.

    Returns
    -------
    DataFrame
        Eras × models, from 0 (the same order) to 2 (reversed); `era_churn` is the
        definition. A missing prediction takes the middle rank. NaN in the first era,
        which the tournament counts as 1.
    """

    def clean(signals):
        return average_rank(signals).fillna(0.5)

    return _since_before(panel, predictions, ticker, lookback, clean, era_churn)


def era_churn(current, previous, top_bottom=None):
    """Measure how much a signal changed: 1 minus Spearman's correlation.

    Parameters
    ----------
    current, previous : Series
        Signals by ticker.
    top_bottom : int, optional
        Compare only which stocks are the n highest and the n lowest: the mean share
        that is not common.

    Returns
    -------
    float
        NaN where less than 80 % of the tickers are common, or where a signal is
        constant. Source: ``numerai_tools.signals.churn``.
    """
    if top_bottom:
        a, b = (np.argsort(s, kind="stable").to_numpy() for s in (current, previous))
        ends = slice(-top_bottom, None), slice(top_bottom)
        common = [
            len(current.index[a[end]].intersection(previous.index[b[end]]))
            for end in ends
        ]
        return 1 - sum(common) / (2 * top_bottom)
    return each_model(
        lambda a, b: 1 - pearson(average_rank(a), average_rank(b)), current, previous
    )


def turnover(panel, weights, ticker, *, lookback=1):
    """Measure how much of each portfolio was traded since the eras before.

    Parameters
    ----------
    panel, ticker, lookback
        As in `churn`.
    weights : DataFrame or list of str
        Portfolio weights, such as those of `signal_weights` with ``normalise=True``.

    Returns
    -------
    DataFrame
        Eras × models; `era_turnover` is the definition. NaN in the first era, which the
        tournament counts as 1.
    """

    def clean(table):
        return table

    return _since_before(panel, weights, ticker, lookback, clean, era_turnover)


def era_turnover(current, previous):
    """Measure how much of a portfolio was traded: half the sum of absolute changes.

    Parameters
    ----------
    current, previous : Series
        Weights by ticker; stocks that are not in both are left out.

    Returns
    -------
    float
        NaN where less than 80 % of the tickers are common. Source:
        ``numerai_tools.signals.turnover``.
    """
    return each_model(lambda a, b: float(np.abs(a - b).sum() / 2), current, previous)


def _since_before(panel, predictions, ticker, lookback, clean, compare):
    history = deque(maxlen=lookback)
    labels, changes = [], []
    for piece in eras.pieces(panel, [predictions, ticker]):
        names, models = eras.model_columns(piece, predictions)
        for label, rows in eras.rows_by_era(piece):
            table = {i: model[rows] for i, model in enumerate(models)}
            now = clean(
                pd.DataFrame(table, index=eras.one_column(piece, ticker).iloc[rows])
            )
            since = [[compare(now[i], old[i]) for i in now] for old in history]
            none = np.full(len(names), np.nan)
            changes.append(np.fmax.reduce([none, *since]))
            labels.append(label)
            history.append(now)
    return scores_table(labels, names, changes)
