"""Stakes: who counts in the metamodel, and with how much."""

import pandas as pd

from numlearn.errors import NumlearnError
from numlearn.scoring import stake_numbers


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

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> stakes = pd.Series({"one": 30.0, "two": 10.0, "three": 0.5})
    >>> nl.metamodel.counted_stakes(stakes, minimum=1.0).to_dict()
    {'one': 30.0, 'two': 10.0, 'three': 0.0}
    """
    counted = stakes if isinstance(stakes, pd.DataFrame) else pd.Series(stakes)
    stake_numbers(counted)  # says so where one is none
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
