"""Which eras a model may learn from, and which it is tested on.

Splitters with scikit-learn's interface, for `cross_val_score` and `GridSearchCV`. Pass
``groups=panel["era"]``, or a panel as X.

Eras are a week apart, and a target of H days begins two days after its era. So an era's
target shares days with that of every era less than H / 5 away, and it is known H + 2
trading days after its era.

================================  ===============  ===============
eras left out (purge + embargo)   20-day target    60-day target
================================  ===============  ===============
no day in common                  3 or more        11 or more
every label known by the test     4 or more        12 or more
Numerai's benchmark models        8                16
================================  ===============  ===============
"""

import math
from dataclasses import KW_ONLY, dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from sklearn.model_selection import BaseCrossValidator

from numlearn.eras import one_column, order, position
from numlearn.errors import NumlearnError

__all__ = ["CombinatorialPurged", "EraKFold", "WalkForward", "purge"]


def purge(eras, test, gap):
    """Return the eras that lie more than so many weeks away from every test era.

    Parameters
    ----------
    eras, test : sequence
        Eras in any form that `numlearn.eras.order` reads.
    gap : int
        Weeks to leave out on each side of the test.

    Returns
    -------
    ndarray
        Those of `eras` that are left, as they are written.

    Examples
    --------
    >>> import numlearn as nl
    >>> eras = [f"{number:04d}" for number in range(1, 11)]
    >>> nl.models.purge(eras, ["0006"], gap=2).tolist()
    ['0001', '0002', '0003', '0009', '0010']
    """
    eras, test = np.atleast_1d(eras), np.atleast_1d(test)
    if not (eras.size and test.size):
        raise NumlearnError("There are no eras to choose from, or to test on.")
    weeks = position(np.concatenate([eras, test]))
    return eras[_away(weeks[: len(eras)], weeks[len(eras) :], gap)]


def _away(weeks, test, gap):
    """Tell which weeks lie more than a gap away from every test week."""
    test = np.unique(test)
    after = np.searchsorted(test, weeks)
    near = test[np.clip([after, after - 1], 0, len(test) - 1)]
    return np.abs(near - weeks).min(axis=0) > gap


@dataclass(eq=False, repr=False, kw_only=True)
class _EraSplitter(BaseCrossValidator):
    """Test on blocks of consecutive eras; train on eras that keep their distance."""

    purge: int = 4
    embargo: int = 4

    # scikit-learn's metadata routing: `split` asks for groups.
    __metadata_request__split = {"groups": True}  # noqa: RUF012 - as it asks for

    def split(self, X, y=None, groups=None):
        """Yield the positions of training and test rows.

        X is a panel, or else `groups` holds the era of each row, in any form that
        `numlearn.eras.order` reads; y is ignored. Raises a NumlearnError if eras are
        unknown, or too few for what is asked.
        """
        for name, weeks in (("purge", self.purge), ("embargo", self.embargo)):
            if not weeks >= 0:
                said = f"{name}={weeks!r} is no number of weeks: give one from 0 up."
                raise NumlearnError(said)
        labels, weeks, codes = _eras_of_rows(X, groups)
        gap = self.purge + self.embargo
        for test in self._blocks(labels, weeks):
            away = np.flatnonzero(_away(weeks, weeks[test], gap))
            train = self._train(away, weeks, weeks[test[0]], gap)
            if not len(train):
                raise NumlearnError(
                    f"No era is left to learn from when the test begins at era "
                    f"{labels[test[0]]} and {gap} weeks are left out: ask for fewer "
                    "splits, a smaller purge, or load more eras."
                )
            yield tuple(np.flatnonzero(np.isin(codes, x)) for x in (train, test))

    def _train(self, away, weeks, begin, gap):
        return away


def _equal_blocks(labels, count):
    """Cut the places of eras into blocks of consecutive ones."""
    if not (2 <= count <= len(labels) and count == int(count)):
        said = f"{len(labels)} eras cannot be cut into {count} blocks"
        raise NumlearnError(f"{said}: change n_splits or load more eras.")
    return np.array_split(np.arange(len(labels)), int(count))


@dataclass(eq=False, repr=False)
class WalkForward(_EraSplitter):
    """Train on the past, test on what follows, move on: as in the tournament.

    By default every label of the training eras was known when the test began, for
    20-day targets (the module's table); for 60-day targets use ``purge=12``.

    Parameters
    ----------
    n_splits : int, default=4
        Number of tests. The eras are cut into one block more, as the first has no past.
    test_eras : int, optional
        Cut into blocks of this many weekly eras instead, however many that makes.
    train_eras : int, optional
        Train on no more than this many weekly eras (rolling); on all if not given
        (expanding).
    purge : int, default=4
        Eras left out before the test because their labels run into it.
    embargo : int, default=4
        Further eras left out, as the market's mood outlasts the labels.

    Notes
    -----
    A distance is counted in weeks by the eras' numbers, also where a panel holds only
    every fourth era. In 2021 eras were a month apart: ``purge=0, embargo=0``.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> eras = pd.Series([f"{number:04d}" for number in range(1, 21)])
    >>> splitter = nl.models.WalkForward(3, purge=1, embargo=1)
    >>> [(len(train), len(test)) for train, test in splitter.split(eras, groups=eras)]
    [(3, 5), (8, 5), (13, 5)]
    """

    n_splits: int = 4
    _: KW_ONLY
    test_eras: int | None = None
    train_eras: int | None = None

    @classmethod
    def numerai(cls, days=20):
        """Return the splits of Numerai's benchmark models.

        Blocks of 156 eras, each predicted from all before but the last 8 (targets of 20
        days) or 16 (60 days). Source: docs.numer.ai, "Models", April 2026.

        Parameters
        ----------
        days : int, default=20
            Trading days of the target.
        """
        return cls(test_eras=156, purge=math.ceil((days + 2) / 5) - 1, embargo=4)

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of tests; with `test_eras` it depends on the eras."""
        if self.test_eras is None:
            return self.n_splits
        return len(self._blocks(*_eras_of_rows(X, groups)[:2]))

    def _blocks(self, labels, weeks):
        if self.test_eras is None:
            return _equal_blocks(labels, self.n_splits + 1)[1:]
        block = (weeks - weeks[0]) // self.test_eras
        if block[-1] == 0:
            raise NumlearnError(
                f"Eras {labels[0]} to {labels[-1]} fit into one block of "
                f"{self.test_eras}, with none after it to test on: use smaller blocks."
            )
        return [np.flatnonzero(block == number) for number in np.unique(block)[1:]]

    def _train(self, away, weeks, begin, gap):
        past = away[weeks[away] < begin]
        if self.train_eras is None:
            return past
        return past[weeks[past] >= begin - gap - self.train_eras]


@dataclass(eq=False, repr=False)
class EraKFold(_EraSplitter):
    """Test on each block of consecutive eras; train on both sides of it.

    Every era is tested once, but by models that know its future. By default a model's
    training labels share no day with those of its test, for 20-day targets (the
    module's table); for 60-day targets use ``purge=12``.

    Parameters
    ----------
    n_splits : int, default=4
        Number of blocks.
    purge : int, default=4
        Eras left out on each side of the test because their labels run into it.
    embargo : int, default=4
        Further eras left out on each side.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> eras = pd.Series([f"{number:04d}" for number in range(1, 21)])
    >>> splitter = nl.models.EraKFold(4, purge=1, embargo=1)
    >>> [(len(train), len(test)) for train, test in splitter.split(eras, groups=eras)]
    [(13, 5), (11, 5), (11, 5), (13, 5)]
    """

    n_splits: int = 4

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of blocks."""
        return self.n_splits

    def _blocks(self, labels, weeks):
        return _equal_blocks(labels, self.n_splits)


@dataclass(eq=False, repr=False)
class CombinatorialPurged(_EraSplitter):
    """Test on every choice of a few blocks of eras; train on what is far from them.

    From the tests one can put together several whole histories (paths) of predictions,
    each made without what lies near. Source: M. López de Prado, Advances in Financial
    Machine Learning (2018), chapter 12.

    Parameters
    ----------
    n_blocks : int, default=6
        Blocks of consecutive eras.
    test_blocks : int, default=2
        How many of them make a test.
    purge, embargo : int, default=4
        As in `EraKFold`.

    Examples
    --------
    >>> import numlearn as nl
    >>> splitter = nl.models.CombinatorialPurged(6, test_blocks=2)
    >>> splitter.get_n_splits(), splitter.n_paths
    (15, 5)
    """

    n_blocks: int = 6
    _: KW_ONLY
    test_blocks: int = 2

    @property
    def n_paths(self):
        """How many whole histories the tests make: each block is tested so often."""
        return math.comb(self.n_blocks - 1, self.test_blocks - 1)

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of choices of test blocks."""
        return math.comb(self.n_blocks, self.test_blocks)

    def paths(self):
        """Return which split predicts each block on each path.

        Returns
        -------
        ndarray of int, shape (n_paths, n_blocks)
            Numbers of splits, in the order in which `split` yields them.
        """
        splits = np.array(list(self._choices()))
        tests = (splits[:, :, None] == np.arange(self.n_blocks)).any(axis=1)
        return np.array([np.flatnonzero(test) for test in tests.T]).T

    def _choices(self):
        if not 1 <= self.test_blocks < self.n_blocks:
            raise NumlearnError(
                f"test_blocks={self.test_blocks} of {self.n_blocks} blocks leave no "
                "block to learn from, or none to test on."
            )
        return combinations(range(self.n_blocks), self.test_blocks)

    def _blocks(self, labels, weeks):
        blocks = _equal_blocks(labels, self.n_blocks)
        for choice in self._choices():
            yield np.concatenate([blocks[number] for number in choice])


def _eras_of_rows(X, groups):
    """Return the eras of rows in the order of time, as `numlearn.eras.order` does."""
    if groups is None and isinstance(X, pd.DataFrame) and "era" in X:
        groups = one_column(X, "era")
    if groups is None:
        raise NumlearnError(
            "A splitter by eras needs the era of each row: pass groups=panel['era'], "
            "or a panel with its column 'era' as X."
        )
    if X is not None and len(X) != len(groups):
        counts = f"{len(X)} rows and {len(groups)} groups"
        raise NumlearnError(f"There are {counts}: pass one for each row.")
    has_index = isinstance(X, pd.DataFrame | pd.Series)
    if has_index and isinstance(groups, pd.Series) and not X.index.equals(groups.index):
        raise NumlearnError(
            "The index of the groups is not that of X: pass panel.loc[X.index, 'era'], "
            "or groups.to_numpy() if they stand in the order of the rows."
        )
    if not len(groups):
        raise NumlearnError("There are no rows to split: load some eras.")
    return order(groups)
