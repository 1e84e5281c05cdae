"""The metamodel: rank, fill, gaussianize, weigh by stake."""

from functools import partial

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn.errors import NumlearnError
from numlearn.scoring import Ranks, model_stakes


def stake_weighted(panel, predictions, stakes):
    """Blend the predictions of many models into one, weighted by stake.

    In each era a model's predictions are ranked, a missing one takes the neutral rank
    0.5, the ranks are given a normal shape, and the models are averaged with their
    stakes as weights.

    Parameters
    ----------
    panel : DataFrame, path or iterable of DataFrames
        See `numlearn.eras.pieces`: what does not fit in memory comes era by era.
    predictions : str, list of str, Series, DataFrame or array
        As in `numlearn.scoring.corr`.
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

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["one"] = [1, 2, 3, 4, 5] * 2
    >>> panel["two"] = [1, 3, 2, 5, 4] * 2
    >>> stakes = pd.Series({"one": 30, "two": 10})
    >>> nl.metamodel.stake_weighted(panel, ["one", "two"], stakes).round(3).tolist()[:5]
    [-1.282, -0.393, -0.131, 0.714, 1.092]
    """
    return _blend(panel, predictions, partial(era_stakes, stakes))


def equal_weighted(panel, predictions):
    """Blend the predictions of many models into one, each with the same weight.

    As `stake_weighted` with a stake of 1 for every model.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["one"] = [1, 2, 3, 4, 5] * 2
    >>> panel["two"] = [1, 3, 2, 5, 4] * 2
    >>> nl.metamodel.equal_weighted(panel, ["one", "two"]).round(3).tolist()[:5]
    [-1.282, -0.262, -0.262, 0.903, 0.903]
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

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> predictions = np.array([[1, 1], [2, 3], [3, 2], [4, 5], [5, 4]])
    >>> nl.metamodel.era_stake_weighted(predictions, [30, 10]).round(3).tolist()
    [-1.282, -0.393, -0.131, 0.714, 1.092]
    """
    blend = Ranks.blended(predictions, given_stakes(predictions, stakes))
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

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"] * 5 + ["0002"] * 5})
    >>> panel["one"] = [1, 2, 3, 4, 5] * 2
    >>> panel["two"] = [1, 3, 2, 5, 4] * 2
    >>> stakes = pd.Series({"one": 30, "two": 10})
    >>> others = nl.metamodel.leave_one_out(panel, ["one", "two"], stakes)
    >>> others["one"].rank().tolist()[:5]  # all but "one": here "two" alone
    [1.5, 5.5, 3.5, 9.5, 7.5]
    """

    def others(era):
        return Ranks(era.models).others(era_stakes(stakes, era.names, era.label))

    return eras.transform(panel, predictions, others)


def era_leave_one_out(predictions, stakes):
    """Blend, for each model of one era, all the others.

    Parameters
    ----------
    predictions, stakes
        As in `era_stake_weighted`.

    Returns
    -------
    ndarray or DataFrame, shape (rows, models)

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> predictions = np.array([[1, 1], [2, 3], [3, 2], [4, 5], [5, 4]])
    >>> others = nl.metamodel.era_leave_one_out(predictions, [30, 10])
    >>> others.argmax(axis=0).tolist()  # where each model's others see the best row
    [3, 4]
    """
    stakes = given_stakes(predictions, stakes)
    return eras.like(predictions, Ranks(predictions).others(stakes).T)


def given_stakes(predictions, stakes):
    """Return one stake for each model of one era's predictions (rows × models)."""
    if np.ndim(predictions) != 2:
        raise NumlearnError(
            f"Predictions of shape {np.shape(predictions)}: give one era as rows × "
            "models."
        )
    names = getattr(predictions, "columns", range(np.shape(predictions)[1]))
    return era_stakes(stakes, names)


def era_stakes(stakes, names, era=None):
    """Return one stake a model, or say that there is none at all."""
    found = model_stakes(stakes, names, era)
    one_era = not isinstance(stakes, pd.DataFrame)
    if not found.any() and (one_era or not stakes.to_numpy().any()):
        raise NumlearnError(
            "No model has a stake, so there is no metamodel: stake at least one, or "
            "use `equal_weighted`."
        )
    return found


def _blend(panel, predictions, stakes_of):
    def blend(era):
        return Ranks.blended(era.models, stakes_of(era.names, era.label))[None]

    return eras.transform(panel, predictions, blend, names=["metamodel"])["metamodel"]
