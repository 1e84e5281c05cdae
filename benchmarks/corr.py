"""CORR and MMC of 50 models on 20 eras × 5,000 rows, frame to frame, one thread.

Against numerai-tools called once an era with all models (its best case), and called
model by model; and one CORR against one np.argsort of the same column. With
NPY_DISABLE_CPU_FEATURES="X86_V4 AVX512_ICL AVX512_SPR" in the environment numpy sorts
without AVX-512, which is faster on some machines.

python benchmarks/corr.py [ROUNDS]
"""

import subprocess
import sys
import warnings

import numpy as np
import pandas as pd
from _timing import interleave, line
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


def compare(kind, panel, rounds):
    """Print the lines of one kind of predictions."""
    seconds = interleave(
        {
            "numerai-tools": lambda: official_corr(panel),
            "numerai-tools, both": lambda: (official_corr(panel), official_mmc(panel)),
            "numlearn": lambda: corr(panel, NAMES),
            "both": lambda: corr_and_mmc(panel, NAMES, "mm"),
            "argsort": lambda: sort_columns(panel),
        },
        rounds,
    )
    line(f"CORR, {kind}", seconds, "numerai-tools", "numlearn")
    line(f"CORR + MMC, {kind}", seconds, "numerai-tools, both", "both", 30)
    line(f"np.argsort / CORR of a column, {kind}", seconds, "argsort", "numlearn", 1)


def compare_one_by_one(panel, rounds):
    """Print what two of the models cost the peer that is called once a model."""
    seconds = interleave(
        {
            "numerai-tools": lambda: one_by_one(panel, NAMES[:2]),
            "numlearn": lambda: corr_and_mmc(panel, NAMES, "mm"),
        },
        rounds,
    )
    seconds["numlearn"] = [2 / MODELS * each for each in seconds["numlearn"]]
    line(
        "CORR + MMC, theirs called per model", seconds, "numerai-tools", "numlearn", 80
    )


def main(rounds=5):
    warnings.simplefilter("ignore")
    print(
        f"a first corr in a fresh notebook: {first_call():.2f} s of CPU (ceiling 0.5)"
    )
    for kind, draw in PREDICTIONS.items():
        compare(kind, make_panel(draw), rounds)
    compare_one_by_one(make_panel(PREDICTIONS["continuous"]), rounds)


def first_call():
    """Return the CPU seconds that importing numlearn and a first corr add to pandas."""
    code = """
import time, numpy as np, pandas as pd
panel = pd.DataFrame({"era": np.repeat(list("1234"), 5_000)})
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
