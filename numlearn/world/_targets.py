"""What the users are asked to predict: residual returns in five unequal bins."""

import numpy as np

from numlearn.world.market import stream

VALUES = np.array([0, 0.25, 0.5, 0.75, 1], np.float32)
SHARES = np.array([0.05, 0.25, 0.75, 0.95])  # 5, 20, 50, 20 and 5 per cent
NEUTRAL_TO = {  # target: what its returns are freed of
    "ada": ("industry", "beta", "style"),
    "bruno": ("sector", "beta"),
    "clara": ("beta",),
}
HORIZONS = (20, 60)
NAMES = ["target"] + [f"target_{n}_{h}" for n in NEUTRAL_TO for h in HORIZONS]
V53 = """agnes alpha bravo caroline charlie claudia cyrusd delta echo ender jasper
jeremy ralph rowan sam teager2b tyler victor waldo xerxes"""  # names of version 5.3
MAIN = {None: "target_ada_20", "v5.3": "target_ender_60"}  # what "target" repeats
ALIKE = (
    0.74,
    0.88,
)  # range of the correlation of version 5.3's returns with the main ones


def target_names(like=None):
    """Name the targets of the course's data, or of Numerai's version, in order."""
    if like is None:
        return list(NAMES)
    return ["target"] + [f"target_{n}_{h}" for n in V53.split() for h in HORIZONS]


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
    names, out = V53.split(), {}
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
    columns = []
    if "beta" in risks:
        columns.append(market.beta(era)[rows])
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
