"""FNC of 50 models, frame to frame, factorisation included, one thread.

Against numerai-tools called once an era with all models (its best case).

python benchmarks/fnc.py [FEATURES …]     (42, 705 and 2376 by default)
"""

import sys
import warnings

import numpy as np
import pandas as pd
from _timing import interleave, line
from numerai_tools import scoring as official

from numlearn.scoring import fnc

ROWS, MODELS = 5_000, 50
NAMES = [f"model_{i}" for i in range(MODELS)]
ROUNDS = {42: (20, 9), 705: (8, 3), 2376: (2, 2)}  # eras, rounds
FLOORS = {42: 15, 705: 5, 2376: 6}


def make_panel(eras, width):
    """Return a panel whose features share factors, as real ones do."""
    rng = np.random.default_rng(0)
    n = eras * ROWS
    factors = rng.normal(size=(n, 20)) @ rng.normal(size=(20, width)) / 5
    values = factors + rng.normal(size=(n, width))
    bins = np.quantile(values[:2000], [0.2, 0.4, 0.6, 0.8], axis=0)
    features = sum(values > bound for bound in bins).astype(np.int8)
    columns = [f"feature_{i}" for i in range(width)]
    return pd.concat(
        [
            pd.DataFrame(
                {
                    "era": np.repeat([f"{i:04d}" for i in range(eras)], ROWS),
                    "target": rng.choice([0, 0.25, 0.5, 0.75, 1], n),
                }
            ),
            pd.DataFrame(rng.normal(size=(n, MODELS)), columns=NAMES),
            pd.DataFrame(features, columns=columns),
        ],
        axis=1,
    ), columns


def official_fnc(panel, features):
    return panel.groupby("era").apply(
        lambda era: official.feature_neutral_corr(
            era[NAMES], era[features], era["target"]
        )
    )


def compare(width):
    """Print the lines of one number of features."""
    eras, rounds = ROUNDS.get(width, (1, 3))
    panel, features = make_panel(eras, width)
    seconds = interleave(
        {
            "numerai-tools": lambda: official_fnc(panel, features),
            "numlearn": lambda: fnc(panel, NAMES, features),
        },
        rounds,
    )
    what = f"FNC, {width} features"
    line(what, seconds, "numerai-tools", "numlearn", FLOORS.get(width))
    theirs = official_fnc(panel[panel["era"] == "0000"], features)
    ours = fnc(panel[panel["era"] == "0000"], NAMES, features)
    print(f"    largest difference {abs(theirs - ours).max(axis=None):.1e}")


def main(*widths):
    warnings.simplefilter("ignore")
    for width in widths or FLOORS:
        compare(width)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
