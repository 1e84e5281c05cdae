"""The data set made from a market, in the schema of Numerai's version 5."""

import hashlib
import json
import numbers
from dataclasses import asdict, dataclass, field, fields, replace

import numpy as np
import pandas as pd

from numlearn.data.ids import row_ids
from numlearn.errors import NumlearnError, real_number, whole_number
from numlearn.world._features import (
    MAIN,
    V53_ALL,
    FeatureRules,
    Features,
    era_targets,
    v53_targets,
)
from numlearn.world.market import DAYS, Market, MarketRules, draw_market, stream

SEED = 2025  # of the data set that ships; data/README.md tells by which rule
KNOWN_AFTER = {20: 5, 60: 13}  # eras until a target's last day is past


def several(eras):
    """Return eras as a list of numbers; one number is one era."""
    eras = [eras] if isinstance(eras, numbers.Integral) else list(eras)
    if not eras:
        raise NumlearnError("No eras are asked for: give some, such as range(1, 5).")
    return [whole_number(era, "an era") for era in eras]


@dataclass(frozen=True)
class Config:
    """Everything that a world is made from.

    Attributes
    ----------
    seed : int
        Everything random follows from it.
    eras : int
        Weekly eras with history; the era after the last is the live one.
    rows : int
        Rows of a full era; early eras have fewer.
    features : int
        Number of features, at least 42.
    train : float
        Share of the eras that are for training.
    like : {None, "v5.3"}
        Whose names of targets and sets: the course's, or those of a version of
        Numerai's, which has 3,555 features and 41 targets.

    Examples
    --------
    >>> import numlearn as nl
    >>> config = nl.world.Config(seed=1, eras=30, rows=100)
    >>> config.last_train, config.live
    (18, 31)
    """

    seed: int = SEED
    eras: int = 160
    rows: int = 3000
    features: int = 56
    train: float = 0.6
    ramp: float = 0.8  # rows of the first era as a share of a full one …
    full_at: int = 100  # … which is reached in this era
    aux_missing: tuple = (0.004, 0.03)  # range of missing values, by era
    market: MarketRules = field(default_factory=MarketRules)
    feature: FeatureRules = field(default_factory=FeatureRules)
    like: str | None = None

    def __post_init__(self):
        for name in ("seed", "eras", "rows", "features", "full_at"):
            object.__setattr__(self, name, whole_number(getattr(self, name), name))
        real_number(self.train, "train", 0.0, 1.0)
        if self.like not in MAIN:
            raise NumlearnError(f"like is 'v5.3' or None, not {self.like!r}.")
        if self.like and self.features != V53_ALL:
            raise NumlearnError(
                f"Numerai's {self.like} has {V53_ALL:,} features, not "
                f"{self.features:,}: leave features out."
            )
        if self.features < 42 or self.rows < 100 or self.eras < 20:
            raise NumlearnError(
                "A world needs at least 42 features, 100 rows and 20 eras: "
                f"got {self.features}, {self.rows} and {self.eras}."
            )

    @classmethod
    def from_plain(cls, plain):
        """Return the configuration that ``as_plain`` wrote."""
        market = MarketRules(**plain["market"])
        feature = FeatureRules(**_with_tuples(plain["feature"]))
        return cls(**_with_tuples(plain) | {"market": market, "feature": feature})

    def as_plain(self):
        """Return the configuration as numbers, lists and dicts, as JSON keeps it."""
        plain = json.loads(json.dumps(asdict(self)))
        return plain if self.like else {k: v for k, v in plain.items() if k != "like"}

    @property
    def last_train(self):
        """The last training era's number."""
        return int(self.eras * self.train)

    @property
    def live(self):
        """The live era's number."""
        return self.eras + 1


@dataclass(frozen=True)
class World:
    """A market, the features that show it, and its data set, era by era.

    The truth of each row (its stock, exposures and returns) is there for lessons that
    need it; the data set never contains it.

    Examples
    --------
    >>> import numlearn as nl
    >>> world = nl.world.World.build(seed=1, eras=30, rows=100)
    >>> world.truth(1)["beta"].std().round(1).item()
    0.4
    """

    config: Config
    market: Market = field(repr=False)
    features: Features = field(repr=False)

    @classmethod
    def build(cls, config=None, **changes):
        """Simulate a world's market.

        Parameters
        ----------
        config : Config, optional
            Defaults to the shipped data set's.
        **changes
            Fields of the configuration to change, as in ``World.build(seed=3)``.

        Returns
        -------
        World

        Examples
        --------
        >>> import numlearn as nl
        >>> world = nl.world.World.build(seed=1, eras=30, rows=100)
        >>> world.panel([1, 2]).groupby("era").size().tolist()
        [80, 80]
        """
        known = [part.name for part in fields(Config)]
        if unknown := [name for name in changes if name not in known]:
            raise NumlearnError(
                f"A world has no {unknown[0]!r}: change one of {', '.join(known)}."
            )
        config = replace(config or Config(), **changes)
        weeks, stocks = config.live + max(KNOWN_AFTER.values()), config.rows * 11 // 10
        market = draw_market(config.seed, weeks, stocks, config.market)
        features = Features.draw(config.seed, config.features, config.feature)
        return cls(config, market, features)

    def splits(self):
        """Return which eras are in which file: train, validation (and test), live."""
        last, live = self.config.last_train, self.config.live
        train, later = range(1, last + 1), range(last + 1, live)
        return {"train": train, "validation": later, "live": range(live, live + 1)}

    def stocks(self, era):
        """Return which stock stands in which row of an era (the hidden truth)."""
        config, era = self.config, whole_number(era, "era")
        if not 1 <= era <= config.live:
            raise NumlearnError(
                f"This world has no era {era}: ask for one from 1 to {config.live}, "
                "which is the live one."
            )
        grown = min(1.0, era / config.full_at)
        n = int(config.rows * (config.ramp + (1 - config.ramp) * grown))
        largest = np.argsort(-self.market.size[era], kind="stable")[:n]
        return stream(config.seed, "rows", era).permutation(largest)

    def split(self, era):
        """Return the data_type of an era: train, validation, test or live."""
        if era <= self.config.last_train:
            return "train"
        if era == self.config.live:
            return "live"
        days = int(MAIN[self.config.like][-2:])
        known = era + KNOWN_AFTER[days] <= self.config.live
        return "validation" if known else "test"

    def era(self, era, resolved=False):
        """Return one era of the data set.

        Parameters
        ----------
        era : int
            From 1 to the live era.
        resolved : bool
            True looks into the future: targets that are not known yet are filled in.

        Returns
        -------
        pandas.DataFrame
            Index id; era, data_type, int8 features, float32 targets.
        """
        rows = self.stocks(era)
        values = self.values(era, rows)
        frame = pd.DataFrame(values.T, columns=self.features.names)
        frame.insert(0, "era", f"{era:04d}")
        frame.insert(1, "data_type", self.split(era))
        targets = pd.DataFrame(self._targets(era, rows, resolved))
        return pd.concat([frame, targets], axis=1).set_axis(self._ids(era, rows))

    def values(self, era, rows):
        """Return the features of some stocks in an era, (features, rows) int8."""
        types, signals = self.market.types[era], self.market.signals[era]
        return self.features.values(era, types[rows], signals[:, rows])

    def panel(self, eras, resolved=False):
        """Return several eras of the data set, one below the other."""
        return pd.concat([self.era(era, resolved) for era in several(eras)])

    def truth(self, era):
        """Return what the data set hides about an era's rows.

        Returns
        -------
        pandas.DataFrame
            Index id; stock, sector and industry (as text, such as "sector_03"), beta,
            style_0 to style_2, size, return_5 and return_20, the total returns of the
            5 and 20 days that start where the target's do, two days after the era.
        """
        rows, market = self.stocks(era), self.market
        frame = pd.DataFrame({"era": f"{era:04d}", "stock": rows})
        for name in ("sector", "industry"):
            frame[name] = [f"{name}_{k:02d}" for k in getattr(market, name)[rows]]
        known = {"beta": market.beta(era)}
        known |= {f"style_{k}": style for k, style in enumerate(market.style)}
        known["size"] = market.size[era]
        known |= {f"return_{days}": market.forward(era, days) for days in (5, 20)}
        for name, values in known.items():
            frame[name] = values[rows]
        return frame.set_axis(self._ids(era, rows))

    def daily_returns(self, era, days=DAYS):
        """Return the returns of an era's stocks on the days after it.

        Returns
        -------
        pandas.DataFrame
            Ids × day 1 to `days`.
        """
        rows = self.stocks(era)
        start, days = DAYS * era, whole_number(days, "days", 1)
        if start + days > len(self.market.returns):
            raise NumlearnError(
                f"This world ends {len(self.market.returns) - start} days after era "
                f"{era}, and {days} are asked for: ask for fewer, or make it longer."
            )
        values = self.market.returns[start : start + days, rows].T
        return pd.DataFrame(values, self._ids(era, rows), range(1, days + 1))

    def _ids(self, era, rows):
        return pd.Index(row_ids(self.config.seed, era, len(rows)), name="id")

    def _targets(self, era, rows, resolved):
        seed, main = self.config.seed, MAIN[self.config.like]
        made = (self.market, era, rows)
        like = self.config.like
        targets = v53_targets(*made, seed) if like else era_targets(*made)
        rng = stream(seed, "missing", era)
        gap = rng.uniform(*self.config.aux_missing)
        for name, values in targets.items():
            days = int(name.rsplit("_", 1)[1])
            if name != main:
                values[rng.random(len(rows)) < gap] = np.nan
            if not resolved and era + KNOWN_AFTER[days] > self.config.live:
                values[:] = np.nan
        return {"target": targets[main], **targets}


def _with_tuples(plain):
    """Return a dict without the lists that JSON makes of tuples."""
    return {k: tuple(v) if isinstance(v, list) else v for k, v in plain.items()}


def content_hash(frame):
    """Return a hash of a panel's values, whatever file or machine it came from.

    Parameters
    ----------
    frame : pandas.DataFrame
        Strings, integers and floats; the index counts when it is named.

    Returns
    -------
    str
        32 hexadecimal digits. Column names, their order and the order of rows count;
        all missing values are alike, and a text's dtype does not matter.

    Examples
    --------
    >>> import pandas as pd
    >>> import numlearn as nl
    >>> panel = pd.DataFrame({"era": ["0001"], "feature": [2]})
    >>> same = pd.DataFrame({"era": ["0001"], "feature": [2]})
    >>> nl.world.content_hash(panel) == nl.world.content_hash(same)
    True
    """
    digest = hashlib.blake2b(digest_size=16)
    frame = frame.reset_index() if frame.index.name else frame
    small = [name for name, kind in frame.dtypes.items() if kind == np.int8]
    block = dict(zip(small, np.ascontiguousarray(frame[small].to_numpy().T)))
    for name in frame.columns:
        digest.update(f"{name}\n".encode())
        digest.update(block[name] if name in block else _bytes(frame[name]))
    return digest.hexdigest()


def _bytes(column):
    if pd.api.types.is_float_dtype(column):
        values = column.to_numpy(np.float32, na_value=np.nan)
        return np.where(np.isnan(values), np.float32(np.nan), values).tobytes()
    if pd.api.types.is_integer_dtype(column):
        values = column.to_numpy(np.int64)
        small = values.astype(np.int8)
        return (small if (small == values).all() else values).tobytes()
    return "\n".join(column.astype(str)).encode()
