"""Churn and turnover: how much a signal, and its portfolio, change from era to era."""

from collections import deque

import numpy as np
import pandas as pd

from numlearn import _kernel, eras
from numlearn.eras import average_rank
from numlearn.errors import NumlearnError
from numlearn.scoring._by_era import each_model, pearson


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

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["1"] * 4 + ["2"] * 4, "ticker": list("abcd") * 2})
    >>> panel["mine"] = [1, 2, 3, 4, 1, 2, 4, 3]
    >>> nl.scoring.churn(panel, "mine", "ticker")["mine"].round(3).to_dict()
    {'1': nan, '2': 0.2}
    """
    return _since_before(panel, predictions, ticker, lookback, era_churn)


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

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> before = pd.Series([1, 2, 3, 4], index=list("abcd"))
    >>> now = pd.Series([1, 2, 4, 3], index=list("abcd"))
    >>> round(nl.scoring.era_churn(now, before), 3)
    0.2
    """
    if top_bottom:
        a, b = (np.argsort(s, kind="stable").to_numpy() for s in (current, previous))
        ends = slice(-top_bottom, None), slice(top_bottom)
        common = [
            len(current.index[a[end]].intersection(previous.index[b[end]]))
            for end in ends
        ]
        return 1 - sum(common) / (2 * top_bottom)
    return _if_before(
        lambda a, b: 1 - pearson(average_rank(a), average_rank(b)), current, previous
    )


def turnover(panel, weights, ticker, *, lookback=1):
    """Measure how much of each portfolio was traded since the eras before.

    Parameters
    ----------
    panel, ticker, lookback
        As in `churn`.
    weights : DataFrame or list of str
        Portfolio weights, such as those of `signal_weights` with ``normalize=True``.

    Returns
    -------
    DataFrame
        Eras × models; `era_turnover` is the definition. NaN in the first era, which the
        tournament counts as 1.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["1"] * 2 + ["2"] * 2, "ticker": list("abab")})
    >>> panel["mine"] = [0.5, -0.5, -0.5, 0.5]
    >>> nl.scoring.turnover(panel, "mine", "ticker")["mine"].to_dict()
    {'1': nan, '2': 1.0}
    """
    return _since_before(panel, weights, ticker, lookback, era_turnover)


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

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> before = pd.Series([0.5, -0.5, 0.0], index=list("abc"))
    >>> now = pd.Series([0.5, 0.0, -0.5], index=list("abc"))
    >>> nl.scoring.era_turnover(now, before)
    0.5
    """
    return _if_before(lambda a, b: float(np.abs(a - b).sum() / 2), current, previous)


def _if_before(score, current, previous):
    """Return the score of two weeks; NaN where the one before has no stock."""
    two = isinstance(current, pd.Series) and isinstance(previous, pd.Series)
    if two and previous.empty and not current.empty:
        return np.nan
    return each_model(score, current, previous)


def _since_before(panel, predictions, ticker, lookback, compare):
    if lookback < 1:
        raise NumlearnError(
            f"lookback={lookback} compares nothing: look back 1 or more."
        )
    history = deque(maxlen=lookback)
    labels, changes = [], []
    for piece, given in eras.joined(panel, [predictions], [ticker]):
        names, models = eras.model_columns(piece, given)
        tickers = eras.one_column(piece, ticker)
        for label, rows in eras.rows_by_era(piece):
            if labels and eras.order([labels[-1], label]).labels[-1] != label:
                raise NumlearnError(
                    f"Era {label} comes after {labels[-1]}: give the pieces of a panel "
                    "in the order of time."
                )
            table = {i: model[rows] for i, model in enumerate(models)}
            now = pd.DataFrame(table, index=tickers.iloc[rows])
            _kernel.finite(now)
            if compare is era_churn:
                now = average_rank(now).fillna(0.5)
            if now.index.has_duplicates:
                raise NumlearnError(
                    f"Era {label} has a {ticker} twice: keep one row of each."
                )
            since = [[compare(now[i], old[i]) for i in now] for old in history]
            none = np.full(len(names), np.nan)
            changes.append(np.fmax.reduce([none, *since]))
            labels.append(label)
            history.append(now)
    if not labels:
        raise NumlearnError("The panel has no rows: there is nothing to work on.")
    labels = pd.Index(labels, name="era")
    return pd.DataFrame(changes, labels, names)
