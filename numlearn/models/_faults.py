"""What is wrong with a submission: every fault at once, and how to mend it."""

import numbers
from typing import NamedTuple

import numpy as np
import pandas as pd

from numlearn.errors import NumlearnError


class Form(NamedTuple):
    """What a tournament takes: column names, and how many ids (None: all of them)."""

    ids: tuple
    predictions: tuple
    least: int | None
    aside: tuple = ()
    dates: tuple = ()


FORMS = {
    "classic": Form(("id",), ("prediction", "probability"), None),
    "signals": Form(
        ("numerai_ticker", "ticker", "bloomberg_ticker", "composite_figi", "sedol"),
        ("signal", "prediction"),
        100,
        ("data_type",),
        ("friday_date", "date"),
    ),
    "crypto": Form(("symbol",), ("prediction", "signal"), 100),
}
_CODES = {"header": "headers", "empty id": "ids", "duplicate id": "ids"}
_CODES["missing id"] = "ids"


class Fault(str):
    """A sentence: what is wrong with a submission, and how to mend it.

    Attributes
    ----------
    kind : str
        "header", "empty id", "duplicate id", "missing id", "nan", "not numbers",
        "range" or "constant".
    code : str
        What Numerai's own check begins its refusal with.
    """

    def __new__(cls, sentence, kind=""):
        fault = super().__new__(cls, sentence)
        fault.kind = kind
        fault.code = f"invalid_submission_{_CODES.get(kind, 'values')}"
        return fault


def faults(submission, live, *, tournament="classic"):
    """Find every fault for which Numerai would refuse a submission.

    Parameters
    ----------
    submission : DataFrame or Series
        One row a stock: a column of ids and one of predictions, or predictions indexed
        by id.
    live : DataFrame, Series, Index or list of str
        The ids of the round: the live panel, whose index they are, or for Signals and
        Crypto the live universe, with a column for each kind of ticker.
    tournament : {"classic", "signals", "crypto"}
        Classic wants every live id, the others at least 100 tickers. Rows of other ids
        are ignored, as Numerai does.

    Returns
    -------
    list of Fault
        Sentences that say how to mend it, each with its ``kind``, in the order in which
        Numerai looks; empty where nothing is wrong. A submission without a fault is one
        that numerai-tools 0.7.2 accepts.
    """
    return faults_of(submission, live, form_of(tournament))


def faults_of(submission, live, form):
    """Find every fault of a submission that must have a form."""
    submission = as_table(submission, form)
    columns = _columns_that_count(submission, form)
    found = {"header": _header_fault(columns, form)}
    id_column, prediction_column = _locate(columns, form)
    known = None
    if id_column is not None:
        known = ids_of(live, id_column, form)
        if known is None:
            found["header"] = found["header"] or (
                f"The universe has no column {id_column!r}: name the tickers by a kind "
                "that it has."
            )
    if known is not None:
        rows, of_ids = _id_faults(submission[id_column], known, form)
        found |= of_ids
        if prediction_column is not None:
            found |= _value_faults(submission[prediction_column][rows])
    return [Fault(sentence, kind) for kind, sentence in found.items() if sentence]


def require(submission, live, *, tournament="classic"):
    """Raise all that :func:`faults` finds as one error, or return nothing."""
    found = faults(submission, live, tournament=tournament)
    if found:
        raise NumlearnError(" ".join(found))


def validate(submission, live, tournament="classic"):
    """Return what :func:`faults` finds as a dict of kinds, as version 0.1 did."""
    found = faults(submission, live, tournament=tournament)
    return {fault.kind: str(fault) for fault in found}


def form_of(tournament):
    """Return what a tournament takes, or say that there is no such tournament."""
    if tournament not in FORMS:
        raise NumlearnError(
            f"There is no tournament {tournament!r}: choose one of {', '.join(FORMS)}."
        )
    return FORMS[tournament]


def as_table(submission, form):
    """Return a submission with its ids in a column, as a file has them."""
    if isinstance(submission, pd.Series):
        name = submission.name
        submission = submission.to_frame(
            name if name in form.predictions else form.predictions[0]
        )
    if not isinstance(submission, pd.DataFrame):
        raise NumlearnError(
            f"A submission is a DataFrame with the columns {form.ids[0]} and "
            f"{form.predictions[0]}, not {type(submission).__name__}: "
            "numlearn.models.submission.make gives one from a Series indexed by id, "
            "and submission.read from a file."
        )
    index = submission.index
    if has_ids(index, form) and not set(form.ids) & set(submission.columns):
        return submission.rename_axis(index.name or form.ids[0]).reset_index()
    return submission


def _columns_that_count(submission, form):
    columns = [c for c in submission.columns if c not in form.aside]
    date = next((c for c in columns if c in form.dates), None)
    return [c for c in columns if c != date or date is None]


def _header_fault(columns, form):
    if columns in [[i, p] for i in form.ids for p in form.predictions]:
        return None
    kinds = f" (or {', '.join(form.ids[1:])})" if form.ids[1:] else ""
    return (
        f"The columns are {', '.join(map(str, columns)) or 'none'} and must be "
        f"{form.ids[0]}{kinds}, {form.predictions[0]}: rename and drop until these two "
        "are left, in this order (a nameless one goes away with "
        "to_csv(..., index=False))."
    )


def _locate(columns, form):
    """Return which columns hold ids and predictions, as far as one can tell."""
    once = [c for c in columns if columns.count(c) == 1]
    wanted = (form.ids, form.predictions)
    found = [next((n for n in names if n in once), None) for names in wanted]
    if len(once) == len(columns) == 2:  # one may have another name
        found[0] = found[0] or next(c for c in columns if c != found[1])
        found[1] = found[1] or next(c for c in columns if c != found[0])
    return found


def has_ids(index, form):
    """Tell whether an index holds ids: by its name, or as text."""
    text = pd.api.types.is_string_dtype(index) and not index.empty
    return index.name in form.ids or text


def ids_of(live, column, form):
    """Return the round's ids as text, or None if the universe does not have them."""
    if isinstance(live, pd.DataFrame):
        if column in live:
            live = live[column]
        elif live.index.name == column or (
            live.index.name is None and form.ids[1:] == ()
        ):
            live = live.index
        else:
            return None
    elif isinstance(live, pd.Series) and live.index.name == column != live.name:
        live = live.index
    elif isinstance(live, str) or not np.iterable(live):
        raise NumlearnError(
            f"The ids of the round are a panel, a Series or a list, not {live!r}: pass "
            "what numlearn.data.load('live') returned."
        )
    ids = pd.Index(live).dropna().astype(str)
    if ids.empty:
        raise NumlearnError("There are no ids of the round: load its live data anew.")
    return ids


def _id_faults(column, known, form):
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
    if form.least is None and len(missing):
        faults["missing id"] = (
            f"It lacks {len(missing):,} of the {len(known):,} live ids, such as "
            f"{missing[0]}: predict every row of this round's live data (that of "
            "another round has other ids)."
        )
    elif form.least is not None and live.sum() < form.least:
        faults["missing id"] = (
            f"Only {live.sum():,} tickers are in the universe and at least "
            f"{form.least} must be: rank more stocks than you would buy, from this "
            "week's universe, and spell tickers as it does."
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
        with np.errstate(invalid="ignore"):  # of infinite values
            constant = np.isclose(0, known.std())
        if constant:
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
