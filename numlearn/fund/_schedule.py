"""Which eras follow each other, and how long a portfolio is kept."""

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn.errors import NumlearnError

WEEKS, DAYS = 52, 5  # weeks in a year, trading days in a week (and in an era)
HOLD = 4  # weeks that a portfolio is kept: the 20 days of the target


def eras_with_returns(panel, earned):
    """Return (era, rows) of the eras in which any stock has a return."""
    whole = [
        (label, rows)
        for label, rows in eras.rows_by_era(panel)
        if not np.isnan(earned[rows]).all()
    ]
    if not whole:
        raise NumlearnError("No era has a return: give eras that are past.")
    return whole


def days_of(returns):
    """Read off a column's name how many trading days its returns cover."""
    name = str(returns.name if isinstance(returns, pd.Series) else returns)
    digits = name.rpartition("_")[2]
    if not digits.isdigit():
        raise NumlearnError(
            f"How many trading days does {name!r} cover? Say it, as in days=20."
        )
    return int(digits)


def weeks_between(labels):
    """Return how many weeks lie between two eras."""
    if len(labels) < 2 or not all(str(label).isdigit() for label in labels):
        return 1
    gaps = np.diff(np.array(labels, dtype=int))
    wrong = np.flatnonzero(gaps > gaps.min())
    if wrong.size:
        raise NumlearnError(
            f"After era {labels[wrong[0]]} comes era {labels[wrong[0] + 1]}: a book is "
            "held through every era, so give those in between as well."
        )
    return int(gaps[0])


def overlap_and_keep(step, days, keep):
    """Return how many eras a return reaches over, and a portfolio is kept."""
    overlap = days // (step * DAYS)
    if overlap * step * DAYS != days or not overlap:
        raise NumlearnError(
            f"Returns of {days} trading days do not fit eras that are {step * DAYS} "
            "days apart: give returns of one such step, or of a multiple of it."
        )
    if overlap == 1:
        return 1, keep or max(1, HOLD // step)
    if keep not in (None, overlap):
        raise NumlearnError(
            f"Returns of {days} trading days belong to a portfolio that is kept "
            f"{overlap} eras, not {keep}: leave out `keep`, or give shorter returns."
        )
    return overlap, overlap
