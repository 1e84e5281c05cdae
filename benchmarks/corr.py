"""CORR and MMC of 50 models on 20 eras × 5,000 rows, frame to frame, one thread.

Against numerai-tools called once an era with all models (its best case), and called
model by model; and one CORR against one np.argsort of the same column. The second
argument of the environment, NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL AVX512_SPR",
switches numpy's AVX-512 sorts off.

python benchmarks/corr.py [ROUNDS]
"""

import subprocess
import sys
import warnings

from _timing import interleave, line  # first: it sets the number of threads

import numpy as np
import pandas as pd
from numerai_tools import scoring as official

from numlearn.scoring import corr, corr_and_mmc

ERAS, ROWS, MODELS = 20, 5_000, 50
NAMES = [f"model_{i}" for i in range(MODELS)]


def make_panel(draw, sizes=(ROWS,) * ERAS):
    """Return a panel with predictions from draw(rng, shape), target and metamodel."""
    rng = np.random.default_rng(0)
    n = sum(sizes)
    predictions = pd.DataFrame(draw(rng, (n, MODELS)), columns=NAMES)
    panel = pd.DataFrame(
        {
            "era": np.repeat([f"{i:04d}" for i in range(len(sizes))], sizes),
            "target": rng.choice(
                [0, 0.25, 0.5, 0.75, 1], n, p=[0.05, 0.2, 0.5, 0.2, 0.05]
            ),
            "mm": rng.normal(size=n),
        }
    )
    panel = pd.concat([panel, predictions], axis=1)
    panel.index = pd.Index([f"n{i:07d}" for i in range(n)], name="id")
    return panel


def official_corr(panel, names=NAMES):
    return panel.groupby("era").apply(
        lambda era: official.numerai_corr(era[names], era["target"])
    )


def official_mmc(panel, names=NAMES):
    return panel.groupby("era").apply(
        lambda era: official.correlation_contribution(
            era[names], era["mm"], era["target"]
        )
    )


def one_by_one(panel, names):
    for name in names:
        official_corr(panel, [name])
        official_mmc(panel, [name])


PREDICTIONS = {
    "continuous": lambda rng, shape: rng.normal(size=shape),
    "float32": lambda rng, shape: rng.random(shape, dtype=np.float32),
    "5 values": lambda rng, shape: rng.integers(0, 5, shape) / 4,
    "heavy tails": lambda rng, shape: rng.standard_t(3, size=shape),
}


def main(rounds=5):
    warnings.simplefilter("ignore")
    print(
        f"a first corr in a fresh notebook: {first_call():.2f} s of CPU (ceiling 0.5)"
    )
    for kind, draw in PREDICTIONS.items():
        panel = make_panel(draw)
        seconds = interleave(
            {
                "numerai-tools": lambda panel=panel: official_corr(panel),
                "numerai-tools, both": lambda panel=panel: (
                    official_corr(panel),
                    official_mmc(panel),
                ),
                "numlearn": lambda panel=panel: corr(panel, NAMES),
                "both": lambda panel=panel: corr_and_mmc(panel, NAMES, "mm"),
                "argsort": lambda panel=panel: sort_columns(panel),
            },
            rounds,
        )
        line(f"CORR, {kind}", seconds, "numerai-tools", "numlearn")
        line(f"CORR + MMC, {kind}", seconds, "numerai-tools, both", "both", 30)
        line(
            f"one CORR against one np.argsort, {kind}",
            seconds,
            "argsort",
            "numlearn",
            1,
        )


def first_call():
    """Return the CPU seconds that importing numlearn and a first corr add to pandas."""
    code = """
import time, numpy as np, pandas as pd
panel = pd.DataFrame({"era": np.repeat(list("abcd"), 5_000)})
panel["target"], panel["p"] = np.random.default_rng(0).random((2, 20_000))
start = time.process_time()
import numlearn as nl
nl.scoring.corr(panel, ["p"])
print(time.process_time() - start)
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    return float(run.stdout)


def sort_columns(panel):
    for name in NAMES:
        column = panel[name].to_numpy()
        for start in range(0, len(column), ROWS):
            np.argsort(column[start : start + ROWS])


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
