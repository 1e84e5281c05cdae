"""What is wrong with a submission: every fault at once, and how to mend it."""

import numbers
from typing import NamedTuple

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError


class Rules(NamedTuple):
    """What a tournament takes: column names, and how many ids (None: all of them)."""

    ids: tuple
    predictions: tuple
    least: int | None
    aside: tuple = ()
    dates: tuple = ()


RULES = {
    "classic": Rules(("id",), ("prediction", "probability"), None),
    "signals": Rules(
        ("numerai_ticker", "ticker", "bloomberg_ticker", "composite_figi", "sedol"),
        ("signal", "prediction"),
        100,
        ("data_type",),
        ("friday_date", "date"),
    ),
}


def validate(submission, universe, tournament="classic"):
    """Find every fault for which Numerai would refuse a submission.

    Parameters
    ----------
    submission : DataFrame
        One row a stock, with a column of ids and one of predictions.
    universe : DataFrame, Series, Index or list of str
        The ids of the round: the live panel, whose index they are, or for Signals the
        live universe, with a column for each kind of ticker.
    tournament : {"classic", "signals"}
        Classic wants every live id, Signals at least 100 tickers. Rows of other ids
        are ignored, as Numerai does.

    Returns
    -------
    dict of str to str
        For each kind of fault a sentence that says how to mend it; empty where there is
        none. The kinds are "header", "empty id", "duplicate id", "missing id", "not
        numbers", "nan", "range" and "constant". A submission without a fault is one
        that numerai-tools 0.7.2 accepts.
    """
    if tournament not in RULES:
        raise NumlearnError(
            f"There is no tournament {tournament!r}: choose {' or '.join(RULES)}."
        )
    rules = RULES[tournament]
    columns = _columns_that_count(submission, rules)
    faults = {"header": _header_fault(columns, rules)}
    id_column, prediction_column = _locate(columns, rules)
    known = None
    if id_column is not None:
        known = _ids_of(universe, id_column)
        if known is None:
            faults["header"] = faults["header"] or (
                f"The universe has no column {id_column!r}: name the tickers by a kind "
                "that it has."
            )
    if known is not None:
        rows, found = _id_faults(submission[id_column], known, rules)
        faults |= found
        if prediction_column is not None:
            faults |= _value_faults(submission[prediction_column][rows])
    return {kind: sentence for kind, sentence in faults.items() if sentence}


def _columns_that_count(submission, rules):
    columns = [c for c in submission.columns if c not in rules.aside]
    date = next((c for c in columns if c in rules.dates), None)
    return [c for c in columns if c != date or date is None]


def _header_fault(columns, rules):
    if columns in [[i, p] for i in rules.ids for p in rules.predictions]:
        return None
    return (
        f"The columns are {', '.join(map(str, columns)) or 'none'} and must be "
        f"{rules.ids[0]}, {rules.predictions[0]}: rename and drop until these two are "
        "left, in this order (a nameless one goes away with to_csv(..., index=False))."
    )


def _locate(columns, rules):
    """Return which columns hold ids and predictions, as far as one can tell."""
    once = [c for c in columns if columns.count(c) == 1]
    wanted = (rules.ids, rules.predictions)
    found = [next((n for n in names if n in once), None) for names in wanted]
    if len(once) == len(columns) == 2:  # one may have another name
        found[0] = found[0] or next(c for c in columns if c != found[1])
        found[1] = found[1] or next(c for c in columns if c != found[0])
    return found


def _ids_of(universe, column):
    """Return the round's ids as text, or None if the universe does not have them."""
    if isinstance(universe, pd.DataFrame):
        if column in universe:
            universe = universe[column]
        elif column == universe.index.name:
            universe = universe.index
        else:
            return None
    return pd.Index(universe).dropna().astype(str)


def _id_faults(column, known, rules):
    """Return which rows are of this round, and what is wrong with the ids."""
    ids = column.astype(str)
    live = (ids.isin(known) & column.notna()).to_numpy()
    twice = ids[live][ids[live].duplicated()].unique()
    missing = known.difference(ids[live])
    faults = {"empty id": None, "duplicate id": None, "missing id": None}
    if empty := int(column.isna().sum()):
        faults["empty id"] = (
            f"{_rows(empty)} without an id: find where the ids were lost, or drop what "
            "has none."
        )
    if len(twice):
        faults["duplicate id"] = (
            f"{_count(twice, 'id')} there more than once, such as {twice[0]}: keep one "
            "row of each, with drop_duplicates say."
        )
    if rules.least is None and len(missing):
        faults["missing id"] = (
            f"It lacks {len(missing):,} of the {len(known):,} live ids, such as "
            f"{missing[0]}: predict every row of this round's live data (that of "
            "another round has other ids)."
        )
    elif rules.least is not None and live.sum() < rules.least:
        faults["missing id"] = (
            f"Only {live.sum():,} tickers are in the universe and {rules.least} must "
            "be: use this week's universe, and spell tickers as it does."
        )
    return live, faults


def _value_faults(column):
    known, faults = column.dropna(), {}
    if gone := len(column) - len(known):
        faults["nan"] = (
            f"{_rows(gone)} without a prediction (NaN): find why the model gave none, "
            "or fill them, with 0.5 say."
        )
    if not len(known):
        return faults
    if odd := [value for value in known if not isinstance(value, numbers.Real)]:
        faults["not numbers"] = (
            f"Predictions must be numbers and {odd[0]!r} is of type "
            f"{type(odd[0]).__name__}: convert them with pandas.to_numeric."
        )
    else:
        known = known.astype(float)
        faults["range"] = _range_fault(known)
        if np.isclose(0, known.std()):
            faults["constant"] = (
                "All predictions are the same, which ranks nothing: hand in a model "
                "that tells stocks apart."
            )
    return faults


def _range_fault(known):
    """Return what lies outside 0 to 1, rounding errors forgiven as Numerai does."""
    low, high = known.min(), known.max()
    if (low >= 0 or np.isclose(low, 0)) and (high <= 1 or np.isclose(high, 1)):
        return None
    return (
        f"{_rows(((known < 0) | (known > 1)).sum())} outside 0 to 1, such as "
        f"{low if low < 0 else high:.6g}: rank the predictions, as "
        "numlearn.models.submission.make does."
    )


def _rows(count):
    return f"{count:,} row{' is' if count == 1 else 's are'}"


def _count(items, noun):
    return f"{len(items):,} {noun}{' is' if len(items) == 1 else 's are'}"
