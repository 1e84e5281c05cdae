"""Numerai Signals: from a signal to a neutral portfolio and its scores."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pandas as pd

from numlearn import _kernel, eras
from numlearn.eras import average_rank, center, gaussianize, signed_power
from numlearn.scoring._by_era import each_model, map_models
from numlearn.scoring._contribution import orthogonalize
from numlearn.scoring._corr import gauss_tails
from numlearn.scoring._neutral import EACH_ROW
from numlearn.scoring._projection import one_blas_thread, refuse_nan
from numlearn.scoring._stakes import model_stakes


@one_blas_thread
def signal_weights(
    panel, predictions, neutralizers, sample_weights, *, normalize=False, n_jobs=1
):
    """Turn each signal into the weights of a neutral portfolio, era by era.

    Parameters
    ----------
    panel, predictions, n_jobs
        As in `corr`.
    neutralizers : str or list of str
        Columns of Numerai's matrix N: orthonormal under the sample weights.
    sample_weights : str or Series
        Numerai's v: how much of each stock the fund can hold.
    normalize : bool, default=False
        Whether to center the weights and scale their absolute values to sum 1.

    Returns
    -------
    DataFrame
        Like ``panel[predictions]``; `era_signal_weights` is the definition.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 4 + ["0002"] * 4})
    >>> panel["target"] = [0, 0.25, 0.5, 1] * 2
    >>> panel["mine"] = [0.1, 0.4, 0.2, 0.8, 0.3, 0.1, 0.9, 0.4]
    >>> panel["size"], panel["v"] = [0.5, -0.5, -0.5, 0.5] * 2, 1.0
    >>> weights = nl.scoring.signal_weights(panel, "mine", "size", "v")["mine"]
    >>> bet_on_size = (weights * panel["size"]).groupby(panel["era"]).sum()
    >>> bool((bet_on_size.abs() < 1e-9).all())
    True
    """

    def make(v, columns):
        return lambda x: era_signal_weights(x.T, columns.T, v, normalize=normalize).T

    function, known = partial(_kernel.score_era, make, **EACH_ROW), [sample_weights]
    return eras.transform(
        panel, predictions, function, known, neutralizers, n_jobs=n_jobs
    )


def era_signal_weights(predictions, neutralizers, sample_weights, *, normalize=False):
    """Turn one era's signal into the weights of a neutral portfolio.

    The signal s is ranked, given a normal shape and raised to the signed power 1.5;
    with N orthonormal under v, the weights are (s - N N'(v s)) v.

    Parameters
    ----------
    predictions : array or Series, shape (rows,), or array or DataFrame (rows, models)
    neutralizers : array or DataFrame, shape (rows, columns)
        N, without NaN.
    sample_weights : array or Series, shape (rows,)
        v, without NaN.
    normalize : bool, default=False
        Whether to center the weights and scale their absolute values to sum 1.

    Returns
    -------
    same type and shape as `predictions`
        Source: ``numerai_tools.scoring.generate_neutralized_weights``.

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> signal, size = [0.1, 0.4, 0.2, 0.8], np.array([[0.5], [-0.5], [-0.5], [0.5]])
    >>> weights = nl.scoring.era_signal_weights(signal, size, np.ones(4))
    >>> np.isclose(weights @ size, 0).tolist()  # no bet on size is left
    [True]
    """
    _kernel.finite(predictions)  # says so where it is not
    n, v = eras.aligned(predictions, neutralizers, sample_weights)
    n, v = refuse_nan(n), refuse_nan(v)

    def weights(s):
        rows = ~np.isnan(s)
        own, held = n[rows], v[rows]
        w = np.full(len(s), np.nan)
        w[rows] = (s[rows] - own @ (own.T @ (held * s[rows]))) * held
        if normalize:
            w -= w[rows].mean() if rows.any() else 0
            w /= np.abs(w[rows]).sum() or np.nan
        return w

    return map_models(weights, signed_power(gaussianize(predictions), 1.5))


@one_blas_thread
def alpha(
    panel, predictions, neutralizers, sample_weights, target="target", *, n_jobs=1
):
    """Score what each signal's neutral portfolio earns in each era (alpha).

    Parameters
    ----------
    panel, predictions, target, n_jobs
        As in `corr`.
    neutralizers, sample_weights
        As in `signal_weights`; a row without a sample weight is left out.

    Returns
    -------
    DataFrame
        Eras (sorted) × models; `era_alpha` is the definition, NaN policy as in `corr`.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 4 + ["0002"] * 4})
    >>> panel["target"] = [0, 0.25, 0.5, 1] * 2
    >>> panel["mine"] = [0.1, 0.4, 0.2, 0.8, 0.3, 0.1, 0.9, 0.4]
    >>> panel["size"], panel["v"] = [0.5, -0.5, -0.5, 0.5] * 2, 1.0
    >>> nl.scoring.alpha(panel, "mine", "size", "v")["mine"].round(3).to_dict()
    {'0001': 0.297, '0002': 0.122}
    """
    known = [target, sample_weights]
    terms = [(gauss_tails, _neutral_weight, False)]
    score = partial(_kernel.score_era, terms, center=True)
    return eras.walk(panel, predictions, score, known, neutralizers, n_jobs=n_jobs)


def era_alpha(predictions, neutralizers, sample_weights, target):
    """Score what one era's neutral portfolios earn (alpha).

    The product of `era_signal_weights` with the centered target, divided by the number
    of stocks.

    Parameters
    ----------
    predictions, neutralizers, sample_weights
        As in `era_signal_weights`.
    target : array or Series, shape (rows,)
        What really happened.

    Returns
    -------
    float, or ndarray of shape (models,)
        NaN policy as in `era_corr`. Source: ``numerai_tools.scoring.alpha``.

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> signal, size = [0.1, 0.4, 0.2, 0.8], [[0.5], [-0.5], [-0.5], [0.5]]
    >>> target = [0.25, 0.5, 0.25, 1]
    >>> round(nl.scoring.era_alpha(signal, size, np.ones(4), target), 3)
    0.243
    """

    def score(p, t, v, n):
        return float(era_signal_weights(p, n, v) @ t / len(t))

    eras.aligned(predictions, neutralizers, sample_weights)  # says so if they are not
    return each_model(score, predictions, center(target), sample_weights, neutralizers)


def _neutral_weight(target, v, columns):
    """Neutralize the target instead of every signal."""
    refuse_nan(columns)
    return v * (target - columns.T @ (columns @ (v * target))) / len(target)


@one_blas_thread
def meta_portfolio_contribution(
    panel,
    predictions,
    stakes,
    neutralizers,
    sample_weights,
    *,
    target="target",
    n_jobs=1,
):
    """Score what each signal adds to the stake-weighted portfolio in each era (MPC).

    Parameters
    ----------
    panel, predictions, target, n_jobs
        As in `corr`.
    stakes : mapping or Series by model, or DataFrame (eras × models)
        A model without one (or NaN) is scored and weighs nothing.
    neutralizers, sample_weights
        As in `signal_weights`.

    Returns
    -------
    DataFrame
        Eras (sorted) × models; `era_meta_portfolio_contribution` is the definition.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 4 + ["0002"] * 4})
    >>> panel["target"] = [0, 0.25, 0.5, 1] * 2
    >>> panel["mine"] = [0.1, 0.4, 0.2, 0.8, 0.3, 0.1, 0.9, 0.4]
    >>> panel["size"], panel["v"] = [0.5, -0.5, -0.5, 0.5] * 2, 1.0
    >>> panel["other"] = [1, 2, 4, 3] * 2
    >>> stakes = pd.Series({"mine": 10.0, "other": 20.0})
    >>> models = ["mine", "other"]
    >>> mpc = nl.scoring.meta_portfolio_contribution
    >>> mpc(panel, models, stakes, "size", "v")["mine"].round(3).to_dict()
    {'0001': 0.002, '0002': -0.005}
    """
    if isinstance(stakes, Mapping | pd.Series):
        stakes = pd.Series(stakes).fillna(0)

    def score(era):
        target, v = era.known
        p, own = np.column_stack(era.models), model_stakes(stakes, era.names, era.label)
        return era_meta_portfolio_contribution(p, own, era.columns.T, v, target)

    known = [target, sample_weights]
    return eras.walk(panel, predictions, score, known, neutralizers, n_jobs=n_jobs)


def era_meta_portfolio_contribution(
    predictions, stakes, neutralizers, sample_weights, target
):
    """Score what one era's signals add to the stake-weighted portfolio (MPC).

    The gradient of the portfolio's return with respect to each stake: the signals'
    weights are centered, the portfolio is their stake-weighted sum, and what a signal
    has beyond the portfolio is multiplied by the target, divided by the portfolio's
    length and by 50. The stake-weighted sum of all contributions is 0.

    Parameters
    ----------
    predictions : array or DataFrame, shape (rows, models)
        A missing prediction takes the middle rank, as in Numerai's own cleaning.
    stakes : array, mapping or Series, by model
        0 or more; NaN is 0.
    neutralizers, sample_weights, target
        As in `era_alpha`.

    Returns
    -------
    ndarray, shape (models,)
        A model that covers less than 80 % of the rows scores NaN and weighs nothing.
        Source: ``numerai_tools.scoring.meta_portfolio_contribution``.
    """
    p = _kernel.finite(predictions)
    n, v, t = eras.aligned(predictions, neutralizers, sample_weights, target)
    rows = ~np.isnan(v) & ~np.isnan(t)
    present = (~np.isnan(p[rows])).sum(axis=0) >= _kernel.COVERAGE * len(p)
    names = getattr(predictions, "columns", range(p.shape[1]))
    by_name = isinstance(stakes, Mapping | pd.Series)
    stakes = pd.Series(stakes).fillna(0) if by_name else np.nan_to_num(stakes)
    stakes = np.where(present, model_stakes(stakes, names), 0.0)
    scores = np.full(p.shape[1], np.nan)
    if not stakes.any():
        return scores
    ranks = average_rank(p[rows][:, present])
    w = era_signal_weights(np.nan_to_num(ranks, nan=0.5), n[rows], v[rows])
    w = w - w.mean(axis=0)
    portfolio = w @ (stakes[present] / stakes.sum())
    rest = [orthogonalize(own, portfolio) for own in w.T]
    length = np.sqrt(portfolio @ portfolio)
    scores[present] = rest @ (t[rows] - t[rows].mean()) / length / 50
    return scores
