"""How fast stakes are simulated, next to the random generator that feeds them.

The yardstick is NumPy's SFC64 drawing float32 normals into one small array. Both are
timed by turns in CPU seconds of one thread; the figure is the median of their ratios.
"""

import statistics
import time
import tracemalloc

import numpy as np
import pandas as pd

from numlearn.staking import simulate

ROUNDS, MODELS, TURNS = 250, 10, 7


def generator_rate(size=1 << 14, calls=1500):
    rng = np.random.Generator(np.random.SFC64(1))
    normals = np.empty(size, np.float32)
    begin = time.process_time()
    for _ in range(calls):
        rng.standard_normal(out=normals, dtype=np.float32)
    return size * calls / (time.process_time() - begin)


def simulation_rate(scores, draw, paths=20_000):
    begin = time.process_time()
    simulate(scores, "2026-01", rounds=ROUNDS, paths=paths, seed=1, draw=draw)
    return paths * ROUNDS * MODELS / (time.process_time() - begin)


def peak_memory(scores, paths):
    tracemalloc.start()
    simulate(scores, "2026-01", rounds=ROUNDS, paths=paths, seed=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak / 2**20


def main():
    table = np.random.default_rng(0).normal(0.01, 0.02, (355, MODELS))
    scores = {"corr": pd.DataFrame(table), "mmc": 0}
    for draw in ("bootstrap", "autoregression"):
        simulation_rate(scores, draw, paths=2_000)
        pairs = [
            (simulation_rate(scores, draw), generator_rate()) for _ in range(TURNS)
        ]
        ratio = statistics.median(ours / limit for ours, limit in pairs)
        ours, limit = (statistics.median(one) / 1e6 for one in zip(*pairs, strict=True))
        print(
            f"{draw}: {ours:.0f} million path-round-models a second, the generator "
            f"{limit:.0f} million normals: {ratio:.2f} of its rate"
        )
    for paths in (5_000, 10_000, 20_000):
        held = paths * MODELS * 4 * 4 / 2**20
        print(
            f"{paths:,} paths: peak {peak_memory(scores, paths):.0f} MiB "
            f"({held:.0f} MiB of it the answer)"
        )
    one, two = (
        simulate(scores, "2026-01", paths=10_000, seed=3, n_jobs=jobs).summary()
        for jobs in (1, 2)
    )
    print(f"equal percentiles with 1 and 2 threads: {one.equals(two)}")


if __name__ == "__main__":
    main()
