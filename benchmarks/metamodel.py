"""The metamodel of thousands of models: time, memory, and what contributions add.

The peer is Numerai's own path, numerai-tools' `tie_kept_rank` and `stake_weight`, with
all models in one call; the yardstick is one `np.argsort` of each model. All are timed
by turns in CPU seconds of one thread; ratios are medians over the turns. The last part
streams 5,000 models × 5,000 stocks an era from disk, in a process of its own.

Run ``python benchmarks/metamodel.py``; a first argument of ``--models 2000`` makes the
streamed part smaller.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROWS, ERAS, TURNS = 5000, 3, 7
NO_AVX512 = "X86_V4 AVX512_ICL AVX512_SPR AVX512_SKX"


def crowd(rng, models, rows=ROWS):
    """Draw predictions (models × rows) that agree in part, as float32."""
    import numpy as np

    shared = rng.normal(size=rows)
    return (shared + rng.normal(size=(models, rows))).astype(np.float32)


def by_turns(jobs):
    """Time jobs by turns; return each one's CPU seconds."""
    seconds = {name: [] for name in jobs}
    for _ in range(TURNS):
        for name, job in jobs.items():
            begin = time.process_time()
            job()
            seconds[name].append(time.process_time() - begin)
    return seconds


def speed(models=400):
    """Print the time of a model and the ratios, for one era in memory."""
    import numpy as np
    import pandas as pd
    from numerai_tools.scoring import gaussian, stake_weight, tie_kept_rank

    from numlearn import metamodel

    rng = np.random.default_rng(0)
    x, stakes = crowd(rng, models), rng.lognormal(0, 1.5, models)
    target = rng.choice([0, 0.25, 0.5, 0.75, 1], ROWS, p=[0.05, 0.2, 0.5, 0.2, 0.05])
    frame, by_model = pd.DataFrame(x.T), pd.Series(stakes)
    theirs = stake_weight(gaussian(tie_kept_rank(frame)), by_model)
    gap = np.abs(metamodel.era_stake_weighted(x.T, stakes) - theirs).max()

    seconds = by_turns(
        {
            "metamodel": lambda: metamodel.era_stake_weighted(x.T, stakes),
            "argsort": lambda: [np.argsort(model) for model in x],
            "rank + stake_weight": lambda: stake_weight(tie_kept_rank(frame), by_model),
            "contributions": lambda: metamodel.era_contribution(x.T, stakes, target),
        }
    )
    print(f"one era of {models} models × {ROWS} stocks in memory")
    for name, runs in seconds.items():
        ratio = statistics.median(a / b for a, b in zip(runs, seconds["metamodel"]))
        micro = statistics.median(runs) / models * 1e6
        print(f"  {name:31} {micro:6.0f} µs a model, {ratio:5.2f} × the metamodel")
    print(f"  largest difference to numerai-tools: {gap:.0e}")


def write(folder, models):
    """Write the same eras as a memory map and as parquet, one row group an era."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    names = [f"m{i:04d}" for i in range(models)]
    rng = np.random.default_rng(0)
    shape = ERAS, models, ROWS
    disk = np.lib.format.open_memmap(folder / "crowd.npy", "w+", np.float32, shape)
    schema = pa.schema(
        [("era", pa.string()), *((name, pa.float32()) for name in names)]
    )
    with pq.ParquetWriter(folder / "crowd.parquet", schema, use_dictionary=False) as to:
        for era in range(ERAS):
            disk[era] = crowd(rng, models)
            columns = [pa.array([f"{era:04d}"] * ROWS), *map(pa.array, disk[era])]
            to.write_table(pa.Table.from_arrays(columns, schema=schema))


def stream(way, folder, models):
    """Blend all eras in one of the ways; print seconds and peak memory as JSON."""
    import numpy as np
    import pandas as pd

    from numlearn import metamodel

    rng = np.random.default_rng(1)
    names = [f"m{i:04d}" for i in range(models)]
    stakes = pd.Series(rng.lognormal(0, 1.5, models), index=names)
    target = rng.choice([0, 0.25, 0.5, 0.75, 1], ROWS)
    seconds = []
    for _ in range(2):  # the first warms the disk's cache and the allocator
        begin = time.process_time()
        if way == "parquet":
            metamodel.stake_weighted(folder / "crowd.parquet", names, stakes)
        else:
            disk = np.load(folder / "crowd.npy", mmap_mode="r")
            for era in disk:
                if way == "metamodel":
                    metamodel.era_stake_weighted(era.T, stakes.to_numpy())
                else:
                    metamodel.era_contribution(era.T, stakes.to_numpy(), target)
        seconds.append((time.process_time() - begin) / ERAS)
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]
    print(json.dumps({"s": min(seconds), "MiB": int(peak) / 1024}))


def child(*arguments, **environment):
    """Run a part in a process of its own, with one thread; return what it printed."""
    ask = [sys.executable, __file__, *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", **environment}
    run = subprocess.run(ask, env=environment, capture_output=True, text=True)
    if run.returncode:
        sys.exit(run.stderr)
    return run.stdout


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=5000)
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part == ["speed"]:
        return speed()
    if options.part:
        way, folder = options.part
        return stream(way, Path(folder), options.models)
    print(child("--part", "speed"), end="")
    print(
        "without AVX-512:", child("--part", "speed", NPY_DISABLE_CPU_FEATURES=NO_AVX512)
    )
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), options.models)
        print(f"{options.models} models × {ROWS} stocks an era, streamed from disk")
        ways = {
            "metamodel": "memory map, metamodel",
            "contributions": "memory map, contributions",
            "parquet": "parquet, metamodel",
        }
        for way, name in ways.items():
            ask = "--models", options.models, "--part", way, folder
            runs = [json.loads(child(*ask)) for _ in range(3)]
            seconds, peak = (
                statistics.median(r[k] for r in runs) for k in ("s", "MiB")
            )
            print(
                f"  {name:31} {seconds:5.2f} CPU s an era, "
                f"peak of the whole process {peak:,.0f} MiB"
            )


if __name__ == "__main__":
    main()
