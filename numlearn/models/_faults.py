"""What a tournament takes: make it, and find every fault of what somebody made."""

import numbers
from typing import NamedTuple

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn._files import tables_beside
from numlearn.errors import NumlearnError, of_type, one_of

_TABLES = tables_beside(__file__)


class Form(NamedTuple):
    """What a tournament takes: column names, and how many ids (None: all of them).

    `live` is a pattern of the file's name in which the server has all live ids.
    """

    ids: list
    predictions: list
    live: str
    least: int | None = None
    aside: list = ()
    dates: list = ()


FORMS = {name: Form(**form) for name, form in _TABLES["forms"].items()}


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
        fault.code = f"invalid_submission_{_TABLES['codes'].get(kind, 'values')}"
        return fault


def _fault(name, **facts):
    return Fault(_TABLES["says"][name].format(**facts), name.partition("/")[0])


def make(predictions, era=None, *, tournament="classic"):
    """Make a submission: ids, and predictions ranked within each era.

    Parameters
    ----------
    predictions : Series or DataFrame
        Any numbers, indexed by id; a DataFrame has one column of them, and may have its
        ids in another.
    era : Series or array, optional
        The era of each row, looked up by id where it has an index; by default all rows
        are of one, as in live data.
    tournament : {"classic", "signals", "crypto"}
        What the columns are called depends on it.

    Returns
    -------
    DataFrame
        Columns id and prediction, the latter strictly between 0 and 1; ties share
        their rank. A NaN stays one, for :func:`faults` to find.

    Raises
    ------
    NumlearnError
        If there are no ids or not one column of numbers, or the eras are of other rows.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> predictions = pd.Series([12.0, 3.0, 5.0], index=["id1", "id2", "id3"])
    >>> nl.models.submission.make(predictions)["prediction"].round(3).tolist()
    [0.833, 0.167, 0.5]
    """
    form = form_of(tournament)
    values = _by_id(predictions, form)
    if era is None:
        ranks = eras.average_rank(values)
    else:
        codes = eras.order(_era_of(values, era)).codes
        ranks = values.groupby(codes).transform(eras.average_rank)
    ids = values.index.name if values.index.name in form.ids else form.ids[0]
    return pd.DataFrame({ids: values.index, form.predictions[0]: ranks.to_numpy()})


def _by_id(predictions, form):
    """Return predictions as a Series of floats indexed by id."""
    if isinstance(predictions, pd.DataFrame):
        table = as_table(predictions, form)
        named = [name for name in form.ids if name in table]
        table = table.set_index(named[0]) if named else table
        if table.shape[1] != 1:
            raise NumlearnError(
                f"Which of the columns {', '.join(map(str, table.columns))} holds the "
                "predictions? Pass one of them."
            )
        predictions = table.iloc[:, 0]
    if not isinstance(predictions, pd.Series) or not has_ids(predictions.index, form):
        raise NumlearnError(
            "Predictions come as a Series indexed by id: "
            "pd.Series(model.predict(live[features]), live.index)."
        )
    if predictions.empty:
        raise NumlearnError("There are no predictions: predict the live rows.")
    return pd.Series(
        eras.one_vector(predictions.to_frame(), predictions), predictions.index
    )


def _era_of(values, era):
    """Return the era of each prediction, as an array."""
    if isinstance(era, pd.DataFrame):
        era = eras.one_column(era, "era")
    if isinstance(era, pd.Series) and not era.index.equals(values.index):
        if not (era.index.is_unique and values.index.isin(era.index).all()):
            raise NumlearnError(
                f"The eras ({len(era)} rows) are not those of the predictions "
                f"({len(values)} rows): give an era for each id, such as panel['era']."
            )
        era = era.reindex(values.index)
    era = np.asarray(era)
    if era.shape != values.shape or pd.isna(era).any():
        raise NumlearnError(
            f"There are {len(values)} predictions and {np.size(era)} eras, of which "
            f"{pd.isna(era).sum()} are empty: give an era for each row."
        )
    return era


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

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> mine = pd.Series([0.2, 0.4, 1.5], index=["id1", "id2", "id3"])
    >>> for fault in nl.models.submission.faults(mine, ["id1", "id2", "id3"]):
    ...     print(fault.partition(":")[0])
    1 row is outside 0 to 1, such as 1.5
    """
    return faults_of(submission, live, form_of(tournament))


def faults_of(submission, live, form):
    """List every fault of a submission that must have a form."""
    return list(_found(as_table(submission, form), live, form))


def require(submission, live, *, tournament="classic"):
    """Raise all that :func:`faults` finds as one error, or return nothing.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> mine = pd.Series([0.2, 0.4, 0.5], index=["id1", "id2", "id3"])
    >>> nl.models.submission.require(mine, ["id1", "id2", "id3"])
    """
    if found := faults(submission, live, tournament=tournament):
        raise NumlearnError(" ".join(found))


def validate(submission, live, tournament="classic"):
    """Return what :func:`faults` finds as a dict of kinds, as version 0.1 did."""
    found = faults(submission, live, tournament=tournament)
    return {fault.kind: str(fault) for fault in found}


def form_of(tournament):
    """Return what a tournament takes, or say that there is no such tournament."""
    return FORMS[one_of(tournament, FORMS, "tournament")]


def as_table(submission, form):
    """Return a submission with its ids in a column, as a file has them."""
    usual = form.predictions[0]
    if isinstance(submission, pd.Series):
        name = submission.name
        submission = submission.to_frame(name if name in form.predictions else usual)
    cure = (
        ": submission.make gives one from a Series by id, submission.read from a file"
    )
    wanted = f"A submission is a DataFrame with the columns {form.ids[0]} and {usual}"
    index = of_type(submission, pd.DataFrame, wanted, cure).index
    if has_ids(index, form) and not set(form.ids) & set(submission.columns):
        return submission.rename_axis(index.name or form.ids[0]).reset_index()
    return submission


def _found(submission, live, form):
    """Yield the faults of a table in the order in which Numerai looks."""
    columns = [name for name in submission.columns if name not in form.aside]
    dates = [name for name in columns if name in form.dates]
    columns = [name for name in columns if name not in dates[:1]]
    ids, predictions = _located(columns, form)
    known = None if ids is None else ids_of(live, ids, form)
    if columns not in [[i, p] for i in form.ids for p in form.predictions]:
        others = f" (or {', '.join(form.ids[1:])})" if form.ids[1:] else ""
        wanted = f"{form.ids[0]}{others}, {form.predictions[0]}"
        there = ", ".join(map(str, columns)) or "none"
        yield _fault("header", columns=there, wanted=wanted)
    elif known is None:
        yield _fault("header/universe", column=ids)
    if known is not None:
        rows = yield from _id_faults(submission[ids], known, form)
        if predictions is not None:
            yield from _value_faults(submission[predictions][rows])


def _located(columns, form):
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
        nameless = live.index.name is None and not form.ids[1:]
        if column not in live and live.index.name != column and not nameless:
            return None
        live = live.get(column, live.index)
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
    """Yield what is wrong with the ids, and return which rows are of this round."""
    ids = column.astype(str)
    live = (ids.isin(known) & column.notna()).to_numpy()
    twice = ids[live][ids[live].duplicated()].unique()
    missing = known.difference(ids[live])
    if empty := int(column.isna().sum()):
        yield _fault("empty id", rows=_are(empty, "row"))
    if len(twice):
        yield _fault("duplicate id", ids=_are(len(twice), "id"), first=twice[0])
    if form.least is None and len(missing):
        counts = {"missing": len(missing), "known": len(known)}
        yield _fault("missing id", **counts, first=missing[0])
    elif form.least is not None and live.sum() < form.least:
        yield _fault("missing id/few", count=live.sum(), least=form.least)
    return live


def _value_faults(column):
    """Yield what is wrong with the predictions of rows of this round."""
    known = column.dropna()
    if gone := len(column) - len(known):
        yield _fault("nan", rows=_are(gone, "row"))
    if odd := [value for value in known if not isinstance(value, numbers.Real)]:
        yield _fault("not numbers", value=odd[0], type=type(odd[0]).__name__)
    elif len(known):
        known = known.astype(float)
        low, high = known.min(), known.max()
        # Rounding errors are forgiven, as Numerai does.
        if not (
            (low >= 0 or np.isclose(low, 0)) and (high <= 1 or np.isclose(high, 1))
        ):
            out = _are(((known < 0) | (known > 1)).sum(), "row")
            yield _fault("range", rows=out, value=low if low < 0 else high)
        with np.errstate(invalid="ignore"):  # of infinite values
            if np.isclose(0, known.std()):
                yield _fault("constant")


def _are(count, noun):
    return f"{count:,} {noun}{' is' if count == 1 else 's are'}"
