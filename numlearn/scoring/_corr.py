"""CORR: how well predictions rank the target."""

from functools import partial

import numpy as np
from scipy.special import ndtri

from numlearn import _kernel, eras
from numlearn.eras import center, gaussianize, signed_power
from numlearn.scoring._by_era import each_model, pearson


def corr(panel, predictions, target="target", *, n_jobs=1):
    """Score each model in each era with Numerai's CORR.

    Parameters
    ----------
    panel : DataFrame, path of parquet files or iterable of DataFrames
        With the columns ``era`` and `target`. Anything but a DataFrame is read era by
        era (`numlearn.eras.pieces`), so that it need not fit in memory.
    predictions : str, list of str, Series, DataFrame, array or parquet file
        Names of the panel's columns; or predictions by the panel's index, in any order;
        or a bare array in the order of the panel's rows; or a parquet file of them,
        whose rows are found by id (`numlearn.eras.joined`).
    target : str, Series or array, default="target"
        What really happened.
    n_jobs : int, default=1
        Threads, each with eras of its own.

    Returns
    -------
    DataFrame
        Eras (sorted) × models, each score between -1 and 1. A model's NaN leaves out
        that row for that model only. NaN where a model and the target together cover
        less than 80 % of an era's rows, and where either is constant.

    Notes
    -----
    Equal to ``numerai_tools.scoring.numerai_corr`` (0.7.2) called model by model;
    `era_corr` is the same score, written to be read.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["target"] = [0, 0.25, 0.5, 0.75, 1] * 2
    >>> panel["mine"] = [0.1, 0.3, 0.2, 0.4, 0.5, 0.5, 0.1, 0.3, 0.2, 0.4]
    >>> nl.scoring.corr(panel, "mine")["mine"].round(3).to_dict()
    {'0001': 0.954, '0002': -0.218}
    """
    score = partial(_kernel.score_era, CORR, center=True)
    return eras.walk(panel, predictions, score, [target], n_jobs=n_jobs)


def era_corr(predictions, target):
    """Score one era with Numerai's CORR.

    Predictions are ranked, given a normal shape and raised to the signed power 1.5; the
    target is centered and raised to the same power. CORR is the Pearson correlation of
    the two: both tails, where the fund trades most, weigh most.

    Parameters
    ----------
    predictions : array or Series, shape (rows,), or array or DataFrame (rows, models)
        Predictions of one era, on any scale: only their order counts.
    target : array or Series, shape (rows,)
        What really happened.

    Returns
    -------
    float, or ndarray of shape (models,)
        NaN where less than 80 % of the rows can be scored, or where the predictions or
        the targets are constant.

    Notes
    -----
    The target is centered before rows without a prediction are left out. Source:
    ``numerai_tools.scoring.numerai_corr``.

    Examples
    --------
    >>> import numlearn as nl
    >>> target = [0, 0.25, 0.5, 0.75, 1]
    >>> round(nl.scoring.era_corr([1, 2, 3, 4, 5], target), 3)
    0.996
    >>> round(nl.scoring.era_corr([5, 4, 3, 2, 1], target), 3)
    -0.996
    """

    def score(p, t):
        return pearson(signed_power(gaussianize(p), 1.5), signed_power(t, 1.5))

    return each_model(score, predictions, center(target))


def metamodel_corr(panel, predictions, metamodel, *, n_jobs=1):
    """Correlate each model with the metamodel in each era (Numerai's CWMM).

    The predictions are transformed as for `corr`, the metamodel is taken as it is.
    Parameters, result and NaN policy as in `corr`, with the metamodel for a target.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["target"] = [0, 0.25, 0.5, 0.75, 1] * 2
    >>> panel["mine"] = [0.1, 0.3, 0.2, 0.4, 0.5, 0.5, 0.1, 0.3, 0.2, 0.4]
    >>> panel["crowd"] = [1, 2, 3, 5, 4] * 2
    >>> nl.scoring.metamodel_corr(panel, "mine", "crowd")["mine"].round(3).to_dict()
    {'0001': 0.762, '0002': -0.273}
    """
    score = partial(_kernel.score_era, [(gauss_tails, np.positive, True)])
    return eras.walk(panel, predictions, score, [metamodel], n_jobs=n_jobs)


def era_metamodel_corr(predictions, metamodel):
    """Correlate one era's predictions with the metamodel (Numerai's CWMM).

    Parameters, result and NaN policy as in `era_corr`. Source: numerai/docs, scoring
    definitions.

    Examples
    --------
    >>> import numlearn as nl
    >>> round(nl.scoring.era_metamodel_corr([1, 2, 3, 4], [1, 2, 4, 3]), 3)
    0.717
    """

    def score(p, m):
        return pearson(signed_power(gaussianize(p), 1.5), m)

    return each_model(score, predictions, metamodel)


def tails(x):
    """Raise x to the signed power 1.5."""
    return x * np.sqrt(np.abs(x))


def gauss_tails(rank):
    """Map a scaled rank to its normal quantile, to the signed power 1.5."""
    return tails(ndtri(rank))


CORR = [(gauss_tails, tails, True)]  # of ranks, of a centered target
