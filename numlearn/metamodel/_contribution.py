"""What each model adds to the blend of the others."""

import math

import numpy as np

from numlearn import eras
from numlearn.errors import NumlearnError
from numlearn.metamodel._blend import era_stakes, given_stakes
from numlearn.scoring import Ranks


def contribution(panel, predictions, stakes, target="target"):
    """Score what each model contributes to the metamodel of all the others.

    `numlearn.scoring.mmc` with, in place of the one metamodel, each model's own: the
    blend without it. So no model is measured against a blend that holds a part of
    itself, and one with much stake can see what it adds.

    Parameters
    ----------
    panel, predictions, stakes
        As in `stake_weighted`. Models without a stake are scored as well.
    target : str or Series
        The column to score against, or a Series on the panel's index.

    Returns
    -------
    DataFrame
        Eras (sorted) × models. NaN where a model has no prediction in an era, and
        where no other model counts. A missing prediction is the neutral rank, as in
        the blend.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["one"] = [1, 2, 3, 4, 5] * 2
    >>> panel["two"] = [1, 3, 2, 5, 4] * 2
    >>> panel["target"] = [0, 0.25, 0.5, 0.75, 1] * 2
    >>> stakes = pd.Series({"one": 30, "two": 10})
    >>> scores = nl.metamodel.contribution(panel, ["one", "two"], stakes)
    >>> scores.loc["0001"].round(3).to_dict()
    {'one': 0.473, 'two': 0.017}
    """

    def score(era):
        staked = era_stakes(stakes, era.names, era.label)
        return Ranks(era.models).contribution(staked, era.known[0])

    return eras.walk(panel, predictions, score, [target])


def era_contribution(predictions, stakes, target):
    """Score what each model of one era contributes to the metamodel of all the others.

    Parameters
    ----------
    predictions, stakes
        As in `era_stake_weighted`.
    target : array or Series, shape (rows,)
        What really happened, in the order of the predictions.

    Returns
    -------
    ndarray, shape (models,)

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> predictions = np.array([[1, 1], [2, 3], [3, 2], [4, 5], [5, 4]])
    >>> target = [0, 0.25, 0.5, 0.75, 1]
    >>> nl.metamodel.era_contribution(predictions, [30, 10], target).round(3).tolist()
    [0.473, 0.017]
    """
    stakes = given_stakes(predictions, stakes)
    (target,) = eras.aligned(predictions, target)
    return Ranks(predictions).contribution(stakes, target)


def ensemble_corr(corr, similarity, models):
    """Return the CORR that an equal-weighted crowd reaches, in closed form.

    Parameters
    ----------
    corr, similarity : float, or array or Series of float
        CORR of each model, and the correlation of any two models' predictions.
    models : int or array of int
        How many there are.

    Returns
    -------
    float, ndarray or Series
        ``corr · sqrt(models / (1 + (models - 1) · similarity))``: it grows from corr
        towards corr / √similarity.

    Notes
    -----
    Exact for linear correlations of models that are all alike, whatever they are.
    Numerai's CORR bends the tails of predictions and target, so there it holds closely,
    not exactly.

    Examples
    --------
    >>> import numlearn as nl
    >>> crowd = [nl.metamodel.ensemble_corr(0.02, 0.5, n) for n in (1, 4, 1000)]
    >>> [round(float(corr), 4) for corr in crowd]
    [0.02, 0.0253, 0.0283]
    """
    models = np.asarray(models, dtype=float)
    if not np.all(np.abs(similarity) <= 1) or np.any(models < 1):
        raise NumlearnError(
            f"A similarity of {similarity} of {models} models: give a correlation, "
            "between -1 and 1, of one model or more."
        )
    return corr * np.sqrt(models / (1 + (models - 1) * similarity))


def break_even_crowd(corr, similarity, rival):
    """Return how many models it takes until their blend reaches a rival's CORR.

    Parameters
    ----------
    corr, similarity : float
        As in `ensemble_corr`.
    rival : float
        The CORR to be reached.

    Returns
    -------
    int or inf
        ``inf`` where no crowd of such models gets there: its limit is
        corr / √similarity, and a crowd without skill has none to add up.

    Examples
    --------
    >>> import numlearn as nl
    >>> nl.metamodel.break_even_crowd(0.02, 0.25, 0.03)
    4
    >>> nl.metamodel.break_even_crowd(0.02, 0.25, 0.05)
    inf
    """
    if corr >= rival:
        return 1
    beyond_reach = rival**2 * similarity >= corr**2
    if corr <= 0 or beyond_reach:
        return math.inf
    models = rival**2 * (1 - similarity) / (corr**2 - rival**2 * similarity)
    return math.ceil(models - 1e-9)  # a whole number stays what it is
