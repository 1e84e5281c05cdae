"""Stakes: who counts in the metamodel, and with how much."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError

__all__ = ["counted_stakes", "era_stakes"]


def counted_stakes(stakes, *, on_time=None, minimum=0.0):
    """Set to 0 what does not count: late submissions, and stakes below a minimum.

    A model without a stake is scored and weighs nothing; so is one that came late.

    Parameters
    ----------
    stakes : mapping or Series by model, or DataFrame (eras × models)
        In NMR.
    on_time : Series by model or DataFrame (eras × models) of bool, optional
        Whether the submission arrived before the deadline; by default all did. A table
        by era makes the stakes one.
    minimum : float, default=0.0
        In NMR. The Classic metamodel has none; Numerai's equal-weighted metamodels for
        Signals and Crypto ask for 10 and 1.

    Returns
    -------
    Series or DataFrame
        Stakes that count. ``counted_stakes(stakes, minimum=1) > 0`` weighs the models
        that count equally.
    """
    counted = stakes if isinstance(stakes, pd.DataFrame) else pd.Series(stakes)
    if on_time is not None:
        if counted.ndim < on_time.ndim:
            counted = pd.DataFrame([counted] * len(on_time), index=on_time.index)
        elif counted.ndim > on_time.ndim:
            on_time = pd.DataFrame([on_time] * len(counted), index=counted.index)
        if any(not a.isin(b).all() for a, b in zip(counted.axes, on_time.axes)):
            raise NumlearnError(
                "`on_time` lacks a model or an era that has a stake: give it one entry "
                "for each stake."
            )
        counted = counted.where(on_time, 0.0)
    return counted.mask((counted >= 0) & (counted < minimum), 0.0)


def era_stakes(stakes, names, era):
    """Return one stake a model in an era, checked.

    Parameters
    ----------
    stakes : mapping or Series by model, array (models,) or DataFrame (eras × models)
        0 or above; a model that is not named has none.
    names : sequence
        The models that have predictions.
    era : str
        The era's label, which a DataFrame must have.

    Returns
    -------
    ndarray, shape (models,)
    """
    if isinstance(stakes, pd.DataFrame):
        return _checked(stakes, names)[_row(stakes.index, era)]
    if isinstance(stakes, Mapping):
        stakes = pd.Series(stakes)
    elif not isinstance(stakes, pd.Series):
        if np.shape(stakes) != (len(names),):
            raise NumlearnError(
                f"There are {len(names)} models and stakes of shape "
                f"{np.shape(stakes)}: give one stake a model, best as a Series by name."
            )
        stakes = pd.Series(np.asarray(stakes), index=names)
    return _checked(stakes.to_frame().T, names)[0]


def _row(labels, era):
    if labels.has_duplicates:
        twice = labels[labels.duplicated()][0]
        raise NumlearnError(f"Era {twice} has two rows of stakes: keep one.")
    if era not in labels:
        raise NumlearnError(
            f"The panel has the era {era!r} and the stakes have not: add a row for it, "
            "or pass a Series to stake the same in every era."
        )
    return labels.get_loc(era)


def _checked(table, names):
    """Return stakes (eras × models) in the order of the names, or say what is wrong."""
    staked, values = table.columns, table.to_numpy(dtype=np.float64)
    place = pd.Index(names).get_indexer(staked)
    if (place < 0).any():
        raise NumlearnError(
            f"{staked[place < 0][0]!r} has a stake and no predictions: name it among "
            "the predictions, or drop its stake."
        )
    if staked.has_duplicates:
        twice = staked[staked.duplicated()][0]
        raise NumlearnError(f"{twice!r} has two stakes: add them up or drop one.")
    wrong = ~((values >= 0) & (values < np.inf))
    if wrong.any():
        era, model = np.argwhere(wrong)[0]
        raise NumlearnError(
            f"The stake of {staked[model]!r} is {values[era, model]:g}: a stake is a "
            "number, 0 or above; 0 stands for none."
        )
    if not values.any():
        raise NumlearnError(
            "No model has a stake, so there is no metamodel: stake at least one, or "
            "use `equal_weighted`."
        )
    result = np.zeros((len(values), len(names)))
    result[:, place] = values
    return result
