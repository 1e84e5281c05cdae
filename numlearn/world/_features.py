"""What the users see of a market: obfuscated features in five equal bins."""

from dataclasses import dataclass, field

import numpy as np

from numlearn.data.ids import mix60
from numlearn.world.market import GRID, LEVELS, TRAITS, stream

SMALL = 42
GROUPS = {  # named group: how many of every 42 features
    "intelligence": 3, "wisdom": 6, "charisma": 6, "dexterity": 5,
    "strength": 5, "constitution": 7, "agility": 5, "serenity": 5,
}  # fmt: skip
V53 = {"small": 42, "medium": 780, "all": 3555}  # sizes of version 5.3's sets …
V53_GROUPS = {  # … of its groups within all, medium and small …
    "intelligence": (35, 14, 2), "wisdom": (140, 56, 3), "charisma": (290, 116, 3),
    "dexterity": (51, 21, 4), "strength": (135, 54, 1), "constitution": (335, 134, 2),
    "agility": (145, 58, 2), "serenity": (95, 34, 3),
}  # fmt: skip
V53_OTHERS = {  # … and of other sets: the place of the first feature, and how many
    "faith": (0, 372), "midnight": (372, 244), "rain": (616, 666),
    "sunshine": (1282, 325), "fncv3": (0, 400), "v2_equivalent": (400, 304),
    "v3_equivalent": (0, 1000), "quantum": (2748, 807),
}  # fmt: skip
_TRAIT_OF_GROUP = np.arange(len(GROUPS)) % TRAITS
_SYLLABLES = [c + v for c in "bdfgklmnprstvwxz" for v in "aeio"]


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
        small, medium, groups = self.names[: V53["small"]], [], {}
        for name, sizes in V53_GROUPS.items():
            mine = np.array(self.names)[self.group == list(GROUPS).index(name)].tolist()
            first = [f for f in mine if f in small][: sizes[2]]
            rest = [f for f in mine if f not in small]
            inner = rest[: sizes[1] - sizes[2]]
            groups[name] = first + rest[: sizes[0] - sizes[2]]
            medium += inner
        taken = {*small, *medium, *(f for group in groups.values() for f in group)}
        medium += [f for f in self.names if f not in taken]
        sets = {"small": small, "medium": [*small, *medium][: V53["medium"]]}
        sets |= {"all": list(self.names), **groups}
        for name, (start, size) in V53_OTHERS.items():
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
