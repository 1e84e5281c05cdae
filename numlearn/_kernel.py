"""The fast path: rows of numbers become ranks, and ranks become scores.

NaN policy: a NaN is a missing prediction. It keeps its place as NaN, it is not counted
in the ranks of the others, and it never touches another column.

A matrix is models × rows of one era: C-ordered float64, no NaN. The work is one radix
sort a model, a table of normal quantiles and one sum a score; no BLAS, so no threads.
"""

from functools import cache, lru_cache, partial
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy.special import ndtri

from numlearn.errors import NumlearnError

COVERAGE = 0.8  # the share of an era that a score must rest on, as at Numerai
BLOCK = 24  # models ranked together: hides the overhead of numpy, fits the cache


def sorted_rows(x):
    """Return the stable order of each row of x, and the values in that order.

    A 16-bit key takes numpy's radix sort, far faster than a sort of floats; neighbours
    that share a key are then swapped. Long rows and heavy tails get a 24-bit key.
    """
    values = np.empty_like(x)
    flat, end = values.ravel(), x.shape[1]
    with np.errstate(all="ignore"):
        scaled = x.astype(np.float32)
        scaled -= scaled.min(axis=1, keepdims=True)
        scaled *= 65535 / scaled.max(axis=1, keepdims=True)
        keys = scaled.astype(np.uint16)
        crowded = keys[0, :512].std() < end  # a guess, from the first row
        for fine in (True,) if crowded else (False, True):
            first = ((scaled - keys) * 256).astype(np.uint8) if fine else keys
            order = np.argsort(first, axis=1, kind="stable")
            for row, where, to, key in zip(x, order, values, keys):  # fits the cache
                if fine:
                    then = np.argsort(key.take(where), kind="stable")
                    where[:] = where.take(then)
                row.take(where, out=to, mode="clip")
            worse = np.zeros(x.shape, bool)
            np.less(values[:, 1:], values[:, :-1], out=worse[:, :-1])
            wrong, places = np.flatnonzero(worse), order.ravel()
            for _ in range(16):
                if not wrong.size:
                    return order, values
                apart = np.ones(wrong.size, bool)  # pairs that do not overlap
                np.greater(wrong[1:], wrong[:-1] + 1, out=apart[1:])
                swap, rest = wrong[apart], wrong[~apart]
                if swap.size > 0.07 * flat.size:
                    break
                after = swap + 1
                for own in (places, flat):
                    own[swap], own[after] = own.take(after), own.take(swap)
                near = np.concatenate([rest, swap - 1, after])  # all else is in order
                less = flat.take(near + 1, mode="clip") < flat.take(near, mode="clip")
                near = near[less]
                wrong = np.sort(near[(near + 1) % end != 0])  # not to the next row
    order = np.argsort(x, axis=1, kind="stable")
    return order, np.take_along_axis(x, order, axis=1)


def units(x):
    """Center each row of x and scale it to length 1; NaN where it is constant."""
    constant = x.min(axis=1) == x.max(axis=1)
    x = x - x.mean(axis=1, keepdims=True)
    x /= np.where(constant, np.nan, np.sqrt(np.einsum("ij,ij->i", x, x)))[:, None]
    return x


@lru_cache(maxsize=64)
def _table(transform, n, unit=False):
    level = transform((np.arange(n) + 0.5) / n)[None]
    return units(level) if unit else level


def levels(values, transform, unit=False):
    """Return transform(average rank) of sorted rows (None: positions), or one row."""
    m, n = values.shape
    same = values[:, 1:] == values[:, :-1]
    if transform is None or not same.any():
        return _table(transform or np.positive, n, unit)
    after, before = joined = np.zeros((2, m, n), bool)  # equal to a neighbour
    after[:, 1:] = before[:, :-1] = same
    first, last = np.flatnonzero(before > after), np.flatnonzero(after > before)
    rank = ((first + last) / 2 - first // n * n + 0.5) / n
    spread = np.tile(_table(transform, n), (m, 1))
    spread[joined.any(axis=0)] = np.repeat(transform(rank), last - first + 1)
    return units(spread) if unit else spread


def ranked(x, transform, out=None):
    """Return transform(average rank) of each row of x, in the order of x."""
    order, values = sorted_rows(x)
    level = np.broadcast_to(levels(values, transform), x.shape)
    result = np.empty_like(x) if out is None else out
    for row, where, to in zip(result, order, level):
        row[where] = to
    return result


def ranked_dots(terms, x):
    """Return Σ weight · transform(rank) of each row of x, an array a term.

    Terms are (transform, weight, unit); with `unit` that is Pearson's correlation of
    the two. One term alone makes one array.
    """
    order, values = sorted_rows(x)
    scores = []
    for transform, weight, unit in terms:
        level = levels(values, transform, unit)
        weight = units(weight[None])[0] if unit else weight
        scores.append(np.einsum("ij,ij->i", weight.take(order), level))
    return np.stack(scores) if len(scores) > 1 else scores[0]


def score_era(
    make, era, *, center=False, shape=(), keep=False, least=COVERAGE, block=BLOCK
):
    """Score one era's models, each on the rows that it covers.

    Parameters
    ----------
    make : callable or list of (transform, weigh, unit)
        Takes what is known of the era (arrays of its rows, without NaN), and the
        columns if there are any; returns a function of predictions (models × rows).
        Terms are those of `ranked_dots`, whose weights are made of what is known.
    era : numlearn.eras.Era
        What is given of the era.
    center : bool, default=False
        Whether to center what is known first, over all of its rows.
    shape : tuple, default=()
        The shape of one model's score; None where each row gets a number.
    keep : bool, default=False
        Whether rows that lack something known still take part, uncounted.
    least : float
        The share of the era's rows that a score must rest on.
    block : int
        How many models to give to the scorer at a time.

    Returns
    -------
    ndarray, shape (*shape, models) or (models, rows)
        NaN where too few of the era's rows can be scored.
    """
    _keep_freed_memory()
    known, n, size = list(era.known), len(era.models), len(era.models[0])
    there = [~np.isnan(x) for x in known]
    base = np.logical_and.reduce([np.full(size, True), *there])
    if center and there[0].any():
        known[0] = known[0] - known[0][there[0]].mean()
    kept = np.full(size, True) if keep else base
    others = [*known, era.columns] if era.parts else known
    scores = np.full((n, size) if shape is None else (*shape, n), np.nan)
    count, whole = max(1, round(n / block)), None
    for start, stop in pairwise(n * i // count for i in range(count + 1)):
        part = np.stack(era.models[start:stop], dtype=np.float64)
        with np.errstate(all="ignore"):
            gaps = ~np.isfinite(part.sum(axis=1))
        groups = {b"": (kept, np.flatnonzero(~gaps).tolist())}
        for i in np.flatnonzero(gaps):
            rows = kept & _known(part[i], era.names[start + i], era.label)
            groups.setdefault(rows.tobytes(), (rows, []))[1].append(i)
        for rows, some in groups.values():
            if not some or not rows.any() or (rows & base).mean() < least:
                continue
            gap = not rows.all()
            scorer = whole if rows is kept else None
            if scorer is None:
                given = [np.compress(rows, x, axis=-1) if gap else x for x in others]
                if callable(make):
                    scorer = make(*given)
                else:
                    weighed = [(t, weigh(*given), unit) for t, weigh, unit in make]
                    scorer = partial(ranked_dots, weighed)
            whole = scorer if rows is kept else whole
            x = part if len(some) == len(part) else part[some]
            place = start + np.array(some)
            place = np.ix_(place, rows) if shape is None else (..., place)
            scores[place] = scorer(np.compress(rows, x, axis=-1) if gap else x)
    return scores


@cache
def _keep_freed_memory():
    """Free a large block once: glibc then keeps what is freed for the next era."""
    np.empty(31 << 20, np.uint8)


def _known(prediction, name, era):
    """Tell which predictions of a model with gaps are there."""
    if np.isinf(prediction).any():
        raise NumlearnError(
            f"{name!r} holds inf in era {era}: make it NaN, which counts as missing."
        )
    return ~np.isnan(prediction)


def average_rank(x):
    """Rank each column and scale it to (r - 0.5) / n; ties share their average rank.

    Parameters
    ----------
    x : Series, DataFrame or array, shape (rows,) or (rows, models)
        Predictions of one era.

    Returns
    -------
    same type and shape as x
        Numbers strictly between 0 and 1, with mean 0.5. NaN stays NaN, and n counts
        the rest.

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> nl.eras.average_rank(np.array([3.0, 1.0, 3.0, 9.0])).tolist()
    [0.5, 0.125, 0.5, 0.875]
    """
    return _by_column(x, lambda rows: ranked(rows, np.positive))


def position_rank(x):
    """Rank each column and scale it to (r - 0.5) / n; ties are broken by position.

    The rank that Numerai used in 2021: of two equal predictions the one that stands
    first in the file ranks lower. Parameters and NaN as in `average_rank`.

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> nl.eras.position_rank(np.array([3.0, 1.0, 3.0, 9.0])).tolist()
    [0.375, 0.125, 0.625, 0.875]
    """
    return _by_column(x, lambda rows: ranked(rows, None))


def gaussianize(x):
    """Give each column the shape of a normal distribution, keeping its order.

    Each value becomes the normal quantile of its `average_rank`. Parameters and NaN as
    in `average_rank`; a constant column becomes 0.

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> nl.eras.gaussianize(np.array([0.1, 0.2, 0.9])).round(2).tolist()
    [-0.97, 0.0, 0.97]
    """
    return _by_column(x, lambda rows: ranked(rows, ndtri))


def center(x):
    """Subtract the mean of what is known from a vector; NaN stays NaN.

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> nl.eras.center(np.array([1.0, 2.0, 6.0])).tolist()
    [-2.0, -1.0, 3.0]
    """
    values = numbers(x)
    known = values[~np.isnan(values)]
    return like(x, values - (known.mean() if known.size else np.nan))


def signed_power(x, power=1.5):
    """Raise the absolute value to a power and keep the sign.

    Parameters
    ----------
    x : Series, DataFrame or array
        Numbers around 0; NaN stays NaN.
    power : float, default=1.5
        Above 1 it stretches the tails, so that they weigh more in a correlation.

    Examples
    --------
    >>> import numpy as np
    >>> import numlearn as nl
    >>> nl.eras.signed_power(np.array([-4.0, 0.0, 4.0])).tolist()
    [-8.0, 0.0, 8.0]
    """
    numbers(x)  # or a sentence
    return np.sign(x) * np.abs(x) ** power


def _by_column(x, function):
    """Apply a function of (models × rows) to columns of any shape, NaN left out."""
    matrix = numbers(x)
    columns = matrix[:, None] if matrix.ndim == 1 else matrix
    rows = np.ascontiguousarray(columns.T)
    known = ~np.isnan(rows)
    whole = known.all(axis=1)
    if rows.size and whole.all():
        return like(x, function(rows).T.reshape(matrix.shape))
    result = np.full_like(rows, np.nan)
    if rows.size and whole.any():
        result[whole] = function(rows[whole])
    for i in np.flatnonzero(~whole & known.any(axis=1)):
        result[i, known[i]] = function(rows[i : i + 1, known[i]])[0]
    return like(x, result.T.reshape(matrix.shape))


def like(x, values):
    """Give values (an array) the type, index and names of x, which has their shape."""
    if isinstance(x, pd.DataFrame):
        return pd.DataFrame(values, index=x.index, columns=x.columns)
    if isinstance(x, pd.Series):
        return pd.Series(values, index=x.index, name=x.name)
    return values


def numbers(x):
    """Return a Series, DataFrame or array as float64, NaN where a value is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> nl.eras.numbers(pd.Series([1, None], dtype="Int64")).tolist()
    [1.0, nan]
    """
    try:
        if isinstance(x, pd.Series | pd.DataFrame):
            return x.to_numpy(dtype=np.float64, na_value=np.nan)
        array = np.asarray(x, dtype=np.float64)
        if array.ndim in (1, 2):
            return array
        raise TypeError
    except (TypeError, ValueError):
        raise NumlearnError(
            f"{type(x).__name__} of something else than numbers by row: give a Series "
            "or an array, converted with pandas.to_numeric where it is text."
        ) from None


def finite(x):
    """Return `numbers`, or say that there is inf among them."""
    x = numbers(x)
    if np.isinf(x).any():
        raise NumlearnError(
            "There is inf among the numbers: make it NaN, which counts as missing."
        )
    return x
