"""What the users see of a market, obfuscated features, and what they are asked for.

Features are cut into five equal bins; targets are residual returns in unequal ones.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from numlearn._files import tables_beside
from numlearn.data.ids import mix60
from numlearn.world.market import GRID, LEVELS, TRAITS, stream

TABLES = tables_beside(Path(__file__).with_name("tables"))
SMALL = 42
GROUPS = TABLES["features"]["groups"]
V53 = TABLES["v53"]
V53_ALL = V53["sizes"]["all"]
_TRAIT_OF_GROUP = np.arange(len(GROUPS)) % TRAITS
_SYLLABLES = [c + v for c in "bdfgklmnprstvwxz" for v in "aeio"]


VALUES = np.array([0, 0.25, 0.5, 0.75, 1], np.float32)
SHARES = np.array([0.05, 0.25, 0.75, 0.95])  # 5, 20, 50, 20 and 5 per cent
NEUTRAL_TO = TABLES["targets"]  # what the returns behind each are freed of
HORIZONS = (20, 60)
NAMES = ["target"] + [f"target_{n}_{h}" for n in NEUTRAL_TO for h in HORIZONS]
MAIN = {None: "target_ada_20", "v5.3": "target_ender_60"}  # what "target" repeats
ALIKE = (0.74, 0.88)  # range of the correlation of version 5.3's returns with the main


@dataclass(frozen=True)
class FeatureRules:
    """How a feature mixes a trait, a fading signal and noise of its own.

    A feature is a * trait + b * signal + c * noise with a² + b² + c² = 1, where the
    noise is drawn afresh in every era.
    """

    trait: tuple = (0.30, 0.60)  # range of a²
    signal: float = 0.40  # b² as a share of 1 - a²
    late: float = 0.10  # share of features that begin only after some eras
    start: tuple = (8, 40)  # first era of such a feature


@dataclass(frozen=True)
class Features:
    """Names and make-up of the features of one world.

    Attributes
    ----------
    names : list of str
        Three-syllable pairs after "feature_"; the first 42 are the small set.
    group : numpy.ndarray of int
        Position of each feature's group in ``GROUPS``.
    first_era : numpy.ndarray of int
        Before this era a feature is missing: 2 for every row.
    """

    seed: int
    names: list = field(repr=False)
    group: np.ndarray = field(repr=False)
    weights: np.ndarray = field(repr=False)
    first_era: np.ndarray = field(repr=False)

    @classmethod
    def draw(cls, seed, number, rules=None):
        """Draw a world's features; a wider world begins with the narrower one's."""
        rules = rules or FeatureRules()
        parts = [_block(rules, stream(seed, "features", k)) for k in _blocks(number)]
        group, weights, first = (np.concatenate(p, -1) for p in zip(*parts))
        code = mix60(np.arange(number), seed) >> np.uint64(24)
        names = [f"feature_{_word(c)}_{_word(c >> 18)}" for c in code.tolist()]
        return cls(seed, names, group[:number], weights[:, :number], first[:number])

    def sets(self, like=None):
        """Return feature_sets as in features.json: small, medium, all, then groups.

        Those of a version of Numerai's have its sizes; which features are in which of
        its sets means nothing here, but that a group's share a signal.
        """
        if like:
            return self._v53_sets()
        number = len(self.names)
        medium = SMALL + (number - SMALL) // 2
        sets = {"small": self.names[:SMALL], "medium": self.names[:medium]}
        sets["all"] = list(self.names)
        for k, name in enumerate(GROUPS):
            sets[name] = [f for f, g in zip(self.names, self.group) if g == k]
        return sets

    def _v53_sets(self):
        small, medium, groups = self.names[: V53["sizes"]["small"]], [], {}
        for name, sizes in V53["groups"].items():
            mine = np.array(self.names)[self.group == list(GROUPS).index(name)].tolist()
            first = [f for f in mine if f in small][: sizes[2]]
            rest = [f for f in mine if f not in small]
            groups[name] = first + rest[: sizes[0] - sizes[2]]
            medium += rest[: sizes[1] - sizes[2]]
        taken = {*small, *medium, *(f for group in groups.values() for f in group)}
        medium += [f for f in self.names if f not in taken]
        sets = {"small": small, "medium": [*small, *medium][: V53["sizes"]["medium"]]}
        sets |= {"all": list(self.names), **groups}
        for name, (start, size) in V53["others"].items():
            sets[name] = self.names[start : start + size]
        return sets

    def values(self, era, types, signals):
        """Return an era's features, one row a feature.

        Parameters
        ----------
        era : int
            Its number.
        types, signals : numpy.ndarray, (n,) and (8, n)
            The market's types and signals of the era's rows, in their order.

        Returns
        -------
        numpy.ndarray, (features, n) int8
            0 to 4, a fifth of the rows each.
        """
        rows, number = len(types), len(self.names)
        traits = LEVELS[GRID.T].astype(np.float32)[:, types]
        signals = signals.astype(np.float32)
        a, b, c = self.weights.astype(np.float32)[:, :, None]
        out = np.empty((number, rows), np.int8)
        for block in _blocks(number):
            rng = stream(self.seed, f"noise{block}", era)
            noise = rng.standard_normal((SMALL, rows), np.float32)
            i = slice(block * SMALL, min(number, (block + 1) * SMALL))
            trait = traits[_TRAIT_OF_GROUP[self.group[i]]]
            mixed = a[i] * trait + b[i] * signals[self.group[i]]
            out[i] = quintiles(mixed + c[i] * noise[: len(mixed)])
        out[self.first_era > era] = 2
        return out


def quintiles(values):
    """Cut each row of an array into five bins of equal size, 0 to 4.

    Parameters
    ----------
    values : numpy.ndarray, (k, n)
        Continuous values.

    Returns
    -------
    numpy.ndarray, (k, n) int8
        Bin sizes differ by one at most.
    """
    n = values.shape[1]
    cuts = [n * i // 5 for i in range(1, 5)]
    edges = np.sort(values, axis=1)[:, cuts]
    bins = (values >= edges[:, :1]).astype(np.int8)
    for k in range(1, 4):
        bins += values >= edges[:, k : k + 1]
    return bins


def _blocks(number):
    return range(-(-number // SMALL))


def _block(rules, rng):
    """Draw groups, weights and first eras of 42 features."""
    group = rng.permutation(np.repeat(np.arange(len(GROUPS)), list(GROUPS.values())))
    trait = rng.uniform(*rules.trait, SMALL)
    signal = (1 - trait) * rules.signal
    weights = np.sqrt([trait, signal, 1 - trait - signal])
    weights[:2] *= rng.choice([-1, 1], (2, SMALL))
    late = rng.random(SMALL) < rules.late
    first = np.where(late, rng.integers(*rules.start, SMALL), 0)
    return group, weights, first


def _word(code):
    return "".join(_SYLLABLES[code >> shift & 63] for shift in (0, 6, 12))


def target_names(like=None):
    """Name the targets of the course's data, or of Numerai's version, in order."""
    if like is None:
        return list(NAMES)
    return ["target"] + [f"target_{n}_{h}" for n in V53["targets"] for h in HORIZONS]


def era_targets(market, era, rows, horizons=HORIZONS):
    """Return an era's targets, fully known: no value is missing yet.

    Parameters
    ----------
    market : Market
        Must reach ``2 + max(horizons)`` days beyond the era.
    era : int
        Its number.
    rows : numpy.ndarray of int
        Which stock stands in which row.
    horizons : sequence of int
        20, 60 or both.

    Returns
    -------
    dict of str to numpy.ndarray, (n,) float32
        One entry a target, without the alias "target".
    """
    out = {}
    for name, risks in NEUTRAL_TO.items():
        for days in horizons:
            total = market.forward(era, days)[rows]
            rest = residual(market, era, rows, total, risks)
            out[f"target_{name}_{days}"] = five_bins(rest)
    return out


def v53_targets(market, era, rows, seed):
    """Return an era's targets under the names of Numerai's version 5.3.

    What each of Numerai's targets is made of is not public. Here ender is freed of
    industry, beta and styles; the others are ender with noise of their own, so that
    they are as alike as Numerai's are. Parameters and result as in `era_targets`.
    """
    names, out = V53["targets"], {}
    shares = np.linspace(*ALIKE, len(names))
    for days in HORIZONS:
        total = market.forward(era, days)[rows]
        main = residual(market, era, rows, total, NEUTRAL_TO["ada"])
        main = main / main.std()
        for name, share in zip(names, shares):
            rng = stream(seed, f"target_{name}_{days}", era)
            noise = rng.standard_normal(len(rows))
            mixed = share * main + (1 - share**2) ** 0.5 * noise
            out[f"target_{name}_{days}"] = five_bins(main if name == "ender" else mixed)
    order = target_names("v5.3")[1:]
    return {name: out[name] for name in order}


def residual(market, era, rows, returns, risks):
    """Free returns of common risks: group means first, then exposures in turn.

    Gram-Schmidt on a handful of columns with sums in a fixed order, because a solver's
    last bits depend on the processor.
    """
    groups = {"industry": market.industry, "sector": market.sector}
    group = next((groups[r][rows] for r in risks if r in groups), np.zeros_like(rows))
    columns = [market.beta(era)[rows]] if "beta" in risks else []
    if "style" in risks:
        columns.extend(market.style[:, rows])
    basis = []
    for column in columns:
        basis.append(_remove(_demean(column, group), basis))
    return _remove(_demean(returns, group), basis)


def five_bins(values):
    """Cut values into 5, 20, 50, 20 and 5 per cent: 0, .25, .5, .75 and 1.

    Values are rounded first, so that the last bits of a sum cannot move a row.
    """
    order = np.argsort(np.round(values, 10), kind="stable")
    place = np.empty(len(values))
    place[order] = (np.arange(len(values)) + 0.5) / len(values)
    return VALUES[np.searchsorted(SHARES, place, side="right")]


def _demean(values, group):
    sums, sizes = np.bincount(group, values), np.bincount(group)
    return values - (sums / np.maximum(sizes, 1))[group]


def _remove(values, basis):
    for column in basis:
        share = np.add.reduce(values * column) / np.add.reduce(column * column)
        values = values - share * column
    return values
