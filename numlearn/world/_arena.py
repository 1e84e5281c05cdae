"""A world's live rounds, and models of it that are fitted once and kept on disk."""

import hashlib
import json
import zipfile
from contextlib import suppress
from functools import cached_property, lru_cache
from importlib.metadata import version

import numpy as np
import pandas as pd

from numlearn._files import written_whole
from numlearn.data import cache_folder
from numlearn.data.ids import row_ids
from numlearn.eras import gaussianize
from numlearn.errors import one_of, whole_number
from numlearn.scoring import era_neutralize, one_blas_thread
from numlearn.world._example import fit_line, fit_trees, two_at_a_time
from numlearn.world._features import NAMES, era_targets
from numlearn.world.dataset import KNOWN_AFTER, Config, World
from numlearn.world.market import stream

VERSION = 1  # of what is kept: another number is another cache
GAP = KNOWN_AFTER[60]  # eras between those learned from and the first live one
YEAR = 52

# What a base model learns from (all features, or so many drawn ones; a target; which of
# the training eras), and how.
_TREES = {"n_estimators": 60, "learning_rate": 0.1}
_FITS = {
    "trees": ("all", "target", slice(0, None, 2), _TREES),
    "trees_b": ("all", "target", slice(1, None, 2), _TREES),
    "sub_a": (20, "target", slice(0, None, 2), _TREES),
    "sub_b": (20, "target", slice(1, None, 2), _TREES),
    "sub_c": (26, "target", slice(1, None, 3), _TREES),
    "sector": ("all", "target_bruno_20", slice(0, None, 2), _TREES),
    "slow": ("all", "target_ada_60", slice(0, None, 2), _TREES),
    "line": ("all", "target", slice(None), None),
    "narrow": (6, "target", slice(0, None, 4), _TREES),
    "overfit": ("all", "target", slice(0, None, 24), {**_TREES, "num_leaves": 255}),
}
_NEUTRAL = {"neutral": 1.0, "half_neutral": 0.5}  # "trees", freed of the features
MODELS = [*_FITS, *_NEUTRAL]


def arena(seed=1, rounds=YEAR, rows=1000, train=100):
    """Return a world's live rounds; see `Arena`. The last few are kept in memory.

    Raises
    ------
    NumlearnError
        If an argument is no whole number, or too small.
    """
    least = {"seed": 0, "rounds": 1, "rows": 100, "train": 20}
    given = zip(least.items(), (seed, rounds, rows, train))
    return _kept_arena(*(whole_number(value, *known) for known, value in given))


class Arena:
    """The rounds of a tournament before anybody has submitted.

    Parameters
    ----------
    seed : int
        The world's.
    rounds : int
        Weekly rounds, rounded up to whole years. More rounds change nothing about the
        first ones.
    rows : int
        Stocks a round, at least 100.
    train : int
        Weekly eras before the first round from which models can learn, at least 20.
    """

    def __init__(self, seed, rounds, rows, train):
        self.seed, self.train, self.rounds = seed, train, -(-rounds // YEAR) * YEAR
        eras = train + GAP + self.rounds
        self.config = Config(seed=seed, eras=eras, rows=rows, features=42)
        self.first = train + GAP + 1  # the first live era
        self._base = {}

    @cached_property
    def world(self):
        """The world itself, with its hidden truth."""
        return World.build(self.config)

    @cached_property
    def live(self):
        """The rounds' eras, in the order of time."""
        return [self._era(self.first + k) for k in range(self.rounds)]

    def training(self):
        """Return the training eras as a panel: era, features, targets."""
        return self.world.panel(range(1, self.train + 1), resolved=True)

    def truth(self, rounds):
        """Return what the fund trades in the first rounds.

        Returns
        -------
        DataFrame
            ``era``, ``stock``; exposures: ``beta``, ``style_0`` …, ``sector_1`` … (1 in
            that sector, else 0); ``return_5``, the coming week's; ``target``.
        """
        market, eras = self.world.market, self.live[:rounds]
        stock = np.concatenate([era.stock for era in eras])
        labels = np.array([f"{era.number:04d}" for era in eras])
        columns = {
            "era": np.repeat(labels, self._sizes[:rounds]),
            "stock": stock,
            "beta": np.concatenate([market.beta(e.number)[e.stock] for e in eras]),
            **{f"style_{k}": style[stock] for k, style in enumerate(market.style)},
        }
        for k in range(1, market.sector.max() + 1):
            columns[f"sector_{k}"] = 1.0 * (market.sector[stock] == k)
        earned = [market.forward(era.number, 5)[era.stock] for era in eras]
        columns["return_5"] = np.concatenate(earned)
        columns["target"] = np.concatenate([era.targets["target"] for era in eras])
        return pd.DataFrame(columns)

    def base(self, name):
        """Return what a base model predicts, one array of normal shape a round."""
        if name not in self._base:
            self.prepare([name])
        return self._base[name]

    @one_blas_thread  # so that their number changes no byte
    def prepare(self, names):
        """Fit the base models that are neither in memory nor on disk."""
        for name in names:
            one_of(name, MODELS, "base model")
        names = [*names, *(["trees"] if set(names) & set(_NEUTRAL) else [])]
        missing = [name for name in dict.fromkeys(names) if not self._read(name)]
        jobs = [name for name in missing if name in _FITS]
        if jobs:
            panel, _ = self._learn, self.live
            fitted = two_at_a_time(self._fitted, [(panel, name) for name in jobs])
            for name, parts in zip(jobs, fitted):
                self._keep(name, parts)
        for name in (name for name in missing if name in _NEUTRAL):
            pairs = zip(self._base["trees"], self.live)
            parts = [(p, era.values.T, _NEUTRAL[name]) for p, era in pairs]
            self._keep(name, [gaussianize(era_neutralize(*part)) for part in parts])

    @cached_property
    def _learn(self):
        eras = [self._era(e) for e in range(1, self.train + 1)]
        names = self.world.features.names
        panel = pd.DataFrame(np.hstack([e.values for e in eras]).T, columns=names)
        for name in NAMES:
            panel[name] = np.concatenate([e.targets[name] for e in eras])
        panel["era"] = np.repeat(np.arange(len(eras)), [e.size for e in eras])
        return panel

    def _era(self, number):
        rows = self.world.stocks(number)
        targets = era_targets(self.world.market, number, rows)
        targets["target"] = targets["target_ada_20"]
        return LiveEra(self, number, rows, self.world.values(number, rows), targets)

    def _fitted(self, panel, name):
        """Fit one base model, and return what it predicts in each live round."""
        which, target, eras, settings = _FITS[name]
        names = np.array(self.world.features.names)
        if which != "all":
            draw = stream(self.seed, name)
            names = names[np.sort(draw.choice(len(names), which, replace=False))]
        kept = np.arange(self.train)[eras]
        some = panel[np.isin(panel["era"], kept)]
        if settings is None:
            coefficients = fit_line(some, list(names))
            predict = lambda x: (x - 2.0) @ coefficients  # noqa: E731
        else:
            predict = fit_trees(some, list(names), target, **settings).predict
        place = np.isin(self.world.features.names, names)
        values = np.hstack([era.values[place] for era in self.live]).T
        whole = predict(pd.DataFrame(values, columns=names, copy=False))
        cuts = np.cumsum(self._sizes)[:-1]
        return [gaussianize(part) for part in np.split(whole, cuts)]

    @property
    def _sizes(self):
        return [era.size for era in self.live]

    @cached_property
    def _folder(self):
        recipe = [VERSION, self.config.as_plain(), self.train, version("lightgbm")]
        recipe += [repr(_FITS), _NEUTRAL]
        text = json.dumps(recipe, sort_keys=True).encode()
        key = hashlib.blake2b(text, digest_size=6).hexdigest()
        return cache_folder() / "arenas" / f"seed-{self.seed}-{key}"

    def _read(self, name):
        """Have a model's predictions from disk; False if they are not there, or bad."""
        if name in self._base:
            return True
        kept, sizes = read_whole(self._folder / f"{name}.npz"), self._sizes
        if kept.get("sizes", np.empty(0)).tolist() != sizes:
            return False
        self._base[name] = np.split(kept["values"], np.cumsum(sizes)[:-1])
        return True

    def _keep(self, name, parts):
        values = np.concatenate(parts).astype(np.float32)
        self._base[name] = np.split(values, np.cumsum(self._sizes)[:-1])
        with suppress(OSError):  # where nothing can be kept, it is fitted each time
            save_whole(self._folder / f"{name}.npz", values=values, sizes=self._sizes)


_kept_arena = lru_cache(maxsize=6)(Arena)


class LiveEra:
    """One live round's rows: what is seen at once, and what is known later.

    Attributes
    ----------
    number : int
    stock : ndarray of int, shape (rows,)
    values : ndarray of int8, shape (features, rows)
    targets : dict of ndarray, shape (rows,)
    """

    def __init__(self, arena, number, stock, values, targets):
        self.arena, self.number, self.stock = arena, number, stock
        self.values, self.targets, self.size = values, targets, len(stock)

    @cached_property
    def panel(self):
        """What a user sees: a DataFrame with era and features, index id."""
        frame = pd.DataFrame(self.values.T, columns=self.arena.world.features.names)
        frame.insert(0, "era", f"{self.number:04d}")
        ids = row_ids(self.arena.seed, self.number, self.size)
        return frame.set_index(pd.Index(ids, name="id"))


def read_whole(path):
    """Return a file's arrays by their names: none if it is not there, or damaged."""
    try:
        with np.load(path) as file:  # zip checks its CRC
            return dict(file)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return {}


def save_whole(path, **arrays):
    """Write arrays to a file that is whole, or not there at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_whole(path) as part, open(part, "wb") as file:
        np.savez(file, **arrays)
