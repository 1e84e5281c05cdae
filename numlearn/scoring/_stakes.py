"""Stakes by model: names are matched, and what cannot be a stake is refused."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn._kernel import numbers
from numlearn.errors import NumlearnError


def model_stakes(stakes, names, era=None):
    """Return one stake a model, checked and in the order of the models.

    Parameters
    ----------
    stakes : mapping or Series by model, array (models,) or DataFrame (eras × models)
        0 or above; a model that is not named has none.
    names : sequence
        The models that have predictions.
    era : object, optional
        The era, which a DataFrame must have a row for, in any writing.

    Returns
    -------
    ndarray, shape (models,)

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> stakes = pd.Series({"mine": 10, "other": 20})
    >>> nl.scoring.model_stakes(stakes, ["other", "mine"]).tolist()
    [20.0, 10.0]
    """
    if isinstance(stakes, pd.DataFrame):
        if era is None:
            raise NumlearnError(
                "One era has one stake a model: give a row of the table of stakes, "
                "such as stakes.loc[era]."
            )
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


def stake_numbers(stakes):
    """Return a Series by model, or a DataFrame (eras × models), as numbers ≥ 0."""
    values = numbers(stakes)
    wrong = np.argwhere(~((values >= 0) & (values < np.inf)))
    if len(wrong):
        where = tuple(wrong[0])
        raise NumlearnError(
            f"The stake of {stakes.axes[-1][where[-1]]!r} is {values[where]:g}: a "
            "stake is a number, 0 or above; 0 stands for none."
        )
    return values


def _row(labels, era):
    if labels.has_duplicates:
        twice = labels[labels.duplicated()][0]
        raise NumlearnError(f"Era {twice} has two rows of stakes: keep one.")
    if era in labels:
        return labels.get_loc(era)
    there = eras.order(labels)
    try:
        return labels.get_loc(eras.choose(there.labels, [era])[0])
    except NumlearnError:
        raise NumlearnError(
            f"The panel has the era {era!r} and the stakes have not: add a row for it, "
            "or pass a Series to stake the same in every era."
        ) from None


def _checked(table, names):
    """Return stakes (eras × models) in the order of the names, or say what is wrong."""
    staked, values = table.columns, stake_numbers(table)
    place = pd.Index(names).get_indexer(staked)
    if (place < 0).any():
        raise NumlearnError(
            f"{staked[place < 0][0]!r} has a stake and no predictions: name it among "
            "the predictions, or drop its stake."
        )
    if staked.has_duplicates:
        twice = staked[staked.duplicated()][0]
        raise NumlearnError(f"{twice!r} has two stakes: add them up or drop one.")
    result = np.zeros((len(values), len(names)))
    result[:, place] = values
    return result
