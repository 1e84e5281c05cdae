"""Tell a person what a panel holds: facts, sizes of eras, shares of bins."""

import os
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn._files import origin
from numlearn._progress import progress_shown
from numlearn.data._load import SPLITS, eras_of, load
from numlearn.errors import NumlearnError, of_type

_MISSING = 2
_ERAS_AT_ONCE = 16


def describe(panel, *, source=None, progress=None):
    """Describe a panel in a short table.

    Parameters
    ----------
    panel : pandas.DataFrame, str or path
        As from :func:`numlearn.data.load`, or the name of a split ("train") or the path
        of its file, of which all columns are looked at without ever holding all rows.
    source : str, path or None
        Where the split lies, as in :func:`numlearn.data.load`.
    progress : None, True or callable
        True shows a bar; a callable is told eras read, and eras in all.

    Returns
    -------
    pandas.DataFrame
        One row a fact, the column "what it holds" in words: rows, eras, rows an
        era, features and how many of them are missing, each target with its
        missing share, other columns, and of a panel its memory.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001", "0001", "0002"], "target": [0.0, 0.5, 1]})
    >>> nl.data.describe(panel).loc["eras"].item()
    '2, from 0001 to 0002'
    """
    is_file = isinstance(panel, str | os.PathLike)
    if not is_file:
        cure = ": pass what numlearn.data.load returned, or the name of a split"
        of_type(panel, pd.DataFrame, "A panel is a pandas DataFrame", cure)
    parts = _parts(panel, source, progress) if is_file else [panel]
    facts = _facts([_seen(part) for part in parts])
    if not is_file:
        memory = panel.memory_usage(deep=True).sum() / 2**20
        facts["memory"] = f"{memory:,.1f} MiB"
    table = pd.DataFrame({"what it holds": pd.Series(facts)})
    return table.rename_axis("fact")


def _parts(split, source, progress):
    """Yield a split, some eras at a time."""
    path = Path(split)
    if str(split) not in SPLITS and (path.suffix or len(path.parts) > 1):
        split, source = path.stem.removesuffix("_int8"), path.parent
        if split not in SPLITS:
            origin(path)
    there = eras_of(split, source)
    with progress_shown(progress, "eras") as show:
        for first in range(0, len(there), _ERAS_AT_ONCE):
            some = there[first : first + _ERAS_AT_ONCE]
            yield load(split, "all", targets="all", eras=some, source=source)
            show(min(first + _ERAS_AT_ONCE, len(there)), len(there))


def _seen(part):
    """Look at a part of a panel, which holds whole eras."""
    rows = eras.rows_by_era(part)
    features = [name for name in part if str(name).startswith("feature_")]
    targets = [name for name in part if str(name).startswith("target")]
    known = {name: eras.one_column(part, name).dropna() for name in targets}
    bins, ids = part[features].to_numpy(), part.index
    return SimpleNamespace(
        rows=era_sizes(part),
        ids=pd.util.hash_array(np.asarray(ids)) if ids.name == "id" else None,
        types=part[features].dtypes.map(str),
        missing=sum((bins[era] == _MISSING).all(axis=0).sum() for _, era in rows),
        values={name: set(column.unique()) for name, column in known.items()},
        gaps={name: len(part) - len(column) for name, column in known.items()},
        others=[str(c) for c in part if c not in {"era", *features, *targets}],
    )


def _facts(parts):
    """Say in words what all parts hold."""
    if not sum(len(part.rows) for part in parts):
        raise NumlearnError("The panel has no rows: load some eras.")
    rows, last = pd.concat([part.rows for part in parts]), parts[-1]
    labels = eras.order(rows.index).labels
    span = (
        f", from {labels[0]} to {labels[-1]}" if len(labels) > 1 else f": {labels[0]}"
    )
    facts = {"rows": f"{rows.sum():,}{_unique_ids(parts)}"}
    facts["eras"] = f"{len(labels)}{span}"
    sizes = f"{rows.mean():,.0f} on average, {rows.min():,} to {rows.max():,}"
    facts |= {"rows an era": sizes, "features": "none"}
    if count := len(last.types):
        types = ", ".join(sorted({kind for part in parts for kind in part.types}))
        # The (feature, era) pairs where all stocks have a 2.
        share = sum(part.missing for part in parts) / (count * len(rows))
        told = f"{count} of type {types}; {share:.1%} missing (a whole era at 2)"
        facts["features"] = told
    for name in last.values:
        values = set().union(*(part.values[name] for part in parts))
        gaps = sum(part.gaps[name] for part in parts)
        told = f"{len(values)} values, {gaps / rows.sum():.1%} missing"
        facts[name] = told if gaps < rows.sum() else "not known yet"
    return facts | {"other columns": ", ".join(last.others) or "none"}


def _unique_ids(parts):
    if any(part.ids is None for part in parts):
        return ", without ids"
    hashes = np.concatenate([part.ids for part in parts])
    twice = len(np.unique(hashes)) < len(hashes)
    return ", ids repeat" if twice else ", each with its own id"


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

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001", "0001", "0002"]})
    >>> nl.data.era_sizes(panel).to_dict()
    {'0001': 2, '0002': 1}
    """
    labels, _, codes = eras.order(eras.one_column(panel, "era"))
    sizes = np.bincount(codes, minlength=len(labels))
    return pd.Series(sizes, labels, name="rows", dtype=int).rename_axis("era")


def bin_shares(panel, columns):
    """Count which share of the rows lies in each bin.

    Parameters
    ----------
    panel : pandas.DataFrame
        Such as from :func:`numlearn.data.load`.
    columns : str or list of str
        Features or targets, whose values are few and stand for bins.

    Returns
    -------
    pandas.DataFrame
        Bins, in order, × `columns`. Each column sums to 1: missing values are left
        out. A bin that occurs only in another column has share 0.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"feature": [0, 1, 2, 2], "target": [0.0, 0.5, 0.5, 1.0]})
    >>> nl.data.bin_shares(panel, ["feature", "target"])["target"].to_dict()
    {0.0: 0.25, 0.5: 0.5, 1.0: 0.25, 2.0: 0.0}
    """
    counts = {}
    for name in eras.column_names(columns):
        bins = pd.Series(eras.model_columns(panel, [name])[1][0])
        if np.isinf(bins).any():
            raise NumlearnError(f"{name!r} holds inf, which is no bin: make it NaN.")
        counts[name] = bins.value_counts(normalize=True)
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

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> features = pd.DataFrame({"feature": [0, 2, 4]}, dtype="int8")
    >>> nl.data.recode(features, [-2, -1, 0, 1, 2])["feature"].tolist()
    [-2, 0, 2]
    """
    codes = np.asarray(codes)
    kinds = features.dtypes
    if features.isna().any(axis=None) or any(kind.kind not in "iu" for kind in kinds):
        raise NumlearnError("Bins are whole numbers: load features as int8.")
    bins = features.to_numpy()
    bins = bins if bins.dtype.kind in "iu" else bins.astype(int)
    if bins.size and not 0 <= bins.min() <= bins.max() < len(codes):
        raise NumlearnError(
            f"The features have bins from {bins.min()} to {bins.max()}, but there are "
            f"{len(codes)} codes: give one for each bin, starting with bin 0."
        )
    return pd.DataFrame(codes[bins], features.index, features.columns)
