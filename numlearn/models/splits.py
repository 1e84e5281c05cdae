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

import numpy as np
import pandas as pd
from sklearn.model_selection import BaseCrossValidator

from numlearn.errors import NumlearnError

__all__ = ["EraKFold", "WalkForward", "purge"]


def purge(eras, test, gap):
    """Return the eras that lie more than so many eras away from every test era.

    Parameters
    ----------
    eras, test : sequence of int
        Numbers of eras.
    gap : int
        Eras to leave out on each side of the test.

    Returns
    -------
    ndarray of int
    """
    eras = np.asarray(eras)
    distance = np.abs(eras[:, None] - np.asarray(test)).min(axis=1)
    return eras[distance > gap]


class _EraSplitter(BaseCrossValidator):
    """Test on blocks of consecutive eras; train on eras that keep their distance."""

    def split(self, X, y=None, groups=None):
        """Yield the positions of training and test rows.

        X is a panel, or else `groups` holds the era of each row; y is ignored. Raises a
        NumlearnError if eras are unknown, or too few for what is asked.
        """
        number = _era_numbers(X, groups)
        eras, gap = np.unique(number), self.purge + self.embargo
        for test in self._blocks(eras):
            train = self._train(purge(eras, test, gap), test[0], gap)
            if not len(train):
                raise NumlearnError(
                    f"No era is left to learn from when the test begins at era "
                    f"{test[0]} and {gap} eras are left out: ask for fewer splits, a "
                    "smaller purge, or load more eras."
                )
            yield tuple(np.flatnonzero(np.isin(number, x)) for x in (train, test))

    def _train(self, kept, begin, gap):
        return kept

    def _equal_blocks(self, eras, count):
        if not 2 <= count <= len(eras):
            raise NumlearnError(
                f"{len(eras)} eras cannot be cut into {count} blocks: change n_splits "
                "or load more eras."
            )
        return np.array_split(eras, count)


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
    """

    def __init__(
        self, n_splits=4, *, test_eras=None, train_eras=None, purge=4, embargo=4
    ):
        self.n_splits = n_splits
        self.test_eras = test_eras
        self.train_eras = train_eras
        self.purge = purge
        self.embargo = embargo

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
        return len(self._blocks(np.unique(_era_numbers(X, groups))))

    def _blocks(self, eras):
        if self.test_eras is None:
            return self._equal_blocks(eras, self.n_splits + 1)[1:]
        block = (eras - eras[0]) // self.test_eras
        if block[-1] == 0:
            raise NumlearnError(
                f"Eras {eras[0]} to {eras[-1]} fit into one block of {self.test_eras}: "
                "nothing comes after it to test on; use a smaller test_eras."
            )
        return [eras[block == number] for number in np.unique(block)[1:]]

    def _train(self, kept, begin, gap):
        past = kept[kept < begin]
        if self.train_eras is None:
            return past
        return past[past >= begin - gap - self.train_eras]


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
    """

    def __init__(self, n_splits=4, *, purge=4, embargo=4):
        self.n_splits = n_splits
        self.purge = purge
        self.embargo = embargo

    def get_n_splits(self, X=None, y=None, groups=None):
        """Return the number of blocks."""
        return self.n_splits

    def _blocks(self, eras):
        return self._equal_blocks(eras, self.n_splits)


def _era_numbers(X, groups):
    """Return the number of each row's era: 12 for "0012"."""
    if groups is None and isinstance(X, pd.DataFrame) and "era" in X:
        groups = X["era"]
    if groups is None:
        raise NumlearnError(
            "A splitter by eras needs the era of each row: pass groups=panel['era'], "
            "or a panel with its column 'era' as X."
        )
    codes, labels = pd.factorize(np.asarray(groups))
    digits = pd.Series(labels).astype(str).str.extract(r"(\d+)$")[0]
    if (codes < 0).any() or digits.isna().any():
        raise NumlearnError(
            "Some eras are missing or have no number: a splitter needs labels such as "
            "'0012' to know how far apart they are."
        )
    return digits.astype(int).to_numpy()[codes]
