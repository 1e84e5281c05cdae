"""Making a world of any size: time, peak memory, and going on after a kill.

The world is made in a process of its own, which is killed once `--kill` of its parts
are there and started again (0: never). The rate is set beside the least that any
generator of such features must do in this process: draw their noise, and sort it.
"""

import argparse
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def make(folder, size):
    """Make the world; print CPU seconds, seconds and peak memory."""
    from numlearn.world import make

    start = time.perf_counter(), time.process_time()
    make(folder, **size)
    print(
        json.dumps(
            {
                "seconds": time.perf_counter() - start[0],
                "cpu": time.process_time() - start[1],
                "MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


def floor(rows, features):
    """Return the CPU seconds an era's noise and its sorting cost."""
    import numpy as np

    start, rng = time.process_time(), np.random.default_rng(0)
    for _ in range(0, features, 42):
        np.sort(rng.standard_normal((42, rows), np.float32), axis=1)
    return time.process_time() - start


def run(folder, size, kill):
    """Start the child, kill it once if asked, and return what the last one printed."""
    ask = [sys.executable, __file__, "--child", str(folder), json.dumps(size)]
    while kill:
        with subprocess.Popen(ask, stdout=subprocess.DEVNULL) as child:
            while child.poll() is None and parts(folder) < kill:
                time.sleep(0.05)
            child.send_signal(signal.SIGKILL)
        print(f"killed with {parts(folder)} parts written, started again")
        kill = 0
    printed = subprocess.run(ask, capture_output=True, check=True).stdout
    return json.loads(printed)


def parts(folder):
    """Count the parts that are whole."""
    return len(list(folder.rglob("0*.parquet")))


def main():
    """Make a world, verify it if asked, and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--eras", type=int, default=20)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--features", type=int, default=2376)
    parser.add_argument("--kill", type=int, default=0)
    parser.add_argument("--verify", action="store_true")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        return make(Path(options.child[0]), json.loads(options.child[1]))
    size = {k: getattr(options, k) for k in ("eras", "rows", "features")}
    least = floor(options.rows, options.features) * (options.eras + 1)
    with tempfile.TemporaryDirectory() as base:
        folder = Path(base)
        took = run(folder, size, options.kill)
        disk = sum(f.stat().st_size for f in folder.rglob("*.parquet")) / 2**20
        cells = options.eras * options.rows * options.features
        rate = (
            "after the kill"
            if options.kill
            else (
                f"{took['cpu'] / least:.1f} × noise and sorting alone, "
                f"{cells / took['cpu'] / 1e6:.0f} million values a second"
            )
        )
        print(
            f"{options.eras} eras × {options.rows} rows × {options.features} features: "
            f"{took['seconds']:.0f} s ({took['cpu']:.0f} s of CPU: {rate}), "
            f"peak memory {took['MiB']:,.0f} MiB, {disk:,.0f} MiB on disk"
        )
        if options.verify:
            from numlearn.world import verify

            print(verify(folder))
    return 0


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    sys.exit(main())
