"""Tell a person what a panel holds: facts, sizes of eras, shares of bins."""

import os
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd

from numlearn import eras
from numlearn.data._load import SPLITS, eras_of, load
from numlearn.errors import NumlearnError

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
    progress : callable, optional
        Called with the number of eras that were read and that there are.

    Returns
    -------
    pandas.DataFrame
        One row a fact, the column "what it holds" in words: rows, eras, rows an
        era, features and how many of them are missing, each target with its
        missing share, other columns, and of a panel its memory.
    """
    if isinstance(panel, pd.DataFrame):
        parts, memory = [panel], panel.memory_usage(deep=True).sum() / 2**20
    elif isinstance(panel, str | os.PathLike):
        parts, memory = _parts(panel, source, progress), None
    else:
        raise NumlearnError(
            f"A panel is a pandas DataFrame, not {type(panel).__name__}: pass what "
            "numlearn.data.load returned, or the name of a split."
        )
    seen = _Seen()
    for part in parts:
        seen.add(part)
    if not seen.rows:
        raise NumlearnError("The panel has no rows: load some eras.")
    facts = seen.facts()
    if memory is not None:
        facts["memory"] = f"{memory:,.1f} MiB"
    table = pd.DataFrame({"what it holds": pd.Series(facts)})
    return table.rename_axis("fact")


def _parts(split, source, progress):
    """Yield a split, some eras at a time."""
    path = Path(split)
    if str(split) not in SPLITS and path.suffix == ".parquet":
        split, source = path.stem.removesuffix("_int8"), path.parent
    there = eras_of(split, source)
    for first in range(0, len(there), _ERAS_AT_ONCE):
        some = there[first : first + _ERAS_AT_ONCE]
        yield load(split, "all", targets="all", eras=some, source=source)
        if progress:
            progress(min(first + _ERAS_AT_ONCE, len(there)), len(there))


class _Seen:
    """What was seen of a panel so far, which comes in parts of whole eras."""

    def __init__(self):
        self.rows, self.ids = Counter(), []
        self.names, self.missing, self.types = [], 0, set()
        self.targets, self.others = {}, []

    def add(self, part):
        """Count one part."""
        era = eras.one_column(part, "era")
        self.rows.update(era.value_counts().to_dict())
        self.ids.append(part.index if part.index.name == "id" else None)
        self.names = [name for name in part if str(name).startswith("feature_")]
        for name in [name for name in part if str(name).startswith("target")]:
            column = eras.one_column(part, name)
            values, gaps = self.targets.get(name, (set(), 0))
            known = column.dropna()
            self.targets[name] = (
                values | set(known.unique()),
                gaps + column.isna().sum(),
            )
        taken = {"era", *self.names, *self.targets}
        self.others = [str(name) for name in part if name not in taken]
        if self.names:
            self.types |= {str(kind) for kind in part[self.names].dtypes}
            values = part[self.names].to_numpy()
            for _, rows in eras.rows_by_era(part):
                self.missing += int((values[rows] == _MISSING).all(axis=0).sum())

    def facts(self):
        """Return the facts in words."""
        rows = pd.Series(self.rows)
        facts = {
            "rows": f"{rows.sum():,}{self._unique_ids()}",
            "eras": self._eras(),
            "rows an era": f"{rows.mean():,.0f} on average, {rows.min():,} to "
            f"{rows.max():,}",
            "features": self._features(len(rows)),
        }
        for name, (values, gaps) in self.targets.items():
            missing = gaps / rows.sum()
            facts[name] = f"{len(values)} values, {missing:.1%} missing"
            if missing == 1:
                facts[name] = "not known yet"
        return facts | {"other columns": ", ".join(self.others) or "none"}

    def _unique_ids(self):
        if any(ids is None for ids in self.ids):
            return ", without ids"
        hashes = np.concatenate([pd.util.hash_array(np.asarray(i)) for i in self.ids])
        twice = len(np.unique(hashes)) < len(hashes)
        return ", ids repeat" if twice else ", each with its own id"

    def _eras(self):
        labels = eras.order(list(self.rows)).labels
        if len(labels) == 1:
            return f"1: {labels[0]}"
        return f"{len(labels)}, from {labels[0]} to {labels[-1]}"

    def _features(self, count):
        """Count features, and the (feature, era) pairs where all stocks have a 2."""
        if not self.names:
            return "none"
        share = self.missing / (len(self.names) * count)
        return (
            f"{len(self.names)} of type {', '.join(sorted(self.types))}; "
            f"{share:.1%} missing (a whole era at 2)"
        )


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
    """
    counts = {}
    for name in eras.column_names(columns):
        bins = pd.Series(eras.numeric_column(panel, name))
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
