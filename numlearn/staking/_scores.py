"""From a table of scores to what each round pays: checks, then one weighted table."""

from pathlib import Path

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError


def weighted_scores(scores, rules):
    """Return the score that a rule set pays, before factor and cap.

    Parameters
    ----------
    scores : DataFrame, Series, mapping or path of a CSV file
        See `simulate`.
    rules : Rules

    Returns
    -------
    DataFrame, rounds × models

    Raises
    ------
    NumlearnError
        If a score is missing, a round is missing or there is nothing to draw from.
    """
    corr, mmc = _two_tables(scores, rules)
    _refuse_gaps(corr)
    if mmc is None:
        return rules.score(corr)
    _refuse_gaps(mmc)
    if not (corr.index.equals(mmc.index) and corr.columns.equals(mmc.columns)):
        raise NumlearnError(
            "The tables of the two scores differ in their rounds or models: "
            "give both the same rows and columns."
        )
    return rules.score(corr, mmc)


def _two_tables(scores, rules):
    """Tell apart what `scores` may be: the first score, or both."""
    if isinstance(scores, str | Path):
        scores = pd.read_csv(scores, index_col=0)
    if isinstance(scores, pd.Series):
        scores = scores.to_frame(scores.name or "model")
    first, second = ("corr", rules.scores[0]), ("mmc", rules.scores[1])
    labels = list(getattr(scores, "columns", scores))
    one_model = isinstance(scores, pd.DataFrame) and scores.columns.nlevels == 1
    if one_model and not set(labels) <= {*first, *second}:
        return scores, None
    tables = [
        next((scores[name] for name in names if name in scores), None)
        for names in (first, second)
    ]
    if tables[0] is None:
        raise NumlearnError(
            f"The scores have no {' or '.join(dict.fromkeys(first))}: give a table "
            "rounds × models, or one of corr and one of mmc."
        )
    return tuple(_frame(table) for table in tables)


def _frame(table):
    return table.to_frame("model") if isinstance(table, pd.Series) else table


def _refuse_gaps(table):
    if len(table) < 2 or table.shape[1] == 0:
        raise NumlearnError(
            f"There are scores of {len(table)} rounds and {table.shape[1]} models: "
            "paths can be drawn from two rounds and one model on."
        )
    missing = np.argwhere(~np.isfinite(table.to_numpy(dtype=float)))
    if len(missing):
        row, column = missing[0]
        raise NumlearnError(
            f"The scores have gaps, the first in round {table.index[row]} of "
            f"{table.columns[column]}: give rounds in which every model has a score."
        )
    numbers = pd.to_numeric(table.index.to_series(), errors="coerce")
    steps = numbers.diff().iloc[1:]
    if numbers.notna().all() and (steps != steps.iloc[0]).any():
        place = table.index[1 + (steps != steps.mode()[0]).to_numpy().argmax()]
        raise NumlearnError(
            f"The rounds are not evenly spaced, first before round {place}: "
            "give a stretch without a missing or doubled round, or call "
            ".reset_index(drop=True) if that should not matter."
        )
