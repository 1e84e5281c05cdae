"""Many eras in a few numbers, without forgetting that rounds overlap."""

import re

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn._kernel import numbers
from numlearn.errors import NumlearnError

_WHEN = {"round", "rounds", "roundnumber", "era", "eras", "date", "dates"}


def summary(scores, *, level=None, seed=0):
    """Summarize a table of scores, one line a model.

    Parameters
    ----------
    scores : DataFrame (eras × models) or Series
        By era or round, see `in_order`; NaN ones are left out.
    level : float, optional
        Add the `intervals` of this confidence, such as 0.9.
    seed : int, default=0
        Of these intervals.

    Returns
    -------
    DataFrame
        Models × ``mean``, ``std`` (ddof 0), ``sharpe`` (mean / std, not annualised),
        ``max_drawdown`` (see `max_drawdown`), ``positive`` (share of eras above 0),
        ``rounds`` (eras with a score), ``autocorrelation`` (at lag 1) and
        ``effective_rounds``.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> scores = pd.DataFrame({"mine": [0.02, 0.01, -0.01, 0.03]})
    >>> summary = nl.scoring.summary(scores).loc["mine"].round(3)
    >>> summary[["mean", "std", "sharpe"]].tolist()
    [0.012, 0.015, 0.845]
    """
    scores = _in_time(scores)
    mean, std = scores.mean(), scores.std(ddof=0)
    rounds = scores.notna().sum()
    table = {
        "mean": mean,
        "std": std,
        "sharpe": mean / std.where(scores.max() > scores.min()),
        "max_drawdown": max_drawdown(scores),
        "positive": (scores > 0).sum() / rounds.where(rounds > 0),
        "rounds": rounds,
        "autocorrelation": autocorrelation(scores, [1]).iloc[0],
        "effective_rounds": effective_rounds(scores),
    }
    table = pd.DataFrame(table)
    return table if level is None else table.join(intervals(scores, level, seed=seed))


def max_drawdown(scores):
    """Return the deepest fall of the summed scores below their highest point.

    The sum starts with the first era's score, as in Numerai's tutorial: a loss in the
    very first era is where the count begins, not a drawdown.

    Parameters
    ----------
    scores : DataFrame (eras × models) or Series
        By era or round, see `in_order`; NaN ones are left out.

    Returns
    -------
    Series by model, or float
        0 or above, in units of the score.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> nl.scoring.max_drawdown(pd.Series([0.02, -0.01, -0.02, 0.03]))
    0.03
    """
    path = _in_time(scores).cumsum()
    falls = (path.cummax() - path).max()
    return falls if isinstance(scores, pd.DataFrame) else float(falls.iloc[0])


def autocorrelation(scores, lags=(1, 2, 3, 4, 5)):
    """Correlate the scores with themselves, some eras later.

    Parameters
    ----------
    scores : DataFrame (eras × models) or Series
        By era or round, see `in_order`; one that is missing counts as NaN.
    lags : int or iterable of int
        Steps; 0 gives 1.

    Returns
    -------
    DataFrame (lags × models) or Series
        Sums of products over the lag, divided by the sum of squares: it shrinks at long
        lags, so that noise does not pile up there.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> scores = pd.Series([0.01, 0.02, 0.03, 0.02, 0.01, 0.0, 0.01, 0.02])
    >>> nl.scoring.autocorrelation(scores, lags=[1, 2]).round(2).to_dict()
    {1: 0.37, 2: -0.42}
    """
    frame = _in_time(scores)
    centered = _centered(frame)
    lags = [lags] if isinstance(lags, int) else list(lags)
    if not lags or min(lags) < 0:
        raise NumlearnError(f"Lags of {lags}: give numbers of eras, 0 or above.")
    values = np.array([_at_lag(centered, lag) for lag in lags])
    index = pd.Index(lags, name="lag")
    table = pd.DataFrame(values, index=index, columns=frame.columns)
    return table if isinstance(scores, pd.DataFrame) else table.iloc[:, 0]


def effective_rounds(scores):
    """Estimate how many independent rounds the overlapping ones are worth.

    A target of 20 days, scored every week, repeats most of what last week's score
    already said. With autocorrelations r₁, r₂, … the mean of n rounds is as uncertain
    as that of n / (1 + 2·(r₁ + r₂ + …)) independent ones; the sum ends before the
    first correlation that is not positive.

    Parameters
    ----------
    scores : DataFrame (eras × models) or Series
        By era or round, see `in_order`; one that is missing counts as NaN.

    Returns
    -------
    Series by model, or float
        Between 1 and the number of rounds; NaN where the scores are constant.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> ups_and_downs = pd.Series([0.01, -0.01] * 20)
    >>> nl.scoring.effective_rounds(ups_and_downs)
    40.0
    """
    frame = _in_time(scores)
    centered = _centered(frame)
    memory = np.zeros(frame.shape[1])
    fading = np.full(frame.shape[1], True)
    for lag in range(1, len(frame)):
        correlation = _at_lag(centered, lag)
        fading &= correlation > 0
        if not fading.any():
            break
        memory += np.where(fading, correlation, 0.0)
    worth = frame.notna().sum() / (1 + 2 * memory)
    worth = worth.where(frame.max() > frame.min())
    return worth if isinstance(scores, pd.DataFrame) else float(worth.iloc[0])


def intervals(scores, level=0.9, *, block=None, resamples=1000, seed=0):
    """Bound the mean and the Sharpe ratio by a block bootstrap.

    Rounds that overlap are not independent, so they are not drawn one by one but in
    blocks of neighbours, as long as the scores remember.

    Parameters
    ----------
    scores : DataFrame (eras × models) or Series
        By era or round, see `in_order`; NaN ones are left out.
    level : float, default=0.9
        The confidence, between 0 and 1.
    block : int, optional
        Rounds in a block; by default twice the rounds that are worth one
        (`effective_rounds`).
    resamples : int, default=1000
    seed : int, default=0
        The same for every model, so that a model's interval does not depend on others.

    Returns
    -------
    DataFrame
        Models × ``mean_low``, ``mean_high``, ``sharpe_low``, ``sharpe_high``.

    Notes
    -----
    With few independent rounds it is too sure of itself: of intervals of 90 %, on 160
    drawn rounds worth 40, some 82 % held the truth. Rounds taken as independent: 60 %.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> scores = pd.DataFrame({"mine": [0.02, 0.01, -0.01, 0.03, 0.0] * 12})
    >>> bounds = nl.scoring.intervals(scores, block=4, resamples=200)
    >>> (bounds["mean_low"] < 0.01).item(), (bounds["mean_high"] > 0.01).item()
    (True, True)
    """
    frame = _in_time(scores)
    if not 0 < level < 1:
        raise NumlearnError(
            f"level={level}: a confidence lies between 0 and 1, as 0.9."
        )
    tails = [(1 - level) / 2, (1 + level) / 2]
    rows = {
        name: _bootstrap(model.dropna(), tails, block, resamples, seed)
        for name, model in frame.items()
    }
    names = ["mean_low", "mean_high", "sharpe_low", "sharpe_high"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=names)


def _bootstrap(scores, tails, block, resamples, seed):
    n, worth = len(scores), effective_rounds(scores) if len(scores) > 1 else np.nan
    if np.isnan(worth):
        return [np.nan] * 4
    block = block or min(n, int(np.ceil(2 * n / worth)))
    starts = np.random.default_rng(seed).integers(n, size=(resamples, -(-n // block)))
    rounds = (starts[:, :, None] + np.arange(block)) % n  # the last meets the first
    drawn = scores.to_numpy()[rounds.reshape(resamples, -1)[:, :n]]
    mean, std = drawn.mean(axis=1), drawn.std(axis=1)
    sharpe = mean[std > 0] / std[std > 0]
    return [*np.quantile(mean, tails), *np.quantile(sharpe, tails)]


def _centered(frame):
    return (frame - frame.mean()).fillna(0.0).to_numpy()


def _at_lag(centered, lag):
    products = (centered[: max(0, len(centered) - lag)] * centered[lag:]).sum(axis=0)
    with np.errstate(invalid="ignore"):
        return products / (centered**2).sum(axis=0)


def in_order(scores):
    """Return a table of scores in the order of time, the earliest era first.

    Everything that takes such a table reads it by this function.

    Parameters
    ----------
    scores : DataFrame, eras × models, or Series by era
        The index says the era or round, in any of the forms of `numlearn.eras.order`
        and in any order; or a column does that is called ``era``, ``date``, ``round``
        or, as in Numerai's own tables, ``roundNumber``.

    Returns
    -------
    DataFrame of float64

    Raises
    ------
    NumlearnError
        If an era is there twice or cannot be understood, a column holds no numbers, or
        there is nothing at all.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> scores = pd.Series([0.03, 0.01], index=["0010", "0009"])
    >>> nl.scoring.in_order(scores).index.tolist()
    ['0009', '0010']
    """
    if isinstance(scores, pd.DataFrame):
        when = [x for x in scores if re.sub(r"[\W_]", "", str(x)).lower() in _WHEN]
        if len(when) > 1:
            raise NumlearnError(
                f"Both {when[0]!r} and {when[1]!r} say when a row was: keep one."
            )
        scores = scores.set_index(when[0]) if when else scores
    else:
        scores = pd.Series(scores if np.ndim(scores) else [])
        scores = scores.to_frame("score" if scores.name is None else scores.name)
    if not scores.size:
        raise NumlearnError("There are no scores: give a table with one line an era.")
    for place, kind in enumerate(scores.dtypes):
        if kind.kind not in "iuf":
            raise NumlearnError(
                f"The column {scores.columns[place]!r} holds {kind}, not scores: leave "
                "it out, or convert it with pandas.to_numeric."
            )
    eras.column_names(scores.columns)
    scores = pd.DataFrame(numbers(scores), scores.index, scores.columns)
    if np.isinf(scores).any(axis=None):
        raise NumlearnError(
            "A score is inf: make it NaN, or leave out what is no score."
        )
    order = eras.order(scores.index)
    if len(order.labels) < len(scores):
        twice = scores.index[scores.index.duplicated()][0]
        raise NumlearnError(f"Round {twice} is there twice: keep one line of each.")
    return scores.iloc[np.argsort(order.codes)]


def _in_time(scores):
    """Return scores in the order of time, with NaN for the eras between."""
    frame = in_order(scores)
    labels, weeks, _ = eras.order(frame.index)
    steps = np.diff(weeks)
    step = max(1, steps.min(initial=weeks[-1] - weeks[0]))
    place = np.cumsum([0, *(steps // step)])
    if (steps % step).any() or (steps == 0).any():  # months, days: one after the other
        place = np.arange(len(labels))
    grid = np.full((place[-1] + 1, frame.shape[1]), np.nan)
    grid[place] = frame
    return pd.DataFrame(grid, columns=frame.columns)
