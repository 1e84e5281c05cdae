"""One era at a time, models in blocks: how every score walks over a panel."""

from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn.errors import NumlearnError

COVERAGE = 0.8  # the share of an era that a score must rest on, as at Numerai
BLOCK = 24  # models ranked together: hides the overhead of numpy, fits the cache


class Era(NamedTuple):
    """The rows of one era: arrays, NaN where something is missing."""

    label: object
    names: list  # of the models
    models: list  # one vector each
    known: list  # what a row must have besides: the target, a metamodel
    columns: np.ndarray | None  # features (columns × rows)


def score_panel(panel, predictions, make, known=(), *, n_jobs=1, **options):
    """Score every model in every era.

    Parameters
    ----------
    panel : DataFrame, path or iterable of DataFrames
        See `numlearn.eras.pieces`.
    predictions : str, list of str, Series or DataFrame
        The models to score.
    make : callable
        Takes what is known of one era (arrays of its rows, without NaN) and returns a
        function from predictions (models × rows) to scores (models,).
    known : list of str or Series
        What a row must have besides a prediction: the target, a metamodel.
    n_jobs : int, default=1
        Threads, each with eras of its own.
    **options
        As in `score_era`; `columns` as in `walk`.

    Returns
    -------
    DataFrame
        Eras (sorted) × models.
    """
    columns = options.pop("columns", ())
    function = partial(score_era, make, **options)
    labels, names, scores = walk(panel, predictions, function, known, columns, n_jobs)
    return scores_table(labels, names, scores)


def scores_table(labels, names, scores):
    """Return scores (one array of all models an era) as eras × models."""
    scores = np.reshape(scores, (len(labels), len(names)))
    return pd.DataFrame(scores, index=pd.Index(labels, name="era"), columns=names)


def walk(panel, predictions, function, known=(), columns=(), n_jobs=1):
    """Apply a function of `Era` to each era of a panel.

    Returns the eras' labels (sorted), the models' names, and a list of the results.
    """
    names = []

    def cut():
        nonlocal names
        for piece in eras.pieces(panel, [predictions, columns, *known]):
            names, models = eras.model_columns(piece, predictions)
            others = [eras.model_columns(piece, one)[1][0] for one in known]
            matrix = [eras.numeric_column(piece, name) for name in columns]
            for label, rows in eras.rows_by_era(piece):
                parts = [[x[rows] for x in group] for group in (models, others, matrix)]
                parts[1] = [x.astype(np.float64, copy=False) for x in parts[1]]
                yield Era(label, names, *parts)

    def work(era):
        matrix = np.stack(era.columns) if era.columns else None
        return era.label, function(era._replace(columns=matrix))

    results = {}
    for label, result in _each(work, cut(), n_jobs):
        _refuse_again(label, results)
        results[label] = result
    labels = sorted(results)
    return labels, names, [results[label] for label in labels]


def map_panel(panel, predictions, function, known=(), columns=(), n_jobs=1):
    """Replace predictions by function(`Era`), an array (models × rows), in each era.

    Returns a DataFrame with the panel's index, one column a model.
    """
    frames, seen = [], set()
    for piece in eras.pieces(panel, [predictions, columns, *known]):
        _, names, parts = walk(piece, predictions, function, known, columns, n_jobs)
        values = np.empty((len(names), len(piece)))
        for (label, rows), part in zip(eras.rows_by_era(piece), parts):
            _refuse_again(label, seen)
            seen.add(label)
            values[:, rows] = part
        frames.append(pd.DataFrame(values.T, index=piece.index, columns=names))
    return frames[0] if len(frames) == 1 else pd.concat(frames)


def _refuse_again(label, seen):
    if label in seen:
        raise NumlearnError(
            f"Era {label} comes in two pieces: give an era's rows in one DataFrame."
        )


def _each(function, jobs, n_jobs):
    if n_jobs == 1:
        return map(function, jobs)
    from joblib import Parallel, delayed

    run = Parallel(n_jobs=n_jobs, prefer="threads", return_as="generator")
    return run(delayed(function)(job) for job in jobs)


def score_era(make, era, *, shape=(), centre=False, keep=False, block=BLOCK):
    """Score one era's models, each on the rows that it covers.

    Parameters
    ----------
    make : callable
        As in `score_panel`; it also takes ``era.columns`` if there are any.
    era : Era
        What is given of the era.
    shape : tuple, default=()
        The shape of one model's score.
    centre : bool, default=False
        Whether to centre the first of ``era.known`` before rows are left out.
    keep : bool, default=False
        Whether rows that lack something known still take part, uncounted.
    block : int
        How many models to give to the scorer at a time.

    Returns
    -------
    ndarray, shape (*shape, models)
        NaN where less than 80 % of the era's rows can be scored.
    """
    models, known, columns = era.models, era.known, era.columns
    base = np.full(len(models[0]), True)
    for x in known:
        base &= ~np.isnan(x)
    if centre:
        known = [eras.centre(known[0]), *known[1:]]
    kept = np.full_like(base, True) if keep else base
    extra = [] if columns is None else [columns]
    scores = np.full((*shape, len(models)), np.nan)
    whole = None
    for start, stop in blocks(len(models), block):
        part = np.stack(models[start:stop], dtype=np.float64)
        for positions, rows in same_rows(part, kept):
            if (rows & base).mean() < COVERAGE:
                continue
            scorer = whole
            if whole is None or rows is not kept:
                scorer = make(*(_cut(x, rows) for x in [*known, *extra]))
            if rows is kept:
                whole = scorer
            chosen = part if len(positions) == len(part) else part[positions]
            scores[..., start + positions] = scorer(_cut(chosen, rows))
    return scores


def map_era(function, era, block=BLOCK):
    """Apply function(x, *known, columns) to models × rows, each on its own rows."""
    result = np.full((len(era.models), len(era.models[0])), np.nan)
    every = np.full(result.shape[1], True)
    for start, stop in blocks(len(result), block):
        part = np.stack(era.models[start:stop], dtype=np.float64)
        for positions, rows in same_rows(part, every):
            if rows.any():
                others = (_cut(x, rows) for x in [*era.known, era.columns])
                where = np.ix_(start + positions, rows)
                result[where] = function(_cut(part[positions], rows), *others)
    return result


def blocks(models, size=BLOCK):
    """Cut a number of models into even blocks (start, stop) of about this size."""
    count = max(1, round(models / size))
    return list(pairwise(models * i // count for i in range(count + 1)))


def same_rows(part, kept):
    """Group models (models × rows) by the rows that they cover, within `kept`.

    Yields (positions of the models, mask of the rows); the mask is `kept` itself for
    the models without a gap.
    """
    whole = ~np.isnan(part.max(axis=1))
    if whole.any():
        yield np.flatnonzero(whole), kept
    groups = {}
    for i in np.flatnonzero(~whole):
        rows = kept & ~np.isnan(part[i])
        groups.setdefault(rows.tobytes(), (rows, []))[1].append(i)
    for rows, positions in groups.values():
        yield np.array(positions), rows


def _cut(x, rows):
    return x if rows.all() else np.compress(rows, x, axis=-1)
