"""From a signal to weights: ranked, neutral to given exposures, limited, scaled.

A weight is a share of the fund's capital, below zero for a stock that is sold short.
"""

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn._kernel import finite
from numlearn.errors import NumlearnError, real_number
from numlearn.scoring import Projection, one_blas_thread

BEST = 0.2  # the share of stocks that a long-only portfolio buys


@one_blas_thread
def weights(
    panel, signal, *, neutralizers=None, gross=2.0, max_weight=None, long_only=False
):
    """Turn a signal into one portfolio an era.

    Parameters
    ----------
    panel : DataFrame
        With a column ``era``.
    signal : str or Series
        The higher, the more of a stock is bought. Where it is NaN, nothing is traded. A
        Series has the panel's index.
    neutralizers : str or list of str, optional
        Columns such as beta, styles or features, without NaN. A column of text or
        categories (a sector) stands for one exposure a category. Without any, what is
        bought is worth what is sold short, and that is all.
    gross, max_weight
        As in `era_weights`.
    long_only : bool, default=False
        Make `era_long_only` instead of `era_weights`.

    Returns
    -------
    Series
        Weights on the panel's index.

    Raises
    ------
    NumlearnError
        If a column is missing, text or infinite, or no portfolio is as asked for.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["1"] * 4 + ["2"] * 4, "stock": list("abcd") * 2})
    >>> panel["signal"] = [1, 2, 3, 4] * 2
    >>> panel["return_5"] = [-0.01, 0.0, 0.01, 0.02] * 2
    >>> nl.fund.weights(panel, "signal").round(2).tolist()[:4]
    [-0.78, -0.22, 0.22, 0.78]
    """
    neutralizers = named(neutralizers, "a neutralizer")
    if long_only and (neutralizers or max_weight is not None):
        raise NumlearnError(
            "A long-only portfolio is neither neutral nor limited: leave out "
            "`neutralizers` and `max_weight`, or long_only=True."
        )
    _refuse_sizes(gross, max_weight)
    values = eras.one_vector(panel, signal)
    held = np.empty(len(panel))
    for label, rows in eras.rows_by_era(panel):
        if long_only:
            held[rows] = era_long_only(values[rows])
            continue
        exposures = exposure_table(panel.iloc[rows], neutralizers, drop_first=True)
        columns = exposures.to_numpy().T
        held[rows] = _long_short(values[rows], columns, gross, max_weight, label)
    return pd.Series(held, index=panel.index, name="weight")


def era_weights(signal, exposures=None, *, gross=2.0, max_weight=None):
    """Turn one era's signal into a long-short portfolio.

    The signal is ranked and given a normal shape; what a constant and the exposures
    explain of it is taken out by least squares; the rest is scaled. So what is bought
    is worth what is sold short (dollar-neutral), and the sum of weight times exposure
    is 0 for every column.

    Parameters
    ----------
    signal : array or Series, shape (rows,)
        The higher, the more is bought. Where it is NaN, nothing is traded.
    exposures : array or DataFrame, shape (rows, columns), optional
        Numbers without NaN. A column that others explain changes nothing.
    gross : float, default=2.0
        Sum of absolute weights: 2 is a dollar bought and a dollar sold short for each
        dollar of capital.
    max_weight : float, optional
        The largest absolute weight of a stock; the portfolio stays neutral, and what is
        cut off goes to the others.

    Returns
    -------
    ndarray or Series, shape (rows,)
        All 0 where the signal is missing, or the same, for all stocks.

    Raises
    ------
    NumlearnError
        If the exposures explain the whole signal, or no neutral portfolio keeps the
        limit.

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> nl.fund.era_weights(np.array([0.1, 0.2, 0.3, 0.4])).round(2).tolist()
    [-0.78, -0.22, 0.22, 0.78]
    """
    _refuse_sizes(gross, max_weight)
    values = vector(signal)
    none = np.empty((len(values), 0))
    (exposures,) = eras.aligned(signal, none if exposures is None else exposures)
    columns = (exposures if exposures.ndim == 2 else exposures[:, None]).T
    return eras.like(signal, _long_short(values, columns, gross, max_weight, "given"))


def era_long_only(signal):
    """Buy the best fifth of an era's stocks, the same weight of each.

    Parameters
    ----------
    signal : array or Series, shape (rows,)
        The higher, the better. Where it is NaN, nothing is bought.

    Returns
    -------
    ndarray or Series, shape (rows,)
        0 or above, with sum 1.

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> nl.fund.era_long_only(np.arange(10)).tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.5, 0.5]
    """
    rank = eras.average_rank(vector(signal))
    best = rank > 1 - BEST
    return eras.like(signal, best / max(best.sum(), 1))


def vector(values):
    """Return an array of numbers, one a row, or say what else it is."""
    array = finite(values)
    if array.ndim != 1:
        raise NumlearnError(f"One number a row is needed, not an array {array.shape}.")
    return array


def named(names, what):
    """Return a list of columns' names: none for None, and an empty list is refused."""
    return [] if names is None else eras.column_names(names, what)


def _refuse_sizes(gross, max_weight):
    for name, size in {"gross": gross, "max_weight": max_weight}.items():
        if not (size is None and name == "max_weight"):
            real_number(size, name, 1e-9)


def exposure_table(rows, names, drop_first=False):
    """Return one era's exposures as numbers: one column a number or a category.

    A sector's last category follows from the others and the constant: `drop_first`
    leaves out one, where only what the columns span counts.
    """
    numeric = pd.api.types.is_numeric_dtype
    texts = [name for name in names if not numeric(eras.one_column(rows, name))]
    table = rows[list(names)]
    _refuse_cells(rows, table.isna(), "has gaps")
    if texts:
        options = {"prefix_sep": "=", "drop_first": drop_first}
        table = pd.get_dummies(table, columns=texts, **options)
    table = table.astype(float)
    _refuse_cells(rows, np.isinf(table), "is infinite")
    return table


def _refuse_cells(rows, bad, what):
    if bad.any(axis=None):
        name, era = bad.columns[bad.any()][0], rows["era"].iloc[0]
        raise NumlearnError(
            f"The exposure {name!r} {what} in era {era}: fill such cells, or drop "
            "those rows."
        )


def _long_short(signal, exposures, gross, max_weight, label):
    known = ~np.isnan(signal)
    held = np.zeros(len(signal))
    if known.any():
        raw = eras.gaussianize(signal[known])
        held[known] = _neutral(raw, exposures[:, known], gross, max_weight, label)
    return held


def _neutral(raw, exposures, gross, max_weight, label):
    """Take exposures and mean out of raw weights, limit each, and scale all."""
    spread = np.abs(raw - raw.mean()).sum()
    if spread == 0:
        return np.zeros(len(raw))
    projection = Projection(exposures)
    rest = projection.residual(raw[None])[0]
    if np.abs(rest).sum() < 1e-9 * spread:
        raise NumlearnError(
            f"Neutral to {len(exposures)} exposures, nothing is left of the signal on "
            f"the {len(raw)} stocks of era {label}: name fewer columns."
        )
    if max_weight is not None:
        rest = _limited(rest, projection, max_weight / gross, label)
    return rest * (gross / np.abs(rest).sum())


def _limited(rest, projection, limit, label):
    """Cut what is above the limit and make the rest neutral again, until both hold."""
    for _ in range(500):
        bound = limit * np.abs(rest).sum()
        if np.abs(rest).max() <= bound:
            return rest
        rest = np.clip(rest, -0.98 * bound, 0.98 * bound)  # inside, to arrive in time
        rest = projection.residual(rest[None])[0]
    raise NumlearnError(
        f"No neutral portfolio of the {len(rest)} stocks of era {label} keeps the "
        f"limit of {limit * len(rest):.2g} times an equal share: raise `max_weight`."
    )
