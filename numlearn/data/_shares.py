"""Count what a panel holds, by era and by bin, and give the bins other codes."""

import numpy as np
import pandas as pd

from numlearn.eras import rows_by_era
from numlearn.errors import NumlearnError


def era_sizes(panel):
    """Count the rows of each era.

    Parameters
    ----------
    panel : pandas.DataFrame
        With a column ``era``; its rows may stand in any order.

    Returns
    -------
    pandas.Series of int
        By era, in order.
    """
    every_row = np.arange(len(panel))
    sizes = {era: len(every_row[rows]) for era, rows in rows_by_era(panel)}
    return pd.Series(sizes, name="rows", dtype=int).rename_axis("era")


def bin_shares(panel, columns):
    """Count which share of the rows lies in each bin.

    Parameters
    ----------
    panel : pandas.DataFrame
        Such as from :func:`numlearn.data.load`.
    columns : list of str
        Features or targets, whose values are few and stand for bins.

    Returns
    -------
    pandas.DataFrame
        Bins, in order, × `columns`. Each column sums to 1: missing values are left
        out. A bin that occurs only in another column has share 0.
    """
    counts = {name: panel[name].value_counts(normalize=True) for name in columns}
    return pd.DataFrame(counts).sort_index().fillna(0.0).rename_axis("bin")


def recode(features, codes):
    """Replace bin 0 by the first code, bin 1 by the second, and so on.

    Parameters
    ----------
    features : pandas.DataFrame
        Whole numbers from 0, such as Numerai's features from 0 to 4.
    codes : list of numbers
        One for each bin.

    Returns
    -------
    pandas.DataFrame
        Like `features`, of the codes' type.

    Raises
    ------
    NumlearnError
        If there is a bin without a code.
    """
    bins, codes = features.to_numpy(), np.asarray(codes)
    if bins.size and not 0 <= bins.min() <= bins.max() < len(codes):
        raise NumlearnError(
            f"The features have bins from {bins.min()} to {bins.max()}, but there are "
            f"{len(codes)} codes: give one for each bin, starting with bin 0."
        )
    return pd.DataFrame(codes[bins], features.index, features.columns)
