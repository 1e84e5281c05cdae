"""Loading as Numerai's tutorial does it, and as numlearn does: time and peak memory.

A file with 2,376 int8 features is written to a temporary folder. Each measurement
runs in a process of its own: the seconds to load, and how far the process's memory
rose above what it was after the imports. Ratios are of medians of interleaved rounds,
of one round where all columns are read.
"filters" is pandas too, at its best: it is told the eras, so it keeps fewer rows.
"""

import argparse
import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FEATURES = [f"feature_{number:04d}" for number in range(2376)]
ROWS_AN_ERA = 5000
FEW = 42
WAYS = ("tutorial", "filters", "numlearn")


def write(folder, rows, eras_a_group, ids):
    """Write train.parquet as pandas would, a row group at a time."""
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    from numlearn.data.ids import row_ids

    random = np.random.default_rng(0)
    eras = rows // ROWS_AN_ERA
    writer = None
    for first in range(0, eras, eras_a_group):
        labels = range(first + 1, min(first + eras_a_group, eras) + 1)
        shape = len(FEATURES), len(labels) * ROWS_AN_ERA
        values = random.integers(0, 5, shape, dtype=np.int8)
        frame = pd.DataFrame(values.T, columns=FEATURES, copy=False)
        frame.insert(0, "era", np.repeat([f"{n:04d}" for n in labels], ROWS_AN_ERA))
        frame.insert(1, "data_type", "train")
        frame["target"] = random.choice(5, len(frame)).astype(np.float32) / 4
        if ids:
            texts = np.concatenate([row_ids(0, n, ROWS_AN_ERA) for n in labels])
            frame.index = pd.Index(texts, name="id")
        table = pa.Table.from_pandas(frame, preserve_index=ids)
        writer = writer or pq.ParquetWriter(
            folder / "train.parquet", table.schema, compression="zstd"
        )
        writer.write_table(table, row_group_size=len(frame))
    writer.close()


def load(way, folder, features):
    """Load every fourth era, in one of the ways."""
    if way == "numlearn":
        from numlearn.data import load

        ids = (folder / "ids").exists()
        return load("train", features, every=4, source=folder, ids=ids)
    import pandas as pd

    path, columns = folder / "train.parquet", ["era", "target", *features]
    if way == "tutorial":
        frame = pd.read_parquet(path, columns=columns)
        return frame[frame["era"].isin(frame["era"].unique()[::4])]
    eras = pd.read_parquet(path, columns=["era"])["era"].unique()[::4]
    return pd.read_parquet(path, columns=columns, filters=[("era", "in", list(eras))])


def resident(peak=False):
    """Return this process's memory in MiB, now or at its peak."""
    status = Path("/proc/self/status")
    if status.exists():
        name = "VmHWM" if peak else "VmRSS"
        return int(re.search(rf"{name}:\s+(\d+)", status.read_text())[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def measure(way, folder, count):
    """Print one measurement as JSON; runs in a process of its own."""
    import pandas  # noqa: F401
    import pyarrow.parquet  # noqa: F401

    import numlearn.data  # noqa: F401

    before, start = resident(), time.perf_counter()
    panel = load(way, folder, FEATURES[:count])
    result = {
        "seconds": time.perf_counter() - start,
        "MiB": resident(peak=True) - before,
        "rows": len(panel),
        "sum": int(panel[FEATURES[count - 1]].sum()),
    }
    print(json.dumps(result))


def main():
    """Write the files, measure all ways, print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=600_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--eras-a-group", type=int, default=20)
    parser.add_argument("--measure", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        way, folder, count = options.measure
        return measure(way, Path(folder), int(count))
    for ids, counts in [(True, (FEW, len(FEATURES))), (False, (FEW,))]:
        with tempfile.TemporaryDirectory() as base:
            folder = Path(base)
            write(folder, options.rows, options.eras_a_group, ids)
            if ids:
                (folder / "ids").touch()
            size = (folder / "train.parquet").stat().st_size / 2**20
            which = "with ids" if ids else "without ids"
            print(f"{options.rows:,} rows {which}, a file of {size:,.0f} MiB")
            for count in counts:
                report(folder, count, options.rounds if count == FEW else 1)
    return 0


def report(folder, count, rounds):
    """Measure all ways on one file and print their lines of the table."""
    runs = {way: [] for way in WAYS}
    for way in WAYS * rounds:
        ask = [sys.executable, __file__, "--measure", way, folder, str(count)]
        printed = subprocess.run(ask, capture_output=True, check=True).stdout
        runs[way].append(json.loads(printed))
    assert len({(r["rows"], r["sum"]) for rs in runs.values() for r in rs}) == 1
    middle = {
        way: {k: statistics.median(r[k] for r in rs) for k in ("seconds", "MiB")}
        for way, rs in runs.items()
    }
    held = runs["numlearn"][0]["rows"] * count / 2**20
    print(f"  {count:,} columns, every 4th era ({held:,.0f} MiB of features)")
    for way, row in middle.items():
        ratio = {k: row[k] / middle["tutorial"][k] for k in row}
        print(
            f"    {way:9} {row['seconds']:6.2f} s ({ratio['seconds']:4.2f}x)"
            f" {row['MiB']:7,.0f} MiB ({ratio['MiB']:4.2f}x)"
        )


if __name__ == "__main__":
    sys.exit(main())
