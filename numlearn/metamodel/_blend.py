"""The metamodel: rank, fill, gaussianize, weigh by stake."""

from functools import partial

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn.errors import NumlearnError
from numlearn.metamodel._stakes import era_stakes

__all__ = [
    "equal_weighted",
    "era_leave_one_out",
    "era_stake_weighted",
    "leave_one_out",
    "stake_weighted",
]

BLOCK = 16  # models ranked together: hides the overhead of numpy, fits the cache


def stake_weighted(panel, predictions, stakes):
    """Blend the predictions of many models into one, weighted by stake.

    In each era a model's predictions are ranked, a missing one takes the neutral rank
    0.5, the ranks are given a normal shape, and the models are averaged with their
    stakes as weights.

    Parameters
    ----------
    panel : DataFrame, path or iterable of DataFrames
        See `numlearn.eras.pieces`: what does not fit in memory comes era by era.
    predictions : str, list of str, Series or DataFrame
        Names of the panel's columns, or predictions on the panel's index.
    stakes : mapping or Series by model, or DataFrame (eras × models)
        In NMR, 0 or above; only their ratios count. A model that is not named has no
        stake and no weight. `counted_stakes` leaves out who came late or staked little.

    Returns
    -------
    Series
        On the panel's index, around 0; only the order within an era counts. NaN in an
        era in which no model with a stake has any prediction.

    Notes
    -----
    Equal to ``numerai_tools.scoring.stake_weight`` of complete gaussianised ranks.
    Where a prediction is missing, that function counts a 0 of whatever scale it is
    given; here it is the neutral rank, as Numerai's cleaning of submissions gives. A
    model without any prediction in an era did not submit, and its stake does not count
    there. `era_stake_weighted` takes the arrays of one era.
    """
    return _blend(panel, predictions, partial(era_stakes, stakes))


def equal_weighted(panel, predictions):
    """Blend the predictions of many models into one, each with the same weight.

    As `stake_weighted` with a stake of 1 for every model.
    """
    return _blend(panel, predictions, lambda names, era: np.ones(len(names)))


def era_stake_weighted(predictions, stakes):
    """Blend one era's predictions into one, weighted by stake.

    Parameters
    ----------
    predictions : array or DataFrame, shape (rows, models)
        Of one era; NaN is a missing prediction. A memory map is read in blocks.
    stakes : array, mapping or Series, by model
        As in `stake_weighted`.

    Returns
    -------
    ndarray, shape (rows,), or Series
    """
    blend = weighted_sum(*era_arrays(predictions, stakes))
    if isinstance(predictions, pd.DataFrame):
        return pd.Series(blend, index=predictions.index, name="metamodel")
    return blend


def leave_one_out(panel, predictions, stakes):
    """Blend, for each model, all the others.

    Parameters
    ----------
    panel, predictions, stakes
        As in `stake_weighted`.

    Returns
    -------
    DataFrame
        The panel's index × models. For a model without a stake it is the metamodel
        itself; NaN where nobody else counts.

    Notes
    -----
    Each model is ranked once; its own share is then taken out of the common sum.
    """
    stakes_of = partial(era_stakes, stakes)
    parts = _each_piece(panel, predictions, stakes_of, _ranked_others)
    return _joined([pd.DataFrame(x.T, index, names) for index, names, x in parts])


def era_leave_one_out(predictions, stakes):
    """Blend, for each model of one era, all the others.

    Parameters
    ----------
    predictions, stakes
        As in `era_stake_weighted`.

    Returns
    -------
    ndarray or DataFrame, shape (rows, models)
    """
    return eras.like(predictions, _ranked_others(*era_arrays(predictions, stakes)).T)


def era_arrays(predictions, stakes):
    """Return one era's models as a list of arrays (rows,), and one stake each."""
    values = np.asarray(predictions)
    if values.ndim != 2:
        raise NumlearnError(
            f"Predictions of shape {values.shape}: give one era as rows × models."
        )
    names = getattr(predictions, "columns", range(values.shape[1]))
    return list(values.T), era_stakes(stakes, names, "given")


def weighted_sum(columns, stakes):
    """Return the stake-weighted mean of models, each an array of one era's rows."""
    total, staked = np.zeros(len(columns[0])), 0.0
    for some, x, submitted in _cleaned_blocks(columns, np.flatnonzero(stakes)):
        total += np.einsum("i,ij->j", stakes[some], x)
        staked += stakes[some][submitted].sum()
    return total / staked if staked else np.full_like(total, np.nan)


def cleaned(columns, stakes, dtype=np.float64):
    """Rank, fill and gaussianize models, and keep them beside their weighted sum.

    Returns
    -------
    x : ndarray, shape (models, rows)
    submitted : ndarray of bool, shape (models,)
        Which have any prediction.
    total : ndarray, shape (rows,)
        Σ stake · x.
    """
    x = np.empty((len(columns), len(columns[0])), dtype)
    submitted = np.empty(len(columns), bool)
    total = np.zeros(x.shape[1])
    for some, part, present in _cleaned_blocks(columns, np.arange(len(columns))):
        total += np.einsum("i,ij->j", stakes[some], part)
        x[some], submitted[some] = part, present
    return x, submitted, total


def others_stake(stakes):
    """Return the stake of all others, for each model; NaN where no other has any."""
    left = stakes.sum() - stakes
    return np.where(left > 0, left, np.nan)


def _ranked_others(columns, stakes):
    x, submitted, total = cleaned(columns, stakes)
    left = others_stake(stakes * submitted)
    return (total - stakes[:, None] * x) / left[:, None]


def _cleaned_blocks(columns, positions):
    for start in range(0, len(positions), BLOCK):
        some = positions[start : start + BLOCK]
        x = eras.gaussianize(np.stack([columns[i] for i in some]).T).T
        submitted = np.full(len(x), True)
        for i in np.flatnonzero(np.isnan(np.einsum("ij->i", x))):
            missing = np.isnan(x[i])
            submitted[i] = not missing.all()
            x[i, missing] = 0.0  # the normal quantile of the neutral rank
        yield some, x, submitted


def _blend(panel, predictions, stakes_of):
    parts = _each_piece(panel, predictions, stakes_of, weighted_sum)
    return _joined([pd.Series(x, index, name="metamodel") for index, _, x in parts])


def _each_piece(panel, predictions, stakes_of, function):
    """Apply function(models, stakes) to each era; yield index, names, (…, rows)."""
    work = partial(_one_piece, predictions, stakes_of, function, set())
    return map(work, eras.pieces(panel, [predictions]))  # keeps no piece alive


def _one_piece(predictions, stakes_of, function, seen, piece):
    names, models = eras.model_columns(piece, predictions)
    values = None
    for label, rows in eras.rows_by_era(piece):
        if label in seen:
            raise NumlearnError(
                f"Era {label} comes in two pieces: give an era's rows in one DataFrame."
            )
        seen.add(label)
        stakes = stakes_of(names, label)
        result = function([model[rows] for model in models], stakes)
        if values is None:
            values = np.empty((*result.shape[:-1], len(piece)))
        values[..., rows] = result
    return piece.index, names, values


def _joined(parts):
    return parts[0] if len(parts) == 1 else pd.concat(parts)
