"""Attempts to follow a stock from one era to another, and how often they succeed.

Each attempt guesses, for each row of an earlier era, which row of a later era is the
same stock a while after. The data set never says whether it is right;
:meth:`numlearn.world.World.truth` does.
"""

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn.errors import NumlearnError

_ROWS_AT_ONCE = 1_000  # of a matrix with one column for each row of the later era


def by_id(earlier, later):
    """Guess the row with the same id.

    Parameters
    ----------
    earlier, later : pandas.DataFrame
        Rows of two eras, indexed by id.

    Returns
    -------
    pandas.Series of str
        By the earlier era's ids, an id of the later era, or None where it has no such
        id.
    """
    _refuse(earlier, later)
    known = earlier.index.isin(later.index)
    return _guess(earlier, np.where(known, earlier.index, None))


def by_position(earlier, later):
    """Guess the row that stands in the same place; parameters as in `by_id`."""
    _refuse(earlier, later)
    ids = [*later.index, *[None] * len(earlier)]
    return _guess(earlier, ids[: len(earlier)])


def nearest(earlier, later):
    """Guess the row with the least sum of squared differences.

    Parameters
    ----------
    earlier, later : pandas.DataFrame
        Numbers without a gap, indexed by id, with the same columns. Of several rows
        that are equally near, the first is taken.

    Returns
    -------
    pandas.Series of str
        By the earlier era's ids, an id of the later era.

    Raises
    ------
    NumlearnError
        If the columns differ or a value is missing.
    """
    _refuse(earlier, later)
    if list(earlier.columns) != list(later.columns):
        raise NumlearnError(
            "The two eras have different columns: choose the same ones of both."
        )
    rows, there = (eras.numbers(era) for era in (earlier, later))
    if not (np.isfinite(rows).all() and np.isfinite(there).all()):
        raise NumlearnError(
            "A value is missing, so no distance is known: fill it or leave its column."
        )
    length = (there**2).sum(axis=1)  # the row's own length is the same for all
    places = [
        (length - 2 * rows[start : start + _ROWS_AT_ONCE] @ there.T).argmin(axis=1)
        for start in range(0, len(rows), _ROWS_AT_ONCE)
    ]
    return _guess(earlier, later.index[np.concatenate(places)])


def share_right(guess, stock_earlier, stock_later):
    """Return how often a guess is right, of the stocks that are in both eras.

    Parameters
    ----------
    guess : pandas.Series of str
        As from `nearest`.
    stock_earlier, stock_later : pandas.Series
        The stock behind each id, as the world knows it.

    Returns
    -------
    float
        From 0 to 1. A blind guess is right one time in the later era's rows.
    """
    stock = stock_earlier[guess.index]
    followed = stock.isin(stock_later).to_numpy()
    guessed = stock_later.reindex(guess).to_numpy()
    return float((guessed == stock.to_numpy())[followed].mean())


def attempts(world, era, guesses, gap=1):
    """Try several guesses on two eras of a world, and let its truth mark them.

    Parameters
    ----------
    world : World
        The guesses get what it publishes of the two eras, not more.
    era : int
        The earlier era.
    guesses : dict of str to callable
        Each takes the rows of both eras and returns a guess, as `nearest` does.
    gap : int, default 1
        How many eras later the other one is.

    Returns
    -------
    dict of str to float
        How often each guess is right, from 0 to 1.
    """
    pair = (era, era + gap)
    rows = [world.era(number) for number in pair]
    stocks = [world.truth(number)["stock"] for number in pair]
    return {name: share_right(guess(*rows), *stocks) for name, guess in guesses.items()}


def _refuse(*frames):
    """Refuse what are no rows by id, each id once."""
    for frame in frames:
        eras.require_frame(frame)
        if frame.empty or not frame.index.is_unique:
            raise NumlearnError("An era has no rows, or an id twice: keep one of each.")


def _guess(earlier, ids):
    return pd.Series(ids, earlier.index, name="guess", dtype=object)
