"""What a score costs as rows, models and eras grow, next to numerai-tools.

Prints CORR's cost, one thread and CPU time, for three ways of growing, and what two
threads over eras gain by the clock on the wall; with a file name it draws the plot too.

python benchmarks/scoring_scale.py [PLOT.svg]
"""

import statistics
import sys
import time
import warnings
from functools import partial

import corr as one_size
import fnc as neutral
from _timing import interleave, ratio

from numlearn.scoring import corr, fnc

GROWING = {
    "rows of an era": [(4, rows, 10) for rows in (250, 1_000, 4_000, 16_000)],
    "models": [(4, 2_000, models) for models in (1, 4, 16, 50)],
    "eras": [(eras, 2_000, 4) for eras in (1, 5, 25, 100)],
}


def measure(eras, rows, models):
    """Return the median seconds of numerai-tools and of numlearn."""
    draw = one_size.PREDICTIONS["continuous"]
    panel = one_size.make_panel(draw, (rows,) * eras)
    names = one_size.NAMES[:models]
    seconds = interleave(
        {
            "numerai-tools": lambda: one_size.official_corr(panel, names),
            "numlearn": lambda: corr(panel, names),
        },
        rounds=3,
    )
    return [statistics.median(times) for times in seconds.values()]


def draw_plot(results, path):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "numlearn"
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(results), figsize=(11, 3.4), sharey=True)
    for axis, (what, points) in zip(axes, results.items()):
        sizes = [size for size, _ in points]
        for i, name in enumerate(["numerai-tools", "numlearn"]):
            axis.loglog(sizes, [times[i] for _, times in points], "o-", label=name)
        axis.set_xlabel(what)
        axis.grid(alpha=0.3)
    axes[0].set_ylabel("seconds of one core")
    axes[0].legend(frameon=False)
    figure.tight_layout()
    figure.savefig(path, metadata={"Date": None})


def threads(what, panel, score):
    """Print what two threads over eras gain, by the clock on the wall."""
    contenders = {
        f"{n} threads": lambda n=n: score(panel, one_size.NAMES, n_jobs=n)
        for n in (1, 2)
    }
    seconds = interleave(contenders, clock=time.perf_counter)
    gain, low, high = ratio(seconds, "1 threads", "2 threads")
    print(f"{what}: two threads are {gain:.2f} × as fast ({low:.2f} to {high:.2f})")


def main(path=None):
    warnings.simplefilter("ignore")
    results = {}
    for what, sizes in GROWING.items():
        results[what] = []
        for shape in sizes:
            times = measure(*shape)
            size = shape[["eras", "rows of an era", "models"].index(what)]
            results[what].append((size, times))
            print(
                f"{shape[0]:4d} eras × {shape[1]:6,d} rows × {shape[2]:3d} models: "
                f"numerai-tools {times[0] * 1e3:8.1f} ms, "
                f"numlearn {times[1] * 1e3:7.2f} ms, {times[0] / times[1]:5.1f} ×",
                flush=True,
            )
    threads("CORR", one_size.make_panel(one_size.PREDICTIONS["continuous"]), corr)
    panel, features = neutral.make_panel(6, 705)
    threads("FNC, 705 features", panel, partial(fnc, features=features))
    if path:
        draw_plot(results, path)


if __name__ == "__main__":
    main(*sys.argv[1:])
