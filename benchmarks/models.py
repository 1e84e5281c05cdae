"""Blending and neutralising against numerblox, and the memory that training takes.

numerblox 1.6's `NumeraiEnsemble` and `FeatureNeutralizer` (one process) on predictions
and features of Numerai's size; the yardstick is one `np.argsort` of each prediction.
CPU seconds of one thread by turns. Then LightGBM's plain path, a DataFrame given to
`LGBMRegressor`, and ours, each in a process of its own: how far the peak of memory
rose above what was held before, and whether the trees are the same.
"""

import argparse
import contextlib
import hashlib
import io
import json
import re
import subprocess
import sys
import time
from pathlib import Path

FEATURES = 705


def panel_of(eras, rows, features=FEATURES, models=10):
    """Make int8 features, and predictions that agree in part."""
    import numpy as np
    import pandas as pd

    rng = np.random.default_rng(0)
    block = rng.integers(0, 5, (features, eras * rows), dtype=np.int8)
    names = [f"feature_{number:04d}" for number in range(features)]
    panel = pd.DataFrame(block.T, columns=names, copy=False)
    panel.insert(0, "era", np.repeat([f"{e:04d}" for e in range(eras)], rows))
    shared = rng.normal(size=(len(panel), 1)) + panel[names[:9]].to_numpy() / 2
    values = shared[:, [0]] + rng.normal(size=(len(panel), models))
    columns = [f"model_{number}" for number in range(models)]
    return panel, pd.DataFrame(values, columns=columns), names


def speed(eras, rows):
    """Print the ratios to numerblox, if it is there."""
    try:
        from numerblox.ensemble import NumeraiEnsemble
        from numerblox.neutralizers import FeatureNeutralizer
    except ImportError as error:
        print(
            f"numerblox is not here ({error}): in an environment of its own, "
            "`pip install numerblox==1.6.1 tqdm` and numlearn, and run this again."
        )
        return
    import numpy as np
    from _timing import interleave, line

    from numlearn import models, scoring

    panel, predictions, names = panel_of(eras, rows)
    values, one = predictions.to_numpy(), predictions[["model_0"]]
    ensemble = NumeraiEnsemble().fit(values)
    neutralizer = FeatureNeutralizer("model_0", 0.5, num_cores=1)

    def theirs():
        with contextlib.redirect_stderr(io.StringIO()):
            neutralizer.transform(one, panel[names], panel["era"])

    blending = {
        "numerblox": lambda: ensemble.transform(values, panel["era"]),
        "numlearn": lambda: models.blend(panel, predictions),
        "argsort": lambda: [
            np.argsort(era) for model in values.T for era in model.reshape(eras, rows)
        ],
    }
    neutralising = {
        "numerblox": theirs,
        "numlearn": lambda: scoring.neutralize(  # numerblox ranks first, so here too
            panel, models.blend(panel, one), names, 0.5
        ),
    }
    what = f"{values.shape[1]} models blended"
    seconds = interleave(blending)
    line(what, seconds, "numerblox", "numlearn")
    line(f"{what}, against argsort alone", seconds, "argsort", "numlearn")
    what = f"1 model neutralised to {len(names)} features"
    line(what, interleave(neutralising, rounds=3), "numerblox", "numlearn")


def train(way, rows):
    """Train in one of the ways; print the rise of the peak, CPU seconds and trees."""
    import lightgbm
    import numpy as np

    from numlearn.models import LightGBM

    panel, _, names = panel_of(1, rows, models=1)
    target = np.random.default_rng(1).choice([0, 0.25, 0.5, 0.75, 1], rows)
    target = target.astype(np.float32)
    ours = LightGBM(n_estimators=20)
    ours.fit(panel.iloc[:100], target[:100])  # imports what it needs
    plain = ours.get_params() | {"deterministic": True, "force_col_wise": True}
    for own in ("progress", "early_stopping", "boost_steps"):
        del plain[own]
    model = ours if way == "ours" else lightgbm.LGBMRegressor(**plain, verbose=-1)
    Path("/proc/self/clear_refs").write_text("5")  # the peak counts from here
    before, start = _peak(), time.process_time()
    model.fit(panel if way == "ours" else panel[names], target)
    trees = model.booster_.model_to_string().split("end of trees")[0]
    result = {
        "MiB": _peak() - before,
        "seconds": time.process_time() - start,
        "trees": hashlib.md5(trees.encode()).hexdigest()[:8],
    }
    print(json.dumps(result))


def _peak():
    return (
        int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
        / 1024
    )


def main():
    """Print one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--eras", type=int, default=10)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--train", type=int, default=250_000, help="rows to train on")
    parser.add_argument("--way", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        return train(options.way, options.train)
    speed(options.eras, options.rows)
    if not Path("/proc/self/clear_refs").exists():
        return print("The peak of memory is measured on Linux only.")
    runs = {}
    for way in ("plain", "ours"):
        ask = [sys.executable, __file__, "--way", way, "--train", str(options.train)]
        runs[way] = json.loads(
            subprocess.run(ask, capture_output=True, check=True).stdout
        )
    plain, ours = runs["plain"], runs["ours"]
    same = "the same trees" if plain["trees"] == ours["trees"] else "OTHER TREES"
    print(
        f"training on {options.train:,} rows × {FEATURES} int8 features: peak "
        f"+{plain['MiB']:,.0f} MiB plain, +{ours['MiB']:,.0f} MiB ours, "
        f"{plain['MiB'] / ours['MiB']:.1f} × less (asked 4, goal 8); "
        f"CPU {plain['seconds']:.0f} s and {ours['seconds']:.0f} s; {same}"
    )


if __name__ == "__main__":
    sys.exit(main())
